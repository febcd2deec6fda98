// Everything a device keeps, behind one door: the tables of this folder over one Database, and the
// few changes that touch several of them, each one transaction, whole or not at all.
//
// Owned by the Client; one thread at a time. Pointers from the tables stay good until the next
// change. After a failed transaction memory agrees with the file again.
#ifndef DOORSTEP_CLIENT_CORE_STORE_STORE_H_
#define DOORSTEP_CLIENT_CORE_STORE_STORE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client-core/store/attachments.h"
#include "client-core/store/database.h"
#include "client-core/store/drafts.h"
#include "client-core/store/field_index.h"
#include "client-core/store/log.h"
#include "client-core/store/meta.h"
#include "client-core/store/outbox.h"
#include "client-core/store/overlay.h"
#include "client-core/store/query.h"
#include "client-core/store/search.h"
#include "client-core/store/state.h"
#include "model/authority.h"
#include "model/catalog.h"

namespace doorstep::client {

struct StoreIdentity {
  Id tenant;
  Id device;
  PublicKey genesis_root{};
};

// Seals what a lost family still owes to the server, so that this device cannot read it any more.
// An empty answer leaves a changeset readable: where a sealed copy could not be delivered.
using Sealer = absl::FunctionRef<absl::StatusOr<std::string>(const v1::SignedChangeset&)>;

class Store {
 public:
  // `key`: Database::kKeyBytes raw bytes. `catalog` outlives the store. `judge`: empty for
  // model/judge with this store's directory.
  static absl::StatusOr<std::unique_ptr<Store>> Create(const std::string& folder, const Secret& key,
                                                       const StoreIdentity& identity,
                                                       const Catalog& catalog,
                                                       LocalJudge judge = {});
  // Errors of Database::Open; E_KEY too for the file of another device than `identity` says.
  static absl::StatusOr<std::unique_ptr<Store>> Open(const std::string& folder, const Secret& key,
                                                     const StoreIdentity& identity,
                                                     const Catalog& catalog, LocalJudge judge = {});
  static absl::StatusOr<std::unique_ptr<Store>> CreateInMemory(const StoreIdentity& identity,
                                                               const Catalog& catalog,
                                                               LocalJudge judge = {});
  static absl::StatusOr<std::unique_ptr<Store>> OpenImage(std::string_view image,
                                                          const Catalog& catalog,
                                                          LocalJudge judge = {});
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  ~Store();

  const StoreIdentity& identity() const { return identity_; }
  const Catalog& catalog() const { return catalog_; }
  // As of the stored directory log.
  const Directory& directory() const { return *directory_; }
  // A second one, from the stored log: for trying a page on.
  absl::StatusOr<Directory> ReplayDirectory() const;

  Database& database() { return *database_; }
  Meta& meta() { return meta_; }
  Log& log() { return log_; }
  State& state() { return state_; }
  Outbox& outbox() { return outbox_; }
  Overlay& overlay() { return overlay_; }
  Drafts& drafts() { return drafts_; }
  Query& query() { return query_; }
  Search& search() { return search_; }
  Attachments& attachments() { return attachments_; }

  // Runs `change` in one transaction: committed if it returns OK, else rolled back. The methods
  // below may be called inside, and `change` then returns what they failed with; called outside,
  // each is a transaction of its own.
  absl::Status InTransaction(absl::FunctionRef<absl::Status()> change);

  // An own changeset: its outbox row, the indexes of what the person now sees, and the end of its
  // draft (empty: none). `expected`: what Overlay::Expect said of it.
  absl::Status Commit(const Changeset& changeset, const Judgement& expected,
                      std::string_view ends_draft, int64_t now_ms);

  // The next entries of a scope, checked by the page check, with the signed head of the last and
  // the state they make: entries, state, outbox rows that appeared, cursor and head. Of the
  // directory, directory() moves with it. `folded` is state().Of(scope) with the entries folded on.
  absl::Status PutPage(const Id& scope, std::span<const Entry> entries, const SignedHead& head,
                       ScopeState& folded, int64_t now_ms);
  // A head without entries, of the present end: raises the archived mark.
  absl::Status PutBareHead(const SignedHead& head);

