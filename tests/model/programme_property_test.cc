// Random families judged twice: by the evaluator and by one that shares nothing with it.
#include <cstdint>
#include <random>

#include "catch2/catch_test_macros.hpp"
#include "model/programme.h"
#include "model/ruleset_library.h"
#include "tests/model/programme_brute.h"

namespace doorstep {
namespace {

class Families {
 public:
  explicit Families(uint32_t seed) : random_(seed) {}

  int Below(int n) { return static_cast<int>(random_() % static_cast<uint32_t>(n)); }
  bool OneIn(int n) { return Below(n) == 0; }

  // Term dates around the days of the rule-set, now and then with a term missing.
  TermCalendar Calendar(int year) {
    TermCalendar calendar;
    for (int y = year - 3; y <= year + 2; ++y) {
      if (!OneIn(12)) calendar.Set({y, 1}, {DayOf(y, 9, 3), DayOf(y, 12, 20)});
      if (!OneIn(12)) calendar.Set({y, 2}, {DayOf(y + 1, 1, 6), DayOf(y + 1, 4, 4)});
      if (!OneIn(12)) calendar.Set({y, 3}, {DayOf(y + 1, 4, 22), DayOf(y + 1, 7, 22)});
    }
    return calendar;
  }

  Facts Family(const RuleSet& rules, Day as_of) {
    as_of_ = as_of;
    facts_ = {};
    facts_.started = as_of - Below(500) + 20;
    if (OneIn(3)) facts_.closed = as_of - Below(300);
    int people = 1 + Below(4);
    for (int i = 0; i < people; ++i) AddPerson(i);
    for (int i = Below(6); i > 0; --i) AddNeed(rules);
    // Only measures that some rule reads, so that facts are seldom wasted.
    for (const Rule& rule : rules.rules) {
      for (int i = Below(3); i > 0; --i) AddFact(rules, rule);
    }
    if (OneIn(2)) facts_.assessments.push_back(SomePeople());
    facts_.has_plan = OneIn(2);
    facts_.plan_approved = OneIn(2);
    facts_.lead_assigned = !OneIn(4);
    facts_.visits_made = Below(3);
    if (OneIn(2)) facts_.sustained = Below(2);
    facts_.local_high_cost = OneIn(2);
    if (OneIn(2)) facts_.social_work_threshold = OneIn(2);
    return facts_;
  }

