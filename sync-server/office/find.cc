#include "sync-server/office/find.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "model/value.h"
#include "sync-server/office/find_terms.h"
#include "sync-server/office/limits.h"
#include "sync-server/office/names.h"
#include "sync-server/office/people.h"

namespace doorstep::server {
namespace {

using Who = v1::RecordRule;

constexpr uint32_t kFamily = 1, kReferral = 12, kEpisode = 17, kSetting = 110;
// A whole name equal, or a birth date: what nothing else need be said beside.
constexpr int kPlainHitPoints = 20;

// How much of a family a hit may tell.
enum class Telling : uint8_t { kNothing, kTeamAndLead, kWho };

// The caller may name every family they find, or only those of theirs.
Telling TellingOf(const OfficeCaller& caller, const Sight& sight) {
  if (caller.Has(Who::DUTY) || caller.Has(Who::R)) return Telling::kWho;
  if (sight.place != 0 || sight.supervises) return Telling::kWho;
  return caller.Has(Who::S) ? Telling::kTeamAndLead : Telling::kNothing;
}

absl::StatusOr<std::set<Id>> Candidates(const Asking& asking, const Identity& asked) {
  std::set<Id> scopes;
  for (const std::string& term : TermsToSearch(asked)) {
    absl::Status read = asking.view.ForEachFound(term, [&](const Id& scope, uint32_t, const Id&) {
      if (scopes.size() < kCandidatesMax) scopes.insert(scope);
    });
    if (!read.ok()) return read;
  }
  return scopes;
}

struct Found {
  Match match;
  Id person;
  Id for_person;
};

v1::FamilyHit HitOf(const Asking& asking, ScopeState& family, const Sight& sight, Telling telling,
                    const Found& found, const Thresholds& thresholds) {
  v1::FamilyHit hit;
  hit.set_team(sight.team.str());
  const std::vector<Id> leads = HoldersOf(asking, family, v1::Assignment::RELATION_LEAD);
  if (!leads.empty()) hit.set_lead(leads.front().str());
  hit.set_band(BandOf(found.match, thresholds));
  hit.set_points(found.match.points);
  for (const v1::MatchGround& ground : found.match.grounds) *hit.add_grounds() = ground;
  if (!found.for_person.is_zero()) hit.set_for_person(found.for_person.str());
  if (telling == Telling::kWho) {
    hit.set_family(family.scope().str());
    hit.set_name(NameOfFamily(family));
    hit.set_person(found.person.str());
  }
  return hit;
}

bool IsHit(const Match& match, const Thresholds& thresholds) {
  if (BandOf(match, thresholds) != v1::FamilyHit::BAND_UNSPECIFIED) return true;
  const bool differs =
      std::any_of(match.grounds.begin(), match.grounds.end(),
                  [](const v1::MatchGround& ground) { return ground.points() < 0; });
  return !differs && match.points >= kPlainHitPoints;
}

// Best first; equal ones in an order that says nothing.
void SortHits(std::vector<v1::FamilyHit>& hits) {
  std::stable_sort(hits.begin(), hits.end(), [](const v1::FamilyHit& a, const v1::FamilyHit& b) {
    return std::pair(a.band(), a.points()) > std::pair(b.band(), b.points());
  });
}

template <typename M>
bool AnyInForce(ScopeState& family, uint32_t number, bool (*wanted)(const M&)) {
  bool any = false;
  const RecordType& type = *Catalog::Get().Find(number);
  family.ForEach(number, [&](const Record& record) {
    M message;
    if (!any && ParseInForce(record, type, message)) any = wanted(message);
  });
  return any;
}

bool IsIncoming(const v1::Referral& referral) {
  return referral.direction() == v1::Referral::DIRECTION_IN;
}
bool IsUndecided(const v1::Referral& referral) {
  return IsIncoming(referral) && (referral.state() == v1::Referral::STATE_RECEIVED ||
                                  referral.state() == v1::Referral::STATE_SCREENING);
}
bool IsActive(const v1::Episode& episode) { return episode.state() == v1::Episode::STATE_ACTIVE; }

// Until its Referral is decided; without one until an Episode is ACTIVE.
bool IsBeingTakenIn(ScopeState& family) {
  if (AnyInForce<v1::Referral>(family, kReferral, IsUndecided)) return true;
  return !AnyInForce<v1::Referral>(family, kReferral, IsIncoming) &&
         !AnyInForce<v1::Episode>(family, kEpisode, IsActive);
}

}  // namespace

bool ReadSearch(const v1::OfficeRequest::Find& find, Identity& asked) {
  for (const std::string* text :
       {&find.given_name(), &find.family_name(), &find.postcode(), &find.upn(), &find.nhs_number(),
        &find.nino(), &find.la_child_id(), &find.uprn()}) {
    if (text->size() > kSearchTextBytesMax || !IsPlainText(*text)) return false;
  }
  const auto add = [](std::set<std::string>& to, std::string value) {
    if (!value.empty()) to.insert(std::move(value));
  };
  const Identity::Name name{FirstWord(find.given_name()), JoinedName(find.family_name())};
  if (!name.given.empty() || !name.family.empty()) asked.names.push_back(name);
  if (find.has_birth_on()) {
    if (find.birth_on() < kDateMin || find.birth_on() > kDateMax) return false;
    asked.birth_on = find.birth_on();
  }
  add(asked.postcodes, NormalCode(find.postcode()));
  add(asked.uprns, NormalCode(find.uprn()));
  add(asked.upns, NormalCode(find.upn()));
  add(asked.nhs_numbers, NormalCode(find.nhs_number()));
  add(asked.ninos, NormalNino(find.nino()));
  add(asked.la_child_ids, NormalCode(find.la_child_id()));
  return !TermsToSearch(asked).empty();
}

absl::StatusOr<Thresholds> ThresholdsNow(const Asking& asking) {
  Thresholds thresholds;
  ScopeState directory(asking.view.tenant(), &asking.view);
  const RecordType& type = *Catalog::Get().Find(kSetting);
  const auto today = static_cast<int32_t>(asking.now_ms / 86'400'000);
  std::map<v1::SettingKey, int32_t> from;
  directory.ForEach(kSetting, [&](const Record& record) {
    v1::Setting setting;
    if (!ParseInForce(record, type, setting) || setting.has_programme()) return;
    if (setting.from_on() > today || setting.value() < 1 || setting.value() > 200) return;
    int* into = setting.key() == v1::SETTING_KEY_MATCH_LIKELY     ? &thresholds.likely
                : setting.key() == v1::SETTING_KEY_MATCH_POSSIBLE ? &thresholds.possible
                                                                  : nullptr;
    const auto before = from.find(setting.key());
    if (into == nullptr || (before != from.end() && before->second > setting.from_on())) return;
    from[setting.key()] = setting.from_on();
    *into = static_cast<int>(setting.value());
  });
  if (!directory.status().ok()) return directory.status();
  return thresholds;
}

absl::Status FindFamilies(const Asking& asking, const Identity& asked, v1::OfficeAnswer& answer,
                          ToldAbout& told) {
  const absl::StatusOr<Thresholds> thresholds = ThresholdsNow(asking);
  if (!thresholds.ok()) return thresholds.status();
  const absl::StatusOr<std::set<Id>> candidates = Candidates(asking, asked);
  if (!candidates.ok()) return candidates.status();
  std::vector<std::pair<v1::FamilyHit, Id>> hits;
  for (const Id& scope : *candidates) {
    ScopeState family(scope, &asking.view);
    const std::optional<Sight> sight = SightOf(asking, family);
    const Telling telling = sight ? TellingOf(asking.caller, *sight) : Telling::kNothing;
    std::optional<Found> best;
    for (const KnownPerson& known :
         telling == Telling::kNothing ? std::vector<KnownPerson>() : PeopleOf(family)) {
      Match match = Compare(asked, known.identity);
      if (!IsHit(match, *thresholds) || (best && best->match.points >= match.points)) continue;
      best = Found{std::move(match), known.person, {}};
    }
    if (!family.status().ok()) return family.status();
    if (!best) continue;
    hits.emplace_back(HitOf(asking, family, *sight, telling, *best, *thresholds), scope);
  }
  std::stable_sort(hits.begin(), hits.end(), [](const auto& a, const auto& b) {
    return std::pair(a.first.band(), a.first.points()) >
           std::pair(b.first.band(), b.first.points());
  });
  for (auto& [hit, scope] : hits) {
    if (answer.hits_size() >= kHitsMax) {
      answer.set_more(true);
      break;
    }
    told.insert(scope);
    *answer.add_hits() = std::move(hit);
  }
  return absl::OkStatus();
}

absl::Status FindById(const Asking& asking, const Id& scope, v1::OfficeAnswer& answer,
                      ToldAbout& told) {
  ScopeState family(scope, &asking.view);
  const std::optional<Sight> sight = SightOf(asking, family);
  if (sight && TellingOf(asking.caller, *sight) == Telling::kWho) {
    v1::FamilyHit hit = HitOf(asking, family, *sight, Telling::kWho, Found(), Thresholds());
    hit.clear_person();
    *answer.add_hits() = std::move(hit);
    told.insert(scope);
  }
  return family.status();
}

absl::StatusOr<bool> ListTeam(const Asking& asking, std::string_view after,
                              v1::OfficeAnswer& answer, ToldAbout& told) {
  const std::optional<Id> from = after.empty() ? Id{} : Id::FromBytes(after);
  if (!from) return false;
  const absl::StatusOr<std::set<Id>> families = FamiliesNear(asking);
  if (!families.ok()) return families.status();
  for (const Id& scope : *families) {
    if (!after.empty() && scope <= *from) continue;
    ScopeState family(scope, &asking.view);
    const std::optional<Sight> sight = SightOf(asking, family);
    if (!family.status().ok()) return family.status();
    if (!sight || (ReadersIn(*sight) & LetterBit(Who::S)) == 0) continue;
    if (answer.families_size() >= kOfficeRowsMax) {
      answer.set_more(true);
      return true;
    }
    v1::TeamFamily& line = *answer.add_families();
    line.set_family(scope.str());
    line.set_name(NameOfFamily(family));
    line.set_team(sight->team.str());
    const std::vector<Id> leads = HoldersOf(asking, family, v1::Assignment::RELATION_LEAD);
    if (!leads.empty()) line.set_lead(leads.front().str());
    for (const Id& user : HoldersOf(asking, family, v1::Assignment::RELATION_SUPERVISOR)) {
      line.add_supervisors(user.str());
    }
    line.set_restricted(sight->restricted);
    line.set_mine(sight->place != 0);
    if (!family.status().ok()) return family.status();
    told.insert(scope);
    answer.set_next(scope.str());
  }
  answer.clear_next();
  return true;
}

absl::StatusOr<bool> FindKnown(const Asking& asking, const Id& asked, v1::OfficeAnswer& answer,
                               ToldAbout& told) {
  const absl::StatusOr<std::set<Id>> near = FamiliesNear(asking);
  if (!near.ok()) return near.status();
  if (!near->contains(asked)) return false;
  ScopeState mine(asked, &asking.view);
  const std::optional<Sight> sight = SightOf(asking, mine);
  if (!mine.status().ok()) return mine.status();
  const Letters workers = LetterBit(Who::K) | LetterBit(Who::C);
  const bool decides = sight && (ReadersIn(*sight) & LetterBit(Who::S)) != 0;
  if (!sight || (!decides && (sight->place & workers) == 0)) return false;
  told.insert(asked);
  if (!IsBeingTakenIn(mine)) return mine.status().ok() ? absl::StatusOr<bool>(true) : mine.status();
  const absl::StatusOr<Thresholds> thresholds = ThresholdsNow(asking);
  if (!thresholds.ok()) return thresholds.status();

  std::map<Id, Found> best;  // by family
  for (const KnownPerson& person : PeopleOf(mine)) {
    const absl::StatusOr<std::set<Id>> candidates = Candidates(asking, person.identity);
    if (!candidates.ok()) return candidates.status();
    for (const Id& scope : *candidates) {
      if (scope == asked) continue;
      ScopeState other(scope, &asking.view);
      if (!SightOf(asking, other)) continue;
      for (const KnownPerson& known : PeopleOf(other)) {
        Match match = Compare(person.identity, known.identity);
        if (BandOf(match, *thresholds) == v1::FamilyHit::BAND_UNSPECIFIED) continue;
        const auto before = best.find(scope);
        if (before != best.end() && before->second.match.points >= match.points) continue;
        best[scope] = Found{std::move(match), known.person, person.person};
      }
      if (!other.status().ok()) return other.status();
    }
  }
  if (!mine.status().ok()) return mine.status();
  if (!decides) {
    answer.set_ask_your_supervisor(!best.empty());
    return true;
  }
  std::vector<v1::FamilyHit> hits;
  for (const auto& [scope, found] : best) {
    ScopeState other(scope, &asking.view);
    const Sight seen = *SightOf(asking, other);
    const bool theirs = seen.place != 0 || seen.supervises;
    hits.push_back(HitOf(asking, other, seen, theirs ? Telling::kWho : Telling::kTeamAndLead, found,
                         *thresholds));
    if (!other.status().ok()) return other.status();
    told.insert(scope);
  }
  SortHits(hits);
  for (v1::FamilyHit& hit : hits) {
    if (answer.hits_size() < kHitsMax) *answer.add_hits() = std::move(hit);
  }
  answer.set_more(hits.size() > static_cast<size_t>(kHitsMax));
  return true;
}

}  // namespace doorstep::server
