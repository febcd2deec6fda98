// What ingest and feed ask of a database. Two parts: a ReadView, which sees one moment, and a
// Transaction, which also writes. Every implementation passes tests/conformance/store_suite.cc.
//
// Always true
//  * The entries of a scope are 1 .. n without a gap; n is its row's seq. Number n + 1 is written
//    only after n was committed or in the same transaction, so that whoever reads sees a prefix.
//  * Entries are never changed or taken away. archived_seq never falls.
//  * What one transaction writes is there whole once Commit() said OK, whatever happens to the
//    machine afterwards; without that OK none of it is.
//  * A uid is in one log at most, once.
//  * Nothing here judges, decodes rights or looks at a clock.
//
// Every table leads with tenant and scope, so that a cluster can be sharded by scope. An
// implementation serves one tenant; the column keeps a file from being taken for another's.
//
// Errors: UNAVAILABLE (E_IO, E_BUSY), RESOURCE_EXHAUSTED (E_DISK, E_NOMEM), DATA_LOSS
// (E_INTEGRITY). After one of them the transaction is only good for being destroyed.
#ifndef DOORSTEP_SYNC_SERVER_STORE_STORE_H_
#define DOORSTEP_SYNC_SERVER_STORE_STORE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "model/log.h"
#include "model/record_id.h"
#include "model/state.h"

namespace doorstep::server {

// DATA_LOSS (E_INTEGRITY): what is stored contradicts itself. `what` names no value.
absl::Status DamagedStore(std::string_view what);

struct ScopeRow {
  uint64_t seq = 0;  // of the last entry; 0: the scope is not known here
  Hash32 hash{};     // of that entry; at 0 of the empty log
  Hash32 state_digest{};
  uint64_t archived_seq = 0;   // entries up to here survive the loss of this store
  uint64_t directory_seq = 0;  // place in the directory that the last entry names
};

struct UidRow {
  Id scope;
  uint64_t seq = 0;
  Hash32 changeset_hash{};  // tells a repeat from other bytes under the same uid
};

// That the office told somebody about a family: kept by the server beside what their device
// records of itself.
enum class OfficeAct : uint8_t { kFound = 1, kListed = 2, kShown = 3, kCompared = 4, kAsked = 5 };
struct OfficeRead {
  Id family;
  Id device;
  Id user;
  int64_t at_ms = 0;  // server clock
  OfficeAct act = OfficeAct::kFound;
};

// A file beside a record, as far as its chunks have come.
struct FileRow {
  uint64_t length = 0;
  std::string hashes;  // of each chunk, 32 bytes
  std::string here;    // a bit a chunk, lowest first
};

// A visit that somebody has to check out of, or of which a missing check-out has been told.
struct LoneRow {
  Id scope;
  Id visit;
  Id worker;
  int64_t due_ms = 0;   // server clock
  int64_t told_ms = 0;  // 0: not told
};

// An entry as it is stored: bytes that were received, unchanged.
struct LogRow {
  uint64_t seq = 0;
  std::string changeset;
  Signature signature{};
  std::string meta;
  Hash32 hash{};
};
// DATA_LOSS when the stored bytes are no entry.
absl::StatusOr<Entry> ToEntry(const LogRow& row);

// One moment of the store: sees what was committed when it was made and nothing later (a
// Transaction also its own writes). One thread at a time; give it back soon, since it holds old
// pages in place.
class ReadView : public StateSource {
 public:
  virtual const Id& tenant() const = 0;

  virtual absl::StatusOr<ScopeRow> FindScope(const Id& scope) const = 0;
  // Those with an entry, ascending by id.
  virtual absl::Status ForEachScope(
      absl::FunctionRef<void(const Id& scope, const ScopeRow& row)> visit) const = 0;

  // Of entry `seq`, the empty log's at 0; nullopt above the end.
  virtual absl::StatusOr<std::optional<Hash32>> HashAt(const Id& scope, uint64_t seq) const = 0;
  // Entries above `after`, ascending, until `visit` answers kStop.
  enum class Visit { kGoOn, kStop };
  virtual absl::Status ReadLog(const Id& scope, uint64_t after,
                               absl::FunctionRef<Visit(LogRow row)> visit) const = 0;
  virtual absl::StatusOr<std::optional<UidRow>> FindUid(const Id& uid) const = 0;

