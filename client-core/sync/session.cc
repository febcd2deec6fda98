#include "client-core/sync/session.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client-core/sync/adopt_plan.h"
#include "client-core/sync/limits.h"
#include "client-core/sync/session_machine.h"
#include "crypto/reason.h"
#include "model/limits.h"
#include "model/planted.h"

namespace doorstep::client {
bool NobodyAnswered(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kUnauthenticated:
      return true;
    default:
      return false;
  }
}

std::string_view StageName(Stage stage) {
  switch (stage) {
    case Stage::kIdle:
      return "idle";
    case Stage::kPulling:
      return "pulling";
    case Stage::kSettling:
      return "adopting";
    case Stage::kPushing:
      return "pushing";
    case Stage::kDelivering:
      return "delivering";
    case Stage::kSendingFiles:
      return "sending files";
    case Stage::kFetchingFiles:
      return "fetching files";
    case Stage::kDone:
      return "done";
  }
  return "";
}

int64_t RetryDelayMs(uint32_t failures, Random& random) {
  int64_t most = kRetryDelayMaxMs;
  if (failures < 9) most = std::min(most, int64_t{1000} << failures);
  Bytes<8> bytes = random.Make<8>();
  uint64_t draw = 0;
  for (uint8_t byte : bytes) draw = draw << 8 | byte;
  return static_cast<int64_t>(draw % static_cast<uint64_t>(most + 1));
}

// ---- What comes next ----------------------------------------------------------------------------

bool Session::Machine::MayPull() const { return rounds_ < kRoundsMax && cut_short_.ok(); }

Session::Machine::Next Session::Machine::Plan() {
  if (!parted_.empty()) {
    // The directory is settled before any family: theirs stand on it.
    auto directory = parted_.find(tenant_);
    bool told = directory != parted_.end()
                    ? directory->second.common.has_value()
                    : std::any_of(parted_.begin(), parted_.end(),
                                  [](const auto& p) { return p.second.common.has_value(); });
    if (told) return Next::kSettle;
    if (MayPull()) return Next::kPull;
    GiveUpParted();
  }
  if (pull_again_ && MayPull()) return Next::kPull;
  if (!shared_) return Next::kShare;
  if (!pushed_) return Next::kPush;
  if (accepted_ && MayPull()) return Next::kPull;
  if (!tidied_) return Next::kTidy;
  if (!delivered_) return Next::kDeliver;
  if (!files_done_) return Next::kFiles;
  return Next::kFinish;
}

void Session::Machine::Advance() {
  while (stage_ != Stage::kDone && !awaiting_) {
    absl::Status done;
    switch (Plan()) {
      case Next::kPull:
        done = SendPull();
        break;
      case Next::kSettle:
        done = Settle();
        break;
      case Next::kShare:
        done = Share();
        break;
      case Next::kPush:
        done = SendPush();
        break;
      case Next::kTidy:
        done = Tidy();
        break;
      case Next::kDeliver:
        done = SendDeliver();
        break;
      case Next::kFiles:
        done = MoveFiles();
        break;
      case Next::kFinish:
        Finish(cut_short_);
        break;
    }
    if (!done.ok()) Finish(done);
  }
}

Session::Machine::Machine(const Parts& parts)
    : store_(parts.store),
      verifier_(parts.verifier),
      household_(parts.household),
      random_(parts.random),
      user_(parts.user),
      tenant_(parts.store.identity().tenant),
      device_(parts.store.identity().device) {}

void Session::Machine::Start(int64_t now_ms) {
  assert(stage_ == Stage::kIdle);
  now_ms_ = now_ms;
  stage_ = Stage::kPulling;
  absl::Status sent = ReadEndings();
  if (sent.ok()) sent = SendPull();
  if (!sent.ok()) Finish(sent);
}

