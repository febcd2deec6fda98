// Whom a rule speaks of: members, children, adults and filters, on the day of evaluation.
#ifndef DOORSTEP_MODEL_PROGRAMME_SUBJECTS_H_
#define DOORSTEP_MODEL_PROGRAMME_SUBJECTS_H_

#include <vector>

#include "model/programme.h"

namespace doorstep {

// Joined by then (or joining unknown) and not left by then.
bool IsMemberOn(const Facts::Person& person, Day day);
// In the role of a child, and younger than 18 or of unknown age. An unborn child is neither child
// nor adult.
bool IsChildOn(const Facts::Person& person, Day day);
bool IsAdultOn(const Facts::Person& person, Day day);

// Present, and identified by then.
bool IsPresentOn(const Facts::Need& need, Day day);
// Whether a need of this index (of the headline, if that is given instead) is present.
bool HasNeed(const Facts& facts, int need, Day day);
bool HasNeedUnder(const RuleSet& rules, const Facts& facts, int headline, Day day);
// Whether a fact about the need `of_fact` belongs to the rule: to its need, else to its headline.
bool BelongsTo(const RuleSet& rules, const Rule& rule, int of_fact);

struct Subjects {
  std::vector<int> judged;            // indexes of persons, ascending
  std::vector<int> without_birthday;  // whom the filter cannot place
};
// The members of the rule's kind that pass its filters; of a family rule those whose events are
// pooled.
Subjects SubjectsOf(const RuleSet& rules, const Rule& rule, const Facts& facts, Day as_of);

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_PROGRAMME_SUBJECTS_H_
