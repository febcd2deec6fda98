#include "sync-server/service/limits.h"

#include <string>

#include "crypto/reason.h"

namespace doorstep::server {

absl::Status CheckLimits(const ServiceLimits& limits) {
  struct Named {
    const char* name;
    int64_t value;
  };
  const Named all[] = {
      {"message_bytes_max", limits.message_bytes_max},
      {"enrol_message_bytes_max", limits.enrol_message_bytes_max},
      {"header_bytes_max", limits.header_bytes_max},
      {"streams_max", limits.streams_max},
      {"handshake_ms", limits.handshake_ms},
      {"keepalive_ms", limits.keepalive_ms},
      {"keepalive_timeout_ms", limits.keepalive_timeout_ms},
      {"ping_interval_min_ms", limits.ping_interval_min_ms},
      {"ping_strikes_max", limits.ping_strikes_max},
      {"connection_age_ms", limits.connection_age_ms},
      {"connection_age_grace_ms", limits.connection_age_grace_ms},
      {"connection_idle_ms", limits.connection_idle_ms},
      {"call_ms", limits.call_ms},
      {"push_ms", limits.push_ms},
      {"idle_stream_ms", limits.idle_stream_ms},
      {"memory_bytes_max", static_cast<int64_t>(limits.memory_bytes_max)},
      {"handler_threads", limits.handler_threads},
      {"handler_queue_max", static_cast<int64_t>(limits.handler_queue_max)},
      {"watchers_max", static_cast<int64_t>(limits.watchers_max)},
      {"enrol_requests_a_minute", limits.enrol_requests_a_minute},
      {"enrol_sources_max", static_cast<int64_t>(limits.enrol_sources_max)},
      {"deliveries_max", static_cast<int64_t>(limits.deliveries_max)},
      {"invitations_max", static_cast<int64_t>(limits.invitations_max)},
      {"drain_ms", limits.drain_ms},
  };
  for (const Named& limit : all) {
    if (limit.value <= 0) {
      return MakeStatus(Reason::kArg, std::string(limit.name) + " must be more than 0");
    }
  }
  return absl::OkStatus();
}

}  // namespace doorstep::server
