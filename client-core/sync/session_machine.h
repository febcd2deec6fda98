// The inside of Session: its memory of one contact. session.cc decides what comes next and sends
// it; frames.cc takes what a pull brings; file_transfer.cc moves chunks.
#ifndef DOORSTEP_CLIENT_CORE_SYNC_SESSION_MACHINE_H_
#define DOORSTEP_CLIENT_CORE_SYNC_SESSION_MACHINE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client-core/sync/page_check.h"
#include "client-core/sync/purge_grounds.h"
#include "client-core/sync/push_batch.h"
#include "client-core/sync/session.h"

namespace doorstep::client {

// Contacts in a row that failed without any step forward; a name in the store's meta.
inline constexpr std::string_view kFailures = "failures";

// Whether nobody was there to answer: then nothing else is tried in this contact.
bool NobodyAnswered(const absl::Status& status);

class Session::Machine {
 public:
  explicit Machine(const Parts& parts);

  void Start(int64_t now_ms);
  std::optional<Request> TakeRequest() { return std::exchange(outgoing_, std::nullopt); }
  void OnPullFrame(uint64_t call, const v1::PullFrame& frame, int64_t now_ms);
  void OnPullEnd(uint64_t call, const absl::Status& status, int64_t now_ms);
  void OnPush(uint64_t call, const absl::StatusOr<v1::PushResponse>& response, int64_t now_ms);
  void OnAdopt(uint64_t call, const absl::StatusOr<v1::AdoptResponse>& response, int64_t now_ms);
  void OnDeliver(uint64_t call, const absl::StatusOr<v1::DeliverResponse>& response,
                 int64_t now_ms);
  void OnPutChunk(uint64_t call, const absl::StatusOr<v1::PutChunkResponse>& response,
                  int64_t now_ms);
  void OnGetChunk(uint64_t call, const absl::StatusOr<v1::GetChunkResponse>& response,
                  int64_t now_ms);
  v1::SyncProgress progress() const;
  // Ends without a word to the store.
  void Abandon(const absl::Status& why);

  Stage stage() const { return stage_; }
  const absl::Status& status() const { return status_; }
  const v1::SyncReport& report() const { return report_; }
  int64_t retry_after_ms() const { return retry_after_ms_; }

 private:
  // What the last pull has said of one scope.
  struct ScopeNow {
    bool listed = false;   // by its cursor
    bool wanted = false;   // without one
    bool served = false;   // a page or a bare head of it came
    bool more = false;     // the last page was not the log's end
    bool ended = false;    // Ended came
    bool refused = false;  // a page failed a check: nothing more is taken in this pull
    bool ahead = false;    // because it stands on a directory place that is not here yet
    bool reached = false;  // its log's end
  };
  // A history that has parted from the server's.
  struct Parted {
    uint64_t first_shown = 0;  // of the hashes sent; 0: none sent yet
    uint64_t last_shown = 0;
    std::optional<v1::PullFrame::Common> common;
    uint64_t adopt_from = 0;  // where the step under way begins
    uint64_t adopt_last = 0;
  };
  // A family offered anew after it was lost: looked at whole before anything of it is kept.
  struct Offer {
    std::unique_ptr<ScopeState> state;
    PageBase base;
    std::vector<v1::PullPage> pages;
    size_t bytes = 0;
  };
  enum class Next : uint8_t { kPull, kSettle, kShare, kPush, kTidy, kDeliver, kFiles, kFinish };
  using Body = std::variant<v1::PullRequest, v1::PushRequest, v1::AdoptRequest, v1::DeliverRequest,
                            v1::PutChunkRequest, v1::GetChunkRequest>;
  // The chunk, or the question, that is under way.
  struct Moving {
    FileRow file;
    std::optional<uint32_t> number;  // nullopt: a question
  };

  // session.cc
  Next Plan();
  void Advance();
  void Finish(const absl::Status& status);
  void Send(Body body, size_t bytes, Stage stage);
  bool Expects(uint64_t call, Stage stage, int64_t now_ms);
  absl::Status SendPull();
  absl::Status AddCursors(v1::PullRequest& request);
  absl::Status AddHistories(v1::PullRequest& request);
  absl::Status CountDirectoryRows(v1::PullRequest& request);
  absl::Status Settle();
  absl::Status TakeAdoptAnswer(const v1::AdoptResponse& response);
  absl::Status SendAdoptStep(const Id& scope, uint64_t from);
  absl::Status Carry(const Id& scope, uint64_t common);
  absl::Status Share();
  absl::Status SendPush();
  // One transaction: durable once for the whole batch.
  absl::Status TakeAnswers(const v1::PushResponse& response);
  absl::Status TakeAnswer(OutboxRow row, const v1::RowAnswer& answer);
  absl::Status Tidy();
  absl::Status SendDeliver();
  absl::Status TakeDelivered(const v1::DeliverResponse& response);
  void GiveUpParted();
  bool MayPull() const;
  bool Unserved(const Id& scope) const;
  bool ComesBack(const Id& scope) const;
  RowTurn TurnOf(const OutboxRow& row) const;

