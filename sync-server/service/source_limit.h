// How often one source may ask within a minute: peers that have proved nothing yet. Remembers a
// bounded number of sources; when there are more, those heard of longest ago are forgotten, since a
// flood from many addresses is the listener's business.
#ifndef DOORSTEP_SYNC_SERVER_SERVICE_SOURCE_LIMIT_H_
#define DOORSTEP_SYNC_SERVER_SERVICE_SOURCE_LIMIT_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>

#include "absl/base/thread_annotations.h"

namespace doorstep::server {

class SourceLimit {
 public:
  SourceLimit(int a_minute, size_t sources_max)
      : a_minute_(static_cast<size_t>(a_minute)), sources_max_(sources_max) {}

  // Counts one request and says whether it is within the limit. Any thread.
  [[nodiscard]] bool Take(const std::string& source, int64_t now_ms);

 private:
  const size_t a_minute_;
  const size_t sources_max_;
  std::mutex mutex_;
  std::map<std::string, std::deque<int64_t>> times_ ABSL_GUARDED_BY(mutex_);  // of taken requests
};

// What names a source: of "ipv4:192.0.2.7:5312" the address; an IPv6 source counts as its network
// of 64 bits, which one machine has to itself.
std::string SourceOf(const std::string& grpc_peer);

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_SERVICE_SOURCE_LIMIT_H_
