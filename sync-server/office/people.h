// Who is in a family, as people are compared; and whether somebody there must not be found by
// address.
#ifndef DOORSTEP_SYNC_SERVER_OFFICE_PEOPLE_H_
#define DOORSTEP_SYNC_SERVER_OFFICE_PEOPLE_H_

#include <string>
#include <vector>

#include "model/state.h"
#include "sync-server/office/match.h"

namespace doorstep::server {

struct KnownPerson {
  Id person;
  Identity identity;
};
// Every person of a family with all names, numbers and addresses they ever had, ascending by id.
// Where the address of anyone in it is confidential, nobody's address counts: who lives with whom
// cannot be read here.
std::vector<KnownPerson> PeopleOf(ScopeState& family);

// Somebody's address is marked confidential, or a safe address stands.
bool HasProtectedPerson(ScopeState& family);

// What a screen calls the family: the name in force, or "".
std::string NameOfFamily(ScopeState& family);

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_OFFICE_PEOPLE_H_
