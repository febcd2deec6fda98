// Which days, or which school terms, a rule looks at.
#ifndef DOORSTEP_MODEL_PROGRAMME_WINDOWS_H_
#define DOORSTEP_MODEL_PROGRAMME_WINDOWS_H_

#include <optional>
#include <vector>

#include "model/programme.h"

namespace doorstep {

struct WindowDays {
  DaySpan days;
  std::vector<TermCalendar::Term> terms;  // of a window or baseline in terms
  // kMissingCalendar or kNotDue: the days cannot be told yet.
  std::optional<VerdictReason> fault;
};
// kByBenefit and kNone give the day of evaluation alone.
WindowDays ResolveWindow(const Window& window, const Facts& facts, Day as_of,
                         const TermCalendar& calendar);
// `window`: the days of the rule's window. kAtStart and kNone give no days.
WindowDays ResolveBaseline(const Baseline& baseline, const DaySpan& window, const Facts& facts,
                           const TermCalendar& calendar);

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_PROGRAMME_WINDOWS_H_
