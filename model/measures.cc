#include "model/measures.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace doorstep {
namespace {

constexpr MeasureInfo Event(Measure measure, std::string_view name, std::string_view words,
                            World world = World::kPartner) {
  return {measure, name, Shape::kEvent, world, ValueKind::kNone, words};
}
constexpr MeasureInfo State(Measure measure, std::string_view name, std::string_view words,
                            ValueKind value = ValueKind::kTruth, World world = World::kPartner) {
  return {measure, name, Shape::kState, world, value, words};
}
constexpr MeasureInfo Term(Measure measure, std::string_view name, std::string_view words) {
  return {measure, name, Shape::kTerm, World::kPartner, ValueKind::kNone, words};
}
constexpr MeasureInfo Recorded(Measure measure, std::string_view name, ValueKind value,
                               std::string_view words) {
  return {measure, name, Shape::kRecord, World::kRecorded, value, words};
}

constexpr MeasureInfo kMeasures[] = {
    Event(Measure::kProvenOffence, "proven_offence", "proven offence"),
    Event(Measure::kOffence, "offence", "recorded offence"),
    Event(Measure::kAsbIncident, "asb_incident", "incident of anti-social behaviour"),
    Event(Measure::kAsbIntervention, "asb_intervention", "formal step about anti-social behaviour"),
    Event(Measure::kPermanentExclusion, "permanent_exclusion", "permanent exclusion"),
    Event(Measure::kFixedTermExclusion, "fixed_term_exclusion", "fixed-term exclusion"),
    Event(Measure::kDomesticAbuseIncident, "domestic_abuse_incident",
          "reported incident of domestic abuse"),
    Event(Measure::kProgressToWorkStep, "progress_to_work_step", "step towards work"),
    Event(Measure::kOrderCompleted, "order_completed", "order completed without breach"),
    Event(Measure::kPrisonRelease, "prison_release", "expected release from prison"),
    Event(Measure::kNomination, "nomination", "problem named by a professional", World::kRecorded),
    Event(Measure::kStatutoryStepUp, "statutory_step_up", "step up to social care"),
    State(Measure::kOutOfWorkBenefit, "out_of_work_benefit", "out-of-work benefit",
          ValueKind::kBenefit),
    State(Measure::kEmployed, "employed", "in paid work"),
    State(Measure::kOnSchoolRoll, "on_school_roll", "on the roll of a school"),
    State(Measure::kInSuitableEducation, "in_suitable_education", "in suitable education"),
    State(Measure::kEducatedOtherwise, "educated_otherwise", "educated otherwise than at school"),
    State(Measure::kAlternativeProvision, "alternative_provision", "in alternative provision"),
    State(Measure::kOnLicenceOrSupervision, "on_licence_or_supervision",
          "on licence or supervision"),
    State(Measure::kCommunityOrSuspendedSentence, "community_or_suspended_sentence",
          "serving a community or suspended sentence"),
    State(Measure::kChildInNeed, "child_in_need", "a child in need"),
    State(Measure::kChildProtection, "child_protection", "under child protection"),
    State(Measure::kNeet, "neet", "out of education, employment and training"),
    State(Measure::kHousingSecure, "housing_secure", "housing secure"),
    State(Measure::kDebtPlanKept, "debt_plan_kept", "repayment plan kept"),
    State(Measure::kMoneyOrHousingRisk, "money_or_housing_risk", "at risk over money or home"),
    State(Measure::kNeedOutcome, "need_outcome", "outcome of the need reached", ValueKind::kTruth,
          World::kRecorded),
    Term(Measure::kUnauthorisedAbsenceRate, "unauthorised_absence_rate", "unauthorised absence"),
    Term(Measure::kAttendanceRate, "attendance_rate", "attendance"),
    Term(Measure::kAttendanceRateExcludingAuthorised, "attendance_rate_excluding_authorised",
         "attendance, authorised absence left out"),
    {Measure::kScore, "score", Shape::kScore, World::kRecorded, ValueKind::kNone,
     "reading on the ten-point scale"},
    Recorded(Measure::kNeedsCount, "needs_count", ValueKind::kNumber, "needs present"),
    Recorded(Measure::kHeadlinesCount, "headlines_count", ValueKind::kNumber,
             "headlines with a need present"),
    Recorded(Measure::kHeadlinesOnlyNonResident, "headlines_only_non_resident", ValueKind::kNumber,
             "headlines that concern a non-resident parent only"),
    Recorded(Measure::kDependentChild, "dependent_child", ValueKind::kTruth,
             "a dependent child in the family"),
    Recorded(Measure::kExpectantParent, "expectant_parent", ValueKind::kTruth,
             "a child expected in the family"),
    Recorded(Measure::kWholeFamilyAssessment, "whole_family_assessment", ValueKind::kTruth,
             "an assessment of the whole family completed"),
    Recorded(Measure::kPlanCoversNeeds, "plan_covers_needs", ValueKind::kTruth,
             "every need present covered by the plan"),
    Recorded(Measure::kPlanApproved, "plan_approved", ValueKind::kTruth, "plan approved"),
    Recorded(Measure::kLeadAssigned, "lead_assigned", ValueKind::kTruth, "lead worker assigned"),
    Recorded(Measure::kVisitsMade, "visits_made", ValueKind::kNumber, "visits made"),
    Recorded(Measure::kSustainedCheck, "sustained_check", ValueKind::kSustained,
             "check that the change lasted"),
    Recorded(Measure::kLocalHighCost, "local_high_cost", ValueKind::kTruth, "local filter met"),
    Recorded(Measure::kSocialWorkThreshold, "social_work_threshold", ValueKind::kTruth,
             "social work threshold reached"),
};

constexpr std::pair<Benefit, std::string_view> kBenefits[] = {
    {Benefit::kJsa, "JSA"}, {Benefit::kEsa, "ESA"}, {Benefit::kIs, "IS"}, {Benefit::kIb, "IB"},
    {Benefit::kCa, "CA"},   {Benefit::kSda, "SDA"}, {Benefit::kUc, "UC"}, {Benefit::kNone, "NONE"},
};

}  // namespace

std::span<const MeasureInfo> AllMeasures() { return kMeasures; }

const MeasureInfo* FindMeasure(std::string_view name) {
  for (const MeasureInfo& info : kMeasures) {
    if (info.name == name) return &info;
  }
  return nullptr;
}

const MeasureInfo* FindMeasure(uint32_t number) {
  const auto* end = std::end(kMeasures);
  const auto* found = std::lower_bound(
      std::begin(kMeasures), end, number,
      [](const MeasureInfo& info, uint32_t n) { return uint32_t(info.measure) < n; });
  return found != end && uint32_t(found->measure) == number ? found : nullptr;
}

const MeasureInfo& InfoOf(Measure measure) {
  const MeasureInfo* info = FindMeasure(static_cast<uint32_t>(measure));
  assert(info != nullptr);
  return *info;
}

std::string_view BenefitName(int32_t code) {
  for (const auto& [benefit, name] : kBenefits) {
    if (static_cast<int32_t>(benefit) == code) return name;
  }
  return {};
}

int32_t FindBenefit(std::string_view name) {
  for (const auto& [benefit, known] : kBenefits) {
    if (known == name) return static_cast<int32_t>(benefit);
  }
  return 0;
}

}  // namespace doorstep
