// The rule-sets an authority works by: those that ship, its own texts out of the directory, and the
// activations that say from when it uses which.
#ifndef DOORSTEP_MODEL_PROGRAMME_BOOK_H_
#define DOORSTEP_MODEL_PROGRAMME_BOOK_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "crypto/bytes.h"
#include "model/calendar.h"
#include "model/record_id.h"
#include "model/ruleset_library.h"
#include "model/state.h"

namespace doorstep {

struct Activation {
  Id id;
  uint32_t ruleset = 0;
  uint32_t version = 0;
  Hash32 digest{};  // of the text it was made for
  Day from = 0;
  std::optional<Day> to;
  Id confirmed_by;  // zeros: nobody yet
  std::optional<Day> confirmed;
};
// In the order they were made.
std::vector<Activation> ActivationsOf(ScopeState& directory);

struct ProgrammeBook {
  RuleSetLibrary library;  // on top of those that ship
  struct Problem {
    Id text;  // the RuleSetText
    uint32_t ruleset = 0;
    uint32_t version = 0;
    std::string words;  // one fault as a line
  };
  std::vector<Problem> problems;  // texts that cannot be used
};
// Reads every text of the directory; the earliest record of a code and version is the one that
// counts, since nobody edits a published version.
ProgrammeBook ReadBook(ScopeState& directory);

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_PROGRAMME_BOOK_H_
