#include "model/programme.h"

#include <algorithm>
#include <utility>

#include "model/joined.h"
#include "model/programme_gates.h"
#include "model/programme_rules.h"
#include "model/programme_subjects.h"

namespace doorstep {
namespace {

bool IsEvery(SubjectKind subject) {
  return subject == SubjectKind::kEveryChild || subject == SubjectKind::kEveryPerson;
}

// The last judgement of this rule about this person (-1: the whole rule), where it may be judged.
const Facts::Judgement* JudgementOf(const RuleInput& input, int person) {
  if (input.rule.discretion != Discretion::kAllowed) return nullptr;
  const Facts::Judgement* last = nullptr;
  for (const Facts::Judgement& judgement : input.facts.judgements) {
    const Rule& judged = input.rules.rules[static_cast<size_t>(judgement.rule)];
    if (judged.id == input.rule.id && judgement.person == person) last = &judgement;
  }
  return last;
}

Finding Judged(int person, const Facts::Judgement& judgement) {
  Finding finding = Found(person, judgement.verdict, VerdictReason::kJudged);
  finding.used = {judgement.item};
  return finding;
}

Finding JudgeOne(const RuleInput& input, int person, std::span<const int> pooled) {
  switch (InfoOf(input.rule.measure).shape) {
    case Shape::kEvent:
      return JudgeEvents(input, person, pooled);
    case Shape::kState:
      return input.rule.window.kind == WindowKind::kByBenefit ? JudgeEmployment(input, person)
                                                              : JudgeStates(input, person);
    case Shape::kTerm:
      return JudgeTerms(input, person);
    case Shape::kScore:
      return JudgeScores(input, person);
    case Shape::kRecord:
      return JudgeRecord(input);
  }
  return {};
}

void ReadMissingAsNotMet(const Rule& rule, Finding& finding) {
  bool fails =
      rule.missing_data == MissingData::kNotMet && finding.verdict == RuleVerdict::kUnknown;
  if (fails) finding.verdict = RuleVerdict::kNotMet;
}

void Tidy(Finding& finding) {
  std::erase(finding.used, -1);
  std::sort(finding.used.begin(), finding.used.end());
  finding.used.erase(std::unique(finding.used.begin(), finding.used.end()), finding.used.end());
  auto before = [](const DaySpan& a, const DaySpan& b) {
    return std::pair(a.first, a.last) < std::pair(b.first, b.last);
  };
  std::vector<DaySpan>& days = finding.missing_days;
  std::sort(days.begin(), days.end(), before);
  days.erase(std::unique(days.begin(), days.end()), days.end());
}

RuleResult Whole(Finding finding) {
  Tidy(finding);
  RuleResult result;
  result.verdict = finding.verdict;
  result.findings.push_back(std::move(finding));
  result.deciding = {0};
  return result;
}

RuleResult NoSubject(const Rule& rule, RuleVerdict otherwise) {
  return Whole(Found(-1, rule.not_applicable.value_or(otherwise), VerdictReason::kNoSubject));
}

// What was found, with those the verdict rests on.
RuleResult Combine(std::vector<Finding> findings, RuleVerdict verdict) {
  RuleResult result;
  result.verdict = verdict;
  result.findings = std::move(findings);
  for (size_t i = 0; i < result.findings.size(); ++i) {
    Tidy(result.findings[i]);
    if (result.findings[i].verdict == verdict) result.deciding.push_back(static_cast<int>(i));
  }
  return result;
}

RuleResult EvaluateFamily(const RuleInput& input, const Subjects& subjects) {
  if (!subjects.without_birthday.empty()) {
    std::vector<Finding> findings;
    for (int person : subjects.without_birthday) {
      findings.push_back(Found(person, RuleVerdict::kUnknown, VerdictReason::kMissingBirthDate));
      ReadMissingAsNotMet(input.rule, findings.back());
    }
    RuleVerdict verdict = findings.front().verdict;
    return Combine(std::move(findings), verdict);
  }
  if (subjects.judged.empty() && !input.rule.filters.empty()) {
    return NoSubject(input.rule, RuleVerdict::kNeutral);
  }
  Finding finding = JudgeOne(input, -1, subjects.judged);
  ReadMissingAsNotMet(input.rule, finding);
  return Whole(std::move(finding));
}

RuleResult EvaluatePersons(const RuleInput& input, const Subjects& subjects) {
  bool every = IsEvery(input.rule.subject);
  if (subjects.judged.empty() && subjects.without_birthday.empty()) {
    return NoSubject(input.rule, every ? RuleVerdict::kNeutral : RuleVerdict::kNotMet);
  }
  std::vector<Finding> findings;
  for (int person : subjects.judged) {
    findings.push_back(JudgeOne(input, person, std::span(&person, 1)));
  }
  for (int person : subjects.without_birthday) {
    findings.push_back(Found(person, RuleVerdict::kUnknown, VerdictReason::kMissingBirthDate));
  }
  std::vector<RuleVerdict> verdicts;
  for (Finding& finding : findings) {
    ReadMissingAsNotMet(input.rule, finding);
    const Facts::Judgement* judgement = JudgementOf(input, finding.person);
    if (judgement != nullptr) finding = Judged(finding.person, *judgement);
    verdicts.push_back(finding.verdict);
  }
  RuleVerdict verdict = every ? AllOf(verdicts) : AnyOf(verdicts);
  return Combine(std::move(findings), verdict);
}

}  // namespace

Finding Found(int person, RuleVerdict verdict, VerdictReason reason) {
  Finding finding;
  finding.person = person;
  finding.verdict = verdict;
  finding.reasons = {reason};
  return finding;
}

RuleVerdict MetIf(bool holds) { return holds ? RuleVerdict::kMet : RuleVerdict::kNotMet; }

std::vector<DaySpan> GapsIn(const DaySpan& span, std::vector<DaySpan> parts) {
  std::sort(parts.begin(), parts.end(),
            [](const DaySpan& a, const DaySpan& b) { return a.first < b.first; });
  std::vector<DaySpan> gaps;
  int64_t next = span.first;
  for (const DaySpan& part : parts) {
    if (part.IsEmpty() || part.last < next) continue;
    if (part.first > span.last) break;
    if (part.first > next) gaps.push_back({static_cast<Day>(next), part.first - 1});
    next = int64_t{part.last} + 1;
  }
  if (next <= span.last) gaps.push_back({static_cast<Day>(next), span.last});
  return gaps;
}

DaySpan SinceBirth(const Facts& facts, int person, const DaySpan& days) {
  if (person < 0) return days;
  const std::optional<Day>& born = facts.persons[static_cast<size_t>(person)].born;
  return {std::max(days.first, born.value_or(days.first)), days.last};
}

RuleResult EvaluateRule(const RuleSet& rules, const Rule& rule, const Facts& facts, Day as_of,
                        const TermCalendar& calendar) {
  RuleInput input{rules, rule, facts, as_of, calendar};
  if (rule.need >= 0 && !HasNeed(facts, rule.need, as_of)) {
    return Whole(Found(-1, RuleVerdict::kNeutral, VerdictReason::kNeedAbsent));
  }
  const Facts::Judgement* judgement = JudgementOf(input, -1);
  if (judgement != nullptr) return Whole(Judged(-1, *judgement));
  if (rule.subject == SubjectKind::kEpisode) return Whole(JudgeRecord(input));
  Subjects subjects = SubjectsOf(rules, rule, facts, as_of);
  return rule.subject == SubjectKind::kFamily ? EvaluateFamily(input, subjects)
                                              : EvaluatePersons(input, subjects);
}

Evaluation EvaluateProgramme(const RuleSet& rules, const Facts& facts, Day as_of,
                             const TermCalendar& calendar) {
  Evaluation evaluation;
  evaluation.rules.reserve(rules.rules.size());
  for (const Rule& rule : rules.rules) {
    evaluation.rules.push_back(EvaluateRule(rules, rule, facts, as_of, calendar));
  }
  EvaluateGates(rules, facts, as_of, evaluation);
  return evaluation;
}

std::vector<std::string> ReasonCodes(const RuleResult& result, const Facts& facts) {
  std::vector<std::string> codes;
  for (int index : result.deciding) {
    const Finding& finding = result.findings[static_cast<size_t>(index)];
    for (VerdictReason reason : finding.reasons) {
      std::string code(NameOf(kReasonNames, reason));
      if (finding.person >= 0) {
        code += Joined(':', facts.persons[static_cast<size_t>(finding.person)].key);
      }
      codes.push_back(std::move(code));
    }
  }
  return codes;
}

std::vector<int> EvidenceUsed(const RuleResult& result) {
  std::vector<int> used;
  for (int index : result.deciding) {
    const std::vector<int>& items = result.findings[static_cast<size_t>(index)].used;
    used.insert(used.end(), items.begin(), items.end());
  }
  std::sort(used.begin(), used.end());
  used.erase(std::unique(used.begin(), used.end()), used.end());
  return used;
}

}  // namespace doorstep
