// Each rule of casework, with the case in which it holds a changeset and the nearest one in which
// it does not: every piece that a step needs is left out once.
#include "model/rules.h"

#include <catch2/catch_test_macros.hpp>
#include <functional>

#include "google/protobuf/descriptor.h"
#include "model/digest.h"
#include "tests/model/casework.h"

namespace doorstep {
namespace {

using Changes = std::vector<v1::RecordChange>;

constexpr v1::HeldReason kApplied = v1::HELD_REASON_UNSPECIFIED;
constexpr v1::HeldReason kGuard = v1::HELD_REASON_GUARD;
constexpr uint32_t kPerson = 2, kReferral = 12, kEpisode = 17, kAssessment = 19, kVisit = 27;
constexpr uint32_t kConcern = 31, kClaim = 38;

// What a step needs: who writes it, what, and why the step is held without it.
struct Piece {
  const char* name;
  std::function<Changes(Casework&)> make;
  v1::HeldReason without = kGuard;
  bool by_supervisor = true;
};
struct Play {
  std::function<void(Casework&)> begin = {};
  std::vector<Piece> pieces;
  std::function<v1::HeldReason(Casework&)> step;
};

void LeaveEachOutOnce(const Play& play) {
  for (size_t left_out = 0; left_out < play.pieces.size(); ++left_out) {
    const Piece& missing = play.pieces[left_out];
    INFO("without " << missing.name);
    Casework work;
    if (play.begin) play.begin(work);
    auto push = [&](const Piece& piece) {
      INFO("writing " << piece.name);
      REQUIRE(work.Push(piece.by_supervisor ? work.town.supervisor : work.ana, piece.make(work)) ==
              kApplied);
    };
    for (size_t i = 0; i < play.pieces.size(); ++i) {
      if (i != left_out) push(play.pieces[i]);
    }
    CHECK(play.step(work) == missing.without);
    CHECK_FALSE(work.because.empty());
    push(missing);
    CHECK(play.step(work) == kApplied);
  }
}

// ---- Records that many cases need ---------------------------------------------------------------

v1::Episode EpisodeOf(Casework& work) {
  v1::Episode episode;
  episode.set_programme(work.activation.str());
  episode.set_ruleset(7);
  episode.set_ruleset_version(2);
  episode.set_started_on(work.town.today);
  episode.set_state(v1::Episode::STATE_PENDING);
  return episode;
}

Id BeginEpisode(Casework& work) {
  Id id;
  v1::Episode episode = EpisodeOf(work);
  episode.set_attached_on(work.town.today);
  REQUIRE(work.Push(work.town.supervisor, {work.New(episode, &id)}) == kApplied);
  return id;
}

v1::ServiceAgreement AgreementOf(Casework& work, const Id& person,
                                 v1::ServiceAgreement::State state) {
  v1::ServiceAgreement agreement;
  agreement.set_person(person.str());
  agreement.set_covers(v1::ServiceAgreement::COVERS_SUPPORT);
  agreement.set_state(state);
  agreement.set_stated_on(work.town.today);
  return agreement;
}

v1::PrivacyNotice NoticeOf(Casework& work) {
  v1::PrivacyNotice notice;
  notice.add_persons(work.parent.str());
  notice.set_notice_version(1);
  notice.set_given_on(work.town.today);
  return notice;
}

v1::LawfulBasis BasisOf(Casework& work, const Id& episode) {
  v1::LawfulBasis basis;
  basis.set_episode(episode.str());
  basis.set_purpose(v1::LawfulBasis::PURPOSE_SUPPORT);
  basis.set_general(v1::LawfulBasis::GENERAL_PUBLIC_TASK);
  basis.set_special(v1::LawfulBasis::SPECIAL_NONE);
  basis.set_from_on(work.town.today);
  return basis;
}

v1::ManagementOversight OversightOf(Casework& work, v1::ManagementOversight::Kind kind,
                                    const Id& about, const char* reasons = "because") {
  v1::ManagementOversight note;
  note.set_kind(kind);
  note.set_about(about.str());
  note.set_written_on(work.town.today);
  note.set_decision("so it is");
  if (*reasons != '\0') note.set_reasons(reasons);
  return note;
}

Id Open(Casework& work) {
  const Id episode = BeginEpisode(work);
  REQUIRE(work.Push(work.ana,
                    {work.New(AgreementOf(work, work.parent, v1::ServiceAgreement::STATE_GIVEN)),
                     work.New(NoticeOf(work)), work.New(BasisOf(work, episode))}) == kApplied);
  REQUIRE(work.Push(work.town.supervisor,
                    {work.Step(kEpisode, episode, v1::Episode::STATE_ACTIVE)}) == kApplied);
  return episode;
}

v1::Referral ReferralOf(Casework& work, v1::Referral::Direction direction) {
  v1::Referral referral;
  referral.set_direction(direction);
  referral.set_received_on(work.town.today);
  referral.set_reason("words");
  referral.set_state(direction == v1::Referral::DIRECTION_IN ? v1::Referral::STATE_RECEIVED
                                                             : v1::Referral::STATE_WRITTEN);
  return referral;
}

v1::EvidenceItem ThresholdOf(Casework& work, int64_t met) {
  v1::EvidenceItem item;
  item.set_episode(work.town.NewId().str());
  item.set_kind(v1::EvidenceItem::KIND_STATE);
  item.set_measure(72);
  item.add_numbers(met);
  item.set_source(v1::EvidenceItem::SOURCE_CASE_RECORD);
  item.set_method(v1::EvidenceItem::METHOD_WORKER_RECORDED);
  item.set_quality(v1::EvidenceItem::QUALITY_VERIFIED);
  item.set_obtained_on(work.town.today);
  return item;
}

v1::Addendum AddendumOf(const Id& about, v1::Addendum::Kind kind) {
  v1::Addendum addendum;
  addendum.set_about(about.str());
  addendum.set_kind(kind);
  addendum.set_text("words");
  return addendum;
}

v1::Concern ConcernOf(Casework& work, v1::Concern::Level level) {
  v1::Concern concern;
  concern.add_persons(work.child.str());
  concern.set_kind(v1::Concern::KIND_NEGLECT);
  concern.set_level(level);
  concern.set_noticed_at(work.town.now_ms);
  concern.set_account("words");
  concern.set_state(v1::Concern::STATE_RAISED);
  return concern;
}

v1::ConcernCall CallOf(Casework& work, const Id& concern, bool answered) {
  v1::ConcernCall call;
  call.set_concern(concern.str());
  call.set_called(v1::ConcernCall::CALLED_SAFEGUARDING_HUB);
  call.set_called_at(work.town.now_ms);
  call.set_answered(answered);
  return call;
}

v1::Claim ClaimOf(Casework& work, const Id& episode, uint32_t route = 1) {
  (void)work;
  v1::Claim claim;
  claim.set_episode(episode.str());
  claim.set_route(route);
  claim.set_as_of_on(20'000);
  claim.set_ruleset_version(2);
  claim.set_inputs_digest(std::string(32, 'i'));
  claim.set_mode(v1::Claim::MODE_PAYMENT_BY_RESULTS);
  claim.set_amount_pence(100'000);
  claim.set_state(v1::Claim::STATE_CANDIDATE);
  return claim;
}

// Up to AUDIT_PASSED.
Id PassClaim(Casework& work, const v1::Claim& claim) {
  Id id;
  REQUIRE(work.Push(work.officer, {work.New(claim, &id)}) == kApplied);
  REQUIRE(work.Push(work.officer, {work.Step(kClaim, id, v1::Claim::STATE_READY)}) == kApplied);
  REQUIRE(work.Push(work.auditor, {Change(kClaim, id, {{12, EncodeBytes(12, "seen")}})}) ==
          kApplied);
  REQUIRE(work.Push(work.auditor, {work.Step(kClaim, id, v1::Claim::STATE_AUDIT_PASSED)}) ==
          kApplied);
  return id;
}

// Rule-sets that answer as a case wants.
struct Answers final : RuleSetFacts {
  bool threshold = true;
  bool stands = true;
  std::vector<uint32_t> excluding = {};
  bool AsksThreshold(uint32_t ruleset, uint32_t version) const override {
    return threshold && ruleset == 7 && version == 2;
  }
  bool EvaluationStands(ScopeState&, const Id&) const override { return stands; }
  std::vector<uint32_t> RoutesExcluding(uint32_t, uint32_t, uint32_t) const override {
    return excluding;
  }
};

}  // namespace

TEST_CASE("every guard of the schema is judged somewhere") {
  const google::protobuf::EnumDescriptor& guards = *v1::Machine::Guard_descriptor();
  for (int i = 0; i < guards.value_count(); ++i) {
    const auto guard = static_cast<v1::Machine::Guard>(guards.value(i)->number());
    const bool with_the_step = guard <= v1::Machine::BARRED;
    INFO(guards.value(i)->name());
    CHECK(IsRule(guard) != with_the_step);
    bool used = false;
    for (const RecordType& type : Catalog::Get().types()) {
      for (const FieldType& field : type.fields) {
        for (const Step& step : field.steps) {
          used |= std::count(step.guards.begin(), step.guards.end(), guard) > 0;
        }
      }
    }
    CHECK(used != (guard == v1::Machine::GUARD_UNSPECIFIED));
  }
}

// ---- Episodes -----------------------------------------------------------------------------------

TEST_CASE("an episode becomes active with agreement, notice, basis and the day of joining") {
  static Id episode;
  LeaveEachOutOnce(
      {[](Casework& work) {
         REQUIRE(work.Push(work.town.supervisor, {work.New(EpisodeOf(work), &episode)}) ==
                 kApplied);
       },
       {{"an agreement",
         [](Casework& work) {
           return Changes{
               work.New(AgreementOf(work, work.parent, v1::ServiceAgreement::STATE_LIMITED))};
         }},
        {"a privacy notice", [](Casework& work) { return Changes{work.New(NoticeOf(work))}; }},
        {"a lawful basis",
         [](Casework& work) { return Changes{work.New(BasisOf(work, episode))}; }},
        {"the day of joining",
         [](Casework& work) {
           return Changes{Change(kEpisode, episode, {{6, EncodeDate(6, work.town.today)}})};
         }}},
       [](Casework& work) {
         return work.Push(work.town.supervisor,
                          {work.Step(kEpisode, episode, v1::Episode::STATE_ACTIVE)});
       }});
}

TEST_CASE("agreement: who agrees, to what, and until when") {
  struct Row {
    const char* name;
    v1::ServiceAgreement::State state;
    int child_years;  // 0: the parent agrees
    v1::HeldReason expected;
  };
  const Row rows[] = {{"a parent", v1::ServiceAgreement::STATE_GIVEN, 0, kApplied},
                      {"a parent, limited", v1::ServiceAgreement::STATE_LIMITED, 0, kApplied},
                      {"a parent refuses", v1::ServiceAgreement::STATE_REFUSED, 0, kGuard},
                      {"withdrawn", v1::ServiceAgreement::STATE_WITHDRAWN, 0, kGuard},
                      {"a child of 15", v1::ServiceAgreement::STATE_GIVEN, 15, kGuard},
                      {"a child of 16", v1::ServiceAgreement::STATE_GIVEN, 16, kApplied}};
  for (const Row& row : rows) {
    INFO(row.name);
    Casework work;
    const Id episode = BeginEpisode(work);
    if (row.child_years > 0) {
      // The sixteenth birthday is today, or tomorrow.
      const int32_t birth = work.town.today - 5844 + (row.child_years == 16 ? 0 : 1);
      REQUIRE(work.Push(work.ana, {work.Again(kPerson, work.child, 4, EncodeDate(4, birth))}) ==
              kApplied);
    }
    const Id who = row.child_years > 0 ? work.child : work.parent;
    REQUIRE(work.Push(work.ana, {work.New(AgreementOf(work, who, row.state)),
                                 work.New(NoticeOf(work)), work.New(BasisOf(work, episode))}) ==
            kApplied);
    CHECK(work.Push(work.town.supervisor,
                    {work.Step(kEpisode, episode, v1::Episode::STATE_ACTIVE)}) == row.expected);
  }
}

TEST_CASE("an episode is pinned to its programme, and joined while that runs") {
  Casework work;
  v1::Episode episode = EpisodeOf(work);
  episode.set_ruleset_version(3);
  CHECK(work.Push(work.town.supervisor, {work.New(episode)}) == v1::HELD_REASON_PINNED);
  episode.set_ruleset_version(2);
  episode.set_ruleset(8);
  CHECK(work.Push(work.town.supervisor, {work.New(episode)}) == v1::HELD_REASON_PINNED);
  episode.set_ruleset(7);
  Id id;
  REQUIRE(work.Push(work.town.supervisor, {work.New(episode, &id)}) == kApplied);
  for (auto [days, expected] : {std::pair(-401, kGuard), std::pair(-400, kApplied),
                                std::pair(400, kApplied), std::pair(401, kGuard)}) {
    CHECK(work.Try(work.town.supervisor,
                   {Change(kEpisode, id, {{6, EncodeDate(6, work.town.today + days)}})}) ==
          expected);
  }
  // Of a programme that is not here yet nothing is known to be wrong.
  episode.set_programme(work.town.NewId().str());
  episode.set_ruleset_version(99);
  CHECK(work.Push(work.town.supervisor, {work.New(episode)}) == kApplied);
}

TEST_CASE("one active episode of a programme, and a lead") {
  Casework work;
  Open(work);
  const Id other = BeginEpisode(work);
  REQUIRE(work.Push(work.ana, {work.New(BasisOf(work, other))}) == kApplied);
  CHECK(work.Push(work.town.supervisor, {work.Step(kEpisode, other, v1::Episode::STATE_ACTIVE)}) ==
        v1::HELD_REASON_SECOND_OPEN_EPISODE);

  Casework alone;
  const Id episode = BeginEpisode(alone);
  REQUIRE(
      alone.Push(alone.ana,
                 {alone.New(AgreementOf(alone, alone.parent, v1::ServiceAgreement::STATE_GIVEN)),
                  alone.New(NoticeOf(alone)), alone.New(BasisOf(alone, episode))}) == kApplied);
  for (const AssignmentView& view : AssignmentsOf(alone.log.state())) {
    if (view.relation == v1::Assignment::RELATION_LEAD) {
      REQUIRE(alone.Push(alone.town.supervisor, {alone.Step(34, view.id, 2)}) == kApplied);
    }
  }
  CHECK(alone.Push(alone.town.supervisor,
                   {alone.Step(kEpisode, episode, v1::Episode::STATE_ACTIVE)}) == kGuard);
  CHECK(alone.because.find("lead") != std::string::npos);
}

TEST_CASE("an episode closes after a review and a decision, and over no unread concern") {
  static Id episode;
  static Id concern;
  LeaveEachOutOnce(
      {[](Casework& work) {
         episode = Open(work);
         REQUIRE(work.Push(work.ana, {work.New(ConcernOf(work, v1::Concern::LEVEL_SAME_DAY),
                                               &concern)}) == kApplied);
       },
       {{"a closing review",
         [](Casework& work) {
           v1::Review review;
           review.set_episode(episode.str());
           review.set_kind(v1::Review::KIND_CLOSING);
           review.set_reviewed_on(work.town.today);
           review.set_result(v1::Review::RESULT_CLOSE);
           return Changes{work.New(review)};
         },
         kGuard, false},
        {"the decision to close",
         [](Casework& work) {
           return Changes{
               work.New(OversightOf(work, v1::ManagementOversight::KIND_CLOSURE, episode))};
         }},
        {"the concern acknowledged",
         [](Casework& work) {
           return Changes{work.Step(kConcern, concern, v1::Concern::STATE_ACKNOWLEDGED)};
         }},
        {"the day and the reason",
         [](Casework& work) {
           return Changes{Change(kEpisode, episode,
                                 {{11, EncodeDate(11, work.town.today)},
                                  {12, EncodeNumber(12, v1::Episode::CLOSE_REASON_OUTCOMES_MET)}})};
         }}},
       [](Casework& work) {
         return work.Push(work.town.supervisor,
                          {work.Step(kEpisode, episode, v1::Episode::STATE_CLOSED)});
       }});
}

TEST_CASE("reopening: not under a claim that is out") {
  Casework work;
  const Id episode = Open(work);
  v1::Review review;
  review.set_episode(episode.str());
  review.set_kind(v1::Review::KIND_CLOSING);
  review.set_reviewed_on(work.town.today);
  review.set_result(v1::Review::RESULT_CLOSE);
  REQUIRE(work.Push(work.town.supervisor,
                    {work.New(review),
                     work.New(OversightOf(work, v1::ManagementOversight::KIND_CLOSURE, episode)),
                     work.Step(kEpisode, episode, v1::Episode::STATE_CLOSED,
                               {{11, EncodeDate(11, work.town.today)},
                                {12, EncodeNumber(12, 1)}})}) == kApplied);
  auto reopen = [&] {
    return work.Try(work.town.supervisor,
                    {work.Step(kEpisode, episode, v1::Episode::STATE_ACTIVE)});
  };
  CHECK(reopen() == kApplied);
  const Id claim = PassClaim(work, ClaimOf(work, episode));
  CHECK(reopen() == kApplied);
  REQUIRE(work.Push(work.officer, {work.Step(kClaim, claim, v1::Claim::STATE_SUBMITTED)}) ==
          kApplied);
  CHECK(reopen() == kGuard);
}

TEST_CASE("an assessment is complete when everybody listed has a date, or a reason") {
  Casework work;
  Id unknown;
  v1::Person person;
  person.set_role(v1::Person::MEMBER_ROLE_OTHER_ADULT);
  person.set_joined_on(work.town.today);
  v1::Assessment assessment;
  assessment.set_episode(work.town.NewId().str());
  assessment.set_kind(v1::Assessment::KIND_WHOLE_FAMILY);
  assessment.set_started_on(work.town.today);
  assessment.set_state(v1::Assessment::STATE_DRAFT);
  assessment.add_persons(work.child.str());
  Id id;
  REQUIRE(work.Push(work.ana, {work.New(person, &unknown)}) == kApplied);
  assessment.add_persons(unknown.str());
  REQUIRE(work.Push(work.ana, {work.New(assessment, &id)}) == kApplied);
  auto complete = [&] {
    return work.Push(work.ana, {work.Step(kAssessment, id, v1::Assessment::STATE_COMPLETE)});
  };
  CHECK(complete() == kGuard);
  CHECK(work.because.find("analysis") != std::string::npos);
  REQUIRE(work.Push(work.ana, {Change(kAssessment, id, {{22, EncodeBytes(22, "words")}})}) ==
          kApplied);
  CHECK(complete() == kGuard);
  REQUIRE(work.Push(work.ana, {work.New(AddendumOf(unknown, v1::Addendum::KIND_ADDITION))}) ==
          kApplied);
  CHECK(complete() == kApplied);

  auto reopen = [&](Changes with) {
    with.push_back(work.Step(kAssessment, id, v1::Assessment::STATE_DRAFT));
    return work.Push(work.town.supervisor, std::move(with));
  };
  CHECK(reopen({}) == kGuard);
  CHECK(reopen({work.New(OversightOf(work, v1::ManagementOversight::KIND_QUALITY, id, ""))}) ==
        kGuard);
  CHECK(reopen({work.New(OversightOf(work, v1::ManagementOversight::KIND_QUALITY, id))}) ==
        kApplied);
  // Finished again, the note of then does not open it once more.
  REQUIRE(complete() == kApplied);
  CHECK(reopen({}) == kGuard);
}

// ---- Referrals ----------------------------------------------------------------------------------

TEST_CASE("a referral is turned away with an oversight note that says why, since it came") {
  for (uint32_t to : {v1::Referral::STATE_SIGNPOSTED, v1::Referral::STATE_NO_FURTHER_ACTION}) {
    Casework work;
    Id id;
    REQUIRE(work.Push(work.ana, {work.New(ReferralOf(work, v1::Referral::DIRECTION_IN), &id)}) ==
            kApplied);
    auto turn_away = [&](Changes with) {
      with.push_back(work.Step(kReferral, id, to));
      return work.Push(work.town.supervisor, std::move(with));
    };
    CHECK(turn_away({}) == kGuard);
    CHECK(turn_away({work.New(OversightOf(work, v1::ManagementOversight::KIND_OTHER,
                                          work.town.NewId()))}) == kGuard);
    // The note may stand behind the step it explains.
    v1::RecordChange note = work.New(OversightOf(work, v1::ManagementOversight::KIND_OTHER, id));
    CHECK(work.Push(work.town.supervisor, {work.Step(kReferral, id, to), note}) == kApplied);
    REQUIRE(work.Push(work.town.supervisor,
                      {work.Step(kReferral, id, v1::Referral::STATE_SCREENING)}) == kApplied);
    CHECK(turn_away({}) == kGuard);
  }
}

TEST_CASE("a referral is accepted for a programme; where the rule-set asks, below the threshold") {
  Casework work;
  Answers answers;
  work.rule_sets = &answers;
  v1::Referral referral = ReferralOf(work, v1::Referral::DIRECTION_IN);
  Id id;
  REQUIRE(work.Push(work.ana, {work.New(referral, &id)}) == kApplied);
  auto accept = [&](std::vector<Put> facts = {}) {
    return work.Try(work.town.supervisor,
                    {work.Step(kReferral, id, v1::Referral::STATE_ACCEPTED, std::move(facts))});
  };
  CHECK(accept() == kGuard);
  CHECK(work.because.find("programme") != std::string::npos);
  const Put programme{3, EncodeId(3, work.activation)};
  CHECK(accept({programme}) == kGuard);
  answers.threshold = false;
  CHECK(accept({programme}) == kApplied);
  work.rule_sets = nullptr;
  CHECK(accept({programme}) == kApplied);
  work.rule_sets = &answers;
  answers.threshold = true;
  REQUIRE(work.Push(work.town.supervisor, {work.New(ThresholdOf(work, 1))}) == kApplied);
  CHECK(accept({programme}) == kGuard);
  Id below;
  REQUIRE(work.Push(work.town.supervisor, {work.New(ThresholdOf(work, 0), &below)}) == kApplied);
  CHECK(accept({programme}) == kApplied);
  // Entered in error, the one before it speaks again.
  REQUIRE(work.Push(work.town.supervisor,
                    {work.New(AddendumOf(below, v1::Addendum::KIND_ENTERED_IN_ERROR))}) ==
          kApplied);
  CHECK(accept({programme}) == kGuard);
  REQUIRE(work.Push(work.town.supervisor,
                    {work.New(AddendumOf(below, v1::Addendum::KIND_REINSTATED))}) == kApplied);
  CHECK(accept({programme}) == kApplied);
}

TEST_CASE("accepting: referral, episode and places in one changeset, all or nothing") {
  Casework work;
  Id id, episode;
  REQUIRE(work.Push(work.ana, {work.New(ReferralOf(work, v1::Referral::DIRECTION_IN), &id)}) ==
          kApplied);
  Hand ben = work.town.Hire(v1::ROLE_KEY_WORKER);
  v1::Episode pending = EpisodeOf(work);
  pending.set_referral(id.str());
  auto accept = [&](v1::Assignment::Relation relation) {
    return work.Push(work.town.supervisor,
                     {work.Step(kReferral, id, v1::Referral::STATE_ACCEPTED,
                                {{3, EncodeId(3, work.activation)}}),
                      work.New(pending, &episode), work.Place(ben, relation)});
  };
  CHECK(accept(v1::Assignment::RELATION_LEAD) == v1::HELD_REASON_SECOND_LEAD);
  CHECK(work.log.state().Find(kEpisode, episode) == nullptr);
  CHECK(accept(v1::Assignment::RELATION_CO_WORKER) == kApplied);
  CHECK(work.log.state().Find(kEpisode, episode) != nullptr);
}

TEST_CASE("a step down comes with papers and a new agreement") {
  static Id id;
  LeaveEachOutOnce({[](Casework& work) {
                      v1::Referral referral = ReferralOf(work, v1::Referral::DIRECTION_IN);
                      referral.set_source(v1::REFERRAL_SOURCE_SOCIAL_CARE_STEP_DOWN);
                      REQUIRE(work.Push(work.ana, {work.New(referral, &id)}) == kApplied);
                      v1::ServiceAgreement old =
                          AgreementOf(work, work.parent, v1::ServiceAgreement::STATE_GIVEN);
                      old.set_stated_on(work.town.today - 1);
                      REQUIRE(work.Push(work.ana, {work.New(old)}) == kApplied);
                    },
                    {{"the papers",
                      [](Casework& work) {
                        v1::Attachment file;
                        file.set_about(id.str());
                        file.set_content_id(std::string(32, 'c'));
                        file.set_file_length(10);
                        file.set_media(v1::Attachment::MEDIA_PDF);
                        file.set_plain_length(5);
                        return Changes{work.New(file)};
                      }},
                     {"the agreement",
                      [](Casework& work) {
                        return Changes{work.New(
                            AgreementOf(work, work.parent, v1::ServiceAgreement::STATE_GIVEN))};
                      }}},
                    [](Casework& work) {
                      return work.Push(work.town.supervisor,
                                       {work.Step(kReferral, id, v1::Referral::STATE_ACCEPTED,
                                                  {{3, EncodeId(3, work.activation)}})});
                    }});
}

TEST_CASE("passed on: with the threshold met and a referral out; a duplicate: with its link") {
  static Id id;
  auto begin = [](Casework& work) {
    REQUIRE(work.Push(work.ana, {work.New(ReferralOf(work, v1::Referral::DIRECTION_IN), &id)}) ==
            kApplied);
  };
  LeaveEachOutOnce(
      {begin,
       {{"the threshold", [](Casework& work) { return Changes{work.New(ThresholdOf(work, 1))}; }},
        {"the referral out",
         [](Casework& work) {
           return Changes{work.New(ReferralOf(work, v1::Referral::DIRECTION_OUT))};
         }}},
       [](Casework& work) {
         return work.Push(work.town.supervisor,
                          {work.Step(kReferral, id, v1::Referral::STATE_PASSED_ON)});
       }});
  LeaveEachOutOnce({begin,
                    {{"the link",
                      [](Casework& work) {
                        const std::string sealed(kSealOverhead + 256, '\1');
                        return Changes{Change(10, work.town.NewId(), {{1, sealed}, {5, sealed}})};
                      }}},
                    [](Casework& work) {
                      return work.Push(work.town.supervisor,
                                       {work.Step(kReferral, id, v1::Referral::STATE_DUPLICATE)});
                    }});
}

TEST_CASE("a referral goes out by a decision to share, and a step up by a supervisor's") {
  static Id id;
  static Id agency;
  auto share = [](Casework& work, const Id& with, v1::SharingDecision::Decision decision) {
    v1::SharingDecision sharing;
    sharing.set_decision(decision);
    sharing.add_persons(work.child.str());
    sharing.set_agency(with.str());
    sharing.set_recipient("the front door");
    sharing.set_what("what");
    sharing.set_why("why");
    sharing.set_decided_on(work.town.today);
    return work.New(sharing);
  };
  LeaveEachOutOnce(
      {[&](Casework& work) {
         agency = work.town.NewId();
         v1::Referral referral = ReferralOf(work, v1::Referral::DIRECTION_OUT);
         referral.set_agency(agency.str());
         referral.set_level(v1::Referral::LEVEL_SECTION_17);
         REQUIRE(work.Push(work.ana,
                           {work.New(referral, &id),
                            share(work, work.town.NewId(), v1::SharingDecision::DECISION_SHARE),
                            share(work, agency, v1::SharingDecision::DECISION_DO_NOT_SHARE)}) ==
                 kApplied);
       },
       {{"the decision to share",
         [&](Casework& work) {
           return Changes{share(work, agency, v1::SharingDecision::DECISION_SHARE)};
         }},
        {"the step up",
         [](Casework& work) {
           return Changes{work.New(OversightOf(work, v1::ManagementOversight::KIND_STEP_UP, id))};
         }}},
       [](Casework& work) {
         return work.Push(work.town.supervisor,
                          {work.Step(kReferral, id, v1::Referral::STATE_SENT)});
       }});
  // When it is urgent the lead sends it, and the note may follow.
  Casework work;
  v1::Referral urgent = ReferralOf(work, v1::Referral::DIRECTION_OUT);
  urgent.set_agency(work.town.NewId().str());
  urgent.set_level(v1::Referral::LEVEL_SECTION_47);
  urgent.set_urgent(true);
  REQUIRE(work.Push(work.ana, {work.New(urgent, &id)}) == kApplied);
  CHECK(work.Push(work.ana, {work.Step(kReferral, id, v1::Referral::STATE_SENT)}) == kGuard);
  REQUIRE(work.Push(work.ana, {share(work, *Id::FromBytes(urgent.agency()),
                                     v1::SharingDecision::DECISION_SHARE)}) == kApplied);
  CHECK(work.Push(work.ana, {work.Step(kReferral, id, v1::Referral::STATE_SENT)}) == kApplied);

  // Taken up under section 47, running episodes rise with it.
  const Id episode = BeginEpisode(work);
  CHECK(work.Push(work.ana, {work.Step(kReferral, id, v1::Referral::STATE_TAKEN_UP)}) == kGuard);
  CHECK(
      work.Push(work.ana, {work.Step(kReferral, id, v1::Referral::STATE_TAKEN_UP),
                           Change(kEpisode, episode,
                                  {{8, EncodeNumber(8, v1::Episode::LEVEL_CHILD_PROTECTION)}})}) ==
      kApplied);
}

// ---- Visits and concerns ------------------------------------------------------------------------

TEST_CASE("a visit that met somebody is signed with its end, an account and every child") {
  static Id visit;
  LeaveEachOutOnce(
      {[](Casework& work) {
         v1::Visit planned;
         planned.set_episode(work.town.NewId().str());
         planned.set_worker(work.ana.user.str());
         planned.set_state(v1::Visit::STATE_PLANNED);
         REQUIRE(work.Push(work.ana, {work.New(planned, &visit)}) == kApplied);
       },
       {{"its end",
         [](Casework& work) {
           return Changes{Change(kVisit, visit, {{12, EncodeI64(12, work.town.now_ms)}})};
         },
         kGuard, false},
        {"an account",
         [](Casework&) {
           return Changes{Change(kVisit, visit, {{19, EncodeBytes(19, "words")}})};
         },
         kGuard, false},
        {"the child, seen or not",
         [](Casework& work) {
           v1::ChildSeen seen;
           seen.set_visit(visit.str());
           seen.set_person(work.child.str());
           seen.set_seen(false);
           return Changes{work.New(seen)};
         },
         kGuard, false},
        {"an outcome",
         [](Casework&) {
           return Changes{Change(kVisit, visit, {{10, EncodeNumber(10, 1)}})};
         },
         kGuard, false}},
       [](Casework& work) {
         return work.Push(work.ana, {work.Step(kVisit, visit, v1::Visit::STATE_RECORDED)});
       }});
}

TEST_CASE("of which children a signed visit speaks, and of which visits it must") {
  Casework work;
  auto visit = [&](v1::Visit::Outcome outcome) {
    v1::Visit made;
    made.set_episode(work.town.NewId().str());
    made.set_worker(work.ana.user.str());
    made.set_state(v1::Visit::STATE_UNDER_WAY);
    made.set_outcome(outcome);
    made.set_ended_at(work.town.now_ms);
    made.set_account("words");
    Id id;
    REQUIRE(work.Push(work.ana, {work.New(made, &id)}) == kApplied);
    return id;
  };
  auto sign = [&](const Id& id) {
    return work.Try(work.ana, {work.Step(kVisit, id, v1::Visit::STATE_RECORDED)});
  };
  auto add = [&](v1::Person::MemberRole role) {
    v1::Person person;
    person.set_role(role);
    person.set_joined_on(work.town.today);
    Id id;
    REQUIRE(work.Push(work.ana, {work.New(person, &id)}) == kApplied);
    return id;
  };
  CHECK(sign(visit(v1::Visit::OUTCOME_NO_ANSWER)) == kApplied);
  const Id met = visit(v1::Visit::OUTCOME_FACE_TO_FACE);
  CHECK(sign(met) == kGuard);
  v1::ChildSeen seen;
  seen.set_visit(met.str());
  seen.set_person(work.child.str());
  seen.set_seen(true);
  REQUIRE(work.Push(work.ana, {work.New(seen)}) == kApplied);
  CHECK(sign(met) == kApplied);
  add(v1::Person::MEMBER_ROLE_UNBORN_CHILD);
  add(v1::Person::MEMBER_ROLE_OTHER_ADULT);
  CHECK(sign(met) == kApplied);
  const Id brother = add(v1::Person::MEMBER_ROLE_CHILD);
  CHECK(sign(met) == kGuard);
  // A duplicate of a child that was seen is that child; whoever left is visited no more.
  REQUIRE(work.Push(work.town.supervisor,
                    {Change(kPerson, brother, {{17, EncodeId(17, work.child)}})}) == kApplied);
  CHECK(sign(met) == kApplied);
  const Id sister = add(v1::Person::MEMBER_ROLE_CHILD);
  CHECK(sign(met) == kGuard);
  REQUIRE(work.Push(work.ana, {Change(kPerson, sister, {{3, EncodeDate(3, work.town.today)}})}) ==
          kApplied);
  CHECK(sign(met) == kApplied);
}

TEST_CASE("a visit is called off by somebody") {
  Casework work;
  v1::Visit planned;
  planned.set_episode(work.town.NewId().str());
  planned.set_worker(work.ana.user.str());
  planned.set_state(v1::Visit::STATE_PLANNED);
  Id id;
  REQUIRE(work.Push(work.ana, {work.New(planned, &id)}) == kApplied);
  auto cancel = [&](uint32_t outcome) {
    return work.Try(work.ana, {work.Step(kVisit, id, v1::Visit::STATE_CANCELLED,
                                         {{10, EncodeNumber(10, outcome)}})});
  };
  CHECK(cancel(v1::Visit::OUTCOME_NO_ANSWER) == kGuard);
  CHECK(cancel(v1::Visit::OUTCOME_CANCELLED_BY_FAMILY) == kApplied);
  CHECK(cancel(v1::Visit::OUTCOME_CANCELLED_BY_SERVICE) == kApplied);
  CHECK(work.Try(work.ana, {work.Step(kVisit, id, v1::Visit::STATE_CANCELLED)}) == kGuard);
}

TEST_CASE("a concern is read by a second person, and closed when somebody answered") {
  Casework work;
  Id own, anas;
  REQUIRE(work.Push(work.town.supervisor,
                    {work.New(ConcernOf(work, v1::Concern::LEVEL_SAME_DAY), &own)}) == kApplied);
  REQUIRE(work.Push(work.ana, {work.New(ConcernOf(work, v1::Concern::LEVEL_SAME_DAY), &anas)}) ==
          kApplied);
  auto read = [&](const Hand& hand, const Id& id) {
    return work.Try(hand, {work.Step(kConcern, id, v1::Concern::STATE_ACKNOWLEDGED)});
  };
  CHECK(read(work.town.supervisor, own) == kGuard);
  CHECK(read(work.town.supervisor, anas) == kApplied);
  CHECK(read(work.second, own) == kApplied);
  REQUIRE(work.Push(work.town.supervisor, {work.New(CallOf(work, own, false)),
                                           work.New(CallOf(work, anas, true))}) == kApplied);
  CHECK(read(work.town.supervisor, own) == kGuard);
  REQUIRE(work.Push(work.town.supervisor, {work.New(CallOf(work, own, true))}) == kApplied);
  CHECK(read(work.town.supervisor, own) == kApplied);

  Id unanswered, advice;
  REQUIRE(work.Push(work.ana, {work.New(ConcernOf(work, v1::Concern::LEVEL_SAME_DAY), &unanswered),
                               work.New(ConcernOf(work, v1::Concern::LEVEL_ADVICE), &advice)}) ==
          kApplied);
  for (const Id& id : {unanswered, advice, anas}) {
    REQUIRE(work.Push(work.town.supervisor,
                      {work.Step(kConcern, id, v1::Concern::STATE_ACKNOWLEDGED)}) == kApplied);
  }
  auto close = [&](const Id& id) {
    return work.Try(work.town.supervisor, {work.Step(kConcern, id, v1::Concern::STATE_CLOSED,
                                                     {{10, EncodeNumber(10, 1)}})});
  };
  CHECK(close(unanswered) == kGuard);
  CHECK(close(advice) == kApplied);
  CHECK(close(anas) == kApplied);
}

// ---- Claims and evidence ------------------------------------------------------------------------

TEST_CASE("an auditor judges the evidence of others") {
  Casework work;
  const Id episode = BeginEpisode(work);
  v1::EvidenceItem item = ThresholdOf(work, 1);
  item.set_measure(3);
  Id by_officer, by_auditor;
  REQUIRE(work.Push(work.officer, {work.New(item, &by_officer)}) == kApplied);
  // The auditor once had another place here.
  Hand twice{work.auditor.user, work.auditor.device, work.auditor.sign_seed.Clone(), {}};
  const Changeset old = work.town.Write(twice, work.first.scope, {work.New(item, &by_auditor)});
  work.log.Place(old, {v1::APPLIED, kApplied, {}});
  for (bool own : {false, true}) {
    v1::Claim claim = ClaimOf(work, episode);
    claim.add_evidence((own ? by_auditor : by_officer).str());
    Id id;
    REQUIRE(work.Push(work.officer, {work.New(claim, &id)}) == kApplied);
    REQUIRE(work.Push(work.officer, {work.Step(kClaim, id, v1::Claim::STATE_READY)}) == kApplied);
    CHECK(work.Push(work.auditor, {work.Step(kClaim, id, v1::Claim::STATE_AUDIT_PASSED)}) ==
          kGuard);  // the note first
    REQUIRE(work.Push(work.auditor, {Change(kClaim, id, {{12, EncodeBytes(12, "seen")}})}) ==
            kApplied);
    CHECK(work.Push(work.auditor, {work.Step(kClaim, id, v1::Claim::STATE_AUDIT_PASSED)}) ==
          (own ? v1::HELD_REASON_OWN_WORK : kApplied));
  }
}

TEST_CASE("a result is claimed once, by its own road, and only while it stands") {
  Casework work;
  Answers answers;
  work.rule_sets = &answers;
  const Id episode = BeginEpisode(work);
  v1::Claim unpinned = ClaimOf(work, episode);
  unpinned.set_ruleset_version(1);
  CHECK(work.Push(work.officer, {work.New(unpinned)}) == v1::HELD_REASON_PINNED);

  const Id one = PassClaim(work, ClaimOf(work, episode));
  const Id same = PassClaim(work, ClaimOf(work, episode));
  const Id other = PassClaim(work, ClaimOf(work, episode, 2));
  auto move = [&](const Id& id, uint32_t to) {
    return work.Try(work.officer, {work.Step(kClaim, id, to)});
  };
  CHECK(move(one, v1::Claim::STATE_ACCEPTED) == kGuard);  // it is paid by results
  answers.stands = false;
  CHECK(move(one, v1::Claim::STATE_SUBMITTED) == kGuard);
  answers.stands = true;
  REQUIRE(work.Push(work.officer, {work.Step(kClaim, one, v1::Claim::STATE_SUBMITTED)}) ==
          kApplied);
  CHECK(move(same, v1::Claim::STATE_SUBMITTED) == v1::HELD_REASON_SECOND_CLAIM);
  CHECK(move(other, v1::Claim::STATE_SUBMITTED) == kApplied);
  answers.excluding = {1};
  CHECK(move(other, v1::Claim::STATE_SUBMITTED) == kGuard);
  answers.excluding = {3};
  CHECK(move(other, v1::Claim::STATE_SUBMITTED) == kApplied);
  REQUIRE(work.Push(work.officer, {work.Step(kClaim, one, v1::Claim::STATE_REJECTED)}) == kApplied);
  CHECK(move(same, v1::Claim::STATE_SUBMITTED) == kApplied);

  v1::Claim grant = ClaimOf(work, episode, 5);
  grant.set_mode(v1::Claim::MODE_GRANT);
  v1::Claim unpaid = ClaimOf(work, episode, 6);
  unpaid.set_amount_pence(0);
  for (const v1::Claim& claim : {grant, unpaid}) {
    CHECK(move(PassClaim(work, claim), v1::Claim::STATE_ACCEPTED) == kApplied);
  }
  CHECK(move(PassClaim(work, grant), v1::Claim::STATE_SUBMITTED) == v1::HELD_REASON_NO_SUCH_STEP);
}

TEST_CASE("a claim is ready while its evaluation stands") {
  Casework work;
  Answers answers;
  work.rule_sets = &answers;
  Id id;
  REQUIRE(work.Push(work.officer, {work.New(ClaimOf(work, BeginEpisode(work)), &id)}) == kApplied);
  answers.stands = false;
  CHECK(work.Try(work.officer, {work.Step(kClaim, id, v1::Claim::STATE_READY)}) == kGuard);
  answers.stands = true;
  CHECK(work.Try(work.officer, {work.Step(kClaim, id, v1::Claim::STATE_READY)}) == kApplied);
}

TEST_CASE("judgements and the threshold are a supervisor's, and a judgement says why") {
  Casework work;
  v1::EvidenceItem judgement = ThresholdOf(work, 1);
  judgement.set_kind(v1::EvidenceItem::KIND_JUDGEMENT);
  judgement.set_measure(5);
  CHECK(work.Try(work.town.supervisor, {work.New(judgement)}) == kGuard);
  judgement.set_note("words");
  CHECK(work.Try(work.town.supervisor, {work.New(judgement)}) == kApplied);
  CHECK(work.Try(work.ana, {work.New(judgement)}) == v1::HELD_REASON_NOT_ALLOWED);
  CHECK(work.Try(work.ana, {work.New(ThresholdOf(work, 0))}) == v1::HELD_REASON_NOT_ALLOWED);
  judgement.set_kind(v1::EvidenceItem::KIND_EVENT);
  CHECK(work.Try(work.ana, {work.New(judgement)}) == kApplied);
}

TEST_CASE("scores run from 0 to 10") {
  Casework work;
  for (uint32_t value : {0u, 10u, 11u}) {
    v1::OutcomeScore score;
    score.set_episode(work.town.NewId().str());
    score.set_need(work.town.NewId().str());
    score.set_score(value);
    score.set_by(v1::OutcomeScore::BY_CHILD);
    score.set_scored_on(work.town.today);
    v1::Goal baseline, target;
    for (v1::Goal* goal : {&baseline, &target}) {
      goal->set_plan(work.town.NewId().str());
      goal->set_wording("words");
      goal->set_state(v1::Goal::STATE_ACTIVE);
    }
    baseline.set_baseline(value);
    target.set_target(value);
    const v1::HeldReason expected = value <= 10 ? kApplied : v1::HELD_REASON_SHAPE;
    CHECK(work.Try(work.ana, {work.New(score)}) == expected);
    CHECK(work.Try(work.ana, {work.New(baseline)}) == expected);
    CHECK(work.Try(work.ana, {work.New(target)}) == expected);
  }
}

// ---- People and decisions -----------------------------------------------------------------------

TEST_CASE("a duplicate is folded into one that stands, never in chains") {
  Casework work;
  auto add = [&] {
    v1::Person person;
    person.set_role(v1::Person::MEMBER_ROLE_OTHER_ADULT);
    person.set_joined_on(work.town.today);
    Id id;
    REQUIRE(work.Push(work.ana, {work.New(person, &id)}) == kApplied);
    return id;
  };
  const Id a = add(), b = add(), c = add();
  auto fold = [&](const Id& from, const Id& into) {
    return Change(kPerson, from, {{17, EncodeId(17, into)}});
  };
  CHECK(work.Try(work.town.supervisor, {fold(a, a)}) == v1::HELD_REASON_CHAIN);
  REQUIRE(work.Push(work.town.supervisor, {fold(a, b)}) == kApplied);
  CHECK(work.Try(work.town.supervisor, {fold(c, a)}) == v1::HELD_REASON_CHAIN);
  CHECK(work.Try(work.town.supervisor, {fold(b, c)}) == v1::HELD_REASON_CHAIN);
  CHECK(work.Try(work.town.supervisor, {fold(c, b)}) == kApplied);
  CHECK(work.Try(work.officer, {fold(c, work.town.NewId())}) == kApplied);
  // Parted again, it stands.
  REQUIRE(work.Push(work.town.supervisor, {work.Again(kPerson, a, 17, "")}) == kApplied);
  CHECK(work.Try(work.town.supervisor, {fold(c, a)}) == kApplied);
}

TEST_CASE("a safe address makes the person's address confidential in the same changeset") {
  Casework work;
  const std::string sealed(kSealOverhead + 256, '\1');
  auto safe = [&](uint32_t state) {
    return Change(7, work.town.NewId(),
                  {{1, EncodeId(1, work.child)},
                   {2, sealed},
                   {9, sealed},
                   {10, EncodeNumber(10, state)},
                   {11, EncodeDate(11, work.town.today + 90)}});
  };
  auto confidential = [&](const Id& person, bool value) {
    return Change(kPerson, person, {{14, EncodeBool(14, value)}});
  };
  constexpr uint32_t kActive = v1::SafeAddress::STATE_ACTIVE;
  CHECK(work.Try(work.ana, {safe(kActive)}) == kGuard);
  CHECK(work.Try(work.ana, {safe(kActive), confidential(work.parent, true)}) == kGuard);
  CHECK(work.Try(work.ana, {safe(kActive), confidential(work.child, false)}) == kGuard);
  CHECK(work.Try(work.ana, {safe(kActive), confidential(work.child, true)}) == kApplied);
  CHECK(work.Try(work.ana, {safe(v1::SafeAddress::STATE_ENDED)}) == kApplied);
}

TEST_CASE("a marker is reviewed within 366 days") {
  Casework work;
  for (auto [days, expected] : {std::pair(366, kApplied), std::pair(367, kGuard)}) {
    v1::Marker marker;
    marker.set_kind(v1::Marker::KIND_DANGEROUS_ANIMAL);
    marker.set_from_on(work.town.today);
    marker.set_review_on(work.town.today + days);
    marker.set_state(v1::Marker::STATE_ACTIVE);
    CHECK(work.Try(work.ana, {work.New(marker)}) == expected);
  }
}

TEST_CASE("who submits, who approves, whose word the family's is, and with which files") {
  struct Files final : ArrivedFiles {
    bool arrived = false;
    bool Has(const Id&, std::string_view) const override { return arrived; }
  } files;
  Casework work;
  Hand co = work.town.Hire(v1::ROLE_KEY_WORKER);
  REQUIRE(work.Push(work.town.supervisor, {work.Place(co, v1::Assignment::RELATION_CO_WORKER)}) ==
          kApplied);
  v1::Plan plan;
  plan.set_episode(work.town.NewId().str());
  plan.set_state(v1::Plan::STATE_OPEN);
  Id id;
  REQUIRE(work.Push(work.ana, {work.New(plan, &id)}) == kApplied);
  v1::Attachment file;
  file.set_about(id.str());
  file.set_content_id(std::string(32, 'c'));
  file.set_file_length(10);
  file.set_media(v1::Attachment::MEDIA_PDF);
  file.set_plain_length(5);
  REQUIRE(work.Push(work.ana, {work.New(file)}) == kApplied);
  auto decide = [&](const Hand& hand, v1::Approval::Decision decision, bool person = true) {
    v1::Approval approval;
    approval.set_subject(id.str());
    const Hash32 digest =
        DigestOfSubject(Catalog::Get(), work.town.tenant, work.log.state(), 20, id);
    approval.set_digest(std::string(View(digest)));
    approval.set_decision(decision);
    approval.set_decided_on(work.town.today);
    if (person) approval.set_person(work.parent.str());
    return work.Try(hand, {work.New(approval)});
  };
  constexpr v1::HeldReason kNotAllowed = v1::HELD_REASON_NOT_ALLOWED;
  struct Row {
    v1::Approval::Decision decision;
    v1::HeldReason ana, co, supervisor;
  };
  for (const Row& row :
       {Row{v1::Approval::DECISION_SUBMITTED, kApplied, kNotAllowed, kNotAllowed},
        Row{v1::Approval::DECISION_WITHDRAWN, kApplied, kNotAllowed, kNotAllowed},
        Row{v1::Approval::DECISION_FAMILY_AGREED, kApplied, kApplied, kNotAllowed},
        Row{v1::Approval::DECISION_FAMILY_DECLINED, kApplied, kApplied, kNotAllowed},
        Row{v1::Approval::DECISION_APPROVED, kApplied, kNotAllowed, kApplied},
        Row{v1::Approval::DECISION_RETURNED, kNotAllowed, kNotAllowed, kApplied}}) {
    INFO("decision " << row.decision);
    const bool own = row.decision == v1::Approval::DECISION_APPROVED;
    CHECK(decide(co, row.decision) == row.co);
    CHECK(decide(work.town.supervisor, row.decision) == row.supervisor);
    if (!own) CHECK(decide(work.ana, row.decision) == row.ana);
  }
  CHECK(decide(work.ana, v1::Approval::DECISION_APPROVED) == kNotAllowed);
  CHECK(decide(work.ana, v1::Approval::DECISION_FAMILY_AGREED, false) == kGuard);
  work.files = &files;
  CHECK(decide(work.town.supervisor, v1::Approval::DECISION_APPROVED) ==
        v1::HELD_REASON_ATTACHMENT);
  files.arrived = true;
  CHECK(decide(work.town.supervisor, v1::Approval::DECISION_APPROVED) == kApplied);
}

TEST_CASE("emergency access opens no restricted family") {
  Casework work;
  Hand duty = work.town.Hire(v1::ROLE_DUTY);
  auto emergency = [&] {
    return work.Try(work.town.supervisor, {work.Place(duty, v1::Assignment::RELATION_BREAK_GLASS)});
  };
  CHECK(emergency() == kApplied);
  REQUIRE(work.Push(work.town.supervisor,
                    {Change(1, work.first.scope, {{4, EncodeBool(4, true)}})}) == kApplied);
  CHECK(emergency() == v1::HELD_REASON_BARRED);
}

TEST_CASE("a subject request is checked by another than its preparer") {
  Casework work;
  Hand other = work.town.Hire(v1::ROLE_RECORDS);
  REQUIRE(work.Push(work.town.supervisor, {work.Place(other, v1::Assignment::RELATION_RECORDS)}) ==
          kApplied);
  v1::SubjectRequest request;
  request.set_person(work.child.str());
  request.set_requester("a parent");
  request.set_received_on(work.town.today);
  request.set_due_on(work.town.today + 30);
  request.set_state(v1::SubjectRequest::STATE_OPEN);
  Id id;
  REQUIRE(work.Push(work.keeper, {work.New(request, &id)}) == kApplied);
  REQUIRE(work.Push(work.keeper, {work.Step(42, id, v1::SubjectRequest::STATE_PREPARED)}) ==
          kApplied);
  auto check = [&](const Hand& hand) {
    return work.Try(hand, {work.Step(42, id, v1::SubjectRequest::STATE_CHECKED)});
  };
  CHECK(check(work.keeper) == v1::HELD_REASON_OWN_WORK);
  CHECK(check(other) == kApplied);
  CHECK(check(work.town.supervisor) == kApplied);
  CHECK(check(work.ana) == v1::HELD_REASON_NOT_ALLOWED);
}

TEST_CASE("held work is released once what it lacked is there") {
  Casework work;
  const Id episode = BeginEpisode(work);
  const Changeset early =
      work.town.Write(work.town.supervisor, work.first.scope, {work.Step(kEpisode, episode, 2)});
  REQUIRE(work.log.Push(early).reason == kGuard);
  auto release = [&] {
    v1::Decision decision;
    decision.set_held(early.uid.str());
    decision.set_decision(v1::Decision::ANSWER_RELEASE);
    decision.set_reason(v1::Decision::REASON_STILL_TRUE);
    return work.log.Push(
        work.town.Write(work.town.supervisor, work.first.scope, {work.New(decision)}));
  };
  Judgement refused = release();
  CHECK(refused.verdict == v1::APPLIED);
  CHECK(refused.reason == kGuard);
  CHECK(refused.released.empty());
  REQUIRE(work.Push(work.ana,
                    {work.New(AgreementOf(work, work.parent, v1::ServiceAgreement::STATE_GIVEN)),
                     work.New(NoticeOf(work)), work.New(BasisOf(work, episode))}) == kApplied);
  CHECK(release().released == std::vector<Id>{early.uid});
}

}  // namespace doorstep
