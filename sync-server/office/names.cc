#include "sync-server/office/names.h"

#include <unicode/normalizer2.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <chrono>
#include <cstdio>
#include <utility>
#include <vector>

namespace doorstep::server {
namespace {

// Letters that NFKD leaves as they are.
std::string_view FoldOf(char32_t letter) {
  switch (letter) {
    case U'ß':
    case U'ẞ':
      return "SS";
    case U'Ø':
    case U'ø':
      return "O";
    case U'Ł':
    case U'ł':
      return "L";
    case U'Æ':
    case U'æ':
      return "AE";
    case U'Œ':
    case U'œ':
      return "OE";
    case U'Đ':
    case U'đ':
      return "D";
    case U'Þ':
    case U'þ':
      return "TH";
    default:
      return "";
  }
}

icu::UnicodeString Decomposed(std::string_view text) {
  UErrorCode failed = U_ZERO_ERROR;
  const icu::Normalizer2* nfkd = icu::Normalizer2::getNFKDInstance(failed);
  assert(U_SUCCESS(failed));
  icu::UnicodeString in = icu::UnicodeString::fromUTF8(
      icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
  icu::UnicodeString out = nfkd->normalize(in, failed);
  return U_SUCCESS(failed) ? out : icu::UnicodeString();
}

bool IsTitle(std::string_view word) {
  static constexpr std::array<std::string_view, 5> kTitles = {"MR", "MRS", "MISS", "MS", "DR"};
  return std::find(kTitles.begin(), kTitles.end(), word) != kTitles.end();
}

}  // namespace

std::string NormalName(std::string_view name) {
  const icu::UnicodeString letters = Decomposed(name);
  std::string plain;
  for (int32_t at = 0; at < letters.length(); at = letters.moveIndex32(at, 1)) {
    const auto letter = static_cast<char32_t>(letters.char32At(at));
    if (letter >= U'a' && letter <= U'z') {
      plain += static_cast<char>(letter - U'a' + U'A');
    } else if (letter >= U'A' && letter <= U'Z') {
      plain += static_cast<char>(letter);
    } else if (letter == U' ' || letter == U'-') {
      if (!plain.empty() && plain.back() != ' ') plain += ' ';
    } else {
      plain += FoldOf(letter);
    }
  }
  if (!plain.empty() && plain.back() == ' ') plain.pop_back();
  const size_t space = plain.find(' ');
  if (space != std::string::npos && IsTitle(plain.substr(0, space))) plain.erase(0, space + 1);
  return plain;
}

std::string JoinedName(std::string_view name) {
  std::string joined = NormalName(name);
  std::erase(joined, ' ');
  return joined;
}

std::string FirstWord(std::string_view name) {
  const std::string normal = NormalName(name);
  return normal.substr(0, normal.find(' '));
}

std::string NormalCode(std::string_view code) {
  std::string normal;
  for (const char letter : code) {
    if (letter == ' ' || letter == '\t' || letter == '\n') continue;
    const bool lower = letter >= 'a' && letter <= 'z';
    normal += lower ? static_cast<char>(letter - 'a' + 'A') : letter;
  }
  return normal;
}

std::string NormalNino(std::string_view nino) { return NormalCode(nino).substr(0, 8); }

std::string OutwardOf(std::string_view normal_postcode) {
  if (normal_postcode.size() < 5) return "";
  return std::string(normal_postcode.substr(0, normal_postcode.size() - 3));
}

std::string DigitsOf(int32_t days) {
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{days}}};
  std::array<char, 16> digits{};
  std::snprintf(digits.data(), digits.size(), "%04d%02u%02u", static_cast<int>(date.year()) % 10000,
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return digits.data();
}

int Distance(std::string_view a, std::string_view b) {
  std::vector<int> before(b.size() + 1), last(b.size() + 1), now(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) last[j] = static_cast<int>(j);
  for (size_t i = 1; i <= a.size(); ++i) {
    now[0] = static_cast<int>(i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const int change = a[i - 1] == b[j - 1] ? 0 : 1;
      now[j] = std::min({last[j] + 1, now[j - 1] + 1, last[j - 1] + change});
      const bool exchanged = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (exchanged) now[j] = std::min(now[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, now);
  }
  return last[b.size()];
}

bool IsNear(std::string_view a, std::string_view b) {
  const size_t shorter = std::min(a.size(), b.size());
  if (shorter < 4 || std::max(a.size(), b.size()) - shorter > 2) return false;
  const int distance = Distance(a, b);
  return distance <= 1 || (distance <= 2 && shorter >= 8);
}

}  // namespace doorstep::server
