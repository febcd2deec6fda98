#include "model/story_events.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace doorstep {
namespace {

constexpr size_t kEventBytes = 200;

int64_t NoonMs(Day day) { return LondonMidnightMs(day) + 12 * int64_t{3'600'000}; }

// The moments at which each agency was in touch, and when each member of staff was.
struct Touch {
  std::map<std::string, int64_t> agencies;  // by id; 0: named, and no contact
  std::map<std::string, int64_t> staff;

  void Agency(const std::string& id, int64_t at_ms) {
    if (id.empty()) return;
    int64_t& last = agencies[id];
    last = std::max(last, at_ms);
  }
  void Staff(const std::string& id, int64_t at_ms) {
    if (id.empty()) return;
    int64_t& last = staff[id];
    last = std::max(last, at_ms);
  }
};

Touch TouchOf(Facts& family) {
  Touch touch;
  for (const Fact<v1::Visit>& visit : family.All<v1::Visit>()) {
    if (visit.in.state() == v1::Visit::STATE_PLANNED || !WasMade(visit.in)) continue;
    touch.Staff(visit.in.worker(), VisitTimeMs(visit.in));
    for (const std::string& co : visit.in.co_workers()) touch.Staff(co, VisitTimeMs(visit.in));
  }
  for (const Fact<v1::Contact>& contact : family.All<v1::Contact>()) {
    touch.Agency(contact.in.agency(), contact.in.happened_at());
    const bool with_family = contact.in.kind() == v1::Contact::KIND_PHONE ||
                             contact.in.kind() == v1::Contact::KIND_MESSAGE ||
                             contact.in.kind() == v1::Contact::KIND_EMAIL ||
                             contact.in.kind() == v1::Contact::KIND_IN_PASSING ||
                             contact.in.kind() == v1::Contact::KIND_OFFICE;
    if (with_family) touch.Staff(contact.made_by().str(), contact.in.happened_at());
  }
  for (const Fact<v1::Meeting>& meeting : family.All<v1::Meeting>()) {
    const bool held = meeting.in.state() == v1::Meeting::STATE_RECORDED;
    for (const std::string& agency : meeting.in.agencies()) {
      touch.Agency(agency, held ? meeting.in.held_at() : 0);
    }
  }
  for (const Fact<v1::Action>& action : family.All<v1::Action>()) {
    touch.Agency(action.in.owner_agency(), 0);
  }
  for (const Fact<v1::Referral>& referral : family.All<v1::Referral>()) {
    touch.Agency(referral.in.agency(),
                 referral.in.has_received_on() ? NoonMs(referral.in.received_on()) : 0);
  }
  for (const Fact<v1::SharingDecision>& sharing : family.All<v1::SharingDecision>()) {
    touch.Agency(sharing.in.agency(), 0);
  }
  return touch;
}

// ---- What happened
// -------------------------------------------------------------------------------

class Chronology {
 public:
  Chronology(const Viewpoint& from, Facts& family, const People& people)
      : from_(from), family_(family), people_(people) {}

  std::vector<v1::EventLine> Make() {
    AddEpisodes();
    AddReferrals();
    AddContacts();
    AddVisits();
    AddConcerns();
    AddMeetings();
    AddDecisions();
    AddAssessments();
    std::stable_sort(
        events_.begin(), events_.end(), [](const v1::EventLine& a, const v1::EventLine& b) {
          return std::pair(a.at_ms(), a.record().id()) > std::pair(b.at_ms(), b.record().id());
        });
    return std::move(events_);
  }

 private:
  template <typename M>
  void Add(int64_t at_ms, std::string_view kind, std::string words, const Fact<M>& fact) {
    v1::EventLine& line = events_.emplace_back();
    line.set_at_ms(at_ms);
    line.set_kind(std::string(kind));
    line.set_words(std::move(words));
    *line.mutable_record() = RefOf(*fact.record);
    line.set_by(NameIn<v1::StaffMember>(from_, fact.made_by().view()));
  }

  void AddEpisodes() {
    for (const Fact<v1::Episode>& episode : family_.All<v1::Episode>()) {
      if (episode.in.has_started_on()) {
        Add(NoonMs(episode.in.started_on()), "EPISODE_STARTED", "work with the family begins",
            episode);
      }
      if (episode.in.state() == v1::Episode::STATE_CLOSED && episode.in.has_closed_on()) {
        Add(NoonMs(episode.in.closed_on()), "EPISODE_CLOSED",
            CodeName(*v1::Episode::CloseReason_descriptor(), episode.in.close_reason()), episode);
      }
    }
  }

