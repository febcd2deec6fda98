#include "model/rules.h"

#include <algorithm>
#include <iterator>

#include "model/rules_reading.h"
#include "model/rules_sentences.h"

namespace doorstep {
namespace {

using v1::HeldReason;
using Guard = v1::Machine;

constexpr HeldReason kGuard = v1::HELD_REASON_GUARD;

struct StepRule {
  Guard::Guard guard;
  HeldReason reason;
  bool (*holds)(const Case&, const Taken&);
  std::string_view sentence;
};

constexpr StepRule kStepRules[] = {
    {Guard::THRESHOLD_NOT_MET, kGuard, ThresholdNotMet,
     "This programme takes families below the threshold of social work only. Record first that it "
     "is not met."},
    {Guard::THRESHOLD_MET, kGuard, ThresholdMet,
     "Nobody has recorded that the threshold of social work is met. Record it first."},
    {Guard::STEP_DOWN_PAPERS, kGuard, StepDownPapers,
     "A step down is accepted with the plan or closing summary of social work attached, and with a "
     "new agreement of the family."},
    {Guard::OVERSIGHT_SAYS_WHY, kGuard, OversightSaysWhy,
     "Write an oversight note about it with your reasons; it may go with this step."},
    {Guard::REFERRED_ON, kGuard, ReferredOn,
     "Write the referral out that passes the family on; it may go with this step."},
    {Guard::LINK_NOTED, kGuard, LinkNoted,
     "Write a restricted note first that links this family with the one that is kept."},
    {Guard::SHARING_DECIDED, kGuard, SharingDecided,
     "Name the agency it goes to, and record the decision to share with that agency."},
    {Guard::STEP_UP_DECIDED, kGuard, StepUpDecided,
     "A step up needs a supervisor's oversight note of that kind, unless it is urgent."},
    {Guard::LEVEL_RAISED, kGuard, LevelRaised,
     "Section 47 has begun: set the level of the episode to CHILD_PROTECTION with this step."},
    {Guard::OPEN_LEAD, kGuard, OpenLead, "The family has no lead. Give it one first."},
    {Guard::AGREED, kGuard, Agreed,
     "Nobody of 16 or over has agreed to the service. Record an agreement first."},
    {Guard::NOTICE_GIVEN, kGuard, NoticeGiven,
     "Nobody has been given the privacy notice. Record that first."},
    {Guard::LAWFUL, kGuard, Lawful,
     "No lawful basis is recorded for this episode. Confirm one first."},
    {Guard::JOINED_IN_TIME, kGuard, JoinedInTime,
     "The day of joining lies outside the dates of the programme. Correct it, or begin an episode "
     "under the programme of that day."},
    {Guard::ONE_OPEN_EPISODE, v1::HELD_REASON_SECOND_OPEN_EPISODE, OneOpenEpisode,
     "Another episode of this programme is active. Close that one first."},
    {Guard::CLOSING_REVIEWED, kGuard, ClosingReviewed,
     "There is no closing review of this episode. Write it first."},
    {Guard::CLOSURE_DECIDED, kGuard, ClosureDecided,
     "There is no oversight note of kind CLOSURE. Write it first; it may go with this step."},
    {Guard::NO_RAISED_CONCERN, kGuard, NoRaisedConcern,
     "A concern waits to be acknowledged. Read it first."},
    {Guard::NO_CLAIM_OUT, kGuard, NoClaimOut,
     "A claim on this episode is submitted or accepted. Ask the programme office."},
    {Guard::PEOPLE_DATED, kGuard, PeopleDated,
     "Somebody listed has no birth date. Enter it, or add to the person why it is not known."},
    {Guard::VISIT_WRITTEN, kGuard, VisitWritten,
     "A visit that met somebody is signed with when it ended, an account, and of every child "
     "whether it was seen."},
    {Guard::CANCELLED_BY_WHOM, kGuard, CancelledByWhom,
     "Say who called the visit off: CANCELLED_BY_FAMILY or CANCELLED_BY_SERVICE."},
    {Guard::ACKNOWLEDGED_BY_ANOTHER, kGuard, AcknowledgedByAnother,
     "You raised this concern yourself: another supervisor acknowledges it, or you record a call "
     "that was answered."},
    {Guard::ANSWERED_OR_ADVICE, kGuard, AnsweredOrAdvice,
     "No call about this concern was answered. Record one, or lower its level to ADVICE, first."},
    {Guard::EVIDENCE_OF_OTHERS, v1::HELD_REASON_OWN_WORK, EvidenceOfOthers,
     "You wrote some of the evidence of this claim: another auditor judges it."},
    {Guard::EVALUATION_STANDS, kGuard, EvaluationStands,
     "Evaluated again, this claim is not met on the same facts. Make a new claim, or withdraw it."},
    {Guard::ONE_CLAIM, v1::HELD_REASON_SECOND_CLAIM, OneClaim,
     "Another claim of this family on this route is submitted or accepted."},
    {Guard::NOT_EXCLUDED, kGuard, NotExcluded,
     "A claim of this family on a route that excludes this one is submitted or accepted."},
    {Guard::NOT_PAID_BY_RESULTS, kGuard, NotPaidByResults,
     "This claim is paid by results: submit it, and record the answer."},
};

struct RecordRule {
  uint32_t (*type)();
  HeldReason reason;
  bool (*holds)(const Case&, const v1::RecordChange&);
  std::string_view sentence;
};

constexpr RecordRule kRecordRules[] = {
    {TypeOf<v1::Person>, v1::HELD_REASON_CHAIN, FoldsIntoOneThatStands,
     "A duplicate is folded into a person who stands. Name the one that the other was folded "
     "into."},
    {TypeOf<v1::SafeAddress>, kGuard, SafeAddressIsConfidential,
     "A safe address is saved together with the person's address marked as confidential."},
    {TypeOf<v1::Marker>, kGuard, MarkerReviewedInTime,
     "A marker is reviewed within 366 days of its beginning. Choose an earlier day."},
    {TypeOf<v1::Episode>, v1::HELD_REASON_PINNED, EpisodeIsPinned,
     "The rule-set and version differ from those of the programme. Take them over from it."},
    {TypeOf<v1::Episode>, kGuard, AttachedInTime,
     "The day of joining lies outside the dates of the programme."},
    {TypeOf<v1::Goal>, v1::HELD_REASON_SHAPE, GoalInRange, "Baseline and target run from 0 to 10."},
    {TypeOf<v1::OutcomeScore>, v1::HELD_REASON_SHAPE, ScoreInRange, "Scores run from 0 to 10."},
    {TypeOf<v1::Approval>, v1::HELD_REASON_NOT_ALLOWED, DecisionIsTheirs,
     "Workers submit and withdraw a plan; supervisors approve and return it."},
    {TypeOf<v1::Approval>, kGuard, FamilyWordHasPerson, "Say whose word of the family this is."},
    {TypeOf<v1::Assignment>, v1::HELD_REASON_BARRED, NoEmergencyIntoRestricted,
     "Emergency access opens no restricted family. Ring its supervisor."},
    {TypeOf<v1::EvidenceItem>, v1::HELD_REASON_NOT_ALLOWED, JudgementBySupervisor,
     "A judgement, and the threshold of social work, are recorded by a supervisor."},
    {TypeOf<v1::EvidenceItem>, kGuard, JudgementSaysWhy, "A judgement needs a note that says why."},
    {TypeOf<v1::Claim>, v1::HELD_REASON_PINNED, ClaimIsPinned,
     "The version of the rule-set differs from that of the episode. Take it over from there."},
};

const StepRule* FindRule(v1::Machine::Guard guard) {
  auto it = std::find_if(std::begin(kStepRules), std::end(kStepRules),
                         [&](const StepRule& rule) { return rule.guard == guard; });
  return it == std::end(kStepRules) ? nullptr : it;
}

}  // namespace

bool IsRule(v1::Machine::Guard guard) { return FindRule(guard) != nullptr; }

Objection JudgeRules(const Case& c) {
  for (const Taken& step : c.taken) {
    const StepRule* rule = FindRule(step.guard);
    if (rule != nullptr && !rule->holds(c, step)) return {rule->reason, rule->sentence};
  }
  for (const v1::RecordChange& change : c.changeset.body.changes()) {
    for (const RecordRule& rule : kRecordRules) {
      if (change.type() != rule.type()) continue;
      if (!rule.holds(c, change)) return {rule.reason, rule.sentence};
    }
  }
  return {};
}

}  // namespace doorstep
