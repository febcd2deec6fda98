// What only the root key may say: entry 1 of the directory (the genesis), and later a new
// administrator, a new root, a new recovery key. Made on a machine that is never online; the root's
// seed is joined from two shares for the minutes this takes, and is in no file.
//
// What the root writes counts at once, so that the first people need nobody to approve them. From
// there the directory carries trust by itself.
//
// Pure functions of their arguments. Requests come from machines of others: what is wrong with one
// is INVALID_ARGUMENT naming whose it is.
#ifndef DOORSTEP_SYNC_SERVER_ADMIN_CEREMONY_H_
#define DOORSTEP_SYNC_SERVER_ADMIN_CEREMONY_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/primitives.h"
#include "crypto/secret.h"
#include "doorstep/v1/client.pb.h"
#include "doorstep/v1/records.pb.h"
#include "model/changeset.h"
#include "model/record_id.h"
#include "model/state.h"

namespace doorstep::server {

// What devices lock by until an administrator says otherwise.
inline constexpr uint32_t kPinDigitsMin = 6;
inline constexpr uint32_t kIdleLockSeconds = 300;
inline constexpr uint32_t kLeaseSeconds = 14 * 24 * 60 * 60;
inline constexpr size_t kFirstPeopleMax = 24;

struct FirstPerson {
  std::string name;
  std::vector<v1::Role> roles;
  v1::FirstRequest request;  // of this person's device
};

struct GenesisPlan {
  Id tenant;
  std::string authority;  // its name, as the root's
  std::string team;       // of the first supervisors
  PublicKey recovery{};
  v1::ServerRequest server;
  std::vector<FirstPerson> people;
};

// Who signs: the root in force, by its joined seed.
struct RootPen {
  Id tenant;
  Id root_id;          // of the genesis root, for ever
  const Secret& seed;  // of the root in force; outlives the call
  int64_t now_ms = 0;
  Random& random;
};

// E_ARG without an administrator, without a second person who can approve devices, or when two
// requests hold the same key; E_FORMAT for a request that is not one.
absl::StatusOr<v1::GenesisBundle> MakeGenesis(const GenesisPlan& plan, const Secret& root_seed,
                                              int64_t now_ms, Random& random);

// `directory`: the present state of the directory, which only the last two read.
absl::StatusOr<v1::GenesisBundle> NameAdministrator(const RootPen& pen, const FirstPerson& person);
absl::StatusOr<v1::GenesisBundle> ReplaceRoot(const RootPen& pen, ScopeState& directory,
                                              const PublicKey& next);
// Ends every recovery key that is ACTIVE and names the next.
absl::StatusOr<v1::GenesisBundle> ReplaceRecoveryKey(const RootPen& pen, ScopeState& directory,
                                                     const PublicKey& next);

// The bundle that a file holds, checked as OpenBundle does.
absl::StatusOr<v1::GenesisBundle> ReadBundle(std::string_view bytes);
// OK when the bundle's changeset is signed by the bundle's own root key for the bundle's tenant.
absl::StatusOr<Changeset> OpenBundle(const v1::GenesisBundle& bundle);
// OK when it is a genesis, and names the keys of this very server. E_TRUST, E_KEY.
absl::Status CheckGenesis(const v1::GenesisBundle& bundle, const v1::ServerRequest& server);

// A device's request, strictly: keys of the right size, a request for a certificate of the very TLS
// key it names, a kind that a Device has. E_FORMAT.
absl::Status CheckFirstRequest(const v1::FirstRequest& request);
absl::Status CheckServerRequest(const v1::ServerRequest& request);

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_ADMIN_CEREMONY_H_
