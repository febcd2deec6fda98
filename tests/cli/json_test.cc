// Messages as JSON for scripts, and JSON back as values.
#include "shell/cli/json.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "doorstep/v1/client.pb.h"

namespace doorstep::shell {
namespace {

TEST_CASE("ids are digits, enums are names, values are JSON themselves") {
  v1::RecordView record;
  record.set_type(27);
  record.set_type_name("Visit");
  record.set_id(std::string(16, '\xab'));
  record.set_safety(v1::RECEIVED_BY_THE_OFFICE);
  record.set_json(R"({"state":"PLANNED","present":["00","01"]})");
  const Json json = ToJson(record);
  CHECK(json["id"] == "abababababababababababababababab");
  CHECK(json["safety"] == "RECEIVED_BY_THE_OFFICE");
  CHECK(json["json"]["present"][1] == "01");
  CHECK_FALSE(json.contains("made_by"));
}

TEST_CASE("lists of messages and of JSON texts come out whole") {
  v1::PlanAnswer plan;
  v1::PlanAnswer::Change& change = *plan.add_changes();
  change.set_field("aim");
  change.add_before("\"old\"");
  change.add_after("\"new\"");
  const Json json = ToJson(plan);
  CHECK(json["changes"][0]["before"][0] == "old");
  CHECK(json["changes"][0]["after"][0] == "new");
}

TEST_CASE("what is no JSON, or is nested without end, is null") {
  CHECK(ParseJson("{").is_null());
  CHECK(ParseJson("\"\xff\"").is_null());
  CHECK(ParseJson(std::string(200000, '[')).is_null());
  CHECK(ParseJson(std::string(100, '[') + std::string(100, ']')).is_null());
  CHECK(ParseJson("[1]")[0] == 1);
}

TEST_CASE("values read as a person says them") {
  CHECK(TextOfValue("true") == "yes");
  CHECK(TextOfValue("\"2026-11-25\"") == "2026-11-25");
  CHECK(TextOfValue("[\"AUT\",\"HEAR\"]") == "AUT, HEAR");
  CHECK(TextOfValue("7") == "7");
  CHECK(TextOfValue("") == "");
}

}  // namespace
}  // namespace doorstep::shell
