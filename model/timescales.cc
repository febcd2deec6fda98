#include "model/timescales.h"

#include <cassert>

namespace doorstep {

Day DueDay(Day start, const Period& period, const BankHolidays& holidays) {
  switch (period.unit) {
    case Period::Unit::kDays:
      return start + period.count;
    case Period::Unit::kWorkingDays:
      return AddWorkingDays(start, period.count, FirstDay::kNext, holidays, HolidayCounting::kSkip);
    case Period::Unit::kWeeks:
      return start + 7 * period.count;
    case Period::Unit::kMonths:
      return AddMonths(start, period.count);
    case Period::Unit::kHours:
      break;
  }
  assert(period.unit != Period::Unit::kHours);
  return start;
}

int64_t PeriodMs(const Period& period) {
  assert(period.unit == Period::Unit::kHours);
  return period.count * int64_t{3'600'000};
}

std::optional<Timescale> DefaultTimescales::Of(const v1::Episode&, TimedStep step) const {
  using Unit = Period::Unit;
  switch (step) {
    case TimedStep::kAssessment:
      return Timescale{{15, Unit::kWorkingDays}, {10, Unit::kWorkingDays}};
    case TimedStep::kFirstMeeting:
      return Timescale{{6, Unit::kWeeks}, {5, Unit::kWeeks}};
    case TimedStep::kReview:
      return Timescale{{6, Unit::kWeeks}, {5, Unit::kWeeks}};
    case TimedStep::kVisit:
      return Timescale{{20, Unit::kWorkingDays}, {15, Unit::kWorkingDays}};
    case TimedStep::kWriteUp:
      return Timescale{{48, Unit::kHours}, {24, Unit::kHours}};
    case TimedStep::kSustained:
      return Timescale{{182, Unit::kDays}, {168, Unit::kDays}};
    case TimedStep::kClosing:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace doorstep
