#include "model/programme_subjects.h"

#include <algorithm>

namespace doorstep {
namespace {

enum class Passes : uint8_t { kNo, kYes, kUnknownAge };

bool HasParentingResponsibility(PersonRole role) {
  return role == PersonRole::kParentCarer || role == PersonRole::kNonResidentParent ||
         role == PersonRole::kKinshipCarer;
}

// A child without a birth date may be of any age; an adult without one is taken to be past school.
Passes PassesAge(const Facts::Person& person, Filter filter, Day as_of) {
  if (!person.born.has_value()) {
    bool open = person.role == PersonRole::kChild || filter == Filter::kAge16To18;
    return open ? Passes::kUnknownAge : Passes::kNo;
  }
  int age = AgeOn(*person.born, as_of);
  bool passes = false;
  if (filter == Filter::kSchoolAge) passes = CompulsorySchoolAge(*person.born).Contains(as_of);
  if (filter == Filter::kMinor10To17) passes = 10 <= age && age <= 17;
  if (filter == Filter::kAge16To18) passes = 16 <= age && age <= 18;
  return passes ? Passes::kYes : Passes::kNo;
}

bool IsNamedInNeed(const RuleSet& rules, const Rule& rule, const Facts& facts, int person,
                   Day as_of) {
  return std::any_of(facts.needs.begin(), facts.needs.end(), [&](const Facts::Need& need) {
    return IsPresentOn(need, as_of) && BelongsTo(rules, rule, need.need) &&
           std::find(need.persons.begin(), need.persons.end(), person) != need.persons.end();
  });
}

Passes PassesFilters(const RuleSet& rules, const Rule& rule, const Facts& facts, int index,
                     Day as_of) {
  const Facts::Person& person = facts.persons[static_cast<size_t>(index)];
  Passes all = Passes::kYes;
  for (Filter filter : rule.filters) {
    Passes one = Passes::kNo;
    switch (filter) {
      case Filter::kSchoolAge:
      case Filter::kMinor10To17:
      case Filter::kAge16To18:
        one = PassesAge(person, filter, as_of);
        break;
      case Filter::kAdult:
        if (IsAdultOn(person, as_of)) one = Passes::kYes;
        break;
      case Filter::kParentingResponsibility:
        if (HasParentingResponsibility(person.role)) one = Passes::kYes;
        break;
      case Filter::kWithNeed:
        if (IsNamedInNeed(rules, rule, facts, index, as_of)) one = Passes::kYes;
        break;
    }
    if (one == Passes::kNo) return one;
    if (one == Passes::kUnknownAge) all = one;
  }
  return all;
}

bool IsOfKind(const Facts::Person& person, SubjectKind kind, Day as_of) {
  switch (kind) {
    case SubjectKind::kEveryChild:
    case SubjectKind::kAnyChild:
      return IsChildOn(person, as_of);
    case SubjectKind::kAnyAdult:
      return IsAdultOn(person, as_of);
    case SubjectKind::kEveryPerson:
    case SubjectKind::kAnyPerson:
    case SubjectKind::kFamily:
      return person.role != PersonRole::kUnbornChild;
    case SubjectKind::kEpisode:
      return false;
  }
  return false;
}

}  // namespace

bool IsMemberOn(const Facts::Person& person, Day day) {
  return person.joined.value_or(day) <= day && !(person.left.has_value() && *person.left <= day);
}

bool IsChildOn(const Facts::Person& person, Day day) {
  return person.role == PersonRole::kChild &&
         (!person.born.has_value() || AgeOn(*person.born, day) < 18);
}

bool IsAdultOn(const Facts::Person& person, Day day) {
  return person.role != PersonRole::kUnbornChild && !IsChildOn(person, day);
}

bool IsPresentOn(const Facts::Need& need, Day day) {
  return need.present && need.identified.value_or(day) <= day;
}

bool HasNeed(const Facts& facts, int need, Day day) {
  return std::any_of(facts.needs.begin(), facts.needs.end(), [&](const Facts::Need& fact) {
    return fact.need == need && IsPresentOn(fact, day);
  });
}

bool HasNeedUnder(const RuleSet& rules, const Facts& facts, int headline, Day day) {
  return std::any_of(facts.needs.begin(), facts.needs.end(), [&](const Facts::Need& fact) {
    return rules.needs[static_cast<size_t>(fact.need)].headline == headline &&
           IsPresentOn(fact, day);
  });
}

bool BelongsTo(const RuleSet& rules, const Rule& rule, int of_fact) {
  if (of_fact < 0) return false;
  if (rule.need >= 0) return of_fact == rule.need;
  return rule.headline >= 0 && rules.needs[static_cast<size_t>(of_fact)].headline == rule.headline;
}

Subjects SubjectsOf(const RuleSet& rules, const Rule& rule, const Facts& facts, Day as_of) {
  Subjects subjects;
  for (int i = 0; i < static_cast<int>(facts.persons.size()); ++i) {
    const Facts::Person& person = facts.persons[static_cast<size_t>(i)];
    if (!IsMemberOn(person, as_of) || !IsOfKind(person, rule.subject, as_of)) continue;
    Passes passes = PassesFilters(rules, rule, facts, i, as_of);
    if (passes == Passes::kYes) subjects.judged.push_back(i);
    if (passes == Passes::kUnknownAge) subjects.without_birthday.push_back(i);
  }
  return subjects;
}

}  // namespace doorstep
