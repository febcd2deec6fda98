#include "sync-server/service/invitations.h"

#include <algorithm>
#include <utility>

#include "crypto/reason.h"
#include "sync-server/service/limits.h"

namespace doorstep::server {
namespace {

constexpr std::string_view kFact = "invitations";

absl::Status Refused() {
  return MakeStatus(Reason::kInvitation, "no invitation waits under that handle");
}
absl::Status Damaged() {
  return MakeStatus(Reason::kIntegrity, "the stored invitations are damaged");
}

// Takes LP(x) off the front.
std::optional<std::string_view> TakeLp(std::string_view& bytes) {
  if (bytes.size() < 4) return std::nullopt;
  uint32_t size = 0;
  for (size_t i = 4; i-- > 0;) size = size << 8 | static_cast<uint8_t>(bytes[i]);
  if (bytes.size() - 4 < size) return std::nullopt;
  const std::string_view part = bytes.substr(4, size);
  bytes.remove_prefix(4 + size);
  return part;
}

std::optional<int64_t> ReadI64(std::string_view bytes) {
  if (bytes.size() != 8) return std::nullopt;
  uint64_t value = 0;
  for (size_t i = 8; i-- > 0;) value = value << 8 | static_cast<uint8_t>(bytes[i]);
  return static_cast<int64_t>(value);
}

// The certificate request is of the same key and may have been signed anew.
bool SameKeys(const v1::EnrolRequest& a, const v1::EnrolRequest& b) {
  return a.keys().sign_pk() == b.keys().sign_pk() && a.keys().box_pk() == b.keys().box_pk() &&
         a.keys().tls_spki() == b.keys().tls_spki() && a.mac() == b.mac();
}

}  // namespace

void Invitations::DropExpired(int64_t now_ms) {
  std::erase_if(open_, [&](const auto& item) { return item.second.expires_ms <= now_ms; });
}

const Invitations::Invited* Invitations::Find(const InvitationHandle& handle,
                                              int64_t now_ms) const {
  const auto found = open_.find(handle);
  if (found == open_.end() || found->second.expires_ms <= now_ms) return nullptr;
  return &found->second;
}

absl::Status Invitations::Open(const InvitationHandle& handle, int64_t expires_ms, int64_t now_ms) {
  if (expires_ms <= now_ms || expires_ms - now_ms > kInvitationMsMax) {
    return MakeStatus(Reason::kArg, "an invitation lasts from now to seven days at most");
  }
  DropExpired(now_ms);
  if (!open_.contains(handle) && open_.size() >= open_max_) {
    return MakeStatus(Reason::kLimit, "too many invitations wait");
  }
  open_[handle].expires_ms = expires_ms;
  return absl::OkStatus();
}

absl::StatusOr<int64_t> Invitations::Ask(const InvitationHandle& handle,
                                         const v1::EnrolRequest& request, int64_t now_ms) {
  if (Find(handle, now_ms) == nullptr) return Refused();
  Invited& invited = open_[handle];
  for (const v1::EnrolRequest& known : invited.requests) {
    if (SameKeys(known, request)) return invited.expires_ms;
  }
  if (invited.answer || invited.requests.size() >= kInvitationRequestsMax) return Refused();
  invited.requests.push_back(request);
  return invited.expires_ms;
}

absl::StatusOr<v1::InvitationRequests> Invitations::Waiting(const InvitationHandle& handle,
                                                            int64_t now_ms) const {
  const Invited* invited = Find(handle, now_ms);
  if (invited == nullptr) return Refused();
  v1::InvitationRequests waiting;
  for (const v1::EnrolRequest& request : invited->requests) *waiting.add_requests() = request;
  return waiting;
}

absl::Status Invitations::Answer(const InvitationHandle& handle, const v1::InvitationAnswer& answer,
                                 int64_t now_ms) {
  if (Find(handle, now_ms) == nullptr) return Refused();
  Invited& invited = open_[handle];
  const bool asked = std::any_of(
      invited.requests.begin(), invited.requests.end(),
      [&](const v1::EnrolRequest& r) { return r.keys().sign_pk() == answer.sign_pk(); });
  if (!asked) return MakeStatus(Reason::kNotFound, "that device has not asked");
  if (invited.answer && invited.answer->sign_pk() != answer.sign_pk()) return Refused();
  invited.answer = answer;
  return absl::OkStatus();
}

absl::StatusOr<v1::EnrolAnswer> Invitations::Poll(const InvitationHandle& handle,
                                                  std::string_view sign_pk, int64_t now_ms) const {
  const Invited* invited = Find(handle, now_ms);
  if (invited == nullptr) return Refused();
  const bool asked =
      std::any_of(invited->requests.begin(), invited->requests.end(),
                  [&](const v1::EnrolRequest& r) { return r.keys().sign_pk() == sign_pk; });
  if (!asked || (invited->answer && invited->answer->sign_pk() != sign_pk)) return Refused();
  if (!invited->answer) return v1::EnrolAnswer{};
  v1::EnrolAnswer answer = invited->answer->answer();
  answer.set_answered(true);
  return answer;
}

std::string Invitations::Encode() const {
  std::string out;
  for (const auto& [handle, invited] : open_) {
    std::string expires;
    AppendU64(expires, static_cast<uint64_t>(invited.expires_ms));
    v1::InvitationRequests requests;
    for (const v1::EnrolRequest& request : invited.requests) *requests.add_requests() = request;
    AppendLp(out, View(handle));
    AppendLp(out, expires);
    AppendLp(out, requests.SerializeAsString());
    AppendLp(out, invited.answer ? invited.answer->SerializeAsString() : "");
  }
  return out;
}

absl::StatusOr<Invitations> Invitations::Decode(std::string_view bytes, size_t open_max) {
  Invitations out(open_max);
  while (!bytes.empty()) {
    const auto handle_bytes = TakeLp(bytes);
    const auto expires_bytes = TakeLp(bytes);
    const auto requests_bytes = TakeLp(bytes);
    const auto answer_bytes = TakeLp(bytes);
    InvitationHandle handle{};
    if (!answer_bytes || !CopyExactly(*handle_bytes, handle)) return Damaged();
    const auto expires = ReadI64(*expires_bytes);
    v1::InvitationRequests requests;
    if (!expires || !requests.ParseFromArray(requests_bytes->data(),
                                             static_cast<int>(requests_bytes->size()))) {
      return Damaged();
    }
    Invited& invited = out.open_[handle];
    invited.expires_ms = *expires;
    invited.requests.assign(requests.requests().begin(), requests.requests().end());
    if (answer_bytes->empty()) continue;
    invited.answer.emplace();
    if (!invited.answer->ParseFromArray(answer_bytes->data(),
                                        static_cast<int>(answer_bytes->size()))) {
      return Damaged();
    }
  }
  return out;
}

absl::StatusOr<Invitations> InvitationBook::Load(const ReadView& view, size_t open_max) {
  const absl::StatusOr<std::optional<std::string>> bytes = view.FindMeta(kFact);
  if (!bytes.ok()) return bytes.status();
  if (!*bytes) return Invitations(open_max);
  return Invitations::Decode(**bytes, open_max);
}

Invitations InvitationBook::Copy() const {
  const std::lock_guard hold(mutex_);
  return invitations_;
}

absl::Status InvitationBook::Change(Store& store,
                                    absl::FunctionRef<absl::Status(Invitations&)> change) {
  Invitations next = Copy();
  if (absl::Status status = change(next); !status.ok()) return status;
  absl::StatusOr<std::unique_ptr<Transaction>> transaction = store.Begin();
  if (!transaction.ok()) return transaction.status();
  if (absl::Status status = (*transaction)->PutMeta(kFact, next.Encode()); !status.ok()) {
    return status;
  }
  if (absl::Status status = (*transaction)->Commit(); !status.ok()) return status;
  const std::lock_guard hold(mutex_);
  invitations_ = std::move(next);
  return absl::OkStatus();
}

}  // namespace doorstep::server
