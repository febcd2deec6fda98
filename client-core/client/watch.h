// Who is told when something may look different now: after a commit, a page, an answer of the
// office. Told once for each call, with every scope it touched.
#ifndef DOORSTEP_CLIENT_CORE_CLIENT_WATCH_H_
#define DOORSTEP_CLIENT_CORE_CLIENT_WATCH_H_

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <vector>

#include "model/record_id.h"

namespace doorstep::client {

// Scopes that may look different, ascending; the directory's is the tenant id.
using ChangedFn = std::function<void(const std::vector<Id>& scopes)>;

class Watchers {
 public:
  uint64_t Add(ChangedFn changed);
  void Remove(uint64_t watch);
  void Note(const Id& scope) { changed_.insert(scope); }
  // Tells everybody what was noted since the last time; nothing noted, nobody told.
  void Tell();

 private:
  std::map<uint64_t, ChangedFn> watchers_;
  std::set<Id> changed_;
  uint64_t last_ = 0;
};

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_CLIENT_WATCH_H_
