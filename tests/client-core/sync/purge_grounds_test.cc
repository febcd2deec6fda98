#include "client-core/sync/purge_grounds.h"

#include <catch2/catch_test_macros.hpp>
#include <initializer_list>

#include "tests/client-core/sync/office.h"

namespace doorstep::client {
namespace {

constexpr uint32_t kAssignment = 34, kDecision = 36;

// A family that a worker leads, and a second worker who takes over.
struct Case {
  Case() : office(town), worker(town.Hire(v1::ROLE_KEY_WORKER)) {
    Changeset first = town.BeginFamily(worker);
    family = first.scope;
    REQUIRE(office.Push(first).verdict == v1::APPLIED);
  }
  ScopeState& state() { return *office.line(family).state; }
  Id PlaceOf(const Hand& hand) {
    for (const AssignmentView& place : AssignmentsOf(state())) {
      if (place.user == hand.user) return place.id;
    }
    FAIL("no place");
    return {};
  }
  Changeset Ending(const Hand& by, const Id& place) {
    Id uid = town.NewId();
    return town.WriteAs(uid, by, family,
                        {Change(kAssignment, place, {{7, EncodeNumber(7, 2), {{uid, 9}}}})});
  }
  Changeset Opening(const Hand& by, const Hand& user, const Id& id, int64_t until_ms = 0) {
    std::vector<Put> puts{{1, EncodeId(1, user.user)},
                          {2, EncodeNumber(2, 7)},
                          {4, EncodeNumber(4, 4)},
                          {5, EncodeDate(5, town.today)},
                          {7, EncodeNumber(7, 1)}};
    if (until_ms != 0) puts.push_back({6, EncodeI64(6, until_ms)});
    return town.Write(by, family, {Change(kAssignment, id, puts)});
  }
  Changeset Decline(const Hand& by, const Id& held) {
    return town.Write(
        by, family,
        {Change(kDecision, town.NewId(),
                {{1, EncodeId(1, held)}, {2, EncodeNumber(2, 2)}, {3, EncodeNumber(3, 5)}})});
  }
  LossFinding Judge(std::initializer_list<Changeset> proof, std::vector<WaitingRow> rows = {},
                    int64_t now_ms = 0, int64_t server_ms = 0) {
    v1::PullFrame::Ended ended;
    ended.set_scope(family.str());
    for (const Changeset& changeset : proof) *ended.add_proof() = changeset.Signed();
    return JudgeFrame(ended, std::move(rows), now_ms, server_ms);
  }
  LossFinding JudgeFrame(const v1::PullFrame::Ended& ended, std::vector<WaitingRow> rows = {},
                         int64_t now_ms = 0, int64_t server_ms = 0) {
    LossQuestion question{Catalog::Get(),
                          town.directory,
                          verifier,
                          worker.user,
                          now_ms == 0 ? town.now_ms : now_ms,
                          server_ms == 0 ? town.now_ms : server_ms};
    return JudgeEnded(question, state(), rows, ended);
  }

