#include "tests/model/programme_brute.h"

#include <map>
#include <optional>
#include <set>
#include <string>

#include "catch2/catch_test_macros.hpp"

namespace doorstep {
namespace {

using V = RuleVerdict;
using Days = std::set<Day>;
constexpr V kYes = V::kMet;
constexpr V kNo = V::kNotMet;
constexpr V kOpen = V::kUnknown;
constexpr V kSilent = V::kNeutral;

V Is(bool holds) { return holds ? kYes : kNo; }

struct Date {
  int y, m, d;
};
bool Leap(int y) { return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0; }
int MonthDays(int y, int m) {
  static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return m == 2 && Leap(y) ? 29 : days[m - 1];
}
// By walking from 1970.
Date DateOf(Day day) {
  int y = 1970;
  while (day < 0) day += Leap(--y) ? 366 : 365;
  while (day >= (Leap(y) ? 366 : 365)) day -= Leap(y++) ? 366 : 365;
  int m = 1;
  while (day >= MonthDays(y, m)) day -= MonthDays(y, m++);
  return {y, m, day + 1};
}
Day DayFrom(int y, int m, int d) {
  Day day = 0;
  for (int year = 1970; year < y; ++year) day += Leap(year) ? 366 : 365;
  for (int year = y; year < 1970; ++year) day -= Leap(year) ? 366 : 365;
  for (int month = 1; month < m; ++month) day += MonthDays(y, month);
  return day + d - 1;
}
Day Birthday(Day born, int years) {
  Date b = DateOf(born);
  return b.m == 2 && b.d == 29 && !Leap(b.y + years) ? DayFrom(b.y + years, 3, 1)
                                                     : DayFrom(b.y + years, b.m, b.d);
}
int Age(Day born, Day day) {
  int age = 0;
  if (day < born) return -1;
  while (Birthday(born, age + 1) <= day) ++age;
  return age;
}
bool OfSchoolAge(Day born, Day day) {
  Day fifth = Birthday(born, 5);
  Date f = DateOf(fifth);
  Day begin = DayFrom(f.y, 12, 31);
  for (Day candidate : {DayFrom(f.y, 8, 31), DayFrom(f.y, 3, 31)}) {
    if (candidate >= fifth) begin = candidate;
  }
  Date s = DateOf(Birthday(born, 16));
  int leaving = s.m >= 9 ? s.y + 1 : s.y;
  Day end = DayFrom(leaving, 6, 30);
  // 1970-01-01 was a Thursday, so (day + 3) % 7 is 4 on Fridays; before it, the remainder is -3.
  while ((end + 3) % 7 != 4 && (end + 3) % 7 != -3) --end;
  return begin <= day && day <= end;
}

class Brute {
 public:
  Brute(const RuleSet& rules, const Facts& facts, Day as_of, const TermCalendar& calendar)
      : rules_(rules), f_(facts), t_(as_of) {
    for (const auto& term : calendar.terms()) terms_.push_back({term.id, term.days});
  }

  BruteVerdicts All() {
    BruteVerdicts out;
    for (const Rule& rule : rules_.rules) out.rules.push_back(OfRule(rule));
    std::map<std::string, V> known;
    for (size_t i = 0; i < rules_.rules.size(); ++i) known[rules_.rules[i].id] = out.rules[i];
    for (const Gate& gate : rules_.gates) out.gates.push_back(OfGate(gate.id, known));
    return out;
  }

 private:
  using Term = std::pair<TermId, DaySpan>;

  bool Member(const Facts::Person& p) const {
    if (p.joined && *p.joined > t_) return false;
    return !(p.left && *p.left <= t_);
  }
  bool Child(const Facts::Person& p) const {
    return p.role == PersonRole::kChild && (!p.born || Age(*p.born, t_) < 18);
  }
  bool Adult(const Facts::Person& p) const {
    if (p.role == PersonRole::kUnbornChild) return false;
    return p.role != PersonRole::kChild || (p.born && Age(*p.born, t_) >= 18);
  }
  bool Present(const Facts::Need& n) const {
    return n.present && (!n.identified || *n.identified <= t_);
  }
  std::string NeedOf(int need) const { return rules_.needs[size_t(need)].id; }
  bool About(const Rule& rule, int need) const {
    if (need < 0) return false;
    if (rule.need >= 0) return NeedOf(need) == NeedOf(rule.need);
    if (rule.headline < 0) return false;
    return NeedOf(need).starts_with(rules_.headlines[size_t(rule.headline)].id + ".");
  }
  bool NeedWord(const std::string& word) const {
    for (const Facts::Need& n : f_.needs) {
      std::string id = NeedOf(n.need);
      if (Present(n) && (id == word || id.starts_with(word + "."))) return true;
    }
    return false;
  }

