// The limits of a contact; those of the protocol itself stand in model/limits.h.
#ifndef DOORSTEP_CLIENT_CORE_SYNC_LIMITS_H_
#define DOORSTEP_CLIENT_CORE_SYNC_LIMITS_H_

#include <cstddef>
#include <cstdint>

namespace doorstep::client {

// A batch from this size on goes out packed; a smaller one has little to gain.
inline constexpr size_t kPackedPushBytesMin = 1 << 10;
inline constexpr int kZstdLevel = 3;                    // of a push, and what the tests pack with
inline constexpr int64_t kAskAgainMs = 60 * 60 * 1000;  // of a row that waits for an archive
// Of one delivery: with the frame around each item it stays below the 256 KiB that a server reads.
inline constexpr size_t kDeliverBytesMax = 240 << 10;
inline constexpr int kRoundsMax = 16;      // pulls in one contact
inline constexpr int kSettleTriesMax = 3;  // of one scope's parted history in one contact
inline constexpr size_t kHistoryBytesMax = 640 << 10;  // hashes in one pull; a message is 1 MiB
inline constexpr size_t kRetakenBytesMax = 16 << 20;   // a family offered again, before it is taken
inline constexpr int64_t kRetryDelayMaxMs = 5 * 60 * 1000;
// Chunks of files in one contact, up and down together; then the next contact goes on.
inline constexpr size_t kFileBytesPerContact = 8 << 20;
inline constexpr int64_t kFileAskAgainMs = int64_t{24} * 60 * 60 * 1000;  // of own ones, received
// Before a file is looked for again of which the office lacked a chunk.
inline constexpr int64_t kFileFetchAgainMs = 60'000;
inline constexpr int kFileAsksMax = 16;  // in one contact
inline constexpr int kAlarmsMax = 64;    // told in one report

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_SYNC_LIMITS_H_
