#include "client-core/client/pin_guard.h"

#include <algorithm>
#include <utility>

#include "crypto/pin.h"
#include "crypto/reason.h"

namespace doorstep::client {
namespace {

constexpr char kVault[] = "vault";

// Names in the key store carry the vault's own number: another device's vault finds no secret.
std::string SecretName(const VaultOwner& owner) { return "secret-" + ToHex(View(owner.device)); }
std::string TriesName(const VaultOwner& owner) { return "tries-" + ToHex(View(owner.device)); }

absl::Status KeyStoreStatusOf(KeyStoreStatus status) {
  switch (status) {
    case KeyStoreStatus::kOk:
      return absl::OkStatus();
    case KeyStoreStatus::kNotFound:
      return MakeStatus(Reason::kKey, "the key store has no secret for this vault");
    case KeyStoreStatus::kLocked:
    case KeyStoreStatus::kAuthCancelled:
    case KeyStoreStatus::kInvalidated:
    case KeyStoreStatus::kOther:
      return MakeStatus(Reason::kKeyStore, "the key store gave no secret");
  }
  return MakeStatus(Reason::kKeyStore, "the key store gave no secret");
}

}  // namespace

PinGuard::PinGuard(const Options& options, const Host& host, Cabinet& cabinet)
    : options_(options),
      host_(host),
      cabinet_(cabinet),
      bounds_(options.argon_bounds),
      last_try_ms_(host.clock.MonotonicMs()) {
  if (options.client.argon_passes() == 0) return;
  bounds_.memory_bytes_min =
      std::min<uint64_t>(bounds_.memory_bytes_min, options.client.argon_memory_bytes());
}

absl::StatusOr<bool> PinGuard::HasVault() const {
  absl::StatusOr<std::optional<std::string>> vault = cabinet_.Read(kVault);
  if (!vault.ok()) return vault.status();
  return vault->has_value();
}

absl::StatusOr<Secret> PinGuard::Ask(const std::string& name) const {
  Secret secret;
  absl::Status got = KeyStoreStatusOf(host_.key_store.Get(name, secret));
  if (!got.ok()) return got;
  return secret;
}

absl::Status PinGuard::CheckNew(std::string_view pin) const {
  return CheckNewPin(pin, host_.key_store.IsFile() ? PinKind::kPassphrase : PinKind::kPin);
}

absl::StatusOr<ArgonCost> PinGuard::Cost() const {
  const v1::ClientOptions& asked = options_.client;
  if (asked.argon_passes() > 0) return ArgonCost{asked.argon_passes(), asked.argon_memory_bytes()};
  return CalibrateArgon(bounds_, kArgonTargetMs, [this] { return host_.clock.MonotonicMs(); });
}

absl::StatusOr<DeviceKeys> PinGuard::Make(std::string_view pin) {
  absl::Status may = CheckNew(pin);
  if (!may.ok()) return may;
  absl::StatusOr<ArgonCost> cost = Cost();
  if (!cost.ok()) return cost.status();
  absl::StatusOr<DeviceKeys> keys = DeviceKeys::Make(host_.random);
  if (!keys.ok()) return keys.status();
  VaultOwner owner;
  owner.device = host_.random.Make<16>();
  Secret there;
  KeyStoreStatus found = host_.key_store.Get(SecretName(owner), there);
  if (found != KeyStoreStatus::kNotFound) {
    return MakeStatus(Reason::kKeyStore, "the key store does not say that it has nothing");
  }
  Secret device_secret = host_.random.MakeSecret(kDeviceSecretBytes);
  absl::StatusOr<std::string> vault =
      SealVault(owner, *cost, bounds_, *keys, device_secret, pin, host_.random);
  if (!vault.ok()) return vault.status();
  absl::Status put = KeyStoreStatusOf(host_.key_store.Put(SecretName(owner), device_secret));
  if (put.ok()) put = CountTries(owner, 0);
  if (put.ok()) put = cabinet_.Replace(kVault, *vault);
  if (!put.ok()) return put;
  return keys;
}

absl::StatusOr<PinGuard::Found> PinGuard::Find() const {
  absl::StatusOr<std::optional<std::string>> vault = cabinet_.Read(kVault);
  if (!vault.ok()) return vault.status();
  if (!*vault) return MakeStatus(Reason::kState, "no keys yet: set a PIN");
  absl::StatusOr<VaultOwner> owner = ReadVaultOwner(**vault);
  if (!owner.ok()) return owner.status();
  absl::Status sound = CheckVault(**vault, *owner, bounds_);
  if (!sound.ok()) return sound;
  absl::StatusOr<Secret> secret = Ask(SecretName(*owner));
  if (!secret.ok()) return secret.status();
  return Found{**std::move(vault), *owner, *std::move(secret)};
}

absl::StatusOr<uint32_t> PinGuard::Tries(const VaultOwner& owner) const {
  absl::StatusOr<Secret> counted = Ask(TriesName(owner));
  if (!counted.ok()) return counted.status();
  if (counted->size() != 4) return MakeStatus(Reason::kKeyStore, "the count of tries is damaged");
  uint32_t tries = 0;
  for (size_t i = 4; i-- > 0;) tries = tries << 8 | static_cast<uint8_t>(counted->view()[i]);
  return tries;
}

absl::Status PinGuard::CountTries(const VaultOwner& owner, uint32_t tries) {
  std::string bytes;
  AppendU32(bytes, tries);
  return KeyStoreStatusOf(host_.key_store.Put(TriesName(owner), Secret::FromBytes(bytes)));
}

absl::StatusOr<DeviceKeys> PinGuard::OpenFound(const Found& found, std::string_view pin) {
  absl::StatusOr<uint32_t> tries = Tries(found.owner);
  if (!tries.ok()) return tries.status();
  int64_t now = host_.clock.MonotonicMs();
  if (*tries >= kFreeTries) {
    uint32_t steps = std::min(*tries - kFreeTries, 9u);
    int64_t wait = std::min<int64_t>(kPinWaitMaxMs, int64_t{1000} << steps);
    if (now - last_try_ms_ < wait) return MakeStatus(Reason::kBusy, "wait before the next try");
  }
  last_try_ms_ = now;
  absl::Status counted = CountTries(found.owner, *tries + 1);
  if (!counted.ok()) return counted;
  absl::StatusOr<DeviceKeys> keys =
      OpenVault(found.vault, found.owner, bounds_, found.device_secret, pin);
  bool was_a_try = ReasonOf(keys.status()) == Reason::kAuth;
  absl::Status set_back =
      was_a_try ? absl::OkStatus() : CountTries(found.owner, keys.ok() ? 0 : *tries);
  if (keys.ok() && !set_back.ok()) return set_back;
  return keys;
}

absl::StatusOr<DeviceKeys> PinGuard::Open(std::string_view pin) {
  absl::StatusOr<Found> found = Find();
  if (!found.ok()) return found.status();
  return OpenFound(*found, pin);
}

absl::Status PinGuard::Change(std::string_view old_pin, std::string_view new_pin) {
  absl::Status may = CheckNew(new_pin);
  if (!may.ok()) return may;
  absl::StatusOr<Found> found = Find();
  if (!found.ok()) return found.status();
  absl::StatusOr<DeviceKeys> keys = OpenFound(*found, old_pin);
  if (!keys.ok()) return keys.status();
  absl::StatusOr<ArgonCost> cost = Cost();
  if (!cost.ok()) return cost.status();
  absl::StatusOr<std::string> vault =
      SealVault(found->owner, *cost, bounds_, *keys, found->device_secret, new_pin, host_.random);
  if (!vault.ok()) return vault.status();
  return cabinet_.Replace(kVault, *vault);
}

}  // namespace doorstep::client
