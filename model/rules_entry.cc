#include "model/rules_entry.h"

#include <algorithm>
#include <optional>
#include <string>

#include "doorstep/v1/records.pb.h"
#include "model/catalog.h"
#include "model/rules_reading.h"
#include "model/value.h"

namespace doorstep {
namespace {

constexpr int kGrownUpYears = 25;
constexpr uint32_t kNightsMax = 14;

// One form: the change, and what stood before it.
class Form {
 public:
  Form(const EntryRules& rules, ScopeState* seen, v1::RecordChange& change)
      : rules_(rules), seen_(seen), change_(change) {
    if (seen != nullptr) record_ = seen->Find(change.type(), IdOrZero(change.id()));
  }

  bool makes() const { return record_ == nullptr; }
  ScopeState* seen() const { return seen_; }
  const EntryRules& rules() const { return rules_; }

  v1::FieldWrite* Written(uint32_t field) {
    for (v1::FieldWrite& write : *change_.mutable_writes()) {
      if (write.field() == field && !write.drop() && !write.value().empty()) return &write;
    }
    return nullptr;
  }

  // What the field holds with this change, encoded; empty: nothing.
  std::string ValueOf(uint32_t field) {
    if (const v1::FieldWrite* write = Written(field)) return write->value();
    const FieldType* type = Catalog::Get().FindField(change_.type(), field);
    return record_ == nullptr ? "" : std::string(ValueInForce(*record_, *type));
  }
  uint32_t CodeOf(uint32_t field) { return DecodeCode(field, ValueOf(field)).value_or(0); }

  void Refuse(uint32_t field, std::string_view words) { findings_.push_back({field, words, true}); }
  void Doubt(uint32_t field, std::string_view words) { findings_.push_back({field, words, false}); }

  // Of a text that this change writes; the value becomes the one form of it.
  void CheckText(IdentifierKind kind, uint32_t field) {
    v1::FieldWrite* write = Written(field);
    std::optional<std::string_view> text =
        write == nullptr ? std::nullopt : DecodeBytes(field, write->value());
    if (!text) return;
    IdentifierFinding finding = CheckIdentifier(kind, *text, rules_.samples);
    if (!finding.fault.empty()) return Refuse(field, finding.fault);
    if (!finding.doubt.empty()) Doubt(field, finding.doubt);
    write->set_value(EncodeBytes(field, finding.value));
  }
  void CheckNumber(IdentifierKind kind, uint32_t field) {
    const v1::FieldWrite* write = Written(field);
    std::optional<uint32_t> number =
        write == nullptr ? std::nullopt : DecodeU32(field, write->value());
    if (!number) return;
    IdentifierFinding finding = CheckIdentifier(kind, std::to_string(*number), rules_.samples);
    if (!finding.fault.empty()) Refuse(field, finding.fault);
  }
  // `fault_of(day, today)` of a date that this change writes.
  void CheckDay(uint32_t field, std::string_view (*fault_of)(int32_t, int32_t)) {
    const v1::FieldWrite* write = Written(field);
    std::optional<int32_t> day =
        write == nullptr ? std::nullopt : DecodeDate(field, write->value());
    if (!day) return;
    std::string_view fault = fault_of(*day, rules_.today);
    if (!fault.empty()) Refuse(field, fault);
  }

  std::vector<EntryFinding> Take() { return std::move(findings_); }

