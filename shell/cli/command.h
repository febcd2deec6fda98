// How a command is declared: its words, what it takes, how it is used, and what it does. Parsing
// ends before anything is opened, so that a wrong command line touches nothing.
#ifndef DOORSTEP_SHELL_CLI_COMMAND_H_
#define DOORSTEP_SHELL_CLI_COMMAND_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "shell/cli/core.h"

namespace doorstep::shell {

// What was given on the command line, by the names the command declared.
class Arguments {
 public:
  explicit Arguments(const CLI::App* app) : app_(app) {}

  bool Has(const std::string& name) const;
  // Empty if it was not given.
  std::string Text(const std::string& name) const;
  std::vector<std::string> Texts(const std::string& name) const;
  // `otherwise` if it was not given. Fails with kUsage for what is no number.
  uint32_t Number(const std::string& name, uint32_t otherwise) const;

 private:
  const CLI::App* app_;
};

using Action = std::function<void(Core&, const Arguments&)>;

// What the command line chose; run by main once everything is parsed.
struct Chosen {
  std::function<void(Core&)> run;
};

class Command {
 public:
  // `examples`: lines as typed, shown below the help.
  Command(CLI::App* parent, Chosen* chosen, const std::string& name, const std::string& about,
          const std::string& examples = "");

  Command& Takes(const std::string& name, const std::string& about);    // positional, required
  Command& MayTake(const std::string& name, const std::string& about);  // positional
  Command& Needs(const std::string& option, const std::string& about);  // required option
  Command& Option(const std::string& option, const std::string& about);
  Command& Options(const std::string& option, const std::string& about);  // repeatable
  Command& Flag(const std::string& flag, const std::string& about);
  // A group of commands; with an action of its own for the group's name alone, or without.
  Command& Runs(Action action);

  CLI::App* app() { return app_; }

 private:
  CLI::App* app_;
  Chosen* chosen_;
};

// The groups, in the order of --help. Each declares its commands under `app`.
void AddDeviceCommands(CLI::App* app, Chosen* chosen);     // request … status, sync, drafts
void AddFamilyCommands(CLI::App* app, Chosen* chosen);     // family, person, address …
void AddWorkCommands(CLI::App* app, Chosen* chosen);       // visit, note, concern
void AddFileCommands(CLI::App* app, Chosen* chosen);       // attach, save, files
void AddPlanCommands(CLI::App* app, Chosen* chosen);       // plan … approve
void AddPracticeCommands(CLI::App* app, Chosen* chosen);   // story, worklist, today, changed …
void AddReadingCommands(CLI::App* app, Chosen* chosen);    // ls, show, search, history
void AddProgrammeCommands(CLI::App* app, Chosen* chosen);  // programme list, show, test
void AddAttentionCommands(CLI::App* app, Chosen* chosen);  // attention, settle, release …
void AddDirectoryCommands(CLI::App* app, Chosen* chosen);  // staff, role, invite, devices …
void AddRecordCommands(CLI::App* app, Chosen* chosen);     // put, get, edit, schema, new-id
void AddOfficeCommands(CLI::App* app, Chosen* chosen);     // find, duty, team, looked, audit …
void AddOpenCommand(CLI::App* app, Chosen* chosen);        // open

}  // namespace doorstep::shell

#endif  // DOORSTEP_SHELL_CLI_COMMAND_H_
