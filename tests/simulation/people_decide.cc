// What supervisors and workers decide: plans, places in families, held work.
#include <algorithm>
#include <cassert>

#include "model/value.h"
#include "tests/simulation/people.h"
#include "tests/simulation/schema_facts.h"

namespace doorstep::simulation {
namespace {

constexpr uint32_t kGoalType = 21;
constexpr uint32_t kActionType = 22;

v1::RecordEdit New(uint32_t type) {
  v1::RecordEdit record;
  record.set_type(type);
  return record;
}

}  // namespace

void People::WritePlan(const Desk& desk) {
  v1::Edits edits = EditsFor(desk);
  const ValueMaker maker = MakerFor(desk);
  const std::optional<Id> plan = AnyRecord(desk, kPlanType);
  const std::optional<Id> goal = AnyRecord(desk, kGoalType);
  if (!plan || world_.chance.OneIn(10)) {
    const Id id = world_.NewId();
    v1::RecordEdit& made = *edits.add_records() = New(kPlanType);
    made.set_id(id.str());
    AddField(made, 1, EncodeId(1, world_.NewId()));
    AddField(made, 2, EncodeNumber(2, v1::Plan::STATE_OPEN));
    AddField(made, 3, EncodeBytes(3, maker.Text(200)));
    v1::RecordEdit& first = *edits.add_records() = New(kGoalType);
    AddField(first, 1, EncodeId(1, id));
    AddField(first, 4, EncodeBytes(4, maker.Text(200)));
    AddField(first, 9, EncodeNumber(9, v1::Goal::STATE_ACTIVE));
    world_.Commit(*desk.device, edits, "begins a plan");
    return;
  }
  if (!goal || world_.chance.OneIn(4)) {
    v1::RecordEdit& made = *edits.add_records() = New(kGoalType);
    AddField(made, 1, EncodeId(1, *plan));
    AddField(made, 4, EncodeBytes(4, maker.Text(200)));
    AddField(made, 9, EncodeNumber(9, v1::Goal::STATE_ACTIVE));
  } else if (world_.chance.OneIn(4)) {
    v1::RecordEdit& made = *edits.add_records() = New(kActionType);
    AddField(made, 1, EncodeId(1, *goal));
    AddField(made, 2, EncodeBytes(2, maker.Text(200)));
    AddField(made, 3, EncodeNumber(3, v1::Action::OWNER_FAMILY));
    AddField(made, 7, EncodeDate(7, world_.today() + 20));
    AddField(made, 8, EncodeNumber(8, v1::Action::STATE_ACTIVE));
  } else {
    v1::RecordEdit& changed = *edits.add_records() = New(kGoalType);
    changed.set_id(goal->str());
    AddField(changed, 4, EncodeBytes(4, maker.Text(200)));
  }
  world_.Commit(*desk.device, edits, "edits a plan");
}

void People::DecidePlan(const Desk& desk) {
  const std::optional<Id> plan = AnyRecord(desk, kPlanType);
  if (!plan) return;
  v1::Query query;
  query.mutable_plan()->set_id(plan->str());
  absl::StatusOr<std::vector<v1::Answer>> answers = desk.device->client().Ask(query);
  if (!answers.ok() || answers->empty()) return;
  const Person* person = world_.PersonOf(desk.device->user);
  const bool supervisor = person != nullptr && person->role == v1::ROLE_SUPERVISOR;
  const v1::Approval::Decision decision =
      supervisor ? (world_.chance.OneIn(4) ? v1::Approval::DECISION_RETURNED
                                           : v1::Approval::DECISION_APPROVED)
                 : (world_.chance.OneIn(5) ? v1::Approval::DECISION_WITHDRAWN
                                           : v1::Approval::DECISION_SUBMITTED);
  v1::Edits edits = EditsFor(desk);
  v1::RecordEdit& approval = *edits.add_records() = New(kApprovalType);
  AddField(approval, 1, EncodeId(1, *plan));
  AddField(approval, 2, EncodeBytes(2, answers->front().plan().digest()));
  AddField(approval, 3, EncodeNumber(3, static_cast<uint64_t>(decision)));
  AddField(approval, 9, EncodeDate(9, world_.today()));
  const std::optional<Id> answered = AnyRecord(desk, kApprovalType);
  if (answered && world_.chance.OneIn(3)) AddField(approval, 8, EncodeId(8, *answered));
  if (world_.Commit(*desk.device, edits, "decides on a plan")) world_.Count("decisions on plans");
}

v1::RecordEdit People::Place(const Id& user, v1::Assignment::Relation relation,
                             v1::Assignment::Reason reason) {
  v1::RecordEdit place = New(kAssignmentType);
  AddField(place, 1, EncodeId(1, user));
  AddField(place, 2, EncodeNumber(2, static_cast<uint64_t>(relation)));
  const bool reads =
      relation == v1::Assignment::RELATION_LEAD || relation == v1::Assignment::RELATION_SUPERVISOR;
  if (reads && !world_.chance.OneIn(4)) AddField(place, 3, EncodeBool(3, true));
  AddField(place, 4, EncodeNumber(4, static_cast<uint64_t>(reason)));
  AddField(place, 5, EncodeDate(5, world_.today()));
  AddField(place, 7, EncodeNumber(7, v1::Assignment::STATE_OPEN));
  return place;
}

void People::HandOver(const Desk& desk) {
  v1::Edits edits = EditsFor(desk);
  for (const Id& id : RecordsOf(desk, kAssignmentType)) {
    absl::StatusOr<client::OverlayScope*> seen =
        desk.device->store().overlay().Of(desk.family, desk.device->now_ms());
    if (!seen.ok()) return;
    const Record* record = (*seen)->state->Find(kAssignmentType, id);
    const Cell* relation = record->FindCell(2);
    const bool lead = relation != nullptr && !relation->live.empty() &&
                      NumberIn(relation->live.front().value) == v1::Assignment::RELATION_LEAD;
    if (!lead || StateOf(desk, kAssignmentType, id) != v1::Assignment::STATE_OPEN) continue;
    v1::RecordEdit& ended = *edits.add_records() = New(kAssignmentType);
    ended.set_id(id.str());
    AddField(ended, 7, EncodeNumber(7, v1::Assignment::STATE_ENDED));
  }
  const Id user = AnyStaff(v1::ROLE_KEY_WORKER);
  if (user.is_zero()) return;
  *edits.add_records() =
      Place(user, v1::Assignment::RELATION_LEAD, v1::Assignment::REASON_ALLOCATED);
  if (world_.Commit(*desk.device, edits, "hands over")) world_.Count("families handed over");
}

void People::EndPlace(const Desk& desk) {
  std::vector<Id> open;
  for (const Id& id : RecordsOf(desk, kAssignmentType)) {
    if (StateOf(desk, kAssignmentType, id) == v1::Assignment::STATE_OPEN) open.push_back(id);
  }
  if (open.empty()) return;
  v1::Edits edits = EditsFor(desk);
  v1::RecordEdit& ended = *edits.add_records() = New(kAssignmentType);
  ended.set_id(world_.chance.Pick(open).str());
  AddField(ended, 7, EncodeNumber(7, v1::Assignment::STATE_ENDED));
  world_.Commit(*desk.device, edits, "ends a place");
}

void People::GivePlace(const Desk& desk) {
  v1::Edits edits = EditsFor(desk);
  static const std::vector<v1::Assignment::Relation> relations = {
      v1::Assignment::RELATION_CO_WORKER, v1::Assignment::RELATION_COVER,
      v1::Assignment::RELATION_SUPERVISOR, v1::Assignment::RELATION_LEAD};
  const v1::Assignment::Relation relation = world_.chance.Pick(relations);
  const bool supervisor = relation == v1::Assignment::RELATION_SUPERVISOR;
  const Id user = AnyStaff(supervisor ? v1::ROLE_SUPERVISOR : v1::ROLE_KEY_WORKER);
  if (user.is_zero()) return;
  v1::RecordEdit place = Place(user, relation, v1::Assignment::REASON_TEAM);
  if (!supervisor && world_.chance.OneIn(3)) {
    AddField(place, 6, EncodeI64(6, world_.server_ms() + world_.chance.Between(0, 3 * 86'400'000)));
  }
  *edits.add_records() = std::move(place);
  world_.Commit(*desk.device, edits, "gives a place");
}

void People::Bar(const Desk& desk) {
  v1::Edits edits = EditsFor(desk);
  v1::RecordEdit& family = *edits.add_records() = New(kFamilyType);
  family.set_id(desk.family.str());
  absl::StatusOr<v1::RecordView> view = desk.device->client().Get(kFamilyType, desk.family);
  if (view.ok() && world_.chance.OneIn(3)) {
    for (const v1::FieldView& field : view->fields()) {
      if (field.field() != 7 || field.values_size() == 0) continue;
      AddField(family, 7, field.values(0).value(), v1::FieldEdit::DROP);
      world_.Commit(*desk.device, edits, "lets somebody in again");
      return;
    }
  }
  AddField(family, 7, EncodeId(7, AnyStaff(v1::ROLE_KEY_WORKER)), v1::FieldEdit::ADD);
  if (world_.Commit(*desk.device, edits, "bars somebody")) world_.Count("people barred");
}

std::vector<Id> People::WaitingOn(const Desk& desk) {
  std::vector<Id> waiting;
  const absl::Status read =
      desk.device->store().state().LoadAllHeld(desk.family, [&](HeldWork held) {
        if (held.outcome == HeldWork::Outcome::kWaiting) waiting.push_back(held.changeset.uid);
      });
  return read.ok() ? waiting : std::vector<Id>();
}

void People::DecideAll(const Desk& desk, std::vector<Id> waiting) {
  for (const Id& uid : waiting) {
    const bool release = !world_.chance.OneIn(5);
    v1::Edits edits = EditsFor(desk);
    v1::RecordEdit& decision = *edits.add_records() = New(kDecisionType);
    AddField(decision, 1, EncodeId(1, uid));
    AddField(
        decision, 2,
        EncodeNumber(2, release ? v1::Decision::ANSWER_RELEASE : v1::Decision::ANSWER_DECLINE));
    AddField(decision, 3, EncodeNumber(3, v1::Decision::REASON_STILL_TRUE));
    if (world_.Commit(*desk.device, edits, release ? "releases" : "declines")) {
      world_.Count("decisions on held work");
    }
  }
}

// Later ones before earlier ones as often as not: what is released late may arrive dead.
void People::DecideHeld(const Desk& desk) {
  std::vector<Id> waiting = WaitingOn(desk);
  if (waiting.empty()) return;
  if (world_.chance.OneIn(2)) std::reverse(waiting.begin(), waiting.end());
  waiting.resize(world_.chance.OneIn(2) ? std::min<size_t>(waiting.size(), 4) : 1);
  DecideAll(desk, waiting);
}

// A worker writes on, not knowing that the place has ended; what arrives is held; supervisors
// decide, the latest first, and one of them without having heard of the other's decision.
void People::LateWork(const Desk& desk) {
  std::vector<DeviceUnit*> deciding;
  for (DeviceUnit* device : world_.UsableUnits(v1::ROLE_SUPERVISOR)) {
    const std::vector<Id> families = FamiliesOn(*device);
    if (std::find(families.begin(), families.end(), desk.family) != families.end()) {
      deciding.push_back(device);
    }
  }
  if (deciding.empty()) return;
  const Desk first{deciding.front(), desk.family};
  const Desk last{deciding.back(), desk.family};
  auto meet = [&](DeviceUnit& device) {
    world_.StartContact(device);
    world_.Settle();
  };
  meet(*desk.device);
  Chain(desk);
  v1::Edits edits = EditsFor(first);
  for (const Id& id : RecordsOf(first, kAssignmentType)) {
    absl::StatusOr<v1::RecordView> view = first.device->client().Get(kAssignmentType, id);
    const bool of_worker =
        view.ok() && std::any_of(view->fields().begin(), view->fields().end(), [&](const auto& f) {
          return f.field() == 1 && f.values_size() > 0 &&
                 IdIn(f.values(0).value()) == desk.device->user;
        });
    if (!of_worker || StateOf(first, kAssignmentType, id) != v1::Assignment::STATE_OPEN) continue;
    v1::RecordEdit& ended = *edits.add_records() = New(kAssignmentType);
    ended.set_id(id.str());
    AddField(ended, 7, EncodeNumber(7, v1::Assignment::STATE_ENDED));
  }
  if (edits.records_size() == 0 || !world_.Commit(*first.device, edits, "ends every place")) return;
  meet(*first.device);
  meet(*desk.device);
  for (DeviceUnit* device : {first.device, last.device}) {
    meet(*device);
    meet(*device);
  }
  std::vector<Id> waiting = WaitingOn(first);
  if (waiting.empty()) return;
  world_.Count("late work held");
  // Held work is listed by its place; a chain is settled from its end.
  std::vector<std::pair<uint64_t, Id>> placed;
  for (const Id& uid : waiting) {
    absl::StatusOr<std::optional<HeldWork>> held =
        first.device->store().state().LoadHeld(first.family, uid);
    if (held.ok() && *held) placed.emplace_back((*held)->seq, uid);
  }
  std::sort(placed.begin(), placed.end());
  if (!world_.chance.OneIn(4)) std::reverse(placed.begin(), placed.end());
  waiting.clear();
  for (const auto& [seq, uid] : placed) waiting.push_back(uid);
  waiting.resize(std::min<size_t>(waiting.size(), 4));
  DecideAll(first, waiting);
  if (first.device != last.device) DecideAll(last, waiting);
  meet(*first.device);
  meet(*last.device);
}

}  // namespace doorstep::simulation
