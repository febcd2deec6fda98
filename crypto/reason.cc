#include "crypto/reason.h"

#include <array>
#include <cassert>
#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "crypto/bytes.h"

namespace doorstep {
namespace {

struct Row {
  absl::StatusCode code;
  std::string_view name;
};

// By number: row i is reason i.
constexpr std::array<Row, 25> kRows = {{
    {absl::StatusCode::kOk, ""},
    {absl::StatusCode::kInvalidArgument, "E_ARG"},
    {absl::StatusCode::kInvalidArgument, "E_FORMAT"},
    {absl::StatusCode::kFailedPrecondition, "E_STATE"},
    {absl::StatusCode::kFailedPrecondition, "E_WIPED"},
    {absl::StatusCode::kFailedPrecondition, "E_KEY"},
    {absl::StatusCode::kFailedPrecondition, "E_EXPIRED"},
    {absl::StatusCode::kUnauthenticated, "E_LOCKED"},
    {absl::StatusCode::kUnauthenticated, "E_AUTH"},
    {absl::StatusCode::kPermissionDenied, "E_DENIED"},
    {absl::StatusCode::kPermissionDenied, "E_TRUST"},
    {absl::StatusCode::kPermissionDenied, "E_INVITATION"},
    {absl::StatusCode::kNotFound, "E_NOT_FOUND"},
    {absl::StatusCode::kResourceExhausted, "E_LIMIT"},
    {absl::StatusCode::kResourceExhausted, "E_NOMEM"},
    {absl::StatusCode::kResourceExhausted, "E_DISK"},
    {absl::StatusCode::kUnavailable, "E_KEYSTORE"},
    {absl::StatusCode::kUnavailable, "E_IO"},
    {absl::StatusCode::kUnavailable, "E_BUSY"},
    {absl::StatusCode::kDataLoss, "E_INTEGRITY"},
    {absl::StatusCode::kAborted, "E_CONFLICT"},
    {absl::StatusCode::kUnimplemented, "E_VERSION"},
    {absl::StatusCode::kUnimplemented, "E_UNSUPPORTED"},
    {absl::StatusCode::kCancelled, "E_CANCELLED"},
    {absl::StatusCode::kInternal, "E_INTERNAL"},
}};

}  // namespace

absl::StatusCode CodeOf(Reason reason) {
  const auto number = static_cast<uint32_t>(reason);
  return number < kRows.size() ? kRows[number].code : absl::StatusCode::kUnknown;
}

std::string_view NameOf(Reason reason) {
  const auto number = static_cast<uint32_t>(reason);
  return number < kRows.size() ? kRows[number].name : std::string_view();
}

absl::Status MakeStatus(Reason reason, std::string_view message) {
  assert(reason != Reason::kNone);
  absl::Status status(CodeOf(reason), absl::string_view(message.data(), message.size()));
  std::string payload;
  AppendU32(payload, static_cast<uint32_t>(reason));
  status.SetPayload(kReasonTypeUrl, absl::Cord(payload));
  return status;
}

Reason ReasonOf(const absl::Status& status) {
  const absl::optional<absl::Cord> payload = status.GetPayload(kReasonTypeUrl);
  Bytes<4> number{};
  if (!payload.has_value() || !CopyExactly(std::string(*payload), number)) return Reason::kNone;
  return static_cast<Reason>(
      static_cast<uint32_t>(number[0]) | static_cast<uint32_t>(number[1]) << 8 |
      static_cast<uint32_t>(number[2]) << 16 | static_cast<uint32_t>(number[3]) << 24);
}

}  // namespace doorstep
