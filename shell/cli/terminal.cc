#include "shell/cli/terminal.h"

#include <algorithm>
#include <cstdio>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace doorstep::shell {
namespace {

constexpr size_t kMarksMax = 8;  // no script stacks more on one letter
constexpr char kHexDigits[] = "0123456789abcdef";

// One code point at text[at], its length in `size`; -1 and a length of 1 for a byte that begins
// none.
int32_t Decode(std::string_view text, size_t at, size_t* size) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t lead = byte(at);
  *size = 1;
  if (lead < 0x80) return lead;
  const size_t length = lead >= 0xF0 && lead < 0xF5 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 0;
  if (length == 0 || lead >= 0xF5 || at + length > text.size()) return -1;
  int32_t point = lead & (0x7F >> length);
  for (size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80) return -1;
    point = (point << 6) | (byte(at + i) & 0x3F);
  }
  const int32_t least = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000;
  if (point < least || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) return -1;
  *size = length;
  return point;
}

bool IsMark(int32_t point) {
  return (point >= 0x0300 && point <= 0x036F) || (point >= 0x0483 && point <= 0x0489) ||
         (point >= 0x1AB0 && point <= 0x1AFF) || (point >= 0x1DC0 && point <= 0x1DFF) ||
         (point >= 0x20D0 && point <= 0x20FF) || (point >= 0xFE20 && point <= 0xFE2F);
}

// Of a script that is written from right to left.
bool IsRightToLeft(int32_t point) {
  return (point >= 0x0590 && point <= 0x08FF) || (point >= 0xFB1D && point <= 0xFDFF) ||
         (point >= 0xFE70 && point <= 0xFEFF) || (point >= 0x10800 && point <= 0x10FFF) ||
         (point >= 0x1E800 && point <= 0x1EFFF);
}

// Moves the cursor, changes a terminal's state, or turns the direction of what follows.
bool IsControl(int32_t point) {
  return point < 0x20 || (point >= 0x7F && point <= 0x9F) || point == 0x061C ||
         (point >= 0x200B && point <= 0x200F) || (point >= 0x2028 && point <= 0x202E) ||
         (point >= 0x2060 && point <= 0x206F) || point == 0xFEFF ||
         (point >= 0xFFF9 && point <= 0xFFFB) || (point >= 0xE0000 && point <= 0xE007F);
}

std::string Named(int32_t point) {
  char text[16];
  std::snprintf(text, sizeof text, "<U+%04X>", static_cast<unsigned>(point));
  return text;
}

absl::TimeZone London() {
  absl::TimeZone zone = absl::UTCTimeZone();
  absl::LoadTimeZone("Europe/London", &zone);
  return zone;
}

}  // namespace

std::string Isolated(std::string_view text) {
  std::string out;
  size_t marks = 0;
  bool turns = false;
  for (size_t at = 0, size = 1; at < text.size(); at += size) {
    const int32_t point = Decode(text, at, &size);
    if (point < 0) {
      char broken[8];
      std::snprintf(broken, sizeof broken, "<0x%02X>", static_cast<uint8_t>(text[at]));
      out += broken;
      marks = 0;
    } else if (IsMark(point)) {
      if (++marks <= kMarksMax) out += text.substr(at, size);
      if (marks == kMarksMax + 1) out += "<more marks>";
    } else {
      marks = 0;
      turns = turns || IsRightToLeft(point);
      const bool plain = point == '\n' || point == '\t' || !IsControl(point);
      out += plain ? std::string(text.substr(at, size)) : Named(point);
    }
  }
  return turns ? "\u2068" + out + "\u2069" : out;
}

size_t Columns(std::string_view text) {
  size_t columns = 0;
  for (size_t at = 0, size = 1; at < text.size(); at += size) {
    const int32_t point = Decode(text, at, &size);
    if (!IsMark(point) && point != 0x2068 && point != 0x2069) ++columns;
  }
  return columns;
}

std::string OneLine(std::string_view text, size_t columns) {
  std::string flat;
  for (const char c : text) {
    if (c == '\n')
      flat += " / ";
    else
      flat += c == '\t' ? ' ' : c;
  }
  std::string kept;
  size_t shown = 0;
  for (size_t at = 0, size = 1; at < flat.size(); at += size) {
    Decode(flat, at, &size);
    if (++shown > columns) return Isolated(kept) + "…";
    kept += flat.substr(at, size);
  }
  return Isolated(kept);
}

