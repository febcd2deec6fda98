#include "sync-server/store/sqlite/sqlite_store.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <limits>
#include <mutex>
#include <utility>
#include <vector>

#include "crypto/primitives.h"
#include "crypto/reason.h"
#include "model/planted.h"
#include "sync-server/store/limits.h"
#include "sync-server/store/sqlite/database.h"

namespace doorstep::server {
namespace {

constexpr uint64_t kStoreVersion = 2;
constexpr char kStoreFact[] = "store";  // the meta row that names the tenant of a file
// The meta row with the key of the blind index. It is derived from the key that the store was made
// under and stays with its rows, so that a copy under another key finds what was indexed before.
constexpr char kFindKey[] = "find key";

// A store in memory has no key; its find key is everybody's.
constexpr std::string_view kNoKey = "a store in memory without any key of its own";

// Rows of some size have a row number and an index beside them: in a b-tree of such rows themselves
// few keys fit into a page, and finding one reads many pages, each to be decrypted.
constexpr const char* kTables[] = {
    "CREATE TABLE scope (tenant BLOB NOT NULL, scope BLOB NOT NULL, seq INTEGER NOT NULL,"
    " hash BLOB NOT NULL, state_digest BLOB NOT NULL, archived_seq INTEGER NOT NULL,"
    " directory_seq INTEGER NOT NULL, PRIMARY KEY (tenant, scope)) STRICT, WITHOUT ROWID",
    "CREATE TABLE log (tenant BLOB NOT NULL, scope BLOB NOT NULL, seq INTEGER NOT NULL,"
    " changeset BLOB NOT NULL, signature BLOB NOT NULL, meta BLOB NOT NULL, hash BLOB NOT NULL,"
    " PRIMARY KEY (tenant, scope, seq)) STRICT",
    // Its key is what makes a uid stand in one log at most; it is found without its scope.
    "CREATE TABLE uid (tenant BLOB NOT NULL, scope BLOB NOT NULL, uid BLOB NOT NULL,"
    " seq INTEGER NOT NULL, changeset_hash BLOB NOT NULL,"
    " PRIMARY KEY (tenant, uid)) STRICT, WITHOUT ROWID",
    // cells: EncodeCells of model/record.h.
    "CREATE TABLE record (tenant BLOB NOT NULL, scope BLOB NOT NULL, type INTEGER NOT NULL,"
    " id BLOB NOT NULL, made_seq INTEGER NOT NULL, made_actor BLOB NOT NULL, cells BLOB NOT NULL,"
    " PRIMARY KEY (tenant, scope, type, id)) STRICT",
    // The changeset itself lies in the log at seq.
    "CREATE TABLE held (tenant BLOB NOT NULL, scope BLOB NOT NULL, uid BLOB NOT NULL,"
    " seq INTEGER NOT NULL, reason INTEGER NOT NULL, outcome INTEGER NOT NULL,"
    " decided_seq INTEGER NOT NULL, PRIMARY KEY (tenant, scope, uid)) STRICT, WITHOUT ROWID",
    "CREATE TABLE reader (tenant BLOB NOT NULL, scope BLOB NOT NULL, key BLOB NOT NULL,"
    " PRIMARY KEY (tenant, scope, key)) STRICT, WITHOUT ROWID",
    "CREATE UNIQUE INDEX reader_key ON reader (tenant, key, scope)",
    "CREATE TABLE meta (tenant BLOB NOT NULL, name BLOB NOT NULL, value BLOB NOT NULL,"
    " PRIMARY KEY (tenant, name)) STRICT, WITHOUT ROWID",
};

// What version 2 added: finding, who was told, files beside records, visits alone.
constexpr const char* kLaterTables[] = {
    // token: the first 16 bytes of PRF(find key, term).
    "CREATE TABLE find_token (tenant BLOB NOT NULL, scope BLOB NOT NULL, type INTEGER NOT NULL,"
    " record BLOB NOT NULL, token BLOB NOT NULL,"
    " PRIMARY KEY (tenant, scope, type, record, token)) STRICT, WITHOUT ROWID",
    "CREATE INDEX find_token_of ON find_token (tenant, token)",
    "CREATE TABLE office_read (tenant BLOB NOT NULL, scope BLOB NOT NULL, number INTEGER NOT NULL,"
    " device BLOB NOT NULL, user BLOB NOT NULL, at_ms INTEGER NOT NULL, act INTEGER NOT NULL,"
    " PRIMARY KEY (tenant, scope, number)) STRICT, WITHOUT ROWID",
    "CREATE TABLE file (tenant BLOB NOT NULL, scope BLOB NOT NULL, content BLOB NOT NULL,"
    " length INTEGER NOT NULL, hashes BLOB NOT NULL,"
    " PRIMARY KEY (tenant, scope, content)) STRICT, WITHOUT ROWID",
    // Encrypted by the device that made them; the server has no key.
    "CREATE TABLE chunk (tenant BLOB NOT NULL, scope BLOB NOT NULL, content BLOB NOT NULL,"
    " number INTEGER NOT NULL, bytes BLOB NOT NULL,"
    " PRIMARY KEY (tenant, scope, content, number)) STRICT",
    "CREATE TABLE lone (tenant BLOB NOT NULL, scope BLOB NOT NULL, visit BLOB NOT NULL,"
    " worker BLOB NOT NULL, due_ms INTEGER NOT NULL, told_ms INTEGER NOT NULL,"
    " PRIMARY KEY (tenant, scope, visit)) STRICT, WITHOUT ROWID",
};

absl::Status MakeLaterTables(Database& database, const Id& tenant, std::string_view store_key) {
  absl::Status made;
  for (const char* sql : kLaterTables) {
    if (made.ok()) made = database.Execute(sql);
  }
  if (!made.ok()) return made;
  Hash32 key{};
  Prf(store_key, St("doorstep/find/v1").Add(tenant.view()).bytes(), key);
  Statement fact = database.Prepare("INSERT INTO meta VALUES (?1, ?2, ?3)");
  made = fact.Bind(1, tenant).Bind(2, std::string_view(kFindKey)).Bind(3, key).Run();
  static_assert(kStoreVersion == 2);
  return made.ok() ? database.Execute("PRAGMA user_version=2") : made;
}

// All of it, or nothing.
absl::Status InOneTransaction(Database& database, absl::FunctionRef<absl::Status()> work) {
  absl::Status made = database.Execute("BEGIN IMMEDIATE");
  if (made.ok()) made = work();
  if (made.ok()) made = database.Execute("COMMIT");
  if (database.in_transaction()) database.Execute("ROLLBACK").IgnoreError();
  return made;
}

// The tables in one transaction, and whose they are.
absl::Status MakeTables(Database& database, const Id& tenant, std::string_view store_key) {
  return InOneTransaction(database, [&] {
    absl::Status made;
    for (const char* sql : kTables) {
      if (made.ok()) made = database.Execute(sql);
    }
    if (made.ok()) {
      Statement fact = database.Prepare("INSERT INTO meta VALUES (?1, ?2, x'')");
      made = fact.Bind(1, tenant).Bind(2, std::string_view(kStoreFact)).Run();
    }
    return made.ok() ? MakeLaterTables(database, tenant, store_key) : made;
  });
}

// A new file gets its tables; one of ours must be of this tenant, and of this version or of the
// first, which is brought up to it.
absl::Status CheckTables(Database& database, const Id& tenant, std::string_view store_key) {
  uint64_t version = 0;
  {
    Statement read = database.Prepare("PRAGMA user_version");
    if (!read.Step()) return read.status();
    version = read.Integer(0);
  }
  if (version > kStoreVersion) {
    return MakeStatus(Reason::kVersion, "store: written by a newer program");
  }
  if (version == 0) {
    Statement any = database.Prepare("SELECT 1 FROM sqlite_schema LIMIT 1");
    if (any.Step()) return MakeStatus(Reason::kKey, "store: a database of something else");
    if (!any.status().ok()) return any.status();
    return MakeTables(database, tenant, store_key);
  }
  Statement owner = database.Prepare("SELECT tenant FROM meta WHERE name = ?1");
  if (!owner.Bind(1, std::string_view(kStoreFact)).Step()) {
    return owner.status().ok() ? MakeStatus(Reason::kIntegrity, "store: nobody's") : owner.status();
  }
  if (owner.ReadId(0) != tenant) return MakeStatus(Reason::kKey, "store: another tenant's");
  if (version == kStoreVersion) return absl::OkStatus();
  return InOneTransaction(database, [&] { return MakeLaterTables(database, tenant, store_key); });
}

ScopeRow ReadScopeRow(Statement& row, int first) {
  ScopeRow scope;
  scope.seq = row.Integer(first);
  scope.hash = row.ReadBytes<32>(first + 1);
  scope.state_digest = row.ReadBytes<32>(first + 2);
  scope.archived_seq = row.Integer(first + 3);
  scope.directory_seq = row.Integer(first + 4);
  return scope;
}

absl::StatusOr<Record> ReadRecord(Statement& row) {
  Record record;
  record.type = static_cast<uint32_t>(row.Integer(0));
  record.id = row.ReadId(1);
  record.made_seq = row.Integer(2);
  record.made_actor = row.ReadId(3);
  absl::StatusOr<std::map<uint32_t, Cell>> cells = DecodeCells(row.Blob(4));
  if (!cells.ok()) return cells.status();
  record.cells = *std::move(cells);
  if (!row.status().ok()) return row.status();
  return record;
}

LogRow ReadLogRow(Statement& row) {
  LogRow entry;
  entry.seq = row.Integer(0);
  entry.changeset = row.Blob(1);
  entry.signature = row.ReadBytes<64>(2);
  entry.meta = row.Blob(3);
  entry.hash = row.ReadBytes<32>(4);
  return entry;
}

bool Storable(uint64_t seq) {
  return seq <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
}

// The reading half, for views and transactions alike.
template <typename Base>
class Reading : public Base {
 public:
  Reading(Database& database, const Id& tenant) : database_(database), tenant_(tenant) {}

