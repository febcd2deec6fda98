#include "client-core/store/database.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <filesystem>

#include "client-core/store/limits.h"
#include "client-core/store/schema.h"
#include "crypto/reason.h"
#include "tests/client-core/store/phone.h"

namespace doorstep::client {
namespace {

const Schema& Small() {
  static const Schema schema{1, {"CREATE TABLE word(n INTEGER PRIMARY KEY, text BLOB)"}, {}, {}};
  return schema;
}

absl::Status Nothing(Database&) { return absl::OkStatus(); }

std::unique_ptr<Database> Make(const TemporaryFolder& folder, const Schema& schema = Small()) {
  absl::StatusOr<std::unique_ptr<Database>> made =
      Database::Create(folder.path(), TestKey(), schema, Nothing);
  REQUIRE(made.ok());
  return *std::move(made);
}

absl::Status Insert(Database& database, int64_t n, std::string_view text) {
  return database.Prepare("INSERT INTO word(n, text) VALUES(?1, ?2)")
      .Bind(1, n)
      .Bind(2, text)
      .Run();
}

int64_t CountRows(Database& database) {
  Statement count = database.Prepare("SELECT count(*) FROM word");
  REQUIRE(count.Step());
  return count.Int(0);
}

std::string Setting(Database& database, const char* pragma) {
  Statement setting = database.Prepare(pragma);
  REQUIRE(setting.Step());
  return std::string(setting.Blob(0));
}

Reason OpenReason(const TemporaryFolder& folder, const Secret& key,
                  const Schema& schema = Small()) {
  return ReasonOf(Database::Open(folder.path(), key, schema).status());
}

TEST_CASE("what was committed is there when the file is opened again") {
  TemporaryFolder folder;
  {
    std::unique_ptr<Database> database = Make(folder);
    REQUIRE(Insert(*database, 1, "kept").ok());
    Transaction lost(*database);
    REQUIRE(Insert(*database, 2, "never committed").ok());
  }
  absl::StatusOr<std::unique_ptr<Database>> again =
      Database::Open(folder.path(), TestKey(), Small());
  REQUIRE(again.ok());
  CHECK(CountRows(**again) == 1);
  CHECK((*again)->CheckIntegrity().ok());
}

TEST_CASE("settings that durability and a hostile file depend on") {
  TemporaryFolder folder;
  std::unique_ptr<Database> database = Make(folder);
  CHECK(Setting(*database, "PRAGMA journal_mode") == "wal");
  CHECK(Setting(*database, "PRAGMA synchronous") == "2");
  CHECK(Setting(*database, "PRAGMA temp_store") == "2");
  CHECK(Setting(*database, "PRAGMA secure_delete") == "1");
  CHECK(Setting(*database, "PRAGMA wal_autocheckpoint") == "0");
  CHECK(Setting(*database, "PRAGMA mmap_size") == "0");
  CHECK(Setting(*database, "PRAGMA cell_size_check") == "1");
  CHECK(Setting(*database, "PRAGMA trusted_schema") == "0");
  // What is in quotation marks is a name, never a string.
  CHECK_FALSE(database->Execute("SELECT \"no such column\"").ok());
}

TEST_CASE("nothing readable lies in the file or its log") {
  TemporaryFolder folder;
  std::unique_ptr<Database> database = Make(folder);
  const std::string words(3000, 'q');
  REQUIRE(Insert(*database, 1, words).ok());
  CHECK(ReadFile(folder.file() + "-wal").size() > words.size());
  REQUIRE(database->CheckpointTruncate().ok());
  CHECK(ReadFile(folder.file() + "-wal").empty());
  const std::string file = ReadFile(folder.file());
  CHECK(file.size() > words.size());
  CHECK(file.find(std::string(8, 'q')) == std::string::npos);
  CHECK(file.find("CREATE TABLE") == std::string::npos);
  CHECK(file.find("SQLite format") == std::string::npos);
  struct stat status {};
  REQUIRE(stat(folder.file().c_str(), &status) == 0);
  CHECK((status.st_mode & 0077) == 0);
}

TEST_CASE("another key is told as such and changes nothing") {
  TemporaryFolder folder;
  REQUIRE(Insert(*Make(folder), 1, "kept").ok());
  const std::string before = ReadFile(folder.file());
  CHECK(OpenReason(folder, TestKey(8)) == Reason::kKey);
  CHECK(ReadFile(folder.file()) == before);
  CHECK(OpenReason(folder, TestKey()) == Reason::kNone);
}

TEST_CASE("a file that is gone, empty or not ours is never made anew") {
  TemporaryFolder folder;
  CHECK(OpenReason(folder, TestKey()) == Reason::kNotFound);
  Make(folder);
  const std::string good = ReadFile(folder.file());

  WriteFile(folder.file(), "");
  CHECK(OpenReason(folder, TestKey()) == Reason::kIntegrity);
  CHECK(ReadFile(folder.file()).empty());

  absl::StatusOr<std::unique_ptr<Database>> plain = Database::OpenInMemory(Small());
  REQUIRE(plain.ok());
  absl::StatusOr<std::string> image = (*plain)->Image();
  REQUIRE(image.ok());
  WriteFile(folder.file(), *image);
  CHECK(OpenReason(folder, TestKey()) == Reason::kKey);
  CHECK(ReadFile(folder.file()) == *image);

  std::string zeroed = good;
  std::fill(zeroed.begin(), zeroed.begin() + 4096, '\0');
  WriteFile(folder.file(), zeroed);
  CHECK(OpenReason(folder, TestKey()) == Reason::kKey);

  WriteFile(folder.file(), good);
  CHECK(OpenReason(folder, TestKey()) == Reason::kNone);
}

TEST_CASE("a flipped bit is found wherever it is") {
  TemporaryFolder folder;
  {
    std::unique_ptr<Database> database = Make(folder);
    for (int n = 1; n <= 40; ++n) {
      REQUIRE(Insert(*database, n, std::string(1000, static_cast<char>('a' + n % 26))).ok());
    }
  }
  const std::string good = ReadFile(folder.file());
  REQUIRE(good.size() > 40'000);
  for (size_t at = 1; at < good.size(); at += 2039) {
    if (at < 16) continue;  // the salt of a raw key is given, not read
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 4);
    WriteFile(folder.file(), bad);
    absl::StatusOr<std::unique_ptr<Database>> opened =
        Database::Open(folder.path(), TestKey(), Small());
    INFO("byte " << at);
    if (!opened.ok()) {
      Reason reason = ReasonOf(opened.status());
      CHECK((reason == Reason::kKey || reason == Reason::kIntegrity));
      continue;
    }
    CHECK(ReasonOf((*opened)->CheckIntegrity()) == Reason::kIntegrity);
    Statement all = (*opened)->Prepare("SELECT n, text FROM word");
    while (all.Step()) {
      const std::string text(1000, static_cast<char>('a' + all.Int(0) % 26));
      CHECK(all.Blob(1) == text);
    }
    CHECK(ReasonOf(all.status()) == Reason::kIntegrity);
  }
}

TEST_CASE("a file cut short is found") {
  TemporaryFolder folder;
  {
    std::unique_ptr<Database> database = Make(folder);
    for (int n = 1; n <= 20; ++n) REQUIRE(Insert(*database, n, std::string(1000, 'x')).ok());
  }
  const std::string good = ReadFile(folder.file());
  for (size_t size :
       {size_t{100}, size_t{4096}, size_t{8192}, good.size() - 4096, good.size() - 1}) {
    WriteFile(folder.file(), good.substr(0, size));
    INFO("size " << size);
    absl::StatusOr<std::unique_ptr<Database>> opened =
        Database::Open(folder.path(), TestKey(), Small());
    absl::Status status = opened.status();
    if (opened.ok()) status = (*opened)->CheckIntegrity();
    CHECK((ReasonOf(status) == Reason::kKey || ReasonOf(status) == Reason::kIntegrity));
  }
}

TEST_CASE("a schema that is not exactly ours is refused before it can run") {
  Schema hostile = Small();
  SECTION("a trigger") {
    hostile.tables.push_back("CREATE TRIGGER t AFTER INSERT ON word BEGIN DELETE FROM word; END");
  }
  SECTION("a view") { hostile.tables.push_back("CREATE VIEW v AS SELECT 1"); }
  SECTION("a table more") { hostile.tables.push_back("CREATE TABLE more(n)"); }
  SECTION("a column that computes") {
    hostile.tables = {"CREATE TABLE word(n INTEGER PRIMARY KEY, text BLOB, f AS (length(text)))"};
  }
  SECTION("a table less") { hostile.tables.clear(); }
  TemporaryFolder folder;
  absl::StatusOr<std::unique_ptr<Database>> made =
      Database::Create(folder.path(), TestKey(), hostile, Nothing);
  REQUIRE(made.ok());
  made->reset();
  CHECK(OpenReason(folder, TestKey()) == Reason::kIntegrity);
}

TEST_CASE("a file of a newer program is told apart") {
  TemporaryFolder folder;
  Schema newer = Small();
  newer.version = 2;
  newer.tables.push_back("CREATE TABLE more(n)");
  Make(folder, newer);
  CHECK(OpenReason(folder, TestKey()) == Reason::kVersion);
}

TEST_CASE("a second open of one folder answers busy and harms nothing") {
  TemporaryFolder folder;
  std::unique_ptr<Database> first = Make(folder);
  CHECK(OpenReason(folder, TestKey()) == Reason::kBusy);
  CHECK(ReasonOf(Database::Create(folder.path(), TestKey(), Small(), Nothing).status()) ==
        Reason::kBusy);
  REQUIRE(Insert(*first, 1, "still works").ok());
  first.reset();
  CHECK(OpenReason(folder, TestKey()) == Reason::kNone);
}

TEST_CASE("making a store over another one is refused") {
  TemporaryFolder folder;
  REQUIRE(Insert(*Make(folder), 1, "kept").ok());
  CHECK(ReasonOf(Database::Create(folder.path(), TestKey(), Small(), Nothing).status()) ==
        Reason::kState);
  absl::StatusOr<std::unique_ptr<Database>> opened =
      Database::Open(folder.path(), TestKey(), Small());
  REQUIRE(opened.ok());
  CHECK(CountRows(**opened) == 1);
}

TEST_CASE("what an interrupted making left is no store, and in nobody's way") {
  TemporaryFolder folder;
  absl::StatusOr<std::unique_ptr<Database>> failed =
      Database::Create(folder.path(), TestKey(), Small(),
                       [](Database&) { return MakeStatus(Reason::kIo, "stopped here"); });
  CHECK(ReasonOf(failed.status()) == Reason::kIo);
  CHECK(OpenReason(folder, TestKey()) == Reason::kNotFound);
  CHECK(std::filesystem::exists(folder.path() + "/store.new"));
  CHECK(CountRows(*Make(folder)) == 0);
}

TEST_CASE(
    "a statement in use is prepared anew, and a transaction that ends without commit is none") {
  absl::StatusOr<std::unique_ptr<Database>> opened = Database::OpenInMemory(Small());
  REQUIRE(opened.ok());
  Database& database = **opened;
  for (int n = 1; n <= 3; ++n) REQUIRE(Insert(database, n, "x").ok());
  static const char kAll[] = "SELECT n FROM word ORDER BY n";
  int pairs = 0;
  Statement outer = database.Prepare(kAll);
  while (outer.Step()) {
    Statement inner = database.Prepare(kAll);
    while (inner.Step()) ++pairs;
  }
  CHECK(pairs == 9);
  {
    Transaction transaction(database);
    REQUIRE(transaction.status().ok());
    REQUIRE(Insert(database, 4, "x").ok());
  }
  CHECK(CountRows(database) == 3);
  CHECK_FALSE(database.in_transaction());
}

TEST_CASE("a value beyond the limit is refused, and what came before it in the transaction goes") {
  absl::StatusOr<std::unique_ptr<Database>> opened = Database::OpenInMemory(Small());
  REQUIRE(opened.ok());
  Transaction transaction(**opened);
  REQUIRE(Insert(**opened, 1, std::string(kValueBytesMax / 2, 'x')).ok());
  absl::Status status = Insert(**opened, 2, std::string(kValueBytesMax + 1, 'x'));
  CHECK(ReasonOf(status) == Reason::kLimit);
}

TEST_CASE("messages name codes, never values") {
  absl::StatusOr<std::unique_ptr<Database>> opened = Database::OpenInMemory(Small());
  REQUIRE(opened.ok());
  REQUIRE(Insert(**opened, 1, "x").ok());
  absl::Status status = Insert(**opened, 1, "Mrs Example");
  CHECK(ReasonOf(status) == Reason::kInternal);
  CHECK(status.message().find("Example") == std::string_view::npos);
  CHECK(status.message().find("word") == std::string_view::npos);
}

TEST_CASE("after the nth commit nothing is written any more") {
  absl::StatusOr<std::unique_ptr<Database>> opened = Database::OpenInMemory(Small());
  REQUIRE(opened.ok());
  Database& database = **opened;
  database.FailAfterCommits(2);
  int committed = 0;
  for (int n = 1; n <= 4; ++n) {
    Transaction transaction(database);
    if (!transaction.status().ok()) continue;
    if (Insert(database, n, "x").ok() && transaction.Commit().ok()) ++committed;
  }
  CHECK(committed == 2);
  CHECK(database.failed());
  CHECK(CountRows(database) == 2);
  CHECK(ReasonOf(Insert(database, 9, "x")) == Reason::kIo);
  absl::StatusOr<std::string> image = database.Image();
  REQUIRE(image.ok());
  absl::StatusOr<std::unique_ptr<Database>> again = Database::OpenImage(*image, Small());
  REQUIRE(again.ok());
  CHECK(CountRows(**again) == 2);
  CHECK(Insert(**again, 9, "x").ok());
}

// The file may not grow beyond what it has: as on a disk that is full.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(size_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    REQUIRE(getrlimit(RLIMIT_FSIZE, &before_) == 0);
    rlimit limit{bytes, before_.rlim_max};
    REQUIRE(setrlimit(RLIMIT_FSIZE, &limit) == 0);
  }
  ~FileSizeLimit() { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

TEST_CASE("a write that fails is told; nothing more is believed until the file is opened again") {
  TemporaryFolder folder;
  std::unique_ptr<Database> database = Make(folder);
  REQUIRE(Insert(*database, 1, "acknowledged").ok());
  {
    FileSizeLimit limit(std::filesystem::file_size(folder.file() + "-wal") + 5000);
    Transaction transaction(*database);
    REQUIRE(Insert(*database, 2, std::string(50'000, 'x')).ok());
    CHECK(ReasonOf(transaction.Commit()) == Reason::kIo);
  }
  CHECK(database->failed());
  CHECK(CountRows(*database) == 1);
  CHECK(ReasonOf(Insert(*database, 3, "x")) == Reason::kIo);
  CHECK(ReasonOf(Transaction(*database).status()) == Reason::kIo);
  database.reset();
  absl::StatusOr<std::unique_ptr<Database>> again =
      Database::Open(folder.path(), TestKey(), Small());
  REQUIRE(again.ok());
  CHECK(CountRows(**again) == 1);
  CHECK(Insert(**again, 3, "x").ok());
  CHECK((*again)->CheckIntegrity().ok());
}

TEST_CASE("an image that is none is refused") {
  CHECK_FALSE(Database::OpenImage("not a database", Small()).ok());
  CHECK_FALSE(Database::OpenImage("", Small()).ok());
}

TEST_CASE("the log is written back before it grows without bound") {
  TemporaryFolder folder;
  std::unique_ptr<Database> database = Make(folder);
  const std::string text(100'000, 'x');
  size_t largest = 0;
  for (int n = 1; n <= 300; ++n) {
    Transaction transaction(*database);
    REQUIRE(Insert(*database, n, text).ok());
    REQUIRE(transaction.Commit().ok());
    largest = std::max<size_t>(largest, std::filesystem::file_size(folder.file() + "-wal"));
  }
  CHECK(largest < size_t{2} * kWalPagesMax * 4096);
  CHECK(std::filesystem::file_size(folder.file()) > 20'000'000);
}

TEST_CASE("the schema of the store is exactly what SQLite keeps of it") {
  TemporaryFolder folder;
  Make(folder, StoreSchema());
  CHECK(OpenReason(folder, TestKey(), StoreSchema()) == Reason::kNone);
}

}  // namespace
}  // namespace doorstep::client