void Session::Machine::Finish(const absl::Status& status) {
  if (stage_ == Stage::kDone) return;
  stage_ = Stage::kDone;
  awaiting_ = false;
  outgoing_.reset();
  offers_.clear();
  status_ = status;
  absl::StatusOr<std::optional<int64_t>> failures = store_.meta().GetInt(kFailures);
  uint32_t count = failures.ok() && *failures ? static_cast<uint32_t>(**failures) : 0;
  count = status.ok() || progress_ ? 0 : std::min(count + 1, 16u);
  absl::Status written = store_.meta().SetInt(kFailures, count);
  if (written.ok() && hello_) written = store_.meta().SetInt(meta::kLastContact, now_ms_);
  if (status_.ok()) status_ = written;
  retry_after_ms_ = std::max(RetryDelayMs(count, random_), server_wants_ms_);
}

void Session::Machine::Abandon(const absl::Status& why) {
  if (stage_ == Stage::kDone) return;
  stage_ = Stage::kDone;
  awaiting_ = false;
  outgoing_.reset();
  offers_.clear();
  push_ = {};
  status_ = why;
}

void Session::Machine::Send(Body body, size_t bytes, Stage stage) {
  assert(!awaiting_);
  awaiting_ = true;
  stage_ = stage;
  outgoing_ = Request{++calls_, std::move(body)};
  report_.set_round_trips(report_.round_trips() + 1);
  report_.set_bytes_up(report_.bytes_up() + bytes);
}

// An answer counts only as the answer to the request in flight.
bool Session::Machine::Expects(uint64_t call, Stage stage, int64_t now_ms) {
  if (!awaiting_ || call != calls_ || stage_ != stage) return false;
  now_ms_ = now_ms;
  return true;
}

// ---- Pull ---------------------------------------------------------------------------------------

absl::Status Session::Machine::AddCursors(v1::PullRequest& request) {
  auto add = [&](const ScopeRow& row) {
    v1::Cursor* cursor = request.add_cursors();
    cursor->set_scope(row.scope.str());
    cursor->set_seq(row.seq);
    if (row.seq > 0) cursor->set_hash(std::string(HashPrefix(row.hash)));
    cursor->set_archived_seq(row.archived_seq);
    now_[row.scope].listed = true;
  };
  auto shown = [&](const Id& scope) {
    auto parted = parted_.find(scope);
    return parted != parted_.end() && parted->second.first_shown > 0;
  };
  const ScopeRow* directory = store_.log().Find(tenant_);
  if (!shown(tenant_)) {
    ScopeRow empty;
    empty.scope = tenant_;
    add(directory != nullptr ? *directory : empty);
  }
  int scopes = 1;
  for (const ScopeRow& row : store_.log().Scopes()) {
    if (!IsFamily(row.scope)) continue;
    if (row.Has(kNotCarried)) request.add_not_carried(row.scope.str());
    if (!Carries(row.scope) || shown(row.scope) || scopes == kScopesMax) continue;
    add(row);
    ++scopes;
  }
  absl::StatusOr<std::vector<Id>> with_rows = store_.outbox().Scopes();
  if (!with_rows.ok()) return with_rows.status();
  for (const Id& scope : *with_rows) {
    bool asks = IsFamily(scope) && !Carries(scope) && !Has(scope, kPurged) &&
                !Has(scope, kNotCarried) && scopes < kScopesMax;
    if (!asks) continue;
    request.add_wanted(scope.str());
    now_[scope].wanted = true;
    ++scopes;
  }
  return absl::OkStatus();
}

