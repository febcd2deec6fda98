// The folder of a device, held by one client at a time: made for its owner alone, never a link,
// never shared with anybody, locked as long as this object lives. The lock ends with the process,
// however it ends.
#ifndef DOORSTEP_CLIENT_CORE_CAPI_FOLDER_H_
#define DOORSTEP_CLIENT_CORE_CAPI_FOLDER_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace doorstep::capi {

class Folder {
 public:
  // INVALID_ARGUMENT (E_ARG): no folder, a link, ".." in it, no parent. FAILED_PRECONDITION
  // (E_STATE): open to others, another owner's, on a network. UNAVAILABLE (E_IO): it cannot be
  // written; (E_BUSY): somebody holds it. Nothing is opened for writing before all of that is
  // known.
  static absl::StatusOr<std::unique_ptr<Folder>> Hold(std::string_view path);
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const std::string& path() const { return path_; }  // absolute

 private:
  Folder(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}

  std::string path_;
  int lock_;  // descriptor of the file `lock`
};

}  // namespace doorstep::capi

#endif  // DOORSTEP_CLIENT_CORE_CAPI_FOLDER_H_
