#include "model/ruleset_library.h"

#include <algorithm>
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
  for (const RuleSet* other : All()) {
    if (other->code == rules.code && other->version == rules.version) {
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
  if (found != rule_sets_.end()) return found->second.get();
  return beneath_ == nullptr ? nullptr : beneath_->Find(code, version);
}

const RuleSet* RuleSetLibrary::Newest(uint32_t code) const {
  const RuleSet* newest = nullptr;
  for (const RuleSet* rules : All()) {
    if (rules->code == code) newest = rules;
  }
  return newest;
}

const RuleSet* RuleSetLibrary::Newest(std::string_view key) const {
  const RuleSet* newest = nullptr;
  for (const RuleSet* rules : All()) {
    if (rules->key == key) newest = rules;
  }
  return newest;
}

std::vector<const RuleSet*> RuleSetLibrary::All() const {
  std::vector<const RuleSet*> all;
  if (beneath_ != nullptr) all = beneath_->All();
  for (const auto& [pin, rules] : rule_sets_) all.push_back(rules.get());
  std::sort(all.begin(), all.end(), [](const RuleSet* a, const RuleSet* b) {
    return std::pair(a->code, a->version) < std::pair(b->code, b->version);
  });
  return all;
}

const RuleSetLibrary& ShippedLibrary() {
  static const RuleSetLibrary* const shipped = [] {
    auto* library = new RuleSetLibrary();
    for (const ShippedRuleSet& file : ShippedRuleSets()) {
      FileFaults faults = library->Add(file.file, file.text, NamedAs::kFile);
      assert(faults.empty());
    }
    return library;
  }();
  return *shipped;
}

}  // namespace doorstep
