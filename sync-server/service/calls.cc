#include "sync-server/service/calls.h"

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>
#include <grpcpp/support/slice.h>
#include <grpcpp/support/status.h>

#include <utility>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/reason.h"

namespace doorstep::server {
namespace {

constexpr char kReasonTrailer[] = "doorstep-reason-bin";

class UnaryCall final : public grpc::ServerUnaryReactor {
 public:
  UnaryCall(const CallParts& parts, std::string_view method, int64_t limit_ms,
            grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
            grpc::ByteBuffer* response, UnaryHandler handler)
      : parts_(parts),
        method_(method),
        context_(context),
        request_(request),
        response_(response),
        handler_(std::move(handler)),
        number_(parts.table.Add(limit_ms, [context] { context->TryCancel(); })) {}

  void Begin() {
    if (!parts_.pool.Submit([this] { Work(); })) {
      End(MakeStatus(Reason::kBusy, "too many calls wait"));
    }
  }

  void OnDone() override { delete this; }

 private:
  void Work() {
    if (context_->IsCancelled()) return End(MakeStatus(Reason::kCancelled, "the caller left"));
    // Taken out of the call, which may be gone before the handler returns.
    UnaryHandler handler = std::move(handler_);
    handler(BytesOf(*request_),
            [this](absl::StatusOr<std::string> answer) { End(std::move(answer)); });
  }

  void End(absl::StatusOr<std::string> answer) {
    parts_.table.Remove(number_);
    parts_.metrics.Called(method_, ReasonOf(answer.status()));
    if (answer.ok()) *response_ = BufferOf(*answer);
    Finish(StatusFor(*context_, answer.status()));  // the last thing: OnDone may run at once
  }

  const CallParts parts_;
  const std::string_view method_;
  grpc::CallbackServerContext* const context_;
  const grpc::ByteBuffer* const request_;
  grpc::ByteBuffer* const response_;
  UnaryHandler handler_;
  const uint64_t number_;
};

}  // namespace

std::string BytesOf(const grpc::ByteBuffer& buffer) {
  std::string bytes;
  std::vector<grpc::Slice> slices;
  if (!buffer.Dump(&slices).ok()) return bytes;
  bytes.reserve(buffer.Length());
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

grpc::ByteBuffer BufferOf(std::string_view bytes) {
  const grpc::Slice slice(bytes.data(), bytes.size());
  return grpc::ByteBuffer(&slice, 1);
}

grpc::Status StatusFor(grpc::CallbackServerContext& context, const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  Reason reason = ReasonOf(status);
  if (reason == Reason::kNone) reason = Reason::kInternal;
  std::string trailer;
  AppendU32(trailer, static_cast<uint32_t>(reason));
  context.AddTrailingMetadata(kReasonTrailer, trailer);
  // Both number the canonical codes alike.
  return grpc::Status(static_cast<grpc::StatusCode>(CodeOf(reason)), std::string(NameOf(reason)));
}

std::string PeerCertificateOf(const grpc::CallbackServerContext& context) {
  const auto values = context.auth_context()->FindPropertyValues("x509_pem_cert");
  return values.size() == 1 ? std::string(values[0].data(), values[0].size()) : std::string();
}

grpc::ServerUnaryReactor* ServeUnary(const CallParts& parts, std::string_view method,
                                     int64_t limit_ms, grpc::CallbackServerContext* context,
                                     const grpc::ByteBuffer* request, grpc::ByteBuffer* response,
                                     UnaryHandler handler) {
  auto* call =
      new UnaryCall(parts, method, limit_ms, context, request, response, std::move(handler));
  call->Begin();
  return call;
}

}  // namespace doorstep::server
