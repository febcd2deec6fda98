#include "model/judge.h"

#include <algorithm>
#include <cassert>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "crypto/reason.h"
#include "model/authority_emergency.h"
#include "model/merge.h"
#include "model/plan_approval.h"
#include "model/planted.h"
#include "model/rules.h"
#include "model/value.h"

namespace doorstep {
namespace {

using v1::HeldReason;
using Who = v1::RecordRule;

constexpr HeldReason kFine = v1::HELD_REASON_UNSPECIFIED;

v1::RecordRule::Scope KindOf(const Bench& bench, const Changeset& changeset) {
  if (changeset.scope == bench.directory.tenant()) return Who::DIRECTORY;
  if (changeset.scope == changeset.device) return Who::JOURNAL;
  return Who::FAMILY;
}

// Where the author stands: reason, or the letters under which they write.
struct Place {
  HeldReason reason = kFine;
  Letters letters = 0;
  Making making = Making::kFromPlace;
};
Place Refused(HeldReason reason) { return {reason, 0, Making::kFromPlace}; }

// Step 1. A journal's own device answers for itself, for ever; the root for the directory.
HeldReason JudgeIdentity(const Bench& bench, const Changeset& changeset) {
  v1::RecordRule::Scope kind = KindOf(bench, changeset);
  if (kind == Who::JOURNAL) return kFine;
  if (changeset.device == bench.directory.root_id()) {
    return kind == Who::DIRECTORY && changeset.actor.is_zero() ? kFine : v1::HELD_REASON_DEVICE;
  }
  std::optional<DeviceView> device = bench.directory.FindDevice(changeset.device, bench.at);
  bool counts = device && device->counts;
  if (Planted(Fault::kAuthorityAtReceipt)) {
    counts = bench.directory.DeviceCountedEver(changeset.device);
  }
  if (!counts || device->user != changeset.actor) return v1::HELD_REASON_DEVICE;
  if (!bench.directory.StaffActive(changeset.actor, bench.at)) return v1::HELD_REASON_STAFF;
  return kFine;
}

Place JudgeFamilyPlace(const Bench& bench, ScopeState& family, const Changeset& changeset) {
  const Directory& directory = bench.directory;
  std::optional<FamilyView> view = FamilyOf(family);
  if (!view) {
    if (FamilyFoundedBy(changeset)) {
      if (!BeginsFamily(directory.tenant(), changeset)) {
        return Refused(v1::HELD_REASON_NEW_FAMILY);
      }
      HeldReason guard =
          FoundingGuard(directory, bench.at, changeset, changeset.actor, bench.received_ms);
      return {guard, FoundingLetters(changeset), Making::kFirstEntry};
    }
    bool decides = !DecisionsIn(changeset).empty() &&
                   SupervisesUnfounded(directory, bench.at, family, changeset.actor);
    if (!decides) return Refused(v1::HELD_REASON_UNFOUNDED);
    return {kFine, LetterBit(Who::S) | LetterBit(Who::ANY), Making::kFromPlace};
  }
  if (view->barred_staff.contains(changeset.actor)) return Refused(v1::HELD_REASON_BARRED);
  if (AsksForEmergency(changeset)) {
    HeldReason guard = EmergencyGuard(directory, bench.at, family, changeset, bench.received_ms);
    if (guard != kFine) return Refused(guard);
    return {kFine, LetterBit(Who::C) | LetterBit(Who::ANY), Making::kTakingUp};
  }
  Letters letters = LettersIn(directory, bench.at, family, changeset.actor, bench.received_ms);
  if (Planted(Fault::kAuthorityAtReceipt)) letters |= LastLettersIn(family, changeset.actor);
  if (letters != 0) return {kFine, letters, Making::kFromPlace};
  if (TakesUpUnsupervised(directory, bench.at, family, changeset)) {
    return {kFine, LetterBit(Who::S) | LetterBit(Who::ANY), Making::kTakingUp};
  }
  if (SharesOnly(changeset)) return {kFine, LetterBit(Who::ANY), Making::kFromPlace};
  return Refused(v1::HELD_REASON_NO_ASSIGNMENT);
}

// Step 2.
Place JudgePlace(const Bench& bench, ScopeState& scope, const Changeset& changeset) {
  switch (KindOf(bench, changeset)) {
    case Who::JOURNAL:
      return {kFine, LetterBit(Who::ANY), Making::kFromPlace};
    case Who::DIRECTORY: {
      Letters letters =
          LettersInDirectory(bench.directory, bench.at, changeset.device, changeset.actor);
      return {letters == 0 ? v1::HELD_REASON_NO_ROLE : kFine, letters, Making::kFromPlace};
    }
    default:
      // Another device's journal is nobody's family.
      if (bench.directory.Knows(changeset.scope)) return Refused(v1::HELD_REASON_NO_ASSIGNMENT);
      return JudgeFamilyPlace(bench, scope, changeset);
  }
}

bool HasValue(const Record& record, uint32_t field) {
  const Cell* cell = record.FindCell(field);
  return cell != nullptr && std::any_of(cell->live.begin(), cell->live.end(),
                                        [](const LiveWrite& w) { return !w.value.empty(); });
}

bool NamesExactly(const v1::FieldWrite& write, const Op& op) {
  return write.overwrites_size() == 1 && IdOrZero(write.overwrites(0).uid()) == op.uid &&
         write.overwrites(0).index() == op.index;
}

// Steps 3 to 6 of one changeset, change by change, on a trial of the state.
class Hearing {
 public:
  // `actor`: whose role and work are judged: the author's, released or not.
  Hearing(const Bench& bench, ScopeState& before, const Changeset& changeset, const Place& place,
          uint64_t seq)
      : bench_(bench),
        view_(before),
        trial_(before.scope(), &view_),
        changeset_(changeset),
        place_(place),
        kind_(KindOf(bench, changeset)),
        seq_(seq) {}