  const Id& tenant() const override { return tenant_; }

  absl::StatusOr<ScopeRow> FindScope(const Id& scope) const override {
    Statement row = database_.Prepare(
        "SELECT seq, hash, state_digest, archived_seq, directory_seq FROM scope"
        " WHERE tenant = ?1 AND scope = ?2");
    ScopeRow found;
    if (row.Bind(1, tenant_).Bind(2, scope).Step()) {
      found = ReadScopeRow(row, 0);
    } else {
      found.hash = EmptyLogHash(tenant_, scope);
    }
    if (!row.status().ok()) return row.status();
    return found;
  }

  absl::Status ForEachScope(
      absl::FunctionRef<void(const Id&, const ScopeRow&)> visit) const override {
    Statement row = database_.Prepare(
        "SELECT scope, seq, hash, state_digest, archived_seq, directory_seq FROM scope"
        " WHERE tenant = ?1 ORDER BY scope");
    for (row.Bind(1, tenant_); row.Step();) {
      const Id scope = row.ReadId(0);
      const ScopeRow found = ReadScopeRow(row, 1);
      if (!row.status().ok()) break;
      visit(scope, found);
    }
    return row.status();
  }

  absl::StatusOr<std::optional<Hash32>> HashAt(const Id& scope, uint64_t seq) const override {
    if (seq == 0) return std::optional(EmptyLogHash(tenant_, scope));
    if (!Storable(seq)) return std::optional<Hash32>();
    Statement row =
        database_.Prepare("SELECT hash FROM log WHERE tenant = ?1 AND scope = ?2 AND seq = ?3");
    std::optional<Hash32> hash;
    if (row.Bind(1, tenant_).Bind(2, scope).Bind(3, seq).Step()) hash = row.ReadBytes<32>(0);
    if (!row.status().ok()) return row.status();
    return hash;
  }

