// Which of a scope's stored entries a server that has lost them can be given back, and in which
// steps. A step ends at a head that the server itself once signed, because that signature is all
// that makes the entries its own.
#ifndef DOORSTEP_CLIENT_CORE_SYNC_ADOPT_PLAN_H_
#define DOORSTEP_CLIENT_CORE_SYNC_ADOPT_PLAN_H_

#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client-core/store/store.h"
#include "doorstep/v1/sync.pb.h"

namespace doorstep::client {

// Whether every entry above `common` names a directory place on this device's directory chain. Of a
// family only: where one does not, the family is carried.
absl::StatusOr<bool> StandsOnDirectory(Store& store, const Id& family, uint64_t common);

// The next step from `from` (the first entry that the server lacks): as many entries as fit, ending
// at a stored head. nullopt when there is no such step: the rest is carried.
absl::StatusOr<std::optional<v1::AdoptRequest>> NextAdoptStep(Store& store, const Id& scope,
                                                              uint64_t from);

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_SYNC_ADOPT_PLAN_H_
