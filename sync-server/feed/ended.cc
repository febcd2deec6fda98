#include "sync-server/feed/ended.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "model/state.h"
#include "sync-server/store/limits.h"

namespace doorstep::server {
namespace {

// Numbers of the entries that say what became of this person's places here.
absl::StatusOr<std::set<uint64_t>> OwnPlaces(const ReadView& view, ScopeState& family,
                                             const Id& user) {
  std::set<uint64_t> seqs;
  bool had_place = false;
  for (const AssignmentView& assignment : AssignmentsOf(family)) {
    if (assignment.user != user) continue;
    had_place = true;
    seqs.insert(assignment.made_seq);
  }
  family.ForEachHeld([&](const HeldWork& held) {
    const std::vector<AssignmentView> opened = AssignmentsCreatedBy(held.changeset);
    const bool own = std::any_of(opened.begin(), opened.end(),
                                 [&](const AssignmentView& place) { return place.user == user; });
    const bool declined = held.outcome == HeldWork::Outcome::kDeclined && own;
    const bool founded = held.outcome != HeldWork::Outcome::kWaiting && !had_place &&
                         BeginsFamily(view.tenant(), held.changeset);
    if (!declined && !founded) return;
    seqs.insert(held.seq);
    seqs.insert(held.decided_seq);
  });
  if (!family.status().ok()) return family.status();
  return seqs;
}

// Adds the changesets of `wanted` while they fit.
class ProofBuilder {
 public:
  ProofBuilder(const ReadView& view, const Id& scope) : view_(view), scope_(scope) {}

  absl::Status Add(const std::set<uint64_t>& wanted) {
    for (uint64_t seq : wanted) {
      if (chosen_.contains(seq)) continue;
      absl::Status read = view_.ReadLog(scope_, seq - 1, [&](LogRow row) {
        Take(std::move(row));
        return ReadView::Visit::kStop;
      });
      if (!read.ok()) return read;
    }
    return absl::OkStatus();
  }

  void Take(LogRow row) {
    if (chosen_.contains(row.seq)) return;
    const size_t size = row.changeset.size() + row.signature.size() + 16;
    if (bytes_ + size > kEndedBytesMax) return;
    bytes_ += size;
    v1::SignedChangeset& wire = chosen_[row.seq];
    wire.set_changeset(std::move(row.changeset));
    wire.set_signature(View(row.signature).data(), row.signature.size());
  }

  v1::PullFrame::Ended Build() {
    v1::PullFrame::Ended ended;
    ended.set_scope(scope_.str());
    for (auto& [seq, wire] : chosen_) *ended.add_proof() = std::move(wire);
    return ended;
  }

 private:
  const ReadView& view_;
  Id scope_;
  size_t bytes_ = 0;
  std::map<uint64_t, v1::SignedChangeset> chosen_;
};

}  // namespace

absl::StatusOr<v1::PullFrame::Ended> EndedProof(const ReadView& view, const Id& scope,
                                                const Id& user, uint64_t after, int64_t now_ms) {
  ScopeState family(scope, &view);
  ProofBuilder proof(view, scope);
  std::set<Id> own;  // this person's assignments
  bool open = false;
  for (const AssignmentView& assignment : AssignmentsOf(family)) {
    if (assignment.user != user) continue;
    own.insert(assignment.id);
    open = open || assignment.OpenAt(now_ms);
  }
  absl::StatusOr<std::set<uint64_t>> places = OwnPlaces(view, family, user);
  if (!places.ok()) return places.status();
  if (open) return proof.Build();
  absl::Status added = proof.Add(*places);
  if (!added.ok()) return added;

  std::vector<LogRow> others;
  absl::Status decoded;
  absl::Status read = view.ReadLog(scope, after, [&](LogRow row) {
    absl::StatusOr<Entry> entry = ToEntry(row);
    if (!entry.ok()) {
      decoded = entry.status();
      return ReadView::Visit::kStop;
    }
    const std::vector<Id> written = AssignmentsWrittenBy(entry->changeset);
    const HeldWork* held = entry->applied() ? nullptr : family.FindHeld(entry->changeset.uid);
    const bool effective =
        entry->applied() || (held != nullptr && held->outcome == HeldWork::Outcome::kReleased);
    if (written.empty() || !effective) return ReadView::Visit::kGoOn;
    const bool concerns =
        std::any_of(written.begin(), written.end(), [&](const Id& id) { return own.contains(id); });
    if (concerns) {
      proof.Take(std::move(row));
    } else {
      others.push_back(std::move(row));
    }
    return ReadView::Visit::kGoOn;
  });
  for (const absl::Status& status : {read, decoded, family.status()}) {
    if (!status.ok()) return status;
  }
  for (LogRow& row : others) proof.Take(std::move(row));
  return proof.Build();
}

}  // namespace doorstep::server
