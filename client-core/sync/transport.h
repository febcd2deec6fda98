// What a device asks of a network. The only implementations are grpc_transport and those of tests
// and the simulator; the rest of the core never knows which.
//
// Calls block until they are answered, fail, or are cancelled from another thread; they are made by
// one thread at a time. A failed call is a Status with the reason the peer sent, or UNAVAILABLE
// (E_BUSY) where nobody answered, E_CANCELLED after Cancel. No call is repeated by itself.
#ifndef DOORSTEP_CLIENT_CORE_SYNC_TRANSPORT_H_
#define DOORSTEP_CLIENT_CORE_SYNC_TRANSPORT_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/secret.h"
#include "doorstep/v1/enrol.pb.h"
#include "doorstep/v1/office.pb.h"
#include "doorstep/v1/sync.pb.h"

namespace doorstep::client {

// The sync port, as the device whose certificate opened it.
class Transport {
 public:
  virtual ~Transport() = default;

  // `frame` is called for each frame in the order sent; what it returns, if not OK, ends the stream
  // and is returned.
  virtual absl::Status Pull(const v1::PullRequest& request,
                            absl::FunctionRef<absl::Status(v1::PullFrame)> frame) = 0;
  virtual absl::StatusOr<v1::PushResponse> Push(const v1::PushRequest& request) = 0;
  virtual absl::StatusOr<v1::AdoptResponse> Adopt(const v1::AdoptRequest& request) = 0;

  virtual absl::StatusOr<v1::PutChunkResponse> PutChunk(const v1::PutChunkRequest& request) = 0;
  virtual absl::StatusOr<v1::GetChunkResponse> GetChunk(const v1::GetChunkRequest& request) = 0;

  virtual absl::StatusOr<v1::InvitationOpened> OpenInvitation(
      const v1::InvitationOpen& request) = 0;
  virtual absl::StatusOr<v1::InvitationRequests> WaitingFor(
      const v1::InvitationWaiting& request) = 0;
  virtual absl::StatusOr<v1::InvitationAnswered> AnswerInvitation(
      const v1::InvitationAnswer& request) = 0;

  virtual absl::StatusOr<v1::OfficeAnswer> AskOffice(const v1::OfficeRequest& request) = 0;

  // Any thread: the call under way, and every later one, ends with E_CANCELLED.
  virtual void Cancel() = 0;
};

// The enrolment port: no certificate of ours is asked for. Until a server CA is known the peer
// proves itself by what it answers, not by its certificate.
class EnrolTransport {
 public:
  virtual ~EnrolTransport() = default;
  virtual absl::StatusOr<v1::EnrolWaiting> Ask(const v1::EnrolRequest& request) = 0;
  virtual absl::StatusOr<v1::EnrolAnswer> Poll(const v1::EnrolPoll& request) = 0;
  virtual absl::StatusOr<v1::Certificate> Certify(const v1::CertifyRequest& request) = 0;
  virtual absl::StatusOr<v1::DeliverResponse> Deliver(const v1::DeliverRequest& request) = 0;
  virtual void Cancel() = 0;
};

// Where the server is and how it is known. An address is "host:port" of the sync port; the
// enrolment port is the next one.
struct Endpoint {
  std::string address;
  std::string server_ca_pem;        // empty: not known yet, enrolment port only
  std::string certificate_pem;      // the device's; empty: none yet
  const Secret* key_pem = nullptr;  // of that certificate; borrowed for the call
};
// "host:port" with the next port; empty when `address` is no such thing.
std::string EnrolAddress(std::string_view address);

class Network {
 public:
  virtual ~Network() = default;
  // Both return at once and connect with the first call.
  virtual absl::StatusOr<std::unique_ptr<Transport>> Connect(const Endpoint& endpoint) = 0;
  virtual absl::StatusOr<std::unique_ptr<EnrolTransport>> ConnectForEnrolment(
      const Endpoint& endpoint) = 0;
};

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_SYNC_TRANSPORT_H_
