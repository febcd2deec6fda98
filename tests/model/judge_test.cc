// The judge, step by step, on real signed entries of a small council.
#include "model/judge.h"

#include <catch2/catch_test_macros.hpp>

#include "model/digest.h"
#include "model/plan_approval.h"
#include "tests/model/town.h"

namespace doorstep {
namespace {

constexpr uint32_t kFamily = 1, kPerson = 2, kEpisode = 17, kPlan = 20, kGoal = 21, kApproval = 24;
constexpr uint32_t kVisit = 27, kContact = 29, kAssignment = 34, kDecision = 36;

// A family with a worker and a supervisor, an episode and a plan.
struct Home {
  explicit Home(uint64_t seed = 3)
      : town(seed),
        ana(town.Hire(v1::ROLE_KEY_WORKER)),
        ben(town.Hire(v1::ROLE_KEY_WORKER)),
        first(town.BeginFamily(ana)),
        log(town, first.scope),
        episode(town.NewId()),
        plan(town.NewId()),
        goal(town.NewId()) {
    REQUIRE(log.Push(first).verdict == v1::APPLIED);
    Id activation = town.NewId();
    REQUIRE(Push(town.supervisor, {Change(kEpisode, episode,
                                          {{1, EncodeId(1, activation)},
                                           {2, EncodeNumber(2, 1)},
                                           {3, EncodeNumber(3, 1)},
                                           {5, EncodeDate(5, town.today)},
                                           {7, EncodeNumber(7, 1)},
                                           {8, EncodeNumber(8, 2)}})}) ==
            v1::HELD_REASON_UNSPECIFIED);
    REQUIRE(Push(ana, {Change(kPlan, plan,
                              {{1, EncodeId(1, episode)},
                               {2, EncodeNumber(2, 1)},
                               {3, EncodeBytes(3, "aim")}}),
                       Change(kGoal, goal,
                              {{1, EncodeId(1, plan)},
                               {4, EncodeBytes(4, "goal")},
                               {9, EncodeNumber(9, 1)}})}) == v1::HELD_REASON_UNSPECIFIED);
  }

  v1::HeldReason Push(const Hand& hand, std::vector<v1::RecordChange> changes) {
    Judgement judgement = log.Push(town.Write(hand, first.scope, std::move(changes)));
    return judgement.verdict == v1::APPLIED && judgement.reason == v1::HELD_REASON_UNSPECIFIED
               ? v1::HELD_REASON_UNSPECIFIED
               : judgement.reason;
  }
  v1::RecordChange NewVisit(const Id& id, const Hand& worker) {
    return Change(
        kVisit, id,
        {{1, EncodeId(1, episode)}, {2, EncodeId(2, worker.user)}, {9, EncodeNumber(9, 1)}});
  }
  v1::RecordChange NewAssignment(const Id& id, const Hand& user,
                                 v1::Assignment::Relation relation) {
    return Change(kAssignment, id,
                  {{1, EncodeId(1, user.user)},
                   {2, EncodeNumber(2, relation)},
                   {4, EncodeNumber(4, v1::Assignment::REASON_ALLOCATED)},
                   {5, EncodeDate(5, town.today)},
                   {7, EncodeNumber(7, 1)}});
  }
  v1::RecordChange EndAssignmentOf(const Hand& hand) {
    for (const AssignmentView& view : AssignmentsOf(log.state())) {
      if (view.user == hand.user && view.open) {
        return Change(kAssignment, view.id,
                      {{7, EncodeNumber(7, 2), {log.Live(kAssignment, view.id, 7)}}});
      }
    }
    FAIL("no open assignment");
    return {};
  }
  v1::RecordChange Decide(const Id& held, v1::Decision::Answer answer) {
    return Change(kDecision, town.NewId(),
                  {{1, EncodeId(1, held)}, {2, EncodeNumber(2, answer)}, {3, EncodeNumber(3, 1)}});
  }
  v1::RecordChange Approval(v1::Approval::Decision decision) {
    Hash32 digest = DigestOfSubject(Catalog::Get(), town.tenant, log.state(), kPlan, plan);
    return Change(kApproval, town.NewId(),
                  {{1, EncodeId(1, plan)},
                   {2, EncodeBytes(2, View(digest))},
                   {3, EncodeNumber(3, decision)},
                   {9, EncodeDate(9, town.today)}});
  }
  PlanStatus Status() { return StandingOf(Catalog::Get(), town.tenant, log.state(), plan).status; }

