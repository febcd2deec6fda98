// A rule-set: one programme phase of one authority, as validated data. ruleset_yaml reads it from
// its file, programme evaluates it. docs/programmes.md tells people what every part means.
//
// What is always true of a RuleSet that ReadRuleSet gave: every name is resolved to an index, every
// rule has exactly the parts its operator reads, gates are without cycles and stand in
// `gate_order`, ids and numbers are unique within their list, and ELIGIBLE and SUCCESS are there.
// Plain values; never changed after they were read.
#ifndef DOORSTEP_MODEL_RULESET_H_
#define DOORSTEP_MODEL_RULESET_H_

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/bytes.h"
#include "model/calendar.h"
#include "model/measures.h"
#include "model/programme_expression.h"

namespace doorstep {

enum class Confidence : uint8_t { kUnsaid, kFound, kSecondHand, kGeneralKnowledge };

struct Provenance {
  Confidence confidence = Confidence::kUnsaid;
  std::string source;
  std::string note;
};

struct Headline {
  uint32_t num = 0;
  std::string id;
  std::string title;
  std::string title_2018;  // the words of the national framework from 2018 on; may be empty
  Provenance provenance;
};

struct NeedType {
  uint32_t num = 0;
  std::string id;
  std::string title;
  int headline = 0;
  Provenance provenance;
};

enum class RuleKind : uint8_t { kEligibility, kResult, kCondition };
enum class SubjectKind : uint8_t {
  kEveryChild,
  kAnyChild,
  kAnyAdult,
  kEveryPerson,
  kAnyPerson,
  kFamily,
  kEpisode
};
enum class Filter : uint8_t {
  kSchoolAge,
  kMinor10To17,
  kAge16To18,
  kAdult,
  kParentingResponsibility,
  kWithNeed
};
enum class Operator : uint8_t {
  kLess,
  kAtMost,
  kEqual,
  kAtLeast,
  kMore,
  kExists,
  kNotExists,
  kIn,
  kSustainedFor,
  kReducedByAtLeast,
  kImprovedByAtLeast,
  kDueWithin
};
enum class WindowKind : uint8_t {
  kNone,
  kAtDate,
  kLastDays,
  kSinceStart,
  kEver,
  kLastTerms,
  kAfterClose,
  kByBenefit
};
struct Window {
  WindowKind kind = WindowKind::kNone;
  int count = 0;  // of days or terms
};
enum class BaselineKind : uint8_t {
  kNone,
  kPrecedingEqualWindow,
  kBeforeStart,
  kTermsBeforeStart,
  kAtStart
};
struct Baseline {
  BaselineKind kind = BaselineKind::kNone;
  int count = 0;  // of days or terms
};
enum class Aggregate : uint8_t { kPooled, kEach };
enum class MissingData : uint8_t { kUnknown, kNotMet };
enum class Discretion : uint8_t { kNone, kAllowed };
// How long someone must have been in work after leaving a benefit: `weeks` whole weeks out of the
// last `of_weeks`; the same two numbers where they must be consecutive.
struct WorkSpell {
  int weeks = 0;
  int of_weeks = 0;
};

struct Rule {
  std::string id;
  uint32_t num = 0;
  RuleKind kind = RuleKind::kEligibility;
  int headline = -1;
  int need = -1;
  SubjectKind subject = SubjectKind::kFamily;
  std::vector<Filter> filters;
  Measure measure = Measure::kOffence;
  Operator op = Operator::kEqual;
  // In thousandths of a count, rate or step of the scale; a truth value, benefit or code as it is.
  // Days for kDueWithin.
  int64_t threshold = 0;
  std::vector<int32_t> codes;  // kIn
  Window window;
  Baseline baseline;
  RuleVerdict zero_baseline = RuleVerdict::kNeutral;
  Aggregate aggregate = Aggregate::kPooled;
  std::vector<Measure> exempt_by;
  std::map<int32_t, WorkSpell> table;  // by benefit
  std::optional<RuleVerdict> not_applicable;
  MissingData missing_data = MissingData::kUnknown;
  Discretion discretion = Discretion::kNone;
  std::vector<std::string> evidence;  // acceptable sources, the preferred first
  Provenance provenance;
};

enum class AdviceKind : uint8_t { kGatherEvidence, kStepUp, kSignpost };
struct Advice {
  RuleVerdict verdict = RuleVerdict::kUnknown;
  AdviceKind act = AdviceKind::kGatherEvidence;
};
struct Gate {
  std::string id;
  uint32_t num = 0;
  std::string title;
  std::string text;  // the expression as written
  // index of a kName: a rule, or rules.size() + a gate. index of a kNeed: a headline, or
  // headlines.size() + a need.
  Expression expression;
  std::vector<Advice> advice;
  Provenance provenance;
};

struct Route {
  std::string id;
  uint32_t num = 0;
  int gate = 0;
  bool counts_as_success = false;
  bool alone = false;  // excludes the other routes of the file
};

// Numbers as Claim.mode stores them.
enum class FundingMode : uint8_t {
  kPaymentByResults = 1,
  kEarnedAutonomy = 2,
  kGrant = 3,
  kSchoolContribution = 4
};
struct Funding {
  DaySpan days;
  FundingMode mode = FundingMode::kPaymentByResults;
  int64_t upfront_pence = 0;
  Provenance provenance;
};
struct Amount {
  int route = -1;    // -1 for attachment fees and caps
  DaySpan attached;  // for families attached on these days
  int64_t pence = 0;
  Provenance provenance;
};
struct Payment {
  std::vector<Amount> attachment;
  std::vector<Amount> results;
  std::vector<Amount> results_cap;
  int funded_paid = 1;  // so many of funded_of families are funded: forecasts multiply by it
  int funded_of = 1;
};

enum class TimescaleStep : uint8_t {
  kAssessmentCompleted,
  kFirstMeetingHeld,
  kReviewDone,
  kVisitMade,
  kVisitSigned,
  kSustainedCheck,
  kEpisodeClosed
};
enum class TimescaleStart : uint8_t {
  kEpisodeStarted,
  kEpisodeClosed,
  kVisitEnded,
  kLastReviewOrPlanApproved,
  kLastVisitOrEpisodeStarted
};
enum class TimeUnit : uint8_t { kHours, kDays, kWorkingDays, kWeeks, kMonths };
struct Duration {
  int count = 0;
  TimeUnit unit = TimeUnit::kDays;
};
struct Timescale {
  std::string id;
  uint32_t num = 0;
  TimescaleStep step = TimescaleStep::kVisitMade;
  TimescaleStart start = TimescaleStart::kEpisodeStarted;
  Duration limit;
  Duration warn;  // in hours exactly if `limit` is
  FirstDay first_day = FirstDay::kNext;
  HolidayCounting holidays = HolidayCounting::kSkip;
  bool repeats = false;     // the clock starts again at each step done
  bool extendable = false;  // by a supervisor, with a reason
  Provenance provenance;
};

struct PublishedFigure {
  std::string fact;
  int64_t thousandths = 0;
  Provenance provenance;
};

struct RuleSet {
  std::string key;
  uint32_t code = 0;
  uint32_t version = 0;
  Hash32 digest{};  // RuleSetDigest of its text
  std::string title;
  std::string authority;
  std::string phase;
  DaySpan effective;  // an open end is kDateMax
  std::vector<PublishedFigure> published;
  std::map<std::string, std::string> names;  // by the standard term
  std::vector<Headline> headlines;
  std::vector<NeedType> needs;
  std::vector<Rule> rules;
  std::vector<Gate> gates;
  std::vector<int> gate_order;  // each after the gates it names
  std::vector<Route> routes;
  std::vector<Funding> funding;
  Payment payment;
  std::vector<Timescale> timescales;