 private:
  const EntryRules& rules_;
  ScopeState* seen_;
  v1::RecordChange& change_;
  const Record* record_ = nullptr;
  std::vector<EntryFinding> findings_;
};

void CheckPerson(Form& form) {
  using Person = v1::Person;
  form.CheckDay(Person::kBirthOnFieldNumber, FaultOfBirth);
  form.CheckDay(Person::kBirthDueOnFieldNumber, FaultOfBirthDue);
  std::optional<int32_t> birth =
      DecodeDate(Person::kBirthOnFieldNumber, form.ValueOf(Person::kBirthOnFieldNumber));
  bool child = form.CodeOf(Person::kRoleFieldNumber) == Person::MEMBER_ROLE_CHILD;
  bool now = form.Written(Person::kBirthOnFieldNumber) != nullptr ||
             form.Written(Person::kRoleFieldNumber) != nullptr;
  if (child && now && birth && YearsBetween(*birth, form.rules().today) > kGrownUpYears) {
    form.Doubt(Person::kBirthOnFieldNumber, "This child is over 25. Is the day right?");
  }
}

// A number is there, in its one form, or it is said to be unknown, of a UPN with the reason.
void CheckPersonIdentifier(Form& form) {
  using Number = v1::PersonIdentifier;
  constexpr uint32_t kValue = Number::kValueFieldNumber;
  bool unknown = form.CodeOf(Number::kStatusFieldNumber) == Number::STATUS_UNKNOWN;
  uint32_t kind = form.CodeOf(Number::kKindFieldNumber);
  if (form.makes() && unknown && form.Written(kValue) != nullptr) {
    return form.Refuse(kValue, "A number that is unknown has no value.");
  }
  if (form.makes() && unknown && kind == Number::KIND_UPN &&
      form.CodeOf(Number::kUnknownReasonFieldNumber) == 0) {
    return form.Refuse(Number::kUnknownReasonFieldNumber, "Say why the UPN is unknown.");
  }
  if (form.makes() && !unknown && form.Written(kValue) == nullptr) {
    return form.Refuse(kValue, "Enter the number, or say that it is UNKNOWN.");
  }
  switch (kind) {
    case Number::KIND_UPN:
      return form.CheckText(IdentifierKind::kUpn, kValue);
    case Number::KIND_NHS:
      return form.CheckText(IdentifierKind::kNhs, kValue);
    case Number::KIND_NINO:
      return form.CheckText(IdentifierKind::kNino, kValue);
    case Number::KIND_LA_CHILD_ID:
      return form.CheckText(IdentifierKind::kLaChildId, kValue);
    default:
      return;
  }
}

void CheckContactPoint(Form& form) {
  using Point = v1::ContactPoint;
  bool email = form.CodeOf(Point::kKindFieldNumber) == Point::KIND_EMAIL;
  form.CheckText(email ? IdentifierKind::kEmail : IdentifierKind::kTelephone,
                 Point::kValueFieldNumber);
}

void CheckAddress(Form& form) {
  using Address = v1::Address;
  form.CheckText(IdentifierKind::kPostcode, Address::kPostcodeFieldNumber);
  form.CheckText(IdentifierKind::kUprn, Address::kUprnFieldNumber);
  constexpr uint32_t kNights = Address::kNightsPerFortnightFieldNumber;
  if (DecodeU32(kNights, form.ValueOf(kNights)).value_or(0) > kNightsMax) {
    form.Refuse(kNights, "A fortnight has 14 nights.");
  }
}

void CheckSafeAddress(Form& form) {
  form.CheckText(IdentifierKind::kPostcode, v1::SafeAddress::kPostcodeFieldNumber);
  form.CheckText(IdentifierKind::kUprn, v1::SafeAddress::kUprnFieldNumber);
}

void CheckSchool(Form& form) {
  form.CheckNumber(IdentifierKind::kUrn, v1::School::kUrnFieldNumber);
  form.CheckNumber(IdentifierKind::kLaestab, v1::School::kLaestabFieldNumber);
}

void CheckStaffMember(Form& form) {
  form.CheckText(IdentifierKind::kEmail, v1::StaffMember::kEmailFieldNumber);
  form.CheckText(IdentifierKind::kTelephone, v1::StaffMember::kPhoneFieldNumber);
}

bool HasOwner(const v1::Action& action) {
  switch (action.owner()) {
    case v1::Action::OWNER_FAMILY:
      return true;
    case v1::Action::OWNER_WORKER:
      return action.has_owner_staff();
    case v1::Action::OWNER_AGENCY:
      return action.has_owner_agency();
    default:
      return false;
  }
}

// A plan may be submitted as it is; inspectors find plans weak whose goals nobody can measure and
// whose actions nobody owns.
void CheckApproval(Form& form) {
  using Decision = v1::Approval;
  constexpr uint32_t kSubject = Decision::kSubjectFieldNumber;
  bool submits = form.CodeOf(Decision::kDecisionFieldNumber) == Decision::DECISION_SUBMITTED;
  std::optional<Id> plan = DecodeId(kSubject, form.ValueOf(kSubject));
  if (!submits || !plan || form.seen() == nullptr) return;
  std::vector<std::string> goals;
  bool unmeasured = false, unowned = false;
  form.seen()->ForEach(TypeOf<v1::Goal>(), [&](const Record& record) {
    std::optional<v1::Goal> goal = ReadRecord<v1::Goal>(record);
    if (!goal || goal->plan() != plan->view() || goal->state() != v1::Goal::STATE_ACTIVE) return;
    goals.push_back(record.id.str());
    unmeasured |= goal->measure() == 0 && !goal->has_target();
  });
  form.seen()->ForEach(TypeOf<v1::Action>(), [&](const Record& record) {
    std::optional<v1::Action> action = ReadRecord<v1::Action>(record);
    bool of_plan = action && action->state() == v1::Action::STATE_ACTIVE &&
                   std::find(goals.begin(), goals.end(), action->goal()) != goals.end();
    unowned |= of_plan && (!HasOwner(*action) || !action->has_due_on());
  });
  if (unmeasured) form.Doubt(kSubject, "A goal has neither a measure nor a target.");
  if (unowned) form.Doubt(kSubject, "An action has no owner, or no day by which it is due.");
}

struct EntryRule {
  uint32_t (*type)();
  void (*check)(Form&);
};
constexpr EntryRule kEntryRules[] = {
    {TypeOf<v1::Person>, CheckPerson},
    {TypeOf<v1::PersonIdentifier>, CheckPersonIdentifier},
    {TypeOf<v1::ContactPoint>, CheckContactPoint},
    {TypeOf<v1::Address>, CheckAddress},
    {TypeOf<v1::SafeAddress>, CheckSafeAddress},
    {TypeOf<v1::Approval>, CheckApproval},
    {TypeOf<v1::School>, CheckSchool},
    {TypeOf<v1::StaffMember>, CheckStaffMember},
};

}  // namespace

std::vector<EntryFinding> CheckEntry(const EntryRules& rules, ScopeState* seen,
                                     v1::RecordChange& change) {
  Form form(rules, seen, change);
  for (const EntryRule& rule : kEntryRules) {
    if (change.type() == rule.type()) rule.check(form);
  }
  return form.Take();
}

}  // namespace doorstep
