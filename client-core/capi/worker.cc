#include "client-core/capi/worker.h"

#include <system_error>
#include <utility>

#include "client-core/client/device_host.h"

namespace doorstep::capi {

Worker::~Worker() {
  {
    const absl::MutexLock lock(&mutex_);
    ended_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

absl::Status Worker::Start(Job job) {
  const absl::MutexLock lock(&mutex_);
  if (working_ || next_.has_value()) {
    return MakeStatus(Reason::kState, "a contact, an enrolment or a request is under way");
  }
  if (!thread_.joinable()) {
    try {
      thread_ = std::thread(&Worker::Run, this);
    } catch (const std::system_error&) {
      return MakeStatus(Reason::kNoMemory, "no thread is to be had");
    }
  }
  next_ = std::move(job);
  return absl::OkStatus();
}

bool Worker::IdleWithin(absl::Duration patience) {
  const absl::MutexLock lock(&mutex_);
  return mutex_.AwaitWithTimeout(absl::Condition(this, &Worker::Idle), patience);
}

void Worker::Run() {
  for (;;) {
    Job job;
    {
      const absl::MutexLock lock(&mutex_);
      mutex_.Await(absl::Condition(this, &Worker::Ready));
      // A job that was taken is told of, even when the client closes at the same moment.
      if (!next_.has_value()) return;
      job = *std::exchange(next_, std::nullopt);
      working_ = true;
    }
    job.work();
    {
      const absl::MutexLock lock(&mutex_);
      working_ = false;
      telling_ = true;
    }
    job.tell();
    const absl::MutexLock lock(&mutex_);
    telling_ = false;
  }
}

}  // namespace doorstep::capi
