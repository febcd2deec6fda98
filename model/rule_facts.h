// What the rules of casework ask of things that are not in the log: the rule-sets of programmes.
// Answered by whoever has them; where nobody does, a rule that would need them does not speak.
#ifndef DOORSTEP_MODEL_RULE_FACTS_H_
#define DOORSTEP_MODEL_RULE_FACTS_H_

#include <cstdint>
#include <vector>

#include "model/record_id.h"
#include "model/state.h"

namespace doorstep {

class RuleSetFacts {
 public:
  virtual ~RuleSetFacts() = default;
  // Whether the rule-set takes only families below the threshold of social work, so that it must
  // have been recorded before a referral is accepted.
  virtual bool AsksThreshold(uint32_t ruleset, uint32_t version) const = 0;
  // Whether the evaluation that a claim pins, made again from the family as it stands, gives the
  // same digest of its inputs, and `met`.
  virtual bool EvaluationStands(ScopeState& family, const Id& claim) const = 0;
  // The routes of which a claim that is out or accepted excludes one on this route.
  virtual std::vector<uint32_t> RoutesExcluding(uint32_t ruleset, uint32_t version,
                                                uint32_t route) const = 0;
};

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_RULE_FACTS_H_
