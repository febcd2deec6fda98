#include "client-core/sync/grpc_transport.h"

#include <grpc/support/log.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_certificate_verifier.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <grpcpp/support/channel_arguments.h>

#include <cassert>
#include <chrono>
#include <cstdlib>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "crypto/primitives.h"
#include "crypto/reason.h"
#include "doorstep/v1/enrol.grpc.pb.h"
#include "doorstep/v1/office.grpc.pb.h"
#include "doorstep/v1/sync.grpc.pb.h"

namespace doorstep::client {
namespace {

using std::chrono::milliseconds;
using std::chrono::system_clock;

constexpr char kReasonTrailer[] = "doorstep-reason-bin";

// For the enrolment port before a CA is known: takes any certificate.
class AnyCertificate final : public grpc::experimental::ExternalCertificateVerifier {
 public:
  bool Verify(grpc::experimental::TlsCustomVerificationCheckRequest*,
              std::function<void(grpc::Status)>, grpc::Status* status) override {
    *status = grpc::Status::OK;
    return true;  // decided at once
  }
  void Cancel(grpc::experimental::TlsCustomVerificationCheckRequest*) override {}
};

// A peer that gives no reason of ours: nobody we know, or a network in between.
Reason ReasonOfCode(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::INVALID_ARGUMENT:
      return Reason::kFormat;
    case grpc::StatusCode::UNAUTHENTICATED:
      return Reason::kAuth;
    case grpc::StatusCode::PERMISSION_DENIED:
      return Reason::kDenied;
    case grpc::StatusCode::NOT_FOUND:
      return Reason::kNotFound;
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return Reason::kLimit;
    case grpc::StatusCode::UNIMPLEMENTED:
      return Reason::kUnsupported;
    default:
      return Reason::kBusy;
  }
}

absl::Status FromPeer(const grpc::Status& status, const grpc::ClientContext& context) {
  if (status.ok()) return absl::OkStatus();
  const auto& trailers = context.GetServerTrailingMetadata();
  const auto found = trailers.find(kReasonTrailer);
  if (found != trailers.end() && found->second.size() == 4) {
    uint32_t number = 0;
    const char* const bytes = found->second.data();
    for (size_t i = 4; i-- > 0;) number = number << 8 | static_cast<uint8_t>(bytes[i]);
    const Reason reason = static_cast<Reason>(number);
    // A peer's words are not repeated: they may be anybody's.
    if (!NameOf(reason).empty()) {
      return MakeStatus(reason, "the server answered " + std::string(NameOf(reason)));
    }
  }
  const Reason reason = ReasonOfCode(status.error_code());
  if (reason == Reason::kBusy) return MakeStatus(reason, "the server cannot be reached");
  return MakeStatus(reason, "the call failed on its way");
}

absl::Status Cancelled() { return MakeStatus(Reason::kCancelled, "the call was cancelled"); }

// The one call under way, so that another thread can end it.
class CurrentCall {
 public:
  // False after Cancel: do not begin.
  bool Begin(grpc::ClientContext* context) {
    const std::lock_guard hold(mutex_);
    assert(current_ == nullptr);
    if (cancelled_) return false;
    current_ = context;
    return true;
  }
  // Whether it was cancelled meanwhile.
  bool End() {
    const std::lock_guard hold(mutex_);
    current_ = nullptr;
    return cancelled_;
  }
  void Cancel() {
    const std::lock_guard hold(mutex_);
    cancelled_ = true;
    if (current_ != nullptr) current_->TryCancel();
  }

