// Reads a rule-set from the text of its file (docs/programmes.md describes the file). Everything
// that can be wrong in a file is a fault with line, key and what was expected, and one reading
// finds them all; nothing is guessed and nothing is left for the evaluator to stumble over.
#ifndef DOORSTEP_MODEL_RULESET_YAML_H_
#define DOORSTEP_MODEL_RULESET_YAML_H_

#include <optional>
#include <string>
#include <string_view>

#include "model/ruleset.h"
#include "model/yaml_fields.h"
#include "model/yaml_tree.h"

namespace doorstep {

struct RuleSetReading {
  std::optional<RuleSet> rule_set;  // exactly if there are no faults
  FileFaults faults;
};
// `file` is for the faults.
RuleSetReading ReadRuleSet(std::string_view file, std::string_view text);

// One rule: `rules` has the headlines and needs it may name. For the rule cases of a cases file.
Rule ReadRule(const YamlNode& node, std::string path, const RuleSet& rules, FaultSink& sink);

// The name its file must have: KEY.yaml, or in a folder previous KEY@VERSION.yaml.
std::string FileNameOf(const RuleSet& rules);
std::string PreviousFileNameOf(const RuleSet& rules);

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_RULESET_YAML_H_
