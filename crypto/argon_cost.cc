#include "crypto/argon_cost.h"

#include <algorithm>
#include <cassert>

#include "crypto/reason.h"

namespace doorstep {

absl::Status CheckArgonCost(ArgonCost cost, const ArgonBounds& bounds) {
  assert(bounds.passes_min <= bounds.passes_max);
  assert(bounds.memory_bytes_min <= bounds.memory_bytes_max);
  if (cost.passes < bounds.passes_min || cost.passes > bounds.passes_max) {
    return MakeStatus(Reason::kFormat, "Argon2id passes out of bounds");
  }
  if (cost.memory_bytes < bounds.memory_bytes_min || cost.memory_bytes > bounds.memory_bytes_max) {
    return MakeStatus(Reason::kFormat, "Argon2id memory out of bounds");
  }
  return absl::OkStatus();
}

absl::StatusOr<ArgonCost> CalibrateArgon(const ArgonBounds& bounds, int64_t target_ms,
                                         const std::function<int64_t()>& monotonic_ms) {
  assert(target_ms > 0);
  ArgonCost cost{1, bounds.memory_bytes_min};
  const int64_t begin_ms = monotonic_ms();
  const absl::StatusOr<Secret> measured = Argon2id("calibration", Bytes<16>{}, cost);
  if (!measured.ok()) return measured.status();
  const auto pass_ms = static_cast<uint64_t>(std::max<int64_t>(1, monotonic_ms() - begin_ms));
  const uint64_t wanted = std::max<uint64_t>(1, static_cast<uint64_t>(target_ms) / pass_ms);
  cost.passes = std::clamp(wanted, bounds.passes_min, bounds.passes_max);
  // Time grows as passes times memory, so each doubling of memory halves the passes still wanted.
  for (uint64_t left = wanted / bounds.passes_max;
       left >= 2 && cost.memory_bytes * 2 <= bounds.memory_bytes_max; left /= 2) {
    cost.memory_bytes *= 2;
  }
  return cost;
}

}  // namespace doorstep
