// The shape and check digits of identifiers, by the examples of their issuers' rules.
#include "model/identifiers.h"

#include <catch2/catch_test_macros.hpp>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace doorstep {
namespace {

using Kind = IdentifierKind;

struct Row {
  Kind kind;
  std::initializer_list<const char*> valid;
  std::initializer_list<const char*> invalid;
};

const Row kRows[] = {
    {Kind::kUpn,
     {"A950000178301", "H243278544154", "R201100018042", "H801200001001", "X845212818005",
      "D34112341400A"},
     {"R247962919251", "X428558133462", "I341123414001", "A95000017830", "D34112341400S", "",
      "A9500001783011", "A95000017830!", "a9500001783é"}},
    {Kind::kNhs,
     {"9434765919", "4010232137", "7428721474", "9990000018", "9990000050", "943 476 5919"},
     {"9434765918", "9990000000", "943476591", "94347659190", "943476591X", ""}},
    {Kind::kNino,
     {"AB123456C", "AB123456", "ab 12 34 56 c"},
     {"QQ123456C", "BG123456A", "DA123456A", "AO123456A", "AB123456E", "ZZ123456A", "AB12345C",
      "AB1234567", "", "A"}},
    {Kind::kPostcode,
     {"L1 8JQ", "PR1 8XJ", "EC1A 1BB", "W1A 1AA", "M1 1AE", "DN55 1PT", "GIR 0AA", "SW1A2AA"},
     {"Q1 1AA", "L1 8CQ", "AJ1 1AA", "W1Z 1AA", "PR2", "", "L1 8J", "ZZ99 1AA", "LL99 99AA",
      "L1-8JQ"}},
    {Kind::kUprn, {"38012345", "1", "123456789012"}, {"0123", "1234567890123", "12A", ""}},
    {Kind::kLaChildId, {"LPL0001234", "1", "abc1"}, {"A-1", "", "A23456789012345678901"}},
    {Kind::kUrn, {"104567"}, {"10456", "1045678", "10456A", ""}},
    {Kind::kLaestab, {"3411234"}, {"341123", "34112345", ""}},
    {Kind::kEmail,
     {"ana@sample.example", "a.b+c@d.e"},
     {"", "ana", "@sample.example", "ana@sample", "ana@@sample.example", "a na@sample.example",
      "ana@.", "ana@sample."}},
    {Kind::kTelephone,
     {"0151 496 0000", "+44 151 496 0000", "12345678901234567890"},
     {"", "+", "0151-496", "123456789012345678901", "0151 ext 4"}},
};

}  // namespace

TEST_CASE("identifiers: valid and invalid") {
  for (const Row& row : kRows) {
    for (const char* typed : row.valid) {
      INFO(typed);
      CHECK(CheckIdentifier(row.kind, typed).fault.empty());
    }
    for (const char* typed : row.invalid) {
      INFO(typed);
      IdentifierFinding finding = CheckIdentifier(row.kind, typed);
      CHECK_FALSE(finding.fault.empty());
      if (std::string_view(typed).size() > 4)
        CHECK(finding.fault.find(typed) == std::string_view::npos);
    }
  }
  CHECK(CheckIdentifier(Kind::kEmail, std::string(250, 'a') + "@b.c").fault.empty());
  CHECK_FALSE(CheckIdentifier(Kind::kEmail, std::string(251, 'a') + "@b.c").fault.empty());
}

TEST_CASE("identifiers are stored in one form, and shown in another") {
  CHECK(CheckIdentifier(Kind::kPostcode, " sw1a2aa ").value == "SW1A 2AA");
  CHECK(CheckIdentifier(Kind::kPostcode, "l1\t8jq").value == "L1 8JQ");
  CHECK(CheckIdentifier(Kind::kUpn, "a 950000178301").value == "A950000178301");
  CHECK(CheckIdentifier(Kind::kEmail, " Ana@Sample.example ").value == "Ana@Sample.example");
  CHECK(CheckIdentifier(Kind::kTelephone, " 0151 496 0000 ").value == "0151 496 0000");
  CHECK(ShownIdentifier(Kind::kNhs, "9434765919") == "943 476 5919");
  CHECK(ShownIdentifier(Kind::kUpn, "A950000178301") == "A950000178301");
}

TEST_CASE("one wrong digit, or two neighbours exchanged, never passes a check digit") {
  for (auto [kind, right] : {std::pair(Kind::kUpn, std::string("H243278544154")),
                             std::pair(Kind::kNhs, std::string("9434765919"))}) {
    for (size_t i = kind == Kind::kUpn ? 1 : 0; i < right.size(); ++i) {
      for (char digit = '0'; digit <= '9'; ++digit) {
        std::string wrong = right;
        wrong[i] = digit;
        INFO(wrong);
        CHECK(CheckIdentifier(kind, wrong).fault.empty() == (digit == right[i]));
      }
    }
  }
}

TEST_CASE("made-up identifiers pass only where made-up people are expected") {
  for (auto [kind, typed] :
       {std::pair(Kind::kNino, "QQ123456C"), std::pair(Kind::kPostcode, "ZZ99 1AA")}) {
    CHECK_FALSE(CheckIdentifier(kind, typed, Samples::kRefused).fault.empty());
    CHECK(CheckIdentifier(kind, typed, Samples::kAllowed).fault.empty());
  }
  CHECK_FALSE(CheckIdentifier(Kind::kNino, "QQ12345", Samples::kAllowed).fault.empty());
  CHECK_FALSE(CheckIdentifier(Kind::kPostcode, "ZZ98 1AA", Samples::kAllowed).fault.empty());
}

TEST_CASE("a UPN of no authority is doubted, not refused") {
  CHECK(CheckIdentifier(Kind::kUpn, "H243278544154").doubt.size() > 0);
  CHECK(CheckIdentifier(Kind::kUpn, "R201100018042").doubt.empty());
  CHECK(CheckIdentifier(Kind::kUpn, "H801200001001").doubt.empty());
}

TEST_CASE("dates of birth") {
  constexpr int32_t kToday = 20'780;
  CHECK(FaultOfBirth(kToday, kToday).empty());
  CHECK_FALSE(FaultOfBirth(kToday + 1, kToday).empty());
  CHECK(FaultOfBirth(-25567, kToday).empty());
  CHECK_FALSE(FaultOfBirth(-25568, kToday).empty());
  for (int32_t days : {-300, 0, 300}) CHECK(FaultOfBirthDue(kToday + days, kToday).empty());
  for (int32_t days : {-301, 301}) CHECK_FALSE(FaultOfBirthDue(kToday + days, kToday).empty());
}

}  // namespace doorstep
