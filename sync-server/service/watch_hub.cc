#include "sync-server/service/watch_hub.h"

#include <utility>

#include "crypto/reason.h"

namespace doorstep::server {

absl::StatusOr<uint64_t> WatchHub::Add(std::set<Id> scopes, Wakers wakers) {
  const std::lock_guard hold(mutex_);
  if (closed_) return MakeStatus(Reason::kBusy, "the server is stopping");
  if (watchers_.size() >= watchers_max_) return MakeStatus(Reason::kLimit, "too many watch");
  const uint64_t watcher = next_++;
  watchers_[watcher] = Watcher{std::move(scopes), {}, std::move(wakers)};
  return watcher;
}

void WatchHub::Remove(uint64_t watcher) {
  const std::lock_guard hold(mutex_);
  watchers_.erase(watcher);
}

std::vector<Id> WatchHub::Take(uint64_t watcher) {
  const std::lock_guard hold(mutex_);
  const auto found = watchers_.find(watcher);
  if (found == watchers_.end()) return {};
  std::vector<Id> moved(found->second.moved.begin(), found->second.moved.end());
  found->second.moved.clear();
  return moved;
}

void WatchHub::Notify(std::span<const Id> scopes) {
  const std::lock_guard hold(mutex_);
  for (auto& [number, watcher] : watchers_) {
    bool any = false;
    for (const Id& scope : scopes) {
      if (!watcher.scopes.contains(scope)) continue;
      watcher.moved.insert(scope);
      any = true;
    }
    if (any) watcher.wakers.moved();
  }
}

void WatchHub::Close() {
  const std::lock_guard hold(mutex_);
  closed_ = true;
  for (auto& [number, watcher] : watchers_) watcher.wakers.closed();
}

size_t WatchHub::watchers() const {
  const std::lock_guard hold(mutex_);
  return watchers_.size();
}

}  // namespace doorstep::server
