// One person's day in one family: visits, actions that are due, and concerns that are not in safe
// hands yet.
#ifndef DOORSTEP_MODEL_TODAY_H_
#define DOORSTEP_MODEL_TODAY_H_

#include <vector>

#include "doorstep/v1/client.pb.h"
#include "model/facts.h"
#include "model/viewpoint.h"

namespace doorstep {

struct DayInFamily {
  std::vector<v1::VisitLine> visits;    // of `from.user`, on `from.today()`; with what to beware of
  std::vector<v1::ActionLine> actions;  // theirs: due, or within seven days
  std::vector<v1::WorkItem> concerns;   // theirs: flag not_received, or not_acknowledged
};
DayInFamily DayOfFamily(const Viewpoint& from, Facts& family);

// Visits in order of time; actions longest overdue first.
void SortDay(v1::TodayPage& page);

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_TODAY_H_
