// What Doorstep's own records say: readings on the scale, and facts computed from needs, plan,
// assessment, visits and reviews.
#include <algorithm>
#include <set>

#include "model/programme_rules.h"
#include "model/programme_subjects.h"

namespace doorstep {
namespace {

int64_t CountNeeds(const RuleInput& input) {
  std::set<int> needs;
  for (const Facts::Need& need : input.facts.needs) {
    if (IsPresentOn(need, input.as_of)) needs.insert(need.need);
  }
  return static_cast<int64_t>(needs.size());
}

int HeadlineOf(const RuleInput& input, const Facts::Need& need) {
  return input.rules.needs[static_cast<size_t>(need.need)].headline;
}

int64_t CountHeadlines(const RuleInput& input) {
  std::set<int> headlines;
  for (const Facts::Need& need : input.facts.needs) {
    if (IsPresentOn(need, input.as_of)) headlines.insert(HeadlineOf(input, need));
  }
  return static_cast<int64_t>(headlines.size());
}

// A need that names nobody belongs to the whole family.
int64_t CountHeadlinesOnlyNonResident(const RuleInput& input) {
  auto is_non_resident = [&](int person) {
    const Facts::Person& named = input.facts.persons[static_cast<size_t>(person)];
    return named.role == PersonRole::kNonResidentParent && IsMemberOn(named, input.as_of);
  };
  std::set<int> present;
  std::set<int> of_others;
  for (const Facts::Need& need : input.facts.needs) {
    if (!IsPresentOn(need, input.as_of)) continue;
    present.insert(HeadlineOf(input, need));
    bool only = !need.persons.empty() &&
                std::all_of(need.persons.begin(), need.persons.end(), is_non_resident);
    if (!only) of_others.insert(HeadlineOf(input, need));
  }
  return static_cast<int64_t>(present.size() - of_others.size());
}

template <typename Predicate>
bool AnyMember(const RuleInput& input, Predicate predicate) {
  return std::any_of(
      input.facts.persons.begin(), input.facts.persons.end(),
      [&](const Facts::Person& p) { return IsMemberOn(p, input.as_of) && predicate(p); });
}

bool MustBeAssessed(const Facts::Person& person, Day as_of) {
  if (!IsMemberOn(person, as_of)) return false;
  return IsChildOn(person, as_of) || person.role == PersonRole::kParentCarer ||
         person.role == PersonRole::kKinshipCarer;
}

bool HasWholeFamilyAssessment(const RuleInput& input) {
  auto covers_all = [&](const std::vector<int>& covered) {
    for (int i = 0; i < static_cast<int>(input.facts.persons.size()); ++i) {
      if (!MustBeAssessed(input.facts.persons[static_cast<size_t>(i)], input.as_of)) continue;
      if (std::find(covered.begin(), covered.end(), i) == covered.end()) return false;
    }
    return true;
  };
  return std::any_of(input.facts.assessments.begin(), input.facts.assessments.end(), covers_all);
}

bool PlanCoversNeeds(const RuleInput& input) {
  return input.facts.has_plan &&
         std::all_of(input.facts.needs.begin(), input.facts.needs.end(), [&](const auto& need) {
           return !IsPresentOn(need, input.as_of) || need.in_plan;
         });
}

// In thousandths where the measure counts, so that it compares with a threshold. nullopt: missing.
std::optional<int64_t> RecordValue(const RuleInput& input) {
  const Facts& facts = input.facts;
  switch (input.rule.measure) {
    case Measure::kNeedsCount:
      return CountNeeds(input) * 1000;
    case Measure::kHeadlinesCount:
      return CountHeadlines(input) * 1000;
    case Measure::kHeadlinesOnlyNonResident:
      return CountHeadlinesOnlyNonResident(input) * 1000;
    case Measure::kDependentChild:
      return AnyMember(input, [&](const auto& p) { return IsChildOn(p, input.as_of); }) ? 1 : 0;
    case Measure::kExpectantParent:
      return AnyMember(input,
                       [&](const auto& p) { return p.due.has_value() && *p.due >= input.as_of; })
                 ? 1
                 : 0;
    case Measure::kWholeFamilyAssessment:
      return HasWholeFamilyAssessment(input) ? 1 : 0;
    case Measure::kPlanCoversNeeds:
      return PlanCoversNeeds(input) ? 1 : 0;
    case Measure::kPlanApproved:
      return facts.plan_approved ? 1 : 0;
    case Measure::kLeadAssigned:
      return facts.lead_assigned ? 1 : 0;
    case Measure::kVisitsMade:
      return facts.visits_made * 1000;
    case Measure::kLocalHighCost:
      return facts.local_high_cost ? 1 : 0;
    case Measure::kSustainedCheck:
      return facts.sustained;
    case Measure::kSocialWorkThreshold:
      if (!facts.social_work_threshold.has_value()) return std::nullopt;
      return *facts.social_work_threshold ? 1 : 0;
    default:  // measures of another shape, which no such rule has
      return std::nullopt;
  }
}

bool HoldsFor(const Rule& rule, int64_t value) {
  switch (rule.op) {
    case Operator::kLess:
      return value < rule.threshold;
    case Operator::kAtMost:
      return value <= rule.threshold;
    case Operator::kAtLeast:
      return value >= rule.threshold;
    case Operator::kMore:
      return value > rule.threshold;
    default:
      return value == rule.threshold;
  }
}

}  // namespace

Finding JudgeRecord(const RuleInput& input) {
  std::optional<int64_t> value = RecordValue(input);
  if (value.has_value()) {
    Finding finding = Found(-1, MetIf(HoldsFor(input.rule, *value)), VerdictReason::kCompared);
    bool counts = InfoOf(input.rule.measure).value == ValueKind::kNumber;
    finding.now = counts ? *value / 1000 : *value;
    return finding;
  }
  bool waits = input.rule.measure == Measure::kSustainedCheck &&
               input.rule.window.kind == WindowKind::kAfterClose;
  if (waits) {
    const std::optional<Day>& closed = input.facts.closed;
    bool due = closed.has_value() && int64_t{*closed} + input.rule.window.count <= input.as_of;
    if (!due) return Found(-1, RuleVerdict::kUnknown, VerdictReason::kNotDue);
  }
  return Found(-1, RuleVerdict::kUnknown, VerdictReason::kMissingRecord);
}

Finding JudgeScores(const RuleInput& input, int person) {
  Finding finding;
  finding.person = person;
  finding.window = {input.facts.started, input.as_of};
  const Facts::Score* earliest = nullptr;
  const Facts::Score* latest = nullptr;
  for (const Facts::Score& score : input.facts.scores) {
    if (score.person != person || !finding.window.Contains(score.day)) continue;
    if (!BelongsTo(input.rules, input.rule, score.need)) continue;
    finding.used.push_back(score.item);
    // Of several readings on one day that which speaks least for a rise: the highest to begin with,
    // the lowest to end with.
    if (earliest == nullptr || score.day < earliest->day ||
        (score.day == earliest->day && score.value > earliest->value)) {
      earliest = &score;
    }
    if (latest == nullptr || score.day > latest->day ||
        (score.day == latest->day && score.value < latest->value)) {
      latest = &score;
    }
  }
  if (earliest == nullptr || earliest->day == latest->day) {
    finding.reasons = {VerdictReason::kMissingScore};
    return finding;
  }
  finding.before = earliest->value;
  finding.now = latest->value;
  finding.verdict = MetIf((finding.now - finding.before) * 1000 >= input.rule.threshold);
  finding.reasons = {VerdictReason::kCompared};
  return finding;
}

}  // namespace doorstep
