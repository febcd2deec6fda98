// The tables of a device's store, and their version.
#ifndef DOORSTEP_CLIENT_CORE_STORE_SCHEMA_H_
#define DOORSTEP_CLIENT_CORE_STORE_SCHEMA_H_

#include "client-core/store/database.h"

namespace doorstep::client {

// Schema::version. A file of a lower one is to be copied into a new file and switched; a higher one
// is refused (E_VERSION).
inline constexpr int kStoreVersion = 1;

const Schema& StoreSchema();

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_STORE_SCHEMA_H_
