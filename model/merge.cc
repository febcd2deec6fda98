#include "model/merge.h"

#include <algorithm>
#include <utility>

#include "model/authority.h"
#include "model/planted.h"

namespace doorstep {
namespace {

bool TakeAbsent(Cell& cell, const Op& op) {
  auto it = std::lower_bound(cell.absent.begin(), cell.absent.end(), op);
  if (it == cell.absent.end() || *it != op) return false;
  cell.absent.erase(it);
  return true;
}

void Overwrite(Cell& cell, const Op& op) {
  auto it = std::find_if(cell.live.begin(), cell.live.end(),
                         [&](const LiveWrite& w) { return w.op == op; });
  if (it != cell.live.end()) {
    cell.live.erase(it);
    return;
  }
  auto at = std::lower_bound(cell.absent.begin(), cell.absent.end(), op);
  bool known = at != cell.absent.end() && *at == op;
  if (!known && !Planted(Fault::kAbsent)) cell.absent.insert(at, op);
}

}  // namespace

void MergeWrite(Cell& cell, const v1::FieldWrite& write, const Op& op, const Id& actor,
                uint64_t seq) {
  bool dead = TakeAbsent(cell, op);
  for (const v1::OpId& named : write.overwrites()) {
    if (dead && Planted(Fault::kDeadOverwrites)) break;
    std::optional<Id> uid = Id::FromBytes(named.uid());
    if (uid) Overwrite(cell, {*uid, named.index()});
  }
  if (dead || write.drop()) return;
  // A released write folds with the number of its own held entry, so it may belong further up.
  auto at = std::upper_bound(cell.live.begin(), cell.live.end(), std::pair(seq, op.index),
                             [](const std::pair<uint64_t, uint32_t>& key, const LiveWrite& w) {
                               return key < std::pair(w.seq, w.op.index);
                             });
  cell.live.insert(at, {op, actor, seq, write.value()});
}

void MergeChangeset(ScopeState& state, const Changeset& changeset, uint64_t seq) {
  uint32_t index = 0;
  for (const v1::RecordChange& change : changeset.body.changes()) {
    std::optional<Id> id = Id::FromBytes(change.id());
    if (!id) continue;  // decoding refuses these
    Record& record = state.Mutable(change.type(), *id, seq, changeset.actor);
    for (const v1::FieldWrite& write : change.writes()) {
      MergeWrite(record.cells[write.field()], write, {changeset.uid, index++}, changeset.actor,
                 seq);
    }
  }
}

void FoldEntry(ScopeState& state, const Entry& entry) {
  if (!entry.applied()) {
    HeldWork held;
    held.seq = entry.seq();
    held.reason = entry.meta.reason();
    held.changeset = entry.changeset;
    state.AddHeld(std::move(held));
    return;
  }
  MergeChangeset(state, entry.changeset, entry.seq());
  for (const std::string& bytes : entry.meta.released()) {
    std::optional<Id> uid = Id::FromBytes(bytes);
    const HeldWork* held = uid ? state.FindHeld(*uid) : nullptr;
    bool waiting = held != nullptr &&
                   (held->outcome == HeldWork::Outcome::kWaiting || Planted(Fault::kReleaseOnce));
    if (!waiting) continue;
    MergeChangeset(state, held->changeset, held->seq);
    state.SettleHeld(*uid, HeldWork::Outcome::kReleased, entry.seq());
  }
  for (const DecisionView& decision : DecisionsIn(entry.changeset)) {
    if (decision.release) continue;
    const HeldWork* held = state.FindHeld(decision.held);
    if (held == nullptr || held->outcome != HeldWork::Outcome::kWaiting) continue;
    state.SettleHeld(decision.held, HeldWork::Outcome::kDeclined, entry.seq());
  }
}

}  // namespace doorstep
