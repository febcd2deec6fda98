// What writes: changesets that are pushed, history that is given back, marks of backups, the gate
// after a restore. Each call is one transaction and answers only when it is committed. One thread
// (writer.h in the server, the simulator's own otherwise); no clock, no randomness, no I/O but the
// store's.
//
// A row becomes one answer in this order: decoded strictly; the same uid again is told the present
// truth; its author is known, or it waits (RETRY); signed by that device's key, or BAD; under a uid
// of its own, or BAD; not newer than this server's schema, or it waits; of a scope that is known or
// that it may found; judged; appended, APPLIED or HELD. Every row is answered on its own: none
// waits for another, whatever that one was answered.
#ifndef DOORSTEP_SYNC_SERVER_INGEST_INGEST_H_
#define DOORSTEP_SYNC_SERVER_INGEST_INGEST_H_

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "doorstep/v1/sync.pb.h"
#include "model/authority.h"
#include "model/catalog.h"
#include "sync-server/access/find_index.h"
#include "sync-server/ingest/adopt.h"
#include "sync-server/store/store.h"

namespace doorstep::server {

class Batch;

struct PushItem {
  v1::PushRow row;
  Id bearer;                // device that hands it in; zeros: the operator, at the server itself
  int64_t received_ms = 0;  // server clock
};

struct BatchResult {
  std::vector<v1::RowAnswer> answers;  // one an item, in their order
  std::vector<Id> moved;               // scopes with new entries, ascending
};

class Ingest {
 public:
  // All arguments outlive it. `genesis_root` is pinned: only it can begin the directory. `index`
  // says what is found by which terms; null where nobody asks.
  Ingest(const Catalog& catalog, const PublicKey& genesis_root, Store& store,
         const FindIndex* index = nullptr);
  Ingest(const Ingest&) = delete;
  Ingest& operator=(const Ingest&) = delete;
  ~Ingest();

  // The state afterwards is the same however a sequence of items is cut into batches. On an error
  // nothing of the batch is stored and nobody may be answered.
  absl::StatusOr<BatchResult> ApplyBatch(std::span<const PushItem> items);

  // A step of Adopt (adopt.h). `own_log_key`: the key that the server signs with now.
  // INVALID_ARGUMENT and RESOURCE_EXHAUSTED for a message that is none; what is refused is an
  // outcome.
  absl::StatusOr<AdoptOutcome> Adopt(const v1::AdoptRequest& request, const PublicKey& own_log_key);

  // One chunk of a file, or the question which are here (chunks.h): E_FORMAT, E_INTEGRITY,
  // E_NOT_FOUND. `device` hands it in.
  absl::StatusOr<v1::PutChunkResponse> PutChunk(const v1::PutChunkRequest& request,
                                                const Id& device, int64_t now_ms);

  // access/restore_gate.h. The administrator of a Pull that says so (feed.h).
  absl::Status HearAdministrator(const Id& administrator);
  absl::Status CloseRestoreGate();
  absl::Status OpenRestoreGate();

  // As of the last committed transaction; good until the next call.
  absl::StatusOr<const Directory*> directory();

 private:
  class Step;
  enum class Outcome { kKeep, kDrop };
  // Runs `work` in one transaction, committed if it says kKeep, and keeps the directory true.
  absl::Status InTransaction(absl::FunctionRef<absl::StatusOr<Outcome>(Batch&)> work);
  absl::Status Refresh(const ReadView& view);

  const Catalog& catalog_;
  PublicKey genesis_root_;
  Store& store_;
  const FindIndex* index_;
  std::unique_ptr<Directory> directory_;  // null: to be folded anew, after a transaction was lost
};

// The limits and form of a PushRequest (design 8), whose rows are taken out of `packed` here:
// E_VERSION, E_LIMIT (more than 128 rows or 256 KiB of changesets), E_FORMAT, E_INTEGRITY. Before
// its rows are handed to a batch.
absl::Status CheckPush(v1::PushRequest& request);

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_INGEST_INGEST_H_
