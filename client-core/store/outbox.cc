#include "client-core/store/outbox.h"

#include <algorithm>

#include "client-core/store/limits.h"
#include "crypto/reason.h"

namespace doorstep::client {
namespace {

// Column `marks`.
constexpr int64_t kMarkSealed = 1, kMarkArchived = 2, kMarkUndecided = 4, kMarkClosed = 8;
constexpr int64_t kMarkUrgent = 16;  // also in the index outbox_urgent (schema.cc)

#define DS_ROW_COLUMNS                                                                     \
  "position, scope, uid, bytes, saved_ms, answer, reason, verdict, seq, marks, asked_ms, " \
  "retry_at_ms"

OutboxRow ReadRow(Statement& from) {
  OutboxRow row;
  row.position = from.Int(0);
  row.scope = from.ReadId(1);
  row.uid = from.ReadId(2);
  row.origin = row.position < 0 ? Origin::kCarried : Origin::kOwn;
  row.bytes = static_cast<uint32_t>(from.Int(3));
  row.saved_ms = from.Int(4);
  row.answer = static_cast<Answer>(from.Int(5));
  row.reason = static_cast<uint32_t>(from.Int(6));
  row.verdict = static_cast<v1::Verdict>(from.Int(7));
  row.seq = from.Uint(8);
  const int64_t marks = from.Int(9);
  row.sealed = (marks & kMarkSealed) != 0;
  row.archived = (marks & kMarkArchived) != 0;
  row.undecided = (marks & kMarkUndecided) != 0;
  row.closed = (marks & kMarkClosed) != 0;
  row.urgent = (marks & kMarkUrgent) != 0;
  row.asked_ms = from.Int(10);
  row.retry_at_ms = from.Int(11);
  return row;
}

int64_t MarksOf(const OutboxRow& row) {
  return (row.sealed ? kMarkSealed : 0) | (row.archived ? kMarkArchived : 0) |
         (row.undecided ? kMarkUndecided : 0) | (row.closed ? kMarkClosed : 0) |
         (row.urgent ? kMarkUrgent : 0);
}

bool IsUrgent(const Catalog& catalog, const Changeset& changeset) {
  const auto& changes = changeset.body.changes();
  return std::any_of(changes.begin(), changes.end(), [&](const v1::RecordChange& change) {
    const RecordType* type = catalog.Find(change.type());
    return type != nullptr && type->urgent;
  });
}

absl::Status Insert(Database& database, int64_t position, const Changeset& changeset, int64_t marks,
                    std::string_view old_meta, int64_t now_ms) {
  Statement put = database.Prepare(
      "INSERT INTO outbox(position, scope, uid, bytes, saved_ms, answer, reason, verdict, seq, "
      "marks, asked_ms, retry_at_ms, old_meta, signature, changeset) "
      "VALUES(?1, ?2, ?3, ?4, ?5, 0, 0, 0, 0, ?9, 0, 0, ?6, ?7, ?8)");
  put.Bind(1, position).Bind(2, changeset.scope).Bind(3, changeset.uid);
  put.Bind(4, uint64_t{changeset.bytes.size() + changeset.signature.size()}).Bind(5, now_ms);
  put.Bind(6, old_meta).Bind(7, View(changeset.signature)).Bind(8, changeset.bytes);
  put.Bind(9, marks);
  return put.Run();
}

absl::StatusOr<int64_t> Position(Database& database, const char* sql) {
  Statement find = database.Prepare(sql);
  int64_t position = find.Step() ? find.Int(0) : 0;
  if (!find.status().ok()) return find.status();
  return position;
}

absl::Status Visit(Statement& rows, absl::FunctionRef<bool(const OutboxRow&)> visit) {
  while (rows.Step()) {
    OutboxRow row = ReadRow(rows);
    if (!rows.status().ok() || !visit(row)) break;
  }
  return rows.status();
}

// Columns answer, own (0 or 1), rows, bytes.
absl::StatusOr<Outbox::Counts> ReadCounts(Statement& groups) {
  Outbox::Counts counts;
  while (groups.Step()) {
    const auto answer = static_cast<Answer>(groups.Int(0));
    const uint64_t rows = groups.Uint(2);
    counts.all += rows;
    if (answer == Answer::kUnsendable) counts.unsendable += rows;
    if (answer == Answer::kNone || answer == Answer::kRetry) counts.waiting += rows;
    if (answer != Answer::kAccepted && groups.Int(1) != 0) {
      counts.own_unaccepted += rows;
      counts.own_bytes += groups.Uint(3);
    }
  }
  if (!groups.status().ok()) return groups.status();
  return counts;
}

}  // namespace

absl::StatusOr<OutboxRow> Outbox::AddOwn(const Changeset& changeset, int64_t now_ms) {
  absl::StatusOr<std::optional<OutboxRow>> there = Find(changeset.scope, changeset.uid);
  if (!there.ok()) return there.status();
  if (*there) return MakeStatus(Reason::kConflict, "outbox: this uid is there already");
  if (!own_) {
    absl::StatusOr<Counts> counts = Count();
    if (!counts.ok()) return counts.status();
    own_ = OwnRows{counts->own_unaccepted, counts->own_bytes};
  }
  OutboxRow row;
  row.scope = changeset.scope;
  row.uid = changeset.uid;
  row.bytes = static_cast<uint32_t>(changeset.bytes.size() + changeset.signature.size());
  row.saved_ms = now_ms;
  if (own_->rows >= kOutboxRowsMax || own_->bytes + row.bytes > kOutboxBytesMax) {
    return MakeStatus(Reason::kLimit, "outbox: full; connect, so that the office receives it");
  }
  absl::StatusOr<int64_t> last = Position(database_, "SELECT max(position) FROM outbox");
  if (!last.ok()) return last.status();
  row.position = std::max<int64_t>(*last, 0) + 1;
  row.urgent = IsUrgent(catalog_, changeset);
  absl::Status status = Insert(database_, row.position, changeset, MarksOf(row), {}, now_ms);
  if (!status.ok()) return status;
  own_->rows += 1;
  own_->bytes += row.bytes;
  return row;
}

absl::Status Outbox::AddCarried(const Id& scope, const std::vector<Entry>& entries,
                                int64_t now_ms) {
  absl::StatusOr<int64_t> first = Position(database_, "SELECT min(position) FROM outbox");
  if (!first.ok()) return first.status();
  int64_t position = std::min<int64_t>(*first, 0) - static_cast<int64_t>(entries.size());
  for (const Entry& entry : entries) {
    absl::StatusOr<std::optional<OutboxRow>> there = Find(scope, entry.changeset.uid);
    if (!there.ok()) return there.status();
    if (!*there) {
      const int64_t marks = IsUrgent(catalog_, entry.changeset) ? kMarkUrgent : 0;
      absl::Status status =
          Insert(database_, position, entry.changeset, marks, entry.meta_bytes, now_ms);
      if (!status.ok()) return status;
    }
    ++position;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<OutboxRow>> Outbox::Find(const Id& scope, const Id& uid) const {
  Statement find = database_.Prepare("SELECT " DS_ROW_COLUMNS
                                     " FROM outbox INDEXED BY outbox_key "
                                     "WHERE uid = ?1 AND scope = ?2");
  std::optional<OutboxRow> row;
  if (find.Bind(1, uid).Bind(2, scope).Step()) row = ReadRow(find);
  if (!find.status().ok()) return find.status();
  return row;
}

absl::StatusOr<std::vector<OutboxRow>> Outbox::FindUid(const Id& uid) const {
  // From scope to scope through the index, of which a scope is the beginning.
  Statement find = database_.Prepare(
      "WITH RECURSIVE s(there) AS (SELECT min(scope) FROM outbox UNION ALL "
      "SELECT (SELECT min(scope) FROM outbox WHERE scope > s.there) FROM s "
      "WHERE s.there IS NOT NULL) "
      "SELECT " DS_ROW_COLUMNS
      " FROM s JOIN outbox INDEXED BY outbox_key "
      "ON scope = s.there AND uid = ?1 ORDER BY position");
  std::vector<OutboxRow> rows;
  absl::Status status = Visit(find.Bind(1, uid), [&](const OutboxRow& row) {
    rows.push_back(row);
    return true;
  });
  if (!status.ok()) return status;
  return rows;
}

absl::Status Outbox::ForEach(absl::FunctionRef<bool(const OutboxRow&)> visit) const {
  Statement rows = database_.Prepare("SELECT " DS_ROW_COLUMNS " FROM outbox ORDER BY position");
  return Visit(rows, visit);
}

absl::Status Outbox::ForEachAfter(int64_t position,
                                  absl::FunctionRef<bool(const OutboxRow&)> visit) const {
  Statement rows = database_.Prepare("SELECT " DS_ROW_COLUMNS
                                     " FROM outbox WHERE position > ?1 ORDER BY position");
  return Visit(rows.Bind(1, position), visit);
}

absl::Status Outbox::ForEachOf(const Id& scope,
                               absl::FunctionRef<bool(const OutboxRow&)> visit) const {
  Statement rows = database_.Prepare("SELECT " DS_ROW_COLUMNS
                                     " FROM outbox INDEXED BY outbox_key WHERE scope = ?1 "
                                     "ORDER BY position");
  return Visit(rows.Bind(1, scope), visit);
}

absl::Status Outbox::ForEachUrgent(absl::FunctionRef<bool(const OutboxRow&)> visit) const {
  Statement rows = database_.Prepare("SELECT " DS_ROW_COLUMNS
                                     " FROM outbox INDEXED BY outbox_urgent "
                                     "WHERE marks & 16 AND NOT marks & 1 AND answer IN (0, 2) "
                                     "ORDER BY position");
  return Visit(rows, visit);
}

absl::StatusOr<v1::SignedChangeset> Outbox::Signed(const OutboxRow& row) const {
  if (row.sealed) return MakeStatus(Reason::kState, "outbox: this row is sealed");
  Statement load =
      database_.Prepare("SELECT signature, changeset FROM outbox WHERE position = ?1 AND uid = ?2");
  v1::SignedChangeset signed_changeset;
  if (!load.Bind(1, row.position).Bind(2, row.uid).Step()) {
    if (!load.status().ok()) return load.status();
    return MakeStatus(Reason::kNotFound, "outbox: no such row");
  }
  signed_changeset.set_signature(std::string(load.Blob(0)));
  signed_changeset.set_changeset(std::string(load.Blob(1)));
  return signed_changeset;
}

absl::StatusOr<Changeset> Outbox::Load(const OutboxRow& row) const {
  absl::StatusOr<v1::SignedChangeset> wire = Signed(row);
  if (!wire.ok()) return wire.status();
  absl::StatusOr<Changeset> changeset = DecodeChangeset(*wire);
  if (!changeset.ok() || changeset->uid != row.uid || changeset->scope != row.scope) {
    return MakeStatus(Reason::kIntegrity, "outbox: a row is damaged");
  }
  return changeset;
}

absl::StatusOr<std::string> Outbox::Sealed(const OutboxRow& row) const {
  if (!row.sealed) return MakeStatus(Reason::kState, "outbox: this row is not sealed");
  Statement load =
      database_.Prepare("SELECT changeset FROM outbox WHERE position = ?1 AND uid = ?2");
  if (!load.Bind(1, row.position).Bind(2, row.uid).Step()) {
    if (!load.status().ok()) return load.status();
    return MakeStatus(Reason::kNotFound, "outbox: no such row");
  }
  return std::string(load.Blob(0));
}

absl::StatusOr<v1::EntryMeta> Outbox::OldMeta(const OutboxRow& row) const {
  v1::EntryMeta meta;
  Statement load =
      database_.Prepare("SELECT old_meta FROM outbox WHERE position = ?1 AND uid = ?2");
  bool there = load.Bind(1, row.position).Bind(2, row.uid).Step();
  if (!load.status().ok()) return load.status();
  if (!there) return MakeStatus(Reason::kNotFound, "outbox: no such row");
  if (!meta.ParseFromString(std::string(load.Blob(0)))) {
    return MakeStatus(Reason::kIntegrity, "outbox: a row is damaged");
  }
  return meta;
}

absl::Status Outbox::SaveAnswer(const OutboxRow& row) {
  own_.reset();
  Statement save = database_.Prepare(
      "UPDATE outbox SET answer = ?3, reason = ?4, verdict = ?5, seq = ?6, marks = ?7, "
      "asked_ms = ?8, retry_at_ms = ?9 WHERE position = ?1 AND uid = ?2");
  save.Bind(1, row.position).Bind(2, row.uid).Bind(3, static_cast<int>(row.answer));
  save.Bind(4, row.reason).Bind(5, static_cast<int>(row.verdict)).Bind(6, row.seq);
  save.Bind(7, MarksOf(row)).Bind(8, row.asked_ms).Bind(9, row.retry_at_ms);
  return save.Run();
}

absl::Status Outbox::ForgetAnswers(const Id& scope) {
  own_.reset();
  Statement forget = database_.Prepare(
      "UPDATE outbox SET answer = 0, reason = 0, verdict = 0, seq = 0, marks = marks & 17, "
      "asked_ms = 0, retry_at_ms = 0 WHERE scope = ?1 AND answer != 3");
  return forget.Bind(1, scope).Run();
}

absl::Status Outbox::Remove(const Id& scope, const Id& uid) {
  own_.reset();
  Statement remove =
      database_.Prepare("DELETE FROM outbox INDEXED BY outbox_key WHERE uid = ?1 AND scope = ?2");
  return remove.Bind(1, uid).Bind(2, scope).Run();
}

absl::Status Outbox::Seal(const OutboxRow& row, std::string_view sealed) {
  own_.reset();
  // Nothing of the readable row may stay, and its old meta names the uids that it released.
  Statement seal = database_.Prepare(
      "UPDATE outbox SET bytes = ?3, marks = marks | 1, old_meta = x'', signature = x'', "
      "changeset = ?4 WHERE position = ?1 AND uid = ?2");
  seal.Bind(1, row.position).Bind(2, row.uid).Bind(3, uint64_t{sealed.size()}).Bind(4, sealed);
  return seal.Run();
}

absl::StatusOr<Outbox::Counts> Outbox::Count() const {
  Statement groups = database_.Prepare(
      "SELECT answer, position > 0, count(*), sum(bytes) FROM outbox INDEXED BY outbox_key "
      "WHERE scope >= x'' GROUP BY 1, 2");
  return ReadCounts(groups);
}

absl::StatusOr<Outbox::Counts> Outbox::CountOf(const Id& scope) const {
  Statement groups = database_.Prepare(
      "SELECT answer, position > 0, count(*), sum(bytes) FROM outbox INDEXED BY outbox_key "
      "WHERE scope = ?1 GROUP BY 1, 2");
  groups.Bind(1, scope);
  return ReadCounts(groups);
}

absl::StatusOr<std::vector<Id>> Outbox::Scopes() const {
  Statement list = database_.Prepare(
      "SELECT DISTINCT scope FROM outbox INDEXED BY outbox_key WHERE scope >= x'' "
      "ORDER BY scope");
  std::vector<Id> scopes;
  while (list.Step()) scopes.push_back(list.ReadId(0));
  if (!list.status().ok()) return list.status();
  return scopes;
}

}  // namespace doorstep::client
