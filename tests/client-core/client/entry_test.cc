// What a device asks of an entry before it keeps it: refused, doubted or put into its one form,
// with record and field named and the value never.
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "client-core/client/subject.h"
#include "client-core/client/words.h"
#include "crypto/reason.h"
#include "tests/client-core/client/handset.h"

namespace doorstep::client {
namespace {

using Json = std::initializer_list<std::pair<const char*, std::string>>;

struct Case {
  Case() : office(town), desk(office, v1::ROLE_SUPERVISOR), phone(office, v1::ROLE_KEY_WORKER) {
    const v1::Committed family = phone.BeginFamily("Sample family");
    scope = *Id::FromBytes(family.scope());
    person = *Id::FromBytes(family.records(1).id());
    for (Handset* set : {&phone, &desk}) set->Contact();
  }
  v1::Edits One(const v1::RecordEdit& edit) {
    v1::Edits edits;
    edits.set_scope(scope.str());
    *edits.add_records() = edit;
    return edits;
  }

  Town town;
  Office office;
  Handset desk;
  Handset phone;
  Id scope;
  Id person;
};

}  // namespace

TEST_CASE("a wrong identifier is refused by name, never by value, and nothing is kept") {
  Case c;
  struct Row {
    const char* type;
    const char* field;
    const char* value;
    Json others;
  };
  const std::string who = '"' + c.person.hex() + '"';
  const Row rows[] = {
      {"PersonIdentifier", "value", "R247962919251", {{"kind", "\"UPN\""}}},
      {"PersonIdentifier", "value", "9434765918", {{"kind", "\"NHS\""}}},
      {"PersonIdentifier", "value", "BG123456A", {{"kind", "\"NINO\""}}},
      {"PersonIdentifier", "value", "A-1", {{"kind", "\"LA_CHILD_ID\""}}},
      {"ContactPoint", "value", "nobody at home", {{"kind", "\"EMAIL\""}}},
      {"ContactPoint", "value", "ring twice", {{"kind", "\"MOBILE\""}}},
      {"Address", "postcode", "Q1 1AA", {{"lines", "\"1 Sample Street\""}}},
      {"Address", "uprn", "0123", {{"lines", "\"1 Sample Street\""}}},
  };
  for (const Row& row : rows) {
    INFO(row.type << " " << row.value);
    v1::RecordEdit edit = Handset::Edit(row.type, c.town.NewId(), row.others);
    for (const auto& [name, json] :
         Json{{"person", who}, {row.field, '"' + std::string(row.value) + '"'}}) {
      v1::FieldEdit& field = *edit.add_fields();
      field.set_name(name);
      field.set_json(json);
    }
    const v1::Edits edits = c.One(edit);
    const absl::StatusOr<v1::Findings> findings = c.phone.client->Check(edits);
    REQUIRE(findings.ok());
    REQUIRE(findings->entries_size() == 1);
    CHECK(findings->entries(0).refused());
    CHECK(findings->entries(0).field_name() == row.field);
    CHECK(findings->entries(0).record().type_name() == row.type);
    const absl::Status refused = c.phone.client->Commit(edits).status();
    CHECK(ReasonOf(refused) == Reason::kFormat);
    CHECK(SubjectOf(refused) == *Id::FromBytes(edit.id()));
    const std::string message(refused.message());
    CHECK(message.starts_with(std::string(row.type) + "." + row.field));
    CHECK(message.find(row.value) == std::string::npos);
    CHECK(c.phone.client->GetStatus().unsent() == 0);
  }
}

TEST_CASE("a right identifier is kept in its one form") {
  Case c;
  const Id number = c.town.NewId(), address = c.town.NewId();
  const std::string who = '"' + c.person.hex() + '"';
  c.phone.Commit(
      c.scope,
      Handset::Edit("PersonIdentifier", number,
                    {{"person", who}, {"kind", "\"UPN\""}, {"value", "\" r201 100018042\""}}));
  CHECK(c.phone.Values("PersonIdentifier", number, "value").front() == "\"R201100018042\"");
  const v1::Committed kept = c.phone.Commit(
      c.scope,
      Handset::Edit(
          "Address", address,
          {{"person", who}, {"lines", "\"1 Sample Street\""}, {"postcode", "\"sw1a2aa\""}}));
  CHECK(kept.doubts_size() == 0);
  CHECK(c.phone.Values("Address", address, "postcode").front() == "\"SW1A 2AA\"");
}

TEST_CASE("a number may be unknown; of a UPN with the reason") {
  Case c;
  const std::string who = '"' + c.person.hex() + '"';
  auto refused = [&](Json fields) {
    const absl::StatusOr<v1::Findings> findings =
        c.phone.client->Check(c.One(Handset::Edit("PersonIdentifier", c.town.NewId(), fields)));
    REQUIRE(findings.ok());
    return findings->entries_size() > 0 && findings->entries(0).refused();
  };
  CHECK(refused({{"person", who}, {"kind", "\"UPN\""}}));
  CHECK(refused({{"person", who}, {"kind", "\"UPN\""}, {"status", "\"UNKNOWN\""}}));
  CHECK_FALSE(refused({{"person", who},
                       {"kind", "\"UPN\""},
                       {"status", "\"UNKNOWN\""},
                       {"unknown_reason", "\"UN1\""}}));
  CHECK_FALSE(refused({{"person", who}, {"kind", "\"NHS\""}, {"status", "\"UNKNOWN\""}}));
  CHECK(refused({{"person", who},
                 {"kind", "\"NHS\""},
                 {"status", "\"UNKNOWN\""},
                 {"value", "\"9434765919\""}}));
}

TEST_CASE("days of birth have bounds, and a child over 25 asks") {
  Case c;
  auto entry = [&](uint32_t field, int32_t from_today) -> std::string {
    v1::RecordEdit edit = Handset::Edit("Person", c.person, {});
    v1::FieldEdit& date = *edit.add_fields();
    date.set_field(field);
    date.set_value(
        EncodeDate(field, static_cast<int32_t>(c.town.now_ms / 86'400'000) + from_today));
    const absl::StatusOr<v1::Findings> findings = c.phone.client->Check(c.One(edit));
    REQUIRE(findings.ok());
    if (findings->entries_size() == 0) return "fine";
    return findings->entries(0).refused() ? "refused" : "doubted";
  };
  CHECK(entry(4, -3000) == "fine");
  CHECK(entry(4, 1) == "refused");
  CHECK(entry(4, -60'000) == "refused");
  CHECK(entry(4, -27 * 366) == "doubted");
  CHECK(entry(6, 300) == "fine");
  CHECK(entry(6, 301) == "refused");
}

TEST_CASE("a plan is submitted as it is, with what is weak in it said") {
  Case c;
  const Id plan = c.town.NewId(), goal = c.town.NewId();
  v1::Edits made = c.One(Handset::Edit(
      "Plan", plan, {{"episode", '"' + c.town.NewId().hex() + '"'}, {"state", "\"OPEN\""}}));
  *made.add_records() = Handset::Edit("Goal", goal,
                                      {{"plan", '"' + plan.hex() + '"'},
                                       {"wording", "\"Calm mornings\""},
                                       {"state", "\"ACTIVE\""}});
  *made.add_records() = Handset::Edit("Action", c.town.NewId(),
                                      {{"goal", '"' + goal.hex() + '"'},
                                       {"wording", "\"Ring the school\""},
                                       {"owner", "\"WORKER\""},
                                       {"due_on", "\"2026-12-24\""},
                                       {"state", "\"ACTIVE\""}});
  REQUIRE(c.phone.client->Commit(made).ok());
  const v1::RecordEdit submit = Handset::Edit("Approval", Id{},
                                              {{"subject", '"' + plan.hex() + '"'},
                                               {"digest", '"' + std::string(64, 'a') + '"'},
                                               {"decision", "\"SUBMITTED\""},
                                               {"decided_on", "\"2026-11-25\""}});
  const absl::StatusOr<v1::Findings> findings = c.phone.client->Check(c.One(submit));
  REQUIRE(findings.ok());
  CHECK(findings->expected() == v1::APPLIED);
  REQUIRE(findings->entries_size() == 2);
  for (const v1::EntryFinding& entry : findings->entries()) CHECK_FALSE(entry.refused());
  CHECK(c.phone.Commit(c.scope, submit).doubts_size() == 2);
}

TEST_CASE("what is held says what it lacks, and what is done says who did it") {
  Case c;
  const Id concern = c.town.NewId();
  c.phone.Commit(c.scope, Handset::Edit("Concern", concern,
                                        {{"persons", "[\"" + c.person.hex() + "\"]"},
                                         {"kind", "\"NEGLECT\""},
                                         {"level", "\"SAME_DAY\""},
                                         {"noticed_at", "\"2026-11-25T10:00:00.000Z\""},
                                         {"account", "\"Words\""},
                                         {"state", "\"RAISED\""}}));
  for (Handset* set : {&c.phone, &c.desk}) set->Contact();
  REQUIRE(c.desk.Commit(c.scope, Handset::Edit("Concern", concern, {{"state", "\"ACKNOWLEDGED\""}}))
              .expected() == v1::APPLIED);
  const v1::Committed held = c.desk.Commit(
      c.scope, Handset::Edit("Concern", concern,
                             {{"state", "\"CLOSED\""}, {"close_outcome", "\"REFERRED\""}}));
  CHECK(held.reason_name() == "GUARD");
  CHECK(held.words().find("call") != std::string::npos);
  c.desk.Contact();
  bool shown = false;
  const absl::StatusOr<v1::Attention> list = c.desk.client->ListAttention();
  REQUIRE(list.ok());
  for (const v1::AttentionItem& item : list->items()) {
    shown |= item.reason_name() == "GUARD" && item.words().find("call") != std::string::npos;
  }
  CHECK(shown);
}

TEST_CASE("what somebody else has done already is shown with who did it") {
  Case c;
  const Id visit = c.town.NewId();
  c.phone.Commit(c.scope, Handset::Edit("Visit", visit,
                                        {{"episode", '"' + c.town.NewId().hex() + '"'},
                                         {"worker", '"' + c.phone.client->user().hex() + '"'},
                                         {"state", "\"PLANNED\""}}));
  for (Handset* set : {&c.phone, &c.desk}) set->Contact();
  for (Handset* set : {&c.phone, &c.desk}) {
    set->Commit(c.scope, Handset::Edit(
                             "Visit", visit,
                             {{"state", "\"CANCELLED\""}, {"outcome", "\"CANCELLED_BY_FAMILY\""}}));
  }
  for (Handset* set : {&c.phone, &c.desk}) set->Contact();
  std::string words;
  const absl::StatusOr<v1::Attention> list = c.desk.client->ListAttention();
  REQUIRE(list.ok());
  for (const v1::AttentionItem& item : list->items()) {
    if (item.kind() == v1::AttentionItem::ALREADY_DONE) words = item.words();
  }
  CHECK(words.starts_with("Worker has done this already."));
  CHECK(AlreadyDoneWords("").starts_with("Somebody else has done this already."));
}

}  // namespace doorstep::client