  HeldReason Hear() {
    for (const v1::RecordChange& change : changeset_.body.changes()) {
      HeldReason reason = HearChange(change);
      if (reason != kFine) return reason;
    }
    for (const auto& [key, fields] : needs_) {
      const Record* record = trial_.Find(key.first, key.second);
      for (uint32_t field : fields) {
        if (record != nullptr && HasValue(*record, field)) continue;
        because_ = absl::StrCat("This step needs ", FieldName(key.first, field), ".");
        return v1::HELD_REASON_GUARD;
      }
    }
    if (commands_ && words_) return v1::HELD_REASON_WORDS_AND_COMMAND;
    return HearRules();
  }

  // What exactly was missing, once Hear has refused.
  const std::string& because() const { return because_; }

  // Step 3 alone, for trust records alone: what every client checks.
  HeldReason HearTrust() {
    for (const v1::RecordChange& change : changeset_.body.changes()) {
      const RecordType* type = bench_.catalog.Find(change.type());
      if (type == nullptr || !type->trust) continue;
      HeldReason reason = HearRole(*type, change);
      if (reason != kFine) return reason;
      ApplyChange(change);
    }
    return kFine;
  }

 private:
  // Step 6.
  HeldReason HearRules() {
    Objection objection = JudgeRules({bench_, trial_, changeset_, place_.letters, taken_});
    because_ = objection.sentence;
    return objection.reason;
  }

  std::string FieldName(uint32_t type, uint32_t field) const {
    const FieldType* known = bench_.catalog.FindField(type, field);
    return known == nullptr ? absl::StrCat("field ", field) : known->name;
  }

  HeldReason HearChange(const v1::RecordChange& change) {
    const RecordType* type = bench_.catalog.Find(change.type());
    if (type == nullptr) return v1::HELD_REASON_SHAPE;
    HeldReason reason = HearRole(*type, change);
    if (reason == kFine) reason = HearShape(*type, change);
    if (reason != kFine) return reason;
    Id id = IdOrZero(change.id());
    existed_ = trial_.Find(change.type(), id) != nullptr;
    HeldReason command = HearCommand(*type, change);
    if (command != kFine) return command;
    HeldReason guard = HearGuards(change);
    if (guard == kFine) guard = HearSets(*type, change);
    if (guard != kFine) return guard;
    return HearProtection(*type, change);
  }

