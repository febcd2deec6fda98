// The YAML that rule-sets and their cases are written in, as a tree that keeps text and place of
// everything. Only yaml_tree.cc knows the library.
//
// Kept narrow so that all readers of a file agree: one document, no anchors, aliases, tags or block
// scalars, keys are text and stand once in their map, and no key is one of on, off, yes, no, y, n.
// A scalar stays the text that was written: whoever expects a number reads it from there.
#ifndef DOORSTEP_MODEL_YAML_TREE_H_
#define DOORSTEP_MODEL_YAML_TREE_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace doorstep {

struct YamlNode {
  enum class Kind : unsigned char { kNull, kScalar, kList, kMap };
  Kind kind = Kind::kNull;
  bool plain = false;  // a scalar without quotes
  int line = 0;        // from 1
  std::string text;    // of a scalar
  std::vector<YamlNode> items;
  std::vector<std::pair<std::string, YamlNode>> fields;  // in the order written

  // Null when the map has no such key, or this is no map.
  const YamlNode* Find(std::string_view key) const;
};

// What is wrong in a file that people write, and where: "FILE:LINE: KEY: expected …".
struct FileFault {
  std::string file;
  int line = 0;
  std::string key;  // the path to the value: rules[R-11].window.kind
  std::string expected;
};
using FileFaults = std::vector<FileFault>;
std::string FaultText(const FileFault& fault);

// A null node and at least one fault when the text is not this YAML. At most kYamlBytesMax bytes
// and kYamlDepthMax levels.
YamlNode ReadYaml(std::string_view file, std::string_view text, FileFaults& faults);
inline constexpr size_t kYamlBytesMax = 1 << 20;
inline constexpr int kYamlDepthMax = 16;

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_YAML_TREE_H_
