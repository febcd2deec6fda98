// From the certificate that a peer proved in its handshake to the device that it is. The TLS layer
// has checked that our CA issued it and that it is in time; here it is held against the directory.
#ifndef DOORSTEP_SYNC_SERVER_SERVICE_AUTHENTICATOR_H_
#define DOORSTEP_SYNC_SERVER_SERVICE_AUTHENTICATOR_H_

#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sync-server/access/directory_log.h"

namespace doorstep::server {

struct Caller {
  Id device;
};

// The device that the certificate names. One that the directory does not know (yet, or since a
// restore) is a caller all the same: what it may do is little, and feed and ingest say what.
// UNAUTHENTICATED (E_AUTH): no certificate, one that names no device, or one of another TLS key
// than the directory has for that device.
absl::StatusOr<Caller> Authenticate(const SharedDirectory::Place& place,
                                    std::string_view certificate_pem);

// OK for a counting device of a person who is an administrator at this place of the directory.
// PERMISSION_DENIED (E_DENIED).
absl::Status CheckAdministrator(const SharedDirectory::Place& place, const Caller& caller);

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_SERVICE_AUTHENTICATOR_H_
