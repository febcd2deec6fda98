// The embedded store: one SQLCipher file, one writing connection which alone checkpoints, and
// reading connections that see one moment each. Or one database in memory, for the simulator.
#ifndef DOORSTEP_SYNC_SERVER_STORE_SQLITE_SQLITE_STORE_H_
#define DOORSTEP_SYNC_SERVER_STORE_SQLITE_SQLITE_STORE_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/secret.h"
#include "model/record_id.h"
#include "sync-server/store/store.h"

namespace doorstep::server {

class SqliteStore final : public Store {
 public:
  // Opens or makes the file at `path`. `key`: 32 bytes of key, then 16 of salt, as the key file
  // holds them. FAILED_PRECONDITION (E_KEY): another key, or another tenant's file. UNIMPLEMENTED
  // (E_VERSION): written by a newer program. UNAVAILABLE (E_BUSY): another process has it. The file
  // is untouched then.
  static absl::StatusOr<std::unique_ptr<SqliteStore>> Open(const std::string& path,
                                                           const Secret& key, const Id& tenant);
  // In memory, without a key: one thread for everything, and no view or transaction of it may
  // overlap another.
  static absl::StatusOr<std::unique_ptr<SqliteStore>> OpenInMemory(const Id& tenant);
  // As it was when Image() was taken.
  static absl::StatusOr<std::unique_ptr<SqliteStore>> OpenImage(std::string_view image,
                                                                const Id& tenant);
  ~SqliteStore() override;

  const Id& tenant() const override;
  absl::StatusOr<std::unique_ptr<ReadView>> Read() override;
  absl::StatusOr<std::unique_ptr<Transaction>> Begin() override;

  // Of a store in memory: all its bytes. No transaction is open.
  absl::StatusOr<std::string> Image();

  // A copy of one moment as a new file under `key`, while the store goes on being read and written.
  // The file must not exist. Synced when OK; otherwise the caller removes what there is. Any
  // thread.
  absl::Status CopyTo(const std::string& path, const Secret& key);
  // Reads everything there is and compares pages with their codes. DATA_LOSS names what is damaged.
  absl::Status CheckIntegrity();

  struct Impl;

 private:
  explicit SqliteStore(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_STORE_SQLITE_SQLITE_STORE_H_
