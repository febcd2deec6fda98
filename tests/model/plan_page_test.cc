#include "model/plan_page.h"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "model/digest.h"
#include "tests/model/home.h"

namespace doorstep {
namespace {

struct Planned : Home {
  Planned() {
    v1::Episode started;
    started.set_state(v1::Episode::STATE_ACTIVE);
    started.set_started_on(today() - 5);
    episode = Make(town.supervisor, started);
    v1::Plan open;
    open.set_episode(episode.str());
    open.set_state(v1::Plan::STATE_OPEN);
    open.set_aim("School every day.");
    open.set_words_of_children("I want to see my friends.");
    plan = Make(ana, open);
    v1::Need found;
    found.set_episode(episode.str());
    found.set_code(3);
    found.set_state(v1::Need::STATE_PRESENT);
    need = Make(ana, found);
    v1::Goal aimed;
    aimed.set_plan(plan.str());
    aimed.add_needs(need.str());
    aimed.set_wording("Breakfast before eight.");
    aimed.set_target(7);
    aimed.set_baseline(2);
    aimed.set_state(v1::Goal::STATE_ACTIVE);
    goal = Make(ana, aimed);
    v1::Action step;
    step.set_goal(goal.str());
    step.set_wording("Alarm clock.");
    step.set_owner(v1::Action::OWNER_FAMILY);
    step.set_due_on(today() - 3);
    step.set_state(v1::Action::STATE_ACTIVE);
    action = Make(ana, step);
  }

  v1::PlanPage Page() {
    Look look(*this, ana);
    std::optional<v1::PlanPage> page = FindPlanPage(look.from, look.family, plan);
    REQUIRE(page.has_value());
    return *page;
  }

  Id Say(const Hand& hand, v1::Approval::Decision decision, const Id& person = {}) {
    v1::Approval approval;
    approval.set_subject(plan.str());
    const uint32_t type = Catalog::Get().Find("Plan")->number;
    approval.set_digest(
        std::string(View(DigestOfSubject(Catalog::Get(), town.tenant, state(), type, plan))));
    approval.set_decision(decision);
    approval.set_decided_on(today());
    if (!person.is_zero()) approval.set_person(person.str());
    return Make(hand, approval);
  }

