// Files of keys, requests, bundles and backups: read whole and bounded, written so that a crash
// leaves either the old file or the new one, never half of it. A file that holds a secret is its
// owner's alone, and one that others may read is refused, since nobody knows who has read it.
//
// Errors name the path, which the operator gave, and never what is inside. NOT_FOUND (E_NOT_FOUND),
// RESOURCE_EXHAUSTED (E_LIMIT, E_DISK), UNAVAILABLE (E_IO), FAILED_PRECONDITION (E_STATE).
#ifndef DOORSTEP_SYNC_SERVER_ADMIN_FILES_H_
#define DOORSTEP_SYNC_SERVER_ADMIN_FILES_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/reason.h"
#include "crypto/secret.h"

namespace doorstep::server {

// Requests, bundles, root changesets and sealed keys are all far smaller.
inline constexpr size_t kSmallFileBytesMax = 1 << 20;

enum class Readers {
  kOwnerOnly,  // 0400
  kEverybody,  // 0444
};

absl::StatusOr<std::string> ReadSmallFile(const std::string& path);
// E_STATE unless it is a regular file of this user that neither group nor others may touch.
absl::StatusOr<Secret> ReadSecretFile(const std::string& path);

// E_STATE when something of that name is there already.
absl::Status WriteNewFile(const std::string& path, std::string_view bytes, Readers readers);
// The same, but puts it in the place of what is there.
absl::Status ReplaceFile(const std::string& path, std::string_view bytes, Readers readers);

// A folder for this user alone. E_STATE when something of that name is there already.
absl::Status MakeNewFolder(const std::string& path);
// Puts a file or folder that is written whole into its place: sync, rename, sync of the folder.
// E_STATE when something of that name is there already.
absl::Status PutInPlace(const std::string& written, const std::string& path);
bool IsThere(const std::string& path);
// OK too when nothing of that name is there.
absl::Status RemoveFile(const std::string& path);
// A folder with what is in it, which this program wrote.
absl::Status RemoveFolder(const std::string& path);
absl::Status MakeWritable(const std::string& path);  // by its owner
// Syncs a file that somebody else wrote.
absl::Status SyncFile(const std::string& path);
// Whether both lie on one file system, and so on what fails together. The folder of a path that is
// not there yet stands for it.
absl::StatusOr<bool> OnOneFileSystem(const std::string& a, const std::string& b);

// A large file, read where it is. It must not be changed meanwhile.
class MappedFile {
 public:
  static absl::StatusOr<MappedFile> Open(const std::string& path);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&&) = delete;
  ~MappedFile();
  std::string_view bytes() const { return {data_, size_}; }

 private:
  MappedFile(const char* data, size_t size) : data_(data), size_(size) {}
  const char* data_;
  size_t size_;
};

// A file that is written piece by piece and put in its place when it is whole.
class NewFile {
 public:
  // E_STATE when something of that name is there already.
  static absl::StatusOr<NewFile> Create(const std::string& path, Readers readers);
  NewFile(NewFile&& other) noexcept;
  NewFile& operator=(NewFile&&) = delete;
  // Without Finish nothing is left behind.
  ~NewFile();
  absl::Status Write(std::string_view bytes);
  absl::Status Finish();

 private:
  NewFile(std::string path, int fd, Readers readers)
      : path_(std::move(path)), fd_(fd), readers_(readers) {}
  std::string path_;  // empty: moved from, or finished
  int fd_;
  Readers readers_;
};

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_ADMIN_FILES_H_
