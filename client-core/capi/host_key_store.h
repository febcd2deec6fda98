// The key store that a shell lends through ds_host. Whatever it answers is taken for what it says
// or for kOther: nonsense, too many bytes or an exception never pass for a key, nor for its
// absence.
#ifndef DOORSTEP_CLIENT_CORE_CAPI_HOST_KEY_STORE_H_
#define DOORSTEP_CLIENT_CORE_CAPI_HOST_KEY_STORE_H_

#include <atomic>
#include <cstdint>
#include <string>

#include "client-core/client/device_host.h"
#include "client-core/include/doorstep/doorstep.h"

namespace doorstep::capi {

class HostKeyStore final : public client::KeyStore {
 public:
  // `client`: the number of the client's handle, set once it has one.
  HostKeyStore(const ds_host& host, const std::atomic<uintptr_t>& client)
      : host_(host), client_(client) {}

  client::KeyStoreStatus Get(const std::string& name, Secret& secret) override;
  client::KeyStoreStatus Put(const std::string& name, const Secret& secret) override;
  client::KeyStoreStatus Delete(const std::string& name) override;
  bool IsFile() const override { return false; }

 private:
  const ds_host host_;
  const std::atomic<uintptr_t>& client_;
};

}  // namespace doorstep::capi

#endif  // DOORSTEP_CLIENT_CORE_CAPI_HOST_KEY_STORE_H_
