// Lists 8 and 9: what is due by the programme's timescales, and records that come late.
#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "model/plan_page.h"
#include "model/story_events.h"
#include "model/worklist.h"

namespace doorstep {
namespace {

using Item = v1::WorkItem;

// Where no timescale warns: so many days ahead.
constexpr Day kSoonDays = 7;
// An extended clock warns so long before its end (programmes, section 11).
constexpr Day kExtensionWarnDays = 14;
// A record that came late stands on the list so long, unless a supervisor has written about it.
constexpr Day kLateShownDays = 28;

struct Dates {
  Day due = 0;
  Day warn = 0;
};

class Due {
 public:
  Due(const Viewpoint& from, Facts& family, const People& people)
      : from_(from), family_(family), people_(people) {}

  std::vector<WorkRow> Make() {
    for (const Fact<v1::Episode>& episode : family_.All<v1::Episode>()) {
      if (episode.in.state() == v1::Episode::STATE_CLOSED) Sustained(episode);
      if (episode.in.state() != v1::Episode::STATE_ACTIVE) continue;
      Assessment(episode);
      FirstMeeting(episode);
      PlanApproved(episode);
      Review(episode);
      VisitGap(episode);
      Clock(episode);
      Supervision(episode);
      if (const Fact<v1::Plan>* plan = PlanOf(family_, episode.id())) Actions(*plan);
    }
    Markers();
    return std::move(rows_);
  }

 private:
  std::optional<Dates> DatesOf(const v1::Episode& episode, TimedStep step, Day start) const {
    std::optional<Timescale> scale = from_.timescales.Of(episode, step);
    if (!scale) return std::nullopt;
    const BankHolidays& holidays = from_.settings.bank_holidays();
    return Dates{DueDay(start, scale->limit, holidays), DueDay(start, scale->warn, holidays)};
  }

  // Nothing before the day it warns.
  void Add(std::string_view kind, const Record* record, const Dates& dates, std::string words,
           std::string next, std::string_view person = "") {
    const Day today = from_.today();
    if (today <= dates.due && today < dates.warn) return;
    WorkRow row = RowOf(family_, Item::DUE, kind, record);
    const Id lead = LeadIn();
    if (!lead.is_zero()) {
      row.item.set_who(lead.str());
      row.item.set_who_name(NameIn<v1::StaffMember>(from_, lead.view()));
    }
    row.item.set_due_on(DayText(dates.due));
    row.item.set_days(today - dates.due);
    row.item.add_flags(today > dates.due ? "overdue" : "soon");
    row.item.set_since_ms(LondonMidnightMs(dates.due));
    row.item.set_person_name(std::string(person));
    row.item.set_words(std::move(words));
    row.item.set_next(std::move(next));
    row.order = -int64_t{row.item.days()};
    rows_.push_back(std::move(row));
  }

  Id LeadIn() const {
    for (const AssignmentView& place : AssignmentsOf(family_.state())) {
      const bool leads = place.relation == v1::Assignment::RELATION_LEAD;
      if (leads && place.OpenAt(from_.now_ms)) return place.user;
    }
    return {};
  }

  void Assessment(const Fact<v1::Episode>& episode) {
    for (const Fact<v1::Assessment>& one : family_.All<v1::Assessment>()) {
      const bool done = one.in.episode() == episode.id().view() &&
                        one.in.state() == v1::Assessment::STATE_COMPLETE;
      if (done) return;
    }
    if (auto dates = DatesOf(episode.in, TimedStep::kAssessment, episode.in.started_on())) {
      Add("assessment", episode.record, *dates, "The assessment is not complete",
          "Complete the assessment.");
    }
  }

  void FirstMeeting(const Fact<v1::Episode>& episode) {
    for (const Fact<v1::Meeting>& one : family_.All<v1::Meeting>()) {
      const bool held =
          one.in.episode() == episode.id().view() && one.in.state() == v1::Meeting::STATE_RECORDED;
      if (held) return;
    }
    if (auto dates = DatesOf(episode.in, TimedStep::kFirstMeeting, episode.in.started_on())) {
      Add("first_meeting", episode.record, *dates, "No meeting around the family has been held",
          "Hold the first meeting.");
    }
  }

  // The first day on which the episode's plan was approved, whichever version.
  std::optional<Day> ApprovedOn(const Fact<v1::Plan>& plan) const {
    for (const Fact<v1::Approval>& one : family_.All<v1::Approval>()) {
      const bool approved = one.in.subject() == plan.id().view() &&
                            one.in.decision() == v1::Approval::DECISION_APPROVED;
      if (approved) return one.in.decided_on();
    }
    return std::nullopt;
  }