  Town town;
  Office office;
  Hand worker;
  Id family;
  PlainVerifier verifier;
};

}  // namespace

TEST_CASE("an ending that a supervisor signed loses the family") {
  Case c;
  LossFinding finding = c.Judge({c.Ending(c.town.supervisor, c.PlaceOf(c.worker))});
  CHECK(finding.loss == Loss::kLost);
  CHECK(finding.assignments == std::set<Id>{c.PlaceOf(c.worker)});
  CHECK(finding.endings.size() == 1);
  CHECK(finding.alarms.empty());
}

TEST_CASE("one's own device ends one's own place") {
  Case c;
  CHECK(c.Judge({c.Ending(c.worker, c.PlaceOf(c.worker))}).loss == Loss::kLost);
}

TEST_CASE("a supervisor who has ended since ended it all the same") {
  Case c;
  Changeset ending = c.Ending(c.town.supervisor, c.PlaceOf(c.worker));
  Op live = c.town.log.Live(120, c.town.supervisor.device, 7);
  REQUIRE(c.town.log
              .Push(c.town.Write(
                  c.town.admin, c.town.tenant,
                  {Change(120, c.town.supervisor.device, {{7, EncodeNumber(7, 2), {live}}})}))
              .verdict == v1::APPLIED);
  REQUIRE_FALSE(c.town.directory.DeviceCounts(c.town.supervisor.device, c.town.directory.seq()));
  CHECK(c.Judge({ending}).loss == Loss::kLost);
}

TEST_CASE("no ending, or one of another's or an unknown place, loses nothing") {
  Case c;
  CHECK(c.Judge({}).loss == Loss::kHidden);
  CHECK(c.Judge({c.Ending(c.town.supervisor, c.PlaceOf(c.town.supervisor))}).loss == Loss::kHidden);
  CHECK(c.Judge({c.Ending(c.town.supervisor, c.town.NewId())}).loss == Loss::kHidden);
}

TEST_CASE("a forged or a stranger's ending loses nothing and alarms") {
  Case c;
  Id place = c.PlaceOf(c.worker);
  Changeset ending = c.Ending(c.town.supervisor, place);
  v1::PullFrame::Ended frame;
  frame.set_scope(c.family.str());
  *frame.add_proof() = ending.Signed();
  frame.mutable_proof(0)->mutable_signature()->at(3) ^= 1;
  LossFinding forged = c.JudgeFrame(frame);
  CHECK(forged.loss == Loss::kNone);
  CHECK(forged.alarms.size() == 1);

  Hand stranger = c.town.Hire(v1::ROLE_KEY_WORKER);
  LossFinding strange = c.Judge({c.Ending(stranger, place)});
  CHECK(strange.loss != Loss::kLost);
  CHECK(strange.alarms.size() == 1);
  // A known device of nobody who ever counted.
  Hand unapproved = c.town.MakeHand(c.worker.user);
  REQUIRE(c.town.log.Push(c.town.Write(c.town.admin, c.town.tenant, {c.town.DeviceOf(unapproved)}))
              .verdict == v1::APPLIED);
  CHECK(c.Judge({c.Ending(unapproved, place)}).loss != Loss::kLost);
  // A good ending beside a changeset of another family.
  Changeset other = c.town.BeginFamily(c.worker);
  CHECK(c.Judge({ending, other}).loss == Loss::kNone);
}

TEST_CASE("one place of two keeps the family") {
  Case c;
  Id second = c.town.NewId();
  REQUIRE(c.office.Push(c.Opening(c.town.supervisor, c.worker, second)).verdict == v1::APPLIED);
  Changeset one = c.Ending(c.town.supervisor, c.PlaceOf(c.worker));
  CHECK(c.Judge({one}).loss == Loss::kNone);
  Changeset two = c.Ending(c.town.supervisor, second);
  CHECK(c.Judge({one, two}).loss == Loss::kLost);
}

TEST_CASE("a place that the proof itself opened must be ended too") {
  Case c;
  Id again = c.town.NewId();
  Changeset one = c.Ending(c.town.supervisor, c.PlaceOf(c.worker));
  Changeset opened = c.Opening(c.town.supervisor, c.worker, again);
  CHECK(c.Judge({one, opened}).loss == Loss::kNone);
  CHECK(c.Judge({one, opened, c.Ending(c.town.supervisor, again)}).loss == Loss::kLost);
}

TEST_CASE("a place opened in the outbox is open until it is answered held") {
  Case c;
  Id mine = c.town.NewId();
  Changeset opened = c.Opening(c.worker, c.worker, mine);
  Changeset ending = c.Ending(c.town.supervisor, c.PlaceOf(c.worker));
  CHECK(c.Judge({ending}, {{opened, false}}).loss == Loss::kNone);
  CHECK(c.Judge({ending}, {{opened, true}}).loss == Loss::kLost);
  CHECK(
      c.Judge({ending, opened, c.Decline(c.town.supervisor, opened.uid)}, {{opened, false}}).loss ==
      Loss::kLost);
}

TEST_CASE("a place lapses by this device's clock and the server's, not by one of them") {
  Case c;
  Id cover = c.town.NewId();
  int64_t until = c.town.now_ms + 1000;
  REQUIRE(c.office.Push(c.Opening(c.town.supervisor, c.worker, cover, until)).verdict ==
          v1::APPLIED);
  Changeset ending = c.Ending(c.town.supervisor, c.PlaceOf(c.worker));
  CHECK(c.Judge({ending}, {}, until, until - 1).loss == Loss::kNone);
  CHECK(c.Judge({ending}, {}, until - 1, until).loss == Loss::kNone);
  CHECK(c.Judge({ending}, {}, until, until).loss == Loss::kLost);
}

TEST_CASE("who read a family that nobody had founded loses it by the decision on it") {
  Case c;
  Changeset first = c.town.BeginFamily(c.worker);
  Id uid = first.uid;
  ScopeState unfounded(first.scope, nullptr);
  HeldWork held;
  held.seq = 1;
  held.changeset = first;
  unfounded.AddHeld(held);
  auto decided = [&](uint32_t answer) {
    return c.town.Write(
        c.town.supervisor, first.scope,
        {Change(kDecision, c.town.NewId(),
                {{1, EncodeId(1, uid)}, {2, EncodeNumber(2, answer)}, {3, EncodeNumber(3, 1)}})});
  };
  // Another supervisor of the team, named in no assignment.
  LossQuestion question{Catalog::Get(), c.town.directory, c.verifier,
                        c.town.NewId(), c.town.now_ms,    c.town.now_ms};
  v1::PullFrame::Ended ended;
  ended.set_scope(first.scope.str());
  *ended.add_proof() = first.Signed();
  CHECK(JudgeEnded(question, unfounded, {}, ended).loss == Loss::kHidden);
  *ended.add_proof() = decided(1).Signed();
  CHECK(JudgeEnded(question, unfounded, {}, ended).loss == Loss::kLost);
}

TEST_CASE("a family is taken up again only by a place whose ending was not acted on") {
  Case c;
  Id first = c.PlaceOf(c.worker);
  CHECK(MayTakeUp(c.state(), c.worker.user, {}, c.town.now_ms));
  CHECK_FALSE(MayTakeUp(c.state(), c.worker.user, {first}, c.town.now_ms));
  Id again = c.town.NewId();
  REQUIRE(c.office.Push(c.Opening(c.town.supervisor, c.worker, again)).verdict == v1::APPLIED);
  CHECK(MayTakeUp(c.state(), c.worker.user, {first}, c.town.now_ms));
  CHECK_FALSE(MayTakeUp(c.state(), c.worker.user, {first, again}, c.town.now_ms));
}

}  // namespace doorstep::client
