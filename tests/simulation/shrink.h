// Makes a failing run short: fewer operations, and those that change nothing left out.
#ifndef DOORSTEP_TESTS_SIMULATION_SHRINK_H_
#define DOORSTEP_TESTS_SIMULATION_SHRINK_H_

#include "tests/simulation/run.h"

namespace doorstep::simulation {

// Settings that still break the invariant that `settings` breaks first. As they are when nothing
// breaks.
RunSettings Shrink(const RunSettings& settings, const Catalog& catalog, client::Verifier& verifier);

}  // namespace doorstep::simulation

#endif  // DOORSTEP_TESTS_SIMULATION_SHRINK_H_
