// Places that a clock ends: a duty worker's own in an emergency, and those of records officers.
//
// A duty worker opens the first kind alone, with no supervisor awake; so every client checks the
// whole of it (it is a place, step 2 of the judge, not a guard), it says why, and it lapses by the
// server's clock. It never opens a restricted family, nor one that bars its holder, and it never
// opens RESTRICTED values (authority.h, RestrictedReaders).
#ifndef DOORSTEP_MODEL_AUTHORITY_EMERGENCY_H_
#define DOORSTEP_MODEL_AUTHORITY_EMERGENCY_H_

#include <cstdint>
#include <string_view>

#include "model/authority.h"

namespace doorstep {

// An own emergency place ends this long after its receipt at the latest, whatever a setting says.
inline constexpr int64_t kEmergencyMsMax = int64_t{8} * 3'600'000;
// A records officer's place.
inline constexpr int64_t kRecordsPlaceMsMax = int64_t{42} * 24 * 3'600'000;

// Whether a changeset is nothing but a new BREAK_GLASS Assignment of its own author.
bool AsksForEmergency(const Changeset& changeset);
// Why such a changeset may not take effect; unspecified: it may. BARRED: the family bars the author
// or is restricted. NOT_ALLOWED: no counting role DUTY, or it asks for RESTRICTED. GUARD: no note,
// or an end that is missing, past, or later than kEmergencyMsMax after `received_ms`.
v1::HeldReason EmergencyGuard(const Directory& directory, uint64_t at, ScopeState& family,
                              const Changeset& changeset, int64_t received_ms);

// Of any change that makes a place which must lapse: BREAK_GLASS and RECORDS end in time, else
// GUARD; no BREAK_GLASS in a restricted family (BARRED).
v1::HeldReason LapseGuard(ScopeState& family, const v1::RecordChange& change, int64_t received_ms);

// What a duty worker writes. `until_ms`: by the server's clock.
v1::RecordChange EmergencyAssignment(const Id& id, const Id& user, std::string_view note,
                                     int32_t today, int64_t until_ms);
// How long an emergency lasts: the setting in force on `today` (EMERGENCY_HOURS, 4 where nobody set
// it), held to 1 to 8 hours. `directory` is the state of the directory scope.
int64_t EmergencyMs(ScopeState& directory, int32_t today);

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_AUTHORITY_EMERGENCY_H_