  void AddReferrals() {
    for (const Fact<v1::Referral>& referral : family_.All<v1::Referral>()) {
      const bool out = referral.in.direction() == v1::Referral::DIRECTION_OUT;
      std::string what = out ? CodeName(*v1::Referral::Level_descriptor(), referral.in.level())
                             : CodeName(*v1::ReferralSource_descriptor(), referral.in.source());
      Add(NoonMs(referral.in.received_on()), out ? "REFERRAL_OUT" : "REFERRAL_IN",
          absl::StrCat(what, what.empty() ? "" : ", ",
                       CodeName(*v1::Referral::State_descriptor(), referral.in.state())),
          referral);
    }
  }

  void AddContacts() {
    for (const Fact<v1::Contact>& contact : family_.All<v1::Contact>()) {
      const bool event = contact.in.kind() == v1::Contact::KIND_EVENT;
      if (!event && !contact.in.significant()) continue;
      Add(contact.in.happened_at(), CodeName(*v1::Contact::Kind_descriptor(), contact.in.kind()),
          FirstWords(contact.in.text(), kEventBytes), contact);
    }
  }

  void AddVisits() {
    for (const Fact<v1::Visit>& visit : family_.All<v1::Visit>()) {
      if (visit.in.state() != v1::Visit::STATE_RECORDED) continue;
      Add(VisitTimeMs(visit.in), "VISIT",
          CodeName(*v1::Visit::Outcome_descriptor(), visit.in.outcome()), visit);
    }
  }

  void AddConcerns() {
    for (const Fact<v1::Concern>& concern : family_.All<v1::Concern>()) {
      Add(concern.in.noticed_at(), "CONCERN",
          absl::StrCat(CodeName(*v1::Concern::Kind_descriptor(), concern.in.kind()), ", ",
                       CodeName(*v1::Concern::Level_descriptor(), concern.in.level()), ": ",
                       absl::StrJoin(people_.NamesOf(concern.in.persons()), ", ")),
          concern);
    }
  }

  void AddMeetings() {
    for (const Fact<v1::Meeting>& meeting : family_.All<v1::Meeting>()) {
      if (meeting.in.state() != v1::Meeting::STATE_RECORDED) continue;
      Add(meeting.in.has_held_at() ? meeting.in.held_at() : meeting.in.planned_at(), "MEETING",
          CodeName(*v1::Meeting::Kind_descriptor(), meeting.in.kind()), meeting);
    }
  }

  void AddDecisions() {
    for (const Fact<v1::Approval>& approval : family_.All<v1::Approval>()) {
      const auto decision = approval.in.decision();
      const bool told = decision == v1::Approval::DECISION_APPROVED ||
                        decision == v1::Approval::DECISION_RETURNED;
      if (!told || family_.Find<v1::Plan>(approval.in.subject()) == nullptr) continue;
      Add(NoonMs(approval.in.decided_on()),
          absl::StrCat("PLAN_", CodeName(*v1::Approval::Decision_descriptor(), decision)), "",
          approval);
    }
    for (const Fact<v1::Review>& review : family_.All<v1::Review>()) {
      Add(NoonMs(review.in.reviewed_on()), "REVIEW",
          absl::StrCat(CodeName(*v1::Review::Kind_descriptor(), review.in.kind()), ", ",
                       CodeName(*v1::Review::Result_descriptor(), review.in.result())),
          review);
    }
    for (const Fact<v1::ManagementOversight>& note : family_.All<v1::ManagementOversight>()) {
      const auto kind = note.in.kind();
      const bool step = kind == v1::ManagementOversight::KIND_STEP_UP ||
                        kind == v1::ManagementOversight::KIND_STEP_DOWN ||
                        kind == v1::ManagementOversight::KIND_CLOSURE;
      if (!step) continue;
      Add(NoonMs(note.in.written_on()), CodeName(*v1::ManagementOversight::Kind_descriptor(), kind),
          FirstWords(note.in.decision(), kEventBytes), note);
    }
  }

