// What the server counts: calls by method and reason, rows by answer, alarms. Numbers only; no id,
// name or address is ever a label. Any thread.
#ifndef DOORSTEP_SYNC_SERVER_SERVICE_METRICS_H_
#define DOORSTEP_SYNC_SERVER_SERVICE_METRICS_H_

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "crypto/reason.h"

namespace doorstep::server {

enum class Counter : uint8_t {
  kRowsApplied,
  kRowsHeld,
  kRowsBad,
  kRowsRetry,
  kBatches,
  kFramesSent,
  kEntriesAdopted,
  kAlarmAdopted,      // a restored server was given its history back
  kAlarmForeignHead,  // a head of this server's own signature is not on its chain
  kAlarmForged,       // bytes that do not verify
  kAlarmInvitation,   // a handle that nobody gave out
  kDeliveredItems,
  kDeliveredUnreadable,
  kCertificatesIssued,
  kWatchHints,
};
inline constexpr int kCounters = static_cast<int>(Counter::kWatchHints) + 1;

class Metrics {
 public:
  void Add(Counter counter, uint64_t n = 1);
  // `method` is one of our own names, never a peer's text.
  void Called(std::string_view method, Reason reason);
  // A number that is asked for when it is told. `name` in Prometheus' alphabet.
  void Gauge(const std::string& name, std::function<uint64_t()> value);

  uint64_t Of(Counter counter) const;
  // Prometheus' text format, names ascending.
  std::string Text() const;

 private:
  mutable std::mutex mutex_;
  uint64_t counters_[kCounters] ABSL_GUARDED_BY(mutex_) = {};
  std::map<std::pair<std::string, std::string>, uint64_t> calls_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, std::function<uint64_t()>> gauges_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_SERVICE_METRICS_H_
