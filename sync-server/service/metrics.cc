#include "sync-server/service/metrics.h"

#include <utility>

namespace doorstep::server {
namespace {

const char* NameOfCounter(Counter counter) {
  switch (counter) {
    case Counter::kRowsApplied:
      return "rows_applied";
    case Counter::kRowsHeld:
      return "rows_held";
    case Counter::kRowsBad:
      return "rows_bad";
    case Counter::kRowsRetry:
      return "rows_retry";
    case Counter::kBatches:
      return "batches";
    case Counter::kFramesSent:
      return "frames_sent";
    case Counter::kEntriesAdopted:
      return "entries_adopted";
    case Counter::kAlarmAdopted:
      return "alarm_adopted";
    case Counter::kAlarmForeignHead:
      return "alarm_foreign_head";
    case Counter::kAlarmForged:
      return "alarm_forged";
    case Counter::kAlarmInvitation:
      return "alarm_invitation";
    case Counter::kDeliveredItems:
      return "delivered_items";
    case Counter::kDeliveredUnreadable:
      return "delivered_unreadable";
    case Counter::kCertificatesIssued:
      return "certificates_issued";
    case Counter::kWatchHints:
      return "watch_hints";
  }
  return "";
}

std::string Line(const std::string& name, const char* kind, uint64_t value) {
  return "# TYPE doorstep_" + name + " " + kind + "\ndoorstep_" + name + " " +
         std::to_string(value) + "\n";
}

}  // namespace

void Metrics::Add(Counter counter, uint64_t n) {
  const std::lock_guard hold(mutex_);
  counters_[static_cast<size_t>(counter)] += n;
}

void Metrics::Called(std::string_view method, Reason reason) {
  const std::lock_guard hold(mutex_);
  const std::string_view name = reason == Reason::kNone ? "OK" : NameOf(reason);
  ++calls_[{std::string(method), std::string(name)}];
}

void Metrics::Gauge(const std::string& name, std::function<uint64_t()> value) {
  const std::lock_guard hold(mutex_);
  gauges_[name] = std::move(value);
}

uint64_t Metrics::Of(Counter counter) const {
  const std::lock_guard hold(mutex_);
  return counters_[static_cast<size_t>(counter)];
}

std::string Metrics::Text() const {
  const std::lock_guard hold(mutex_);
  std::string text;
  for (int n = 0; n < kCounters; ++n) {
    text += Line(std::string(NameOfCounter(static_cast<Counter>(n))) + "_total", "counter",
                 counters_[n]);
  }
  if (!calls_.empty()) text += "# TYPE doorstep_calls_total counter\n";
  for (const auto& [call, count] : calls_) {
    text += "doorstep_calls_total{method=\"" + call.first + "\",answer=\"" + call.second + "\"} " +
            std::to_string(count) + "\n";
  }
  for (const auto& [name, value] : gauges_) text += Line(name, "gauge", value());
  return text;
}

}  // namespace doorstep::server
