// `doorstep`: the reference shell. It knows the C ABI and nothing below it.
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>

#include "CLI/CLI.hpp"
#include "shell/cli/command.h"
#include "shell/cli/core.h"
#include "shell/cli/failure.h"

namespace {

constexpr char kAbout[] =
    "Doorstep: families' records on this device, with or without a network.\n"
    "Everything but `sync`, `enrol`, `invite`, `confirm` and what asks the office (`find`, "
    "`known`,\n"
    "`duty`, `my-team`, `office-records`, `audit`) works offline. Ids may be shortened to their\n"
    "first digits, families, staff and teams named. A TEXT may be @FILE, or - for standard\n"
    "input.";

constexpr char kEnding[] =
    "The PIN is asked for on the terminal, or read from --pin-file (chmod 600); it is never given "
    "on\n"
    "the command line.\n\n"
    "A day:\n"
    "  doorstep sync\n"
    "  doorstep today\n"
    "  doorstep story Example\n"
    "  doorstep visit new Example --account @visit.txt --present Ada\n"
    "  doorstep attention\n\n"
    "Exit codes: 0 done, 1 our mistake, 2 the command or a value, 3 not found, 4 not now (locked,\n"
    "PIN, not joined), 5 no right or trust broken, 6 the office or a file cannot be reached, 7 "
    "too\n"
    "much, 8 damaged, 9 cancelled.";

std::string DefaultFolder() {
  const char* home = std::getenv("HOME");
  return home == nullptr ? "" : std::string(home) + "/.local/share/doorstep";
}

}  // namespace

int main(int argc, char** argv) {
  doorstep::shell::Settings settings;
  doorstep::shell::Chosen chosen;
  settings.dir = DefaultFolder();

  CLI::App app(kAbout, "doorstep");
  app.footer(kEnding);
  app.require_subcommand(1);
  app.add_option("--dir", settings.dir, "The device's folder")->capture_default_str();
  app.add_option("--pin-file", settings.pin_file, "Read the PIN from this file");
  app.add_flag("--json", settings.json, "Answer as JSON");
  app.add_flag("--samples", settings.samples, "Take identifiers that are reserved for samples");
  AddDeviceCommands(&app, &chosen);
  AddFamilyCommands(&app, &chosen);
  AddWorkCommands(&app, &chosen);
  AddFileCommands(&app, &chosen);
  AddPlanCommands(&app, &chosen);
  AddPracticeCommands(&app, &chosen);
  AddProgrammeCommands(&app, &chosen);
  AddReadingCommands(&app, &chosen);
  AddAttentionCommands(&app, &chosen);
  AddRecordCommands(&app, &chosen);
  AddDirectoryCommands(&app, &chosen);
  AddOfficeCommands(&app, &chosen);
  AddOpenCommand(&app, &chosen);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : static_cast<int>(doorstep::shell::Exit::kUsage);
  }
  if (settings.dir.empty()) {
    doorstep::shell::Fail(doorstep::shell::Exit::kUsage,
                          "there is no home folder: give --dir DIR.");
  }
  // Only a default folder's parents are made for people who did not choose one.
  if (settings.dir == DefaultFolder()) {
    std::error_code ignored;
    std::filesystem::create_directories(std::filesystem::path(settings.dir).parent_path(), ignored);
  }
  doorstep::shell::Core core(settings);
  if (chosen.run) chosen.run(core);
  return 0;
}
