// Which features of rule-sets worked examples have exercised: kinds of rule, operators, shapes,
// subjects, filters, windows, baselines and reasons. A feature that a rule-set uses and no example
// tries is untested.
#ifndef DOORSTEP_MODEL_PROGRAMME_COVERAGE_H_
#define DOORSTEP_MODEL_PROGRAMME_COVERAGE_H_

#include <set>
#include <string>
#include <vector>

#include "model/programme.h"

namespace doorstep {

class Coverage {
 public:
  // An example expected something of this rule, and this was the result.
  void Note(const Rule& rule, const RuleResult& result);
  // Every feature of these rules, and every reason they can give.
  void Require(const RuleSet& rules);
  // "operator in", "reason missing_cover"; in alphabetical order.
  std::vector<std::string> Uncovered() const;

 private:
  std::set<std::string> seen_;
  std::set<std::string> required_;
};

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_PROGRAMME_COVERAGE_H_
