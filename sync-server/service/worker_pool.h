// The threads on which calls are worked on: few, with a bounded queue in front, so that a flood of
// calls costs answers of E_BUSY and neither threads nor memory.
#ifndef DOORSTEP_SYNC_SERVER_SERVICE_WORKER_POOL_H_
#define DOORSTEP_SYNC_SERVER_SERVICE_WORKER_POOL_H_

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"

namespace doorstep::server {

class WorkerPool {
 public:
  using Task = absl::AnyInvocable<void()>;

  WorkerPool(int threads, size_t queue_max);
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;
  // As Stop().
  ~WorkerPool();

  // False, leaving the task undone, when the queue is full or the pool has stopped.
  [[nodiscard]] bool Submit(Task task);
  // Works off what waits and ends the threads. Not from one of them.
  void Stop();
  size_t waiting() const;

 private:
  void Run();

  const size_t queue_max_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Task> queue_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_SERVICE_WORKER_POOL_H_
