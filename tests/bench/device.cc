#include "tests/bench/device.h"

#include <cassert>
#include <filesystem>
#include <utility>

namespace doorstep::bench {
namespace {

constexpr char kPin[] = "40506070";
constexpr uint64_t kArgonBytes = 8 << 10;

}  // namespace

client::KeyStoreStatus MemoryKeyStore::Get(const std::string& name, Secret& secret) {
  auto at = secrets_.find(name);
  if (at == secrets_.end()) return client::KeyStoreStatus::kNotFound;
  secret = Secret::FromBytes(at->second);
  return client::KeyStoreStatus::kOk;
}

client::KeyStoreStatus MemoryKeyStore::Put(const std::string& name, const Secret& secret) {
  secrets_[name] = std::string(secret.view());
  return client::KeyStoreStatus::kOk;
}

client::KeyStoreStatus MemoryKeyStore::Delete(const std::string& name) {
  secrets_.erase(name);
  return client::KeyStoreStatus::kOk;
}

Device::Device(std::string folder, WorldClock& clock) : folder_(std::move(folder)), clock_(clock) {
  OpenLocked();
  const absl::Status made = client_->SetPin("", kPin);
  assert(made.ok());
}

void Device::OpenLocked() {
  client::Options options;
  options.folder = folder_;
  options.client.set_argon_passes(1);
  options.client.set_argon_memory_bytes(kArgonBytes);
  options.client.set_samples(true);
  options.argon_bounds.memory_bytes_min = kArgonBytes;
  absl::StatusOr<std::unique_ptr<client::Client>> opened = client::Client::Open(
      options, {Catalog::Get(), clock_, random_, key_store_, verifier_, network_.get()});
  assert(opened.ok());
  client_ = *std::move(opened);
}

void Device::Open() {
  OpenLocked();
  const absl::Status unlocked = client_->Unlock(kPin);
  assert(unlocked.ok());
}

uint64_t Device::DiskBytes() const {
  uint64_t bytes = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder_)) bytes += file.file_size();
  return bytes;
}

}  // namespace doorstep::bench
