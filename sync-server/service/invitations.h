// The invitations that wait: which handles an administrator's device gave out, who asked by them,
// and what was answered. The server never learns the code; it only keeps two parties apart until
// they have found each other. Written down with every change, so that a restart loses none.
//
//   book       = invitation …, ascending by handle, as the value of one named fact of the store
//   invitation = LP(handle 8) LP(i64 expires_ms) LP(InvitationRequests) LP(InvitationAnswer, or
//   empty)
#ifndef DOORSTEP_SYNC_SERVER_SERVICE_INVITATIONS_H_
#define DOORSTEP_SYNC_SERVER_SERVICE_INVITATIONS_H_

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/invitation.h"
#include "doorstep/v1/enrol.pb.h"
#include "sync-server/store/store.h"

namespace doorstep::server {

// What is remembered; a value.
class Invitations {
 public:
  explicit Invitations(size_t open_max) : open_max_(open_max) {}

  // Again with the same handle: only moves the expiry. E_ARG past kInvitationMsMax, E_LIMIT when
  // open_max wait.
  absl::Status Open(const InvitationHandle& handle, int64_t expires_ms, int64_t now_ms);
  // When the invitation ends. The same request again: the same answer. PERMISSION_DENIED
  // (E_INVITATION): unknown, expired, used up, or three others wait.
  absl::StatusOr<int64_t> Ask(const InvitationHandle& handle, const v1::EnrolRequest& request,
                              int64_t now_ms);
  absl::StatusOr<v1::InvitationRequests> Waiting(const InvitationHandle& handle,
                                                 int64_t now_ms) const;
  // The first answer uses the invitation up. Again with the same key: replaces it. E_INVITATION for
  // another key than the one answered first, E_NOT_FOUND for one that did not ask.
  absl::Status Answer(const InvitationHandle& handle, const v1::InvitationAnswer& answer,
                      int64_t now_ms);
  // `answered` false while nobody has. E_INVITATION: unknown, expired, or this key did not ask.
  absl::StatusOr<v1::EnrolAnswer> Poll(const InvitationHandle& handle, std::string_view sign_pk,
                                       int64_t now_ms) const;

  std::string Encode() const;
  // DATA_LOSS (E_INTEGRITY).
  static absl::StatusOr<Invitations> Decode(std::string_view bytes, size_t open_max);

 private:
  struct Invited {
    int64_t expires_ms = 0;
    std::vector<v1::EnrolRequest> requests;
    std::optional<v1::InvitationAnswer> answer;
  };
  void DropExpired(int64_t now_ms);
  const Invited* Find(const InvitationHandle& handle, int64_t now_ms) const;

  size_t open_max_;
  std::map<InvitationHandle, Invited> open_;
};

// The same for several threads, and kept in the store.
class InvitationBook {
 public:
  explicit InvitationBook(Invitations invitations) : invitations_(std::move(invitations)) {}
  static absl::StatusOr<Invitations> Load(const ReadView& view, size_t open_max);

  Invitations Copy() const;
  // What `change` makes of the book, durable in `store` before anybody sees it. On the writer's
  // thread. Nothing is kept when `change` or the store fails.
  absl::Status Change(Store& store, absl::FunctionRef<absl::Status(Invitations&)> change);

 private:
  mutable std::mutex mutex_;
  Invitations invitations_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_SERVICE_INVITATIONS_H_
