#include "sync-server/service/authenticator.h"

#include <optional>

#include "crypto/certificate.h"
#include "crypto/reason.h"

namespace doorstep::server {

absl::StatusOr<Caller> Authenticate(const SharedDirectory::Place& place,
                                    std::string_view certificate_pem) {
  const absl::StatusOr<PeerCertificate> peer = ParseCertificate(certificate_pem);
  if (!peer.ok() || !peer->device) {
    return MakeStatus(Reason::kAuth, "the certificate is not that of a device");
  }
  const Id device{*peer->device};
  const std::optional<DeviceView> known = place.directory.FindDevice(device, place.at);
  if (known && known->tls_spki != peer->tls_spki) {
    return MakeStatus(Reason::kAuth, "the certificate is of another key than device " +
                                         device.short_hex() + " has");
  }
  return Caller{device};
}

absl::Status CheckAdministrator(const SharedDirectory::Place& place, const Caller& caller) {
  const std::optional<DeviceView> device = place.directory.FindDevice(caller.device, place.at);
  if (!device || !device->counts || !place.directory.StaffActive(device->user, place.at) ||
      !place.directory.HasRole(device->user, v1::ROLE_ADMIN, place.at)) {
    return MakeStatus(Reason::kDenied, "that is for administrators");
  }
  return absl::OkStatus();
}

}  // namespace doorstep::server
