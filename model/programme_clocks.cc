#include "model/programme_clocks.h"

#include <algorithm>
#include <optional>
#include <set>

#include "doorstep/v1/records.pb.h"
#include "model/catalog.h"
#include "model/record.h"

namespace doorstep {
namespace {

constexpr uint32_t kAssessment = 19;
constexpr uint32_t kPlan = 20;
constexpr uint32_t kApproval = 24;
constexpr uint32_t kReview = 25;
constexpr uint32_t kVisit = 27;
constexpr uint32_t kMeeting = 30;

// When the steps of one episode were done.
struct Steps {
  std::optional<int64_t> assessed;     // first
  std::optional<int64_t> met;          // first meeting
  std::optional<int64_t> reviewed;     // last review or approval of the plan
  std::optional<int64_t> visited;      // last
  std::optional<int64_t> sustained;    // first check after closing
  std::optional<int64_t> unsigned_ms;  // the earliest end of a visit that is not signed
  Id unsigned_visit;
};

void KeepFirst(std::optional<int64_t>& kept, int64_t moment) {
  kept = std::min(kept.value_or(moment), moment);
}
void KeepLast(std::optional<int64_t>& kept, int64_t moment) {
  kept = std::max(kept.value_or(moment), moment);
}

template <typename Message, typename Visit>
void ForEachOf(ScopeState& family, uint32_t number, const std::set<Id>& in_error, Visit visit) {
  const RecordType& type = *Catalog::Get().Find(number);
  family.ForEach(number, [&](const Record& record) {
    Message message;
    if (in_error.contains(record.id) || !ParseInForce(record, type, message)) return;
    visit(record.id, message);
  });
}

Steps StepsOf(ScopeState& family, const EpisodePin& episode) {
  Steps steps;
  std::set<Id> in_error = EnteredInError(family);
  auto is_of = [&](const std::string& id) { return id == episode.id.view(); };
  ForEachOf<v1::Assessment>(family, kAssessment, in_error, [&](const Id&, const auto& m) {
    bool done = is_of(m.episode()) && m.state() == v1::Assessment::STATE_COMPLETE;
    if (done && m.has_completed_on()) KeepFirst(steps.assessed, m.completed_on());
  });
  ForEachOf<v1::Meeting>(family, kMeeting, in_error, [&](const Id&, const auto& m) {
    bool done = is_of(m.episode()) && m.state() == v1::Meeting::STATE_RECORDED;
    if (done && m.has_held_at()) KeepFirst(steps.met, LondonDay(m.held_at()));
  });
  std::set<Id> plans;
  ForEachOf<v1::Plan>(family, kPlan, in_error, [&](const Id& id, const auto& m) {
    if (is_of(m.episode())) plans.insert(id);
  });
  ForEachOf<v1::Approval>(family, kApproval, in_error, [&](const Id&, const auto& m) {
    std::optional<Id> subject = Id::FromBytes(m.subject());
    bool approves = subject.has_value() && plans.contains(*subject) &&
                    m.decision() == v1::Approval::DECISION_APPROVED;
    if (approves) KeepLast(steps.reviewed, m.decided_on());
  });
  ForEachOf<v1::Review>(family, kReview, in_error, [&](const Id&, const auto& m) {
    if (!is_of(m.episode())) return;
    bool checks = m.kind() == v1::Review::KIND_SUSTAINED;
    if (!checks) KeepLast(steps.reviewed, m.reviewed_on());
    bool after = episode.closed.has_value() && m.reviewed_on() >= *episode.closed;
    if (checks && after) KeepFirst(steps.sustained, m.reviewed_on());
  });
  ForEachOf<v1::Visit>(family, kVisit, in_error, [&](const Id& id, const auto& m) {
    if (!is_of(m.episode()) || !m.has_ended_at()) return;
    bool in_person =
        m.outcome() == v1::Visit::OUTCOME_FACE_TO_FACE || m.outcome() == v1::Visit::OUTCOME_VIRTUAL;
    if (m.state() == v1::Visit::STATE_RECORDED && in_person) {
      KeepLast(steps.visited, LondonDay(m.ended_at()));
    }
    bool open = m.state() == v1::Visit::STATE_PLANNED || m.state() == v1::Visit::STATE_UNDER_WAY;
    if (open && m.ended_at() <= steps.unsigned_ms.value_or(m.ended_at())) {
      steps.unsigned_ms = m.ended_at();
      steps.unsigned_visit = id;
    }
  });
  return steps;
}

std::optional<int64_t> StartOf(const Timescale& scale, const EpisodePin& episode,
                               const Steps& steps) {
  switch (scale.start) {
    case TimescaleStart::kEpisodeStarted:
      return episode.started;
    case TimescaleStart::kEpisodeClosed:
      return episode.closed;
    case TimescaleStart::kVisitEnded:
      if (!steps.unsigned_ms.has_value() || CountsInHours(scale)) return steps.unsigned_ms;
      return LondonDay(*steps.unsigned_ms);
    case TimescaleStart::kLastReviewOrPlanApproved:
      return steps.reviewed;
    case TimescaleStart::kLastVisitOrEpisodeStarted:
      return steps.visited.has_value() ? steps.visited : episode.started;
  }
  return std::nullopt;
}

// Of a step that is done once. A visit that waits for its signature has none.
std::optional<int64_t> DoneOf(const Timescale& scale, const EpisodePin& episode,
                              const Steps& steps) {
  if (scale.repeats) return std::nullopt;
  switch (scale.step) {
    case TimescaleStep::kAssessmentCompleted:
      return steps.assessed;
    case TimescaleStep::kFirstMeetingHeld:
      return steps.met;
    case TimescaleStep::kReviewDone:
      return steps.reviewed;
    case TimescaleStep::kVisitMade:
      return steps.visited;
    case TimescaleStep::kVisitSigned:
      return std::nullopt;
    case TimescaleStep::kSustainedCheck:
      return steps.sustained;
    case TimescaleStep::kEpisodeClosed:
      return episode.closed;
  }
  return std::nullopt;
}

}  // namespace

std::vector<EpisodeClock> ClocksOf(ScopeState& family, const EpisodePin& episode,
                                   const RuleSet& rules, int64_t now_ms,
                                   const BankHolidays& holidays) {
  Steps steps = StepsOf(family, episode);
  bool ended =
      episode.state == EpisodePin::State::kClosed || episode.state == EpisodePin::State::kCancelled;
  std::vector<EpisodeClock> clocks;
  for (size_t i = 0; i < rules.timescales.size(); ++i) {
    const Timescale& scale = rules.timescales[i];
    EpisodeClock one;
    one.timescale = static_cast<int>(i);
    one.clock.start = StartOf(scale, episode, steps);
    one.clock.done = DoneOf(scale, episode, steps);
    bool hours = CountsInHours(scale);
    one.clock.today = hours ? now_ms : LondonDay(now_ms);
    // A clock in hours runs from a moment, which only the end of a visit is.
    if (hours && scale.start != TimescaleStart::kVisitEnded) one.clock.start.reset();
    bool still = ended && !one.clock.done.has_value() &&
                 scale.step != TimescaleStep::kSustainedCheck &&
                 scale.step != TimescaleStep::kVisitSigned;
    if (still) one.clock.start.reset();
    one.clock.extended_to = episode.extended_to;
    if (scale.start == TimescaleStart::kVisitEnded) one.about = steps.unsigned_visit;
    one.standing = StandingOn(scale, one.clock, holidays);
    clocks.push_back(one);
  }
  return clocks;
}

}  // namespace doorstep
