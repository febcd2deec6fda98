#include "tests/scenarios/acts.h"

#include <regex>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "model/catalog.h"

namespace doorstep::scenarios {
namespace {

Id IdOf(std::string_view bytes) { return Id::FromBytes(bytes).value_or(Id{}); }

// The family a sentence means: by its word, or the one named last.
absl::StatusOr<Id> FamilyMeant(const Stage& stage, const std::string& word) {
  absl::StatusOr<Named> named = stage.Need(word.empty() ? stage.last_family : word);
  if (!named.ok()) return named.status();
  return named->id;
}

// Words of the records of one changeset, in their order; "" where nobody named one.
using Words = std::vector<std::string>;

absl::Status Commit(Stage& stage, const std::string& who, const v1::Edits& edits,
                    const Words& words, const Expected& expected) {
  DeviceUnit& device = stage.DeviceOf(who);
  const absl::StatusOr<v1::Committed> committed = device.client().Commit(edits);
  if (!committed.ok()) {
    if (expected.outcome == Expected::Outcome::kRefused) return absl::OkStatus();
    return absl::Status(committed.status().code(),
                        absl::StrCat("the device refused it: ", committed.status().message()));
  }
  for (int i = 0; i < committed->records_size(); ++i) {
    const std::string& word = words[static_cast<size_t>(i)];
    if (word.empty()) continue;
    const v1::RecordRef& record = committed->records(i);
    stage.Name(
        word, {record.type(), IdOf(record.id()), IdOf(committed->scope()), IdOf(committed->uid())});
  }
  if (expected.outcome == Expected::Outcome::kRefused) {
    return absl::FailedPreconditionError("the device took it");
  }
  const bool held = committed->expected() != v1::APPLIED;
  if (held != (expected.outcome == Expected::Outcome::kHeld)) {
    return absl::FailedPreconditionError(
        held ? absl::StrCat("the device expects it held: ", committed->reason_name())
             : "the device expects it to take effect");
  }
  if (held && absl::AsciiStrToLower(committed->reason_name()) != expected.reason) {
    return absl::FailedPreconditionError(
        absl::StrCat("the device expects it held: ", committed->reason_name()));
  }
  return absl::OkStatus();
}

v1::RecordEdit& Add(v1::Edits& edits, std::string_view type) {
  v1::RecordEdit& record = *edits.add_records();
  record.set_type(Catalog::Get().Find(type)->number);
  return record;
}

absl::Status Set(const Stage& stage, v1::RecordEdit& record, const std::string& fields,
                 v1::FieldEdit::How how = v1::FieldEdit::REPLACE) {
  const absl::StatusOr<std::vector<FieldText>> read = ReadFields(fields);
  if (!read.ok()) return read.status();
  return stage.Fill(record, *read, how);
}

// One part of Write. Adds a record to the edits and its word to `words`.
absl::Status AddPart(Stage& stage, const std::string& part, v1::Edits& edits, Words& words) {
  static const std::regex makes(R"(makes (\w+)(?: (\w+))?(?: in (\w+))?(?:: (.+))?)");
  static const std::regex touches(R"((changes|settles) (\w+)(?: as (\w+))?: (.+))");
  std::smatch match;
  if (std::regex_match(part, match, makes)) {
    const RecordType* type = Catalog::Get().Find(match[1].str());
    if (type == nullptr) {
      return absl::NotFoundError(absl::StrCat("no record is called ", match[1].str()));
    }
    const absl::StatusOr<Id> family = FamilyMeant(stage, match[3]);
    const bool directory = type->scope == v1::RecordRule::DIRECTORY;
    if (!directory && !edits.begin_family() && !family.ok()) return family.status();
    if (edits.scope().empty() && !edits.begin_family()) {
      edits.set_scope((directory ? stage.tenant() : *family).str());
    }
    v1::RecordEdit& record = Add(edits, type->name);
    record.set_id(stage.NewId().str());
    words.push_back(match[2]);
    if (match[2].matched) {  // so that a later part of the same changeset can name it
      stage.Name(match[2], {type->number, IdOf(record.id()), IdOf(edits.scope()), {}});
    }
    return match[4].matched ? Set(stage, record, match[4]) : absl::OkStatus();
  }
  if (std::regex_match(part, match, touches)) {
    const absl::StatusOr<Named> named = stage.Need(match[2].str());
    if (!named.ok()) return named.status();
    edits.set_scope(named->scope.str());
    v1::RecordEdit& record = *edits.add_records();
    record.set_type(named->type);
    record.set_id(named->id.str());
    words.push_back(match[3].matched ? match[3] : match[2]);
    return Set(stage, record, match[4],
               match[1] == "settles" ? v1::FieldEdit::SETTLE : v1::FieldEdit::REPLACE);
  }
  return absl::InvalidArgumentError(absl::StrCat("a record is made, changed or settled: ", part));
}

// The open Assignment of a person in a family, on this person's device.
absl::StatusOr<Id> OpenPlace(Stage& stage, const std::string& who, const Id& family,
                             const std::string& of) {
  v1::Query query;
  query.mutable_records()->set_type_name("Assignment");
  query.mutable_records()->set_scope(family.str());
  const absl::StatusOr<std::vector<v1::Answer>> answers = stage.DeviceOf(who).client().Ask(query);
  if (!answers.ok()) return answers.status();
  const std::string user = stage.UserOf(of).hex();
  for (const v1::Answer& answer : *answers) {
    const std::string& json = answer.record().json();
    if (absl::StrContains(json, user) && absl::StrContains(json, "OPEN")) {
      return IdOf(answer.record().id());
    }
  }
  return absl::NotFoundError(absl::StrCat(of, " has no open place there"));
}

}  // namespace

absl::Status BeginFamily(Stage& stage, const std::string& who, const std::string& family,
                         const std::string& team, const std::string& people,
                         const std::vector<std::string>& more, const Expected& expected) {
  static const std::regex person(R"(the (child|adult|unborn child|other parent) (\w+))");
  v1::Edits edits;
  edits.set_begin_family(true);
  Words words = {family};
  absl::Status status =
      Set(stage, Add(edits, "Family"), absl::StrCat("name is \"", family, "\", team is ", team));
  const std::vector<std::string> parts = absl::StrSplit(people, ", ");
  for (const std::string& text : parts) {
    std::smatch match;
    if (!std::regex_match(text, match, person)) {
      return absl::InvalidArgumentError("a person is: the child Tom, the adult Mia …");
    }
    const std::string role = match[1] == "child"          ? "CHILD, birth_on is today-2600"
                             : match[1] == "unborn child" ? "UNBORN_CHILD, birth_due_on is today+90"
                             : match[1] == "adult"        ? "PARENT_CARER, birth_on is today-12000"
                                                          : "NON_RESIDENT_PARENT";
    v1::RecordEdit& made = Add(edits, "Person");
    made.set_id(stage.NewId().str());
    const Id id = IdOf(made.id());
    if (status.ok()) {
      status = Set(stage, made, absl::StrCat("role is ", role, ", joined_on is today"));
    }
    stage.Name(match[2], {made.type(), id, {}, {}});
    words.push_back(match[2]);
    v1::RecordEdit& name = Add(edits, "PersonName");
    if (status.ok()) {
      status = Set(stage, name,
                   absl::StrCat("person is ", match[2].str(), ", kind is CURRENT, given is \"",
                                match[2].str(), "\", family is \"", family, "\""));
    }
    words.push_back("");
  }
  stage.last_family = family;
  for (const std::string& part : more) {
    if (status.ok()) status = AddPart(stage, part, edits, words);
  }
  if (!status.ok()) return status;
  // The core adds the first Assignments behind what is written here.
  words.resize(words.size() + 16);
  return Commit(stage, who, edits, words, expected);
}

absl::Status Write(Stage& stage, const std::string& who, const std::vector<std::string>& parts,
                   const Expected& expected) {
  v1::Edits edits;
  Words words;
  for (const std::string& part : parts) {
    absl::Status status = AddPart(stage, part, edits, words);
    if (!status.ok()) return status;
  }
  return Commit(stage, who, edits, words, expected);
}

absl::Status Decide(Stage& stage, const std::string& who, const std::string& verb,
                    const std::string& subject, const std::string& person,
                    const std::string& fields, const Expected& expected) {
  const absl::StatusOr<Named> named = stage.Need(subject);
  if (!named.ok()) return named.status();
  v1::Query query;
  query.mutable_subject()->set_type(named->type);
  query.mutable_subject()->set_id(named->id.str());
  const absl::StatusOr<std::vector<v1::Answer>> answers = stage.DeviceOf(who).client().Ask(query);
  if (!answers.ok()) return answers.status();
  if (answers->empty()) return absl::NotFoundError("it is not on this device");
  const std::string decision = verb == "submits"     ? "SUBMITTED"
                               : verb == "withdraws" ? "WITHDRAWN"
                               : verb == "approves"  ? "APPROVED"
                               : verb == "returns"   ? "RETURNED"
                               : verb == "agrees to" ? "FAMILY_AGREED"
                                                     : "FAMILY_DECLINED";
  v1::Edits edits;
  edits.set_scope(named->scope.str());
  v1::RecordEdit& approval = Add(edits, "Approval");
  std::string text =
      absl::StrCat("subject is ", subject, ", decision is ", decision, ", decided_on is today");
  if (!person.empty()) absl::StrAppend(&text, ", person is ", person, ", how is SPOKEN");
  if (!fields.empty()) absl::StrAppend(&text, ", ", fields);
  absl::Status status = Set(stage, approval, text);
  if (!status.ok()) return status;
  v1::FieldEdit& digest = *approval.add_fields();
  digest.set_name("digest");
  digest.set_json(
      absl::StrCat("\"", absl::BytesToHexString(answers->front().subject().digest()), "\""));
  // Others speak of it as "approval of p1".
  return Commit(stage, who, edits, {absl::StrCat("approval_of_", subject)}, expected);
}

absl::Status DecideHeld(Stage& stage, const std::string& who, bool release, const std::string& what,
                        const Expected& expected) {
  const absl::StatusOr<Named> named = stage.Need(what);
  if (!named.ok()) return named.status();
  v1::Edits edits;
  edits.set_scope(named->scope.str());
  v1::RecordEdit& decision = Add(edits, "Decision");
  absl::Status status = Set(stage, decision,
                            release ? "decision is RELEASE, reason is STILL_TRUE"
                                    : "decision is DECLINE, reason is OTHER");
  if (!status.ok()) return status;
  v1::FieldEdit& held = *decision.add_fields();
  held.set_name("held");
  held.set_json(absl::StrCat("\"", named->uid.hex(), "\""));
  return Commit(stage, who, edits, {absl::StrCat("decision_on_", what)}, expected);
}

absl::Status ChangePlaces(Stage& stage, const std::string& who, const std::string& family,
                          const std::string& from, const std::string& to,
                          const std::string& relation, const Expected& expected,
                          const std::string& fields) {
  const absl::StatusOr<Id> scope = FamilyMeant(stage, family);
  if (!scope.ok()) return scope.status();
  v1::Edits edits;
  edits.set_scope(scope->str());
  Words words;
  if (!from.empty()) {
    const absl::StatusOr<Id> place = OpenPlace(stage, who, *scope, from);
    if (!place.ok()) return place.status();
    v1::RecordEdit& ended = Add(edits, "Assignment");
    ended.set_id(place->str());
    absl::Status status = Set(stage, ended, "state is ENDED");
    if (!status.ok()) return status;
    words.push_back(absl::StrCat("place_of_", from));
  }
  if (!to.empty()) {
    std::string text = absl::StrCat("user is ", to, ", relation is ", relation,
                                    ", from_on is today, state is OPEN");
    if (!absl::StrContains(fields, "reason is")) {
      absl::StrAppend(&text, ", reason is ",
                      relation == "SUPERVISOR"    ? "TEAM"
                      : relation == "COVER"       ? "ABSENCE_COVER"
                      : relation == "BREAK_GLASS" ? "EMERGENCY"
                                                  : "ALLOCATED");
    }
    if (!absl::StrContains(fields, "restricted is") &&
        (relation == "LEAD" || relation == "COVER")) {
      absl::StrAppend(&text, ", restricted is yes");
    }
    if (!fields.empty()) absl::StrAppend(&text, ", ", fields);
    absl::Status status = Set(stage, Add(edits, "Assignment"), text);
    if (!status.ok()) return status;
    words.push_back(absl::StrCat("place_of_", to));
  }
  return Commit(stage, who, edits, words, expected);
}

}  // namespace doorstep::scenarios
