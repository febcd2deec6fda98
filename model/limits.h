// The limits of the model: what one changeset, one entry and one message may be. Each is refused
// with E_LIMIT, and tested at its edge.
#ifndef DOORSTEP_MODEL_LIMITS_H_
#define DOORSTEP_MODEL_LIMITS_H_

#include <cstddef>
#include <cstdint>

namespace doorstep {

inline constexpr size_t kChangesetBytesMax = 64 << 10;  // as signed; a page holds at least four
inline constexpr int kWritesMax = 512;                  // field writes in a changeset
inline constexpr int kRecordsMax = 256;                 // record changes in a changeset
inline constexpr int kWrapsMax = 64;                    // wraps in a changeset
inline constexpr size_t kMetaBytesMax = 16 << 10;       // room for the uids a Decision releases
inline constexpr size_t kHeadBytesMax = 1 << 10;

inline constexpr int kMessageDepthMax = 16;       // nesting that the scanner lets pass
inline constexpr int kMessageElementsMax = 4096;  // sub-messages and unknown fields
inline constexpr int kAdoptElementsMax = 16384;   // the same in one step of Adopt

inline constexpr size_t kPageBytesMax = 256 << 10;  // entries of one page before compression
inline constexpr int kPageEntriesMax = 256;
inline constexpr int kPushRowsMax = 128;
inline constexpr size_t kPushBytesMax = 256 << 10;  // changesets of one push
inline constexpr size_t kPushPlainBytesMax = 288
                                             << 10;  // with signatures and the frame around each
inline constexpr size_t kAdoptBytesMax = 768 << 10;
inline constexpr int kScopesMax = 4096;          // in one pull
inline constexpr int kHistoryHashesMax = 65536;  // newest, of 8 bytes each

inline constexpr uint32_t kProtocol = 1;  // major version of sync.proto
inline constexpr uint32_t kSchema = 1;    // grows with records.proto

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_LIMITS_H_
