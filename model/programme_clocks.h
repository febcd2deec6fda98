// The timescales of an episode, read from its records: from when each counts, whether its step has
// been done, and how that stands today.
#ifndef DOORSTEP_MODEL_PROGRAMME_CLOCKS_H_
#define DOORSTEP_MODEL_PROGRAMME_CLOCKS_H_

#include <cstdint>
#include <vector>

#include "model/programme_facts.h"
#include "model/programme_timescale.h"

namespace doorstep {

struct EpisodeClock {
  int timescale = 0;  // index into RuleSet::timescales
  TimescaleClock clock;
  TimescaleStanding standing;
  Id about;  // the visit that a clock in hours is about; else zeros
};
// One of each timescale, in the order of the file. What repeats counts from the step done last, and
// stands still once the episode is closed. A clock over visits is about the visit that has waited
// longest for its signature. `now_ms` gives today in Great Britain.
std::vector<EpisodeClock> ClocksOf(ScopeState& family, const EpisodePin& episode,
                                   const RuleSet& rules, int64_t now_ms,
                                   const BankHolidays& holidays);

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_PROGRAMME_CLOCKS_H_
