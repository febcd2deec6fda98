#include <algorithm>
#include <optional>
#include <vector>

#include "model/authority.h"
#include "model/rules_reading.h"
#include "model/rules_sentences.h"

namespace doorstep {
namespace {

constexpr int kOwnWordYears = 16;

// Adults, and a child who was 16 on that day. A child whose birth date nobody knows is too young.
bool SpeaksForThemselves(const v1::Person& person, int32_t on) {
  switch (person.role()) {
    case v1::Person::MEMBER_ROLE_CHILD:
      return person.has_birth_on() && YearsBetween(person.birth_on(), on) >= kOwnWordYears;
    case v1::Person::MEMBER_ROLE_UNBORN_CHILD:
      return false;
    default:
      return true;
  }
}

bool InDatesOf(const Case& c, const v1::Episode& episode) {
  std::optional<ProgrammeView> programme =
      c.bench.directory.FindProgramme(IdOrZero(episode.programme()), c.bench.at);
  if (!programme || !episode.has_attached_on()) return true;
  return programme->from_on <= episode.attached_on() && episode.attached_on() <= programme->to_on;
}

}  // namespace

bool OpenLead(const Case& c, const Taken&) {
  std::vector<AssignmentView> assignments = AssignmentsOf(c.after);
  return std::any_of(assignments.begin(), assignments.end(), [&](const AssignmentView& view) {
    return view.relation == v1::Assignment::RELATION_LEAD && view.OpenAt(c.bench.received_ms);
  });
}

bool Agreed(const Case& c, const Taken&) {
  return AnyOf<v1::ServiceAgreement>(c, [&](const Record&, const v1::ServiceAgreement& agreement) {
    bool agrees = agreement.state() == v1::ServiceAgreement::STATE_GIVEN ||
                  agreement.state() == v1::ServiceAgreement::STATE_LIMITED;
    std::optional<v1::Person> person = Read<v1::Person>(c, IdOrZero(agreement.person()));
    return agrees && person && SpeaksForThemselves(*person, agreement.stated_on());
  });
}

bool NoticeGiven(const Case& c, const Taken&) {
  return AnyOf<v1::PrivacyNotice>(c, [](const Record&, const v1::PrivacyNotice&) { return true; });
}

bool Lawful(const Case& c, const Taken& step) {
  return AnyOf<v1::LawfulBasis>(c, [&](const Record&, const v1::LawfulBasis& basis) {
    return basis.episode() == step.record.view();
  });
}

bool JoinedInTime(const Case& c, const Taken& step) {
  std::optional<v1::Episode> episode = Read<v1::Episode>(c, step.record);
  return !episode || InDatesOf(c, *episode);
}

bool OneOpenEpisode(const Case& c, const Taken& step) {
  std::optional<v1::Episode> episode = Read<v1::Episode>(c, step.record);
  if (!episode) return true;
  return !AnyOf<v1::Episode>(c, [&](const Record& record, const v1::Episode& other) {
    return record.id != step.record && other.state() == v1::Episode::STATE_ACTIVE &&
           other.programme() == episode->programme();
  });
}

bool ClosingReviewed(const Case& c, const Taken& step) {
  return AnyOf<v1::Review>(c, [&](const Record&, const v1::Review& review) {
    return review.kind() == v1::Review::KIND_CLOSING && review.episode() == step.record.view();
  });
}

bool ClosureDecided(const Case& c, const Taken& step) {
  return AnyOf<v1::ManagementOversight>(c, [&](const Record&, const v1::ManagementOversight& note) {
    return note.kind() == v1::ManagementOversight::KIND_CLOSURE &&
           (note.about().empty() || note.about() == step.record.view());
  });
}

bool NoRaisedConcern(const Case& c, const Taken&) {
  return !AnyOf<v1::Concern>(c, [](const Record&, const v1::Concern& concern) {
    return concern.state() == v1::Concern::STATE_RAISED;
  });
}

bool NoClaimOut(const Case& c, const Taken& step) {
  return !AnyOf<v1::Claim>(c, [&](const Record&, const v1::Claim& claim) {
    bool out =
        claim.state() == v1::Claim::STATE_SUBMITTED || claim.state() == v1::Claim::STATE_ACCEPTED;
    return out && claim.episode() == step.record.view();
  });
}

bool PeopleDated(const Case& c, const Taken& step) {
  std::optional<v1::Assessment> assessment = Read<v1::Assessment>(c, step.record);
  if (!assessment) return true;
  const auto& persons = assessment->persons();
  return std::all_of(persons.begin(), persons.end(), [&](const std::string& id) {
    std::optional<v1::Person> person = Read<v1::Person>(c, IdOrZero(id));
    if (!person || person->has_birth_on()) return true;
    bool unborn = person->role() == v1::Person::MEMBER_ROLE_UNBORN_CHILD;
    if (unborn && person->has_birth_due_on()) return true;
    return AnyOf<v1::Addendum>(c, [&](const Record&, const v1::Addendum& addendum) {
      return addendum.about() == id && addendum.kind() == v1::Addendum::KIND_ADDITION;
    });
  });
}

bool EpisodeIsPinned(const Case& c, const v1::RecordChange& change) {
  std::optional<v1::Episode> episode = Read<v1::Episode>(c, IdOrZero(change.id()));
  if (!episode) return true;
  std::optional<ProgrammeView> programme =
      c.bench.directory.FindProgramme(IdOrZero(episode->programme()), c.bench.at);
  return !programme || (episode->ruleset() == programme->ruleset &&
                        episode->ruleset_version() == programme->ruleset_version);
}

bool AttachedInTime(const Case& c, const v1::RecordChange& change) {
  if (!Writes(change, v1::Episode::kAttachedOnFieldNumber)) return true;
  std::optional<v1::Episode> episode = Read<v1::Episode>(c, IdOrZero(change.id()));
  return !episode || InDatesOf(c, *episode);
}

}  // namespace doorstep
