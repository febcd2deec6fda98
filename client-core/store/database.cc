#include "client-core/store/database.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cassert>
#include <cstdio>
#include <cstring>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client-core/store/limits.h"
#include "crypto/reason.h"

namespace doorstep::client {
namespace {

constexpr char kFileName[] = "/store.db";
constexpr char kNewName[] = "/store.new";
constexpr char kLockName[] = "/store.lock";

// How a code is told. Messages of SQLite are never passed on: they can quote values.
Reason ReasonOfCode(int code) {
  if (code == SQLITE_IOERR_NOMEM) return Reason::kNoMemory;
  switch (code & 0xff) {
    case SQLITE_NOMEM:
      return Reason::kNoMemory;
    case SQLITE_FULL:
      return Reason::kDisk;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Reason::kBusy;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_READONLY:
      return Reason::kIo;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Reason::kIntegrity;
    case SQLITE_TOOBIG:
      return Reason::kLimit;
    case SQLITE_INTERRUPT:
      return Reason::kCancelled;
    default:
      return Reason::kInternal;
  }
}

absl::Status IoError(const char* doing) {
  Reason reason = errno == ENOSPC || errno == EDQUOT ? Reason::kDisk : Reason::kIo;
  return MakeStatus(reason, absl::StrCat("store: ", doing, " failed, errno ", errno));
}

absl::Status SyncFolder(const std::string& folder) {
  int fd = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return IoError("opening the folder");
  int synced = fsync(fd);
  absl::Status status = synced == 0 ? absl::OkStatus() : IoError("syncing the folder");
  close(fd);
  return status;
}

// x'<64 hexadecimal digits of the key><32 of the salt>'
Secret KeyText(const Secret& key) {
  static constexpr char kDigits[] = "0123456789abcdef";
  Secret text(3 + 2 * key.size());
  uint8_t* out = text.mutable_bytes().data();
  *out++ = 'x';
  *out++ = '\'';
  for (char c : key.view()) {
    *out++ = static_cast<uint8_t>(kDigits[static_cast<uint8_t>(c) >> 4]);
    *out++ = static_cast<uint8_t>(kDigits[static_cast<uint8_t>(c) & 15]);
  }
  *out = '\'';
  return text;
}

}  // namespace

// ---- Statement --------------------------------------------------------------------------------

Statement::Statement(Database* database, sqlite3_stmt* statement, bool* in_use,
                     const absl::Status& status)
    : database_(database), statement_(statement), in_use_(in_use), status_(status) {
  if (in_use_ != nullptr) *in_use_ = true;
}

Statement::Statement(Statement&& other) noexcept
    : database_(other.database_),
      statement_(std::exchange(other.statement_, nullptr)),
      in_use_(std::exchange(other.in_use_, nullptr)),
      status_(other.status_) {}

Statement::~Statement() {
  if (statement_ == nullptr) return;
  if (in_use_ == nullptr) {
    sqlite3_finalize(statement_);
    return;
  }
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
  *in_use_ = false;
}

Statement& Statement::Bind(int parameter, int64_t value) {
  if (status_.ok()) {
    int code = sqlite3_bind_int64(statement_, parameter, value);
    if (code != SQLITE_OK) status_ = database_->Fail(code, "bind");
  }
  return *this;
}

Statement& Statement::Bind(int parameter, std::string_view blob) {
  if (status_.ok()) {
    // Never NULL, which a null pointer would bind.
    const char* data = blob.empty() ? "" : blob.data();
    int code = sqlite3_bind_blob64(statement_, parameter, data, blob.size(), SQLITE_TRANSIENT);
    if (code != SQLITE_OK) status_ = database_->Fail(code, "bind");
  }
  return *this;
}

Statement& Statement::BindText(int parameter, std::string_view text) {
  if (status_.ok()) {
    const char* data = text.empty() ? "" : text.data();
    int code = sqlite3_bind_text64(statement_, parameter, data, text.size(), SQLITE_TRANSIENT,
                                   SQLITE_UTF8);
    if (code != SQLITE_OK) status_ = database_->Fail(code, "bind");
  }
  return *this;
}

Statement& Statement::BindNull(int parameter) {
  if (status_.ok()) {
    int code = sqlite3_bind_null(statement_, parameter);
    if (code != SQLITE_OK) status_ = database_->Fail(code, "bind");
  }
  return *this;
}

bool Statement::Step() {
  if (!status_.ok()) return false;
  if (database_->failed_ && sqlite3_stmt_readonly(statement_) == 0) {
    status_ = MakeStatus(Reason::kIo, "store: an earlier write failed; open it again");
    return false;
  }
  int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) status_ = database_->Fail(code, "step");
  return false;
}

absl::Status Statement::Run() {
  bool row = Step();
  assert(!row);
  return status_;
}

