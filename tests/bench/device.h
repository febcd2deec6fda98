// A device of a bench: a real client core with its files in a folder, an Argon2id that costs
// nothing, and a clock that the bench moves.
#ifndef DOORSTEP_TESTS_BENCH_DEVICE_H_
#define DOORSTEP_TESTS_BENCH_DEVICE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "client-core/client/client.h"
#include "client-core/sync/grpc_transport.h"
#include "client-core/sync/page_check.h"
#include "crypto/primitives.h"

namespace doorstep::bench {

class WorldClock final : public client::Clock {
 public:
  int64_t NowMs() override { return now_ms; }
  int64_t MonotonicMs() override { return now_ms; }
  int64_t now_ms = 1'767'600'000'000;  // January 2026
};

class MemoryKeyStore final : public client::KeyStore {
 public:
  client::KeyStoreStatus Get(const std::string& name, Secret& secret) override;
  client::KeyStoreStatus Put(const std::string& name, const Secret& secret) override;
  client::KeyStoreStatus Delete(const std::string& name) override;
  bool IsFile() const override { return false; }

 private:
  std::map<std::string, std::string> secrets_;
};

class Device {
 public:
  // `folder` exists and is empty; `clock` outlives the device.
  Device(std::string folder, WorldClock& clock);

  client::Client& client() { return *client_; }
  const std::string& folder() const { return folder_; }
  WorldClock& clock() { return clock_; }

  // Closes everything.
  void Close() { client_.reset(); }
  // From closed files to answering questions.
  void Open();
  void Reopen() {
    Close();
    Open();
  }
  // Bytes of its files.
  uint64_t DiskBytes() const;

 private:
  void OpenLocked();

  std::string folder_;
  WorldClock& clock_;
  SystemRandom random_;
  MemoryKeyStore key_store_;
  client::PlainVerifier verifier_;
  std::unique_ptr<client::Network> network_ = client::MakeGrpcNetwork();
  std::unique_ptr<client::Client> client_;
};

}  // namespace doorstep::bench

#endif  // DOORSTEP_TESTS_BENCH_DEVICE_H_
