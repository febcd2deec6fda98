// Restricted values: sealed on the author's device, opened by named readers and the recovery key,
// by no server. One content key (CEK, 32 random bytes) for the RESTRICTED writes of a changeset;
// each value is sealed under a key derived for its very place, and the CEK is *wrapped* once for
// each recipient. A wrap is a pure function of CEK and recipient, so that every reader can
// recompute and check every wrap.
//
//   value = u8 version 1 | nonce 24 | commitment 32 | XChaCha20-Poly1305(K, nonce, AAD = ctx, pad)
//   pad   = sodium_pad(field as protobuf encodes it, 256)
//   ctx   = ST("doorstep/restricted/v1", tenant, scope, uid, u32 index, u32 type, record, u32
//   field) K | commitment = PRF(CEK, ctx, 64) wrap  = ephemeral public key 32 |
//   crypto_box_easy(CEK) 48, ephemeral pair from the seed
//           PRF(CEK, ST("doorstep/wrap/v1", tenant, scope, uid, recipient public key), 32)
#ifndef DOORSTEP_CRYPTO_RESTRICTED_H_
#define DOORSTEP_CRYPTO_RESTRICTED_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/primitives.h"
#include "crypto/secret.h"

namespace doorstep {

inline constexpr uint8_t kRestrictedVersion = 1;
inline constexpr size_t kRestrictedBlockBytes = 256;
// Bytes of a value over its padded field: version, nonce, commitment, tag.
inline constexpr size_t kRestrictedOverheadBytes = 1 + 24 + 32 + 16;
inline constexpr size_t kContentKeyBytes = 32;

using WrapBytes = Bytes<80>;

// The changeset that a content key belongs to.
struct ChangesetPlace {
  Hash16 tenant{};
  Hash16 scope{};
  Hash16 uid{};
};

// The one write that a value was sealed for; moved anywhere else it does not open.
struct WritePlace {
  ChangesetPlace changeset;
  uint32_t index = 0;  // of the write in its changeset, from 0
  uint32_t type = 0;
  Hash16 record{};
  uint32_t field = 0;
};

Secret MakeContentKey(Random& random);

// `field` begins with its protobuf tag, which is of `place.field`.
std::string SealRestricted(const Secret& content_key, const WritePlace& place,
                           std::string_view field, Random& random);

// The field as protobuf encodes it. UNIMPLEMENTED (E_VERSION): not version 1. DATA_LOSS
// (E_INTEGRITY): altered, cut, of another place or another content key; the commitment is compared
// before anything is opened. INVALID_ARGUMENT (E_FORMAT): it opens, but holds no padding marker or
// another field.
absl::StatusOr<Secret> OpenRestricted(const Secret& content_key, const WritePlace& place,
                                      std::string_view value);

// What names a recipient in a Wrap or Share: H16 of the box public key.
Hash16 RecipientId(const PublicKey& recipient);

// E_FORMAT for a low-order recipient key.
absl::StatusOr<WrapBytes> MakeWrap(const Secret& content_key, const ChangesetPlace& place,
                                   const PublicKey& recipient);

// OK if `wrap` is exactly the wrap of this key for this recipient; DATA_LOSS (E_INTEGRITY) for any
// other bytes, even if they would open.
absl::Status CheckWrap(const Secret& content_key, const ChangesetPlace& place,
                       const PublicKey& recipient, std::string_view wrap);

// The content key, for whose seed `wrap` was made. DATA_LOSS (E_INTEGRITY) unless it is exactly the
// wrap of the key inside for this place and recipient.
absl::StatusOr<Secret> OpenWrap(const Secret& box_seed, const ChangesetPlace& place,
                                std::string_view wrap);

// The id of the Share record that brings `wrap` to a later reader, H16 of
// ST("doorstep/share/v1", uid, recipient id, wrap): whoever owes it writes the same record.
Hash16 ShareId(const Hash16& uid, const Hash16& recipient, std::string_view wrap);

}  // namespace doorstep

#endif  // DOORSTEP_CRYPTO_RESTRICTED_H_
