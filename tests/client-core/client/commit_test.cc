#include "client-core/client/commit.h"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "client-core/client/subject.h"
#include "crypto/reason.h"
#include "tests/client-core/client/handset.h"

namespace doorstep::client {
namespace {

using Values = std::vector<std::string>;

Id IdIn(const std::string& bytes) { return *Id::FromBytes(bytes); }
Op OpOf(const Changeset& changeset, uint32_t index) { return {changeset.uid, index}; }
Op OpIn(const v1::OpId& named) { return {IdIn(named.uid()), named.index()}; }

v1::RecordEdit How(v1::RecordEdit edit, v1::FieldEdit::How how) {
  for (v1::FieldEdit& field : *edit.mutable_fields()) field.set_how(how);
  return edit;
}

// A worker and the supervisor of the family, each on a device, both up to date.
struct Case {
  Case() : office(town), desk(office, v1::ROLE_SUPERVISOR), phone(office, v1::ROLE_KEY_WORKER) {
    family = IdIn(phone.BeginFamily("Sample family").scope());
    phone.Contact();
    desk.Contact();
    person = town.NewId();
  }
  v1::RecordEdit Person(std::initializer_list<std::pair<const char*, std::string>> json) {
    return Handset::Edit("Person", person, json);
  }
  // Both write without seeing each other; then both have pulled everything.
  void Meet(const v1::RecordEdit& by_phone, const v1::RecordEdit& by_desk) {
    phone.Commit(family, by_phone);
    desk.Commit(family, by_desk);
    for (Handset* set : {&phone, &desk, &phone}) set->Contact();
  }
  v1::FieldWrite Only(const v1::Committed& committed) {
    Changeset changeset = phone.Sent(committed);
    REQUIRE(changeset.body.changes_size() == 1);
    REQUIRE(changeset.body.changes(0).writes_size() == 1);
    return changeset.body.changes(0).writes(0);
  }
  void MakePerson() {
    phone.Commit(family, Person({{"role", "\"CHILD\""},
                                 {"joined_on", "\"2026-01-02\""},
                                 {"first_language", "\"Welsh\""},
                                 {"disabilities", "\"VIS\""},
                                 {"contact_rule", "\"ASK_FIRST\""}}));
    phone.Contact();
    desk.Contact();
  }

