// Looks at the table of visits under way (ingest/lone.h) and tells, once a visit, that a check-out
// is missing; and to the same people, once, that it came after all. What is told is noted in the
// store behind it, so that neither a restart nor a failing notifier loses one: at the worst one is
// told twice, under the same notice id.
#ifndef DOORSTEP_SYNC_SERVER_NOTIFIER_LONE_WATCH_H_
#define DOORSTEP_SYNC_SERVER_NOTIFIER_LONE_WATCH_H_

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "sync-server/notifier/notice.h"
#include "sync-server/store/store.h"

namespace doorstep::server {

class LoneWatch {
 public:
  struct Parts {
    Store& store;
    Notifier& notifier;
    std::function<int64_t()> now_ms;  // the server's clock, UTC
    // Runs a step where the store is written, and waits for it.
    std::function<absl::Status(absl::FunctionRef<absl::Status(Store&)>)> write;
  };
  // All that is referred to outlives it.
  explicit LoneWatch(Parts parts) : parts_(std::move(parts)) {}

  // Tells whatever is due now. The first thing that failed; the rest was told all the same, and
  // what failed is told at the next look.
  absl::Status Look();

 private:
  absl::Status TellDue(const LoneRow& row);
  absl::Status TellEnded(const LoneRow& row);
  absl::StatusOr<Notice> NoticeOf(const LoneRow& row, Notice::Kind kind);

  Parts parts_;
};

// Looks again and again on a thread of its own, from now on until it is destroyed.
class LoneTimer {
 public:
  // `failed` is told of a look that failed, on the timer's thread.
  LoneTimer(LoneWatch& watch, int64_t every_ms, std::function<void(const absl::Status&)> failed);
  LoneTimer(const LoneTimer&) = delete;
  LoneTimer& operator=(const LoneTimer&) = delete;
  ~LoneTimer();

 private:
  void Run(int64_t every_ms);

  LoneWatch& watch_;
  const std::function<void(const absl::Status&)> failed_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_NOTIFIER_LONE_WATCH_H_
