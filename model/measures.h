// What a programme may ask about a family: the measures, by name, number, shape and world. The
// table is the vocabulary of rule-sets (docs/programmes.md) and of EvidenceItem.measure; numbers
// are for ever.
#ifndef DOORSTEP_MODEL_MEASURES_H_
#define DOORSTEP_MODEL_MEASURES_H_

#include <cstdint>
#include <span>
#include <string_view>

namespace doorstep {

enum class Measure : uint8_t {
  kProvenOffence = 1,
  kOffence = 2,
  kAsbIncident = 3,
  kAsbIntervention = 4,
  kPermanentExclusion = 5,
  kFixedTermExclusion = 6,
  kDomesticAbuseIncident = 7,
  kProgressToWorkStep = 8,
  kOrderCompleted = 9,
  kPrisonRelease = 10,
  kNomination = 11,
  kStatutoryStepUp = 12,
  kOutOfWorkBenefit = 20,
  kEmployed = 21,
  kOnSchoolRoll = 22,
  kInSuitableEducation = 23,
  kEducatedOtherwise = 24,
  kAlternativeProvision = 25,
  kOnLicenceOrSupervision = 26,
  kCommunityOrSuspendedSentence = 27,
  kChildInNeed = 28,
  kChildProtection = 29,
  kNeet = 30,
  kHousingSecure = 31,
  kDebtPlanKept = 32,
  kMoneyOrHousingRisk = 33,
  kNeedOutcome = 34,
  kUnauthorisedAbsenceRate = 40,
  kAttendanceRate = 41,
  kAttendanceRateExcludingAuthorised = 42,
  kScore = 50,
  kNeedsCount = 60,
  kHeadlinesCount = 61,
  kHeadlinesOnlyNonResident = 62,
  kDependentChild = 63,
  kExpectantParent = 64,
  kWholeFamilyAssessment = 65,
  kPlanCoversNeeds = 66,
  kPlanApproved = 67,
  kLeadAssigned = 68,
  kVisitsMade = 69,
  kSustainedCheck = 70,
  kLocalHighCost = 71,
  kSocialWorkThreshold = 72,
};

enum class Shape : uint8_t { kEvent, kState, kTerm, kScore, kRecord };
// kPartner: silence proves nothing. kRecorded: kept in Doorstep itself, so that an event that is
// not there did not happen.
enum class World : uint8_t { kPartner, kRecorded };
// What a state or a record fact is compared with.
enum class ValueKind : uint8_t { kNone, kTruth, kBenefit, kNumber, kSustained };

struct MeasureInfo {
  Measure measure;
  std::string_view name;
  Shape shape;
  World world;
  ValueKind value;
  // For sentences: "proven offence"; of a state or a record what holds where it is true.
  std::string_view words;
};

// In ascending order of number.
std::span<const MeasureInfo> AllMeasures();
// Of a measure of the enum; asserted.
const MeasureInfo& InfoOf(Measure measure);
// Null for a name or number that is none.
const MeasureInfo* FindMeasure(std::string_view name);
const MeasureInfo* FindMeasure(uint32_t number);

// Values of `out_of_work_benefit`, as EvidenceItem.code stores them.
enum class Benefit : uint8_t {
  kJsa = 1,
  kEsa = 2,
  kIs = 3,
  kIb = 4,
  kCa = 5,
  kSda = 6,
  kUc = 7,
  kNone = 9
};
// "JSA" … "NONE"; empty for a number that is none.
std::string_view BenefitName(int32_t code);
// 0 for a name that is none.
int32_t FindBenefit(std::string_view name);

// Values of `sustained_check`.
inline constexpr int32_t kRegressed = 0;
inline constexpr int32_t kLasted = 1;

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_MEASURES_H_
