// The rule-sets that come with this release: the files of programmes/, byte for byte, put into the
// program when it is built. Every device and server of a release so has the same ones, with nothing
// to install and nothing to read at start.
#ifndef DOORSTEP_MODEL_SHIPPED_RULESETS_H_
#define DOORSTEP_MODEL_SHIPPED_RULESETS_H_

#include <span>
#include <string_view>

namespace doorstep {

struct ShippedRuleSet {
  std::string_view file;  // below programmes/: "liverpool-families-tf1.yaml"
  std::string_view text;
};
// In the order of model/CMakeLists.txt.
std::span<const ShippedRuleSet> ShippedRuleSets();

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_SHIPPED_RULESETS_H_
