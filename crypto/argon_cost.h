// How dear a guess at a PIN is: chosen when the PIN is set, bounded before every use, since it
// comes from a file that somebody may have changed.
#ifndef DOORSTEP_CRYPTO_ARGON_COST_H_
#define DOORSTEP_CRYPTO_ARGON_COST_H_

#include <cstdint>
#include <functional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/primitives.h"

namespace doorstep {

// The defaults are what ships; tests and the simulator bring smaller ones of their own.
struct ArgonBounds {
  uint64_t passes_min = 1;
  uint64_t passes_max = 10;
  uint64_t memory_bytes_min = uint64_t{64} << 20;
  uint64_t memory_bytes_max = uint64_t{1} << 30;
};

// One derivation should take about this long on the device that does it.
inline constexpr int64_t kArgonTargetMs = 500;

// INVALID_ARGUMENT (E_FORMAT) outside the bounds. Derives nothing.
absl::Status CheckArgonCost(ArgonCost cost, const ArgonBounds& bounds);

// Measures one pass at the least memory and from it takes as many passes as fit into `target_ms`;
// where even the most passes are faster than that, the memory grows instead. `monotonic_ms` is any
// clock that does not go back. RESOURCE_EXHAUSTED (E_NOMEM) if the least memory is not to be had.
absl::StatusOr<ArgonCost> CalibrateArgon(const ArgonBounds& bounds, int64_t target_ms,
                                         const std::function<int64_t()>& monotonic_ms);

}  // namespace doorstep

#endif  // DOORSTEP_CRYPTO_ARGON_COST_H_
