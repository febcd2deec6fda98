// The real schema against a summary of the records, typed from the description of the domain and
// not from the schema: whoever changes a number, a class, a machine or who writes what changes it
// twice.
#include "model/catalog.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "doorstep/v1/records.pb.h"
#include "model/value.h"

namespace doorstep {
namespace {

using Rule = v1::RecordRule;

Letters Of(std::initializer_list<Rule::Who> who) {
  Letters letters = 0;
  for (Rule::Who w : who) letters |= 1u << w;
  return letters;
}

struct Row {
  uint32_t number;
  const char* name;
  Letters writers;
  const char* marks;  // T trust, X append-only, P part of another
};

const std::vector<Row>& Family() {
  static const std::vector<Row> rows = {
      {1, "Family", Of({Rule::K, Rule::S, Rule::P, Rule::R}), ""},
      {2, "Person", Of({Rule::K, Rule::S, Rule::P}), ""},
      {3, "PersonName", Of({Rule::K, Rule::S, Rule::P}), ""},
      {4, "PersonIdentifier", Of({Rule::K, Rule::S, Rule::P}), ""},
      {5, "ContactPoint", Of({Rule::K, Rule::C, Rule::S, Rule::P}), ""},
      {6, "Address", Of({Rule::K, Rule::S, Rule::P}), ""},
      {7, "SafeAddress", Of({Rule::K, Rule::S}), ""},
      {8, "Relationship", Of({Rule::K, Rule::S, Rule::P}), ""},
      {9, "SchoolPlacement", Of({Rule::K, Rule::C, Rule::S, Rule::P}), ""},
      {10, "RestrictedNote", Of({Rule::K, Rule::S}), "X"},
      {11, "Marker", Of({Rule::K, Rule::S}), ""},
      {12, "Referral", Of({Rule::K, Rule::C, Rule::S, Rule::P}), ""},
      {13, "ServiceAgreement", Of({Rule::K, Rule::C, Rule::S}), ""},
      {14, "PrivacyNotice", Of({Rule::K, Rule::C, Rule::S}), "X"},
      {15, "LawfulBasis", Of({Rule::K, Rule::S, Rule::P, Rule::R}), "X"},
      {16, "SharingDecision", Of({Rule::K, Rule::C, Rule::S, Rule::P, Rule::R}), "X"},
      {17, "Episode", Of({Rule::K, Rule::S, Rule::P}), ""},
      {18, "Need", Of({Rule::K, Rule::S, Rule::P}), ""},
      {19, "Assessment", Of({Rule::K, Rule::C, Rule::S}), ""},
      {20, "Plan", Of({Rule::K, Rule::S}), ""},
      {21, "Goal", Of({Rule::K, Rule::S}), "P"},
      {22, "Action", Of({Rule::K, Rule::S}), "P"},
      {23, "ActionProgress", Of({Rule::K, Rule::C, Rule::S}), "X"},
      {24, "Approval", Of({Rule::K, Rule::C, Rule::S}), "TX"},
      {25, "Review", Of({Rule::K, Rule::S}), "X"},
      {26, "OutcomeScore", Of({Rule::K, Rule::C, Rule::S}), "X"},
      {27, "Visit", Of({Rule::K, Rule::C, Rule::S}), ""},
      {28, "ChildSeen", Of({Rule::K, Rule::C, Rule::S}), ""},
      {29, "Contact", Of({Rule::K, Rule::C, Rule::S}), "X"},
      {30, "Meeting", Of({Rule::K, Rule::C, Rule::S}), ""},
      {31, "Concern", Of({Rule::K, Rule::C, Rule::S, Rule::P}), ""},
      {32, "ConcernCall", Of({Rule::K, Rule::C, Rule::S, Rule::P}), "X"},
      {33, "ManagementOversight", Of({Rule::S}), "X"},
      {34, "Assignment", Of({Rule::S}), "T"},
      {35, "Share", Of({Rule::ANY}), "X"},
      {36, "Decision", Of({Rule::S}), "TX"},
      {37, "EvidenceItem", Of({Rule::K, Rule::C, Rule::S, Rule::P}), "X"},
      {38, "Claim", Of({Rule::P, Rule::U}), ""},
      {39, "Attachment", Of({Rule::K, Rule::C, Rule::S, Rule::P}), "XP"},
      {41, "Addendum", Of({Rule::ANY}), "X"},
      {42, "SubjectRequest", Of({Rule::R}), ""}};
  return rows;
}

const std::vector<Row>& Directory() {
  static const std::vector<Row> rows = {{101, "Authority", Of({Rule::A}), ""},
                                        {102, "Team", Of({Rule::A}), ""},
                                        {103, "StaffMember", Of({Rule::ROOT, Rule::A}), "T"},
                                        {105, "ProgrammeActivation", Of({Rule::P}), ""},
                                        {106, "School", Of({Rule::A, Rule::P}), ""},
                                        {107, "Agency", Of({Rule::A, Rule::P}), ""},
                                        {108, "TermDates", Of({Rule::A, Rule::P}), ""},
                                        {109, "BankHoliday", Of({Rule::A, Rule::P}), ""},
                                        {110, "Setting", Of({Rule::A, Rule::P}), ""},
                                        {111, "RuleSetText", Of({Rule::P}), "X"},
                                        {120, "Device", Of({Rule::ROOT, Rule::A}), "T"},
                                        {121, "StaffRole", Of({Rule::ROOT, Rule::A}), "T"},
                                        {122, "AuthorityRoot", Of({Rule::ROOT}), "T"},
                                        {123, "ServerKeys", Of({Rule::ROOT, Rule::A}), "T"},
                                        {124, "RecoveryKey", Of({Rule::ROOT}), "T"},
                                        {125, "Policy", Of({Rule::ROOT, Rule::A}), "T"},
                                        {126, "Disposal", Of({Rule::R}), "TX"}};
  return rows;
}

const std::vector<Row>& Journal() {
  static const std::vector<Row> rows = {{40, "AccessEvent", Of({Rule::ANY}), "X"},
                                        {129, "PurgeReceipt", Of({Rule::ANY}), "X"}};
  return rows;
}

void CheckRows(const std::vector<Row>& rows, Rule::Scope scope) {
  for (const Row& row : rows) {
    INFO(row.name);
    const RecordType* type = Catalog::Get().Find(row.number);
    REQUIRE(type != nullptr);
    std::string marks;
    if (type->trust) marks += 'T';
    if (type->append_only) marks += 'X';
    if (type->part_of != 0) marks += 'P';
    CHECK(type->name == row.name);
    CHECK(type->scope == scope);
    CHECK(type->writers == row.writers);
    CHECK(marks == row.marks);
  }
}

// "Record.field" of every field that `pick` takes.
template <typename Pick>
std::set<std::string> FieldsWhere(Pick pick) {
  std::set<std::string> names;
  for (const RecordType& type : Catalog::Get().types()) {
    for (const FieldType& field : type.fields) {
      if (pick(type, field)) names.insert(type.name + "." + field.name);
    }
  }
  return names;
}

const FieldType& FieldOf(std::string_view record, std::string_view field) {
  const RecordType* type = Catalog::Get().Find(record);
  REQUIRE(type != nullptr);
  const FieldType* found = type->FindField(field);
  REQUIRE(found != nullptr);
  return *found;
}

// "FROM>TO" of every arrow that `who` may take by its letter alone; "*" for those who may not be
// told by a letter (named in a field).
std::set<std::string> Arrows(std::string_view record, Letters who) {
  const RecordType* type = Catalog::Get().Find(record);
  REQUIRE(type != nullptr);
  const FieldType* state = type->FindState();
  REQUIRE(state != nullptr);
  std::set<std::string> arrows;
  for (const Step& step : state->steps) {
    Letters writers = step.writers == 0 && step.named_in.empty() ? type->writers : step.writers;
    if ((writers & who) == 0) continue;
    std::string from = step.from == 0 ? "" : state->FindCode(step.from)->name;
    arrows.insert(from + ">" + state->FindCode(step.to)->name);
  }
  return arrows;
}

TEST_CASE("every record has the number, scope, writers and marks of the domain") {
  CheckRows(Family(), Rule::FAMILY);
  CheckRows(Directory(), Rule::DIRECTORY);
  CheckRows(Journal(), Rule::JOURNAL);
  size_t rows = Family().size() + Directory().size() + Journal().size();
  CHECK(Catalog::Get().types().size() == rows);
  CHECK(Catalog::Get().schema() == 1);
}

TEST_CASE("states under COMMAND") {
  CHECK(FieldsWhere([](const RecordType&, const FieldType& f) { return f.merge == v1::COMMAND; }) ==
        std::set<std::string>{"Referral.state", "Episode.state", "Assessment.state", "Plan.state",
                              "Visit.state", "Meeting.state", "Concern.state", "Assignment.state",
                              "Claim.state", "SubjectRequest.state", "StaffMember.state",
                              "Device.state", "StaffRole.state", "ServerKeys.state",
                              "RecoveryKey.state"});
}

TEST_CASE("what protects, and who may make it protect less") {
  CHECK(FieldsWhere([](const RecordType&, const FieldType& f) {
          return f.merge == v1::PROTECTIVE && f.lower_writers == Of({Rule::S});
        }) == std::set<std::string>{"Family.restricted", "Person.address_confidential",
                                    "Person.contact_rule", "ContactPoint.use", "SafeAddress.state",
                                    "Marker.state", "Referral.urgent", "Episode.level",
                                    "Concern.level"});
  CHECK(FieldsWhere([](const RecordType&, const FieldType& f) {
          return f.merge == v1::PROTECTIVE && f.lower_writers != Of({Rule::S});
        }) == std::set<std::string>{"Family.legal_hold", "Family.retention",
                                    "ServiceAgreement.state", "Visit.in_confidence"});
  CHECK(FieldOf("Family", "retention").lower_writers == Of({Rule::R}));
  CHECK(FieldOf("Family", "legal_hold").writers == Of({Rule::R}));
}

TEST_CASE("what only named readers may open") {
  CHECK(
      FieldsWhere([](const RecordType&, const FieldType& f) { return f.cls == v1::RESTRICTED; }) ==
      std::set<std::string>{
          "Person.safe_contact", "SafeAddress.lines", "SafeAddress.postcode", "SafeAddress.uprn",
          "SafeAddress.from_on", "SafeAddress.until_on", "SafeAddress.excluded",
          "SafeAddress.excluded_others", "SafeAddress.reason", "RestrictedNote.kind",
          "RestrictedNote.persons", "RestrictedNote.happened_on", "RestrictedNote.told_by",
          "RestrictedNote.text", "RestrictedNote.other_family", "RestrictedNote.other_person",
          "Plan.safety_plan", "Concern.restricted_account", "Attachment.restricted_file_key"});
}

TEST_CASE("fields that only some of the writers may write") {
  CHECK(FieldsWhere([](const RecordType&, const FieldType& f) { return f.writers != 0; }) ==
        std::set<std::string>{
            "Family.team", "Family.legal_hold", "Family.barred_staff", "Person.safe_contact",
            "Person.same_as", "Marker.agreed_by", "Episode.attached_on",
            "Episode.extended_until_on", "Episode.extension_reason", "Episode.closed_on",
            "Episode.close_reason", "Concern.close_outcome", "Concern.close_note", "Claim.mode",
            "Claim.amount_pence", "Claim.submission_reference", "Claim.note"});
  CHECK(FieldOf("Family", "barred_staff").writers == Of({Rule::S}));
  CHECK(FieldOf("Person", "safe_contact").writers == Of({Rule::K, Rule::S}));
  CHECK(FieldOf("Assignment", "end_reason").named_in == std::vector<uint32_t>{1});
}

TEST_CASE("fields outside the version, and states that freeze") {
  CHECK(FieldsWhere([](const RecordType&, const FieldType& f) { return f.outside_version; }) ==
        std::set<std::string>{"Visit.checked_out_at", "Assignment.end_reason", "Device.name"});
  CHECK(FieldsWhere([](const RecordType&, const FieldType& f) { return !f.frozen.empty(); }) ==
        std::set<std::string>{"Assessment.state", "Visit.state", "Meeting.state"});
  CHECK(FieldOf("Visit", "state").IsFrozenIn(v1::Visit::STATE_RECORDED));
  CHECK_FALSE(FieldOf("Visit", "state").IsFrozenIn(v1::Visit::STATE_UNDER_WAY));
}

TEST_CASE("a plan covers its goals, their actions and what is attached") {
  CHECK(Catalog::Get().Find("goal")->part_of == 1);
  CHECK(FieldOf("Goal", "plan").references == 20);
  CHECK(Catalog::Get().Find("action")->part_of == 1);
  CHECK(FieldOf("Action", "goal").references == 21);
  CHECK(Catalog::Get().Find("attachment")->part_of == 1);
  CHECK(FieldOf("Attachment", "about").references == kAnyRecord);
}

TEST_CASE("an approval stands in the directory too, under other letters") {
  const RecordType& approval = *Catalog::Get().Find("Approval");
  CHECK(approval.WritersIn(Rule::FAMILY) == Of({Rule::K, Rule::C, Rule::S}));
  CHECK(approval.WritersIn(Rule::DIRECTORY) == Of({Rule::A, Rule::S, Rule::OWN_DEVICE}));
  CHECK(approval.WritersIn(Rule::JOURNAL) == 0);
  CHECK(Catalog::Get().Find("Visit")->WritersIn(Rule::DIRECTORY) == 0);
}

TEST_CASE("records of which there is one") {
  std::set<std::string> scope_id, tenant_id;
  for (const RecordType& type : Catalog::Get().types()) {
    if (type.singleton == Rule::SCOPE_ID) scope_id.insert(type.name);
    if (type.singleton == Rule::TENANT_ID) tenant_id.insert(type.name);
  }
  CHECK(scope_id == std::set<std::string>{"Family"});
  CHECK(tenant_id == std::set<std::string>{"Authority", "AuthorityRoot", "Policy"});
}

TEST_CASE("the office service shows identity, needs, evidence and plan, never a visit or concern") {
  const Letters programme = Of({Rule::P});
  std::set<std::string> shown;
  for (const RecordType& type : Catalog::Get().types()) {
    if ((type.office_readers & programme) != 0) shown.insert(type.name);
  }
  CHECK(shown == std::set<std::string>{"Family",
                                       "PersonName",
                                       "Assignment",
                                       "Person",
                                       "PersonIdentifier",
                                       "Address",
                                       "Relationship",
                                       "SchoolPlacement",
                                       "LawfulBasis",
                                       "SharingDecision",
                                       "Episode",
                                       "Need",
                                       "Plan",
                                       "Goal",
                                       "Action",
                                       "Approval",
                                       "Review",
                                       "OutcomeScore",
                                       "EvidenceItem",
                                       "Claim",
                                       "Attachment",
                                       "Addendum"});
  CHECK(Catalog::Get().Find("Addendum")->office_about == 1);
  CHECK(Catalog::Get().Find("Attachment")->office_about == 1);
  CHECK(Catalog::Get().Find("Person")->office_readers == Of({Rule::P, Rule::U, Rule::R, Rule::S}));
  CHECK(Catalog::Get().Find("PurgeReceipt")->office_readers == Of({Rule::U, Rule::R, Rule::S}));
}

TEST_CASE("machines: who may take which step") {
  using Set = std::set<std::string>;
  CHECK(Arrows("Visit", Of({Rule::S})) == Set{">PLANNED", ">UNDER_WAY", "PLANNED>CANCELLED",
                                              "UNDER_WAY>CANCELLED", "CANCELLED>PLANNED"});
  CHECK(Arrows("Visit", Of({Rule::K})) == Set{">PLANNED", ">UNDER_WAY", "PLANNED>RECORDED",
                                              "UNDER_WAY>RECORDED", "PLANNED>CANCELLED",
                                              "UNDER_WAY>CANCELLED", "CANCELLED>PLANNED"});
  CHECK(Arrows("Visit", Of({Rule::C})) == Set{">PLANNED", ">UNDER_WAY"});
  CHECK(Arrows("Episode", Of({Rule::P})) == Set{">PENDING"});
  CHECK(Arrows("Episode", Of({Rule::K})).empty());
  CHECK(Arrows("Episode", Of({Rule::S})) ==
        Set{">PENDING", "PENDING>ACTIVE", "PENDING>CANCELLED", "ACTIVE>CLOSED", "CLOSED>ACTIVE"});
  CHECK(Arrows("Assessment", Of({Rule::C})) == Set{">DRAFT", "DRAFT>COMPLETE"});
  CHECK(Arrows("Assessment", Of({Rule::S})) == Set{">DRAFT", "DRAFT>COMPLETE", "COMPLETE>DRAFT"});
  CHECK(Arrows("Plan", Of({Rule::K})) == Set{">OPEN"});
  CHECK(Arrows("Plan", Of({Rule::S})) == Set{">OPEN", "OPEN>CLOSED"});
  CHECK(Arrows("Concern", Of({Rule::K})) == Set{">RAISED"});
  CHECK(Arrows("Concern", Of({Rule::S})) ==
        Set{">RAISED", "RAISED>ACKNOWLEDGED", "ACKNOWLEDGED>CLOSED", "CLOSED>ACKNOWLEDGED"});
  CHECK(Arrows("Claim", Of({Rule::U})) == Set{"READY>AUDIT_PASSED", "READY>AUDIT_FAILED"});
  CHECK(Arrows("Claim", Of({Rule::P})) ==
        Set{">CANDIDATE", "CANDIDATE>READY", "AUDIT_PASSED>SUBMITTED", "AUDIT_PASSED>ACCEPTED",
            "SUBMITTED>ACCEPTED", "SUBMITTED>REJECTED", "CANDIDATE>WITHDRAWN", "READY>WITHDRAWN",
            "AUDIT_PASSED>WITHDRAWN", "AUDIT_FAILED>WITHDRAWN", "REJECTED>WITHDRAWN"});
  CHECK(Arrows("Referral", Of({Rule::K})) == Set{">RECEIVED", ">WRITTEN", "RECEIVED>SCREENING",
                                                 "RECEIVED>WITHDRAWN", "SCREENING>WITHDRAWN",
                                                 "WRITTEN>SENT", "SENT>TAKEN_UP", "SENT>DECLINED"});
  CHECK(Arrows("Device", Of({Rule::A})) ==
        Set{">ACTIVE", "ACTIVE>REVOKED", "ACTIVE>WIPE", "REVOKED>WIPE"});
  CHECK(Arrows("StaffMember", Of({Rule::A})) ==
        Set{">ACTIVE", "ACTIVE>SUSPENDED", "SUSPENDED>ACTIVE", "ACTIVE>LEFT", "SUSPENDED>LEFT"});
  CHECK(Arrows("SubjectRequest", Of({Rule::S})) == Set{"PREPARED>CHECKED", "CHECKED>PREPARED"});
  for (const char* name : {"StaffRole", "ServerKeys"}) {
    CHECK(Arrows(name, Of({Rule::A})) == Set{">ACTIVE", "ACTIVE>ENDED"});
  }
}

TEST_CASE("a step may depend on another field, need one, or be its holder's") {
  const FieldType& state = FieldOf("Referral", "state");
  auto sent = std::find_if(state.steps.begin(), state.steps.end(), [](const Step& step) {
    return step.to == v1::Referral::STATE_SENT && step.writers == Of({Rule::K});
  });
  REQUIRE(sent != state.steps.end());
  REQUIRE(sent->where.size() == 1);
  CHECK(sent->where[0].field == FieldOf("Referral", "urgent").number);
  CHECK(sent->where[0].value == 1);

  const FieldType& episode = FieldOf("Episode", "state");
  auto close = std::find_if(episode.steps.begin(), episode.steps.end(),
                            [](const Step& step) { return step.to == v1::Episode::STATE_CLOSED; });
  REQUIRE(close != episode.steps.end());
  CHECK(close->needs == std::vector<uint32_t>{11, 12});
  CHECK(close->guards == std::vector<v1::Machine::Guard>{
                             v1::Machine::CONTESTED, v1::Machine::CLOSING_REVIEWED,
                             v1::Machine::CLOSURE_DECIDED, v1::Machine::NO_RAISED_CONCERN});

  const FieldType& assignment = FieldOf("Assignment", "state");
  REQUIRE(assignment.steps.size() == 2);
  CHECK(assignment.steps[0].from == 0);
  CHECK(assignment.steps[1].named_in == std::vector<uint32_t>{1});
}

TEST_CASE("codes are numbered as the domain lists them") {
  CHECK(FieldOf("Relationship", "kind").FindCode("PARENT_OF_UNBORN")->number == 14);
  CHECK(FieldOf("Relationship", "kind").FindCode("OTHER")->number == 31);
  CHECK(FieldOf("StaffRole", "role").FindCode("DUTY")->number == 8);
  CHECK(FieldOf("Setting", "key").FindCode("RETENTION_ADOPTION_YEARS")->number == 27);
  CHECK(FieldOf("Person", "disabilities").codes.size() == 13);
  CHECK(FieldOf("Person", "ethnicity").codes.size() == 20);
  CHECK(FieldOf("Referral", "source").FindCode("SOCIAL_CARE_STEP_DOWN")->number == 24);
  CHECK(FieldOf("SharingDecision", "gateway").FindCode("OTHER")->number == 12);
  CHECK(v1::HELD_REASON_CHAIN == 25);
  CHECK(v1::HELD_REASON_ALREADY_SO == 12);
}

TEST_CASE("lookup by number and by name") {
  const Catalog& catalog = Catalog::Get();
  CHECK(catalog.Find("visit") == catalog.Find(27));
  CHECK(catalog.Find("person_name") == catalog.Find("PersonName"));
  CHECK(catalog.Find("PERSONNAME")->number == 3);
  CHECK(catalog.Find("visits") == nullptr);
  CHECK(catalog.Find("") == nullptr);
  CHECK(catalog.Find(uint32_t{0}) == nullptr);
  CHECK(catalog.Find(43) == nullptr);
  CHECK(catalog.FindField(27, 19)->name == "account");
  CHECK(catalog.FindField(27, 27) == nullptr);
  CHECK(catalog.FindField(999, 1) == nullptr);
  CHECK(catalog.Find("Visit")->FindField("ACCOUNT")->number == 19);
  CHECK(FieldOf("Visit", "state").FindCode("under_way")->number == v1::Visit::STATE_UNDER_WAY);
  CHECK(FieldOf("Visit", "state").FindCode("UNSPECIFIED") == nullptr);
}

TEST_CASE("rank: an unknown number protects most, a cleared value least") {
  const FieldType& rule = FieldOf("Person", "contact_rule");
  uint64_t any = rule.Rank(EncodeNumber(rule.number, v1::Person::CONTACT_RULE_ANY));
  uint64_t none = rule.Rank(EncodeNumber(rule.number, v1::Person::CONTACT_RULE_NO_CONTACT));
  CHECK(rule.Rank("") < any);
  CHECK(any < none);
  CHECK(none < rule.Rank(EncodeNumber(rule.number, 77)));
  CHECK(none < rule.Rank("not a value"));
  const FieldType& confidential = FieldOf("Person", "address_confidential");
  CHECK(confidential.Rank(EncodeBool(confidential.number, false)) <
        confidential.Rank(EncodeBool(confidential.number, true)));
}

}  // namespace
}  // namespace doorstep
