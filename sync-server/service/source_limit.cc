#include "sync-server/service/source_limit.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <string_view>

#include "crypto/bytes.h"

namespace doorstep::server {
namespace {

constexpr int64_t kMinuteMs = 60'000;
constexpr std::string_view kIpv6 = "ipv6:";

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
  const size_t port = grpc_peer.rfind(':');
  const std::string address = grpc_peer.substr(0, port);
  if (!address.starts_with(kIpv6)) return address;
  // gRPC writes the brackets of an address as %5B and %5D.
  std::string inside = address.substr(kIpv6.size());
  for (const std::string_view mark : {"%5B", "%5D", "[", "]"}) {
    for (size_t at; (at = inside.find(mark)) != std::string::npos;) inside.erase(at, mark.size());
  }
  inside.resize(std::min(inside.find('%'), inside.size()));  // without its zone
  in6_addr parsed{};
  if (inet_pton(AF_INET6, inside.c_str(), &parsed) != 1) return address;
  const std::string_view bytes(reinterpret_cast<const char*>(parsed.s6_addr), sizeof(parsed));
  // An IPv4 source that reached a port of both kinds is itself, and no network of 64 bits.
  if (IN6_IS_ADDR_V4MAPPED(&parsed)) return "ipv4:" + ToHex(bytes.substr(12));
  return std::string(kIpv6) + ToHex(bytes.substr(0, 8));
}

}  // namespace doorstep::server
