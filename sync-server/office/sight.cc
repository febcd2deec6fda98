#include "sync-server/office/sight.h"

#include <vector>

#include "sync-server/office/find_terms.h"

namespace doorstep::server {
namespace {

using Who = v1::RecordRule;

constexpr uint32_t kFamily = 1;

// An open place of the caller's that reaches into a restricted family: an emergency does not.
bool IsAssigned(const Asking& asking, ScopeState& family) {
  for (const AssignmentView& place : AssignmentsOf(family)) {
    if (place.user == asking.caller.user && place.OpenAt(asking.now_ms) &&
        place.relation != v1::Assignment::RELATION_BREAK_GLASS &&
        RoleFits(asking.directory, asking.at, place)) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::optional<OfficeCaller> CallerOf(const Directory& directory, uint64_t at, const Id& device) {
  const std::optional<DeviceView> known = directory.FindDevice(device, at);
  if (!known || !known->counts || !directory.StaffActive(known->user, at)) return std::nullopt;
  OfficeCaller caller;
  caller.device = device;
  caller.user = known->user;
  caller.roles = LettersInDirectory(directory, at, device, known->user) & ~LetterBit(Who::ANY);
  for (const RoleView& role : directory.CountingRoles(known->user, at)) {
    if (role.role == v1::ROLE_SUPERVISOR) caller.teams.insert(role.team);
  }
  if (caller.roles == 0) return std::nullopt;
  return caller;
}

std::optional<Sight> SightOf(const Asking& asking, ScopeState& family) {
  const std::optional<FamilyView> view = FamilyOf(family);
  if (!view || view->barred_staff.contains(asking.caller.user)) return std::nullopt;
  Sight sight;
  sight.team = view->team;
  sight.restricted = view->restricted;
  sight.place = LettersIn(asking.directory, asking.at, family, asking.caller.user, asking.now_ms);
  sight.supervises = asking.caller.teams.contains(view->team);
  if (view->restricted && !IsAssigned(asking, family)) return std::nullopt;
  return sight;
}

Letters ReadersIn(const Sight& sight) {
  const Letters by_place =
      LetterBit(Who::P) | LetterBit(Who::U) | LetterBit(Who::R) | LetterBit(Who::S);
  return (sight.place & by_place) | (sight.supervises ? LetterBit(Who::S) : 0);
}

absl::StatusOr<std::set<Id>> FamiliesNear(const Asking& asking) {
  std::set<Id> families;
  absl::Status read = asking.view.ForEachScopeOf(asking.caller.user,
                                                 [&](const Id& scope) { families.insert(scope); });
  if (!read.ok()) return read;
  for (const Id& team : asking.caller.teams) {
    read = asking.view.ForEachFound(TeamTerm(team), [&](const Id& scope, uint32_t type, const Id&) {
      if (type == kFamily) families.insert(scope);
    });
    if (!read.ok()) return read;
  }
  return families;
}

std::vector<Id> HoldersOf(const Asking& asking, ScopeState& family,
                          v1::Assignment::Relation relation) {
  std::vector<Id> holders;
  for (const AssignmentView& place : AssignmentsOf(family)) {
    if (place.relation == relation && place.OpenAt(asking.now_ms) &&
        RoleFits(asking.directory, asking.at, place)) {
      holders.push_back(place.user);
    }
  }
  return holders;
}

}  // namespace doorstep::server
