#include "sync-server/ingest/ingest.h"

#include <cassert>
#include <optional>
#include <string>
#include <utility>

#include "crypto/reason.h"
#include "model/changeset.h"
#include "model/judge.h"
#include "model/limits.h"
#include "model/packing.h"
#include "model/planted.h"
#include "model/scanner.h"
#include "sync-server/access/directory_log.h"
#include "sync-server/access/readers.h"
#include "sync-server/access/restore_gate.h"
#include "sync-server/ingest/batch.h"
#include "sync-server/ingest/chunks.h"
#include "sync-server/store/limits.h"

namespace doorstep::server {
namespace {

v1::RowAnswer Bad(const Id& uid, Reason reason) {
  v1::RowAnswer answer;
  answer.set_uid(uid.str());
  answer.mutable_bad()->set_reason(static_cast<uint32_t>(reason));
  return answer;
}

v1::RowAnswer Retry(const Id& uid, Reason reason) {
  v1::RowAnswer answer;
  answer.set_uid(uid.str());
  answer.mutable_retry()->set_reason(static_cast<uint32_t>(reason));
  answer.mutable_retry()->set_after_ms(kRetryAfterMs);
  return answer;
}

// The uid of a changeset that does not pass, as far as it can be read, so that the device knows
// which row is meant.
Id UidOfRefused(const v1::SignedChangeset& wire) {
  v1::Changeset body;
  if (!ParseMessage(wire.changeset(), body).ok()) return Id{};
  return Id::FromBytes(body.uid()).value_or(Id{});
}

// Whether a person can still answer what is held here: not what asks for no decision, and not where
// nobody decides (the directory, a journal, a family whose first entry was declined).
bool AwaitsDecision(const Id& tenant, ScopeState& scope, const HeldWork& held) {
  return held.outcome == HeldWork::Outcome::kWaiting && held.reason != v1::HELD_REASON_ALREADY_SO &&
         (FamilyOf(scope).has_value() || FirstEntryOf(tenant, scope) != nullptr);
}

absl::Status UnpackRows(v1::PushRequest& request) {
  if (request.packed().empty()) return absl::OkStatus();
  if (request.rows_size() > 0)
    return MakeStatus(Reason::kFormat, "push has rows beside packed ones");
  absl::StatusOr<std::string> plain = Unpack(request.packed(), kPushPlainBytesMax);
  if (!plain.ok()) return plain.status();
  v1::PushRows rows;
  absl::Status parsed = ParseMessage(*plain, rows);
  if (!parsed.ok()) return parsed;
  request.clear_packed();
  request.mutable_rows()->Swap(rows.mutable_rows());
  return absl::OkStatus();
}

}  // namespace

// One row of a batch.
class Ingest::Step {
 public:
  Step(Batch& batch, const PushItem& item) : batch_(batch), item_(item) {}

  absl::StatusOr<v1::RowAnswer> Answer() {
    switch (item_.row.row_case()) {
      case v1::PushRow::kUid:
        return AnswerQuestion();
      case v1::PushRow::kSigned:
        return AnswerChangeset();
      case v1::PushRow::ROW_NOT_SET:
        break;
    }
    return Bad(Id{}, Reason::kFormat);
  }

 private:
  absl::StatusOr<v1::RowAnswer> AnswerQuestion() {
    std::optional<Id> uid = Id::FromBytes(item_.row.uid());
    if (!uid) return Bad(Id{}, Reason::kFormat);
    absl::StatusOr<std::optional<UidRow>> known = batch_.view().FindUid(*uid);
    if (!known.ok()) return known.status();
    if (!*known) return Retry(*uid, Reason::kNotFound);
    return PresentTruth(*uid, **known);
  }

  absl::StatusOr<v1::RowAnswer> AnswerChangeset() {
    absl::StatusOr<Changeset> decoded = DecodeChangeset(item_.row.signed_());
    if (!decoded.ok()) {
      return Bad(UidOfRefused(item_.row.signed_()), ReasonOf(decoded.status()));
    }
    const Changeset& changeset = *decoded;
    absl::StatusOr<std::optional<UidRow>> known = batch_.view().FindUid(changeset.uid);
    if (!known.ok()) return known.status();
    if (Planted(Fault::kUidIdentity)) known->reset();
    if (*known && (*known)->changeset_hash == ChangesetHash(changeset)) {
      return PresentTruth(changeset.uid, **known);
    }

    const Directory& directory = batch_.directory();
    std::optional<PublicKey> key = directory.SigningKey(changeset.device, directory.seq());
    if (!key) {
      return Planted(Fault::kRetryUnknownAuthor) ? Bad(changeset.uid, Reason::kAuth)
                                                 : Retry(changeset.uid, Reason::kTrust);
    }
    absl::Status verified = VerifyChangeset(batch_.tenant(), changeset, *key);
    if (!verified.ok()) return Bad(changeset.uid, ReasonOf(verified));
    if (*known) return Bad(changeset.uid, Reason::kConflict);
    if (changeset.body.schema() > batch_.catalog().schema()) {
      return Retry(changeset.uid, Reason::kVersion);
    }
    return AnswerScope(changeset);
  }

