// The office behind the wire: bytes of a caller in, one answer out. What may be told is decided by
// sync-server/office; here the question is counted and parsed, and before an answer about families
// leaves, whom it told what is in the store for good.
//
// Any thread.
#ifndef DOORSTEP_SYNC_SERVER_SERVICE_OFFICE_SERVICE_H_
#define DOORSTEP_SYNC_SERVER_SERVICE_OFFICE_SERVICE_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "sync-server/access/directory_log.h"
#include "sync-server/service/authenticator.h"
#include "sync-server/service/writer.h"
#include "sync-server/store/store.h"

namespace doorstep::server {

class OfficeService {
 public:
  // All outlive the service.
  struct Parts {
    Store& store;
    SharedDirectory& directory;
    Writer& writer;
    std::function<int64_t()> now_ms;  // UTC
  };
  using Done = absl::AnyInvocable<void(absl::StatusOr<std::string>)>;

  explicit OfficeService(Parts parts) : parts_(std::move(parts)) {}

  absl::StatusOr<Caller> Identify(std::string_view certificate_pem);
  void Ask(const Caller& caller, std::string_view request, Done done);

 private:
  Parts parts_;
};

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_SERVICE_OFFICE_SERVICE_H_
