// Acts out the steps of a scenario on a stage. README.md lists the sentences; each is one line of
// the table in play.cc.
#ifndef DOORSTEP_TESTS_SCENARIOS_PLAY_H_
#define DOORSTEP_TESTS_SCENARIOS_PLAY_H_

#include "absl/status/status.h"
#include "tests/scenarios/script.h"

namespace doorstep::scenarios {

// OK, or what went otherwise than the scenario says: the line, and what was there instead.
absl::Status Play(const Scenario& scenario);

}  // namespace doorstep::scenarios

#endif  // DOORSTEP_TESTS_SCENARIOS_PLAY_H_
