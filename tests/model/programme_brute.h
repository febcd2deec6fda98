// A second evaluator, written from docs/programmes.md alone and as slow as it likes: day by day,
// with sets and no spans. It shares nothing with the first but the parsed rule-set and the facts.
#ifndef DOORSTEP_TESTS_MODEL_PROGRAMME_BRUTE_H_
#define DOORSTEP_TESTS_MODEL_PROGRAMME_BRUTE_H_

#include <vector>

#include "model/programme.h"

namespace doorstep {

struct BruteVerdicts {
  std::vector<RuleVerdict> rules;
  std::vector<RuleVerdict> gates;
};
BruteVerdicts EvaluateByBruteForce(const RuleSet& rules, const Facts& facts, Day as_of,
                                   const TermCalendar& calendar);

}  // namespace doorstep

#endif  // DOORSTEP_TESTS_MODEL_PROGRAMME_BRUTE_H_
