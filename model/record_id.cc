#include "model/record_id.h"

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "crypto/primitives.h"
#include "crypto/restricted.h"

namespace doorstep {

std::optional<Id> Id::FromBytes(std::string_view bytes) {
  Id id;
  if (!CopyExactly(bytes, id.bytes)) return std::nullopt;
  return id;
}

std::optional<Id> Id::FromHex(std::string_view hex) {
  if (hex.size() != 32) return std::nullopt;
  for (char c : hex) {
    if (!absl::ascii_isxdigit(static_cast<unsigned char>(c))) return std::nullopt;
  }
  return FromBytes(absl::HexStringToBytes({hex.data(), hex.size()}));
}

std::string Id::hex() const { return ToHex(view()); }
std::string Id::short_hex() const { return hex().substr(0, 8); }

Id DeriveFamilyId(const Id& tenant, const Id& device, const Id& uid) {
  return {H16(St("doorstep/family/v1").Add(tenant.bytes).Add(device.bytes).Add(uid.bytes).bytes())};
}

Id DeriveRootId(const Id& tenant, const PublicKey& root) {
  return {H16(St("doorstep/root/v1").Add(tenant.bytes).Add(root).bytes())};
}

Id DeriveRecipientId(const PublicKey& box_pk) { return {RecipientId(box_pk)}; }

Id DeriveShareId(const Id& uid, const Id& recipient, std::string_view wrap) {
  return {ShareId(uid.bytes, recipient.bytes, wrap)};
}

}  // namespace doorstep
