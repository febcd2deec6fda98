// The limits of the C border. What a message may hold is limited again by whoever reads it.
#ifndef DOORSTEP_CLIENT_CORE_CAPI_LIMITS_H_
#define DOORSTEP_CLIENT_CORE_CAPI_LIMITS_H_

#include <cstddef>

namespace doorstep::capi {

// A message or a draft that crosses: a draft of 256 KiB, or a changeset of 64 KiB as JSON, fits
// many times over, and nothing larger is looked at.
inline constexpr size_t kMessageBytesMax = 1 << 20;

// Open clients, and open questions, in one process: more is a shell that forgets to close.
inline constexpr size_t kClientsMax = 64;
inline constexpr size_t kQueriesMax = 1024;

// A file beside a record, and how much of it is asked of the shell at once.
inline constexpr size_t kFileBytesMax = 20 << 20;
inline constexpr size_t kFilePieceBytes = 256 << 10;

// A path of a folder, in bytes: what Linux takes.
inline constexpr size_t kPathBytesMax = 4096;

}  // namespace doorstep::capi

#endif  // DOORSTEP_CLIENT_CORE_CAPI_LIMITS_H_
