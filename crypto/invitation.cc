#include "crypto/invitation.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "crypto/base32.h"
#include "crypto/reason.h"

namespace doorstep {
namespace {

constexpr size_t kSecretCharacters = kInvitationSecretBytes / 5 * 8;

bool IsHostCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
}

bool IsIpv6Character(char c) {
  return (c >= 'a' && c <= 'f') || (c >= '0' && c <= '9') || c == ':' || c == '.';
}

bool IsPort(std::string_view text) {
  if (text.empty() || text.size() > 5) return false;
  uint32_t port = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    port = port * 10 + static_cast<uint32_t>(c - '0');
  }
  return port >= 1 && port <= 65535;
}

bool IsServerAddress(std::string_view server) {
  const size_t colon = server.rfind(':');
  if (colon == std::string_view::npos || !IsPort(server.substr(colon + 1))) return false;
  std::string_view host = server.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']') && host.size() > 2) {
    host = host.substr(1, host.size() - 2);
    return std::all_of(host.begin(), host.end(), IsIpv6Character);
  }
  return !host.empty() && host.size() <= 253 &&
         std::all_of(host.begin(), host.end(), IsHostCharacter);
}

std::string LowerTrimmed(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

// The check character covers the address too, by five bits of its hash.
uint8_t AddressSalt(std::string_view server) {
  return H(St("doorstep/invite-address/v1").Add(server).bytes())[0] & 31;
}

St AddKeys(St st, const DevicePublicKeys& device) {
  return st.Add(device.sign).Add(device.box).Add(device.tls_spki);
}

Hash32 Prf32(const Secret& key, const St& input) {
  Hash32 out{};
  Prf(key.view(), input.bytes(), out);
  return out;
}

Hash32 HashOfSecret(std::string_view label, const Secret& secret) {
  assert(secret.size() == kInvitationSecretBytes);
  return H(StSecret(label, {secret.view()}).view());
}

}  // namespace

absl::StatusOr<Invitation> MakeInvitation(std::string_view server, Random& random) {
  std::string address = LowerTrimmed(server);
  if (!IsServerAddress(address)) return MakeStatus(Reason::kArg, "server is not host:port");
  return Invitation{std::move(address), random.MakeSecret(kInvitationSecretBytes)};
}

Secret FormatInvitation(const Invitation& invitation) {
  assert(invitation.secret.size() == kInvitationSecretBytes);
  std::string characters = ToBase32(invitation.secret.view());
  characters.push_back(CheckCharacter(characters, AddressSalt(invitation.server)));
  std::string code = invitation.server + "/" + InGroupsOfFour(characters);
  Secret out = Secret::FromBytes(code);
  WipeBytes({reinterpret_cast<uint8_t*>(characters.data()), characters.size()});
  WipeBytes({reinterpret_cast<uint8_t*>(code.data()), code.size()});
  return out;
}

absl::StatusOr<Invitation> ParseInvitation(std::string_view code) {
  if (code.size() > kInvitationCodeBytesMax) {
    return MakeStatus(Reason::kFormat, "too long for an invitation code");
  }
  const size_t slash = code.rfind('/');
  if (slash == std::string_view::npos) {
    return MakeStatus(Reason::kFormat, "an invitation code is a server address, / and four groups");
  }
  Invitation invitation;
  invitation.server = LowerTrimmed(code.substr(0, slash));
  if (!IsServerAddress(invitation.server)) {
    return MakeStatus(Reason::kFormat, "what stands before the / is not host:port");
  }
  const absl::StatusOr<Secret> canonical = CanonicalBase32(code.substr(slash + 1));
  if (!canonical.ok()) return canonical.status();
  const std::string_view characters = canonical->view();
  if (characters.size() != kSecretCharacters + 1) {
    return MakeStatus(Reason::kFormat, "the code has " + std::to_string(characters.size()) +
                                           " of " + std::to_string(kSecretCharacters + 1) +
                                           " characters");
  }
  const std::string_view spelled = characters.substr(0, kSecretCharacters);
  if (CheckCharacter(spelled, AddressSalt(invitation.server)) != characters.back()) {
    return MakeStatus(Reason::kFormat, "a character of the code or its address is mistyped");
  }
  absl::StatusOr<Secret> secret = FromBase32(spelled, kInvitationSecretBytes);
  if (!secret.ok()) return secret.status();
  invitation.secret = *std::move(secret);
  return invitation;
}

InvitationHandle HandleOf(const Secret& secret) {
  const Hash32 hash = HashOfSecret("doorstep/invite/v1", secret);
  InvitationHandle handle{};
  std::copy_n(hash.begin(), handle.size(), handle.begin());
  return handle;
}

Secret InvitationKey(const Secret& secret) {
  Hash32 hash = HashOfSecret("doorstep/invite-key/v1", secret);
  Secret key = Secret::FromBytes(View(hash));
  WipeBytes(hash);
  return key;
}

Hash32 InviteDeviceMac(const Secret& key, const InvitationHandle& handle,
                       const DevicePublicKeys& device) {
  return Prf32(key, AddKeys(St("doorstep/invite-device/v1").Add(handle), device));
}

absl::Status CheckInviteDeviceMac(const Secret& key, const InvitationHandle& handle,
                                  const DevicePublicKeys& device, std::string_view mac) {
  if (EqualSecrets(View(InviteDeviceMac(key, handle, device)), mac)) return absl::OkStatus();
  return MakeStatus(Reason::kInvitation, "the request was not made with this invitation");
}

Hash32 InviteAnswerMac(const Secret& key, const InviteAnswer& answer) {
  return Prf32(key, St("doorstep/invite-answer/v1")
                        .Add(answer.tenant)
                        .Add(answer.root)
                        .Add(answer.server_ca)
                        .Add(answer.device));
}

absl::Status CheckInviteAnswerMac(const Secret& key, const InviteAnswer& answer,
                                  std::string_view mac) {
  if (EqualSecrets(View(InviteAnswerMac(key, answer)), mac)) return absl::OkStatus();
  return MakeStatus(Reason::kTrust, "the answer was not made with this invitation");
}

DeviceNumber DeviceNumberOf(const Hash16& tenant, const DevicePublicKeys& device) {
  const Hash32 hash = H(AddKeys(St("doorstep/device-number/v1").Add(tenant), device).bytes());
  DeviceNumber number{};
  std::copy_n(hash.begin(), number.size(), number.begin());
  return number;
}

std::string FormatDeviceNumber(const DeviceNumber& number) {
  return InGroupsOfFour(ToBase32(View(number)));
}

absl::StatusOr<DeviceNumber> ParseDeviceNumber(std::string_view text) {
  if (text.size() > kInvitationCodeBytesMax) {
    return MakeStatus(Reason::kFormat, "too long for a device number");
  }
  const absl::StatusOr<Secret> bytes = FromBase32(text, sizeof(DeviceNumber));
  if (!bytes.ok()) return bytes.status();
  DeviceNumber number{};
  const bool whole = CopyExactly(bytes->view(), number);
  assert(whole);
  static_cast<void>(whole);
  return number;
}

absl::Status CheckDeviceNumber(std::string_view typed, const Hash16& tenant,
                               const DevicePublicKeys& device) {
  const absl::StatusOr<DeviceNumber> number = ParseDeviceNumber(typed);
  if (!number.ok()) return number.status();
  if (*number != DeviceNumberOf(tenant, device)) {
    return MakeStatus(Reason::kTrust, "the number is not this device's");
  }
  return absl::OkStatus();
}

}  // namespace doorstep
