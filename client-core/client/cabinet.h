// Where a client's things lie: a folder on disk, or memory that ends with the client (tests and the
// simulator, which also take an image of it and put one back).
//
//   vault      the keys, sealed under PIN and device secret (crypto/vault.h)
//   identity   whose device this is, in clear: needed before the PIN and to hand in what is owed
//     = u8 version 1 | tenant 16 | device 16 | user 16 | root key 32 | u8 confirmed
//       | LP(server address) | LP(server CA as DER)
//   store.db   everything else, encrypted (client-core/store)
//
// Files are replaced whole or not at all; a failure to read never creates or deletes anything.
#ifndef DOORSTEP_CLIENT_CORE_CLIENT_CABINET_H_
#define DOORSTEP_CLIENT_CORE_CLIENT_CABINET_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client-core/store/store.h"
#include "crypto/device_keys.h"
#include "model/catalog.h"

namespace doorstep::client {

struct Identity {
  Id tenant;
  Id device;
  Id user;
  PublicKey root{};
  bool confirmed = false;  // this device has found itself counting
  std::string server_address;
  std::string server_ca;  // DER
};
std::string EncodeIdentity(const Identity& identity);
// DATA_LOSS (E_INTEGRITY), UNIMPLEMENTED (E_VERSION).
absl::StatusOr<Identity> DecodeIdentity(std::string_view bytes);

class Cabinet {
 public:
  // `folder` empty: in memory, from `image` if there is one.
  static absl::StatusOr<std::unique_ptr<Cabinet>> Open(const std::string& folder,
                                                       std::string_view image);

  absl::StatusOr<std::optional<std::string>> Read(const std::string& name) const;
  absl::Status Replace(const std::string& name, std::string_view bytes);

  absl::StatusOr<std::unique_ptr<Store>> CreateStore(const StoreIdentity& identity,
                                                     const DeviceKeys& keys,
                                                     const Catalog& catalog);
  absl::StatusOr<std::unique_ptr<Store>> OpenStore(const StoreIdentity& identity,
                                                   const DeviceKeys& keys, const Catalog& catalog);
  // In memory a store's content would end with it.
  absl::Status CloseStore(std::unique_ptr<Store> store);

  // E_UNSUPPORTED for a folder. `open`: the store if it is open, else null.
  absl::StatusOr<std::string> Image(Store* open) const;

 private:
  explicit Cabinet(std::string folder) : folder_(std::move(folder)) {}

  std::string folder_;
  std::map<std::string, std::string> files_;  // in memory
  std::optional<std::string> store_image_;    // in memory, while it is closed
};

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_CLIENT_CABINET_H_
