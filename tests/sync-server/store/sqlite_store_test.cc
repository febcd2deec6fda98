// The embedded store: the suite of every store, then what only a file can do wrong.
#include "sync-server/store/sqlite/sqlite_store.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "crypto/primitives.h"
#include "crypto/reason.h"
#include "sync-server/store/limits.h"
#include "sync-server/store/sqlite/database.h"
#include "tests/conformance/store_suite.h"

namespace doorstep::server {
namespace {

namespace fs = std::filesystem;

const Id kTenant = {H16("tenant")};

Secret KeyOf(char c) { return Secret::FromBytes(std::string(48, c)); }

// A folder that goes with the test.
class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "doorstep-store-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Folder() { fs::remove_all(path_); }
  std::string File(const char* name) const { return (path_ / name).string(); }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

std::unique_ptr<SqliteStore> Open(const std::string& path, char key = 'a') {
  absl::StatusOr<std::unique_ptr<SqliteStore>> store = SqliteStore::Open(path, KeyOf(key), kTenant);
  INFO(store.status().ToString());
  REQUIRE(store.ok());
  return *std::move(store);
}

Reason WhyNot(const std::string& path, const Secret& key, const Id& tenant = kTenant) {
  return ReasonOf(SqliteStore::Open(path, key, tenant).status());
}

void Put(Store& store, std::string_view name, std::string_view value) {
  absl::StatusOr<std::unique_ptr<Transaction>> tx = store.Begin();
  REQUIRE(tx.ok());
  REQUIRE((*tx)->PutMeta(name, value).ok());
  REQUIRE((*tx)->Commit().ok());
}

std::optional<std::string> Get(Store& store, std::string_view name) {
  absl::StatusOr<std::unique_ptr<ReadView>> view = store.Read();
  REQUIRE(view.ok());
  return *(*view)->FindMeta(name);
}

std::string Slurp(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("a file passes the suite of every store") {
  Folder folder;
  CheckStore(*Open(folder.File("store.db")));
}

TEST_CASE("a file's views see one moment each") {
  Folder folder;
  CheckStoreViews(*Open(folder.File("store.db")));
}

TEST_CASE("a store in memory passes the suite of every store") {
  absl::StatusOr<std::unique_ptr<SqliteStore>> store = SqliteStore::OpenInMemory(kTenant);
  REQUIRE(store.ok());
  CheckStore(**store);
}

TEST_CASE("what was committed is there after the file was closed, and nothing lies beside it") {
  Folder folder;
  Put(*Open(folder.File("store.db")), "name", "value");
  CHECK_FALSE(fs::exists(folder.File("store.db-wal")));
  CHECK(Get(*Open(folder.File("store.db")), "name") == "value");
}

TEST_CASE("what was committed is there after the process was killed") {
  Folder folder;
  Open(folder.File("store.db"));
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    absl::StatusOr<std::unique_ptr<SqliteStore>> store =
        SqliteStore::Open(folder.File("store.db"), KeyOf('a'), kTenant);
    bool done = store.ok();
    for (int i = 0; done && i < 50; ++i) {
      absl::StatusOr<std::unique_ptr<Transaction>> tx = (*store)->Begin();
      done = tx.ok() && (*tx)->PutMeta("n", std::to_string(i)).ok() && (*tx)->Commit().ok();
    }
    absl::StatusOr<std::unique_ptr<Transaction>> open = (*store)->Begin();
    done = done && open.ok() && (*open)->PutMeta("n", "not committed").ok();
    kill(getpid(), done ? SIGKILL : SIGTERM);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WTERMSIG(status) == SIGKILL);
  std::unique_ptr<SqliteStore> store = Open(folder.File("store.db"));
  CHECK(Get(*store, "n") == "49");
  CHECK(store->CheckIntegrity().ok());
}

TEST_CASE("nothing readable lies in the file, its log or beside it") {
  Folder folder;
  const std::string canary = "Canary-4711-Sample-Street";
  std::unique_ptr<SqliteStore> store = Open(folder.File("store.db"));
  for (int i = 0; i < 200; ++i)
    Put(*store, canary + std::to_string(i), std::string(2000, 'x') + canary);
  size_t files = 0;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder.path())) {
    const std::string bytes = Slurp(entry.path());
    CHECK(bytes.find("Canary") == std::string::npos);
    CHECK(bytes.find("SQLite format") == std::string::npos);
    CHECK(bytes.find("CREATE TABLE") == std::string::npos);
    ++files;
  }
  CHECK(files >= 3);  // the file, its log, the lock
}

