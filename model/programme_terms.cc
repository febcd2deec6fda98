// School terms: sessions possible, missed with and without leave, compared as fractions of whole
// numbers so that exactly 15 % is exactly 15 %.
#include <algorithm>

#include "absl/numeric/int128.h"
#include "model/programme_rules.h"
#include "model/programme_windows.h"

namespace doorstep {
namespace {

struct Fraction {
  int64_t part = 0;
  int64_t whole = 0;
};

Fraction RateOf(Measure measure, int64_t possible, int64_t authorised, int64_t unauthorised) {
  if (measure == Measure::kUnauthorisedAbsenceRate) return {unauthorised, possible};
  int64_t attended = possible - authorised - unauthorised;
  if (measure == Measure::kAttendanceRate) return {attended, possible};
  return {attended, possible - authorised};
}

// What a child's rows say of some terms.
struct Terms {
  std::vector<Fraction> rates;  // of the terms that count, none with a whole of 0
  std::vector<TermId> without_row;
};

// The child's terms among these that are wholly of compulsory school age, and on some day of which
// no state exempts the child.
bool IsExempt(const RuleInput& input, int person, const DaySpan& days, Finding& finding) {
  std::vector<DaySpan> exempt;
  for (Measure measure : input.rule.exempt_by) {
    for (const Stretch& stretch : StretchesOf(input, measure, person, days, finding.used)) {
      bool is_true = stretch.kind == Stretch::Kind::kKnown && stretch.value == 1;
      if (is_true) exempt.push_back(stretch.days);
    }
  }
  return GapsIn(days, std::move(exempt)).empty();
}

Terms ReadTerms(const RuleInput& input, int person, Day born,
                const std::vector<TermCalendar::Term>& window, Finding& finding) {
  DaySpan school_age = CompulsorySchoolAge(born);
  Terms terms;
  for (const TermCalendar::Term& term : window) {
    bool inside = school_age.Contains(term.days.first) && school_age.Contains(term.days.last);
    if (!inside || IsExempt(input, person, term.days, finding)) continue;
    bool has_row = false;
    int64_t possible = 0;
    int64_t authorised = 0;
    int64_t unauthorised = 0;
    for (const Facts::TermRow& row : input.facts.terms) {
      if (row.person != person || row.term != term.id) continue;
      has_row = true;  // a second row is a second school
      possible += row.possible;
      authorised += row.authorised;
      unauthorised += row.unauthorised;
      finding.used.push_back(row.item);
    }
    Fraction rate = RateOf(input.rule.measure, possible, authorised, unauthorised);
    if (!has_row) terms.without_row.push_back(term.id);
    if (has_row && rate.whole > 0) terms.rates.push_back(rate);
  }
  return terms;
}

Fraction Pooled(const std::vector<Fraction>& rates) {
  Fraction sum;
  for (const Fraction& rate : rates) {
    sum.part += rate.part;
    sum.whole += rate.whole;
  }
  return sum;
}

bool Holds(const Rule& rule, const Fraction& rate) {
  int64_t left = rate.part * 1000;
  int64_t right = rule.threshold * rate.whole;
  if (rule.op == Operator::kLess) return left < right;
  if (rule.op == Operator::kAtMost) return left <= right;
  if (rule.op == Operator::kAtLeast) return left >= right;
  return left > right;
}

// now - base >= threshold
bool Improved(const Rule& rule, const Fraction& now, const Fraction& base) {
  absl::int128 rise = absl::int128(now.part) * base.whole - absl::int128(base.part) * now.whole;
  return rise * 1000 >= absl::int128(rule.threshold) * now.whole * base.whole;
}

}  // namespace

Finding JudgeTerms(const RuleInput& input, int person) {
  const Rule& rule = input.rule;
  const Facts::Person& child = input.facts.persons[static_cast<size_t>(person)];
  WindowDays window = ResolveWindow(rule.window, input.facts, input.as_of, input.calendar);
  if (window.fault.has_value()) return Found(person, RuleVerdict::kUnknown, *window.fault);
  if (!child.born.has_value()) {
    return Found(person, RuleVerdict::kUnknown, VerdictReason::kMissingBirthDate);
  }
  Finding finding;
  finding.person = person;
  finding.window = window.days;
  auto settle = [&](RuleVerdict verdict, VerdictReason reason) {
    finding.verdict = verdict;
    finding.reasons = {reason};
    return finding;
  };
  Terms now = ReadTerms(input, person, *child.born, window.terms, finding);
  if (now.rates.empty() && now.without_row.empty()) {
    return settle(RuleVerdict::kNeutral, VerdictReason::kExempt);
  }
  bool improves = rule.op == Operator::kImprovedByAtLeast;
  Terms base;
  if (improves) {
    WindowDays before = ResolveBaseline(rule.baseline, window.days, input.facts, input.calendar);
    if (before.fault.has_value()) return settle(RuleVerdict::kUnknown, *before.fault);
    finding.baseline = before.days;
    base = ReadTerms(input, person, *child.born, before.terms, finding);
    if (base.rates.empty() && base.without_row.empty()) {
      return settle(RuleVerdict::kNeutral, VerdictReason::kNoBaseline);
    }
  }
  finding.missing_terms = base.without_row;
  finding.missing_terms.insert(finding.missing_terms.end(), now.without_row.begin(),
                               now.without_row.end());
  Fraction pooled = Pooled(now.rates);
  finding.now = pooled.part;
  finding.now_of = pooled.whole;
  if (!finding.missing_terms.empty()) {
    return settle(RuleVerdict::kUnknown, VerdictReason::kMissingTerm);
  }
  if (improves) {
    Fraction before = Pooled(base.rates);
    finding.before = before.part;
    finding.before_of = before.whole;
    return settle(MetIf(Improved(rule, pooled, before)), VerdictReason::kCompared);
  }
  bool holds = rule.aggregate == Aggregate::kPooled
                   ? Holds(rule, pooled)
                   : std::all_of(now.rates.begin(), now.rates.end(),
                                 [&](const Fraction& rate) { return Holds(rule, rate); });
  return settle(MetIf(holds), VerdictReason::kCompared);
}

}  // namespace doorstep