  // A set holds no more elements than its rule allows; what is taken away makes room.
  HeldReason HearSets(const RecordType& type, const v1::RecordChange& change) {
    const Record* after = trial_.Find(change.type(), IdOrZero(change.id()));
    for (const v1::FieldWrite& write : change.writes()) {
      const FieldType& field = *type.FindField(write.field());
      if (field.merge != v1::UNION || write.drop()) continue;
      if (InForce(*after->FindCell(field.number), field).size() > field.max_count) {
        return v1::HELD_REASON_SHAPE;
      }
    }
    return kFine;
  }

  // Step 3: every record and field allows a letter that the author has here.
  HeldReason HearRole(const RecordType& type, const v1::RecordChange& change) {
    Letters writers = type.WritersIn(kind_);
    if (writers == 0) return v1::HELD_REASON_SHAPE;
    if (place_.making != Making::kFromPlace && MakesAssignment(change)) return kFine;
    Letters letters = place_.letters;
    if (kind_ == Who::DIRECTORY &&
        ApprovesOwnDevice(bench_.directory, bench_.at, changeset_, change)) {
      letters |= LetterBit(Who::OWN_DEVICE);
    }
    const Record* record = trial_.Find(change.type(), IdOrZero(change.id()));
    if (record == nullptr && (letters & writers) == 0) return v1::HELD_REASON_NOT_ALLOWED;
    for (const v1::FieldWrite& write : change.writes()) {
      const FieldType* field = type.FindField(write.field());
      if (field == nullptr) continue;  // of a newer build: a question of shape
      if (field->merge == v1::COMMAND && record != nullptr) continue;  // its machine says who
      const bool founds = place_.making == Making::kFirstEntry;
      if (founds && IsFoundersToWrite(change, write.field())) continue;
      Letters allowed = field->writers != 0 ? field->writers : writers;
      if ((letters & allowed) == 0 && !IsNamed(record, type, field->named_in)) {
        return v1::HELD_REASON_NOT_ALLOWED;
      }
    }
    return kFine;
  }

  // Whether the value in force of one of these fields names the author.
  bool IsNamed(const Record* record, const RecordType& type, const std::vector<uint32_t>& fields) {
    if (record == nullptr) return false;
    return std::any_of(fields.begin(), fields.end(), [&](uint32_t number) {
      const FieldType* field = type.FindField(number);
      const Cell* cell = record->FindCell(number);
      if (field == nullptr || cell == nullptr) return false;
      std::vector<const LiveWrite*> in_force = InForce(*cell, *field);
      return std::any_of(in_force.begin(), in_force.end(), [&](const LiveWrite* write) {
        return DecodeId(number, write->value) == changeset_.actor;
      });
    });
  }

  // Step 4: the home scope, singletons, what a rule lets a write name, what a new record must hold.
  HeldReason HearShape(const RecordType& type, const v1::RecordChange& change) {
    Id id = IdOrZero(change.id());
    if (type.singleton == Who::SCOPE_ID && id != trial_.scope()) return v1::HELD_REASON_SHAPE;
    if (type.singleton == Who::TENANT_ID && id != bench_.directory.tenant()) {
      return v1::HELD_REASON_SHAPE;
    }
    const Record* record = trial_.Find(change.type(), id);
    std::set<uint32_t> written;
    for (const v1::FieldWrite& write : change.writes()) {
      const FieldType* known = type.FindField(write.field());
      if (known == nullptr) return v1::HELD_REASON_SHAPE;
      const FieldType& field = *known;
      bool first = written.insert(write.field()).second;
      if (!first && field.merge != v1::UNION) return v1::HELD_REASON_SHAPE;
      HeldReason reason = HearWrite(field, write, record);
      if (reason == kFine) reason = HearStanding(type, field, write, record);
      if (reason != kFine) return reason;
    }
    if (record != nullptr) return kFine;
    for (const FieldType& field : type.fields) {
      if (field.required && !written.contains(field.number)) return v1::HELD_REASON_SHAPE;
    }
    return kFine;
  }

