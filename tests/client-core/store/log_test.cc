#include "client-core/store/log.h"

#include <catch2/catch_test_macros.hpp>

#include "client-core/store/limits.h"
#include "crypto/reason.h"
#include "tests/client-core/store/phone.h"

namespace doorstep::client {
namespace {

// A family of ten entries on a worker's phone, pulled in pages of four.
struct Scene {
  Town town;
  Hand worker = town.Hire(v1::ROLE_KEY_WORKER);
  Changeset first = town.BeginFamily(worker);
  Id family = first.scope;
  ScopeLog log{town, family};
  Phone phone{town, worker};
  Log& stored = phone.store->log();

  Scene() {
    log.Push(first);
    for (int n = 2; n <= 10; ++n) {
      log.Push(town.Write(worker, family, {PlanVisit(town, worker, town.NewId(), n, "visit")}));
    }
    phone.Pull(town.log);
    phone.Pull(log, 4);
  }
  absl::Status In(absl::FunctionRef<absl::Status()> change) {
    return phone.store->InTransaction(change);
  }
};

TEST_CASE("entries come back byte for byte, by number, range and uid") {
  Scene scene;
  for (const Entry& entry : scene.log.entries()) {
    absl::StatusOr<std::optional<Entry>> by_seq = scene.stored.Get(scene.family, entry.seq());
    REQUIRE((by_seq.ok() && *by_seq));
    CHECK((*by_seq)->changeset.bytes == entry.changeset.bytes);
    CHECK((*by_seq)->changeset.signature == entry.changeset.signature);
    CHECK((*by_seq)->meta_bytes == entry.meta_bytes);
    CHECK((*by_seq)->hash == entry.hash);
    absl::StatusOr<std::optional<Entry>> by_uid =
        scene.stored.FindUid(scene.family, entry.changeset.uid);
    REQUIRE((by_uid.ok() && *by_uid));
    CHECK((*by_uid)->seq() == entry.seq());
    CHECK_FALSE(scene.stored.FindUid(scene.town.tenant, entry.changeset.uid)->has_value());
  }
  CHECK_FALSE(scene.stored.Get(scene.family, 11)->has_value());
  CHECK_FALSE(scene.stored.Get(scene.town.NewId(), 1)->has_value());

  std::vector<uint64_t> seqs;
  auto note = [&](const Entry& entry) {
    seqs.push_back(entry.seq());
    return entry.seq() != 7;
  };
  REQUIRE(scene.stored.ForEach(scene.family, 3, 5, note).ok());
  CHECK(seqs == std::vector<uint64_t>{3, 4, 5});
  seqs.clear();
  REQUIRE(scene.stored.ForEach(scene.family, 6, kSeqMax, note).ok());
  CHECK(seqs == std::vector<uint64_t>{6, 7});
  seqs.clear();
  REQUIRE(scene.stored.ForEach(scene.family, 11, kSeqMax, note).ok());
  CHECK(seqs.empty());
}

TEST_CASE("the cursor is the end of the log, and hashes can be told at every place") {
  Scene scene;
  const ScopeRow* row = scene.stored.Find(scene.family);
  REQUIRE(row != nullptr);
  CHECK(row->seq == 10);
  CHECK(row->hash == scene.log.entries().back().hash);
  CHECK(row->state_digest == scene.log.state().Digest());
  CHECK(scene.stored.FindByKey(row->key) == row);
  CHECK(**scene.stored.HashAt(scene.family, 0) == EmptyLogHash(scene.town.tenant, scene.family));
  CHECK(**scene.stored.HashAt(scene.family, 7) == scene.log.entries()[6].hash);
  CHECK_FALSE(scene.stored.HashAt(scene.family, 11)->has_value());

  Log::Hashes all = *scene.stored.HashesOf(scene.family, 65'536);
  CHECK(all.first_seq == 1);
  Log::Hashes newest = *scene.stored.HashesOf(scene.family, 3);
  CHECK(newest.first_seq == 8);
  std::string expected;
  for (const Entry& entry : scene.log.entries()) expected += HashPrefix(entry.hash);
  CHECK(all.bytes == expected);
  CHECK(newest.bytes == expected.substr(7 * 8));
}

TEST_CASE("each page leaves the head of its end") {
  Scene scene;
  std::vector<SignedHead> heads = *scene.stored.HeadsFrom(scene.family, 0);
  REQUIRE(heads.size() == 3);
  CHECK(heads[0].head.seq() == 4);
  CHECK(heads[1].head.seq() == 8);
  CHECK(heads[2].head.seq() == 10);
  for (const SignedHead& head : heads) {
    CHECK(VerifyHead(scene.town.tenant, head, SignPublicKey(scene.phone.log_seed)));
  }
  CHECK(scene.stored.HeadsFrom(scene.family, 5)->size() == 2);
  CHECK((*scene.stored.LastHead(scene.family))->head.seq() == 10);
  CHECK_FALSE(scene.stored.LastHead(scene.town.NewId())->has_value());
}

TEST_CASE("the archived mark only rises, until history is cut below it") {
  Scene scene;
  SignedHead bare = scene.phone.HeadOf(scene.log, 10, 7);
  REQUIRE(scene.phone.store->PutBareHead(bare).ok());
  CHECK(scene.stored.Find(scene.family)->archived_seq == 7);
  REQUIRE(scene.phone.store->PutBareHead(scene.phone.HeadOf(scene.log, 10, 3)).ok());
  CHECK(scene.stored.Find(scene.family)->archived_seq == 7);
  REQUIRE(scene.In([&] { return scene.stored.Truncate(scene.family, 5); }).ok());
  CHECK(scene.stored.Find(scene.family)->archived_seq == 5);
}

TEST_CASE("truncation takes entries and heads above, and the rest goes on from there") {
  Scene scene;
  REQUIRE(scene
              .In([&] {
                absl::Status cut = scene.stored.Truncate(scene.family, 5);
                return cut.ok() ? scene.phone.store->state().Refold(scene.family).status() : cut;
              })
              .ok());
  CHECK(scene.stored.Find(scene.family)->seq == 5);
  CHECK_FALSE(scene.stored.Get(scene.family, 6)->has_value());
  CHECK_FALSE(
      scene.stored.FindUid(scene.family, scene.log.entries()[5].changeset.uid)->has_value());
  CHECK((*scene.stored.LastHead(scene.family))->head.seq() == 4);
  CHECK(scene.stored.Find(scene.town.tenant)->seq == scene.town.log.entries().size());
  scene.phone.Pull(scene.log, 4);
  CHECK(scene.stored.Find(scene.family)->state_digest == scene.log.state().Digest());
}

TEST_CASE("flags stand on their scope, through a rollback and a reload") {
  Scene scene;
  REQUIRE(scene.In([&] { return scene.stored.SetFlag(scene.family, kSuspect); }).ok());
  const Id unheard = scene.town.NewId();
  absl::Status failed = scene.In([&] {
    absl::Status set = scene.stored.SetFlag(unheard, kNotCarried);
    if (set.ok()) set = scene.stored.ClearFlag(scene.family, kSuspect);
    return set.ok() ? MakeStatus(Reason::kCancelled, "stopped here") : set;
  });
  CHECK(ReasonOf(failed) == Reason::kCancelled);
  CHECK(scene.stored.Find(unheard) == nullptr);
  CHECK(scene.stored.Find(scene.family)->Has(kSuspect));
  CHECK_FALSE(scene.stored.Find(scene.family)->Has(kStopped));
  REQUIRE(scene.In([&] { return scene.stored.ClearFlag(scene.family, kSuspect); }).ok());
  REQUIRE(scene.stored.Load().ok());
  CHECK_FALSE(scene.stored.Find(scene.family)->Has(kSuspect));
}

TEST_CASE("an entry missing in the file is told, not passed over") {
  Scene scene;
  REQUIRE(scene.phone.store->database()
              .Execute("DELETE FROM log WHERE uid IN (SELECT uid FROM log "
                       "ORDER BY place DESC LIMIT 1 OFFSET 4)")
              .ok());
  auto all = [](const Entry&) { return true; };
  CHECK(ReasonOf(scene.stored.ForEach(scene.family, 1, kSeqMax, all)) == Reason::kIntegrity);
  REQUIRE(
      scene.phone.store->database()
          .Execute("UPDATE log SET changeset = x'00' WHERE place = (SELECT min(place) FROM log)")
          .ok());
  CHECK(ReasonOf(scene.stored.Get(scene.town.tenant, 1).status()) == Reason::kIntegrity);
}

}  // namespace
}  // namespace doorstep::client
