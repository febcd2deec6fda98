#include "client-core/capi/host_key_store.h"

#include <utility>

#include "client-core/capi/border.h"

namespace doorstep::capi {
namespace {

constexpr size_t kSecretBytesMax = 4096;

client::KeyStoreStatus StatusOf(ds_key_store_status answer) {
  switch (answer) {
    case DS_KEY_STORE_OK:
      return client::KeyStoreStatus::kOk;
    case DS_KEY_STORE_NOT_FOUND:
      return client::KeyStoreStatus::kNotFound;
    case DS_KEY_STORE_LOCKED:
      return client::KeyStoreStatus::kLocked;
    case DS_KEY_STORE_AUTH_CANCELLED:
      return client::KeyStoreStatus::kAuthCancelled;
    case DS_KEY_STORE_INVALIDATED:
      return client::KeyStoreStatus::kInvalidated;
    default:
      return client::KeyStoreStatus::kOther;
  }
}

}  // namespace

client::KeyStoreStatus HostKeyStore::Get(const std::string& name, Secret& secret) {
  const InsideShell inside(client_.load());
  Secret room(kSecretBytesMax);
  size_t size = kSecretBytesMax;
  try {
    const ds_key_store_status answer =
        host_.key_store_get(host_.context, name.c_str(), room.mutable_bytes().data(), &size);
    if (answer != DS_KEY_STORE_OK) return StatusOf(answer);
  } catch (...) {
    return client::KeyStoreStatus::kOther;
  }
  if (size == 0 || size > kSecretBytesMax) return client::KeyStoreStatus::kOther;
  secret = Secret::FromBytes(room.view().substr(0, size));
  return client::KeyStoreStatus::kOk;
}

client::KeyStoreStatus HostKeyStore::Put(const std::string& name, const Secret& secret) {
  const InsideShell inside(client_.load());
  const std::string_view view = secret.view();
  try {
    return StatusOf(host_.key_store_put(
        host_.context, name.c_str(), {reinterpret_cast<const uint8_t*>(view.data()), view.size()}));
  } catch (...) {
    return client::KeyStoreStatus::kOther;
  }
}

client::KeyStoreStatus HostKeyStore::Delete(const std::string& name) {
  const InsideShell inside(client_.load());
  try {
    return StatusOf(host_.key_store_delete(host_.context, name.c_str()));
  } catch (...) {
    return client::KeyStoreStatus::kOther;
  }
}

}  // namespace doorstep::capi
