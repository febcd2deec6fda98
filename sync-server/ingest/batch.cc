#include "sync-server/ingest/batch.h"

#include <cassert>
#include <set>
#include <utility>

#include "model/judge.h"
#include "model/merge.h"
#include "model/safeguarding.h"
#include "sync-server/access/readers.h"
#include "sync-server/ingest/lone.h"

namespace doorstep::server {

Batch::Batch(const Catalog& catalog, Directory& directory, std::unique_ptr<Transaction> transaction,
             const FindIndex* index)
    : catalog_(catalog),
      directory_(directory),
      transaction_(std::move(transaction)),
      index_(index) {}

absl::StatusOr<Batch::Scope*> Batch::Open(const Id& scope) {
  auto it = scopes_.find(scope);
  if (it != scopes_.end()) return &it->second;
  absl::StatusOr<ScopeRow> row = transaction_->FindScope(scope);
  if (!row.ok()) return row.status();
  Scope& opened = scopes_[scope];
  opened.row = *row;
  opened.state = std::make_unique<ScopeState>(scope, transaction_.get(), opened.row.state_digest);
  return &opened;
}

absl::Status Batch::Append(Scope& scope, const Entry& entry) {
  assert(entry.seq() == scope.row.seq + 1);
  absl::Status appended = transaction_->Append(entry);
  if (!appended.ok()) return appended;
  FoldEntry(*scope.state, entry);
  if (!scope.state->status().ok()) return scope.state->status();
  if (entry.changeset.scope == tenant()) directory_.Fold(entry);
  scope.row.seq = entry.seq();
  scope.row.hash = entry.hash;
  scope.row.directory_seq = entry.meta.directory_seq();
  scope.moved = true;
  scope.rights_moved = scope.rights_moved || WritesTrustRecord(catalog_, entry.changeset) ||
                       FamilyFoundedBy(entry.changeset).has_value();
  return absl::OkStatus();
}

std::vector<Id> Batch::Moved() const {
  std::vector<Id> moved;
  for (const auto& [id, scope] : scopes_) {
    if (scope.moved) moved.push_back(id);
  }
  return moved;
}

absl::Status Batch::WriteDown(const Id& id, Scope& scope) {
  absl::Status written;
  auto keep_first = [&](absl::Status status) {
    if (written.ok()) written = std::move(status);
  };
  std::set<Id> visits;
  scope.state->ForEachChanged([&](const Record& record) {
    keep_first(transaction_->PutRecord(id, record));
    if (record.type == VisitRecordType()) visits.insert(record.id);
    if (index_ == nullptr) return;
    if (const auto terms = index_->TermsOf(record)) {
      keep_first(transaction_->PutFindTerms(id, record.type, record.id, *terms));
    }
  });
  scope.state->ForEachChangedHeld(
      [&](const HeldWork& held) { keep_first(transaction_->PutHeld(id, held)); });
  scope.row.state_digest = scope.state->Digest();
  keep_first(transaction_->PutScope(id, scope.row));
  if (scope.rights_moved && id != tenant()) {
    keep_first(transaction_->PutReaderKeys(id, ReaderKeysOf(tenant(), *scope.state)));
  }
  if (written.ok()) keep_first(NoteVisits(*transaction_, *scope.state, visits));
  keep_first(scope.state->status());
  return written;
}

absl::Status Batch::Commit() {
  for (auto& [id, scope] : scopes_) {
    if (!scope.moved) continue;
    absl::Status written = WriteDown(id, scope);
    if (!written.ok()) return written;
  }
  return transaction_->Commit();
}

}  // namespace doorstep::server
