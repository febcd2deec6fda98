#include "client-core/capi/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <system_error>

#include "absl/status/status.h"
#include "client-core/capi/limits.h"
#include "client-core/client/device_host.h"

namespace doorstep::capi {
namespace {

// Magic numbers of file systems whose locks and fsync say less than they promise: NFS, SMB, CIFS,
// SMB2, AFS, Coda, 9P, Ceph.
constexpr std::array<uint32_t, 8> kNetworkFileSystems = {
    0x6969, 0x517B, 0xFF534D42, 0xFE534D42, 0x5346414F, 0x73757245, 0x01021997, 0x00C36400};

absl::Status CheckPath(std::string_view path) {
  if (path.empty() || path.size() > kPathBytesMax) {
    return MakeStatus(Reason::kArg, "a folder is named by 1 to 4,096 bytes");
  }
  for (const std::filesystem::path& part : std::filesystem::path(path)) {
    if (part == "..") return MakeStatus(Reason::kArg, "a folder's path holds no \"..\"");
  }
  return absl::OkStatus();
}

// Of a descriptor of the folder itself, so that nothing can take its place in between.
absl::Status CheckFolder(int folder) {
  struct stat about;
  struct statfs system;
  if (fstat(folder, &about) != 0 || fstatfs(folder, &system) != 0) {
    return MakeStatus(Reason::kIo, "the folder cannot be examined");
  }
  if (about.st_uid != geteuid() || (about.st_mode & 077) != 0) {
    return MakeStatus(Reason::kState, "the folder must be its owner's alone");
  }
  for (const uint32_t magic : kNetworkFileSystems) {
    if (static_cast<uint32_t>(system.f_type) == magic) {
      return MakeStatus(Reason::kState, "the folder must not be on a network");
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Folder>> Folder::Hold(std::string_view given) {
  if (const absl::Status status = CheckPath(given); !status.ok()) return status;
  std::error_code error;
  std::filesystem::path path = std::filesystem::absolute(std::filesystem::path(given), error);
  if (!error && !path.has_filename()) path = path.parent_path();  // a slash at the end
  if (error) return MakeStatus(Reason::kArg, "the folder's path is not one");
  const bool made = mkdir(path.c_str(), 0700) == 0;
  if (!made && errno != EEXIST) {
    const bool absent = errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG;
    return absent ? MakeStatus(Reason::kArg, "the folder's parent is not there")
                  : MakeStatus(Reason::kIo, "the folder cannot be made");
  }
  const int folder = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (folder < 0) {
    const bool other = errno == ENOTDIR || errno == ELOOP;
    return other ? MakeStatus(Reason::kArg, "that is no folder, or a link to one")
                 : MakeStatus(Reason::kIo, "the folder cannot be opened");
  }
  if (const absl::Status status = CheckFolder(folder); !status.ok()) {
    close(folder);
    return status;
  }
  const int lock = openat(folder, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  close(folder);
  if (lock < 0) return MakeStatus(Reason::kIo, "the folder cannot be written");
  if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
    close(lock);
    return MakeStatus(Reason::kBusy, "the folder is held by another client");
  }
  return std::unique_ptr<Folder>(new Folder(path.string(), lock));
}

Folder::~Folder() { close(lock_); }

}  // namespace doorstep::capi
