#include "tests/simulation/shrink.h"

#include <algorithm>

namespace doorstep::simulation {

RunSettings Shrink(const RunSettings& settings, const Catalog& catalog,
                   client::Verifier& verifier) {
  const RunOutcome whole = Run(settings, catalog, verifier);
  if (whole.violations.empty()) return settings;
  const std::string invariant = whole.violations.front().invariant;
  auto breaks = [&](const RunSettings& tried) {
    const RunOutcome outcome = Run(tried, catalog, verifier);
    return std::any_of(outcome.violations.begin(), outcome.violations.end(),
                       [&](const Violation& v) { return v.invariant == invariant; });
  };
  RunSettings best = settings;
  // The end first: whole blocks of operations, halving the block.
  for (int block = best.operations / 2; block > 0; block /= 2) {
    while (best.operations > block) {
      RunSettings tried = best;
      tried.operations -= block;
      if (!breaks(tried)) break;
      best = tried;
    }
  }
  for (int block = std::max(1, best.operations / 4); block > 0; block /= 2) {
    for (int from = 0; from < best.operations; from += block) {
      RunSettings tried = best;
      for (int i = from; i < std::min(from + block, best.operations); ++i) tried.skipped.insert(i);
      if (tried.skipped != best.skipped && breaks(tried)) best = tried;
    }
  }
  return best;
}

}  // namespace doorstep::simulation