absl::Status Session::Machine::AddHistories(v1::PullRequest& request) {
  size_t bytes = 0;
  bool directory = parted_.contains(tenant_);
  for (auto& [scope, parted] : parted_) {
    parted.first_shown = parted.last_shown = 0;
    if (directory && scope != tenant_) continue;
    absl::StatusOr<Log::Hashes> hashes = store_.log().HashesOf(scope, kHistoryHashesMax);
    if (!hashes.ok()) return hashes.status();
    if (bytes > 0 && bytes + hashes->bytes.size() > kHistoryBytesMax) continue;
    bytes += hashes->bytes.size();
    parted.first_shown = hashes->first_seq;
    parted.last_shown = hashes->first_seq + hashes->bytes.size() / 8 - 1;
    v1::History* history = request.add_histories();
    history->set_scope(scope.str());
    history->set_first_seq(hashes->first_seq);
    history->set_hashes(std::move(hashes->bytes));
  }
  return absl::OkStatus();
}

absl::Status Session::Machine::CountDirectoryRows(v1::PullRequest& request) {
  uint32_t waiting = 0;
  absl::Status read = store_.outbox().ForEachOf(tenant_, [&](const OutboxRow& row) {
    bool unanswered = row.answer == Answer::kNone || row.answer == Answer::kRetry;
    if (row.origin == Origin::kCarried && unanswered) ++waiting;
    return true;
  });
  request.set_directory_rows(waiting);
  return read;
}

absl::Status Session::Machine::SendPull() {
  v1::PullRequest request;
  request.set_protocol(kProtocol);
  request.set_schema(store_.catalog().schema());
  now_.clear();
  offers_.clear();
  hello_.reset();
  pull_complete_ = pages_taken_ = false;
  pull_again_ = accepted_ = false;
  ++rounds_;
  for (absl::Status added :
       {AddHistories(request), AddCursors(request), CountDirectoryRows(request)}) {
    if (!added.ok()) return added;
  }
  size_t bytes = request.ByteSizeLong();
  Send(std::move(request), bytes, Stage::kPulling);
  return absl::OkStatus();
}

void Session::Machine::OnPullFrame(uint64_t call, const v1::PullFrame& frame, int64_t now_ms) {
  if (!Expects(call, Stage::kPulling, now_ms) || !broke_.ok()) return;
  report_.set_bytes_down(report_.bytes_down() + frame.ByteSizeLong());
  broke_ = TakeFrame(frame);
  if (!broke_.ok()) Finish(broke_);
}

void Session::Machine::OnPullEnd(uint64_t call, const absl::Status& status, int64_t now_ms) {
  if (!Expects(call, Stage::kPulling, now_ms)) return;
  awaiting_ = false;
  offers_.clear();
  shared_ = pushed_ = false;
  push_after_ = kOutboxBegin;
  if (status.ok() && hello_) {
    pull_complete_ = true;
    absl::Status noted = NoteEndOfPull();
    if (!noted.ok()) return Finish(noted);
    return Advance();
  }
  absl::Status why =
      status.ok() ? MakeStatus(Reason::kFormat, "pull ended without a greeting") : status;
  if (!hello_ && NobodyAnswered(why)) return Finish(why);
  // A build too old to pull, or a stream that breaks at one scope, still hands in what it can.
  cut_short_ = why;
  if (!hello_) {
    for (auto& [scope, now] : now_) now.refused = true;
  }
  Advance();
}

// ---- Histories that parted ----------------------------------------------------------------------

void Session::Machine::GiveUpParted() {
  for (const auto& [scope, parted] : parted_) given_up_.insert(scope);
  parted_.clear();
}

