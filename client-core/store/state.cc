#include "client-core/store/state.h"

#include <cassert>

#include "client-core/store/limits.h"
#include "crypto/reason.h"
#include "model/merge.h"

namespace doorstep::client {
namespace {

// Columns type, id, made_seq, made_actor, cells.
absl::StatusOr<Record> ReadRecord(Statement& row) {
  Record record;
  record.type = static_cast<uint32_t>(row.Int(0));
  record.id = row.ReadId(1);
  record.made_seq = row.Uint(2);
  record.made_actor = row.ReadId(3);
  if (!row.status().ok()) return row.status();
  absl::StatusOr<std::map<uint32_t, Cell>> cells = DecodeCells(row.Blob(4));
  if (!cells.ok()) return cells.status();
  record.cells = *std::move(cells);
  return record;
}

// Columns entry, reason, outcome, decided_seq, signature, changeset.
absl::StatusOr<HeldWork> ReadHeld(Statement& row) {
  v1::SignedChangeset wire;
  wire.set_signature(std::string(row.Blob(4)));
  wire.set_changeset(std::string(row.Blob(5)));
  absl::StatusOr<Changeset> changeset = DecodeChangeset(wire);
  int64_t outcome = row.Int(2);
  if (!changeset.ok() || outcome < 0 || outcome > 2) {
    return MakeStatus(Reason::kIntegrity, "store: held work is damaged");
  }
  HeldWork held;
  held.seq = row.Uint(0) & kSeqMax;
  held.reason = static_cast<uint32_t>(row.Int(1));
  held.outcome = static_cast<HeldWork::Outcome>(outcome);
  held.decided_seq = row.Uint(3);
  held.changeset = *std::move(changeset);
  return held;
}

int64_t FirstPlace(const ScopeRow& row) { return row.key << kPlaceSeqBits; }
int64_t LastPlace(const ScopeRow& row) { return FirstPlace(row) | static_cast<int64_t>(kSeqMax); }

}  // namespace

std::unique_ptr<ScopeState> State::Of(const Id& scope) const {
  const ScopeRow* row = log_.Find(scope);
  return std::make_unique<ScopeState>(scope, this, row == nullptr ? Hash32{} : row->state_digest);
}

absl::Status State::Save(ScopeState& folded) {
  if (!folded.status().ok()) return folded.status();
  const ScopeRow* row = log_.Find(folded.scope());
  assert(row != nullptr);
  const int64_t key = row->key;
  absl::Status status;
  folded.ForEachChanged([&](const Record& record) {
    if (!status.ok()) return;
    Statement update = database_.Prepare(
        "UPDATE record SET cells = ?4 WHERE scope = ?1 AND type = ?2 AND id = ?3");
    const std::string cells = EncodeCells(record);
    update.Bind(1, key).Bind(2, record.type).Bind(3, record.id).Bind(4, cells);
    status = update.Run();
    if (!status.ok() || database_.changes() > 0) return;
    Statement insert = database_.Prepare(
        "INSERT INTO record(scope, type, id, cells, made_seq, made_actor) "
        "VALUES(?1, ?2, ?3, ?4, ?5, ?6)");
    insert.Bind(1, key).Bind(2, record.type).Bind(3, record.id).Bind(4, cells);
    status = insert.Bind(5, record.made_seq).Bind(6, record.made_actor).Run();
  });
  folded.ForEachChangedHeld([&](const HeldWork& held) {
    if (!status.ok()) return;
    Statement put = database_.Prepare(
        "INSERT OR REPLACE INTO held(entry, uid, reason, outcome, decided_seq) "
        "VALUES(?1, ?2, ?3, ?4, ?5)");
    put.Bind(1, key << kPlaceSeqBits | static_cast<int64_t>(held.seq)).Bind(2, held.changeset.uid);
    put.Bind(3, held.reason).Bind(4, static_cast<int>(held.outcome)).Bind(5, held.decided_seq);
    status = put.Run();
  });
  if (!status.ok()) return status;
  return log_.SetDigest(folded.scope(), folded.Digest());
}

absl::StatusOr<Hash32> State::Refold(const Id& scope) {
  absl::Status status = Drop(scope);
  if (!status.ok()) return status;
  ScopeState anew(scope, nullptr);
  status = log_.ForEach(scope, 1, kSeqMax, [&](Entry entry) {
    FoldEntry(anew, entry);
    return true;
  });
  if (status.ok()) status = Save(anew);
  if (!status.ok()) return status;
  return anew.Digest();
}

absl::Status State::Drop(const Id& scope) {
  const ScopeRow* row = log_.Find(scope);
  if (row == nullptr) return absl::OkStatus();
  absl::Status status =
      database_.Prepare("DELETE FROM record WHERE scope = ?1").Bind(1, row->key).Run();
  if (!status.ok()) return status;
  Statement held = database_.Prepare("DELETE FROM held WHERE entry BETWEEN ?1 AND ?2");
  status = held.Bind(1, FirstPlace(*row)).Bind(2, LastPlace(*row)).Run();
  if (!status.ok()) return status;
  return log_.SetDigest(scope, Hash32{});
}

absl::Status State::ForEachKey(const Id& scope,
                               absl::FunctionRef<void(const RecordKey&)> visit) const {
  const ScopeRow* row = log_.Find(scope);
  if (row == nullptr) return absl::OkStatus();
  Statement keys =
      database_.Prepare("SELECT type, id, made_seq FROM record WHERE scope = ?1 ORDER BY type, id");
  keys.Bind(1, row->key);
  while (keys.Step()) {
    RecordKey key;
    key.type = static_cast<uint32_t>(keys.Int(0));
    key.id = keys.ReadId(1);
    key.made_seq = keys.Uint(2);
    if (!keys.status().ok()) break;
    visit(key);
  }
  return keys.status();
}

absl::StatusOr<std::optional<Record>> State::LoadRecord(const Id& scope, uint32_t type,
                                                        const Id& id) const {
  const ScopeRow* row = log_.Find(scope);
  if (row == nullptr) return std::optional<Record>();
  Statement load = database_.Prepare(
      "SELECT type, id, made_seq, made_actor, cells FROM record "
      "WHERE scope = ?1 AND type = ?2 AND id = ?3");
  if (!load.Bind(1, row->key).Bind(2, type).Bind(3, id).Step()) {
    if (!load.status().ok()) return load.status();
    return std::optional<Record>();
  }
  absl::StatusOr<Record> record = ReadRecord(load);
  if (!record.ok()) return record.status();
  return std::optional<Record>(*std::move(record));
}

absl::Status State::LoadRecords(const Id& scope, uint32_t type,
                                absl::FunctionRef<void(Record)> visit) const {
  const ScopeRow* row = log_.Find(scope);
  if (row == nullptr) return absl::OkStatus();
  Statement load = database_.Prepare(
      "SELECT type, id, made_seq, made_actor, cells FROM record "
      "WHERE scope = ?1 AND type = ?2 ORDER BY id");
  load.Bind(1, row->key).Bind(2, type);
  while (load.Step()) {
    absl::StatusOr<Record> record = ReadRecord(load);
    if (!record.ok()) return record.status();
    visit(*std::move(record));
  }
  return load.status();
}

absl::StatusOr<std::optional<HeldWork>> State::LoadHeld(const Id& scope, const Id& uid) const {
  const ScopeRow* row = log_.Find(scope);
  if (row == nullptr) return std::optional<HeldWork>();
  Statement load = database_.Prepare(
      "SELECT h.entry, h.reason, h.outcome, h.decided_seq, l.signature, l.changeset "
      "FROM held h JOIN log l ON l.place = h.entry "
      "WHERE h.uid = ?1 AND h.entry BETWEEN ?2 AND ?3 ORDER BY h.entry LIMIT 1");
  if (!load.Bind(1, uid).Bind(2, FirstPlace(*row)).Bind(3, LastPlace(*row)).Step()) {
    if (!load.status().ok()) return load.status();
    return std::optional<HeldWork>();
  }
  absl::StatusOr<HeldWork> held = ReadHeld(load);
  if (!held.ok()) return held.status();
  return std::optional<HeldWork>(*std::move(held));
}

absl::Status State::LoadAllHeld(const Id& scope, absl::FunctionRef<void(HeldWork)> visit) const {
  const ScopeRow* row = log_.Find(scope);
  if (row == nullptr) return absl::OkStatus();
  Statement load = database_.Prepare(
      "SELECT h.entry, h.reason, h.outcome, h.decided_seq, l.signature, l.changeset "
      "FROM held h JOIN log l ON l.place = h.entry "
      "WHERE h.entry BETWEEN ?1 AND ?2 ORDER BY h.entry");
  load.Bind(1, FirstPlace(*row)).Bind(2, LastPlace(*row));
  while (load.Step()) {
    absl::StatusOr<HeldWork> held = ReadHeld(load);
    if (!held.ok()) return held.status();
    visit(*std::move(held));
  }
  return load.status();
}

}  // namespace doorstep::client
