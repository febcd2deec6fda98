// The merge: state and a write give state. No clock, no randomness, no schema. The set of live
// writes depends on the set of writes alone, not on their order: a write that arrives after one
// that names it arrives dead, and a dead write still takes away what it names.
#ifndef DOORSTEP_MODEL_MERGE_H_
#define DOORSTEP_MODEL_MERGE_H_

#include <cstdint>

#include "doorstep/v1/change.pb.h"
#include "model/changeset.h"
#include "model/log.h"
#include "model/record.h"
#include "model/state.h"

namespace doorstep {

// One write onto one cell. `op` is its own name, `seq` its entry's number.
void MergeWrite(Cell& cell, const v1::FieldWrite& write, const Op& op, const Id& actor,
                uint64_t seq);

// Every write of a changeset, as of entry `seq` (of a released one: its own held entry).
void MergeChangeset(ScopeState& state, const Changeset& changeset, uint64_t seq);

// One entry of the log. APPLIED: its changeset, then each that it releases. HELD: onto the list of
// held work. Verdict and `released` are taken as they stand; page_check and the judge answer for
// them. A `released` uid that is not held is passed over.
void FoldEntry(ScopeState& state, const Entry& entry);

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_MERGE_H_
