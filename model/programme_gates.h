// Gates over rules that have been evaluated.
#ifndef DOORSTEP_MODEL_PROGRAMME_GATES_H_
#define DOORSTEP_MODEL_PROGRAMME_GATES_H_

#include "model/programme.h"

namespace doorstep {

// Fills gates and advice of `evaluation` from the verdicts of its rules.
void EvaluateGates(const RuleSet& rules, const Facts& facts, Day as_of, Evaluation& evaluation);

// Of what a name in an expression was resolved to: a rule, or rules.size() + a gate.
RuleVerdict VerdictOf(const RuleSet& rules, const Evaluation& evaluation, int index);

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_PROGRAMME_GATES_H_
