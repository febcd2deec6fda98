#include "sync-server/ingest/lone.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "model/safeguarding.h"

namespace doorstep::server {
namespace {

constexpr int64_t kDayMs = 86'400'000;

absl::StatusOr<Entry> EntryAt(const ReadView& view, const Id& scope, uint64_t seq) {
  std::optional<LogRow> row;
  absl::Status read = view.ReadLog(scope, seq - 1, [&](LogRow found) {
    row = std::move(found);
    return ReadView::Visit::kStop;
  });
  if (!read.ok()) return read;
  if (!row || row->seq != seq) return DamagedStore("a write whose entry is missing");
  return ToEntry(*row);
}

absl::StatusOr<int64_t> DueOf(Transaction& transaction, const Id& scope,
                              const VisitUnderWay& visit) {
  const absl::StatusOr<Entry> entry = EntryAt(transaction, scope, visit.seq);
  if (!entry.ok()) return entry.status();
  const absl::StatusOr<ScopeRow> row = transaction.FindScope(transaction.tenant());
  if (!row.ok()) return row.status();
  ScopeState directory(transaction.tenant(), &transaction, row->state_digest);
  const int64_t received_ms = entry->meta.received_ms();
  const SafeguardingView view =
      SafeguardingOn(directory, static_cast<int32_t>(received_ms / kDayMs));
  if (!directory.status().ok()) return directory.status();
  return CheckOutDueMs(visit, entry->changeset.body.clock(), received_ms,
                       view.check_out_grace_minutes);
}

absl::Status NoteVisit(Transaction& transaction, ScopeState& family, const Id& visit) {
  const absl::StatusOr<std::optional<LoneRow>> before = transaction.FindLone(family.scope(), visit);
  if (!before.ok()) return before.status();
  const std::optional<VisitUnderWay> under_way = FindVisitUnderWay(family, visit);
  if (!family.status().ok()) return family.status();
  if (!under_way) {
    if (!*before) return absl::OkStatus();
    if ((*before)->told_ms == 0) return transaction.DropLone(family.scope(), visit);
    LoneRow ended = **before;
    ended.due_ms = 0;
    return transaction.PutLone(ended);
  }
  const absl::StatusOr<int64_t> due = DueOf(transaction, family.scope(), *under_way);
  if (!due.ok()) return due.status();
  LoneRow row{family.scope(), visit, under_way->worker, std::max<int64_t>(1, *due), 0};
  if (*before) row.told_ms = (*before)->told_ms;
  return transaction.PutLone(row);
}

}  // namespace

absl::Status NoteVisits(Transaction& transaction, ScopeState& family, const std::set<Id>& visits) {
  for (const Id& visit : visits) {
    absl::Status noted = NoteVisit(transaction, family, visit);
    if (!noted.ok()) return noted;
  }
  return absl::OkStatus();
}

}  // namespace doorstep::server
