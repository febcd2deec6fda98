// Events: counts of what happened, and whether silence means that nothing did. From a partner an
// event that is not there proves nothing until the source has answered for those days.
#include <algorithm>
#include <utility>

#include "model/programme_rules.h"
#include "model/programme_windows.h"

namespace doorstep {
namespace {

struct Count {
  int64_t events = 0;
  bool full = false;  // false: `events` is a lower bound
};

bool Counts(const RuleInput& input, int person, std::span<const int> pooled,
            const Facts::Event& event) {
  if (event.measure != input.rule.measure) return false;
  if (event.measure == Measure::kNomination && event.headline != input.rule.headline) return false;
  if (event.person < 0) return person < 0;
  return std::find(pooled.begin(), pooled.end(), event.person) != pooled.end();
}

// Whether the source was asked about every day of `days` of this person.
bool IsCovered(const RuleInput& input, int person, const DaySpan& days, Finding& finding) {
  std::vector<DaySpan> parts;
  for (const Facts::Cover& cover : input.facts.covers) {
    if (cover.measure != input.rule.measure) continue;
    if (cover.person >= 0 && cover.person != person) continue;
    if (cover.days.first > days.last || cover.days.last < days.first) continue;
    parts.push_back(cover.days);
    finding.used.push_back(cover.item);
  }
  std::vector<DaySpan> gaps = GapsIn(days, std::move(parts));
  finding.missing_days.insert(finding.missing_days.end(), gaps.begin(), gaps.end());
  return gaps.empty();
}

bool IsAllCovered(const RuleInput& input, std::span<const int> pooled, const DaySpan& days,
                  Finding& finding) {
  if (InfoOf(input.rule.measure).world == World::kRecorded) return true;
  // Nobody to pool: then the family as a whole must be covered.
  if (pooled.empty()) return IsCovered(input, -1, days, finding);
  bool all = true;
  for (int person : pooled) {
    if (!IsCovered(input, person, SinceBirth(input.facts, person, days), finding)) all = false;
  }
  return all;
}

Count CountIn(const RuleInput& input, int person, std::span<const int> pooled, const DaySpan& days,
              Finding& finding) {
  Count count;
  for (const Facts::Event& event : input.facts.events) {
    if (!days.Contains(event.day) || !Counts(input, person, pooled, event)) continue;
    ++count.events;
    finding.used.push_back(event.item);
  }
  count.full = IsAllCovered(input, pooled, days, finding);
  return count;
}

void Settle(Finding& finding, RuleVerdict verdict, VerdictReason reason) {
  finding.verdict = verdict;
  finding.reasons = {reason};
}

// What a lower bound already decides: more events can only make `>=` true and the others false.
void CompareCount(Finding& finding, const Count& count, Comparison comparison, int64_t threshold) {
  bool holds = Compares(count.events * 1000, comparison, threshold);
  if (count.full) return Settle(finding, MetIf(holds), VerdictReason::kCompared);
  bool rises = comparison == Comparison::kAtLeast || comparison == Comparison::kMore;
  bool passed = comparison == Comparison::kEqual ? count.events * 1000 > threshold : !holds;
  if (rises && holds) return Settle(finding, RuleVerdict::kMet, VerdictReason::kCompared);
  if (!rises && passed) return Settle(finding, RuleVerdict::kNotMet, VerdictReason::kCompared);
  Settle(finding, RuleVerdict::kUnknown, VerdictReason::kMissingCover);
}

void CompareReduction(Finding& finding, const Rule& rule, const Count& base, const Count& now) {
  if (!base.full || !now.full) {
    return Settle(finding, RuleVerdict::kUnknown, VerdictReason::kMissingCover);
  }
  if (base.events > 0) {
    bool enough = (base.events - now.events) * 1000 >= rule.threshold * base.events;
    return Settle(finding, MetIf(enough), VerdictReason::kCompared);
  }
  if (now.events == 0) {
    return Settle(finding, rule.zero_baseline, VerdictReason::kZeroBaseline);
  }
  Settle(finding, RuleVerdict::kNotMet, VerdictReason::kRiseFromZero);
}

Finding JudgeDue(const RuleInput& input, int person, std::span<const int> pooled) {
  Finding finding;
  finding.person = person;
  int64_t last = int64_t{input.as_of} + input.rule.threshold;
  finding.window = {input.as_of, static_cast<Day>(last)};
  for (const Facts::Event& event : input.facts.events) {
    if (!finding.window.Contains(event.day) || !Counts(input, person, pooled, event)) continue;
    ++finding.now;
    finding.used.push_back(event.item);
  }
  if (finding.now > 0) {
    Settle(finding, RuleVerdict::kMet, VerdictReason::kCompared);
  } else if (IsAllCovered(input, pooled, {input.as_of, input.as_of}, finding)) {
    Settle(finding, RuleVerdict::kNotMet, VerdictReason::kCompared);
  } else {
    Settle(finding, RuleVerdict::kUnknown, VerdictReason::kMissingCover);
  }
  return finding;
}

}  // namespace

Finding JudgeEvents(const RuleInput& input, int person, std::span<const int> pooled) {
  const Rule& rule = input.rule;
  if (rule.op == Operator::kDueWithin) return JudgeDue(input, person, pooled);
  Finding finding;
  finding.person = person;
  WindowDays window = ResolveWindow(rule.window, input.facts, input.as_of, input.calendar);
  finding.window = window.days;
  if (window.fault.has_value()) {
    Settle(finding, RuleVerdict::kUnknown, *window.fault);
    return finding;
  }
  if (rule.op == Operator::kReducedByAtLeast) {
    WindowDays before = ResolveBaseline(rule.baseline, window.days, input.facts, input.calendar);
    finding.baseline = before.days;
    if (before.fault.has_value()) {
      Settle(finding, RuleVerdict::kUnknown, *before.fault);
      return finding;
    }
    Count base = CountIn(input, person, pooled, before.days, finding);
    Count now = CountIn(input, person, pooled, window.days, finding);
    finding.before = base.events;
    finding.now = now.events;
    CompareReduction(finding, rule, base, now);
    return finding;
  }
  Count now = CountIn(input, person, pooled, window.days, finding);
  finding.now = now.events;
  Comparison comparison = Comparison::kEqual;
  int64_t threshold = rule.threshold;
  switch (rule.op) {
    case Operator::kLess:
      comparison = Comparison::kLess;
      break;
    case Operator::kAtMost:
      comparison = Comparison::kAtMost;
      break;
    case Operator::kMore:
      comparison = Comparison::kMore;
      break;
    case Operator::kAtLeast:
      comparison = Comparison::kAtLeast;
      break;
    case Operator::kExists:
      comparison = Comparison::kAtLeast;
      threshold = 1000;
      break;
    case Operator::kNotExists:
      threshold = 0;
      break;
    case Operator::kEqual:
    case Operator::kIn:
    case Operator::kSustainedFor:
    case Operator::kReducedByAtLeast:
    case Operator::kImprovedByAtLeast:
    case Operator::kDueWithin:
      break;
  }
  CompareCount(finding, now, comparison, threshold);
  return finding;
}

}  // namespace doorstep
