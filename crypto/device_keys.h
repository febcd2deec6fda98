// The keys of one device while it is unlocked. They are made once, live in its vault, and never
// change: who enrols again is a new device. Destroying a DeviceKeys wipes all of them, which is
// what locking does.
#ifndef DOORSTEP_CRYPTO_DEVICE_KEYS_H_
#define DOORSTEP_CRYPTO_DEVICE_KEYS_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/primitives.h"
#include "crypto/secret.h"

namespace doorstep {

// What others know of a device: the Device record holds exactly these.
struct DevicePublicKeys {
  PublicKey sign{};   // Ed25519
  PublicKey box{};    // X25519
  Hash32 tls_spki{};  // H of the DER SubjectPublicKeyInfo of the TLS key
};

class DeviceKeys {
 public:
  // What a vault stores.
  struct Parts {
    Secret database_key;        // 32 bytes, SQLCipher's raw key
    Bytes<16> database_salt{};  // SQLCipher's salt: known even if the first page is lost
    Secret sign_seed;           // 32 bytes
    Secret box_seed;            // 32 bytes
    Secret tls_key_pem;         // P-256, PKCS#8
  };

  // INTERNAL (E_INTERNAL) only if OpenSSL cannot make a key.
  static absl::StatusOr<DeviceKeys> Make(Random& random);

  // INVALID_ARGUMENT (E_FORMAT) when a part has an impossible size or is no P-256 key.
  static absl::StatusOr<DeviceKeys> FromParts(Parts parts);

  const DevicePublicKeys& public_keys() const { return public_keys_; }

  Signature Sign(std::string_view message) const {
    return doorstep::Sign(parts_.sign_seed, message);
  }
  // As BoxOpen of primitives.h.
  absl::StatusOr<Secret> OpenBox(std::string_view sealed) const {
    return BoxOpen(parts_.box_seed, sealed);
  }

  // For the vault, the store, TLS and the opening of wraps; good as long as this object.
  const Parts& parts() const { return parts_; }

 private:
  DeviceKeys(Parts parts, const DevicePublicKeys& public_keys);

  Parts parts_;
  DevicePublicKeys public_keys_;
};

}  // namespace doorstep

#endif  // DOORSTEP_CRYPTO_DEVICE_KEYS_H_
