// Shares: a content key brought to a reader who came later. Whoever can open a changeset owes one
// to each present reader's device, and to each recovery key in force, that has no right wrap yet.
#ifndef DOORSTEP_CLIENT_CORE_CLIENT_SHARE_H_
#define DOORSTEP_CLIENT_CORE_CLIENT_SHARE_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client-core/client/desk.h"
#include "doorstep/v1/change.pb.h"
#include "model/catalog.h"
#include "model/state.h"

namespace doorstep::client {

class Readers;

// At most so many in one changeset, so that it stays well under its limits.
inline constexpr int kSharesInChangesetMax = 100;

// The wraps that Shares of this scope bring to a recipient for a changeset.
std::vector<std::string> WrapsShared(const Catalog& catalog, ScopeState& scope, const Id& uid,
                                     const Id& recipient);

// Whether records of this type are the machinery's own: devices write them, and nobody reads them.
bool IsShare(uint32_t type);

// What a device knows of a family's restricted changesets, so that a contact in which nothing moved
// costs nothing. In memory only.
class ShareLedger {
 public:
  // Share records owed in this family, as of its stored log and the directory, by recipient: each
  // one's are changesets of their own, because one who is no reader any more holds back a whole
  // one.
  using ByRecipient = std::map<Id, std::vector<v1::RecordChange>>;
  absl::StatusOr<ByRecipient> Owed(const Desk& desk, Readers& readers, const Id& family,
                                   int64_t now_ms);

 private:
  struct Known {
    Hash32 hash{};  // of the entry at `seq`
    uint64_t seq = 0;
    Hash32 directory_hash{};
    bool settled = false;     // nothing was owed as of these places
    uint64_t rights_seq = 0;  // of the last applied entry that writes a trust record
    std::vector<Id> sealed;   // changesets with RESTRICTED values, in log order
  };
  absl::Status Scan(const Desk& desk, const Id& family, Known& known);
  // Shares that are on their way, or that were held and would be held again.
  absl::StatusOr<std::set<Id>> Written(const Desk& desk, const Id& family, const Known& known,
                                       ScopeState& stored);

  std::map<Id, Known> known_;
};

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_CLIENT_SHARE_H_
