// The network of a real device: gRPC over TLS 1.3, with the device's own certificate on the sync
// port and none on the enrolment port. grpc_transport.cc is the only client file that knows gRPC.
//
//  * A server is believed only with a certificate that the pinned CA issued for the name it is
//    called by. Without a pinned CA (the enrolment port, before an administrator has answered) any
//    certificate will do: what is answered there proves itself by the invitation's code.
//  * Nothing is larger than 1 MiB in either direction, no call waits for ever, a peer that has gone
//    silent is noticed within 80 s, and no call is ever repeated by itself.
//  * TLS 1.2 is refused by the server, and a downgrade shows in the handshake; gRPC 1.51 gives a
//    client no way of its own to ask for more.
//
// gRPC keeps its own copy of the TLS key while a transport is there: locking a device ends them.
#ifndef DOORSTEP_CLIENT_CORE_SYNC_GRPC_TRANSPORT_H_
#define DOORSTEP_CLIENT_CORE_SYNC_GRPC_TRANSPORT_H_

#include <cstdint>
#include <memory>

#include "client-core/sync/transport.h"

namespace doorstep::client {

struct GrpcLimits {
  int message_bytes_max = 1 << 20;  // both ways
  int64_t call_ms = 30'000;         // every call but these
  int64_t push_ms = 120'000;        // Push, Adopt
  int64_t idle_stream_ms = 60'000;  // between two frames of a Pull
  int keepalive_ms = 60'000;        // not less than the server's least ping interval of 30 s
  int keepalive_timeout_ms = 20'000;
  int header_bytes_max = 8 << 10;
};

// Transports that it made outlive it.
std::unique_ptr<Network> MakeGrpcNetwork(const GrpcLimits& limits = {});

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_SYNC_GRPC_TRANSPORT_H_
