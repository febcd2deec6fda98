#include "model/programme_coverage.h"

#include <algorithm>

#include "model/joined.h"

namespace doorstep {
namespace {

std::string_view ShapeName(Shape shape) {
  switch (shape) {
    case Shape::kEvent:
      return "event";
    case Shape::kState:
      return "state";
    case Shape::kTerm:
      return "term";
    case Shape::kScore:
      return "score";
    case Shape::kRecord:
      return "record";
  }
  return "";
}

void AddFeatures(const Rule& rule, std::set<std::string>& features) {
  std::string_view shape = ShapeName(InfoOf(rule.measure).shape);
  features.insert(Joined("kind ", NameOf(kRuleKindNames, rule.kind)));
  features.insert(Joined("shape ", shape));
  features.insert(Joined("operator ", NameOf(kOperatorNames, rule.op), " of shape ", shape));
  features.insert(Joined("subject ", NameOf(kSubjectNames, rule.subject)));
  for (Filter filter : rule.filters) {
    features.insert(Joined("filter ", NameOf(kFilterNames, filter)));
  }
  if (rule.window.kind != WindowKind::kNone) {
    features.insert(Joined("window ", NameOf(kWindowNames, rule.window.kind)));
  }
  if (rule.baseline.kind != BaselineKind::kNone) {
    features.insert(Joined("baseline ", NameOf(kBaselineNames, rule.baseline.kind)));
  }
}

std::string ReasonFeature(VerdictReason reason) {
  return Joined("reason ", NameOf(kReasonNames, reason));
}

// What the rule could answer.
std::vector<VerdictReason> PossibleReasons(const Rule& rule) {
  const MeasureInfo& info = InfoOf(rule.measure);
  std::vector<VerdictReason> reasons = {VerdictReason::kCompared};
  auto add = [&](bool possible, std::initializer_list<VerdictReason> those) {
    if (possible) reasons.insert(reasons.end(), those);
  };
  bool about_persons =
      rule.subject != SubjectKind::kFamily && rule.subject != SubjectKind::kEpisode;
  bool by_age = std::any_of(rule.filters.begin(), rule.filters.end(), [](Filter filter) {
    return filter == Filter::kSchoolAge || filter == Filter::kMinor10To17 ||
           filter == Filter::kAge16To18;
  });
  add(rule.discretion == Discretion::kAllowed, {VerdictReason::kJudged});
  add(rule.need >= 0, {VerdictReason::kNeedAbsent});
  add(about_persons, {VerdictReason::kNoSubject});
  add(by_age, {VerdictReason::kMissingBirthDate});
  add(info.shape == Shape::kEvent && info.world == World::kPartner, {VerdictReason::kMissingCover});
  add(info.shape == Shape::kState,
      {VerdictReason::kMissingState, VerdictReason::kConflictingState});
  add(info.shape == Shape::kTerm, {VerdictReason::kMissingTerm, VerdictReason::kExempt});
  add(rule.window.kind == WindowKind::kLastTerms, {VerdictReason::kMissingCalendar});
  add(info.shape == Shape::kScore, {VerdictReason::kMissingScore});
  add(rule.measure == Measure::kSocialWorkThreshold, {VerdictReason::kMissingRecord});
  add(rule.window.kind == WindowKind::kAfterClose, {VerdictReason::kNotDue});
  add(info.shape == Shape::kTerm && rule.op == Operator::kImprovedByAtLeast,
      {VerdictReason::kNoBaseline});
  add(rule.op == Operator::kReducedByAtLeast,
      {VerdictReason::kZeroBaseline, VerdictReason::kRiseFromZero});
  add(rule.window.kind == WindowKind::kByBenefit,
      {VerdictReason::kNotOnBenefit, VerdictReason::kStillOnBenefit,
       VerdictReason::kBenefitNotInTable});
  return reasons;
}

}  // namespace

void Coverage::Note(const Rule& rule, const RuleResult& result) {
  AddFeatures(rule, seen_);
  for (int index : result.deciding) {
    for (VerdictReason reason : result.findings[static_cast<size_t>(index)].reasons) {
      seen_.insert(ReasonFeature(reason));
    }
  }
}

void Coverage::Require(const RuleSet& rules) {
  for (const Rule& rule : rules.rules) {
    AddFeatures(rule, required_);
    for (VerdictReason reason : PossibleReasons(rule)) required_.insert(ReasonFeature(reason));
  }
}

std::vector<std::string> Coverage::Uncovered() const {
  std::vector<std::string> missing;
  std::set_difference(required_.begin(), required_.end(), seen_.begin(), seen_.end(),
                      std::back_inserter(missing));
  return missing;
}

}  // namespace doorstep
