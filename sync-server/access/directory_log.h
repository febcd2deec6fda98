// The directory in memory, folded from the directory log of a store.
#ifndef DOORSTEP_SYNC_SERVER_ACCESS_DIRECTORY_LOG_H_
#define DOORSTEP_SYNC_SERVER_ACCESS_DIRECTORY_LOG_H_

#include <cstdint>
#include <shared_mutex>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "model/authority.h"
#include "sync-server/store/store.h"

namespace doorstep::server {

// Folds what the log of `view` has above directory.seq(). The directory is a prefix of that log or
// of an earlier moment of it. DATA_LOSS when it is not.
absl::Status CatchUp(Directory& directory, const ReadView& view);

// The directory as several threads read it, each at the place of its own view. Only of committed
// views: what a transaction may still take back never enters.
class SharedDirectory {
 public:
  SharedDirectory(const Id& tenant, const PublicKey& genesis_root);

  // `directory` may be ahead of `at`: ask it at `at`. Hold it for one frame, not longer; the thread
  // that holds one asks for no other.
  struct Place {
    std::shared_lock<std::shared_mutex> lock;
    const Directory& directory;
    uint64_t at;
  };
  absl::StatusOr<Place> At(const ReadView& view);

 private:
  std::shared_mutex mutex_;
  Directory directory_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_ACCESS_DIRECTORY_LOG_H_
