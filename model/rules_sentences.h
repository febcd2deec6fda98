// The rules, one function each; rules.cc lists them with the sentence each says. True: it is kept.
// The comments say where a rule comes from. "The working together guidance" is the statutory
// guidance on helping and protecting children in England.
#ifndef DOORSTEP_MODEL_RULES_SENTENCES_H_
#define DOORSTEP_MODEL_RULES_SENTENCES_H_

#include "doorstep/v1/change.pb.h"
#include "model/rules.h"

namespace doorstep {

// ---- Referrals (rules_referral.cc) -------------------------------------------------------------

// A school service takes families below the threshold of social work only; whether it is met is a
// supervisor's decision, recorded before the referral is taken. Rule-sets that do not ask are
// silent.
bool ThresholdNotMet(const Case& c, const Taken& step);
// What is passed on to social work is passed on because the threshold was found to be met.
bool ThresholdMet(const Case& c, const Taken& step);
// A family stepped down comes with what social work learned, and agrees anew: agreement to a duty
// is none to a service.
bool StepDownPapers(const Case& c, const Taken& step);
// Who turns a family away, or opens finished words again, says why. Inspectors ask for management
// decisions with their reasons.
bool OversightSaysWhy(const Case& c, const Taken& step);
// A family passed on is passed on to somebody: the referral out stands beside the decision.
bool ReferredOn(const Case& c, const Taken& step);
// Which family a duplicate belongs to is a restricted link; here only its presence can be seen.
bool LinkNoted(const Case& c, const Taken& step);
// Nothing leaves for an agency without a recorded decision to share with it: the data protection
// act and the information sharing advice for practitioners.
bool SharingDecided(const Case& c, const Taken& step);
// A step up is a manager's decision; in an emergency the note may follow.
bool StepUpDecided(const Case& c, const Taken& step);
// Enquiries under section 47 of the Children Act 1989 are child protection, for us too.
bool LevelRaised(const Case& c, const Taken& step);

// ---- Episodes and assessments (rules_episode.cc) ------------------------------------------------

// A family has one named lead, from the first day: the early help system guide.
bool OpenLead(const Case& c, const Taken& step);
// Early help is voluntary: somebody old enough to agree has agreed, wholly or within limits. At 16
// a young person's own word is enough, as for medical treatment.
bool Agreed(const Case& c, const Taken& step);
// The right to be informed, articles 13 and 14 of the UK GDPR.
bool NoticeGiven(const Case& c, const Taken& step);
// A ground in law for each purpose, article 6 of the UK GDPR.
bool Lawful(const Case& c, const Taken& step);
// A family joins a programme while it runs: a phase pays for no family of another.
bool JoinedInTime(const Case& c, const Taken& step);
// One piece of work under one programme at a time.
bool OneOpenEpisode(const Case& c, const Taken& step);
// Closing is looked at together before it is done.
bool ClosingReviewed(const Case& c, const Taken& step);
// And is a manager's decision, with reasons.
bool ClosureDecided(const Case& c, const Taken& step);
// Nobody closes over a concern that no supervisor has read.
bool NoRaisedConcern(const Case& c, const Taken& step);
// What has been claimed for stays as it was claimed.
bool NoClaimOut(const Case& c, const Taken& step);
// An assessment knows how old everybody is, or says why it does not.
bool PeopleDated(const Case& c, const Taken& step);
// An episode follows the rule-set version that its programme was activated with, for ever.
bool EpisodeIsPinned(const Case& c, const v1::RecordChange& change);
bool AttachedInTime(const Case& c, const v1::RecordChange& change);

// ---- Visits and concerns (rules_contact.cc) -----------------------------------------------------

// A visit that met somebody is signed with its end, an account, and of every child whether it was
// seen: reviews of children's deaths find again and again that nobody had seen the child.
bool VisitWritten(const Case& c, const Taken& step);
// A missed visit is a sign when the family called it off, and a fault when the service did.
bool CancelledByWhom(const Case& c, const Taken& step);
// A concern is read by a second person, or has been said to one on the telephone.
bool AcknowledgedByAnother(const Case& c, const Taken& step);
// Above advice a concern ends with somebody having answered: saving it is no referral.
bool AnsweredOrAdvice(const Case& c, const Taken& step);

// ---- Evidence and claims (rules_claim.cc) -------------------------------------------------------

// An auditor judges the work of others.
bool EvidenceOfOthers(const Case& c, const Taken& step);
// What is put forward would be put forward again today: asked of the rule-set's evaluator.
bool EvaluationStands(const Case& c, const Taken& step);
// A result is paid once.
bool OneClaim(const Case& c, const Taken& step);
// Nor twice under two names: routes that exclude each other.
bool NotExcluded(const Case& c, const Taken& step);
// What is paid by results goes through the payer.
bool NotPaidByResults(const Case& c, const Taken& step);
// A claim is judged by the version of the rule-set that its episode began under.
bool ClaimIsPinned(const Case& c, const v1::RecordChange& change);
// A judgement, and the threshold of social work, are a supervisor's.
bool JudgementBySupervisor(const Case& c, const v1::RecordChange& change);
// A judgement is words, or it is nothing an auditor can follow.
bool JudgementSaysWhy(const Case& c, const v1::RecordChange& change);
// Scores, baselines and targets run from 0 to 10.
bool ScoreInRange(const Case& c, const v1::RecordChange& change);
bool GoalInRange(const Case& c, const v1::RecordChange& change);

// ---- People and decisions (rules_people.cc) -----------------------------------------------------

// A duplicate is folded into one that stands, so that everybody finds the same person.
bool FoldsIntoOneThatStands(const Case& c, const v1::RecordChange& change);
// Where an address is hidden, the person's address is confidential from the same moment.
bool SafeAddressIsConfidential(const Case& c, const v1::RecordChange& change);
// A warning is looked at again within a year: stale markers harm the families they stand on.
bool MarkerReviewedInTime(const Case& c, const v1::RecordChange& change);
// Workers submit and withdraw plans, supervisors approve and return them; either may hear the
// family's word.
bool DecisionIsTheirs(const Case& c, const v1::RecordChange& change);
// The family's word is somebody's word.
bool FamilyWordHasPerson(const Case& c, const v1::RecordChange& change);
// Nobody approves a plan whose papers they cannot have seen: asked of whoever keeps the files.
// Emergency access opens no family that is restricted to its assigned staff.
bool NoEmergencyIntoRestricted(const Case& c, const v1::RecordChange& change);

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_RULES_SENTENCES_H_
