// A vault file. Whatever is read is damaged, another's, or opens to the same keys; a hash that was
// put right by an attacker costs no derivation outside the bounds.
#include "crypto/vault.h"
#include "tests/fuzz/target.h"

namespace doorstep::fuzz {
namespace {

const VaultOwner kOwner{Hash16{1}, Hash16{2}};
const ArgonBounds kBounds{1, 2, 8 << 10, 64 << 10};
constexpr ArgonCost kCost{1, 8 << 10};

Secret DeviceSecret() { return Secret::FromBytes(std::string(kDeviceSecretBytes, 's')); }

}  // namespace

std::vector<std::string> Seeds() {
  CountingRandom random(1);
  absl::StatusOr<DeviceKeys> keys = DeviceKeys::Make(random);
  Require(keys.ok(), "no keys");
  auto vault = SealVault(kOwner, kCost, kBounds, *keys, DeviceSecret(), "a passphrase", random);
  Require(vault.ok(), "no vault");
  return {*vault};
}

}  // namespace doorstep::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace doorstep;
  using namespace doorstep::fuzz;
  std::string vault(Input(data, size));
  Secret secret = DeviceSecret();
  bool whole = OpenVault(vault, kOwner, kBounds, secret, "a passphrase").ok();
  Require(!whole || CheckVault(vault, kOwner, kBounds).ok(), "opened what does not check");
  // The same with its hash put right: what a thief of the file could write.
  if (vault.size() > 32) {
    vault.resize(vault.size() - 32);
    vault += View(H(vault));
    bool opened = OpenVault(vault, kOwner, kBounds, secret, "a passphrase").ok();
    Require(opened == whole || !whole, "a hash changed the keys");
  }
  return 0;
}
