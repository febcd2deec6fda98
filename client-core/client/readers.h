// RESTRICTED values: sealed when they are written, for the readers that the log names; opened where
// this device has the key. Content keys are kept, once opened, until the client locks.
#ifndef DOORSTEP_CLIENT_CORE_CLIENT_READERS_H_
#define DOORSTEP_CLIENT_CORE_CLIENT_READERS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client-core/client/desk.h"
#include "crypto/restricted.h"
#include "crypto/secret.h"
#include "doorstep/v1/change.pb.h"
#include "model/record.h"

namespace doorstep::client {

class Readers {
 public:
  explicit Readers(const Desk& desk) : desk_(desk) {}

  // The opened value of a RESTRICTED write. NOT_FOUND: no key is here yet, and a colleague's device
  // will bring one. DATA_LOSS, UNIMPLEMENTED, INVALID_ARGUMENT: unreadable.
  absl::StatusOr<Secret> Open(const Id& scope, uint32_t type, const Id& record, uint32_t field,
                              const LiveWrite& write, int64_t now_ms);

  // The content key of a changeset, from its wraps or from a Share. NOT_FOUND: neither.
  absl::StatusOr<const Secret*> ContentKey(const Id& scope, const Id& uid, int64_t now_ms);

  // Seals every RESTRICTED value of `body` (scope, uid, device and changes are final) and adds the
  // wraps: for this device, the recovery keys in force, and the readers' devices.
  absl::Status Seal(v1::Changeset& body, int64_t now_ms);

 private:
  absl::StatusOr<std::optional<Changeset>> FindChangeset(const Id& scope, const Id& uid);
  absl::StatusOr<std::vector<PublicKey>> Recipients(const v1::Changeset& body, int64_t now_ms);

  const Desk& desk_;
  std::map<std::pair<Id, Id>, Secret> keys_;  // by scope and uid
};

// Devices of these people that count, and the recovery keys in force, each once.
std::vector<PublicKey> BoxKeysOf(const Directory& directory, const std::vector<Id>& people);

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_CLIENT_READERS_H_