  void PlanApproved(const Fact<v1::Episode>& episode) {
    const Fact<v1::Plan>* plan = PlanOf(family_, episode.id());
    if (plan != nullptr && ApprovedOn(*plan)) return;
    auto dates = DatesOf(episode.in, TimedStep::kFirstMeeting, episode.in.started_on());
    if (!dates) dates = DatesOf(episode.in, TimedStep::kAssessment, episode.in.started_on());
    if (!dates) return;
    dates->warn = dates->due + 1;  // only once it is late
    Add("plan_not_approved", plan == nullptr ? episode.record : plan->record, *dates,
        "No plan has been approved", "Submit a plan, and decide it.");
  }

  void Review(const Fact<v1::Episode>& episode) {
    const Fact<v1::Plan>* plan = PlanOf(family_, episode.id());
    std::optional<Day> start = plan == nullptr ? std::nullopt : ApprovedOn(*plan);
    for (const Fact<v1::Review>& one : family_.All<v1::Review>()) {
      const bool counts =
          one.in.episode() == episode.id().view() && one.in.kind() == v1::Review::KIND_PLAN;
      if (counts) start = std::max(start.value_or(one.in.reviewed_on()), one.in.reviewed_on());
    }
    if (!start) return;
    if (auto dates = DatesOf(episode.in, TimedStep::kReview, *start)) {
      Add("review", plan == nullptr ? episode.record : plan->record, *dates,
          "The plan is to be reviewed", "Review the plan with the family.");
    }
  }

  void VisitGap(const Fact<v1::Episode>& episode) {
    Day start = episode.in.started_on();
    for (const Fact<v1::Visit>& one : family_.All<v1::Visit>()) {
      const bool made = one.in.episode() == episode.id().view() && WasMade(one.in) &&
                        one.in.state() != v1::Visit::STATE_PLANNED;
      if (made) start = std::max(start, LondonDay(VisitTimeMs(one.in)));
    }
    if (auto dates = DatesOf(episode.in, TimedStep::kVisit, start)) {
      Add("visit_gap", episode.record, *dates, "Nobody has visited for long", "Visit the family.");
    }
  }

  void Clock(const Fact<v1::Episode>& episode) {
    std::optional<Day> ends = ClockEndsOn(from_, episode.in);
    if (!ends) return;
    Dates dates{*ends, *ends - kExtensionWarnDays};
    if (!episode.in.has_extended_until_on()) {
      auto own = DatesOf(episode.in, TimedStep::kClosing, episode.in.started_on());
      if (own) dates = *own;
    }
    Add("episode_clock", episode.record, dates, "The programme's time runs out",
        "Close the episode, or extend it with a reason.");
  }

  void Supervision(const Fact<v1::Episode>& episode) {
    Day last = episode.in.started_on();
    for (const Fact<v1::ManagementOversight>& note : family_.All<v1::ManagementOversight>()) {
      const bool counts = note.in.kind() == v1::ManagementOversight::KIND_SUPERVISION;
      if (counts) last = std::max(last, note.in.written_on());
    }
    const Id programme = Id::FromBytes(episode.in.programme()).value_or(Id{});
    const auto days = static_cast<Day>(
        from_.settings.At(v1::SETTING_KEY_SUPERVISION_DAYS, from_.today(), programme));
    Add("supervision", episode.record, {last + days, last + days - kSoonDays},
        "No supervision is recorded for long", "Talk it through, and write an oversight note.");
  }

  void Actions(const Fact<v1::Plan>& plan) {
    for (const Fact<v1::Goal>& goal : family_.All<v1::Goal>()) {
      const bool active =
          goal.in.plan() == plan.id().view() && goal.in.state() != v1::Goal::STATE_DROPPED;
      if (active && !HasMeasure(goal.in)) {
        Unfinished("goal_without_measure", *goal.record, "A goal has neither measure nor target",
                   "Agree how it will show.");
      }
    }
    for (const OpenAction& open : OpenActionsOf(family_, plan.id())) {
      if (!HasOwner(open.action->in)) {
        Unfinished("action_without_owner", *open.action->record, "Nobody owns an action",
                   "Say who does it.");
      }
      if (!open.action->in.has_due_on()) continue;
      const Day due = open.action->in.due_on();
      const bool blocked = open.progress == v1::ActionProgress::STATE_BLOCKED;
      Add("action", open.action->record, {due, due - kSoonDays},
          blocked ? "An action is due, and blocked" : "An action is due",
          blocked ? "Clear what blocks it, or change the plan." : "Note how it goes.");
    }
  }

  // Lines that no day makes urgent stand behind those that are due.
  void Unfinished(std::string_view kind, const Record& record, std::string words,
                  std::string next) {
    WorkRow row = RowOf(family_, Item::DUE, kind, &record);
    row.item.set_words(std::move(words));
    row.item.set_next(std::move(next));
    row.rank = 1;
    rows_.push_back(std::move(row));
  }

