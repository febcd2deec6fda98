// A plan as people make it: needs, goals and actions with how they go, the family's own words, who
// agreed to which version, and what has been decided.
#ifndef DOORSTEP_MODEL_PLAN_PAGE_H_
#define DOORSTEP_MODEL_PLAN_PAGE_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "doorstep/v1/client.pb.h"
#include "model/facts.h"
#include "model/people.h"
#include "model/plan_approval.h"
#include "model/viewpoint.h"

namespace doorstep {

// "CHANGED_SINCE_APPROVAL".
std::string_view PlanStatusName(PlanStatus status);

std::string DecisionName(const ApprovalView& approval);  // "FAMILY_AGREED"

// The episode a family works in: the first ACTIVE one, else the first PENDING, else the last
// CLOSED. nullptr: none.
const Fact<v1::Episode>* PresentEpisode(Facts& family);
// The OPEN plan of an episode that was made first, else the last CLOSED one. nullptr: none.
const Fact<v1::Plan>* PlanOf(Facts& family, const Id& episode);
// More than one is OPEN.
bool HasSecondOpenPlan(Facts& family, const Id& episode);

// Goals of a plan that are worked to, and the actions of these that are; in the order made.
struct OpenAction {
  const Fact<v1::Goal>* goal = nullptr;
  const Fact<v1::Action>* action = nullptr;
  v1::ActionProgress::State progress = v1::ActionProgress::STATE_NOT_STARTED;
};
// Those neither DONE nor NOT_DONE.
std::vector<OpenAction> OpenActionsOf(Facts& family, const Id& plan);
bool HasOwner(const v1::Action& action);
bool HasMeasure(const v1::Goal& goal);

v1::ActionLine ActionLineOf(const Viewpoint& from, Facts& family, const People& people,
                            const Fact<v1::Action>& action);
// Needs of the plan's episode, and others that its goals name.
std::vector<v1::NeedLine> NeedLinesOf(Facts& family, const People& people, const Id& episode,
                                      const Id& plan);
v1::DecisionLine DecisionLineOf(const Viewpoint& from, Facts& family, const People& people,
                                const Fact<v1::Approval>& approval, const Hash32& present);

// Everything of the page but the safety plan, which is sealed.
v1::PlanPage PlanPageOf(const Viewpoint& from, Facts& family, const People& people,
                        const Fact<v1::Plan>& plan);

// The same of the plan with this id; nullopt: it is not in this family.
std::optional<v1::PlanPage> FindPlanPage(const Viewpoint& from, Facts& family, const Id& plan);

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_PLAN_PAGE_H_
