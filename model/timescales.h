// How long a step of practice may take, by the programme of an episode. A programme's rule-set
// fills this; where none speaks, the defaults stand here and nowhere else.
#ifndef DOORSTEP_MODEL_TIMESCALES_H_
#define DOORSTEP_MODEL_TIMESCALES_H_

#include <cstdint>
#include <optional>

#include "doorstep/v1/records.pb.h"
#include "model/calendar.h"

namespace doorstep {

enum class TimedStep : uint8_t {
  kAssessment,    // from the episode's start
  kFirstMeeting,  // the same
  kReview,        // from the last review, else from the first approval of the plan
  kVisit,         // from the last visit made, else from the episode's start
  kWriteUp,       // from the end of a visit to its signing
  kSustained,     // from the episode's closing
  kClosing,       // from the episode's start: the programme's clock
};

struct Period {
  enum class Unit : uint8_t { kHours, kDays, kWorkingDays, kWeeks, kMonths };
  int count = 0;
  Unit unit = Unit::kDays;
};

struct Timescale {
  Period limit;
  Period warn;  // from the same start; not later than the limit
};

// The last day that is still in time; working days begin the day after. Not for hours.
Day DueDay(Day start, const Period& period, const BankHolidays& holidays);
// Only of hours.
int64_t PeriodMs(const Period& period);

class Timescales {
 public:
  virtual ~Timescales() = default;
  // nullopt: this programme sets none for the step.
  virtual std::optional<Timescale> Of(const v1::Episode& episode, TimedStep step) const = 0;
};

// Where no rule-set is at hand. Second hand or assumed: a council confirms its own.
class DefaultTimescales final : public Timescales {
 public:
  std::optional<Timescale> Of(const v1::Episode& episode, TimedStep step) const override;
};

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_TIMESCALES_H_
