#include "crypto/pin.h"

#include <algorithm>
#include <cstdint>

#include "crypto/reason.h"

namespace doorstep {
namespace {

bool IsDigits(std::string_view pin) {
  return std::all_of(pin.begin(), pin.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Each character follows the one before by `step`; digits wrap, as in 890123.
bool IsRun(std::string_view pin, int step) {
  for (size_t i = 1; i < pin.size(); ++i) {
    const int difference = pin[i] - pin[i - 1];
    if (difference != step && difference != step - 10 && difference != step + 10) return false;
  }
  return true;
}

// A group of at most a third of the whole, or of three, again and again: 111111, 121212, 123123.
bool IsRepetition(std::string_view pin) {
  const size_t longest = std::max<size_t>(3, pin.size() / 3);
  for (size_t period = 1; period <= longest && period * 2 <= pin.size(); ++period) {
    if (pin.substr(period) == pin.substr(0, pin.size() - period)) return true;
  }
  return false;
}

int Number(std::string_view digits) {
  int number = 0;
  for (const char c : digits) number = number * 10 + (c - '0');
  return number;
}

bool IsDayAndMonth(int day, int month) {
  return day >= 1 && day <= 31 && month >= 1 && month <= 12;
}

bool IsYear(int year) { return year >= 1900 && year <= 2099; }

// Day, month and year of two or four digits in the orders that people write.
bool IsDate(std::string_view pin) {
  const auto part = [pin](size_t at, size_t size) { return Number(pin.substr(at, size)); };
  if (pin.size() == 6) {
    return IsDayAndMonth(part(0, 2), part(2, 2)) || IsDayAndMonth(part(2, 2), part(0, 2)) ||
           IsDayAndMonth(part(4, 2), part(2, 2));
  }
  if (pin.size() == 8) {
    const bool year_last = IsYear(part(4, 4)) && (IsDayAndMonth(part(0, 2), part(2, 2)) ||
                                                  IsDayAndMonth(part(2, 2), part(0, 2)));
    return year_last || (IsYear(part(0, 4)) && IsDayAndMonth(part(6, 2), part(4, 2)));
  }
  return false;
}

// Characters of UTF-8: bytes that do not continue one.
size_t CountCharacters(std::string_view text) {
  return static_cast<size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<uint8_t>(c) & 0xc0) != 0x80; }));
}

}  // namespace

absl::Status CheckNewPin(std::string_view pin, PinKind kind) {
  if (pin.size() > kPinBytesMax) return MakeStatus(Reason::kLimit, "PIN is too long");
  if (pin.size() < kPinBytesMin) return MakeStatus(Reason::kArg, "PIN is too short");
  if (kind == PinKind::kPassphrase && CountCharacters(pin) < kPassphraseCharactersMin) {
    return MakeStatus(Reason::kArg, "passphrase is too short");
  }
  if (IsRepetition(pin)) return MakeStatus(Reason::kArg, "PIN repeats itself");
  if (!IsDigits(pin)) return absl::OkStatus();
  if (IsRun(pin, 1) || IsRun(pin, -1)) return MakeStatus(Reason::kArg, "PIN is a run of digits");
  if (IsDate(pin)) return MakeStatus(Reason::kArg, "PIN is a date");
  return absl::OkStatus();
}

}  // namespace doorstep
