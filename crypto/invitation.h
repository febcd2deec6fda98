// An invitation lets a new device and an administrator's device prove themselves to each other by a
// code that a person carries: server address and a secret s of 80 bits. The server learns only the
// handle. Also here: the device number that a second person compares before approving a device.
//
//   code          = address "/" XXXX-XXXX-XXXX-XXXX-C      s in base-32, C its check character
//   handle        = first 8 bytes of H(ST("doorstep/invite/v1", s))
//   k             = H(ST("doorstep/invite-key/v1", s))
//   device mac    = PRF(k, ST("doorstep/invite-device/v1", handle, sign, box, tls_spki), 32)
//   answer mac    = PRF(k, ST("doorstep/invite-answer/v1", tenant, root key, server CA, device),
//   32) device number = first 10 bytes of H(ST("doorstep/device-number/v1", tenant, sign, box,
//   tls_spki))
#ifndef DOORSTEP_CRYPTO_INVITATION_H_
#define DOORSTEP_CRYPTO_INVITATION_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/device_keys.h"
#include "crypto/primitives.h"
#include "crypto/secret.h"

namespace doorstep {

inline constexpr size_t kInvitationSecretBytes = 10;
// A longer text is no code and is refused unread.
inline constexpr size_t kInvitationCodeBytesMax = 512;

struct Invitation {
  // host:port of the sync port, lower case, IPv6 in brackets; enrolment is the port after it.
  std::string server;
  Secret secret;  // s
};

// E_ARG unless `server` is host:port.
absl::StatusOr<Invitation> MakeInvitation(std::string_view server, Random& random);

// The code to be shown, read out or put into a QR code.
Secret FormatInvitation(const Invitation& invitation);

// INVALID_ARGUMENT (E_FORMAT), with words that help who typed it: where it breaks off, which place
// holds a character that no code has, or that the check character does not fit. Case, spaces and
// hyphens do not matter.
absl::StatusOr<Invitation> ParseInvitation(std::string_view code);

using InvitationHandle = Bytes<8>;
InvitationHandle HandleOf(const Secret& secret);
Secret InvitationKey(const Secret& secret);  // k

// What the new device sends, and the administrator's device checks: PERMISSION_DENIED
// (E_INVITATION) for a wrong one, which is worth an alert.
Hash32 InviteDeviceMac(const Secret& key, const InvitationHandle& handle,
                       const DevicePublicKeys& device);
absl::Status CheckInviteDeviceMac(const Secret& key, const InvitationHandle& handle,
                                  const DevicePublicKeys& device, std::string_view mac);

// What the administrator's device answers with, and the new device believes.
struct InviteAnswer {
  Hash16 tenant{};
  PublicKey root{};
  std::string server_ca;  // the CA certificate, bytes as answered
  Hash16 device{};        // the id given to the new device
};
Hash32 InviteAnswerMac(const Secret& key, const InviteAnswer& answer);
// PERMISSION_DENIED (E_TRUST) for a wrong one: keep nothing of the answer.
absl::Status CheckInviteAnswerMac(const Secret& key, const InviteAnswer& answer,
                                  std::string_view mac);

using DeviceNumber = Bytes<10>;
DeviceNumber DeviceNumberOf(const Hash16& tenant, const DevicePublicKeys& device);
// XXXX-XXXX-XXXX-XXXX.
std::string FormatDeviceNumber(const DeviceNumber& number);
absl::StatusOr<DeviceNumber> ParseDeviceNumber(std::string_view text);
// OK if the typed number is this device's; E_FORMAT if it is no number, PERMISSION_DENIED (E_TRUST)
// if it is another's: no approval is made.
absl::Status CheckDeviceNumber(std::string_view typed, const Hash16& tenant,
                               const DevicePublicKeys& device);

}  // namespace doorstep

#endif  // DOORSTEP_CRYPTO_INVITATION_H_
