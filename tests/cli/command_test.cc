// The command line is read before anything is opened, and every command says how it is used.
#include "shell/cli/command.h"

#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "catch2/catch_test_macros.hpp"

namespace doorstep::shell {
namespace {

struct Line {
  CLI::App app;
  Chosen chosen;

  Line() {
    app.require_subcommand(1);
    AddDeviceCommands(&app, &chosen);
    AddFamilyCommands(&app, &chosen);
    AddWorkCommands(&app, &chosen);
    AddPlanCommands(&app, &chosen);
    AddPracticeCommands(&app, &chosen);
    AddReadingCommands(&app, &chosen);
    AddAttentionCommands(&app, &chosen);
    AddRecordCommands(&app, &chosen);
    AddDirectoryCommands(&app, &chosen);
  }

  bool Parses(std::vector<std::string> words) {
    std::vector<std::string> reversed(words.rbegin(), words.rend());
    try {
      app.parse(reversed);
    } catch (const CLI::ParseError&) {
      return false;
    }
    return static_cast<bool>(chosen.run);
  }
};

TEST_CASE("every command can be chosen with what it needs") {
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"request", "f"},
           {"accept", "f"},
           {"enrol", "CODE", "--wait", "3"},
           {"status"},
           {"sync"},
           {"scopes"},
           {"set-pin"},
           {"family"},
           {"family", "new", "Example", "--team", "North", "--child", "A B:2018-01-01"},
           {"person", "add", "Example", "--role", "CHILD", "--name", "B"},
           {"address", "Example", "Ada", "--lines", "1 Sample Street"},
           {"safe-address", "Example", "Bea", "--lines", "@l", "--reason", "@r", "--review", "d"},
           {"episode", "new", "Example", "--programme", "1"},
           {"assign", "Example", "Ben", "--relation", "COVER", "--restricted"},
           {"handover", "Example", "--to", "Ben"},
           {"end-assignment", "1"},
           {"assignments", "Example"},
           {"visit", "new", "Example", "--account", "text", "--present", "A", "--present", "B"},
           {"visit", "write", "1", "--meaning", "text"},
           {"visit", "seen", "1", "Ada", "--alone"},
           {"visit", "sign", "1"},
           {"note", "Example", "text"},
           {"concern", "raise", "Example", "--kind", "NEGLECT", "--level", "ADVICE", "--account",
            "t"},
           {"concern", "acknowledge", "1"},
           {"need", "Example", "--code", "3"},
           {"plan", "new", "Example", "--aim", "text"},
           {"plan", "edit", "Example", "--aim", "text"},
           {"plan", "show", "Example"},
           {"plan", "diff", "Example"},
           {"goal", "add", "Example", "--wording", "text", "--need", "1"},
           {"action", "add", "1", "--wording", "text", "--due", "d", "--staff", "Ana"},
           {"submit", "Example"},
           {"approve", "Example", "--version", "9c"},
           {"return", "Example", "--comment", "text", "--about", "1"},
           {"agree", "Example", "--person", "Bea", "--signed"},
           {"ls"},
           {"ls", "Visit", "--family", "Example"},
           {"show", "1"},
           {"plan", "versions", "Example"},
           {"plan", "diff", "Example", "--from", "9c", "--to", "3f"},
           {"story", "Example"},
           {"story", "Example", "--whole"},
           {"worklist"},
           {"worklist", "--list", "5", "--family", "Example"},
           {"today"},
           {"changed", "--hours", "72"},
           {"unsafe"},
           {"search", "school", "attend"},
           {"history", "Plan", "1", "aim"},
           {"attention"},
           {"settle", "1", "--keep", "2"},
           {"settle", "1", "--combine", "2,1"},
           {"release", "1"},
           {"decline", "1"},
           {"drafts"},
           {"drafts", "put", "text"},
           {"put", "f"},
           {"get", "Visit", "1"},
           {"edit", "Person", "1", "first_language=Welsh", "interpreter=yes"},
           {"schema"},
           {"new-id"},
           {"staff"},
           {"staff", "add", "Ana"},
           {"role", "give", "Ana", "KEY_WORKER", "--team", "North"},
           {"team", "add", "North"},
           {"invite", "Ana"},
           {"confirm", "Ana", "CODE"},
           {"devices"},
           {"approve-device", "1", "--number", "N"},
           {"approve-role", "1"},
           {"revoke", "1"}}) {
    Line line;
    std::string shown;
    for (const std::string& word : words) shown += word + " ";
    INFO(shown);
    CHECK(line.Parses(words));
  }
}

TEST_CASE("a command without what it needs is refused before anything is opened") {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{},
                                             {"visit"},
                                             {"visit", "new"},
                                             {"handover", "Example"},
                                             {"approve-device", "1"},
                                             {"settle"},
                                             {"status", "surplus"},
                                             {"family", "new", "Example"},
                                             {"nonsense"}}) {
    Line line;
    CHECK_FALSE(line.Parses(words));
    CHECK_FALSE(static_cast<bool>(line.chosen.run));
  }
}

TEST_CASE("no command takes a PIN as an argument") {
  const auto check = [](const CLI::App* app, const auto& self) -> void {
    for (const CLI::Option* option : app->get_options()) {
      const bool is_file = option->get_name().ends_with("-file");
      CHECK((option->get_name().find("pin") == std::string::npos || is_file));
    }
    for (const CLI::App* sub : app->get_subcommands([](const CLI::App*) { return true; })) {
      self(sub, self);
    }
  };
  Line line;
  check(&line.app, check);
}

TEST_CASE(
    "every command that does something says what it does, and the chief ones give an example") {
  Line line;
  for (const CLI::App* command : line.app.get_subcommands([](const CLI::App*) { return true; })) {
    INFO(command->get_name());
    CHECK_FALSE(command->get_description().empty());
    const bool explained = !command->get_footer().empty() ||
                           !command->get_subcommands([](const CLI::App*) { return true; }).empty();
    CHECK(explained);
  }
}

}  // namespace
}  // namespace doorstep::shell
