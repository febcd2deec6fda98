// Which version an approval names, and whether that is now. Plan approval is a comparison, not a
// flag: a decision speaks of exactly one digest, and stays true of it.
#ifndef DOORSTEP_MODEL_PLAN_APPROVAL_H_
#define DOORSTEP_MODEL_PLAN_APPROVAL_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "doorstep/v1/change.pb.h"
#include "doorstep/v1/records.pb.h"
#include "model/catalog.h"
#include "model/files.h"
#include "model/record.h"
#include "model/state.h"

namespace doorstep {

struct ApprovalView {
  Id id;
  Id subject;
  Hash32 digest{};
  v1::Approval_Decision decision{};
  std::vector<Id> answers;
  Id actor;          // who made it
  uint64_t seq = 0;  // of its entry
};
// Approvals of a subject, in log order.
std::vector<ApprovalView> ApprovalsOf(ScopeState& scope, const Id& subject);

// The first line of domain 3.2 that holds.
enum class PlanStatus : uint8_t {
  kClosed,
  kApproved,
  kReturned,
  kSubmitted,
  kChangedSinceApproval,
  kChangedSinceSubmission,
  kDraft
};
struct PlanStanding {
  PlanStatus status = PlanStatus::kDraft;
  Hash32 digest{};                       // of the present content
  std::optional<ApprovalView> approved;  // the latest APPROVED, of whichever digest
  bool decisions_at_odds = false;        // an APPROVED and an unanswered RETURNED of this digest
};
PlanStanding StandingOf(const Catalog& catalog, const Id& tenant, ScopeState& family,
                        const Id& plan);

// Of a change that makes an APPROVED (any other: unspecified): kOwnWork when `actor` wrote a live
// ASK, LATEST or UNION value of the version it names, kContested when a PROTECTIVE cell of the
// family is contested, kAttachment when a file that the version covers has not arrived (design 6).
// The way out of the first is that the worker writes it anew. `files`: null, none is missed.
v1::HeldReason ApprovalGuard(const Catalog& catalog, ScopeState& family,
                             const v1::RecordChange& change, const Id& actor,
                             const ArrivedFiles* files);
// The type of the record that an approval names in this scope; 0 when it is not there.
uint32_t SubjectType(const Catalog& catalog, ScopeState& scope, const Id& subject);

// Whether any PROTECTIVE cell of the family is contested.
bool HasContestedProtective(const Catalog& catalog, ScopeState& family);

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_PLAN_APPROVAL_H_
