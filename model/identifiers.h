// Numbers and addresses by which partners know people and places: how they are written, and what
// makes one wrong. Asked by devices and importers before anything is kept; nothing here remembers,
// and no answer holds the value.
#ifndef DOORSTEP_MODEL_IDENTIFIERS_H_
#define DOORSTEP_MODEL_IDENTIFIERS_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace doorstep {

enum class IdentifierKind : uint8_t {
  kUpn,  // unique pupil number; blind: on no report, on no screen that does not need it
  kNhs,
  kNino,  // national insurance number; proof of nobody
  kLaChildId,
  kPostcode,
  kUprn,  // unique property reference number; tells as much as the address
  kUrn,   // of a school
  kLaestab,
  kEmail,
  kTelephone,
};

// Made-up people carry identifiers that no issuer gives out (NINO prefix QQ, postcode area ZZ99).
// They pass only where made-up people are expected. NHS numbers from 999 000 0000 on and UPNs of
// authority 999 are well formed and pass everywhere.
enum class Samples : uint8_t { kRefused, kAllowed };

struct IdentifierFinding {
  // Trimmed, inner spaces removed, letters raised; a postcode with its one space. An e-mail address
  // and a telephone number are only trimmed.
  std::string value;
  std::string_view fault;  // a sentence: why it is refused; empty: it is well formed
  std::string_view doubt;  // a sentence: worth a second look, no bar
};

IdentifierFinding CheckIdentifier(IdentifierKind kind, std::string_view typed,
                                  Samples samples = Samples::kRefused);

// As people read it aloud: an NHS number in groups of 3, 3 and 4, all else as it is.
std::string ShownIdentifier(IdentifierKind kind, std::string_view value);

// Why a date of birth, or the day a birth is due, cannot be; empty: it can. From 1900 to today; due
// from 300 days before today to 300 days after. Days since 1970-01-01.
std::string_view FaultOfBirth(int32_t birth_on, int32_t today);
std::string_view FaultOfBirthDue(int32_t due_on, int32_t today);

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_IDENTIFIERS_H_