  Town town;
  Office office;
  Handset desk;
  Handset phone;
  Id family;
  Id person;
};

}  // namespace

TEST_CASE("a value that nobody wrote before names nothing") {
  Case c;
  Changeset made = c.phone.Sent(
      c.phone.Commit(c.family, c.Person({{"role", "\"CHILD\""}, {"joined_on", "\"2026-01-02\""}})));
  for (const v1::FieldWrite& write : made.body.changes(0).writes()) {
    CHECK(write.overwrites().empty());
  }
  CHECK(made.body.schema() == Catalog::Get().schema());
  CHECK(made.body.clock().has_offset_ms());
}

TEST_CASE("LATEST names the value that was in force, and settling names its siblings too") {
  Case c;
  c.MakePerson();
  c.Meet(c.Person({{"first_language", "\"Polish\""}}),
         c.Person({{"first_language", "\"Arabic\""}}));
  CHECK(c.phone.Values("person", c.person, "first_language") == Values{"\"Arabic\"", "\"Polish\""});
  v1::FieldWrite replace =
      c.Only(c.phone.Commit(c.family, c.Person({{"first_language", "\"Urdu\""}})));
  CHECK(replace.overwrites_size() == 1);
  CHECK(c.phone.Values("person", c.person, "first_language") == Values{"\"Urdu\"", "\"Polish\""});
  v1::FieldWrite settle = c.Only(c.phone.Commit(
      c.family, How(c.Person({{"first_language", "\"Urdu\""}}), v1::FieldEdit::SETTLE)));
  CHECK(settle.overwrites_size() == 2);
  CHECK(c.phone.Values("person", c.person, "first_language") == Values{"\"Urdu\""});
}

TEST_CASE("UNION adds name nothing; a drop names every add of its value") {
  Case c;
  c.MakePerson();
  c.Meet(c.Person({{"disabilities", "\"MOB\""}}), c.Person({{"disabilities", "\"MOB\""}}));
  CHECK(c.phone.Values("person", c.person, "disabilities").size() == 2);
  v1::FieldWrite add = c.Only(c.phone.Commit(c.family, c.Person({{"disabilities", "\"LD\""}})));
  CHECK(add.overwrites().empty());
  CHECK_FALSE(add.drop());
  v1::FieldWrite drop = c.Only(
      c.phone.Commit(c.family, How(c.Person({{"disabilities", "\"MOB\""}}), v1::FieldEdit::DROP)));
  CHECK(drop.drop());
  CHECK(drop.value().empty());
  CHECK(drop.overwrites_size() == 2);
  CHECK(c.phone.Values("person", c.person, "disabilities").size() == 2);  // VIS, LD
}

TEST_CASE("PROTECTIVE names every live value, and is never cleared") {
  Case c;
  c.MakePerson();
  c.Meet(c.Person({{"contact_rule", "\"NO_CONTACT\""}}),
         c.Person({{"contact_rule", "\"SAFE_TIMES_ONLY\""}}));
  CHECK(c.phone.Values("person", c.person, "contact_rule").front() == "\"NO_CONTACT\"");
  v1::FieldWrite write =
      c.Only(c.phone.Commit(c.family, c.Person({{"contact_rule", "\"NO_CONTACT\""}})));
  CHECK(write.overwrites_size() == 2);
  v1::Edits clears;
  clears.set_scope(c.family.str());
  *clears.add_records() = c.Person({{"contact_rule", ""}});
  CHECK(ReasonOf(c.phone.client->Commit(clears).status()) == Reason::kArg);
}

TEST_CASE("ASK names one text when one is replaced, all when they are settled") {
  Case c;
  c.phone.Commit(c.family, Handset::Edit("Family", c.family, {{"door_note", "\"Ring\""}}));
  c.phone.Contact();
  c.desk.Contact();
  c.Meet(Handset::Edit("Family", c.family, {{"door_note", "\"Ring twice\""}}),
         Handset::Edit("Family", c.family, {{"door_note", "\"Do not ring\""}}));
  CHECK(c.phone.Values("family", c.family, "door_note") ==
        Values{"\"Do not ring\"", "\"Ring twice\""});
  v1::FieldWrite one = c.Only(
      c.phone.Commit(c.family, Handset::Edit("Family", c.family, {{"door_note", "\"Knock\""}})));
  CHECK(one.overwrites_size() == 1);
  CHECK(c.phone.Values("family", c.family, "door_note").size() == 2);
  v1::FieldWrite all = c.Only(c.phone.Commit(
      c.family,
      How(Handset::Edit("Family", c.family, {{"door_note", "\"Knock\""}}), v1::FieldEdit::SETTLE)));
  CHECK(all.overwrites_size() == 2);
  CHECK(c.phone.Values("family", c.family, "door_note") == Values{"\"Knock\""});
}

TEST_CASE("COMMAND names exactly the live state") {
  Case c;
  Id visit = c.town.NewId();
  Id episode = c.town.NewId();
  Changeset planned = c.phone.Sent(
      c.phone.Commit(c.family, Handset::Edit("Visit", visit,
                                             {{"episode", '"' + episode.hex() + '"'},
                                              {"worker", '"' + c.phone.client->user().hex() + '"'},
                                              {"planned_at", "\"2026-11-25T10:00:00.000Z\""},
                                              {"state", "\"PLANNED\""},
                                              {"purpose", "\"Reading together\""}})));
  v1::FieldWrite step =
      c.Only(c.phone.Commit(c.family, Handset::Edit("Visit", visit, {{"state", "\"UNDER_WAY\""}})));
  REQUIRE(step.overwrites_size() == 1);
  CHECK(OpIn(step.overwrites(0)) == OpOf(planned, 3));
}

TEST_CASE("FIXED names nothing, and a second value is expected to be held") {
  Case c;
  c.MakePerson();
  Id name = c.town.NewId();
  c.phone.Commit(c.family,
                 Handset::Edit("PersonName", name,
                               {{"person", '"' + c.person.hex() + '"'}, {"family", "\"Sample\""}}));
  v1::Committed other = c.phone.Commit(
      c.family, Handset::Edit("PersonName", name, {{"person", '"' + c.town.NewId().hex() + '"'}}));
  CHECK(other.expected() == v1::HELD);
  CHECK(other.reason_name() == "FIXED");
  CHECK_FALSE(other.words().empty());
  CHECK(c.Only(other).overwrites().empty());
}

TEST_CASE("what the person was shown is named, whatever came since") {
  Case c;
  c.MakePerson();
  v1::OpId shown;
  v1::RecordView person = c.phone.Get("person", c.person);
  for (const v1::FieldView& field : person.fields()) {
    if (field.name() == "first_language") shown = field.values(0).op();
  }
  c.desk.Commit(c.family, c.Person({{"first_language", "\"Arabic\""}}));
  c.desk.Contact();
  c.phone.Contact();
  v1::RecordEdit edit = c.Person({{"first_language", "\"Polish\""}});
  *edit.mutable_fields(0)->add_shown() = shown;
  v1::FieldWrite write = c.Only(c.phone.Commit(c.family, edit));
  REQUIRE(write.overwrites_size() == 1);
  CHECK(OpIn(write.overwrites(0)) == OpIn(shown));
  CHECK(c.phone.Values("person", c.person, "first_language").size() == 2);
}

TEST_CASE("check says what commit would, and stores nothing") {
  Case c;
  v1::Edits edits;
  edits.set_scope(c.family.str());
  *edits.add_records() = c.Person({{"role", "\"CHILD\""}, {"joined_on", "\"2026-01-02\""}});
  CHECK(c.phone.client->Check(edits)->expected() == v1::APPLIED);
  CHECK(c.phone.client->GetStatus().unsent() == 0);
  *edits.mutable_records(0) = c.Person({{"role", "\"CHILD\""}});  // a required field is missing
  CHECK(c.phone.client->Check(edits)->expected() == v1::HELD);
  CHECK(c.phone.client->Check(edits)->reason_name() == "SHAPE");
}

TEST_CASE("impossible edits are told apart and store nothing") {
  Case c;
  auto refuse = [&](const v1::RecordEdit& edit, const Id& scope) {
    v1::Edits edits;
    if (!scope.is_zero()) edits.set_scope(scope.str());
    *edits.add_records() = edit;
    absl::Status status = c.phone.client->Commit(edits).status();
    CHECK(c.phone.client->GetStatus().unsent() == 0);
    return status;
  };
  CHECK(ReasonOf(refuse(Handset::Edit("Unicorn", Id{}, {{"x", "1"}}), c.family)) == Reason::kArg);
  CHECK(ReasonOf(refuse(c.Person({{"horn", "1"}}), c.family)) == Reason::kArg);
  CHECK(ReasonOf(refuse(c.Person({{"joined_on", "\"2026-13-02\""}}), c.family)) == Reason::kFormat);
  CHECK(SubjectOf(refuse(c.Person({{"joined_on", "\"x\""}}), c.family)) == c.person);
  CHECK(ReasonOf(refuse(c.Person({{"role", "\"CHILD\""}}), c.town.NewId())) == Reason::kNotFound);
  v1::RecordEdit bad = c.Person({{"role", "\"CHILD\""}});
  for (const std::string& id :
       {std::string(15, 'i'), std::string(17, 'i'), std::string(16, '\0')}) {
    bad.set_id(id);
    CHECK(ReasonOf(refuse(bad, c.family)) == Reason::kArg);
  }
  v1::RecordEdit twice = c.Person({{"gender", "\"x\""}, {"gender", "\"y\""}});
  CHECK(ReasonOf(refuse(twice, c.family)) == Reason::kArg);
  CHECK(ReasonOf(refuse(c.Person({{"gender", "\"" + std::string(51, 'g') + "\""}}), c.family)) ==
        Reason::kLimit);
  CHECK(ReasonOf(refuse(c.Person({{"gender", "\"bell \\u0007\""}}), c.family)) == Reason::kFormat);
}

TEST_CASE("a record of another family is not written here") {
  Case c;
  c.MakePerson();
  Id other = IdIn(c.phone.BeginFamily("Another family").scope());
  v1::Edits edits;
  edits.set_scope(other.str());
  *edits.add_records() = c.Person({{"gender", "\"x\""}});
  absl::Status status = c.phone.client->Commit(edits).status();
  CHECK(ReasonOf(status) == Reason::kArg);
  CHECK(SubjectOf(status) == c.person);
  // Without a scope, the one that the record lives in.
  edits.clear_scope();
  CHECK(IdIn(c.phone.client->Commit(edits)->scope()) == c.family);
}

TEST_CASE("a commit ends the draft it names, and a failed one keeps it") {
  Case c;
  Id draft = c.town.NewId();
  REQUIRE(c.phone.client->PutDraft(draft, "half").ok());
  v1::Edits edits;
  edits.set_scope(c.family.str());
  edits.set_ends_draft(draft.str());
  *edits.add_records() = c.Person({{"horn", "1"}});
  CHECK_FALSE(c.phone.client->Commit(edits).ok());
  CHECK(c.phone.client->GetDraft(draft).ok());
  *edits.mutable_records(0) = c.Person({{"role", "\"CHILD\""}, {"joined_on", "\"2026-01-02\""}});
  CHECK(c.phone.client->Commit(edits).ok());
  CHECK(ReasonOf(c.phone.client->GetDraft(draft).status()) == Reason::kNotFound);
}

TEST_CASE("a barred supervisor has no place in a family that is begun") {
  Case c;
  v1::Edits edits;
  edits.set_begin_family(true);
  *edits.add_records() = Handset::Edit(
      "Family", Id{},
      {{"name", "\"Sample family\""}, {"barred_staff", '"' + c.town.supervisor.user.hex() + '"'}});
  Id person = c.town.NewId();
  *edits.add_records() =
      Handset::Edit("Person", person, {{"role", "\"CHILD\""}, {"joined_on", "\"2026-01-02\""}});
  *edits.add_records() = Handset::Edit(
      "PersonName", Id{}, {{"person", '"' + person.hex() + '"'}, {"family", "\"Sample\""}});
  absl::StatusOr<v1::Committed> committed = c.desk.client->Commit(edits);
  REQUIRE(committed.ok());
  INFO(committed->reason_name());
  CHECK(committed->expected() == v1::APPLIED);
  for (const AssignmentView& place : AssignmentsCreatedBy(c.desk.Sent(*committed))) {
    CHECK(place.user != c.town.supervisor.user);
  }
}

}  // namespace doorstep::client
