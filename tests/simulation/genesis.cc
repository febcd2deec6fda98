#include "tests/simulation/genesis.h"

#include <cassert>
#include <string>

#include "model/limits.h"
#include "tests/simulation/schema_facts.h"

namespace doorstep::simulation {

v1::Changeset BlankChangeset(const Pen& pen, const Id& uid, const Id& scope, int64_t now_ms) {
  v1::Changeset changeset;
  changeset.set_uid(uid.str());
  changeset.set_scope(scope.str());
  changeset.set_device(pen.device.str());
  changeset.set_actor(pen.actor.str());
  changeset.set_schema(kSchema);
  changeset.mutable_clock()->set_wall_ms(now_ms);
  return changeset;
}

Changeset SignWith(const Pen& pen, const v1::Changeset& body) {
  absl::StatusOr<Changeset> signed_changeset = AuthorChangeset(pen.tenant, body, pen.seed);
  assert(signed_changeset.ok());
  return *std::move(signed_changeset);
}

void PutRecord(v1::Changeset& changeset, uint32_t type, const Id& id,
               const google::protobuf::Message& record) {
  v1::RecordChange& change = *changeset.add_changes();
  change.set_type(type);
  change.set_id(id.str());
  for (const auto& [field, element] : ElementsIn(record.SerializeAsString())) {
    v1::FieldWrite& write = *change.add_writes();
    write.set_field(field);
    write.set_value(element);
  }
}

}  // namespace doorstep::simulation
