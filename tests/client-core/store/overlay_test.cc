#include "client-core/store/overlay.h"

#include <catch2/catch_test_macros.hpp>

#include "crypto/reason.h"
#include "tests/client-core/store/phone.h"

namespace doorstep::client {
namespace {

const std::vector<uint32_t> kTypes{kFamily, 2, kPersonName, kVisit, kAssignment, kDecision};

struct Scene {
  Town town;
  Hand worker = town.Hire(v1::ROLE_KEY_WORKER), ben = town.Hire(v1::ROLE_KEY_WORKER);
  Changeset first = town.BeginFamily(worker);
  Id family = first.scope, visit = town.NewId();
  ScopeLog log{town, family};
  Phone phone{town, worker};
  Phone desk{town, town.supervisor};

  Scene() {
    log.Push(first);
    log.Push(town.Write(worker, family, {PlanVisit(town, worker, visit, 5, "old purpose")}));
    for (Phone* each : {&phone, &desk}) {
      each->Pull(town.log);
      each->Pull(log);
    }
  }
  Op Shown(uint32_t field) {
    const Record* record = phone.Seen(family).Find(kVisit, visit);
    return record->FindCell(field)->live.back().op;
  }
  Changeset Purpose(const Hand& hand, std::string_view words, std::vector<Op> names) {
    return town.Write(
        hand, family,
        {Change(kVisit, visit,
                {{kVisitPurpose, EncodeBytes(kVisitPurpose, words), std::move(names)}})});
  }
};

TEST_CASE("what is committed is seen at once, above everything received") {
  Scene scene;
  CHECK(scene.phone.Text(scene.family, kVisit, scene.visit, kVisitPurpose) == "old purpose");
  Changeset edit = scene.Purpose(scene.worker, "new purpose", {scene.Shown(kVisitPurpose)});
  CHECK(scene.phone.Commit(edit).verdict == v1::APPLIED);
  CHECK(scene.phone.Text(scene.family, kVisit, scene.visit, kVisitPurpose) == "new purpose");
  const LiveWrite& write =
      scene.phone.Seen(scene.family).Find(kVisit, scene.visit)->FindCell(kVisitPurpose)->live[0];
  CHECK(IsProvisional(write.seq));
  // What is stored has not moved.
  std::unique_ptr<ScopeState> stored = scene.phone.store->state().Of(scene.family);
  CHECK(stored->Find(kVisit, scene.visit)->FindCell(kVisitPurpose)->live[0].seq == 2);
}

TEST_CASE("the overlay is the fold of the same changesets in a log") {
  Scene scene;
  std::vector<Changeset> made;
  for (int n = 0; n < 12; ++n) {
    if (n % 3 == 0) {
      made.push_back(scene.town.Write(scene.worker, scene.family,
                                      {PlanVisit(scene.town, scene.worker, scene.town.NewId(), n,
                                                 "visit " + std::to_string(n))}));
    } else if (n % 3 == 1) {
      made.push_back(scene.Purpose(scene.worker, "purpose " + std::to_string(n),
                                   {scene.Shown(kVisitPurpose)}));
    } else {  // names nothing: a sibling
      made.push_back(scene.Purpose(scene.worker, "sibling " + std::to_string(n), {}));
    }
    scene.phone.Commit(made.back());
  }
  std::string at_once = Content(scene.phone.Seen(scene.family), kTypes);
  scene.phone.store->overlay().ForgetAll();
  std::string computed_anew = Content(scene.phone.Seen(scene.family), kTypes);
  for (const Changeset& changeset : made) scene.log.Push(changeset);
  std::string in_the_log = Content(scene.log.state(), kTypes);
  CHECK(at_once == in_the_log);
  CHECK(computed_anew == in_the_log);
  scene.phone.Pull(scene.log);
  CHECK(Content(scene.phone.Seen(scene.family), kTypes) == in_the_log);
  CHECK(scene.phone.Unsent().empty());
}

TEST_CASE("others' entries come beneath own unsent words") {
  Scene scene;
  Changeset mine = scene.Purpose(scene.worker, "mine", {scene.Shown(kVisitPurpose)});
  scene.phone.Commit(mine);
  scene.log.Push(scene.Purpose(scene.town.supervisor, "the supervisor's",
                               {scene.log.Live(kVisit, scene.visit, kVisitPurpose)}));
  scene.phone.Pull(scene.log);
  const Cell* cell =
      scene.phone.Seen(scene.family).Find(kVisit, scene.visit)->FindCell(kVisitPurpose);
  REQUIRE(cell->live.size() == 2);
  CHECK(DecodeBytes(kVisitPurpose, cell->live[0].value) == "the supervisor's");
  CHECK(DecodeBytes(kVisitPurpose, cell->live[1].value) == "mine");
  CHECK(scene.phone.Unsent() == std::vector<std::string>{mine.uid.hex()});
}

TEST_CASE("what the judge would hold is listed as held and has no effect") {
  Scene scene;
  // Ben has no place in this family.
  Phone ben(scene.town, scene.ben);
  ben.Pull(scene.town.log);
  ben.Pull(scene.log);
  Changeset words = scene.Purpose(scene.ben, "not Ben's", {});
  Judgement expected = ben.Commit(words);
  CHECK(expected.verdict == v1::HELD);
  CHECK(ben.Text(scene.family, kVisit, scene.visit, kVisitPurpose) == "old purpose");
  OverlayScope* seen = *ben.store->overlay().Of(scene.family, scene.town.now_ms);
  REQUIRE(seen->rows.size() == 1);
  CHECK(seen->rows[0].verdict == v1::HELD);
  CHECK(seen->rows[0].reason == v1::HELD_REASON_NO_ASSIGNMENT);
  REQUIRE(seen->state->FindHeld(words.uid) != nullptr);
  CHECK(seen->state->FindHeld(words.uid)->changeset.bytes == words.bytes);
}

TEST_CASE("own rows are judged anew when a page changes what they stand on") {
  Scene scene;
  Changeset words =
      scene.Purpose(scene.worker, "written in the kitchen", {scene.Shown(kVisitPurpose)});
  CHECK(scene.phone.Commit(words).verdict == v1::APPLIED);
  REQUIRE(scene.phone.store->search().Find("kitchen", std::nullopt, 0)->size() == 1);
  scene.log.Push(
      scene.town.Write(scene.town.supervisor, scene.family, {EndPlace(scene.log, scene.worker)}));
  scene.phone.Pull(scene.log);
  OverlayScope* seen = *scene.phone.store->overlay().Of(scene.family, scene.town.now_ms);
  REQUIRE(seen->rows.size() == 1);
  CHECK(seen->rows[0].verdict == v1::HELD);
  CHECK(scene.phone.Text(scene.family, kVisit, scene.visit, kVisitPurpose) == "old purpose");
  CHECK(scene.phone.store->search().Find("kitchen", std::nullopt, 0)->empty());
}

TEST_CASE("own rows are judged anew when the directory moves") {
  Scene scene;
  Changeset words = scene.Purpose(scene.worker, "before the end", {scene.Shown(kVisitPurpose)});
  scene.phone.Commit(words);
  // The administrator ends the worker's device.
  scene.town.log.Push(scene.town.Write(
      scene.town.admin, scene.town.tenant,
      {Change(120, scene.worker.device,
              {{7, EncodeNumber(7, 2), {scene.town.log.Live(120, scene.worker.device, 7)}}})}));
  REQUIRE_FALSE(scene.town.directory.DeviceCounts(scene.worker.device, scene.town.directory.seq()));
  scene.phone.Pull(scene.town.log);
  CHECK(scene.phone.store->directory().seq() == scene.town.directory.seq());
  CHECK(scene.phone.Text(scene.family, kVisit, scene.visit, kVisitPurpose) == "old purpose");
  CHECK(scene.phone.store->search().Find("before end", std::nullopt, 0)->empty());
}

TEST_CASE("a release that is not sent yet shows what it releases, and takes it back with its row") {
  Scene scene;
  scene.log.Push(
      scene.town.Write(scene.town.supervisor, scene.family, {EndPlace(scene.log, scene.worker)}));
  Changeset held = scene.town.Write(
      scene.worker, scene.family,
      {PlanVisit(scene.town, scene.worker, scene.town.NewId(), 9, "visit at the school gate")});
  REQUIRE(scene.log.Push(held).verdict == v1::HELD);
  scene.desk.Pull(scene.log);
  CHECK(scene.desk.store->search().Find("gate", std::nullopt, 0)->empty());
  Changeset decision =
      scene.town.Write(scene.town.supervisor, scene.family, {Decide(scene.town, held.uid, 1)});
  Judgement expected = scene.desk.Commit(decision);
  REQUIRE(expected.released == std::vector<Id>{held.uid});
  CHECK(scene.desk.store->search().Find("gate", std::nullopt, 0)->size() == 1);
  CHECK(scene.desk.Seen(scene.family).FindHeld(held.uid)->outcome == HeldWork::Outcome::kReleased);

  OutboxRow row = **scene.desk.store->outbox().Find(scene.family, decision.uid);
  row.answer = Answer::kUnsendable;
  REQUIRE(scene.desk.store->SaveAnswer(row, scene.town.now_ms).ok());
  CHECK(scene.desk.store->search().Find("gate", std::nullopt, 0)->empty());
  CHECK(scene.desk.Seen(scene.family).FindHeld(held.uid)->outcome == HeldWork::Outcome::kWaiting);
}

TEST_CASE("an unsendable row is listed and has no effect; nothing else is") {
  Scene scene;
  Changeset bad = scene.Purpose(scene.worker, "bad", {scene.Shown(kVisitPurpose)});
  scene.phone.Commit(bad);
  Changeset good =
      scene.town.Write(scene.worker, scene.family,
                       {PlanVisit(scene.town, scene.worker, scene.town.NewId(), 9, "another")});
  scene.phone.Commit(good);
  OutboxRow row = **scene.phone.store->outbox().Find(scene.family, bad.uid);
  row.answer = Answer::kUnsendable;
  row.reason = static_cast<uint32_t>(Reason::kFormat);
  REQUIRE(scene.phone.store->SaveAnswer(row, scene.town.now_ms).ok());
  CHECK(scene.phone.Text(scene.family, kVisit, scene.visit, kVisitPurpose) == "old purpose");
  OverlayScope* seen = *scene.phone.store->overlay().Of(scene.family, scene.town.now_ms);
  REQUIRE(seen->rows.size() == 2);
  CHECK(seen->rows[0].row.answer == Answer::kUnsendable);
  CHECK(seen->rows[0].verdict == v1::VERDICT_UNSPECIFIED);
  CHECK(seen->rows[1].verdict == v1::APPLIED);
  CHECK(scene.phone.store->search().Find("bad", std::nullopt, 0)->empty());
  CHECK(scene.phone.store->search().Find("another", std::nullopt, 0)->size() == 1);
}

TEST_CASE("an answer that changes no effect is seen on the row") {
  Scene scene;
  Changeset words = scene.Purpose(scene.worker, "words", {scene.Shown(kVisitPurpose)});
  scene.phone.Commit(words);
  OutboxRow row = **scene.phone.store->outbox().Find(scene.family, words.uid);
  row.answer = Answer::kAccepted;
  REQUIRE(scene.phone.store->SaveAnswer(row, scene.town.now_ms).ok());
  OverlayScope* seen = *scene.phone.store->overlay().Of(scene.family, scene.town.now_ms);
  CHECK(seen->rows[0].row.answer == Answer::kAccepted);
  row.uid = scene.town.NewId();
  CHECK(ReasonOf(scene.phone.store->SaveAnswer(row, 0)) == Reason::kNotFound);
}

TEST_CASE("carried rows do what their lost log said, whatever the judge would say now") {
  Scene scene;
  // What the supervisor's desk has above entry 2: the worker's end, held words, their release.
  scene.log.Push(
      scene.town.Write(scene.town.supervisor, scene.family, {EndPlace(scene.log, scene.worker)}));
  const Id visits[] = {scene.town.NewId(), scene.town.NewId()};
  Changeset released = scene.town.Write(
      scene.worker, scene.family, {PlanVisit(scene.town, scene.worker, visits[0], 9, "released")});
  Changeset waiting = scene.town.Write(
      scene.worker, scene.family, {PlanVisit(scene.town, scene.worker, visits[1], 9, "waiting")});
  scene.log.Push(released);
  scene.log.Push(waiting);
  scene.log.Push(
      scene.town.Write(scene.town.supervisor, scene.family, {Decide(scene.town, released.uid, 1)}));
  scene.desk.Pull(scene.log);
  const std::string before = Content(scene.desk.Seen(scene.family), kTypes);
  REQUIRE(scene.desk.store->CarryAbove(scene.family, 2, scene.town.now_ms).ok());
  CHECK(scene.desk.store->log().Find(scene.family)->seq == 2);
  CHECK(scene.desk.Unsent().size() == 4);
  CHECK(Content(scene.desk.Seen(scene.family), kTypes) == before);
  CHECK(scene.desk.Text(scene.family, kVisit, visits[0], kVisitPurpose) == "released");
  CHECK(scene.desk.Text(scene.family, kVisit, visits[1], kVisitPurpose).empty());
  CHECK(scene.desk.Seen(scene.family).FindHeld(waiting.uid)->outcome ==
        HeldWork::Outcome::kWaiting);
  CHECK(scene.desk.store->search().Find("released", std::nullopt, 0)->size() == 1);
}

TEST_CASE("a family begun here is seen before any server knows it") {
  Town town;
  Hand worker = town.Hire(v1::ROLE_KEY_WORKER);
  Phone phone(town, worker);
  phone.Pull(town.log);
  Changeset first = town.BeginFamily(worker);
  CHECK(phone.Commit(first).verdict == v1::APPLIED);
  CHECK(phone.Text(first.scope, kFamily, first.scope, 1) == "Family");
  Id visit = town.NewId();
  Changeset next = town.Write(worker, first.scope, {PlanVisit(town, worker, visit, 5, "soon")});
  CHECK(phone.Commit(next).verdict == v1::APPLIED);
  CHECK(phone.Text(first.scope, kVisit, visit, kVisitPurpose) == "soon");
}

}  // namespace
}  // namespace doorstep::client
