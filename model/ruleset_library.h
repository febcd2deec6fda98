// The rule-sets one can be judged by: those that ship, and an authority's own. Found by code and
// version, as episodes pin them.
//
// Built once, then only read; pointers into it stay good as long as it lives.
#ifndef DOORSTEP_MODEL_RULESET_LIBRARY_H_
#define DOORSTEP_MODEL_RULESET_LIBRARY_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "model/ruleset.h"
#include "model/yaml_tree.h"

namespace doorstep {

// kFile: named like its key, or in previous/ like its key and version. kText: no file to be named.
enum class NamedAs : uint8_t { kFile, kText };

class RuleSetLibrary {
 public:
  RuleSetLibrary() = default;
  // On top of `beneath`, which must outlive it: found through, and checked against.
  explicit RuleSetLibrary(const RuleSetLibrary* beneath) : beneath_(beneath) {}

  // Adds a rule-set, unless something is wrong: with the file itself, with its name, because its
  // code and version or its key are another's, or because a rule that a file of the same phase has
  // too is not the same rule. Version against version of one key nothing is compared.
  FileFaults Add(std::string_view file, std::string_view text, NamedAs named);

  const RuleSet* Find(uint32_t code, uint32_t version) const;
  // The highest version.
  const RuleSet* Newest(uint32_t code) const;
  const RuleSet* Newest(std::string_view key) const;
  // By code, then version.
  std::vector<const RuleSet*> All() const;

 private:
  const RuleSetLibrary* beneath_ = nullptr;
  std::map<std::pair<uint32_t, uint32_t>, std::unique_ptr<const RuleSet>> rule_sets_;
};

// Those that ship, read once, the first time somebody asks; any thread may. A fault in one of them
// is our mistake (asserted, and a test reads them all).
const RuleSetLibrary& ShippedLibrary();

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_RULESET_LIBRARY_H_
