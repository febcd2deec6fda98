#include "model/yaml_tree.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <sstream>

#include "absl/strings/str_replace.h"
#include "model/joined.h"
#include "model/value.h"

namespace doorstep {
namespace {

constexpr std::array<std::string_view, 6> kKeysThatAreTruths = {"on", "off", "yes", "no", "y", "n"};

bool IsTruthLike(std::string_view key) {
  std::string lower(key);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return std::find(kKeysThatAreTruths.begin(), kKeysThatAreTruths.end(), lower) !=
         kKeysThatAreTruths.end();
}

// Builds the tree from the library's events. After the first fault it only counts levels.
class Builder final : public YAML::EventHandler {
 public:
  Builder(std::string_view file, std::string_view text, FileFaults& faults)
      : file_(file), text_(text), faults_(faults) {}

  YamlNode TakeRoot() { return std::move(root_); }
  bool failed() const { return failed_; }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    CheckAnchor(mark, anchor);
    YamlNode node;
    node.plain = true;
    Add(mark, std::move(node));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    Fail(mark, "no alias: every value written out");
    Add(mark, YamlNode());
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    CheckAnchor(mark, anchor);
    YamlNode node;
    node.kind = YamlNode::Kind::kScalar;
    node.plain = tag == "?";
    node.text = value;
    CheckTag(mark, tag);
    if (!node.plain && !StartsWithQuote(mark)) Fail(mark, "a plain or quoted value, no block");
    Add(mark, std::move(node));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    CheckAnchor(mark, anchor);
    CheckTag(mark, tag);
    Open(mark, YamlNode::Kind::kList);
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    CheckAnchor(mark, anchor);
    CheckTag(mark, tag);
    Open(mark, YamlNode::Kind::kMap);
  }
  void OnMapEnd() override { Close(); }

 private:
  struct Level {
    YamlNode node;
    std::string key;
    bool has_key = false;
  };

  void Fail(const YAML::Mark& mark, std::string_view expected) {
    if (failed_) return;
    failed_ = true;
    faults_.push_back({std::string(file_), mark.line + 1, "", std::string(expected)});
  }
  void CheckAnchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor != 0) Fail(mark, "no anchor: every value written out");
  }
  // The library says "?" for what is plain, "!" for what is quoted, and the tag where there is one.
  void CheckTag(const YAML::Mark& mark, const std::string& tag) {
    if (!tag.empty() && tag != "?" && tag != "!") Fail(mark, "no tag");
  }
  bool StartsWithQuote(const YAML::Mark& mark) const {
    size_t at = static_cast<size_t>(mark.pos);
    return at < text_.size() && (text_[at] == '"' || text_[at] == '\'');
  }

  void Open(const YAML::Mark& mark, YamlNode::Kind kind) {
    if (!levels_.empty() && levels_.back().node.kind == YamlNode::Kind::kMap &&
        !levels_.back().has_key) {
      Fail(mark, "a key that is text");
    }
    if (levels_.size() >= kYamlDepthMax) Fail(mark, "fewer levels");
    Level level;
    level.node.kind = kind;
    level.node.line = mark.line + 1;
    levels_.push_back(std::move(level));
  }
  void Close() {
    YamlNode node = std::move(levels_.back().node);
    levels_.pop_back();
    Place(std::move(node));
  }
  void Add(const YAML::Mark& mark, YamlNode node) {
    node.line = mark.line + 1;
    bool is_key = !levels_.empty() && levels_.back().node.kind == YamlNode::Kind::kMap &&
                  !levels_.back().has_key;
    if (!is_key) return Place(std::move(node));
    Level& level = levels_.back();
    if (node.kind != YamlNode::Kind::kScalar) Fail(mark, "a key that is text");
    if (IsTruthLike(node.text)) Fail(mark, "a key that no reader takes for a truth value");
    if (level.node.Find(node.text) != nullptr) {
      Fail(mark, Joined("the key '", node.text, "' once"));
    }
    level.key = std::move(node.text);
    level.has_key = true;
  }
  void Place(YamlNode node) {
    if (failed_) {
      if (!levels_.empty()) levels_.back().has_key = false;
      return;
    }
    if (levels_.empty()) {
      root_ = std::move(node);
      return;
    }
    Level& level = levels_.back();
    if (level.node.kind == YamlNode::Kind::kMap) {
      level.node.fields.emplace_back(std::move(level.key), std::move(node));
      level.has_key = false;
    } else {
      level.node.items.push_back(std::move(node));
    }
  }

  std::string_view file_;
  std::string_view text_;
  FileFaults& faults_;
  std::vector<Level> levels_;
  YamlNode root_;
  bool failed_ = false;
};

}  // namespace

const YamlNode* YamlNode::Find(std::string_view key) const {
  for (const auto& [name, node] : fields) {
    if (name == key) return &node;
  }
  return nullptr;
}

std::string FaultText(const FileFault& fault) {
  std::string where = Joined(fault.file, ":", fault.line, ": ");
  if (!fault.key.empty()) where += Joined(fault.key, ": ");
  return Joined(where, "expected ", fault.expected);
}

YamlNode ReadYaml(std::string_view file, std::string_view text, FileFaults& faults) {
  auto refuse = [&](int line, std::string_view expected) {
    faults.push_back({std::string(file), line, "", std::string(expected)});
    return YamlNode();
  };
  if (text.size() > kYamlBytesMax) return refuse(1, Joined("at most ", kYamlBytesMax, " bytes"));
  if (text.starts_with("\xef\xbb\xbf")) return refuse(1, "no byte order mark");
  std::string lines =
      absl::StrReplaceAll(std::string(text), {{"\r\n", "\n"}});  // written on Windows
  if (!IsPlainText(lines)) return refuse(1, "UTF-8 text without control characters");
  Builder builder(file, lines, faults);
  try {
    std::istringstream stream{lines};
    YAML::Parser parser(stream);
    if (!parser.HandleNextDocument(builder)) return refuse(1, "a document");
    YamlNode root = builder.TakeRoot();
    if (!builder.failed() && parser.HandleNextDocument(builder)) return refuse(1, "one document");
    return builder.failed() ? YamlNode() : std::move(root);
  } catch (const YAML::Exception& e) {
    // What the library says names grammar, not content.
    return refuse(e.mark.line + 1, Joined("YAML; ", e.msg));
  }
}

}  // namespace doorstep
