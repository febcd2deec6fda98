// The record, draft or item that a failure is about: an id beside the reason in a Status, so that a
// screen can point at it. Never a value.
#ifndef DOORSTEP_CLIENT_CORE_CLIENT_SUBJECT_H_
#define DOORSTEP_CLIENT_CORE_CLIENT_SUBJECT_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/cord.h"
#include "model/record_id.h"

namespace doorstep::client {

inline constexpr char kSubjectTypeUrl[] = "doorstep/subject";  // payload: the 16 bytes

inline absl::Status WithSubject(absl::Status status, const Id& id) {
  if (!status.ok()) status.SetPayload(kSubjectTypeUrl, absl::Cord(id.str()));
  return status;
}

inline std::optional<Id> SubjectOf(const absl::Status& status) {
  const absl::optional<absl::Cord> payload = status.GetPayload(kSubjectTypeUrl);
  return payload.has_value() ? Id::FromBytes(std::string(*payload)) : std::nullopt;
}

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_CLIENT_SUBJECT_H_
