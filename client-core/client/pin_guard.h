// The vault behind its PIN: made, opened, sealed anew under another PIN. Tries are counted in the
// key store before each derivation, so that a kill forgets none, and each costs a longer wait.
#ifndef DOORSTEP_CLIENT_CORE_CLIENT_PIN_GUARD_H_
#define DOORSTEP_CLIENT_CORE_CLIENT_PIN_GUARD_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client-core/client/cabinet.h"
#include "client-core/client/client.h"
#include "crypto/argon_cost.h"
#include "crypto/device_keys.h"
#include "crypto/vault.h"

namespace doorstep::client {

// Wrong PINs that cost no wait.
inline constexpr uint32_t kFreeTries = 3;
inline constexpr int64_t kPinWaitMaxMs = 5 * 60 * 1000;

class PinGuard {
 public:
  PinGuard(const Options& options, const Host& host, Cabinet& cabinet);

  // Whether a vault is there. Errors of reading it.
  absl::StatusOr<bool> HasVault() const;
  // Makes keys and vault; nothing is made unless the key store says for certain that it has
  // nothing.
  absl::StatusOr<DeviceKeys> Make(std::string_view pin);
  // UNAUTHENTICATED (E_AUTH): wrong PIN; UNAVAILABLE (E_BUSY): too soon after one; E_KEYSTORE,
  // E_KEY, E_INTEGRITY and so on cost no try.
  absl::StatusOr<DeviceKeys> Open(std::string_view pin);
  absl::Status Change(std::string_view old_pin, std::string_view new_pin);

 private:
  struct Found {
    std::string vault;
    VaultOwner owner;
    Secret device_secret;
  };
  absl::StatusOr<Found> Find() const;
  absl::StatusOr<Secret> Ask(const std::string& name) const;
  absl::StatusOr<uint32_t> Tries(const VaultOwner& owner) const;
  absl::Status CountTries(const VaultOwner& owner, uint32_t tries);
  absl::Status CheckNew(std::string_view pin) const;
  absl::StatusOr<ArgonCost> Cost() const;
  absl::StatusOr<DeviceKeys> OpenFound(const Found& found, std::string_view pin);

  const Options& options_;
  const Host& host_;
  Cabinet& cabinet_;
  ArgonBounds bounds_;
  int64_t last_try_ms_;  // monotonic; of the start, until there is one
};

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_CLIENT_PIN_GUARD_H_
