#include "model/story.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "model/plan_page.h"
#include "model/story_events.h"
#include "model/worklist.h"

namespace doorstep {
namespace {

template <typename M>
std::string StaffName(const Viewpoint& from, const M& id) {
  return NameIn<v1::StaffMember>(from, id);
}

// Places, schools and telephones of somebody: told to readers, and of people of whom they are no
// secret.
bool Tells(const Viewpoint& from, Facts& family, const Member& member) {
  return !member.confidential || ReadsRestricted(from, family.state());
}

std::string AddressText(const v1::Address& address) {
  std::string text = address.lines();
  std::replace(text.begin(), text.end(), '\n', ',');
  if (!address.postcode().empty()) text = absl::StrCat(text, ", ", address.postcode());
  if (address.kind() != 0 && address.kind() != v1::Address::KIND_HOME) {
    text = absl::StrCat(text, " (", CodeName(*v1::Address::Kind_descriptor(), address.kind()), ")");
  }
  return text;
}

void AddWhere(const Viewpoint& from, Facts& family, const Member& member, v1::PersonLine& line) {
  if (member.confidential) line.add_where(AskLead(from, family));
  if (!Tells(from, family, member)) return;
  const Day today = from.today();
  for (const Fact<v1::Address>& address : family.All<v1::Address>()) {
    const bool theirs = family.PersonOf(address.in.person()) == member.id();
    if (theirs && IsPresent(address.in, today)) line.add_where(AddressText(address.in));
  }
  for (const Fact<v1::ContactPoint>& point : family.All<v1::ContactPoint>()) {
    const bool over = point.in.has_until_on() && point.in.until_on() < today;
    if (over || family.PersonOf(point.in.person()) != member.id()) continue;
    std::string use = CodeName(*v1::ContactPoint::Use_descriptor(), point.in.use());
    const bool never = point.in.use() == v1::ContactPoint::USE_DO_NOT_USE;
    const std::string value = never ? "" : point.in.value();
    line.add_reach(absl::StrCat(CodeName(*v1::ContactPoint::Kind_descriptor(), point.in.kind()),
                                value.empty() ? "" : " ", value,
                                use.empty() || use == "OK" ? "" : absl::StrCat(" (", use, ")")));
  }
  for (const Fact<v1::SchoolPlacement>& placement : family.All<v1::SchoolPlacement>()) {
    const bool over = placement.in.has_until_on() && placement.in.until_on() < today;
    if (over || family.PersonOf(placement.in.person()) != member.id()) continue;
    const std::string name = NameIn<v1::School>(from, placement.in.school());
    line.add_school(name.empty()
                        ? CodeName(*v1::SchoolPlacement::Kind_descriptor(), placement.in.kind())
                        : name);
  }
}

void AddRelations(Facts& family, const People& people, const Member& member, Day today,
                  v1::PersonLine& line) {
  for (const Fact<v1::Relationship>& relation : family.All<v1::Relationship>()) {
    const bool over = relation.in.has_until_on() && relation.in.until_on() < today;
    if (over || family.PersonOf(relation.in.from_person()) != member.id()) continue;
    line.add_relations(absl::StrCat(CodeName(*v1::Relation_descriptor(), relation.in.kind()),
                                    " of ", people.NameOf(relation.in.to_person()),
                                    relation.in.main_carer() ? ", main carer" : ""));
  }
}

v1::PersonLine PersonLineOf(const Viewpoint& from, Facts& family, const People& people,
                            const Member& member) {
  const v1::Person& person = member.fact->in;
  v1::PersonLine line;
  line.set_id(member.id().str());
  line.set_name(member.name);
  for (const std::string& name : member.also_known_as) line.add_also_known_as(name);
  line.add_role(CodeName(*v1::Person::MemberRole_descriptor(), person.role()));
  if (member.born) line.set_born_on(DayText(*member.born));
  const auto precision = person.birth_precision();
  if (precision != v1::Person::BIRTH_PRECISION_EXACT) {
    line.set_born_precision(CodeName(*v1::Person::BirthPrecision_descriptor(), precision));
  }
  line.set_age_years(member.age);
  if (person.has_birth_due_on()) line.set_due_on(DayText(person.birth_due_on()));
  if (person.has_left_on()) line.set_left_on(DayText(person.left_on()));
  line.set_address_confidential(member.confidential);
  AddWhere(from, family, member, line);
  line.set_contact_rule(CodeName(*v1::Person::ContactRule_descriptor(), person.contact_rule()));
  AddRelations(family, people, member, from.today(), line);
  line.set_language(person.first_language());
  line.set_interpreter(person.interpreter());
  if (!member.child) return line;
  for (const Fact<v1::Visit>& visit : family.All<v1::Visit>()) {
    const int64_t at = VisitTimeMs(visit.in);
    const std::string seen = ChildSeenIn(family, visit.id(), member.id());
    if (seen == "ALONE") line.set_last_seen_alone_ms(std::max(line.last_seen_alone_ms(), at));
    if (seen == "ALONE" || seen == "SEEN") line.set_last_seen_ms(std::max(line.last_seen_ms(), at));
  }
  return line;
}

void AddMarkers(const Viewpoint& from, Facts& family, const People& people,
                std::vector<v1::AlertLine>& alerts) {
  std::vector<const Fact<v1::Marker>*> markers;
  for (const Fact<v1::Marker>& marker : family.All<v1::Marker>()) {
    if (marker.in.state() != v1::Marker::STATE_ENDED) markers.push_back(&marker);
  }
  std::stable_sort(markers.begin(), markers.end(),
                   [](auto* a, auto* b) { return a->in.kind() < b->in.kind(); });
  for (const Fact<v1::Marker>* marker : markers) {
    v1::AlertLine& line = alerts.emplace_back();
    line.set_kind(CodeName(*v1::Marker::Kind_descriptor(), marker->in.kind()));
    line.set_person(marker->in.person());
    if (marker->in.has_person()) line.set_person_name(people.NameOf(marker->in.person()));
    for (std::string& text : TextsOf(*marker->record, v1::Marker::kNarrativeFieldNumber)) {
      line.add_narrative(std::move(text));
    }
    if (marker->in.has_from_on()) line.set_from_on(DayText(marker->in.from_on()));
    if (marker->in.has_review_on()) {
      line.set_review_on(DayText(marker->in.review_on()));
      line.set_review_overdue(marker->in.review_on() < from.today());
    }
    line.set_told_person(CodeName(*v1::Marker::ToldPerson_descriptor(), marker->in.told_person()));
    *line.mutable_record() = RefOf(*marker->record);
  }
}

void AddPlan(const Viewpoint& from, Facts& family, const People& people, v1::FamilyPage& page) {
  const Fact<v1::Episode>* episode = PresentEpisode(family);
  const Fact<v1::Plan>* plan = episode == nullptr ? nullptr : PlanOf(family, episode->id());
  if (episode != nullptr) {
    const Id plan_id = plan == nullptr ? Id{} : plan->id();
    for (v1::NeedLine& need : NeedLinesOf(family, people, episode->id(), plan_id)) {
      *page.add_needs() = std::move(need);
    }
  }
  if (plan == nullptr) return;
  *page.mutable_plan() = PlanPageOf(from, family, people, *plan);
  std::vector<OpenAction> open = OpenActionsOf(family, plan->id());
  std::stable_sort(open.begin(), open.end(), [](const OpenAction& a, const OpenAction& b) {
    return a.action->in.due_on() < b.action->in.due_on();
  });
  for (const OpenAction& action : open) {
    *page.add_open_actions() = ActionLineOf(from, family, people, *action.action);
  }
}

void AddEpisodes(const Viewpoint& from, Facts& family, v1::FamilyPage& page) {
  for (const Fact<v1::Episode>& episode : family.All<v1::Episode>()) {
    v1::EpisodeLine* line = page.add_episodes();
    line->set_id(episode.id().str());
    line->set_state(CodeName(*v1::Episode::State_descriptor(), episode.in.state()));
    line->set_level(CodeName(*v1::Episode::Level_descriptor(), episode.in.level()));
    if (episode.in.has_started_on()) line->set_started_on(DayText(episode.in.started_on()));
    if (episode.in.has_closed_on()) line->set_closed_on(DayText(episode.in.closed_on()));
    std::optional<Day> ends = ClockEndsOn(from, episode.in);
    if (!ends || episode.in.state() != v1::Episode::STATE_ACTIVE) continue;
    line->set_ends_on(DayText(*ends));
    line->set_days_left(*ends - from.today());
  }
}

void AddVisits(const Viewpoint& from, Facts& family, const People& people, size_t most,
               v1::FamilyPage& page) {
  std::vector<const Fact<v1::Visit>*> visits;
  for (const Fact<v1::Visit>& visit : family.All<v1::Visit>()) {
    if (visit.in.state() != v1::Visit::STATE_PLANNED) visits.push_back(&visit);
  }
  std::stable_sort(visits.begin(), visits.end(), [](auto* a, auto* b) {
    return std::pair(VisitTimeMs(a->in), a->made_seq()) >
           std::pair(VisitTimeMs(b->in), b->made_seq());
  });
  page.set_visits_in_all(static_cast<uint32_t>(visits.size()));
  if (visits.size() > most) visits.resize(most);
  const Places places = PlacesFor(from, family, people);
  for (const Fact<v1::Visit>* visit : visits) {
    *page.add_visits() = VisitLineOf(from, family, people, *visit, places);
  }
}

void AddSealed(Facts& family, const People& people, std::vector<SealedCell>& to_open) {
  using Place = SealedCell::Place;
  for (const Fact<v1::SafeAddress>& safe : family.All<v1::SafeAddress>()) {
    if (safe.in.state() == v1::SafeAddress::STATE_ENDED) continue;
    const Id person = family.PersonOf(safe.in.person());
    for (auto [place, field] :
         {std::pair(Place::kSafeAddress, v1::SafeAddress::kLinesFieldNumber),
          {Place::kSafeAddress, v1::SafeAddress::kPostcodeFieldNumber},
          {Place::kMustNotKnow, v1::SafeAddress::kExcludedFieldNumber},
          {Place::kMustNotKnow, v1::SafeAddress::kExcludedOthersFieldNumber}}) {
      to_open.push_back(
          {place, person, safe.record->type, safe.id(), static_cast<uint32_t>(field)});
    }
  }
  for (const Member& member : people.members()) {
    to_open.push_back({Place::kSafeContact, member.id(), member.fact->record->type, member.id(),
                       v1::Person::kSafeContactFieldNumber});
  }
}

}  // namespace

std::string FamilyNameIn(Facts& family) {
  const Fact<v1::Family>* record = family.Find<v1::Family>(family.scope().view());
  return record == nullptr ? "" : record->in.name();
}

Id LeadOf(Facts& family, int64_t now_ms) {
  for (const AssignmentView& place : AssignmentsOf(family.state())) {
    if (place.relation == v1::Assignment::RELATION_LEAD && place.OpenAt(now_ms)) return place.user;
  }
  return {};
}

std::string AskLead(const Viewpoint& from, Facts& family) {
  const std::string lead = StaffName(from, LeadOf(family, from.now_ms).view());
  return absl::StrCat("address confidential: ask ", lead.empty() ? "the supervisor" : lead);
}

Places PlacesFor(const Viewpoint& from, Facts& family, const People& people) {
  const bool told = !people.AnyConfidential() || ReadsRestricted(from, family.state());
  return told ? Places::kTold : Places::kLeftOut;
}

std::vector<v1::AlertLine> AlertsOf(const Viewpoint& from, Facts& family, const People& people) {
  std::vector<v1::AlertLine> alerts;
  AddMarkers(from, family, people, alerts);
  auto add = [&](std::string_view kind, const Member* about, std::string words) {
    v1::AlertLine& line = alerts.emplace_back();
    line.set_kind(std::string(kind));
    if (about != nullptr) {
      line.set_person(about->id().str());
      line.set_person_name(about->name);
    }
    line.set_words(std::move(words));
  };
  for (const Member& member : people.members()) {
    if (member.confidential) add("ADDRESS_CONFIDENTIAL", &member, AskLead(from, family));
    if (member.fact->in.contact_rule() > v1::Person::CONTACT_RULE_ANY) {
      add("CONTACT_RULE", &member,
          CodeName(*v1::Person::ContactRule_descriptor(), member.fact->in.contact_rule()));
    }
  }
  const Fact<v1::Family>* record = family.Find<v1::Family>(family.scope().view());
  if (record != nullptr && record->in.restricted()) {
    add("RESTRICTED_FAMILY", nullptr, "Only people assigned to this family know of it.");
  }
  if (HasContestedProtective(Catalog::Get(), family.state())) {
    add("TWO_ANSWERS", nullptr,
        "Something that protects has two answers; the safer one holds until a supervisor settles "
        "it.");
  }
  return alerts;
}

v1::VisitLine VisitLineOf(const Viewpoint& from, Facts& family, const People& people,
                          const Fact<v1::Visit>& visit, Places places) {
  v1::VisitLine line;
  line.set_id(visit.id().str());
  line.set_scope(family.scope().str());
  line.set_at_ms(VisitTimeMs(visit.in));
  line.set_ended_ms(visit.in.ended_at());
  line.set_expected_end_ms(visit.in.expected_end_at());
  line.set_state(CodeName(*v1::Visit::State_descriptor(), visit.in.state()));
  line.set_outcome(CodeName(*v1::Visit::Outcome_descriptor(), visit.in.outcome()));
  line.set_kind(CodeName(*v1::Visit::Kind_descriptor(), visit.in.kind()));
  if (places == Places::kTold) {
    line.set_place(CodeName(*v1::Visit::Place_descriptor(), visit.in.place()));
  }
  line.set_worker(StaffName(from, visit.in.worker()));
  line.set_purpose(visit.in.purpose());
  for (std::string& text : TextsOf(*visit.record, v1::Visit::kAccountFieldNumber)) {
    line.add_account(std::move(text));
  }
  if (visit.in.state() == v1::Visit::STATE_PLANNED || !WasMade(visit.in)) return line;
  for (const Member& member : people.members()) {
    if (!member.child || !member.here) continue;
    v1::ChildSeenLine* child = line.add_children();
    child->set_person(member.id().str());
    child->set_name(member.name);
    child->set_seen(ChildSeenIn(family, visit.id(), member.id()));
  }
  return line;
}

SealedCell SafetyPlanOf(const Id& plan) {
  const RecordType* type = Catalog::Get().Find(v1::Plan::descriptor()->name());
  return {SealedCell::Place::kSafetyPlan, {}, type->number, plan, v1::Plan::kSafetyPlanFieldNumber};
}

Story StoryOf(const Viewpoint& from, Facts& family, const StorySize& size) {
  const People people(family, from.today());
  Story story;
  v1::FamilyPage& page = story.page;
  page.set_scope(family.scope().str());
  if (const Fact<v1::Family>* record = family.Find<v1::Family>(family.scope().view())) {
    for (const std::string& name : TextsOf(*record->record, v1::Family::kNameFieldNumber)) {
      page.add_name(name);
    }
    for (const std::string& note : TextsOf(*record->record, v1::Family::kDoorNoteFieldNumber)) {
      page.add_door_note(note);
    }
    page.set_local_reference(record->in.local_reference());
  }
  const Id lead = LeadOf(family, from.now_ms);
  page.set_lead(lead.is_zero() ? "" : lead.str());
  page.set_lead_name(StaffName(from, lead.view()));
  page.set_reads_restricted(ReadsRestricted(from, family.state()));
  for (v1::AlertLine& alert : AlertsOf(from, family, people)) {
    *page.add_alerts() = std::move(alert);
  }
  for (const Member& member : people.members()) {
    *page.add_people() = PersonLineOf(from, family, people, member);
  }
  AddEpisodes(from, family, page);
  AddPlan(from, family, people, page);
  for (v1::WorkItem& concern : OpenConcerns(from, family, people)) {
    *page.add_risks() = std::move(concern);
  }
  AddVisits(from, family, people, size.visits, page);
  AddInvolved(from, family, page);
  AddChronology(from, family, people, size.events, page);
  page.set_folded_away(family.folded_away());
  if (page.reads_restricted()) AddSealed(family, people, story.to_open);
  if (page.has_plan()) {
    story.to_open.push_back(SafetyPlanOf(Id::FromBytes(page.plan().id()).value_or(Id{})));
  }
  return story;
}

}  // namespace doorstep
