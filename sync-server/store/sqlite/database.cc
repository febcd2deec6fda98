#include "sync-server/store/sqlite/database.h"

#include <sqlite3.h>

#include <cassert>
#include <cstring>
#include <utility>

#include "crypto/reason.h"
#include "sync-server/store/limits.h"

namespace doorstep::server {
namespace {

// Names the kind of failure, never SQL text or a value.
absl::Status ToStatus(int result) {
  switch (result & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
      return absl::OkStatus();
    case SQLITE_FULL:
      return MakeStatus(Reason::kDisk, "store: no space");
    case SQLITE_NOMEM:
      return MakeStatus(Reason::kNoMemory, "store: out of memory");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return MakeStatus(Reason::kBusy, "store: locked");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return MakeStatus(Reason::kIntegrity, "store: damaged");
    case SQLITE_TOOBIG:
      return MakeStatus(Reason::kLimit, "store: a row is too large");
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_PROTOCOL:
      return MakeStatus(Reason::kIo, "store: read, write or sync failed");
    default:
      return MakeStatus(Reason::kInternal, "store: statement failed");
  }
}

// x'<key and salt in hexadecimal>', which SQLCipher takes without deriving anything.
Secret RawKey(const Secret& key) {
  assert(key.size() == kDatabaseKeyBytes);
  static constexpr char kDigits[] = "0123456789abcdef";
  Secret raw(2 * kDatabaseKeyBytes + 3);
  uint8_t* out = raw.mutable_bytes().data();
  *out++ = 'x';
  *out++ = '\'';
  for (char c : key.view()) {
    const auto byte = static_cast<uint8_t>(c);
    *out++ = static_cast<uint8_t>(kDigits[byte >> 4]);
    *out++ = static_cast<uint8_t>(kDigits[byte & 15]);
  }
  *out = '\'';
  return raw;
}

int NoteWalPages(void* pages, sqlite3*, const char*, int now) {
  *static_cast<int*>(pages) = now;
  return SQLITE_OK;
}

}  // namespace

Statement::Statement(sqlite3_stmt* statement, int* users, absl::Status status)
    : statement_(statement), users_(users), status_(std::move(status)) {}

Statement::Statement(Statement&& other) noexcept
    : statement_(std::exchange(other.statement_, nullptr)),
      users_(std::exchange(other.users_, nullptr)),
      status_(other.status_) {}

Statement::~Statement() {
  if (statement_ == nullptr) return;
  if (users_ == nullptr) {
    sqlite3_finalize(statement_);
    return;
  }
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
  --*users_;
}

void Statement::Note(int result) {
  if (status_.ok()) status_ = ToStatus(result);
}

void Statement::NoteDamage() { Note(SQLITE_CORRUPT); }

Statement& Statement::Bind(int parameter, uint64_t value) {
  if (status_.ok()) {
    Note(sqlite3_bind_int64(statement_, parameter, static_cast<sqlite3_int64>(value)));
  }
  return *this;
}

Statement& Statement::Bind(int parameter, std::string_view blob) {
  if (!status_.ok()) return *this;
  if (blob.empty()) {
    Note(sqlite3_bind_zeroblob(statement_, parameter, 0));
  } else {
    Note(sqlite3_bind_blob64(statement_, parameter, blob.data(), blob.size(), SQLITE_STATIC));
  }
  return *this;
}

bool Statement::Step() {
  if (!status_.ok()) return false;
  const int result = sqlite3_step(statement_);
  if (result == SQLITE_ROW) return true;
  // What was prepared fails in no ordinary way: SQLCipher answers so for a page whose code is
  // wrong.
  Note(result == SQLITE_ERROR ? SQLITE_CORRUPT : result);
  return false;
}

absl::Status Statement::Run() {
  while (Step()) {
  }
  return status_;
}

uint64_t Statement::Integer(int column) const {
  return static_cast<uint64_t>(sqlite3_column_int64(statement_, column));
}

std::string_view Statement::Blob(int column) const {
  const void* bytes = sqlite3_column_blob(statement_, column);
  const int size = sqlite3_column_bytes(statement_, column);
  if (bytes == nullptr || size <= 0) return {};
  return {static_cast<const char*>(bytes), static_cast<size_t>(size)};
}

absl::StatusOr<std::unique_ptr<Database>> Database::Open(const std::string& path, const Secret& key,
                                                         Use use) {
  std::unique_ptr<Database> database(new Database());
  const int create = use == Use::kWrite ? SQLITE_OPEN_CREATE : 0;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW | create;
  const int result = sqlite3_open_v2(path.c_str(), &database->handle_, flags, nullptr);
  if (result != SQLITE_OK) return ToStatus(result);
  for (absl::Status done : {database->SetKey(key), database->Configure(use)}) {
    if (!done.ok()) return done;
  }
  return database;
}

absl::StatusOr<std::unique_ptr<Database>> Database::OpenInMemory() {
  std::unique_ptr<Database> database(new Database());
  const int result = sqlite3_open_v2(":memory:", &database->handle_,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  if (result != SQLITE_OK) return ToStatus(result);
  return database;
}

absl::StatusOr<std::unique_ptr<Database>> Database::OpenImage(std::string_view image) {
  absl::StatusOr<std::unique_ptr<Database>> database = OpenInMemory();
  if (!database.ok()) return database.status();
  auto* bytes = static_cast<unsigned char*>(sqlite3_malloc64(image.size()));
  if (bytes == nullptr) return MakeStatus(Reason::kNoMemory, "store: out of memory");
  std::memcpy(bytes, image.data(), image.size());
  // SQLite owns the bytes from here on, whatever the result.
  const auto size = static_cast<sqlite3_int64>(image.size());
  const int result =
      sqlite3_deserialize((*database)->handle_, "main", bytes, size, size,
                          SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE);
  if (result != SQLITE_OK) return ToStatus(result);
  return database;
}

Database::~Database() {
  for (auto& [sql, cached] : statements_) {
    assert(cached.users == 0);
    sqlite3_finalize(cached.statement);
  }
  sqlite3_close(handle_);
}

absl::Status Database::Fail(int result) const {
  return ToStatus(result == SQLITE_OK ? sqlite3_extended_errcode(handle_) : result);
}

absl::Status Database::SetKey(const Secret& key) {
  // Temporary files would be in plain text, so there are none; before anything else is done.
  absl::Status status = Execute("PRAGMA temp_store=MEMORY");
  if (!status.ok()) return status;
  const Secret raw = RawKey(key);
  const int result = sqlite3_key(handle_, raw.view().data(), static_cast<int>(raw.size()));
  if (result != SQLITE_OK) return Fail(result);
  status = Execute("PRAGMA cipher_log_level=NONE");
  if (!status.ok()) return status;
  Statement version = Prepare("PRAGMA cipher_version");
  if (!version.Step() || version.Blob(0).empty()) {
    // A plain SQLite takes a key and ignores it: the file would lie readable on the disk.
    return MakeStatus(Reason::kInternal, "store: this SQLite does not encrypt");
  }
  Statement schema = Prepare("SELECT count(*) FROM sqlite_schema");
  if (!schema.Step()) {
    if (ReasonOf(schema.status()) != Reason::kIntegrity) return schema.status();
    return MakeStatus(Reason::kKey, "store: another key, or not a store");
  }
  return absl::OkStatus();
}

absl::Status Database::Configure(Use use) {
  sqlite3_extended_result_codes(handle_, 1);
  sqlite3_busy_timeout(handle_, 2000);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_DEFENSIVE, use == Use::kCopy ? 0 : 1, nullptr);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, use == Use::kWrite ? 0 : 1, nullptr);
  sqlite3_limit(handle_, SQLITE_LIMIT_LENGTH, 8 << 20);
  sqlite3_limit(handle_, SQLITE_LIMIT_SQL_LENGTH, 100'000);
  sqlite3_limit(handle_, SQLITE_LIMIT_ATTACHED, 1);
  sqlite3_limit(handle_, SQLITE_LIMIT_EXPR_DEPTH, 50);
  sqlite3_limit(handle_, SQLITE_LIMIT_VDBE_OP, 250'000);
  sqlite3_limit(handle_, SQLITE_LIMIT_VARIABLE_NUMBER, 999);
  for (const char* sql :
       {"PRAGMA trusted_schema=OFF", "PRAGMA mmap_size=0", "PRAGMA cell_size_check=ON",
        "PRAGMA secure_delete=ON", "PRAGMA synchronous=FULL", "PRAGMA wal_autocheckpoint=0"}) {
    absl::Status status = Execute(sql);
    if (!status.ok()) return status;
  }
  if (use != Use::kWrite) {
    return use == Use::kRead ? Execute("PRAGMA query_only=ON") : absl::OkStatus();
  }
  for (const char* sql :
       {"PRAGMA auto_vacuum=NONE", "PRAGMA fullfsync=ON", "PRAGMA checkpoint_fullfsync=ON"}) {
    absl::Status status = Execute(sql);
    if (!status.ok()) return status;
  }
  Statement mode = Prepare("PRAGMA journal_mode=WAL");
  if (!mode.Step()) return mode.status();
  if (mode.Blob(0) != "wal") return MakeStatus(Reason::kIo, "store: no write-ahead log here");
  sqlite3_wal_hook(handle_, NoteWalPages, &wal_pages_);
  return absl::OkStatus();
}

Statement Database::Prepare(const char* sql) {
  auto [it, fresh] = statements_.try_emplace(sql);
  Cached& cached = it->second;
  if (cached.statement != nullptr && cached.users == 0) {
    ++cached.users;
    return Statement(cached.statement, &cached.users, absl::OkStatus());
  }
  sqlite3_stmt* statement = nullptr;
  const int result =
      sqlite3_prepare_v3(handle_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (result != SQLITE_OK) return Statement(nullptr, nullptr, Fail(result));
  if (cached.statement != nullptr) return Statement(statement, nullptr, absl::OkStatus());
  cached.statement = statement;
  ++cached.users;
  return Statement(statement, &cached.users, absl::OkStatus());
}

absl::Status Database::Execute(const char* sql) {
  const int result = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
  return result == SQLITE_OK ? absl::OkStatus() : Fail(result);
}

bool Database::in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

absl::StatusOr<std::string> Database::Image() {
  assert(!in_transaction());
  sqlite3_int64 size = 0;
  unsigned char* bytes = sqlite3_serialize(handle_, "main", &size, 0);
  if (bytes == nullptr) return MakeStatus(Reason::kNoMemory, "store: no image");
  std::string image(reinterpret_cast<const char*>(bytes), static_cast<size_t>(size));
  sqlite3_free(bytes);
  return image;
}

absl::Status Database::CopyTo(const std::string& path, const Secret& key) {
  const Secret raw = RawKey(key);
  sqlite3_stmt* attach = nullptr;
  int result = sqlite3_prepare_v2(handle_, "ATTACH ?1 AS n KEY ?2", -1, &attach, nullptr);
  if (result != SQLITE_OK) return Fail(result);
  sqlite3_bind_text(attach, 1, path.data(), static_cast<int>(path.size()), SQLITE_STATIC);
  sqlite3_bind_text(attach, 2, raw.view().data(), static_cast<int>(raw.size()), SQLITE_STATIC);
  result = sqlite3_step(attach);
  sqlite3_finalize(attach);
  if (result != SQLITE_DONE) return Fail(result);

  // One read transaction around it all, so that the copy is one moment. The number of the schema is
  // not copied by the export.
  absl::Status copied;
  for (const char* sql : {"PRAGMA n.synchronous=FULL", "BEGIN", "SELECT count(*) FROM main.scope",
                          "SELECT sqlcipher_export('n')"}) {
    if (copied.ok()) copied = Execute(sql);
  }
  uint64_t version = 0;
  if (copied.ok()) {
    Statement read = Prepare("PRAGMA main.user_version");
    if (read.Step()) version = read.Integer(0);
    copied = read.status();
  }
  if (copied.ok()) {
    copied = Execute(("PRAGMA n.user_version=" + std::to_string(version)).c_str());
  }
  if (copied.ok()) copied = Execute("COMMIT");
  if (in_transaction()) Execute("ROLLBACK").IgnoreError();
  absl::Status detached = Execute("DETACH n");
  return copied.ok() ? detached : copied;
}

absl::Status Database::CheckpointWhenLarge() {
  if (wal_pages_ <= kWalPagesMax) return absl::OkStatus();
  const int result =
      sqlite3_wal_checkpoint_v2(handle_, "main", SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  // A reader in the way is no failure: what it needs is written back the next time.
  return (result & 0xff) == SQLITE_BUSY ? absl::OkStatus() : ToStatus(result);
}

absl::Status Database::CheckpointTruncate() {
  return ToStatus(
      sqlite3_wal_checkpoint_v2(handle_, "main", SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr));
}

absl::Status Database::CheckIntegrity() {
  // All rows are read: the first alone says nothing of damage elsewhere.
  bool damaged = false;
  Statement pages = Prepare("PRAGMA cipher_integrity_check");
  while (pages.Step()) damaged = true;
  if (!pages.status().ok()) return pages.status();
  if (damaged) return MakeStatus(Reason::kIntegrity, "store: pages are damaged");
  Statement check = Prepare("PRAGMA quick_check");
  while (check.Step()) damaged = damaged || check.Blob(0) != "ok";
  if (!check.status().ok()) return check.status();
  return damaged ? MakeStatus(Reason::kIntegrity, "store: pages are damaged") : absl::OkStatus();
}

}  // namespace doorstep::server
