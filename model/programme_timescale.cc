#include "model/programme_timescale.h"

#include <algorithm>

#include "model/value.h"

namespace doorstep {
namespace {

constexpr int64_t kHourMs = 3'600'000;

int64_t After(const Timescale& scale, const Duration& duration, int64_t start,
              const BankHolidays& holidays) {
  if (duration.unit == TimeUnit::kHours) return start + duration.count * kHourMs;
  Day day = static_cast<Day>(std::clamp<int64_t>(start, kDateMin, kDateMax));
  switch (duration.unit) {
    case TimeUnit::kHours:
    case TimeUnit::kDays:
      return int64_t{day} + duration.count;
    case TimeUnit::kWeeks:
      return int64_t{day} + int64_t{7} * duration.count;
    case TimeUnit::kMonths:
      return AddMonths(day, duration.count);
    case TimeUnit::kWorkingDays:
      return AddWorkingDays(day, duration.count, scale.first_day, holidays, scale.holidays);
  }
  return start;
}

}  // namespace

bool CountsInHours(const Timescale& scale) { return scale.limit.unit == TimeUnit::kHours; }

TimescaleStanding StandingOn(const Timescale& scale, const TimescaleClock& clock,
                             const BankHolidays& holidays) {
  TimescaleStanding standing;
  if (!clock.start.has_value()) return standing;
  int64_t due = After(scale, scale.limit, *clock.start, holidays);
  int64_t warn = After(scale, scale.warn, *clock.start, holidays);
  if (scale.extendable && clock.extended_to.has_value() && *clock.extended_to > due) {
    due = *clock.extended_to;
    warn = due - kExtensionWarningDays;
    standing.extended = true;
  }
  standing.due = due;
  standing.warn = warn;
  if (clock.done.has_value()) {
    standing.verdict = *clock.done <= due ? TimescaleVerdict::kInTime : TimescaleVerdict::kLate;
  } else if (clock.today > due) {
    standing.verdict = TimescaleVerdict::kOverdue;
  } else {
    standing.verdict = clock.today >= warn ? TimescaleVerdict::kDueSoon : TimescaleVerdict::kWithin;
  }
  return standing;
}

}  // namespace doorstep