  // -1 when there is none.
  int FindHeadline(std::string_view id) const;
  int FindNeed(std::string_view id) const;
  int FindRule(std::string_view id) const;
  int FindGate(std::string_view id) const;
  int FindRoute(std::string_view id) const;
  int FindTimescale(std::string_view id) const;
  int HeadlineByNum(uint32_t num) const;
  int NeedByNum(uint32_t num) const;
  int RuleByNum(uint32_t num) const;
  int RouteByNum(uint32_t num) const;

  // Whether a family may be attached on this day.
  bool TakesAttachmentOn(Day day) const { return effective.Contains(day); }
};

// H(ST("doorstep/ruleset/v1", text)): what ProgrammeActivation and RuleSetText name.
Hash32 RuleSetDigest(std::string_view text);

// Rules that two rule-sets of one phase call by one id must be one rule, so that a local change
// takes a new id. The ids that are not.
std::vector<std::string> DifferingSharedRules(const RuleSet& a, const RuleSet& b);

// Names of enumerators as the files write them. Each table is the whole vocabulary of its key.
template <typename E>
struct EnumName {
  std::string_view name;
  E value;
};
inline constexpr std::array kConfidenceNames = {
    EnumName<Confidence>{"found", Confidence::kFound},
    EnumName<Confidence>{"second_hand", Confidence::kSecondHand},
    EnumName<Confidence>{"general_knowledge", Confidence::kGeneralKnowledge}};
inline constexpr std::array kRuleKindNames = {
    EnumName<RuleKind>{"eligibility", RuleKind::kEligibility},
    EnumName<RuleKind>{"result", RuleKind::kResult},
    EnumName<RuleKind>{"condition", RuleKind::kCondition}};
inline constexpr std::array kSubjectNames = {
    EnumName<SubjectKind>{"every_child", SubjectKind::kEveryChild},
    EnumName<SubjectKind>{"any_child", SubjectKind::kAnyChild},
    EnumName<SubjectKind>{"any_adult", SubjectKind::kAnyAdult},
    EnumName<SubjectKind>{"every_person", SubjectKind::kEveryPerson},
    EnumName<SubjectKind>{"any_person", SubjectKind::kAnyPerson},
    EnumName<SubjectKind>{"family", SubjectKind::kFamily},
    EnumName<SubjectKind>{"episode", SubjectKind::kEpisode}};
inline constexpr std::array kFilterNames = {
    EnumName<Filter>{"school_age", Filter::kSchoolAge},
    EnumName<Filter>{"minor_10_17", Filter::kMinor10To17},
    EnumName<Filter>{"age_16_18", Filter::kAge16To18},
    EnumName<Filter>{"adult", Filter::kAdult},
    EnumName<Filter>{"parenting_responsibility", Filter::kParentingResponsibility},
    EnumName<Filter>{"with_need", Filter::kWithNeed}};
inline constexpr std::array kOperatorNames = {
    EnumName<Operator>{"<", Operator::kLess},
    EnumName<Operator>{"<=", Operator::kAtMost},
    EnumName<Operator>{"==", Operator::kEqual},
    EnumName<Operator>{">=", Operator::kAtLeast},
    EnumName<Operator>{">", Operator::kMore},
    EnumName<Operator>{"exists", Operator::kExists},
    EnumName<Operator>{"not_exists", Operator::kNotExists},
    EnumName<Operator>{"in", Operator::kIn},
    EnumName<Operator>{"sustained_for", Operator::kSustainedFor},
    EnumName<Operator>{"reduced_by_at_least", Operator::kReducedByAtLeast},
    EnumName<Operator>{"improved_by_at_least", Operator::kImprovedByAtLeast},
    EnumName<Operator>{"due_within", Operator::kDueWithin}};
inline constexpr std::array kWindowNames = {
    EnumName<WindowKind>{"at_date", WindowKind::kAtDate},
    EnumName<WindowKind>{"last_days", WindowKind::kLastDays},
    EnumName<WindowKind>{"since_start", WindowKind::kSinceStart},
    EnumName<WindowKind>{"ever", WindowKind::kEver},
    EnumName<WindowKind>{"last_terms", WindowKind::kLastTerms},
    EnumName<WindowKind>{"after_close", WindowKind::kAfterClose},
    EnumName<WindowKind>{"by_benefit", WindowKind::kByBenefit}};
inline constexpr std::array kBaselineNames = {
    EnumName<BaselineKind>{"preceding_equal_window", BaselineKind::kPrecedingEqualWindow},
    EnumName<BaselineKind>{"before_start", BaselineKind::kBeforeStart},
    EnumName<BaselineKind>{"terms_before_start", BaselineKind::kTermsBeforeStart},
    EnumName<BaselineKind>{"at_start", BaselineKind::kAtStart}};
inline constexpr std::array kAggregateNames = {EnumName<Aggregate>{"pooled", Aggregate::kPooled},
                                               EnumName<Aggregate>{"each", Aggregate::kEach}};
inline constexpr std::array kVerdictNames = {
    EnumName<RuleVerdict>{"met", RuleVerdict::kMet},
    EnumName<RuleVerdict>{"not_met", RuleVerdict::kNotMet},
    EnumName<RuleVerdict>{"unknown", RuleVerdict::kUnknown},
    EnumName<RuleVerdict>{"neutral", RuleVerdict::kNeutral}};
inline constexpr std::array kAdviceNames = {
    EnumName<AdviceKind>{"gather_evidence", AdviceKind::kGatherEvidence},
    EnumName<AdviceKind>{"step_up", AdviceKind::kStepUp},
    EnumName<AdviceKind>{"signpost", AdviceKind::kSignpost}};
inline constexpr std::array kFundingModeNames = {
    EnumName<FundingMode>{"payment_by_results", FundingMode::kPaymentByResults},
    EnumName<FundingMode>{"earned_autonomy", FundingMode::kEarnedAutonomy},
    EnumName<FundingMode>{"grant", FundingMode::kGrant},
    EnumName<FundingMode>{"school_contribution", FundingMode::kSchoolContribution}};
inline constexpr std::array kTimescaleStepNames = {
    EnumName<TimescaleStep>{"assessment_completed", TimescaleStep::kAssessmentCompleted},
    EnumName<TimescaleStep>{"first_meeting_held", TimescaleStep::kFirstMeetingHeld},
    EnumName<TimescaleStep>{"review_done", TimescaleStep::kReviewDone},
    EnumName<TimescaleStep>{"visit_made", TimescaleStep::kVisitMade},
    EnumName<TimescaleStep>{"visit_signed", TimescaleStep::kVisitSigned},
    EnumName<TimescaleStep>{"sustained_check", TimescaleStep::kSustainedCheck},
    EnumName<TimescaleStep>{"episode_closed", TimescaleStep::kEpisodeClosed}};
inline constexpr std::array kTimescaleStartNames = {
    EnumName<TimescaleStart>{"episode_started", TimescaleStart::kEpisodeStarted},
    EnumName<TimescaleStart>{"episode_closed", TimescaleStart::kEpisodeClosed},
    EnumName<TimescaleStart>{"visit_ended", TimescaleStart::kVisitEnded},
    EnumName<TimescaleStart>{"last_review_or_plan_approved",
                             TimescaleStart::kLastReviewOrPlanApproved},
    EnumName<TimescaleStart>{"last_visit_or_episode_started",
                             TimescaleStart::kLastVisitOrEpisodeStarted}};
inline constexpr std::array kTimeUnitNames = {
    EnumName<TimeUnit>{"hours", TimeUnit::kHours}, EnumName<TimeUnit>{"days", TimeUnit::kDays},
    EnumName<TimeUnit>{"working_days", TimeUnit::kWorkingDays},
    EnumName<TimeUnit>{"weeks", TimeUnit::kWeeks}, EnumName<TimeUnit>{"months", TimeUnit::kMonths}};
inline constexpr std::array<std::string_view, 13> kEvidenceSources = {
    "school",           "education", "police",     "youth_justice",      "probation",
    "community_safety", "housing",   "dwp",        "employment_adviser", "payslip",
    "social_care",      "health",    "case_record"};
inline constexpr std::array<std::string_view, 10> kNameTerms = {
    "key_worker", "co_worker",  "supervisor", "programme_officer", "family",
    "plan",       "assessment", "meeting",    "success",           "episode"};

template <typename E, size_t N>
std::string_view NameOf(const std::array<EnumName<E>, N>& table, E value) {
  for (const EnumName<E>& entry : table) {
    if (entry.value == value) return entry.name;
  }
  return {};
}
template <typename E, size_t N>
std::optional<E> FindName(const std::array<EnumName<E>, N>& table, std::string_view name) {
  for (const EnumName<E>& entry : table) {
    if (entry.name == name) return entry.value;
  }
  return std::nullopt;
}

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_RULESET_H_
