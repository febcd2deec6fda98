#include "model/identifiers.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"

namespace doorstep {
namespace {

constexpr int32_t kFirstBirth = -25567;  // 1900-01-01
constexpr int32_t kDueDays = 300;
constexpr size_t kEmailBytesMax = 254;
constexpr size_t kTelephoneDigitsMax = 20;
constexpr std::string_view kUpnLetters = "ABCDEFGHJKLMNPQRTUVWXYZ";

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool AllDigits(std::string_view text) { return std::all_of(text.begin(), text.end(), IsDigit); }
bool Among(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

// Whether a letter is one of a set written as in a pattern: "A-HJ" is A to H, and J.
bool InRange(char c, std::string_view set) {
  for (size_t i = 0; i < set.size(); ++i) {
    bool range = i + 2 < set.size() && set[i + 1] == '-';
    if (range ? c >= set[i] && c <= set[i + 2] : c == set[i]) return true;
    if (range) i += 2;
  }
  return false;
}

bool IsSpace(char c) { return absl::ascii_isspace(static_cast<unsigned char>(c)); }

std::string Trimmed(std::string_view typed) {
  while (!typed.empty() && IsSpace(typed.front())) typed.remove_prefix(1);
  while (!typed.empty() && IsSpace(typed.back())) typed.remove_suffix(1);
  return std::string(typed);
}

std::string Squeezed(std::string_view typed) {
  std::string out;
  for (char c : typed) {
    if (!IsSpace(c)) out += absl::ascii_toupper(static_cast<unsigned char>(c));
  }
  return out;
}

// The numbers of English authorities lie in these ranges; schools elsewhere give pseudo numbers.
bool MayBeAuthority(std::string_view digits) {
  int number = (digits[0] - '0') * 100 + (digits[1] - '0') * 10 + (digits[2] - '0');
  constexpr std::array<std::array<int, 2>, 5> kRanges{
      {{201, 213}, {301, 320}, {330, 394}, {420, 420}, {800, 941}}};
  return std::any_of(kRanges.begin(), kRanges.end(),
                     [&](const auto& range) { return number >= range[0] && number <= range[1]; });
}

// Check letter, 3-digit authority, 4-digit establishment, 2-digit year, 3-digit serial whose last
// may be a letter (a temporary number). The values of positions 2 to 13, each times its position,
// add up, modulo 23, to the place of the check letter.
std::string_view FaultOfUpn(std::string_view upn) {
  if (upn.size() != 13) return "A UPN has 13 characters.";
  if (!Among(upn[0], kUpnLetters)) return "A UPN begins with a letter, never I, O or S.";
  if (!AllDigits(upn.substr(1, 11)))
    return "A UPN has digits from its second to its twelfth place.";
  bool temporary = Among(upn[12], kUpnLetters);
  if (!IsDigit(upn[12]) && !temporary) {
    return "A UPN ends in a digit, or if temporary in a letter, never I, O or S.";
  }
  size_t sum = 0;
  for (size_t i = 1; i < upn.size(); ++i) {
    size_t value = IsDigit(upn[i]) ? static_cast<size_t>(upn[i] - '0') : kUpnLetters.find(upn[i]);
    sum += value * (i + 1);
  }
  return kUpnLetters[sum % kUpnLetters.size()] == upn[0]
             ? ""
             : "The check letter of this UPN does not fit its digits.";
}

// Ten digits; the first nine by weights 10 to 2; eleven less the sum modulo 11 is the last, 11
// standing as 0 and 10 never given out.
std::string_view FaultOfNhs(std::string_view nhs) {
  if (nhs.size() != 10 || !AllDigits(nhs)) return "An NHS number has 10 digits.";
  int sum = 0;
  for (int i = 0; i < 9; ++i) sum += (nhs[static_cast<size_t>(i)] - '0') * (10 - i);
  int check = 11 - sum % 11;
  if (check == 11) check = 0;
  return check != 10 && check == nhs[9] - '0'
             ? ""
             : "The check digit of this NHS number does not fit the others.";
}

std::string_view FaultOfNino(std::string_view nino, Samples samples) {
  constexpr std::string_view kFault =
      "A national insurance number is two letters, six digits, and one of A to D.";
  if (nino.size() != 8 && nino.size() != 9) return kFault;
  if (!IsUpper(nino[0]) || !IsUpper(nino[1]) || !AllDigits(nino.substr(2, 6))) return kFault;
  if (nino.size() == 9 && !InRange(nino[8], "A-D")) return kFault;
  std::string_view prefix = nino.substr(0, 2);
  if (prefix == "QQ") {
    return samples == Samples::kAllowed
               ? ""
               : "QQ stands for made-up people: only a device for samples takes it.";
  }
  constexpr std::array<std::string_view, 7> kNever{"BG", "GB", "NK", "KN", "NT", "TN", "ZZ"};
  bool given_out = InRange(prefix[0], "A-CEGHJ-PR-TW-Z") &&
                   InRange(prefix[1], "A-CEGHJ-NPR-TW-Z") &&
                   std::find(kNever.begin(), kNever.end(), prefix) == kNever.end();
  return given_out ? "" : "No national insurance number begins with these two letters.";
}

bool IsOutward(std::string_view out) {
  if (!InRange(out[0], "A-PR-UWYZ")) return false;
  std::string_view rest = out.substr(1);
  if (rest.size() <= 2 && AllDigits(rest)) return true;
  if (rest.size() == 2 && IsDigit(rest[0])) return InRange(rest[1], "A-HJKPS-UW");
  if (rest.size() < 2 || !InRange(rest[0], "A-HK-Y") || !IsDigit(rest[1])) return false;
  return rest.size() == 2 || IsDigit(rest[2]) || InRange(rest[2], "ABEHMNPRV-Y");
}

std::string_view FaultOfPostcode(std::string_view code, Samples samples) {
  constexpr std::string_view kFault = "This is not written like a postcode.";
  if (code.size() < 5 || code.size() > 7) return kFault;
  if (code == "GIR0AA") return "";
  std::string_view out = code.substr(0, code.size() - 3);
  std::string_view in = code.substr(code.size() - 3);
  constexpr std::string_view kInward = "ABD-HJLNP-UW-Z";
  if (!IsDigit(in[0]) || !InRange(in[1], kInward) || !InRange(in[2], kInward)) return kFault;
  if (out == "ZZ99") {
    return samples == Samples::kAllowed
               ? ""
               : "ZZ99 stands for made-up people: only a device for samples takes it.";
  }
  return IsOutward(out) ? "" : kFault;
}

std::string_view FaultOfEmail(std::string_view email) {
  constexpr std::string_view kFault = "An e-mail address has one @, a dot after it, and no space.";
  if (email.size() > kEmailBytesMax) return "An e-mail address is at most 254 characters long.";
  size_t at = email.find('@');
  if (at == std::string_view::npos || at == 0 ||
      email.find('@', at + 1) != std::string_view::npos) {
    return kFault;
  }
  bool space = std::any_of(email.begin(), email.end(), IsSpace);
  std::string_view host = email.substr(at + 1);
  size_t dot = host.rfind('.');
  bool dotted = dot != std::string_view::npos && dot > 0 && dot + 1 < host.size();
  return space || !dotted ? kFault : "";
}

std::string_view FaultOfTelephone(std::string_view number) {
  auto digits = static_cast<size_t>(std::count_if(number.begin(), number.end(), IsDigit));
  bool only = std::all_of(number.begin(), number.end(),
                          [](char c) { return IsDigit(c) || c == ' ' || c == '+'; });
  return only && digits > 0 && digits <= kTelephoneDigitsMax
             ? ""
             : "A telephone number is digits, spaces and +, at most 20 digits.";
}

std::string_view FaultOf(IdentifierKind kind, std::string_view value, Samples samples) {
  switch (kind) {
    case IdentifierKind::kUpn:
      return FaultOfUpn(value);
    case IdentifierKind::kNhs:
      return FaultOfNhs(value);
    case IdentifierKind::kNino:
      return FaultOfNino(value, samples);
    case IdentifierKind::kLaChildId: {
      bool fits =
          !value.empty() && value.size() <= 20 &&
          std::all_of(value.begin(), value.end(), [](char c) { return IsDigit(c) || IsUpper(c); });
      return fits ? "" : "A child's number at the authority is 1 to 20 letters and digits.";
    }
    case IdentifierKind::kPostcode:
      return FaultOfPostcode(value, samples);
    case IdentifierKind::kUprn: {
      bool fits = !value.empty() && value.size() <= 12 && AllDigits(value) && value.front() != '0';
      return fits ? "" : "A UPRN is 1 to 12 digits and does not begin with 0.";
    }
    case IdentifierKind::kUrn:
      return value.size() == 6 && AllDigits(value) ? "" : "A school's URN has 6 digits.";
    case IdentifierKind::kLaestab:
      return value.size() == 7 && AllDigits(value) ? "" : "A school's LAESTAB has 7 digits.";
    case IdentifierKind::kEmail:
      return FaultOfEmail(value);
    case IdentifierKind::kTelephone:
      return FaultOfTelephone(value);
  }
  return "";
}

}  // namespace

IdentifierFinding CheckIdentifier(IdentifierKind kind, std::string_view typed, Samples samples) {
  IdentifierFinding finding;
  bool as_typed = kind == IdentifierKind::kEmail || kind == IdentifierKind::kTelephone;
  finding.value = as_typed ? Trimmed(typed) : Squeezed(typed);
  finding.fault = FaultOf(kind, finding.value, samples);
  if (!finding.fault.empty()) return finding;
  if (kind == IdentifierKind::kPostcode) finding.value.insert(finding.value.size() - 3, " ");
  if (kind == IdentifierKind::kUpn && !MayBeAuthority(finding.value.substr(1, 3))) {
    finding.doubt = "Places 2 to 4 of this UPN are no authority's number: is it a pseudo number?";
  }
  return finding;
}

std::string ShownIdentifier(IdentifierKind kind, std::string_view value) {
  std::string shown(value);
  if (kind != IdentifierKind::kNhs || shown.size() != 10) return shown;
  return shown.insert(6, " ").insert(3, " ");
}

std::string_view FaultOfBirth(int32_t birth_on, int32_t today) {
  if (birth_on > today) return "A date of birth does not lie in the future.";
  return birth_on < kFirstBirth ? "A date of birth does not lie before 1900." : "";
}

std::string_view FaultOfBirthDue(int32_t due_on, int32_t today) {
  bool near = due_on >= today - kDueDays && due_on <= today + kDueDays;
  return near ? "" : "A birth is due within 300 days of today.";
}

}  // namespace doorstep