TEST_CASE("what is found by is no word in the file, and is found in a copy under another key") {
  Folder folder;
  std::unique_ptr<SqliteStore> store = Open(folder.File("store.db"));
  {
    std::unique_ptr<Transaction> tx = *store->Begin();
    REQUIRE(tx->PutFindTerms({H16("family")}, 3, {H16("name")}, {"family/SMITH"}).ok());
    REQUIRE(tx->Commit().ok());
  }
  REQUIRE(store->CopyTo(folder.File("copy.db"), KeyOf('c')).ok());
  store.reset();
  absl::StatusOr<std::unique_ptr<SqliteStore>> copy =
      SqliteStore::Open(folder.File("copy.db"), KeyOf('c'), kTenant);
  REQUIRE(copy.ok());
  int found = 0;
  const auto count = [&](const Id&, uint32_t, const Id&) { ++found; };
  REQUIRE((*copy)->Read().value()->ForEachFound("family/SMITH", count).ok());
  CHECK(found == 1);
  copy->reset();
  // With the key of the file one reads tokens, and no words.
  const std::unique_ptr<Database> raw =
      *Database::Open(folder.File("copy.db"), KeyOf('c'), Database::Use::kWrite);
  Statement row = raw->Prepare("SELECT token FROM find_token");
  REQUIRE(row.Step());
  CHECK(row.Blob(0).size() == 16);
  CHECK(row.Blob(0).find("SMITH") == std::string::npos);
}

TEST_CASE("a file of the first version gets what the second one added, and keeps its rows") {
  Folder folder;
  const std::string path = folder.File("store.db");
  Put(*Open(path), "kept", "value");
  {
    const std::unique_ptr<Database> raw = *Database::Open(path, KeyOf('a'), Database::Use::kWrite);
    for (const char* sql :
         {"DROP TABLE find_token", "DROP TABLE office_read", "DROP TABLE file",
          "DROP TABLE chunk", "DROP TABLE lone",
          "DELETE FROM meta WHERE name = CAST('find key' AS BLOB)", "PRAGMA user_version=1"}) {
      REQUIRE(raw->Execute(sql).ok());
    }
  }
  std::unique_ptr<SqliteStore> store = Open(path);
  CHECK(Get(*store, "kept") == "value");
  CheckStore(*store);
}

TEST_CASE("another key, another tenant, another kind of file: refused and untouched") {
  Folder folder;
  const std::string path = folder.File("store.db");
  Put(*Open(path), "name", "value");
  const std::string bytes = Slurp(path);
  CHECK(WhyNot(path, KeyOf('b')) == Reason::kKey);
  CHECK(WhyNot(path, Secret::FromBytes(std::string(32, 'a'))) == Reason::kKey);
  CHECK(WhyNot(path, KeyOf('a'), {H16("another")}) == Reason::kKey);
  CHECK(Slurp(path) == bytes);
  CHECK(Get(*Open(path), "name") == "value");

  const std::string foreign = folder.File("foreign");
  std::ofstream(foreign) << std::string(8192, 'z');
  CHECK(WhyNot(foreign, KeyOf('a')) == Reason::kKey);
  CHECK(Slurp(foreign) == std::string(8192, 'z'));

  const std::string link = folder.File("link");
  fs::create_symlink(path, link);
  CHECK(WhyNot(link, KeyOf('a')) == Reason::kIo);
  CHECK(WhyNot(folder.File("none/store.db"), KeyOf('a')) == Reason::kIo);
}

TEST_CASE("a file is open once") {
  Folder folder;
  std::unique_ptr<SqliteStore> store = Open(folder.File("store.db"));
  CHECK(WhyNot(folder.File("store.db"), KeyOf('a')) == Reason::kBusy);
  store.reset();
  CHECK(Get(*Open(folder.File("store.db")), "name") == std::nullopt);
}

