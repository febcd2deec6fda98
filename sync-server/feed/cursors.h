// Where a device stands against this server's logs, read strictly and compared.
#ifndef DOORSTEP_SYNC_SERVER_FEED_CURSORS_H_
#define DOORSTEP_SYNC_SERVER_FEED_CURSORS_H_

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "doorstep/v1/sync.pb.h"
#include "model/record_id.h"
#include "sync-server/store/store.h"

namespace doorstep::server {

// The end of the log that a device stores of one scope.
struct Position {
  uint64_t seq = 0;
  std::string hash;  // first 8 bytes of that entry's hash; empty at 0
  uint64_t archived_seq = 0;
};

struct ScopePosition {
  Id scope;
  Position position;
};

// The hashes of the entries first_seq .. that a device stores, 8 bytes each.
struct HashRun {
  Id scope;
  uint64_t first_seq = 1;
  std::string hashes;

  uint64_t count() const { return hashes.size() / 8; }
};

// A PullRequest, read. No scope is in two of directory, cursors, wanted and histories, but that a
// history stands in place of the cursor of its scope.
struct PullPlan {
  std::optional<Position> directory;
  std::vector<ScopePosition> cursors;  // without the directory, in the order of the request
  std::vector<Id> wanted;
  std::set<Id> not_carried;
  std::vector<HashRun> histories;  // the directory's first
  uint32_t directory_rows = 0;
};
absl::StatusOr<PullPlan> ReadPullRequest(const Id& tenant, const v1::PullRequest& request);

enum class Standing : uint8_t {
  kOnChain,   // the same entry is ours: here or behind our end
  kMismatch,  // ahead of us, another entry, or a scope that is not known here
};
// A position at 0 is on every chain, an unknown scope's too.
absl::StatusOr<Standing> Compare(const ReadView& view, const Id& scope, const Position& position);

// The greatest number at which both logs have the same entry; 0 when none that was shown is ours.
absl::StatusOr<uint64_t> GreatestCommon(const ReadView& view, const HashRun& run);

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_FEED_CURSORS_H_
