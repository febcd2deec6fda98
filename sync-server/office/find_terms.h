// By which words records are found: the terms of the store's blind index.
//
//   family/SMITH        a family name of somebody            PersonName
//   birth/20190314      a live birth date                    Person
//   upn/… nhs/… nino/… la/…   an identifier, also replaced   PersonIdentifier
//   team/<id>           the team of a family                 Family
//   looked/<id>         a family that was looked at          AccessEvent
//
// No more than that is indexed: two people cannot come to 30 points without an equal identifier, a
// birth date worth points or an equal family name (match.h). Addresses are compared and never
// looked up; nothing RESTRICTED can be, since no server reads it.
#ifndef DOORSTEP_SYNC_SERVER_OFFICE_FIND_TERMS_H_
#define DOORSTEP_SYNC_SERVER_OFFICE_FIND_TERMS_H_

#include <set>
#include <string>

#include "absl/status/status.h"
#include "sync-server/access/find_index.h"
#include "sync-server/office/match.h"
#include "sync-server/store/store.h"

namespace doorstep::server {

// For whoever writes records down. One for the whole program, without state.
const FindIndex& RecordsThatAreFound();

// Under which terms anybody may stand who can reach 30 points against this one.
std::set<std::string> TermsToSearch(const Identity& asked);
std::string TeamTerm(const Id& team);
std::string LookedTerm(const Id& family);

// Indexes every record of a store whose index was made by other rules, or by none; at start, before
// anybody writes. A transaction for each scope.
absl::Status BringIndexUpToDate(Store& store);

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_OFFICE_FIND_TERMS_H_
