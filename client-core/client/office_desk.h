// Between a person's question and the office's: client.proto on one side, office.proto on the
// other, with names, words and JSON so that a shell needs no schema.
#ifndef DOORSTEP_CLIENT_CORE_CLIENT_OFFICE_DESK_H_
#define DOORSTEP_CLIENT_CORE_CLIENT_OFFICE_DESK_H_

#include "absl/status/statusor.h"
#include "client-core/client/desk.h"
#include "client-core/sync/transport.h"
#include "doorstep/v1/client.pb.h"
#include "doorstep/v1/office.pb.h"

namespace doorstep::client {

// An administrator's invitations are none of it.
bool IsForTheOffice(const v1::Request& request);
// INVALID_ARGUMENT (E_ARG, E_FORMAT): a date or an id that is none.
absl::StatusOr<v1::OfficeRequest> QuestionOf(const v1::Request& request);
// The whole answer, page after page. RESOURCE_EXHAUSTED (E_LIMIT) after kOfficePagesMax.
absl::StatusOr<v1::OfficeAnswer> AskEveryPage(Transport& transport, v1::OfficeRequest request);
v1::Reply ReplyOf(const Desk& desk, const v1::Request& request, const v1::OfficeAnswer& answer);

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_CLIENT_OFFICE_DESK_H_
