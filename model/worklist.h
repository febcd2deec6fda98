// What waits for a supervisor, computed from state alone: ten lists, in the order in which they are
// worked through. One line an item: who, since when, the one next step. A device computes them of
// the families it carries; the server of any family, by the same functions.
//
// A line names people and codes, never an address, a school or a text of a record, and its place in
// the order follows from days, levels and ids alone.
#ifndef DOORSTEP_MODEL_WORKLIST_H_
#define DOORSTEP_MODEL_WORKLIST_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "doorstep/v1/client.pb.h"
#include "model/facts.h"
#include "model/people.h"
#include "model/viewpoint.h"

namespace doorstep {

struct WorkRow {
  v1::WorkItem item;
  // Within a list: lesser first, by `rank`, then by `order`.
  int64_t rank = 0;
  int64_t order = 0;
};

// Lists 1 to 9 of one family, in no order.
std::vector<WorkRow> WorkOfFamily(const Viewpoint& from, Facts& family);
// The parts of it, a list each: tests and reminders ask for one.
std::vector<WorkRow> ConcernRows(const Viewpoint& from, Facts& family, const People& people);
std::vector<WorkRow> CheckOutRows(const Viewpoint& from, Facts& family);
std::vector<WorkRow> AccessRows(const Viewpoint& from, Facts& family);
std::vector<WorkRow> AtOddsRows(const Viewpoint& from, Facts& family);
std::vector<WorkRow> PlanRows(const Viewpoint& from, Facts& family);
std::vector<WorkRow> ReferralRows(const Viewpoint& from, Facts& family);
std::vector<WorkRow> ClosingRows(const Viewpoint& from, Facts& family, const People& people);
std::vector<WorkRow> DueRows(const Viewpoint& from, Facts& family, const People& people);
std::vector<WorkRow> LateRecordRows(const Viewpoint& from, Facts& family);

// List 10, of what a device knows: caseloads of the families looked at, and what waits for a second
// person in the directory. Whose devices are silent or owe a purge only the server can say.
using Caseload = std::map<Id, uint32_t>;  // open families by their lead
void CountCaseload(const Viewpoint& from, Facts& family, Caseload& caseload);
std::vector<WorkRow> PeopleRows(const Viewpoint& from, const Caseload& caseload);

void SortRows(std::vector<WorkRow>& rows);

// Concerns that are not closed, as list 1 orders them; acknowledged ones last.
std::vector<v1::WorkItem> OpenConcerns(const Viewpoint& from, Facts& family, const People& people);
// The last day of the programme's clock, an extension included; nullopt where there is none.
std::optional<Day> ClockEndsOn(const Viewpoint& from, const v1::Episode& episode);

// Begins a row about a record.
WorkRow RowOf(Facts& family, v1::WorkItem::List list, std::string_view kind, const Record* record);

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_WORKLIST_H_