  Town town;
  Hand ana;
  Hand ben;
  Changeset first;
  ScopeLog log;
  Id episode;
  Id plan;
  Id goal;
};

constexpr v1::HeldReason kApplied = v1::HELD_REASON_UNSPECIFIED;

}  // namespace

TEST_CASE("identity: a device that does not count, another's actor, staff who are not active") {
  Home home;
  Hand stranger = home.town.MakeHand(home.ana.user);
  CHECK(home.Push(stranger, {home.NewVisit(home.town.NewId(), home.ana)}) ==
        v1::HELD_REASON_DEVICE);
  Hand mixed{home.ben.user, home.ana.device, home.ana.sign_seed.Clone(), {}};
  CHECK(home.Push(mixed, {home.NewVisit(home.town.NewId(), home.ana)}) == v1::HELD_REASON_DEVICE);

  Op state = home.town.log.Live(103, home.ana.user, 7);
  Judgement left = home.town.log.Push(
      home.town.Write(home.town.admin, home.town.tenant,
                      {Change(103, home.ana.user, {{7, EncodeNumber(7, 2), {state}}})}));
  REQUIRE(left.verdict == v1::APPLIED);
  CHECK(home.Push(home.ana, {home.NewVisit(home.town.NewId(), home.ana)}) == v1::HELD_REASON_STAFF);
}

TEST_CASE("place: nobody without an open assignment writes, and the barred never do") {
  Home home;
  CHECK(home.Push(home.ben, {home.NewVisit(home.town.NewId(), home.ben)}) ==
        v1::HELD_REASON_NO_ASSIGNMENT);
  REQUIRE(home.Push(home.town.supervisor,
                    {home.NewAssignment(home.town.NewId(), home.ben,
                                        v1::Assignment::RELATION_CO_WORKER)}) == kApplied);
  CHECK(home.Push(home.ben, {home.NewVisit(home.town.NewId(), home.ben)}) == kApplied);
  REQUIRE(home.Push(home.town.supervisor, {Change(kFamily, home.first.scope,
                                                  {{7, EncodeId(7, home.ben.user)}})}) == kApplied);
  CHECK(home.Push(home.ben, {home.NewVisit(home.town.NewId(), home.ben)}) ==
        v1::HELD_REASON_BARRED);
}

TEST_CASE("an assignment lapses by the server's clock at receipt, whatever the author claims") {
  Home home;
  v1::RecordChange cover =
      home.NewAssignment(home.town.NewId(), home.ben, v1::Assignment::RELATION_COVER);
  v1::FieldWrite* until = cover.add_writes();
  until->set_field(6);
  until->set_value(EncodeI64(6, home.town.now_ms + 1000));
  REQUIRE(home.Push(home.town.supervisor, {cover}) == kApplied);
  CHECK(home.Push(home.ben, {home.NewVisit(home.town.NewId(), home.ben)}) == kApplied);
  home.town.now_ms += 1000;
  CHECK(home.Push(home.ben, {home.NewVisit(home.town.NewId(), home.ben)}) ==
        v1::HELD_REASON_NO_ASSIGNMENT);
}

TEST_CASE(
    "a family begins with its author's assignment and its team's supervisors, by the formula") {
  Town town;
  Hand ana = town.Hire(v1::ROLE_KEY_WORKER);
  Changeset whole = town.BeginFamily(ana);

  SECTION("without the supervisor it is held and unfounded, and a supervisor releases it") {
    v1::Changeset body = whole.body;
    auto* changes = body.mutable_changes();
    for (int i = 0; i < changes->size(); ++i) {
      bool supervisors = changes->Get(i).type() == kAssignment &&
                         changes->Get(i).writes(0).value() == EncodeId(1, town.supervisor.user);
      if (supervisors) {
        changes->DeleteSubrange(i, 1);
        break;
      }
    }
    Changeset lacking = *AuthorChangeset(town.tenant, body, ana.sign_seed);
    ScopeLog log(town, lacking.scope);
    Judgement judgement = log.Push(lacking);
    CHECK(judgement.verdict == v1::HELD);
    CHECK(judgement.reason == v1::HELD_REASON_NEW_FAMILY);
    CHECK(MayRead(town.directory, town.directory.seq(), log.state(), ana.device, town.now_ms));
    CHECK(MayRead(town.directory, town.directory.seq(), log.state(), town.supervisor.device,
                  town.now_ms));
    Hand ben = town.Hire(v1::ROLE_KEY_WORKER);
    CHECK_FALSE(
        MayRead(town.directory, town.directory.seq(), log.state(), ben.device, town.now_ms));
    Judgement more = log.Push(town.Write(
        ana, lacking.scope,
        {Change(
            kContact, town.NewId(),
            {{2, EncodeNumber(2, 1)}, {3, EncodeI64(3, town.now_ms)}, {6, EncodeBytes(6, "x")}})}));
    CHECK(more.reason == v1::HELD_REASON_UNFOUNDED);
    Judgement release = log.Push(town.Write(
        town.supervisor, lacking.scope,
        {Change(
            kDecision, town.NewId(),
            {{1, EncodeId(1, lacking.uid)}, {2, EncodeNumber(2, 1)}, {3, EncodeNumber(3, 1)}})}));
    REQUIRE(release.verdict == v1::APPLIED);
    REQUIRE(release.released == std::vector<Id>{lacking.uid});
    CHECK(FamilyOf(log.state()).has_value());
    CHECK(LettersIn(town.directory, town.directory.seq(), log.state(), ana.user, town.now_ms) != 0);
  }
  SECTION("its author may say from whom it is kept, and nobody but a supervisor later") {
    const Hand ben = town.Hire(v1::ROLE_KEY_WORKER);
    v1::Changeset body = whole.body;
    v1::FieldWrite* barred = body.mutable_changes(0)->add_writes();
    barred->set_field(7);
    barred->set_value(EncodeId(7, ben.user));
    const Changeset kept = *AuthorChangeset(town.tenant, body, ana.sign_seed);
    ScopeLog log(town, kept.scope);
    REQUIRE(log.Push(kept).verdict == v1::APPLIED);
    CHECK(FamilyOf(log.state())->barred_staff == std::set<Id>{ben.user});
    const Hand cem = town.Hire(v1::ROLE_KEY_WORKER);
    const Judgement later = log.Push(
        town.Write(ana, kept.scope, {Change(kFamily, kept.scope, {{7, EncodeId(7, cem.user)}})}));
    CHECK(later.reason == v1::HELD_REASON_NOT_ALLOWED);
  }
  SECTION("what else is a supervisor's or a records officer's stays theirs in a first entry") {
    v1::Changeset body = whole.body;
    v1::FieldWrite* hold = body.mutable_changes(0)->add_writes();
    hold->set_field(5);
    hold->set_value(EncodeBool(5, true));
    const Changeset held = *AuthorChangeset(town.tenant, body, ana.sign_seed);
    ScopeLog log(town, held.scope);
    CHECK(log.Push(held).reason == v1::HELD_REASON_NOT_ALLOWED);
  }
  SECTION("under another's id it never takes effect") {
    Hand ben = town.Hire(v1::ROLE_KEY_WORKER);
    v1::Changeset body = town.BeginFamily(ben).body;
    body.set_scope(whole.scope.str());
    body.mutable_changes(0)->set_id(whole.scope.str());
    Changeset forged = *AuthorChangeset(town.tenant, body, ben.sign_seed);
    ScopeLog log(town, whole.scope);
    CHECK(log.Push(forged).verdict == v1::HELD);
    CHECK_FALSE(FamilyOf(log.state()).has_value());
  }
}

TEST_CASE("role: each record and field asks for its letters") {
  Home home;
  // A key worker decides nothing, writes no supervisor's field, and makes nobody a reader.
  CHECK(home.Push(home.ana, {home.Decide(home.town.NewId(), v1::Decision::ANSWER_RELEASE)}) ==
        v1::HELD_REASON_NOT_ALLOWED);
  CHECK(
      home.Push(home.ana, {Change(kFamily, home.first.scope, {{7, EncodeId(7, home.ben.user)}})}) ==
      v1::HELD_REASON_NOT_ALLOWED);
  CHECK(home.Push(home.ana, {home.NewAssignment(home.town.NewId(), home.ben,
                                                v1::Assignment::RELATION_CO_WORKER)}) ==
        v1::HELD_REASON_NOT_ALLOWED);
}

TEST_CASE("assignments: one lead, roles that fit, nobody barred, nobody widens their own place") {
  Home home;
  const Hand& supervisor = home.town.supervisor;
  CHECK(home.Push(supervisor, {home.NewAssignment(home.town.NewId(), home.ben,
                                                  v1::Assignment::RELATION_LEAD)}) ==
        v1::HELD_REASON_SECOND_LEAD);
  CHECK(home.Push(supervisor, {home.NewAssignment(home.town.NewId(), home.town.admin,
                                                  v1::Assignment::RELATION_COVER)}) ==
        v1::HELD_REASON_NOT_ALLOWED);
  CHECK(home.Push(supervisor, {home.NewAssignment(home.town.NewId(), supervisor,
                                                  v1::Assignment::RELATION_SUPERVISOR)}) ==
        v1::HELD_REASON_NOT_ALLOWED);
  // Hand-over: the end of one lead and the beginning of the next, in one changeset, in this order.
  CHECK(home.Push(supervisor, {home.EndAssignmentOf(home.ana),
                               home.NewAssignment(home.town.NewId(), home.ben,
                                                  v1::Assignment::RELATION_LEAD)}) == kApplied);
  CHECK(home.Push(home.ana, {home.NewVisit(home.town.NewId(), home.ana)}) ==
        v1::HELD_REASON_NO_ASSIGNMENT);
  CHECK_FALSE(MayRead(home.town.directory, home.town.directory.seq(), home.log.state(),
                      home.ana.device, home.town.now_ms));
}

TEST_CASE("shape: what a merge rule lets a write name, clear and drop") {
  Home home;
  Op aim = home.log.Live(kPlan, home.plan, 3);
  Op level = home.log.Live(kEpisode, home.episode, 8);
  Op episode = home.log.Live(kPlan, home.plan, 1);
  Id other = home.town.NewId();
  struct Row {
    const char* what;
    v1::RecordChange change;
    v1::HeldReason reason;
  };
  std::vector<Row> rows{
      {"FIXED, another value", Change(kPlan, home.plan, {{1, EncodeId(1, other)}}),
       v1::HELD_REASON_FIXED},
      {"FIXED, the same value", Change(kPlan, home.plan, {{1, EncodeId(1, home.episode)}}),
       kApplied},
      {"FIXED that names", Change(kPlan, home.plan, {{1, EncodeId(1, home.episode), {episode}}}),
       v1::HELD_REASON_SHAPE},
      {"drop of a text", Change(kPlan, home.plan, {{3, "", {aim}, true}}), v1::HELD_REASON_SHAPE},
      {"UNION add that names", Change(kGoal, home.goal, {{3, EncodeId(3, other), {aim}}}),
       v1::HELD_REASON_SHAPE},
      {"UNION drop that names nothing", Change(kGoal, home.goal, {{3, "", {}, true}}),
       v1::HELD_REASON_SHAPE},
      {"unknown field", Change(kPlan, home.plan, {{99, EncodeNumber(99, 1)}}),
       v1::HELD_REASON_SHAPE},
      {"another field inside", Change(kPlan, home.plan, {{3, EncodeBytes(4, "x")}}),
       v1::HELD_REASON_SHAPE},
      {"text that is none", Change(kPlan, home.plan, {{3, EncodeBytes(3, "\xff")}}),
       v1::HELD_REASON_SHAPE},
      {"a required field is missing", Change(kPlan, other, {{3, EncodeBytes(3, "aim")}}),
       v1::HELD_REASON_SHAPE},
      {"a record of the directory", Change(106, other, {{1, EncodeBytes(1, "School")}}),
       v1::HELD_REASON_SHAPE},
      {"text anew, naming what was shown",
       Change(kPlan, home.plan, {{3, EncodeBytes(3, "b"), {aim}}}), kApplied},
  };
  for (Row& row : rows) {
    INFO(row.what);
    CHECK(home.Push(home.ana, {row.change}) == row.reason);
  }
  CHECK(home.Push(home.town.supervisor, {Change(kEpisode, home.episode, {{8, "", {level}}})}) ==
        v1::HELD_REASON_SHAPE);  // PROTECTIVE is never cleared
}

TEST_CASE("protective values: anybody raises, only those named lower, and only by naming all") {
  Home home;
  Op level = home.log.Live(kEpisode, home.episode, 8);
  REQUIRE(home.Push(home.ana, {Change(kEpisode, home.episode,
                                      {{8, EncodeNumber(8, 5), {level}}})}) == kApplied);
  Op raised = home.log.Live(kEpisode, home.episode, 8);
  CHECK(
      home.Push(home.ana, {Change(kEpisode, home.episode, {{8, EncodeNumber(8, 1), {raised}}})}) ==
      v1::HELD_REASON_NOT_ALLOWED);
  // A supervisor who has not seen it writes beside it: the greater stays in force.
  CHECK(home.Push(home.town.supervisor, {Change(kEpisode, home.episode,
                                                {{8, EncodeNumber(8, 1), {level}}})}) == kApplied);
  const FieldType& field = *Catalog::Get().FindField(kEpisode, 8);
  const Record& record = *home.log.state().Find(kEpisode, home.episode);
  CHECK(ValueInForce(record, field) == EncodeNumber(8, 5));
  CHECK(HasContestedProtective(Catalog::Get(), home.log.state()));
  CHECK(home.Push(home.town.supervisor, {home.Approval(v1::Approval::DECISION_APPROVED)}) ==
        v1::HELD_REASON_CONTESTED);
}

TEST_CASE("commands: exactly the live state, an arrow that exists, for those it admits") {
  Home home;
  Id visit = home.town.NewId();
  REQUIRE(home.Push(home.ana, {home.NewVisit(visit, home.ana)}) == kApplied);
  Op planned = home.log.Live(kVisit, visit, 9);
  CHECK(home.Push(home.ana, {Change(kVisit, visit, {{9, EncodeNumber(9, 3), {planned}}})}) ==
        v1::HELD_REASON_GUARD);  // signing needs an outcome
  CHECK(home.Push(home.town.supervisor,
                  {Change(kVisit, visit, {{9, EncodeNumber(9, 2), {planned}}})}) ==
        v1::HELD_REASON_NOT_ALLOWED);  // only the worker starts it
  CHECK(home.Push(home.ana, {Change(kVisit, visit, {{9, EncodeNumber(9, 1), {planned}}})}) ==
        v1::HELD_REASON_ALREADY_SO);
  CHECK(home.Push(home.ana,
                  {Change(kVisit, visit,
                          {{19, EncodeBytes(19, "words")}, {9, EncodeNumber(9, 2), {planned}}})}) ==
        v1::HELD_REASON_WORDS_AND_COMMAND);
  REQUIRE(home.Push(home.ana, {Change(kVisit, visit, {{9, EncodeNumber(9, 2), {planned}}})}) ==
          kApplied);
  CHECK(home.Push(home.ana, {Change(kVisit, visit, {{9, EncodeNumber(9, 4), {planned}}})}) ==
        v1::HELD_REASON_STATE_MOVED);
  Op under_way = home.log.Live(kVisit, visit, 9);
  CHECK(home.Push(home.ana, {Change(kVisit, visit, {{9, EncodeNumber(9, 1), {under_way}}})}) ==
        v1::HELD_REASON_NO_SUCH_STEP);
  CHECK(home.Push(home.ana, {Change(kVisit, visit,
                                    {{10, EncodeNumber(10, 3)},
                                     {9, EncodeNumber(9, 3), {under_way}}})}) == kApplied);
}

TEST_CASE("a set holds no more than its rule allows") {
  Home home;
  const Hand& supervisor = home.town.supervisor;
  std::vector<Op> first;
  for (int i = 0; i < 20; ++i) {
    REQUIRE(home.Push(supervisor, {Change(kFamily, home.first.scope,
                                          {{7, EncodeId(7, home.town.NewId())}})}) == kApplied);
    if (i == 0) first.push_back(home.log.Live(kFamily, home.first.scope, 7));
  }
  v1::RecordChange more = Change(kFamily, home.first.scope, {{7, EncodeId(7, home.town.NewId())}});
  CHECK(home.Push(supervisor, {more}) == v1::HELD_REASON_SHAPE);
  REQUIRE(home.Push(supervisor, {Change(kFamily, home.first.scope, {{7, "", first, true}})}) ==
          kApplied);
  CHECK(home.Push(supervisor, {more}) == kApplied);
}

TEST_CASE("held work: declined once, released once, late values beside newer ones") {
  Home home;
  Op aim = home.log.Live(kPlan, home.plan, 3);
  const Hand& supervisor = home.town.supervisor;
  REQUIRE(home.Push(supervisor, {home.EndAssignmentOf(home.ana),
                                 home.NewAssignment(home.town.NewId(), home.ben,
                                                    v1::Assignment::RELATION_LEAD)}) == kApplied);
  Changeset late = home.town.Write(
      home.ana, home.first.scope, {Change(kPlan, home.plan, {{3, EncodeBytes(3, "late"), {aim}}})});
  CHECK(home.log.Push(late).reason == v1::HELD_REASON_NO_ASSIGNMENT);
  REQUIRE(home.Push(home.ben, {Change(kPlan, home.plan, {{3, EncodeBytes(3, "newer"), {aim}}})}) ==
          kApplied);
  Judgement released = home.log.Push(home.town.Write(
      supervisor, home.first.scope, {home.Decide(late.uid, v1::Decision::ANSWER_RELEASE)}));
  CHECK(released.verdict == v1::APPLIED);
  CHECK(released.released == std::vector<Id>{late.uid});
  const Cell& cell = *home.log.state().Find(kPlan, home.plan)->FindCell(3);
  REQUIRE(cell.live.size() == 2);
  CHECK(cell.live[0].value == EncodeBytes(3, "late"));
  CHECK(home.Push(supervisor, {home.Decide(late.uid, v1::Decision::ANSWER_RELEASE)}) ==
        v1::HELD_REASON_NOT_HELD);
  CHECK(home.Push(supervisor, {home.Decide(home.town.NewId(), v1::Decision::ANSWER_DECLINE)}) ==
        v1::HELD_REASON_NOT_HELD);
}

TEST_CASE("a release of what still may not be releases nothing and says why") {
  Home home;
  Changeset never =
      home.town.Write(home.ben, home.first.scope, {home.NewVisit(home.town.NewId(), home.ben)});
  REQUIRE(home.log.Push(never).reason == v1::HELD_REASON_NO_ASSIGNMENT);
  Judgement judgement =
      home.log.Push(home.town.Write(home.town.supervisor, home.first.scope,
                                    {home.Decide(never.uid, v1::Decision::ANSWER_RELEASE)}));
  CHECK(judgement.verdict == v1::APPLIED);
  CHECK(judgement.released.empty());
  CHECK(judgement.reason == v1::HELD_REASON_NO_ASSIGNMENT);
  CHECK(home.log.state().FindHeld(never.uid)->outcome == HeldWork::Outcome::kWaiting);
}

TEST_CASE("plan approval is a comparison: of exactly one version, never of one's own work") {
  Home home;
  const Hand& supervisor = home.town.supervisor;
  CHECK(home.Status() == PlanStatus::kDraft);
  REQUIRE(home.Push(home.ana, {home.Approval(v1::Approval::DECISION_SUBMITTED)}) == kApplied);
  CHECK(home.Status() == PlanStatus::kSubmitted);
  v1::RecordChange approval = home.Approval(v1::Approval::DECISION_APPROVED);
  // The worker edits a goal while the supervisor, offline, approves the version seen.
  Op wording = home.log.Live(kGoal, home.goal, 4);
  REQUIRE(home.Push(home.ana, {Change(kGoal, home.goal,
                                      {{4, EncodeBytes(4, "other"), {wording}}})}) == kApplied);
  REQUIRE(home.Push(supervisor, {approval}) == kApplied);
  CHECK(home.Status() == PlanStatus::kChangedSinceApproval);
  REQUIRE(home.Push(supervisor, {home.Approval(v1::Approval::DECISION_APPROVED)}) == kApplied);
  CHECK(home.Status() == PlanStatus::kApproved);
  // What the supervisor writes cannot be approved by the same supervisor.
  Op now = home.log.Live(kGoal, home.goal, 4);
  REQUIRE(home.Push(supervisor, {Change(kGoal, home.goal, {{4, EncodeBytes(4, "mine"), {now}}})}) ==
          kApplied);
  CHECK(home.Status() == PlanStatus::kChangedSinceApproval);
  CHECK(home.Push(supervisor, {home.Approval(v1::Approval::DECISION_APPROVED)}) ==
        v1::HELD_REASON_OWN_WORK);
  // The way out: the worker writes it anew.
  Op mine = home.log.Live(kGoal, home.goal, 4);
  REQUIRE(home.Push(home.ana, {Change(kGoal, home.goal, {{4, EncodeBytes(4, "mine"), {mine}}})}) ==
          kApplied);
  CHECK(home.Push(supervisor, {home.Approval(v1::Approval::DECISION_APPROVED)}) == kApplied);
  CHECK(home.Status() == PlanStatus::kApproved);
}

TEST_CASE(
    "a signed visit is frozen: what names a live word is held, what names none stands beside") {
  Home home;
  Id visit = home.town.NewId();
  REQUIRE(home.Push(home.ana, {home.NewVisit(visit, home.ana)}) == kApplied);
  REQUIRE(home.Push(home.ana, {Change(kVisit, visit, {{19, EncodeBytes(19, "account")}})}) ==
          kApplied);
  Op planned = home.log.Live(kVisit, visit, 9);
  Op account = home.log.Live(kVisit, visit, 19);
  REQUIRE(home.Push(home.ana, {Change(kVisit, visit,
                                      {{10, EncodeNumber(10, 3)},
                                       {9, EncodeNumber(9, 3), {planned}}})}) == kApplied);
  CHECK(home.Push(home.ana, {Change(kVisit, visit, {{19, EncodeBytes(19, "b"), {account}}})}) ==
        v1::HELD_REASON_SIGNED);
  CHECK(home.Push(home.ana, {Change(kVisit, visit, {{19, EncodeBytes(19, "late")}})}) == kApplied);
  Op late = home.log.Live(kVisit, visit, 19);
  CHECK(home.Push(home.ana, {Change(kVisit, visit, {{19, EncodeBytes(19, "c"), {late}}})}) ==
        v1::HELD_REASON_SIGNED);
  CHECK(home.Push(home.ana,
                  {Change(kVisit, visit, {{19, EncodeBytes(19, "both"), {account, late}}})}) ==
        kApplied);
  CHECK(home.Push(home.ana, {Change(kVisit, visit, {{14, EncodeI64(14, 1)}})}) == kApplied);
}

TEST_CASE(
    "a server that applies a stranger's assignment or releases what was not decided is caught") {
  Home home;
  Hand stranger = home.town.MakeHand(home.town.NewId());
  Changeset forged = home.town.Write(
      stranger, home.first.scope,
      {home.NewAssignment(home.town.NewId(), home.ben, v1::Assignment::RELATION_CO_WORKER)});
  StateView view(home.log.state());
  ScopeState before(home.first.scope, &view);
  v1::EntryMeta meta;
  meta.set_seq(99);
  meta.set_verdict(v1::APPLIED);
  CHECK_FALSE(
      CheckTrust(home.log.bench(), before, MakeEntry(home.town.tenant, forged, meta, {})).ok());
  // Words that should have been held do not stop an older build.
  Changeset words = home.town.Write(home.ana, home.first.scope,
                                    {Change(kPlan, home.plan, {{1, EncodeId(1, home.goal)}})});
  CHECK(CheckTrust(home.log.bench(), before, MakeEntry(home.town.tenant, words, meta, {})).ok());
  meta.add_released(home.town.NewId().str());
  CHECK_FALSE(
      CheckTrust(home.log.bench(), before, MakeEntry(home.town.tenant, words, meta, {})).ok());
}

}  // namespace doorstep
