// The operators, by the shape of what they read. Each answers for one person, or for the family
// (person -1); programme.cc combines the answers.
#ifndef DOORSTEP_MODEL_PROGRAMME_RULES_H_
#define DOORSTEP_MODEL_PROGRAMME_RULES_H_

#include <span>
#include <vector>

#include "model/programme.h"

namespace doorstep {

// Everything an operator reads. References outlive the call that evaluates.
struct RuleInput {
  const RuleSet& rules;
  const Rule& rule;
  const Facts& facts;
  Day as_of;
  const TermCalendar& calendar;
};

// Counts. `pooled`: the person alone, or everybody whose events the family's count takes together.
Finding JudgeEvents(const RuleInput& input, int person, std::span<const int> pooled);
Finding JudgeStates(const RuleInput& input, int person);
Finding JudgeTerms(const RuleInput& input, int person);
Finding JudgeScores(const RuleInput& input, int person);
// Facts computed from records of the episode.
Finding JudgeRecord(const RuleInput& input);
// Work after a benefit: `employed` with a table by benefit.
Finding JudgeEmployment(const RuleInput& input, int person);

// The value of a state over some days: known, missing or contradicted.
struct Stretch {
  enum class Kind : uint8_t { kMissing, kKnown, kConflict };
  DaySpan days;
  Kind kind = Kind::kMissing;
  int32_t value = 0;
};
// One after the other, covering `days` without a gap. Of need_outcome only states that belong to
// the rule's need or headline are read. `used` takes the items of the states read.
std::vector<Stretch> StretchesOf(const RuleInput& input, Measure measure, int person,
                                 const DaySpan& days, std::vector<int>& used);

// Days of `span` that none of `parts` contains, in order.
std::vector<DaySpan> GapsIn(const DaySpan& span, std::vector<DaySpan> parts);
// The days of a window on which the person (-1: anybody) was born.
DaySpan SinceBirth(const Facts& facts, int person, const DaySpan& days);

Finding Found(int person, RuleVerdict verdict, VerdictReason reason);
RuleVerdict MetIf(bool holds);

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_PROGRAMME_RULES_H_
