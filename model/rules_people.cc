#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "model/authority.h"
#include "model/digest.h"
#include "model/plan_approval.h"
#include "model/rules_reading.h"
#include "model/rules_sentences.h"
#include "model/value.h"

namespace doorstep {
namespace {

constexpr int32_t kMarkerDaysMax = 366;

// Into whom somebody has been folded, by any value that is live.
std::vector<Id> FoldedInto(const Record& person) {
  std::vector<Id> into;
  const Cell* cell = person.FindCell(v1::Person::kSameAsFieldNumber);
  if (cell == nullptr) return into;
  for (const LiveWrite& write : cell->live) {
    std::optional<Id> id = DecodeId(v1::Person::kSameAsFieldNumber, write.value);
    if (id) into.push_back(*id);
  }
  return into;
}

bool SetsConfidential(const v1::RecordChange& change, const std::string& person) {
  return change.type() == TypeOf<v1::Person>() && change.id() == person &&
         std::any_of(change.writes().begin(), change.writes().end(), [](const auto& write) {
           constexpr uint32_t kField = v1::Person::kAddressConfidentialFieldNumber;
           return write.field() == kField && DecodeBool(kField, write.value()) == true;
         });
}

}  // namespace

bool FoldsIntoOneThatStands(const Case& c, const v1::RecordChange& change) {
  Id id = IdOrZero(change.id());
  const Record* person = c.after.Find(change.type(), id);
  if (person == nullptr || !Writes(change, v1::Person::kSameAsFieldNumber)) return true;
  std::vector<Id> into = FoldedInto(*person);
  if (into.empty()) return true;
  bool chained = std::any_of(into.begin(), into.end(), [&](const Id& target) {
    const Record* other = c.after.Find(change.type(), target);
    return target == id || (other != nullptr && !FoldedInto(*other).empty());
  });
  c.after.ForEach(change.type(), [&](const Record& other) {
    for (const Id& target : FoldedInto(other)) chained |= target == id;
  });
  return !chained;
}

bool SafeAddressIsConfidential(const Case& c, const v1::RecordChange& change) {
  if (!Writes(change, v1::SafeAddress::kStateFieldNumber)) return true;
  std::optional<v1::SafeAddress> address = Read<v1::SafeAddress>(c, IdOrZero(change.id()));
  if (!address || address->state() == v1::SafeAddress::STATE_ENDED) return true;
  const auto& changes = c.changeset.body.changes();
  return std::any_of(changes.begin(), changes.end(), [&](const v1::RecordChange& other) {
    return SetsConfidential(other, address->person());
  });
}

bool MarkerReviewedInTime(const Case& c, const v1::RecordChange& change) {
  if (!Writes(change, v1::Marker::kReviewOnFieldNumber)) return true;
  std::optional<v1::Marker> marker = Read<v1::Marker>(c, IdOrZero(change.id()));
  return !marker || int64_t{marker->review_on()} - marker->from_on() <= kMarkerDaysMax;
}

bool DecisionIsTheirs(const Case& c, const v1::RecordChange& change) {
  std::optional<v1::Approval> approval = Read<v1::Approval>(c, IdOrZero(change.id()));
  if (!approval || c.changeset.scope == c.bench.directory.tenant()) return true;
  using Who = v1::RecordRule;
  switch (approval->decision()) {
    case v1::Approval::DECISION_SUBMITTED:
    case v1::Approval::DECISION_WITHDRAWN:
      return (c.letters & LetterBit(Who::K)) != 0;
    case v1::Approval::DECISION_FAMILY_AGREED:
    case v1::Approval::DECISION_FAMILY_DECLINED:
      return (c.letters & (LetterBit(Who::K) | LetterBit(Who::C))) != 0;
    default:
      break;
  }
  // A supervisor's place of their own making is approved by whoever reads what is restricted.
  bool plan = c.after.Find(TypeOf<v1::Plan>(), IdOrZero(approval->subject())) != nullptr;
  return !plan || (c.letters & LetterBit(Who::S)) != 0;
}

bool FamilyWordHasPerson(const Case& c, const v1::RecordChange& change) {
  std::optional<v1::Approval> approval = Read<v1::Approval>(c, IdOrZero(change.id()));
  bool family = approval && (approval->decision() == v1::Approval::DECISION_FAMILY_AGREED ||
                             approval->decision() == v1::Approval::DECISION_FAMILY_DECLINED);
  return !family || approval->has_person();
}

bool NoEmergencyIntoRestricted(const Case& c, const v1::RecordChange& change) {
  std::optional<v1::Assignment> assignment = Read<v1::Assignment>(c, IdOrZero(change.id()));
  bool opens = assignment && Writes(change, v1::Assignment::kUserFieldNumber) &&
               assignment->relation() == v1::Assignment::RELATION_BREAK_GLASS;
  std::optional<FamilyView> family = opens ? FamilyOf(c.after) : std::nullopt;
  return !family || !family->restricted;
}

}  // namespace doorstep