  // Of a scope that is known here, or that this changeset may begin.
  absl::StatusOr<v1::RowAnswer> AnswerScope(const Changeset& changeset) {
    absl::StatusOr<Batch::Scope*> scope = batch_.Open(changeset.scope);
    if (!scope.ok()) return scope.status();
    const bool directory = changeset.scope == batch_.tenant();
    if ((*scope)->row.seq == 0 && !directory) {
      // One that gives places begins a family, whosoever it is; without, it only writes into one.
      if (FamilyFoundedBy(changeset) && !AssignmentsCreatedBy(changeset).empty()) {
        if (!BeginsFamily(batch_.tenant(), changeset)) return Bad(changeset.uid, Reason::kFormat);
      } else if (changeset.scope != changeset.device &&
                 !batch_.directory().Knows(changeset.scope)) {
        return Retry(changeset.uid, Reason::kNotFound);
      }
    }
    if (!directory && (*scope)->row.directory_seq > batch_.directory().seq()) {
      // The directory that its last entry was judged against has been lost and is on some device.
      return Retry(changeset.uid, Reason::kState);
    }
    return JudgeAndAppend(**scope, changeset);
  }

  absl::StatusOr<v1::RowAnswer> JudgeAndAppend(Batch::Scope& scope, const Changeset& changeset) {
    const Directory& directory = batch_.directory();
    const StoredFiles files(batch_.view());
    Bench bench{batch_.catalog(), directory, directory.seq(), item_.received_ms, nullptr, &files};
    Judgement judgement = Judge(bench, *scope.state, changeset);
    if (!scope.state->status().ok()) return scope.state->status();
    if (!files.status().ok()) return files.status();
    if (judgement.verdict == v1::HELD && Planted(Fault::kHeldInsteadOfRefused)) {
      return Bad(changeset.uid, Reason::kDenied);
    }

    v1::EntryMeta meta;
    meta.set_seq(scope.row.seq + 1);
    meta.set_verdict(judgement.verdict);
    meta.set_reason(judgement.reason);
    meta.set_directory_seq(bench.at);
    if (bench.at > 0) meta.set_directory_hash(ShortHash(directory.hash()));
    meta.set_received_ms(item_.received_ms);
    if (!item_.bearer.is_zero() && item_.bearer != changeset.device) {
      meta.set_bearer(item_.bearer.str());
    }
    for (const Id& uid : judgement.released) meta.add_released(uid.str());
    Entry entry = MakeEntry(batch_.tenant(), changeset, meta, scope.row.hash);
    absl::Status appended = batch_.Append(scope, entry);
    if (!appended.ok()) return appended;
    return PresentTruth(changeset.uid, {changeset.scope, entry.seq(), {}});
  }

  absl::StatusOr<v1::RowAnswer> PresentTruth(const Id& uid, const UidRow& place) {
    absl::StatusOr<Batch::Scope*> scope = batch_.Open(place.scope);
    if (!scope.ok()) return scope.status();
    ScopeState& state = *(*scope)->state;
    v1::RowAnswer answer;
    answer.set_uid(uid.str());
    v1::RowAnswer::Accepted& accepted = *answer.mutable_accepted();
    accepted.set_scope(place.scope.str());
    accepted.set_seq(place.seq);
    accepted.set_archived(place.seq <= (*scope)->row.archived_seq);
    const HeldWork* held = state.FindHeld(uid);
    const bool applied = held == nullptr || held->outcome == HeldWork::Outcome::kReleased;
    accepted.set_verdict(applied ? v1::APPLIED : v1::HELD);
    if (!applied) {
      accepted.set_reason(held->reason);
      accepted.set_undecided(AwaitsDecision(batch_.tenant(), state, *held));
    }
    if (!state.status().ok()) return state.status();
    return answer;
  }