  // What the merge rule lets a write name, drop and clear (the table of design 5).
  HeldReason HearWrite(const FieldType& field, const v1::FieldWrite& write, const Record* record) {
    bool names = write.overwrites_size() > 0;
    // Nobody was shown what this very changeset writes: a write that names itself would be live,
    // and named.
    bool own = std::any_of(write.overwrites().begin(), write.overwrites().end(),
                           [&](const v1::OpId& op) { return op.uid() == changeset_.uid.view(); });
    if (own) return v1::HELD_REASON_SHAPE;
    if (write.drop()) {
      bool may = field.merge == v1::UNION && names && write.value().empty();
      return may ? kFine : v1::HELD_REASON_SHAPE;
    }
    bool must_not_name = field.merge == v1::FIXED || field.merge == v1::UNION;
    if (names && must_not_name) return v1::HELD_REASON_SHAPE;
    if (write.value().empty()) {
      return MayClear(field) && record != nullptr ? kFine : v1::HELD_REASON_SHAPE;
    }
    return CheckValue(field, write.value()).ok() ? kFine : v1::HELD_REASON_SHAPE;
  }

  // What already stands: FIXED and append-only never change; the same bytes again have no effect.
  HeldReason HearStanding(const RecordType& type, const FieldType& field,
                          const v1::FieldWrite& write, const Record* record) {
    if (record == nullptr) return kFine;
    const Cell* cell = record->FindCell(field.number);
    bool live = cell != nullptr && !cell->live.empty();
    if (field.merge == v1::FIXED && live && cell->live.front().value != write.value()) {
      return v1::HELD_REASON_FIXED;
    }
    if (type.append_only && !live) return v1::HELD_REASON_FIXED;
    return HearFrozen(type, field, write, *record);
  }

  // A frozen record's words are answered by an Addendum. What names nothing live stands beside the
  // frozen value; settling a contested cell, naming all of it, is the one change still allowed.
  HeldReason HearFrozen(const RecordType& type, const FieldType& field, const v1::FieldWrite& write,
                        const Record& record) {
    const FieldType* state = type.FindState();
    if (state == nullptr || state->number == field.number || field.outside_version) return kFine;
    std::optional<uint32_t> now = DecodeCode(state->number, ValueInForce(record, *state));
    if (!now || !state->IsFrozenIn(*now)) return kFine;
    const Cell* cell = record.FindCell(field.number);
    if (cell == nullptr) return kFine;
    size_t named = 0;
    for (const v1::OpId& op : write.overwrites()) {
      Op name{IdOrZero(op.uid()), op.index()};
      named += static_cast<size_t>(std::count_if(cell->live.begin(), cell->live.end(),
                                                 [&](const LiveWrite& w) { return w.op == name; }));
    }
    bool settles = named == cell->live.size() && IsContested(*cell, field);
    return named == 0 || settles ? kFine : v1::HELD_REASON_SIGNED;
  }

