// A backup: one moment of the store under a key of its own, and that key with all keys of the
// server sealed to offline keys. Whoever steals it reads nothing; whoever holds one of the offline
// keys can make the server again from it, on another machine.
//
//   store.db           SQLCipher, as the server's own, under the backup's key
//   sealed-<8 digits>  one for each offline key, by the first digits of its recipient id:
//                      crypto_box_seal of ST("doorstep/backup/v1", tenant, u64 made_ms,
//                      H(store.db), key 48, server keys, genesis, server.request, names)
//
// The copy is one transaction, so that the directory in it is as late as any family. It is opened
// again, compared page by page and read whole before the backup has its name; the heads that may be
// called archived are those read from the copy itself.
#ifndef DOORSTEP_SYNC_SERVER_ADMIN_BACKUP_H_
#define DOORSTEP_SYNC_SERVER_ADMIN_BACKUP_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/primitives.h"
#include "sync-server/admin/server_folder.h"
#include "sync-server/store/sqlite/sqlite_store.h"

namespace doorstep::server {

inline constexpr size_t kBackupRecipientsMax = 8;
inline constexpr std::string_view kBackupLabel = "doorstep/backup/v1";

// One line for whoever waits.
using Say = std::function<void(std::string_view)>;

struct BackupPlan {
  const ServerFolder& folder;
  SqliteStore& store;
  std::string out;  // a folder that is not there yet
  std::vector<PublicKey> recipients;
  int64_t now_ms = 0;
  Random& random;
  Say say;
};

// Any thread; the store goes on. On an error nothing is left at `out`. Durable when OK.
absl::StatusOr<std::vector<ArchivedHead>> MakeBackup(const BackupPlan& plan);

// Reads a copy whole: each log of it is dense and chained, its row is the end of its log. DATA_LOSS
// (E_INTEGRITY) names the scope and the first number that is wrong.
absl::StatusOr<std::vector<ArchivedHead>> ReadHeads(const ReadView& copy);

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_ADMIN_BACKUP_H_
