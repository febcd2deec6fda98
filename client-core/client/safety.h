// How safe this person's words are, one by one; and what others have written meanwhile.
#ifndef DOORSTEP_CLIENT_CORE_CLIENT_SAFETY_H_
#define DOORSTEP_CLIENT_CORE_CLIENT_SAFETY_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "client-core/client/desk.h"
#include "client-core/client/readers.h"
#include "doorstep/v1/client.pb.h"
#include "model/calendar.h"

namespace doorstep::client {

// SafetyCounts, then an UnsafeLine for each record of this person's changesets that is not archived
// (where the office keeps no archive: that it has not received), oldest first.
absl::StatusOr<std::vector<v1::Answer>> AnswerNotYetSafe(const Desk& desk, Readers& readers,
                                                         int64_t now_ms);

// A ChangedLine for each record that somebody else wrote and the office received since then, latest
// first. `since_ms` 0: since the morning of the last working day.
absl::StatusOr<std::vector<v1::Answer>> AnswerChanged(const Desk& desk, Readers& readers,
                                                      const v1::Query::Changed& query,
                                                      const BankHolidays& holidays, int64_t now_ms);

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_CLIENT_SAFETY_H_
