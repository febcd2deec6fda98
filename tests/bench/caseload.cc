#include "tests/bench/caseload.h"

#include <google/protobuf/util/json_util.h>

#include <cassert>
#include <memory>

#include "absl/strings/str_format.h"
#include "doorstep/v1/records.pb.h"
#include "model/catalog.h"

namespace doorstep::bench {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr int64_t kMinuteMs = 60'000, kDayMs = 86'400'000;

int32_t DayOf(int64_t when_ms) { return static_cast<int32_t>(when_ms / kDayMs); }

// The field alone: `element` of a repeated one, or all of it.
std::string FieldAlone(const Message& record, const FieldDescriptor* field, int element) {
  const std::unique_ptr<Message> alone(record.New());
  const google::protobuf::Reflection& reflection = *record.GetReflection();
  std::vector<const FieldDescriptor*> set;
  alone->CopyFrom(record);
  reflection.ListFields(record, &set);
  for (const FieldDescriptor* other : set) {
    if (other != field) reflection.ClearField(alone.get(), other);
  }
  if (element >= 0) {
    reflection.SwapElements(alone.get(), field, 0, element);
    while (reflection.FieldSize(*alone, field) > 1) reflection.RemoveLast(alone.get(), field);
  }
  return alone->SerializeAsString();
}

}  // namespace

Caseload::Caseload(uint64_t seed, const Id& worker, int64_t first_day_ms)
    : draw_(seed), prose_(seed), worker_(worker), first_day_ms_(first_day_ms) {}

Id Caseload::MakeId() {
  Id id;
  for (uint8_t& byte : id.bytes) byte = static_cast<uint8_t>(draw_.Below(256));
  return id;
}

void Caseload::Add(v1::Edits& edits, const Id& id, const Message& record) {
  const RecordType* type = Catalog::Get().Find(std::string(record.GetDescriptor()->name()));
  assert(type != nullptr);
  v1::RecordEdit& edit = *edits.add_records();
  edit.set_type(type->number);
  if (!id.is_zero()) edit.set_id(id.str());
  std::vector<const FieldDescriptor*> set;
  record.GetReflection()->ListFields(record, &set);
  for (const FieldDescriptor* field : set) {
    const auto number = static_cast<uint32_t>(field->number());
    const bool by_element = type->FindField(number)->merge == v1::UNION;
    const int elements = by_element ? record.GetReflection()->FieldSize(record, field) : 1;
    for (int i = 0; i < elements; ++i) {
      v1::FieldEdit& write = *edit.add_fields();
      write.set_field(number);
      write.set_value(FieldAlone(record, field, by_element ? i : -1));
    }
  }
  std::string json;
  const auto written = google::protobuf::util::MessageToJsonString(record, &json);
  assert(written.ok());
  json_bytes_ += json.size();
}

