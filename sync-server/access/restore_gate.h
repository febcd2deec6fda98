// After a restore families wait until the administrators have been heard: an ending, a revocation
// or a wipe made since the backup lies on their devices, and must come back before anybody is
// served by rights that are gone. Pushes and adopts are taken meanwhile, the directory is served,
// and every cursor is compared with the chain.
//
// An administrator has been heard when a pull by one of their counting devices, begun after the
// restore, came to its end, listed the end of the directory log it stores, found it on this
// server's chain, and said that no carried row of the directory waits in its outbox (sync.proto,
// PullRequest.directory_rows). So a device that had to carry its own revocations is not heard
// before it has handed them in. When all administrators that count now have been heard the gate
// opens, for good; an operator may open it sooner.
#ifndef DOORSTEP_SYNC_SERVER_ACCESS_RESTORE_GATE_H_
#define DOORSTEP_SYNC_SERVER_ACCESS_RESTORE_GATE_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "model/authority.h"
#include "sync-server/store/store.h"

namespace doorstep::server {

enum class Gate : uint8_t { kOpen, kWaiting };

absl::StatusOr<Gate> GateOf(const ReadView& view);
// What `doorstepd restore` writes into the store it put back. Nobody has been heard then.
absl::Status CloseGate(Transaction& transaction);
// The operator's word.
absl::Status OpenGate(Transaction& transaction);
// Notes that this person has been heard; opens the gate with the last of them. Without effect when
// the gate is open.
absl::Status Hear(Transaction& transaction, const Directory& directory, const Id& administrator);

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_ACCESS_RESTORE_GATE_H_