  // nullopt: cannot be said for want of a birth date.
  std::optional<bool> Passes(const Rule& rule, int who) const {
    const Facts::Person& p = f_.persons[size_t(who)];
    bool unsure = false;
    for (Filter filter : rule.filters) {
      std::optional<bool> holds;
      switch (filter) {
        case Filter::kAdult:
          holds = Adult(p);
          break;
        case Filter::kParentingResponsibility:
          holds = p.role == PersonRole::kParentCarer || p.role == PersonRole::kKinshipCarer ||
                  p.role == PersonRole::kNonResidentParent;
          break;
        case Filter::kWithNeed:
          holds = false;
          for (const Facts::Need& n : f_.needs) {
            for (int named : n.persons) {
              if (Present(n) && About(rule, n.need) && named == who) holds = true;
            }
          }
          break;
        case Filter::kSchoolAge:
          if (p.born)
            holds = OfSchoolAge(*p.born, t_);
          else if (p.role != PersonRole::kChild)
            holds = false;
          break;
        case Filter::kMinor10To17:
          if (p.born)
            holds = Age(*p.born, t_) >= 10 && Age(*p.born, t_) <= 17;
          else if (p.role != PersonRole::kChild)
            holds = false;
          break;
        case Filter::kAge16To18:
          if (p.born) holds = Age(*p.born, t_) >= 16 && Age(*p.born, t_) <= 18;
          break;
      }
      if (holds == false) return false;
      if (!holds) unsure = true;
    }
    return unsure ? std::nullopt : std::optional(true);
  }

  V OfRule(const Rule& rule) const {
    if (rule.need >= 0 && !NeedWord(NeedOf(rule.need))) return kSilent;
    std::map<int, V> judged;
    if (rule.discretion == Discretion::kAllowed) {
      for (const auto& j : f_.judgements) {
        if (rules_.rules[size_t(j.rule)].id == rule.id) judged[j.person] = j.verdict;
      }
    }
    if (judged.contains(-1)) return judged[-1];
    if (rule.subject == SubjectKind::kEpisode) return OfRecord(rule);

    std::vector<int> sure, unsure;
    for (int i = 0; i < int(f_.persons.size()); ++i) {
      const Facts::Person& p = f_.persons[size_t(i)];
      if (!Member(p) || p.role == PersonRole::kUnbornChild) continue;
      bool children =
          rule.subject == SubjectKind::kEveryChild || rule.subject == SubjectKind::kAnyChild;
      if (children && !Child(p)) continue;
      if (rule.subject == SubjectKind::kAnyAdult && !Adult(p)) continue;
      std::optional<bool> passes = Passes(rule, i);
      if (!passes)
        unsure.push_back(i);
      else if (*passes)
        sure.push_back(i);
    }
    auto lenient = [&](V v) {
      return v == kOpen && rule.missing_data == MissingData::kNotMet ? kNo : v;
    };
    if (rule.subject == SubjectKind::kFamily) {
      if (!unsure.empty()) return lenient(kOpen);
      if (sure.empty() && !rule.filters.empty()) return rule.not_applicable.value_or(kSilent);
      return lenient(OfSubject(rule, -1, sure));
    }
    bool every =
        rule.subject == SubjectKind::kEveryChild || rule.subject == SubjectKind::kEveryPerson;
    if (sure.empty() && unsure.empty()) return rule.not_applicable.value_or(every ? kSilent : kNo);
    std::multiset<V> verdicts;
    for (int who : sure) {
      verdicts.insert(judged.contains(who) ? judged[who] : lenient(OfSubject(rule, who, {who})));
    }
    for (int who : unsure) verdicts.insert(judged.contains(who) ? judged[who] : lenient(kOpen));
    V first = every ? kNo : kYes;
    V last = every ? kYes : kNo;
    if (verdicts.contains(first)) return first;
    if (verdicts.contains(kOpen)) return kOpen;
    return verdicts.contains(last) ? last : kSilent;
  }

