#include "crypto/base32.h"

#include <cassert>
#include <optional>

#include "crypto/reason.h"

namespace doorstep {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr size_t kCheckedCharactersMax = 30;

std::optional<uint8_t> DigitOf(char c) {
  if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  if (c == 'O') c = '0';
  if (c == 'I' || c == 'L') c = '1';
  const size_t digit = kAlphabet.find(c);
  if (digit == std::string_view::npos) return std::nullopt;
  return static_cast<uint8_t>(digit);
}

bool IsSpacing(char c) { return c == ' ' || c == '-' || c == '\t' || c == '\n' || c == '\r'; }

// Multiplication in the field of 32 elements, x^5 = x^2 + 1.
uint8_t Multiply(uint8_t a, uint8_t b) {
  unsigned product = 0;
  for (unsigned bit = 0; bit < 5; ++bit) {
    if ((b >> bit & 1) != 0) product ^= static_cast<unsigned>(a) << bit;
  }
  for (unsigned bit = 8; bit >= 5; --bit) {
    if ((product >> bit & 1) != 0) product ^= 0b100101u << (bit - 5);
  }
  return static_cast<uint8_t>(product);
}

}  // namespace

std::string ToBase32(std::string_view bytes) {
  assert(bytes.size() % 5 == 0);
  std::string text;
  text.reserve(bytes.size() / 5 * 8);
  for (size_t at = 0; at < bytes.size(); at += 5) {
    uint64_t block = 0;
    for (size_t i = 0; i < 5; ++i) block = block << 8 | static_cast<uint8_t>(bytes[at + i]);
    for (int shift = 35; shift >= 0; shift -= 5) text.push_back(kAlphabet[block >> shift & 31]);
  }
  return text;
}

absl::StatusOr<Secret> CanonicalBase32(std::string_view text) {
  size_t count = 0;
  for (const char c : text) count += IsSpacing(c) ? 0 : 1;
  Secret canonical(count);
  size_t at = 0;
  for (const char c : text) {
    if (IsSpacing(c)) continue;
    const std::optional<uint8_t> digit = DigitOf(c);
    if (!digit.has_value()) {
      return MakeStatus(Reason::kFormat,
                        "character " + std::to_string(at + 1) + " of the code is in no code");
    }
    canonical.mutable_bytes()[at++] = static_cast<uint8_t>(kAlphabet[*digit]);
  }
  return canonical;
}

absl::StatusOr<Secret> FromBase32(std::string_view text, size_t bytes) {
  assert(bytes % 5 == 0);
  const absl::StatusOr<Secret> canonical = CanonicalBase32(text);
  if (!canonical.ok()) return canonical.status();
  const std::string_view characters = canonical->view();
  if (characters.size() != bytes / 5 * 8) {
    return MakeStatus(Reason::kFormat, "the code has " + std::to_string(characters.size()) +
                                           " of " + std::to_string(bytes / 5 * 8) + " characters");
  }
  Secret out(bytes);
  for (size_t block = 0; block < bytes / 5; ++block) {
    uint64_t value = 0;
    for (size_t i = 0; i < 8; ++i) value = value << 5 | *DigitOf(characters[block * 8 + i]);
    for (size_t i = 0; i < 5; ++i) {
      out.mutable_bytes()[block * 5 + i] = static_cast<uint8_t>(value >> (32 - 8 * i));
    }
  }
  return out;
}

std::string InGroupsOfFour(std::string_view characters) {
  std::string grouped;
  for (size_t i = 0; i < characters.size(); ++i) {
    if (i > 0 && i % 4 == 0) grouped.push_back('-');
    grouped.push_back(characters[i]);
  }
  return grouped;
}

char CheckCharacter(std::string_view characters, uint8_t salt) {
  assert(characters.size() <= kCheckedCharactersMax);
  assert(salt < 32);
  // Each place has its own weight, a power of x, which runs through all 31 nonzero elements. The
  // check character itself has weight 1, so places begin at x.
  uint8_t sum = salt;
  uint8_t weight = 1;
  for (const char c : characters) {
    const std::optional<uint8_t> digit = DigitOf(c);
    assert(digit.has_value());
    weight = Multiply(weight, 2);
    sum = static_cast<uint8_t>(sum ^ Multiply(*digit, weight));
  }
  return kAlphabet[sum];
}

}  // namespace doorstep