v1::Edits Caseload::MakeFamily(Household& household) {
  v1::Edits edits;
  edits.set_begin_family(true);
  const std::string surname = prose_.Name(draw_.Below(70));
  v1::Family family;
  family.set_name(surname);
  family.set_local_reference(absl::StrFormat("HH-%05d", draw_.Below(100'000)));
  family.set_door_note(prose_.Write(draw_, 40, 120));
  Add(edits, Id{}, family);
  const size_t people = 3 + draw_.Below(2);
  for (size_t i = 0; i < people; ++i) {
    const bool child = i >= 2 || (i == 1 && draw_.Percent(40));
    const Id person = MakeId();
    household.people.push_back(person);
    if (child) household.children.push_back(person);
    v1::Person record;
    record.set_role(child ? v1::Person::MEMBER_ROLE_CHILD : v1::Person::MEMBER_ROLE_PARENT_CARER);
    record.set_joined_on(DayOf(first_day_ms_));
    const int64_t age = child ? draw_.Between(0, 15) : draw_.Between(19, 45);
    record.set_birth_on(DayOf(first_day_ms_ - age * 365 * kDayMs));
    record.set_sex(draw_.Percent(50) ? v1::Person::SEX_FEMALE : v1::Person::SEX_MALE);
    Add(edits, person, record);
    v1::PersonName name;
    name.set_person(person.str());
    household.names.push_back(prose_.Name(draw_.Below(70)));
    name.set_given(household.names.back());
    name.set_family(surname);
    Add(edits, MakeId(), name);
  }
  household.episode = MakeId();
  return edits;
}

v1::Edits Caseload::MakeEpisode(Household& household) {
  v1::Edits edits;
  edits.set_scope(household.scope.str());
  v1::Episode episode;
  episode.set_programme(MakeId().str());
  episode.set_ruleset(1);
  episode.set_ruleset_version(1);
  episode.set_started_on(DayOf(first_day_ms_));
  episode.set_state(v1::Episode::STATE_PENDING);
  Add(edits, household.episode, episode);
  return edits;
}

v1::Edits Caseload::MakePlan(Household& household) {
  v1::Edits edits;
  edits.set_scope(household.scope.str());
  v1::Plan plan;
  plan.set_episode(household.episode.str());
  plan.set_state(v1::Plan::STATE_OPEN);
  plan.set_aim(prose_.Write(draw_, 40, 140));
  const Id plan_id = MakeId();
  Add(edits, plan_id, plan);
  for (int64_t goals = draw_.Between(1, 3); goals > 0; --goals) {
    v1::Goal goal;
    goal.set_plan(plan_id.str());
    goal.set_wording(prose_.Write(draw_, 30, 80));
    goal.set_due_on(DayOf(first_day_ms_) + static_cast<int32_t>(draw_.Between(60, 360)));
    goal.set_state(v1::Goal::STATE_ACTIVE);
    const Id goal_id = MakeId();
    Add(edits, goal_id, goal);
    for (int64_t actions = draw_.Between(1, 4); actions > 0; --actions) {
      v1::Action action;
      action.set_goal(goal_id.str());
      action.set_wording(prose_.Write(draw_, 40, 140));
      action.set_owner(v1::Action::OWNER_FAMILY);
      action.set_owner_person(household.people[draw_.Below(household.people.size())].str());
      action.set_due_on(DayOf(first_day_ms_) + static_cast<int32_t>(draw_.Between(14, 200)));
      action.set_state(v1::Action::STATE_ACTIVE);
      household.actions.push_back(MakeId());
      Add(edits, household.actions.back(), action);
    }
  }
  return edits;
}

// Three or four lines of what was weighed, counted and noticed, each of one person.
std::string Caseload::Observations(const Household& household) {
  constexpr size_t kKinds = 15;
  std::string lines;
  for (int64_t n = draw_.Between(1, 6); n > 0; --n) {
    const size_t kind = draw_.Below(kKinds);
    absl::StrAppendFormat(&lines, "%s: %s %s %s %d.%d\n",
                          household.names[draw_.Below(household.names.size())], prose_.Word(kind),
                          prose_.Word(kind + kKinds), prose_.Word(kind + 2 * kKinds),
                          draw_.Below(160), draw_.Below(10));
  }
  return lines;
}

void Caseload::AddChildren(v1::Edits& edits, const Household& household, const Id& visit) {
  for (const Id& child : household.children) {
    if (!draw_.Percent(55)) continue;
    v1::ChildSeen seen;
    seen.set_visit(visit.str());
    seen.set_person(child.str());
    seen.set_seen(true);
    seen.set_seen_alone(draw_.Percent(50));
    seen.set_how_heard(v1::ChildSeen::HOW_HEARD_PLAYED);
    Add(edits, MakeId(), seen);
  }
}

void Caseload::AddProgress(v1::Edits& edits, const Household& household, const Id& visit,
                           int64_t when_ms) {
  if (household.actions.empty()) return;
  for (int64_t n = draw_.Between(0, 3); n > 0; --n) {
    v1::ActionProgress progress;
    progress.set_action(household.actions[draw_.Below(household.actions.size())].str());
    progress.set_state(v1::ActionProgress::STATE_UNDER_WAY);
    progress.set_noted_on(DayOf(when_ms));
    if (draw_.Percent(50)) progress.set_note(prose_.Write(draw_, 20, 90));
    progress.set_visit(visit.str());
    Add(edits, MakeId(), progress);
  }
}

Caseload::Visit Caseload::MakeVisit(const Household& household, int number) {
  const uint64_t json_before = json_bytes_;
  const int64_t day = number * 365 / kVisitsAYear;
  const int64_t started_ms = first_day_ms_ + day * kDayMs +
                             draw_.Between(8 * 60, 17 * 60) * kMinuteMs +
                             draw_.Between(0, kMinuteMs - 1);
  const int64_t ended_ms = started_ms + draw_.Between(15, 95) * kMinuteMs;
  Visit visit;
  visit.saved_ms = ended_ms + draw_.Between(kMinuteMs, 40 * kMinuteMs);
  visit.edits.set_scope(household.scope.str());
  v1::Visit record;
  record.set_episode(household.episode.str());
  record.set_worker(worker_.str());
  record.set_planned_at(started_ms / kMinuteMs * kMinuteMs);
  record.set_kind(v1::Visit::KIND_SUPPORT);
  record.set_place(draw_.Percent(70) ? v1::Visit::PLACE_HOME : v1::Visit::PLACE_SCHOOL);
  record.set_state(v1::Visit::STATE_UNDER_WAY);
  record.set_outcome(v1::Visit::OUTCOME_FACE_TO_FACE);
  record.set_started_at(started_ms);
  record.set_ended_at(ended_ms);
  for (size_t i = 0; i < household.people.size(); ++i) {
    if (draw_.Percent(i == 0 ? 90 : 55)) record.add_present(household.people[i].str());
  }
  record.set_account(prose_.Write(draw_, 300, 1500));
  record.set_work_done(Observations(household));
  record.set_next_visit_at(started_ms / kMinuteMs * kMinuteMs + draw_.Between(7, 28) * kDayMs);
  const Id id = MakeId();
  Add(visit.edits, id, record);
  AddChildren(visit.edits, household, id);
  AddProgress(visit.edits, household, id, started_ms);
  ++visits_;
  visit_json_bytes_ += json_bytes_ - json_before;
  return visit;
}

Caseload::Visit Caseload::MakeCall(const Household& household, int after_visit) {
  const int64_t day = after_visit * 365 / kVisitsAYear + draw_.Between(1, 12);
  Visit call;
  call.saved_ms = first_day_ms_ + day * kDayMs + draw_.Between(8 * 60, 18 * 60) * kMinuteMs;
  call.edits.set_scope(household.scope.str());
  v1::Contact record;
  record.set_episode(household.episode.str());
  record.set_kind(v1::Contact::KIND_PHONE);
  record.set_happened_at(call.saved_ms - 5 * kMinuteMs);
  record.add_persons(household.people.front().str());
  record.set_text(prose_.Write(draw_, 60, 300));
  Add(call.edits, MakeId(), record);
  return call;
}

}  // namespace doorstep::bench
