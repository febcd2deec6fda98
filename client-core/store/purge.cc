// How a scope leaves a device: what is still owed stays in the outbox, the rest is overwritten.
#include <cassert>
#include <utility>

#include "client-core/store/limits.h"
#include "client-core/store/store.h"
#include "crypto/reason.h"
#include "model/planted.h"

namespace doorstep::client {

absl::Status Store::DropScope(const Id& scope) {
  absl::Status status = DropIndexes(scope);
  if (status.ok()) status = state_.Drop(scope);
  if (status.ok()) status = log_.Drop(scope);
  if (status.ok()) status = drafts_.RemoveOf(scope);
  if (status.ok()) status = attachments_.DropScope(scope);
  overlay_.Forget(scope);
  return status;
}

absl::Status Store::KeepOwed(const Id& scope, Archive archive, Sealer seal, int64_t now_ms) {
  const ScopeRow* row = log_.Find(scope);
  std::vector<Entry> owed;
  absl::Status status = log_.ForEach(scope, row->archived_seq + 1, kSeqMax, [&](Entry entry) {
    if (archive == Archive::kKept || entry.changeset.device == identity_.device) {
      owed.push_back(std::move(entry));
    }
    return true;
  });
  if (status.ok()) status = outbox_.AddCarried(scope, owed, now_ms);
  if (!status.ok()) return status;
  std::vector<OutboxRow> rows;
  status = outbox_.ForEachOf(scope, [&](const OutboxRow& kept) {
    if (!kept.sealed) rows.push_back(kept);
    return true;
  });
  for (const OutboxRow& kept : rows) {
    if (!status.ok()) return status;
    absl::StatusOr<v1::SignedChangeset> readable = outbox_.Signed(kept);
    if (!readable.ok()) return readable.status();
    absl::StatusOr<std::string> sealed = seal(*readable);
    if (!sealed.ok()) return sealed.status();
    if (!sealed->empty()) status = outbox_.Seal(kept, *sealed);
  }
  return status;
}

absl::StatusOr<Store::Kept> Store::Purge(const Id& scope, Archive archive, Sealer seal,
                                         int64_t now_ms) {
  assert(scope != identity_.tenant);
  Kept kept;
  if (log_.Find(scope) == nullptr) return kept;
  absl::Status status = Join([&] {
    absl::Status step;
    if (!Planted(Fault::kPurgeKeeps)) step = KeepOwed(scope, archive, seal, now_ms);
    if (step.ok()) step = DropScope(scope);
    if (!step.ok()) return step;
    step = outbox_.ForEachOf(scope, [&](const OutboxRow& row) {
      kept.uids.push_back(row.uid);
      return true;
    });
    if (Planted(Fault::kPurgeKeeps)) {
      for (const Id& uid : kept.uids) step = outbox_.Remove(scope, uid);
      kept.uids.clear();
    }
    if (!step.ok()) return step;
    return kept.uids.empty() ? log_.Forget(scope) : log_.SetFlag(scope, kPurged);
  });
  if (status.ok() && !database_->in_transaction()) status = database_->CheckpointTruncate();
  if (!status.ok()) return status;
  return kept;
}

absl::Status Store::Evict(const Id& scope) {
  const ScopeRow* row = log_.Find(scope);
  if (row == nullptr) return absl::OkStatus();
  absl::StatusOr<Outbox::Counts> owed = outbox_.CountOf(scope);
  if (!owed.ok()) return owed.status();
  absl::StatusOr<bool> files = attachments_.Owes(scope);
  if (!files.ok()) return files.status();
  if (owed->all > 0 || *files)
    return MakeStatus(Reason::kState, "store: the scope still has unsent work");
  absl::Status status = Join([&] {
    absl::Status step = DropScope(scope);
    return step.ok() ? log_.Forget(scope) : step;
  });
  if (status.ok() && !database_->in_transaction()) status = database_->CheckpointTruncate();
  return status;
}

}  // namespace doorstep::client
