// What every implementation of sync-server/store/store.h must do.
#ifndef DOORSTEP_TESTS_CONFORMANCE_STORE_SUITE_H_
#define DOORSTEP_TESTS_CONFORMANCE_STORE_SUITE_H_

#include "sync-server/store/store.h"

namespace doorstep::server {

// Of an empty store: one thing after the other.
void CheckStore(Store& store);
// Of an empty store with connections: views beside a transaction and beside each other.
void CheckStoreViews(Store& store);

}  // namespace doorstep::server

#endif  // DOORSTEP_TESTS_CONFORMANCE_STORE_SUITE_H_