  Batch& batch_;
  const PushItem& item_;
};

Ingest::Ingest(const Catalog& catalog, const PublicKey& genesis_root, Store& store,
               const FindIndex* index)
    : catalog_(catalog), genesis_root_(genesis_root), store_(store), index_(index) {}
Ingest::~Ingest() = default;

absl::Status Ingest::Refresh(const ReadView& view) {
  if (directory_ == nullptr) {
    directory_ = std::make_unique<Directory>(store_.tenant(), genesis_root_);
  }
  absl::Status caught_up = CatchUp(*directory_, view);
  if (!caught_up.ok()) directory_.reset();
  return caught_up;
}

absl::Status Ingest::InTransaction(absl::FunctionRef<absl::StatusOr<Outcome>(Batch&)> work) {
  absl::StatusOr<std::unique_ptr<Transaction>> transaction = store_.Begin();
  if (!transaction.ok()) return transaction.status();
  absl::Status status = Refresh(**transaction);
  if (!status.ok()) return status;
  const uint64_t directory_seq = directory_->seq();
  Batch batch(catalog_, *directory_, *std::move(transaction), index_);
  absl::StatusOr<Outcome> outcome = work(batch);
  status = outcome.status();
  if (status.ok() && *outcome == Outcome::kKeep) {
    status = batch.Commit();
    if (status.ok()) return status;
  }
  // What was folded and then dropped has to leave the directory in memory too.
  if (directory_->seq() != directory_seq) directory_.reset();
  return status;
}

absl::StatusOr<BatchResult> Ingest::ApplyBatch(std::span<const PushItem> items) {
  BatchResult result;
  absl::Status done = InTransaction([&](Batch& batch) -> absl::StatusOr<Outcome> {
    bool waits = false;
    for (const PushItem& item : items) {
      absl::StatusOr<v1::RowAnswer> answer =
          waits && Planted(Fault::kRetryBlocksNothing)
              ? Retry(UidOfRefused(item.row.signed_()), Reason::kState)
              : Step(batch, item).Answer();
      if (!answer.ok()) return answer.status();
      waits = waits || answer->has_retry();
      result.answers.push_back(*std::move(answer));
    }
    result.moved = batch.Moved();
    return result.moved.empty() ? Outcome::kDrop : Outcome::kKeep;
  });
  if (!done.ok()) return done;
  return result;
}

absl::StatusOr<AdoptOutcome> Ingest::Adopt(const v1::AdoptRequest& request,
                                           const PublicKey& own_log_key) {
  AdoptOutcome adopted;
  absl::Status done = InTransaction([&](Batch& batch) -> absl::StatusOr<Outcome> {
    absl::StatusOr<AdoptOutcome> step = AdoptStep(batch, request, own_log_key);
    if (!step.ok()) return step.status();
    adopted = *std::move(step);
    return adopted.appended > 0 ? Outcome::kKeep : Outcome::kDrop;
  });
  if (!done.ok()) return done;
  return adopted;
}

absl::StatusOr<v1::PutChunkResponse> Ingest::PutChunk(const v1::PutChunkRequest& request,
                                                      const Id& device, int64_t now_ms) {
  absl::Status form = CheckPutChunk(request);
  if (!form.ok()) return form;
  v1::PutChunkResponse response;
  absl::Status done = InTransaction([&](Batch& batch) -> absl::StatusOr<Outcome> {
    absl::Status may = MayPutChunk(batch.view(), batch.catalog(), batch.directory(),
                                   batch.directory().seq(), device, request, now_ms);
    if (!may.ok()) return may;
    const bool asks = request.chunk().empty();
    if (!asks) {
      absl::Status put = batch.transaction().PutChunk(
          *Id::FromBytes(request.scope()), request.content(), request.length(), request.hashes(),
          request.number(), request.chunk());
      if (!put.ok()) return put;
    }
    absl::StatusOr<v1::PutChunkResponse> here = ChunksHere(batch.view(), request);
    if (!here.ok()) return here.status();
    response = *std::move(here);
    return asks ? Outcome::kDrop : Outcome::kKeep;
  });
  if (!done.ok()) return done;
  return response;
}

absl::Status Ingest::HearAdministrator(const Id& administrator) {
  return InTransaction([&](Batch& batch) -> absl::StatusOr<Outcome> {
    absl::Status heard = Hear(batch.transaction(), batch.directory(), administrator);
    if (!heard.ok()) return heard;
    return Outcome::kKeep;
  });
}

absl::Status Ingest::CloseRestoreGate() {
  return InTransaction([](Batch& batch) -> absl::StatusOr<Outcome> {
    absl::Status closed = CloseGate(batch.transaction());
    if (!closed.ok()) return closed;
    return Outcome::kKeep;
  });
}

absl::Status Ingest::OpenRestoreGate() {
  return InTransaction([](Batch& batch) -> absl::StatusOr<Outcome> {
    absl::Status opened = OpenGate(batch.transaction());
    if (!opened.ok()) return opened;
    return Outcome::kKeep;
  });
}

absl::StatusOr<const Directory*> Ingest::directory() {
  absl::StatusOr<std::unique_ptr<ReadView>> view = store_.Read();
  if (!view.ok()) return view.status();
  absl::Status refreshed = Refresh(**view);
  if (!refreshed.ok()) return refreshed;
  return directory_.get();
}

absl::Status CheckPush(v1::PushRequest& request) {
  if (request.protocol() > kProtocol) {
    return MakeStatus(Reason::kVersion, "push of a newer protocol");
  }
  if (absl::Status unpacked = UnpackRows(request); !unpacked.ok()) return unpacked;
  if (request.rows_size() > kPushRowsMax) {
    return MakeStatus(Reason::kLimit, "push has too many rows");
  }
  size_t bytes = 0;
  for (const v1::PushRow& row : request.rows()) bytes += row.signed_().changeset().size();
  if (bytes > kPushBytesMax) return MakeStatus(Reason::kLimit, "push is larger than 256 KiB");
  return absl::OkStatus();
}

}  // namespace doorstep::server