  // Step 5: each command names exactly the live state, and the arrow exists for the author.
  HeldReason HearCommand(const RecordType& type, const v1::RecordChange& change) {
    Id id = IdOrZero(change.id());
    const FieldType* state = type.FindState();
    for (const v1::FieldWrite& write : change.writes()) {
      const FieldType& field = *type.FindField(write.field());
      bool is_word = field.cls == v1::CASE || field.cls == v1::RESTRICTED;
      if (existed_ && is_word) words_ = true;
      if (state == nullptr || write.field() != state->number) continue;
      const Record* record = trial_.Find(change.type(), id);
      const Cell* cell = record == nullptr ? nullptr : record->FindCell(state->number);
      const LiveWrite* live = cell == nullptr || cell->live.empty() ? nullptr : &cell->live.back();
      std::optional<uint32_t> to = DecodeCode(state->number, write.value());
      if (!to) return v1::HELD_REASON_SHAPE;
      if (live == nullptr) {
        if (write.overwrites_size() > 0) return v1::HELD_REASON_STATE_MOVED;
        HeldReason reason = HearStep(type, *state, change, record, 0, *to);
        if (reason != kFine) return reason;
        continue;
      }
      if (existed_) commands_ = true;
      if (live->value == write.value()) return v1::HELD_REASON_ALREADY_SO;
      if (!NamesExactly(write, live->op)) return v1::HELD_REASON_STATE_MOVED;
      std::optional<uint32_t> from = DecodeCode(state->number, live->value);
      if (!from) return v1::HELD_REASON_NO_SUCH_STEP;
      replaced_by_ = live->actor;
      HeldReason reason = HearStep(type, *state, change, record, *from, *to);
      if (reason != kFine) return reason;
    }
    ApplyChange(change);
    for (const auto& [guard, assignment] : std::exchange(guards_, {})) {
      HeldReason reason = HearMachineGuard(guard, assignment);
      if (reason != kFine) return reason;
    }
    return kFine;
  }

  HeldReason HearStep(const RecordType& type, const FieldType& state,
                      const v1::RecordChange& change, const Record* record, uint32_t from,
                      uint32_t to) {
    bool exists = false;
    for (const Step& step : state.steps) {
      if (step.from != from || step.to != to || !Holds(type, step.where, change, record)) continue;
      exists = true;
      Letters writers = step.writers;
      if (writers == 0 && step.named_in.empty()) writers = type.WritersIn(kind_);
      bool makes_place = place_.making != Making::kFromPlace && MakesAssignment(change);
      bool admitted = (place_.letters & writers) != 0 || makes_place;
      if (!admitted && !IsNamed(record, type, step.named_in)) continue;
      Id id = IdOrZero(change.id());
      for (uint32_t field : step.needs) needs_[{change.type(), id}].push_back(field);
      const Cell* left = record == nullptr ? nullptr : record->FindCell(state.number);
      uint64_t since = left == nullptr || left->live.empty() ? 0 : left->live.back().seq;
      for (v1::Machine::Guard guard : step.guards) {
        if (IsRule(guard)) {
          taken_.push_back({guard, change.type(), id, since});
        } else {
          guards_.emplace_back(guard, id);
        }
      }
      return kFine;
    }
    return exists ? v1::HELD_REASON_NOT_ALLOWED : v1::HELD_REASON_NO_SUCH_STEP;
  }

  // Whether a step's `where` holds of the values that the record has, or gets with this change.
  bool Holds(const RecordType& type, const std::vector<Where>& where,
             const v1::RecordChange& change, const Record* record) {
    return std::all_of(where.begin(), where.end(), [&](const Where& w) {
      const FieldType* field = type.FindField(w.field);
      std::string_view value = record == nullptr ? "" : ValueInForce(*record, *field);
      for (const v1::FieldWrite& write : change.writes()) {
        if (write.field() == w.field && !write.drop()) value = write.value();
      }
      std::optional<std::vector<Element>> elements = DecodeElements(w.field, value);
      uint64_t number = elements && elements->size() == 1 ? elements->front().number : 0;
      return number == w.value;
    });
  }

  HeldReason HearMachineGuard(v1::Machine::Guard guard, const Id& record) {
    switch (guard) {
      case v1::Machine::OWN_WORK:
        return replaced_by_ == changeset_.actor ? v1::HELD_REASON_OWN_WORK : kFine;
      case v1::Machine::CONTESTED:
        return HasContestedProtective(bench_.catalog, trial_) ? v1::HELD_REASON_CONTESTED : kFine;
      case v1::Machine::SECOND_LEAD:
        return IsSecondLead(trial_, record, bench_.received_ms) ? v1::HELD_REASON_SECOND_LEAD
                                                                : kFine;
      default:  // BARRED stands where relation and person are seen together
        return kFine;
    }
  }

