#include "sync-server/admin/backup.h"

#include <sys/stat.h>

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>

#include "sync-server/access/restore_gate.h"
#include "sync-server/admin/files.h"
#include "sync-server/admin/restore.h"
#include "tests/sync-server/house.h"

namespace doorstep::server {
namespace {

// A house with some work in it, an offline key, and a backup of it.
struct BackedUp {
  House house;
  Secret offline = house.random.MakeSecret(32);
  std::string backup = house.folder_of_test / "backup";
  std::vector<ArchivedHead> heads;

  BackedUp() {
    for (const char* team : {"North", "South"}) house.Push(house.Team(team));
    for (int n = 0; n < 3; ++n) house.Push(house.Opened(house.sam));
    heads = Make(backup).value();
  }
  absl::StatusOr<std::vector<ArchivedHead>> Make(const std::string& out) {
    return MakeBackup({house.folder,
                       *house.store,
                       out,
                       {BoxPublicKey(offline)},
                       house.now_ms(),
                       house.random,
                       [](std::string_view) {}});
  }
  absl::StatusOr<Restored> Restore(const std::string& into) {
    return RestoreBackup(backup, offline, into, [](std::string_view) {});
  }
  // The restored server's store, opened as the server would.
  std::unique_ptr<SqliteStore> Opened(const std::string& path) {
    const absl::StatusOr<ServerFolder> folder = OpenServerFolder(path);
    REQUIRE(folder.ok());
    absl::StatusOr<std::unique_ptr<SqliteStore>> store = OpenStore(*folder);
    REQUIRE(store.ok());
    return *std::move(store);
  }
  std::string Sealed() const {
    return backup + "/sealed-" + DeriveRecipientId(BoxPublicKey(offline)).short_hex();
  }
};

void FlipByte(const std::string& path, uint64_t at) {
  REQUIRE(MakeWritable(path).ok());
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(static_cast<std::streamoff>(at));
  const char byte = static_cast<char>(file.get() ^ 1);
  file.seekp(static_cast<std::streamoff>(at));
  file.put(byte);
  REQUIRE(file.good());
}

TEST_CASE("the heads that may be called archived are those of the copy") {
  BackedUp b;
  REQUIRE(b.heads.size() == 2);
  // Work that comes after the copy is not in it, and is not marked.
  b.house.Push(b.house.Team("West"));
  b.house.Push(b.house.Opened(b.house.sam));
  REQUIRE(b.house.store->MarkArchived(b.heads).ok());
  CHECK(b.house.Row(b.house.tenant()).seq == 4);
  CHECK(b.house.Row(b.house.tenant()).archived_seq == 3);
  CHECK(b.house.Row(b.house.sam.device).seq == 4);
  CHECK(b.house.Row(b.house.sam.device).archived_seq == 3);
}

TEST_CASE("a backup makes the server again, closed, with its keys and all it held") {
  BackedUp b;
  const std::string into = b.house.folder_of_test / "again";
  const absl::StatusOr<Restored> restored = b.Restore(into);
  REQUIRE(restored.ok());
  CHECK(restored->made_ms == b.house.now_ms());
  const std::unique_ptr<SqliteStore> store = b.Opened(into);
  const auto view = store->Read().value();
  CHECK(*GateOf(*view) == Gate::kWaiting);
  for (const Id& scope : {b.house.tenant(), b.house.sam.device}) {
    const ScopeRow before = b.house.Row(scope);
    const ScopeRow after = view->FindScope(scope).value();
    CHECK(after.seq == before.seq);
    CHECK(after.hash == before.hash);
    CHECK(after.state_digest == before.state_digest);
    CHECK(after.archived_seq == before.seq);
  }
  CHECK(EncodeServerKeys(OpenServerFolder(into)->keys).view() ==
        EncodeServerKeys(b.house.folder.keys).view());
  struct stat info {};
  REQUIRE(stat((into + "/keys/log.key").c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0400);
  CHECK_FALSE(IsThere(into + "/incoming.db"));
}

TEST_CASE("neither backup nor restore writes over what is there") {
  BackedUp b;
  CHECK(ReasonOf(b.Make(b.backup).status()) == Reason::kState);
  CHECK(ReasonOf(b.Restore(b.house.folder.path).status()) == Reason::kState);
  CHECK(OpenServerFolder(b.house.folder.path).ok());
}

TEST_CASE("a backup opens with its offline key alone") {
  BackedUp b;
  const std::string into = b.house.folder_of_test / "again";
  const auto restore_with = [&](const Secret& seed) {
    return RestoreBackup(b.backup, seed, into, [](std::string_view) {}).status();
  };
  CHECK(ReasonOf(restore_with(b.house.random.MakeSecret(32))) == Reason::kKey);
  // Under a name that another key would look for, the bytes do not open.
  const Secret other = b.house.random.MakeSecret(32);
  std::filesystem::copy_file(
      b.Sealed(), b.backup + "/sealed-" + DeriveRecipientId(BoxPublicKey(other)).short_hex());
  CHECK(ReasonOf(restore_with(other)) == Reason::kIntegrity);
  CHECK_FALSE(IsThere(into));
  // No secret of the server lies in it in clear.
  const std::string database(MappedFile::Open(b.backup + "/store.db")->bytes());
  const std::string sealed = ReadSmallFile(b.Sealed()).value();
  for (const Secret* secret : {&b.house.folder.keys.log_seed, &b.house.folder.keys.store_key}) {
    CHECK(database.find(secret->view()) == std::string::npos);
    CHECK(sealed.find(secret->view()) == std::string::npos);
  }
  CHECK(database.find("South") == std::string::npos);
}

TEST_CASE("a backup that was cut, changed or mixed with another is refused and leaves nothing") {
  BackedUp b;
  const std::string into = b.house.folder_of_test / "again";
  const std::string database = b.backup + "/store.db";
  SECTION("a byte of the copy") {
    FlipByte(database, std::filesystem::file_size(database) / 2);
    CHECK(ReasonOf(b.Restore(into).status()) == Reason::kIntegrity);
  }
  SECTION("its last page") {
    REQUIRE(MakeWritable(database).ok());
    std::filesystem::resize_file(database, std::filesystem::file_size(database) - 4096);
    CHECK(ReasonOf(b.Restore(into).status()) == Reason::kIntegrity);
  }
  SECTION("nothing of it") {
    std::filesystem::remove(database);
    CHECK(ReasonOf(b.Restore(into).status()) == Reason::kNotFound);
  }
  SECTION("a byte of the seal") {
    FlipByte(b.Sealed(), 100);
    CHECK(ReasonOf(b.Restore(into).status()) == Reason::kIntegrity);
  }
  SECTION("the copy of a later backup") {
    b.house.Push(b.house.Team("West"));
    const std::string later = b.house.folder_of_test / "later";
    REQUIRE(b.Make(later).ok());
    std::filesystem::copy_file(later + "/store.db", database,
                               std::filesystem::copy_options::overwrite_existing);
    CHECK(ReasonOf(b.Restore(into).status()) == Reason::kIntegrity);
  }
  CHECK_FALSE(IsThere(into));
  CHECK_FALSE(IsThere(into + ".new"));
}

TEST_CASE("a backup without a key to seal to is refused, and leaves nothing") {
  BackedUp b;
  const std::string out = b.house.folder_of_test / "none";
  const BackupPlan plan{b.house.folder, *b.house.store,         out, {}, 0,
                        b.house.random, [](std::string_view) {}};
  CHECK(ReasonOf(MakeBackup(plan).status()) == Reason::kArg);
  // A key that nothing can be sealed to is found before the backup has its name.
  const BackupPlan low_order{b.house.folder, *b.house.store,         out, {PublicKey{}}, 0,
                             b.house.random, [](std::string_view) {}};
  CHECK_FALSE(MakeBackup(low_order).ok());
  CHECK_FALSE(IsThere(out));
  CHECK_FALSE(IsThere(out + ".new"));
}

TEST_CASE("a backup that was killed half-way is no obstacle to the next") {
  BackedUp b;
  const std::string out = b.house.folder_of_test / "next";
  REQUIRE(MakeNewFolder(out + ".new").ok());
  REQUIRE(WriteNewFile(out + ".new/store.db", "half a copy", Readers::kOwnerOnly).ok());
  CHECK(b.Make(out).ok());
}

}  // namespace
}  // namespace doorstep::server
