#include "sync-server/admin/public_key_file.h"

#include <optional>

#include "crypto/reason.h"

namespace doorstep::server {
namespace {

std::string FirstLine(KeyUse use) {
  switch (use) {
    case KeyUse::kRoot:
      return "doorstep root key 1\n";
    case KeyUse::kRecovery:
      return "doorstep recovery key 1\n";
    case KeyUse::kBackup:
      return "doorstep backup key 1\n";
  }
  return "";
}

constexpr std::string_view kTenant = "tenant ";
constexpr std::string_view kKey = "key ";
constexpr size_t kIdDigits = 32;

// Takes `text` off the front.
bool Take(std::string_view& from, std::string_view text) {
  if (!from.starts_with(text)) return false;
  from.remove_prefix(text.size());
  return true;
}

// Sixteen bytes written as digits, off the front.
std::optional<Id> TakeHex(std::string_view& from) {
  const std::optional<Id> id = Id::FromHex(from.substr(0, kIdDigits));
  if (id) from.remove_prefix(kIdDigits);
  return id;
}

}  // namespace

std::string FormatPublicKeyFile(const PublicKeyFile& file) {
  return FirstLine(file.use) + std::string(kTenant) + file.tenant.hex() + "\n" + std::string(kKey) +
         ToHex(View(file.key)) + "\n";
}

absl::StatusOr<PublicKeyFile> ParsePublicKeyFile(std::string_view text, KeyUse use) {
  PublicKeyFile file;
  bool known = false;
  for (const KeyUse each : {KeyUse::kRoot, KeyUse::kRecovery, KeyUse::kBackup}) {
    if (!Take(text, FirstLine(each))) continue;
    file.use = each;
    known = true;
    break;
  }
  if (!known) return MakeStatus(Reason::kFormat, "this is no file of a public key");
  if (file.use != use) return MakeStatus(Reason::kKey, "this file holds a key of another use");
  std::optional<Id> tenant;
  std::optional<Id> front;
  std::optional<Id> back;
  if (Take(text, kTenant) && (tenant = TakeHex(text)) && Take(text, "\n") && Take(text, kKey) &&
      (front = TakeHex(text)) && (back = TakeHex(text)) && (text.empty() || text == "\n")) {
    file.tenant = *tenant;
    if (CopyExactly(front->str() + back->str(), file.key)) return file;
  }
  return MakeStatus(Reason::kFormat, "the file of the public key is damaged");
}

}  // namespace doorstep::server
