#include "crypto/device_keys.h"

#include <utility>

#include "crypto/certificate.h"
#include "crypto/reason.h"

namespace doorstep {
namespace {

constexpr size_t kKeyBytes = 32;

}  // namespace

DeviceKeys::DeviceKeys(Parts parts, const DevicePublicKeys& public_keys)
    : parts_(std::move(parts)), public_keys_(public_keys) {}

absl::StatusOr<DeviceKeys> DeviceKeys::Make(Random& random) {
  absl::StatusOr<Secret> tls_key_pem = MakeTlsKey(random);
  if (!tls_key_pem.ok()) return tls_key_pem.status();
  Parts parts;
  parts.database_key = random.MakeSecret(kKeyBytes);
  parts.database_salt = random.Make<16>();
  parts.sign_seed = random.MakeSecret(kKeyBytes);
  parts.box_seed = random.MakeSecret(kKeyBytes);
  parts.tls_key_pem = *std::move(tls_key_pem);
  return FromParts(std::move(parts));
}

absl::StatusOr<DeviceKeys> DeviceKeys::FromParts(Parts parts) {
  if (parts.database_key.size() != kKeyBytes || parts.sign_seed.size() != kKeyBytes ||
      parts.box_seed.size() != kKeyBytes) {
    return MakeStatus(Reason::kFormat, "a device key has the wrong size");
  }
  const absl::StatusOr<Hash32> tls_spki = TlsSpkiOfKey(parts.tls_key_pem);
  if (!tls_spki.ok()) return tls_spki.status();
  const DevicePublicKeys public_keys{SignPublicKey(parts.sign_seed), BoxPublicKey(parts.box_seed),
                                     *tls_spki};
  return DeviceKeys(std::move(parts), public_keys);
}

}  // namespace doorstep
