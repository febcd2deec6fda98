#include "sync-server/service/enrol_door.h"

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <string>
#include <utility>

#include "doorstep/v1/enrol.grpc.pb.h"

namespace doorstep::server {
namespace {

using Raw = v1::Enrol::WithRawCallbackMethod_Ask<
    v1::Enrol::WithRawCallbackMethod_Poll<v1::Enrol::WithRawCallbackMethod_Certify<
        v1::Enrol::WithRawCallbackMethod_Deliver<v1::Enrol::Service>>>>;

class EnrolDoor final : public Raw {
 public:
  explicit EnrolDoor(const EnrolDoorParts& parts) : parts_(parts) {}

  grpc::ServerUnaryReactor* Ask(grpc::CallbackServerContext* context,
                                const grpc::ByteBuffer* request,
                                grpc::ByteBuffer* response) override {
    return Serve("Ask", &EnrolService::Ask, context, request, response);
  }
  grpc::ServerUnaryReactor* Poll(grpc::CallbackServerContext* context,
                                 const grpc::ByteBuffer* request,
                                 grpc::ByteBuffer* response) override {
    return Serve("Poll", &EnrolService::Poll, context, request, response);
  }
  grpc::ServerUnaryReactor* Certify(grpc::CallbackServerContext* context,
                                    const grpc::ByteBuffer* request,
                                    grpc::ByteBuffer* response) override {
    return Serve("Certify", &EnrolService::Certify, context, request, response);
  }
  grpc::ServerUnaryReactor* Deliver(grpc::CallbackServerContext* context,
                                    const grpc::ByteBuffer* request,
                                    grpc::ByteBuffer* response) override {
    return ServeUnary(parts_.calls, "Deliver", parts_.limits.push_ms, context, request, response,
                      [&service = parts_.service](std::string bytes, UnaryDone done) mutable {
                        service.Deliver(bytes, std::move(done));
                      });
  }

 private:
  using Method = void (EnrolService::*)(const std::string&, std::string_view, EnrolService::Done);

  grpc::ServerUnaryReactor* Serve(std::string_view name, Method method,
                                  grpc::CallbackServerContext* context,
                                  const grpc::ByteBuffer* request, grpc::ByteBuffer* response) {
    return ServeUnary(parts_.calls, name, parts_.limits.call_ms, context, request, response,
                      [&service = parts_.service, method, source = SourceOf(context->peer())](
                          std::string bytes, UnaryDone done) mutable {
                        (service.*method)(source, bytes, std::move(done));
                      });
  }

  const EnrolDoorParts parts_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeEnrolDoor(const EnrolDoorParts& parts) {
  return std::make_unique<EnrolDoor>(parts);
}

}  // namespace doorstep::server
