// How a device becomes one of the authority's, and how an administrator's device lets another in.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client-core/client/authority_view.h"
#include "client-core/client/commit.h"
#include "client-core/client/core.h"
#include "client-core/client/limits.h"
#include "crypto/certificate.h"
#include "crypto/invitation.h"
#include "crypto/pem.h"
#include "crypto/reason.h"

namespace doorstep::client {
namespace {

// The device's TLS certificate, PEM; a name in the store's meta.
constexpr std::string_view kCertificate = "certificate";

v1::DeviceKeysPublic PublicOf(const DeviceKeys& keys) {
  v1::DeviceKeysPublic wire;
  wire.set_sign_pk(std::string(View(keys.public_keys().sign)));
  wire.set_box_pk(std::string(View(keys.public_keys().box)));
  wire.set_tls_spki(std::string(View(keys.public_keys().tls_spki)));
  return wire;
}

absl::StatusOr<std::string> RequestDer(const DeviceKeys& keys) {
  absl::StatusOr<std::string> pem = MakeCertificateRequest(keys.parts().tls_key_pem);
  if (!pem.ok()) return pem.status();
  return ToDer(PemKind::kCertificateRequest, *pem);
}

std::optional<DevicePublicKeys> KeysIn(const v1::DeviceKeysPublic& wire) {
  DevicePublicKeys keys;
  bool whole = CopyExactly(wire.sign_pk(), keys.sign) && CopyExactly(wire.box_pk(), keys.box) &&
               CopyExactly(wire.tls_spki(), keys.tls_spki);
  if (!whole) return std::nullopt;
  return keys;
}

}  // namespace

// ---- A first device -----------------------------------------------------------------------------

absl::StatusOr<v1::FirstRequest> Client::Core::MakeRequestFile(std::string_view kind) {
  absl::StatusOr<const DeviceKeys*> keys = Keys();
  if (!keys.ok()) return keys.status();
  if (DeviceKind(kind) == 0) return MakeStatus(Reason::kArg, "a device is a PHONE or a COMPUTER");
  absl::StatusOr<std::string> csr = RequestDer(**keys);
  if (!csr.ok()) return csr.status();
  v1::DeviceKeysPublic wire = PublicOf(**keys);
  v1::FirstRequest request;
  request.set_sign_pk(wire.sign_pk());
  request.set_box_pk(wire.box_pk());
  request.set_tls_spki(wire.tls_spki());
  request.set_csr(*std::move(csr));
  request.set_kind(std::string(kind));
  return request;
}

absl::Status Client::Core::TakeGenesis(const v1::GenesisBundle& bundle,
                                       std::string_view server_address) {
  absl::StatusOr<const DeviceKeys*> keys = Keys();
  if (!keys.ok()) return keys.status();
  std::optional<Id> tenant = Id::FromBytes(bundle.tenant());
  Identity identity;
  if (!tenant || tenant->is_zero() || !CopyExactly(bundle.root_pk(), identity.root)) {
    return MakeStatus(Reason::kFormat, "not what a ceremony gives");
  }
  absl::StatusOr<Changeset> genesis = DecodeChangeset(bundle.genesis());
  if (!genesis.ok()) return genesis.status();
  bool roots = genesis->scope == *tenant && genesis->actor.is_zero() &&
               genesis->device == DeriveRootId(*tenant, identity.root);
  if (!roots) return MakeStatus(Reason::kTrust, "the genesis is not the root's");
  absl::Status signature = VerifyChangeset(*tenant, *genesis, identity.root);
  if (!signature.ok()) return signature;
  std::optional<FoundDevice> found = FindDevice(host_.catalog, *genesis, (*keys)->public_keys());
  if (!found) return MakeStatus(Reason::kKey, "the genesis does not name this device");
  identity.tenant = *tenant;
  identity.device = found->device;
  identity.user = found->user;
  identity.server_address =
      server_address.empty() ? bundle.server_address() : std::string(server_address);
  identity.server_ca = ServerCaIn(host_.catalog, *genesis);
  return Join(std::move(identity));
}

// The store first, then whose it is: broken off between, the same answer goes on from there.
absl::Status Client::Core::Join(Identity identity) {
  if (identity_) return MakeStatus(Reason::kState, "this device has joined already");
  if (EnrolAddress(identity.server_address).empty()) {
    return MakeStatus(Reason::kArg, "a server is given as host:port");
  }
  StoreIdentity of{identity.tenant, identity.device, identity.root};
  absl::StatusOr<std::unique_ptr<Store>> store = cabinet_->CreateStore(of, *keys_, host_.catalog);
  if (!store.ok()) return store.status();
  absl::Status written = (*store)->InTransaction([&] {
    Meta& meta = (*store)->meta();
    absl::Status done = meta.Set(meta::kActor, identity.user.view());
    if (done.ok()) done = meta.Set(meta::kServerAddress, identity.server_address);
    if (done.ok()) done = meta.Set(meta::kServerCa, identity.server_ca);
    return done;
  });
  if (!written.ok()) return written;
  identity_ = std::move(identity);
  absl::Status saved = SaveIdentity();
  if (!saved.ok()) {
    identity_.reset();
    return saved;
  }
  joined_ =
      std::make_unique<Joined>(*std::move(store), *keys_, host_, identity_->user, SamplesTaken());
  return absl::OkStatus();
}

// ---- By invitation ------------------------------------------------------------------------------

absl::StatusOr<v1::EnrolRequest> Client::Core::MakeEnrolRequest(std::string_view code) {
  absl::StatusOr<const DeviceKeys*> keys = Keys();
  if (!keys.ok()) return keys.status();
  absl::StatusOr<Invitation> invitation = ParseInvitation(code);
  if (!invitation.ok()) return invitation.status();
  absl::StatusOr<std::string> csr = RequestDer(**keys);
  if (!csr.ok()) return csr.status();
  InvitationHandle handle = HandleOf(invitation->secret);
  Hash32 mac = InviteDeviceMac(InvitationKey(invitation->secret), handle, (*keys)->public_keys());
  v1::EnrolRequest request;
  request.set_handle(std::string(View(handle)));
  *request.mutable_keys() = PublicOf(**keys);
  request.set_csr(*std::move(csr));
  request.set_mac(std::string(View(mac)));
  return request;
}

absl::Status Client::Core::TakeEnrolAnswer(std::string_view code, const v1::EnrolAnswer& answer) {
  absl::StatusOr<const DeviceKeys*> keys = Keys();
  if (!keys.ok()) return keys.status();
  if (!answer.answered()) return MakeStatus(Reason::kBusy, "nobody has confirmed this device yet");
  absl::StatusOr<Invitation> invitation = ParseInvitation(code);
  if (!invitation.ok()) return invitation.status();
  InviteAnswer told;
  Identity identity;
  std::optional<Id> user = Id::FromBytes(answer.actor());
  bool whole = CopyExactly(answer.tenant(), told.tenant) &&
               CopyExactly(answer.root_pk(), told.root) &&
               CopyExactly(answer.device(), told.device) && user;
  if (!whole) return MakeStatus(Reason::kFormat, "not an answer to an invitation");
  told.server_ca = answer.server_ca();
  absl::Status right = CheckInviteAnswerMac(InvitationKey(invitation->secret), told, answer.mac());
  if (!right.ok()) return right;
  identity.tenant = {told.tenant};
  identity.device = {told.device};
  identity.user = *user;  // the directory has the last word, once it is here
  identity.root = told.root;
  identity.server_ca = answer.server_ca();
  identity.server_address =
      answer.sync_address().empty() ? invitation->server : answer.sync_address();
  return Join(std::move(identity));
}

// ---- The certificate ----------------------------------------------------------------------------

// Every CA that the directory counts, and the one this device joined by.
absl::StatusOr<Endpoint> Client::Core::MakeEndpoint() {
  absl::StatusOr<Joined*> joined = Use();
  if (!joined.ok()) return joined.status();
  std::vector<std::string> authorities = {ToPem(PemKind::kCertificate, identity_->server_ca)};
  const Directory& directory = (*joined)->desk.directory();
  for (const ServerKeysView& keys : directory.CountingServerKeys(directory.seq())) {
    authorities.push_back(ToPem(PemKind::kCertificate, keys.tls_ca));
  }
  Endpoint endpoint;
  endpoint.address = identity_->server_address;
  for (const std::string& pem : authorities) {
    if (endpoint.server_ca_pem.find(pem) == std::string::npos) endpoint.server_ca_pem += pem;
  }
  absl::StatusOr<std::optional<std::string>> certificate =
      (*joined)->store->meta().Get(kCertificate);
  if (!certificate.ok()) return certificate.status();
  endpoint.certificate_pem = certificate->value_or("");
  endpoint.key_pem = &keys_->parts().tls_key_pem;
  return endpoint;
}

absl::StatusOr<std::optional<v1::CertifyRequest>> Client::Core::NeedsCertificate() {
  absl::StatusOr<Joined*> joined = Use();
  if (!joined.ok()) return joined.status();
  absl::StatusOr<std::optional<std::string>> pem = (*joined)->store->meta().Get(kCertificate);
  if (!pem.ok()) return pem.status();
  if (*pem) {
    absl::StatusOr<PeerCertificate> held = ParseCertificate(**pem);
    if (held.ok() && held->not_after_ms - Now() > kCertificateRenewMs) {
      return std::optional<v1::CertifyRequest>();
    }
  }
  absl::StatusOr<std::string> csr = RequestDer(*keys_);
  if (!csr.ok()) return csr.status();
  v1::CertifyRequest request;
  request.set_device(identity_->device.str());
  request.set_csr(*std::move(csr));
  return std::optional<v1::CertifyRequest>(std::move(request));
}

absl::Status Client::Core::TakeCertificate(const v1::Certificate& certificate) {
  absl::StatusOr<Joined*> joined = Use();
  if (!joined.ok()) return joined.status();
  std::string pem = ToPem(PemKind::kCertificate, certificate.certificate());
  absl::Status matches = CheckKeyMatches(keys_->parts().tls_key_pem, pem);
  if (!matches.ok()) return matches;
  return (*joined)->store->meta().Set(kCertificate, pem);
}

// ---- An administrator's side --------------------------------------------------------------------

absl::StatusOr<v1::InvitationOpen> Client::Core::BeginInvite(const v1::Request::Invite& invite,
                                                             std::string& code) {
  absl::StatusOr<Joined*> joined = Use();
  if (!joined.ok()) return joined.status();
  std::optional<Id> staff = Id::FromBytes(invite.staff());
  bool known =
      staff && (*joined)->desk.directory().StaffActive(*staff, (*joined)->desk.directory().seq());
  if (!known) return MakeStatus(Reason::kNotFound, "no such active person in the directory");
  if (!invite.kind().empty() && DeviceKind(invite.kind()) == 0) {
    return MakeStatus(Reason::kArg, "a device is a PHONE or a COMPUTER");
  }
  uint32_t hours = invite.hours() == 0 ? kInvitationHours : invite.hours();
  if (hours > kInvitationHoursMax) return MakeStatus(Reason::kLimit, "an invitation lasts a week");
  absl::StatusOr<Invitation> invitation = MakeInvitation(identity_->server_address, host_.random);
  if (!invitation.ok()) return invitation.status();
  code = std::string(FormatInvitation(*invitation).view());
  v1::InvitationOpen open;
  open.set_handle(std::string(View(HandleOf(invitation->secret))));
  open.set_expires_ms(Now() + int64_t{hours} * 3'600'000);
  return open;
}

// The Device record of these keys: the one that is there, or a new one.
absl::StatusOr<Id> Client::Core::RecordDevice(const v1::Request::Confirm& confirm, const Id& staff,
                                              const DevicePublicKeys& keys) {
  const Desk& desk = joined_->desk;
  int64_t now = Now();
  absl::StatusOr<OverlayScope*> seen = desk.store.overlay().Of(desk.tenant(), now);
  if (!seen.ok()) return seen.status();
  std::optional<FoundDevice> there = FindDeviceRecord(desk.catalog(), *(*seen)->state, keys);
  if (there && there->user != staff) {
    return MakeStatus(Reason::kConflict, "these keys are another person's device");
  }
  if (there) return there->device;
  Id device{host_.random.Make<16>()};
  v1::RecordChange change = DeviceRecord(desk.catalog(), device, staff, DeviceKind(confirm.kind()),
                                         confirm.device_name(), keys);
  absl::StatusOr<Prepared> prepared =
      PrepareChanges(desk, joined_->readers, desk.tenant(), {change}, now);
  if (!prepared.ok()) return prepared.status();
  if (prepared->expected.verdict != v1::APPLIED) {
    return MakeStatus(Reason::kDenied, "only an administrator confirms devices");
  }
  absl::Status kept = Keep(desk, *prepared, "", now);
  if (!kept.ok()) return kept;
  watchers_.Note(desk.tenant());
  return device;
}

absl::StatusOr<v1::InvitationAnswer> Client::Core::ConfirmDevice(
    const v1::Request::Confirm& confirm, const v1::InvitationRequests& waiting,
    v1::Reply::Confirmed& confirmed) {
  absl::StatusOr<Joined*> joined = Use();
  if (!joined.ok()) return joined.status();
  absl::StatusOr<Invitation> invitation = ParseInvitation(confirm.code());
  if (!invitation.ok()) return invitation.status();
  std::optional<Id> staff = Id::FromBytes(confirm.staff());
  if (!staff || DeviceKind(confirm.kind()) == 0) {
    return MakeStatus(Reason::kArg, "whose device it is, and PHONE or COMPUTER");
  }
  InvitationHandle handle = HandleOf(invitation->secret);
  Secret key = InvitationKey(invitation->secret);
  absl::Status wrong = MakeStatus(Reason::kBusy, "no device has asked by this invitation yet");
  for (const v1::EnrolRequest& request : waiting.requests()) {
    std::optional<DevicePublicKeys> keys = KeysIn(request.keys());
    if (!keys) continue;
    absl::Status mac = CheckInviteDeviceMac(key, handle, *keys, request.mac());
    if (!mac.ok()) {
      wrong = mac;
      continue;
    }
    absl::StatusOr<Id> device = RecordDevice(confirm, *staff, *keys);
    if (!device.ok()) return device.status();
    InviteAnswer told{identity_->tenant.bytes, identity_->root, identity_->server_ca,
                      device->bytes};
    v1::InvitationAnswer answer;
    answer.set_handle(std::string(View(handle)));
    answer.set_sign_pk(request.keys().sign_pk());
    v1::EnrolAnswer& body = *answer.mutable_answer();
    body.set_answered(true);
    body.set_tenant(identity_->tenant.str());
    body.set_root_pk(std::string(View(identity_->root)));
    body.set_server_ca(identity_->server_ca);
    body.set_device(device->str());
    body.set_actor(staff->str());
    body.set_mac(std::string(View(InviteAnswerMac(key, told))));
    body.set_sync_address(identity_->server_address);
    confirmed.set_device(device->str());
    confirmed.set_number(FormatDeviceNumber(DeviceNumberOf(identity_->tenant.bytes, *keys)));
    return answer;
  }
  return wrong;
}

}  // namespace doorstep::client