  void Markers() {
    for (const Fact<v1::Marker>& marker : family_.All<v1::Marker>()) {
      const bool counts = marker.in.state() != v1::Marker::STATE_ENDED && marker.in.has_review_on();
      if (!counts) continue;
      const Day due = marker.in.review_on();
      Add("marker_review", marker.record, {due, due - kSoonDays}, "A marker is to be reviewed",
          "Keep it with a new day, or end it.",
          marker.in.has_person() ? people_.NameOf(marker.in.person()) : "");
    }
    for (const Fact<v1::SafeAddress>& safe : family_.All<v1::SafeAddress>()) {
      const bool counts =
          safe.in.state() != v1::SafeAddress::STATE_ENDED && safe.in.has_review_on();
      if (!counts) continue;
      const Day due = safe.in.review_on();
      Add("safe_address_review", safe.record, {due, due - kSoonDays},
          "A safe address is to be reviewed", "Keep it with a new day, or end it.",
          people_.NameOf(safe.in.person()));
    }
  }

  void Sustained(const Fact<v1::Episode>& episode) {
    if (!episode.in.has_closed_on()) return;
    auto dates = DatesOf(episode.in, TimedStep::kSustained, episode.in.closed_on());
    if (!dates) return;
    for (const Fact<v1::Review>& one : family_.All<v1::Review>()) {
      const bool done = one.in.kind() == v1::Review::KIND_SUSTAINED &&
                        one.in.episode() == episode.id().view() &&
                        one.in.reviewed_on() >= dates->due;
      if (done) return;
    }
    Add("sustained_check", episode.record, *dates, "Nobody has asked whether it lasted",
        "Ask the family, and write the review.");
  }

  const Viewpoint& from_;
  Facts& family_;
  const People& people_;
  std::vector<WorkRow> rows_;
};

}  // namespace

std::optional<Day> ClockEndsOn(const Viewpoint& from, const v1::Episode& episode) {
  if (episode.has_extended_until_on()) return episode.extended_until_on();
  std::optional<Timescale> scale = from.timescales.Of(episode, TimedStep::kClosing);
  if (!scale) return std::nullopt;
  return DueDay(episode.started_on(), scale->limit, from.settings.bank_holidays());
}

std::vector<WorkRow> DueRows(const Viewpoint& from, Facts& family, const People& people) {
  return Due(from, family, people).Make();
}

std::vector<WorkRow> LateRecordRows(const Viewpoint& from, Facts& family) {
  std::vector<WorkRow> rows;
  for (const Fact<v1::Visit>& visit : family.All<v1::Visit>()) {
    const bool ended = visit.in.has_ended_at() || visit.in.has_checked_out_at();
    if (!ended || visit.in.state() == v1::Visit::STATE_CANCELLED) continue;
    const int64_t end = visit.in.has_ended_at() ? visit.in.ended_at() : visit.in.checked_out_at();
    std::optional<v1::Episode> episode = family.Read<v1::Episode>(visit.in.episode());
    std::optional<Timescale> scale =
        from.timescales.Of(episode.value_or(v1::Episode()), TimedStep::kWriteUp);
    if (!scale) continue;
    const int64_t limit = PeriodMs(scale->limit);
    const bool recorded = visit.in.state() == v1::Visit::STATE_RECORDED;
    const int64_t signed_ms =
        from.receipts.ReceivedMs(LastWriteOf(*visit.record, v1::Visit::kStateFieldNumber).seq);
    if (recorded && signed_ms == 0) continue;  // signed, and still on the device
    const int64_t took = (recorded ? signed_ms : from.now_ms) - end;
    if (took <= limit) continue;
    if (recorded && LondonDay(signed_ms) + kLateShownDays < from.today()) continue;
    bool reviewed = false;
    for (const Fact<v1::ManagementOversight>& note : family.All<v1::ManagementOversight>()) {
      reviewed = reviewed || note.in.about() == visit.id().view();
    }
    if (recorded && reviewed) continue;
    WorkRow row = RowOf(family, Item::RECORDS_LATE, recorded ? "recorded_late" : "not_recorded",
                        visit.record);
    row.item.set_who(visit.in.worker());
    row.item.set_who_name(NameIn<v1::StaffMember>(from, visit.in.worker()));
    row.item.set_since_ms(end);
    constexpr int64_t kDayMs = 86'400'000;
    row.item.set_days(static_cast<int32_t>((took - limit) / kDayMs));
    row.item.add_flags("late");
    row.item.set_words(recorded ? "A visit was signed late" : "A visit is over and not signed");
    row.item.set_next(recorded ? "Ask why, and write an oversight note if it matters."
                               : "Ask the worker to write and sign it.");
    row.order = end;
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace doorstep
