#include "sync-server/access/directory_log.h"

#include <cassert>
#include <mutex>
#include <optional>
#include <utility>

namespace doorstep::server {
namespace {

absl::Status NotOurs() { return DamagedStore("the directory log is not the one that was folded"); }

// Whether `directory` has what the log of `view` has, and perhaps more.
absl::StatusOr<bool> IsAhead(const Directory& directory, const ScopeRow& row) {
  if (row.seq > directory.seq()) return false;
  if (directory.HashAt(row.seq) != row.hash) return NotOurs();
  return true;
}

}  // namespace

absl::Status CatchUp(Directory& directory, const ReadView& view) {
  assert(directory.tenant() == view.tenant());
  absl::StatusOr<std::optional<Hash32>> here = view.HashAt(view.tenant(), directory.seq());
  if (!here.ok()) return here.status();
  if (*here != directory.hash()) return NotOurs();
  absl::Status folded;
  absl::Status read = view.ReadLog(view.tenant(), directory.seq(), [&](LogRow row) {
    absl::StatusOr<Entry> entry = ToEntry(row);
    if (entry.ok() && entry->seq() != directory.seq() + 1) folded = NotOurs();
    if (!entry.ok()) folded = entry.status();
    if (!folded.ok()) return ReadView::Visit::kStop;
    directory.Fold(*entry);
    return ReadView::Visit::kGoOn;
  });
  return read.ok() ? folded : read;
}

SharedDirectory::SharedDirectory(const Id& tenant, const PublicKey& genesis_root)
    : directory_(tenant, genesis_root) {}

absl::StatusOr<SharedDirectory::Place> SharedDirectory::At(const ReadView& view) {
  absl::StatusOr<ScopeRow> row = view.FindScope(view.tenant());
  if (!row.ok()) return row.status();
  {
    std::shared_lock<std::shared_mutex> lock(mutex_);
    absl::StatusOr<bool> ahead = IsAhead(directory_, *row);
    if (!ahead.ok()) return ahead.status();
    if (*ahead) return Place{std::move(lock), directory_, row->seq};
  }
  {
    std::unique_lock<std::shared_mutex> lock(mutex_);
    absl::StatusOr<bool> ahead = IsAhead(directory_, *row);
    if (!ahead.ok()) return ahead.status();
    if (!*ahead) {
      absl::Status caught_up = CatchUp(directory_, view);
      if (!caught_up.ok()) return caught_up;
    }
  }
  // It only ever grows, so it is at least as far as this view now.
  return Place{std::shared_lock<std::shared_mutex>(mutex_), directory_, row->seq};
}

}  // namespace doorstep::server
