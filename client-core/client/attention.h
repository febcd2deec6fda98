// What waits for a person: computed each time it is asked for, stored nowhere. An item's id is a
// function of what it is about, so that it stays the same until that is settled.
#ifndef DOORSTEP_CLIENT_CORE_CLIENT_ATTENTION_H_
#define DOORSTEP_CLIENT_CORE_CLIENT_ATTENTION_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "client-core/client/desk.h"
#include "client-core/client/readers.h"
#include "doorstep/v1/client.pb.h"

namespace doorstep::client {

// Contested cells; own work that is held, and held work that this person decides; what cannot be
// sent; scopes that are suspect or stopped; devices and roles to approve; work passed on with a
// family that was lost. Ordered by kind, scope and what it is about.
absl::StatusOr<v1::Attention> ListAttention(const Desk& desk, Readers& readers, int64_t now_ms);

struct AttentionCounts {
  uint32_t held = 0;  // own, undecided
  uint32_t contested = 0;
};
absl::StatusOr<AttentionCounts> CountAttention(const Desk& desk, int64_t now_ms);
// Of one family: for its line.
absl::StatusOr<AttentionCounts> CountAttentionOf(const Desk& desk, const Id& family,
                                                 int64_t now_ms);

// A scope that people see: carried or begun here, neither hidden nor purged. The directory too.
absl::StatusOr<std::vector<Id>> SeenScopes(const Desk& desk);

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_CLIENT_ATTENTION_H_