  absl::Status ReadLog(const Id& scope, uint64_t after,
                       absl::FunctionRef<ReadView::Visit(LogRow)> visit) const override {
    if (!Storable(after)) return absl::OkStatus();
    Statement row = database_.Prepare(
        "SELECT seq, changeset, signature, meta, hash FROM log"
        " WHERE tenant = ?1 AND scope = ?2 AND seq > ?3 ORDER BY seq");
    for (row.Bind(1, tenant_).Bind(2, scope).Bind(3, after); row.Step();) {
      LogRow entry = ReadLogRow(row);
      if (!row.status().ok()) break;
      if (visit(std::move(entry)) == ReadView::Visit::kStop) break;
    }
    return row.status();
  }

  absl::StatusOr<std::optional<UidRow>> FindUid(const Id& uid) const override {
    Statement row = database_.Prepare(
        "SELECT scope, seq, changeset_hash FROM uid WHERE tenant = ?1 AND uid = ?2");
    std::optional<UidRow> found;
    if (row.Bind(1, tenant_).Bind(2, uid).Step()) {
      found = UidRow{row.ReadId(0), row.Integer(1), row.ReadBytes<32>(2)};
    }
    if (!row.status().ok()) return row.status();
    return found;
  }

  absl::Status ForEachScopeOf(const Id& reader_key,
                              absl::FunctionRef<void(const Id&)> visit) const override {
    Statement row =
        database_.Prepare("SELECT scope FROM reader WHERE tenant = ?1 AND key = ?2 ORDER BY scope");
    for (row.Bind(1, tenant_).Bind(2, reader_key); row.Step();) {
      const Id scope = row.ReadId(0);
      if (!row.status().ok()) break;
      visit(scope);
    }
    return row.status();
  }

  absl::StatusOr<bool> StandsUnder(const Id& scope, const Id& reader_key) const override {
    Statement row =
        database_.Prepare("SELECT 1 FROM reader WHERE tenant = ?1 AND scope = ?2 AND key = ?3");
    const bool found = row.Bind(1, tenant_).Bind(2, scope).Bind(3, reader_key).Step();
    if (!row.status().ok()) return row.status();
    return found;
  }

  absl::Status ForEachFound(
      std::string_view term,
      absl::FunctionRef<void(const Id&, uint32_t, const Id&)> visit) const override {
    const absl::StatusOr<Hash16> token = TokenOf(term);
    if (!token.ok()) return token.status();
    Statement row = database_.Prepare(
        "SELECT scope, type, record FROM find_token WHERE tenant = ?1 AND token = ?2"
        " ORDER BY scope, type, record");
    for (row.Bind(1, tenant_).Bind(2, View(*token)); row.Step();) {
      const Id scope = row.ReadId(0);
      const Id record = row.ReadId(2);
      if (!row.status().ok()) break;
      visit(scope, static_cast<uint32_t>(row.Integer(1)), record);
    }
    return row.status();
  }

