#include "client-core/sync/push_batch.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "client-core/sync/limits.h"
#include "crypto/reason.h"
#include "model/limits.h"
#include "model/packing.h"
#include "model/planted.h"

namespace doorstep::client {
namespace {

bool AskedLately(const OutboxRow& row, int64_t now_ms) {
  return row.asked_ms != 0 && now_ms >= row.asked_ms && now_ms - row.asked_ms < kAskAgainMs;
}

// A row that blocks those behind it: only where a protective rule has been taken out.
bool Blocks(const OutboxRow& row) {
  return row.answer == Answer::kRetry &&
         (Planted(Fault::kRetryBlocksNothing) || Planted(Fault::kBadAside));
}

// A batch while it is being filled.
class Filling {
 public:
  Filling(Store& store, const std::set<Id>& answered,
          absl::FunctionRef<RowTurn(const OutboxRow&)> turn, int64_t now_ms, PushBatch& batch)
      : store_(store), answered_(answered), turn_(turn), now_ms_(now_ms), batch_(batch) {}

  bool full() const { return full_; }
  const absl::Status& status() const { return status_; }

  // Takes the row if it is its turn and there is room. False: that was the last.
  bool Offer(const OutboxRow& row) {
    bool may = !row.sealed && row.answer != Answer::kUnsendable && !answered_.contains(row.uid);
    RowTurn says = may ? turn_(row) : RowTurn::kWait;
    if (says == RowTurn::kWait || (says == RowTurn::kAsk && AskedLately(row, now_ms_))) return true;
    size_t size = says == RowTurn::kAsk ? row.uid.view().size() : row.bytes;
    if (!batch_.rows.empty() && bytes_ + size > kPushBytesMax) {
      full_ = true;
      return false;
    }
    bytes_ += size;
    status_ = Add(row, says);
    full_ = batch_.request.rows_size() == kPushRowsMax || Blocks(row);
    return status_.ok() && !full_;
  }

 private:
  absl::Status Add(const OutboxRow& row, RowTurn says) {
    v1::PushRow* wire = batch_.request.add_rows();
    batch_.rows.push_back(row);
    if (says == RowTurn::kAsk) {
      wire->set_uid(row.uid.str());
      batch_.asked.insert(row.uid);
      return absl::OkStatus();
    }
    absl::StatusOr<v1::SignedChangeset> changeset = store_.outbox().Signed(row);
    if (changeset.ok()) *wire->mutable_signed_() = *std::move(changeset);
    return changeset.status();
  }

