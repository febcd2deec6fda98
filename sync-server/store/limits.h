// The limits of the server's cores, each with its unit and reason. Those of messages, pages and
// changesets stand in model/limits.h.
#ifndef DOORSTEP_SYNC_SERVER_STORE_LIMITS_H_
#define DOORSTEP_SYNC_SERVER_STORE_LIMITS_H_

#include <cstddef>
#include <cstdint>

namespace doorstep::server {

// Rows of one transaction: two full pushes, so that the fsync is shared and a reader waits little.
inline constexpr size_t kBatchRowsMax = 256;
// Calls that wait for the writer; beyond it the answer is E_BUSY.
inline constexpr size_t kWriterQueueMax = 1024;
// When a device asks again about a row that waits for its author, its scope or a newer server.
inline constexpr uint32_t kRetryAfterMs = 60'000;
// Changesets of one Ended: with its frame below the message limit of 1 MiB.
inline constexpr size_t kEndedBytesMax = 768 << 10;
// Reading connections kept open: as many as there are handler threads.
inline constexpr size_t kReaderConnectionsMax = 16;
// Pages of the write-ahead log after which the writer checkpoints: 4 MiB.
inline constexpr int kWalPagesMax = 1024;

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_STORE_LIMITS_H_