 private:
  std::mutex mutex_;
  grpc::ClientContext* current_ = nullptr;  // guarded by mutex_
  bool cancelled_ = false;                  // guarded by mutex_
};

// One unary call: `method` is the stub's, bound to its stub.
template <typename Response, typename Request, typename Method>
absl::StatusOr<Response> CallOnce(CurrentCall& current, const Request& request, int64_t limit_ms,
                                  Method method) {
  grpc::ClientContext context;
  context.set_deadline(system_clock::now() + milliseconds(limit_ms));
  if (!current.Begin(&context)) return Cancelled();
  Response response;
  const grpc::Status status = method(&context, request, &response);
  if (current.End()) return Cancelled();
  if (absl::Status failed = FromPeer(status, context); !failed.ok()) return failed;
  return response;
}

// A Pull as it runs: every step is waited for no longer than the limit of an idle stream.
class PullCall {
 public:
  PullCall(v1::Sync::Stub& stub, const v1::PullRequest& request, int64_t idle_ms)
      : stub_(stub), request_(request), idle_ms_(idle_ms) {}
  // The queue must be empty before it ends, whatever happened.
  ~PullCall() {
    queue_.Shutdown();
    void* tag = nullptr;
    bool ok = false;
    while (queue_.Next(&tag, &ok)) {
    }
  }
  PullCall(const PullCall&) = delete;
  PullCall& operator=(const PullCall&) = delete;

  grpc::ClientContext& context() { return context_; }

  absl::Status Run(absl::FunctionRef<absl::Status(v1::PullFrame)> frame) {
    reader_ = stub_.AsyncPull(&context_, request_, &queue_, this);
    absl::Status refused;
    bool silent = !Wait();
    while (!silent && refused.ok() && going_) {
      v1::PullFrame next;
      reader_->Read(&next, this);
      if (!Wait()) {
        silent = true;
        context_.TryCancel();
        WaitForEver();  // `next` is written to until then
      } else if (going_) {
        refused = frame(std::move(next));
      }
    }
    if (silent || !refused.ok()) context_.TryCancel();
    if (silent && reader_ == nullptr) return Silent();
    grpc::Status status;
    reader_->Finish(&status, this);
    WaitForEver();
    if (!refused.ok()) return refused;
    if (silent) return Silent();
    return FromPeer(status, context_);
  }

 private:
  static absl::Status Silent() {
    return MakeStatus(Reason::kBusy, "the server fell silent in the middle of a pull");
  }
  // False when nothing happened in time. `going_`: whether the stream goes on.
  bool Wait() {
    void* tag = nullptr;
    const auto until = system_clock::now() + milliseconds(idle_ms_);
    return queue_.AsyncNext(&tag, &going_, until) == grpc::CompletionQueue::GOT_EVENT;
  }
  void WaitForEver() {
    void* tag = nullptr;
    queue_.Next(&tag, &going_);
  }

  v1::Sync::Stub& stub_;
  const v1::PullRequest& request_;
  const int64_t idle_ms_;
  grpc::ClientContext context_;
  grpc::CompletionQueue queue_;
  std::unique_ptr<grpc::ClientAsyncReader<v1::PullFrame>> reader_;
  bool going_ = true;
};

class GrpcTransport final : public Transport {
 public:
  GrpcTransport(const std::shared_ptr<grpc::Channel>& channel, const GrpcLimits& limits)
      : sync_(v1::Sync::NewStub(channel)),
        invitations_(v1::Invitations::NewStub(channel)),
        office_(v1::Office::NewStub(channel)),
        limits_(limits) {}

  absl::Status Pull(const v1::PullRequest& request,
                    absl::FunctionRef<absl::Status(v1::PullFrame)> frame) override {
    PullCall call(*sync_, request, limits_.idle_stream_ms);
    if (!current_.Begin(&call.context())) return Cancelled();
    const absl::Status status = call.Run(frame);
    return current_.End() && !status.ok() ? Cancelled() : status;
  }

