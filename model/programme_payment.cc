#include "model/programme_payment.h"

#include <algorithm>

namespace doorstep {
namespace {

std::optional<int64_t> AmountFor(const std::vector<Amount>& amounts, int route, Day attached) {
  for (const Amount& amount : amounts) {
    if (amount.route == route && amount.attached.Contains(attached)) return amount.pence;
  }
  return std::nullopt;
}

}  // namespace

std::optional<FundingMode> FundingModeOn(const RuleSet& rules, Day day) {
  for (const Funding& funding : rules.funding) {
    if (funding.days.Contains(day)) return funding.mode;
  }
  return std::nullopt;
}

int64_t AttachmentFee(const RuleSet& rules, Day attached) {
  if (FundingModeOn(rules, attached) != FundingMode::kPaymentByResults) return 0;
  return AmountFor(rules.payment.attachment, -1, attached).value_or(0);
}

bool MayClaimBeside(const RuleSet& rules, int route, std::span<const int> others) {
  auto is_alone = [&](int which) { return rules.routes[static_cast<size_t>(which)].alone; };
  return std::none_of(others.begin(), others.end(), [&](int other) {
    return other == route || is_alone(other) || is_alone(route);
  });
}

std::vector<int64_t> ResultsPaid(const RuleSet& rules, Day attached,
                                 std::span<const AcceptedClaim> claims) {
  std::optional<int64_t> cap = AmountFor(rules.payment.results_cap, -1, attached);
  std::vector<int64_t> paid;
  std::vector<int> stand;
  int64_t total = 0;
  for (const AcceptedClaim& claim : claims) {
    int64_t pence = 0;
    if (MayClaimBeside(rules, claim.route, stand)) {
      stand.push_back(claim.route);
      if (FundingModeOn(rules, claim.received) == FundingMode::kPaymentByResults) {
        pence = AmountFor(rules.payment.results, claim.route, attached).value_or(0);
        if (cap.has_value()) pence = std::max<int64_t>(0, std::min(pence, *cap - total));
      }
    }
    total += pence;
    paid.push_back(pence);
  }
  return paid;
}

}  // namespace doorstep
