// Rule-sets judged by worked examples: our own under tests/programmes, and any other file of cases
// that DOORSTEP_CASES names.
#include "model/programme_cases.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "model/ruleset_library.h"
#include "model/ruleset_yaml.h"

namespace doorstep {
namespace {

std::string ReadText(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  REQUIRE(in.good());
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::filesystem::path OwnCases(const std::string& name) {
  return std::filesystem::path(DOORSTEP_SOURCE_DIR) / "tests/programmes" / name;
}

// What ships, found by the tests as the programs find it.
std::vector<const RuleSet*> Shipped() {
  return ShippedLibrary().All();
}

std::vector<RuleSet> ReadFolder(const std::filesystem::path& folder) {
  std::vector<RuleSet> rule_sets;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::string name = entry.path().filename().string();
    if (entry.path().extension() != ".yaml" || name.starts_with("cases")) continue;
    RuleSetReading reading = ReadRuleSet(name, ReadText(entry.path()));
    for (const FileFault& fault : reading.faults) FAIL_CHECK(FaultText(fault));
    if (reading.rule_set.has_value()) rule_sets.push_back(*reading.rule_set);
  }
  return rule_sets;
}

CasesReport RunFile(const std::vector<const RuleSet*>& rule_sets,
                    const std::filesystem::path& path) {
  CasesReport report = RunCases(rule_sets, rule_sets, path.filename().string(), ReadText(path));
  for (const FileFault& fault : report.faults) FAIL_CHECK(FaultText(fault));
  for (const CaseFailure& failure : report.failures) {
    FAIL_CHECK(failure.id << " " << failure.what << ": expected " << failure.expected << ", got "
                          << failure.got << ". " << failure.why);
  }
  for (const std::string& feature : report.uncovered) FAIL_CHECK("no case for " << feature);
  return report;
}

TEST_CASE("rules by themselves, and no feature of a shipped rule-set without a case") {
  CasesReport report = RunFile(Shipped(), OwnCases("cases_rules.yaml"));
  CHECK(report.passed >= 40);
}

TEST_CASE("the rule-sets that ship pass other cases") {
  const char* cases = std::getenv("DOORSTEP_CASES");
  if (cases == nullptr) SKIP("DOORSTEP_CASES names no file");
  CasesReport report = RunFile(Shipped(), cases);
  CHECK(report.passed > 0);
  CHECK(report.failed == 0);
}

TEST_CASE("rule-sets beside other cases pass them") {
  const char* cases = std::getenv("DOORSTEP_CASES");
  if (cases == nullptr) SKIP("DOORSTEP_CASES names no file");
  std::filesystem::path path = cases;
  std::vector<RuleSet> beside = ReadFolder(path.parent_path());
  if (beside.empty()) SKIP("no rule-sets beside the cases");
  std::vector<const RuleSet*> pointers;
  for (const RuleSet& rules : beside) pointers.push_back(&rules);
  CHECK(RunFile(pointers, path).failed == 0);
}

}  // namespace
}  // namespace doorstep
