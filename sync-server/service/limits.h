// The limits of the service, each with its unit and reason; the operator may set them, and 0 is
// refused at start. Those of messages, pages and changesets stand in model/limits.h, those of the
// writer in sync-server/store/limits.h.
#ifndef DOORSTEP_SYNC_SERVER_SERVICE_LIMITS_H_
#define DOORSTEP_SYNC_SERVER_SERVICE_LIMITS_H_

#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"

namespace doorstep::server {

struct ServiceLimits {
  int message_bytes_max = 1 << 20;  // either way, everywhere: a peer's memory is bounded by it
  int enrol_message_bytes_max = 64 << 10;  // from peers that proved nothing yet
  int header_bytes_max = 8 << 10;
  int streams_max = 16;      // of one connection
  int handshake_ms = 5'000;  // a slow handshake holds a descriptor
  int keepalive_ms = 60'000;
  int keepalive_timeout_ms = 20'000;
  int ping_interval_min_ms = 30'000;
  int ping_strikes_max = 2;
  int connection_age_ms = 30 * 60'000;  // spreads devices over servers, ends forgotten ones
  int connection_age_grace_ms = 30'000;
  int connection_idle_ms = 10 * 60'000;
  int64_t call_ms = 30'000;              // whatever deadline a caller asked for
  int64_t push_ms = 120'000;             // Push and Adopt, which wait for the disk
  int64_t idle_stream_ms = 60'000;       // a Pull whose reader takes nothing
  size_t memory_bytes_max = 256u << 20;  // of gRPC's own buffers
  int handler_threads = 16;
  size_t handler_queue_max = 1'024;  // calls that wait for a handler; beyond it E_BUSY
  size_t watchers_max = 4'000;       // as many as connections
  int enrol_requests_a_minute = 10;  // of one source: guesses, and asks for certificates
  size_t enrol_sources_max = 4'096;  // sources remembered
  size_t deliveries_max = 4;         // at once, from all sources
  size_t invitations_max = 256;      // waiting at once: a day of enrolling a large authority
  int64_t drain_ms = 10'000;         // what is under way may end when the server stops
};

// INVALID_ARGUMENT (E_ARG) naming the limit that is 0 or less.
absl::Status CheckLimits(const ServiceLimits& limits);

inline constexpr size_t kDeliverItemsMax = 128;  // items of one Deliver
// Changesets of 256 KiB, with their seals and uids.
inline constexpr size_t kDeliverMessageBytesMax = (256 + 16) << 10;
inline constexpr size_t kInvitationRequestsMax = 3;  // that wait for one answer
inline constexpr int64_t kInvitationMsMax = int64_t{7} * 24 * 60 * 60 * 1000;
inline constexpr size_t kCertificateRequestBytesMax = 4 << 10;  // a P-256 request has 300 bytes

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_SERVICE_LIMITS_H_
