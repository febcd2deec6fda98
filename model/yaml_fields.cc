#include "model/yaml_fields.h"

#include <algorithm>
#include <utility>

namespace doorstep {
namespace {

constexpr size_t kTextBytesMax = 8000;

bool IsDigits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::optional<int64_t> ParseWhole(std::string_view text, int64_t most) {
  if (!IsDigits(text) || text.size() > 15) return std::nullopt;
  if (text.size() > 1 && text[0] == '0') return std::nullopt;
  int64_t value = 0;
  for (char c : text) value = value * 10 + (c - '0');
  return value <= most ? std::optional(value) : std::nullopt;
}

std::optional<int64_t> ParseThousandths(std::string_view text) {
  size_t point = text.find('.');
  std::optional<int64_t> whole = ParseWhole(text.substr(0, point), 1'000'000'000'000);
  if (!whole.has_value()) return std::nullopt;
  if (point == std::string_view::npos) return *whole * 1000;
  std::string_view places = text.substr(point + 1);
  if (!IsDigits(places) || places.size() > 3) return std::nullopt;
  int64_t value = 0;
  for (size_t i = 0; i < 3; ++i) value = value * 10 + (i < places.size() ? places[i] - '0' : 0);
  return *whole * 1000 + value;
}

YamlFields::YamlFields(const YamlNode& node, std::string path, FaultSink& sink)
    : node_(node), path_(std::move(path)), sink_(sink) {
  if (node.kind != YamlNode::Kind::kMap) sink_.Add(node.line, path_, "keys and values");
}

YamlFields::~YamlFields() {
  for (const auto& [key, value] : node_.fields) {
    if (key == "note" || asked_.contains(key)) continue;
    sink_.Add(value.line, Joined(path_, path_.empty() ? "" : ".", key),
              "no such key (misspelt, or not in this place)");
  }
}

const YamlNode* YamlFields::Node(std::string_view key, Presence presence) {
  asked_.emplace(key);
  const YamlNode* node = node_.Find(key);
  if (node == nullptr && presence == Presence::kRequired) Fault(key, "this key");
  return node;
}

void YamlFields::Fault(std::string_view key, std::string expected) {
  const YamlNode* node = node_.Find(key);
  sink_.Add(node == nullptr ? node_.line : node->line, Joined(path_, path_.empty() ? "" : ".", key),
            std::move(expected));
}

std::string YamlFields::Text(std::string_view key, Presence presence) {
  const YamlNode* node = Node(key, presence);
  if (node == nullptr) return {};
  if (node->kind != YamlNode::Kind::kScalar || node->text.empty() ||
      node->text.size() > kTextBytesMax) {
    Fault(key, Joined("text of at most ", kTextBytesMax, " bytes"));
    return {};
  }
  return node->text;
}

int64_t YamlFields::Whole(std::string_view key, Presence presence, int64_t most) {
  const YamlNode* node = Node(key, presence);
  if (node == nullptr) return 0;
  std::optional<int64_t> value;
  if (node->kind == YamlNode::Kind::kScalar) value = ParseWhole(node->text, most);
  if (!value.has_value()) Fault(key, Joined("a whole number from 0 to ", most));
  return value.value_or(0);
}

uint32_t YamlFields::Positive(std::string_view key, Presence presence, uint32_t most) {
  const YamlNode* node = Node(key, presence);
  if (node == nullptr) return 0;
  std::optional<int64_t> value;
  if (node->kind == YamlNode::Kind::kScalar) value = ParseWhole(node->text, most);
  if (value.value_or(0) == 0) {
    Fault(key, Joined("a whole number from 1 to ", most));
    return 1;
  }
  return static_cast<uint32_t>(*value);
}

std::optional<Day> YamlFields::Date(std::string_view key, Presence presence) {
  const YamlNode* node = Node(key, presence);
  if (node == nullptr) return std::nullopt;
  std::optional<Day> day;
  if (node->kind == YamlNode::Kind::kScalar) day = ParseDay(node->text);
  if (!day.has_value()) Fault(key, "a date YYYY-MM-DD");
  return day;
}

Day YamlFields::DateOrNull(std::string_view key, Day open) {
  const YamlNode* node = Node(key, Presence::kRequired);
  if (node != nullptr && node->kind == YamlNode::Kind::kNull) return open;
  return node == nullptr ? open : Date(key, Presence::kRequired).value_or(open);
}

std::optional<bool> YamlFields::Truth(std::string_view key, Presence presence) {
  const YamlNode* node = Node(key, presence);
  if (node == nullptr) return std::nullopt;
  bool is_true = node->kind == YamlNode::Kind::kScalar && node->text == "true";
  bool is_false = node->kind == YamlNode::Kind::kScalar && node->text == "false";
  if (!is_true && !is_false) {
    Fault(key, "true or false");
    return std::nullopt;
  }
  return is_true;
}

void YamlFields::ForEach(std::string_view key, Presence presence,
                         absl::FunctionRef<void(const YamlNode&, std::string path)> visit) {
  const YamlNode* node = Node(key, presence);
  if (node == nullptr) return;
  if (node->kind != YamlNode::Kind::kList) return Fault(key, "a list");
  for (size_t i = 0; i < node->items.size(); ++i) {
    visit(node->items[i], Joined(path_, path_.empty() ? "" : ".", key, "[", i, "]"));
  }
}

std::vector<std::string> YamlFields::Texts(std::string_view key, Presence presence) {
  std::vector<std::string> texts;
  ForEach(key, presence, [&](const YamlNode& item, const std::string& path) {
    if (item.kind == YamlNode::Kind::kScalar && !item.text.empty()) {
      texts.push_back(item.text);
    } else {
      sink_.Add(item.line, path, "text");
    }
  });
  return texts;
}

}  // namespace doorstep
