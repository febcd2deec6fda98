#include "sync-server/service/enrol_service.h"

#include <memory>
#include <optional>
#include <utility>

#include "crypto/pem.h"
#include "crypto/reason.h"
#include "sync-server/feed/feed.h"

namespace doorstep::server {
namespace {

absl::StatusOr<InvitationHandle> HandleIn(const std::string& bytes) {
  InvitationHandle handle{};
  if (!CopyExactly(bytes, handle)) {
    return MakeStatus(Reason::kInvitation, "no invitation waits under that handle");
  }
  return handle;
}

absl::Status CheckAsk(const v1::EnrolRequest& request) {
  const v1::DeviceKeysPublic& keys = request.keys();
  if (keys.sign_pk().size() != 32 || keys.box_pk().size() != 32 || keys.tls_spki().size() != 32 ||
      request.mac().size() != 32) {
    return MakeStatus(Reason::kFormat, "an enrolment request holds three keys and a proof");
  }
  if (request.csr().size() > kCertificateRequestBytesMax) {
    return MakeStatus(Reason::kLimit, "a certificate request is larger than 4 KiB");
  }
  const absl::StatusOr<Hash32> spki =
      TlsSpkiOfRequest(ToPem(PemKind::kCertificateRequest, request.csr()));
  if (!spki.ok()) return spki.status();
  if (View(*spki) != keys.tls_spki()) {
    return MakeStatus(Reason::kFormat, "the certificate request is of another key");
  }
  return absl::OkStatus();
}

}  // namespace

EnrolService::EnrolService(Parts parts)
    : parts_(std::move(parts)),
      sources_(parts_.limits.enrol_requests_a_minute, parts_.limits.enrol_sources_max) {}

absl::Status EnrolService::CheckSource(const std::string& source) {
  if (sources_.Take(source, parts_.now_ms())) return absl::OkStatus();
  return MakeStatus(Reason::kBusy, "this source has asked too often");
}

absl::Status EnrolService::CheckSize(std::string_view request) const {
  if (request.size() <= static_cast<size_t>(parts_.limits.enrol_message_bytes_max)) {
    return absl::OkStatus();
  }
  return MakeStatus(Reason::kLimit, "the message is too large for enrolment");
}

void EnrolService::Ask(const std::string& source, std::string_view request, Done done) {
  if (absl::Status status = CheckSource(source); !status.ok()) return done(status);
  if (absl::Status status = CheckSize(request); !status.ok()) return done(status);
  v1::EnrolRequest message;
  if (absl::Status status = ParseMessage(request, message); !status.ok()) return done(status);
  const absl::StatusOr<InvitationHandle> handle = HandleIn(message.handle());
  if (!handle.ok()) return done(handle.status());
  if (absl::Status status = CheckAsk(message); !status.ok()) return done(status);
  parts_.writer.Do([this, handle = *handle, message = std::move(message), done = std::move(done)](
                       const absl::Status& ready, Ingest&, Store& store) mutable {
    absl::Status status = ready;
    v1::EnrolWaiting waiting;
    if (status.ok()) {
      status = parts_.invitations.Change(store, [&](Invitations& invitations) {
        const absl::StatusOr<int64_t> expires = invitations.Ask(handle, message, parts_.now_ms());
        if (expires.ok()) waiting.set_expires_ms(*expires);
        return expires.status();
      });
    }
    if (ReasonOf(status) == Reason::kInvitation) parts_.metrics.Add(Counter::kAlarmInvitation);
    if (status.ok()) {
      done(waiting.SerializeAsString());
    } else {
      done(status);
    }
    return status;
  });
}

void EnrolService::Poll(const std::string& source, std::string_view request, Done done) {
  if (absl::Status status = CheckSize(request); !status.ok()) return done(status);
  v1::EnrolPoll message;
  if (absl::Status status = ParseMessage(request, message); !status.ok()) return done(status);
  const absl::StatusOr<InvitationHandle> handle = HandleIn(message.handle());
  absl::StatusOr<v1::EnrolAnswer> answer =
      handle.ok() ? parts_.invitations.Copy().Poll(*handle, message.sign_pk(), parts_.now_ms())
                  : absl::StatusOr<v1::EnrolAnswer>(handle.status());
  if (!answer.ok()) {
    // Who asked by a known handle may poll as often as it likes; guesses are counted.
    if (absl::Status status = CheckSource(source); !status.ok()) return done(status);
    return done(answer.status());
  }
  if (answer->answered() && answer->sync_address().empty()) {
    answer->set_sync_address(parts_.sync_address);
  }
  done(answer->SerializeAsString());
}

absl::StatusOr<std::string> EnrolService::Issue(const v1::CertifyRequest& request) {
  const std::optional<Id> device = Id::FromBytes(request.device());
  if (!device || request.csr().size() > kCertificateRequestBytesMax) {
    return MakeStatus(Reason::kFormat, "this asks for no certificate");
  }
  const std::string csr = ToPem(PemKind::kCertificateRequest, request.csr());
  const absl::StatusOr<Hash32> spki = TlsSpkiOfRequest(csr);
  if (!spki.ok()) return spki.status();
  const absl::StatusOr<std::unique_ptr<ReadView>> view = parts_.store.Read();
  if (!view.ok()) return view.status();
  const absl::StatusOr<SharedDirectory::Place> place = parts_.directory.At(**view);
  if (!place.ok()) return place.status();
  const std::optional<DeviceView> known = place->directory.FindDevice(*device, place->at);
  if (!known) return MakeStatus(Reason::kDenied, "no device that gets a certificate");
  if (known->tls_spki != *spki) {
    return MakeStatus(Reason::kAuth, "the request is of another key than the device has");
  }
  switch (StatusOf(place->directory, place->at, *device)) {
    case v1::DEVICE_ACTIVE:
      break;
    case v1::DEVICE_WAITING:
      return MakeStatus(Reason::kState, "the device waits for a second person");
    default:
      return MakeStatus(Reason::kDenied, "no device that gets a certificate");
  }
  return IssueDeviceCertificate(parts_.authority, csr, device->bytes, parts_.now_ms(),
                                parts_.random);
}

void EnrolService::Certify(const std::string& source, std::string_view request, Done done) {
  if (absl::Status status = CheckSource(source); !status.ok()) return done(status);
  if (absl::Status status = CheckSize(request); !status.ok()) return done(status);
  v1::CertifyRequest message;
  if (absl::Status status = ParseMessage(request, message); !status.ok()) return done(status);
  const absl::StatusOr<std::string> pem = Issue(message);
  if (!pem.ok()) return done(pem.status());
  const absl::StatusOr<PeerCertificate> issued = ParseCertificate(*pem);
  if (!issued.ok()) return done(issued.status());
  absl::StatusOr<std::string> der = ToDer(PemKind::kCertificate, *pem);
  if (!der.ok()) return done(der.status());
  parts_.metrics.Add(Counter::kCertificatesIssued);
  v1::Certificate certificate;
  certificate.set_certificate(*std::move(der));
  certificate.set_expires_ms(issued->not_after_ms);
  done(certificate.SerializeAsString());
}

std::optional<v1::SignedChangeset> EnrolService::Unseal(
    const v1::DeliverRequest::Item& item) const {
  for (const Secret& seed : parts_.ingest_seeds) {
    const absl::StatusOr<Secret> opened = BoxOpen(seed, item.sealed());
    if (!opened.ok()) continue;
    v1::SignedChangeset inside;
    if (!ParseMessage(opened->view(), inside).ok()) return std::nullopt;
    const absl::StatusOr<Changeset> changeset = DecodeChangeset(inside);
    // A uid in clear that is another's would be believed delivered by whoever asks for it.
    if (!changeset.ok() || changeset->uid.view() != item.uid()) return std::nullopt;
    return inside;
  }
  return std::nullopt;
}

void EnrolService::Deliver(std::string_view request, Done done) {
  if (request.size() > kDeliverMessageBytesMax) {
    return done(MakeStatus(Reason::kLimit, "a delivery is larger than 256 KiB"));
  }
  if (delivering_.fetch_add(1) >= parts_.limits.deliveries_max) {
    delivering_.fetch_sub(1);
    return done(MakeStatus(Reason::kBusy, "too many deliveries at once"));
  }
  Done last = [this, done = std::move(done)](absl::StatusOr<std::string> answer) mutable {
    delivering_.fetch_sub(1);
    done(std::move(answer));
  };
  v1::DeliverRequest message;
  if (absl::Status status = ParseMessage(request, message); !status.ok()) return last(status);
  if (static_cast<size_t>(message.items_size()) > kDeliverItemsMax) {
    return last(MakeStatus(Reason::kLimit, "more than 128 items in a delivery"));
  }
  v1::DeliverResponse response;
  std::vector<PushItem> rows;
  std::vector<int> places;  // of each row in the response
  for (const v1::DeliverRequest::Item& item : message.items()) {
    v1::DeliverResponse::Item& answer = *response.add_items();
    answer.set_uid(item.uid());
    answer.set_received(true);
    std::optional<v1::SignedChangeset> inside;
    if (message.tenant() == parts_.store.tenant().view()) inside = Unseal(item);
    if (!inside) {
      parts_.metrics.Add(Counter::kDeliveredUnreadable);
      continue;
    }
    const absl::StatusOr<Changeset> changeset = DecodeChangeset(*inside);
    PushItem row{{}, changeset->device, parts_.now_ms()};
    *row.row.mutable_signed_() = *std::move(inside);
    rows.push_back(std::move(row));
    places.push_back(response.items_size() - 1);
  }
  parts_.metrics.Add(Counter::kDeliveredItems, rows.size());
  if (rows.empty()) return last(response.SerializeAsString());
  parts_.writer.Push(
      std::move(rows),
      [places = std::move(places), response = std::move(response),
       last = std::move(last)](absl::StatusOr<std::vector<v1::RowAnswer>> answers) mutable {
        if (!answers.ok()) return last(answers.status());
        for (size_t n = 0; n < places.size(); ++n) {
          v1::DeliverResponse::Item& item = *response.mutable_items(places[n]);
          item.set_received(!(*answers)[n].has_retry());
          item.set_archived((*answers)[n].accepted().archived());
        }
        last(response.SerializeAsString());
      });
}

}  // namespace doorstep::server
