#include <algorithm>
#include <optional>

#include "model/authority.h"
#include "model/rules_reading.h"
#include "model/rules_sentences.h"

namespace doorstep {
namespace {

// As last recorded since the referral came in; of two in one entry the one that protects more.
std::optional<bool> ThresholdOf(const Case& c, const Record& referral) {
  std::optional<bool> met;
  uint64_t last = referral.made_seq;
  AnyOf<v1::EvidenceItem>(c, [&](const Record& record, const v1::EvidenceItem& item) {
    bool says = item.kind() == v1::EvidenceItem::KIND_STATE &&
                item.measure() == kThresholdMeasure && item.numbers_size() > 0;
    if (!says || record.made_seq < last || IsInError(c, record.id)) return false;
    bool now = item.numbers(0) != 0;
    met = record.made_seq == last && met.value_or(false) ? true : now;
    last = record.made_seq;
    return false;
  });
  return met;
}

bool IsSocialWork(const v1::Referral& referral) {
  return referral.level() == v1::Referral::LEVEL_SECTION_17 ||
         referral.level() == v1::Referral::LEVEL_SECTION_47;
}

bool Agrees(const v1::ServiceAgreement& agreement) {
  return agreement.state() == v1::ServiceAgreement::STATE_GIVEN ||
         agreement.state() == v1::ServiceAgreement::STATE_LIMITED;
}

}  // namespace

bool ThresholdNotMet(const Case& c, const Taken& step) {
  const Record* record = c.after.Find(step.type, step.record);
  std::optional<v1::Referral> referral = Read<v1::Referral>(c, step.record);
  if (!referral || c.bench.rule_sets == nullptr) return true;
  std::optional<ProgrammeView> programme =
      c.bench.directory.FindProgramme(IdOrZero(referral->programme()), c.bench.at);
  if (!programme ||
      !c.bench.rule_sets->AsksThreshold(programme->ruleset, programme->ruleset_version)) {
    return true;
  }
  return ThresholdOf(c, *record) == false;
}

bool ThresholdMet(const Case& c, const Taken& step) {
  const Record* record = c.after.Find(step.type, step.record);
  return record != nullptr && ThresholdOf(c, *record) == true;
}

bool StepDownPapers(const Case& c, const Taken& step) {
  std::optional<v1::Referral> referral = Read<v1::Referral>(c, step.record);
  if (!referral || referral->source() != v1::REFERRAL_SOURCE_SOCIAL_CARE_STEP_DOWN) return true;
  bool papers = AnyOf<v1::Attachment>(c, [&](const Record&, const v1::Attachment& file) {
    return file.about() == step.record.view();
  });
  bool agreed =
      AnyOf<v1::ServiceAgreement>(c, [&](const Record&, const v1::ServiceAgreement& agreement) {
        return Agrees(agreement) && agreement.stated_on() >= referral->received_on();
      });
  return papers && agreed;
}

bool OversightSaysWhy(const Case& c, const Taken& step) {
  return AnyOf<v1::ManagementOversight>(
      c, [&](const Record& record, const v1::ManagementOversight& note) {
        return note.about() == step.record.view() && !note.reasons().empty() &&
               record.made_seq > step.since;
      });
}

bool ReferredOn(const Case& c, const Taken& step) {
  const Record* passed = c.after.Find(step.type, step.record);
  return AnyOf<v1::Referral>(c, [&](const Record& record, const v1::Referral& referral) {
    return referral.direction() == v1::Referral::DIRECTION_OUT &&
           referral.state() != v1::Referral::STATE_WITHDRAWN && record.made_seq >= passed->made_seq;
  });
}

bool LinkNoted(const Case& c, const Taken&) {
  return AnyOf<v1::RestrictedNote>(c,
                                   [](const Record&, const v1::RestrictedNote&) { return true; });
}

bool SharingDecided(const Case& c, const Taken& step) {
  std::optional<v1::Referral> referral = Read<v1::Referral>(c, step.record);
  if (!referral || referral->agency().empty()) return false;
  return AnyOf<v1::SharingDecision>(c, [&](const Record&, const v1::SharingDecision& decision) {
    return decision.decision() == v1::SharingDecision::DECISION_SHARE &&
           decision.agency() == referral->agency();
  });
}

bool StepUpDecided(const Case& c, const Taken& step) {
  std::optional<v1::Referral> referral = Read<v1::Referral>(c, step.record);
  if (!referral || !IsSocialWork(*referral) || referral->urgent()) return true;
  return AnyOf<v1::ManagementOversight>(c, [&](const Record&, const v1::ManagementOversight& note) {
    return note.kind() == v1::ManagementOversight::KIND_STEP_UP &&
           (note.about().empty() || note.about() == step.record.view());
  });
}

bool LevelRaised(const Case& c, const Taken& step) {
  std::optional<v1::Referral> referral = Read<v1::Referral>(c, step.record);
  if (!referral || referral->level() != v1::Referral::LEVEL_SECTION_47) return true;
  return !AnyOf<v1::Episode>(c, [](const Record&, const v1::Episode& episode) {
    bool running = episode.state() == v1::Episode::STATE_PENDING ||
                   episode.state() == v1::Episode::STATE_ACTIVE;
    return running && episode.level() < v1::Episode::LEVEL_CHILD_PROTECTION;
  });
}

}  // namespace doorstep
