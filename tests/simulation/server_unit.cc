#include "tests/simulation/server_unit.h"

#include <cassert>
#include <utility>

#include "crypto/primitives.h"
#include "crypto/reason.h"
#include "model/planted.h"
#include "model/scanner.h"
#include "sync-server/access/restore_gate.h"

namespace doorstep::simulation {
namespace {

std::vector<server::ArchivedHead> HeadsOf(server::SqliteStore& store) {
  std::vector<server::ArchivedHead> heads;
  absl::StatusOr<std::unique_ptr<server::ReadView>> view = store.Read();
  assert(view.ok());
  const absl::Status read =
      (*view)->ForEachScope([&](const Id& scope, const server::ScopeRow& row) {
        heads.push_back({scope, row.seq, row.hash});
      });
  assert(read.ok());
  return heads;
}

}  // namespace

ServerUnit::ServerUnit(const Catalog& catalog, Keys keys)
    : catalog_(catalog), keys_(std::move(keys)) {
  signer_ = std::make_unique<server::LogKeySigner>(keys_.tenant, keys_.log_seed.Clone());
  absl::StatusOr<std::unique_ptr<server::SqliteStore>> store =
      server::SqliteStore::OpenInMemory(keys_.tenant);
  assert(store.ok());
  Open(*std::move(store));
}

void ServerUnit::Open(std::unique_ptr<server::SqliteStore> store) {
  pulls_.clear();
  feed_.reset();
  ingest_.reset();
  store_ = std::move(store);
  ingest_ = std::make_unique<server::Ingest>(catalog_, keys_.genesis_root, *store_);
  directory_ = std::make_unique<server::SharedDirectory>(keys_.tenant, keys_.genesis_root);
  feed_ = std::make_unique<server::FeedParts>(
      server::FeedParts{catalog_, *store_, *directory_, *signer_});
}

AnswerMessage ServerUnit::AnswerTo(const RequestMessage& request, std::string bytes) const {
  return {request.contact, request.call, EndOf(request.ask), std::move(bytes), false, 0};
}

AnswerMessage ServerUnit::FailureOf(const RequestMessage& request,
                                    const absl::Status& status) const {
  return {request.contact,
          request.call,
          EndOf(request.ask),
          "",
          true,
          static_cast<uint32_t>(ReasonOf(status))};
}

ServerUnit::Result ServerUnit::Handle(const RequestMessage& request, int64_t now_ms) {
  switch (request.ask) {
    case Ask::kAdopt:
      return HandleAdopt(request);
    case Ask::kDeliver:
      return HandleDeliver(request, now_ms);
    case Ask::kPutChunk:
    case Ask::kGetChunk:
      return HandleChunk(request, now_ms);
    default:
      return std::move(HandleTogether({request}, now_ms).front());
  }
}

std::vector<ServerUnit::Result> ServerUnit::HandleTogether(
    const std::vector<RequestMessage>& pushes, int64_t now_ms) {
  std::vector<Result> results(pushes.size());
  std::vector<server::PushItem> items;
  std::vector<size_t> counts(pushes.size(), 0);
  for (size_t i = 0; i < pushes.size(); ++i) {
    v1::PushRequest message;
    absl::Status read = ParseMessage(pushes[i].bytes, message);
    if (read.ok()) read = server::CheckPush(message);
    if (!read.ok()) {
      results[i].answer = FailureOf(pushes[i], read);
      continue;
    }
    for (v1::PushRow& row : *message.mutable_rows()) {
      items.push_back({std::move(row), pushes[i].device, now_ms});
      ++counts[i];
    }
  }
  absl::StatusOr<server::BatchResult> batch = ingest_->ApplyBatch(items);
  size_t next = 0;
  for (size_t i = 0; i < pushes.size(); ++i) {
    if (results[i].answer.failed) continue;
    if (!batch.ok()) {
      results[i].answer = FailureOf(pushes[i], batch.status());
      continue;
    }
    v1::PushResponse response;
    for (size_t n = 0; n < counts[i]; ++n) *response.add_answers() = batch->answers[next++];
    response.set_server_ms(now_ms);
    results[i].answer = AnswerTo(pushes[i], response.SerializeAsString());
    results[i].moved = batch->moved;
  }
  return results;
}

std::vector<v1::RowAnswer> ServerUnit::Admit(const std::vector<v1::SignedChangeset>& rows,
                                             const Id& bearer, int64_t now_ms) {
  std::vector<server::PushItem> items;
  for (const v1::SignedChangeset& row : rows) {
    server::PushItem item{{}, bearer, now_ms};
    *item.row.mutable_signed_() = row;
    items.push_back(std::move(item));
  }
  absl::StatusOr<server::BatchResult> batch = ingest_->ApplyBatch(items);
  assert(batch.ok());
  return std::move(batch->answers);
}

ServerUnit::Result ServerUnit::HandleAdopt(const RequestMessage& request) {
  Result result;
  v1::AdoptRequest message;
  absl::Status read =
      ParseMessage(request.bytes, message, ScanLimits{.elements = kAdoptElementsMax});
  if (!read.ok()) {
    result.answer = FailureOf(request, read);
    return result;
  }
  absl::StatusOr<server::AdoptOutcome> outcome = ingest_->Adopt(message, signer_->log_key());
  if (!outcome.ok()) {
    result.answer = FailureOf(request, outcome.status());
    return result;
  }
  if (outcome->appended > 0) result.moved.push_back(*Id::FromBytes(message.scope()));
  result.answer = AnswerTo(request, outcome->response.SerializeAsString());
  return result;
}

ServerUnit::Result ServerUnit::HandleChunk(const RequestMessage& request, int64_t now_ms) {
  Result result;
  absl::StatusOr<std::string> bytes;
  if (request.ask == Ask::kPutChunk) {
    v1::PutChunkRequest message;
    absl::Status read = ParseMessage(request.bytes, message);
    absl::StatusOr<v1::PutChunkResponse> response =
        read.ok() ? ingest_->PutChunk(message, request.device, now_ms)
                  : absl::StatusOr<v1::PutChunkResponse>(read);
    bytes = response.ok() ? absl::StatusOr<std::string>(response->SerializeAsString())
                          : response.status();
  } else {
    v1::GetChunkRequest message;
    absl::Status read = ParseMessage(request.bytes, message);
    absl::StatusOr<v1::GetChunkResponse> response =
        read.ok() ? server::GetChunk(*feed_, request.device, message, now_ms)
                  : absl::StatusOr<v1::GetChunkResponse>(read);
    bytes = response.ok() ? absl::StatusOr<std::string>(response->SerializeAsString())
                          : response.status();
  }
  result.answer =
      bytes.ok() ? AnswerTo(request, *std::move(bytes)) : FailureOf(request, bytes.status());
  return result;
}

std::optional<v1::SignedChangeset> ServerUnit::Unseal(const v1::DeliverRequest::Item& item) const {
  const absl::StatusOr<Secret> opened = BoxOpen(keys_.ingest_seed, item.sealed());
  v1::SignedChangeset inside;
  if (!opened.ok() || !ParseMessage(opened->view(), inside).ok()) return std::nullopt;
  const absl::StatusOr<Changeset> changeset = DecodeChangeset(inside);
  if (!changeset.ok() || changeset->uid.view() != item.uid()) return std::nullopt;
  return inside;
}

// As its author's, or told that it waits.
ServerUnit::Result ServerUnit::HandleDeliver(const RequestMessage& request, int64_t now_ms) {
  Result result;
  v1::DeliverRequest message;
  absl::Status read = ParseMessage(request.bytes, message);
  if (!read.ok()) {
    result.answer = FailureOf(request, read);
    return result;
  }
  v1::DeliverResponse response;
  std::vector<server::PushItem> items;
  std::vector<int> places;
  for (const v1::DeliverRequest::Item& item : message.items()) {
    v1::DeliverResponse::Item& answer = *response.add_items();
    answer.set_uid(item.uid());
    answer.set_received(true);
    std::optional<v1::SignedChangeset> inside = Unseal(item);
    if (!inside) continue;
    server::PushItem row{{}, DecodeChangeset(*inside)->device, now_ms};
    *row.row.mutable_signed_() = *std::move(inside);
    items.push_back(std::move(row));
    places.push_back(response.items_size() - 1);
  }
  absl::StatusOr<server::BatchResult> batch = ingest_->ApplyBatch(items);
  if (!batch.ok()) {
    result.answer = FailureOf(request, batch.status());
    return result;
  }
  for (size_t n = 0; n < places.size(); ++n) {
    v1::DeliverResponse::Item& answer = *response.mutable_items(places[n]);
    answer.set_received(!batch->answers[n].has_retry());
    answer.set_archived(batch->answers[n].accepted().archived());
  }
  result.answer = AnswerTo(request, response.SerializeAsString());
  result.moved = batch->moved;
  return result;
}

std::optional<AnswerMessage> ServerUnit::BeginPull(const RequestMessage& request) {
  v1::PullRequest message;
  absl::Status read = ParseMessage(request.bytes, message, server::kPullScanLimits);
  if (!read.ok()) return FailureOf(request, read);
  absl::StatusOr<server::Pull> pull = server::Pull::Begin(*feed_, request.device, message);
  if (!pull.ok()) return FailureOf(request, pull.status());
  pulls_.push_back({request, std::make_unique<server::Pull>(*std::move(pull))});
  return std::nullopt;
}

ServerUnit::Frame ServerUnit::NextFrame(size_t index, int64_t now_ms) {
  PullUnderWay& under_way = pulls_[index];
  absl::StatusOr<std::optional<v1::PullFrame>> next = under_way.pull->Next(now_ms);
  Frame frame;
  if (next.ok() && *next) {
    frame.message = AnswerTo(under_way.request, (*next)->SerializeAsString());
    frame.message.tell = Tell::kFrame;
    frame.frame = *std::move(next);
    return frame;
  }
  frame.message =
      next.ok() ? AnswerTo(under_way.request, "") : FailureOf(under_way.request, next.status());
  if (next.ok() && under_way.pull->heard()) {
    const absl::Status heard = ingest_->HearAdministrator(*under_way.pull->heard());
    assert(heard.ok());
  }
  pulls_.erase(pulls_.begin() + static_cast<std::ptrdiff_t>(index));
  return frame;
}

Backup ServerUnit::Copy() {
  absl::StatusOr<std::string> image = store_->Image();
  assert(image.ok());
  return {*std::move(image), HeadsOf(*store_), false};
}

void ServerUnit::Crash() { PutBack(Copy().image, Told::kNothing); }

void ServerUnit::PutBack(const std::string& image, Told told) {
  absl::StatusOr<std::unique_ptr<server::SqliteStore>> store =
      server::SqliteStore::OpenImage(image, keys_.tenant);
  assert(store.ok());
  Open(*std::move(store));
  if (told == Told::kNothing) return;
  const absl::Status closed = ingest_->CloseRestoreGate();
  assert(closed.ok());
}

void ServerUnit::OpenGate() {
  const absl::Status opened = ingest_->OpenRestoreGate();
  assert(opened.ok());
}

bool ServerUnit::gated() {
  absl::StatusOr<std::unique_ptr<server::ReadView>> view = store_->Read();
  assert(view.ok());
  absl::StatusOr<server::Gate> gate = server::GateOf(**view);
  assert(gate.ok());
  return *gate == server::Gate::kWaiting;
}

void ServerUnit::Archive(const Backup& backup) {
  // The rule that can be taken out: what is archived is read from the copy.
  const std::vector<server::ArchivedHead> heads =
      Planted(Fault::kArchivedFromCopy) ? HeadsOf(*store_) : backup.heads;
  const absl::Status marked = store_->MarkArchived(heads);
  assert(marked.ok());
}

}  // namespace doorstep::simulation
