// What a real device lends its client: the system's clock and randomness, the network, and where no
// platform key store is lent, a key store of files. The simulator and tests lend their own.
//
// With it comes what an adapter needs to speak of a client's failures: crypto/reason.h.
#ifndef DOORSTEP_CLIENT_CORE_CLIENT_DEVICE_HOST_H_
#define DOORSTEP_CLIENT_CORE_CLIENT_DEVICE_HOST_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "client-core/client/client.h"
#include "crypto/reason.h"
#include "crypto/secret.h"

namespace doorstep::client {

// Each secret a file of its owner's alone in the device's folder: `key-<name>`. Whoever copies the
// folder has the secrets too, so a PIN must be a passphrase. Every doubt (a link, another owner,
// readable by others, a size no secret has) is kOther: nothing is made, replaced or deleted.
class FileKeyStore final : public KeyStore {
 public:
  explicit FileKeyStore(std::string folder) : folder_(std::move(folder)) {}
  KeyStoreStatus Get(const std::string& name, Secret& secret) override;
  // Atomically: a crash leaves the old secret or the new one.
  KeyStoreStatus Put(const std::string& name, const Secret& secret) override;
  KeyStoreStatus Delete(const std::string& name) override;
  bool IsFile() const override { return true; }

 private:
  std::string PathOf(const std::string& name) const;
  std::string folder_;
};

class DeviceHost {
 public:
  // `key_store` null: a FileKeyStore in `folder`. `now_ms` null: the system's clock.
  DeviceHost(const std::string& folder, std::unique_ptr<KeyStore> key_store,
             std::function<int64_t()> now_ms);
  DeviceHost(const DeviceHost&) = delete;
  DeviceHost& operator=(const DeviceHost&) = delete;
  ~DeviceHost();

  // For Client::Open; everything it names ends with this object.
  Host host();

 private:
  class DeviceClock;
  std::unique_ptr<KeyStore> key_store_;
  std::unique_ptr<DeviceClock> clock_;
  std::unique_ptr<Random> random_;
  std::unique_ptr<Verifier> verifier_;
  std::unique_ptr<Network> network_;
};

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_CLIENT_DEVICE_HOST_H_
