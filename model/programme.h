// A rule-set applied to one family: for every rule and gate met, not met, unknown or neutral, and
// why. The same code runs on a device that carries the family and on the server over many families.
//
// A pure function of rule-set, facts, day and calendar: no clock, no disk. The same inputs give the
// same verdicts on every machine, and InputsDigest of the facts is what a claim pins.
#ifndef DOORSTEP_MODEL_PROGRAMME_H_
#define DOORSTEP_MODEL_PROGRAMME_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/calendar.h"
#include "model/measures.h"
#include "model/ruleset.h"

namespace doorstep {

enum class PersonRole : uint8_t {
  kChild = 1,
  kUnbornChild = 2,
  kParentCarer = 3,
  kNonResidentParent = 4,
  kKinshipCarer = 5,
  kOtherAdult = 6
};

// What is known about a family, as one rule-set can read it: needs, headlines and rules are indexes
// into that rule-set, persons indexes into `persons`. -1 as a person is the family: nobody is
// named.
struct Facts {
  struct Person {
    std::string key;   // a record id's 16 bytes, or a handle in a test
    std::string name;  // for sentences
    PersonRole role = PersonRole::kOtherAdult;
    std::optional<Day> born;
    std::optional<Day> joined;
    std::optional<Day> left;
    std::optional<Day> due;  // of a child this person expects
  };
  struct Need {
    int need = 0;
    std::vector<int> persons;
    std::optional<Day> identified;
    bool present = true;
    bool in_plan = false;  // an active goal of the episode's plan names it
  };
  // `item`: which of `items` says so; -1 where no evidence item does.
  struct Event {
    Measure measure{};
    int person = -1;
    Day day = 0;
    int headline = -1;  // of a nomination
    int item = -1;
  };
  struct Cover {  // the source was asked about these days, and everything it found is recorded
    Measure measure{};
    int person = -1;
    DaySpan days;
    int item = -1;
  };
  struct State {
    Measure measure{};
    int person = -1;
    DaySpan days;
    int32_t value = 0;  // 0 or 1, or a Benefit
    int need = -1;      // of need_outcome
    int item = -1;
  };
  struct TermRow {
    int person = -1;
    TermId term;
    int64_t possible = 0;  // sessions, each 0 to kSessionsMax
    int64_t authorised = 0;
    int64_t unauthorised = 0;
    int item = -1;
  };
  struct Score {
    int person = -1;
    Day day = 0;
    int64_t value = 0;  // 0 to 10
    int need = -1;
    int item = -1;
  };
  struct Judgement {
    int rule = 0;
    int person = -1;
    RuleVerdict verdict = RuleVerdict::kMet;  // kMet or kNeutral
    int item = -1;
  };

  Day started = 0;  // of the episode
  std::optional<Day> attached;
  std::optional<Day> closed;
  std::vector<Person> persons;
  std::vector<Need> needs;
  std::vector<Event> events;
  std::vector<Cover> covers;
  std::vector<State> states;
  std::vector<TermRow> terms;
  std::vector<Score> scores;
  std::vector<Judgement> judgements;  // the last about the same person and rule counts

  // Computed from other records of the episode.
  std::vector<std::vector<int>> assessments;  // persons of each completed one of the whole family
  bool has_plan = false;
  bool plan_approved = false;
  bool lead_assigned = false;
  int64_t visits_made = 0;
  std::optional<int32_t> sustained;  // kLasted or kRegressed
  bool local_high_cost = false;
  std::optional<bool> social_work_threshold;

