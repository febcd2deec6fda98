// The enrolment port without a network: a new device asks and polls, a device that counts gets its
// certificate, and a device that can no longer show one hands in what it owes. Nobody has proved
// who they are here; each call proves what it needs by itself.
//
// Any thread. Messages are counted by the scanner before they are parsed.
#ifndef DOORSTEP_SYNC_SERVER_SERVICE_ENROL_SERVICE_H_
#define DOORSTEP_SYNC_SERVER_SERVICE_ENROL_SERVICE_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/certificate.h"
#include "crypto/primitives.h"
#include "crypto/secret.h"
#include "doorstep/v1/enrol.pb.h"
#include "sync-server/access/directory_log.h"
#include "sync-server/service/invitations.h"
#include "sync-server/service/limits.h"
#include "sync-server/service/metrics.h"
#include "sync-server/service/source_limit.h"
#include "sync-server/service/writer.h"

namespace doorstep::server {

class EnrolService {
 public:
  // All outlive the service.
  struct Parts {
    Store& store;
    SharedDirectory& directory;
    Writer& writer;
    InvitationBook& invitations;
    Metrics& metrics;
    const CertificateAuthority& authority;
    const std::vector<Secret>& ingest_seeds;  // the present one and those retired
    Random& random;                           // safe from any thread
    std::string sync_address;
    std::function<int64_t()> now_ms;
    ServiceLimits limits;
  };
  using Done = absl::AnyInvocable<void(absl::StatusOr<std::string>)>;

  explicit EnrolService(Parts parts);

  // `source`: of SourceOf.
  void Ask(const std::string& source, std::string_view request, Done done);
  void Poll(const std::string& source, std::string_view request, Done done);
  // For a device that counts and a request signed by the TLS key that the directory has for it, a
  // certificate of kDeviceCertificateDays. E_STATE: recorded, but does not count yet. E_DENIED: any
  // other device; E_FORMAT: no request; E_AUTH: of another key.
  void Certify(const std::string& source, std::string_view request, Done done);
  // Each item is opened, handed in as its author's own, and answered *received* or not yet; what
  // cannot be opened or read is answered *received* too, stored nowhere and counted: nobody learns
  // here which keys or uids there are.
  void Deliver(std::string_view request, Done done);

 private:
  absl::StatusOr<std::string> Issue(const v1::CertifyRequest& request);
  // The changeset inside, or nothing.
  std::optional<v1::SignedChangeset> Unseal(const v1::DeliverRequest::Item& item) const;
  absl::Status CheckSource(const std::string& source);
  absl::Status CheckSize(std::string_view request) const;

  Parts parts_;
  SourceLimit sources_;
  std::atomic<size_t> delivering_{0};
};

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_SERVICE_ENROL_SERVICE_H_
