// Reads a map of a YAML file key by key, and complains about what is missing, malformed or unknown,
// each fault with its line and the path to the key. A reader that complained gives a default, so
// that one run finds every fault of a file.
#ifndef DOORSTEP_MODEL_YAML_FIELDS_H_
#define DOORSTEP_MODEL_YAML_FIELDS_H_

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "model/calendar.h"
#include "model/joined.h"
#include "model/ruleset.h"
#include "model/yaml_tree.h"

namespace doorstep {

enum class Presence : uint8_t { kRequired, kOptional };

// Where faults of one file go.
class FaultSink {
 public:
  FaultSink(std::string_view file, FileFaults& faults) : file_(file), faults_(faults) {}
  void Add(int line, std::string key, std::string expected) {
    faults_.push_back({file_, line, std::move(key), std::move(expected)});
  }
  size_t count() const { return faults_.size(); }

 private:
  std::string file_;
  FileFaults& faults_;
};

class YamlFields {
 public:
  // `node` should be a map and must outlive the reader; if it is none, that is the fault, and every
  // key counts as left out. `path` names the map.
  YamlFields(const YamlNode& node, std::string path, FaultSink& sink);
  // Complains about keys that nobody asked for, `note` apart.
  ~YamlFields();
  YamlFields(const YamlFields&) = delete;
  YamlFields& operator=(const YamlFields&) = delete;

  const std::string& path() const { return path_; }
  // Adds the name of the map's thing to the path: rules[4] becomes rules[R-11].
  void Rename(std::string path) { path_ = std::move(path); }
  int line() const { return node_.line; }
  bool Has(std::string_view key) const { return node_.Find(key) != nullptr; }

  // The node of a key, or null; asked for, it is known.
  const YamlNode* Node(std::string_view key, Presence presence);
  // A scalar's text. At most 2,000 bytes.
  std::string Text(std::string_view key, Presence presence);
  uint32_t Positive(std::string_view key, Presence presence, uint32_t most = 1'000'000);
  int64_t Whole(std::string_view key, Presence presence, int64_t most);
  std::optional<Day> Date(std::string_view key, Presence presence);
  // A date, or null for `open`.
  Day DateOrNull(std::string_view key, Day open);
  std::optional<bool> Truth(std::string_view key, Presence presence);
  template <typename E, size_t N>
  std::optional<E> Name(std::string_view key, const std::array<EnumName<E>, N>& table,
                        Presence presence);
  // Each item of a list with its path.
  void ForEach(std::string_view key, Presence presence,
               absl::FunctionRef<void(const YamlNode&, std::string path)> visit);
  std::vector<std::string> Texts(std::string_view key, Presence presence);

  void Fault(std::string_view key, std::string expected);
  FaultSink& sink() { return sink_; }

 private:
  const YamlNode& node_;
  std::string path_;
  FaultSink& sink_;
  std::set<std::string, std::less<>> asked_;
};

// A decimal with at most three places, in thousandths, from its text. nullopt for anything else.
std::optional<int64_t> ParseThousandths(std::string_view text);
std::optional<int64_t> ParseWhole(std::string_view text, int64_t most);

template <typename E, size_t N>
std::string NamesOf(const std::array<EnumName<E>, N>& table) {
  std::string names = "one of";
  for (size_t i = 0; i < N; ++i) names += Joined(i == 0 ? " " : ", ", table[i].name);
  return names;
}

template <typename E, size_t N>
std::optional<E> YamlFields::Name(std::string_view key, const std::array<EnumName<E>, N>& table,
                                  Presence presence) {
  const YamlNode* node = Node(key, presence);
  if (node == nullptr) return std::nullopt;
  std::optional<E> value;
  if (node->kind == YamlNode::Kind::kScalar) value = FindName(table, node->text);
  if (!value.has_value()) Fault(key, NamesOf(table));
  return value;
}

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_YAML_FIELDS_H_
