// Whether a page of a log may be taken: whole or not at all. A page is the server's word; what it
// says is checked against the chain this device stores, the server's signature, each author's
// signature and the directory, before anything of it is kept.
//
// Checked here: zstd within limits; one scope; numbers dense from the cursor; each hash chained;
// the head signed by a log key that counts (in the directory: as it is after the page) and of
// exactly the page's last entry; each changeset signed by a device the directory knows;
// directory_seq never decreasing, never above the directory here, with the hash of this device's
// own chain; trust records and `released` as the directory allows (judge.h, CheckTrust).
#ifndef DOORSTEP_CLIENT_CORE_SYNC_PAGE_CHECK_H_
#define DOORSTEP_CLIENT_CORE_SYNC_PAGE_CHECK_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "doorstep/v1/sync.pb.h"
#include "model/authority.h"
#include "model/catalog.h"
#include "model/log.h"
#include "model/state.h"

namespace doorstep::client {

// A changeset and the key that should have signed it.
struct Authored {
  const Changeset* changeset = nullptr;
  PublicKey key{};
};

// Signatures, so that the simulator can remember what it has verified.
class Verifier {
 public:
  virtual ~Verifier() = default;
  virtual bool VerifyAuthor(const Id& tenant, const Changeset& changeset, const PublicKey& key) = 0;
  // Whether all of them are as they say.
  virtual bool VerifyAuthors(const Id& tenant, std::span<const Authored> all);
  virtual bool VerifyHead(const Id& tenant, const SignedHead& head, const PublicKey& log_pk) = 0;
};
// Verifies the many of a page on two processors where there are two: they are the most of the work.
class PlainVerifier final : public Verifier {
 public:
  bool VerifyAuthor(const Id& tenant, const Changeset& changeset, const PublicKey& key) override;
  bool VerifyAuthors(const Id& tenant, std::span<const Authored> all) override;
  bool VerifyHead(const Id& tenant, const SignedHead& head, const PublicKey& log_pk) override;
};

// Why a page was not taken, and what that asks of the device.
enum class PageFault : uint8_t {
  kRefused,         // changes nothing; tried again at the next contact
  kDirectoryFirst,  // judged at a directory place this device has not reached
  kFrozen,          // the server broke trust: the scope takes no more pages, and alarms
};
struct PageRefusal {
  PageFault fault = PageFault::kRefused;
  absl::Status status;
};

// The end of the log that the page must go on from.
struct PageBase {
  uint64_t seq = 0;
  Hash32 hash{};               // entry_hash(seq)
  uint64_t directory_seq = 0;  // of that entry
};

struct CheckedPage {
  std::vector<Entry> entries;  // chained, in order, at least one
  SignedHead head;
  bool more = false;
  // At the log's end: whether the digest the server signed is that of the state folded here.
  bool digests_agree = true;
};

// Unpacks (model/packing.h) at most kPageBytesMax; then the scanner's limits. RESOURCE_EXHAUSTED,
// INVALID_ARGUMENT or DATA_LOSS.
absl::StatusOr<v1::LogEntries> UnpackEntries(std::string_view compressed);
// The reverse, as a server would: for tests and for the simulator's.
std::string PackEntries(const v1::LogEntries& entries);

struct PageContext {
  const Catalog& catalog;
  Verifier& verifier;
};

// A page of a family. `state` is the state at `base` and has the page folded into it on success; on
// a refusal it is worthless.
std::optional<PageRefusal> CheckFamilyPage(const PageContext& context, const Directory& directory,
                                           const PageBase& base, const v1::PullPage& page,
                                           ScopeState& state, CheckedPage& checked);
// A page of the directory itself. `trial` is the directory at `base` and has the page folded into
// it on success; on a refusal it is worthless, as is `state`.
std::optional<PageRefusal> CheckDirectoryPage(const PageContext& context, Directory& trial,
                                              const PageBase& base, const v1::PullPage& page,
                                              ScopeState& state, CheckedPage& checked);

// A head without a page: signed by a counting log key, of this scope. Whether it is of the log that
// this device stores is the caller's comparison.
absl::StatusOr<SignedHead> CheckBareHead(Verifier& verifier, const Directory& directory,
                                         const v1::SignedHead& wire);

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_SYNC_PAGE_CHECK_H_