  absl::StatusOr<v1::PushResponse> Push(const v1::PushRequest& request) override {
    return CallOnce<v1::PushResponse>(
        current_, request, limits_.push_ms,
        [&](auto* context, auto& in, auto* out) { return sync_->Push(context, in, out); });
  }
  absl::StatusOr<v1::AdoptResponse> Adopt(const v1::AdoptRequest& request) override {
    return CallOnce<v1::AdoptResponse>(
        current_, request, limits_.push_ms,
        [&](auto* context, auto& in, auto* out) { return sync_->Adopt(context, in, out); });
  }
  absl::StatusOr<v1::PutChunkResponse> PutChunk(const v1::PutChunkRequest& request) override {
    return CallOnce<v1::PutChunkResponse>(
        current_, request, limits_.push_ms,
        [&](auto* context, auto& in, auto* out) { return sync_->PutChunk(context, in, out); });
  }
  absl::StatusOr<v1::GetChunkResponse> GetChunk(const v1::GetChunkRequest& request) override {
    return CallOnce<v1::GetChunkResponse>(
        current_, request, limits_.push_ms,
        [&](auto* context, auto& in, auto* out) { return sync_->GetChunk(context, in, out); });
  }
  absl::StatusOr<v1::InvitationOpened> OpenInvitation(const v1::InvitationOpen& request) override {
    return CallOnce<v1::InvitationOpened>(
        current_, request, limits_.call_ms,
        [&](auto* context, auto& in, auto* out) { return invitations_->Open(context, in, out); });
  }
  absl::StatusOr<v1::InvitationRequests> WaitingFor(const v1::InvitationWaiting& request) override {
    return CallOnce<v1::InvitationRequests>(current_, request, limits_.call_ms,
                                            [&](auto* context, auto& in, auto* out) {
                                              return invitations_->Waiting(context, in, out);
                                            });
  }
  absl::StatusOr<v1::InvitationAnswered> AnswerInvitation(
      const v1::InvitationAnswer& request) override {
    return CallOnce<v1::InvitationAnswered>(
        current_, request, limits_.call_ms,
        [&](auto* context, auto& in, auto* out) { return invitations_->Answer(context, in, out); });
  }
  absl::StatusOr<v1::OfficeAnswer> AskOffice(const v1::OfficeRequest& request) override {
    return CallOnce<v1::OfficeAnswer>(
        current_, request, limits_.call_ms,
        [&](auto* context, auto& in, auto* out) { return office_->Ask(context, in, out); });
  }
  void Cancel() override { current_.Cancel(); }

 private:
  std::unique_ptr<v1::Sync::Stub> sync_;
  std::unique_ptr<v1::Invitations::Stub> invitations_;
  std::unique_ptr<v1::Office::Stub> office_;
  const GrpcLimits limits_;
  CurrentCall current_;
};

class GrpcEnrolTransport final : public EnrolTransport {
 public:
  GrpcEnrolTransport(const std::shared_ptr<grpc::Channel>& channel, const GrpcLimits& limits)
      : enrol_(v1::Enrol::NewStub(channel)), limits_(limits) {}

  absl::StatusOr<v1::EnrolWaiting> Ask(const v1::EnrolRequest& request) override {
    return CallOnce<v1::EnrolWaiting>(
        current_, request, limits_.call_ms,
        [&](auto* context, auto& in, auto* out) { return enrol_->Ask(context, in, out); });
  }
  absl::StatusOr<v1::EnrolAnswer> Poll(const v1::EnrolPoll& request) override {
    return CallOnce<v1::EnrolAnswer>(
        current_, request, limits_.call_ms,
        [&](auto* context, auto& in, auto* out) { return enrol_->Poll(context, in, out); });
  }
  absl::StatusOr<v1::Certificate> Certify(const v1::CertifyRequest& request) override {
    return CallOnce<v1::Certificate>(
        current_, request, limits_.call_ms,
        [&](auto* context, auto& in, auto* out) { return enrol_->Certify(context, in, out); });
  }
  absl::StatusOr<v1::DeliverResponse> Deliver(const v1::DeliverRequest& request) override {
    return CallOnce<v1::DeliverResponse>(
        current_, request, limits_.push_ms,
        [&](auto* context, auto& in, auto* out) { return enrol_->Deliver(context, in, out); });
  }
  void Cancel() override { current_.Cancel(); }

