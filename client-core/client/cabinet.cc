#include "client-core/client/cabinet.h"

#include <utility>

#include "crypto/bytes.h"
#include "crypto/reason.h"
#include "crypto/vault_file.h"

namespace doorstep::client {
namespace {

constexpr uint8_t kIdentityVersion = 1;
constexpr std::string_view kStoreName = "store";

// Takes `size` bytes off the front; false when there are fewer.
bool Take(std::string_view& rest, size_t size, std::string_view& out) {
  if (rest.size() < size) return false;
  out = rest.substr(0, size);
  rest.remove_prefix(size);
  return true;
}

bool TakeLp(std::string_view& rest, std::string& out) {
  std::string_view size, bytes;
  if (!Take(rest, 4, size)) return false;
  size_t length = 0;
  for (size_t i = 4; i-- > 0;) length = length << 8 | static_cast<uint8_t>(size[i]);
  if (!Take(rest, length, bytes)) return false;
  out = std::string(bytes);
  return true;
}

template <size_t N>
bool TakeBytes(std::string_view& rest, Bytes<N>& out) {
  std::string_view bytes;
  return Take(rest, N, bytes) && CopyExactly(bytes, out);
}

Secret StoreKey(const DeviceKeys& keys) {
  std::string_view key = keys.parts().database_key.view();
  std::string_view salt = View(keys.parts().database_salt);
  Secret whole(key.size() + salt.size());
  std::span<uint8_t> out = whole.mutable_bytes();
  for (size_t i = 0; i < key.size(); ++i) out[i] = static_cast<uint8_t>(key[i]);
  for (size_t i = 0; i < salt.size(); ++i) out[key.size() + i] = static_cast<uint8_t>(salt[i]);
  return whole;
}

}  // namespace

std::string EncodeIdentity(const Identity& identity) {
  std::string out(1, static_cast<char>(kIdentityVersion));
  for (const Id* id : {&identity.tenant, &identity.device, &identity.user}) out += id->view();
  out += View(identity.root);
  out.push_back(identity.confirmed ? 1 : 0);
  AppendLp(out, identity.server_address);
  AppendLp(out, identity.server_ca);
  return out;
}

absl::StatusOr<Identity> DecodeIdentity(std::string_view bytes) {
  Identity identity;
  std::string_view rest = bytes, version, confirmed;
  if (!Take(rest, 1, version)) return MakeStatus(Reason::kIntegrity, "identity is empty");
  if (version[0] != static_cast<char>(kIdentityVersion)) {
    return MakeStatus(Reason::kVersion, "identity of another version");
  }
  bool whole = TakeBytes(rest, identity.tenant.bytes) && TakeBytes(rest, identity.device.bytes) &&
               TakeBytes(rest, identity.user.bytes) && TakeBytes(rest, identity.root) &&
               Take(rest, 1, confirmed) && TakeLp(rest, identity.server_address) &&
               TakeLp(rest, identity.server_ca) && rest.empty();
  if (!whole) return MakeStatus(Reason::kIntegrity, "identity is damaged");
  identity.confirmed = confirmed[0] == 1;
  return identity;
}

absl::StatusOr<std::unique_ptr<Cabinet>> Cabinet::Open(const std::string& folder,
                                                       std::string_view image) {
  std::unique_ptr<Cabinet> cabinet(new Cabinet(folder));
  if (image.empty()) return cabinet;
  if (!folder.empty()) return MakeStatus(Reason::kArg, "an image is of a client in memory");
  std::string_view rest = image;
  while (!rest.empty()) {
    std::string name, bytes;
    if (!TakeLp(rest, name) || !TakeLp(rest, bytes)) {
      return MakeStatus(Reason::kFormat, "not the image of a client");
    }
    if (name == kStoreName) {
      cabinet->store_image_ = std::move(bytes);
    } else {
      cabinet->files_[name] = std::move(bytes);
    }
  }
  return cabinet;
}

absl::StatusOr<std::optional<std::string>> Cabinet::Read(const std::string& name) const {
  if (folder_.empty()) {
    auto file = files_.find(name);
    if (file == files_.end()) return std::optional<std::string>();
    return std::optional<std::string>(file->second);
  }
  absl::StatusOr<std::string> bytes = ReadVaultFile(folder_ + "/" + name);
  if (bytes.status().code() == absl::StatusCode::kNotFound) return std::optional<std::string>();
  if (!bytes.ok()) return bytes.status();
  return std::optional<std::string>(*std::move(bytes));
}

absl::Status Cabinet::Replace(const std::string& name, std::string_view bytes) {
  if (!folder_.empty()) return ReplaceVaultFile(folder_ + "/" + name, bytes);
  files_[name] = std::string(bytes);
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Store>> Cabinet::CreateStore(const StoreIdentity& identity,
                                                            const DeviceKeys& keys,
                                                            const Catalog& catalog) {
  if (folder_.empty()) return Store::CreateInMemory(identity, catalog);
  absl::StatusOr<std::unique_ptr<Store>> made =
      Store::Create(folder_, StoreKey(keys), identity, catalog);
  // Made, but this device did not live to write down whose it is.
  if (made.status().code() != absl::StatusCode::kFailedPrecondition) return made;
  return Store::Open(folder_, StoreKey(keys), identity, catalog);
}

absl::StatusOr<std::unique_ptr<Store>> Cabinet::OpenStore(const StoreIdentity& identity,
                                                          const DeviceKeys& keys,
                                                          const Catalog& catalog) {
  if (!folder_.empty()) return Store::Open(folder_, StoreKey(keys), identity, catalog);
  if (!store_image_) return MakeStatus(Reason::kNotFound, "no store in this image");
  absl::StatusOr<std::unique_ptr<Store>> store = Store::OpenImage(*store_image_, catalog);
  if (store.ok()) store_image_.reset();
  return store;
}

absl::Status Cabinet::CloseStore(std::unique_ptr<Store> store) {
  if (!folder_.empty() || store == nullptr) return absl::OkStatus();
  absl::StatusOr<std::string> image = store->Image();
  if (!image.ok()) return image.status();
  store_image_ = *std::move(image);
  return absl::OkStatus();
}

absl::StatusOr<std::string> Cabinet::Image(Store* open) const {
  if (!folder_.empty()) return MakeStatus(Reason::kUnsupported, "a folder is its own image");
  std::string out;
  for (const auto& [name, bytes] : files_) {
    AppendLp(out, name);
    AppendLp(out, bytes);
  }
  std::optional<std::string> store = store_image_;
  if (open != nullptr) {
    absl::StatusOr<std::string> image = open->Image();
    if (!image.ok()) return image.status();
    store = *std::move(image);
  }
  if (store) {
    AppendLp(out, kStoreName);
    AppendLp(out, *store);
  }
  return out;
}

}  // namespace doorstep::client
