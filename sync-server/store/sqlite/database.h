// A connection to the server's SQLCipher file, or to a database in memory; and its statements. The
// only server file that knows SQLCipher.
//
// One thread at a time for each connection. A file has one connection for writing, which alone
// checkpoints, and any number for reading. What a commit acknowledged is durable (WAL, synchronous
// FULL). Nothing is created, replaced or deleted because something could not be read.
//
// Errors: RESOURCE_EXHAUSTED (E_DISK, E_NOMEM), UNAVAILABLE (E_IO, E_BUSY), DATA_LOSS
// (E_INTEGRITY).
#ifndef DOORSTEP_SYNC_SERVER_STORE_SQLITE_DATABASE_H_
#define DOORSTEP_SYNC_SERVER_STORE_SQLITE_DATABASE_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/secret.h"
#include "model/record_id.h"

struct sqlite3;
struct sqlite3_stmt;

namespace doorstep::server {

// Key and salt of a file, raw: nothing is derived from them.
inline constexpr size_t kDatabaseKeyBytes = 32 + 16;

// One use of a statement: bind, step, read. Its end makes it ready for the next use.
//   Statement rows = database.Prepare("SELECT …");
//   for (rows.Bind(1, scope); rows.Step();) Use(rows.Blob(0));
//   return rows.status();
class Statement {
 public:
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;
  ~Statement();

  // Parameters count from 1, columns from 0. Bound bytes must live until the statement ends.
  Statement& Bind(int parameter, uint64_t value);
  Statement& Bind(int parameter, std::string_view blob);
  Statement& Bind(int parameter, const Id& id) { return Bind(parameter, id.view()); }
  Statement& Bind(int parameter, const Hash32& hash) { return Bind(parameter, View(hash)); }

  // True while there is a row. False at the end and after a failure; status() tells them apart.
  bool Step();
  absl::Status status() const { return status_; }
  // Steps to the end of a statement without rows.
  absl::Status Run();

  // Of the present row; views are good until the next Step.
  uint64_t Integer(int column) const;
  std::string_view Blob(int column) const;
  // Zeros, and a status of E_INTEGRITY, when the column has another size.
  template <size_t N>
  Bytes<N> ReadBytes(int column) {
    Bytes<N> out{};
    if (!CopyExactly(Blob(column), out)) NoteDamage();
    return out;
  }
  Id ReadId(int column) { return {ReadBytes<16>(column)}; }

 private:
  friend class Database;
  Statement(sqlite3_stmt* statement, int* users, absl::Status status);
  void Note(int result);
  void NoteDamage();

  sqlite3_stmt* statement_;
  int* users_;  // of the cache; null: this use owns the statement
  absl::Status status_;
};

class Database {
 public:
  enum class Use { kWrite, kRead, kCopy };

  // A file that is not there is made by kWrite only. FAILED_PRECONDITION (E_KEY): another key, or
  // no file of this kind; the damage of its first page looks the same.
  static absl::StatusOr<std::unique_ptr<Database>> Open(const std::string& path, const Secret& key,
                                                        Use use);
  static absl::StatusOr<std::unique_ptr<Database>> OpenInMemory();
  static absl::StatusOr<std::unique_ptr<Database>> OpenImage(std::string_view image);
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

  // `sql` is a literal: it is the key of the cache.
  Statement Prepare(const char* sql);
  absl::Status Execute(const char* sql);
  bool in_transaction() const;

  // Everything in a database in memory.
  absl::StatusOr<std::string> Image();
  // One moment of it into a new file (sqlcipher_export). For a connection of kCopy.
  absl::Status CopyTo(const std::string& path, const Secret& key);
  // After a commit: writes the log back when it has grown past kWalPagesMax. What a reader still
  // needs stays.
  absl::Status CheckpointWhenLarge();
  absl::Status CheckpointTruncate();
  // Every page against its code, then SQLite's own check of everything.
  absl::Status CheckIntegrity();

 private:
  struct Cached {
    sqlite3_stmt* statement = nullptr;
    int users = 0;
  };
  Database() = default;
  absl::Status SetKey(const Secret& key);
  absl::Status Configure(Use use);
  absl::Status Fail(int result) const;

  sqlite3* handle_ = nullptr;
  int wal_pages_ = 0;
  std::map<std::string_view, Cached> statements_;
};

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_STORE_SQLITE_DATABASE_H_
