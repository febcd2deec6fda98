// How a command ends early: one sentence for a person, and an exit code for a script.
#ifndef DOORSTEP_SHELL_CLI_FAILURE_H_
#define DOORSTEP_SHELL_CLI_FAILURE_H_

#include <functional>
#include <string>

#include "client-core/include/doorstep/doorstep.h"

namespace doorstep::shell {

// Exit codes, for ever. 2 is also what an impossible command line gives.
enum class Exit : int {
  kDone = 0,
  kOurMistake = 1,
  kUsage = 2,  // the command or a value in it
  kNotFound = 3,
  kNotNow = 4,       // locked, wrong PIN, not enrolled, not counting yet
  kRefused = 5,      // no right, or trust broken
  kUnreachable = 6,  // the office, a file or the folder: try again
  kLimit = 7,
  kDamaged = 8,
  kCancelled = 9,  // Ctrl-C: what was committed is kept
};

// Run once before the program ends, so that the client is closed whatever happened.
void AtEnd(std::function<void()> close);

// Prints the sentence and ends the program. A command keeps nothing half done: what the core has
// committed is on disk, and all else never began.
[[noreturn]] void Fail(Exit exit, const std::string& sentence);

// The same for what the core answered: what happened, what was kept, what to do. `doing` says what
// was tried, as in "save the visit".
[[noreturn]] void FailWith(const std::string& doing, ds_status status, const ds_error& error);

}  // namespace doorstep::shell

#endif  // DOORSTEP_SHELL_CLI_FAILURE_H_
