// Every kind of Query, answered from what this device holds.
#ifndef DOORSTEP_CLIENT_CORE_CLIENT_QUESTIONS_H_
#define DOORSTEP_CLIENT_CORE_CLIENT_QUESTIONS_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "client-core/client/desk.h"
#include "client-core/client/readers.h"
#include "doorstep/v1/client.pb.h"

namespace doorstep::client {

// All answers at once, at most the query's limit (500). INVALID_ARGUMENT, NOT_FOUND.
absl::StatusOr<std::vector<v1::Answer>> AnswerQuery(const Desk& desk, Readers& readers,
                                                    const v1::Query& query, int64_t now_ms);
absl::StatusOr<std::vector<v1::Answer>> AnswerSearch(const Desk& desk, Readers& readers,
                                                     const v1::SearchRequest& search,
                                                     int64_t now_ms);
// A record of whichever scope a person sees. NOT_FOUND.
absl::StatusOr<v1::RecordView> AnswerGet(const Desk& desk, Readers& readers, uint32_t type,
                                         const Id& id, int64_t now_ms);

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_CLIENT_QUESTIONS_H_