TEST_CASE("a damaged page is found") {
  Folder folder;
  const std::string path = folder.File("store.db");
  {
    std::unique_ptr<SqliteStore> store = Open(path);
    for (int i = 0; i < 100; ++i) Put(*store, "n" + std::to_string(i), std::string(3000, 'v'));
    CHECK(store->CheckIntegrity().ok());
  }
  const auto size = fs::file_size(path);
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(size / 2));
  file.put('\x5a');
  file.close();
  std::unique_ptr<SqliteStore> store = Open(path);
  CHECK(ReasonOf(store->CheckIntegrity()) == Reason::kIntegrity);
}

TEST_CASE("the write-ahead log does not grow without bound") {
  Folder folder;
  std::unique_ptr<SqliteStore> store = Open(folder.File("store.db"));
  for (int i = 0; i < 300; ++i) {
    absl::StatusOr<std::unique_ptr<Transaction>> tx = store->Begin();
    REQUIRE(tx.ok());
    for (int j = 0; j < 10; ++j) {
      REQUIRE((*tx)->PutMeta("n" + std::to_string(j), std::string(4000, 'w')).ok());
    }
    REQUIRE((*tx)->Commit().ok());
  }
  CHECK(fs::file_size(folder.File("store.db-wal")) < uint64_t{4} * kWalPagesMax * 4096);
}

TEST_CASE("a copy is one moment under its own key, while the store is written") {
  Folder folder;
  std::unique_ptr<SqliteStore> store = Open(folder.File("store.db"));
  CheckStoreViews(*store);
  Put(*store, "name", "before");
  absl::StatusOr<std::unique_ptr<Transaction>> tx = store->Begin();
  REQUIRE(tx.ok());
  REQUIRE((*tx)->PutMeta("name", "after").ok());
  const absl::Status copied = store->CopyTo(folder.File("copy.db"), KeyOf('c'));
  INFO(copied.ToString());
  REQUIRE(copied.ok());
  REQUIRE((*tx)->Commit().ok());
  tx->reset();

  std::unique_ptr<SqliteStore> copy = Open(folder.File("copy.db"), 'c');
  CHECK(Get(*copy, "name") == "before");
  CHECK(copy->CheckIntegrity().ok());
  auto heads = [](Store& of) {
    std::string bytes;
    absl::Status read = (*of.Read())->ForEachScope([&](const Id& scope, const ScopeRow& row) {
      bytes += scope.str() + std::to_string(row.seq) + std::string(View(row.hash));
    });
    REQUIRE(read.ok());
    return bytes;
  };
  CHECK_FALSE(heads(*copy).empty());
  CHECK(heads(*copy) == heads(*store));
  CHECK(WhyNot(folder.File("copy.db"), KeyOf('a')) == Reason::kBusy);
  copy.reset();
  CHECK(WhyNot(folder.File("copy.db"), KeyOf('a')) == Reason::kKey);
  // Nothing that is there is overwritten.
  CHECK(ReasonOf(store->CopyTo(folder.File("copy.db"), KeyOf('c'))) == Reason::kIo);
  CHECK(Get(*Open(folder.File("copy.db"), 'c'), "name") == "before");
}

TEST_CASE("an image is a store of its own") {
  std::unique_ptr<SqliteStore> store = *SqliteStore::OpenInMemory(kTenant);
  Put(*store, "name", "then");
  absl::StatusOr<std::string> image = store->Image();
  REQUIRE(image.ok());
  CHECK(*image == *store->Image());
  Put(*store, "name", "now");
  std::unique_ptr<SqliteStore> put_back = *SqliteStore::OpenImage(*image, kTenant);
  CHECK(Get(*put_back, "name") == "then");
  Put(*put_back, "name", std::string(100'000, 'g'));  // it grows
  CHECK(Get(*store, "name") == "now");
  CHECK(ReasonOf(SqliteStore::OpenImage(*image, {H16("another")}).status()) == Reason::kKey);
  CHECK_FALSE(SqliteStore::OpenImage(std::string(100, 'x'), kTenant).ok());
}

}  // namespace doorstep::server
