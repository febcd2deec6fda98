// Points and reasons of the table in match.h, its vectors, and the names they stand on.
#include "sync-server/office/match.h"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "sync-server/office/find_terms.h"
#include "sync-server/office/names.h"

namespace doorstep::server {
namespace {

using Ground = v1::MatchGround;

constexpr int32_t kBorn = 17'969;  // 2019-03-14

Identity Who(const std::string& given, const std::string& family) {
  Identity identity;
  identity.names.push_back({FirstWord(given), JoinedName(family)});
  return identity;
}

// Samuel Smith of M1 1AE, whom the vectors compare with.
Identity Sam() {
  Identity sam = Who("Samuel", "Smith");
  sam.birth_on = kBorn;
  sam.postcodes = {"M11AE"};
  return sam;
}

int Points(const Identity& a, const Identity& b) {
  const Match match = Compare(a, b);
  int sum = 0;
  for (const Ground& ground : match.grounds) sum += ground.points();
  CHECK(sum == match.points);
  CHECK(Compare(b, a).points == match.points);  // neither side matters
  return match.points;
}
v1::FamilyHit::Band Band(const Identity& a, const Identity& b) {
  return BandOf(Compare(a, b), Thresholds());
}

TEST_CASE("names: folded, without marks, titles and apostrophes") {
  CHECK(NormalName("O'Brien") == "OBRIEN");
  CHECK(NormalName("O’Brien") == "OBRIEN");
  CHECK(NormalName("Siân") == "SIAN");
  CHECK(NormalName("  Mrs  Anne-Marie   Núñez ") == "ANNE MARIE NUNEZ");
  CHECK(NormalName("Straße") == "STRASSE");
  CHECK(NormalName("Łukasz Ørsted Æsa Œuvre Đorđe Þóra") ==
        "LUKASZ ORSTED AESA OEUVRE DORDE THORA");
  CHECK(NormalName("Nguyễn") == "NGUYEN");
  CHECK(NormalName("Dr") == "DR");  // a name of one word is no title
  CHECK(NormalName("Mr Drake") == "DRAKE");
  CHECK(NormalName("محمد").empty());
  CHECK(NormalName("").empty());
  CHECK(JoinedName("de la Cruz") == "DELACRUZ");
  CHECK(FirstWord("Mary Ann") == "MARY");
  CHECK(NormalCode(" a95 0000178301\n") == "A950000178301");
  CHECK(NormalNino("ab 12 34 56 c") == "AB123456");
  CHECK(OutwardOf("M11AE") == "M1");
  CHECK(OutwardOf("M1").empty());
  CHECK(DigitsOf(kBorn) == "20190314");
}

TEST_CASE("names: bytes that are no text compare with nothing") {
  CHECK(NormalName("\xff\xfe\xc3").empty());
  CHECK(NormalName(std::string("\0Ana", 4)) == "ANA");
  CHECK(NormalName("Null'; DROP TABLE find_token") == "NULL DROP TABLE FINDTOKEN");
}

TEST_CASE("near: one slip in four letters, two in eight") {
  CHECK(Distance("SMITH", "SMYTH") == 1);
  CHECK(Distance("SMIHT", "SMITH") == 1);  // exchanged
  CHECK(Distance("", "ABC") == 3);
  CHECK(IsNear("SMITH", "SMYTH"));
  CHECK_FALSE(IsNear("JON", "JOHN"));
  CHECK(IsNear("KATHERINE", "CATHARINE"));
  CHECK_FALSE(IsNear("SMITH", "SMITHSON"));
  CHECK_FALSE(IsNear("SMITH", "SCHMITT"));
}

TEST_CASE("all equal without an identifier is likely") {
  CHECK(Points(Sam(), Sam()) == 50);
  CHECK(Band(Sam(), Sam()) == v1::FamilyHit::LIKELY);
}

TEST_CASE("a twin is possible, and with another UPN nobody") {
  Identity twin = Sam();
  twin.names = {{"OLIVER", "SMITH"}};
  CHECK(Points(Sam(), twin) == 32);
  CHECK(Band(Sam(), twin) == v1::FamilyHit::POSSIBLE);
  Identity sam = Sam();
  sam.upns = {"A950000178301"};
  twin.upns = {"H243278544154"};
  CHECK(Points(sam, twin) == -28);
  CHECK(Band(sam, twin) == v1::FamilyHit::BAND_UNSPECIFIED);
}

TEST_CASE("a name spelt nearly so, and a birth date with day and month exchanged") {
  Identity smyth = Sam();
  smyth.names = {{"SAMUEL", "SMYTH"}};
  CHECK(Points(Sam(), smyth) == 45);
  CHECK(Band(Sam(), smyth) == v1::FamilyHit::POSSIBLE);
  Identity april = Sam();
  april.birth_on = 17'990;  // 2019-04-04
  Identity exchanged = Sam();
  exchanged.birth_on = 17'259;           // 2017-04-03
  CHECK(Points(april, exchanged) == 0);  // year and month both differ
  Identity third = Sam(), fourth = Sam();
  third.birth_on = 17'959;   // 2019-03-04
  fourth.birth_on = 17'989;  // 2019-04-03
  CHECK(Points(third, fourth) == 40);
  Identity slip = Sam();
  slip.birth_on = kBorn + 1;  // one digit
  CHECK(Points(Sam(), slip) == 40);
  Identity other = Sam();
  other.birth_on = kBorn + 200;
  CHECK(Points(Sam(), other) == 0);
}

TEST_CASE("an equal UPN outweighs a change of both names") {
  Identity before = Sam(), after = Sam();
  before.postcodes.clear();
  before.upns = after.upns = {"A950000178301"};
  after.names = {{"ALEX", "OKAFOR"}};
  CHECK(Points(before, after) == 62);
  CHECK(Band(before, after) == v1::FamilyHit::LIKELY);
}

TEST_CASE("father and son of one name and house are two people") {
  Identity father = Sam();
  father.birth_on = 5'000;
  CHECK(Points(Sam(), father) == 0);
  CHECK(Band(Sam(), father) == v1::FamilyHit::BAND_UNSPECIFIED);
}

TEST_CASE("a NINO and an initial") {
  Identity known = Sam(), row = Who("S", "Smith");
  row.birth_on = kBorn;
  known.ninos = row.ninos = {"AB123456"};
  CHECK(Points(row, known) == 87);
}

TEST_CASE("given names: the beginning of the other counts, three letters that differ do not") {
  CHECK(Points(Who("Sam", "Smith"), Who("Samuel", "Smith")) == 12 + 5);
  CHECK(Points(Who("Jon", "Smith"), Who("John", "Smith")) == 12 - 8);
  CHECK(Points(Who("", "Smith"), Who("John", "Smith")) == 12);
  CHECK(Points(Who("", "O'Brien"), Who("", "OBRIEN")) == 12);
}

TEST_CASE("the best over all names and addresses, past ones too") {
  Identity married = Who("Ana", "Jones");
  married.names.push_back({"ANA", "SMITH"});
  married.postcodes = {"L18JQ", "M11AE"};
  Identity row = Who("Ana", "Smith");
  row.postcodes = {"M11AE"};
  CHECK(Points(row, married) == 12 + 10 + 8);
  row.uprns = married.uprns = {"38012345"};
  CHECK(Points(row, married) == 12 + 10 + 10);  // the best place only
  row.uprns.clear();
  row.postcodes = {"M12AB"};
  CHECK(Points(row, married) == 12 + 10 + 2);
}

TEST_CASE("an address that must not be told gives no points and no reason") {
  Identity hidden = Sam();
  hidden.uprns = {"38012345"};
  hidden.address = AddressMay::kNotCount;
  Identity row = Sam();
  row.uprns = {"38012345"};
  CHECK(Points(row, hidden) == 42);
  for (const Ground& ground : Compare(row, hidden).grounds) {
    CHECK(ground.kind() != Ground::UPRN_EQUAL);
    CHECK(ground.kind() != Ground::POSTCODE_EQUAL);
    CHECK(ground.kind() != Ground::OUTWARD_POSTCODE_EQUAL);
  }
}

TEST_CASE("sexes that are both known and differ") {
  Identity girl = Sam(), boy = Sam();
  girl.sex = Sex::kFemale;
  CHECK(Points(girl, boy) == 50);
  boy.sex = Sex::kMale;
  CHECK(Points(girl, boy) == 42);
}

TEST_CASE("fifty points without an equal identifier or birth date, or with one different, wait") {
  Identity row = Sam(), known = Sam();
  row.birth_on.reset();
  row.la_child_ids = known.la_child_ids = {"LPL0001234"};
  CHECK(Points(row, known) == 40 + 12 + 10 + 8);
  CHECK(Band(row, known) == v1::FamilyHit::LIKELY);
  row.birth_on = kBorn;
  row.upns = known.upns = {"A950000178301"};
  row.ninos = {"AB123456"};
  known.ninos = {"AB123457"};
  CHECK(Points(row, known) == 60 - 60 + 40 + 20 + 12 + 10 + 8);
  CHECK(Band(row, known) == v1::FamilyHit::POSSIBLE);
  // The other number of the same row differs: the points stand, the doubt too.
  row.ninos.clear();
  row.nhs_numbers = {"9434765919"};
  known.nhs_numbers = {"4010232137"};
  CHECK(Points(row, known) == 60 + 40 + 20 + 12 + 10 + 8);
  CHECK(Band(row, known) == v1::FamilyHit::POSSIBLE);
}

TEST_CASE("the reference that was asked by is enough, and nothing else counts") {
  CHECK(KnownByReference().points == 100);
  CHECK(BandOf(KnownByReference(), Thresholds()) == v1::FamilyHit::LIKELY);
}

TEST_CASE("thresholds are settings") {
  CHECK(BandOf(Compare(Sam(), Sam()), {.likely = 51, .possible = 51}) ==
        v1::FamilyHit::BAND_UNSPECIFIED);
  CHECK(BandOf(Compare(Sam(), Sam()), {.likely = 51, .possible = 50}) == v1::FamilyHit::POSSIBLE);
}

// What the index must promise: whoever can come to 30 points stands under a term that is searched.
TEST_CASE("whoever can match is found by the index") {
  const std::set<std::string> near = BirthDigitsNear("20190314");
  CHECK(near.contains("20190314"));
  CHECK(near.contains("20191403"));
  CHECK(near.contains("20290314"));
  CHECK_FALSE(near.contains("20180313"));
  Identity asked = Sam();
  asked.nhs_numbers = {"9434765919"};
  const std::set<std::string> terms = TermsToSearch(asked);
  CHECK(terms.contains("family/SMITH"));
  CHECK(terms.contains("birth/20190314"));
  CHECK(terms.contains("nhs/9434765919"));
  Identity place;
  place.postcodes = {"M11AE"};
  CHECK(TermsToSearch(place).empty());  // nobody is looked up by where they live
}

}  // namespace
}  // namespace doorstep::server
