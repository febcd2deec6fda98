// What is packed on the wire: one frame of zstd that says its size.
//   packed = zstd frame, its content size in the frame header, window at most 1 MiB, nothing after
//   it
#ifndef DOORSTEP_MODEL_PACKING_H_
#define DOORSTEP_MODEL_PACKING_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace doorstep {

// `level` of zstd. RESOURCE_EXHAUSTED (E_NOMEM) is the only failure.
absl::StatusOr<std::string> Pack(std::string_view plain, int level);

// DATA_LOSS (E_INTEGRITY) for what is not exactly one frame with its size, or damaged;
// RESOURCE_EXHAUSTED (E_LIMIT) for a frame of more than `plain_bytes_max` or with a larger window.
// Never more than the limit is allocated, whatever the frame says.
absl::StatusOr<std::string> Unpack(std::string_view packed, size_t plain_bytes_max);

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_PACKING_H_
