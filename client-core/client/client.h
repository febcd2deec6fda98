// The core of one device as a C++ object: its keys, its encrypted store, the directory, and what a
// person does with them. It opens locked. Locked, it holds no key and answers UNAUTHENTICATED
// (E_LOCKED); what was committed and drafted is on disk.
//
// Thread: every function may be called from any thread; calls are served one at a time. Sync, Enrol
// and Call wait for a network and belong on a thread that may wait; they hold nobody up while they
// do, and Cancel ends them. Listeners run inside the call that caused the change and must not call
// back.
//
// Time, randomness, disk folder, network and key store are lent (Host) and outlive the client.
#ifndef DOORSTEP_CLIENT_CORE_CLIENT_CLIENT_H_
#define DOORSTEP_CLIENT_CORE_CLIENT_CLIENT_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client-core/client/watch.h"
#include "client-core/sync/session.h"
#include "client-core/sync/transport.h"
#include "crypto/argon_cost.h"
#include "crypto/primitives.h"
#include "doorstep/v1/client.pb.h"
#include "model/catalog.h"
#include "model/record_id.h"

namespace doorstep::client {

// Where the device secret lives: the platform's key store, or a file that the caller makes one of.
enum class KeyStoreStatus : uint8_t {
  kOk,
  kNotFound,  // certainly absent: the one answer after which a key may be made
  kLocked,    // ask again when the person has unlocked the device
  kAuthCancelled,
  kInvalidated,  // destroyed by the platform
  kOther,        // stop; keep everything; make nothing
};
class KeyStore {
 public:
  virtual ~KeyStore() = default;
  virtual KeyStoreStatus Get(const std::string& name, Secret& secret) = 0;
  virtual KeyStoreStatus Put(const std::string& name, const Secret& secret) = 0;
  virtual KeyStoreStatus Delete(const std::string& name) = 0;
  // A file beside the vault: a PIN must then be a passphrase, and the status says so.
  virtual bool IsFile() const = 0;
};

class Clock {
 public:
  virtual ~Clock() = default;
  virtual int64_t NowMs() = 0;        // UTC; shown and recorded, orders nothing
  virtual int64_t MonotonicMs() = 0;  // never goes back; measures waits
};

struct Host {
  const Catalog& catalog;
  Clock& clock;
  Random& random;
  KeyStore& key_store;
  Verifier& verifier;
  Network* network = nullptr;  // null: the simulator moves the messages itself
};

// Whether reading leaves AccessEvents. Off only where nobody reads: a simulator that compares
// screens, a bench that measures without it.
enum class Looks : uint8_t { kRecorded, kNotRecorded };

struct Options {
  std::string folder;  // absolute; empty: everything lives in memory and ends with the client
  std::string image;   // in memory: what Image() gave
  v1::ClientOptions client;
  ArgonBounds argon_bounds;
  Looks looks = Looks::kRecorded;
};

class Client {
 public:
  // Makes the folder's files only with the first PIN. Fails as VaultFile and Store do; a failure
  // creates and deletes nothing.
  static absl::StatusOr<std::unique_ptr<Client>> Open(const Options& options, const Host& host);
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client();

  // ---- Life ------------------------------------------------------------------------------------

  // Life NEW: makes the device's keys, vault and store (old_pin empty) and unlocks. Else changes
  // the PIN, atomically.
  absl::Status SetPin(std::string_view old_pin, std::string_view new_pin);
  absl::Status Unlock(std::string_view pin);
  void Lock();
  bool locked() const;
  v1::Status GetStatus();
  Id tenant() const;  // zeros until it has joined, as are the next two
  Id device() const;
  Id user() const;

  // ---- Joining ---------------------------------------------------------------------------------

  // A first device: its keys for the ceremony, and what the ceremony gives back.
  absl::StatusOr<v1::FirstRequest> MakeRequestFile(std::string_view kind);
  absl::Status TakeGenesis(const v1::GenesisBundle& bundle, std::string_view server_address);
  // By invitation: asks, or polls an earlier ask of the same code. OK: the answer was taken and the
  // device is ENROLLING; UNAVAILABLE (E_BUSY): nobody has confirmed it yet.
  absl::Status EnrolByCode(std::string_view code);
  // The same without a network: the messages themselves.
  absl::StatusOr<v1::EnrolRequest> MakeEnrolRequest(std::string_view code);
  absl::Status TakeEnrolAnswer(std::string_view code, const v1::EnrolAnswer& answer);
  // A certificate for the device's TLS key, asked for when there is none or it runs out within 30
  // days.
  absl::Status RenewCertificate();

  // ---- Records ---------------------------------------------------------------------------------

  absl::StatusOr<Id> NewId();
  absl::StatusOr<v1::Findings> Check(const v1::Edits& edits);
  absl::StatusOr<v1::Committed> Commit(const v1::Edits& edits);
  absl::StatusOr<v1::RecordView> Get(uint32_t type, const Id& id);
  // A file beside a record (attachment.h): the record is committed with it, in one transaction.
  absl::StatusOr<v1::Committed> PutFile(const v1::NewFile& what, std::string_view bytes);
  // Its plain bytes, piece by piece; they count only when it returns OK. `write` must not call
  // back.
  absl::Status ReadFile(const Id& record, absl::FunctionRef<absl::Status(std::string_view)> write);
  absl::Status PutDraft(const Id& id, std::string_view draft);
  absl::StatusOr<std::string> GetDraft(const Id& id);
  // All answers at once, at most the query's limit.
  absl::StatusOr<std::vector<v1::Answer>> Ask(const v1::Query& query);
  absl::StatusOr<std::vector<v1::Answer>> Search(const v1::SearchRequest& search);
  absl::StatusOr<v1::Attention> ListAttention();
  absl::StatusOr<v1::Committed> Resolve(const Id& item, const v1::Edits& edits);
  uint64_t Watch(ChangedFn changed);
  void Unwatch(uint64_t watch);

  // ---- The office ------------------------------------------------------------------------------

  // One contact over the host's network. The report is whole also when the status is not OK.
  // `progress`, if any, is told of each step, on this thread; it must not call back.
  using ProgressFn = std::function<void(const v1::SyncProgress&)>;
  absl::Status Sync(v1::SyncReport& report, const ProgressFn& progress = {});
  absl::StatusOr<v1::Reply> Call(const v1::Request& request);
  // Any thread, returns at once: Sync, Enrol or Call under way ends with CANCELLED.
  void Cancel();

  // One contact moved by the caller, step by step (the simulator). The session belongs to the
  // caller and must not be used after Lock; FinishContact takes note of how it ended. One at a
  // time.
  absl::StatusOr<std::unique_ptr<Session>> BeginContact(int64_t now_ms);
  void FinishContact(Session& session, int64_t now_ms);

  // For the simulator and tests: the store, while unlocked and joined; all that a client in memory
  // keeps, to be opened again (Options.image), whatever has happened since.
  Store& store();
  absl::StatusOr<std::string> Image();

 private:
  class Core;
  explicit Client(std::unique_ptr<Core> core);
  absl::StatusOr<v1::Reply> CallAdministrator(const v1::Request& request);
  std::unique_ptr<Core> core_;
};

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_CLIENT_CLIENT_H_
