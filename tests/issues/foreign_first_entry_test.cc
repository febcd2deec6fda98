// A held changeset with a whole Family record made its author a reader of any scope that had none:
// of a family whose first entry was declined, and of another device's journal.
#include <catch2/catch_test_macros.hpp>

#include "model/judge.h"
#include "tests/model/town.h"

namespace doorstep {
namespace {

constexpr uint32_t kAssignment = 34, kDecision = 36;

// A first entry of Ana's that names no supervisor, so that it is held, and a stranger who writes a
// whole Family record into scopes that are not his.
struct Scene {
  Scene() : ana(town.Hire(v1::ROLE_KEY_WORKER)), ben(town.Hire(v1::ROLE_KEY_WORKER)) {}

  Changeset LackingFirst() {
    v1::Changeset body = town.BeginFamily(ana).body;
    auto* changes = body.mutable_changes();
    for (int i = changes->size() - 1; i >= 0; --i) {
      const bool others = changes->Get(i).type() == kAssignment &&
                          changes->Get(i).writes(0).value() != EncodeId(1, ana.user);
      if (others) changes->DeleteSubrange(i, 1);
    }
    return *AuthorChangeset(town.tenant, body, ana.sign_seed);
  }
  Changeset FamilyInto(const Id& scope) {
    v1::Changeset body = town.BeginFamily(ben).body;
    body.set_scope(scope.str());
    body.mutable_changes(0)->set_id(scope.str());
    return *AuthorChangeset(town.tenant, body, ben.sign_seed);
  }
  Changeset Decide(const Id& scope, const Id& held, v1::Decision::Answer answer) {
    return town.Write(town.supervisor, scope,
                      {Change(kDecision, town.NewId(),
                              {{1, EncodeId(1, held)},
                               {2, EncodeNumber(2, static_cast<uint64_t>(answer))},
                               {3, EncodeNumber(3, v1::Decision::REASON_STILL_TRUE)}})});
  }
  bool Reads(ScopeLog& log, const Hand& hand) {
    return MayRead(town.directory, town.directory.seq(), log.state(), hand.device, town.now_ms);
  }
  bool Decides(ScopeLog& log, const Hand& hand) {
    return SupervisesUnfounded(town.directory, town.directory.seq(), log.state(), hand.user);
  }

  Town town;
  Hand ana;
  Hand ben;
};

}  // namespace

TEST_CASE("after a declined first entry a stranger's Family record makes nobody a reader") {
  Scene scene;
  const Changeset first = scene.LackingFirst();
  ScopeLog log(scene.town, first.scope);
  REQUIRE(log.Push(first).verdict == v1::HELD);
  REQUIRE(scene.Reads(log, scene.ana));
  REQUIRE(scene.Decides(log, scene.town.supervisor));
  REQUIRE(log.Push(scene.Decide(first.scope, first.uid, v1::Decision::ANSWER_DECLINE)).verdict ==
          v1::APPLIED);
  const Changeset foreign = scene.FamilyInto(first.scope);
  REQUIRE(log.Push(foreign).verdict == v1::HELD);
  REQUIRE(FamilyFoundedBy(foreign).has_value());

  CHECK(FirstEntryOf(scene.town.tenant, log.state()) == nullptr);
  CHECK_FALSE(scene.Reads(log, scene.ben));
  CHECK_FALSE(scene.Decides(log, scene.town.supervisor));
  const Changeset release = scene.Decide(first.scope, foreign.uid, v1::Decision::ANSWER_RELEASE);
  CHECK(Judge(log.bench(), log.state(), release).verdict == v1::HELD);
}

TEST_CASE("a stranger's Family record beside the first entry is not the first entry") {
  Scene scene;
  const Changeset first = scene.LackingFirst();
  ScopeLog log(scene.town, first.scope);
  const Changeset foreign = scene.FamilyInto(first.scope);
  REQUIRE(log.Push(foreign).verdict == v1::HELD);
  CHECK_FALSE(scene.Reads(log, scene.ben));
  REQUIRE(log.Push(first).verdict == v1::HELD);
  REQUIRE(FirstEntryOf(scene.town.tenant, log.state()) != nullptr);
  CHECK(FirstEntryOf(scene.town.tenant, log.state())->changeset.uid == first.uid);
  CHECK_FALSE(scene.Reads(log, scene.ben));
  CHECK(scene.Reads(log, scene.ana));

  // Nor does a client take it from a server that says a supervisor has released it.
  const Changeset release = scene.Decide(first.scope, foreign.uid, v1::Decision::ANSWER_RELEASE);
  CHECK(log.Push(release).released.empty());
  const Changeset again = scene.Decide(first.scope, foreign.uid, v1::Decision::ANSWER_RELEASE);
  ScopeLog lying(scene.town, first.scope);
  lying.Push(foreign);
  lying.Push(first);
  v1::EntryMeta meta;
  meta.set_seq(3);
  meta.set_verdict(v1::APPLIED);
  meta.set_directory_seq(scene.town.directory.seq());
  meta.add_released(foreign.uid.str());
  const Entry entry = MakeEntry(scene.town.tenant, again, meta, lying.entries().back().hash);
  CHECK_FALSE(CheckTrust(lying.bench(), lying.state(), entry).ok());
}

TEST_CASE("a Family record in another device's journal makes nobody a reader of it") {
  Scene scene;
  ScopeLog journal(scene.town, scene.ana.device);
  const Changeset foreign = scene.FamilyInto(scene.ana.device);
  REQUIRE(journal.Push(foreign).verdict == v1::HELD);
  CHECK_FALSE(scene.Reads(journal, scene.ben));
  CHECK_FALSE(scene.Reads(journal, scene.town.supervisor));
  CHECK_FALSE(scene.Decides(journal, scene.town.supervisor));
}

}  // namespace doorstep