  // Scopes that stand under a key of the derived table of readers (access/readers.h), ascending.
  virtual absl::Status ForEachScopeOf(const Id& reader_key,
                                      absl::FunctionRef<void(const Id& scope)> visit) const = 0;

  virtual absl::StatusOr<bool> StandsUnder(const Id& scope, const Id& reader_key) const = 0;

  // The blind index for finding: records that stand under a term (PutFindTerms), ascending. A term
  // is kept as PRF of itself under a key of the store's own, so that the table says nothing.
  virtual absl::Status ForEachFound(
      std::string_view term,
      absl::FunctionRef<void(const Id& scope, uint32_t type, const Id& record)> visit) const = 0;

  // What the office told about a family, oldest first.
  virtual absl::Status ForEachOfficeRead(
      const Id& family, absl::FunctionRef<void(const OfficeRead& read)> visit) const = 0;
  // nullopt: no chunk of it has come. A content id names a file in one scope.
  virtual absl::StatusOr<std::optional<FileRow>> FindFile(const Id& scope,
                                                          std::string_view content) const = 0;
  virtual absl::StatusOr<std::optional<std::string>> FindChunk(const Id& scope,
                                                               std::string_view content,
                                                               uint32_t number) const = 0;

  virtual absl::StatusOr<std::optional<LoneRow>> FindLone(const Id& scope,
                                                          const Id& visit) const = 0;
  // Those due at `now_ms` or before and not told, the longest due first.
  virtual absl::Status ForEachLoneDue(int64_t now_ms,
                                      absl::FunctionRef<void(const LoneRow&)> visit) const = 0;
  // Those told, of visits that have ended since (due_ms 0).
  virtual absl::Status ForEachLoneEnded(absl::FunctionRef<void(const LoneRow&)> visit) const = 0;

  // Small facts of the whole store, by name. nullopt: never written.
  virtual absl::StatusOr<std::optional<std::string>> FindMeta(std::string_view name) const = 0;
};

class Transaction : public ReadView {
 public:
  // Log and uid of the next entry; its hash is set. The caller moves the scope's row with PutScope
  // before it commits.
  virtual absl::Status Append(const Entry& entry) = 0;
  virtual absl::Status PutScope(const Id& scope, const ScopeRow& row) = 0;
  virtual absl::Status PutRecord(const Id& scope, const Record& record) = 0;
  virtual absl::Status PutHeld(const Id& scope, const HeldWork& held) = 0;
  // Exactly these keys from now on.
  virtual absl::Status PutReaderKeys(const Id& scope, const std::set<Id>& keys) = 0;
  // Under exactly these terms from now on. None: it is found no more.
  virtual absl::Status PutFindTerms(const Id& scope, uint32_t type, const Id& record,
                                    const std::set<std::string>& terms) = 0;
  virtual absl::Status AddOfficeRead(const OfficeRead& read) = 0;
  // A chunk, checked against the hashes. One that is there already changes nothing.
  virtual absl::Status PutChunk(const Id& scope, std::string_view content, uint64_t length,
                                std::string_view hashes, uint32_t number,
                                std::string_view chunk) = 0;
  virtual absl::Status PutLone(const LoneRow& row) = 0;
  virtual absl::Status DropLone(const Id& scope, const Id& visit) = 0;
  virtual absl::Status PutMeta(std::string_view name, std::string_view value) = 0;
  virtual absl::Status DropMeta(std::string_view name) = 0;

  // Durable when OK. Once, and last. A transaction destroyed without it leaves nothing behind.
  virtual absl::Status Commit() = 0;
};

// The head of one scope in a finished and verified copy of the store, read from the copy itself.
struct ArchivedHead {
  Id scope;
  uint64_t seq = 0;
  Hash32 hash{};
};

class Store {
 public:
  virtual ~Store() = default;

  virtual const Id& tenant() const = 0;
  // Any thread; does not wait for a writer.
  virtual absl::StatusOr<std::unique_ptr<ReadView>> Read() = 0;
  // One at a time, and the store outlives it.
  virtual absl::StatusOr<std::unique_ptr<Transaction>> Begin() = 0;

  // Raises archived_seq, in one transaction, of each head that is on this store's chain; any other
  // was read from another history and is passed over. The writer's thread.
  absl::Status MarkArchived(std::span<const ArchivedHead> heads);
};

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_STORE_STORE_H_
