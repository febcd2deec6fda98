#include "model/programme_words.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "model/joined.h"
#include "model/programme_gates.h"

namespace doorstep {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};

std::string DaysWords(const DaySpan& days) {
  if (days.first == days.last) return Joined("on ", LongDate(days.first));
  return Joined("from ", LongDate(days.first), " to ", LongDate(days.last));
}

std::string ListWords(const std::vector<std::string>& parts, std::string_view last) {
  std::string out;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out += i + 1 == parts.size() ? std::string(last) : ", ";
    out += parts[i];
  }
  return out;
}

// 0.150 is 15%, 0.333 is 33.3%.
std::string Percent(int64_t thousandths) {
  std::string out = std::to_string(thousandths / 10);
  if (thousandths % 10 != 0) out += Joined('.', thousandths % 10);
  return out + "%";
}

std::string Count(int64_t thousandths) {
  std::string out = std::to_string(thousandths / 1000);
  int64_t rest = thousandths % 1000;
  if (rest == 0) return out;
  std::string places = std::to_string(1000 + rest).substr(1);
  while (places.back() == '0') places.pop_back();
  return Joined(out, '.', places);
}

std::string Rate(int64_t part, int64_t whole) {
  if (whole <= 0) return "no sessions";
  return Joined(part, " of ", whole, " sessions (", Percent(part * 1000 / whole), ")");
}

std::string SourceWords(const Rule& rule) {
  std::vector<std::string> names;
  for (std::string name : rule.evidence) {
    std::replace(name.begin(), name.end(), '_', ' ');
    names.push_back(name == "dwp" ? "DWP" : name);
  }
  return ListWords(names, " or ");
}

std::string_view OrderWords(Operator op) {
  switch (op) {
    case Operator::kLess:
      return "fewer than ";
    case Operator::kAtMost:
      return "at most ";
    case Operator::kAtLeast:
      return "at least ";
    case Operator::kMore:
      return "more than ";
    default:
      return "exactly ";
  }
}

std::string ValueWords(const Rule& rule, int64_t value) {
  switch (InfoOf(rule.measure).value) {
    case ValueKind::kTruth:
      return value == 1 ? "yes" : "no";
    case ValueKind::kBenefit:
      return std::string(BenefitName(static_cast<int32_t>(value)));
    case ValueKind::kSustained:
      return value == kLasted ? "it lasted" : "it did not last";
    case ValueKind::kNumber:
    case ValueKind::kNone:
      return std::to_string(value);
  }
  return {};
}

std::string Asked(const Rule& rule) {
  const MeasureInfo& info = InfoOf(rule.measure);
  switch (rule.op) {
    case Operator::kExists:
      return info.shape == Shape::kState
                 ? Joined(ValueWords(rule, rule.threshold), " on any day is asked for")
                 : "at least 1 is asked for";
    case Operator::kNotExists:
      return "none is asked for";
    case Operator::kIn: {
      std::vector<std::string> names;
      for (int32_t code : rule.codes) names.push_back(ValueWords(rule, code));
      return Joined("one of ", ListWords(names, " or "), " is asked for");
    }
    case Operator::kSustainedFor:
      return Joined(ValueWords(rule, rule.threshold), " on every day is asked for");
    case Operator::kReducedByAtLeast:
      return Joined("a fall of at least ", Percent(rule.threshold), " is asked for");
    case Operator::kImprovedByAtLeast:
      return info.shape == Shape::kTerm
                 ? Joined("a rise of at least ", Percent(rule.threshold), " is asked for")
                 : Joined("a rise of at least ", Count(rule.threshold), " is asked for");
    case Operator::kDueWithin:
      return Joined("one within ", rule.threshold, " days is asked for");
    case Operator::kEqual:
      if (info.shape == Shape::kState || info.value == ValueKind::kTruth ||
          info.value == ValueKind::kSustained) {
        return Joined(ValueWords(rule, rule.threshold), " is asked for");
      }
      break;
    case Operator::kLess:
    case Operator::kAtMost:
    case Operator::kAtLeast:
    case Operator::kMore:
      break;
  }
  std::string number = info.shape == Shape::kTerm ? Percent(rule.threshold) : Count(rule.threshold);
  std::string_view order = OrderWords(rule.op);
  if (info.shape == Shape::kTerm && rule.op == Operator::kLess) order = "less than ";
  return Joined(order, number, " is asked for");
}

