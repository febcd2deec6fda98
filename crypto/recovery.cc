#include "crypto/recovery.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <string>
#include <utility>

#include "crypto/base32.h"
#include "crypto/reason.h"

namespace doorstep {
namespace {

constexpr uint8_t kShareVersion = 1;
constexpr size_t kSeedBytes = 32;
constexpr size_t kKindAt = 1;
constexpr size_t kTenantAt = 2;
constexpr size_t kNumberAt = 18;
constexpr size_t kKeyIdAt = 19;
constexpr size_t kPadsAt = 27;
constexpr size_t kCheckAt = kPadsAt + 2 * kSeedBytes;
constexpr size_t kCheckBytes = 4;
static_assert(kCheckAt + kCheckBytes == kRecoveryShareBytes);

constexpr size_t kLineCharacters = 8;
constexpr size_t kLines = kRecoveryShareBytes / 5;
static_assert(kRecoveryShareBytes % 5 == 0 && kLines < 32);

Bytes<8> KeyIdOf(RecoveryKind kind, const Secret& seed) {
  const PublicKey key =
      kind == RecoveryKind::kRecoveryKey ? BoxPublicKey(seed) : SignPublicKey(seed);
  const Hash32 hash = H(View(key));
  Bytes<8> id{};
  std::copy_n(hash.begin(), id.size(), id.begin());
  return id;
}

void XorInto(std::span<uint8_t> into, std::string_view from) {
  assert(into.size() == from.size());
  for (size_t i = 0; i < into.size(); ++i) into[i] ^= static_cast<uint8_t>(from[i]);
}

// Pad `pad` (1..3) as `share` holds it; it does not hold its own number's.
std::string_view PadOf(const RecoveryShare& share, uint8_t pad) {
  assert(pad != share.number);
  const bool is_first = pad == (share.number == 1 ? 2 : 1);
  return share.pads.view().substr(is_first ? 0 : kSeedBytes, kSeedBytes);
}

std::string_view CheckOf(const Hash32& hash) { return View(hash).substr(0, kCheckBytes); }

Hash32 HashBefore(std::string_view share) {
  return H(StSecret("doorstep/recovery-share/v1", {share.substr(0, kCheckAt)}).view());
}

absl::StatusOr<RecoveryShare> FromBytes(std::string_view bytes) {
  assert(bytes.size() == kRecoveryShareBytes);
  if (CheckOf(HashBefore(bytes)) != bytes.substr(kCheckAt)) {
    return MakeStatus(Reason::kIntegrity, "recovery share is damaged");
  }
  if (static_cast<uint8_t>(bytes[0]) != kShareVersion) {
    return MakeStatus(Reason::kVersion, "recovery share of another version");
  }
  const auto kind = static_cast<RecoveryKind>(bytes[kKindAt]);
  const auto number = static_cast<uint8_t>(bytes[kNumberAt]);
  if (kind != RecoveryKind::kRecoveryKey && kind != RecoveryKind::kRootKey) {
    return MakeStatus(Reason::kFormat, "recovery share of an unknown kind");
  }
  if (number < 1 || number > 3) {
    return MakeStatus(Reason::kFormat, "recovery share of no officer's number");
  }
  RecoveryShare share{.kind = kind, .tenant = {}, .number = number, .key_id = {}, .pads = {}};
  std::memcpy(share.tenant.data(), bytes.data() + kTenantAt, share.tenant.size());
  std::memcpy(share.key_id.data(), bytes.data() + kKeyIdAt, share.key_id.size());
  share.pads = Secret::FromBytes(bytes.substr(kPadsAt, 2 * kSeedBytes));
  return share;
}

absl::Status BadLine(size_t line, std::string_view what) {
  return MakeStatus(Reason::kFormat, "line " + std::to_string(line) + " " + std::string(what));
}

// The part of `text` up to the next line break, which is taken off with it.
std::string_view TakeLine(std::string_view& text) {
  const size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

bool IsBlank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

// "NN XXXX-XXXX-C" of line `number`, as its 5 bytes.
absl::StatusOr<Secret> ReadLine(std::string_view line, size_t number) {
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  const std::string_view digits = line.substr(0, line.find_first_of(" \t"));
  const bool is_number = digits.size() == 2 && digits[0] >= '0' && digits[0] <= '9' &&
                         digits[1] >= '0' && digits[1] <= '9';
  if (!is_number || static_cast<size_t>((digits[0] - '0') * 10 + digits[1] - '0') != number) {
    return BadLine(number, "is missing or does not begin with its number");
  }
  const absl::StatusOr<Secret> characters = CanonicalBase32(line.substr(digits.size()));
  if (!characters.ok()) return BadLine(number, "has a character that is in no code");
  if (characters->size() != kLineCharacters + 1) return BadLine(number, "has not nine characters");
  const std::string_view spelled = characters->view().substr(0, kLineCharacters);
  if (CheckCharacter(spelled, static_cast<uint8_t>(number)) != characters->view().back()) {
    return BadLine(number, "is mistyped");
  }
  return FromBase32(spelled, 5);
}

}  // namespace

std::array<RecoveryShare, 3> SplitSeed(RecoveryKind kind, const Hash16& tenant, const Secret& seed,
                                       Random& random) {
  assert(seed.size() == kSeedBytes);
  std::array<Secret, 3> pads = {random.MakeSecret(kSeedBytes), random.MakeSecret(kSeedBytes),
                                seed.Clone()};
  XorInto(pads[2].mutable_bytes(), pads[0].view());
  XorInto(pads[2].mutable_bytes(), pads[1].view());
  const Bytes<8> key_id = KeyIdOf(kind, seed);
  std::array<RecoveryShare, 3> shares;
  for (size_t own = 0; own < 3; ++own) {
    RecoveryShare& share = shares[own];
    share.kind = kind;
    share.tenant = tenant;
    share.number = static_cast<uint8_t>(own + 1);
    share.key_id = key_id;
    share.pads = Secret(2 * kSeedBytes);
    size_t at = 0;
    for (size_t pad = 0; pad < 3; ++pad) {
      if (pad == own) continue;
      XorInto(share.pads.mutable_bytes().subspan(at, kSeedBytes), pads[pad].view());
      at += kSeedBytes;
    }
  }
  return shares;
}

absl::StatusOr<Secret> JoinShares(const RecoveryShare& one, const RecoveryShare& other) {
  assert(one.pads.size() == 2 * kSeedBytes);
  assert(other.pads.size() == 2 * kSeedBytes);
  if (one.tenant != other.tenant) return MakeStatus(Reason::kKey, "shares of two tenants");
  if (one.kind != other.kind) return MakeStatus(Reason::kKey, "shares of two kinds of key");
  if (one.key_id != other.key_id) return MakeStatus(Reason::kKey, "shares of two keys");
  if (one.number == other.number) return MakeStatus(Reason::kKey, "one officer's share twice");
  const auto common = static_cast<uint8_t>(6 - one.number - other.number);
  if (!EqualSecrets(PadOf(one, common), PadOf(other, common))) {
    return MakeStatus(Reason::kIntegrity, "shares that do not fit each other");
  }
  Secret seed = Secret::FromBytes(PadOf(one, common));
  XorInto(seed.mutable_bytes(), PadOf(one, other.number));
  XorInto(seed.mutable_bytes(), PadOf(other, one.number));
  if (KeyIdOf(one.kind, seed) != one.key_id) {
    return MakeStatus(Reason::kIntegrity, "shares that do not join to their key");
  }
  return seed;
}

Secret ShareToBytes(const RecoveryShare& share) {
  assert(share.number >= 1 && share.number <= 3);
  assert(share.pads.size() == 2 * kSeedBytes);
  Secret bytes(kRecoveryShareBytes);
  uint8_t* const out = bytes.mutable_bytes().data();
  out[0] = kShareVersion;
  out[kKindAt] = static_cast<uint8_t>(share.kind);
  std::memcpy(out + kTenantAt, share.tenant.data(), share.tenant.size());
  out[kNumberAt] = share.number;
  std::memcpy(out + kKeyIdAt, share.key_id.data(), share.key_id.size());
  std::memcpy(out + kPadsAt, share.pads.view().data(), share.pads.size());
  const Hash32 hash = HashBefore(bytes.view());
  std::memcpy(out + kCheckAt, hash.data(), kCheckBytes);
  return bytes;
}

Secret ShareToText(const RecoveryShare& share) {
  const Secret bytes = ShareToBytes(share);
  std::string text;
  text.reserve(kLines * 16);  // so that no growing leaves a copy behind
  for (size_t line = 1; line <= kLines; ++line) {
    std::string characters = ToBase32(bytes.view().substr((line - 1) * 5, 5));
    characters.push_back(CheckCharacter(characters, static_cast<uint8_t>(line)));
    text.append(line < 10 ? "0" : "").append(std::to_string(line)).append(" ");
    text.append(InGroupsOfFour(characters)).append("\n");
  }
  Secret out = Secret::FromBytes(text);
  WipeBytes({reinterpret_cast<uint8_t*>(text.data()), text.size()});
  return out;
}

absl::StatusOr<RecoveryShare> ReadShare(std::string_view bytes_or_text) {
  if (bytes_or_text.size() == kRecoveryShareBytes) return FromBytes(bytes_or_text);
  if (bytes_or_text.size() > kRecoveryShareTextBytesMax) {
    return MakeStatus(Reason::kFormat, "too long for a recovery share");
  }
  Secret bytes(kRecoveryShareBytes);
  size_t line = 0;
  while (!bytes_or_text.empty()) {
    const std::string_view text = TakeLine(bytes_or_text);
    if (IsBlank(text)) continue;
    if (++line > kLines) return MakeStatus(Reason::kFormat, "more lines than a share has");
    const absl::StatusOr<Secret> read = ReadLine(text, line);
    if (!read.ok()) return read.status();
    std::memcpy(bytes.mutable_bytes().data() + (line - 1) * 5, read->view().data(), 5);
  }
  if (line < kLines) return BadLine(line + 1, "is missing");
  return FromBytes(bytes.view());
}

}  // namespace doorstep
