// The tables of a device's store, and their version.
#ifndef DOORSTEP_CLIENT_CORE_STORE_SCHEMA_H_
#define DOORSTEP_CLIENT_CORE_STORE_SCHEMA_H_

#include <string>
#include <vector>

namespace doorstep::client {

// PRAGMA user_version. A file of a lower one is copied into a new file and switched; a higher one is
// refused (E_VERSION).
inline constexpr int kStoreVersion = 1;

// The statements that make the tables, as SQLite writes them down: a file whose schema is not
// exactly these was not made by us, and is refused before anything in it can run.
const std::vector<std::string>& StoreSchema();

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_STORE_SCHEMA_H_
