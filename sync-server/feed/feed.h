// What a device is served: a pull as a state machine that gives one frame at a time. Each frame is
// built from one moment of the store, and the right to it is asked at that moment.
//
// Order of frames: Hello; Common for each History; then the directory; then the scopes of the
// request in its order, cursors before wanted; then what is newly readable, ascending by id. A
// scope whose cursor is not on this server's chain is answered Mismatch before any right is looked
// at.
#ifndef DOORSTEP_SYNC_SERVER_FEED_FEED_H_
#define DOORSTEP_SYNC_SERVER_FEED_FEED_H_

#include <cstdint>
#include <deque>
#include <map>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "doorstep/v1/sync.pb.h"
#include "model/catalog.h"
#include "model/scanner.h"
#include "sync-server/access/directory_log.h"
#include "sync-server/access/readers.h"
#include "sync-server/feed/cursors.h"
#include "sync-server/feed/head_signer.h"
#include "sync-server/feed/page.h"
#include "sync-server/store/store.h"

namespace doorstep::server {

// For ParseMessage of a PullRequest: room for its scopes.
inline constexpr ScanLimits kPullScanLimits = {.elements = 16'384};

// What every pull shares. All outlive the pulls.
struct FeedParts {
  const Catalog& catalog;
  Store& store;
  SharedDirectory& directory;
  const HeadSigner& signer;
};

// One pull. One thread at a time; several pulls at once from several threads.
class Pull {
 public:
  // `device` is who the transport says it is. INVALID_ARGUMENT (E_FORMAT): ids or hashes of a wrong
  // length, a scope named twice. RESOURCE_EXHAUSTED (E_LIMIT): more than 4,096 scopes, 65,536
  // hashes of one. UNIMPLEMENTED (E_VERSION).
  static absl::StatusOr<Pull> Begin(const FeedParts& parts, const Id& device,
                                    const v1::PullRequest& request);

  // The next frame, or nullopt at the end of the stream. On an error the pull is over; what was
  // sent stays good.
  absl::StatusOr<std::optional<v1::PullFrame>> Next(int64_t now_ms);

  // After the end, while the gate waits: the administrator whom this pull has heard
  // (access/restore_gate.h), for Ingest::HearAdministrator.
  const std::optional<Id>& heard() const { return heard_; }

 private:
  struct Moment;
  using Frame = absl::StatusOr<std::optional<v1::PullFrame>>;
  enum class Kind : uint8_t { kHello, kHistory, kDirectory, kFamily, kOffers, kEnd };
  // One thing to be told. It stays in front until it has been told whole.
  struct Stop {
    Kind kind;
    Id scope;
    Position position;  // from where on; moves with each page
    Ask ask = Ask::kWhenAsked;
    bool compared = false;
    size_t history = 0;
  };

  Pull(const FeedParts& parts, const Id& device, PullPlan plan);

  Frame FrameOf(const Moment& moment, Stop& stop);
  v1::PullFrame Hello(const Moment& moment);
  Frame Common(const Moment& moment, const HashRun& run);
  Frame DirectoryFrame(const Moment& moment, Stop& stop);
  Frame FamilyFrame(const Moment& moment, Stop& stop);
  Frame NextPage(const Moment& moment, Stop& stop, const LogEnd& end);
  Frame EndedFrame(const Moment& moment, const Stop& stop);
  absl::StatusOr<bool> MayServe(const Moment& moment, const Stop& stop);
  absl::Status AddOffers(const Moment& moment);
  void NoteEnd(const Moment& moment);

  const FeedParts* parts_;
  Id device_;
  PullPlan plan_;
  std::deque<Stop> stops_;
  bool done_ = false;  // with the stop in front
  bool directory_on_chain_ = false;
  std::map<Id, bool> granted_;  // planted faults only: rights as they were at the first frame
  std::optional<Id> heard_;
};

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_FEED_FEED_H_
