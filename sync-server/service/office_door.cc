#include "sync-server/service/office_door.h"

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <string>
#include <utility>

#include "doorstep/v1/office.grpc.pb.h"

namespace doorstep::server {
namespace {

using RawOffice = v1::Office::WithRawCallbackMethod_Ask<v1::Office::Service>;

class OfficeDoor final : public RawOffice {
 public:
  explicit OfficeDoor(const OfficeDoorParts& parts) : parts_(parts) {}

  grpc::ServerUnaryReactor* Ask(grpc::CallbackServerContext* context,
                                const grpc::ByteBuffer* request,
                                grpc::ByteBuffer* response) override {
    return ServeUnary(
        parts_.calls, "Ask", parts_.limits.call_ms, context, request, response,
        [&service = parts_.service, context](std::string bytes, UnaryDone done) mutable {
          const absl::StatusOr<Caller> caller = service.Identify(PeerCertificateOf(*context));
          if (!caller.ok()) return done(caller.status());
          service.Ask(*caller, bytes, std::move(done));
        });
  }

 private:
  const OfficeDoorParts parts_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeOfficeDoor(const OfficeDoorParts& parts) {
  return std::make_unique<OfficeDoor>(parts);
}

}  // namespace doorstep::server
