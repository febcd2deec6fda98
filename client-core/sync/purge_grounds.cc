#include "client-core/sync/purge_grounds.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "doorstep/v1/records.pb.h"
#include "model/catalog.h"
#include "model/value.h"

namespace doorstep::client {
namespace {

// Ids of the Assignments that a changeset says are over.
std::vector<Id> EndingsIn(const Catalog& catalog, const Changeset& changeset) {
  const RecordType* assignment = catalog.Find(v1::Assignment::descriptor()->name());
  std::vector<Id> ended;
  for (const v1::RecordChange& change : changeset.body.changes()) {
    if (change.type() != assignment->number) continue;
    std::optional<Id> id = Id::FromBytes(change.id());
    for (const v1::FieldWrite& write : change.writes()) {
      bool ends = write.field() == v1::Assignment::kStateFieldNumber &&
                  DecodeCode(write.field(), write.value()) == v1::Assignment::STATE_ENDED;
      if (ends && id) ended.push_back(*id);
    }
  }
  return ended;
}

// What the proof and this device's own log say of the person's places.
class Places {
 public:
  explicit Places(const LossQuestion& question) : question_(question) {}

  void Open(const std::vector<AssignmentView>& assignments) {
    for (const AssignmentView& assignment : assignments) {
      if (assignment.user == question_.user) places_.try_emplace(assignment.id, assignment);
    }
  }
  // False when it is no place of this person's.
  bool End(const Id& id) {
    auto place = places_.find(id);
    if (place == places_.end()) return false;
    place->second.open = false;
    return true;
  }
  bool empty() const { return places_.empty(); }
  bool AnyOpen() const {
    return std::any_of(places_.begin(), places_.end(), [&](const auto& place) {
      return place.second.OpenAt(question_.now_ms) || place.second.OpenAt(question_.server_ms);
    });
  }
  std::set<Id> All() const {
    std::set<Id> ids;
    for (const auto& [id, place] : places_) ids.insert(id);
    return ids;
  }

 private:
  const LossQuestion& question_;
  std::map<Id, AssignmentView> places_;
};

bool MayEnd(const LossQuestion& question, const Changeset& changeset) {
  const Directory& directory = question.directory;
  std::optional<DeviceView> device = directory.FindDevice(changeset.device, directory.seq());
  if (!device || device->user != changeset.actor) return false;
  if (!directory.DeviceCountedEver(changeset.device)) return false;
  return changeset.actor == question.user ||
         directory.HadRoleEver(changeset.actor, v1::ROLE_SUPERVISOR);
}

// The signed changesets of the frame; nullopt when one of them nobody known has signed.
std::optional<std::vector<Changeset>> ReadProof(const LossQuestion& question, const Id& scope,
                                                const v1::PullFrame::Ended& ended) {
  std::vector<Changeset> proof;
  for (const v1::SignedChangeset& wire : ended.proof()) {
    absl::StatusOr<Changeset> changeset = DecodeChangeset(wire);
    if (!changeset.ok() || changeset->scope != scope) return std::nullopt;
    std::optional<PublicKey> key =
        question.directory.SigningKey(changeset->device, question.directory.seq());
    if (!key) return std::nullopt;
    if (!question.verifier.VerifyAuthor(question.directory.tenant(), *changeset, *key)) {
      return std::nullopt;
    }
    proof.push_back(*std::move(changeset));
  }
  return proof;
}

}  // namespace

LossFinding JudgeEnded(const LossQuestion& question, ScopeState& stored,
                       const std::vector<WaitingRow>& rows, const v1::PullFrame::Ended& ended) {
  LossFinding finding;
  auto alarm = [&](const std::string& rule) {
    finding.alarms.push_back(absl::StrCat(rule, ": family ", stored.scope().short_hex()));
  };
  std::optional<std::vector<Changeset>> proof = ReadProof(question, stored.scope(), ended);
  if (!proof) {
    alarm("forged proof of an ending");
    return finding;
  }
  Places places(question);
  places.Open(AssignmentsOf(stored));
  for (const WaitingRow& row : rows) {
    if (!row.held) places.Open(AssignmentsCreatedBy(row.changeset));
  }
  for (const Changeset& changeset : *proof) places.Open(AssignmentsCreatedBy(changeset));

  std::map<Id, const Changeset*> by_uid;
  for (const Changeset& changeset : *proof) by_uid[changeset.uid] = &changeset;
  const HeldWork* first = FirstEntryOf(question.directory.tenant(), stored);
  for (const Changeset& changeset : *proof) {
    bool concerns = false;
    bool entitled = MayEnd(question, changeset);
    for (const Id& id : EndingsIn(question.catalog, changeset)) {
      if (!entitled) {
        alarm("ending by one who may not");
      } else if (places.End(id)) {
        concerns = true;
      }
    }
    for (const DecisionView& decision : DecisionsIn(changeset)) {
      if (!entitled) continue;
      // One who read the family while nobody had founded it reads it no more once that is decided.
      if (first != nullptr && decision.held == first->changeset.uid) concerns = true;
      auto declined = by_uid.find(decision.held);
      if (decision.release || declined == by_uid.end()) continue;
      for (const AssignmentView& place : AssignmentsCreatedBy(*declined->second)) {
        if (places.End(place.id)) concerns = true;
      }
    }
    if (concerns) finding.endings.push_back(changeset);
  }

  if (places.AnyOpen()) {
    finding.loss = finding.endings.empty() ? Loss::kHidden : Loss::kNone;
    return finding;
  }
  // No place at all is no ending: somebody has to have said so.
  if (places.empty() && finding.endings.empty()) {
    finding.loss = Loss::kHidden;
    return finding;
  }
  finding.loss = Loss::kLost;
  finding.assignments = places.All();
  return finding;
}

bool MayTakeUp(ScopeState& offered, const Id& user, const std::set<Id>& acted_on, int64_t now_ms) {
  bool any = false;
  for (const AssignmentView& place : AssignmentsOf(offered)) {
    if (place.user != user || !place.OpenAt(now_ms)) continue;
    if (!acted_on.contains(place.id)) return true;
    any = true;
  }
  return !any;
}

}  // namespace doorstep::client