std::string Block(std::string_view text, size_t indent, size_t columns) {
  const std::string margin(indent, ' ');
  std::string out;
  const std::string safe = Isolated(text);
  for (size_t begin = 0; begin <= safe.size();) {
    const size_t end = std::min(safe.find('\n', begin), safe.size());
    std::string_view line = std::string_view(safe).substr(begin, end - begin);
    do {
      size_t cut = line.size();
      if (Columns(line) > columns - indent) {
        cut = line.rfind(' ', columns - indent);
        if (cut == std::string_view::npos || cut == 0) cut = line.size();
      }
      out += margin + std::string(line.substr(0, cut)) + "\n";
      line.remove_prefix(std::min(cut + 1, line.size()));
    } while (!line.empty());
    begin = end + 1;
  }
  return out;
}

std::string Table(const std::vector<std::string>& heading,
                  const std::vector<std::vector<std::string>>& rows) {
  std::vector<size_t> widths;
  for (const std::string& cell : heading) widths.push_back(Columns(cell));
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], Columns(row[i]));
    }
  }
  const auto line = [&](const std::vector<std::string>& cells) {
    std::string text;
    for (size_t i = 0; i < cells.size(); ++i) {
      text += cells[i];
      if (i + 1 < cells.size()) text += std::string(widths[i] - Columns(cells[i]) + 2, ' ');
    }
    return text + "\n";
  };
  std::string out = heading.empty() ? "" : line(heading);
  for (const auto& row : rows) out += line(row);
  return out;
}

std::string Hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    out += kHexDigits[static_cast<uint8_t>(c) >> 4];
    out += kHexDigits[static_cast<uint8_t>(c) & 15];
  }
  return out;
}

std::string FromHex(std::string_view digits) {
  if (digits.size() % 2 != 0) return "";
  std::string out;
  for (size_t i = 0; i < digits.size(); i += 2) {
    const auto value = [](char c) -> int {
      if (c >= '0' && c <= '9') return c - '0';
      if (c >= 'a' && c <= 'f') return c - 'a' + 10;
      return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    };
    const int high = value(digits[i]);
    const int low = value(digits[i + 1]);
    if (high < 0 || low < 0) return "";
    out += static_cast<char>(high * 16 + low);
  }
  return out;
}

std::string Short(std::string_view id) { return Hex(id.substr(0, 4)); }

std::string LocalTime(int64_t ms) {
  if (ms == 0) return "-";
  return absl::FormatTime("%e %b %Y %H:%M", absl::FromUnixMillis(ms), London());
}

std::string Today() { return absl::FormatTime("%Y-%m-%d", absl::Now(), London()); }

int64_t NowMs() { return absl::ToUnixMillis(absl::Now()); }

std::string NowUtc() {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::Now(), absl::UTCTimeZone());
}

std::string Instant(const std::string& text) {
  absl::Time time;
  std::string error;
  for (const char* format : {"%Y-%m-%dT%H:%M:%E*SZ", "%Y-%m-%dT%H:%MZ"}) {
    if (absl::ParseTime(format, text, absl::UTCTimeZone(), &time, &error)) {
      return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", time, absl::UTCTimeZone());
    }
  }
  for (const char* format : {"%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"}) {
    if (absl::ParseTime(format, text, London(), &time, &error)) {
      return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", time, absl::UTCTimeZone());
    }
  }
  return "";
}

std::string NextInstant(const std::string& text) {
  absl::Time time;
  std::string error;
  if (!absl::ParseTime("%H:%M", text, absl::UTCTimeZone(), &time, &error)) return Instant(text);
  const absl::Time now = absl::Now();
  for (const absl::Time day : {now, now + absl::Hours(24)}) {
    const std::string date = absl::FormatTime("%Y-%m-%d", day, London());
    const std::string instant = Instant(date + " " + text);
    if (absl::ParseTime("%Y-%m-%dT%H:%M:%E*SZ", instant, absl::UTCTimeZone(), &time, &error) &&
        time > now) {
      return instant;
    }
  }
  return "";
}

}  // namespace doorstep::shell
