// Files that hold a public key of the authority, in words that two people can compare:
//
//   doorstep root key 1              or: recovery key, backup key
//   tenant 00112233445566778899aabbccddeeff      (zeros for a backup key, which serves any tenant)
//   key 64 hexadecimal digits
#ifndef DOORSTEP_SYNC_SERVER_ADMIN_PUBLIC_KEY_FILE_H_
#define DOORSTEP_SYNC_SERVER_ADMIN_PUBLIC_KEY_FILE_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "model/record_id.h"

namespace doorstep::server {

enum class KeyUse {
  kRoot,      // Ed25519: signs what only the root may say
  kRecovery,  // X25519: every restricted changeset is sealed to it too
  kBackup,    // X25519: backups are sealed to it
};

struct PublicKeyFile {
  KeyUse use = KeyUse::kRoot;
  Id tenant;
  PublicKey key{};
};

std::string FormatPublicKeyFile(const PublicKeyFile& file);
// E_FORMAT when it is none, E_KEY when it holds a key of another use.
absl::StatusOr<PublicKeyFile> ParsePublicKeyFile(std::string_view text, KeyUse use);

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_ADMIN_PUBLIC_KEY_FILE_H_
