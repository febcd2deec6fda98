// The encrypted file of one device: connection, statements, transactions. The only client file that
// knows SQLCipher.
//
// A folder holds `store.db` (with its write-ahead log while open) and `store.lock`. One process,
// one Database at a time: a second one is refused with E_BUSY. One thread at a time. What a commit
// has acknowledged is durable (WAL, synchronous FULL). Nothing is created, replaced or deleted
// because something could not be read.
//
// There is no protection against an old copy being put back: chains and digests find that.
#ifndef DOORSTEP_CLIENT_CORE_STORE_DATABASE_H_
#define DOORSTEP_CLIENT_CORE_STORE_DATABASE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/secret.h"
#include "model/record_id.h"

struct sqlite3;
struct sqlite3_stmt;

namespace doorstep::client {

class Database;

// What stands in a file of ours, and nothing else may: a file whose schema is not exactly this was
// not made by us, and is refused before anything in it can run.
struct Schema {
  int version = 0;                      // PRAGMA user_version
  std::vector<std::string> tables;      // as SQLite writes them down, in the order of making
  std::vector<std::string> shadows;     // what SQLite itself makes beside them
  std::vector<std::string> first_rows;  // run once, after the tables
};

// One use of a prepared statement: bind, step, read. Ends by resetting it for the next use.
//   Statement s = db.Prepare("SELECT …");
//   for (s.Bind(1, scope); s.Step();) Use(s.Blob(0));
//   if (!s.status().ok()) return s.status();
class Statement {
 public:
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;
  ~Statement();

  // Columns and parameters as SQLite counts them: parameters from 1, columns from 0.
  Statement& Bind(int parameter, int64_t value);
  Statement& Bind(int parameter, uint64_t value) {
    return Bind(parameter, static_cast<int64_t>(value));
  }
  Statement& Bind(int parameter, int value) { return Bind(parameter, static_cast<int64_t>(value)); }
  Statement& Bind(int parameter, uint32_t value) {
    return Bind(parameter, static_cast<int64_t>(value));
  }
  Statement& Bind(int parameter, std::string_view blob);
  Statement& Bind(int parameter, const Id& id) { return Bind(parameter, id.view()); }
  Statement& Bind(int parameter, const Hash32& hash) { return Bind(parameter, View(hash)); }
  Statement& BindText(int parameter, std::string_view text);
  Statement& BindNull(int parameter);

  // True while there is a row. False at the end, or after a failure: status() tells them apart.
  bool Step();
  const absl::Status& status() const { return status_; }
  // Steps to the end of a statement that gives no rows.
  absl::Status Run();

  // Of the present row. Views are good until the next Step.
  int64_t Int(int column) const;
  uint64_t Uint(int column) const { return static_cast<uint64_t>(Int(column)); }
  std::string_view Blob(int column) const;
  bool IsNull(int column) const;
  // Zeros, and a status of E_INTEGRITY, when the column has not exactly that size.
  Id ReadId(int column);
  template <size_t N>
  Bytes<N> ReadBytes(int column) {
    Bytes<N> out{};
    if (!CopyExactly(Blob(column), out)) NoteDamage();
    return out;
  }

 private:
  friend class Database;
  Statement(Database* database, sqlite3_stmt* statement, bool* in_use, const absl::Status& status);
  void NoteDamage();

  Database* database_;
  sqlite3_stmt* statement_;
  bool* in_use_;  // the cache's mark; null: this use owns the statement
  absl::Status status_;
};

class Database {
 public:
  // 32 bytes of key and 16 of salt, raw: nothing is derived.
  static constexpr size_t kKeyBytes = 48;

  // Makes a new file with `schema` and what `fill` writes, whole or not at all. FAILED_PRECONDITION
  // (E_STATE) when there is one already.
  static absl::StatusOr<std::unique_ptr<Database>> Create(
      const std::string& folder, const Secret& key, const Schema& schema,
      absl::FunctionRef<absl::Status(Database&)> fill);
  // NOT_FOUND: no file. FAILED_PRECONDITION (E_KEY): another key, or no such file at all; damage of
  // the first page looks the same. DATA_LOSS (E_INTEGRITY): damaged, or not the schema of ours.
  // UNIMPLEMENTED (E_VERSION): written by a newer program. UNAVAILABLE (E_BUSY): open elsewhere.
  static absl::StatusOr<std::unique_ptr<Database>> Open(const std::string& folder,
                                                        const Secret& key, const Schema& schema);

  // A database that lives in memory, unencrypted: for tests and the simulator.
  static absl::StatusOr<std::unique_ptr<Database>> OpenInMemory(const Schema& schema);
  // The whole content of one in memory, as of its last commit, and one made from that.
  absl::StatusOr<std::string> Image();
  static absl::StatusOr<std::unique_ptr<Database>> OpenImage(std::string_view image,
                                                             const Schema& schema);

  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

  // `sql` is a literal: it is the key of the cache. A statement already in use is prepared anew.
  Statement Prepare(const char* sql);
  absl::Status Execute(const char* sql);

  bool in_transaction() const;
  // Rows that the last INSERT, UPDATE or DELETE touched.
  int64_t changes() const;

  // Writes the log back into the file and cuts it to nothing, so that no old page stays in it.
  absl::Status CheckpointTruncate();
  // Every page's MAC, every row of the answer, then SQLite's own check. Slow: reads the whole file.
  absl::Status CheckIntegrity();

  // After a failed write or sync nothing is written any more (E_IO): what the disk says after that
  // is not to be believed. Close, open again, and look.
  bool failed() const { return failed_; }

  // Tests and the simulator: from the nth commit from now on every write fails as if the power had
  // gone; that commit is the last that took place.
  void FailAfterCommits(int64_t n) { commits_left_ = n; }

 private:
  friend class Statement;
  friend class Transaction;
  struct Cached {
    sqlite3_stmt* statement = nullptr;
    bool in_use = false;
  };
  Database() = default;
  absl::Status Lock(const std::string& folder);
  absl::Status Connect(const std::string& path);
  absl::Status Unlock(const Secret& key);
  absl::Status Protect();
  absl::Status UseLog();
  absl::Status MakeSchema(const Schema& schema);
  absl::Status CheckSchema(const Schema& schema);
  void Close();
  absl::Status Begin();
  absl::Status Commit();
  void Rollback();
  absl::Status Fail(int code, const char* doing);

  sqlite3* handle_ = nullptr;
  int lock_fd_ = -1;
  bool in_memory_ = false;
  bool opening_ = true;  // a wrong key shows at the first read of a page
  bool failed_ = false;
  int64_t commits_left_ = -1;
  int wal_pages_ = 0;
  std::map<std::string_view, Cached> statements_;
};

// One transaction: BEGIN IMMEDIATE to Commit, or rolled back when it ends without. Never nested.
class Transaction {
 public:
  explicit Transaction(Database& database);
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();

  const absl::Status& status() const { return status_; }  // of BEGIN
  // Durable when OK; rolled back when not.
  absl::Status Commit();

 private:
  Database& database_;
  absl::Status status_;
  bool open_ = false;
};

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_STORE_DATABASE_H_
