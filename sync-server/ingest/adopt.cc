#include "sync-server/ingest/adopt.h"

#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "crypto/reason.h"
#include "model/limits.h"
#include "model/log.h"
#include "model/planted.h"
#include "sync-server/ingest/batch.h"

namespace doorstep::server {
namespace {

// The step, checked one question at a time. refused() tells a Status that refuses it from one of
// the store's.
class AdoptCheck {
 public:
  AdoptCheck(Batch& batch, const v1::AdoptRequest& request, const Id& scope,
             const PublicKey& own_log_key)
      : batch_(batch), request_(request), scope_(scope), own_log_key_(own_log_key) {}

  // Our own signature over the step's end. Nothing of our logs is told before it has been seen.
  absl::Status CheckHead() {
    absl::StatusOr<SignedHead> head = DecodeHead(request_.head());
    if (!head.ok() || head->scope != scope_) {
      return Refuse(Reason::kIntegrity, "adopt: no signed head of this scope");
    }
    head_ = *std::move(head);
    std::vector<PublicKey> keys = {own_log_key_};
    for (const ServerKeysView& view : batch_.directory().ServerKeysEver()) {
      keys.push_back(view.log_pk);
    }
    for (const PublicKey& key : keys) {
      if (DeriveRecipientId(key).view() == head_.head.key() &&
          VerifyHead(batch_.tenant(), head_, key)) {
        return absl::OkStatus();
      }
    }
    return Refuse(Reason::kIntegrity, "adopt: not a head of this server's signature");
  }

  absl::Status DecodeEntries() {
    uint64_t seq = 0;
    for (const v1::LogEntry& wire : request_.entries()) {
      absl::StatusOr<Entry> entry = DecodeEntry(wire);
      const bool follows = entry.ok() && (seq == 0 || entry->seq() == seq + 1);
      if (!follows || entry->changeset.scope != scope_) {
        return Refuse(Reason::kIntegrity, "adopt: not a run of entries of this scope");
      }
      seq = entry->seq();
      entries_.push_back(*std::move(entry));
    }
    if (seq != head_.head.seq()) {
      return Refuse(Reason::kIntegrity, "adopt: the head is not of the last entry");
    }
    return absl::OkStatus();
  }

  // From an entry that is here to the signed head; what is here already must be the same.
  absl::Status CheckChain(const ScopeRow& row) {
    const uint64_t base = entries_.front().seq() - 1;
    absl::StatusOr<std::optional<Hash32>> before = batch_.view().HashAt(scope_, base);
    if (!before.ok()) return before.status();
    if (!*before) return Refuse(Reason::kState, "adopt: entries before these are missing here");
    Hash32 hash = **before;
    for (Entry& entry : entries_) {
      ChainEntry(batch_.tenant(), hash, entry);
      hash = entry.hash;
    }
    if (hash != head_.entry_hash && !Planted(Fault::kAdoptChain)) {
      return Refuse(Reason::kIntegrity, "adopt: the entries do not chain to the signed head");
    }
    for (const Entry& entry : entries_) {
      if (entry.seq() > row.seq) break;
      absl::StatusOr<std::optional<Hash32>> here = batch_.view().HashAt(scope_, entry.seq());
      if (!here.ok()) return here.status();
      if (*here != entry.hash && !Planted(Fault::kAdoptOnlyAtHead)) {
        return Refuse(Reason::kState, "adopt: this server has grown another way");
      }
      ++here_already_;
    }
    return absl::OkStatus();
  }

  // Each author's device is known at the place the entry was judged at, and signed it. The
  // directory's own entries make their successors' authors known.
  absl::Status CheckAuthors() {
    const bool directory = scope_ == batch_.tenant();
    std::optional<Directory> trial;
    if (directory) trial = batch_.directory().Clone();
    std::set<Id> uids;
    for (size_t i = here_already_; i < entries_.size(); ++i) {
      const Entry& entry = entries_[i];
      const Changeset& changeset = entry.changeset;
      const Directory& known = trial ? *trial : batch_.directory();
      const uint64_t at = trial ? entry.seq() - 1 : entry.meta.directory_seq();
      std::optional<PublicKey> key = known.SigningKey(changeset.device, at);
      if (!key) return Refuse(Reason::kTrust, "adopt: an author whom the directory does not know");
      if (!VerifyChangeset(batch_.tenant(), changeset, *key).ok()) {
        return Refuse(Reason::kIntegrity, "adopt: an author did not sign an entry");
      }
      absl::StatusOr<std::optional<UidRow>> twice = batch_.view().FindUid(changeset.uid);
      if (!twice.ok()) return twice.status();
      if (*twice || !uids.insert(changeset.uid).second) {
        return Refuse(Reason::kIntegrity, "adopt: a uid that has its place already");
      }
      if (trial) trial->Fold(entry);
    }
    return absl::OkStatus();
  }