  std::vector<std::string> items;  // record ids of evidence items, or names in a test
};
inline constexpr int64_t kSessionsMax = 1000;

enum class VerdictReason : uint8_t {
  kCompared,
  kJudged,
  kNeedAbsent,
  kNoSubject,
  kMissingBirthDate,
  kMissingCover,
  kMissingState,
  kConflictingState,
  kMissingTerm,
  kMissingCalendar,
  kMissingScore,
  kMissingRecord,
  kNotDue,
  kExempt,
  kNoBaseline,
  kZeroBaseline,
  kRiseFromZero,
  kNotOnBenefit,
  kStillOnBenefit,
  kBenefitNotInTable
};
// "missing_cover" and so on: the codes of docs/programmes.md.
inline constexpr std::array kReasonNames = {
    EnumName<VerdictReason>{"compared", VerdictReason::kCompared},
    EnumName<VerdictReason>{"judged", VerdictReason::kJudged},
    EnumName<VerdictReason>{"need_absent", VerdictReason::kNeedAbsent},
    EnumName<VerdictReason>{"no_subject", VerdictReason::kNoSubject},
    EnumName<VerdictReason>{"missing_birth_date", VerdictReason::kMissingBirthDate},
    EnumName<VerdictReason>{"missing_cover", VerdictReason::kMissingCover},
    EnumName<VerdictReason>{"missing_state", VerdictReason::kMissingState},
    EnumName<VerdictReason>{"conflicting_state", VerdictReason::kConflictingState},
    EnumName<VerdictReason>{"missing_term", VerdictReason::kMissingTerm},
    EnumName<VerdictReason>{"missing_calendar", VerdictReason::kMissingCalendar},
    EnumName<VerdictReason>{"missing_score", VerdictReason::kMissingScore},
    EnumName<VerdictReason>{"missing_record", VerdictReason::kMissingRecord},
    EnumName<VerdictReason>{"not_due", VerdictReason::kNotDue},
    EnumName<VerdictReason>{"exempt", VerdictReason::kExempt},
    EnumName<VerdictReason>{"no_baseline", VerdictReason::kNoBaseline},
    EnumName<VerdictReason>{"zero_baseline", VerdictReason::kZeroBaseline},
    EnumName<VerdictReason>{"rise_from_zero", VerdictReason::kRiseFromZero},
    EnumName<VerdictReason>{"not_on_benefit", VerdictReason::kNotOnBenefit},
    EnumName<VerdictReason>{"still_on_benefit", VerdictReason::kStillOnBenefit},
    EnumName<VerdictReason>{"benefit_not_in_table", VerdictReason::kBenefitNotInTable}};

// What a rule says of one person, of the family or of the episode, with what was compared and what
// is missing: the material of a sentence (programme_words).
struct Finding {
  int person = -1;
  RuleVerdict verdict = RuleVerdict::kUnknown;
  std::vector<VerdictReason> reasons;  // at least one
  // Of what was compared, as far as it was: counts, sums of sessions (`of` > 0), steps of a scale.
  DaySpan window;
  DaySpan baseline;
  int64_t now = 0;
  int64_t now_of = 0;
  int64_t before = 0;
  int64_t before_of = 0;
  int32_t benefit = 0;
  int weeks_good = 0;  // of employment by benefit
  std::vector<DaySpan> missing_days;
  std::vector<TermId> missing_terms;
  std::vector<int> used;  // indexes into Facts::items, ascending, each once
};

struct RuleResult {
  RuleVerdict verdict = RuleVerdict::kUnknown;
  std::vector<Finding> findings;  // of everybody judged; the one finding of a family or episode
  std::vector<int> deciding;      // indexes into findings: those that the verdict rests on
};

struct Evaluation {
  std::vector<RuleResult> rules;   // as RuleSet::rules
  std::vector<RuleVerdict> gates;  // as RuleSet::gates
  std::vector<AdviceKind> advice;  // in the order of the gates, each once
};

// `facts` were made for `rules`; `days` is the authority's term calendar.
Evaluation EvaluateProgramme(const RuleSet& rules, const Facts& facts, Day as_of,
                             const TermCalendar& days);
// One rule alone.
RuleResult EvaluateRule(const RuleSet& rules, const Rule& rule, const Facts& facts, Day as_of,
                        const TermCalendar& days);

// "missing_cover", with ":KEY" of the person where a person's verdict decided.
std::vector<std::string> ReasonCodes(const RuleResult& result, const Facts& facts);
// Indexes into Facts::items that the deciding findings used, ascending, each once.
std::vector<int> EvidenceUsed(const RuleResult& result);

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_PROGRAMME_H_
