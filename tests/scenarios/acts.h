// What people do in a scenario: each act is one changeset of their device.
#ifndef DOORSTEP_TESTS_SCENARIOS_ACTS_H_
#define DOORSTEP_TESTS_SCENARIOS_ACTS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tests/scenarios/stage.h"

namespace doorstep::scenarios {

// What the device's own judge says of it before it is sent, and, where a scenario goes on to say
// so, the office's afterwards.
struct Expected {
  enum class Outcome { kApplied, kHeld, kRefused };
  Outcome outcome = Outcome::kApplied;
  std::string reason;  // kHeld: the name of the HeldReason, in lower case
};

// "the child Tom, the adult Mia": each becomes a Person with a PersonName; `more` are further
// records of the first changeset, as Write takes them.
absl::Status BeginFamily(Stage& stage, const std::string& who, const std::string& family,
                         const std::string& team, const std::string& people,
                         const std::vector<std::string>& more, const Expected& expected);

// Records of one changeset: "makes Visit v1 in Jones: field is value, …", "changes v1: …",
// "settles v1: …", "changes v1 as late: …" (a second word for what this changeset writes). Without
// "in" a new record goes into the family named last, or, if it is of the directory, there.
absl::Status Write(Stage& stage, const std::string& who, const std::vector<std::string>& parts,
                   const Expected& expected);

// An Approval of exactly what this person's device shows now. `verb`: submits, withdraws, approves,
// returns, agrees to, declines; `person`: whose agreement it is.
absl::Status Decide(Stage& stage, const std::string& who, const std::string& verb,
                    const std::string& subject, const std::string& person,
                    const std::string& fields, const Expected& expected);

absl::Status DecideHeld(Stage& stage, const std::string& who, bool release, const std::string& what,
                        const Expected& expected);

// Ends the open place of `from`, opens one for `to`; either may be empty.
absl::Status ChangePlaces(Stage& stage, const std::string& who, const std::string& family,
                          const std::string& from, const std::string& to,
                          const std::string& relation, const Expected& expected,
                          const std::string& fields = "");

}  // namespace doorstep::scenarios

#endif  // DOORSTEP_TESTS_SCENARIOS_ACTS_H_
