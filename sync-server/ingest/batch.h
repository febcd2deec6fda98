// The logs that one transaction moves: each scope's state over the store, entries appended and
// folded one by one, everything written down together at the end.
#ifndef DOORSTEP_SYNC_SERVER_INGEST_BATCH_H_
#define DOORSTEP_SYNC_SERVER_INGEST_BATCH_H_

#include <map>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "model/authority.h"
#include "model/catalog.h"
#include "model/log.h"
#include "model/state.h"
#include "sync-server/access/find_index.h"
#include "sync-server/store/store.h"

namespace doorstep::server {

class Batch {
 public:
  struct Scope {
    ScopeRow row;
    std::unique_ptr<ScopeState> state;
    bool moved = false;
    bool rights_moved = false;  // who may read it may have changed
  };

  // `directory` is the directory as of the transaction's beginning; entries of the directory log
  // are folded into it at once. When the batch is not committed after that it is worth nothing.
  // `index` may be null: nothing is found then.
  Batch(const Catalog& catalog, Directory& directory, std::unique_ptr<Transaction> transaction,
        const FindIndex* index = nullptr);

  const Catalog& catalog() const { return catalog_; }
  const Directory& directory() const { return directory_; }
  const Id& tenant() const { return transaction_->tenant(); }
  const ReadView& view() const { return *transaction_; }
  Transaction& transaction() { return *transaction_; }

  // Good until the batch ends.
  absl::StatusOr<Scope*> Open(const Id& scope);
  // The next entry of its log, chained to the one before.
  absl::Status Append(Scope& scope, const Entry& entry);
  // Scopes with new entries, ascending.
  std::vector<Id> Moved() const;

  // Writes down states, rows and readers, and commits.
  absl::Status Commit();

 private:
  absl::Status WriteDown(const Id& id, Scope& scope);

  const Catalog& catalog_;
  Directory& directory_;
  std::unique_ptr<Transaction> transaction_;
  const FindIndex* index_;
  std::map<Id, Scope> scopes_;
};

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_INGEST_BATCH_H_
