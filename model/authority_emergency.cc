#include "model/authority_emergency.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "model/change_message.h"
#include "model/value.h"

namespace doorstep {
namespace {

constexpr uint32_t kAssignment = 34;
constexpr uint32_t kSetting = 110;
constexpr int64_t kHourMs = 3'600'000;
constexpr int64_t kEmergencyHours = 4;  // where nobody set it

// What a change that makes an Assignment says; nullopt for any other.
std::optional<v1::Assignment> NewAssignmentIn(const v1::RecordChange& change) {
  if (change.type() != kAssignment) return std::nullopt;
  v1::Assignment assignment = MessageOf<v1::Assignment>(change);
  if (!assignment.has_user()) return std::nullopt;  // an ending
  return assignment;
}

bool IsEmergency(const v1::Assignment& assignment) {
  return assignment.relation() == v1::Assignment::RELATION_BREAK_GLASS;
}

bool EndsWithin(const v1::Assignment& assignment, int64_t received_ms, int64_t longest_ms) {
  return assignment.has_until_at() && assignment.until_at() > received_ms &&
         assignment.until_at() <= received_ms + longest_ms;
}

}  // namespace

bool AsksForEmergency(const Changeset& changeset) {
  if (changeset.body.changes_size() != 1) return false;
  const std::optional<v1::Assignment> made = NewAssignmentIn(changeset.body.changes(0));
  return made && IsEmergency(*made) && made->user() == changeset.actor.view();
}

v1::HeldReason EmergencyGuard(const Directory& directory, uint64_t at, ScopeState& family,
                              const Changeset& changeset, int64_t received_ms) {
  const std::optional<FamilyView> view = FamilyOf(family);
  const std::optional<v1::Assignment> made = NewAssignmentIn(changeset.body.changes(0));
  if (!view || !made) return v1::HELD_REASON_UNFOUNDED;
  if (view->restricted || view->barred_staff.contains(changeset.actor)) {
    return v1::HELD_REASON_BARRED;
  }
  if (!directory.StaffActive(changeset.actor, at) || made->restricted() ||
      !directory.HasRole(changeset.actor, v1::ROLE_DUTY, at)) {
    return v1::HELD_REASON_NOT_ALLOWED;
  }
  if (made->note().empty() || !EndsWithin(*made, received_ms, kEmergencyMsMax)) {
    return v1::HELD_REASON_GUARD;
  }
  return v1::HELD_REASON_UNSPECIFIED;
}

v1::HeldReason LapseGuard(ScopeState& family, const v1::RecordChange& change, int64_t received_ms) {
  const std::optional<v1::Assignment> made = NewAssignmentIn(change);
  if (!made) return v1::HELD_REASON_UNSPECIFIED;
  if (IsEmergency(*made)) {
    const std::optional<FamilyView> view = FamilyOf(family);
    if (view && view->restricted) return v1::HELD_REASON_BARRED;
    return EndsWithin(*made, received_ms, kEmergencyMsMax) ? v1::HELD_REASON_UNSPECIFIED
                                                           : v1::HELD_REASON_GUARD;
  }
  const bool lapses = made->relation() == v1::Assignment::RELATION_RECORDS;
  return !lapses || EndsWithin(*made, received_ms, kRecordsPlaceMsMax) ? v1::HELD_REASON_UNSPECIFIED
                                                                       : v1::HELD_REASON_GUARD;
}

v1::RecordChange EmergencyAssignment(const Id& id, const Id& user, std::string_view note,
                                     int32_t today, int64_t until_ms) {
  v1::RecordChange change;
  change.set_type(kAssignment);
  change.set_id(id.str());
  const auto add = [&](uint32_t field, std::string value) {
    v1::FieldWrite& write = *change.add_writes();
    write.set_field(field);
    write.set_value(std::move(value));
  };
  add(v1::Assignment::kUserFieldNumber, EncodeId(1, user));
  add(v1::Assignment::kRelationFieldNumber, EncodeNumber(2, v1::Assignment::RELATION_BREAK_GLASS));
  add(v1::Assignment::kReasonFieldNumber, EncodeNumber(4, v1::Assignment::REASON_EMERGENCY));
  add(v1::Assignment::kFromOnFieldNumber, EncodeDate(5, today));
  add(v1::Assignment::kUntilAtFieldNumber, EncodeI64(6, until_ms));
  add(v1::Assignment::kStateFieldNumber, EncodeNumber(7, v1::Assignment::STATE_OPEN));
  add(v1::Assignment::kNoteFieldNumber, EncodeBytes(9, note));
  return change;
}

int64_t EmergencyMs(ScopeState& directory, int32_t today) {
  const RecordType& type = *Catalog::Get().Find(kSetting);
  int64_t hours = kEmergencyHours;
  std::optional<int32_t> from;
  directory.ForEach(kSetting, [&](const Record& record) {
    v1::Setting setting;
    if (!ParseInForce(record, type, setting)) return;
    const bool ours = setting.key() == v1::SETTING_KEY_EMERGENCY_HOURS && !setting.has_programme();
    if (!ours || setting.from_on() > today || (from && setting.from_on() < *from)) return;
    from = setting.from_on();
    hours = setting.value();
  });
  return std::clamp<int64_t>(hours, 1, kEmergencyMsMax / kHourMs) * kHourMs;
}

}  // namespace doorstep
