// Sync and Invitations without a network: bytes of a caller in, ingest or feed, messages out. No
// rule is decided here; who the caller is, what may be read and what takes effect is asked of
// access, feed and ingest. Messages are counted by the scanner before they are parsed.
//
// Any thread. Errors leave with the reason that the caller is told.
#ifndef DOORSTEP_SYNC_SERVER_SERVICE_SYNC_SERVICE_H_
#define DOORSTEP_SYNC_SERVER_SERVICE_SYNC_SERVICE_H_

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "doorstep/v1/enrol.pb.h"
#include "doorstep/v1/sync.pb.h"
#include "sync-server/feed/feed.h"
#include "sync-server/service/authenticator.h"
#include "sync-server/service/invitations.h"
#include "sync-server/service/metrics.h"
#include "sync-server/service/watch_hub.h"
#include "sync-server/service/writer.h"

namespace doorstep::server {

class SyncService {
 public:
  // All outlive the service.
  struct Parts {
    FeedParts feed;
    Writer& writer;
    WatchHub& hub;
    InvitationBook& invitations;
    Metrics& metrics;
    std::function<int64_t()> now_ms;  // UTC
    // Whether the disk has room for files, which wait longer than records; null: it has.
    std::function<bool()> room_for_files;
  };
  // The serialized answer, once.
  using Done = absl::AnyInvocable<void(absl::StatusOr<std::string>)>;

  explicit SyncService(Parts parts);

  absl::StatusOr<Caller> Identify(std::string_view certificate_pem);

  absl::StatusOr<Pull> BeginPull(const Caller& caller, std::string_view request);
  // The next frame, or nullopt at the end, after which the administrator it heard is noted.
  absl::StatusOr<std::optional<v1::PullFrame>> NextFrame(Pull& pull);

  void Push(const Caller& caller, std::string_view request, Done done);
  void Adopt(const Caller& caller, std::string_view request, Done done);

  // Chunks wait behind pushes in the writer, one of a device at a time.
  void PutChunk(const Caller& caller, std::string_view request, Done done);
  void GetChunk(const Caller& caller, std::string_view request, Done done);

  // The scopes of a WatchRequest.
  absl::StatusOr<std::set<Id>> ReadWatch(std::string_view request);
  // Of what moved, what this caller may know of now.
  absl::StatusOr<v1::WatchFrame> HintFor(const Caller& caller, const std::vector<Id>& moved);

  void OpenInvitation(const Caller& caller, std::string_view request, Done done);
  void WaitingFor(const Caller& caller, std::string_view request, Done done);
  void AnswerInvitation(const Caller& caller, std::string_view request, Done done);

 private:
  absl::Status Administrator(const Caller& caller);
  // One batch of a device in flight: E_BUSY for a second.
  [[nodiscard]] bool TakeTurn(const Id& device);
  void GiveTurn(const Id& device);

  Parts parts_;
  std::mutex mutex_;
  std::set<Id> pushing_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_SERVICE_SYNC_SERVICE_H_
