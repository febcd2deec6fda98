// The rules of casework that no option of the schema can say: the judge's last step. Each is a
// sentence, a function and a row of the table in rules.cc; a rule that a step of a machine needs is
// named by Machine.Guard in records.proto, one about whatever writes a record stands under its
// type.
//
// A rule looks at the scope as it would be with the whole changeset applied, so that the order of
// records inside a changeset does not matter. It reads no clock but `received_ms`, no RESTRICTED
// value, and a reference to a record that is not here is no reason against anything. The worst that
// a rule does is to hold the changeset until a person decides.
#ifndef DOORSTEP_MODEL_RULES_H_
#define DOORSTEP_MODEL_RULES_H_

#include <cstdint>
#include <span>
#include <string_view>

#include "doorstep/v1/annotations.pb.h"
#include "doorstep/v1/records.pb.h"
#include "model/catalog.h"
#include "model/changeset.h"
#include "model/judge.h"
#include "model/state.h"

namespace doorstep {

// A step of a machine that the changeset takes, and one guard that stands on it.
struct Taken {
  v1::Machine::Guard guard = v1::Machine::GUARD_UNSPECIFIED;
  uint32_t type = 0;
  Id record;
  uint64_t since = 0;  // of the entry that wrote the state it leaves
};

struct Case {
  const Bench& bench;
  ScopeState& after;  // the scope, with the whole changeset applied
  const Changeset& changeset;
  Letters letters = 0;  // under which its author writes here
  std::span<const Taken> taken;
};

// What stands against a changeset: a reason, and its sentence with the next step, for people. Both
// empty: nothing.
struct Objection {
  v1::HeldReason reason = v1::HELD_REASON_UNSPECIFIED;
  std::string_view sentence;
};

// The first rule that the changeset breaks, in the order of its steps, then of its records.
Objection JudgeRules(const Case& c);

// Whether a guard is one of these rules; the others are judged where the step is.
bool IsRule(v1::Machine::Guard guard);

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_RULES_H_
