// The log of a scope as a file that anybody can check without this server: the directory, which
// says who was who, then the scope. What a court, an auditor or a successor is given;
// doorstep-verify reads it.
//
//   export = "doorstep-export/1\n" | LP(tenant) | LP(genesis root key) | log(directory) | log …
//   log    = LP(scope) | u64 n | n x item | LP(SignedHead)
//   item   = LP(LogEntry) | entry hash 32
//
// The hash beside an entry is the one the store had. The chain needs only the head's; these show at
// which number a log that was tampered with begins to be wrong.
#ifndef DOORSTEP_SYNC_SERVER_ADMIN_EXPORT_H_
#define DOORSTEP_SYNC_SERVER_ADMIN_EXPORT_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/secret.h"
#include "doorstep/v1/change.pb.h"
#include "model/record_id.h"
#include "sync-server/store/store.h"

namespace doorstep::server {

inline constexpr std::string_view kExportMagic = "doorstep-export/1\n";
// An entry with its meta, and a head, are far smaller.
inline constexpr size_t kExportPartBytesMax = 256 << 10;

// Writes the directory and each of `scopes` (not the directory) as `view` has them, heads signed
// now. NOT_FOUND for a scope without a log.
absl::Status WriteExport(const ReadView& view, const PublicKey& genesis_root,
                         const Secret& log_seed, std::span<const Id> scopes,
                         absl::FunctionRef<absl::Status(std::string_view)> write);

// Reads one front to back. What it returns points into the bytes it was given.
class ExportReader {
 public:
  explicit ExportReader(std::string_view bytes) : rest_(bytes) {}

  struct Beginning {
    Id tenant;
    PublicKey genesis_root{};
  };
  struct Log {
    Id scope;
    uint64_t entries = 0;
  };
  struct Item {
    std::string_view entry;  // a LogEntry
    Hash32 hash{};
  };

  // In this order: the beginning; then as often as there are logs: the log, its items, its head.
  // nullopt: cut off, or not what should stand there.
  std::optional<Beginning> ReadBeginning();
  bool AtEnd() const { return rest_.empty(); }
  std::optional<Log> ReadLog();
  std::optional<Item> ReadItem();
  std::optional<v1::SignedHead> ReadHead();

 private:
  std::optional<std::string_view> TakeLp();
  std::string_view rest_;
};

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_ADMIN_EXPORT_H_
