#include "sync-server/access/readers.h"

#include <optional>

namespace doorstep::server {

std::set<Id> ReaderKeysOf(const Id& tenant, ScopeState& scope) {
  std::set<Id> keys;
  for (const AssignmentView& assignment : AssignmentsOf(scope)) {
    if (assignment.open) keys.insert(assignment.user);
  }
  if (const HeldWork* first = FirstEntryOf(tenant, scope)) {
    keys.insert(first->changeset.actor);
    keys.insert(FamilyFoundedBy(first->changeset)->team);
  }
  return keys;
}

v1::DeviceStatus StatusOf(const Directory& directory, uint64_t at, const Id& device) {
  std::optional<DeviceView> view = directory.FindDevice(device, at);
  if (!view) return v1::DEVICE_UNKNOWN;
  if (!view->active || !directory.StaffActive(view->user, at)) {
    return v1::DEVICE_ENDED;
  }
  return view->counts ? v1::DEVICE_ACTIVE : v1::DEVICE_WAITING;
}

namespace {

// The keys under which this device's scopes stand.
std::set<Id> KeysOf(const Directory& directory, uint64_t at, const DeviceView& reader) {
  std::set<Id> keys = {reader.user};
  for (const RoleView& role : directory.CountingRoles(reader.user, at)) keys.insert(role.team);
  return keys;
}

absl::StatusOr<bool> StandsUnderAny(const ReadView& view, const Id& scope,
                                    const std::set<Id>& keys) {
  for (const Id& key : keys) {
    absl::StatusOr<bool> stands = view.StandsUnder(scope, key);
    if (!stands.ok() || *stands) return stands;
  }
  return false;
}

}  // namespace

absl::StatusOr<bool> MayRead(const ReadView& view, const Directory& directory, uint64_t at,
                             const Id& device, const Id& scope, int64_t now_ms, Ask ask) {
  std::optional<DeviceView> reader = directory.FindDevice(device, at);
  if (!reader || !reader->counts || scope == view.tenant()) return false;
  // A scope without any place for this person costs the same few questions whether it exists or
  // not.
  absl::StatusOr<bool> stands = StandsUnderAny(view, scope, KeysOf(directory, at, *reader));
  if (!stands.ok() || !*stands) return stands;
  // A journal holds no family and no first entry of its formula, so this is false for one.
  ScopeState state(scope, &view);
  const bool may = doorstep::MayRead(directory, at, state, device, now_ms, ask);
  if (!state.status().ok()) return state.status();
  return may;
}

absl::StatusOr<std::vector<Id>> ReadableBy(const ReadView& view, const Directory& directory,
                                           uint64_t at, const Id& device, int64_t now_ms) {
  std::optional<DeviceView> reader = directory.FindDevice(device, at);
  if (!reader || !reader->counts) return std::vector<Id>();
  std::set<Id> candidates;
  for (const Id& key : KeysOf(directory, at, *reader)) {
    absl::Status found =
        view.ForEachScopeOf(key, [&](const Id& scope) { candidates.insert(scope); });
    if (!found.ok()) return found;
  }
  std::vector<Id> readable;
  for (const Id& scope : candidates) {
    absl::StatusOr<bool> may = MayRead(view, directory, at, device, scope, now_ms, Ask::kOffered);
    if (!may.ok()) return may.status();
    if (*may) readable.push_back(scope);
  }
  return readable;
}

}  // namespace doorstep::server
