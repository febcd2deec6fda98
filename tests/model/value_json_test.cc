// Values as JSON: what people's programs read, and what they may write.
#include "model/value_json.h"

#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "crypto/reason.h"
#include "doorstep/v1/records.pb.h"
#include "model/value.h"

namespace doorstep {
namespace {

const FieldType& FieldOf(std::string_view record, std::string_view field) {
  const FieldType* found = Catalog::Get().Find(record)->FindField(field);
  REQUIRE(found != nullptr);
  return *found;
}

TEST_CASE("each kind has one form, and comes back as the same bytes") {
  struct Case {
    const char* record;
    const char* field;
    std::string value;
    std::string json;
  };
  const std::string id = "0123456789abcdef";
  const std::string hex = "30313233343536373839616263646566";
  const std::vector<Case> cases = {
      {"Visit", "announced", EncodeBool(8, true), "true"},
      {"Visit", "announced", EncodeBool(8, false), "false"},
      {"Goal", "target", EncodeNumber(7, 10), "10"},
      {"Claim", "amount_pence", EncodeI64(10, -80000), "-80000"},
      {"Claim", "amount_pence", EncodeI64(10, INT64_MAX), "9223372036854775807"},
      {"Person", "birth_on", EncodeDate(4, 20782), "\"2026-11-25\""},
      {"Person", "birth_on", EncodeDate(4, -1), "\"1969-12-31\""},
      {"Person", "birth_on", EncodeDate(4, 11016), "\"2000-02-29\""},
      {"Person", "birth_on", EncodeDate(4, kDateMin), "\"0001-01-01\""},
      {"Person", "birth_on", EncodeDate(4, kDateMax), "\"9999-12-31\""},
      {"Visit", "started_at", EncodeI64(11, 0), "\"1970-01-01T00:00:00.000Z\""},
      {"Visit", "started_at", EncodeI64(11, -1), "\"1969-12-31T23:59:59.999Z\""},
      {"Visit", "started_at", EncodeI64(11, 951827696789), "\"2000-02-29T12:34:56.789Z\""},
      {"Visit", "started_at", EncodeI64(11, kInstantMax), "\"9999-12-31T23:59:59.999Z\""},
      {"Visit", "state", EncodeNumber(9, 2), "\"UNDER_WAY\""},
      {"Visit", "state", EncodeNumber(9, 77), "77"},
      {"Visit", "worker", EncodeBytes(2, id), "\"" + hex + "\""},
      {"Visit", "purpose", EncodeBytes(18, "say \"no\"\n\tSiân"), R"("say \"no\"\n\tSiân")"},
      {"Visit", "purpose", EncodeBytes(18, ""), "\"\""},
      {"Claim", "verdicts", EncodeNumber(6, 7) + EncodeNumber(6, 1), "[7,1]"},
      {"Person", "disabilities", EncodeNumber(13, 2), "\"BEH\""},
      {"SafeAddress", "excluded", "", "[]"},
      {"SafeAddress", "lines", EncodeBytes(2, "1 Hidden Row"), "\"1 Hidden Row\""},
  };
  for (const Case& c : cases) {
    INFO(c.record << "." << c.field);
    const FieldType& field = FieldOf(c.record, c.field);
    absl::StatusOr<std::string> json = ValueToJson(field, c.value);
    REQUIRE(json.ok());
    CHECK(*json == c.json);
    absl::StatusOr<std::string> back = ValueFromJson(field, c.json);
    REQUIRE(back.ok());
    CHECK(*back == c.value);
  }
}

TEST_CASE("other spellings of the same value") {
  CHECK(*ValueFromJson(FieldOf("Visit", "state"), "\"under_way\"") == EncodeNumber(9, 2));
  CHECK(*ValueFromJson(FieldOf("Visit", "state"), "2") == EncodeNumber(9, 2));
  CHECK(*ValueFromJson(FieldOf("Visit", "started_at"), "\"1970-01-01T00:00:01Z\"") ==
        EncodeI64(11, 1000));
  CHECK(*ValueFromJson(FieldOf("Visit", "worker"), "\"AB00000000000000000000000000000F\"") ==
        EncodeBytes(2, std::string("\xab") + std::string(14, '\0') + "\x0f"));
  CHECK(*ValueFromJson(FieldOf("Visit", "announced"), " true ") == EncodeBool(8, true));
}

TEST_CASE("what is no value of the field is refused by the field's name") {
  struct Case {
    const char* record;
    const char* field;
    const char* json;
  };
  const std::vector<Case> cases = {
      {"Visit", "announced", "1"},
      {"Visit", "announced", "\"true\""},
      {"Visit", "announced", "null"},
      {"Visit", "announced", ""},
      {"Visit", "announced", "tru"},
      {"Visit", "announced", "true false"},
      {"Visit", "announced", "[true]"},
      {"Goal", "target", "1.0"},
      {"Goal", "target", "-1"},
      {"Goal", "target", "4294967296"},
      {"Goal", "target", "\"1\""},
      {"Claim", "amount_pence", "9223372036854775808"},
      {"Claim", "amount_pence", "1e3"},
      {"Claim", "verdicts", "7"},
      {"Claim", "verdicts", "[[7]]"},
      {"Claim", "verdicts", "[]"},
      {"Person", "birth_on", "\"2026-02-29\""},
      {"Person", "birth_on", "\"2026-2-9\""},
      {"Person", "birth_on", "\"0000-01-01\""},
      {"Person", "birth_on", "\"2026-11-25 \""},
      {"Person", "birth_on", "\"20261125xx\""},
      {"Person", "birth_on", "20782"},
      {"Visit", "started_at", "\"2026-11-25\""},
      {"Visit", "started_at", "\"2026-11-25T24:00:00Z\""},
      {"Visit", "started_at", "\"2026-11-25T12:00:60Z\""},
      {"Visit", "started_at", "\"2026-11-25T12:00:00+00:00\""},
      {"Visit", "started_at", "\"2026-11-25T12:00:00,000Z\""},
      {"Visit", "state", "\"STATE_UNDER_WAY\""},
      {"Visit", "state", "\"UNSPECIFIED\""},
      {"Visit", "state", "0"},
      {"Visit", "state", "true"},
      {"Visit", "worker", "\"00\""},
      {"Visit", "worker", "\"0000000000000000000000000000000g\""},
      {"Visit", "purpose", "7"},
      {"Visit", "purpose", "{}"},
      {"Visit", "purpose", "\"\\u0000\""},
      {"Visit", "purpose", "\"\\ud800\""},
      {"Visit", "purpose", "\"\xff\""},
  };
  for (const Case& c : cases) {
    INFO(c.field << " " << c.json);
    absl::StatusOr<std::string> value = ValueFromJson(FieldOf(c.record, c.field), c.json);
    REQUIRE_FALSE(value.ok());
    CHECK(value.status().code() == absl::StatusCode::kInvalidArgument);
    CHECK(std::string(value.status().message()).find(c.field) != std::string::npos);
  }
}

TEST_CASE("hostile JSON costs nothing") {
  const FieldType& purpose = FieldOf("Visit", "purpose");
  CHECK(ReasonOf(ValueFromJson(purpose, std::string(2 << 20, ' ')).status()) == Reason::kLimit);
  std::string deep(500'000, '[');
  CHECK_FALSE(ValueFromJson(purpose, deep).ok());
  deep += std::string(500'000, ']');
  CHECK_FALSE(ValueFromJson(purpose, deep).ok());
  CHECK(ReasonOf(ValueFromJson(purpose, "\"" + std::string(2001, 'a') + "\"").status()) ==
        Reason::kLimit);
}

TEST_CASE("a value that is none has no JSON") {
  CHECK_FALSE(ValueToJson(FieldOf("Visit", "state"), EncodeNumber(9, 0)).ok());
  CHECK_FALSE(ValueToJson(FieldOf("Visit", "purpose"), EncodeBytes(18, "\xff")).ok());
  CHECK_FALSE(ValueToJson(FieldOf("Visit", "purpose"), "").ok());
}

}  // namespace
}  // namespace doorstep
