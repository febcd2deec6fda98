#include "model/ruleset_library.h"

#include <cassert>
#include <string>

#include "model/joined.h"
#include "model/ruleset_yaml.h"
#include "model/shipped_rulesets.h"

namespace doorstep {

FileFaults RuleSetLibrary::Add(std::string_view file, std::string_view text, NamedAs named) {
  RuleSetReading reading = ReadRuleSet(file, text);
  if (!reading.rule_set.has_value()) return std::move(reading.faults);
  RuleSet& rules = *reading.rule_set;
  FileFaults faults;
  auto refuse = [&](std::string_view key, std::string expected) {
    faults.push_back({std::string(file), 1, std::string(key), std::move(expected)});
  };
  std::string previous = "previous/" + PreviousFileNameOf(rules);
  if (named == NamedAs::kFile && file != FileNameOf(rules) && file != previous) {
    refuse("key", Joined("the file to be called ", FileNameOf(rules), " or ", previous));
  }
  for (const auto& [pin, other] : rule_sets_) {
    if (pin == std::pair(rules.code, rules.version)) {
      refuse("version", Joined("a number higher than ", rules.version, ", which is taken"));
    }
    if ((other->key == rules.key) != (other->code == rules.code)) {
      refuse("code", Joined("a code and key of its own: ", other->key, " has code ", other->code));
    }
    if (other->code == rules.code) continue;
    for (const std::string& id : DifferingSharedRules(*other, rules)) {
      refuse(Joined("rules[", id, "]"),
             Joined("the same rule as in ", other->key, ", or a new id"));
    }
  }
  if (faults.empty()) {
    auto pin = std::pair(rules.code, rules.version);
    rule_sets_.emplace(pin, std::make_unique<const RuleSet>(std::move(rules)));
  }
  return faults;
}

const RuleSet* RuleSetLibrary::Find(uint32_t code, uint32_t version) const {
  auto found = rule_sets_.find({code, version});
  return found == rule_sets_.end() ? nullptr : found->second.get();
}

const RuleSet* RuleSetLibrary::Newest(uint32_t code) const {
  const RuleSet* newest = nullptr;
  for (const auto& [pin, rules] : rule_sets_) {
    if (pin.first == code) newest = rules.get();
  }
  return newest;
}

const RuleSet* RuleSetLibrary::Newest(std::string_view key) const {
  const RuleSet* newest = nullptr;
  for (const auto& [pin, rules] : rule_sets_) {
    if (rules->key == key) newest = rules.get();
  }
  return newest;
}

std::vector<const RuleSet*> RuleSetLibrary::All() const {
  std::vector<const RuleSet*> all;
  for (const auto& [pin, rules] : rule_sets_) all.push_back(rules.get());
  return all;
}

RuleSetLibrary ShippedLibrary() {
  RuleSetLibrary library;
  for (const ShippedRuleSet& shipped : ShippedRuleSets()) {
    FileFaults faults = library.Add(shipped.file, shipped.text, NamedAs::kFile);
    assert(faults.empty());
  }
  return library;
}

}  // namespace doorstep
