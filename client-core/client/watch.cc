#include "client-core/client/watch.h"

#include <utility>

namespace doorstep::client {

uint64_t Watchers::Add(ChangedFn changed) {
  watchers_[++last_] = std::move(changed);
  return last_;
}

void Watchers::Remove(uint64_t watch) { watchers_.erase(watch); }

void Watchers::Tell() {
  if (changed_.empty()) return;
  std::vector<Id> scopes(changed_.begin(), changed_.end());
  changed_.clear();
  for (const auto& [watch, changed] : watchers_) changed(scopes);
}

}  // namespace doorstep::client