 private:
  std::unique_ptr<v1::Enrol::Stub> enrol_;
  const GrpcLimits limits_;
  CurrentCall current_;
};

class GrpcNetwork final : public Network {
 public:
  explicit GrpcNetwork(const GrpcLimits& limits) : limits_(limits) {}

  absl::StatusOr<std::unique_ptr<Transport>> Connect(const Endpoint& endpoint) override {
    if (endpoint.server_ca_pem.empty() || endpoint.certificate_pem.empty() ||
        endpoint.key_pem == nullptr) {
      return MakeStatus(Reason::kState, "this device has no certificate for the server yet");
    }
    return std::make_unique<GrpcTransport>(Channel(endpoint.address, DeviceCredentials(endpoint)),
                                           limits_);
  }

  absl::StatusOr<std::unique_ptr<EnrolTransport>> ConnectForEnrolment(
      const Endpoint& endpoint) override {
    const std::string address = EnrolAddress(endpoint.address);
    if (address.empty()) return MakeStatus(Reason::kArg, "a server is given as host:port");
    return std::make_unique<GrpcEnrolTransport>(Channel(address, EnrolCredentials(endpoint)),
                                                limits_);
  }

 private:
  static std::shared_ptr<grpc::ChannelCredentials> DeviceCredentials(const Endpoint& endpoint) {
    std::string key(endpoint.key_pem->view());
    grpc::experimental::TlsChannelCredentialsOptions options;
    options.set_certificate_provider(
        std::make_shared<grpc::experimental::StaticDataCertificateProvider>(
            endpoint.server_ca_pem,
            std::vector<grpc::experimental::IdentityKeyCertPair>{{key, endpoint.certificate_pem}}));
    WipeBytes({reinterpret_cast<uint8_t*>(key.data()), key.size()});
    options.watch_root_certs();
    options.watch_identity_key_cert_pairs();
    return grpc::experimental::TlsCredentials(options);
  }

  static std::shared_ptr<grpc::ChannelCredentials> EnrolCredentials(const Endpoint& endpoint) {
    grpc::experimental::TlsChannelCredentialsOptions options;
    if (endpoint.server_ca_pem.empty()) {
      options.set_verify_server_certs(false);
      options.set_check_call_host(false);
      options.set_certificate_verifier(
          grpc::experimental::ExternalCertificateVerifier::Create<AnyCertificate>());
    } else {
      options.set_certificate_provider(
          std::make_shared<grpc::experimental::StaticDataCertificateProvider>(
              endpoint.server_ca_pem));
      options.watch_root_certs();
    }
    return grpc::experimental::TlsCredentials(options);
  }

  std::shared_ptr<grpc::Channel> Channel(
      const std::string& address,
      const std::shared_ptr<grpc::ChannelCredentials>& credentials) const {
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(limits_.message_bytes_max);
    arguments.SetMaxSendMessageSize(limits_.message_bytes_max);
    arguments.SetInt(GRPC_ARG_MAX_METADATA_SIZE, limits_.header_bytes_max);
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, limits_.keepalive_ms);
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, limits_.keepalive_timeout_ms);
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
    arguments.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
    // A contact has its own connection: what one device proved is no other's.
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return grpc::CreateCustomChannel(address, credentials, arguments);
  }

  const GrpcLimits limits_;
};

}  // namespace

std::unique_ptr<Network> MakeGrpcNetwork(const GrpcLimits& limits) {
  // A core does not log, and gRPC would write to the shell's standard error.
  if (std::getenv("GRPC_VERBOSITY") == nullptr) gpr_set_log_function([](gpr_log_func_args*) {});
  return std::make_unique<GrpcNetwork>(limits);
}

}  // namespace doorstep::client
