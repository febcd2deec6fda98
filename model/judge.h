// What may take effect. One pure function, run on a device before commit (as a warning with words)
// and on the server at receipt (decides); the parts that every client checks of what a server
// applied stand beside it.
#ifndef DOORSTEP_MODEL_JUDGE_H_
#define DOORSTEP_MODEL_JUDGE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "doorstep/v1/records.pb.h"
#include "model/authority.h"
#include "model/catalog.h"
#include "model/changeset.h"
#include "model/files.h"
#include "model/rule_facts.h"
#include "model/state.h"

namespace doorstep {

struct Judgement {
  v1::Verdict verdict = v1::HELD;
  // Of HELD: why. Of an APPLIED Decision that released nothing: why not; else unspecified.
  v1::HeldReason reason = v1::HELD_REASON_UNSPECIFIED;
  std::vector<Id> released;  // take effect right after, in this order
  // Of HELD: what exactly was missing, for people, where a rule or a step can say it: names of
  // fields and rules, never a value. Not recorded; who judges again learns it again.
  std::string because = {};
};

struct Bench {
  const Catalog& catalog;
  const Directory& directory;
  uint64_t at;          // place in the directory; in the directory itself, before this entry
  int64_t received_ms;  // the server's clock; orders nothing, but assignments lapse by it
  // What rules ask beside the log; null where nobody answers. Not owned.
  const RuleSetFacts* rule_sets = nullptr;
  const ArrivedFiles* files = nullptr;  // null (a device): no file is missed
};

// Steps in order: identity, place, role, shape, commands, rules. One refusal holds the whole
// changeset. `scope` is the state before it and is only read. When `scope.status()` is not OK
// afterwards the judgement means nothing.
Judgement Judge(const Bench& bench, ScopeState& scope, const Changeset& changeset);

// Of an entry that a server marked APPLIED: does it, or what it releases, write a trust record, and
// do identity, place and (for these records) role allow that at the entry's own directory place?
// And does `released` name only what its Decisions release and what is still held? OK, or
// PERMISSION_DENIED (E_TRUST). `scope` is the state before the entry.
absl::Status CheckTrust(const Bench& bench, ScopeState& scope, const Entry& entry);

// True if a changeset writes any record whose type has the option `trust`.
bool WritesTrustRecord(const Catalog& catalog, const Changeset& changeset);

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_JUDGE_H_
