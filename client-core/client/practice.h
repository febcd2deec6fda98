// What people look at: family page, worklist, today, plan page. Computed by model/ from what this
// device shows of its families; here the device adds what only it knows (receipt, sealed values it
// may open, names of families).
#ifndef DOORSTEP_CLIENT_CORE_CLIENT_PRACTICE_H_
#define DOORSTEP_CLIENT_CORE_CLIENT_PRACTICE_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "client-core/client/desk.h"
#include "client-core/client/readers.h"
#include "doorstep/v1/client.pb.h"
#include "model/calendar.h"

namespace doorstep::client {

// The kinds family_page, worklist, today and plan_page of a Query, all answers. NOT_FOUND for a
// family or plan that is not here.
absl::StatusOr<std::vector<v1::Answer>> AnswerPractice(const Desk& desk, Readers& readers,
                                                       const v1::Query& query, int64_t now_ms);

// As the directory holds them.
BankHolidays BankHolidaysOf(const Desk& desk, int64_t now_ms);
// This device's clock, corrected by what was measured at the last contact.
int64_t OfficeTimeMs(const Desk& desk, int64_t now_ms);

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_CLIENT_PRACTICE_H_
