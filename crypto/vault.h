// The vault: the keys of one device at rest, under PIN *and* device secret. Pure functions on
// bytes; vault_file.h reads and replaces the file.
//
//   vault  = header | nonce 24 | sealed | H of all before
//   header = u32 version 1 | tenant 16 | device 16 | u64 passes | u64 memory bytes | salt 16
//   sealed = XChaCha20-Poly1305(KEK, nonce, AAD = header, keys)
//   keys   = database key 32 | database salt 16 | sign seed 32 | box seed 32 | LP(TLS key as PEM)
//   KEK    = PRF(device secret, ST("doorstep/vault/v1", Argon2id(PIN), tenant, device), 32)
//
// The device secret (32 bytes) lives in the platform's key store and is destroyed to wipe a device.
// The trailing hash tells a damaged file from a wrong PIN, so that damage costs no try.
#ifndef DOORSTEP_CRYPTO_VAULT_H_
#define DOORSTEP_CRYPTO_VAULT_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/argon_cost.h"
#include "crypto/bytes.h"
#include "crypto/device_keys.h"
#include "crypto/primitives.h"
#include "crypto/secret.h"

namespace doorstep {

inline constexpr uint32_t kVaultVersion = 1;
inline constexpr size_t kDeviceSecretBytes = 32;
// Ten times what a vault has; a larger file is none.
inline constexpr size_t kVaultBytesMax = 8 * 1024;

struct VaultOwner {
  Hash16 tenant{};
  Hash16 device{};
  bool operator==(const VaultOwner&) const = default;
};

// New salt and nonce each time. E_FORMAT: cost outside bounds. E_KEYSTORE: the device secret is not
// 32 bytes. E_ARG, E_LIMIT: PIN empty or too long. E_NOMEM: not enough memory for this cost.
absl::StatusOr<std::string> SealVault(const VaultOwner& owner, ArgonCost cost,
                                      const ArgonBounds& bounds, const DeviceKeys& keys,
                                      const Secret& device_secret, std::string_view pin,
                                      Random& random);

// Whose vault it is, without a PIN: DATA_LOSS (E_INTEGRITY) if damaged, UNIMPLEMENTED (E_VERSION)
// if of another version.
absl::StatusOr<VaultOwner> ReadVaultOwner(std::string_view vault);

// Everything that can be refused without the PIN, in this order: damaged E_INTEGRITY, other version
// E_VERSION, another tenant's or device's E_KEY, cost out of bounds E_FORMAT. Call it before a try
// is counted.
absl::Status CheckVault(std::string_view vault, const VaultOwner& owner, const ArgonBounds& bounds);

// As CheckVault, and then: E_KEYSTORE, E_ARG, E_LIMIT as SealVault; E_NOMEM, which is no wrong PIN;
// UNAUTHENTICATED (E_AUTH): wrong PIN or another device secret. Only E_AUTH is a try.
absl::StatusOr<DeviceKeys> OpenVault(std::string_view vault, const VaultOwner& owner,
                                     const ArgonBounds& bounds, const Secret& device_secret,
                                     std::string_view pin);

// KEK of the grammar above, `pin_hash` being the 32 bytes of Argon2id(PIN).
Secret VaultKey(const Secret& device_secret, const Secret& pin_hash, const VaultOwner& owner);

}  // namespace doorstep

#endif  // DOORSTEP_CRYPTO_VAULT_H_
