// Who looked: what devices recorded in their journals and what the office told; and the ends of all
// logs, for auditors.
#ifndef DOORSTEP_SYNC_SERVER_OFFICE_LOOKED_H_
#define DOORSTEP_SYNC_SERVER_OFFICE_LOOKED_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "doorstep/v1/office.pb.h"
#include "sync-server/office/sight.h"

namespace doorstep::server {

// Rows in order of time as it was claimed. Of a family that bars the caller, none: as of one that
// nobody looked at. False, here and below: `after` is not what an answer gave.
absl::StatusOr<bool> WhoLooked(const Asking& asking, const Id& family, std::string_view after,
                               v1::OfficeAnswer& answer);
// The records of one device's journal that `office_readers` names the caller's role for.
absl::StatusOr<bool> ShowJournal(const Asking& asking, const Id& device, std::string_view after,
                                 v1::OfficeAnswer& answer);
absl::StatusOr<bool> ListHeads(const Asking& asking, std::string_view after,
                               v1::OfficeAnswer& answer);

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_OFFICE_LOOKED_H_
