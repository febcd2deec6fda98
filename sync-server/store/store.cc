#include "sync-server/store/store.h"

#include <utility>

#include "crypto/reason.h"

namespace doorstep::server {

absl::Status DamagedStore(std::string_view what) { return MakeStatus(Reason::kIntegrity, what); }

absl::StatusOr<Entry> ToEntry(const LogRow& row) {
  v1::LogEntry wire;
  wire.mutable_signed_()->set_changeset(row.changeset);
  wire.mutable_signed_()->set_signature(View(row.signature).data(), row.signature.size());
  wire.set_meta(row.meta);
  absl::StatusOr<Entry> entry = DecodeEntry(wire);
  if (!entry.ok() || entry->seq() != row.seq) {
    return DamagedStore("store: an entry is damaged");
  }
  entry->hash = row.hash;
  return entry;
}

absl::Status Store::MarkArchived(std::span<const ArchivedHead> heads) {
  absl::StatusOr<std::unique_ptr<Transaction>> transaction = Begin();
  if (!transaction.ok()) return transaction.status();
  for (const ArchivedHead& head : heads) {
    absl::StatusOr<ScopeRow> row = (*transaction)->FindScope(head.scope);
    if (!row.ok()) return row.status();
    absl::StatusOr<std::optional<Hash32>> hash = (*transaction)->HashAt(head.scope, head.seq);
    if (!hash.ok()) return hash.status();
    if (*hash != head.hash || head.seq <= row->archived_seq) continue;
    row->archived_seq = head.seq;
    absl::Status put = (*transaction)->PutScope(head.scope, *row);
    if (!put.ok()) return put;
  }
  return (*transaction)->Commit();
}

}  // namespace doorstep::server
