#include "model/plan_page.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "model/value.h"

namespace doorstep {
namespace {

template <typename Texts>
void Give(Texts texts, google::protobuf::RepeatedPtrField<std::string>* into) {
  for (std::string& text : texts) *into->Add() = std::move(text);
}

// Every code that stands in an ASK cell.
std::vector<std::string> CodesOf(const Record& record, uint32_t field,
                                 const google::protobuf::EnumDescriptor& codes) {
  std::vector<std::string> names;
  const Cell* cell = record.FindCell(field);
  if (cell == nullptr) return names;
  for (auto write = cell->live.rbegin(); write != cell->live.rend(); ++write) {
    std::optional<uint32_t> code = DecodeCode(field, write->value);
    if (!code) continue;
    std::string name = CodeName(codes, static_cast<int>(*code));
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  return names;
}

bool IsDropped(const v1::Goal& goal) { return goal.state() == v1::Goal::STATE_DROPPED; }
bool IsDropped(const v1::Action& action) { return action.state() == v1::Action::STATE_DROPPED; }

// The last word on an action in the log.
const Fact<v1::ActionProgress>* LastProgress(Facts& family, const Id& action) {
  const Fact<v1::ActionProgress>* last = nullptr;
  for (const Fact<v1::ActionProgress>& progress : family.All<v1::ActionProgress>()) {
    if (progress.in.action() == action.view()) last = &progress;
  }
  return last;
}

bool IsOver(v1::ActionProgress::State state) {
  return state == v1::ActionProgress::STATE_DONE || state == v1::ActionProgress::STATE_NOT_DONE;
}

std::string OwnerName(const Viewpoint& from, const People& people, const v1::Action& action) {
  switch (action.owner()) {
    case v1::Action::OWNER_WORKER:
      return NameIn<v1::StaffMember>(from, action.owner_staff());
    case v1::Action::OWNER_AGENCY:
      return NameIn<v1::Agency>(from, action.owner_agency());
    case v1::Action::OWNER_FAMILY:
      return action.owner_person().empty() ? "the family" : people.NameOf(action.owner_person());
    default:
      return "";
  }
}

v1::GoalLine GoalLineOf(const Viewpoint& from, Facts& family, const People& people,
                        const Fact<v1::Goal>& goal) {
  v1::GoalLine line;
  line.set_id(goal.id().str());
  for (const std::string& need : goal.in.needs()) line.add_needs(need);
  Give(people.NamesOf(goal.in.persons()), line.mutable_persons());
  Give(TextsOf(*goal.record, v1::Goal::kWordingFieldNumber), line.mutable_wording());
  line.set_measure(goal.in.measure());
  if (goal.in.has_baseline()) line.set_baseline(goal.in.baseline());
  if (goal.in.has_target()) line.set_target(goal.in.target());
  if (goal.in.has_due_on()) line.set_due_on(DayText(goal.in.due_on()));
  line.set_dropped(IsDropped(goal.in));
  std::vector<const Fact<v1::OutcomeScore>*> scores;
  for (const Fact<v1::OutcomeScore>& score : family.All<v1::OutcomeScore>()) {
    if (score.in.goal() == goal.id().view()) scores.push_back(&score);
  }
  std::stable_sort(scores.begin(), scores.end(),
                   [](auto* a, auto* b) { return a->in.scored_on() < b->in.scored_on(); });
  for (const Fact<v1::OutcomeScore>* score : scores) {
    v1::ScoreLine* shown = line.add_scores();
    shown->set_scored_on(DayText(score->in.scored_on()));
    shown->set_score(score->in.score());
    shown->set_by(CodeName(*v1::OutcomeScore::By_descriptor(), score->in.by()));
    if (score->in.has_person()) shown->set_person_name(people.NameOf(score->in.person()));
  }
  line.set_reached(goal.in.has_target() && !scores.empty() &&
                   scores.back()->in.score() >= goal.in.target());
  for (const Fact<v1::Action>& action : family.All<v1::Action>()) {
    if (action.in.goal() != goal.id().view()) continue;
    *line.add_actions() = ActionLineOf(from, family, people, action);
  }
  return line;
}

// Whom a plan asks: everybody who is there and born.
void AddAgreements(Facts& family, const People& people, const Id& plan, const Hash32& present,
                   v1::PlanPage& page) {
  for (const Member& member : people.members()) {
    if (!member.here || member.unborn) continue;
    const Fact<v1::Approval>* last = nullptr;
    for (const Fact<v1::Approval>& approval : family.All<v1::Approval>()) {
      const bool said = approval.in.decision() == v1::Approval::DECISION_FAMILY_AGREED ||
                        approval.in.decision() == v1::Approval::DECISION_FAMILY_DECLINED;
      if (said && approval.in.subject() == plan.view() &&
          family.PersonOf(approval.in.person()) == member.id()) {
        last = &approval;
      }
    }
    v1::AgreementLine* line = page.add_agreements();
    line->set_person(member.id().str());
    line->set_person_name(member.name);
    line->set_age_years(member.age);
    line->set_said("NOT_ASKED");
    if (last == nullptr) continue;
    const bool agreed = last->in.decision() == v1::Approval::DECISION_FAMILY_AGREED;
    line->set_said(agreed ? "AGREED" : "DECLINED");
    line->set_earlier_version(last->in.digest() != View(present));
    line->set_how(CodeName(*v1::Approval::How_descriptor(), last->in.how()));
    line->set_said_on(DayText(last->in.decided_on()));
    line->set_comment(last->in.comment());
    line->set_digest(last->in.digest());
  }
}

// What each goal and action should have before a supervisor reads the plan. Warnings, not bars.
void AddMissing(Facts& family, const Id& plan, v1::PlanPage& page) {
  size_t unmeasured = 0, unowned = 0, undated = 0, goals = 0;
  for (const Fact<v1::Goal>& goal : family.All<v1::Goal>()) {
    if (goal.in.plan() != plan.view() || IsDropped(goal.in)) continue;
    ++goals;
    unmeasured += HasMeasure(goal.in) ? 0 : 1;
    for (const Fact<v1::Action>& action : family.All<v1::Action>()) {
      if (action.in.goal() != goal.id().view() || IsDropped(action.in)) continue;
      unowned += HasOwner(action.in) ? 0 : 1;
      undated += action.in.has_due_on() ? 0 : 1;
    }
  }
  auto say = [&](size_t count, std::string_view what) {
    if (count > 0) page.add_missing(absl::StrCat(count, " ", std::string(what)));
  };
  if (goals == 0) page.add_missing("no goal yet");
  say(unmeasured, unmeasured == 1 ? "goal without a measure or a target"
                                  : "goals without a measure or a target");
  say(unowned, unowned == 1 ? "action without an owner" : "actions without an owner");
  say(undated, undated == 1 ? "action without a due day" : "actions without a due day");
}

}  // namespace

std::string_view PlanStatusName(PlanStatus status) {
  switch (status) {
    case PlanStatus::kClosed:
      return "CLOSED";
    case PlanStatus::kApproved:
      return "APPROVED";
    case PlanStatus::kReturned:
      return "RETURNED";
    case PlanStatus::kSubmitted:
      return "SUBMITTED";
    case PlanStatus::kChangedSinceApproval:
      return "CHANGED_SINCE_APPROVAL";
    case PlanStatus::kChangedSinceSubmission:
      return "CHANGED_SINCE_SUBMISSION";
    case PlanStatus::kDraft:
      return "DRAFT";
  }
  return "";
}

std::string DecisionName(const ApprovalView& approval) {
  return CodeName(*v1::Approval::Decision_descriptor(), approval.decision);
}

const Fact<v1::Episode>* PresentEpisode(Facts& family) {
  const Fact<v1::Episode>* active = nullptr;
  const Fact<v1::Episode>* pending = nullptr;
  const Fact<v1::Episode>* closed = nullptr;
  for (const Fact<v1::Episode>& episode : family.All<v1::Episode>()) {
    const auto state = episode.in.state();
    if (state == v1::Episode::STATE_ACTIVE && active == nullptr) active = &episode;
    if (state == v1::Episode::STATE_PENDING && pending == nullptr) pending = &episode;
    if (state == v1::Episode::STATE_CLOSED) closed = &episode;
  }
  return active != nullptr ? active : pending != nullptr ? pending : closed;
}

const Fact<v1::Plan>* PlanOf(Facts& family, const Id& episode) {
  const Fact<v1::Plan>* closed = nullptr;
  for (const Fact<v1::Plan>& plan : family.All<v1::Plan>()) {
    if (plan.in.episode() != episode.view()) continue;
    if (plan.in.state() != v1::Plan::STATE_CLOSED) return &plan;
    closed = &plan;
  }
  return closed;
}

bool HasSecondOpenPlan(Facts& family, const Id& episode) {
  const std::vector<Fact<v1::Plan>>& plans = family.All<v1::Plan>();
  return std::count_if(plans.begin(), plans.end(), [&](const Fact<v1::Plan>& plan) {
           return plan.in.episode() == episode.view() && plan.in.state() != v1::Plan::STATE_CLOSED;
         }) > 1;
}

bool HasOwner(const v1::Action& action) {
  switch (action.owner()) {
    case v1::Action::OWNER_FAMILY:
      return true;
    case v1::Action::OWNER_WORKER:
      return action.has_owner_staff();
    case v1::Action::OWNER_AGENCY:
      return action.has_owner_agency();
    default:
      return false;
  }
}

bool HasMeasure(const v1::Goal& goal) { return goal.measure() != 0 || goal.has_target(); }

std::vector<OpenAction> OpenActionsOf(Facts& family, const Id& plan) {
  std::vector<OpenAction> open;
  for (const Fact<v1::Goal>& goal : family.All<v1::Goal>()) {
    if (goal.in.plan() != plan.view() || IsDropped(goal.in)) continue;
    for (const Fact<v1::Action>& action : family.All<v1::Action>()) {
      if (action.in.goal() != goal.id().view() || IsDropped(action.in)) continue;
      OpenAction found{&goal, &action, v1::ActionProgress::STATE_NOT_STARTED};
      const Fact<v1::ActionProgress>* last = LastProgress(family, action.id());
      if (last != nullptr) found.progress = last->in.state();
      if (!IsOver(found.progress)) open.push_back(found);
    }
  }
  return open;
}

v1::ActionLine ActionLineOf(const Viewpoint& from, Facts& family, const People& people,
                            const Fact<v1::Action>& action) {
  v1::ActionLine line;
  line.set_id(action.id().str());
  line.set_goal(action.in.goal());
  line.set_scope(family.scope().str());
  Give(TextsOf(*action.record, v1::Action::kWordingFieldNumber), line.mutable_wording());
  line.set_owner(CodeName(*v1::Action::Owner_descriptor(), action.in.owner()));
  line.set_owner_name(OwnerName(from, people, action.in));
  line.set_dropped(IsDropped(action.in));
  v1::ActionProgress::State state = v1::ActionProgress::STATE_NOT_STARTED;
  if (const Fact<v1::ActionProgress>* last = LastProgress(family, action.id())) {
    state = last->in.state();
    line.set_progress_on(DayText(last->in.noted_on()));
    line.set_progress_note(last->in.note());
  }
  line.set_progress(CodeName(*v1::ActionProgress::State_descriptor(), state));
  if (action.in.has_due_on()) {
    line.set_due_on(DayText(action.in.due_on()));
    if (!IsOver(state) && !line.dropped()) line.set_days_over(from.today() - action.in.due_on());
  }
  return line;
}

std::vector<v1::NeedLine> NeedLinesOf(Facts& family, const People& people, const Id& episode,
                                      const Id& plan) {
  std::map<std::string, std::vector<std::string>> goals;  // by need
  for (const Fact<v1::Goal>& goal : family.All<v1::Goal>()) {
    if (goal.in.plan() != plan.view()) continue;
    for (const std::string& need : goal.in.needs()) goals[need].push_back(goal.id().str());
  }
  std::vector<v1::NeedLine> lines;
  for (const Fact<v1::Need>& need : family.All<v1::Need>()) {
    if (need.in.episode() != episode.view() && !goals.contains(need.id().str())) continue;
    v1::NeedLine& line = lines.emplace_back();
    line.set_id(need.id().str());
    line.set_code(need.in.code());
    Give(people.NamesOf(need.in.persons()), line.mutable_persons());
    Give(CodesOf(*need.record, v1::Need::kStateFieldNumber, *v1::Need::State_descriptor()),
         line.mutable_state());
    Give(TextsOf(*need.record, v1::Need::kDetailFieldNumber), line.mutable_detail());
    if (need.in.has_identified_on()) line.set_identified_on(DayText(need.in.identified_on()));
    // A link is said once and holds from either side.
    std::set<std::string> linked(need.in.linked_needs().begin(), need.in.linked_needs().end());
    for (const Fact<v1::Need>& other : family.All<v1::Need>()) {
      const auto& theirs = other.in.linked_needs();
      if (std::find(theirs.begin(), theirs.end(), need.id().view()) != theirs.end()) {
        linked.insert(other.id().str());
      }
    }
    for (const std::string& other : linked) line.add_linked(other);
    for (const std::string& goal : goals[need.id().str()]) line.add_goals(goal);
  }
  return lines;
}

v1::DecisionLine DecisionLineOf(const Viewpoint& from, Facts& family, const People& people,
                                const Fact<v1::Approval>& approval, const Hash32& present) {
  v1::DecisionLine line;
  line.set_id(approval.id().str());
  line.set_decision(CodeName(*v1::Approval::Decision_descriptor(), approval.in.decision()));
  line.set_by(NameIn<v1::StaffMember>(from, approval.made_by().view()));
  line.set_decided_on(DayText(approval.in.decided_on()));
  line.set_comment(approval.in.comment());
  line.set_digest(approval.in.digest());
  line.set_this_version(approval.in.digest() == View(present));
  line.set_provisional(from.receipts.ReceivedMs(approval.made_seq()) == 0);
  for (const std::string& about : approval.in.about()) line.add_about(about);
  if (approval.in.has_person()) line.set_person_name(people.NameOf(approval.in.person()));
  for (const Fact<v1::Approval>& later : family.All<v1::Approval>()) {
    const auto& answers = later.in.answers();
    const bool names =
        std::find(answers.begin(), answers.end(), approval.id().view()) != answers.end();
    if (names && later.made_seq() >= approval.made_seq() && later.id() != approval.id()) {
      line.set_answered(true);
    }
  }
  return line;
}

v1::PlanPage PlanPageOf(const Viewpoint& from, Facts& family, const People& people,
                        const Fact<v1::Plan>& plan) {
  const PlanStanding standing =
      StandingOf(Catalog::Get(), from.directory.tenant(), family.state(), plan.id());
  v1::PlanPage page;
  page.set_id(plan.id().str());
  page.set_scope(family.scope().str());
  page.set_status(std::string(PlanStatusName(standing.status)));
  page.set_digest(std::string(View(standing.digest)));
  page.set_provisional(standing.approved && from.receipts.ReceivedMs(standing.approved->seq) == 0);
  page.set_decisions_at_odds(standing.decisions_at_odds);
  Give(TextsOf(*plan.record, v1::Plan::kAimFieldNumber), page.mutable_aim());
  Give(TextsOf(*plan.record, v1::Plan::kIfThingsGetWorseFieldNumber),
       page.mutable_if_things_get_worse());
  Give(TextsOf(*plan.record, v1::Plan::kWordsOfChildrenFieldNumber),
       page.mutable_words_of_children());
  Give(TextsOf(*plan.record, v1::Plan::kWordsOfAdultsFieldNumber), page.mutable_words_of_adults());
  const Id episode = Id::FromBytes(plan.in.episode()).value_or(Id{});
  for (v1::NeedLine& need : NeedLinesOf(family, people, episode, plan.id())) {
    *page.add_needs() = std::move(need);
  }
  for (const Fact<v1::Goal>& goal : family.All<v1::Goal>()) {
    if (goal.in.plan() == plan.id().view()) {
      *page.add_goals() = GoalLineOf(from, family, people, goal);
    }
  }
  AddAgreements(family, people, plan.id(), standing.digest, page);
  for (const Fact<v1::Approval>& approval : family.All<v1::Approval>()) {
    if (approval.in.subject() != plan.id().view()) continue;
    *page.add_decisions() = DecisionLineOf(from, family, people, approval, standing.digest);
  }
  page.set_second_open_plan(HasSecondOpenPlan(family, episode));
  AddMissing(family, plan.id(), page);
  return page;
}

std::optional<v1::PlanPage> FindPlanPage(const Viewpoint& from, Facts& family, const Id& plan) {
  const Fact<v1::Plan>* found = family.Find<v1::Plan>(plan.view());
  if (found == nullptr) return std::nullopt;
  return PlanPageOf(from, family, People(family, from.today()), *found);
}

}  // namespace doorstep
