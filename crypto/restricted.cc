#include "crypto/restricted.h"

#include <algorithm>
#include <cassert>
#include <optional>
#include <utility>

#include "crypto/reason.h"

namespace doorstep {
namespace {

constexpr size_t kNonceAt = 1;
constexpr size_t kCommitmentAt = kNonceAt + 24;
constexpr size_t kSealedAt = kCommitmentAt + 32;

std::string Context(const WritePlace& place) {
  return St("doorstep/restricted/v1")
      .Add(place.changeset.tenant)
      .Add(place.changeset.scope)
      .Add(place.changeset.uid)
      .AddU32(place.index)
      .AddU32(place.type)
      .Add(place.record)
      .AddU32(place.field)
      .bytes();
}

struct DerivedKey {
  Secret key;
  Bytes<32> commitment{};
};

DerivedKey DeriveKey(const Secret& content_key, std::string_view context) {
  assert(content_key.size() == kContentKeyBytes);
  const Secret both = PrfSecret(content_key.view(), context, 64);
  DerivedKey derived{Secret::FromBytes(both.view().substr(0, 32)), {}};
  const bool whole = CopyExactly(both.view().substr(32), derived.commitment);
  assert(whole);
  static_cast<void>(whole);
  return derived;
}

// The field number of the protobuf tag that `field` begins with.
std::optional<uint32_t> FieldNumber(std::string_view field) {
  uint64_t tag = 0;
  for (size_t i = 0; i < std::min<size_t>(field.size(), 5); ++i) {
    const auto byte = static_cast<uint8_t>(field[i]);
    tag |= static_cast<uint64_t>(byte & 0x7f) << (7 * i);
    if ((byte & 0x80) != 0) continue;
    if (tag > UINT32_MAX) return std::nullopt;
    return static_cast<uint32_t>(tag >> 3);
  }
  return std::nullopt;
}

}  // namespace

Secret MakeContentKey(Random& random) { return random.MakeSecret(kContentKeyBytes); }

std::string SealRestricted(const Secret& content_key, const WritePlace& place,
                           std::string_view field, Random& random) {
  assert(FieldNumber(field) == place.field);
  const std::string context = Context(place);
  const DerivedKey derived = DeriveKey(content_key, context);
  const Bytes<24> nonce = random.Make<24>();
  std::string padded = Pad(field, kRestrictedBlockBytes);
  std::string value(1, static_cast<char>(kRestrictedVersion));
  value.append(View(nonce));
  value.append(View(derived.commitment));
  value.append(AeadSeal(derived.key, nonce, context, padded));
  WipeBytes({reinterpret_cast<uint8_t*>(padded.data()), padded.size()});
  return value;
}

absl::StatusOr<Secret> OpenRestricted(const Secret& content_key, const WritePlace& place,
                                      std::string_view value) {
  if (value.empty()) return MakeStatus(Reason::kIntegrity, "restricted value is cut short");
  if (static_cast<uint8_t>(value[0]) != kRestrictedVersion) {
    return MakeStatus(Reason::kVersion, "restricted value of another version");
  }
  Bytes<24> nonce{};
  if (value.size() < kRestrictedOverheadBytes ||
      !CopyExactly(value.substr(kNonceAt, nonce.size()), nonce)) {
    return MakeStatus(Reason::kIntegrity, "restricted value is cut short");
  }
  const std::string context = Context(place);
  const DerivedKey derived = DeriveKey(content_key, context);
  if (!EqualSecrets(View(derived.commitment), value.substr(kCommitmentAt, 32))) {
    return MakeStatus(Reason::kIntegrity, "restricted value is of another key or place");
  }
  const absl::StatusOr<Secret> padded =
      AeadOpen(derived.key, nonce, context, value.substr(kSealedAt));
  if (!padded.ok()) return padded.status();
  const std::optional<std::string_view> field = Unpad(padded->view(), kRestrictedBlockBytes);
  if (!field.has_value()) return MakeStatus(Reason::kFormat, "restricted value has no padding");
  if (FieldNumber(*field) != place.field) {
    return MakeStatus(Reason::kFormat, "restricted value holds another field");
  }
  return Secret::FromBytes(*field);
}

Hash16 RecipientId(const PublicKey& recipient) { return H16(View(recipient)); }

absl::StatusOr<WrapBytes> MakeWrap(const Secret& content_key, const ChangesetPlace& place,
                                   const PublicKey& recipient) {
  assert(content_key.size() == kContentKeyBytes);
  const St context =
      St("doorstep/wrap/v1").Add(place.tenant).Add(place.scope).Add(place.uid).Add(recipient);
  Secret ephemeral_seed = PrfSecret(content_key.view(), context.bytes(), 32);
  const absl::StatusOr<std::string> sealed =
      BoxSeal(recipient, content_key.view(), ephemeral_seed.mutable_bytes());
  if (!sealed.ok()) return sealed.status();
  WrapBytes wrap{};
  const bool whole = CopyExactly(*sealed, wrap);
  assert(whole);
  static_cast<void>(whole);
  return wrap;
}

absl::Status CheckWrap(const Secret& content_key, const ChangesetPlace& place,
                       const PublicKey& recipient, std::string_view wrap) {
  const absl::StatusOr<WrapBytes> right = MakeWrap(content_key, place, recipient);
  if (!right.ok()) return right.status();
  if (View(*right) != wrap) {
    return MakeStatus(Reason::kIntegrity, "not the wrap of this key for this recipient");
  }
  return absl::OkStatus();
}

absl::StatusOr<Secret> OpenWrap(const Secret& box_seed, const ChangesetPlace& place,
                                std::string_view wrap) {
  if (wrap.size() != sizeof(WrapBytes)) {
    return MakeStatus(Reason::kIntegrity, "a wrap has 80 bytes");
  }
  absl::StatusOr<Secret> content_key = BoxOpen(box_seed, wrap);
  if (!content_key.ok()) return content_key.status();
  const absl::Status right = CheckWrap(*content_key, place, BoxPublicKey(box_seed), wrap);
  if (!right.ok()) return right;
  return content_key;
}

Hash16 ShareId(const Hash16& uid, const Hash16& recipient, std::string_view wrap) {
  return H16(St("doorstep/share/v1").Add(uid).Add(recipient).Add(wrap).bytes());
}

}  // namespace doorstep
