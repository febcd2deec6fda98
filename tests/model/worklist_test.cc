// Each line of the worklist with what puts it there and what takes it away, and the order.
#include "model/worklist.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "model/digest.h"
#include "model/plan_approval.h"
#include "tests/model/home.h"

namespace doorstep {
namespace {

using Item = v1::WorkItem;
constexpr int64_t kHour = 3'600'000;

std::vector<Item> Sorted(std::vector<WorkRow> rows) {
  SortRows(rows);
  std::vector<Item> items;
  for (WorkRow& row : rows) items.push_back(std::move(row.item));
  return items;
}

// What the supervisor sees of one list.
std::vector<Item> List(Home& home, Item::List list) {
  Look look(home, home.town.supervisor);
  std::vector<Item> items;
  for (Item& item : Sorted(WorkOfFamily(look.from, look.family))) {
    if (item.list() == list) items.push_back(std::move(item));
  }
  return items;
}

std::vector<std::string> Kinds(const std::vector<Item>& items) {
  std::vector<std::string> kinds;
  for (const Item& item : items) kinds.push_back(item.kind());
  return kinds;
}
using Texts = std::vector<std::string>;

bool Has(const Item& item, const std::string& flag) {
  return std::find(item.flags().begin(), item.flags().end(), flag) != item.flags().end();
}

v1::Concern Concern(Home& home, v1::Concern::Level level, int hours_ago) {
  v1::Concern concern;
  concern.set_kind(v1::Concern::KIND_NEGLECT);
  concern.set_level(level);
  concern.set_noticed_at(home.town.now_ms - hours_ago * kHour);
  concern.set_account("Tom had not eaten.");
  concern.set_state(v1::Concern::STATE_RAISED);
  return concern;
}

Id Episode(Home& home, int started_days_ago, v1::Episode::State state = v1::Episode::STATE_ACTIVE) {
  v1::Episode episode;
  episode.set_started_on(home.today() - started_days_ago);
  episode.set_state(state);
  return home.Make(home.town.supervisor, episode);
}

Id Plan(Home& home, const Id& episode) {
  v1::Plan plan;
  plan.set_episode(episode.str());
  plan.set_state(v1::Plan::STATE_OPEN);
  plan.set_aim("School.");
  return home.Make(home.ana, plan);
}

Id Decide(Home& home, const Hand& hand, const Id& plan, v1::Approval::Decision decision,
          const Id& answers = {}) {
  v1::Approval approval;
  approval.set_subject(plan.str());
  approval.set_digest(std::string(View(DigestOfSubject(
      Catalog::Get(), home.town.tenant, home.state(), Catalog::Get().Find("Plan")->number, plan))));
  approval.set_decision(decision);
  approval.set_decided_on(home.today());
  if (!answers.is_zero()) approval.add_answers(answers.str());
  return home.Make(hand, approval);
}

void Oversee(Home& home, v1::ManagementOversight::Kind kind, const Id& about = {}) {
  v1::ManagementOversight note;
  note.set_kind(kind);
  note.set_written_on(home.today());
  note.set_decision("Go on.");
  if (!about.is_zero()) note.set_about(about.str());
  home.Make(home.town.supervisor, note);
}

}  // namespace

TEST_CASE("1: concerns stand highest level first, then oldest, until they are acknowledged") {
  Home home;
  const Id advice = home.Make(home.ana, Concern(home, v1::Concern::LEVEL_ADVICE, 9));
  const Id fresh = home.Make(home.ana, Concern(home, v1::Concern::LEVEL_SAME_DAY, 1));
  const Id old = home.Make(home.ana, Concern(home, v1::Concern::LEVEL_SAME_DAY, 5));
  const Id danger = home.Make(home.ana, Concern(home, v1::Concern::LEVEL_IMMEDIATE_DANGER, 0));
  std::vector<Item> items = List(home, Item::CONCERNS);
  REQUIRE(items.size() == 4);
  CHECK(items[0].record().id() == danger.str());
  CHECK(items[1].record().id() == old.str());
  CHECK(items[2].record().id() == fresh.str());
  CHECK(items[3].record().id() == advice.str());
  CHECK(items[1].who() == home.ana.user.str());
  CHECK(Has(items[1], "late"));
  CHECK_FALSE(Has(items[2], "late"));
  CHECK(Has(items[1], "no_call_recorded"));
  CHECK_FALSE(Has(items[1], "closed_family"));

  v1::ConcernCall call;
  call.set_concern(old.str());
  call.set_answered(false);
  home.Make(home.ana, call);
  CHECK(Has(List(home, Item::CONCERNS)[1], "no_call_recorded"));  // nobody answered
  call.set_answered(true);
  home.Make(home.ana, call);
  CHECK_FALSE(Has(List(home, Item::CONCERNS)[1], "no_call_recorded"));

  v1::Concern acknowledged;
  acknowledged.set_state(v1::Concern::STATE_ACKNOWLEDGED);
  home.Write(home.town.supervisor, danger, acknowledged);
  CHECK(List(home, Item::CONCERNS).size() == 3);
}

TEST_CASE("1: of two levels the one that protects more orders; a closed family is flagged") {
  Home home;
  home.Make(home.ana, Concern(home, v1::Concern::LEVEL_SAME_DAY, 1));
  const Id low = home.Make(home.ana, Concern(home, v1::Concern::LEVEL_ADVICE, 0));
  v1::Concern raised;
  raised.set_level(v1::Concern::LEVEL_IMMEDIATE_DANGER);
  home.WriteBlind(home.town.supervisor, low, raised);
  Episode(home, 100, v1::Episode::STATE_CLOSED);
  std::vector<Item> items = List(home, Item::CONCERNS);
  REQUIRE(items.size() == 2);
  CHECK(items[0].record().id() == low.str());
  CHECK(Has(items[0], "closed_family"));
}

TEST_CASE("2: a visit that has not ended when expected, after the grace, longest first") {
  Home home;
  auto visit = [&](int minutes_ago) {
    v1::Visit made;
    made.set_worker(home.ana.user.str());
    made.set_state(v1::Visit::STATE_UNDER_WAY);
    made.set_started_at(home.town.now_ms - 5 * kHour);
    made.set_expected_end_at(home.town.now_ms - minutes_ago * int64_t{60'000});
    return home.Make(home.ana, made);
  };
  visit(30);
  CHECK(List(home, Item::CHECK_OUTS).empty());
  const Id late = visit(31), later = visit(90);
  std::vector<Item> items = List(home, Item::CHECK_OUTS);
  REQUIRE(items.size() == 2);
  CHECK(items[0].record().id() == later.str());
  CHECK(items[1].record().id() == late.str());
  v1::Visit out;
  out.set_checked_out_at(home.town.now_ms);
  home.Write(home.ana, later, out);
  CHECK(List(home, Item::CHECK_OUTS).size() == 1);
}

TEST_CASE("3: emergency access stands until somebody else has written about it") {
  Home home;
  CHECK(List(home, Item::ACCESS).empty());
  const Hand dan = home.town.Hire(v1::ROLE_DUTY);
  v1::Assignment place;
  place.set_user(dan.user.str());
  place.set_relation(v1::Assignment::RELATION_BREAK_GLASS);
  place.set_reason(v1::Assignment::REASON_EMERGENCY);
  place.set_state(v1::Assignment::STATE_OPEN);
  place.set_until_at(home.town.now_ms + 4 * kHour);
  const Id id = home.Make(dan, place);
  CHECK(Kinds(List(home, Item::ACCESS)) == Texts{"emergency_access"});
  CHECK_FALSE(Has(List(home, Item::ACCESS)[0], "late"));
  home.PassDays(5);  // lapsed long since, and still unreviewed
  REQUIRE(List(home, Item::ACCESS).size() == 1);
  CHECK(Has(List(home, Item::ACCESS)[0], "late"));
  Oversee(home, v1::ManagementOversight::KIND_OTHER, id);
  CHECK(List(home, Item::ACCESS).empty());
}

TEST_CASE("3: a supervisor's own assignment, a barred person's open place, nobody who supervises") {
  Home home;
  const Hand sam = home.town.Hire(v1::ROLE_SUPERVISOR);
  v1::Assignment place;
  place.set_user(sam.user.str());
  place.set_relation(v1::Assignment::RELATION_SUPERVISOR);
  place.set_reason(v1::Assignment::REASON_TEAM);
  place.set_state(v1::Assignment::STATE_OPEN);
  const Id own = home.Make(sam, place);
  CHECK(Kinds(List(home, Item::ACCESS)) == Texts{"own_assignment"});
  // Their own note about it is none.
  v1::ManagementOversight note;
  note.set_kind(v1::ManagementOversight::KIND_OTHER);
  note.set_written_on(home.today());
  note.set_about(own.str());
  home.Make(sam, note);
  CHECK(List(home, Item::ACCESS).size() == 1);
  Oversee(home, v1::ManagementOversight::KIND_OTHER, own);
  CHECK(List(home, Item::ACCESS).empty());

  v1::Family barred;
  barred.add_barred_staff(home.ana.user.str());
  home.WriteBlind(home.town.supervisor, home.family, barred);
  CHECK(Kinds(List(home, Item::ACCESS)) == Texts{"barred_open"});

  v1::Assignment ended;
  ended.set_state(v1::Assignment::STATE_ENDED);
  for (const AssignmentView& view : AssignmentsOf(home.state())) {
    home.Write(home.town.supervisor, view.id, ended);
  }
  CHECK(Kinds(List(home, Item::ACCESS)) == Texts{"no_supervisor"});
}

TEST_CASE("3: sealed words that no present reader can open") {
  Home home;
  v1::Person person;
  person.set_safe_contact("sealed");
  home.Make(home.ana, person);
  const Hand stranger = home.town.Hire(v1::ROLE_KEY_WORKER);
  auto recipient = [&](const Hand& hand) {
    return DeriveRecipientId(
        home.town.directory.FindDevice(hand.device, home.town.directory.seq())->box_pk);
  };
  home.sealed_to = {recipient(stranger)};
  CHECK(Kinds(List(home, Item::ACCESS)) == Texts{"restricted_unreadable"});
  home.sealed_to = {recipient(stranger), recipient(home.town.supervisor)};
  CHECK(List(home, Item::ACCESS).empty());
  // A share reaches a reader as well as a wrap does.
  home.sealed_to = {};
  v1::Share share;
  share.set_changeset(home.log->entries().back().changeset.uid.str());
  share.set_recipient(recipient(home.town.supervisor).str());
  home.Make(stranger, share);
  CHECK(List(home, Item::ACCESS).empty());
}

TEST_CASE("4: two answers that protect, then held work, then texts that nobody has settled") {
  Home home;
  const Id ada = home.AddPerson("Ada", v1::Person::MEMBER_ROLE_CHILD);
  v1::Family note;
  note.set_door_note("Ring.");
  home.WriteBlind(home.ana, home.family, note);
  note.set_door_note("Knock.");
  home.WriteBlind(home.town.supervisor, home.family, note);
  CHECK(List(home, Item::HELD_AND_AT_ODDS).empty());  // its authors are given time first
  v1::Person secret;
  secret.set_address_confidential(false);
  home.WriteBlind(home.ana, ada, secret);
  secret.set_address_confidential(true);
  home.WriteBlind(home.town.supervisor, ada, secret);
  home.Hold(home.ana, Concern(home, v1::Concern::LEVEL_ADVICE, 0), v1::HELD_REASON_NO_ASSIGNMENT);
  home.Hold(home.ana, Concern(home, v1::Concern::LEVEL_ADVICE, 0), v1::HELD_REASON_ALREADY_SO);
  CHECK(Kinds(List(home, Item::HELD_AND_AT_ODDS)) == Texts{"two_answers", "held"});
  home.PassDays(7);
  std::vector<Item> items = List(home, Item::HELD_AND_AT_ODDS);
  CHECK(Kinds(items) == Texts{"two_answers", "held", "two_texts"});
  CHECK(items[0].field() == "address_confidential");
  CHECK(items[2].field() == "door_note");
  home.Write(home.town.supervisor, home.family, note);
  CHECK(Kinds(List(home, Item::HELD_AND_AT_ODDS)) == Texts{"two_answers", "held"});
}

TEST_CASE("5: a plan that waits, is late, has changed, or has two decisions") {
  Home home;
  const Id plan = Plan(home, Episode(home, 5));
  CHECK(List(home, Item::PLANS).empty());  // a draft waits for nobody
  const Id submitted = Decide(home, home.ana, plan, v1::Approval::DECISION_SUBMITTED);
  std::vector<Item> items = List(home, Item::PLANS);
  REQUIRE(Kinds(items) == Texts{"plan_submitted"});
  CHECK(Has(items[0], "family_has_not_agreed"));
  CHECK_FALSE(Has(items[0], "late"));
  CHECK_FALSE(Has(items[0], "own_work"));
  CHECK(items[0].who() == home.ana.user.str());
  home.PassDays(8);
  CHECK(Has(List(home, Item::PLANS)[0], "late"));
  Decide(home, home.ana, plan, v1::Approval::DECISION_FAMILY_AGREED);
  CHECK_FALSE(Has(List(home, Item::PLANS)[0], "family_has_not_agreed"));

  Decide(home, home.town.supervisor, plan, v1::Approval::DECISION_APPROVED);
  CHECK(List(home, Item::PLANS).empty());
  const Id returned = Decide(home, home.town.supervisor, plan, v1::Approval::DECISION_RETURNED);
  CHECK(Kinds(List(home, Item::PLANS)) == Texts{"decisions_at_odds"});
  Decide(home, home.town.supervisor, plan, v1::Approval::DECISION_APPROVED, returned);
  CHECK(List(home, Item::PLANS).empty());

  v1::Plan words;
  words.set_aim("School and club.");
  home.Write(home.ana, plan, words);
  CHECK(Kinds(List(home, Item::PLANS)) == Texts{"plan_changed"});
  Decide(home, home.ana, plan, v1::Approval::DECISION_SUBMITTED, submitted);
  CHECK(Kinds(List(home, Item::PLANS)) == Texts{"plan_submitted"});
  words.set_aim("School, club and sleep.");
  home.Write(home.town.supervisor, plan, words);
  Decide(home, home.ana, plan, v1::Approval::DECISION_SUBMITTED);
  CHECK(Has(List(home, Item::PLANS)[0], "own_work"));
  words.Clear();
  words.set_state(v1::Plan::STATE_CLOSED);
  home.Write(home.town.supervisor, plan, words);
  CHECK(List(home, Item::PLANS).empty());
}

TEST_CASE("6: referrals that wait, urgent ones first, then by day") {
  Home home;
  auto refer = [&](v1::Referral::Direction direction, v1::Referral::State state, int days_ago,
                   bool urgent) {
    v1::Referral referral;
    referral.set_direction(direction);
    referral.set_received_on(home.today() - days_ago);
    referral.set_state(state);
    referral.set_urgent(urgent);
    return home.Make(home.ana, referral);
  };
  const Id in = refer(v1::Referral::DIRECTION_IN, v1::Referral::STATE_SCREENING, 3, false);
  const Id older = refer(v1::Referral::DIRECTION_IN, v1::Referral::STATE_RECEIVED, 9, false);
  const Id out = refer(v1::Referral::DIRECTION_OUT, v1::Referral::STATE_SENT, 1, true);
  refer(v1::Referral::DIRECTION_IN, v1::Referral::STATE_ACCEPTED, 30, true);
  refer(v1::Referral::DIRECTION_OUT, v1::Referral::STATE_TAKEN_UP, 30, true);
  std::vector<Item> items = List(home, Item::REFERRALS);
  REQUIRE(items.size() == 3);
  CHECK(items[0].record().id() == out.str());
  CHECK(items[0].kind() == "referral_out");
  CHECK(Has(items[0], "urgent"));
  CHECK(items[1].record().id() == older.str());
  CHECK(items[2].record().id() == in.str());
}

TEST_CASE("7: a closing review and a withdrawn agreement, with what closing would be held for") {
  Home home;
  const Id episode = Episode(home, 60);
  v1::Review review;
  review.set_episode(episode.str());
  review.set_kind(v1::Review::KIND_PLAN);
  review.set_reviewed_on(home.today());
  review.set_result(v1::Review::RESULT_CLOSE);
  home.Make(home.ana, review);
  CHECK(List(home, Item::CLOSING).empty());
  review.set_kind(v1::Review::KIND_CLOSING);
  home.Make(home.ana, review);
  const Id concern = home.Make(home.ana, Concern(home, v1::Concern::LEVEL_ADVICE, 0));
  std::vector<Item> items = List(home, Item::CLOSING);
  REQUIRE(Kinds(items) == Texts{"closing_review"});
  CHECK(Has(items[0], "oversight_missing"));
  CHECK(Has(items[0], "concern_raised"));
  Oversee(home, v1::ManagementOversight::KIND_CLOSURE);
  v1::Concern done;
  done.set_state(v1::Concern::STATE_ACKNOWLEDGED);
  home.Write(home.town.supervisor, concern, done);
  CHECK(List(home, Item::CLOSING)[0].flags_size() == 0);

  const Id mia = home.AddPerson("Mia", v1::Person::MEMBER_ROLE_PARENT_CARER);
  v1::ServiceAgreement agreement;
  agreement.set_person(mia.str());
  agreement.set_covers(v1::ServiceAgreement::COVERS_SUPPORT);
  agreement.set_state(v1::ServiceAgreement::STATE_WITHDRAWN);
  agreement.set_stated_on(home.today() - 4);
  home.Make(home.ana, agreement);
  CHECK(Kinds(List(home, Item::CLOSING)) == Texts{"agreement_withdrawn", "closing_review"});
  agreement.set_state(v1::ServiceAgreement::STATE_GIVEN);
  agreement.set_stated_on(home.today());
  home.Make(home.ana, agreement);
  CHECK(Kinds(List(home, Item::CLOSING)) == Texts{"closing_review"});
  v1::Episode closed;
  closed.set_state(v1::Episode::STATE_CLOSED);
  home.Write(home.town.supervisor, episode, closed);
  CHECK(List(home, Item::CLOSING).empty());
}

TEST_CASE("8: what is due by the programme's timescales, most overdue first") {
  Home home;
  const Id episode = Episode(home, 1);
  CHECK(List(home, Item::DUE).empty());
  home.PassDays(49);  // assessment, meeting, plan, visit and supervision are all late by now
  std::vector<Item> items = List(home, Item::DUE);
  Texts kinds = Kinds(items);
  CHECK(kinds ==
        Texts{"assessment", "visit_gap", "supervision", "first_meeting", "plan_not_approved"});
  for (size_t i = 1; i < items.size(); ++i) CHECK(items[i - 1].days() >= items[i].days());
  CHECK(Has(items[0], "overdue"));

  v1::Assessment assessment;
  assessment.set_episode(episode.str());
  assessment.set_state(v1::Assessment::STATE_COMPLETE);
  home.Make(home.ana, assessment);
  v1::Meeting meeting;
  meeting.set_episode(episode.str());
  meeting.set_state(v1::Meeting::STATE_RECORDED);
  home.Make(home.ana, meeting);
  v1::Visit visit;
  visit.set_episode(episode.str());
  visit.set_state(v1::Visit::STATE_RECORDED);
  visit.set_outcome(v1::Visit::OUTCOME_NO_ANSWER);
  visit.set_started_at(home.town.now_ms);
  const Id visited = home.Make(home.ana, visit);
  Oversee(home, v1::ManagementOversight::KIND_SUPERVISION);
  CHECK(Kinds(List(home, Item::DUE)) == Texts{"visit_gap", "plan_not_approved"});  // no answer
  visit.Clear();
  visit.set_outcome(v1::Visit::OUTCOME_FACE_TO_FACE);
  home.Write(home.ana, visited, visit);
  CHECK(Kinds(List(home, Item::DUE)) == Texts{"plan_not_approved"});
  const Id plan = Plan(home, episode);
  Decide(home, home.town.supervisor, plan, v1::Approval::DECISION_APPROVED);
  CHECK(List(home, Item::DUE).empty());

  home.PassDays(36);  // a review is due six weeks after the approval, and warns after five
  items = List(home, Item::DUE);
  auto review = std::find_if(items.begin(), items.end(),
                             [](const Item& item) { return item.kind() == "review"; });
  REQUIRE(review != items.end());
  CHECK(Has(*review, "soon"));
  CHECK(review->days() == -6);
}

TEST_CASE("8: actions, markers and safe addresses come up a week ahead; loose ends stand last") {
  Home home;
  const Id plan = Plan(home, Episode(home, 1));
  v1::Goal goal;
  goal.set_plan(plan.str());
  goal.set_wording("Breakfast");
  goal.set_state(v1::Goal::STATE_ACTIVE);
  const Id goal_id = home.Make(home.ana, goal);
  v1::Action action;
  action.set_goal(goal_id.str());
  action.set_wording("Alarm clock");
  action.set_owner(v1::Action::OWNER_WORKER);
  action.set_due_on(home.today() + 8);
  action.set_state(v1::Action::STATE_ACTIVE);
  const Id action_id = home.Make(home.ana, action);
  Texts loose = Kinds(List(home, Item::DUE));
  std::sort(loose.begin(), loose.end());
  CHECK(loose == Texts{"action_without_owner", "goal_without_measure"});
  home.PassDays(1);
  CHECK(Kinds(List(home, Item::DUE))[0] == "action");
  v1::Action owned;
  owned.set_owner_staff(home.ana.user.str());
  home.Write(home.ana, action_id, owned);
  v1::Goal measured;
  measured.set_target(7);
  home.Write(home.ana, goal_id, measured);
  CHECK(Kinds(List(home, Item::DUE)) == Texts{"action"});
  v1::ActionProgress progress;
  progress.set_action(action_id.str());
  progress.set_state(v1::ActionProgress::STATE_DONE);
  progress.set_noted_on(home.today());
  home.Make(home.ana, progress);
  CHECK(List(home, Item::DUE).empty());

  v1::Marker marker;
  marker.set_kind(v1::Marker::KIND_DANGEROUS_ANIMAL);
  marker.set_state(v1::Marker::STATE_ACTIVE);
  marker.set_review_on(home.today() - 2);
  const Id dog = home.Make(home.ana, marker);
  v1::SafeAddress safe;
  safe.set_person(home.AddPerson("Mia", v1::Person::MEMBER_ROLE_PARENT_CARER).str());
  safe.set_state(v1::SafeAddress::STATE_ACTIVE);
  safe.set_review_on(home.today() + 7);
  home.Make(home.ana, safe);
  CHECK(Kinds(List(home, Item::DUE)) == Texts{"marker_review", "safe_address_review"});
  v1::Marker ended;
  ended.set_state(v1::Marker::STATE_ENDED);
  home.Write(home.town.supervisor, dog, ended);
  CHECK(Kinds(List(home, Item::DUE)) == Texts{"safe_address_review"});
}

TEST_CASE("8: a programme's clock, its extension, and the check that it lasted") {
  struct SchoolClock final : Timescales {
    std::optional<Timescale> Of(const v1::Episode&, TimedStep step) const override {
      using Unit = Period::Unit;
      if (step == TimedStep::kClosing) {
        return Timescale{{3, Unit::kMonths}, {10, Unit::kWeeks}};
      }
      if (step == TimedStep::kSustained) return Timescale{{182, Unit::kDays}, {168, Unit::kDays}};
      return std::nullopt;
    }
  };
  Home home;
  const SchoolClock clock;
  auto due = [&] {
    Look look(home, home.town.supervisor);
    const Viewpoint from{look.from.directory, look.from.office, look.from.settings, clock, home,
                         look.from.user,      home.town.now_ms};
    Texts kinds;
    for (const Item& item : Sorted(DueRows(from, look.family, People(look.family, home.today())))) {
      if (item.kind() != "supervision") kinds.push_back(item.kind());
    }
    return kinds;
  };
  const Id episode = Episode(home, 69);
  CHECK(due().empty());
  home.PassDays(1);
  CHECK(due() == Texts{"episode_clock"});
  v1::Episode extended;
  extended.set_extended_until_on(home.today() + 15);
  home.Write(home.town.supervisor, episode, extended);
  CHECK(due().empty());
  home.PassDays(1);
  CHECK(due() == Texts{"episode_clock"});
  v1::Episode closed;
  closed.set_state(v1::Episode::STATE_CLOSED);
  closed.set_closed_on(home.today());
  home.Write(home.town.supervisor, episode, closed);
  CHECK(due().empty());
  home.PassDays(168);
  CHECK(due() == Texts{"sustained_check"});
  home.PassDays(20);
  v1::Review lasted;
  lasted.set_episode(episode.str());
  lasted.set_kind(v1::Review::KIND_SUSTAINED);
  lasted.set_result(v1::Review::RESULT_LASTED);
  lasted.set_reviewed_on(home.today());
  home.Make(home.ana, lasted);
  CHECK(due().empty());
}

TEST_CASE("9: a visit that is over and not signed, and one that was signed late") {
  Home home;
  v1::Visit visit;
  visit.set_worker(home.ana.user.str());
  visit.set_state(v1::Visit::STATE_UNDER_WAY);
  visit.set_ended_at(home.town.now_ms);
  visit.set_checked_out_at(home.town.now_ms);
  const Id slow = home.Make(home.ana, visit);
  const Id prompt = home.Make(home.ana, visit);
  home.PassHours(48);
  CHECK(List(home, Item::RECORDS_LATE).empty());
  v1::Visit signing;
  signing.set_state(v1::Visit::STATE_RECORDED);
  signing.set_outcome(v1::Visit::OUTCOME_FACE_TO_FACE);
  home.Write(home.ana, prompt, signing);
  home.PassHours(1);
  std::vector<Item> items = List(home, Item::RECORDS_LATE);
  REQUIRE(Kinds(items) == Texts{"not_recorded"});
  CHECK(items[0].record().id() == slow.str());
  home.Write(home.ana, slow, signing);
  CHECK(Kinds(List(home, Item::RECORDS_LATE)) == Texts{"recorded_late"});
  Oversee(home, v1::ManagementOversight::KIND_QUALITY, slow);
  CHECK(List(home, Item::RECORDS_LATE).empty());
}

TEST_CASE("10: more families than there is room for, and what waits for a second person") {
  Home home;
  Episode(home, 1);
  Caseload caseload;
  {
    Look look(home, home.town.supervisor);
    CountCaseload(look.from, look.family, caseload);
    CHECK(caseload == Caseload{{home.ana.user, 1}});
    CHECK(PeopleRows(look.from, caseload).empty());  // nobody said how many she has room for
  }
  v1::StaffMember room;
  room.set_capacity(0);
  home.town.log.Place(
      home.town.Write(home.town.admin, home.town.tenant, {ChangeOf(home.ana.user, room)}),
      {v1::APPLIED, {}, {}});
  const Id role = home.town.NewId();
  REQUIRE(home.town.log
              .Push(home.town.Write(home.town.admin, home.town.tenant,
                                    {home.town.RoleOf(role, home.ana, v1::ROLE_SCHOOL_WORKER)}))
              .verdict == v1::APPLIED);
  Look look(home, home.town.supervisor);
  CHECK(Kinds(Sorted(PeopleRows(look.from, caseload))) ==
        Texts{"over_capacity", "role_to_approve"});
  // Whoever made it does not approve it.
  Look admin(home, home.town.admin);
  CHECK(Kinds(Sorted(PeopleRows(admin.from, {}))).empty());
  home.town.Approve(home.town.supervisor, Catalog::Get().Find("StaffRole")->number, role);
  Look after(home, home.town.supervisor);
  CHECK(Kinds(Sorted(PeopleRows(after.from, {}))).empty());
}

TEST_CASE("the lists come in the order in which they are worked through") {
  Home home;
  Episode(home, 60);
  v1::Referral referral;
  referral.set_direction(v1::Referral::DIRECTION_IN);
  referral.set_received_on(home.today());
  referral.set_state(v1::Referral::STATE_RECEIVED);
  home.Make(home.ana, referral);
  home.Hold(home.ana, referral, v1::HELD_REASON_NOT_ALLOWED);
  home.Make(home.ana, Concern(home, v1::Concern::LEVEL_ADVICE, 0));
  Look look(home, home.town.supervisor);
  int last = 0;
  for (const Item& item : Sorted(WorkOfFamily(look.from, look.family))) {
    CHECK(static_cast<int>(item.list()) >= last);
    last = item.list();
    CHECK_FALSE(item.words().empty());
    CHECK(item.next().ends_with("."));
    CHECK(item.scope() == home.family.str());
  }
  CHECK(last == Item::DUE);
}

TEST_CASE("the order tells nothing of what is sealed") {
  auto order = [](const std::string& sealed) {
    Home home;
    const Id mia = home.AddPerson("Mia", v1::Person::MEMBER_ROLE_PARENT_CARER);
    for (int i = 0; i < 3; ++i) {
      v1::SafeAddress safe;
      safe.set_person(mia.str());
      safe.set_lines(sealed + std::to_string(9 - i));
      safe.set_state(v1::SafeAddress::STATE_ACTIVE);
      safe.set_review_on(home.today());
      home.Make(home.ana, safe);
    }
    std::string shown;
    for (const Item& item : List(home, Item::DUE)) shown += item.ShortDebugString() + "\n";
    return shown;
  };
  CHECK(order("a") == order("zzzzzzzzzzzzzzzzzzzzzzzz"));
}

}  // namespace doorstep
