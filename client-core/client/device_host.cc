#include "client-core/client/device_host.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <utility>

#include "client-core/sync/grpc_transport.h"

namespace doorstep::client {
namespace {

constexpr size_t kSecretBytesMax = 4096;

// A descriptor that is closed whatever happens.
class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

bool WriteAll(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

bool SyncFolder(const std::string& folder) {
  const File file(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return file.get() >= 0 && fsync(file.get()) == 0;
}

}  // namespace

std::string FileKeyStore::PathOf(const std::string& name) const { return folder_ + "/key-" + name; }

KeyStoreStatus FileKeyStore::Get(const std::string& name, Secret& secret) {
  const File file(open(PathOf(name).c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (file.get() < 0) return errno == ENOENT ? KeyStoreStatus::kNotFound : KeyStoreStatus::kOther;
  struct stat about;
  if (fstat(file.get(), &about) != 0 || !S_ISREG(about.st_mode) || (about.st_mode & 077) != 0 ||
      about.st_uid != geteuid() || about.st_size <= 0 ||
      about.st_size > static_cast<off_t>(kSecretBytesMax)) {
    return KeyStoreStatus::kOther;
  }
  Secret read_secret(static_cast<size_t>(about.st_size));
  const std::span<uint8_t> bytes = read_secret.mutable_bytes();
  for (size_t at = 0; at < bytes.size();) {
    const ssize_t count = read(file.get(), bytes.data() + at, bytes.size() - at);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return KeyStoreStatus::kOther;
    at += static_cast<size_t>(count);
  }
  secret = std::move(read_secret);
  return KeyStoreStatus::kOk;
}

KeyStoreStatus FileKeyStore::Put(const std::string& name, const Secret& secret) {
  const std::string path = PathOf(name);
  const std::string fresh = path + ".new";
  unlink(fresh.c_str());  // of a crash
  {
    const File file(
        open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (file.get() < 0 || !WriteAll(file.get(), secret.view()) || fsync(file.get()) != 0) {
      unlink(fresh.c_str());
      return KeyStoreStatus::kOther;
    }
  }
  if (rename(fresh.c_str(), path.c_str()) != 0) {
    unlink(fresh.c_str());
    return KeyStoreStatus::kOther;
  }
  return SyncFolder(folder_) ? KeyStoreStatus::kOk : KeyStoreStatus::kOther;
}

KeyStoreStatus FileKeyStore::Delete(const std::string& name) {
  if (unlink(PathOf(name).c_str()) != 0) {
    return errno == ENOENT ? KeyStoreStatus::kNotFound : KeyStoreStatus::kOther;
  }
  return SyncFolder(folder_) ? KeyStoreStatus::kOk : KeyStoreStatus::kOther;
}

class DeviceHost::DeviceClock final : public Clock {
 public:
  explicit DeviceClock(std::function<int64_t()> now_ms) : now_ms_(std::move(now_ms)) {}

  int64_t NowMs() override {
    if (now_ms_) return now_ms_();
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  }
  int64_t MonotonicMs() override {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  }

 private:
  std::function<int64_t()> now_ms_;
};

DeviceHost::DeviceHost(const std::string& folder, std::unique_ptr<KeyStore> key_store,
                       std::function<int64_t()> now_ms)
    : key_store_(std::move(key_store)),
      clock_(std::make_unique<DeviceClock>(std::move(now_ms))),
      random_(std::make_unique<SystemRandom>()),
      verifier_(std::make_unique<PlainVerifier>()),
      network_(MakeGrpcNetwork()) {
  if (key_store_ == nullptr) key_store_ = std::make_unique<FileKeyStore>(folder);
}

DeviceHost::~DeviceHost() = default;

Host DeviceHost::host() {
  return Host{.catalog = Catalog::Get(),
              .clock = *clock_,
              .random = *random_,
              .key_store = *key_store_,
              .verifier = *verifier_,
              .network = network_.get()};
}

}  // namespace doorstep::client
