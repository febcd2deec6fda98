// A chunk of a file beside a record, to whom may read the family.
#ifndef DOORSTEP_SYNC_SERVER_FEED_CHUNKS_H_
#define DOORSTEP_SYNC_SERVER_FEED_CHUNKS_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "doorstep/v1/sync.pb.h"
#include "sync-server/feed/feed.h"

namespace doorstep::server {

// The right is asked at the moment that is read, as for a frame. NOT_FOUND (E_NOT_FOUND) alike
// where there is no such chunk, where the device may not read the family, and while families wait
// behind the gate after a restore.
absl::StatusOr<v1::GetChunkResponse> GetChunk(const FeedParts& parts, const Id& device,
                                              const v1::GetChunkRequest& request, int64_t now_ms);

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_FEED_CHUNKS_H_
