#include "client-core/client/plan_answer.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "crypto/reason.h"
#include "model/digest.h"
#include "model/merge.h"
#include "model/plan_approval.h"
#include "model/plan_page.h"
#include "model/version.h"

namespace doorstep::client {
namespace {

bool HasUnknown(const Catalog& catalog, const std::vector<const Record*>& covered) {
  for (const Record* record : covered) {
    const RecordType* type = catalog.Find(record->type);
    if (type == nullptr) return true;
    for (const auto& [number, cell] : record->cells) {
      if (type->FindField(number) == nullptr) return true;
    }
  }
  return false;
}

// A plan as it is seen now.
struct Subject {
  ScopeState* state = nullptr;
  OverlayScope* seen = nullptr;
  uint32_t type = 0;
  PlanStanding standing;
  std::vector<const Record*> covered;
};

absl::StatusOr<Subject> FindSubject(const Desk& desk, const Id& family, const Id& plan,
                                    int64_t now_ms) {
  absl::StatusOr<OverlayScope*> seen = desk.store.overlay().Of(family, now_ms);
  if (!seen.ok()) return seen.status();
  Subject subject;
  subject.seen = *seen;
  subject.state = (*seen)->state.get();
  subject.type = SubjectType(desk.catalog(), *subject.state, plan);
  if (subject.type == 0) return MakeStatus(Reason::kNotFound, "no such plan");
  subject.standing = StandingOf(desk.catalog(), desk.tenant(), *subject.state, plan);
  subject.covered = CoveredBy(desk.catalog(), *subject.state, subject.type, plan);
  return subject;
}

struct Found {
  uint64_t seq = 0;  // of the entry after which it first stood; 0: only in the outbox
  int64_t received_ms = 0;
  VersionContent content;
};

// The versions with these digests, found by folding the log anew and the outbox on top of it.
class VersionSearch {
 public:
  VersionSearch(const Desk& desk, const Id& family, const Id& plan, uint32_t type,
                std::set<Hash32> wanted)
      : desk_(desk), plan_(plan), type_(type), wanted_(std::move(wanted)), then_(family, nullptr) {
    for (uint32_t covered : TypesCovered(desk.catalog(), type)) types_.insert(covered);
  }

  absl::Status Read(const OverlayScope& seen) {
    const ScopeRow* row = desk_.store.log().Find(then_.scope());
    absl::Status read = absl::OkStatus();
    if (row != nullptr) {
      read = desk_.store.log().ForEach(then_.scope(), 1, row->seq, [&](const Entry& entry) {
        FoldEntry(then_, entry);
        const bool moved = Touches(entry.changeset) || entry.meta.released_size() > 0;
        if (moved) Note(entry.seq(), entry.meta.received_ms());
        return found_.size() < wanted_.size();
      });
    }
    if (!read.ok()) return read;
    for (const OverlayRow& one : seen.rows) {
      if (one.verdict != v1::APPLIED || one.row.sealed) continue;
      absl::StatusOr<Changeset> changeset = desk_.store.outbox().Load(one.row);
      if (!changeset.ok()) return changeset.status();
      MergeChangeset(then_, *changeset, one.seq);
      if (Touches(*changeset)) Note(0, 0);
    }
    return then_.status();
  }

  std::map<Hash32, Found>& found() { return found_; }

 private:
  bool Touches(const Changeset& changeset) const {
    const auto& changes = changeset.body.changes();
    return std::any_of(changes.begin(), changes.end(), [&](const v1::RecordChange& change) {
      return types_.contains(change.type());
    });
  }

  void Note(uint64_t seq, int64_t received_ms) {
    std::vector<const Record*> covered = CoveredBy(desk_.catalog(), then_, type_, plan_);
    if (covered.empty()) return;
    const Hash32 digest =
        VersionDigest(desk_.catalog(), desk_.tenant(), then_.scope(), type_, plan_, covered);
    if (!wanted_.contains(digest)) return;
    found_.try_emplace(digest, Found{seq, received_ms, ContentOf(desk_.catalog(), covered)});
  }

