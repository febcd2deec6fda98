// The checker's own view of plans: the status that a screen must show of one, and the approvals
// that nobody was entitled to make. From domain.md's table, not from model/plan_approval.
#ifndef DOORSTEP_TESTS_SIMULATION_PLAN_FACTS_H_
#define DOORSTEP_TESTS_SIMULATION_PLAN_FACTS_H_

#include <optional>
#include <string>

#include "model/record_id.h"
#include "tests/simulation/entry_book.h"

namespace doorstep::simulation {

// As the schema of the C ABI names it: "APPROVED", "CHANGED_SINCE_APPROVAL" and so on.
std::string PlanStatusAt(const EntryBook& book, const Node* end, const Id& plan);

// Of an applied entry that makes an APPROVED: why its author might not approve (own work, a
// contested protective value). nullopt: nothing against it, or no such approval.
std::optional<std::string> UnfitApproval(const EntryBook& book, const Node& entry);

}  // namespace doorstep::simulation

#endif  // DOORSTEP_TESTS_SIMULATION_PLAN_FACTS_H_
