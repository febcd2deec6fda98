// The folder of a server: everything that `doorstepd` has.
//
//   keys/           server_keys.h
//   server.request  what the ceremony writes into the genesis
//   names           one a line: the names and addresses that the certificate is good for
//   genesis         the bundle that this server was given; it cannot be changed afterwards
//   store.db        the SQLCipher store
//
// Folder and files are the server's user's alone.
#ifndef DOORSTEP_SYNC_SERVER_ADMIN_SERVER_FOLDER_H_
#define DOORSTEP_SYNC_SERVER_ADMIN_SERVER_FOLDER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/primitives.h"
#include "doorstep/v1/client.pb.h"
#include "model/record_id.h"
#include "sync-server/admin/server_keys.h"
#include "sync-server/store/sqlite/sqlite_store.h"

namespace doorstep::server {

struct ServerFolder {
  std::string path;
  ServerKeys keys;
  v1::ServerRequest request;
  std::vector<std::string> names;
  std::optional<v1::GenesisBundle> genesis;  // none before a ceremony's was admitted

  // Of a folder with a genesis.
  Id tenant() const;
  PublicKey genesis_root() const;
};

// `address`: host:port that devices connect to; its host is a name of the certificate, `names` are
// more of them. All or nothing. E_STATE when something is at `path`.
absl::StatusOr<ServerFolder> MakeServerFolder(const std::string& path, const std::string& address,
                                              std::vector<std::string> names, int64_t now_ms,
                                              Random& random);
// Also for a restore: writes what `folder` holds, without a store, to the new folder at its path.
absl::Status WriteServerFolder(const ServerFolder& folder);
absl::StatusOr<ServerFolder> OpenServerFolder(const std::string& path);

// The first admission: the bundle is a genesis, signed by its own root, and names this server's
// keys (E_KEY if it names another's); kept in the folder. Again with the same bundle: no effect.
// E_STATE when there is another genesis already.
absl::Status AdmitGenesis(ServerFolder& folder, const v1::GenesisBundle& bundle);

// E_STATE without a genesis: the store is its tenant's.
absl::StatusOr<std::unique_ptr<SqliteStore>> OpenStore(const ServerFolder& folder);

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_ADMIN_SERVER_FOLDER_H_
