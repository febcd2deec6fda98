// The office service without a network: one question of one device in, one answer out, and whom it
// tells about which families. It reads one moment of the store and changes nothing; the caller
// writes `told` down, durably, before the answer leaves.
#ifndef DOORSTEP_SYNC_SERVER_OFFICE_OFFICE_H_
#define DOORSTEP_SYNC_SERVER_OFFICE_OFFICE_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "doorstep/v1/office.pb.h"
#include "model/authority.h"
#include "sync-server/store/store.h"

namespace doorstep::server {

enum class Refusal : uint8_t {
  kNone,
  kDenied,     // no right to ask this at all
  kNotFound,   // no such family, or none for this person to know of
  kMalformed,  // not a question
  kNewer,      // of a protocol that this program does not speak
  kNotYet,     // a restored server waits for its administrators
};

struct OfficeOutcome {
  Refusal refusal = Refusal::kNone;
  v1::OfficeAnswer answer;       // empty when refused
  std::vector<OfficeRead> told;  // one for each family that the answer speaks of
};

// `at`: the place of `view` in the directory. `now_ms`: server clock. Errors are the store's.
absl::StatusOr<OfficeOutcome> AskOffice(const ReadView& view, const Directory& directory,
                                        uint64_t at, const Id& device, int64_t now_ms,
                                        const v1::OfficeRequest& request);

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_OFFICE_OFFICE_H_
