#include "model/plan_approval.h"

#include <algorithm>
#include <set>
#include <utility>

#include "model/digest.h"
#include "model/planted.h"
#include "model/value.h"

namespace doorstep {
namespace {

constexpr uint32_t kPlan = 20;
constexpr uint32_t kApproval = 24;

bool Answered(const std::vector<ApprovalView>& approvals, size_t returned) {
  return std::any_of(approvals.begin() + static_cast<std::ptrdiff_t>(returned) + 1, approvals.end(),
                     [&](const ApprovalView& later) {
                       return std::find(later.answers.begin(), later.answers.end(),
                                        approvals[returned].id) != later.answers.end();
                     });
}

// What has been decided of one digest, and of others.
struct Tally {
  bool approved = false, unanswered_return = false, submitted = false;
  bool approved_other = false, submitted_other = false;
};

Tally TallyOf(const std::vector<ApprovalView>& approvals, const Hash32& digest) {
  Tally tally;
  for (size_t i = 0; i < approvals.size(); ++i) {
    const ApprovalView& approval = approvals[i];
    bool present = approval.digest == digest || Planted(Fault::kDigestAtApproval);
    switch (approval.decision) {
      case v1::Approval::DECISION_APPROVED:
        (present ? tally.approved : tally.approved_other) = true;
        break;
      case v1::Approval::DECISION_RETURNED:
        if (present && !Answered(approvals, i)) tally.unanswered_return = true;
        break;
      case v1::Approval::DECISION_SUBMITTED:
        (present ? tally.submitted : tally.submitted_other) = true;
        break;
      case v1::Approval::DECISION_WITHDRAWN:
        if (present) tally.submitted = false;
        break;
      default:
        break;
    }
  }
  return tally;
}

PlanStatus StatusOf(const Tally& tally) {
  if (tally.approved && !tally.unanswered_return) return PlanStatus::kApproved;
  if (tally.unanswered_return) return PlanStatus::kReturned;
  if (tally.submitted) return PlanStatus::kSubmitted;
  if (tally.approved_other) return PlanStatus::kChangedSinceApproval;
  if (tally.submitted_other) return PlanStatus::kChangedSinceSubmission;
  return PlanStatus::kDraft;
}

bool IsClosed(ScopeState& family, const Id& plan) {
  const Record* record = family.Find(kPlan, plan);
  v1::Plan message;
  return record != nullptr && ParseInForce(*record, *Catalog::Get().Find(kPlan), message) &&
         message.state() == v1::Plan::STATE_CLOSED;
}

// Whether a record has a file beside it that is not there.
bool MissesFile(const ArrivedFiles& files, const Id& family, const RecordType& type,
                const Record& record) {
  const FieldType* content = type.HasFile() ? type.FindField(type.file.content) : nullptr;
  if (content == nullptr) return false;
  std::optional<std::string_view> id = DecodeBytes(content->number, ValueInForce(record, *content));
  return id && !files.Has(family, *id);
}

bool IsPersonsOwn(v1::Merge merge) {
  return merge == v1::ASK || merge == v1::LATEST || merge == v1::UNION;
}

}  // namespace

std::vector<ApprovalView> ApprovalsOf(ScopeState& scope, const Id& subject) {
  std::vector<ApprovalView> approvals;
  const RecordType& type = *Catalog::Get().Find(kApproval);
  scope.ForEach(kApproval, [&](const Record& record) {
    v1::Approval message;
    if (!ParseInForce(record, type, message) || message.subject() != subject.view()) return;
    ApprovalView view;
    view.id = record.id;
    view.subject = subject;
    if (!CopyExactly(message.digest(), view.digest)) return;
    view.decision = message.decision();
    for (const std::string& answer : message.answers()) view.answers.push_back(IdOrZero(answer));
    view.actor = record.made_actor;
    view.seq = record.made_seq;
    approvals.push_back(std::move(view));
  });
  std::sort(approvals.begin(), approvals.end(), [](const ApprovalView& a, const ApprovalView& b) {
    return std::pair(a.seq, a.id) < std::pair(b.seq, b.id);
  });
  return approvals;
}

PlanStanding StandingOf(const Catalog& catalog, const Id& tenant, ScopeState& family,
                        const Id& plan) {
  PlanStanding standing;
  standing.digest = DigestOfSubject(catalog, tenant, family, kPlan, plan);
  std::vector<ApprovalView> approvals = ApprovalsOf(family, plan);
  Tally tally = TallyOf(approvals, standing.digest);
  standing.status = IsClosed(family, plan) ? PlanStatus::kClosed : StatusOf(tally);
  standing.decisions_at_odds = tally.approved && tally.unanswered_return;
  for (const ApprovalView& approval : approvals) {
    if (approval.decision == v1::Approval::DECISION_APPROVED) standing.approved = approval;
  }
  return standing;
}

uint32_t SubjectType(const Catalog& catalog, ScopeState& scope, const Id& subject) {
  for (const RecordType& type : catalog.types()) {
    if (scope.Find(type.number, subject) != nullptr) return type.number;
  }
  return 0;
}

bool HasContestedProtective(const Catalog& catalog, ScopeState& family) {
  bool contested = false;
  for (const RecordType& type : catalog.types()) {
    for (const FieldType& field : type.fields) {
      if (field.merge != v1::PROTECTIVE || contested) continue;
      family.ForEach(type.number, [&](const Record& record) {
        const Cell* cell = record.FindCell(field.number);
        if (cell != nullptr && IsContested(*cell, field)) contested = true;
      });
    }
  }
  return contested;
}

v1::HeldReason ApprovalGuard(const Catalog& catalog, ScopeState& family,
                             const v1::RecordChange& change, const Id& actor,
                             const ArrivedFiles* files) {
  if (change.type() != kApproval) return v1::HELD_REASON_UNSPECIFIED;
  std::string bytes;
  for (const v1::FieldWrite& write : change.writes()) bytes += write.value();
  v1::Approval approval;
  if (!approval.ParseFromString(bytes)) return v1::HELD_REASON_SHAPE;
  if (approval.decision() != v1::Approval::DECISION_APPROVED) return v1::HELD_REASON_UNSPECIFIED;
  Id subject = IdOrZero(approval.subject());
  uint32_t subject_type = SubjectType(catalog, family, subject);
  bool misses = false;
  for (const Record* record : CoveredBy(catalog, family, subject_type, subject)) {
    const RecordType* type = catalog.Find(record->type);
    for (const auto& [number, cell] : record->cells) {
      const FieldType* field = type == nullptr ? nullptr : type->FindField(number);
      if (field == nullptr || !IsPersonsOwn(field->merge) || field->outside_version) continue;
      bool own = std::any_of(cell.live.begin(), cell.live.end(),
                             [&](const LiveWrite& write) { return write.actor == actor; });
      if (own && !Planted(Fault::kOwnWork)) return v1::HELD_REASON_OWN_WORK;
    }
    misses = misses || (files != nullptr && type != nullptr &&
                        MissesFile(*files, family.scope(), *type, *record));
  }
  if (HasContestedProtective(catalog, family)) return v1::HELD_REASON_CONTESTED;
  if (misses) return v1::HELD_REASON_ATTACHMENT;
  return v1::HELD_REASON_UNSPECIFIED;
}

}  // namespace doorstep
