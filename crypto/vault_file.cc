#include "crypto/vault_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "crypto/reason.h"
#include "crypto/vault.h"

namespace doorstep {
namespace {

class File {
 public:
  File(const std::filesystem::path& path, int flags) : fd_(OpenAgain(path, flags)) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }

  bool is_open() const { return fd_ >= 0; }
  int fd() const { return fd_; }

 private:
  // Never follows a link, never waits for the other end of a pipe.
  static int OpenAgain(const std::filesystem::path& path, int flags) {
    int fd = -1;
    do {
      fd = ::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    } while (fd < 0 && errno == EINTR);
    return fd;
  }

  const int fd_;
};

absl::Status Failed(int error, std::string_view step) {
  const bool full = error == ENOSPC || error == EDQUOT;
  return MakeStatus(full ? Reason::kDisk : Reason::kIo,
                    "vault: " + std::string(step) + " failed, errno " + std::to_string(error));
}

// To the medium, where the system makes the difference.
int Sync(int fd) {
#ifdef F_FULLFSYNC
  if (::fcntl(fd, F_FULLFSYNC) == 0) return 0;
#endif
  return ::fsync(fd);
}

absl::Status WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Failed(errno, "write");
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

absl::Status SyncFolderOf(const std::filesystem::path& path) {
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  const File opened(folder, O_RDONLY | O_DIRECTORY);
  if (!opened.is_open()) return Failed(errno, "open folder");
  if (::fsync(opened.fd()) != 0) return Failed(errno, "sync folder");
  return absl::OkStatus();
}

std::filesystem::path TemporaryOf(std::filesystem::path path) { return path += ".new"; }

// OK too when nothing is there.
absl::Status Remove(const std::filesystem::path& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return Failed(errno, "remove");
  return absl::OkStatus();
}

absl::Status WriteTemporary(const std::filesystem::path& path, std::string_view bytes) {
  // Whatever a kill left here, or somebody put here, is removed, not written into.
  absl::Status status = Remove(path);
  if (!status.ok()) return status;
  const File file(path, O_WRONLY | O_CREAT | O_EXCL);
  if (!file.is_open()) return Failed(errno, "create");
  status = WriteAll(file.fd(), bytes);
  if (!status.ok()) return status;
  if (Sync(file.fd()) != 0) return Failed(errno, "sync");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> ReadVaultFile(const std::filesystem::path& path) {
  const File file(path, O_RDONLY);
  if (!file.is_open()) {
    if (errno == ENOENT) return MakeStatus(Reason::kNotFound, "no vault");
    return Failed(errno, "open");
  }
  struct stat info = {};
  if (::fstat(file.fd(), &info) != 0) return Failed(errno, "stat");
  if (!S_ISREG(info.st_mode)) return MakeStatus(Reason::kIo, "vault is no ordinary file");
  // One byte more than any vault, so that a longer file shows.
  std::string bytes(kVaultBytesMax + 1, '\0');
  size_t size = 0;
  while (size < bytes.size()) {
    const ssize_t got = ::read(file.fd(), bytes.data() + size, bytes.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Failed(errno, "read");
    if (got == 0) break;
    size += static_cast<size_t>(got);
  }
  if (size > kVaultBytesMax) return MakeStatus(Reason::kIntegrity, "larger than any vault");
  bytes.resize(size);
  return bytes;
}

absl::Status ReplaceVaultFile(const std::filesystem::path& path, std::string_view vault) {
  const std::filesystem::path temporary = TemporaryOf(path);
  const absl::Status written = WriteTemporary(temporary, vault);
  if (!written.ok()) {
    Remove(temporary).IgnoreError();
    return written;
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) {
    const absl::Status failed = Failed(errno, "rename");
    Remove(temporary).IgnoreError();
    return failed;
  }
  return SyncFolderOf(path);
}

absl::Status DestroyVaultFile(const std::filesystem::path& path) {
  const absl::Status vault = Remove(path);
  const absl::Status temporary = Remove(TemporaryOf(path));
  if (!vault.ok()) return vault;
  if (!temporary.ok()) return temporary;
  return SyncFolderOf(path);
}

}  // namespace doorstep
