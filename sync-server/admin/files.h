// Files of keys, requests, bundles and backups: read whole and bounded, written so that a crash
// leaves either the old file or the new one, never half of it. A file that holds a secret is its
// owner's alone, and one that others may read is refused, since nobody knows who has read it.
//
// Errors name the path, which the operator gave, and never what is inside. NOT_FOUND (E_NOT_FOUND),
// RESOURCE_EXHAUSTED (E_LIMIT, E_DISK), UNAVAILABLE (E_IO), FAILED_PRECONDITION (E_STATE).
#ifndef DOORSTEP_SYNC_SERVER_ADMIN_FILES_H_
#define DOORSTEP_SYNC_SERVER_ADMIN_FILES_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/secret.h"

namespace doorstep::server {

// Requests, bundles, root changesets and sealed keys are all far smaller.
inline constexpr size_t kSmallFileBytesMax = 1 << 20;

enum class Readers {
  kOwnerOnly,  // 0400
  kEverybody,  // 0444
};

absl::StatusOr<std::string> ReadSmallFile(const std::string& path);
// E_STATE unless it is a regular file of this user that neither group nor others may touch.
absl::StatusOr<Secret> ReadSecretFile(const std::string& path);

// E_STATE when something of that name is there already.
absl::Status WriteNewFile(const std::string& path, std::string_view bytes, Readers readers);
// The same, but puts it in the place of what is there.
absl::Status ReplaceFile(const std::string& path, std::string_view bytes, Readers readers);

// A folder for this user alone. E_STATE when something of that name is there already.
absl::Status MakeNewFolder(const std::string& path);
// Puts a file or folder that is written whole into its place: sync, rename, sync of the folder.
// E_STATE when something of that name is there already.
absl::Status PutInPlace(const std::string& written, const std::string& path);
bool IsThere(const std::string& path);

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_ADMIN_FILES_H_