std::string Compared(const Rule& rule, const Finding& finding) {
  const MeasureInfo& info = InfoOf(rule.measure);
  switch (info.shape) {
    case Shape::kEvent:
      if (rule.op == Operator::kReducedByAtLeast) {
        return Joined(info.words, ": ", finding.before, ' ', DaysWords(finding.baseline), ", ",
                      finding.now, ' ', DaysWords(finding.window), "; ", Asked(rule));
      }
      if (rule.window.kind == WindowKind::kEver) {
        return Joined(info.words, ": ", finding.now, "; ", Asked(rule));
      }
      return Joined(info.words, ": ", finding.now, ' ', DaysWords(finding.window), "; ",
                    Asked(rule));
    case Shape::kState:
      if (rule.window.kind == WindowKind::kByBenefit) {
        return Joined("off ", BenefitName(finding.benefit), " and in work for ", finding.weeks_good,
                      " whole weeks ", DaysWords(finding.window));
      }
      if (rule.op == Operator::kEqual || rule.op == Operator::kIn) {
        return Joined(info.words, ' ', DaysWords(finding.window), ": ",
                      ValueWords(rule, finding.benefit), "; ", Asked(rule));
      }
      return Joined(info.words, ' ', DaysWords(finding.window), "; ", Asked(rule));
    case Shape::kTerm:
      if (rule.op == Operator::kImprovedByAtLeast) {
        return Joined(info.words, ": ", Rate(finding.before, finding.before_of), " before, ",
                      Rate(finding.now, finding.now_of), " now; ", Asked(rule));
      }
      return Joined(info.words, ": ", Rate(finding.now, finding.now_of), ' ',
                    DaysWords(finding.window), "; ", Asked(rule));
    case Shape::kScore:
      return Joined(info.words, ": ", finding.before, " at first, ", finding.now, " now; ",
                    Asked(rule));
    case Shape::kRecord:
      return Joined(info.words, ": ", ValueWords(rule, finding.now), "; ", Asked(rule));
  }
  return {};
}

std::string MissingDays(const Finding& finding) {
  constexpr size_t kShown = 3;
  std::vector<std::string> days;
  for (const DaySpan& span : finding.missing_days) days.push_back(DaysWords(span));
  if (days.size() > kShown) {
    size_t more = days.size() - kShown;
    days.resize(kShown);
    days.push_back(Joined(more, " more"));
  }
  return ListWords(days, " and ");
}

std::string MissingTerms(const Finding& finding) {
  std::vector<std::string> terms;
  for (const TermId& term : finding.missing_terms) terms.push_back(TermWords(term));
  return ListWords(terms, " and ");
}

std::string ReasonWords(const RuleSet& rules, const Rule& rule, const Finding& finding,
                        VerdictReason reason) {
  std::string_view words = InfoOf(rule.measure).words;
  switch (reason) {
    case VerdictReason::kCompared:
      return Compared(rule, finding);
    case VerdictReason::kJudged:
      return "a supervisor has decided this, and gave the reason";
    case VerdictReason::kNeedAbsent:
      return Joined("the need '", rules.needs[static_cast<size_t>(rule.need)].title,
                    "' is not present");
    case VerdictReason::kNoSubject:
      return "nobody in the family is of the kind this rule speaks of";
    case VerdictReason::kMissingBirthDate:
      return "the date of birth is missing, so that nobody can say whether this rule applies";
    case VerdictReason::kMissingCover:
      return Joined(words, ": at least ", finding.now, " known, but nobody has answered for ",
                    MissingDays(finding), "; ask ", SourceWords(rule));
    case VerdictReason::kMissingState: {
      std::string_view state = rule.window.kind == WindowKind::kByBenefit && finding.benefit == 0
                                   ? InfoOf(Measure::kOutOfWorkBenefit).words
                                   : words;
      return Joined(state, ": not known ", MissingDays(finding), "; ask ", SourceWords(rule));
    }
    case VerdictReason::kConflictingState:
      return Joined(words, ": sources contradict each other ", MissingDays(finding),
                    "; a person must settle which is right");
    case VerdictReason::kMissingTerm:
      return Joined("attendance of ", MissingTerms(finding), " has not come from the ",
                    SourceWords(rule));
    case VerdictReason::kMissingCalendar:
      return "the authority's term dates do not reach far enough: enter them";
    case VerdictReason::kMissingScore:
      return "there are no readings on the scale on two different days since the start";
    case VerdictReason::kMissingRecord:
      return Joined(words, ": nobody has recorded this");
    case VerdictReason::kNotDue:
      return "the time to look at after closing has not passed";
    case VerdictReason::kExempt:
      return "no school term in question counts for this child";
    case VerdictReason::kNoBaseline:
      return "no school term before the start counts for this child";
    case VerdictReason::kZeroBaseline:
      return Joined(words, ": none before and none now");
    case VerdictReason::kRiseFromZero:
      return Joined(words, ": none before and ", finding.now, " now");
    case VerdictReason::kNotOnBenefit:
      return "was on no out-of-work benefit at any time since the start";
    case VerdictReason::kStillOnBenefit:
      return "is still on an out-of-work benefit";
    case VerdictReason::kBenefitNotInTable:
      return Joined("the rule has no line for ", BenefitName(finding.benefit));
  }
  return {};
}