int64_t Statement::Int(int column) const { return sqlite3_column_int64(statement_, column); }

std::string_view Statement::Blob(int column) const {
  const void* data = sqlite3_column_blob(statement_, column);
  int size = sqlite3_column_bytes(statement_, column);
  if (data == nullptr) return {};
  return {static_cast<const char*>(data), static_cast<size_t>(size)};
}

bool Statement::IsNull(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

Id Statement::ReadId(int column) { return Id{ReadBytes<16>(column)}; }

void Statement::NoteDamage() {
  if (status_.ok()) status_ = MakeStatus(Reason::kIntegrity, "store: a column has not its size");
}

// ---- Database ---------------------------------------------------------------------------------

absl::Status Database::Fail(int code, const char* doing) {
  Reason reason = ReasonOfCode(code);
  if (opening_ && (code & 0xff) == SQLITE_NOTADB) reason = Reason::kKey;
  if (reason == Reason::kIo) failed_ = true;
  return MakeStatus(reason, absl::StrCat("store: ", doing, ": SQLite code ", code));
}

absl::Status Database::Lock(const std::string& folder) {
  lock_fd_ = open((folder + kLockName).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock_fd_ < 0) return IoError("opening the lock");
  if (flock(lock_fd_, LOCK_EX | LOCK_NB) == 0) return absl::OkStatus();
  if (errno == EWOULDBLOCK) return MakeStatus(Reason::kBusy, "store: open elsewhere");
  return IoError("locking");
}

absl::Status Database::Connect(const std::string& path) {
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  if (in_memory_) flags |= SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY;
  int code = sqlite3_open_v2(path.c_str(), &handle_, flags, nullptr);
  if (code != SQLITE_OK) return Fail(code, "open");
  return Execute("PRAGMA temp_store=MEMORY");
}

absl::Status Database::Unlock(const Secret& key) {
  assert(key.size() == kKeyBytes);
  Secret text = KeyText(key);
  int code = sqlite3_key(handle_, text.view().data(), static_cast<int>(text.size()));
  if (code != SQLITE_OK) return Fail(code, "key");
  // A plain SQLite takes a key, ignores it and writes plain text.
  bool encrypts = false;
  {
    Statement version = Prepare("PRAGMA cipher_version");
    encrypts = version.Step() && !version.Blob(0).empty();
    if (!version.status().ok()) return version.status();
  }
  if (!encrypts) return MakeStatus(Reason::kInternal, "store: this SQLite does not encrypt");
  return Execute("PRAGMA cipher_log_level=NONE");
}

absl::Status Database::Protect() {
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
  sqlite3_limit(handle_, SQLITE_LIMIT_LENGTH, kValueBytesMax);
  sqlite3_limit(handle_, SQLITE_LIMIT_SQL_LENGTH, kSqlBytesMax);
  sqlite3_limit(handle_, SQLITE_LIMIT_EXPR_DEPTH, kExpressionDepthMax);
  sqlite3_limit(handle_, SQLITE_LIMIT_VDBE_OP, kProgramOpsMax);
  sqlite3_limit(handle_, SQLITE_LIMIT_VARIABLE_NUMBER, kVariablesMax);
  sqlite3_limit(handle_, SQLITE_LIMIT_ATTACHED, 1);
  std::string cache = absl::StrCat("PRAGMA cache_size=-", kCachePagesKib);
  for (const char* pragma : {"PRAGMA mmap_size=0", "PRAGMA cell_size_check=ON",
                             "PRAGMA secure_delete=ON", cache.c_str()}) {
    absl::Status status = Execute(pragma);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status Database::UseLog() {
  // The lock of the folder is ours, so the index of the log can live in our own memory.
  absl::Status status = Execute("PRAGMA locking_mode=EXCLUSIVE");
  if (!status.ok()) return status;
  {
    Statement mode = Prepare("PRAGMA journal_mode=WAL");
    bool wal = mode.Step() && mode.Blob(0) == "wal";
    if (!mode.status().ok()) return mode.status();
    if (!wal) return MakeStatus(Reason::kIo, "store: no write-ahead log here");
  }
  for (const char* pragma : {"PRAGMA synchronous=FULL", "PRAGMA fullfsync=ON",
                             "PRAGMA checkpoint_fullfsync=ON", "PRAGMA wal_autocheckpoint=0"}) {
    status = Execute(pragma);
    if (!status.ok()) return status;
  }
  sqlite3_wal_hook(
      handle_,
      [](void* self, sqlite3*, const char*, int pages) {
        static_cast<Database*>(self)->wal_pages_ = pages;
        return SQLITE_OK;
      },
      this);
  return absl::OkStatus();
}

absl::Status Database::MakeSchema(const Schema& schema) {
  Transaction transaction(*this);
  if (!transaction.status().ok()) return transaction.status();
  for (const std::vector<std::string>* statements : {&schema.tables, &schema.first_rows}) {
    for (const std::string& sql : *statements) {
      absl::Status status = Execute(sql.c_str());
      if (!status.ok()) return status;
    }
  }
  absl::Status status = Execute(absl::StrCat("PRAGMA user_version=", schema.version).c_str());
  if (!status.ok()) return status;
  return transaction.Commit();
}

absl::Status Database::CheckSchema(const Schema& schema) {
  // Read as plain text, before SQLite is asked for anything that its schema could define.
  int64_t version = 0;
  std::multiset<std::string, std::less<>> found;
  {
    Statement objects = Prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL");
    while (objects.Step()) found.emplace(objects.Blob(0));
    if (!objects.status().ok()) return objects.status();
    Statement user_version = Prepare("PRAGMA user_version");
    if (user_version.Step()) version = user_version.Int(0);
    if (!user_version.status().ok()) return user_version.status();
  }
  if (version > schema.version) {
    return MakeStatus(Reason::kVersion, "store: written by a newer program");
  }
  std::multiset<std::string, std::less<>> expected(schema.tables.begin(), schema.tables.end());
  expected.insert(schema.shadows.begin(), schema.shadows.end());
  if (version != schema.version || found != expected) {
    return MakeStatus(Reason::kIntegrity, "store: the tables are not those of this program");
  }
  return absl::OkStatus();
}

void Database::Close() {
  for (auto& [sql, cached] : statements_) {
    assert(!cached.in_use);
    sqlite3_finalize(cached.statement);
  }
  statements_.clear();
  if (handle_ != nullptr) sqlite3_close(handle_);
  handle_ = nullptr;
}

Database::~Database() {
  Close();
  if (lock_fd_ >= 0) close(lock_fd_);
}

absl::StatusOr<std::unique_ptr<Database>> Database::Create(
    const std::string& folder, const Secret& key, const Schema& schema,
    absl::FunctionRef<absl::Status(Database&)> fill) {
  std::unique_ptr<Database> database(new Database());
  absl::Status status = database->Lock(folder);
  if (!status.ok()) return status;
  const std::string path = folder + kFileName, fresh = folder + kNewName;
  if (access(path.c_str(), F_OK) == 0) return MakeStatus(Reason::kState, "store: is there already");

  // What an interrupted Create left. It never held anything.
  for (const char* tail : {"", "-wal", "-shm", "-journal"}) unlink((fresh + tail).c_str());
  int fd = open(fresh.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return IoError("creating the file");
  close(fd);
  status = database->Connect(fresh);
  if (status.ok()) status = database->Unlock(key);
  if (status.ok()) status = database->Protect();
  if (status.ok()) status = database->MakeSchema(schema);
  if (status.ok()) status = fill(*database);
  database->Close();
  if (status.ok() && rename(fresh.c_str(), path.c_str()) != 0) status = IoError("renaming");
  if (status.ok()) status = SyncFolder(folder);
  if (!status.ok()) return status;
  database.reset();  // lets go of the lock
  return Open(folder, key, schema);
}

absl::StatusOr<std::unique_ptr<Database>> Database::Open(const std::string& folder,
                                                         const Secret& key, const Schema& schema) {
  std::unique_ptr<Database> database(new Database());
  absl::Status status = database->Lock(folder);
  if (!status.ok()) return status;
  const std::string path = folder + kFileName;
  struct stat file {};
  if (stat(path.c_str(), &file) != 0) {
    if (errno == ENOENT) return MakeStatus(Reason::kNotFound, "store: no file");
    return IoError("looking for the file");
  }
  // SQLite would take an empty file for a new one, and begin anew over what is lost.
  if (file.st_size == 0) return MakeStatus(Reason::kIntegrity, "store: the file is empty");
  status = database->Connect(path);
  if (status.ok()) status = database->Unlock(key);
  if (status.ok()) status = database->Protect();
  if (status.ok()) status = database->CheckSchema(schema);
  if (status.ok()) status = database->UseLog();
  if (!status.ok()) return status;
  database->opening_ = false;
  return database;
}

absl::StatusOr<std::unique_ptr<Database>> Database::OpenInMemory(const Schema& schema) {
  std::unique_ptr<Database> database(new Database());
  database->in_memory_ = true;
  absl::Status status = database->Connect(":memory:");
  if (status.ok()) status = database->Protect();
  if (status.ok()) status = database->MakeSchema(schema);
  if (!status.ok()) return status;
  database->opening_ = false;
  return database;
}

absl::StatusOr<std::unique_ptr<Database>> Database::OpenImage(std::string_view image,
                                                              const Schema& schema) {
  std::unique_ptr<Database> database(new Database());
  database->in_memory_ = true;
  absl::Status status = database->Connect(":memory:");
  if (!status.ok()) return status;
  auto* copy = static_cast<unsigned char*>(sqlite3_malloc64(image.size()));
  if (copy == nullptr) return MakeStatus(Reason::kNoMemory, "store: no room for the image");
  if (!image.empty()) std::memcpy(copy, image.data(), image.size());
  auto size = static_cast<sqlite3_int64>(image.size());
  int code = sqlite3_deserialize(database->handle_, "main", copy, size, size,
                                 SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE);
  if (code != SQLITE_OK) return database->Fail(code, "deserialize");
  status = database->Protect();
  if (status.ok()) status = database->CheckSchema(schema);
  if (!status.ok()) return status;
  database->opening_ = false;
  return database;
}

absl::StatusOr<std::string> Database::Image() {
  assert(in_memory_);
  assert(!in_transaction());
  sqlite3_int64 size = 0;
  unsigned char* bytes = sqlite3_serialize(handle_, "main", &size, 0);
  if (bytes == nullptr) return MakeStatus(Reason::kNoMemory, "store: no image");
  std::string image(reinterpret_cast<const char*>(bytes), static_cast<size_t>(size));
  sqlite3_free(bytes);
  return image;
}

Statement Database::Prepare(const char* sql) {
  auto [it, fresh] = statements_.try_emplace(sql);
  Cached& cached = it->second;
  bool cache = !cached.in_use;
  sqlite3_stmt* statement = cache ? cached.statement : nullptr;
  if (statement == nullptr) {
    int code = sqlite3_prepare_v3(handle_, sql, -1, cache ? SQLITE_PREPARE_PERSISTENT : 0,
                                  &statement, nullptr);
    if (code != SQLITE_OK) return Statement(this, nullptr, nullptr, Fail(code, "prepare"));
    if (cache) cached.statement = statement;
  }
  return Statement(this, statement, cache ? &cached.in_use : nullptr, absl::OkStatus());
}

absl::Status Database::Execute(const char* sql) {
  int code = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? absl::OkStatus() : Fail(code, "execute");
}

bool Database::in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }
int64_t Database::changes() const { return sqlite3_changes64(handle_); }

absl::Status Database::Begin() {
  assert(!in_transaction());
  if (failed_) return MakeStatus(Reason::kIo, "store: an earlier write failed; open it again");
  return Prepare("BEGIN IMMEDIATE").Run();
}

absl::Status Database::Commit() {
  if (commits_left_ == 0) {
    failed_ = true;
    return MakeStatus(Reason::kIo, "store: stopped here by a test");
  }
  absl::Status status = Prepare("COMMIT").Run();
  if (!status.ok()) return status;
  if (commits_left_ > 0 && --commits_left_ == 0) failed_ = true;
  if (wal_pages_ > kWalPagesMax && !failed_) {
    // The commit stands whatever becomes of this; a failure shows at the next write.
    int code =
        sqlite3_wal_checkpoint_v2(handle_, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    if (code != SQLITE_OK) Fail(code, "checkpoint").IgnoreError();
  }
  return absl::OkStatus();
}

void Database::Rollback() {
  if (in_transaction()) sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr);
}

absl::Status Database::CheckpointTruncate() {
  assert(!in_transaction());
  if (in_memory_) return absl::OkStatus();
  if (failed_) return MakeStatus(Reason::kIo, "store: an earlier write failed; open it again");
  int code =
      sqlite3_wal_checkpoint_v2(handle_, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  if (code != SQLITE_OK) return Fail(code, "checkpoint");
  wal_pages_ = 0;
  return absl::OkStatus();
}

absl::Status Database::CheckIntegrity() {
  absl::Status damage = MakeStatus(Reason::kIntegrity, "store: the file is damaged");
  if (!in_memory_) {
    // It reads the file itself, so what is in the log goes there first.
    absl::Status status = CheckpointTruncate();
    if (!status.ok()) return status;
    Statement pages = Prepare("PRAGMA cipher_integrity_check");
    if (pages.Step()) return damage;
    if (!pages.status().ok()) return pages.status();
  }
  Statement rows = Prepare("PRAGMA quick_check");
  bool whole = rows.Step() && rows.Blob(0) == "ok";
  if (!rows.status().ok()) return rows.status();
  return whole ? absl::OkStatus() : damage;
}

// ---- Transaction ------------------------------------------------------------------------------

Transaction::Transaction(Database& database) : database_(database), status_(database.Begin()) {
  open_ = status_.ok();
}

Transaction::~Transaction() {
  if (open_) database_.Rollback();
}

absl::Status Transaction::Commit() {
  assert(open_);
  open_ = false;
  absl::Status status = database_.Commit();
  if (!status.ok()) database_.Rollback();
  return status;
}

}  // namespace doorstep::client
