// What is being written: kept through lock, kill and update until it is committed or thrown away by
// the person. The store does not look inside.
#ifndef DOORSTEP_CLIENT_CORE_STORE_DRAFTS_H_
#define DOORSTEP_CLIENT_CORE_STORE_DRAFTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client-core/store/database.h"
#include "model/record_id.h"

namespace doorstep::client {

struct Draft {
  std::string id;  // the shell's own, 1 to 64 bytes
  Id scope;        // of which family it speaks, so that it goes with it; zeros: of none yet
  int64_t saved_ms = 0;
  std::string bytes;
};

class Drafts {
 public:
  explicit Drafts(Database& database) : database_(database) {}

  // Makes or replaces. RESOURCE_EXHAUSTED (E_LIMIT) over the limits; what was there stays.
  absl::Status Put(const Draft& draft);
  absl::StatusOr<std::optional<Draft>> Get(std::string_view id) const;
  absl::StatusOr<std::vector<Draft>> List() const;  // last saved first
  absl::Status Remove(std::string_view id);         // OK when there is none
  absl::Status RemoveOf(const Id& scope);

 private:
  Database& database_;
};

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_STORE_DRAFTS_H_
