#include "client-core/store/overlay.h"

#include <cassert>
#include <utility>

#include "client-core/store/limits.h"
#include "model/merge.h"

namespace doorstep::client {
namespace {

void Touch(OverlayScope& seen, const Changeset& changeset) {
  for (const v1::RecordChange& change : changeset.body.changes()) {
    if (std::optional<Id> id = Id::FromBytes(change.id()))
      seen.touched.insert({change.type(), *id});
  }
}

// Folds a row on top, as an entry that a log would give it.
void FoldRow(OverlayScope& seen, const OutboxRow& row, const Changeset& changeset,
             const Judgement& judgement) {
  Entry entry;
  entry.changeset = changeset;
  entry.meta.set_seq(kProvisionalSeq + seen.rows.size() + 1);
  entry.meta.set_verdict(judgement.verdict);
  entry.meta.set_reason(judgement.reason);
  Touch(seen, changeset);
  for (const Id& uid : judgement.released) {
    entry.meta.add_released(uid.str());
    if (const HeldWork* held = seen.state->FindHeld(uid)) Touch(seen, held->changeset);
  }
  FoldEntry(*seen.state, entry);
  seen.rows.push_back(
      {row, judgement.verdict, static_cast<uint32_t>(judgement.reason), entry.seq()});
}

Judgement JudgementOf(const v1::EntryMeta& meta) {
  Judgement judgement;
  judgement.verdict = meta.verdict();
  judgement.reason = static_cast<v1::HeldReason>(meta.reason());
  for (const std::string& bytes : meta.released()) {
    if (std::optional<Id> uid = Id::FromBytes(bytes)) judgement.released.push_back(*uid);
  }
  return judgement;
}

bool HasNoEffect(const OutboxRow& row) { return row.sealed || row.answer == Answer::kUnsendable; }

}  // namespace

absl::StatusOr<OverlayScope*> Overlay::Of(const Id& scope, int64_t now_ms) {
  auto it = scopes_.find(scope);
  if (it != scopes_.end()) return it->second.get();
  absl::StatusOr<std::unique_ptr<OverlayScope>> made = Make(scope, now_ms);
  if (!made.ok()) return made.status();
  return scopes_.emplace(scope, *std::move(made)).first->second.get();
}

absl::StatusOr<std::unique_ptr<OverlayScope>> Overlay::Make(const Id& scope, int64_t now_ms) {
  auto seen = std::make_unique<OverlayScope>();
  seen->state = state_.Of(scope);
  std::vector<OutboxRow> rows;
  absl::Status status = outbox_.ForEachOf(scope, [&](const OutboxRow& row) {
    rows.push_back(row);
    return true;
  });
  if (!status.ok()) return status;
  const ScopeRow* here = log_.Find(scope);
  const bool purged = here != nullptr && here->Has(kPurged);
  for (const OutboxRow& row : rows) {
    if (purged || HasNoEffect(row)) {
      seen->rows.push_back({row, v1::VERDICT_UNSPECIFIED, 0, 0});
      continue;
    }
    absl::StatusOr<Changeset> changeset = outbox_.Load(row);
    if (!changeset.ok()) return changeset.status();
    if (row.origin == Origin::kOwn) {
      FoldRow(*seen, row, *changeset, judge_(*seen->state, *changeset, now_ms));
    } else {
      absl::StatusOr<v1::EntryMeta> meta = outbox_.OldMeta(row);
      if (!meta.ok()) return meta.status();
      FoldRow(*seen, row, *changeset, JudgementOf(*meta));
    }
    if (!seen->state->status().ok()) return seen->state->status();
  }
  return seen;
}

absl::StatusOr<Judgement> Overlay::Expect(const Changeset& changeset, int64_t now_ms) {
  absl::StatusOr<OverlayScope*> seen = Of(changeset.scope, now_ms);
  if (!seen.ok()) return seen.status();
  Judgement judgement = judge_(*(*seen)->state, changeset, now_ms);
  if (!(*seen)->state->status().ok()) return (*seen)->state->status();
  return judgement;
}

absl::Status Overlay::Append(const OutboxRow& row, const Changeset& changeset,
                             const Judgement& judgement) {
  assert(row.origin == Origin::kOwn);
  auto it = scopes_.find(row.scope);
  assert(it != scopes_.end());
  FoldRow(*it->second, row, changeset, judgement);
  return it->second->state->status();
}

void Overlay::NoteAnswer(const OutboxRow& row) {
  auto it = scopes_.find(row.scope);
  if (it == scopes_.end()) return;
  for (OverlayRow& seen : it->second->rows) {
    if (seen.row.uid == row.uid) seen.row = row;
  }
}

void Overlay::Forget(const Id& scope) {
  scopes_.erase(scope);
  if (scopes_.size() > kOverlaysMax) scopes_.clear();
}

}  // namespace doorstep::client