  absl::Status ForEachOfficeRead(const Id& family,
                                 absl::FunctionRef<void(const OfficeRead&)> visit) const override {
    Statement row = database_.Prepare(
        "SELECT device, user, at_ms, act FROM office_read"
        " WHERE tenant = ?1 AND scope = ?2 ORDER BY number");
    for (row.Bind(1, tenant_).Bind(2, family); row.Step();) {
      const OfficeRead read{family, row.ReadId(0), row.ReadId(1),
                            static_cast<int64_t>(row.Integer(2)),
                            static_cast<OfficeAct>(row.Integer(3))};
      if (!row.status().ok()) break;
      visit(read);
    }
    return row.status();
  }

  absl::StatusOr<std::optional<FileRow>> FindFile(const Id& scope,
                                                  std::string_view content) const override {
    std::optional<FileRow> file;
    {
      Statement row = database_.Prepare(
          "SELECT length, hashes FROM file WHERE tenant = ?1 AND scope = ?2 AND content = ?3");
      if (row.Bind(1, tenant_).Bind(2, scope).Bind(3, content).Step()) {
        file = FileRow{row.Integer(0), std::string(row.Blob(1)), {}};
      }
      if (!row.status().ok()) return row.status();
      if (!file) return std::optional<FileRow>();
    }
    const size_t chunks = file->hashes.size() / 32;
    file->here.assign((chunks + 7) / 8, '\0');
    Statement number = database_.Prepare(
        "SELECT number FROM chunk WHERE tenant = ?1 AND scope = ?2 AND content = ?3");
    for (number.Bind(1, tenant_).Bind(2, scope).Bind(3, content); number.Step();) {
      const uint64_t at = number.Integer(0);
      if (at >= chunks) return DamagedStore("a chunk that its file has not");
      file->here[at / 8] =
          static_cast<char>(static_cast<uint8_t>(file->here[at / 8]) | 1 << at % 8);
    }
    if (!number.status().ok()) return number.status();
    return file;
  }

  absl::StatusOr<std::optional<std::string>> FindChunk(const Id& scope, std::string_view content,
                                                       uint32_t number) const override {
    Statement row = database_.Prepare(
        "SELECT bytes FROM chunk WHERE tenant = ?1 AND scope = ?2 AND content = ?3 AND number = "
        "?4");
    std::optional<std::string> chunk;
    row.Bind(1, tenant_).Bind(2, scope).Bind(3, content).Bind(4, uint64_t{number});
    if (row.Step()) chunk = row.Blob(0);
    if (!row.status().ok()) return row.status();
    return chunk;
  }

  absl::StatusOr<std::optional<LoneRow>> FindLone(const Id& scope, const Id& visit) const override {
    Statement row = database_.Prepare(
        "SELECT scope, visit, worker, due_ms, told_ms FROM lone"
        " WHERE tenant = ?1 AND scope = ?2 AND visit = ?3");
    std::optional<LoneRow> found;
    if (row.Bind(1, tenant_).Bind(2, scope).Bind(3, visit).Step()) found = ReadLone(row);
    if (!row.status().ok()) return row.status();
    return found;
  }

  absl::Status ForEachLoneDue(int64_t now_ms,
                              absl::FunctionRef<void(const LoneRow&)> visit) const override {
    Statement row = database_.Prepare(
        "SELECT scope, visit, worker, due_ms, told_ms FROM lone"
        " WHERE tenant = ?1 AND due_ms > 0 AND due_ms <= ?2 AND told_ms = 0"
        " ORDER BY due_ms, scope, visit");
    row.Bind(1, tenant_).Bind(2, static_cast<uint64_t>(std::max<int64_t>(0, now_ms)));
    return VisitLone(row, visit);
  }

  absl::Status ForEachLoneEnded(absl::FunctionRef<void(const LoneRow&)> visit) const override {
    Statement row = database_.Prepare(
        "SELECT scope, visit, worker, due_ms, told_ms FROM lone"
        " WHERE tenant = ?1 AND due_ms = 0 ORDER BY scope, visit");
    return VisitLone(row.Bind(1, tenant_), visit);
  }

  absl::StatusOr<std::optional<std::string>> FindMeta(std::string_view name) const override {
    Statement row = database_.Prepare("SELECT value FROM meta WHERE tenant = ?1 AND name = ?2");
    std::optional<std::string> value;
    if (row.Bind(1, tenant_).Bind(2, name).Step()) value = row.Blob(0);
    if (!row.status().ok()) return row.status();
    return value;
  }

