// States: what was so on every day of a stretch. Nothing is said about days outside it.
#include <algorithm>

#include "model/programme_rules.h"
#include "model/programme_subjects.h"
#include "model/programme_windows.h"

namespace doorstep {
namespace {

bool Reads(const RuleInput& input, Measure measure, int person, const Facts::State& state) {
  if (state.measure != measure || state.person != person) return false;
  return measure != Measure::kNeedOutcome || BelongsTo(input.rules, input.rule, state.need);
}

// Notes a missing or contradicted stretch, each reason once.
void NoteMissing(Finding& finding, const Stretch& stretch) {
  VerdictReason reason = stretch.kind == Stretch::Kind::kConflict ? VerdictReason::kConflictingState
                                                                  : VerdictReason::kMissingState;
  finding.missing_days.push_back(stretch.days);
  if (std::find(finding.reasons.begin(), finding.reasons.end(), reason) == finding.reasons.end()) {
    finding.reasons.push_back(reason);
  }
}

bool Equals(const Rule& rule, int32_t value) {
  if (rule.op != Operator::kIn) return value == rule.threshold;
  return std::find(rule.codes.begin(), rule.codes.end(), value) != rule.codes.end();
}

}  // namespace

std::vector<Stretch> StretchesOf(const RuleInput& input, Measure measure, int person,
                                 const DaySpan& days, std::vector<int>& used) {
  std::vector<Stretch> stretches;
  if (days.IsEmpty()) return stretches;
  std::vector<const Facts::State*> read;
  std::vector<int64_t> begins = {days.first};
  for (const Facts::State& state : input.facts.states) {
    if (!Reads(input, measure, person, state)) continue;
    if (state.days.first > days.last || state.days.last < days.first) continue;
    read.push_back(&state);
    used.push_back(state.item);
    if (state.days.first > days.first) begins.push_back(state.days.first);
    if (state.days.last < days.last) begins.push_back(int64_t{state.days.last} + 1);
  }
  std::sort(begins.begin(), begins.end());
  begins.erase(std::unique(begins.begin(), begins.end()), begins.end());
  for (size_t i = 0; i < begins.size(); ++i) {
    int64_t last = i + 1 < begins.size() ? begins[i + 1] - 1 : days.last;
    Stretch stretch{{static_cast<Day>(begins[i]), static_cast<Day>(last)}, {}, 0};
    for (const Facts::State* state : read) {
      if (!state->days.Contains(stretch.days.first)) continue;
      bool differs = stretch.kind == Stretch::Kind::kKnown && stretch.value != state->value;
      if (stretch.kind == Stretch::Kind::kMissing) stretch.kind = Stretch::Kind::kKnown;
      if (differs) stretch.kind = Stretch::Kind::kConflict;
      stretch.value = state->value;
    }
    stretches.push_back(stretch);
  }
  return stretches;
}

Finding JudgeStates(const RuleInput& input, int person) {
  const Rule& rule = input.rule;
  Finding finding;
  finding.person = person;
  WindowDays window = ResolveWindow(rule.window, input.facts, input.as_of, input.calendar);
  if (window.fault.has_value()) return Found(person, RuleVerdict::kUnknown, *window.fault);
  bool on_last_day = rule.op == Operator::kEqual || rule.op == Operator::kIn;
  DaySpan days = SinceBirth(input.facts, person, window.days);
  if (on_last_day) days = {window.days.last, window.days.last};
  finding.window = days;
  bool holds = false;
  bool differs = false;
  for (const Stretch& stretch : StretchesOf(input, rule.measure, person, days, finding.used)) {
    if (stretch.kind != Stretch::Kind::kKnown) {
      NoteMissing(finding, stretch);
    } else if (Equals(rule, stretch.value)) {
      holds = true;
    } else {
      differs = true;
    }
    if (stretch.kind == Stretch::Kind::kKnown) finding.benefit = stretch.value;
  }
  // One day decides `exists` for and the others against; else every day must be known.
  bool decided = rule.op == Operator::kExists ? holds : differs;
  if (!decided && !finding.reasons.empty()) return finding;
  bool met = rule.op == Operator::kExists ? holds : !differs;
  finding.verdict = MetIf(met);
  finding.reasons = {VerdictReason::kCompared};
  return finding;
}

Finding JudgeEmployment(const RuleInput& input, int person) {
  Finding finding;
  finding.person = person;
  auto settle = [&](RuleVerdict verdict, VerdictReason reason) {
    finding.verdict = verdict;
    finding.reasons = {reason};
    return finding;
  };
  auto is_known = [](const Stretch& stretch) { return stretch.kind == Stretch::Kind::kKnown; };
  const int32_t none = static_cast<int32_t>(Benefit::kNone);

  finding.window = {input.facts.started, input.as_of};
  std::vector<Stretch> benefits =
      StretchesOf(input, Measure::kOutOfWorkBenefit, person, finding.window, finding.used);
  for (const Stretch& stretch : benefits) {
    if (is_known(stretch) && stretch.value != none) finding.benefit = stretch.value;
  }
  if (finding.benefit == 0) {
    for (const Stretch& stretch : benefits) {
      if (!is_known(stretch)) NoteMissing(finding, stretch);
    }
    if (!finding.reasons.empty()) return finding;
    return settle(RuleVerdict::kNotMet, VerdictReason::kNotOnBenefit);
  }
  const Stretch& today = benefits.back();
  if (!is_known(today)) {
    NoteMissing(finding, {{input.as_of, input.as_of}, today.kind, 0});
    return finding;
  }
  if (today.value != none) return settle(RuleVerdict::kNotMet, VerdictReason::kStillOnBenefit);
  auto row = input.rule.table.find(finding.benefit);
  if (row == input.rule.table.end()) {
    return settle(RuleVerdict::kUnknown, VerdictReason::kBenefitNotInTable);
  }

  // Weeks counted back from the day of evaluation; each is good, bad or open.
  const WorkSpell& spell = row->second;
  int open = 0;
  finding.window.first = input.as_of - 7 * spell.of_weeks + 1;
  std::vector<Stretch> work =
      StretchesOf(input, Measure::kEmployed, person, finding.window, finding.used);
  for (int week = 0; week < spell.of_weeks; ++week) {
    DaySpan days{input.as_of - 7 * week - 6, input.as_of - 7 * week};
    bool bad = false;
    bool unsure = false;
    for (const Stretch& stretch : work) {
      if (stretch.days.last < days.first || stretch.days.first > days.last) continue;
      if (!is_known(stretch)) unsure = true;
      if (is_known(stretch) && stretch.value != 1) bad = true;
    }
    if (!bad && !unsure) ++finding.weeks_good;
    if (!bad && unsure) ++open;
  }
  if (finding.weeks_good >= spell.weeks) {
    return settle(RuleVerdict::kMet, VerdictReason::kCompared);
  }
  if (finding.weeks_good + open < spell.weeks) {
    return settle(RuleVerdict::kNotMet, VerdictReason::kCompared);
  }
  for (const Stretch& stretch : work) {
    if (!is_known(stretch)) NoteMissing(finding, stretch);
  }
  return finding;
}

}  // namespace doorstep
