// The client's own thread: contacts, enrolments and requests, one after the other, and the
// callbacks that end them. It begins with the first job and ends with this object.
#ifndef DOORSTEP_CLIENT_CORE_CAPI_WORKER_H_
#define DOORSTEP_CLIENT_CORE_CAPI_WORKER_H_

#include <functional>
#include <optional>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace doorstep::capi {

class Worker {
 public:
  struct Job {
    std::function<void()> work;  // may wait for a network
    std::function<void()> tell;  // calls the shell back; the next job may be handed in meanwhile
  };

  Worker() = default;
  // Tells of the job under way, and then of none. The owner has cancelled it.
  ~Worker();  // waits
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // FAILED_PRECONDITION (E_STATE) while a job works or waits, RESOURCE_EXHAUSTED without a thread.
  absl::Status Start(Job job);

  // True once nothing works, waits or is being told of; false after so long.
  bool IdleWithin(absl::Duration patience);

 private:
  void Run();
  bool Idle() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return !working_ && !telling_ && !next_.has_value();
  }
  bool Ready() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return ended_ || next_.has_value(); }

  absl::Mutex mutex_;
  std::optional<Job> next_ ABSL_GUARDED_BY(mutex_);
  bool working_ ABSL_GUARDED_BY(mutex_) = false;
  bool telling_ ABSL_GUARDED_BY(mutex_) = false;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace doorstep::capi

#endif  // DOORSTEP_CLIENT_CORE_CAPI_WORKER_H_
