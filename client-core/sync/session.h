// One contact of a device with the server, as a state machine without I/O: messages and the time go
// in, requests come out. What it decides it writes into the store at once, each step in one
// transaction, so that a contact may break off anywhere and the next goes on from there.
//
//   pull       cursors out, frames in: directory first, each page one transaction
//   settle     where histories parted: hashes out, the common number in; then give the server its
//              own entries back (Adopt) or carry ours into the outbox
//   share      what readers are owed goes into the outbox
//   push       rows of each scope whose pull has reached its end or been refused; then pull again
//   deliver    what is sealed to the server, of families that this device no longer holds
//   files      chunks of files beside records, one at a time, up and then down, so many bytes a
//              contact; records wait for none of them
//
// One request is outstanding at a time. An answer counts only as the answer to it: one to an older
// request, or of another contact, is dropped. When nothing is new a contact is one round trip.
#ifndef DOORSTEP_CLIENT_CORE_SYNC_SESSION_H_
#define DOORSTEP_CLIENT_CORE_SYNC_SESSION_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client-core/store/store.h"
#include "client-core/sync/page_check.h"
#include "crypto/primitives.h"
#include "doorstep/v1/client.pb.h"
#include "doorstep/v1/enrol.pb.h"
#include "doorstep/v1/sync.pb.h"
#include "model/authority.h"

namespace doorstep::client {

// What a contact asks of the device beyond its store: whatever has to be authored or sealed. Called
// inside a contact, on its thread.
class Household {
 public:
  virtual ~Household() = default;
  // Commits a Share for every restricted changeset of this family that a reader is owed and this
  // device can open. Nothing owed: nothing happens.
  virtual absl::Status ShareWhatIsOwed(const Id& family, int64_t now_ms) = 0;
  // Destroys a family that this person has lost: what is still owed to the server stays, sealed to
  // its ingest key, with the `endings`; a PurgeReceipt goes into the journal. `assignments`: those
  // whose ending is acted on, never to be taken up again.
  virtual absl::Status Purge(const Id& family, const std::vector<Changeset>& endings,
                             const std::set<Id>& assignments, int64_t now_ms) = 0;
  // A page was taken, a row answered or gone, a scope stopped, hidden or found again: screens look
  // again. The directory's id is the tenant id.
  virtual void Changed(const Id& scope) = 0;
};

struct Request {
  uint64_t call = 0;  // names the answer
  std::variant<v1::PullRequest, v1::PushRequest, v1::AdoptRequest, v1::DeliverRequest,
               v1::PutChunkRequest, v1::GetChunkRequest>
      body;
};

enum class Stage : uint8_t {
  kIdle,
  kPulling,
  kSettling,
  kPushing,
  kDelivering,
  kSendingFiles,
  kFetchingFiles,
  kDone
};
std::string_view StageName(Stage stage);

class Session {
 public:
  // All must outlive the session, or Abandon be called before they end.
  struct Parts {
    Store& store;
    Verifier& verifier;
    Household& household;
    Random& random;
    Id user;
  };
  explicit Session(const Parts& parts);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session();

  void Start(int64_t now_ms);
  // The next thing to send, once; nullopt while an answer is awaited and when done.
  std::optional<Request> TakeRequest();

  void OnPullFrame(uint64_t call, const v1::PullFrame& frame, int64_t now_ms);
  void OnPullEnd(uint64_t call, const absl::Status& status, int64_t now_ms);
  void OnPush(uint64_t call, const absl::StatusOr<v1::PushResponse>& response, int64_t now_ms);
  void OnAdopt(uint64_t call, const absl::StatusOr<v1::AdoptResponse>& response, int64_t now_ms);
  void OnDeliver(uint64_t call, const absl::StatusOr<v1::DeliverResponse>& response,
                 int64_t now_ms);
  void OnPutChunk(uint64_t call, const absl::StatusOr<v1::PutChunkResponse>& response,
                  int64_t now_ms);
  void OnGetChunk(uint64_t call, const absl::StatusOr<v1::GetChunkResponse>& response,
                  int64_t now_ms);

  // Ends it here: every reference is let go, later answers are dropped. Done with CANCELLED.
  void Abandon(const absl::Status& why);

  bool done() const;
  Stage stage() const;
  // How far the stage has come: entries received, rows answered, chunks moved. `of` 0: not known.
  v1::SyncProgress progress() const;
  // Once done: OK, or why the contact ended early. What was finished before is kept either way.
  const absl::Status& status() const;
  const v1::SyncReport& report() const;
  // Once done: how long to wait before the next contact that nobody asks for.
  int64_t retry_after_ms() const;

 private:
  class Machine;
  std::unique_ptr<Machine> machine_;
};

// random(0, min(5 min, 1 s x 2^failures)).
int64_t RetryDelayMs(uint32_t failures, Random& random);

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_SYNC_SESSION_H_
