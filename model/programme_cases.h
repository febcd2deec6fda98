// Worked examples of rule-sets: a file of cases, each with facts, verdicts expected and why. It
// lets an authority prove a rule-set of its own before a family depends on it (docs/programmes.md).
#ifndef DOORSTEP_MODEL_PROGRAMME_CASES_H_
#define DOORSTEP_MODEL_PROGRAMME_CASES_H_

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/ruleset.h"
#include "model/yaml_tree.h"

namespace doorstep {

struct CaseFailure {
  std::string id;    // of the case
  std::string what;  // what was compared: "liverpool-families-tf1 E-WORK"
  std::string expected;
  std::string got;
  std::string why;  // the sentence of the verdict, or what the file says is wrong
};

struct CasesReport {
  FileFaults faults;  // of the cases file itself; then nothing was run
  int passed = 0;     // cases
  int failed = 0;
  std::vector<CaseFailure> failures;  // one for each thing that differed
  // Kinds of rule, operators, shapes, windows, baselines and reasons that the rule-sets use and no
  // case exercises: "operator in".
  std::vector<std::string> uncovered;
};

// `file` is for the faults. Rule-sets are found by their key, the newest version of each.
// `to_cover`: those whose every feature should have a case.
CasesReport RunCases(const std::vector<const RuleSet*>& rule_sets,
                     const std::vector<const RuleSet*>& to_cover, std::string_view file,
                     std::string_view text);

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_PROGRAMME_CASES_H_
