#include "crypto/vault.h"

#include <cassert>
#include <cstring>
#include <utility>

#include "crypto/pin.h"
#include "crypto/reason.h"

namespace doorstep {
namespace {

constexpr size_t kHeaderBytes = 4 + 16 + 16 + 8 + 8 + 16;
constexpr size_t kNonceBytes = 24;
constexpr size_t kTagBytes = 16;
constexpr size_t kDigestBytes = 32;
constexpr size_t kFixedKeyBytes = 32 + 16 + 32 + 32 + 4;
constexpr size_t kVaultBytesMin =
    kHeaderBytes + kNonceBytes + kFixedKeyBytes + kTagBytes + kDigestBytes;

// Reads from the front of bytes whose length was checked.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  std::string_view Take(size_t size) {
    assert(size <= bytes_.size());
    const std::string_view taken = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return taken;
  }
  template <size_t N>
  Bytes<N> TakeBytes() {
    Bytes<N> out{};
    std::memcpy(out.data(), Take(N).data(), N);
    return out;
  }
  uint64_t TakeInteger(size_t bytes) {
    uint64_t value = 0;
    const std::string_view taken = Take(bytes);
    for (size_t i = bytes; i-- > 0;) value = value << 8 | static_cast<uint8_t>(taken[i]);
    return value;
  }
  std::string_view rest() const { return bytes_; }

 private:
  std::string_view bytes_;
};

struct Header {
  VaultOwner owner;
  ArgonCost cost;
  Bytes<16> salt{};
};

std::string WriteHeader(const Header& header) {
  std::string out;
  AppendU32(out, kVaultVersion);
  out.append(View(header.owner.tenant));
  out.append(View(header.owner.device));
  AppendU64(out, header.cost.passes);
  AppendU64(out, header.cost.memory_bytes);
  out.append(View(header.salt));
  assert(out.size() == kHeaderBytes);
  return out;
}

absl::StatusOr<Header> ReadHeader(std::string_view vault) {
  if (vault.size() < kVaultBytesMin || vault.size() > kVaultBytesMax) {
    return MakeStatus(Reason::kIntegrity, "vault has an impossible size");
  }
  const std::string_view before = vault.substr(0, vault.size() - kDigestBytes);
  if (View(H(before)) != vault.substr(before.size())) {
    return MakeStatus(Reason::kIntegrity, "vault is damaged");
  }
  Reader reader(vault);
  if (reader.TakeInteger(4) != kVaultVersion) {
    return MakeStatus(Reason::kVersion, "vault of another version");
  }
  Header header;
  header.owner.tenant = reader.TakeBytes<16>();
  header.owner.device = reader.TakeBytes<16>();
  header.cost.passes = reader.TakeInteger(8);
  header.cost.memory_bytes = reader.TakeInteger(8);
  header.salt = reader.TakeBytes<16>();
  return header;
}

absl::StatusOr<Header> CheckedHeader(std::string_view vault, const VaultOwner& owner,
                                     const ArgonBounds& bounds) {
  absl::StatusOr<Header> header = ReadHeader(vault);
  if (!header.ok()) return header.status();
  if (header->owner != owner) {
    return MakeStatus(Reason::kKey, "vault is another tenant's or device's");
  }
  const absl::Status cost = CheckArgonCost(header->cost, bounds);
  if (!cost.ok()) return cost;
  return header;
}

// Sizes are checked before anything dear begins.
absl::StatusOr<Secret> DeriveKey(const Header& header, const Secret& device_secret,
                                 std::string_view pin) {
  if (device_secret.size() != kDeviceSecretBytes) {
    return MakeStatus(Reason::kKeyStore, "a device secret has 32 bytes");
  }
  if (pin.size() > kPinBytesMax) return MakeStatus(Reason::kLimit, "PIN is too long");
  const absl::StatusOr<Secret> pin_hash = Argon2id(pin, header.salt, header.cost);
  if (!pin_hash.ok()) return pin_hash.status();
  return VaultKey(device_secret, *pin_hash, header.owner);
}