 private:
  void AddPerson(int i) {
    Facts::Person person;
    person.key = std::string(1, static_cast<char>('a' + i));
    person.role = static_cast<PersonRole>(1 + Below(6));
    bool child = person.role == PersonRole::kChild;
    if (!OneIn(8)) person.born = as_of_ - Below(child ? 365 * 19 : 365 * 60) - (child ? 0 : 6000);
    if (OneIn(6)) person.joined = as_of_ - Below(400) + 50;
    if (OneIn(8)) person.left = as_of_ - Below(100) + 30;
    if (OneIn(8)) person.due = as_of_ + Below(100) - 50;
    facts_.persons.push_back(person);
  }
  int SomeOne() { return Below(static_cast<int>(facts_.persons.size()) + 1) - 1; }
  std::vector<int> SomePeople() {
    std::vector<int> people;
    for (int i = 0; i < static_cast<int>(facts_.persons.size()); ++i) {
      if (!OneIn(3)) people.push_back(i);
    }
    return people;
  }
  void AddNeed(const RuleSet& rules) {
    Facts::Need need;
    need.need = Below(static_cast<int>(rules.needs.size()));
    if (!OneIn(4)) need.persons = SomePeople();
    need.identified = as_of_ - Below(300) + 20;
    need.present = !OneIn(6);
    need.in_plan = OneIn(2);
    facts_.needs.push_back(need);
  }
  DaySpan Span(int back, int long_days) {
    Day first = as_of_ - Below(back);
    return {first, first + Below(long_days)};
  }
  int NeedFor(const RuleSet& rules, const Rule& rule) {
    if (rule.need >= 0 && !OneIn(4)) return rule.need;
    return Below(static_cast<int>(rules.needs.size()));
  }
  void AddFact(const RuleSet& rules, const Rule& rule) {
    int who = SomeOne();
    switch (InfoOf(rule.measure).shape) {
      case Shape::kEvent: {
        if (OneIn(2)) {
          Day ahead = rule.op == Operator::kDueWithin ? 380 : 5;
          Facts::Event event{rule.measure, who, as_of_ - Below(420) + ahead, -1, -1};
          if (rule.measure == Measure::kNomination) {
            event.headline = Below(static_cast<int>(rules.headlines.size()));
          }
          facts_.events.push_back(event);
        } else {
          facts_.covers.push_back({rule.measure, who, Span(800, 900), -1});
        }
        break;
      }
      case Shape::kState: {
        AddState(rules, rule, rule.measure, who);
        if (!rule.table.empty()) AddState(rules, rule, Measure::kOutOfWorkBenefit, who);
        break;
      }
      case Shape::kTerm: {
        if (who < 0) break;
        int64_t possible = OneIn(10) ? 0 : 100 + Below(30);
        int64_t with = possible == 0 ? 0 : Below(20);
        int64_t without = possible == 0 ? 0 : Below(30);
        int year = SchoolYearOf(as_of_) - Below(2);
        facts_.terms.push_back({who, {year, 1 + Below(3)}, possible, with, without, -1});
        for (Measure measure : rule.exempt_by) {
          if (OneIn(3)) AddState(rules, rule, measure, who);
        }
        break;
      }
      case Shape::kScore:
        facts_.scores.push_back(
            {who, as_of_ - Below(500) + 10, Below(11), NeedFor(rules, rule), -1});
        break;
      case Shape::kRecord:
        break;
    }
    if (rule.discretion == Discretion::kAllowed && OneIn(12)) {
      RuleVerdict verdict = OneIn(3) ? RuleVerdict::kNeutral : RuleVerdict::kMet;
      facts_.judgements.push_back({rules.FindRule(rule.id), who, verdict, -1});
    }
  }
  void AddState(const RuleSet& rules, const Rule& rule, Measure measure, int who) {
    Facts::State state{measure, who, Span(700, 800), OneIn(3) ? 0 : 1, -1, -1};
    if (measure == Measure::kOutOfWorkBenefit) {
      state.value = OneIn(2) ? static_cast<int32_t>(Benefit::kNone) : 1 + Below(7);
    }
    if (measure == Measure::kNeedOutcome) state.need = NeedFor(rules, rule);
    facts_.states.push_back(state);
  }

  std::mt19937 random_;
  Day as_of_ = 0;
  Facts facts_;
};

TEST_CASE("two evaluators agree about random families") {
  constexpr uint32_t kFamilies = 60;  // of each rule-set
  size_t seen[5] = {};
  for (const RuleSet* rules : ShippedLibrary().All()) {
    for (uint32_t seed = 1; seed <= kFamilies; ++seed) {
      CAPTURE(rules->key, seed);
      Families families(seed * 7919 + rules->code);
      Day as_of = rules->effective.first + families.Below(900);
      TermCalendar calendar = families.Calendar(SchoolYearOf(as_of));
      Facts facts = families.Family(*rules, as_of);
      Evaluation fast = EvaluateProgramme(*rules, facts, as_of, calendar);
      BruteVerdicts slow = EvaluateByBruteForce(*rules, facts, as_of, calendar);
      for (size_t i = 0; i < rules->rules.size(); ++i) {
        CAPTURE(rules->rules[i].id, ReasonCodes(fast.rules[i], facts));
        REQUIRE(VerdictName(fast.rules[i].verdict) == VerdictName(slow.rules[i]));
        ++seen[static_cast<size_t>(slow.rules[i])];
      }
      for (size_t i = 0; i < rules->gates.size(); ++i) {
        CAPTURE(rules->gates[i].id);
        REQUIRE(VerdictName(fast.gates[i]) == VerdictName(slow.gates[i]));
      }
    }
  }
  // The families must be such that every answer occurs often, or agreement proves little.
  for (size_t verdict = 1; verdict <= 4; ++verdict) {
    CAPTURE(verdict);
    CHECK(seen[verdict] > 300);
  }
}

}  // namespace
}  // namespace doorstep
