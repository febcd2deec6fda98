#include "client-core/client/programme_trial.h"

#include <set>
#include <string>
#include <vector>

#include "model/programme_cases.h"
#include "model/ruleset_library.h"
#include "model/ruleset_yaml.h"
#include "model/shipped_rulesets.h"

namespace doorstep::client {
namespace {

void Report(const FileFaults& faults, v1::ProgrammeTrialResult& result) {
  for (const FileFault& fault : faults) {
    v1::ProgrammeTrialResult::Fault* out = result.add_faults();
    out->set_file(fault.file);
    out->set_line(fault.line);
    out->set_key(fault.key);
    out->set_expected(fault.expected);
    out->set_words(FaultText(fault));
  }
}

std::set<std::string> KeysOf(const v1::ProgrammeTrial& trial) {
  std::set<std::string> keys;
  for (const v1::ProgrammeTrial::File& file : trial.rule_sets()) {
    RuleSetReading reading = ReadRuleSet(file.name(), file.text());
    if (reading.rule_set.has_value()) keys.insert(reading.rule_set->key);
  }
  return keys;
}

}  // namespace

v1::ProgrammeTrialResult TryProgramme(const v1::ProgrammeTrial& trial) {
  v1::ProgrammeTrialResult result;
  std::set<std::string> keys = KeysOf(trial);
  RuleSetLibrary library;
  for (const ShippedRuleSet& shipped : ShippedRuleSets()) {
    std::string_view key = shipped.file.substr(0, shipped.file.find('.'));
    if (!keys.contains(std::string(key))) {
      Report(library.Add(shipped.file, shipped.text, NamedAs::kFile), result);
    }
  }
  for (const v1::ProgrammeTrial::File& file : trial.rule_sets()) {
    Report(library.Add(file.name(), file.text(), NamedAs::kText), result);
  }
  if (!trial.has_cases() || result.faults_size() > 0) return result;
  std::vector<const RuleSet*> to_cover;
  for (const RuleSet* rules : library.All()) {
    if (keys.empty() || keys.contains(rules->key)) to_cover.push_back(rules);
  }
  CasesReport report =
      RunCases(library.All(), to_cover, trial.cases().name(), trial.cases().text());
  Report(report.faults, result);
  result.set_passed(static_cast<uint32_t>(report.passed));
  result.set_failed(static_cast<uint32_t>(report.failed));
  for (const CaseFailure& failure : report.failures) {
    v1::ProgrammeTrialResult::Failure* out = result.add_failures();
    out->set_id(failure.id);
    out->set_what(failure.what);
    out->set_expected(failure.expected);
    out->set_got(failure.got);
    out->set_why(failure.why);
  }
  for (const std::string& feature : report.uncovered) result.add_uncovered(feature);
  return result;
}

}  // namespace doorstep::client
