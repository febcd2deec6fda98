#include "model/worklist.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "model/digest.h"
#include "model/plan_approval.h"
#include "model/plan_page.h"
#include "model/story_events.h"

namespace doorstep {
namespace {

using Item = v1::WorkItem;
constexpr int64_t kHourMs = 3'600'000;

void SetWho(const Viewpoint& from, std::string_view staff, Item& item) {
  item.set_who(std::string(staff));
  item.set_who_name(NameIn<v1::StaffMember>(from, staff));
}

std::string Words(std::string code) {
  std::replace(code.begin(), code.end(), '_', ' ');
  return absl::AsciiStrToLower(code);
}

// No work is open, and some was: what arrives now arrives on a closed family.
bool IsClosedFamily(Facts& family) {
  bool closed = false;
  for (const Fact<v1::Episode>& episode : family.All<v1::Episode>()) {
    const auto state = episode.in.state();
    if (state == v1::Episode::STATE_ACTIVE || state == v1::Episode::STATE_PENDING) return false;
    closed = closed || state == v1::Episode::STATE_CLOSED;
  }
  return closed;
}

bool HasOversight(Facts& family, const Id& about, const Id& not_by) {
  for (const Fact<v1::ManagementOversight>& note : family.All<v1::ManagementOversight>()) {
    if (note.in.about() == about.view() && note.made_by() != not_by) return true;
  }
  return false;
}

int64_t SettingOf(const Viewpoint& from, v1::SettingKey key) {
  return from.settings.At(key, from.today());
}

int WorkingDaysSince(const Viewpoint& from, int64_t since_ms) {
  return static_cast<int>(CountWorkingDays({LondonDay(since_ms) + 1, from.today()},
                                           from.settings.bank_holidays(), HolidayCounting::kSkip));
}

// An unsent write is as old as now.
int64_t ReceivedOrNow(const Viewpoint& from, uint64_t seq) {
  const int64_t received = from.receipts.ReceivedMs(seq);
  return received == 0 ? from.now_ms : received;
}

}  // namespace

WorkRow RowOf(Facts& family, Item::List list, std::string_view kind, const Record* record) {
  WorkRow row;
  row.item.set_list(list);
  row.item.set_kind(std::string(kind));
  row.item.set_scope(family.scope().str());
  if (record != nullptr) *row.item.mutable_record() = RefOf(*record);
  return row;
}

// ---- 1 concerns
// ------------------------------------------------------------------------------

std::vector<WorkRow> ConcernRows(const Viewpoint& from, Facts& family, const People& people) {
  std::vector<WorkRow> rows;
  const RecordType& type = *Catalog::Get().Find(v1::Concern::descriptor()->name());
  const FieldType& level = *type.FindField(v1::Concern::kLevelFieldNumber);
  for (const Fact<v1::Concern>& concern : family.All<v1::Concern>()) {
    if (concern.in.state() != v1::Concern::STATE_RAISED) continue;
    WorkRow row = RowOf(family, Item::CONCERNS, "concern", concern.record);
    SetWho(from, concern.made_by().view(), row.item);
    row.item.set_person_name(absl::StrJoin(people.NamesOf(concern.in.persons()), ", "));
    row.item.set_since_ms(concern.in.noticed_at());
    bool called = false;
    for (const Fact<v1::ConcernCall>& call : family.All<v1::ConcernCall>()) {
      called = called || (call.in.concern() == concern.id().view() && call.in.answered());
    }
    if (!called) row.item.add_flags("no_call_recorded");
    const int64_t patience = SettingOf(from, v1::SETTING_KEY_CONCERN_ACK_HOURS) * kHourMs;
    if (from.now_ms > concern.in.noticed_at() + patience) row.item.add_flags("late");
    if (IsClosedFamily(family)) row.item.add_flags("closed_family");
    row.item.set_words(absl::StrCat(
        "Concern: ", Words(CodeName(*v1::Concern::Kind_descriptor(), concern.in.kind())), ", ",
        Words(CodeName(*v1::Concern::Level_descriptor(), concern.in.level()))));
    row.item.set_next(called ? "Acknowledge it." : "Ring the author, then acknowledge it.");
    const uint64_t protects = level.Rank(ValueInForce(*concern.record, level));
    row.rank = protects > INT32_MAX ? -int64_t{INT32_MAX} : -static_cast<int64_t>(protects);
    row.order = concern.in.noticed_at();
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<Item> OpenConcerns(const Viewpoint& from, Facts& family, const People& people) {
  std::vector<WorkRow> rows = ConcernRows(from, family, people);
  SortRows(rows);
  std::vector<Item> items;
  for (WorkRow& row : rows) items.push_back(std::move(row.item));
  for (const Fact<v1::Concern>& concern : family.All<v1::Concern>()) {
    if (concern.in.state() != v1::Concern::STATE_ACKNOWLEDGED) continue;
    WorkRow row = RowOf(family, Item::CONCERNS, "concern_acknowledged", concern.record);
    SetWho(from, LastWriteOf(*concern.record, v1::Concern::kStateFieldNumber).actor.view(),
           row.item);
    row.item.set_person_name(absl::StrJoin(people.NamesOf(concern.in.persons()), ", "));
    row.item.set_since_ms(concern.in.noticed_at());
    row.item.set_words(
        absl::StrCat("Concern, acknowledged: ",
                     Words(CodeName(*v1::Concern::Kind_descriptor(), concern.in.kind())), ", ",
                     Words(CodeName(*v1::Concern::Level_descriptor(), concern.in.level()))));
    row.item.set_next("Close it with its outcome.");
    items.push_back(std::move(row.item));
  }
  return items;
}

// ---- 2 check-outs
// ----------------------------------------------------------------------------

std::vector<WorkRow> CheckOutRows(const Viewpoint& from, Facts& family) {
  std::vector<WorkRow> rows;
  const int64_t grace = SettingOf(from, v1::SETTING_KEY_CHECK_OUT_GRACE_MINUTES) * int64_t{60'000};
  for (const Fact<v1::Visit>& visit : family.All<v1::Visit>()) {
    const bool inside =
        visit.in.state() == v1::Visit::STATE_UNDER_WAY && !visit.in.has_checked_out_at();
    if (!inside) continue;
    // Nobody said when it would end: then it is late from its beginning.
    const int64_t until =
        visit.in.has_expected_end_at() ? visit.in.expected_end_at() : VisitTimeMs(visit.in);
    if (from.now_ms <= until + grace) continue;
    WorkRow row = RowOf(family, Item::CHECK_OUTS, "check_out", visit.record);
    SetWho(from, visit.in.worker(), row.item);
    row.item.set_since_ms(until);
    row.item.add_flags("late");
    if (!visit.in.has_expected_end_at()) row.item.add_flags("no_end_given");
    row.item.set_words("In a visit, and not out when expected");
    row.item.set_next("Ring the worker; then their buddy; then the police.");
    row.order = until;
    rows.push_back(std::move(row));
  }
  return rows;
}

// ---- 3 access
// --------------------------------------------------------------------------------

namespace {

// Changesets whose sealed values nobody can open who ought to: neither wraps nor shares reach a
// counting device of a present reader.
void AddUnreadable(const Viewpoint& from, Facts& family, std::vector<WorkRow>& rows) {
  std::map<Id, const Record*> sealed;  // by changeset: one of its records
  for (const RecordType& type : Catalog::Get().types()) {
    if (type.scope != v1::RecordRule::FAMILY) continue;
    for (const FieldType& field : type.fields) {
      if (field.cls != v1::RESTRICTED) continue;
      family.state().ForEach(type.number, [&](const Record& record) {
        const Cell* cell = record.FindCell(field.number);
        if (cell == nullptr) return;
        for (const LiveWrite& write : cell->live) {
          if (!write.value.empty()) sealed.emplace(write.op.uid, &record);
        }
      });
    }
  }
  if (sealed.empty()) return;
  const uint64_t at = from.directory.seq();
  std::set<Id> readers;  // recipient ids
  for (const Id& user : RestrictedReaders(from.directory, at, family.state(), from.now_ms)) {
    for (const DeviceView& device : from.directory.DevicesOf(user, at)) {
      readers.insert(DeriveRecipientId(device.box_pk));
    }
  }
  for (const auto& [uid, record] : sealed) {
    std::optional<std::vector<Id>> known = from.receipts.SealedTo(uid);
    if (!known) continue;
    for (const Fact<v1::Share>& share : family.All<v1::Share>()) {
      std::optional<Id> recipient = Id::FromBytes(share.in.recipient());
      if (share.in.changeset() == uid.view() && recipient) known->push_back(*recipient);
    }
    if (std::any_of(known->begin(), known->end(),
                    [&](const Id& to) { return readers.contains(to); })) {
      continue;
    }
    WorkRow row = RowOf(family, Item::ACCESS, "restricted_unreadable", record);
    row.item.set_since_ms(ReceivedOrNow(from, record->made_seq));
    row.item.set_words("Restricted words that no present reader's device can open");
    row.item.set_next("Ask the recovery officers to open it for a reader.");
    row.order = row.item.since_ms();
    rows.push_back(std::move(row));
  }
}

}  // namespace

std::vector<WorkRow> AccessRows(const Viewpoint& from, Facts& family) {
  std::vector<WorkRow> rows;
  std::optional<FamilyView> view = FamilyOf(family.state());
  if (!view) return rows;
  const uint64_t at = from.directory.seq();
  bool supervised = false;
  for (const Fact<v1::Assignment>& place : family.All<v1::Assignment>()) {
    const Id user = Id::FromBytes(place.in.user()).value_or(Id{});
    const bool open = place.in.state() == v1::Assignment::STATE_OPEN &&
                      (!place.in.has_until_at() || from.now_ms < place.in.until_at());
    const bool supervisor = place.in.relation() == v1::Assignment::RELATION_SUPERVISOR;
    const bool alone =
        supervisor && place.in.reason() == v1::Assignment::REASON_TEAM && place.made_by() == user;
    const bool emergency = place.in.relation() == v1::Assignment::RELATION_BREAK_GLASS;
    supervised = supervised || (supervisor && open && !view->barred_staff.contains(user) &&
                                from.directory.StaffActive(user, at));
    const int64_t since = ReceivedOrNow(from, place.made_seq());
    auto add = [&](std::string_view kind, std::string words, std::string next) -> WorkRow& {
      WorkRow row = RowOf(family, Item::ACCESS, kind, place.record);
      SetWho(from, place.in.user(), row.item);
      row.item.set_since_ms(since);
      row.item.set_words(std::move(words));
      row.item.set_next(std::move(next));
      row.order = since;
      rows.push_back(std::move(row));
      return rows.back();
    };
    // Of an emergency ended or lapsed too: somebody has read this family.
    if ((emergency || alone) && !HasOversight(family, place.id(), user)) {
      WorkRow& row =
          emergency ? add("emergency_access", "Opened in an emergency, and nobody has reviewed it",
                          "Write an oversight note about it.")
                    : add("own_assignment", "A supervisor gave themselves this family",
                          "Write an oversight note about it.");
      const int64_t days = SettingOf(from, v1::SETTING_KEY_EMERGENCY_REVIEW_WORKING_DAYS);
      if (emergency && WorkingDaysSince(from, since) > days) row.item.add_flags("late");
    }
    if (open && view->barred_staff.contains(user)) {
      add("barred_open", "Barred from this family, with a place in it that is still open",
          "End the assignment.");
    }
  }
  if (!supervised) {
    WorkRow row = RowOf(family, Item::ACCESS, "no_supervisor", nullptr);
    row.item.set_words("No supervisor has this family");
    row.item.set_next("Take it, or ask a colleague to.");
    rows.push_back(std::move(row));
  }
  AddUnreadable(from, family, rows);
  return rows;
}

// ---- 4 held and at odds
// ----------------------------------------------------------------------

namespace {

void AddContested(const Viewpoint& from, Facts& family, const Record& record,
                  const FieldType& field, std::vector<WorkRow>& rows) {
  const Cell* cell = record.FindCell(field.number);
  if (cell == nullptr || !IsContested(*cell, field)) return;
  const int64_t since = ReceivedOrNow(from, cell->live.back().seq);
  const bool protects = field.merge == v1::PROTECTIVE;
  const int64_t days = SettingOf(from, v1::SETTING_KEY_CONFLICT_PATIENCE_WORKING_DAYS);
  if (!protects && WorkingDaysSince(from, since) <= days) return;
  WorkRow row =
      RowOf(family, Item::HELD_AND_AT_ODDS, protects ? "two_answers" : "two_texts", &record);
  row.item.set_field(field.name);
  SetWho(from, cell->live.back().actor.view(), row.item);
  row.item.set_since_ms(since);
  row.item.set_words(protects ? "Two answers to something that protects; the safer one holds"
                              : "Two texts stand side by side, and nobody has settled them");
  row.item.set_next(protects ? "Settle it; approvals wait." : "Ask its authors, or settle it.");
  row.rank = protects ? 0 : 2;
  row.order = since;
  rows.push_back(std::move(row));
}

}  // namespace

std::vector<WorkRow> AtOddsRows(const Viewpoint& from, Facts& family) {
  std::vector<WorkRow> rows;
  for (const RecordType& type : Catalog::Get().types()) {
    if (type.scope != v1::RecordRule::FAMILY) continue;
    for (const FieldType& field : type.fields) {
      if (field.merge != v1::PROTECTIVE && field.merge != v1::ASK) continue;
      family.state().ForEach(type.number, [&](const Record& record) {
        if (!family.IsFoldedAway(record.id)) AddContested(from, family, record, field, rows);
      });
    }
  }
  family.state().ForEachHeld([&](const HeldWork& held) {
    const bool waits = held.outcome == HeldWork::Outcome::kWaiting;
    if (!waits || held.reason == v1::HELD_REASON_ALREADY_SO) return;
    WorkRow row = RowOf(family, Item::HELD_AND_AT_ODDS, "held", nullptr);
    if (held.changeset.body.changes_size() > 0) {
      const v1::RecordChange& change = held.changeset.body.changes(0);
      row.item.mutable_record()->set_type(change.type());
      row.item.mutable_record()->set_id(change.id());
      const RecordType* type = Catalog::Get().Find(change.type());
      if (type != nullptr) row.item.mutable_record()->set_type_name(type->name);
    }
    row.item.set_uid(held.changeset.uid.str());
    SetWho(from, held.changeset.actor.view(), row.item);
    row.item.set_since_ms(ReceivedOrNow(from, held.seq));
    row.item.set_words("Kept aside, and waiting for a supervisor");
    row.item.set_next("Release it, or decline it with a reason.");
    row.rank = 1;
    row.order = row.item.since_ms();
    rows.push_back(std::move(row));
  });
  return rows;
}

// ---- 5 plans to decide
// -----------------------------------------------------------------------

namespace {

bool WroteOwnWork(const Viewpoint& from, Facts& family, const Id& plan, const Hash32& digest) {
  v1::Approval approval;
  approval.set_subject(plan.str());
  approval.set_digest(std::string(View(digest)));
  approval.set_decision(v1::Approval::DECISION_APPROVED);
  v1::RecordChange change;
  change.set_type(Catalog::Get().Find(v1::Approval::descriptor()->name())->number);
  change.add_writes()->set_value(approval.SerializeAsString());
  return ApprovalGuard(Catalog::Get(), family.state(), change, from.user, nullptr) ==
         v1::HELD_REASON_OWN_WORK;
}

// Since when a plan has waited: the last submission or decision that put it where it is; of a plan
// changed since, its last word.
int64_t WaitingSince(const Viewpoint& from, Facts& family, const Id& plan, PlanStatus status) {
  uint64_t seq = 0;
  if (status == PlanStatus::kChangedSinceApproval) {
    const RecordType& type = *Catalog::Get().Find(v1::Plan::descriptor()->name());
    for (const Record* record : CoveredBy(Catalog::Get(), family.state(), type.number, plan)) {
      for (const auto& [field, cell] : record->cells) {
        if (!cell.live.empty()) seq = std::max(seq, cell.live.back().seq);
      }
    }
  } else {
    for (const ApprovalView& approval : ApprovalsOf(family.state(), plan)) {
      const bool counts = approval.decision == v1::Approval::DECISION_SUBMITTED ||
                          approval.decision == v1::Approval::DECISION_RETURNED;
      if (counts) seq = std::max(seq, approval.seq);
    }
  }
  return ReceivedOrNow(from, seq);
}

}  // namespace

std::vector<WorkRow> PlanRows(const Viewpoint& from, Facts& family) {
  std::vector<WorkRow> rows;
  for (const Fact<v1::Plan>& plan : family.All<v1::Plan>()) {
    if (plan.in.state() == v1::Plan::STATE_CLOSED) continue;
    const PlanStanding standing =
        StandingOf(Catalog::Get(), from.directory.tenant(), family.state(), plan.id());
    const bool submitted = standing.status == PlanStatus::kSubmitted;
    const bool changed = standing.status == PlanStatus::kChangedSinceApproval;
    if (!standing.decisions_at_odds && !submitted && !changed) continue;
    WorkRow row = RowOf(family, Item::PLANS,
                        standing.decisions_at_odds ? "decisions_at_odds"
                        : submitted                ? "plan_submitted"
                                                   : "plan_changed",
                        plan.record);
    const int64_t since = WaitingSince(from, family, plan.id(), standing.status);
    row.item.set_since_ms(since);
    const int waited = WorkingDaysSince(from, since);
    row.item.set_days(waited);
    const int64_t limit = SettingOf(from, v1::SETTING_KEY_PLAN_DECISION_WORKING_DAYS);
    if (!changed && waited > limit) row.item.add_flags("late");
    const bool own = !from.user.is_zero() && WroteOwnWork(from, family, plan.id(), standing.digest);
    if (own) row.item.add_flags("own_work");
    bool agreed = false;
    Id submitter;
    for (const ApprovalView& approval : ApprovalsOf(family.state(), plan.id())) {
      const bool this_version = approval.digest == standing.digest;
      agreed =
          agreed || (this_version && approval.decision == v1::Approval::DECISION_FAMILY_AGREED);
      if (approval.decision == v1::Approval::DECISION_SUBMITTED) submitter = approval.actor;
    }
    if (!agreed && SettingOf(from, v1::SETTING_KEY_AGREEMENT_MISSING_ASKS) != 0) {
      row.item.add_flags("family_has_not_agreed");
    }
    if (!submitter.is_zero()) SetWho(from, submitter.view(), row.item);
    row.item.set_words(standing.decisions_at_odds ? "Two decisions about one version are at odds"
                       : submitted                ? "A plan waits for your decision"
                                                  : "A plan has changed since it was approved");
    row.item.set_next(own         ? "Ask another supervisor: you wrote part of it."
                      : changed   ? "Ask the worker to submit it; read the difference."
                      : submitted ? "Read the difference; approve or return it."
                                  : "Talk to your colleague; decide again, naming both.");
    row.rank = standing.decisions_at_odds ? 0 : submitted ? 1 : 2;
    row.order = since;
    rows.push_back(std::move(row));
  }
  return rows;
}

// ---- 6 referrals
// -----------------------------------------------------------------------------

std::vector<WorkRow> ReferralRows(const Viewpoint& from, Facts& family) {
  std::vector<WorkRow> rows;
  for (const Fact<v1::Referral>& referral : family.All<v1::Referral>()) {
    const auto state = referral.in.state();
    const bool out = referral.in.direction() == v1::Referral::DIRECTION_OUT;
    const bool waits =
        out ? state == v1::Referral::STATE_SENT
            : state == v1::Referral::STATE_RECEIVED || state == v1::Referral::STATE_SCREENING;
    if (!waits) continue;
    WorkRow row =
        RowOf(family, Item::REFERRALS, out ? "referral_out" : "referral_in", referral.record);
    SetWho(from, referral.made_by().view(), row.item);
    row.item.set_since_ms(LondonMidnightMs(referral.in.received_on()));
    row.item.set_days(from.today() - referral.in.received_on());
    if (referral.in.urgent()) row.item.add_flags("urgent");
    row.item.set_words(
        out ? "A referral is sent, and nobody has answered"
            : absl::StrCat("A referral is ",
                           Words(CodeName(*v1::Referral::State_descriptor(), state))));
    row.item.set_next(out ? "Ring the service, and record its answer."
                          : "Screen it: accept, signpost or pass it on.");
    row.rank = referral.in.urgent() ? 0 : 1;
    row.order = referral.in.received_on();
    rows.push_back(std::move(row));
  }
  return rows;
}

// ---- 7 closing
// -------------------------------------------------------------------------------

std::vector<WorkRow> ClosingRows(const Viewpoint& from, Facts& family, const People& people) {
  std::vector<WorkRow> rows;
  for (const Fact<v1::Episode>& episode : family.All<v1::Episode>()) {
    if (episode.in.state() != v1::Episode::STATE_ACTIVE) continue;
    // What closing would be held for.
    std::vector<std::string> missing;
    bool oversight = false, review = false;
    for (const Fact<v1::ManagementOversight>& note : family.All<v1::ManagementOversight>()) {
      oversight = oversight || note.in.kind() == v1::ManagementOversight::KIND_CLOSURE;
    }
    for (const Fact<v1::Review>& one : family.All<v1::Review>()) {
      review = review || (one.in.kind() == v1::Review::KIND_CLOSING &&
                          one.in.episode() == episode.id().view());
    }
    if (!review) missing.push_back("review_missing");
    if (!oversight) missing.push_back("oversight_missing");
    for (const Fact<v1::Concern>& concern : family.All<v1::Concern>()) {
      if (concern.in.state() == v1::Concern::STATE_RAISED) missing.push_back("concern_raised");
    }
    if (HasContestedProtective(Catalog::Get(), family.state())) missing.push_back("contested");
    missing.erase(std::unique(missing.begin(), missing.end()), missing.end());
    auto add = [&](WorkRow row) {
      for (const std::string& flag : missing) row.item.add_flags(flag);
      rows.push_back(std::move(row));
    };
    for (const Fact<v1::Review>& one : family.All<v1::Review>()) {
      const bool closing =
          one.in.kind() == v1::Review::KIND_CLOSING && one.in.episode() == episode.id().view();
      if (!closing) continue;
      WorkRow row = RowOf(family, Item::CLOSING, "closing_review", one.record);
      SetWho(from, one.made_by().view(), row.item);
      row.item.set_since_ms(LondonMidnightMs(one.in.reviewed_on()));
      row.item.set_days(from.today() - one.in.reviewed_on());
      row.item.set_words(
          absl::StrCat("The closing review proposes: ",
                       Words(CodeName(*v1::Review::Result_descriptor(), one.in.result()))));
      row.item.set_next(missing.empty() ? "Close the episode."
                                        : "Complete what is missing, then close.");
      row.order = one.in.reviewed_on();
      add(std::move(row));
    }
    // The last word of each person about support.
    std::map<Id, const Fact<v1::ServiceAgreement>*> last;
    for (const Fact<v1::ServiceAgreement>& agreement : family.All<v1::ServiceAgreement>()) {
      if (agreement.in.covers() != v1::ServiceAgreement::COVERS_SUPPORT) continue;
      if (agreement.in.has_episode() && agreement.in.episode() != episode.id().view()) continue;
      last[family.PersonOf(agreement.in.person())] = &agreement;
    }
    for (const auto& [person, agreement] : last) {
      if (agreement->in.state() != v1::ServiceAgreement::STATE_WITHDRAWN) continue;
      WorkRow row = RowOf(family, Item::CLOSING, "agreement_withdrawn", agreement->record);
      row.item.set_person_name(people.NameOf(person.view()));
      row.item.set_since_ms(LondonMidnightMs(agreement->in.stated_on()));
      row.item.set_days(from.today() - agreement->in.stated_on());
      row.item.set_words("Agreement to the service is withdrawn");
      row.item.set_next("Speak with the family; close, or agree anew.");
      row.order = agreement->in.stated_on();
      add(std::move(row));
    }
  }
  return rows;
}

// ---- All of it
// -------------------------------------------------------------------------------

std::vector<WorkRow> WorkOfFamily(const Viewpoint& from, Facts& family) {
  const People people(family, from.today());
  std::vector<WorkRow> all;
  for (std::vector<WorkRow> rows :
       {ConcernRows(from, family, people), CheckOutRows(from, family), AccessRows(from, family),
        AtOddsRows(from, family), PlanRows(from, family), ReferralRows(from, family),
        ClosingRows(from, family, people), DueRows(from, family, people),
        LateRecordRows(from, family)}) {
    for (WorkRow& row : rows) all.push_back(std::move(row));
  }
  return all;
}

void CountCaseload(const Viewpoint& from, Facts& family, Caseload& caseload) {
  bool open = false;
  for (const Fact<v1::Episode>& episode : family.All<v1::Episode>()) {
    open = open || episode.in.state() == v1::Episode::STATE_ACTIVE ||
           episode.in.state() == v1::Episode::STATE_PENDING;
  }
  if (!open) return;
  for (const AssignmentView& place : AssignmentsOf(family.state())) {
    const bool leads = place.relation == v1::Assignment::RELATION_LEAD;
    if (leads && place.OpenAt(from.now_ms)) ++caseload[place.user];
  }
}

std::vector<WorkRow> PeopleRows(const Viewpoint& from, const Caseload& caseload) {
  std::vector<WorkRow> rows;
  Facts& office = from.office;
  const uint64_t at = from.directory.seq();
  for (const auto& [user, families] : caseload) {
    std::optional<v1::StaffMember> staff = office.Read<v1::StaffMember>(user.view());
    if (!staff || !staff->has_capacity() || families <= staff->capacity()) continue;
    WorkRow row = RowOf(office, Item::PEOPLE_AND_DEVICES, "over_capacity", nullptr);
    SetWho(from, user.view(), row.item);
    row.item.set_days(static_cast<int32_t>(families - staff->capacity()));
    row.item.set_words(
        absl::StrCat("Leads ", families, " families, and has room for ", staff->capacity()));
    row.item.set_next("Reallocate, or agree a larger caseload.");
    row.rank = 0;
    row.order = -int64_t{row.item.days()};
    rows.push_back(std::move(row));
  }
  auto add = [&](const Record& record, std::string_view kind, std::string_view whose,
                 std::string_view what) {
    WorkRow row = RowOf(office, Item::PEOPLE_AND_DEVICES, kind, &record);
    SetWho(from, whose, row.item);
    row.item.set_words(std::string(what) + " waits for a second person");
    row.item.set_next("Compare it with the person, then approve it.");
    row.rank = 1;
    row.order = static_cast<int64_t>(record.made_seq);
    rows.push_back(std::move(row));
  };
  for (const Fact<v1::Device>& device : office.All<v1::Device>()) {
    const bool waits = device.in.state() == v1::Device::STATE_ACTIVE &&
                       !from.directory.DeviceCounts(device.id(), at);
    if (waits && device.made_by() != from.user) {
      add(*device.record, "device_to_approve", device.in.user(), "A device");
    }
  }
  for (const Fact<v1::StaffRole>& role : office.All<v1::StaffRole>()) {
    const Id user = Id::FromBytes(role.in.user()).value_or(Id{});
    std::vector<RoleView> counting = from.directory.CountingRoles(user, at);
    const bool counts = std::any_of(counting.begin(), counting.end(),
                                    [&](const RoleView& one) { return one.id == role.id(); });
    const bool waits = role.in.state() == v1::StaffRole::STATE_ACTIVE && !counts;
    if (waits && role.made_by() != from.user && user != from.user) {
      add(*role.record, "role_to_approve", role.in.user(), "A role");
    }
  }
  for (const Fact<v1::ServerKeys>& keys : office.All<v1::ServerKeys>()) {
    std::vector<ServerKeysView> counting = from.directory.CountingServerKeys(at);
    const bool counts = std::any_of(counting.begin(), counting.end(),
                                    [&](const ServerKeysView& one) { return one.id == keys.id(); });
    const bool waits = keys.in.state() == v1::ServerKeys::STATE_ACTIVE && !counts;
    if (waits && keys.made_by() != from.user) {
      add(*keys.record, "server_keys_to_approve", "", "A set of server keys");
    }
  }
  return rows;
}

void SortRows(std::vector<WorkRow>& rows) {
  std::sort(rows.begin(), rows.end(), [](const WorkRow& a, const WorkRow& b) {
    auto key = [](const WorkRow& row) {
      return std::tuple(static_cast<int>(row.item.list()), row.rank, row.order,
                        std::string_view(row.item.scope()),
                        std::string_view(row.item.record().id()), std::string_view(row.item.uid()),
                        std::string_view(row.item.kind()), std::string_view(row.item.field()));
    };
    return key(a) < key(b);
  });
}

}  // namespace doorstep