  // Of the directory: one place after the other. Of any other scope: places on our own directory
  // chain, never falling.
  absl::Status CheckPlaces(const ScopeRow& row) {
    const bool directory = scope_ == batch_.tenant();
    uint64_t before = row.directory_seq;
    Hash32 previous = row.hash;
    for (size_t i = here_already_; i < entries_.size(); ++i) {
      const v1::EntryMeta& meta = entries_[i].meta;
      const uint64_t place = meta.directory_seq();
      std::optional<Hash32> hash = directory ? previous : batch_.directory().HashAt(place);
      if (!hash) return Refuse(Reason::kState, "adopt: judged at a place that is not here");
      const uint64_t prefix = place == 0 ? 0 : ShortHash(*hash);
      if (directory && (place != meta.seq() - 1 || prefix != meta.directory_hash())) {
        return Refuse(Reason::kIntegrity, "adopt: an entry of the directory at another place");
      }
      if (prefix != meta.directory_hash()) {
        return Refuse(Reason::kState, "adopt: judged against another directory");
      }
      if (place < before) return Refuse(Reason::kIntegrity, "adopt: directory places fall");
      before = place;
      previous = entries_[i].hash;
    }
    return absl::OkStatus();
  }

  absl::Status Append(Batch::Scope& scope) {
    if (Planted(Fault::kAdoptOnlyAtHead) && here_already_ > 0) {
      scope.row.seq = entries_.front().seq() - 1;
      here_already_ = 0;
    }
    for (size_t i = here_already_; i < entries_.size(); ++i) {
      absl::Status appended = batch_.Append(scope, entries_[i]);
      if (!appended.ok()) return appended;
    }
    const std::string& digest = head_.head.state_digest();
    const bool whole = digest.empty() || digest == View(scope.state->Digest());
    if (!whole && !Planted(Fault::kAdoptOnlyAtHead)) {
      return Refuse(Reason::kIntegrity, "adopt: the fold differs from what was signed");
    }
    return scope.state->status();
  }

  bool refused() const { return refused_; }
  bool IsRepeat() const { return here_already_ == entries_.size(); }
  uint64_t fresh() const { return entries_.size() - here_already_; }

 private:
  absl::Status Refuse(Reason reason, std::string_view rule) {
    refused_ = true;
    return MakeStatus(reason, rule);
  }

  Batch& batch_;
  const v1::AdoptRequest& request_;
  Id scope_;
  PublicKey own_log_key_;
  SignedHead head_;
  std::vector<Entry> entries_;
  size_t here_already_ = 0;  // entries at the front that the log has, the same
  bool refused_ = false;
};

absl::Status CheckRequest(const v1::AdoptRequest& request) {
  if (request.protocol() > kProtocol) {
    return MakeStatus(Reason::kVersion, "adopt of a newer protocol");
  }
  size_t bytes = 0;
  for (const v1::LogEntry& entry : request.entries()) bytes += entry.ByteSizeLong();
  if (bytes > kAdoptBytesMax) return MakeStatus(Reason::kLimit, "adopt is larger than 768 KiB");
  if (request.entries_size() == 0 || request.scope().size() != 16) {
    return MakeStatus(Reason::kFormat, "adopt names no entries");
  }
  return absl::OkStatus();
}

AdoptOutcome Refused(const absl::Status& why, uint64_t head_seq, AdoptAlarm alarm) {
  AdoptOutcome outcome;
  outcome.response.set_reason(static_cast<uint32_t>(ReasonOf(why)));
  outcome.response.set_head_seq(head_seq);
  outcome.alarm = alarm;
  return outcome;
}

}  // namespace

absl::StatusOr<AdoptOutcome> AdoptStep(Batch& batch, const v1::AdoptRequest& request,
                                       const PublicKey& own_log_key) {
  absl::Status status = CheckRequest(request);
  if (!status.ok()) return status;
  const Id id = *Id::FromBytes(request.scope());
  AdoptCheck check(batch, request, id, own_log_key);
  status = check.CheckHead();
  if (check.refused()) return Refused(status, 0, AdoptAlarm::kForged);

  absl::StatusOr<Batch::Scope*> scope = batch.Open(id);
  if (!scope.ok()) return scope.status();
  const ScopeRow row = (*scope)->row;
  status = check.DecodeEntries();
  if (status.ok()) status = check.CheckChain(row);
  AdoptOutcome outcome;
  if (status.ok() && check.IsRepeat()) {
    outcome.response.set_adopted(true);
    outcome.response.set_head_seq(row.seq);
    return outcome;
  }
  if (status.ok()) status = check.CheckPlaces(row);
  if (status.ok()) status = check.CheckAuthors();
  outcome.appended = check.fresh();
  if (status.ok()) status = check.Append(**scope);
  if (check.refused()) {
    const bool forged = ReasonOf(status) != Reason::kState;
    return Refused(status, row.seq, forged ? AdoptAlarm::kForged : AdoptAlarm::kForeignHead);
  }
  if (!status.ok()) return status;
  outcome.response.set_adopted(true);
  outcome.response.set_head_seq((*scope)->row.seq);
  outcome.alarm = AdoptAlarm::kAdopted;
  return outcome;
}

}  // namespace doorstep::server
