// The vault on disk: one file, readable by its owner alone, replaced as a whole or not at all. One
// thread at a time for a path. A failure to read never creates, overwrites or deletes anything.
#ifndef DOORSTEP_CRYPTO_VAULT_FILE_H_
#define DOORSTEP_CRYPTO_VAULT_FILE_H_

#include <filesystem>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace doorstep {

// NOT_FOUND (E_NOT_FOUND): no file there. UNAVAILABLE (E_IO): it could not be read, or is a link,
// folder or pipe. DATA_LOSS (E_INTEGRITY): larger than any vault. Whether the bytes are a vault is
// CheckVault's question. A temporary file left beside it is never looked at.
absl::StatusOr<std::string> ReadVaultFile(const std::filesystem::path& path);

// Temporary file beside it, fsync, rename, fsync of the folder. On OK the new bytes survive a power
// cut; on failure, or when killed at any step, the file is either what it was or the new one,
// whole. RESOURCE_EXHAUSTED (E_DISK): no space. UNAVAILABLE (E_IO): anything else.
absl::Status ReplaceVaultFile(const std::filesystem::path& path, std::string_view vault);

// Removes the file and its temporary one, and syncs the folder; OK if neither is there. For a wipe,
// after the device secret is destroyed.
absl::Status DestroyVaultFile(const std::filesystem::path& path);

}  // namespace doorstep

#endif  // DOORSTEP_CRYPTO_VAULT_FILE_H_
