// Every primitive that Doorstep uses, and no other. primitives.cc is the only file that includes
// libsodium. Functions are pure but for SystemRandom; all may be called from any thread once
// InitCrypto() has returned OK. What a peer can cause is a Status or an empty optional; an assert
// is our own mistake. No function prints or returns a secret in an error.
#ifndef DOORSTEP_CRYPTO_PRIMITIVES_H_
#define DOORSTEP_CRYPTO_PRIMITIVES_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/secret.h"

namespace doorstep {

// Once per process, before anything else here.
absl::Status InitCrypto();

// Overwrites memory in a way that no compiler removes.
void WipeBytes(std::span<uint8_t> bytes);
// Memory between guard pages, locked if the system allows it; never freed. For secret.cc.
struct LockedMemory {
  uint8_t* data = nullptr;
  MemoryLock lock = MemoryLock::kRefused;
};
LockedMemory AllocateSecretMemory(size_t size);

// Randomness arrives as an argument, so that the simulator owns it.
class Random {
 public:
  virtual ~Random() = default;
  virtual void Fill(std::span<uint8_t> out) = 0;
  template <size_t N>
  Bytes<N> Make() {
    Bytes<N> out{};
    Fill(out);
    return out;
  }
  Secret MakeSecret(size_t size) {
    Secret out(size);
    Fill(out.mutable_bytes());
    return out;
  }
};
class SystemRandom final : public Random {
 public:
  void Fill(std::span<uint8_t> out) override;
};

// BLAKE2b, unkeyed: H (32 bytes) and H16 (its own output length of 16).
Hash32 H(std::string_view bytes);
Hash16 H16(std::string_view bytes);
// BLAKE2b keyed with `key` (16 to 64 bytes), out.size() from 16 to 64 bytes out.
void Prf(std::string_view key, std::string_view bytes, std::span<uint8_t> out);
// The same into a new secret of `size` bytes.
Secret PrfSecret(std::string_view key, std::string_view bytes, size_t size);

// In constant time for equal lengths. Secrets are never compared with ==.
bool EqualSecrets(std::string_view a, std::string_view b);

// Ed25519. A seed is 32 bytes.
PublicKey SignPublicKey(const Secret& seed);
Signature Sign(const Secret& seed, std::string_view message);
// False too for S + L, zero and small-order keys.
bool Verify(const PublicKey& key, std::string_view message, const Signature& signature);

// X25519 sealed boxes (crypto_box_seal). The ephemeral pair comes from `ephemeral_seed` (32 bytes),
// so that the result is a pure function of its arguments; pass fresh randomness for an ordinary
// seal. Overhead 48 bytes. INVALID_ARGUMENT for a low-order recipient.
PublicKey BoxPublicKey(const Secret& seed);
absl::StatusOr<std::string> BoxSeal(const PublicKey& recipient, std::string_view plain,
                                    std::span<const uint8_t> ephemeral_seed);
// DATA_LOSS when it was not sealed to this seed's public key or was altered.
absl::StatusOr<Secret> BoxOpen(const Secret& seed, std::string_view sealed);

// XChaCha20-Poly1305, 32-byte key, 24-byte nonce, tag of 16 bytes appended.
std::string AeadSeal(const Secret& key, const Bytes<24>& nonce, std::string_view aad,
                     std::string_view plain);
absl::StatusOr<Secret> AeadOpen(const Secret& key, const Bytes<24>& nonce, std::string_view aad,
                                std::string_view sealed);

// sodium_pad / sodium_unpad to a multiple of `block`; Unpad: nullopt when no padding is there.
std::string Pad(std::string_view plain, size_t block);
std::optional<std::string_view> Unpad(std::string_view padded, size_t block);

// Argon2id 1.3, 32 bytes out, salt of 16 bytes. RESOURCE_EXHAUSTED: lack of memory, not a wrong
// PIN.
struct ArgonCost {
  uint64_t passes = 0;
  uint64_t memory_bytes = 0;
};
absl::StatusOr<Secret> Argon2id(std::string_view pin, const Bytes<16>& salt, ArgonCost cost);

}  // namespace doorstep

#endif  // DOORSTEP_CRYPTO_PRIMITIVES_H_
