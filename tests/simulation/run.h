// One seed, from genesis to quiet.
#ifndef DOORSTEP_TESTS_SIMULATION_RUN_H_
#define DOORSTEP_TESTS_SIMULATION_RUN_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "client-core/sync/page_check.h"
#include "crypto/bytes.h"
#include "model/catalog.h"
#include "model/planted.h"
#include "tests/simulation/checker.h"

namespace doorstep::simulation {

struct RunSettings {
  uint64_t seed = 0;
  int operations = 80;
  Fault weights = Fault::kNone;  // the profile of the run without this rule
  std::set<int> skipped;         // operations left out; the others do not notice
  size_t keep_steps = 0;         // words of the last steps
};

struct RunOutcome {
  std::vector<Violation> violations;
  Hash32 tape{};
  std::vector<std::string> steps;
  std::map<std::string, uint64_t> coverage;
};

// `verifier` is of this thread and may be used for many runs.
RunOutcome Run(const RunSettings& settings, const Catalog& catalog, client::Verifier& verifier);

}  // namespace doorstep::simulation

#endif  // DOORSTEP_TESTS_SIMULATION_RUN_H_
