#include "tests/bench/contact.h"

#include <cassert>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <variant>

#include "model/scanner.h"
#include "tests/bench/stopwatch.h"

namespace doorstep::bench {
namespace {

// Frames on their way: as many as a connection's window holds.
class Stream {
 public:
  void Put(std::string frame) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return frames_.size() < kFramesMax; });
    frames_.push_back(std::move(frame));
    changed_.notify_all();
  }
  void End() {
    std::lock_guard<std::mutex> lock(mutex_);
    ended_ = true;
    changed_.notify_all();
  }
  std::optional<std::string> Take() {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return ended_ || !frames_.empty(); });
    if (frames_.empty()) return std::nullopt;
    std::string frame = std::move(frames_.front());
    frames_.pop_front();
    changed_.notify_all();
    return frame;
  }

 private:
  static constexpr size_t kFramesMax = 4;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> frames_;
  bool ended_ = false;
};

template <typename M>
M Parsed(const std::string& bytes) {
  M message;
  const absl::Status parsed = ParseMessage(bytes, message);
  assert(parsed.ok());
  return message;
}

void RunPull(Device& device, Office& office, client::Session& session, uint64_t call,
             const std::string& request, RoundTrip& trip) {
  const int64_t now_ms = device.clock().now_ms;
  const Id id = device.client().device();
  Stream stream;
  std::thread serving([&] {
    Stopwatch watch;
    office.Pull(id, request, now_ms, [&](std::string frame) { stream.Put(std::move(frame)); });
    trip.office_ms = watch.ThreadMs();
    stream.End();
  });
  Stopwatch watch;
  while (std::optional<std::string> frame = stream.Take()) {
    trip.down_bytes += frame->size();
    ++trip.frames;
    session.OnPullFrame(call, Parsed<v1::PullFrame>(*frame), now_ms);
  }
  session.OnPullEnd(call, absl::OkStatus(), now_ms);
  trip.device_ms += watch.ThreadMs();
  serving.join();
}

void RunPush(Device& device, Office& office, client::Session& session, uint64_t call,
             const std::string& request, RoundTrip& trip) {
  const int64_t now_ms = device.clock().now_ms;
  Stopwatch serving;
  const std::string response = office.Push(device.client().device(), request, now_ms);
  trip.office_ms = serving.ThreadMs();
  trip.down_bytes = response.size();
  Stopwatch watch;
  session.OnPush(call, Parsed<v1::PushResponse>(response), now_ms);
  trip.device_ms += watch.ThreadMs();
}

ContactCost RunOnline(Device& device) {
  ContactCost cost;
  Stopwatch whole;
  v1::SyncReport report;
  const absl::Status synced = device.client().Sync(report);
  cost.wall_ms = whole.WallMs();
  assert(synced.ok());
  cost.received = report.received();
  cost.pushed = report.pushed();
  return cost;
}

}  // namespace

RoundTrip ContactCost::Sum(RoundTrip::Kind kind) const {
  RoundTrip sum;
  sum.kind = kind;
  for (const RoundTrip& trip : round_trips) {
    if (trip.kind != kind) continue;
    sum.wall_ms += trip.wall_ms;
    sum.device_ms += trip.device_ms;
    sum.office_ms += trip.office_ms;
    sum.up_bytes += trip.up_bytes;
    sum.down_bytes += trip.down_bytes;
    sum.frames += trip.frames;
  }
  return sum;
}

ContactCost RunContact(Device& device, Office& office) {
  if (office.online()) return RunOnline(device);
  ContactCost cost;
  Stopwatch whole;
  absl::StatusOr<std::unique_ptr<client::Session>> begun =
      device.client().BeginContact(device.clock().now_ms);
  assert(begun.ok());
  client::Session& session = **begun;
  while (!session.done()) {
    RoundTrip trip;
    Stopwatch watch;
    std::optional<client::Request> request = session.TakeRequest();
    assert(request.has_value());
    const bool pulls = std::holds_alternative<v1::PullRequest>(request->body);
    trip.kind = pulls ? RoundTrip::Kind::kPull : RoundTrip::Kind::kPush;
    const std::string bytes =
        std::visit([](const auto& body) { return body.SerializeAsString(); }, request->body);
    trip.up_bytes = bytes.size();
    trip.device_ms = watch.ThreadMs();
    (pulls ? RunPull : RunPush)(device, office, session, request->call, bytes, trip);
    trip.wall_ms = watch.WallMs();
    cost.round_trips.push_back(trip);
  }
  assert(session.status().ok());
  cost.received = session.report().received();
  cost.pushed = session.report().pushed();
  device.client().FinishContact(session, device.clock().now_ms);
  cost.wall_ms = whole.WallMs();
  return cost;
}

}  // namespace doorstep::bench
