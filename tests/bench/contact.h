// One contact of a device with the office, both real, and what it cost. A pull's frames are built
// on a thread of the office while the device takes them, as two machines would.
#ifndef DOORSTEP_TESTS_BENCH_CONTACT_H_
#define DOORSTEP_TESTS_BENCH_CONTACT_H_

#include <cstdint>
#include <vector>

#include "tests/bench/device.h"
#include "tests/bench/office.h"

namespace doorstep::bench {

// One request and its whole answer.
struct RoundTrip {
  enum class Kind : uint8_t { kPull, kPush };
  Kind kind = Kind::kPull;
  double wall_ms = 0;
  double device_ms = 0;  // of its processor
  double office_ms = 0;
  uint64_t up_bytes = 0;  // of messages
  uint64_t down_bytes = 0;
  uint64_t frames = 0;
};
struct ContactCost {
  std::vector<RoundTrip> round_trips;  // none of one over gRPC
  double wall_ms = 0;
  uint64_t received = 0;  // entries
  uint64_t pushed = 0;    // rows accepted

  RoundTrip Sum(RoundTrip::Kind kind) const;
};

// By calls, or over gRPC when the office is online. Asserts that it ended well.
ContactCost RunContact(Device& device, Office& office);

}  // namespace doorstep::bench

#endif  // DOORSTEP_TESTS_BENCH_CONTACT_H_