  // file_transfer.cc
  absl::Status MoveFiles();
  absl::StatusOr<bool> SendOf(const FileRow& file);
  absl::StatusOr<bool> FetchOf(const FileRow& file);
  bool MaySend(const FileRow& file) const;
  bool MayFetch(const FileRow& file) const;
  absl::Status TakePutChunk(const v1::PutChunkResponse& response);
  absl::Status TakeGetChunk(const v1::GetChunkResponse& response);
  // What a refused chunk means for this contact; not OK where nobody answers.
  absl::Status PutAside(const absl::Status& refused);

  // frames.cc
  absl::Status TakeFrame(const v1::PullFrame& frame);
  absl::Status TakeHello(const v1::PullHello& hello);
  absl::Status TakePage(const v1::PullPage& page);
  absl::Status TakeDirectoryPage(const v1::PullPage& page);
  absl::Status TakeFamilyPage(const Id& family, const v1::PullPage& page);
  absl::Status LookAtOffer(const Id& family, const v1::PullPage& page);
  absl::Status Keep(const Id& scope, const CheckedPage& checked, ScopeState& folded);
  absl::Status Refuse(const Id& scope, const PageRefusal& refusal);
  absl::Status TakeBare(const v1::SignedHead& wire);
  absl::Status TakeEnded(const v1::PullFrame::Ended& ended);
  absl::StatusOr<std::vector<WaitingRow>> WaitingRowsOf(const Id& family);
  absl::Status TakeMismatch(const Id& scope);
  absl::Status Part(const Id& scope);
  absl::Status TakeCommon(const v1::PullFrame::Common& common);
  absl::Status CompareDigest(const Id& scope, std::string_view signed_digest);
  absl::Status ReadEndings();
  absl::Status NoteCounting();
  absl::Status NoteEndOfPull();

  // Both.
  absl::StatusOr<PageBase> BaseOf(const Id& scope) const;
  absl::Status SetFlag(const Id& scope, ScopeFlag flag);
  absl::Status ClearFlag(const Id& scope, ScopeFlag flag);
  bool Has(const Id& scope, ScopeFlag flag) const;
  bool Carries(const Id& scope) const;  // stores a log of it
  bool IsFamily(const Id& scope) const { return scope != tenant_ && scope != device_; }
  void Alarm(const std::string& what, const Id& scope);

  Store& store_;
  Verifier& verifier_;
  Household& household_;
  Random& random_;
  Id user_;
  Id tenant_;
  Id device_;

  Stage stage_ = Stage::kIdle;
  absl::Status status_;
  v1::SyncReport report_;
  int64_t retry_after_ms_ = 0;

  int64_t now_ms_ = 0;
  int64_t server_ms_ = 0;
  uint64_t calls_ = 0;
  bool awaiting_ = false;  // an answer to call number calls_
  std::optional<Request> outgoing_;

  // Of the last pull.
  std::map<Id, ScopeNow> now_;
  std::optional<v1::PullHello> hello_;
  bool pull_complete_ = false;
  bool pages_taken_ = false;
  absl::Status broke_;  // of the store, inside a stream

  // Of this contact.
  int rounds_ = 0;
  int waits_for_directory_ = 0;  // pulls made only because a page stood ahead
  bool pull_again_ = false;      // something can only be seen by pulling again
  bool shared_ = false;          // since the last pull
  bool pushed_ = false;
  bool accepted_ = false;
  bool tidied_ = false;
  bool delivered_ = false;
  bool progress_ = false;
  absl::Status cut_short_;  // a pull that broke off; pushing went on
  std::map<Id, Parted> parted_;
  std::map<Id, int> settled_times_;
  std::set<Id> given_up_;  // parted, and not settled in this contact
  std::map<Id, Offer> offers_;
  std::set<Id> answered_;        // uids
  std::set<Id> sent_again_;      // uids that the server was asked about, and had no more
  int64_t server_wants_ms_ = 0;  // before it is asked again
  PushBatch push_;
  int64_t push_after_ = kOutboxBegin;  // rows up to here have been looked at since the last pull
  DeliverBatch deliver_;
  Moving moving_;
  size_t file_bytes_ = 0;  // moved in this contact
  int file_asks_ = 0;
  bool files_done_ = false;
  bool sends_no_files_ = false;        // the server has no room for them
  std::set<std::string> files_aside_;  // scope and content: not again in this contact
  uint64_t files_of_ = 0;              // chunks that had to move when it began
  std::set<Id> endings_;               // assignments whose ending this device has acted on
  std::set<Id> once_lost_;             // families of theirs
};

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_SYNC_SESSION_MACHINE_H_
