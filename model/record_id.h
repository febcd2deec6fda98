// The 16-byte ids of everything: tenants, scopes, records, devices, staff, changesets. An id is a
// value; it orders unsigned by its bytes, hashes, and is shortened where it meets a log.
#ifndef DOORSTEP_MODEL_RECORD_ID_H_
#define DOORSTEP_MODEL_RECORD_ID_H_

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "crypto/bytes.h"

namespace doorstep {

struct Id {
  Hash16 bytes{};

  friend auto operator<=>(const Id&, const Id&) = default;
  template <typename H>
  friend H AbslHashValue(H state, const Id& id) {
    return H::combine(std::move(state), View(id.bytes));
  }

  // nullopt unless there are exactly 16 bytes.
  static std::optional<Id> FromBytes(std::string_view bytes);
  // 32 hexadecimal digits, either case.
  static std::optional<Id> FromHex(std::string_view hex);

  std::string_view view() const { return View(bytes); }
  std::string str() const { return std::string(view()); }
  std::string hex() const;
  // The first eight digits: enough to find a line in a log, too few to name a person.
  std::string short_hex() const;
  bool is_zero() const { return *this == Id{}; }
};

// Zeros, which name nothing, unless there are exactly 16 bytes.
inline Id IdOrZero(std::string_view bytes) { return Id::FromBytes(bytes).value_or(Id{}); }

// family id = H16(ST("doorstep/family/v1", tenant, device, uid)) of the changeset that begins it:
// nobody else can begin that family.
Id DeriveFamilyId(const Id& tenant, const Id& device, const Id& uid);
// root_id = H16(ST("doorstep/root/v1", tenant, root public key)), pinned by every device.
Id DeriveRootId(const Id& tenant, const PublicKey& root);
// H16(box public key): how a wrap names its recipient.
Id DeriveRecipientId(const PublicKey& box_pk);
// H16(ST("doorstep/share/v1", uid, recipient, wrap)): two devices that share the same write the
// same.
Id DeriveShareId(const Id& uid, const Id& recipient, std::string_view wrap);

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_RECORD_ID_H_
