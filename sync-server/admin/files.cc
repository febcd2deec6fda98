#include "sync-server/admin/files.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

namespace doorstep::server {
namespace {

absl::Status Failed(const char* what, const std::string& path) {
  const int error = errno;
  const std::string message = std::string(what) + " " + path + ": " + std::strerror(error);
  switch (error) {
    case ENOENT:
      return MakeStatus(Reason::kNotFound, message);
    case EEXIST:
      return MakeStatus(Reason::kState, message);
    case ENOSPC:
    case EDQUOT:
      return MakeStatus(Reason::kDisk, message);
    default:
      return MakeStatus(Reason::kIo, message);
  }
}

// Closes what it holds; a failing close after a successful sync loses nothing.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

std::string FolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

absl::Status SyncPath(const std::string& path) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0 || fsync(file.get()) != 0) return Failed("cannot sync", path);
  return absl::OkStatus();
}

int Create(const std::string& path) {
  return open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
}

absl::Status WriteAll(int file, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t done = write(file, bytes.data(), bytes.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return Failed("cannot write", path);
    bytes.remove_prefix(static_cast<size_t>(done));
  }
  return absl::OkStatus();
}

absl::Status Seal(int file, Readers readers, const std::string& path) {
  const mode_t mode = readers == Readers::kOwnerOnly ? 0400 : 0444;
  if (fchmod(file, mode) != 0) return Failed("cannot protect", path);
  if (fsync(file) != 0) return Failed("cannot sync", path);
  return absl::OkStatus();
}

absl::Status WriteWhole(const std::string& path, std::string_view bytes, Readers readers) {
  const Descriptor file(Create(path));
  if (file.get() < 0) return Failed("cannot create", path);
  if (absl::Status status = WriteAll(file.get(), bytes, path); !status.ok()) return status;
  return Seal(file.get(), readers, path);
}

absl::StatusOr<Secret> ReadWhole(int file, const std::string& path) {
  struct stat info {};
  if (fstat(file, &info) != 0) return Failed("cannot read", path);
  if (!S_ISREG(info.st_mode)) return MakeStatus(Reason::kState, path + " is not a plain file");
  if (info.st_size > static_cast<off_t>(kSmallFileBytesMax)) {
    return MakeStatus(Reason::kLimit, path + " is larger than 1 MiB");
  }
  Secret bytes(static_cast<size_t>(info.st_size));
  size_t at = 0;
  while (at < bytes.size()) {
    const ssize_t done = read(file, bytes.mutable_bytes().data() + at, bytes.size() - at);
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return Failed("cannot read", path);
    if (done == 0) return MakeStatus(Reason::kIo, path + " became shorter while it was read");
    at += static_cast<size_t>(done);
  }
  return bytes;
}

}  // namespace

absl::StatusOr<std::string> ReadSmallFile(const std::string& path) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) return Failed("cannot open", path);
  absl::StatusOr<Secret> bytes = ReadWhole(file.get(), path);
  if (!bytes.ok()) return bytes.status();
  return std::string(bytes->view());
}

absl::StatusOr<Secret> ReadSecretFile(const std::string& path) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW));
  if (file.get() < 0 && errno == ELOOP) {
    return MakeStatus(Reason::kState, path + " is a link; a key is a file of its own");
  }
  if (file.get() < 0) return Failed("cannot open", path);
  struct stat info {};
  if (fstat(file.get(), &info) != 0) return Failed("cannot read", path);
  if (info.st_uid != geteuid()) {
    return MakeStatus(Reason::kState, path + " belongs to another user");
  }
  if ((info.st_mode & 0077) != 0) {
    return MakeStatus(Reason::kState,
                      path + " may be read by others; take that away with: chmod 0400 " + path);
  }
  return ReadWhole(file.get(), path);
}

absl::Status WriteNewFile(const std::string& path, std::string_view bytes, Readers readers) {
  const std::string written = path + ".new";
  unlink(written.c_str());  // left over from a crash: nobody was told of it
  if (absl::Status status = WriteWhole(written, bytes, readers); !status.ok()) return status;
  // A link, unlike a rename, refuses a name that is taken.
  const int linked = link(written.c_str(), path.c_str());
  const absl::Status failed = linked == 0 ? absl::OkStatus() : Failed("cannot create", path);
  unlink(written.c_str());
  if (!failed.ok()) return failed;
  return SyncPath(FolderOf(path));
}