  // The server's history parted from ours above `common`: our entries above it become carried rows,
  // the log ends at `common` and is folded again; what the server had said of the scope's rows is
  // forgotten.
  absl::Status CarryAbove(const Id& scope, uint64_t common, int64_t now_ms);

  // Folds the stored log of a scope again. Returns the digest that came out.
  absl::StatusOr<Hash32> Refold(const Id& scope, int64_t now_ms);

  // Destroys what is here of a scope: log, state, indexes, drafts, files; overwritten, and cut from
  // the write-ahead log. Kept: own files that the office does not have whole; in the outbox, until
  // archived, undelivered rows and the entries above archived_seq, anyone's, sealed by `seal`. The
  // caller has written what it owes before. Inside InTransaction the log of the file is the
  // caller's to cut afterwards (CheckpointTruncate).
  enum class Archive : uint8_t {
    kKept,  // the server archives
    kNone,  // it does not: of the entries only this device's own are kept
  };
  struct Kept {
    std::vector<Id> uids;  // in outbox order
  };
  absl::StatusOr<Kept> Purge(const Id& scope, Archive archive, Sealer seal, int64_t now_ms);

  // Lets go of a family that may still be read: the caller has found nothing in it above its
  // archived mark. Nothing of it may be in the outbox, nor own files on their way (E_STATE).
  absl::Status Evict(const Id& scope);

  // Takes a row out after ACCEPTED with `archived`, for a scope of which the server serves nothing.
  absl::Status RemoveDelivered(const Id& scope, const Id& uid, int64_t now_ms);
  // Writes down what the server said of a row. One that turns unsendable has no effect any more.
  absl::Status SaveAnswer(const OutboxRow& row, int64_t now_ms);

  absl::StatusOr<std::string> Image() { return database_->Image(); }

 private:
  using Keys = std::set<std::pair<uint32_t, Id>>;  // records: type, id
  Store(std::unique_ptr<Database> database, const StoreIdentity& identity, const Catalog& catalog,
        LocalJudge judge);
  static absl::StatusOr<std::unique_ptr<Store>> Begin(std::unique_ptr<Database> database,
                                                      const StoreIdentity& identity,
                                                      const Catalog& catalog, LocalJudge judge);
  // Memory as the file says: at the start, and after a rollback.
  absl::Status Load();
  absl::Status Join(absl::FunctionRef<absl::Status()> change);

  // Indexes of records as they are seen in `seen`.
  absl::Status IndexRecord(ScopeState& seen, uint32_t type, const Id& id);
  absl::Status Index(ScopeState& seen, const Keys& keys);
  // Records that the outbox may change in a scope as it is seen now.
  absl::StatusOr<Keys> Touched(const Id& scope, int64_t now_ms);
  // After a change beneath the overlay: of `keys` and of what the outbox touches now.
  absl::Status IndexAfter(const Id& scope, Keys keys, int64_t now_ms);
  // Every record, made first, first.
  absl::Status IndexWhole(const Id& scope, int64_t now_ms);
  absl::Status IndexAnew();
  absl::Status DropIndexes(const Id& scope);

  absl::Status WriteEntries(const Id& scope, std::span<const Entry> entries,
                            const SignedHead& head);
  absl::Status WriteFolded(const Id& scope, std::span<const Entry> entries, ScopeState& folded,
                           int64_t now_ms);
  absl::Status MoveDirectory(absl::FunctionRef<absl::Status()> move, int64_t now_ms);
  absl::Status Cut(const Id& scope, uint64_t common, int64_t now_ms);
  absl::Status KeepOwed(const Id& scope, Archive archive, Sealer seal, int64_t now_ms);
  absl::Status DropScope(const Id& scope);

  std::unique_ptr<Database> database_;
  StoreIdentity identity_;
  const Catalog& catalog_;
  std::unique_ptr<Directory> directory_;
  bool directory_moved_ = false;  // in the transaction that is open
  Meta meta_;
  Log log_;
  State state_;
  Outbox outbox_;
  Overlay overlay_;
  Drafts drafts_;
  FieldIndex field_index_;
  Search search_;
  Attachments attachments_;
  Query query_;
};

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_STORE_STORE_H_
