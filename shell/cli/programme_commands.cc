// Programmes: the rule-sets there are, what one says of a family, and rule-sets tried out.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "shell/cli/command.h"
#include "shell/cli/failure.h"
#include "shell/cli/find.h"
#include "shell/cli/json.h"
#include "shell/cli/show.h"
#include "shell/cli/terminal.h"

namespace doorstep::shell {
namespace {

std::string Spaced(std::string word) {
  std::replace(word.begin(), word.end(), '_', ' ');
  return word;
}

// ---- List
// ------------------------------------------------------------------------------------------

void ListProgrammes(Core& core, const Arguments&) {
  v1::Query query;
  query.mutable_programmes();
  const std::vector<v1::Answer> answers = core.Ask(query);
  if (core.settings().json) {
    Json list = Json::array();
    for (const v1::Answer& answer : answers) list.push_back(ToJson(answer.programme_line()));
    std::cout << list.dump(2) << "\n";
    return;
  }
  std::vector<std::vector<std::string>> rows;
  std::vector<std::string> problems;
  for (const v1::Answer& answer : answers) {
    const v1::ProgrammeLine& line = answer.programme_line();
    std::string used = "not used here";
    if (!line.activation().empty()) {
      used = "from " + line.active_from();
      if (!line.active_to().empty()) used += " to " + line.active_to();
    }
    std::string until = line.effective_to().empty() ? "" : " to " + line.effective_to();
    rows.push_back({std::to_string(line.ruleset()), std::to_string(line.version()), line.key(),
                    OneLine(line.title(), 44), line.effective_from() + until, used,
                    std::to_string(line.unconfirmed_size())});
    for (const std::string& problem : line.problems()) {
      problems.push_back(std::to_string(line.ruleset()) + ", version " +
                         std::to_string(line.version()) + ": " + problem);
    }
  }
  std::cout << Table({"code", "version", "key", "title", "attaches", "in use", "to confirm"}, rows);
  for (const std::string& problem : problems) std::cout << problem << "\n";
}

// ---- Show
// ------------------------------------------------------------------------------------------

void PrintAnswer(const v1::ProgrammeAnswer& answer) {
  std::cout << (answer.here() ? OneLine(answer.title(), 80)
                              : "A rule-set that is not on this device")
            << " (" << answer.ruleset() << ", version " << answer.version() << "), as of "
            << answer.as_of() << "\n";
  if (!answer.here()) return;
  for (const v1::ProgrammeAnswer::Gate& gate : answer.gates()) {
    std::cout << "\n" << gate.id() << ": " << Spaced(gate.verdict());
    if (!gate.title().empty()) std::cout << "  (" << OneLine(gate.title(), 80) << ")";
    std::cout << "\n  " << gate.sentence() << "\n";
    if (gate.would_decide_size() > 0) {
      std::cout << "  One answer would decide it:";
      for (const std::string& rule : gate.would_decide()) std::cout << " " << rule;
      std::cout << "\n";
    }
  }
  for (const std::string& act : answer.advice()) std::cout << "\nTo do: " << Spaced(act) << "\n";
  std::cout << "\nRules\n";
  for (const v1::ProgrammeAnswer::Rule& rule : answer.rules()) {
    std::cout << "  " << rule.id() << ": " << Spaced(rule.verdict());
    if (rule.confidence() != "found") std::cout << "  [" << Spaced(rule.confidence()) << "]";
    std::cout << "\n";
    for (const std::string& sentence : rule.sentences()) {
      std::cout << "    " << OneLine(sentence, 400) << "\n";
    }
  }
  std::cout << "\nBy when\n";
  std::vector<std::vector<std::string>> rows;
  for (const v1::ProgrammeAnswer::Timescale& scale : answer.timescales()) {
    rows.push_back({scale.id(), Spaced(scale.step()), Spaced(scale.verdict()), scale.due()});
  }
  std::cout << Table({"clock", "step", "stands", "due"}, rows);
  for (const v1::ProgrammeAnswer::Problem& problem : answer.problems()) {
    std::cout << "Evidence " << Hex(problem.record()).substr(0, 12)
              << " is left out: " << problem.words() << ".\n";
  }
  std::cout << "Inputs " << Hex(answer.inputs_digest()) << "\n";
}

void ShowProgramme(Core& core, const Arguments& arguments) {
  v1::Query query;
  v1::Query::Programme& asked = *query.mutable_programme();
  asked.set_scope(FindFamily(core, arguments.Text("FAMILY")));
  if (arguments.Has("--episode")) {
    asked.set_episode(FindRecord(core, "Episode", arguments.Text("--episode"), asked.scope()).id());
  }
  asked.set_as_of(arguments.Text("--as-of"));
  const std::vector<v1::Answer> answers = core.Ask(query);
  if (core.settings().json) {
    Json list = Json::array();
    for (const v1::Answer& answer : answers) list.push_back(ToJson(answer.programme()));
    std::cout << list.dump(2) << "\n";
    return;
  }
  if (answers.empty()) std::cout << "This family has no episode in a programme.\n";
  for (const v1::Answer& answer : answers) PrintAnswer(answer.programme());
}

// ---- Test
// ------------------------------------------------------------------------------------------

v1::ProgrammeTrial::File ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in.good()) Fail(Exit::kUnreachable, "the file " + path + " cannot be read.");
  v1::ProgrammeTrial::File file;
  file.set_name(std::filesystem::path(path).filename().string());
  file.set_text(text.str());
  return file;
}