  const Desk& desk_;
  Id plan_;
  uint32_t type_;
  std::set<Hash32> wanted_;
  std::set<uint32_t> types_;
  ScopeState then_;
  std::map<Hash32, Found> found_;
};

}  // namespace

absl::StatusOr<v1::PlanAnswer> AnswerPlan(const Desk& desk, Viewer& viewer, const Id& family,
                                          const Id& plan, int64_t now_ms) {
  absl::StatusOr<Subject> subject = FindSubject(desk, family, plan, now_ms);
  if (!subject.ok()) return subject.status();
  const PlanStanding& standing = subject->standing;
  v1::PlanAnswer answer;
  answer.set_plan(plan.str());
  answer.set_status(std::string(PlanStatusName(standing.status)));
  answer.set_digest(std::string(View(standing.digest)));
  answer.set_decisions_at_odds(standing.decisions_at_odds);
  answer.set_unknown_content(HasUnknown(desk.catalog(), subject->covered));
  VersionContent before;
  if (standing.approved) {
    const Hash32& approved = standing.approved->digest;
    answer.set_approved_digest(std::string(View(approved)));
    answer.set_provisional(IsProvisional(standing.approved->seq));
    VersionSearch search(desk, family, plan, subject->type, {approved});
    absl::Status read = search.Read(*subject->seen);
    if (!read.ok()) return read;
    auto found = search.found().find(approved);
    if (found != search.found().end()) before = std::move(found->second.content);
  }
  v1::PlanDifference difference;
  AddDifference(desk.catalog(), before, ContentOf(desk.catalog(), subject->covered), difference);
  for (v1::PlanDifference::Change& change : *difference.mutable_changes()) {
    v1::PlanAnswer::Change* shown = answer.add_changes();
    *shown->mutable_record() =
        viewer.RefOf(change.record().type(), Id::FromBytes(change.record().id()).value_or(Id{}));
    shown->set_field(change.field());
    *shown->mutable_before() = std::move(*change.mutable_before());
    *shown->mutable_after() = std::move(*change.mutable_after());
  }
  return answer;
}

absl::StatusOr<std::vector<v1::Answer>> ListVersions(const Desk& desk, Viewer& viewer,
                                                     const Id& family, const Id& plan,
                                                     int64_t now_ms) {
  absl::StatusOr<Subject> subject = FindSubject(desk, family, plan, now_ms);
  if (!subject.ok()) return subject.status();
  const Hash32& present = subject->standing.digest;
  std::vector<ApprovalView> approvals = ApprovalsOf(*subject->state, plan);
  std::set<Hash32> wanted = {present};
  for (const ApprovalView& approval : approvals) wanted.insert(approval.digest);
  VersionSearch search(desk, family, plan, subject->type, wanted);
  absl::Status read = search.Read(*subject->seen);
  if (!read.ok()) return read;
  std::vector<v1::PlanVersion> versions;
  for (const Hash32& digest : wanted) {
    v1::PlanVersion& version = versions.emplace_back();
    version.set_digest(std::string(View(digest)));
    version.set_present(digest == present);
    auto found = search.found().find(digest);
    version.set_readable(found != search.found().end() || digest == present);
    if (found != search.found().end()) {
      version.set_seq(found->second.seq);
      version.set_received_ms(found->second.received_ms);
    }
    for (const ApprovalView& approval : approvals) {
      if (approval.digest != digest) continue;
      v1::DecisionLine* line = version.add_decisions();
      line->set_id(approval.id.str());
      line->set_decision(DecisionName(approval));
      line->set_by(viewer.names().Person(approval.actor));
      line->set_this_version(digest == present);
      line->set_provisional(IsProvisional(approval.seq));
    }
  }
  std::stable_sort(versions.begin(), versions.end(),
                   [](const v1::PlanVersion& a, const v1::PlanVersion& b) {
                     if (a.present() != b.present()) return b.present();
                     const uint64_t none = UINT64_MAX;
                     return (a.seq() == 0 ? none : a.seq()) < (b.seq() == 0 ? none : b.seq());
                   });
  std::vector<v1::Answer> answers;
  for (v1::PlanVersion& version : versions) {
    *answers.emplace_back().mutable_plan_version() = std::move(version);
  }
  return answers;
}

absl::StatusOr<v1::PlanDifference> AnswerDifference(const Desk& desk, const Id& family,
                                                    const Id& plan,
                                                    const v1::Query::PlanDifference& query,
                                                    int64_t now_ms) {
  absl::StatusOr<Subject> subject = FindSubject(desk, family, plan, now_ms);
  if (!subject.ok()) return subject.status();
  const PlanStanding& standing = subject->standing;
  std::optional<Hash32> before, after;
  if (standing.approved) before = standing.approved->digest;
  for (auto [bytes, into] : {std::pair(&query.before(), &before), {&query.after(), &after}}) {
    if (bytes->empty()) continue;
    Hash32 named{};
    if (!CopyExactly(*bytes, named)) return MakeStatus(Reason::kArg, "a digest is 32 bytes");
    *into = named;
  }
  std::set<Hash32> wanted;
  for (const std::optional<Hash32>& digest : {before, after}) {
    if (digest) wanted.insert(*digest);
  }
  VersionSearch search(desk, family, plan, subject->type, wanted);
  absl::Status read = search.Read(*subject->seen);
  if (!read.ok()) return read;
  v1::PlanDifference difference;
  difference.set_plan(plan.str());
  difference.set_after(std::string(View(after.value_or(standing.digest))));
  if (before) difference.set_before(std::string(View(*before)));
  auto content = [&](const std::optional<Hash32>& digest) -> std::optional<VersionContent> {
    if (!digest) return std::nullopt;
    auto found = search.found().find(*digest);
    if (found != search.found().end()) return found->second.content;
    if (*digest == standing.digest) return ContentOf(desk.catalog(), subject->covered);
    return std::nullopt;
  };
  std::optional<VersionContent> was = content(before), is = content(after);
  if ((before && !was) || (after && !is)) {
    return MakeStatus(Reason::kNotFound, "no such version of the plan stood here");
  }
  AddDifference(desk.catalog(), was.value_or(VersionContent()),
                after ? *is : ContentOf(desk.catalog(), subject->covered), difference);
  return difference;
}

}  // namespace doorstep::client
