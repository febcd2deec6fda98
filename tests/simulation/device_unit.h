// One device of a run: a real client core whose disk is an image, so that it can die in any commit,
// be put back, copied or destroyed.
#ifndef DOORSTEP_TESTS_SIMULATION_DEVICE_UNIT_H_
#define DOORSTEP_TESTS_SIMULATION_DEVICE_UNIT_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client-core/client/client.h"
#include "tests/simulation/chance.h"
#include "tests/simulation/messages.h"

namespace doorstep::simulation {

class DeviceClock final : public client::Clock {
 public:
  explicit DeviceClock(const int64_t& world_ms) : world_ms_(world_ms) {}
  int64_t NowMs() override { return world_ms_ + offset_ms; }
  int64_t MonotonicMs() override { return world_ms_; }
  int64_t offset_ms = 0;  // years, if the run says so

 private:
  const int64_t& world_ms_;
};

class MemoryKeyStore final : public client::KeyStore {
 public:
  client::KeyStoreStatus Get(const std::string& name, Secret& secret) override;
  client::KeyStoreStatus Put(const std::string& name, const Secret& secret) override;
  client::KeyStoreStatus Delete(const std::string& name) override;
  bool IsFile() const override { return false; }
  void CopyFrom(const MemoryKeyStore& other) { items_ = other.items_; }

 private:
  std::map<std::string, std::string> items_;
};

class DeviceUnit {
 public:
  // All outlive it.
  struct Parts {
    const Catalog& catalog;
    client::Verifier& verifier;
    const int64_t& world_ms;
  };
  DeviceUnit(const Parts& parts, size_t index, Chance chance);
  ~DeviceUnit();
  DeviceUnit(const DeviceUnit&) = delete;
  DeviceUnit& operator=(const DeviceUnit&) = delete;

  size_t index() const { return index_; }
  bool running() const { return client_ != nullptr; }
  client::Client& client() { return *client_; }
  client::Store& store() { return client_->store(); }
  // Joined and running: everything a person does asks this first.
  bool usable() const { return client_ != nullptr && joined; }
  DeviceClock& clock() { return clock_; }
  int64_t now_ms() { return clock_.NowMs(); }

  // A device fresh out of its box.
  void MakeNew();
  // The same device a second time, from an image of another unit.
  void MakeFrom(const DeviceUnit& other, const std::string& image);
  std::string Image();
  // Off, and opened again on what its disk holds; on `image` if one is given.
  void Reopen(const std::string* image = nullptr);
  // Locked by its person, and unlocked again: a contact under way ends.
  void LockAndUnlock();
  // Its disk is gone.
  void Destroy();

  // ---- The contact under way ----
  bool in_contact() const { return session_ != nullptr; }
  void BeginContact();
  // What the contact asks next, once.
  std::optional<RequestMessage> TakeRequest();
  // Dropped when it is not of this contact.
  void Take(const AnswerMessage& answer);
  // True when the contact has ended; then it is put away and `last_report` is of it.
  bool FinishIfDone();
  void Hang();  // gives up waiting
  uint64_t contact() const { return contact_; }

  Id id;  // zeros until joined
  Id user;
  bool joined = false;
  bool destroyed = false;
  int64_t offline_until_ms = 0;
  std::vector<std::string> images;  // taken earlier, to be put back
  v1::SyncReport last_report;
  absl::Status last_status;
  uint64_t contacts_done = 0;

 private:
  client::Options OptionsWith(std::string image) const;
  void Start(std::string image);

  Parts parts_;
  size_t index_;
  Chance chance_;
  DeviceClock clock_;
  MemoryKeyStore keys_;
  ChanceRandom random_;
  // The session points into the client; the client lets it go before either ends.
  std::unique_ptr<client::Session> session_;
  std::unique_ptr<client::Client> client_;
  uint64_t contact_ = 0;
};

}  // namespace doorstep::simulation

#endif  // DOORSTEP_TESTS_SIMULATION_DEVICE_UNIT_H_