v1::ProgrammeTrialResult Try(const v1::ProgrammeTrial& trial) {
  const std::string bytes = trial.SerializeAsString();
  ds_buffer buffer = {};
  ds_error error = {};
  const ds_status status = ds_programme_try(
      {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()}, &buffer, &error);
  if (status != DS_OK) FailWith("try the rule-sets", status, error);
  v1::ProgrammeTrialResult result;
  const bool parsed = result.ParseFromArray(buffer.data, static_cast<int>(buffer.size));
  ds_buffer_free(&buffer);
  if (!parsed) Fail(Exit::kOurMistake, "the core gave an answer that cannot be read.");
  return result;
}

void TestProgrammes(Core& core, const Arguments& arguments) {
  v1::ProgrammeTrial trial;
  for (const std::string& path : arguments.Texts("--rules"))
    *trial.add_rule_sets() = ReadFile(path);
  if (arguments.Has("CASES")) *trial.mutable_cases() = ReadFile(arguments.Text("CASES"));
  if (!trial.has_cases() && trial.rule_sets().empty()) {
    Fail(Exit::kUsage, "give a file of cases, or rule-sets with --rules.");
  }
  const v1::ProgrammeTrialResult result = Try(trial);
  if (core.settings().json) {
    std::cout << ToJson(result).dump(2) << "\n";
  } else {
    for (const auto& fault : result.faults()) std::cout << fault.words() << "\n";
    for (const auto& failure : result.failures()) {
      std::cout << failure.id() << " " << failure.what() << "\n  expected " << failure.expected()
                << "\n  got      " << failure.got() << "\n";
      if (!failure.why().empty()) std::cout << "  why      " << failure.why() << "\n";
    }
    for (const std::string& feature : result.uncovered()) {
      std::cout << "no case exercises: " << feature << "\n";
    }
    if (!trial.has_cases() && result.faults().empty()) {
      std::cout << "The rule-sets can be used.\n";
    } else if (result.faults().empty()) {
      std::cout << result.passed() << " passed, " << result.failed() << " failed\n";
    }
  }
  if (!result.faults().empty() || result.failed() > 0) {
    Fail(Exit::kUsage, result.faults().empty() ? "some cases did not come out as expected."
                                               : "the files have mistakes; no case was run.");
  }
}

}  // namespace

void AddProgrammeCommands(CLI::App* app, Chosen* chosen) {
  Command group(app, chosen, "programme", "What programmes say: rule-sets, verdicts, trials");
  group.app()->require_subcommand(1);
  Command(group.app(), chosen, "list", "The rule-sets there are, and which of them are in use")
      .Runs(ListProgrammes);
  Command(group.app(), chosen, "show", "What a family's programmes say of it, and why",
          "  doorstep programme show Example\n  doorstep programme show Example --as-of 2024-03-31")
      .Takes("FAMILY", "A family")
      .Option("--episode", "This episode alone")
      .Option("--as-of", "As of this day, YYYY-MM-DD; today if left out")
      .Runs(ShowProgramme);
  Command(group.app(), chosen, "test",
          "Tries rule-sets on worked examples; needs no folder and no PIN",
          "  doorstep programme test cases.yaml --rules our-programme.yaml\n"
          "  doorstep programme test --rules our-programme.yaml")
      .MayTake("CASES", "A file of worked examples; without it the rule-sets are only read")
      .Options("--rules", "A rule-set to be tried, beside those that ship")
      .Runs(TestProgrammes);
}

}  // namespace doorstep::shell
