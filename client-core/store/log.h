// What was pulled: the entries of each scope this device carries, the signed heads at the ends of
// their pages, and where each scope stands.
//
// A scope's row is there as soon as anything of the scope is (an entry, an outbox row, a flag).
// Rows are kept in memory and are few; entries are read from the file. Methods that write stand in
// the transaction of the caller.
#ifndef DOORSTEP_CLIENT_CORE_STORE_LOG_H_
#define DOORSTEP_CLIENT_CORE_STORE_LOG_H_

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client-core/store/database.h"
#include "model/log.h"

namespace doorstep::client {

// Bits of ScopeRow::flags. What each means to a contact is the session's matter.
enum ScopeFlag : uint32_t {
  kSuspect = 1 << 0,     // the digests differed, and still did after folding again
  kStopped = 1 << 1,     // a page broke trust: no more pages
  kEndedSeen = 1 << 2,   // the server answered Ended
  kPurged = 1 << 3,      // destroyed here; what is still owed waits in the outbox
  kHidden = 1 << 4,      // kept, not shown: staff, role or device ended, or barred
  kNotCarried = 1 << 5,  // readable, and chosen not to be carried
};

// Where a scope stands: its cursor is the end of the stored log.
struct ScopeRow {
  Id scope;
  int64_t key = 0;  // this store's own small number for it
  uint64_t seq = 0;
  Hash32 hash{};              // entry_hash(seq)
  Hash32 state_digest{};      // of the folded state
  uint64_t archived_seq = 0;  // the highest that a verified head has told
  uint32_t flags = 0;

  bool Has(ScopeFlag flag) const { return (flags & flag) != 0; }
};

class Log {
 public:
  Log(Database& database, const Id& tenant) : database_(database), tenant_(tenant) {}

  // Reads the rows of all scopes; also after a rollback.
  absl::Status Load();

  // nullptr: nothing of it is here. Good until the next change.
  const ScopeRow* Find(const Id& scope) const;
  const ScopeRow* FindByKey(int64_t key) const;
  // Ascending by id.
  std::vector<ScopeRow> Scopes() const;
  // Finds or makes.
  absl::StatusOr<ScopeRow> Ensure(const Id& scope);
  absl::Status SetFlag(const Id& scope, ScopeFlag flag);
  absl::Status ClearFlag(const Id& scope, ScopeFlag flag);
  // Never lowers it: an archive does not forget. A Mismatch that truncates below it does.
  absl::Status RaiseArchived(const Id& scope, uint64_t archived_seq);
  absl::Status SetDigest(const Id& scope, const Hash32& digest);

  // The next entries, dense from the cursor, which moves. Asserts density and the chain: the page
  // check has answered for them.
  absl::Status Append(const Id& scope, std::span<const Entry> entries);
  // The signed head of the present end of the log; raises archived_seq to what it says.
  absl::Status PutHead(const SignedHead& head);

  absl::StatusOr<std::optional<Entry>> Get(const Id& scope, uint64_t seq) const;
  absl::StatusOr<std::optional<Entry>> FindUid(const Id& scope, const Id& uid) const;
  // Entries first … last, both counted, ascending, until `visit` returns false.
  absl::Status ForEach(const Id& scope, uint64_t first, uint64_t last,
                       absl::FunctionRef<bool(Entry)> visit) const;
  absl::StatusOr<std::optional<Hash32>> HashAt(const Id& scope, uint64_t seq) const;
  // 8 bytes of each entry hash, ascending and dense to the cursor: the newest `max` of them.
  struct Hashes {
    uint64_t first_seq = 0;
    std::string bytes;
  };
  absl::StatusOr<Hashes> HashesOf(const Id& scope, uint64_t max) const;

  // Signed heads at `from` or above, ascending: where a step of Adopt may end.
  absl::StatusOr<std::vector<SignedHead>> HeadsFrom(const Id& scope, uint64_t from) const;
  absl::StatusOr<std::optional<SignedHead>> LastHead(const Id& scope) const;

  // Removes the entries and heads above `seq` and moves the cursor back; archived_seq comes down
  // with it. The state is the caller's to fold again.
  absl::Status Truncate(const Id& scope, uint64_t seq);
  // Removes every entry and head. The row stays, its cursor at 0.
  absl::Status Drop(const Id& scope);
  // Removes the row of a scope that has nothing left.
  absl::Status Forget(const Id& scope);

 private:
  absl::Status Save(const ScopeRow& row);
  ScopeRow& Row(const Id& scope);

  Database& database_;
  Id tenant_;
  std::map<Id, ScopeRow> rows_;
  std::map<int64_t, Id> keys_;
};

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_STORE_LOG_H_
