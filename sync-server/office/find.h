// Is this family known? Searches by a person's facts, families of a team, and known families: who
// else the people of a new family may be.
#ifndef DOORSTEP_SYNC_SERVER_OFFICE_FIND_H_
#define DOORSTEP_SYNC_SERVER_OFFICE_FIND_H_

#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "doorstep/v1/office.pb.h"
#include "sync-server/office/match.h"
#include "sync-server/office/sight.h"

namespace doorstep::server {

// Families that an answer speaks of: whom the caller was told about.
using ToldAbout = std::set<Id>;

// What a person typed, as it is compared. False: too long, no date, or nothing to search by (a
// family name, a birth date or an identifier).
[[nodiscard]] bool ReadSearch(const v1::OfficeRequest::Find& find, Identity& asked);
// Thresholds in force: settings MATCH_LIKELY and MATCH_POSSIBLE.
absl::StatusOr<Thresholds> ThresholdsNow(const Asking& asking);

// Hits, best first: POSSIBLE and better, and whoever nothing differs from where at least the whole
// name, the birth date or an identifier is equal. At most kHitsMax.
absl::Status FindFamilies(const Asking& asking, const Identity& asked, v1::OfficeAnswer& answer,
                          ToldAbout& told);
// The one family of this id, if the caller may be told who it is. No hit otherwise.
absl::Status FindById(const Asking& asking, const Id& family, v1::OfficeAnswer& answer,
                      ToldAbout& told);
// `after`: the family that the answer before ended with. False: it is none.
absl::StatusOr<bool> ListTeam(const Asking& asking, std::string_view after,
                              v1::OfficeAnswer& answer, ToldAbout& told);
// False: the caller has nothing to do with this family, as far as they may know.
absl::StatusOr<bool> FindKnown(const Asking& asking, const Id& family, v1::OfficeAnswer& answer,
                               ToldAbout& told);

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_OFFICE_FIND_H_
