// What programmes say: the rule-sets one can be judged by, and what an episode's says today.
#ifndef DOORSTEP_CLIENT_CORE_CLIENT_PROGRAMME_ANSWER_H_
#define DOORSTEP_CLIENT_CORE_CLIENT_PROGRAMME_ANSWER_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "client-core/client/desk.h"
#include "client-core/client/view.h"
#include "doorstep/v1/client.pb.h"

namespace doorstep::client {

absl::StatusOr<std::vector<v1::ProgrammeLine>> AnswerProgrammes(const Desk& desk, Viewer& viewer,
                                                                int64_t now_ms);
// One answer for each episode of the family asked about that is not cancelled; of one whose
// rule-set is not here only which it pins. `family` is a scope that a person may see.
// INVALID_ARGUMENT (the day), NOT_FOUND (the episode).
absl::StatusOr<std::vector<v1::ProgrammeAnswer>> AnswerProgramme(const Desk& desk, const Id& family,
                                                                 const v1::Query::Programme& query,
                                                                 int64_t now_ms);

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_CLIENT_PROGRAMME_ANSWER_H_
