// Who waits for which scopes, and what moved since they were told: hints, merged, lossy and early.
// Nothing is read here; whether a watcher may still know of a scope is asked when it is told.
#ifndef DOORSTEP_SYNC_SERVER_SERVICE_WATCH_HUB_H_
#define DOORSTEP_SYNC_SERVER_SERVICE_WATCH_HUB_H_

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <span>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sync-server/store/store.h"

namespace doorstep::server {

class WatchHub {
 public:
  // Both are called while the hub is locked: they must not call back into it, nor wait.
  struct Wakers {
    std::function<void()> moved;   // something is there to Take
    std::function<void()> closed;  // the server stops
  };

  explicit WatchHub(size_t watchers_max) : watchers_max_(watchers_max) {}

  // RESOURCE_EXHAUSTED (E_LIMIT); UNAVAILABLE (E_BUSY) once closed.
  absl::StatusOr<uint64_t> Add(std::set<Id> scopes, Wakers wakers);
  // No waker of this watcher runs when it has returned.
  void Remove(uint64_t watcher);
  // What moved since the last Take, ascending.
  std::vector<Id> Take(uint64_t watcher);

  // Any thread.
  void Notify(std::span<const Id> scopes);
  void Close();
  size_t watchers() const;

 private:
  struct Watcher {
    std::set<Id> scopes;
    std::set<Id> moved;
    Wakers wakers;
  };

  const size_t watchers_max_;
  mutable std::mutex mutex_;
  std::map<uint64_t, Watcher> watchers_ ABSL_GUARDED_BY(mutex_);
  uint64_t next_ ABSL_GUARDED_BY(mutex_) = 1;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_SERVICE_WATCH_HUB_H_