absl::Status Session::Machine::Settle() {
  auto at = parted_.find(tenant_);
  if (at == parted_.end()) {
    at = std::find_if(parted_.begin(), parted_.end(),
                      [](const auto& p) { return p.second.common.has_value(); });
  }
  assert(at != parted_.end() && at->second.common);
  Id scope = at->first;
  const Parted parted = at->second;
  const ScopeRow* row = store_.log().Find(scope);
  uint64_t common = parted.common->common_seq();
  bool offered = common == 0 || (common >= parted.first_shown && common <= parted.last_shown);
  if (row == nullptr || common > row->seq || !offered) {
    Alarm("server named a number that was not offered", scope);
    parted_.erase(scope);
    given_up_.insert(scope);
    return absl::OkStatus();
  }
  pull_again_ = true;
  if (common == row->seq) {
    parted_.erase(scope);
    return absl::OkStatus();
  }
  bool adopts = parted.common->head_seq() == common || Planted(Fault::kAdoptOnlyAtHead);
  adopts = adopts && settled_times_[scope] <= kSettleTriesMax;
  if (adopts && IsFamily(scope)) {
    absl::StatusOr<bool> stands = StandsOnDirectory(store_, scope, common);
    if (!stands.ok()) return stands.status();
    adopts = *stands;
  }
  return adopts ? SendAdoptStep(scope, common + 1) : Carry(scope, common);
}

absl::Status Session::Machine::SendAdoptStep(const Id& scope, uint64_t from) {
  absl::StatusOr<std::optional<v1::AdoptRequest>> step = NextAdoptStep(store_, scope, from);
  if (!step.ok()) return step.status();
  if (!*step) return Carry(scope, from - 1);
  Parted& parted = parted_[scope];
  parted.adopt_from = from;
  parted.adopt_last = from + static_cast<uint64_t>((*step)->entries_size()) - 1;
  size_t bytes = (*step)->ByteSizeLong();
  Send(**std::move(step), bytes, Stage::kSettling);
  return absl::OkStatus();
}

void Session::Machine::OnAdopt(uint64_t call, const absl::StatusOr<v1::AdoptResponse>& response,
                               int64_t now_ms) {
  if (!Expects(call, Stage::kSettling, now_ms)) return;
  awaiting_ = false;
  if (!response.ok() && NobodyAnswered(response.status())) return Finish(response.status());
  v1::AdoptResponse answer;  // a step that was refused outright is one that was not adopted
  if (response.ok()) {
    answer = *response;
    report_.set_bytes_down(report_.bytes_down() + answer.ByteSizeLong());
  }
  absl::Status taken = TakeAdoptAnswer(answer);
  if (!taken.ok()) return Finish(taken);
  Advance();
}

absl::Status Session::Machine::TakeAdoptAnswer(const v1::AdoptResponse& response) {
  auto at = std::find_if(parted_.begin(), parted_.end(),
                         [](const auto& p) { return p.second.adopt_from > 0; });
  assert(at != parted_.end());
  Id scope = at->first;
  const Parted parted = at->second;
  const ScopeRow* row = store_.log().Find(scope);
  assert(row != nullptr);
  if (response.adopted()) {
    report_.set_adopted(report_.adopted() +
                        static_cast<uint32_t>(parted.adopt_last - parted.adopt_from + 1));
    progress_ = true;
    // It lost entries, and may have lost chunks with them.
    absl::Status asked =
        store_.InTransaction([&] { return store_.attachments().ForgetAtOffice(scope); });
    if (!asked.ok()) return asked;
    if (parted.adopt_last < row->seq) return SendAdoptStep(scope, parted.adopt_last + 1);
    parted_.erase(scope);
    return absl::OkStatus();
  }
  // Another device may have been quicker: then this one's cursor is on the chain again.
  bool moved = response.head_seq() != parted.adopt_from - 1 && response.head_seq() > 0;
  if (moved && ++settled_times_[scope] <= kSettleTriesMax) {
    parted_.erase(scope);
    return absl::OkStatus();
  }
  return Carry(scope, parted.adopt_from - 1);
}

absl::Status Session::Machine::Carry(const Id& scope, uint64_t common) {
  const ScopeRow* row = store_.log().Find(scope);
  assert(row != nullptr && common <= row->seq);
  uint32_t entries = static_cast<uint32_t>(row->seq - common);
  absl::Status carried = store_.CarryAbove(scope, common, now_ms_);
  if (!carried.ok()) return carried;
  report_.set_carried(report_.carried() + entries);
  parted_.erase(scope);
  household_.Changed(scope);
  return absl::OkStatus();
}

