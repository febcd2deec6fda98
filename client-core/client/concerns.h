// Concerns that were raised on this device and what is still missing of them. Saving a concern is
// not a referral: the person is told so in words, with the numbers to ring, and again until the
// office has received it.
#ifndef DOORSTEP_CLIENT_CORE_CLIENT_CONCERNS_H_
#define DOORSTEP_CLIENT_CORE_CLIENT_CONCERNS_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "client-core/client/desk.h"
#include "doorstep/v1/client.pb.h"
#include "model/changeset.h"

namespace doorstep::client {

// What the directory says to a person who has raised a concern; known without a network.
absl::StatusOr<v1::Safeguarding> SafeguardingNow(const Desk& desk, int64_t now_ms);
// The same where the changeset raises one, else nullopt.
absl::StatusOr<std::optional<v1::Safeguarding>> SafeguardingAfter(const Desk& desk,
                                                                  const Changeset& changeset,
                                                                  int64_t now_ms);

// How many own concerns the office has not received.
absl::StatusOr<uint32_t> CountUnreceived(const Desk& desk);
// Those, oldest first; then own ones that were received and of which no answered call is written
// down.
absl::StatusOr<std::vector<v1::ConcernLine>> ConcernLines(const Desk& desk, int64_t now_ms);

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_CLIENT_CONCERNS_H_
