// Entry 1 of a directory, as the ceremony would make it: root, server keys, recovery key, policy,
// teams, and the first people with roles and devices, signed by the root.
#ifndef DOORSTEP_TESTS_SIMULATION_GENESIS_H_
#define DOORSTEP_TESTS_SIMULATION_GENESIS_H_

#include <string_view>

#include "crypto/secret.h"
#include "doorstep/v1/change.pb.h"
#include "doorstep/v1/records.pb.h"
#include "google/protobuf/message.h"
#include "model/changeset.h"
#include "model/record_id.h"

namespace doorstep::simulation {

// A changeset of somebody whose keys no client core holds: the root, a stranger.
struct Pen {
  Id tenant;
  Id device;
  Id actor;
  const Secret& seed;
};
v1::Changeset BlankChangeset(const Pen& pen, const Id& uid, const Id& scope, int64_t now_ms);
Changeset SignWith(const Pen& pen, const v1::Changeset& body);

// A record's fields as they are set, one write for each element.
void PutRecord(v1::Changeset& changeset, uint32_t type, const Id& id,
               const google::protobuf::Message& record);

}  // namespace doorstep::simulation

#endif  // DOORSTEP_TESTS_SIMULATION_GENESIS_H_