  Id episode, plan, need, goal, action;
};

const v1::AgreementLine& Of(const v1::PlanPage& page, const std::string& name) {
  for (const v1::AgreementLine& line : page.agreements()) {
    if (line.person_name() == name) return line;
  }
  FAIL("nobody is called " << name);
  return page.agreements(0);
}

}  // namespace

TEST_CASE("a plan shows needs, goals and actions with how they go, in the family's words") {
  Planned home;
  v1::ActionProgress progress;
  progress.set_action(home.action.str());
  progress.set_state(v1::ActionProgress::STATE_UNDER_WAY);
  progress.set_noted_on(home.today() - 1);
  progress.set_note("Bought.");
  home.Make(home.ana, progress);
  v1::PlanPage page = home.Page();
  CHECK(page.status() == "DRAFT");
  CHECK(page.words_of_children(0) == "I want to see my friends.");
  REQUIRE(page.needs_size() == 1);
  CHECK(page.needs(0).goals(0) == home.goal.str());
  REQUIRE(page.goals_size() == 1);
  CHECK(page.goals(0).needs(0) == home.need.str());
  CHECK_FALSE(page.goals(0).reached());
  REQUIRE(page.goals(0).actions_size() == 1);
  const v1::ActionLine& action = page.goals(0).actions(0);
  CHECK(action.progress() == "UNDER_WAY");
  CHECK(action.progress_note() == "Bought.");
  CHECK(action.days_over() == 3);
  CHECK(action.owner_name() == "the family");
  CHECK(page.missing().empty());

  progress.set_state(v1::ActionProgress::STATE_DONE);
  home.Make(home.ana, progress);
  CHECK(home.Page().goals(0).actions(0).days_over() == 0);
}

TEST_CASE("a goal is reached by its latest score, and progress or scores change no version") {
  Planned home;
  const std::string digest = home.Page().digest();
  v1::OutcomeScore score;
  score.set_goal(home.goal.str());
  score.set_score(8);
  score.set_by(v1::OutcomeScore::BY_CHILD);
  score.set_scored_on(home.today());
  home.Make(home.ana, score);
  CHECK(home.Page().goals(0).reached());
  score.set_score(6);
  score.set_scored_on(home.today() + 1);
  home.Make(home.ana, score);
  score.set_score(9);
  score.set_scored_on(home.today() - 1);  // written later, of an earlier day
  home.Make(home.ana, score);
  v1::PlanPage page = home.Page();
  CHECK_FALSE(page.goals(0).reached());
  CHECK(page.goals(0).scores(2).score() == 6);
  CHECK(page.digest() == digest);
}

TEST_CASE("each person agrees to a version; after an edit it was an earlier one") {
  Planned home;
  const Id mia = home.AddPerson("Mia", v1::Person::MEMBER_ROLE_PARENT_CARER);
  const Id max = home.AddPerson("Max", v1::Person::MEMBER_ROLE_NON_RESIDENT_PARENT);
  home.AddPerson("Baby", v1::Person::MEMBER_ROLE_UNBORN_CHILD);
  home.Say(home.ana, v1::Approval::DECISION_FAMILY_AGREED, mia);
  home.Say(home.ana, v1::Approval::DECISION_FAMILY_DECLINED, max);
  v1::PlanPage page = home.Page();
  CHECK(page.agreements_size() == 3);  // the unborn child is asked nothing
  CHECK(Of(page, "Mia Example").said() == "AGREED");
  CHECK_FALSE(Of(page, "Mia Example").earlier_version());
  CHECK(Of(page, "Max Example").said() == "DECLINED");
  CHECK(Of(page, "Sample").said() == "NOT_ASKED");

  v1::Goal words;
  words.set_wording("Breakfast by half past seven.");
  home.Write(home.ana, home.goal, words);
  page = home.Page();
  CHECK(Of(page, "Mia Example").said() == "AGREED");
  CHECK(Of(page, "Mia Example").earlier_version());
  CHECK(Of(page, "Mia Example").digest() != page.digest());
  home.Say(home.ana, v1::Approval::DECISION_FAMILY_AGREED, mia);
  CHECK_FALSE(Of(home.Page(), "Mia Example").earlier_version());
  CHECK(Of(home.Page(), "Max Example").earlier_version());
}

TEST_CASE("decisions say which version they are about, and returns whether they are answered") {
  Planned home;
  home.Say(home.ana, v1::Approval::DECISION_SUBMITTED);
  const Id returned = home.Say(home.town.supervisor, v1::Approval::DECISION_RETURNED);
  v1::PlanPage page = home.Page();
  REQUIRE(page.decisions_size() == 2);
  CHECK(page.status() == "RETURNED");
  CHECK_FALSE(page.decisions(1).answered());
  CHECK(page.decisions(1).this_version());
  home.Say(home.town.supervisor, v1::Approval::DECISION_APPROVED);
  page = home.Page();
  CHECK(page.decisions_at_odds());
  CHECK(page.status() == "RETURNED");
  v1::Approval answer;
  answer.set_subject(home.plan.str());
  answer.set_digest(page.digest());
  answer.set_decision(v1::Approval::DECISION_APPROVED);
  answer.set_decided_on(home.today());
  answer.add_answers(returned.str());
  home.Make(home.town.supervisor, answer);
  page = home.Page();
  CHECK(page.status() == "APPROVED");
  CHECK(page.decisions(1).answered());
  CHECK_FALSE(page.decisions_at_odds());
}

TEST_CASE("two needs of two people are linked from either side, and one goal serves both") {
  Planned home;
  v1::Need other;
  other.set_episode(home.episode.str());
  other.set_code(5);
  other.set_state(v1::Need::STATE_PRESENT);
  other.add_linked_needs(home.need.str());
  const Id linked = home.Make(home.ana, other);
  v1::Goal serves;
  serves.add_needs(linked.str());
  home.WriteBlind(home.ana, home.goal, serves);
  v1::PlanPage page = home.Page();
  REQUIRE(page.needs_size() == 2);
  CHECK(page.needs(0).linked(0) == linked.str());
  CHECK(page.needs(1).linked(0) == home.need.str());
  CHECK(page.needs(0).goals(0) == page.needs(1).goals(0));
  CHECK(page.goals_size() == 1);
}

TEST_CASE("what a plan lacks is said, and a second open plan") {
  Planned home;
  v1::Goal bare;
  bare.set_plan(home.plan.str());
  bare.set_wording("Sleep.");
  bare.set_state(v1::Goal::STATE_ACTIVE);
  const Id id = home.Make(home.ana, bare);
  v1::Action nobody;
  nobody.set_goal(id.str());
  nobody.set_owner(v1::Action::OWNER_AGENCY);
  home.Make(home.ana, nobody);
  v1::PlanPage page = home.Page();
  REQUIRE(page.missing_size() == 3);
  CHECK(page.missing(0) == "1 goal without a measure or a target");
  CHECK_FALSE(page.second_open_plan());
  v1::Plan second;
  second.set_episode(home.episode.str());
  second.set_state(v1::Plan::STATE_OPEN);
  home.Make(home.ana, second);
  CHECK(home.Page().second_open_plan());
  Look look(home, home.ana);
  CHECK(PlanOf(look.family, home.episode)->id() == home.plan);
}

}  // namespace doorstep