  void AddAssessments() {
    for (const Fact<v1::Assessment>& assessment : family_.All<v1::Assessment>()) {
      const bool complete = assessment.in.state() == v1::Assessment::STATE_COMPLETE;
      if (!complete || !assessment.in.has_completed_on()) continue;
      Add(NoonMs(assessment.in.completed_on()), "ASSESSMENT_COMPLETE",
          CodeName(*v1::Assessment::Kind_descriptor(), assessment.in.kind()), assessment);
    }
  }

  const Viewpoint& from_;
  Facts& family_;
  const People& people_;
  std::vector<v1::EventLine> events_;
};

}  // namespace

v1::RecordRef RefOf(const Record& record) {
  v1::RecordRef ref;
  ref.set_type(record.type);
  if (const RecordType* type = Catalog::Get().Find(record.type)) ref.set_type_name(type->name);
  ref.set_id(record.id.str());
  return ref;
}

int64_t VisitTimeMs(const v1::Visit& visit) {
  if (visit.has_started_at()) return visit.started_at();
  if (visit.has_ended_at()) return visit.ended_at();
  return visit.planned_at();
}

bool WasMade(const v1::Visit& visit) {
  if (visit.state() == v1::Visit::STATE_CANCELLED) return false;
  return visit.outcome() == v1::Visit::OUTCOME_FACE_TO_FACE ||
         visit.outcome() == v1::Visit::OUTCOME_VIRTUAL ||
         visit.state() == v1::Visit::STATE_UNDER_WAY;
}

std::string ChildSeenIn(Facts& family, const Id& visit, const Id& child) {
  bool said = false, seen = false, alone = false;
  for (const Fact<v1::ChildSeen>& record : family.All<v1::ChildSeen>()) {
    if (record.in.visit() != visit.view() || family.PersonOf(record.in.person()) != child) continue;
    said = said || record.in.has_seen();
    seen = seen || record.in.seen();
    alone = alone || (record.in.seen() && record.in.seen_alone());
  }
  return alone ? "ALONE" : seen ? "SEEN" : said ? "NOT_SEEN" : "NOT_SAID";
}

void AddInvolved(const Viewpoint& from, Facts& family, v1::FamilyPage& page) {
  const Touch touch = TouchOf(family);
  std::vector<v1::InvolvedLine> lines;
  for (const AssignmentView& place : AssignmentsOf(family.state())) {
    const bool works = place.relation == v1::Assignment::RELATION_LEAD ||
                       place.relation == v1::Assignment::RELATION_CO_WORKER ||
                       place.relation == v1::Assignment::RELATION_COVER ||
                       place.relation == v1::Assignment::RELATION_SUPERVISOR;
    if (!works || !place.OpenAt(from.now_ms)) continue;
    v1::InvolvedLine& line = lines.emplace_back();
    line.set_kind("STAFF");
    line.set_id(place.user.str());
    line.set_name(NameIn<v1::StaffMember>(from, place.user.view()));
    line.set_as(CodeName(*v1::Assignment::Relation_descriptor(), place.relation));
    auto last = touch.staff.find(place.user.str());
    if (last != touch.staff.end()) line.set_last_contact_ms(last->second);
  }
  for (const auto& [agency, last] : touch.agencies) {
    std::optional<v1::Agency> named = from.office.Read<v1::Agency>(agency);
    v1::InvolvedLine& line = lines.emplace_back();
    line.set_kind("AGENCY");
    line.set_id(agency);
    line.set_name(named ? named->name() : "an agency not here yet");
    if (named) line.set_as(CodeName(*v1::Agency::Kind_descriptor(), named->kind()));
    line.set_last_contact_ms(last);
  }
  std::stable_sort(lines.begin(), lines.end(),
                   [](const v1::InvolvedLine& a, const v1::InvolvedLine& b) {
                     const bool first = a.as() == "LEAD", second = b.as() == "LEAD";
                     if (first != second) return first;
                     return a.last_contact_ms() > b.last_contact_ms();
                   });
  for (v1::InvolvedLine& line : lines) *page.add_involved() = std::move(line);
}

void AddChronology(const Viewpoint& from, Facts& family, const People& people, size_t most,
                   v1::FamilyPage& page) {
  std::vector<v1::EventLine> events = Chronology(from, family, people).Make();
  page.set_events_in_all(static_cast<uint32_t>(events.size()));
  if (events.size() > most) events.resize(most);
  for (v1::EventLine& event : events) *page.add_chronology() = std::move(event);
}

}  // namespace doorstep
