#include "model/safeguarding.h"

#include <algorithm>

#include "doorstep/v1/records.pb.h"
#include "model/authority.h"
#include "model/record.h"

namespace doorstep {
namespace {

constexpr uint32_t kVisit = 27, kConcern = 31, kConcernCall = 32;
constexpr uint32_t kAuthority = 101, kStaffMember = 103, kSetting = 110;
constexpr uint32_t kVisitExpectedEnd = 13;
constexpr int64_t kMinuteMs = 60'000;
constexpr int64_t kMinutesMax = 24 * 60;  // a longer wait is a slip of the pen

template <typename Message>
std::optional<Message> InForceOf(const Record& record) {
  const RecordType* type = Catalog::Get().Find(record.type);
  Message message;
  if (type == nullptr || !ParseInForce(record, *type, message)) return std::nullopt;
  return message;
}

// The general setting of a key: the latest that has begun by that day.
std::optional<int64_t> SettingOn(ScopeState& directory, v1::SettingKey key, int32_t day) {
  std::optional<int64_t> value;
  int32_t since = 0;
  directory.ForEach(kSetting, [&](const Record& record) {
    std::optional<v1::Setting> setting = InForceOf<v1::Setting>(record);
    if (!setting || setting->key() != key || !setting->programme().empty()) return;
    if (setting->from_on() > day || (value && setting->from_on() < since)) return;
    value = setting->value();
    since = setting->from_on();
  });
  return value;
}

uint32_t MinutesOn(ScopeState& directory, v1::SettingKey key, int32_t day, uint32_t otherwise) {
  std::optional<int64_t> minutes = SettingOn(directory, key, day);
  if (!minutes) return otherwise;
  return static_cast<uint32_t>(std::clamp<int64_t>(*minutes, 1, kMinutesMax));
}

std::optional<VisitUnderWay> UnderWay(const Record& record) {
  std::optional<v1::Visit> visit = InForceOf<v1::Visit>(record);
  bool counts = visit && visit->state() == v1::Visit::STATE_UNDER_WAY &&
                visit->has_expected_end_at() && !visit->has_checked_out_at();
  const Cell* cell = record.FindCell(kVisitExpectedEnd);
  if (!counts || cell == nullptr || cell->live.empty()) return std::nullopt;
  return VisitUnderWay{record.id, IdOrZero(visit->worker()), visit->expected_end_at(),
                       cell->live.back().seq};
}

}  // namespace

SafeguardingView SafeguardingOn(ScopeState& directory, int32_t day) {
  SafeguardingView view;
  directory.ForEach(kAuthority, [&](const Record& record) {
    std::optional<v1::Authority> authority = InForceOf<v1::Authority>(record);
    if (!authority) return;
    view.hub_phone = authority->hub_phone();
    view.out_of_hours_phone = authority->out_of_hours_phone();
  });
  view.concern_alarm_minutes =
      MinutesOn(directory, v1::SETTING_KEY_CONCERN_ALARM_MINUTES, day, view.concern_alarm_minutes);
  view.check_out_grace_minutes = MinutesOn(directory, v1::SETTING_KEY_CHECK_OUT_GRACE_MINUTES, day,
                                           view.check_out_grace_minutes);
  view.photographs_allowed =
      SettingOn(directory, v1::SETTING_KEY_PHOTOGRAPHS_ALLOWED, day).value_or(0) == 1;
  return view;
}

std::vector<Id> ConcernsRaisedBy(const Changeset& changeset) {
  const FieldType* state = Catalog::Get().Find(kConcern)->FindState();
  std::vector<Id> raised;
  for (const v1::RecordChange& change : changeset.body.changes()) {
    if (change.type() != kConcern) continue;
    const auto& writes = change.writes();
    // A first state names none before it.
    bool makes = std::any_of(writes.begin(), writes.end(), [&](const v1::FieldWrite& write) {
      return write.field() == state->number && write.overwrites_size() == 0;
    });
    if (makes) raised.push_back(IdOrZero(change.id()));
  }
  return raised;
}

uint32_t ConcernRecordType() { return kConcern; }

std::vector<RaisedConcern> OpenConcernsBy(ScopeState& family, const Id& user) {
  std::vector<RaisedConcern> open;
  family.ForEach(kConcern, [&](const Record& record) {
    if (record.made_actor != user) return;
    std::optional<v1::Concern> concern = InForceOf<v1::Concern>(record);
    if (!concern || concern->state() == v1::Concern::STATE_CLOSED) return;
    open.push_back({record.id, concern->noticed_at(), record.made_seq});
  });
  return open;
}

bool ConcernCallAnswered(ScopeState& family, const Id& concern) {
  bool answered = false;
  family.ForEach(kConcernCall, [&](const Record& record) {
    std::optional<v1::ConcernCall> call = InForceOf<v1::ConcernCall>(record);
    answered = answered || (call && call->concern() == concern.view() && call->answered());
  });
  return answered;
}

std::vector<VisitUnderWay> VisitsUnderWay(ScopeState& family) {
  std::vector<VisitUnderWay> visits;
  family.ForEach(kVisit, [&](const Record& record) {
    if (std::optional<VisitUnderWay> visit = UnderWay(record)) visits.push_back(*visit);
  });
  return visits;
}

std::optional<VisitUnderWay> FindVisitUnderWay(ScopeState& family, const Id& visit) {
  const Record* record = family.Find(kVisit, visit);
  return record == nullptr ? std::nullopt : UnderWay(*record);
}

uint32_t VisitRecordType() { return kVisit; }

int64_t CheckOutDueMs(const VisitUnderWay& visit, const v1::Clock& written, int64_t received_ms,
                      uint32_t grace_minutes) {
  // Instants stand in the years 1 to 9999 and an offset is any number: no sum here overflows.
  auto within = [](int64_t ms) { return std::clamp(ms, -(INT64_C(1) << 60), INT64_C(1) << 60); };
  const int64_t end = within(visit.expected_end_ms), wall = within(written.wall_ms());
  const int64_t received = within(received_ms);
  const int64_t corrected = end - (written.has_offset_ms() ? within(written.offset_ms()) : 0);
  const int64_t latest = received + std::max<int64_t>(0, end - wall);
  return std::clamp(corrected, received, latest) + int64_t{grace_minutes} * kMinuteMs;
}

std::set<Id> WhomToTell(ScopeState& directory, ScopeState& family, const Id& worker,
                        int64_t now_ms) {
  std::set<Id> told;
  if (const Record* record = directory.Find(kStaffMember, worker)) {
    std::optional<v1::StaffMember> staff = InForceOf<v1::StaffMember>(*record);
    if (staff) told.insert(IdOrZero(staff->buddy()));
  }
  for (const AssignmentView& assignment : AssignmentsOf(family)) {
    bool supervises = assignment.relation == v1::Assignment::RELATION_SUPERVISOR;
    if (supervises && assignment.OpenAt(now_ms)) told.insert(assignment.user);
  }
  told.erase(Id{});
  told.erase(worker);
  return told;
}

}  // namespace doorstep
