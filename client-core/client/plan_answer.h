// A plan's standing, and what has changed in it since the version that was approved.
#ifndef DOORSTEP_CLIENT_CORE_CLIENT_PLAN_ANSWER_H_
#define DOORSTEP_CLIENT_CORE_CLIENT_PLAN_ANSWER_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "client-core/client/desk.h"
#include "client-core/client/view.h"
#include "doorstep/v1/client.pb.h"

namespace doorstep::client {

// `plan` is a record of `family` that has Approvals. The approved version is found again by folding
// the stored log up to where its digest was the approved one.
absl::StatusOr<v1::PlanAnswer> AnswerPlan(const Desk& desk, Viewer& viewer, const Id& family,
                                          const Id& plan, int64_t now_ms);

// A PlanVersion for each version that a decision names, in the order in which they came about, and
// the present one last. Versions are put together again from the log, and from what waits in the
// outbox.
absl::StatusOr<std::vector<v1::Answer>> ListVersions(const Desk& desk, Viewer& viewer,
                                                     const Id& family, const Id& plan,
                                                     int64_t now_ms);

// Between any two versions that ever stood here. NOT_FOUND also for a digest that none of them has.
absl::StatusOr<v1::PlanDifference> AnswerDifference(const Desk& desk, const Id& family,
                                                    const Id& plan,
                                                    const v1::Query::PlanDifference& query,
                                                    int64_t now_ms);

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_CLIENT_PLAN_ANSWER_H_
