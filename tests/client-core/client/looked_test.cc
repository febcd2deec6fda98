// What a device records of who looked at which family on it.
#include "client-core/client/looked.h"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "crypto/reason.h"
#include "tests/client-core/client/handset.h"

namespace doorstep::client {
namespace {

using Event = v1::AccessEvent;

Id IdIn(const std::string& bytes) { return *Id::FromBytes(bytes); }

struct Case {
  Case() : office(town), phone(office, v1::ROLE_KEY_WORKER) {
    family = IdIn(phone.BeginFamily("Sample family").scope());
    phone.Contact();
  }
  v1::Query Story(const Id& of) {
    v1::Query query;
    query.mutable_story()->set_scope(of.str());
    return query;
  }
  // The events in the device's journal about a family, as the device shows them.
  std::vector<v1::LookedLine> Looks(const Id& of) {
    v1::Query query;
    query.mutable_looked()->set_scope(of.str());
    std::vector<v1::LookedLine> lines;
    const absl::StatusOr<std::vector<v1::Answer>> answers = phone.client->Ask(query);
    REQUIRE(answers.ok());
    for (const v1::Answer& answer : *answers) lines.push_back(answer.looked());
    return lines;
  }
  std::vector<v1::LookedLine> Looks() { return Looks(family); }

