// A restored server takes back its own history from a device that still has it: entries are
// appended verbatim, with their numbers, metas and hashes, and nothing is judged again.
//
// A step is taken, whole, when all of this holds, else none of it:
//  * the head at its end is signed by a log key of this server, present or retired, and is of this
//    scope, this number and this tenant;
//  * its entries are dense, each is signed by its author's device, which the directory knows, and
//    they chain from an entry that is here to that head's hash;
//  * what it would write first comes right after this server's last entry. A step that overlaps
//  what
//    is here, byte for byte, is taken from there on; one that is here already is a repeat and is
//    answered as adopted;
//  * of a family: each entry names a place on this server's directory chain, and places never fall;
//  * the fold ends in the state digest that the head gives, if it gives one.
// archived_seq is left as it is: the backup that was restored is all that is known to be safe.
#ifndef DOORSTEP_SYNC_SERVER_INGEST_ADOPT_H_
#define DOORSTEP_SYNC_SERVER_INGEST_ADOPT_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "doorstep/v1/sync.pb.h"

namespace doorstep::server {

class Batch;

enum class AdoptAlarm : uint8_t {
  kNone,
  kAdopted,      // this server had lost entries that a device gave back
  kForeignHead,  // a head of this server's own signature is not on its chain
  kForged,       // a step whose bytes do not verify
};

struct AdoptOutcome {
  v1::AdoptResponse response;
  AdoptAlarm alarm = AdoptAlarm::kNone;
  uint64_t appended = 0;  // entries
};

// Checks and appends one step in `batch`; the caller commits when entries were appended and drops
// the batch otherwise.
absl::StatusOr<AdoptOutcome> AdoptStep(Batch& batch, const v1::AdoptRequest& request,
                                       const PublicKey& own_log_key);

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_INGEST_ADOPT_H_