  // The records that decide who may read, and what an approval may not be.
  HeldReason HearGuards(const v1::RecordChange& change) {
    if (kind_ != Who::FAMILY) return kFine;
    HeldReason reason = AssignmentGuard(bench_.directory, bench_.at, trial_, change,
                                        changeset_.actor, place_.making);
    if (reason != kFine) return reason;
    reason = LapseGuard(trial_, change, bench_.received_ms);
    if (reason != kFine) return reason;
    reason = ShareGuard(bench_.directory, bench_.at, trial_, change, bench_.received_ms);
    if (reason != kFine) return reason;
    return ApprovalGuard(bench_.catalog, trial_, change, changeset_.actor, bench_.files);
  }

  // A PROTECTIVE value may be lowered only by those whom its rule names.
  HeldReason HearProtection(const RecordType& type, const v1::RecordChange& change) {
    Id id = IdOrZero(change.id());
    for (const v1::FieldWrite& write : change.writes()) {
      const FieldType& field = *type.FindField(write.field());
      if (field.merge != v1::PROTECTIVE || field.lower_writers == 0) continue;
      const Record* before = view_.state().Find(change.type(), id);
      if (before == nullptr) continue;
      const Record* after = trial_.Find(change.type(), id);
      bool lower =
          field.Rank(ValueInForce(*after, field)) < field.Rank(ValueInForce(*before, field));
      if (lower && (place_.letters & field.lower_writers) == 0) return v1::HELD_REASON_NOT_ALLOWED;
    }
    return kFine;
  }

  void ApplyChange(const v1::RecordChange& change) {
    Record& record = trial_.Mutable(change.type(), IdOrZero(change.id()), seq_, changeset_.actor);
    for (const v1::FieldWrite& write : change.writes()) {
      MergeWrite(record.cells[write.field()], write, {changeset_.uid, index_++}, changeset_.actor,
                 seq_);
    }
  }

