#include "tests/simulation/plan_facts.h"

#include <algorithm>
#include <vector>

#include "tests/simulation/directory_facts.h"
#include "tests/simulation/schema_facts.h"

namespace doorstep::simulation {
namespace {

struct Said {
  Id id;
  v1::Approval approval;
  uint64_t seq = 0;
};

// Approvals of one subject, in log order.
std::vector<Said> ApprovalsIn(const ScopeTruth& truth, const Id& subject) {
  std::map<Id, std::pair<uint64_t, std::string>> bytes;
  for (auto at = truth.lower_bound({kApprovalType, Id{}, 0});
       at != truth.end() && at->first.type == kApprovalType; ++at) {
    if (at->second.live.empty()) continue;
    auto& [seq, message] = bytes[at->first.record];
    seq = at->second.live.front().seq;
    message += at->second.live.front().value;
  }
  std::vector<Said> said;
  for (const auto& [id, made] : bytes) {
    Said one{id, {}, made.first};
    if (!one.approval.ParseFromString(made.second)) continue;
    if (one.approval.subject() == subject.view()) said.push_back(std::move(one));
  }
  std::sort(said.begin(), said.end(), [](const Said& a, const Said& b) {
    return std::pair(a.seq, a.id) < std::pair(b.seq, b.id);
  });
  return said;
}

bool AnsweredLater(const std::vector<Said>& said, size_t returned) {
  for (size_t i = returned + 1; i < said.size(); ++i) {
    for (const std::string& answer : said[i].approval.answers()) {
      if (answer == said[returned].id.view()) return true;
    }
  }
  return false;
}

bool IsClosed(const ScopeTruth& truth, const Id& plan) {
  auto cell = truth.find({kPlanType, plan, StateFieldOf(kPlanType)});
  return cell != truth.end() && !cell->second.live.empty() &&
         NumberIn(cell->second.live.back().value) == v1::Plan::STATE_CLOSED;
}

}  // namespace

std::string PlanStatusAt(const EntryBook& book, const Node* end, const Id& plan) {
  const ScopeTruth truth = TruthAt(end);
  if (IsClosed(truth, plan)) return "CLOSED";
  const std::string digest = VersionOf(book.tenant(), end->scope, kPlanType, plan, truth);
  bool approved = false;
  bool returned = false;
  bool submitted = false;
  bool approved_other = false;
  bool submitted_other = false;
  const std::vector<Said> said = ApprovalsIn(truth, plan);
  for (size_t i = 0; i < said.size(); ++i) {
    const bool present = said[i].approval.digest() == digest;
    switch (said[i].approval.decision()) {
      case v1::Approval::DECISION_APPROVED:
        (present ? approved : approved_other) = true;
        break;
      case v1::Approval::DECISION_RETURNED:
        if (present && !AnsweredLater(said, i)) returned = true;
        break;
      case v1::Approval::DECISION_SUBMITTED:
        (present ? submitted : submitted_other) = true;
        break;
      case v1::Approval::DECISION_WITHDRAWN:
        if (present) submitted = false;
        break;
      default:
        break;
    }
  }
  if (approved && !returned) return "APPROVED";
  if (returned) return "RETURNED";
  if (submitted) return "SUBMITTED";
  if (approved_other) return "CHANGED_SINCE_APPROVAL";
  return submitted_other ? "CHANGED_SINCE_SUBMISSION" : "DRAFT";
}

std::optional<std::string> UnfitApproval(const EntryBook& book, const Node& entry) {
  if (!entry.applied() || entry.scope == book.tenant()) return std::nullopt;
  for (const v1::RecordChange& change : entry.body.changes()) {
    if (change.type() != kApprovalType) continue;
    const v1::Approval approval = MessageIn<v1::Approval>(change);
    if (approval.decision() != v1::Approval::DECISION_APPROVED) continue;
    const Id subject = IdOf(approval.subject());
    const ScopeTruth truth = TruthAt(entry.before);
    // What is approved is the subject with its parts: everything that hangs on it by part_of.
    std::set<Id> covered = {subject};
    for (bool grew = true; grew;) {
      grew = false;
      for (const auto& [key, cell] : truth) {
        const RecordFacts* facts = FactsOf(key.type);
        if (facts == nullptr || facts->part_of == 0 || facts->part_of != key.field) continue;
        if (cell.live.empty() || covered.contains(key.record)) continue;
        const std::optional<Id> owner = IdIn(cell.live.front().value);
        if (owner && covered.contains(*owner)) grew = covered.insert(key.record).second || grew;
      }
    }
    for (const auto& [key, cell] : truth) {
      const RecordFacts* facts = FactsOf(key.type);
      const FieldFacts* field = facts == nullptr ? nullptr : facts->Field(key.field);
      if (field == nullptr) continue;
      if (field->merge == v1::PROTECTIVE) {
        for (const LiveValue& value : cell.live) {
          if (value.value != cell.live.front().value)
            return "while a protective value is contested";
        }
      }
      const bool persons =
          field->merge == v1::ASK || field->merge == v1::LATEST || field->merge == v1::UNION;
      if (!persons || field->outside_version || !covered.contains(key.record)) continue;
      for (const LiveValue& value : cell.live) {
        if (value.actor == entry.actor) return "of its author's own work";
      }
    }
  }
  return std::nullopt;
}

}  // namespace doorstep::simulation
