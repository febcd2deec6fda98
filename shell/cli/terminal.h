// What a person sees: text of records made harmless for a terminal, tables, times, prompts.
#ifndef DOORSTEP_SHELL_CLI_TERMINAL_H_
#define DOORSTEP_SHELL_CLI_TERMINAL_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace doorstep::shell {

// Text out of a record, as a terminal may show it: control characters, escapes, directional
// controls and broken UTF-8 come out as <U+001B> and <0xFF>, a pile of combining marks is cut after
// eight, and what may be written right to left stands in an isolate. Newlines and tabs stay.
std::string Isolated(std::string_view text);

// The same on one line of at most `columns` characters; newlines become " / ".
std::string OneLine(std::string_view text, size_t columns);

// Isolated, wrapped at `columns` and indented: a block of narrative.
std::string Block(std::string_view text, size_t indent, size_t columns = 92);

// Rows under a heading (or none), columns as wide as they must be. Cells are shown as they are:
// isolate first.
std::string Table(const std::vector<std::string>& heading,
                  const std::vector<std::vector<std::string>>& rows);

// Characters a terminal needs for it; combining marks and isolates count nothing.
size_t Columns(std::string_view text);

std::string Hex(std::string_view bytes);
// The bytes of hexadecimal digits of even number; empty if they are not.
std::string FromHex(std::string_view digits);
// Eight digits of an id: enough to name it on this device.
std::string Short(std::string_view id);

// "25 Nov 2026 14:05" in Europe/London; "-" for 0.
std::string LocalTime(int64_t ms);
std::string Today();  // "2026-11-25" in Europe/London
int64_t NowMs();
std::string NowUtc();  // "2026-11-25T14:05:00.000Z"
// "2026-11-25 14:05" (Europe/London), "2026-11-25T14:05Z" or a full instant, as a full instant;
// empty if it is none of these.
std::string Instant(const std::string& text);
// The same, and "15:30" is the next time that clocks show it: today, or tomorrow.
std::string NextInstant(const std::string& text);

}  // namespace doorstep::shell

#endif  // DOORSTEP_SHELL_CLI_TERMINAL_H_
