// What crosses the C border, both ways: views of borrowed bytes, owned buffers, errors, and the one
// rule that a callback does not call back. Nothing here throws through to C.
#ifndef DOORSTEP_CLIENT_CORE_CAPI_BORDER_H_
#define DOORSTEP_CLIENT_CORE_CAPI_BORDER_H_

#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client-core/client/device_host.h"
#include "client-core/include/doorstep/doorstep.h"
#include "google/protobuf/message_lite.h"

namespace doorstep::capi {

// Fills `error` (may be null) and returns the status as a number. A Status without a reason gets
// the one that fits its code.
ds_status Tell(const absl::Status& status, ds_error* error);
ds_error ErrorOf(const absl::Status& status);

// Runs a whole function of the ABI: what is thrown inside (no memory) comes out as a status.
ds_status Guarded(ds_error* error, absl::FunctionRef<absl::Status()> body);

// A borrowed argument. E_ARG: null with a size. E_LIMIT: more than crosses.
absl::StatusOr<std::string_view> BytesOf(ds_bytes bytes);
absl::Status ParseInto(ds_bytes bytes, google::protobuf::MessageLite& message);
// E_ARG for null and for zeros, which are the id of nothing.
absl::StatusOr<Id> IdOf(const uint8_t* id);

// A copy for the caller. E_ARG: null; E_NOMEM.
absl::Status Give(std::string_view bytes, ds_buffer* buffer);
absl::Status Give(const google::protobuf::MessageLite& message, ds_buffer* buffer);

// While one lives, this thread is inside a function that the shell lent to `client` (a handle's
// number; 0 for none yet), and calls into that client are refused.
class InsideShell {
 public:
  explicit InsideShell(uintptr_t client);
  ~InsideShell();
  InsideShell(const InsideShell&) = delete;
  InsideShell& operator=(const InsideShell&) = delete;

  static bool Is(uintptr_t client);

 private:
  uintptr_t before_;
};

}  // namespace doorstep::capi

#endif  // DOORSTEP_CLIENT_CORE_CAPI_BORDER_H_
