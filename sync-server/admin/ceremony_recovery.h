// What the authority's offline recovery key is for: to prove, now and then, that it opens what was
// sealed to it (drill), and to give a reader's device the content keys that nobody living can give
// it any more (open). Both work on an export, on a machine that is never online.
//
// Sealed words are never shown here: a drill looks only whether they open, and `open` never opens
// them at all. The device that is given the keys checks them against the commitments and writes the
// Share records itself, as a person's signed work.
//
//   shares file = "doorstep-shares/1\n" | LP(tenant) | LP(Share) …     Share as in records.proto
#ifndef DOORSTEP_SYNC_SERVER_ADMIN_CEREMONY_RECOVERY_H_
#define DOORSTEP_SYNC_SERVER_ADMIN_CEREMONY_RECOVERY_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/primitives.h"
#include "crypto/secret.h"
#include "model/record_id.h"

namespace doorstep::server {

inline constexpr std::string_view kSharesMagic = "doorstep-shares/1\n";

struct Drill {
  uint64_t restricted = 0;  // changesets that hold sealed words
  uint64_t tried = 0;
  uint64_t opened = 0;           // wrap and every sealed value in it are right
  std::vector<Id> without_wrap;  // uids: sealed, but not to this key
  std::vector<Id> wrong;         // uids: sealed to this key, but they do not open
};

// Tries `sample` of the restricted changesets, drawn at random, or all when there are fewer. The
// export is verified first; what is wrong with it is DATA_LOSS (E_INTEGRITY).
absl::StatusOr<Drill> DrillRecoveryKey(std::string_view export_bytes, const Secret& box_seed,
                                       uint64_t sample, Random& random);

// Every content key of the export's families that this recovery key opens, sealed to `device`, as
// the bytes of a shares file. PERMISSION_DENIED (E_DENIED): the device does not count in the
// export's directory. Whether its person is a reader of each family is checked by the device's own
// core and every other reader's, as for any Share.
absl::StatusOr<std::string> OpenForDevice(std::string_view export_bytes, const Secret& box_seed,
                                          const Id& device);

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_ADMIN_CEREMONY_RECOVERY_H_
