#include "client-core/store/state.h"

#include <catch2/catch_test_macros.hpp>

#include "crypto/reason.h"
#include "tests/client-core/store/phone.h"

namespace doorstep::client {
namespace {

struct Scene {
  Town town;
  Hand worker = town.Hire(v1::ROLE_KEY_WORKER);
  Changeset first = town.BeginFamily(worker);
  Id family = first.scope, visit = town.NewId();
  ScopeLog log{town, family};
  Phone phone{town, worker};

  Scene() {
    log.Push(first);
    log.Push(town.Write(worker, family, {PlanVisit(town, worker, visit, 5, "first")}));
    // Not known to this build: a type, and a field of a known type.
    log.Push(town.Write(worker, family, {PlanVisit(town, worker, town.NewId(), 6, "second")}));
    Judgement applied;
    applied.verdict = v1::APPLIED;
    log.Place(town.Write(worker, family,
                         {Change(60'000, town.NewId(), {{3, std::string("\x18\x07", 2)}}),
                          Change(kVisit, visit, {{900, "of a newer schema"}})}),
              applied);
    // Held: the author's place here has ended.
    REQUIRE(log.Push(town.Write(town.supervisor, family, {EndPlace(log, worker)})).verdict ==
            v1::APPLIED);
    Judgement held = log.Push(
        town.Write(worker, family, {PlanVisit(town, worker, town.NewId(), 7, "held words")}));
    REQUIRE(held.verdict == v1::HELD);
    phone.Pull(town.log);
    phone.Pull(log, 2);
  }
};

TEST_CASE("the stored state is the fold of the log, unknown types and fields included") {
  Scene scene;
  State& stored = scene.phone.store->state();
  std::unique_ptr<ScopeState> state = stored.Of(scene.family);
  const std::vector<uint32_t> types{kFamily, 2, kPersonName, kVisit, 35, 60'000};
  CHECK(Content(*state, types) == Content(scene.log.state(), types));
  CHECK(state->Digest() == scene.log.state().Digest());
  const Record* visit = state->Find(kVisit, scene.visit);
  REQUIRE(visit != nullptr);
  REQUIRE(visit->FindCell(900) != nullptr);
  CHECK(visit->FindCell(900)->live[0].value == "of a newer schema");
  CHECK(visit->made_seq == 2);
  CHECK(visit->made_actor == scene.worker.user);
  int unknown = 0;
  state->ForEach(60'000, [&](const Record&) { ++unknown; });
  CHECK(unknown == 1);
  CHECK(stored.Of(scene.town.NewId())->Find(kVisit, scene.visit) == nullptr);
}

TEST_CASE("held work is kept with its changeset and its decision") {
  Scene scene;
  const Changeset& held = scene.log.entries().back().changeset;
  std::unique_ptr<ScopeState> state = scene.phone.store->state().Of(scene.family);
  const HeldWork* work = state->FindHeld(held.uid);
  REQUIRE(work != nullptr);
  CHECK(work->seq == 6);
  CHECK(work->reason == v1::HELD_REASON_NO_ASSIGNMENT);
  CHECK(work->outcome == HeldWork::Outcome::kWaiting);
  CHECK(work->changeset.bytes == held.bytes);
  CHECK(state->FindHeld(scene.town.NewId()) == nullptr);

  Judgement released = scene.log.Push(
      scene.town.Write(scene.town.supervisor, scene.family, {Decide(scene.town, held.uid, 1)}));
  INFO("reason " << released.reason);
  REQUIRE(released.verdict == v1::APPLIED);
  REQUIRE(released.released == std::vector<Id>{held.uid});
  scene.phone.Pull(scene.log);
  state = scene.phone.store->state().Of(scene.family);
  work = state->FindHeld(held.uid);
  CHECK(work->outcome == HeldWork::Outcome::kReleased);
  CHECK(work->decided_seq == 7);
  int visits = 0;
  state->ForEach(kVisit, [&](const Record&) { ++visits; });
  CHECK(visits == 3);
  int waiting = 0;
  state->ForEachHeld([&](const HeldWork& each) {
    if (each.outcome == HeldWork::Outcome::kWaiting) ++waiting;
  });
  CHECK(waiting == 0);
  CHECK(scene.phone.store->log().Find(scene.family)->state_digest == scene.log.state().Digest());
}

TEST_CASE("folding again gives the same, and mends a state that went wrong") {
  Scene scene;
  Store& store = *scene.phone.store;
  const Hash32 right = scene.log.state().Digest();
  CHECK(*store.Refold(scene.family, scene.town.now_ms) == right);
  REQUIRE(store.database().Execute("UPDATE record SET made_seq = made_seq + 1").ok());
  REQUIRE(store.database().Execute("DELETE FROM held").ok());
  REQUIRE(store.database().Execute("UPDATE scope SET state_digest = zeroblob(32)").ok());
  REQUIRE(store.log().Load().ok());
  CHECK(*store.Refold(scene.family, scene.town.now_ms) == right);
  CHECK(store.log().Find(scene.family)->state_digest == right);
  std::unique_ptr<ScopeState> state = store.state().Of(scene.family);
  CHECK(state->Find(kVisit, scene.visit)->made_seq == 2);
  CHECK(state->FindHeld(scene.log.entries().back().changeset.uid) != nullptr);
}

TEST_CASE("damaged state is a status, not a value") {
  Scene scene;
  Store& store = *scene.phone.store;
  REQUIRE(store.database().Execute("UPDATE record SET cells = x'0102'").ok());
  std::unique_ptr<ScopeState> state = store.state().Of(scene.family);
  CHECK(state->Find(kVisit, scene.visit) == nullptr);
  CHECK(ReasonOf(state->status()) == Reason::kIntegrity);
  absl::StatusOr<OverlayScope*> seen = store.overlay().Of(scene.family, 0);
  REQUIRE(seen.ok());
  (*seen)->state->Find(kVisit, scene.visit);
  CHECK(ReasonOf((*seen)->state->status()) == Reason::kIntegrity);
}

TEST_CASE("keys of a scope, ascending") {
  Scene scene;
  std::vector<std::pair<uint32_t, Id>> keys;
  REQUIRE(scene.phone.store->state()
              .ForEachKey(scene.family,
                          [&](const State::RecordKey& key) { keys.emplace_back(key.type, key.id); })
              .ok());
  CHECK(std::is_sorted(keys.begin(), keys.end()));
  CHECK(std::count_if(keys.begin(), keys.end(), [](const auto& k) { return k.first == kVisit; }) ==
        2);
}

}  // namespace
}  // namespace doorstep::client
