// Splitting a seed among three officers so that any two join it and one alone learns nothing: of
// the recovery key (X25519) and of the root key (Ed25519). Made and joined offline, by the
// ceremony.
//
// The seed is the XOR of three pads, two of them random. Officer n holds the two pads other than
// pad n, so two officers hold all three, and one pad twice, which shows whether their shares are of
// one split. The joined seed is checked against the public key that it was split from.
//
//   share = u8 version 1 | u8 kind | tenant 16 | u8 number 1..3 | key id 8 | pad 32 | pad 32 |
//   check 4 pads    those of the other two numbers, ascending key id  first 8 bytes of H(public
//   key) check   first 4 bytes of H(ST("doorstep/recovery-share/v1", all before))
//
// 95 bytes, as a file; or to be written by hand as 19 lines "NN XXXX-XXXX-C": 8 base-32 characters
// and a check character that covers the line's number too.
#ifndef DOORSTEP_CRYPTO_RECOVERY_H_
#define DOORSTEP_CRYPTO_RECOVERY_H_

#include <array>
#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/primitives.h"
#include "crypto/secret.h"

namespace doorstep {

inline constexpr size_t kRecoveryShareBytes = 1 + 1 + 16 + 1 + 8 + 32 + 32 + 4;
inline constexpr size_t kRecoveryShareTextBytesMax = 4096;

enum class RecoveryKind : uint8_t {
  kRecoveryKey = 1,  // seed of an X25519 pair
  kRootKey = 2,      // seed of an Ed25519 pair
};

struct RecoveryShare {
  RecoveryKind kind = RecoveryKind::kRecoveryKey;
  Hash16 tenant{};
  uint8_t number = 0;  // 1, 2 or 3
  Bytes<8> key_id{};
  Secret pads;  // 64 bytes
};

// `seed` has 32 bytes.
std::array<RecoveryShare, 3> SplitSeed(RecoveryKind kind, const Hash16& tenant, const Secret& seed,
                                       Random& random);

// The seed. FAILED_PRECONDITION (E_KEY): one officer twice, two tenants, two kinds or two keys.
// DATA_LOSS (E_INTEGRITY): they are of one key, but do not fit each other or it.
absl::StatusOr<Secret> JoinShares(const RecoveryShare& one, const RecoveryShare& other);

Secret ShareToBytes(const RecoveryShare& share);
Secret ShareToText(const RecoveryShare& share);

// Either form, told apart by length. E_INTEGRITY: bytes altered. E_VERSION: another version.
// E_FORMAT: no share; of a text it names the first line that is mistyped, missing or misplaced.
absl::StatusOr<RecoveryShare> ReadShare(std::string_view bytes_or_text);

}  // namespace doorstep

#endif  // DOORSTEP_CRYPTO_RECOVERY_H_