  Store& store_;
  const std::set<Id>& answered_;
  absl::FunctionRef<RowTurn(const OutboxRow&)> turn_;
  int64_t now_ms_;
  PushBatch& batch_;
  size_t bytes_ = 0;
  bool full_ = false;
  absl::Status status_;
};

// Families with an urgent row that has not been received, in order of the oldest of them.
absl::StatusOr<std::vector<Id>> UrgentFamilies(Store& store, const Id& directory) {
  std::vector<Id> families;
  absl::Status read = store.outbox().ForEachUrgent([&](const OutboxRow& row) {
    bool known = std::find(families.begin(), families.end(), row.scope) != families.end();
    if (!known && row.scope != directory) families.push_back(row.scope);
    return true;
  });
  if (!read.ok()) return read;
  return families;
}

absl::Status PackRows(v1::PushRequest& request) {
  v1::PushRows rows;
  rows.mutable_rows()->Swap(request.mutable_rows());
  const size_t size = rows.ByteSizeLong();
  if (size >= kPackedPushBytesMin) {
    absl::StatusOr<std::string> packed = Pack(rows.SerializeAsString(), kZstdLevel);
    if (!packed.ok()) return packed.status();
    if (packed->size() < size) {
      request.set_packed(*std::move(packed));
      return absl::OkStatus();
    }
  }
  rows.mutable_rows()->Swap(request.mutable_rows());
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<PushBatch> NextPushBatch(Store& store, const std::set<Id>& answered,
                                        absl::FunctionRef<RowTurn(const OutboxRow&)> turn,
                                        int64_t now_ms, int64_t after) {
  PushBatch batch;
  batch.request.set_protocol(kProtocol);
  batch.request.set_schema(store.catalog().schema());
  batch.last = after;
  Filling filling(store, answered, turn, now_ms, batch);
  const Id& directory = store.identity().tenant;
  absl::Status read =
      store.outbox().ForEachOf(directory, [&](const OutboxRow& row) { return filling.Offer(row); });
  absl::StatusOr<std::vector<Id>> urgent = UrgentFamilies(store, directory);
  if (!urgent.ok()) return urgent.status();
  auto goes_on = [&] { return read.ok() && filling.status().ok() && !filling.full(); };
  for (const Id& family : *urgent) {
    if (!goes_on()) break;
    read =
        store.outbox().ForEachOf(family, [&](const OutboxRow& row) { return filling.Offer(row); });
  }
  if (goes_on()) {
    read = store.outbox().ForEachAfter(after, [&](const OutboxRow& row) {
      bool first = std::find(urgent->begin(), urgent->end(), row.scope) != urgent->end();
      bool more = row.scope == directory || first || filling.Offer(row);
      if (!filling.full()) batch.last = row.position;
      return more;
    });
  }
  if (!read.ok()) return read;
  if (!filling.status().ok()) return filling.status();
  absl::Status packed = PackRows(batch.request);
  if (!packed.ok()) return packed;
  return batch;
}

absl::StatusOr<DeliverBatch> NextDeliverBatch(Store& store, const std::set<Id>& answered,
                                              int64_t now_ms) {
  DeliverBatch batch;
  batch.request.set_tenant(store.identity().tenant.str());
  size_t bytes = 0;
  absl::Status read = store.outbox().ForEach([&](const OutboxRow& row) {
    bool due = row.sealed && row.answer != Answer::kUnsendable && !answered.contains(row.uid) &&
               !(row.answer == Answer::kAccepted && AskedLately(row, now_ms));
    if (due) batch.rows.push_back(row);
    return true;
  });
  if (!read.ok()) return read;
  size_t taken = 0;
  for (const OutboxRow& row : batch.rows) {
    if (taken == static_cast<size_t>(kPushRowsMax)) break;
    if (taken > 0 && bytes + row.bytes > kDeliverBytesMax) break;
    absl::StatusOr<std::string> sealed = store.outbox().Sealed(row);
    if (!sealed.ok()) return sealed.status();
    bytes += sealed->size();
    v1::DeliverRequest::Item* item = batch.request.add_items();
    item->set_uid(row.uid.str());
    item->set_sealed(*std::move(sealed));
    ++taken;
  }
  batch.rows.resize(taken);
  return batch;
}

bool AnswersBatch(const PushBatch& batch, const v1::PushResponse& response) {
  if (response.answers_size() != static_cast<int>(batch.rows.size())) return false;
  for (size_t i = 0; i < batch.rows.size(); ++i) {
    const v1::RowAnswer& answer = response.answers(static_cast<int>(i));
    // What a server cannot even read has no uid to be named by.
    bool nameless = answer.has_bad() && Id::FromBytes(answer.uid()).value_or(Id{}).is_zero();
    if (!nameless && answer.uid() != batch.rows[i].uid.view()) return false;
    if (answer.answer_case() == v1::RowAnswer::ANSWER_NOT_SET) return false;
    // Somebody else's changeset may have the uid: asked, the server can only speak of that one.
    bool other = answer.has_accepted() && answer.accepted().scope() != batch.rows[i].scope.view();
    if (other && !batch.asked.contains(batch.rows[i].uid)) return false;
  }
  return true;
}

bool AnswersBatch(const DeliverBatch& batch, const v1::DeliverResponse& response) {
  if (response.items_size() != static_cast<int>(batch.rows.size())) return false;
  for (size_t i = 0; i < batch.rows.size(); ++i) {
    if (response.items(static_cast<int>(i)).uid() != batch.rows[i].uid.view()) return false;
  }
  return true;
}

void NoteAnswer(const v1::RowAnswer& answer, int64_t now_ms, OutboxRow& row) {
  OutboxRow was = row;
  row.asked_ms = now_ms;
  row.retry_at_ms = 0;
  row.reason = 0;
  row.verdict = v1::VERDICT_UNSPECIFIED;
  row.seq = 0;
  row.archived = row.undecided = row.closed = false;
  switch (answer.answer_case()) {
    case v1::RowAnswer::kAccepted:
      if (answer.accepted().scope() != row.scope.view()) {
        // Somebody else's changeset stands there under this uid. Sent whole, the row is told so.
        row.answer = Answer::kRetry;
        row.reason = static_cast<uint32_t>(Reason::kConflict);
        break;
      }
      row.answer = Answer::kAccepted;
      row.verdict = answer.accepted().verdict();
      row.reason = answer.accepted().reason();
      row.seq = answer.accepted().seq();
      row.archived = answer.accepted().archived();
      row.undecided = answer.accepted().undecided();
      break;
    case v1::RowAnswer::kBad:
      row.answer = Planted(Fault::kBadAside) ? Answer::kRetry : Answer::kUnsendable;
      row.reason = answer.bad().reason();
      break;
    case v1::RowAnswer::kRetry:
      row.answer = Answer::kRetry;
      row.reason = answer.retry().reason();
      row.retry_at_ms = now_ms + answer.retry().after_ms();
      break;
    case v1::RowAnswer::kClosed:
      row.answer = Answer::kUnsendable;
      row.closed = true;
      break;
    case v1::RowAnswer::ANSWER_NOT_SET:
      row = was;  // AnswersBatch has refused it
      break;
  }
}

}  // namespace doorstep::client