// ---- Shares, push -------------------------------------------------------------------------------

absl::Status Session::Machine::Share() {
  shared_ = true;
  const Directory& directory = store_.directory();
  if (!directory.DeviceCounts(device_, directory.seq())) return absl::OkStatus();
  for (const ScopeRow& row : store_.log().Scopes()) {
    bool shares = IsFamily(row.scope) && Carries(row.scope) && !row.Has(kStopped) &&
                  !row.Has(kHidden) && !row.Has(kSuspect) && !given_up_.contains(row.scope);
    if (!shares) continue;
    absl::Status shared = household_.ShareWhatIsOwed(row.scope, now_ms_);
    if (!shared.ok()) return shared;
  }
  return absl::OkStatus();
}

// The server serves this device nothing of the scope, and was asked: a gate after a restore, or a
// device that it does not know, is no answer.
bool Session::Machine::Unserved(const Id& scope) const {
  if (scope == device_) return true;
  if (!pull_complete_ || !hello_) return false;
  auto at = now_.find(scope);
  ScopeNow now = at == now_.end() ? ScopeNow{} : at->second;
  if (scope == tenant_) return hello_->device() == v1::DEVICE_ENDED && now.reached;
  if (hello_->gated() || given_up_.contains(scope) || parted_.contains(scope)) return false;
  if (hello_->device() != v1::DEVICE_ACTIVE && hello_->device() != v1::DEVICE_ENDED) return false;
  if (now.ended || Has(scope, kNotCarried) || Has(scope, kPurged)) return true;
  return now.wanted && !now.served && !now.refused;
}

// Whether the next pull may show what was just accepted: not what the server keeps from this
// device.
bool Session::Machine::ComesBack(const Id& scope) const {
  auto at = now_.find(scope);
  bool ended = at != now_.end() && at->second.ended;
  return scope != device_ && !ended && !Has(scope, kNotCarried) && !Has(scope, kPurged);
}

RowTurn Session::Machine::TurnOf(const OutboxRow& row) const {
  if (given_up_.contains(row.scope) || parted_.contains(row.scope)) return RowTurn::kWait;
  auto at = now_.find(row.scope);
  ScopeNow now = at == now_.end() ? ScopeNow{} : at->second;
  bool stopped = Has(row.scope, kStopped);
  bool waits = row.scope == tenant_ || Carries(row.scope);
  if (waits && !now.reached && !now.refused && !now.ended && !stopped) return RowTurn::kWait;
  if (row.answer != Answer::kAccepted) return RowTurn::kSend;
  // Received once, and not in the log: either the log cannot show it, or the server has lost it.
  bool shown = waits && now.reached && !now.refused && !stopped && !Unserved(row.scope);
  return shown ? RowTurn::kSend : RowTurn::kAsk;
}

absl::Status Session::Machine::SendPush() {
  auto turn = [&](const OutboxRow& row) { return TurnOf(row); };
  int64_t after = std::exchange(push_after_, kOutboxBegin);
  absl::StatusOr<PushBatch> batch = NextPushBatch(store_, answered_, turn, now_ms_, after);
  // A row that was only asked about may have to go out whole: once more from the beginning.
  if (batch.ok() && batch->rows.empty() && after != kOutboxBegin) {
    batch = NextPushBatch(store_, answered_, turn, now_ms_);
  }
  if (!batch.ok()) return batch.status();
  push_ = *std::move(batch);
  if (push_.rows.empty()) {
    pushed_ = true;
    return absl::OkStatus();
  }
  push_after_ = push_.last;
  size_t bytes = push_.request.ByteSizeLong();
  Send(std::move(push_.request), bytes, Stage::kPushing);
  return absl::OkStatus();
}

