#include "model/today.h"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <utility>

#include "model/people.h"
#include "model/plan_page.h"
#include "model/story.h"
#include "model/story_events.h"
#include "model/worklist.h"

namespace doorstep {
namespace {

constexpr Day kSoonDays = 7;

bool IsTheirs(const Viewpoint& from, const v1::Visit& visit) {
  const auto& co_workers = visit.co_workers();
  return visit.worker() == from.user.view() ||
         std::find(co_workers.begin(), co_workers.end(), from.user.view()) != co_workers.end();
}

}  // namespace

DayInFamily DayOfFamily(const Viewpoint& from, Facts& family) {
  DayInFamily day;
  const People people(family, from.today());
  const Places places = PlacesFor(from, family, people);
  for (const Fact<v1::Visit>& visit : family.All<v1::Visit>()) {
    const bool cancelled = visit.in.state() == v1::Visit::STATE_CANCELLED;
    const bool today = LondonDay(VisitTimeMs(visit.in)) == from.today();
    const bool inside = visit.in.state() == v1::Visit::STATE_UNDER_WAY;
    if (cancelled || !IsTheirs(from, visit.in) || (!today && !inside)) continue;
    v1::VisitLine& line = day.visits.emplace_back(VisitLineOf(from, family, people, visit, places));
    line.clear_account();
    for (v1::AlertLine& alert : AlertsOf(from, family, people)) {
      *line.add_alerts() = std::move(alert);
    }
  }
  for (const Fact<v1::Plan>& plan : family.All<v1::Plan>()) {
    if (plan.in.state() == v1::Plan::STATE_CLOSED) continue;
    for (const OpenAction& open : OpenActionsOf(family, plan.id())) {
      const v1::Action& action = open.action->in;
      const bool mine = action.owner() == v1::Action::OWNER_WORKER &&
                        action.owner_staff() == from.user.view() && action.has_due_on();
      if (!mine || action.due_on() > from.today() + kSoonDays) continue;
      day.actions.push_back(ActionLineOf(from, family, people, *open.action));
    }
  }
  for (v1::WorkItem& item : OpenConcerns(from, family, people)) {
    const Fact<v1::Concern>* concern = family.Find<v1::Concern>(item.record().id());
    const bool mine = concern != nullptr && concern->made_by() == from.user &&
                      concern->in.state() == v1::Concern::STATE_RAISED;
    if (!mine) continue;
    const bool received = from.receipts.ReceivedMs(concern->made_seq()) != 0;
    item.add_flags(received ? "not_acknowledged" : "not_received");
    item.set_next(received ? "Ring your supervisor: nobody has acknowledged it."
                           : "Ring the hub: the office does not have this yet.");
    day.concerns.push_back(std::move(item));
  }
  return day;
}

void SortDay(v1::TodayPage& page) {
  std::stable_sort(page.mutable_visits()->begin(), page.mutable_visits()->end(),
                   [](const v1::VisitLine& a, const v1::VisitLine& b) {
                     return std::tuple(a.at_ms(), std::string_view(a.id())) <
                            std::tuple(b.at_ms(), std::string_view(b.id()));
                   });
  std::stable_sort(page.mutable_actions()->begin(), page.mutable_actions()->end(),
                   [](const v1::ActionLine& a, const v1::ActionLine& b) {
                     return std::tuple(-a.days_over(), std::string_view(a.id())) <
                            std::tuple(-b.days_over(), std::string_view(b.id()));
                   });
}

}  // namespace doorstep
