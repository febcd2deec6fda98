// Which scopes a device may read at this moment. model/authority answers; a derived table says only
// whom it is worth asking for: under each key the scopes that might be readable. A key is a staff
// id (an OPEN assignment, or the author of an unfounded scope's first entry) or a team id (whose
// supervisors read an unfounded scope), so that no change of the directory has to touch a family.
// The table is written in the same transaction as the entries it follows from.
#ifndef DOORSTEP_SYNC_SERVER_ACCESS_READERS_H_
#define DOORSTEP_SYNC_SERVER_ACCESS_READERS_H_

#include <cstdint>
#include <set>
#include <vector>

#include "absl/status/statusor.h"
#include "doorstep/v1/sync.pb.h"
#include "model/authority.h"
#include "sync-server/store/store.h"

namespace doorstep::server {

// Under which keys a scope stands. `scope` is neither the directory nor changed by this.
std::set<Id> ReaderKeysOf(const Id& tenant, ScopeState& scope);

// How a device of our CA stands in the directory at `at`. A person who is not ACTIVE ends all their
// devices.
v1::DeviceStatus StatusOf(const Directory& directory, uint64_t at, const Id& device);

// May this device be served the family, as `view` has it, at `now_ms`? False for the directory, for
// journals and for scopes that are not there.
absl::StatusOr<bool> MayRead(const ReadView& view, const Directory& directory, uint64_t at,
                             const Id& device, const Id& scope, int64_t now_ms, Ask ask);

// Every family that the device may be offered, ascending by id.
absl::StatusOr<std::vector<Id>> ReadableBy(const ReadView& view, const Directory& directory,
                                           uint64_t at, const Id& device, int64_t now_ms);

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_ACCESS_READERS_H_