void Session::Machine::OnPush(uint64_t call, const absl::StatusOr<v1::PushResponse>& response,
                              int64_t now_ms) {
  if (!Expects(call, Stage::kPushing, now_ms)) return;
  awaiting_ = false;
  if (!response.ok()) return Finish(response.status());
  report_.set_bytes_down(report_.bytes_down() + response->ByteSizeLong());
  if (!AnswersBatch(push_, *response)) {
    return Finish(MakeStatus(Reason::kIntegrity, "push was answered for other rows"));
  }
  absl::Status taken = TakeAnswers(*response);
  if (!taken.ok()) return Finish(taken);
  Advance();
}

absl::Status Session::Machine::TakeAnswers(const v1::PushResponse& response) {
  std::set<Id> touched;
  absl::Status saved = store_.InTransaction([&] {
    for (size_t i = 0; i < push_.rows.size(); ++i) {
      absl::Status taken = TakeAnswer(push_.rows[i], response.answers(static_cast<int>(i)));
      if (!taken.ok()) return taken;
      touched.insert(push_.rows[i].scope);
    }
    return absl::OkStatus();
  });
  if (!saved.ok()) return saved;
  push_ = {};
  for (const Id& scope : touched) household_.Changed(scope);
  return absl::OkStatus();
}

absl::Status Session::Machine::TakeAnswer(OutboxRow row, const v1::RowAnswer& answer) {
  bool was_accepted = row.answer == Answer::kAccepted;
  bool asked = push_.asked.contains(row.uid);
  NoteAnswer(answer, now_ms_, row);
  absl::Status saved = store_.SaveAnswer(row, now_ms_);
  if (!saved.ok()) return saved;
  if (row.answer == Answer::kAccepted) {
    progress_ = true;
    if (!was_accepted) report_.set_pushed(report_.pushed() + 1);
    if (!asked && ComesBack(row.scope)) accepted_ = true;
    if (Planted(Fault::kOutboxAtLog)) {
      absl::Status removed = store_.RemoveDelivered(row.scope, row.uid, now_ms_);
      if (!removed.ok()) return removed;
    }
  }
  if (row.answer == Answer::kRetry) {
    server_wants_ms_ = std::max(server_wants_ms_, int64_t{answer.retry().after_ms()});
  }
  // Asked by uid, and the server has it no more: it goes out whole, in this contact.
  bool lost = asked && row.answer != Answer::kAccepted && row.answer != Answer::kUnsendable;
  if (!lost || !sent_again_.insert(row.uid).second) answered_.insert(row.uid);
  return absl::OkStatus();
}

// What the server has, safe, and cannot show here, has left.
absl::Status Session::Machine::Tidy() {
  tidied_ = true;
  std::vector<OutboxRow> safe;
  absl::Status read = store_.outbox().ForEach([&](const OutboxRow& row) {
    bool waits = row.verdict == v1::HELD && row.undecided;
    bool leaves = !row.sealed && row.answer == Answer::kAccepted && row.archived && !waits &&
                  answered_.contains(row.uid) && Unserved(row.scope);
    if (leaves) safe.push_back(row);
    return true;
  });
  if (!read.ok()) return read;
  if (safe.empty()) return absl::OkStatus();
  return store_.InTransaction([&] {
    for (const OutboxRow& row : safe) {
      absl::Status removed = store_.RemoveDelivered(row.scope, row.uid, now_ms_);
      if (!removed.ok()) return removed;
      household_.Changed(row.scope);
    }
    return absl::OkStatus();
  });
}

// ---- What is sealed to the server ---------------------------------------------------------------

absl::Status Session::Machine::SendDeliver() {
  absl::StatusOr<DeliverBatch> batch = NextDeliverBatch(store_, answered_, now_ms_);
  if (!batch.ok()) return batch.status();
  deliver_ = *std::move(batch);
  if (deliver_.rows.empty()) {
    delivered_ = true;
    return absl::OkStatus();
  }
  size_t bytes = deliver_.request.ByteSizeLong();
  Send(std::move(deliver_.request), bytes, Stage::kDelivering);
  return absl::OkStatus();
}