Secret WriteKeys(const DeviceKeys::Parts& parts) {
  const size_t tls_size = parts.tls_key_pem.size();
  Secret keys(kFixedKeyBytes + tls_size);
  uint8_t* at = keys.mutable_bytes().data();
  const auto append = [&at](std::string_view bytes) {
    std::memcpy(at, bytes.data(), bytes.size());
    at += bytes.size();
  };
  append(parts.database_key.view());
  append(View(parts.database_salt));
  append(parts.sign_seed.view());
  append(parts.box_seed.view());
  std::string length;
  AppendU32(length, static_cast<uint32_t>(tls_size));
  append(length);
  append(parts.tls_key_pem.view());
  assert(at == keys.mutable_bytes().data() + keys.size());
  return keys;
}

absl::StatusOr<DeviceKeys> ReadKeys(std::string_view keys) {
  if (keys.size() < kFixedKeyBytes) {
    return MakeStatus(Reason::kIntegrity, "vault holds too little");
  }
  Reader reader(keys);
  DeviceKeys::Parts parts;
  parts.database_key = Secret::FromBytes(reader.Take(32));
  parts.database_salt = reader.TakeBytes<16>();
  parts.sign_seed = Secret::FromBytes(reader.Take(32));
  parts.box_seed = Secret::FromBytes(reader.Take(32));
  if (reader.TakeInteger(4) != reader.rest().size()) {
    return MakeStatus(Reason::kIntegrity, "vault holds a TLS key of another length");
  }
  parts.tls_key_pem = Secret::FromBytes(reader.rest());
  return DeviceKeys::FromParts(std::move(parts));
}

}  // namespace

absl::StatusOr<std::string> SealVault(const VaultOwner& owner, ArgonCost cost,
                                      const ArgonBounds& bounds, const DeviceKeys& keys,
                                      const Secret& device_secret, std::string_view pin,
                                      Random& random) {
  const absl::Status bounded = CheckArgonCost(cost, bounds);
  if (!bounded.ok()) return bounded;
  const Header header{owner, cost, random.Make<16>()};
  const Bytes<kNonceBytes> nonce = random.Make<kNonceBytes>();
  const absl::StatusOr<Secret> key = DeriveKey(header, device_secret, pin);
  if (!key.ok()) return key.status();
  const std::string written = WriteHeader(header);
  std::string vault = written;
  vault.append(View(nonce));
  vault.append(AeadSeal(*key, nonce, written, WriteKeys(keys.parts()).view()));
  vault.append(View(H(vault)));
  assert(vault.size() <= kVaultBytesMax);
  return vault;
}

absl::StatusOr<VaultOwner> ReadVaultOwner(std::string_view vault) {
  const absl::StatusOr<Header> header = ReadHeader(vault);
  if (!header.ok()) return header.status();
  return header->owner;
}

absl::Status CheckVault(std::string_view vault, const VaultOwner& owner,
                        const ArgonBounds& bounds) {
  return CheckedHeader(vault, owner, bounds).status();
}

absl::StatusOr<DeviceKeys> OpenVault(std::string_view vault, const VaultOwner& owner,
                                     const ArgonBounds& bounds, const Secret& device_secret,
                                     std::string_view pin) {
  const absl::StatusOr<Header> header = CheckedHeader(vault, owner, bounds);
  if (!header.ok()) return header.status();
  const absl::StatusOr<Secret> key = DeriveKey(*header, device_secret, pin);
  if (!key.ok()) return key.status();
  Reader reader(vault.substr(0, vault.size() - kDigestBytes));
  const std::string_view aad = reader.Take(kHeaderBytes);
  const Bytes<kNonceBytes> nonce = reader.TakeBytes<kNonceBytes>();
  const absl::StatusOr<Secret> keys = AeadOpen(*key, nonce, aad, reader.rest());
  // The hash was right, so the bytes are as they were written: what is wrong is the key.
  if (!keys.ok()) return MakeStatus(Reason::kAuth, "wrong PIN");
  return ReadKeys(keys->view());
}

Secret VaultKey(const Secret& device_secret, const Secret& pin_hash, const VaultOwner& owner) {
  assert(device_secret.size() == kDeviceSecretBytes);
  const Secret input =
      StSecret("doorstep/vault/v1", {pin_hash.view(), View(owner.tenant), View(owner.device)});
  return PrfSecret(device_secret.view(), input.view(), 32);
}

}  // namespace doorstep