  absl::StatusOr<std::optional<Record>> LoadRecord(const Id& scope, uint32_t type,
                                                   const Id& id) const override {
    Statement row = database_.Prepare(
        "SELECT type, id, made_seq, made_actor, cells FROM record"
        " WHERE tenant = ?1 AND scope = ?2 AND type = ?3 AND id = ?4");
    if (!row.Bind(1, tenant_).Bind(2, scope).Bind(3, uint64_t{type}).Bind(4, id).Step()) {
      if (!row.status().ok()) return row.status();
      return std::optional<Record>();
    }
    absl::StatusOr<Record> record = ReadRecord(row);
    if (!record.ok()) return record.status();
    return std::optional<Record>(*std::move(record));
  }

  absl::Status LoadRecords(const Id& scope, uint32_t type,
                           absl::FunctionRef<void(Record)> visit) const override {
    Statement row = database_.Prepare(
        "SELECT type, id, made_seq, made_actor, cells FROM record"
        " WHERE tenant = ?1 AND scope = ?2 AND type = ?3 ORDER BY id");
    for (row.Bind(1, tenant_).Bind(2, scope).Bind(3, uint64_t{type}); row.Step();) {
      absl::StatusOr<Record> record = ReadRecord(row);
      if (!record.ok()) return record.status();
      visit(*std::move(record));
    }
    return row.status();
  }

  absl::StatusOr<std::optional<HeldWork>> LoadHeld(const Id& scope, const Id& uid) const override {
    Statement row = database_.Prepare(kHeldOne);
    if (!row.Bind(1, tenant_).Bind(2, scope).Bind(3, uid).Step()) {
      if (!row.status().ok()) return row.status();
      return std::optional<HeldWork>();
    }
    absl::StatusOr<HeldWork> held = ReadHeld(row);
    if (!held.ok()) return held.status();
    return std::optional<HeldWork>(*std::move(held));
  }

  absl::Status LoadAllHeld(const Id& scope,
                           absl::FunctionRef<void(HeldWork)> visit) const override {
    Statement row = database_.Prepare(kHeldAll);
    for (row.Bind(1, tenant_).Bind(2, scope); row.Step();) {
      absl::StatusOr<HeldWork> held = ReadHeld(row);
      if (!held.ok()) return held.status();
      visit(*std::move(held));
    }
    return row.status();
  }

 protected:
  absl::StatusOr<Hash16> TokenOf(std::string_view term) const {
    if (find_key_.empty()) {
      absl::StatusOr<std::optional<std::string>> key = FindMeta(kFindKey);
      if (!key.ok()) return key.status();
      if (!*key) return DamagedStore("the key of the blind index is gone");
      find_key_ = **std::move(key);
    }
    Hash16 token{};
    Prf(find_key_, St("doorstep/find-term/v1").Add(term).bytes(), token);
    return token;
  }

  Database& database_;
  Id tenant_;
  mutable std::string find_key_;  // once it was needed

 private:
  static constexpr char kHeldOne[] =
      "SELECT log.seq, log.changeset, log.signature, log.meta, log.hash, held.reason,"
      " held.outcome, held.decided_seq FROM held JOIN log USING (tenant, scope, seq)"
      " WHERE held.tenant = ?1 AND held.scope = ?2 AND held.uid = ?3";
  static constexpr char kHeldAll[] =
      "SELECT log.seq, log.changeset, log.signature, log.meta, log.hash, held.reason,"
      " held.outcome, held.decided_seq FROM held JOIN log USING (tenant, scope, seq)"
      " WHERE held.tenant = ?1 AND held.scope = ?2 ORDER BY log.seq";

  static LoneRow ReadLone(Statement& row) {
    return {row.ReadId(0), row.ReadId(1), row.ReadId(2), static_cast<int64_t>(row.Integer(3)),
            static_cast<int64_t>(row.Integer(4))};
  }
  static absl::Status VisitLone(Statement& row, absl::FunctionRef<void(const LoneRow&)> visit) {
    while (row.Step()) {
      const LoneRow found = ReadLone(row);
      if (!row.status().ok()) break;
      visit(found);
    }
    return row.status();
  }

  static absl::StatusOr<HeldWork> ReadHeld(Statement& row) {
    const LogRow log = ReadLogRow(row);
    if (!row.status().ok()) return row.status();
    absl::StatusOr<Entry> entry = ToEntry(log);
    if (!entry.ok()) return entry.status();
    HeldWork held;
    held.seq = log.seq;
    held.reason = static_cast<uint32_t>(row.Integer(5));
    const uint64_t outcome = row.Integer(6);
    if (outcome > static_cast<uint64_t>(HeldWork::Outcome::kDeclined)) {
      return MakeStatus(Reason::kIntegrity, "store: held work is damaged");
    }
    held.outcome = static_cast<HeldWork::Outcome>(outcome);
    held.decided_seq = row.Integer(7);
    held.changeset = std::move(entry->changeset);
    return held;
  }
};

}  // namespace

struct SqliteStore::Impl {
  Id tenant;
  std::string path;  // empty: in memory
  Secret key;
  int lock_file = -1;
  std::unique_ptr<Database> writer;
  std::mutex mutex;
  std::vector<std::unique_ptr<Database>> readers;  // not in use; guarded by mutex

