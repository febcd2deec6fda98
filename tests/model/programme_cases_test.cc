// Rule-sets judged by worked examples: our own under tests/programmes, and any other file of cases
// that DOORSTEP_CASES names.
#include "model/programme_cases.h"

#include <algorithm>
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
std::vector<const RuleSet*> Shipped() { return ShippedLibrary().All(); }

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

// The block of the page that begins with this comment.
std::string BlockOf(const std::string& page, const std::string& comment) {
  size_t begin = page.find("```yaml\n" + comment + "\n");
  REQUIRE(begin != std::string::npos);
  begin += 8;
  size_t end = page.find("\n```", begin);
  REQUIRE(end != std::string::npos);
  return page.substr(begin, end + 1 - begin);
}

TEST_CASE("the page about programmes is enough to add one") {
  std::string page = ReadText(std::filesystem::path(DOORSTEP_SOURCE_DIR) / "docs/programmes.md");
  RuleSetLibrary library(&ShippedLibrary());
  FileFaults faults =
      library.Add("back-to-school.yaml", BlockOf(page, "# ruleset"), NamedAs::kFile);
  for (const FileFault& fault : faults) FAIL_CHECK(FaultText(fault));
  const RuleSet* added = library.Newest("back-to-school");
  REQUIRE(added != nullptr);
  CasesReport report = RunCases(library.All(), {}, "page", BlockOf(page, "# cases"));
  for (const FileFault& fault : report.faults) FAIL_CHECK(FaultText(fault));
  for (const CaseFailure& failure : report.failures) {
    FAIL_CHECK(failure.id << " " << failure.what << ": expected " << failure.expected << ", got "
                          << failure.got << ". " << failure.why);
  }
  CHECK(report.passed == 4);
}

TEST_CASE("a case that comes out otherwise is told with what was expected and why") {
  std::string page = ReadText(std::filesystem::path(DOORSTEP_SOURCE_DIR) / "docs/programmes.md");
  RuleSetLibrary library;
  REQUIRE(library.Add("x", BlockOf(page, "# ruleset"), NamedAs::kText).empty());
  std::string cases = BlockOf(page, "# cases");
  size_t at = cases.find("unauthorised: 20");
  REQUIRE(at != std::string::npos);
  cases.replace(at, 16, "unauthorised: 2");
  CasesReport report = RunCases(library.All(), library.All(), "page", cases);
  CHECK(report.faults.empty());
  CHECK(report.passed == 3);
  CHECK(report.failed == 1);
  REQUIRE(report.failures.size() == 2);
  CHECK(report.failures[0].id == "B01");
  CHECK(report.failures[0].what == "back-to-school E-AWAY");
  CHECK(report.failures[0].expected == "met");
  CHECK(report.failures[0].got == "not_met");
  CHECK(report.failures[0].why.find("130 of 140 sessions") != std::string::npos);
  // What no case tries is told too.
  CHECK(std::find(report.uncovered.begin(), report.uncovered.end(), "reason need_absent") ==
        report.uncovered.end());
  CHECK(std::find(report.uncovered.begin(), report.uncovered.end(), "reason exempt") !=
        report.uncovered.end());
}

TEST_CASE("mistakes in a cases file are told by line, and nothing is run") {
  CasesReport report = RunCases({}, {}, "bad.yaml",
                                "format: doorstep-cases/1\n"
                                "calendar: {terms: {2024-4: [2024-09-01, 2024-12-01]}}\n"
                                "cases:\n"
                                "  - {id: A, as_of: 2024-02-30, expect: {nobody: {X: met}}}\n"
                                "  - {id: A, as_of: 2024-02-03, expect: {}, wrong: 1}\n");
  CHECK(report.passed == 0);
  std::string all;
  for (const FileFault& fault : report.faults) all += FaultText(fault) + "\n";
  CAPTURE(all);
  for (const char* expected : {"bad.yaml:2: calendar.terms.2024-4", "bad.yaml:4: cases[A].as_of",
                               "bad.yaml:4: cases[A].expect.nobody", "bad.yaml:5: cases[A].id",
                               "bad.yaml:5: cases[A].wrong"}) {
    CAPTURE(expected);
    CHECK(all.find(expected) != std::string::npos);
  }
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
