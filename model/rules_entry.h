// What a device asks of an entry at once, while its author is still there: identifiers by their
// shape and check digits, days of birth, and what is worth a second look. Refused entries are not
// kept; nothing else of the form is lost. The judge does not ask this again: what an importer or an
// older build has written stands.
#ifndef DOORSTEP_MODEL_RULES_ENTRY_H_
#define DOORSTEP_MODEL_RULES_ENTRY_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "doorstep/v1/change.pb.h"
#include "model/identifiers.h"
#include "model/state.h"

namespace doorstep {

struct EntryRules {
  Samples samples = Samples::kRefused;
  int32_t today = 0;
};

struct EntryFinding {
  uint32_t field = 0;      // 0: the record as a whole
  std::string_view words;  // a sentence, never the value
  bool refused = false;    // else a doubt: it may be saved as it is
};

// Writes identifiers in their one form, and says what is wrong or doubtful. `seen` is the scope as
// the author sees it, without this change; null where this changeset begins it.
std::vector<EntryFinding> CheckEntry(const EntryRules& rules, ScopeState* seen,
                                     v1::RecordChange& change);

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_RULES_ENTRY_H_