  ~Impl() {
    readers.clear();
    if (writer != nullptr && !path.empty()) writer->CheckpointTruncate().IgnoreError();
    writer.reset();
    if (lock_file >= 0) close(lock_file);
  }

  absl::StatusOr<std::unique_ptr<Database>> TakeReader() {
    {
      std::lock_guard<std::mutex> lock(mutex);
      if (!readers.empty()) {
        std::unique_ptr<Database> reader = std::move(readers.back());
        readers.pop_back();
        return reader;
      }
    }
    return Database::Open(path, key, Database::Use::kRead);
  }
  void GiveBack(std::unique_ptr<Database> reader) {
    std::lock_guard<std::mutex> lock(mutex);
    if (readers.size() < kReaderConnectionsMax) readers.push_back(std::move(reader));
  }
};

namespace {

class MemoryView final : public Reading<ReadView> {
 public:
  using Reading::Reading;
};

class FileView final : public Reading<ReadView> {
 public:
  FileView(SqliteStore::Impl& store, std::unique_ptr<Database> reader)
      : Reading(*reader, store.tenant), store_(store), reader_(std::move(reader)) {}
  ~FileView() override {
    if (reader_->Execute("COMMIT").ok()) store_.GiveBack(std::move(reader_));
  }
  absl::Status Begin() {
    absl::Status begun = reader_->Execute("BEGIN");
    if (!begun.ok()) return begun;
    // The moment is that of the first read, so there is one now.
    Statement first = reader_->Prepare("SELECT 1 FROM scope LIMIT 1");
    return first.Run();
  }

 private:
  SqliteStore::Impl& store_;
  std::unique_ptr<Database> reader_;
};

class Writing final : public Reading<Transaction> {
 public:
  using Reading::Reading;
  ~Writing() override {
    if (database_.in_transaction()) database_.Execute("ROLLBACK").IgnoreError();
  }

