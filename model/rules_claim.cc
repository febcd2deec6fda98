#include <algorithm>
#include <optional>
#include <vector>

#include "model/authority.h"
#include "model/rules_reading.h"
#include "model/rules_sentences.h"

namespace doorstep {
namespace {

constexpr uint32_t kScoreMax = 10;

bool IsOut(const v1::Claim& claim) {
  return claim.state() == v1::Claim::STATE_SUBMITTED || claim.state() == v1::Claim::STATE_ACCEPTED;
}

// The rule-set of a claim's episode; 0 while the episode is not here.
uint32_t RuleSetOf(const Case& c, const v1::Claim& claim) {
  std::optional<v1::Episode> episode = Read<v1::Episode>(c, IdOrZero(claim.episode()));
  return episode ? episode->ruleset() : 0;
}

// Whether another claim on the same rule-set is out, on one of these routes.
bool AnotherIsOut(const Case& c, const Id& id, const v1::Claim& claim,
                  const std::vector<uint32_t>& routes) {
  return AnyOf<v1::Claim>(c, [&](const Record& record, const v1::Claim& other) {
    return record.id != id && IsOut(other) && RuleSetOf(c, other) == RuleSetOf(c, claim) &&
           std::find(routes.begin(), routes.end(), other.route()) != routes.end();
  });
}

}  // namespace

bool EvidenceOfOthers(const Case& c, const Taken& step) {
  std::optional<v1::Claim> claim = Read<v1::Claim>(c, step.record);
  if (!claim) return true;
  const auto& evidence = claim->evidence();
  return std::none_of(evidence.begin(), evidence.end(), [&](const std::string& id) {
    const Record* item = c.after.Find(TypeOf<v1::EvidenceItem>(), IdOrZero(id));
    return item != nullptr && item->made_actor == c.changeset.actor;
  });
}

bool EvaluationStands(const Case& c, const Taken& step) {
  return c.bench.rule_sets == nullptr || c.bench.rule_sets->EvaluationStands(c.after, step.record);
}

bool OneClaim(const Case& c, const Taken& step) {
  std::optional<v1::Claim> claim = Read<v1::Claim>(c, step.record);
  return !claim || !AnotherIsOut(c, step.record, *claim, {claim->route()});
}

bool NotExcluded(const Case& c, const Taken& step) {
  std::optional<v1::Claim> claim = Read<v1::Claim>(c, step.record);
  if (!claim || c.bench.rule_sets == nullptr) return true;
  std::vector<uint32_t> routes = c.bench.rule_sets->RoutesExcluding(
      RuleSetOf(c, *claim), claim->ruleset_version(), claim->route());
  return !AnotherIsOut(c, step.record, *claim, routes);
}

bool NotPaidByResults(const Case& c, const Taken& step) {
  std::optional<v1::Claim> claim = Read<v1::Claim>(c, step.record);
  return !claim || claim->mode() != v1::Claim::MODE_PAYMENT_BY_RESULTS ||
         (claim->has_amount_pence() && claim->amount_pence() == 0);
}

bool ClaimIsPinned(const Case& c, const v1::RecordChange& change) {
  std::optional<v1::Claim> claim = Read<v1::Claim>(c, IdOrZero(change.id()));
  if (!claim) return true;
  std::optional<v1::Episode> episode = Read<v1::Episode>(c, IdOrZero(claim->episode()));
  return !episode || claim->ruleset_version() == episode->ruleset_version();
}

bool JudgementBySupervisor(const Case& c, const v1::RecordChange& change) {
  std::optional<v1::EvidenceItem> item = Read<v1::EvidenceItem>(c, IdOrZero(change.id()));
  bool judges = item && (item->kind() == v1::EvidenceItem::KIND_JUDGEMENT ||
                         item->measure() == kThresholdMeasure);
  return !judges || (c.letters & LetterBit(v1::RecordRule::S)) != 0;
}

bool JudgementSaysWhy(const Case& c, const v1::RecordChange& change) {
  std::optional<v1::EvidenceItem> item = Read<v1::EvidenceItem>(c, IdOrZero(change.id()));
  return !item || item->kind() != v1::EvidenceItem::KIND_JUDGEMENT || !item->note().empty();
}

bool ScoreInRange(const Case& c, const v1::RecordChange& change) {
  std::optional<v1::OutcomeScore> score = Read<v1::OutcomeScore>(c, IdOrZero(change.id()));
  return !score || score->score() <= kScoreMax;
}

bool GoalInRange(const Case& c, const v1::RecordChange& change) {
  std::optional<v1::Goal> goal = Read<v1::Goal>(c, IdOrZero(change.id()));
  return !goal || (goal->baseline() <= kScoreMax && goal->target() <= kScoreMax);
}

}  // namespace doorstep
