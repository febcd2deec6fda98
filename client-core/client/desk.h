// What every subject of the client works on while it is unlocked.
#ifndef DOORSTEP_CLIENT_CORE_CLIENT_DESK_H_
#define DOORSTEP_CLIENT_CORE_CLIENT_DESK_H_

#include "client-core/store/store.h"
#include "client-core/sync/page_check.h"
#include "crypto/device_keys.h"
#include "crypto/primitives.h"
#include "model/authority.h"
#include "model/catalog.h"
#include "model/identifiers.h"
#include "model/record_id.h"

namespace doorstep::client {

// References of one unlocking; nothing here outlives it.
struct Desk {
  Store& store;
  const DeviceKeys& keys;
  Random& random;
  Verifier& verifier;
  Id user;
  Samples samples = Samples::kRefused;  // whether identifiers of made-up people are taken

  const Catalog& catalog() const { return store.catalog(); }
  const Directory& directory() const { return store.directory(); }
  const Id& tenant() const { return store.identity().tenant; }
  const Id& device() const { return store.identity().device; }
  bool IsFamily(const Id& scope) const { return scope != tenant() && scope != device(); }
};

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_CLIENT_DESK_H_