  absl::Status Append(const Entry& entry) override {
    const Changeset& changeset = entry.changeset;
    Statement log =
        database_.Prepare(Planted(Fault::kAdoptOnlyAtHead)
                              ? "INSERT OR REPLACE INTO log VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
                              : "INSERT INTO log VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
    absl::Status written = log.Bind(1, tenant_)
                               .Bind(2, changeset.scope)
                               .Bind(3, entry.seq())
                               .Bind(4, changeset.bytes)
                               .Bind(5, View(changeset.signature))
                               .Bind(6, entry.meta_bytes)
                               .Bind(7, entry.hash)
                               .Run();
    if (!written.ok()) return written;
    const Hash32 hash = ChangesetHash(changeset);
    Statement uid =
        database_.Prepare(Planted(Fault::kUidIdentity) || Planted(Fault::kAdoptOnlyAtHead)
                              ? "INSERT OR REPLACE INTO uid VALUES (?1, ?2, ?3, ?4, ?5)"
                              : "INSERT INTO uid VALUES (?1, ?2, ?3, ?4, ?5)");
    return uid.Bind(1, tenant_)
        .Bind(2, changeset.scope)
        .Bind(3, changeset.uid)
        .Bind(4, entry.seq())
        .Bind(5, hash)
        .Run();
  }

  absl::Status PutScope(const Id& scope, const ScopeRow& row) override {
    Statement put =
        database_.Prepare("INSERT OR REPLACE INTO scope VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
    return put.Bind(1, tenant_)
        .Bind(2, scope)
        .Bind(3, row.seq)
        .Bind(4, row.hash)
        .Bind(5, row.state_digest)
        .Bind(6, row.archived_seq)
        .Bind(7, row.directory_seq)
        .Run();
  }

  absl::Status PutRecord(const Id& scope, const Record& record) override {
    const std::string cells = EncodeCells(record);
    Statement put = database_.Prepare(
        "INSERT INTO record VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
        " ON CONFLICT DO UPDATE SET made_seq = ?5, made_actor = ?6, cells = ?7");
    return put.Bind(1, tenant_)
        .Bind(2, scope)
        .Bind(3, uint64_t{record.type})
        .Bind(4, record.id)
        .Bind(5, record.made_seq)
        .Bind(6, record.made_actor)
        .Bind(7, cells)
        .Run();
  }

  absl::Status PutHeld(const Id& scope, const HeldWork& held) override {
    Statement put =
        database_.Prepare("INSERT OR REPLACE INTO held VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
    return put.Bind(1, tenant_)
        .Bind(2, scope)
        .Bind(3, held.changeset.uid)
        .Bind(4, held.seq)
        .Bind(5, uint64_t{held.reason})
        .Bind(6, static_cast<uint64_t>(held.outcome))
        .Bind(7, held.decided_seq)
        .Run();
  }

  absl::Status PutReaderKeys(const Id& scope, const std::set<Id>& keys) override {
    {
      Statement drop = database_.Prepare("DELETE FROM reader WHERE tenant = ?1 AND scope = ?2");
      absl::Status dropped = drop.Bind(1, tenant_).Bind(2, scope).Run();
      if (!dropped.ok()) return dropped;
    }
    for (const Id& key : keys) {
      Statement put = database_.Prepare("INSERT INTO reader VALUES (?1, ?2, ?3)");
      absl::Status done = put.Bind(1, tenant_).Bind(2, scope).Bind(3, key).Run();
      if (!done.ok()) return done;
    }
    return absl::OkStatus();
  }

  absl::Status PutFindTerms(const Id& scope, uint32_t type, const Id& record,
                            const std::set<std::string>& terms) override {
    {
      Statement drop = database_.Prepare(
          "DELETE FROM find_token WHERE tenant = ?1 AND scope = ?2 AND type = ?3 AND record = ?4");
      absl::Status dropped =
          drop.Bind(1, tenant_).Bind(2, scope).Bind(3, uint64_t{type}).Bind(4, record).Run();
      if (!dropped.ok()) return dropped;
    }
    for (const std::string& term : terms) {
      const absl::StatusOr<Hash16> token = TokenOf(term);
      if (!token.ok()) return token.status();
      Statement put = database_.Prepare("INSERT INTO find_token VALUES (?1, ?2, ?3, ?4, ?5)");
      absl::Status done = put.Bind(1, tenant_)
                              .Bind(2, scope)
                              .Bind(3, uint64_t{type})
                              .Bind(4, record)
                              .Bind(5, View(*token))
                              .Run();
      if (!done.ok()) return done;
    }
    return absl::OkStatus();
  }

  absl::Status AddOfficeRead(const OfficeRead& read) override {
    Statement add = database_.Prepare(
        "INSERT INTO office_read SELECT ?1, ?2, 1 + coalesce(max(number), 0), ?3, ?4, ?5, ?6"
        " FROM office_read WHERE tenant = ?1 AND scope = ?2");
    return add.Bind(1, tenant_)
        .Bind(2, read.family)
        .Bind(3, read.device)
        .Bind(4, read.user)
        .Bind(5, static_cast<uint64_t>(read.at_ms))
        .Bind(6, static_cast<uint64_t>(read.act))
        .Run();
  }

  absl::Status PutChunk(const Id& scope, std::string_view content, uint64_t length,
                        std::string_view hashes, uint32_t number, std::string_view chunk) override {
    {
      Statement file = database_.Prepare("INSERT OR IGNORE INTO file VALUES (?1, ?2, ?3, ?4, ?5)");
      file.Bind(1, tenant_).Bind(2, scope).Bind(3, content).Bind(4, length).Bind(5, hashes);
      absl::Status put = file.Run();
      if (!put.ok()) return put;
    }
    Statement bytes = database_.Prepare("INSERT OR IGNORE INTO chunk VALUES (?1, ?2, ?3, ?4, ?5)");
    bytes.Bind(1, tenant_).Bind(2, scope).Bind(3, content).Bind(4, uint64_t{number});
    return bytes.Bind(5, chunk).Run();
  }

  absl::Status PutLone(const LoneRow& row) override {
    Statement put =
        database_.Prepare("INSERT OR REPLACE INTO lone VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
    put.Bind(1, tenant_).Bind(2, row.scope).Bind(3, row.visit).Bind(4, row.worker);
    put.Bind(5, static_cast<uint64_t>(row.due_ms)).Bind(6, static_cast<uint64_t>(row.told_ms));
    return put.Run();
  }

  absl::Status DropLone(const Id& scope, const Id& visit) override {
    Statement drop =
        database_.Prepare("DELETE FROM lone WHERE tenant = ?1 AND scope = ?2 AND visit = ?3");
    return drop.Bind(1, tenant_).Bind(2, scope).Bind(3, visit).Run();
  }

  absl::Status PutMeta(std::string_view name, std::string_view value) override {
    Statement put = database_.Prepare("INSERT OR REPLACE INTO meta VALUES (?1, ?2, ?3)");
    return put.Bind(1, tenant_).Bind(2, name).Bind(3, value).Run();
  }

  absl::Status DropMeta(std::string_view name) override {
    Statement drop = database_.Prepare("DELETE FROM meta WHERE tenant = ?1 AND name = ?2");
    return drop.Bind(1, tenant_).Bind(2, name).Run();
  }

  absl::Status Commit() override {
    absl::Status committed = database_.Execute("COMMIT");
    if (!committed.ok()) return committed;
    // What was committed is durable already; a checkpoint that fails is tried at the next commit.
    database_.CheckpointWhenLarge().IgnoreError();
    return absl::OkStatus();
  }
};

}  // namespace

SqliteStore::SqliteStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SqliteStore::~SqliteStore() = default;

absl::StatusOr<std::unique_ptr<SqliteStore>> SqliteStore::Open(const std::string& path,
                                                               const Secret& key,
                                                               const Id& tenant) {
  if (key.size() != kDatabaseKeyBytes) {
    return MakeStatus(Reason::kKey, "store: the key file does not hold 48 bytes");
  }
  auto impl = std::make_unique<Impl>();
  impl->tenant = tenant;
  impl->path = path;
  impl->key = key.Clone();
  impl->lock_file = open((path + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (impl->lock_file < 0) return MakeStatus(Reason::kIo, "store: no lock file");
  if (flock(impl->lock_file, LOCK_EX | LOCK_NB) != 0) {
    return MakeStatus(Reason::kBusy, "store: open in another process");
  }
  absl::StatusOr<std::unique_ptr<Database>> writer =
      Database::Open(path, key, Database::Use::kWrite);
  if (!writer.ok()) return writer.status();
  impl->writer = *std::move(writer);
  absl::Status checked = CheckTables(*impl->writer, tenant, key.view());
  if (!checked.ok()) return checked;
  return std::unique_ptr<SqliteStore>(new SqliteStore(std::move(impl)));
}

absl::StatusOr<std::unique_ptr<SqliteStore>> SqliteStore::OpenInMemory(const Id& tenant) {
  absl::StatusOr<std::unique_ptr<Database>> database = Database::OpenInMemory();
  if (!database.ok()) return database.status();
  absl::Status made = MakeTables(**database, tenant, kNoKey);
  if (!made.ok()) return made;
  auto impl = std::make_unique<Impl>();
  impl->tenant = tenant;
  impl->writer = *std::move(database);
  return std::unique_ptr<SqliteStore>(new SqliteStore(std::move(impl)));
}

absl::StatusOr<std::unique_ptr<SqliteStore>> SqliteStore::OpenImage(std::string_view image,
                                                                    const Id& tenant) {
  absl::StatusOr<std::unique_ptr<Database>> database = Database::OpenImage(image);
  if (!database.ok()) return database.status();
  absl::Status checked = CheckTables(**database, tenant, kNoKey);
  if (!checked.ok()) return checked;
  auto impl = std::make_unique<Impl>();
  impl->tenant = tenant;
  impl->writer = *std::move(database);
  return std::unique_ptr<SqliteStore>(new SqliteStore(std::move(impl)));
}

const Id& SqliteStore::tenant() const { return impl_->tenant; }

absl::StatusOr<std::unique_ptr<ReadView>> SqliteStore::Read() {
  if (impl_->path.empty()) {
    assert(!impl_->writer->in_transaction());
    return std::make_unique<MemoryView>(*impl_->writer, impl_->tenant);
  }
  absl::StatusOr<std::unique_ptr<Database>> reader = impl_->TakeReader();
  if (!reader.ok()) return reader.status();
  auto view = std::make_unique<FileView>(*impl_, *std::move(reader));
  absl::Status begun = view->Begin();
  if (!begun.ok()) return begun;
  return view;
}

absl::StatusOr<std::unique_ptr<Transaction>> SqliteStore::Begin() {
  assert(!impl_->writer->in_transaction());
  absl::Status begun = impl_->writer->Execute("BEGIN IMMEDIATE");
  if (!begun.ok()) return begun;
  return std::make_unique<Writing>(*impl_->writer, impl_->tenant);
}

absl::StatusOr<std::string> SqliteStore::Image() {
  assert(impl_->path.empty());
  return impl_->writer->Image();
}

absl::Status SqliteStore::CopyTo(const std::string& path, const Secret& key) {
  assert(!impl_->path.empty());
  if (key.size() != kDatabaseKeyBytes) {
    return MakeStatus(Reason::kKey, "store: a key has 48 bytes");
  }
  // Made here and nowhere else, so that nothing is overwritten; an empty file is a new database.
  const int made = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (made < 0) return MakeStatus(Reason::kIo, "store: the copy cannot be made");
  close(made);
  absl::StatusOr<std::unique_ptr<Database>> source =
      Database::Open(impl_->path, impl_->key, Database::Use::kCopy);
  if (!source.ok()) return source.status();
  return (*source)->CopyTo(path, key);
}

absl::Status SqliteStore::CheckIntegrity() {
  if (impl_->path.empty()) return impl_->writer->CheckIntegrity();
  absl::StatusOr<std::unique_ptr<Database>> reader = impl_->TakeReader();
  if (!reader.ok()) return reader.status();
  absl::Status checked = (*reader)->CheckIntegrity();
  impl_->GiveBack(*std::move(reader));
  return checked;
}

}  // namespace doorstep::server
