// doorstep-scenarios FILE…: acts out every scenario of the files, or with --only the one of that
// title, and says of each whether it held.
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "crypto/primitives.h"
#include "tests/scenarios/play.h"
#include "tests/scenarios/script.h"

namespace {

// Of a page of the documents only what stands between ```scenario and ```; the other lines are
// emptied, so that numbers of lines stay.
std::string ExamplesIn(std::istream& page) {
  std::string examples, line;
  bool inside = false;
  while (std::getline(page, line)) {
    const bool fence = line.rfind("```", 0) == 0;
    if (fence) inside = line == "```scenario";
    examples += (inside && !fence ? line : "") + "\n";
  }
  return examples;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Acts out scenarios: sentences in, what went otherwise out.");
  std::vector<std::string> files;
  std::string only;
  app.add_option("FILE", files, "files of scenarios, or pages with examples")
      ->required()
      ->check(CLI::ExistingFile);
  app.add_option("--only", only, "the scenario of exactly this title");
  CLI11_PARSE(app, argc, argv);

  int held = 0, failed = 0;
  for (const std::string& file : files) {
    std::stringstream text;
    std::ifstream from(file);
    if (file.ends_with(".md")) {
      text << ExamplesIn(from);
    } else {
      text << from.rdbuf();
    }
    const absl::StatusOr<std::vector<doorstep::scenarios::Scenario>> scenarios =
        doorstep::scenarios::ReadScript(text.str());
    if (!scenarios.ok()) {
      std::cout << file << ": " << scenarios.status().message() << "\n";
      return 1;
    }
    for (const doorstep::scenarios::Scenario& scenario : *scenarios) {
      if (!only.empty() && scenario.title != only) continue;
      const absl::Status played = doorstep::scenarios::Play(scenario);
      ++(played.ok() ? held : failed);
      std::cout << (played.ok() ? "held:   " : "FAILED: ") << scenario.title << "\n";
      if (!played.ok()) std::cout << "  " << file << ", " << played.message() << "\n";
    }
  }
  std::cout << held << " held, " << failed << " failed\n";
  return failed > 0 || held == 0 ? 1 : 0;
}