  Town town;
  Office office;
  Handset phone;
  Id family;
};

}  // namespace

TEST_CASE("opening a family's page is written down at once, by whom, under which place") {
  Case c;
  CHECK(c.Looks().empty());
  REQUIRE(c.phone.client->Ask(c.Story(c.family)).ok());
  const std::vector<v1::LookedLine> looks = c.Looks();
  REQUIRE(looks.size() == 1);
  CHECK(looks[0].user() == c.phone.client->user().view());
  CHECK(looks[0].device() == c.phone.client->device().view());
  CHECK(looks[0].purpose() == "WORK");
  CHECK(looks[0].acts(0) == "VIEW");
  CHECK(looks[0].records() == 5);  // Family, Person, PersonName, two Assignments
  CHECK_FALSE(looks[0].offline());
  CHECK(looks[0].opened_ms() == c.town.now_ms);
}

TEST_CASE("looking again costs nothing, and what more was seen is one event at the end") {
  Case c;
  for (int n = 0; n < 20; ++n) REQUIRE(c.phone.client->Ask(c.Story(c.family)).ok());
  CHECK(c.Looks().size() == 1);
  const v1::Committed note =
      c.phone.Commit(c.family, Handset::Edit("Contact", Id{},
                                             {{"kind", "\"PHONE\""},
                                              {"happened_at", "\"2026-11-25T10:00:00.000Z\""},
                                              {"text", "\"Rang.\""}}));
  c.phone.Get("contact", IdIn(note.records(0).id()));
  CHECK(c.Looks().size() == 1);
  c.phone.client->Lock();
  REQUIRE(c.phone.client->Unlock(kPin).ok());
  const std::vector<v1::LookedLine> looks = c.Looks();
  REQUIRE(looks.size() == 2);
  CHECK(looks[1].records() == 1);
  CHECK(looks[1].closed_ms() != 0);
  // A new sitting is a new look.
  REQUIRE(c.phone.client->Ask(c.Story(c.family)).ok());
  CHECK(c.Looks().size() == 3);
}

TEST_CASE("lists of one's own work, names of families and the schema are no looks") {
  Case c;
  v1::Query families, schema, everywhere;
  families.mutable_families();
  schema.mutable_schema();
  everywhere.mutable_records()->set_type_name("Person");
  for (const auto* query : {&families, &schema, &everywhere}) {
    REQUIRE(c.phone.client->Ask(*query).ok());
  }
  CHECK(c.Looks().empty());
  everywhere.mutable_records()->set_scope(c.family.str());
  REQUIRE(c.phone.client->Ask(everywhere).ok());
  CHECK(c.Looks().size() == 1);
}

TEST_CASE("a question that finds no such family leaves nothing behind") {
  Case c;
  const Id nobody = c.town.NewId();
  CHECK(c.phone.client->Ask(c.Story(nobody))->empty());
  CHECK(c.Looks(nobody).empty());
}

TEST_CASE("a hit that a search has shown is a look at its family") {
  Case c;
  v1::SearchRequest search;
  search.set_words("sample");
  const absl::StatusOr<std::vector<v1::Answer>> hits = c.phone.client->Search(search);
  REQUIRE(hits.ok());
  REQUIRE_FALSE(hits->empty());
  const std::vector<v1::LookedLine> looks = c.Looks();
  REQUIRE(looks.size() == 1);
  CHECK(looks[0].acts(0) == "SEARCH");
  search.set_words("nowhere");
  REQUIRE(c.phone.client->Search(search).ok());
  CHECK(c.Looks().size() == 1);
}

TEST_CASE("a print is written down with its recipient") {
  Case c;
  v1::Query query = c.Story(c.family);
  query.mutable_use()->set_act("print");
  query.mutable_use()->set_recipient("Ms Sample");
  REQUIRE(c.phone.client->Ask(query).ok());
  const std::vector<v1::LookedLine> looks = c.Looks();
  REQUIRE(looks.size() == 1);
  CHECK(looks[0].acts(0) == "PRINT");
  CHECK(looks[0].recipient() == "Ms Sample");
}

TEST_CASE("a sealed value that was shown is said so, at once") {
  Case c;
  const Id person = c.town.NewId();
  REQUIRE(c.phone.client->Ask(c.Story(c.family)).ok());
  CHECK_FALSE(c.Looks()[0].restricted_opened());
  c.phone.Commit(c.family, Handset::Edit("Person", person,
                                         {{"role", "\"CHILD\""},
                                          {"joined_on", "\"2026-01-02\""},
                                          {"safe_contact", "\"Ring the school first\""}}));
  c.phone.Get("person", person);
  const std::vector<v1::LookedLine> looks = c.Looks();
  REQUIRE(looks.size() == 2);
  CHECK((looks[0].restricted_opened() || looks[1].restricted_opened()));
}

TEST_CASE("more than 256 records are more than one event") {
  Case c;
  for (int part = 0; part < 3; ++part) {
    v1::Edits edits;
    edits.set_scope(c.family.str());
    for (int n = 0; n < 100; ++n) {
      *edits.add_records() = Handset::Edit(
          "Person", c.town.NewId(), {{"role", "\"CHILD\""}, {"joined_on", "\"2026-01-02\""}});
    }
    REQUIRE(c.phone.client->Commit(edits).ok());
  }
  REQUIRE(c.phone.client->Ask(c.Story(c.family)).ok());
  const std::vector<v1::LookedLine> looks = c.Looks();
  REQUIRE(looks.size() == 2);
  CHECK(looks[0].records() + looks[1].records() == 305);
  CHECK(std::max(looks[0].records(), looks[1].records()) == kLookedRecordsMax);
}

TEST_CASE(
    "looks are written down offline and travel with the next contact, apart from one's work") {
  Case c;
  REQUIRE(c.phone.client->GetStatus().all_synced());
  c.town.now_ms += int64_t{3} * 24 * 3'600'000;
  REQUIRE(c.phone.client->Ask(c.Story(c.family)).ok());
  CHECK(c.Looks()[0].offline());
  v1::Status status = c.phone.client->GetStatus();
  CHECK(status.unsent() == 0);
  CHECK(status.unsent_looks() == 1);
  CHECK(status.all_synced());
  c.phone.Contact();
  status = c.phone.client->GetStatus();
  CHECK(status.unsent_looks() == 0);
  size_t received = 0;
  c.office.line(c.phone.client->device())
      .state->ForEach(AccessEventType(), [&](const Record& event) {
        CHECK(LookingIn(event)->family == c.family);
        ++received;
      });
  CHECK(received == 1);
}

}  // namespace doorstep::client
