// The limits of a device's store. Each is refused with E_LIMIT and tested at its edge.
#ifndef DOORSTEP_CLIENT_CORE_STORE_LIMITS_H_
#define DOORSTEP_CLIENT_CORE_STORE_LIMITS_H_

#include <cstddef>
#include <cstdint>

namespace doorstep::client {

// Own rows that no server has accepted yet. Beyond it a commit is refused, while there is still
// room on the disk to say so; the person's draft stays.
inline constexpr uint64_t kOutboxRowsMax = 10'000;
inline constexpr uint64_t kOutboxBytesMax = 64 << 20;

inline constexpr int kDraftsMax = 500;
inline constexpr size_t kDraftBytesMax = 256 << 10;

// Chunks of files, own and fetched. Beyond it nothing is fetched by itself and no file is added.
inline constexpr uint64_t kFileBytesOnDeviceMax = uint64_t{512} << 20;

inline constexpr int kSearchHitsMax = 200;
inline constexpr size_t kSearchWordsMax = 16;  // words of one search; more are not needed to find
inline constexpr size_t kSearchBytesMax = 1 << 10;  // of the words as typed
inline constexpr int kUnindexedTextsMax = 64;       // texts whose words are not in the index yet
inline constexpr int kQueryRecordsMax = 500;
inline constexpr size_t kQueryConditionsMax = 8;

// A scope's key and a number in its log share one 64-bit integer: 23 bits and 40.
inline constexpr int kPlaceSeqBits = 40;
inline constexpr uint64_t kSeqMax = (uint64_t{1} << kPlaceSeqBits) - 1;
inline constexpr int64_t kScopeKeyMax = (int64_t{1} << 23) - 1;

// Overlays kept in memory; all are let go when there are more.
inline constexpr size_t kOverlaysMax = 256;

// What a hostile file may make SQLite allocate or run.
inline constexpr int kValueBytesMax = 8 << 20;
inline constexpr int kSqlBytesMax = 100'000;
inline constexpr int kExpressionDepthMax = 50;
inline constexpr int kProgramOpsMax = 250'000;
inline constexpr int kVariablesMax = 999;

inline constexpr int kCachePagesKib = 8 << 10;  // SQLite's page cache
inline constexpr int kWalPagesMax = 2'000;      // 8 MiB: then the log is written back

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_STORE_LIMITS_H_