absl::Status ReplaceFile(const std::string& path, std::string_view bytes, Readers readers) {
  const std::string written = path + ".new";
  unlink(written.c_str());
  if (absl::Status status = WriteWhole(written, bytes, readers); !status.ok()) return status;
  if (rename(written.c_str(), path.c_str()) != 0) return Failed("cannot replace", path);
  return SyncPath(FolderOf(path));
}

absl::Status MakeNewFolder(const std::string& path) {
  if (mkdir(path.c_str(), 0700) != 0) return Failed("cannot create", path);
  return absl::OkStatus();
}

absl::Status PutInPlace(const std::string& written, const std::string& path) {
  if (absl::Status status = SyncPath(written); !status.ok()) return status;
  if (renameat2(AT_FDCWD, written.c_str(), AT_FDCWD, path.c_str(), RENAME_NOREPLACE) != 0) {
    return Failed("cannot put in place", path);
  }
  return SyncPath(FolderOf(path));
}

bool IsThere(const std::string& path) {
  struct stat info {};
  return lstat(path.c_str(), &info) == 0;
}

absl::Status RemoveFile(const std::string& path) {
  if (unlink(path.c_str()) != 0 && errno != ENOENT) return Failed("cannot remove", path);
  return absl::OkStatus();
}

absl::Status RemoveFolder(const std::string& path) {
  std::error_code error;
  std::filesystem::remove_all(path, error);
  if (error) return MakeStatus(Reason::kIo, "cannot remove " + path);
  return absl::OkStatus();
}

absl::Status MakeWritable(const std::string& path) {
  if (chmod(path.c_str(), 0600) != 0) return Failed("cannot change", path);
  return absl::OkStatus();
}

absl::Status SyncFile(const std::string& path) { return SyncPath(path); }

absl::StatusOr<bool> OnOneFileSystem(const std::string& a, const std::string& b) {
  struct stat of_a {};
  struct stat of_b {};
  for (const auto& [path, info] : {std::pair{&a, &of_a}, std::pair{&b, &of_b}}) {
    if (stat(path->c_str(), info) != 0 && stat(FolderOf(*path).c_str(), info) != 0) {
      return Failed("cannot find", *path);
    }
  }
  return of_a.st_dev == of_b.st_dev;
}

absl::StatusOr<MappedFile> MappedFile::Open(const std::string& path) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat info {};
  if (file.get() < 0 || fstat(file.get(), &info) != 0) return Failed("cannot open", path);
  if (!S_ISREG(info.st_mode)) return MakeStatus(Reason::kState, path + " is not a plain file");
  const size_t size = static_cast<size_t>(info.st_size);
  if (size == 0) return MappedFile("", 0);
  void* data = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (data == MAP_FAILED) return Failed("cannot read", path);
  return MappedFile(static_cast<const char*>(data), size);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(other.data_), size_(std::exchange(other.size_, 0)) {}

MappedFile::~MappedFile() {
  if (size_ > 0) munmap(const_cast<char*>(data_), size_);
}

absl::StatusOr<NewFile> NewFile::Create(const std::string& path, Readers readers) {
  if (IsThere(path)) return MakeStatus(Reason::kState, path + " is there already");
  const std::string written = path + ".new";
  unlink(written.c_str());
  const int fd = server::Create(written);
  if (fd < 0) return Failed("cannot create", written);
  return NewFile(path, fd, readers);
}

NewFile::NewFile(NewFile&& other) noexcept
    : path_(std::exchange(other.path_, "")),
      fd_(std::exchange(other.fd_, -1)),
      readers_(other.readers_) {}

NewFile::~NewFile() {
  if (fd_ >= 0) close(fd_);
  if (!path_.empty()) unlink((path_ + ".new").c_str());
}

absl::Status NewFile::Write(std::string_view bytes) { return WriteAll(fd_, bytes, path_); }

absl::Status NewFile::Finish() {
  if (absl::Status status = Seal(fd_, readers_, path_); !status.ok()) return status;
  if (absl::Status status = PutInPlace(path_ + ".new", path_); !status.ok()) return status;
  path_.clear();
  return absl::OkStatus();
}

}  // namespace doorstep::server
