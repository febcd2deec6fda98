// A page of a log as it goes out: entries after a number, and the signed head of the last.
#ifndef DOORSTEP_SYNC_SERVER_FEED_PAGE_H_
#define DOORSTEP_SYNC_SERVER_FEED_PAGE_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "doorstep/v1/sync.pb.h"
#include "sync-server/feed/head_signer.h"
#include "sync-server/store/store.h"

namespace doorstep::server {

// Where the log is cut, for one who may see it up to there only.
struct LogEnd {
  ScopeRow row;
  uint64_t limit = 0;  // at most row.seq
};

// Entries after + 1 .. of at most 256 and 256 KiB before compression, at least one; `after` is
// below the limit.
absl::StatusOr<v1::PullPage> BuildPage(const ReadView& view, const HeadSigner& signer,
                                       const Id& scope, const LogEnd& end, uint64_t after);

// The head at the end of the log, with its state digest.
SignedHead SignEnd(const HeadSigner& signer, const Id& scope, const ScopeRow& row);

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_FEED_PAGE_H_
