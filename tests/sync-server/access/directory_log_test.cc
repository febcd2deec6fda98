// The directory in memory follows the stored log, and nothing else.
#include "sync-server/access/directory_log.h"

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <memory>
#include <thread>

#include "crypto/reason.h"
#include "tests/sync-server/council.h"

namespace doorstep::server {

TEST_CASE("it catches up, and answers each view at its own place") {
  Council council;
  std::unique_ptr<ReadView> view = *council.server->store->Read();
  const uint64_t first = council.server->directory.At(*view)->at;
  CHECK(first == 2);
  view.reset();
  const Hand ana = council.Hire(v1::ROLE_KEY_WORKER);
  view = *council.server->store->Read();
  absl::StatusOr<SharedDirectory::Place> place = council.server->directory.At(*view);
  REQUIRE(place.ok());
  CHECK(place->at == council.Row(council.town.tenant).seq);
  CHECK(place->directory.DeviceCounts(ana.device, place->at));
  CHECK_FALSE(place->directory.DeviceCounts(ana.device, first));
}

TEST_CASE("a store with another history is not followed") {
  Council council;
  const std::string image = council.Image();
  council.Hire(v1::ROLE_KEY_WORKER);
  SharedDirectory shared(council.town.tenant, council.town.root_pk);
  REQUIRE(shared.At(**council.server->store->Read()).ok());
  council.Restore(image);
  // Behind is well: a view of an earlier moment.
  CHECK(shared.At(**council.server->store->Read())->at == 2);
  ++council.town.now_ms;
  council.Push(council.town.Write(
      council.town.admin, council.town.tenant,
      {Change(102, council.town.NewId(), {{1, EncodeBytes(1, "another way")}})}));
  CHECK(ReasonOf(shared.At(**council.server->store->Read()).status()) == Reason::kIntegrity);
  Directory other(council.town.tenant, council.town.root_pk);
  REQUIRE(CatchUp(other, **council.server->store->Read()).ok());
  CHECK(other.seq() == 3);
}

TEST_CASE("threads that read see prefixes while the log grows") {
  Council council;
  std::string folder =
      (std::filesystem::temp_directory_path() / "doorstep-directory-XXXXXX").string();
  REQUIRE(mkdtemp(folder.data()) != nullptr);
  {
    absl::StatusOr<std::unique_ptr<SqliteStore>> store = SqliteStore::Open(
        folder + "/store.db", Secret::FromBytes(std::string(48, 'k')), council.town.tenant);
    REQUIRE(store.ok());
    Ingest ingest(Catalog::Get(), council.town.root_pk, **store);
    SharedDirectory shared(council.town.tenant, council.town.root_pk);
    std::atomic<bool> stop = false;
    std::atomic<int> bad = 0;
    std::vector<std::thread> readers;
    for (int i = 0; i < 3; ++i) {
      readers.emplace_back([&] {
        uint64_t last = 0;
        while (!stop) {
          absl::StatusOr<std::unique_ptr<ReadView>> view = (*store)->Read();
          if (!view.ok()) {
            ++bad;
            continue;
          }
          absl::StatusOr<SharedDirectory::Place> place = shared.At(**view);
          const bool fine = place.ok() && place->at >= last && place->directory.seq() >= place->at;
          if (!fine) ++bad;
          if (place.ok()) last = place->at;
        }
      });
    }
    for (int i = 0; i < 10; ++i) council.town.Hire(v1::ROLE_KEY_WORKER);
    for (const Entry& entry : council.town.log.entries()) {
      PushItem item;
      *item.row.mutable_signed_() = entry.changeset.Signed();
      REQUIRE(ingest.ApplyBatch({&item, 1}).ok());
    }
    stop = true;
    for (std::thread& reader : readers) reader.join();
    CHECK(bad == 0);
    CHECK(shared.At(**(*store)->Read())->at == council.town.log.entries().size());
  }
  std::filesystem::remove_all(folder);
}

}  // namespace doorstep::server
