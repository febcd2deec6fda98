// The calls under way, and until when each may take. gRPC 1.51 gives a server no way to shorten a
// deadline that a caller chose, so one thread looks here once in a while and cancels what is over.
#ifndef DOORSTEP_SYNC_SERVER_SERVICE_CALL_TABLE_H_
#define DOORSTEP_SYNC_SERVER_SERVICE_CALL_TABLE_H_

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

#include "absl/base/thread_annotations.h"

namespace doorstep::server {

class CallTable {
 public:
  // `now_ms`: monotonic. `tick_ms`: how often it looks.
  CallTable(std::function<int64_t()> now_ms, int64_t tick_ms);
  CallTable(const CallTable&) = delete;
  CallTable& operator=(const CallTable&) = delete;
  ~CallTable();

  // `cancel` is called at most once, while the table is locked: it must not call back into it.
  uint64_t Add(int64_t limit_ms, std::function<void()> cancel);
  // Counts from now on anew: something moved.
  void Renew(uint64_t call, int64_t limit_ms);
  // `cancel` does not run when it has returned.
  void Remove(uint64_t call);
  size_t calls() const;
  // Cancels what is over now; the thread's own step.
  void Look();

 private:
  struct Call {
    int64_t until_ms = 0;
    std::function<void()> cancel;  // null once called
  };
  void Run(int64_t tick_ms);

  const std::function<int64_t()> now_ms_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::map<uint64_t, Call> calls_ ABSL_GUARDED_BY(mutex_);
  uint64_t next_ ABSL_GUARDED_BY(mutex_) = 1;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_SERVICE_CALL_TABLE_H_
