#include "client-core/store/log.h"

#include <algorithm>
#include <cassert>

#include "client-core/store/limits.h"
#include "crypto/reason.h"

namespace doorstep::client {
namespace {

int64_t Place(int64_t key, uint64_t seq) {
  return key << kPlaceSeqBits | static_cast<int64_t>(seq);
}

uint64_t SeqOf(int64_t place) { return static_cast<uint64_t>(place) & kSeqMax; }

// Columns place, hash, signature, meta, changeset.
absl::StatusOr<Entry> ReadEntry(Statement& row) {
  v1::LogEntry wire;
  wire.mutable_signed_()->set_signature(std::string(row.Blob(2)));
  wire.set_meta(std::string(row.Blob(3)));
  wire.mutable_signed_()->set_changeset(std::string(row.Blob(4)));
  absl::StatusOr<Entry> entry = DecodeEntry(wire);
  if (!entry.ok() || entry->seq() != SeqOf(row.Int(0))) {
    return MakeStatus(Reason::kIntegrity, "store: an entry of a log is damaged");
  }
  entry->hash = row.ReadBytes<32>(1);
  if (!row.status().ok()) return row.status();
  return entry;
}

absl::StatusOr<SignedHead> ReadHead(Statement& row) {
  v1::SignedHead wire;
  wire.set_head(std::string(row.Blob(0)));
  wire.set_signature(std::string(row.Blob(1)));
  absl::StatusOr<SignedHead> head = DecodeHead(wire);
  if (!head.ok()) return MakeStatus(Reason::kIntegrity, "store: a head is damaged");
  return head;
}

}  // namespace

absl::Status Log::Load() {
  rows_.clear();
  keys_.clear();
  Statement all = database_.Prepare(
      "SELECT key, scope, seq, hash, state_digest, archived_seq, flags FROM scope");
  while (all.Step()) {
    ScopeRow row;
    row.key = all.Int(0);
    row.scope = all.ReadId(1);
    row.seq = all.Uint(2);
    row.hash = all.ReadBytes<32>(3);
    row.state_digest = all.ReadBytes<32>(4);
    row.archived_seq = all.Uint(5);
    row.flags = static_cast<uint32_t>(all.Int(6));
    if (!all.status().ok()) break;
    keys_[row.key] = row.scope;
    rows_[row.scope] = row;
  }
  return all.status();
}

const ScopeRow* Log::Find(const Id& scope) const {
  auto it = rows_.find(scope);
  return it == rows_.end() ? nullptr : &it->second;
}

const ScopeRow* Log::FindByKey(int64_t key) const {
  auto it = keys_.find(key);
  return it == keys_.end() ? nullptr : Find(it->second);
}

std::vector<ScopeRow> Log::Scopes() const {
  std::vector<ScopeRow> rows;
  for (const auto& [scope, row] : rows_) rows.push_back(row);
  return rows;
}

ScopeRow& Log::Row(const Id& scope) {
  auto it = rows_.find(scope);
  assert(it != rows_.end());
  return it->second;
}

absl::StatusOr<ScopeRow> Log::Ensure(const Id& scope) {
  if (const ScopeRow* row = Find(scope)) return *row;
  ScopeRow row;
  row.scope = scope;
  row.key = keys_.empty() ? 1 : keys_.rbegin()->first + 1;
  if (row.key > kScopeKeyMax) return MakeStatus(Reason::kLimit, "store: too many scopes");
  row.hash = EmptyLogHash(tenant_, scope);
  absl::Status status = Save(row);
  if (!status.ok()) return status;
  return row;
}

absl::Status Log::Save(const ScopeRow& row) {
  Statement put = database_.Prepare(
      "INSERT OR REPLACE INTO scope(key, scope, seq, hash, state_digest, archived_seq, flags) "
      "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)");
  put.Bind(1, row.key).Bind(2, row.scope).Bind(3, row.seq).Bind(4, row.hash);
  put.Bind(5, row.state_digest).Bind(6, row.archived_seq).Bind(7, row.flags);
  absl::Status status = put.Run();
  if (!status.ok()) return status;
  rows_[row.scope] = row;
  keys_[row.key] = row.scope;
  return status;
}

absl::Status Log::SetFlag(const Id& scope, ScopeFlag flag) {
  absl::StatusOr<ScopeRow> row = Ensure(scope);
  if (!row.ok()) return row.status();
  if (row->Has(flag)) return absl::OkStatus();
  row->flags |= flag;
  return Save(*row);
}

absl::Status Log::ClearFlag(const Id& scope, ScopeFlag flag) {
  const ScopeRow* row = Find(scope);
  if (row == nullptr || !row->Has(flag)) return absl::OkStatus();
  ScopeRow changed = *row;
  changed.flags &= ~flag;
  return Save(changed);
}

absl::Status Log::RaiseArchived(const Id& scope, uint64_t archived_seq) {
  absl::StatusOr<ScopeRow> row = Ensure(scope);
  if (!row.ok()) return row.status();
  if (archived_seq <= row->archived_seq) return absl::OkStatus();
  row->archived_seq = archived_seq;
  return Save(*row);
}

absl::Status Log::SetDigest(const Id& scope, const Hash32& digest) {
  ScopeRow row = Row(scope);
  row.state_digest = digest;
  return Save(row);
}

absl::Status Log::Append(const Id& scope, std::span<const Entry> entries) {
  ScopeRow row = Row(scope);
  for (const Entry& entry : entries) {
    assert(entry.changeset.scope == scope);
    assert(entry.seq() == row.seq + 1);
    assert(entry.hash == EntryHash(tenant_, scope, entry.seq(), row.hash,
                                   ChangesetHash(entry.changeset), entry.meta_bytes));
    if (entry.seq() > kSeqMax) return MakeStatus(Reason::kLimit, "store: the log is too long");
    Statement put = database_.Prepare(
        "INSERT INTO log(place, uid, hash, signature, meta, changeset) "
        "VALUES(?1, ?2, ?3, ?4, ?5, ?6)");
    put.Bind(1, Place(row.key, entry.seq())).Bind(2, entry.changeset.uid).Bind(3, entry.hash);
    put.Bind(4, View(entry.changeset.signature)).Bind(5, entry.meta_bytes);
    absl::Status status = put.Bind(6, entry.changeset.bytes).Run();
    if (!status.ok()) return status;
    row.seq = entry.seq();
    row.hash = entry.hash;
  }
  return Save(row);
}

absl::Status Log::PutHead(const SignedHead& head) {
  const ScopeRow& row = Row(head.scope);
  assert(head.head.seq() == row.seq);
  assert(head.entry_hash == row.hash);
  Statement put =
      database_.Prepare("INSERT OR REPLACE INTO head(place, head, signature) VALUES(?1, ?2, ?3)");
  put.Bind(1, Place(row.key, row.seq)).Bind(2, head.bytes).Bind(3, View(head.signature));
  absl::Status status = put.Run();
  if (!status.ok()) return status;
  return RaiseArchived(head.scope, head.head.archived_seq());
}

absl::StatusOr<std::optional<Entry>> Log::Get(const Id& scope, uint64_t seq) const {
  std::optional<Entry> found;
  absl::Status status = ForEach(scope, seq, seq, [&](Entry entry) {
    found = std::move(entry);
    return false;
  });
  if (!status.ok()) return status;
  return found;
}

absl::StatusOr<std::optional<Entry>> Log::FindUid(const Id& scope, const Id& uid) const {
  const ScopeRow* row = Find(scope);
  if (row == nullptr) return std::optional<Entry>();
  Statement find = database_.Prepare(
      "SELECT place, hash, signature, meta, changeset FROM log "
      "WHERE place >> 40 = ?2 AND uid = ?1 ORDER BY place LIMIT 1");
  find.Bind(1, uid).Bind(2, row->key);
  if (!find.Step()) {
    if (!find.status().ok()) return find.status();
    return std::optional<Entry>();
  }
  absl::StatusOr<Entry> entry = ReadEntry(find);
  if (!entry.ok()) return entry.status();
  return std::optional<Entry>(*std::move(entry));
}

absl::Status Log::ForEach(const Id& scope, uint64_t first, uint64_t last,
                          absl::FunctionRef<bool(Entry)> visit) const {
  const ScopeRow* row = Find(scope);
  if (row == nullptr || first > row->seq) return absl::OkStatus();
  uint64_t end = std::min(last, row->seq);
  Statement range = database_.Prepare(
      "SELECT place, hash, signature, meta, changeset FROM log "
      "WHERE place BETWEEN ?1 AND ?2 ORDER BY place");
  range.Bind(1, Place(row->key, first)).Bind(2, Place(row->key, end));
  uint64_t next = std::max<uint64_t>(first, 1);
  while (range.Step()) {
    absl::StatusOr<Entry> entry = ReadEntry(range);
    if (!entry.ok()) return entry.status();
    if (entry->seq() != next++) return MakeStatus(Reason::kIntegrity, "store: a log has a gap");
    if (!visit(*std::move(entry))) return absl::OkStatus();
  }
  if (range.status().ok() && next != end + 1) {
    return MakeStatus(Reason::kIntegrity, "store: a log is cut short");
  }
  return range.status();
}

absl::StatusOr<std::optional<Hash32>> Log::HashAt(const Id& scope, uint64_t seq) const {
  std::optional<Hash32> hash;
  if (seq == 0) return std::optional<Hash32>(EmptyLogHash(tenant_, scope));
  const ScopeRow* row = Find(scope);
  if (row == nullptr || seq > row->seq) return hash;
  Statement find = database_.Prepare("SELECT hash FROM log WHERE place = ?1");
  if (find.Bind(1, Place(row->key, seq)).Step()) hash = find.ReadBytes<32>(0);
  if (!find.status().ok()) return find.status();
  return hash;
}

absl::StatusOr<Log::Hashes> Log::HashesOf(const Id& scope, uint64_t max) const {
  Hashes hashes;
  const ScopeRow* row = Find(scope);
  if (row == nullptr || row->seq == 0) return hashes;
  hashes.first_seq = row->seq > max ? row->seq - max + 1 : 1;
  Statement range =
      database_.Prepare("SELECT hash FROM log WHERE place BETWEEN ?1 AND ?2 ORDER BY place");
  range.Bind(1, Place(row->key, hashes.first_seq)).Bind(2, Place(row->key, row->seq));
  while (range.Step()) hashes.bytes += HashPrefix(range.ReadBytes<32>(0));
  if (!range.status().ok()) return range.status();
  return hashes;
}

absl::StatusOr<std::vector<SignedHead>> Log::HeadsFrom(const Id& scope, uint64_t from) const {
  std::vector<SignedHead> heads;
  const ScopeRow* row = Find(scope);
  if (row == nullptr) return heads;
  Statement range = database_.Prepare(
      "SELECT head, signature FROM head WHERE place BETWEEN ?1 AND ?2 ORDER BY place");
  range.Bind(1, Place(row->key, std::min(from, kSeqMax))).Bind(2, Place(row->key, kSeqMax));
  while (range.Step()) {
    absl::StatusOr<SignedHead> head = ReadHead(range);
    if (!head.ok()) return head.status();
    heads.push_back(*std::move(head));
  }
  if (!range.status().ok()) return range.status();
  return heads;
}

absl::StatusOr<std::optional<SignedHead>> Log::LastHead(const Id& scope) const {
  const ScopeRow* row = Find(scope);
  if (row == nullptr) return std::optional<SignedHead>();
  Statement last = database_.Prepare(
      "SELECT head, signature FROM head WHERE place BETWEEN ?1 AND ?2 ORDER BY place DESC LIMIT 1");
  last.Bind(1, Place(row->key, 0)).Bind(2, Place(row->key, kSeqMax));
  if (!last.Step()) {
    if (!last.status().ok()) return last.status();
    return std::optional<SignedHead>();
  }
  absl::StatusOr<SignedHead> head = ReadHead(last);
  if (!head.ok()) return head.status();
  return std::optional<SignedHead>(*std::move(head));
}

absl::Status Log::Truncate(const Id& scope, uint64_t seq) {
  ScopeRow row = Row(scope);
  assert(seq <= row.seq);
  absl::StatusOr<std::optional<Hash32>> hash = HashAt(scope, seq);
  if (!hash.ok()) return hash.status();
  if (!*hash) return MakeStatus(Reason::kIntegrity, "store: a log has a gap");
  for (const char* sql : {"DELETE FROM log WHERE place BETWEEN ?1 AND ?2",
                          "DELETE FROM head WHERE place BETWEEN ?1 AND ?2"}) {
    Statement remove = database_.Prepare(sql);
    remove.Bind(1, Place(row.key, seq) + 1).Bind(2, Place(row.key, kSeqMax));
    absl::Status status = remove.Run();
    if (!status.ok()) return status;
  }
  row.seq = seq;
  row.hash = **hash;
  row.archived_seq = std::min(row.archived_seq, seq);
  return Save(row);
}

absl::Status Log::Drop(const Id& scope) {
  absl::Status status = Truncate(scope, 0);
  if (!status.ok()) return status;
  return SetDigest(scope, Hash32{});
}

absl::Status Log::Forget(const Id& scope) {
  ScopeRow row = Row(scope);
  absl::Status status =
      database_.Prepare("DELETE FROM scope WHERE key = ?1").Bind(1, row.key).Run();
  if (!status.ok()) return status;
  keys_.erase(row.key);
  rows_.erase(scope);
  return status;
}

}  // namespace doorstep::client
