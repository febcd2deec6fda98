#include "model/programme_gates.h"

#include <algorithm>

#include "model/programme_subjects.h"

namespace doorstep {

RuleVerdict VerdictOf(const RuleSet& rules, const Evaluation& evaluation, int index) {
  int rule_count = static_cast<int>(rules.rules.size());
  return index < rule_count ? evaluation.rules[static_cast<size_t>(index)].verdict
                            : evaluation.gates[static_cast<size_t>(index - rule_count)];
}

void EvaluateGates(const RuleSet& rules, const Facts& facts, Day as_of, Evaluation& evaluation) {
  int headline_count = static_cast<int>(rules.headlines.size());
  auto value = [&](const Expression& part) { return VerdictOf(rules, evaluation, part.index); };
  auto need = [&](const Expression& part) {
    return part.index < headline_count ? HasNeedUnder(rules, facts, part.index, as_of)
                                       : HasNeed(facts, part.index - headline_count, as_of);
  };
  evaluation.gates.assign(rules.gates.size(), RuleVerdict::kUnknown);
  evaluation.advice.clear();
  for (int gate : rules.gate_order) {
    size_t at = static_cast<size_t>(gate);
    evaluation.gates[at] = Evaluate(rules.gates[at].expression, value, need);
  }
  for (size_t i = 0; i < rules.gates.size(); ++i) {
    for (const Advice& advice : rules.gates[i].advice) {
      bool given = std::find(evaluation.advice.begin(), evaluation.advice.end(), advice.act) !=
                   evaluation.advice.end();
      if (advice.verdict == evaluation.gates[i] && !given) evaluation.advice.push_back(advice.act);
    }
  }
}

}  // namespace doorstep
