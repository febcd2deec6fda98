// The small parts of the service, each alone: pool, hub, table of calls, limits, metrics, sources.
#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <future>
#include <string>
#include <vector>

#include "crypto/reason.h"
#include "sync-server/service/call_table.h"
#include "sync-server/service/limits.h"
#include "sync-server/service/metrics.h"
#include "sync-server/service/source_limit.h"
#include "sync-server/service/watch_hub.h"
#include "sync-server/service/worker_pool.h"

namespace doorstep::server {
namespace {

Id IdOf(uint8_t byte) {
  Id id;
  id.bytes.fill(byte);
  return id;
}

TEST_CASE("a pool takes no more than its queue, and works off what it took") {
  std::atomic<int> done{0};
  std::promise<void> go;
  std::promise<void> running;
  WorkerPool pool(1, 2);
  REQUIRE(pool.Submit([&, wait = go.get_future()]() mutable {
    running.set_value();
    wait.get();
    ++done;
  }));
  running.get_future().get();
  CHECK(pool.Submit([&] { ++done; }));
  CHECK(pool.Submit([&] { ++done; }));
  CHECK_FALSE(pool.Submit([&] { ++done; }));
  CHECK(pool.waiting() == 2);
  go.set_value();
  pool.Stop();
  CHECK(done == 3);
  CHECK_FALSE(pool.Submit([&] { ++done; }));
}

TEST_CASE("hints are merged, kept apart by watcher, and end with the watch") {
  WatchHub hub(2);
  int woken = 0;
  int closed = 0;
  const WatchHub::Wakers wakers{[&] { ++woken; }, [&] { ++closed; }};
  const uint64_t one = hub.Add({IdOf(1), IdOf(2)}, wakers).value();
  const uint64_t two = hub.Add({IdOf(2)}, wakers).value();
  CHECK(ReasonOf(hub.Add({}, wakers).status()) == Reason::kLimit);
  for (const int scope : {2, 1, 2, 9}) {
    const Id id = IdOf(static_cast<uint8_t>(scope));
    hub.Notify(std::span(&id, 1));
  }
  CHECK(woken == 5);
  CHECK(hub.Take(one) == std::vector<Id>{IdOf(1), IdOf(2)});
  CHECK(hub.Take(one).empty());
  CHECK(hub.Take(two) == std::vector<Id>{IdOf(2)});
  hub.Remove(two);
  hub.Remove(two);
  const Id id = IdOf(2);
  hub.Notify(std::span(&id, 1));
  CHECK(woken == 6);
  hub.Close();
  CHECK(closed == 1);
  hub.Remove(one);
  CHECK(ReasonOf(hub.Add({}, wakers).status()) == Reason::kBusy);
}

TEST_CASE("a call is cancelled once when its time is over, whatever deadline it asked for") {
  std::atomic<int64_t> now{1'000};
  int cancelled = 0;
  int other = 0;
  CallTable table([&] { return now.load(); }, 1'000'000);
  const uint64_t call = table.Add(30'000, [&] { ++cancelled; });
  const uint64_t finished = table.Add(30'000, [&] { ++other; });
  now = 30'999;
  table.Look();
  CHECK(cancelled == 0);
  table.Remove(finished);
  now = 31'000;
  table.Look();
  table.Look();
  CHECK(cancelled == 1);
  CHECK(other == 0);
  CHECK(table.calls() == 1);
  table.Remove(call);
  CHECK(table.calls() == 0);
}

TEST_CASE("a stream that moves is not cancelled; one whose reader takes nothing is") {
  std::atomic<int64_t> now{0};
  int cancelled = 0;
  CallTable table([&] { return now.load(); }, 1'000'000);
  const uint64_t call = table.Add(60'000, [&] { ++cancelled; });
  for (int n = 1; n <= 10; ++n) {
    now = n * 50'000;
    table.Look();
    table.Renew(call, 60'000);
  }
  CHECK(cancelled == 0);
  now = 560'000;
  table.Look();
  CHECK(cancelled == 1);
  table.Remove(call);
}

TEST_CASE("a limit of nothing is refused by its name") {
  CHECK(CheckLimits({}).ok());
  ServiceLimits limits;
  limits.enrol_requests_a_minute = 0;
  const absl::Status refused = CheckLimits(limits);
  CHECK(ReasonOf(refused) == Reason::kArg);
  CHECK(std::string(refused.message()).find("enrol_requests_a_minute") != std::string::npos);
  limits = {};
  limits.drain_ms = -1;
  CHECK_FALSE(CheckLimits(limits).ok());
}

TEST_CASE("a source may ask so often a minute, and a flood of sources is forgotten, not kept") {
  SourceLimit limit(2, 3);
  CHECK(limit.Take("a", 0));
  CHECK(limit.Take("a", 10));
  CHECK_FALSE(limit.Take("a", 20));
  CHECK(limit.Take("b", 20));
  CHECK_FALSE(limit.Take("a", 59'999));
  CHECK(limit.Take("a", 60'000));
  CHECK_FALSE(limit.Take("a", 60'009));
  CHECK(limit.Take("c", 60'010));
  // "b" was heard of longest ago; "a" is still remembered.
  CHECK(limit.Take("d", 60'011));
  CHECK(limit.Take("a", 60'012));
  CHECK_FALSE(limit.Take("a", 60'013));
}

TEST_CASE("a source is an address without its port; of IPv6 its network") {
  CHECK(SourceOf("ipv4:192.0.2.7:5312") == "ipv4:192.0.2.7");
  CHECK(SourceOf("ipv6:[2001:db8:1:2:3:4:5:6]:99") == "ipv6:[2001:db8:1:2");
  CHECK(SourceOf("ipv6:[2001:db8:1:2:ffff:4:5:6]:99") == "ipv6:[2001:db8:1:2");
  CHECK(SourceOf("ipv6:[2001:db8:1:9:3:4:5:6]:99") != SourceOf("ipv6:[2001:db8:1:2:3:4:5:6]:99"));
  CHECK(SourceOf("ipv6:[::1]:99") == "ipv6:[::1]");
  CHECK(SourceOf("unix:") == "unix");
}

TEST_CASE("metrics are Prometheus' text, and gauges are asked when they are told") {
  Metrics metrics;
  uint64_t level = 7;
  metrics.Gauge("level", [&] { return level; });
  metrics.Add(Counter::kRowsBad, 3);
  metrics.Called("Push", Reason::kNone);
  metrics.Called("Push", Reason::kLimit);
  level = 8;
  const std::string text = metrics.Text();
  CHECK(text.find("# TYPE doorstep_rows_bad_total counter\ndoorstep_rows_bad_total 3\n") !=
        std::string::npos);
  CHECK(text.find("doorstep_calls_total{method=\"Push\",answer=\"E_LIMIT\"} 1\n") !=
        std::string::npos);
  CHECK(text.find("# TYPE doorstep_level gauge\ndoorstep_level 8\n") != std::string::npos);
}

}  // namespace
}  // namespace doorstep::server
