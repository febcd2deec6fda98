// The directory: who counts, from which place, and who cannot make anybody count.
#include "model/authority.h"

#include <catch2/catch_test_macros.hpp>

#include "model/digest.h"
#include "tests/model/town.h"

namespace doorstep {

TEST_CASE("what the root writes counts at once, all else once a second person has approved it") {
  Town town;
  const Directory& directory = town.directory;
  CHECK(directory.DeviceCounts(town.admin.device, 1));
  CHECK_FALSE(directory.DeviceCounts(town.admin.device, 0));
  CHECK(directory.HasRole(town.supervisor.user, v1::ROLE_SUPERVISOR, 1));

  Hand hand = town.MakeHand(town.NewId());
  Id role = town.NewId();
  REQUIRE(town.log
              .Push(town.Write(
                  town.admin, town.tenant,
                  {Change(103, hand.user, {{1, EncodeBytes(1, "Worker")}, {7, EncodeNumber(7, 1)}}),
                   town.DeviceOf(hand), town.RoleOf(role, hand, v1::ROLE_KEY_WORKER)}))
              .verdict == v1::APPLIED);
  CHECK(directory.Knows(hand.device));
  CHECK_FALSE(directory.DeviceCounts(hand.device, directory.seq()));

  SECTION("the author is no second person") {
    REQUIRE(town.Approve(town.admin, 120, hand.device).verdict == v1::APPLIED);
    CHECK_FALSE(directory.DeviceCounts(hand.device, directory.seq()));
  }
  SECTION("a supervisor is, from the place of the approval on") {
    uint64_t before = directory.seq();
    REQUIRE(town.Approve(town.supervisor, 120, hand.device).verdict == v1::APPLIED);
    CHECK_FALSE(directory.DeviceCounts(hand.device, before));
    CHECK(directory.DeviceCounts(hand.device, before + 1));
  }
  SECTION("an approval of another digest counts for nothing") {
    town.log.Push(town.Write(town.supervisor, town.tenant,
                             {Change(24, town.NewId(),
                                     {{1, EncodeId(1, hand.device)},
                                      {2, EncodeBytes(2, std::string(32, 'x'))},
                                      {3, EncodeNumber(3, 5)},
                                      {9, EncodeDate(9, town.today)}})}));
    CHECK_FALSE(directory.DeviceCounts(hand.device, directory.seq()));
  }
  SECTION("one who does not count approves nobody") {
    CHECK(town.Approve(hand, 120, hand.device).verdict == v1::HELD);
    CHECK_FALSE(directory.DeviceCounts(hand.device, directory.seq()));
  }
}

TEST_CASE("an administrator is made by the root only") {
  Town town;
  Hand ben = town.Hire(v1::ROLE_KEY_WORKER);
  Id role = town.NewId();
  town.log.Push(town.Write(town.admin, town.tenant, {town.RoleOf(role, ben, v1::ROLE_ADMIN)}));
  town.Approve(town.supervisor, 121, role);
  CHECK_FALSE(town.directory.HasRole(ben.user, v1::ROLE_ADMIN, town.directory.seq()));
  Id by_root = town.NewId();
  REQUIRE(
      town.log.Push(town.Write(town.root, town.tenant, {town.RoleOf(by_root, ben, v1::ROLE_ADMIN)}))
          .verdict == v1::APPLIED);
  CHECK(town.directory.HasRole(ben.user, v1::ROLE_ADMIN, town.directory.seq()));
}

TEST_CASE("what was right at its place stays right: the approver may end later") {
  Town town;
  Hand ana = town.Hire(v1::ROLE_KEY_WORKER);
  uint64_t then = town.directory.seq();
  Op state = town.log.Live(120, town.supervisor.device, 7);
  REQUIRE(town.log
              .Push(town.Write(
                  town.admin, town.tenant,
                  {Change(120, town.supervisor.device, {{7, EncodeNumber(7, 2), {state}}})}))
              .verdict == v1::APPLIED);
  CHECK_FALSE(town.directory.DeviceCounts(town.supervisor.device, town.directory.seq()));
  CHECK(town.directory.DeviceCounts(town.supervisor.device, then));
  CHECK(town.directory.DeviceCounts(ana.device, town.directory.seq()));
  CHECK(town.directory.LastWordOn(town.supervisor.device) == town.directory.seq());
}

TEST_CASE("a held Device record makes its device known and nothing more") {
  Town town;
  Hand ana = town.Hire(v1::ROLE_KEY_WORKER);
  Hand stranger = town.MakeHand(town.NewId());
  CHECK(town.log.Push(town.Write(ana, town.tenant, {town.DeviceOf(stranger)})).verdict == v1::HELD);
  CHECK(town.directory.Knows(stranger.device));
  CHECK_FALSE(town.directory.FindDevice(stranger.device, town.directory.seq()).has_value());
}

TEST_CASE("a copy of the directory folds on by itself") {
  Town town;
  Directory copy = town.directory.Clone();
  Hand ana = town.Hire(v1::ROLE_KEY_WORKER);
  CHECK(town.directory.DeviceCounts(ana.device, town.directory.seq()));
  CHECK_FALSE(copy.Knows(ana.device));
  for (size_t i = copy.seq(); i < town.log.entries().size(); ++i) copy.Fold(town.log.entries()[i]);
  CHECK(copy.hash() == town.directory.hash());
  CHECK(copy.DeviceCounts(ana.device, copy.seq()));
}

TEST_CASE("restricted readers: who is open, entitled and not barred; own making needs another") {
  Town town;
  Hand ana = town.Hire(v1::ROLE_KEY_WORKER);
  Changeset first = town.BeginFamily(ana);
  ScopeLog log(town, first.scope);
  REQUIRE(log.Push(first).verdict == v1::APPLIED);
  auto readers = [&] {
    return RestrictedReaders(town.directory, town.directory.seq(), log.state(), town.now_ms);
  };
  CHECK(readers().size() == 2);
  Hand second = town.Hire(v1::ROLE_SUPERVISOR);
  Id own = town.NewId();
  REQUIRE(log.Push(town.Write(second, first.scope,
                              {Change(34, own,
                                      {{1, EncodeId(1, second.user)},
                                       {2, EncodeNumber(2, v1::Assignment::RELATION_SUPERVISOR)},
                                       {3, EncodeBool(3, true)},
                                       {4, EncodeNumber(4, v1::Assignment::REASON_TEAM)},
                                       {5, EncodeDate(5, town.today)},
                                       {7, EncodeNumber(7, 1)}})}))
              .verdict == v1::APPLIED);
  CHECK(readers().size() == 2);
  Hash32 digest = DigestOfSubject(Catalog::Get(), town.tenant, log.state(), 34, own);
  REQUIRE(log.Push(town.Write(ana, first.scope,
                              {Change(24, town.NewId(),
                                      {{1, EncodeId(1, own)},
                                       {2, EncodeBytes(2, View(digest))},
                                       {3, EncodeNumber(3, 5)},
                                       {9, EncodeDate(9, town.today)}})}))
              .verdict == v1::APPLIED);
  CHECK(readers().size() == 3);
}

}  // namespace doorstep
