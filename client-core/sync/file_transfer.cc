// Files beside records: one chunk a call, up before down. Each chunk that was taken is written down
// at once, so that a contact may break off anywhere and the next goes on with the chunk after it.
#include <utility>

#include "client-core/store/limits.h"
#include "client-core/sync/limits.h"
#include "client-core/sync/session_machine.h"
#include "crypto/reason.h"

namespace doorstep::client {
namespace {

std::string NameOf(const FileRow& file) { return file.scope.str() + file.content; }

// An own file that the office had whole may have been in no backup yet: it is asked once a day.
bool WantsAsking(const FileRow& file, int64_t now_ms) {
  const bool stale = now_ms < file.asked_ms || now_ms - file.asked_ms >= kFileAskAgainMs;
  return file.own && !file.HasToGo() && stale;
}

}  // namespace

bool Session::Machine::MaySend(const FileRow& file) const {
  if (sends_no_files_ || files_aside_.contains(NameOf(file))) return false;
  // The record goes first: the server takes no chunk that nobody has announced.
  absl::StatusOr<std::optional<OutboxRow>> row = store_.outbox().Find(file.scope, file.uid);
  return row.ok() && (!*row || (*row)->answer == Answer::kAccepted);
}

bool Session::Machine::MayFetch(const FileRow& file) const {
  if (files_aside_.contains(NameOf(file)) || !Carries(file.scope)) return false;
  const int64_t since = now_ms_ - file.asked_ms;
  if (file.asked_ms != 0 && since >= 0 && since < kFileFetchAgainMs) return false;
  if (!pull_complete_ || !hello_ || hello_->gated() || hello_->device() != v1::DEVICE_ACTIVE) {
    return false;
  }
  auto now = now_.find(file.scope);
  return now != now_.end() && now->second.reached && !now->second.refused && !now->second.ended &&
         !Has(file.scope, kStopped) && !Has(file.scope, kHidden);
}

absl::Status Session::Machine::MoveFiles() {
  absl::StatusOr<std::vector<FileRow>> files = store_.attachments().List();
  if (!files.ok()) return files.status();
  if (files_of_ == 0) {
    absl::StatusOr<Attachments::Owed> owed = store_.attachments().CountOwed();
    if (!owed.ok()) return owed.status();
    files_of_ = owed->to_send + owed->to_fetch;
  }
  for (const FileRow& file : *files) {
    absl::StatusOr<bool> under_way = SendOf(file);
    if (!under_way.ok()) return under_way.status();
    if (*under_way) return absl::OkStatus();
  }
  for (const FileRow& file : *files) {
    absl::StatusOr<bool> under_way = FetchOf(file);
    if (!under_way.ok()) return under_way.status();
    if (*under_way) return absl::OkStatus();
  }
  files_done_ = true;
  return absl::OkStatus();
}

absl::StatusOr<bool> Session::Machine::SendOf(const FileRow& file) {
  const bool asks =
      WantsAsking(file, now_ms_) || (file.HasToGo() && !file.own && file.asked_ms == 0);
  if (!(asks || file.HasToGo()) || !MaySend(file)) return false;
  v1::PutChunkRequest request;
  request.set_scope(file.scope.str());
  request.set_uid(file.uid.str());
  request.set_content(file.content);
  request.set_length(file.length);
  request.set_hashes(file.hashes);
  moving_ = {file, std::nullopt};
  if (asks) {
    if (file_asks_ >= kFileAsksMax) return false;
    ++file_asks_;
  } else {
    absl::StatusOr<std::optional<uint32_t>> number = store_.attachments().NextToSend(file);
    if (!number.ok()) return number.status();
    if (!*number || file_bytes_ >= kFileBytesPerContact) return false;
    absl::StatusOr<std::string> chunk = store_.attachments().Chunk(file, **number);
    if (!chunk.ok()) return chunk.status();
    moving_.number = *number;
    request.set_number(**number);
    request.set_chunk(*std::move(chunk));
  }
  const size_t bytes = request.ByteSizeLong();
  file_bytes_ += bytes;
  Send(std::move(request), bytes, Stage::kSendingFiles);
  return true;
}

absl::StatusOr<bool> Session::Machine::FetchOf(const FileRow& file) {
  if (!file.HasToCome() || file_bytes_ >= kFileBytesPerContact || !MayFetch(file)) return false;
  absl::StatusOr<uint64_t> stored = store_.attachments().Bytes();
  if (!stored.ok()) return stored.status();
  if (*stored >= kFileBytesOnDeviceMax) return false;
  absl::StatusOr<std::optional<uint32_t>> number = store_.attachments().NextToFetch(file);
  if (!number.ok()) return number.status();
  if (!*number) return false;
  v1::GetChunkRequest request;
  request.set_scope(file.scope.str());
  request.set_content(file.content);
  request.set_number(**number);
  moving_ = {file, *number};
  const size_t bytes = request.ByteSizeLong();
  Send(std::move(request), bytes, Stage::kFetchingFiles);
  return true;
}

absl::Status Session::Machine::PutAside(const absl::Status& refused) {
  if (NobodyAnswered(refused)) return refused;
  switch (ReasonOf(refused)) {
    case Reason::kDisk:
    case Reason::kUnsupported:
      sends_no_files_ = true;
      break;
    case Reason::kIntegrity:
    case Reason::kFormat:
      Alarm("the bytes of a file are not those that its record names", moving_.file.scope);
      break;
    default:
      break;
  }
  files_aside_.insert(NameOf(moving_.file));
  if (stage_ != Stage::kFetchingFiles) return absl::OkStatus();
  return store_.InTransaction(
      [&] { return store_.attachments().NoteMissed(moving_.file, now_ms_); });
}

void Session::Machine::OnPutChunk(uint64_t call,
                                  const absl::StatusOr<v1::PutChunkResponse>& response,
                                  int64_t now_ms) {
  if (!Expects(call, Stage::kSendingFiles, now_ms)) return;
  awaiting_ = false;
  absl::Status taken = response.ok() ? TakePutChunk(*response) : PutAside(response.status());
  if (!taken.ok()) return Finish(taken);
  Advance();
}

absl::Status Session::Machine::TakePutChunk(const v1::PutChunkResponse& response) {
  report_.set_bytes_down(report_.bytes_down() + response.ByteSizeLong());
  const uint32_t before = moving_.file.at_office;
  absl::Status saved = store_.InTransaction(
      [&] { return store_.attachments().NoteAtOffice(moving_.file, response.here(), now_ms_); });
  if (!saved.ok()) return saved;
  absl::StatusOr<std::optional<FileRow>> now =
      store_.attachments().Find(moving_.file.scope, moving_.file.content);
  if (!now.ok()) return now.status();
  if (!*now) return absl::OkStatus();
  if ((*now)->at_office > before) {
    progress_ = true;
    report_.set_chunks_up(report_.chunks_up() + (*now)->at_office - before);
  } else if (moving_.number && (*now)->HasToGo() && moving_.file.asked_ms != 0) {
    files_aside_.insert(NameOf(**now));  // it takes them and does not keep them
  }
  household_.Changed(moving_.file.scope);
  // Of a family that has gone there was nothing else to wait for.
  const ScopeRow* scope = store_.log().Find(moving_.file.scope);
  if ((scope != nullptr && !scope->Has(kPurged)) || (*now)->HasToGo()) return absl::OkStatus();
  return store_.InTransaction([&] { return store_.attachments().Remove(**now); });
}

void Session::Machine::OnGetChunk(uint64_t call,
                                  const absl::StatusOr<v1::GetChunkResponse>& response,
                                  int64_t now_ms) {
  if (!Expects(call, Stage::kFetchingFiles, now_ms)) return;
  awaiting_ = false;
  absl::Status taken = response.ok() ? TakeGetChunk(*response) : PutAside(response.status());
  if (!taken.ok()) return Finish(taken);
  Advance();
}

absl::Status Session::Machine::TakeGetChunk(const v1::GetChunkResponse& response) {
  const size_t bytes = response.ByteSizeLong();
  report_.set_bytes_down(report_.bytes_down() + bytes);
  file_bytes_ += bytes;
  absl::Status forged;
  absl::Status stored = store_.InTransaction([&] {
    absl::Status put = store_.attachments().PutFetched(moving_.file, response.hashes(),
                                                       *moving_.number, response.chunk());
    const Reason reason = ReasonOf(put);
    if (reason == Reason::kIntegrity || reason == Reason::kFormat) forged = put;
    return put;
  });
  if (!forged.ok()) return PutAside(forged);
  if (!stored.ok()) return stored;
  progress_ = true;
  report_.set_chunks_down(report_.chunks_down() + 1);
  household_.Changed(moving_.file.scope);
  return absl::OkStatus();
}

v1::SyncProgress Session::Machine::progress() const {
  v1::SyncProgress progress;
  progress.set_stage(std::string(StageName(stage_)));
  switch (stage_) {
    case Stage::kPulling:
      progress.set_done(report_.received());
      break;
    case Stage::kPushing:
      progress.set_done(report_.pushed());
      progress.set_of(report_.pushed() + static_cast<uint32_t>(push_.rows.size()));
      break;
    case Stage::kSettling:
      progress.set_done(report_.adopted());
      break;
    case Stage::kSendingFiles:
    case Stage::kFetchingFiles:
      progress.set_done(report_.chunks_up() + report_.chunks_down());
      progress.set_of(static_cast<uint32_t>(files_of_));
      break;
    default:
      break;
  }
  return progress;
}

}  // namespace doorstep::client