  V OfSubject(const Rule& rule, int who, const std::vector<int>& pooled) const {
    switch (InfoOf(rule.measure).shape) {
      case Shape::kEvent:
        return OfEvents(rule, who, pooled);
      case Shape::kState:
        return rule.window.kind == WindowKind::kByBenefit ? OfWork(rule, who) : OfState(rule, who);
      case Shape::kTerm:
        return OfTerms(rule, who);
      case Shape::kScore:
        return OfScore(rule, who);
      case Shape::kRecord:
        break;
    }
    FAIL("a record is of the episode");
    return kOpen;
  }

  std::optional<std::vector<Term>> TermsEndedBy(Day day, int count) const {
    std::vector<Term> ended;
    for (const Term& term : terms_) {
      if (term.second.last <= day) ended.push_back(term);
    }
    if (int(ended.size()) < count) return std::nullopt;
    return std::vector<Term>(ended.end() - count, ended.end());
  }

  static Days From(Day first, Day last) {
    Days days;
    for (Day d = first; d <= last; ++d) days.insert(d);
    return days;
  }
  std::optional<Days> WindowDays(const Rule& rule) const {
    int n = rule.window.count;
    switch (rule.window.kind) {
      case WindowKind::kLastDays:
        return From(t_ - n + 1, t_);
      case WindowKind::kSinceStart:
        return From(f_.started, t_);
      case WindowKind::kEver:
        return From(t_ - 40'000, t_);
      case WindowKind::kLastTerms: {
        auto terms = TermsEndedBy(t_, n);
        if (!terms) return std::nullopt;
        return From(terms->front().second.first, terms->back().second.last);
      }
      case WindowKind::kAfterClose:
        if (!f_.closed || *f_.closed + n > t_) return std::nullopt;
        return From(*f_.closed + 1, *f_.closed + n);
      case WindowKind::kAtDate:
      case WindowKind::kByBenefit:
      case WindowKind::kNone:
        return From(t_, t_);
    }
    return std::nullopt;
  }
  std::optional<Days> BaselineDays(const Rule& rule, const Days& window) const {
    int n = rule.baseline.count;
    if (rule.baseline.kind == BaselineKind::kBeforeStart) {
      return From(f_.started - n, f_.started - 1);
    }
    if (rule.baseline.kind == BaselineKind::kPrecedingEqualWindow) {
      if (window.empty()) return Days();
      return From(*window.begin() - int(window.size()), *window.begin() - 1);
    }
    auto terms = TermsEndedBy(f_.started - 1, n);
    if (!terms) return std::nullopt;
    return From(terms->front().second.first, terms->back().second.last);
  }

  struct Tally {
    int64_t count = 0;
    bool full = true;
  };
  Tally Events(const Rule& rule, int who, const std::vector<int>& pooled, const Days& days) const {
    Tally tally;
    std::set<int> people(pooled.begin(), pooled.end());
    for (const auto& e : f_.events) {
      if (e.measure != rule.measure || !days.contains(e.day)) continue;
      if (rule.measure == Measure::kNomination && e.headline != rule.headline) continue;
      if (e.person < 0 ? who < 0 : people.contains(e.person)) ++tally.count;
    }
    if (InfoOf(rule.measure).world == World::kRecorded) return tally;
    if (people.empty()) people.insert(-1);
    for (int person : people) {
      for (Day day : days) {
        bool born = person < 0 || !f_.persons[size_t(person)].born ||
                    *f_.persons[size_t(person)].born <= day;
        bool asked = !born;
        for (const auto& c : f_.covers) {
          bool right = c.measure == rule.measure && (c.person < 0 || c.person == person);
          if (right && c.days.first <= day && day <= c.days.last) asked = true;
        }
        if (!asked) tally.full = false;
      }
    }
    return tally;
  }

  V OfEvents(const Rule& rule, int who, const std::vector<int>& pooled) const {
    if (rule.op == Operator::kDueWithin) {
      Tally due = Events(rule, who, pooled, From(t_, Day(t_ + rule.threshold)));
      if (due.count > 0) return kYes;
      return Events(rule, who, pooled, From(t_, t_)).full ? kNo : kOpen;
    }
    std::optional<Days> window = WindowDays(rule);
    if (!window) return kOpen;
    Tally now = Events(rule, who, pooled, *window);
    if (rule.op == Operator::kReducedByAtLeast) {
      std::optional<Days> before = BaselineDays(rule, *window);
      if (!before) return kOpen;
      Tally base = Events(rule, who, pooled, *before);
      if (!base.full || !now.full) return kOpen;
      if (base.count > 0) {
        return Is((base.count - now.count) * 1000 >= rule.threshold * base.count);
      }
      return now.count == 0 ? rule.zero_baseline : kNo;
    }
    // Whatever else may have happened: up to fifty events more than are known.
    auto holds = [&](int64_t count) {
      switch (rule.op) {
        case Operator::kLess:
          return count * 1000 < rule.threshold;
        case Operator::kAtMost:
          return count * 1000 <= rule.threshold;
        case Operator::kEqual:
          return count * 1000 == rule.threshold;
        case Operator::kAtLeast:
          return count * 1000 >= rule.threshold;
        case Operator::kMore:
          return count * 1000 > rule.threshold;
        case Operator::kExists:
          return count > 0;
        default:
          return count == 0;
      }
    };
    bool some = false, all = true;
    for (int64_t more = 0; more <= (now.full ? 0 : 50); ++more) {
      some |= holds(now.count + more);
      all &= holds(now.count + more);
    }
    return all ? kYes : some ? kOpen : kNo;
  }

  // nullopt: nobody says, or they disagree.
  std::optional<int32_t> ValueOn(const Rule& rule, Measure measure, int who, Day day) const {
    std::set<int32_t> said;
    for (const auto& s : f_.states) {
      if (s.measure != measure || s.person != who) continue;
      if (measure == Measure::kNeedOutcome && !About(rule, s.need)) continue;
      if (s.days.first <= day && day <= s.days.last) said.insert(s.value);
    }
    return said.size() == 1 ? std::optional(*said.begin()) : std::nullopt;
  }

  V OfState(const Rule& rule, int who) const {
    std::optional<Days> window = WindowDays(rule);
    if (!window) return kOpen;
    auto equal = [&](int32_t value) {
      if (rule.op != Operator::kIn) return value == rule.threshold;
      return std::set<int32_t>(rule.codes.begin(), rule.codes.end()).contains(value);
    };
    bool any = false, differs = false, missing = false;
    for (Day day : *window) {
      bool only_last = rule.op == Operator::kEqual || rule.op == Operator::kIn;
      if (only_last && day != *window->rbegin()) continue;
      bool unborn = who >= 0 && f_.persons[size_t(who)].born && day < *f_.persons[size_t(who)].born;
      if (unborn && !only_last) continue;
      std::optional<int32_t> value = ValueOn(rule, rule.measure, who, day);
      if (!value)
        missing = true;
      else
        (equal(*value) ? any : differs) = true;
    }
    if (rule.op == Operator::kExists) return any ? kYes : missing ? kOpen : kNo;
    return differs ? kNo : missing ? kOpen : kYes;
  }

  V OfWork(const Rule& rule, int who) const {
    const int32_t none = int32_t(Benefit::kNone);
    int32_t last = 0;
    bool all_none = true;
    for (Day day = f_.started; day <= t_; ++day) {
      auto value = ValueOn(rule, Measure::kOutOfWorkBenefit, who, day);
      if (value && *value != none) last = *value;
      if (value != none) all_none = false;
    }
    if (last == 0) return all_none ? kNo : kOpen;
    auto today = ValueOn(rule, Measure::kOutOfWorkBenefit, who, t_);
    if (!today) return kOpen;
    if (*today != none) return kNo;
    if (!rule.table.contains(last)) return kOpen;
    WorkSpell spell = rule.table.at(last);
    int good = 0, open = 0;
    for (int week = 0; week < spell.of_weeks; ++week) {
      int yes = 0, no = 0;
      for (int d = 0; d < 7; ++d) {
        auto value = ValueOn(rule, Measure::kEmployed, who, t_ - 7 * week - d);
        if (value) ++(*value == 1 ? yes : no);
      }
      if (yes == 7)
        ++good;
      else if (no == 0)
        ++open;
    }
    return good >= spell.weeks ? kYes : good + open < spell.weeks ? kNo : kOpen;
  }

  struct Rates {
    std::vector<std::pair<int64_t, int64_t>> of;
    bool missing = false;
  };
  Rates Read(const Rule& rule, int who, const std::vector<Term>& terms) const {
    Rates rates;
    Day born = *f_.persons[size_t(who)].born;
    for (const Term& term : terms) {
      bool inside = true, exempt = true;
      for (Day day = term.second.first; day <= term.second.last; ++day) {
        if (!OfSchoolAge(born, day)) inside = false;
        bool freed = false;
        for (Measure m : rule.exempt_by) freed |= ValueOn(rule, m, who, day) == 1;
        exempt &= freed;
      }
      if (!inside || exempt) continue;
      int64_t possible = 0, with = 0, without = 0;
      bool row = false;
      for (const auto& r : f_.terms) {
        if (r.person != who || r.term != term.first) continue;
        row = true;
        possible += r.possible, with += r.authorised, without += r.unauthorised;
      }
      if (!row) rates.missing = true;
      int64_t part = possible - with - without, whole = possible;
      if (rule.measure == Measure::kUnauthorisedAbsenceRate) part = without;
      if (rule.measure == Measure::kAttendanceRateExcludingAuthorised) whole = possible - with;
      if (row && whole != 0) rates.of.emplace_back(part, whole);
    }
    return rates;
  }

  V OfTerms(const Rule& rule, int who) const {
    auto terms = TermsEndedBy(t_, rule.window.count);
    if (!terms || !f_.persons[size_t(who)].born) return kOpen;
    Rates now = Read(rule, who, *terms);
    if (now.of.empty() && !now.missing) return kSilent;
    auto pool = [](const Rates& rates) {
      std::pair<int64_t, int64_t> sum;
      for (auto [part, whole] : rates.of) sum.first += part, sum.second += whole;
      return sum;
    };
    auto [part, whole] = pool(now);
    if (rule.op == Operator::kImprovedByAtLeast) {
      auto before = TermsEndedBy(f_.started - 1, rule.baseline.count);
      if (!before) return kOpen;
      Rates base = Read(rule, who, *before);
      if (base.of.empty() && !base.missing) return kSilent;
      if (now.missing || base.missing) return kOpen;
      auto [part0, whole0] = pool(base);
      return Is((part * whole0 - part0 * whole) * 1000 >= rule.threshold * whole * whole0);
    }
    if (now.missing) return kOpen;
    if (rule.aggregate == Aggregate::kPooled) now.of = {{part, whole}};
    for (auto [p, w] : now.of) {
      int64_t left = p * 1000, right = rule.threshold * w;
      bool holds = rule.op == Operator::kLess      ? left < right
                   : rule.op == Operator::kAtMost  ? left <= right
                   : rule.op == Operator::kAtLeast ? left >= right
                                                   : left > right;
      if (!holds) return kNo;
    }
    return kYes;
  }

  V OfScore(const Rule& rule, int who) const {
    std::map<Day, std::multiset<int64_t>> readings;
    for (const auto& s : f_.scores) {
      bool counts = s.person == who && About(rule, s.need) && f_.started <= s.day && s.day <= t_;
      if (counts) readings[s.day].insert(s.value);
    }
    if (readings.size() < 2) return kOpen;
    int64_t first = *readings.begin()->second.rbegin();
    int64_t last = *readings.rbegin()->second.begin();
    return Is((last - first) * 1000 >= rule.threshold);
  }

  std::optional<int64_t> Record(const Rule& rule) const {
    std::set<std::string> needs, headlines;
    std::map<std::string, bool> only_away;
    bool covered = f_.has_plan;
    for (const Facts::Need& n : f_.needs) {
      if (!Present(n)) continue;
      std::string id = NeedOf(n.need);
      std::string headline = id.substr(0, id.find('.'));
      needs.insert(id);
      headlines.insert(headline);
      bool away = !n.persons.empty();
      for (int p : n.persons) {
        const Facts::Person& person = f_.persons[size_t(p)];
        if (person.role != PersonRole::kNonResidentParent || !Member(person)) away = false;
      }
      only_away.try_emplace(headline, true);
      if (!away) only_away[headline] = false;
      if (!n.in_plan) covered = false;
    }
    int64_t count_away = 0;
    for (auto& [headline, away] : only_away) count_away += away ? 1 : 0;
    bool child = false, expected = false, whole = false;
    for (const auto& p : f_.persons) {
      if (Member(p) && Child(p)) child = true;
      if (Member(p) && p.due && *p.due >= t_) expected = true;
    }
    for (const auto& a : f_.assessments) {
      bool all = true;
      for (int i = 0; i < int(f_.persons.size()); ++i) {
        const Facts::Person& p = f_.persons[size_t(i)];
        bool must = Member(p) && (Child(p) || p.role == PersonRole::kParentCarer ||
                                  p.role == PersonRole::kKinshipCarer);
        if (must && !std::set<int>(a.begin(), a.end()).contains(i)) all = false;
      }
      whole |= all;
    }
    switch (rule.measure) {
      case Measure::kNeedsCount:
        return int64_t(needs.size()) * 1000;
      case Measure::kHeadlinesCount:
        return int64_t(headlines.size()) * 1000;
      case Measure::kHeadlinesOnlyNonResident:
        return count_away * 1000;
      case Measure::kDependentChild:
        return child;
      case Measure::kExpectantParent:
        return expected;
      case Measure::kWholeFamilyAssessment:
        return whole;
      case Measure::kPlanCoversNeeds:
        return covered;
      case Measure::kPlanApproved:
        return f_.plan_approved;
      case Measure::kLeadAssigned:
        return f_.lead_assigned;
      case Measure::kVisitsMade:
        return f_.visits_made * 1000;
      case Measure::kLocalHighCost:
        return f_.local_high_cost;
      case Measure::kSustainedCheck:
        return f_.sustained;
      default:
        if (!f_.social_work_threshold) return std::nullopt;
        return *f_.social_work_threshold;
    }
  }
  V OfRecord(const Rule& rule) const {
    std::optional<int64_t> value = Record(rule);
    if (!value) return kOpen;
    switch (rule.op) {
      case Operator::kLess:
        return Is(*value < rule.threshold);
      case Operator::kAtMost:
        return Is(*value <= rule.threshold);
      case Operator::kAtLeast:
        return Is(*value >= rule.threshold);
      case Operator::kMore:
        return Is(*value > rule.threshold);
      default:
        return Is(*value == rule.threshold);
    }
  }

  V OfGate(const std::string& id, const std::map<std::string, V>& known) const {
    if (known.contains(id)) return known.at(id);
    for (const Gate& gate : rules_.gates) {
      if (gate.id == id) return Value(gate.expression, known);
    }
    FAIL("no such gate");
    return kOpen;
  }

  // By names, and unknown by trying what each could turn out to be.
  V Value(const Expression& e, const std::map<std::string, V>& known) const {
    using K = Expression::Kind;
    if (e.kind == K::kName) return OfGate(e.name, known);
    if (e.kind == K::kNeed) return Is(NeedWord(e.name));
    std::multiset<V> parts;
    for (const Expression& part : e.parts) parts.insert(Value(part, known));
    V first = *parts.begin();
    switch (e.kind) {
      case K::kAll:
        for (V v : {kNo, kOpen, kYes}) {
          if (parts.contains(v)) return v;
        }
        return kSilent;
      case K::kAny:
        for (V v : {kYes, kOpen, kNo}) {
          if (parts.contains(v)) return v;
        }
        return kSilent;
      case K::kNot:
        return first == kYes ? kNo : first == kNo ? kYes : first;
      case K::kMet:
        return first == kSilent ? kNo : first;
      case K::kCount: {
        bool some = false, all = true;
        for (size_t more = 0; more <= parts.count(kOpen); ++more) {
          bool holds = Compares(int64_t(parts.count(kYes) + more), e.comparison, e.number);
          some |= holds, all &= holds;
        }
        return all ? kYes : some ? kOpen : kNo;
      }
      default: {
        V condition = Value(e.parts[0], known), value = Value(e.parts[1], known);
        if (condition == kYes) return value;
        return condition == kOpen && value != kSilent ? kOpen : kSilent;
      }
    }
  }

  const RuleSet& rules_;
  const Facts& f_;
  Day t_;
  std::vector<Term> terms_;
};

}  // namespace

BruteVerdicts EvaluateByBruteForce(const RuleSet& rules, const Facts& facts, Day as_of,
                                   const TermCalendar& calendar) {
  return Brute(rules, facts, as_of, calendar).All();
}

}  // namespace doorstep
