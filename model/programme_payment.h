// What a programme pays, in pence: a fee when a family is attached, a result when a claim of a
// route is accepted. Amounts follow the day of attachment, the mode of funding the day the office
// received the claim; outside payment by results every amount is 0, and outcomes are counted all
// the same.
#ifndef DOORSTEP_MODEL_PROGRAMME_PAYMENT_H_
#define DOORSTEP_MODEL_PROGRAMME_PAYMENT_H_

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "model/ruleset.h"

namespace doorstep {

// Of the row in force that day; nullopt where the file has none for it.
std::optional<FundingMode> FundingModeOn(const RuleSet& rules, Day day);

int64_t AttachmentFee(const RuleSet& rules, Day attached);

struct AcceptedClaim {
  int route = 0;     // index into RuleSet::routes
  Day received = 0;  // when the office had its submission
};
// Whether a claim of this route may stand beside those already submitted or accepted for the
// family: one a route, and a route that is alone excludes the others.
bool MayClaimBeside(const RuleSet& rules, int route, std::span<const int> others);
// What each claim pays, in the order in which they were accepted: at most the route's amount, and
// together at most the cap. 0 for a claim that may not stand beside an earlier one.
std::vector<int64_t> ResultsPaid(const RuleSet& rules, Day attached,
                                 std::span<const AcceptedClaim> claims);

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_PROGRAMME_PAYMENT_H_
