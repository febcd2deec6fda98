#include <catch2/catch_test_macros.hpp>
#include <filesystem>

#include "client-core/store/store.h"
#include "crypto/reason.h"
#include "tests/client-core/store/phone.h"

namespace doorstep::client {
namespace {

absl::StatusOr<std::string> Seal(const v1::SignedChangeset& changeset) {
  std::string bytes = changeset.SerializeAsString();
  for (char& c : bytes) c = static_cast<char>(c ^ 0x5a);
  return bytes;
}

absl::StatusOr<std::string> LeaveReadable(const v1::SignedChangeset&) { return std::string(); }

// Two families on a worker's phone. What is to go says "secretword", in several ways of writing.
struct Scene {
  Town town;
  Hand worker = town.Hire(v1::ROLE_KEY_WORKER);
  Changeset first = town.BeginFamily(worker), second = town.BeginFamily(worker);
  Id family = first.scope, other = second.scope;
  ScopeLog log{town, family}, other_log{town, other};
  Phone phone;
  Store& store;

  explicit Scene(const TemporaryFolder* folder = nullptr)
      : phone(town, worker,
              folder == nullptr
                  ? nullptr
                  : *Store::Create(folder->path(), TestKey(),
                                   {town.tenant, worker.device, town.root_pk}, Catalog::Get())),
        store(*phone.store) {
    log.Push(first);
    other_log.Push(second);
    for (int n = 0; n < 30; ++n) {
      const Hand& hand = n % 2 == 0 ? worker : town.supervisor;
      log.Push(
          town.Write(hand, family,
                     {PlanVisit(town, hand, town.NewId(), n,
                                "secretword quagga" + std::to_string(n) + "secretword",
                                std::string(static_cast<size_t>(n) * 90, 'y') + " SecretWord")}));
    }
    other_log.Push(
        town.Write(worker, other, {PlanVisit(town, worker, town.NewId(), 1, "kept words")}));
    phone.Pull(town.log);
    phone.Pull(log, 7);
    phone.Pull(other_log);
    REQUIRE(store.drafts().Put({"a", family, 1, "secretword in a draft"}).ok());
    REQUIRE(store.drafts().Put({"b", other, 1, "kept draft"}).ok());
  }
  Changeset Unsent(std::string_view purpose) {
    Changeset changeset =
        town.Write(worker, family, {PlanVisit(town, worker, town.NewId(), 5, purpose)});
    phone.Commit(changeset);
    return changeset;
  }
  void Archived(uint64_t seq) {
    REQUIRE(store.PutBareHead(phone.HeadOf(log, log.entries().size(), seq)).ok());
  }
};

bool Holds(const std::string& image, const char* words) {
  return image.find(words) != std::string::npos;
}

TEST_CASE("a purge of a family that is archived leaves none of its bytes") {
  Scene scene;
  scene.Archived(scene.log.entries().size());
  std::string before = *scene.store.Image();
  REQUIRE((Holds(before, "secretword") && Holds(before, "SecretWord") && Holds(before, "quagga7")));
  absl::StatusOr<Store::Kept> kept =
      scene.store.Purge(scene.family, Store::Archive::kKept, Seal, scene.town.now_ms);
  REQUIRE(kept.ok());
  CHECK(kept->uids.empty());
  std::string image = *scene.store.Image();
  for (const char* words : {"secretword", "SecretWord", "quagga7", "quagga", "yyyyyyyy"}) {
    INFO(words);
    CHECK_FALSE(Holds(image, words));
  }
  for (const Entry& entry : scene.log.entries()) {
    CHECK_FALSE(Holds(image, entry.changeset.uid.str().c_str()));
  }
  CHECK(image.find(scene.family.view()) == std::string::npos);
  CHECK(scene.store.log().Find(scene.family) == nullptr);
  CHECK(Holds(image, "kept words"));
  CHECK(scene.store.search().Find("kept", std::nullopt, 0)->size() == 1);
  CHECK(scene.store.search().Find("secretword", std::nullopt, 0)->empty());
  CHECK(scene.store.drafts().List()->size() == 1);
  CHECK(scene.store.log().Find(scene.other)->state_digest == scene.other_log.state().Digest());
  CHECK(scene.store.database().CheckIntegrity().ok());
}

TEST_CASE("what is owed stays, sealed: undelivered rows and every entry above the archived mark") {
  Scene scene;
  scene.Archived(25);
  Changeset unsent = scene.Unsent("secretword never sent");
  absl::StatusOr<Store::Kept> kept =
      scene.store.Purge(scene.family, Store::Archive::kKept, Seal, scene.town.now_ms);
  REQUIRE(kept.ok());
  std::vector<Id> expected;
  for (size_t n = 25; n < scene.log.entries().size(); ++n) {
    expected.push_back(scene.log.entries()[n].changeset.uid);
  }
  expected.push_back(unsent.uid);
  CHECK(kept->uids == expected);
  std::string image = *scene.store.Image();
  CHECK_FALSE(Holds(image, "secretword"));
  CHECK_FALSE(Holds(image, "SecretWord"));
  const ScopeRow* row = scene.store.log().Find(scene.family);
  REQUIRE(row != nullptr);
  CHECK((row->Has(kPurged) && row->seq == 0));
  int sealed = 0;
  REQUIRE(scene.store.outbox()
              .ForEachOf(scene.family,
                         [&](const OutboxRow& each) {
                           absl::StatusOr<std::string> bytes = scene.store.outbox().Sealed(each);
                           REQUIRE(bytes.ok());
                           for (char& c : *bytes) c = static_cast<char>(c ^ 0x5a);
                           v1::SignedChangeset readable;
                           CHECK(readable.ParseFromString(*bytes));
                           CHECK(DecodeChangeset(readable)->uid == each.uid);
                           return ++sealed, true;
                         })
              .ok());
  CHECK(sealed == static_cast<int>(expected.size()));
  // Purged again it is what it was.
  CHECK(scene.store.Purge(scene.family, Store::Archive::kKept, Seal, 0)->uids == expected);

  // Delivered one by one, the last takes the scope with it.
  for (const Id& uid : expected) {
    REQUIRE(scene.store.log().Find(scene.family) != nullptr);
    REQUIRE(scene.store.RemoveDelivered(scene.family, uid, scene.town.now_ms).ok());
  }
  CHECK(scene.store.log().Find(scene.family) == nullptr);
}

TEST_CASE("where nothing is archived, of the entries only the device's own are kept") {
  Scene scene;
  absl::StatusOr<Store::Kept> kept =
      scene.store.Purge(scene.family, Store::Archive::kNone, Seal, scene.town.now_ms);
  REQUIRE(kept.ok());
  CHECK(kept->uids.size() == 16);  // the first entry and every other one after it
  for (const Entry& entry : scene.log.entries()) {
    bool is_kept =
        std::find(kept->uids.begin(), kept->uids.end(), entry.changeset.uid) != kept->uids.end();
    CHECK(is_kept == (entry.changeset.device == scene.worker.device));
  }
}

TEST_CASE("rows that cannot be sealed stay readable to be sent, and are shown nowhere") {
  Scene scene;
  scene.Archived(scene.log.entries().size());
  Changeset unsent = scene.Unsent("secretword never sent");
  REQUIRE(scene.store.Purge(scene.family, Store::Archive::kKept, LeaveReadable, 0).ok());
  OutboxRow row = **scene.store.outbox().Find(scene.family, unsent.uid);
  CHECK(scene.store.outbox().Signed(row)->changeset() == unsent.bytes);
  CHECK(scene.store.search().Find("secretword", std::nullopt, 0)->empty());
  OverlayScope* seen = *scene.store.overlay().Of(scene.family, scene.town.now_ms);
  REQUIRE(seen->rows.size() == 1);
  CHECK(seen->rows[0].verdict == v1::VERDICT_UNSPECIFIED);
  CHECK(seen->touched.empty());
  REQUIRE(scene.store.SaveAnswer(row, scene.town.now_ms).ok());
  CHECK(scene.store.search().Find("secretword", std::nullopt, 0)->empty());
}

TEST_CASE("a purge that fails keeps everything") {
  Scene scene;
  absl::StatusOr<Store::Kept> kept = scene.store.Purge(
      scene.family, Store::Archive::kKept,
      [](const v1::SignedChangeset&) -> absl::StatusOr<std::string> {
        return MakeStatus(Reason::kState, "no ingest key");
      },
      scene.town.now_ms);
  CHECK(ReasonOf(kept.status()) == Reason::kState);
  CHECK(scene.store.log().Find(scene.family)->seq == 31);
  CHECK(scene.store.search().Find("secretword", std::nullopt, 0)->size() == 30);
  scene.store.database().FailAfterCommits(0);
  CHECK_FALSE(scene.store.Purge(scene.family, Store::Archive::kKept, Seal, 0).ok());
  CHECK(scene.store.log().Find(scene.family)->seq == 31);
  CHECK(scene.store.outbox().Count()->all == 0);
}

TEST_CASE("a family that comes back is pulled from its first entry, over what was owed") {
  Scene scene;
  scene.Archived(25);
  Changeset unsent = scene.Unsent("never sent");
  REQUIRE(scene.store.Purge(scene.family, Store::Archive::kKept, Seal, 0).ok());
  scene.log.Push(unsent);
  scene.phone.Pull(scene.log, 10);
  CHECK(scene.phone.Unsent().empty());
  CHECK_FALSE(scene.store.log().Find(scene.family)->Has(kPurged));
  CHECK(scene.store.log().Find(scene.family)->state_digest == scene.log.state().Digest());
  CHECK(scene.store.search().Find("secretword", std::nullopt, 0)->size() == 30);
}

TEST_CASE("a scope is let go only with nothing unsent") {
  Scene scene;
  Changeset unsent = scene.Unsent("secretword never sent");
  CHECK(ReasonOf(scene.store.Evict(scene.family)) == Reason::kState);
  CHECK(scene.store.log().Find(scene.family)->seq == 31);
  scene.log.Push(unsent);
  scene.phone.Pull(scene.log);
  REQUIRE(scene.store.Evict(scene.family).ok());
  CHECK(scene.store.log().Find(scene.family) == nullptr);
  CHECK_FALSE(Holds(*scene.store.Image(), "secretword"));
  CHECK(scene.store.Evict(scene.family).ok());
}

TEST_CASE("after a purge the file's own log is empty") {
  TemporaryFolder folder;
  Scene scene(&folder);
  scene.Archived(scene.log.entries().size());
  CHECK(std::filesystem::file_size(folder.file() + "-wal") > 0);
  REQUIRE(scene.store.Purge(scene.family, Store::Archive::kKept, Seal, 0).ok());
  CHECK(std::filesystem::file_size(folder.file() + "-wal") == 0);
  CHECK(scene.store.database().CheckIntegrity().ok());
}

}  // namespace
}  // namespace doorstep::client