  const Bench& bench_;
  StateView view_;
  ScopeState trial_;
  const Changeset& changeset_;
  Place place_;
  v1::RecordRule::Scope kind_;
  uint64_t seq_;
  uint32_t index_ = 0;
  bool existed_ = false;
  bool words_ = false;
  bool commands_ = false;
  Id replaced_by_;
  std::map<std::pair<uint32_t, Id>, std::vector<uint32_t>> needs_;
  std::vector<std::pair<v1::Machine::Guard, Id>> guards_;
  std::vector<Taken> taken_;  // rules that the steps so far stand on
  std::string because_;
};

// A held changeset, judged again with the deciding supervisor's identity and place (which the
// Decision itself has passed) and the role of its author's last assignment here.
HeldReason JudgeRelease(const Bench& bench, ScopeState& scope, const HeldWork& held) {
  Place place;
  if (!FamilyOf(scope) && BeginsFamily(bench.directory.tenant(), held.changeset)) {
    place = {kFine, FoundingLetters(held.changeset), Making::kFirstEntry};
  } else {
    if (!FamilyOf(scope)) return v1::HELD_REASON_UNFOUNDED;
    if (WritesTrustRecord(bench.catalog, held.changeset)) return v1::HELD_REASON_NOT_ALLOWED;
    place.letters = LastLettersIn(scope, held.changeset.actor);
    if (place.letters == 0) return v1::HELD_REASON_NO_ASSIGNMENT;
  }
  return Hearing(bench, scope, held.changeset, place, held.seq).Hear();
}

// Every Decision names what is still held here; a RELEASE that may take effect joins `released`.
void JudgeDecisions(const Bench& bench, ScopeState& scope, const Changeset& changeset,
                    Judgement& judgement) {
  StateView view(scope);
  ScopeState trial(scope.scope(), &view);
  for (const DecisionView& decision : DecisionsIn(changeset)) {
    const HeldWork* held = trial.FindHeld(decision.held);
    bool waiting = held != nullptr &&
                   (held->outcome == HeldWork::Outcome::kWaiting || Planted(Fault::kReleaseOnce));
    if (!waiting) {
      judgement = {v1::HELD, v1::HELD_REASON_NOT_HELD, {}};
      return;
    }
    if (!decision.release) {
      trial.SettleHeld(decision.held, HeldWork::Outcome::kDeclined, UINT64_MAX);
      continue;
    }
    HeldReason reason = JudgeRelease(bench, trial, *held);
    if (reason != kFine) {
      judgement.reason = reason;
      continue;
    }
    MergeChangeset(trial, held->changeset, held->seq);
    trial.SettleHeld(decision.held, HeldWork::Outcome::kReleased, UINT64_MAX);
    judgement.released.push_back(decision.held);
  }
}

// Of an applied entry's `released`: each is named by one of its RELEASE Decisions, still held, and
// of trust records only those of a first entry.
absl::Status CheckReleased(const Bench& bench, ScopeState& scope, const Entry& entry) {
  std::set<Id> named;
  for (const DecisionView& decision : DecisionsIn(entry.changeset)) {
    if (decision.release) named.insert(decision.held);
  }
  for (const std::string& bytes : entry.meta.released()) {
    Id uid = IdOrZero(bytes);
    const HeldWork* held = scope.FindHeld(uid);
    if (named.erase(uid) == 0 || held == nullptr || held->outcome != HeldWork::Outcome::kWaiting) {
      return MakeStatus(Reason::kTrust, "entry releases what its decisions do not");
    }
    bool founds = !FamilyOf(scope) && BeginsFamily(bench.directory.tenant(), held->changeset);
    if (!founds && WritesTrustRecord(bench.catalog, held->changeset)) {
      return MakeStatus(Reason::kTrust, "entry releases a trust record");
    }
  }
  return absl::OkStatus();
}

}  // namespace

Judgement Judge(const Bench& bench, ScopeState& scope, const Changeset& changeset) {
  HeldReason identity = JudgeIdentity(bench, changeset);
  if (identity != kFine) return {v1::HELD, identity, {}};
  Place place = JudgePlace(bench, scope, changeset);
  if (place.reason != kFine) return {v1::HELD, place.reason, {}};
  Hearing hearing(bench, scope, changeset, place, UINT64_MAX);
  HeldReason content = hearing.Hear();
  if (content != kFine) return {v1::HELD, content, {}, hearing.because()};
  Judgement judgement{v1::APPLIED, kFine, {}};
  JudgeDecisions(bench, scope, changeset, judgement);
  return judgement;
}

bool WritesTrustRecord(const Catalog& catalog, const Changeset& changeset) {
  const auto& changes = changeset.body.changes();
  return std::any_of(changes.begin(), changes.end(), [&](const v1::RecordChange& change) {
    const RecordType* type = catalog.Find(change.type());
    return type != nullptr && type->trust;
  });
}

absl::Status CheckTrust(const Bench& bench, ScopeState& scope, const Entry& entry) {
  if (!entry.applied()) return absl::OkStatus();
  if (!Planted(Fault::kReleasedChecked)) {
    absl::Status released = CheckReleased(bench, scope, entry);
    if (!released.ok()) return released;
  }
  if (!WritesTrustRecord(bench.catalog, entry.changeset) || Planted(Fault::kTrustChecked)) {
    return absl::OkStatus();
  }
  HeldReason reason = JudgeIdentity(bench, entry.changeset);
  Place place;
  if (reason == kFine) {
    place = JudgePlace(bench, scope, entry.changeset);
    reason = place.reason;
  }
  if (reason == kFine) {
    reason = Hearing(bench, scope, entry.changeset, place, entry.seq()).HearTrust();
  }
  if (reason == kFine) return absl::OkStatus();
  return MakeStatus(Reason::kTrust, "a trust record was applied that its author may not write");
}

}  // namespace doorstep
