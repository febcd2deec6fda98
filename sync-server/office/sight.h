// What a caller of the office may see of one family. The one place that decides it; everything else
// in the office asks here. Deny by default.
#ifndef DOORSTEP_SYNC_SERVER_OFFICE_SIGHT_H_
#define DOORSTEP_SYNC_SERVER_OFFICE_SIGHT_H_

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "absl/status/statusor.h"
#include "model/authority.h"
#include "sync-server/store/store.h"

namespace doorstep::server {

// Who asks, at one place of the directory.
struct OfficeCaller {
  Id device;
  Id user;
  Letters roles = 0;   // K, S, P, A, U, R, DUTY: of counting roles
  std::set<Id> teams;  // of the counting roles SUPERVISOR
  bool Has(v1::RecordRule::Who who) const { return (roles & LetterBit(who)) != 0; }
};
// nullopt: the device does not count, its person is not ACTIVE, or has no counting role.
std::optional<OfficeCaller> CallerOf(const Directory& directory, uint64_t at, const Id& device);

struct Asking {
  const ReadView& view;
  const Directory& directory;
  uint64_t at;
  int64_t now_ms;
  const OfficeCaller& caller;
};

struct Sight {
  Id team;
  Letters place = 0;        // of open places here
  bool supervises = false;  // a supervisor of the family's team
  bool restricted = false;
};
// Of a family as its state has it. nullopt: unfounded, it bars the caller, or it is restricted and
// the caller has no open place in it. For them it does not exist.
std::optional<Sight> SightOf(const Asking& asking, ScopeState& family);

// Letters of office_readers under which records of a family are shown: P, U and R by an open place
// that their role fits, S by supervising its team or an open place.
Letters ReadersIn(const Sight& sight);

// Families that the caller may have to do with: those with an open place, and those of the teams
// they supervise. It reads the caller's own list whatever is asked about, so that an answer about a
// family that is not there costs no less than one about another's.
absl::StatusOr<std::set<Id>> FamiliesNear(const Asking& asking);

// Staff with an open place of this relation that their role fits, in the order made.
std::vector<Id> HoldersOf(const Asking& asking, ScopeState& family,
                          v1::Assignment::Relation relation);

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_OFFICE_SIGHT_H_
