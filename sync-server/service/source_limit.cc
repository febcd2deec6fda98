#include "sync-server/service/source_limit.h"

#include <algorithm>

namespace doorstep::server {
namespace {

constexpr int64_t kMinuteMs = 60'000;

}  // namespace

bool SourceLimit::Take(const std::string& source, int64_t now_ms) {
  const std::lock_guard hold(mutex_);
  if (!times_.contains(source) && times_.size() >= sources_max_) {
    const auto oldest = std::min_element(
        times_.begin(), times_.end(),
        [](const auto& a, const auto& b) { return a.second.back() < b.second.back(); });
    times_.erase(oldest);
  }
  std::deque<int64_t>& times = times_[source];
  while (!times.empty() && times.front() <= now_ms - kMinuteMs) times.pop_front();
  if (times.size() >= a_minute_) return false;
  times.push_back(now_ms);
  return true;
}

std::string SourceOf(const std::string& grpc_peer) {
  const std::string address = grpc_peer.substr(0, grpc_peer.rfind(':'));
  if (!address.starts_with("ipv6:")) return address;
  size_t end = 0;
  for (int group = 0; group < 5 && end != std::string::npos; ++group) {
    end = address.find_first_of(":%", end + 1);
  }
  return address.substr(0, end);
}

}  // namespace doorstep::server