void Session::Machine::OnDeliver(uint64_t call, const absl::StatusOr<v1::DeliverResponse>& response,
                                 int64_t now_ms) {
  if (!Expects(call, Stage::kDelivering, now_ms)) return;
  awaiting_ = false;
  if (!response.ok()) return Finish(response.status());
  report_.set_bytes_down(report_.bytes_down() + response->ByteSizeLong());
  if (!AnswersBatch(deliver_, *response)) {
    return Finish(MakeStatus(Reason::kIntegrity, "delivery was answered for other items"));
  }
  absl::Status taken = TakeDelivered(*response);
  if (!taken.ok()) return Finish(taken);
  Advance();
}

absl::Status Session::Machine::TakeDelivered(const v1::DeliverResponse& response) {
  for (size_t i = 0; i < deliver_.rows.size(); ++i) {
    const v1::DeliverResponse::Item& item = response.items(static_cast<int>(i));
    OutboxRow row = deliver_.rows[i];
    answered_.insert(row.uid);
    absl::Status noted;
    if (item.received() && item.archived()) {
      noted = store_.RemoveDelivered(row.scope, row.uid, now_ms_);
    } else {
      row.answer = item.received() ? Answer::kAccepted : Answer::kRetry;
      row.asked_ms = now_ms_;
      noted = store_.SaveAnswer(row, now_ms_);
    }
    if (!noted.ok()) return noted;
    progress_ = progress_ || item.received();
  }
  deliver_ = {};
  household_.Changed(device_);
  return absl::OkStatus();
}

// ---- The outside --------------------------------------------------------------------------------

Session::Session(const Parts& parts) : machine_(std::make_unique<Machine>(parts)) {}
Session::~Session() = default;

void Session::Start(int64_t now_ms) { machine_->Start(now_ms); }
std::optional<Request> Session::TakeRequest() { return machine_->TakeRequest(); }
void Session::OnPullFrame(uint64_t call, const v1::PullFrame& frame, int64_t now_ms) {
  machine_->OnPullFrame(call, frame, now_ms);
}
void Session::OnPullEnd(uint64_t call, const absl::Status& status, int64_t now_ms) {
  machine_->OnPullEnd(call, status, now_ms);
}
void Session::OnPush(uint64_t call, const absl::StatusOr<v1::PushResponse>& response,
                     int64_t now_ms) {
  machine_->OnPush(call, response, now_ms);
}
void Session::OnAdopt(uint64_t call, const absl::StatusOr<v1::AdoptResponse>& response,
                      int64_t now_ms) {
  machine_->OnAdopt(call, response, now_ms);
}
void Session::OnDeliver(uint64_t call, const absl::StatusOr<v1::DeliverResponse>& response,
                        int64_t now_ms) {
  machine_->OnDeliver(call, response, now_ms);
}
void Session::OnPutChunk(uint64_t call, const absl::StatusOr<v1::PutChunkResponse>& response,
                         int64_t now_ms) {
  machine_->OnPutChunk(call, response, now_ms);
}
void Session::OnGetChunk(uint64_t call, const absl::StatusOr<v1::GetChunkResponse>& response,
                         int64_t now_ms) {
  machine_->OnGetChunk(call, response, now_ms);
}
v1::SyncProgress Session::progress() const { return machine_->progress(); }
void Session::Abandon(const absl::Status& why) { machine_->Abandon(why); }
bool Session::done() const { return machine_->stage() == Stage::kDone; }
Stage Session::stage() const { return machine_->stage(); }
const absl::Status& Session::status() const { return machine_->status(); }
const v1::SyncReport& Session::report() const { return machine_->report(); }
int64_t Session::retry_after_ms() const { return machine_->retry_after_ms(); }

}  // namespace doorstep::client
