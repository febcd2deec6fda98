// Between gRPC and the services: bytes out of its buffers and back, our Status as its own with the
// reason in the trailer `doorstep-reason-bin` (u32, little-endian), and a unary call that is worked
// on by the pool. Messages cross as bytes, so that they are counted before they are parsed.
//
// A caller is told a reason, never our words: those are for whoever runs the server.
#ifndef DOORSTEP_SYNC_SERVER_SERVICE_CALLS_H_
#define DOORSTEP_SYNC_SERVER_SERVICE_CALLS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sync-server/service/call_table.h"
#include "sync-server/service/metrics.h"
#include "sync-server/service/worker_pool.h"

namespace grpc {
class ByteBuffer;
class CallbackServerContext;
class ServerUnaryReactor;
class Status;
}  // namespace grpc

namespace doorstep::server {

// What every call shares. Outlives the server.
struct CallParts {
  WorkerPool& pool;
  CallTable& table;
  Metrics& metrics;
};

std::string BytesOf(const grpc::ByteBuffer& buffer);
grpc::ByteBuffer BufferOf(std::string_view bytes);
// Adds the trailer to `context`; to be called before the call ends.
grpc::Status StatusFor(grpc::CallbackServerContext& context, const absl::Status& status);
// The certificate that the caller proved; empty where none is asked for.
std::string PeerCertificateOf(const grpc::CallbackServerContext& context);

using UnaryDone = absl::AnyInvocable<void(absl::StatusOr<std::string>)>;
// Called on a thread of the pool; `done` once, from any thread.
using UnaryHandler = absl::AnyInvocable<void(std::string request, UnaryDone done)>;

// The reactor of one call, which owns itself. `method` is counted.
grpc::ServerUnaryReactor* ServeUnary(const CallParts& parts, std::string_view method,
                                     int64_t limit_ms, grpc::CallbackServerContext* context,
                                     const grpc::ByteBuffer* request, grpc::ByteBuffer* response,
                                     UnaryHandler handler);

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_SERVICE_CALLS_H_