std::string WhoseWords(const Rule& rule, const Finding& finding, const Facts& facts) {
  if (finding.person >= 0) {
    const Facts::Person& person = facts.persons[static_cast<size_t>(finding.person)];
    return person.name.empty() ? person.key : person.name;
  }
  return rule.subject == SubjectKind::kEpisode ? "On record" : "The family";
}

}  // namespace

std::string LongDate(Day day) {
  std::chrono::year_month_day date = Civil(day);
  return Joined(unsigned{date.day()}, ' ', kMonths[unsigned{date.month()} - 1], ' ',
                int{date.year()});
}

std::string TermWords(const TermId& term) {
  constexpr std::array<std::string_view, 3> kNames = {"autumn", "spring", "summer"};
  int year = term.term == 1 ? term.school_year : term.school_year + 1;
  size_t name = static_cast<size_t>(std::clamp(term.term, 1, 3) - 1);
  return Joined(kNames[name], " term ", year);
}

std::vector<std::string> SentencesOf(const RuleSet& rules, const Rule& rule,
                                     const RuleResult& result, const Facts& facts) {
  std::vector<std::string> sentences;
  for (int index : result.deciding) {
    const Finding& finding = result.findings[static_cast<size_t>(index)];
    for (VerdictReason reason : finding.reasons) {
      sentences.push_back(Joined(WhoseWords(rule, finding, facts), ": ",
                                 ReasonWords(rules, rule, finding, reason), "."));
    }
  }
  return sentences;
}

std::string GateSentence(const RuleSet& rules, int gate, const Evaluation& evaluation) {
  const Gate& of = rules.gates[static_cast<size_t>(gate)];
  std::vector<std::string> parts;
  std::set<int> named;
  Expression expression = of.expression;
  ForEachName(expression, [&](Expression& part) {
    if (part.kind != Expression::Kind::kName || !named.insert(part.index).second) return;
    std::string verdict(VerdictName(VerdictOf(rules, evaluation, part.index)));
    std::replace(verdict.begin(), verdict.end(), '_', ' ');
    parts.push_back(Joined(part.name, ' ', verdict));
  });
  return Joined("It rests on ", ListWords(parts, " and "), ".");
}

std::vector<int> RulesThatWouldDecide(const RuleSet& rules, int gate, const Facts& facts, Day as_of,
                                      const Evaluation& evaluation) {
  std::vector<int> deciding;
  if (evaluation.gates[static_cast<size_t>(gate)] != RuleVerdict::kUnknown) return deciding;
  Evaluation trial;
  trial.rules.resize(evaluation.rules.size());
  for (size_t i = 0; i < trial.rules.size(); ++i) {
    trial.rules[i].verdict = evaluation.rules[i].verdict;
  }
  for (size_t i = 0; i < trial.rules.size(); ++i) {
    if (trial.rules[i].verdict != RuleVerdict::kUnknown) continue;
    bool decides = false;
    for (RuleVerdict answer : {RuleVerdict::kMet, RuleVerdict::kNotMet}) {
      trial.rules[i].verdict = answer;
      EvaluateGates(rules, facts, as_of, trial);
      if (trial.gates[static_cast<size_t>(gate)] != RuleVerdict::kUnknown) decides = true;
    }
    trial.rules[i].verdict = RuleVerdict::kUnknown;
    if (decides) deciding.push_back(static_cast<int>(i));
  }
  return deciding;
}

}  // namespace doorstep
