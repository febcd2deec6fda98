#include "client-core/capi/border.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <optional>
#include <string>

#include "client-core/capi/limits.h"
#include "client-core/client/subject.h"

namespace doorstep::capi {
namespace {

thread_local uintptr_t inside_shell_of = 0;

// For a Status that was made without a reason, by a library beside us.
Reason ReasonForCode(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kOk:
      return Reason::kNone;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kOutOfRange:
      return Reason::kArg;
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kAlreadyExists:
      return Reason::kState;
    case absl::StatusCode::kUnauthenticated:
      return Reason::kAuth;
    case absl::StatusCode::kPermissionDenied:
      return Reason::kDenied;
    case absl::StatusCode::kNotFound:
      return Reason::kNotFound;
    case absl::StatusCode::kResourceExhausted:
      return Reason::kLimit;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
      return Reason::kBusy;
    case absl::StatusCode::kDataLoss:
      return Reason::kIntegrity;
    case absl::StatusCode::kAborted:
      return Reason::kConflict;
    case absl::StatusCode::kUnimplemented:
      return Reason::kUnsupported;
    case absl::StatusCode::kCancelled:
      return Reason::kCancelled;
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnknown:
    default:
      return Reason::kInternal;
  }
}

}  // namespace

ds_error ErrorOf(const absl::Status& status) {
  ds_error error = {};
  error.status = static_cast<ds_status>(status.code());
  const Reason reason = ReasonOf(status);
  error.reason =
      static_cast<int32_t>(reason == Reason::kNone ? ReasonForCode(status.code()) : reason);
  if (const std::optional<Id> subject = client::SubjectOf(status); subject.has_value()) {
    std::copy(subject->bytes.begin(), subject->bytes.end(), error.subject);
  }
  return error;
}

ds_status Tell(const absl::Status& status, ds_error* error) {
  if (error != nullptr) *error = ErrorOf(status);
  return static_cast<ds_status>(status.code());
}

ds_status Guarded(ds_error* error, absl::FunctionRef<absl::Status()> body) {
  try {
    return Tell(body(), error);
  } catch (const std::bad_alloc&) {
    return Tell(MakeStatus(Reason::kNoMemory, "no memory"), error);
  } catch (...) {
    return Tell(MakeStatus(Reason::kInternal, "something was thrown"), error);
  }
}

absl::StatusOr<std::string_view> BytesOf(ds_bytes bytes) {
  if (bytes.size > kMessageBytesMax) {
    return MakeStatus(Reason::kLimit, "more than 1 MiB does not cross");
  }
  if (bytes.data == nullptr && bytes.size > 0) {
    return MakeStatus(Reason::kArg, "null bytes with a size");
  }
  return std::string_view(reinterpret_cast<const char*>(bytes.data), bytes.size);
}

absl::Status ParseInto(ds_bytes bytes, google::protobuf::MessageLite& message) {
  const absl::StatusOr<std::string_view> view = BytesOf(bytes);
  if (!view.ok()) return view.status();
  if (!message.ParseFromArray(view->data(), static_cast<int>(view->size()))) {
    return MakeStatus(Reason::kFormat, "the bytes are no such message");
  }
  return absl::OkStatus();
}

absl::StatusOr<Id> IdOf(const uint8_t* id) {
  if (id == nullptr || std::all_of(id, id + 16, [](uint8_t byte) { return byte == 0; })) {
    return MakeStatus(Reason::kArg, "an id has 16 bytes, not all zero");
  }
  Id parsed;
  std::copy(id, id + 16, parsed.bytes.begin());
  return parsed;
}

absl::Status Give(std::string_view bytes, ds_buffer* buffer) {
  if (buffer == nullptr) return MakeStatus(Reason::kArg, "there is nowhere to put the answer");
  if (bytes.empty()) return absl::OkStatus();
  auto* copy = static_cast<uint8_t*>(std::malloc(bytes.size()));
  if (copy == nullptr) return MakeStatus(Reason::kNoMemory, "no memory for the answer");
  std::memcpy(copy, bytes.data(), bytes.size());
  *buffer = {copy, bytes.size()};
  return absl::OkStatus();
}

absl::Status Give(const google::protobuf::MessageLite& message, ds_buffer* buffer) {
  std::string bytes = message.SerializeAsString();
  const absl::Status status = Give(bytes, buffer);
  WipeBytes({reinterpret_cast<uint8_t*>(bytes.data()), bytes.size()});
  return status;
}

InsideShell::InsideShell(uintptr_t client) : before_(inside_shell_of) { inside_shell_of = client; }
InsideShell::~InsideShell() { inside_shell_of = before_; }
bool InsideShell::Is(uintptr_t client) { return client != 0 && inside_shell_of == client; }

}  // namespace doorstep::capi
