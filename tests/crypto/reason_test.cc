#include "crypto/reason.h"

#include <catch2/catch_test_macros.hpp>
#include <set>
#include <string>

#include "absl/strings/cord.h"

namespace doorstep {
namespace {

TEST_CASE("every reason has one code and one name, and survives the Status") {
  std::set<std::string_view> names;
  for (uint32_t number = 1; number <= 24; ++number) {
    const auto reason = static_cast<Reason>(number);
    const absl::Status status = MakeStatus(reason, "rule R");
    CHECK(status.code() == CodeOf(reason));
    CHECK_FALSE(status.ok());
    CHECK(status.code() != absl::StatusCode::kUnknown);
    CHECK(ReasonOf(status) == reason);
    CHECK(names.insert(NameOf(reason)).second);
  }
}

TEST_CASE("the codes of the reasons that people meet") {
  CHECK(CodeOf(Reason::kArg) == absl::StatusCode::kInvalidArgument);
  CHECK(CodeOf(Reason::kKey) == absl::StatusCode::kFailedPrecondition);
  CHECK(CodeOf(Reason::kLocked) == absl::StatusCode::kUnauthenticated);
  CHECK(CodeOf(Reason::kInvitation) == absl::StatusCode::kPermissionDenied);
  CHECK(CodeOf(Reason::kDisk) == absl::StatusCode::kResourceExhausted);
  CHECK(CodeOf(Reason::kKeyStore) == absl::StatusCode::kUnavailable);
  CHECK(CodeOf(Reason::kIntegrity) == absl::StatusCode::kDataLoss);
  CHECK(CodeOf(Reason::kConflict) == absl::StatusCode::kAborted);
  CHECK(CodeOf(Reason::kVersion) == absl::StatusCode::kUnimplemented);
  CHECK(CodeOf(Reason::kCancelled) == absl::StatusCode::kCancelled);
  CHECK(CodeOf(Reason::kInternal) == absl::StatusCode::kInternal);
}

TEST_CASE("the payload is four bytes, little-endian") {
  const absl::Status status = MakeStatus(Reason::kIntegrity, "x");
  CHECK(std::string(*status.GetPayload(kReasonTypeUrl)) == std::string("\x13\0\0\0", 4));
}

TEST_CASE("a Status of others has no reason") {
  CHECK(ReasonOf(absl::OkStatus()) == Reason::kNone);
  CHECK(ReasonOf(absl::InternalError("x")) == Reason::kNone);
  absl::Status odd = absl::InternalError("x");
  odd.SetPayload(kReasonTypeUrl, absl::Cord("abc"));
  CHECK(ReasonOf(odd) == Reason::kNone);
}

}  // namespace
}  // namespace doorstep
