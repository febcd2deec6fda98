// The facts of one worked example, read for one rule-set.
#ifndef DOORSTEP_MODEL_PROGRAMME_CASE_FACTS_H_
#define DOORSTEP_MODEL_PROGRAMME_CASE_FACTS_H_

#include <set>
#include <string>

#include "model/programme.h"
#include "model/yaml_fields.h"

namespace doorstep {

// Names in a case that the rule-set does not have. A case may be judged by several rule-sets, and a
// need of one is no need of another: the fact is left out. Known to none of them, it is a mistake.
struct UnknownNames {
  std::set<std::string> needs;
  std::set<std::string> headlines;
  std::set<std::string> rules;
};

// Reads `episode`, `people`, `needs`, `facts` and `records` of a case. Persons are in the order
// written; every fact is an item named "facts[3]".
Facts ReadCaseFacts(const RuleSet& rules, YamlFields& fields, UnknownNames& unknown);

// `terms` and `bank_holidays` of the calendar of a cases file.
struct CaseCalendar {
  TermCalendar terms;
  BankHolidays holidays;
};
CaseCalendar ReadCaseCalendar(const YamlNode& node, FaultSink& sink);

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_PROGRAMME_CASE_FACTS_H_
