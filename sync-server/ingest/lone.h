// Visits that somebody has to check out of: a derived table, written in the transaction of the
// entries it follows from, so that a server that starts anew knows whom it waits for.
#ifndef DOORSTEP_SYNC_SERVER_INGEST_LONE_H_
#define DOORSTEP_SYNC_SERVER_INGEST_LONE_H_

#include <set>

#include "absl/status/status.h"
#include "model/state.h"
#include "sync-server/store/store.h"

namespace doorstep::server {

// Brings the rows of these visits in line with `family`, the state that this transaction writes.
// Begun: due after the grace period in force now. Ended untold: the row goes. Ended after it was
// told: due_ms becomes 0, so that the same people hear that it is over. Told once, a visit stays
// told, whatever its expected end becomes.
absl::Status NoteVisits(Transaction& transaction, ScopeState& family, const std::set<Id>& visits);

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_INGEST_LONE_H_
