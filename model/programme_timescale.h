// By when a step must be done, and how that stands today.
#ifndef DOORSTEP_MODEL_PROGRAMME_TIMESCALE_H_
#define DOORSTEP_MODEL_PROGRAMME_TIMESCALE_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "model/calendar.h"
#include "model/ruleset.h"

namespace doorstep {

enum class TimescaleVerdict : uint8_t {
  kNotStarted,  // nothing to count from
  kInTime,      // done, on or before the due day
  kLate,        // done, after it
  kOverdue,     // not done, and the due day has passed
  kDueSoon,     // not done, and the warning day has come
  kWithin
};
inline constexpr std::array kTimescaleVerdictNames = {
    EnumName<TimescaleVerdict>{"not_started", TimescaleVerdict::kNotStarted},
    EnumName<TimescaleVerdict>{"in_time", TimescaleVerdict::kInTime},
    EnumName<TimescaleVerdict>{"late", TimescaleVerdict::kLate},
    EnumName<TimescaleVerdict>{"overdue", TimescaleVerdict::kOverdue},
    EnumName<TimescaleVerdict>{"due_soon", TimescaleVerdict::kDueSoon},
    EnumName<TimescaleVerdict>{"within", TimescaleVerdict::kWithin}};

// Moments are days since 1970, or milliseconds where the timescale counts in hours.
bool CountsInHours(const Timescale& scale);
struct TimescaleClock {
  std::optional<int64_t> start;
  std::optional<int64_t> done;
  int64_t today = 0;
  std::optional<Day> extended_to;  // by a supervisor; read where the timescale can be extended
};
struct TimescaleStanding {
  TimescaleVerdict verdict = TimescaleVerdict::kNotStarted;
  std::optional<int64_t> due;  // the last moment still in time
  std::optional<int64_t> warn;
  bool extended = false;
};
TimescaleStanding StandingOn(const Timescale& scale, const TimescaleClock& clock,
                             const BankHolidays& holidays);

// An extended episode warns this long before its new due day.
inline constexpr int kExtensionWarningDays = 14;

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_PROGRAMME_TIMESCALE_H_
