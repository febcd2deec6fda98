#include "model/programme_facts.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "doorstep/v1/records.pb.h"
#include "model/catalog.h"
#include "model/joined.h"
#include "model/record.h"
#include "model/value.h"

namespace doorstep {
namespace {

constexpr uint32_t kPerson = 2;
constexpr uint32_t kPersonName = 3;
constexpr uint32_t kEpisode = 17;
constexpr uint32_t kNeed = 18;
constexpr uint32_t kAssessment = 19;
constexpr uint32_t kPlan = 20;
constexpr uint32_t kGoal = 21;
constexpr uint32_t kApproval = 24;
constexpr uint32_t kReview = 25;
constexpr uint32_t kOutcomeScore = 26;
constexpr uint32_t kVisit = 27;
constexpr uint32_t kAssignment = 34;
constexpr uint32_t kEvidenceItem = 37;
constexpr uint32_t kAddendum = 41;
constexpr uint32_t kTermDates = 108;
constexpr uint32_t kBankHoliday = 109;

// Every record of a type that parses, in the order they were made.
template <typename Message>
struct Read {
  Id id;
  uint64_t made_seq = 0;
  Message message;
};
template <typename Message>
std::vector<Read<Message>> ReadAll(ScopeState& scope, uint32_t number) {
  const RecordType& type = *Catalog::Get().Find(number);
  std::vector<Read<Message>> all;
  scope.ForEach(number, [&](const Record& record) {
    Read<Message> read;
    if (!ParseInForce(record, type, read.message)) return;
    read.id = record.id;
    read.made_seq = record.made_seq;
    all.push_back(std::move(read));
  });
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return std::pair(a.made_seq, a.id) < std::pair(b.made_seq, b.id);
  });
  return all;
}

EpisodePin::State StateOf(v1::Episode_State state) {
  switch (state) {
    case v1::Episode::STATE_PENDING:
      return EpisodePin::State::kPending;
    case v1::Episode::STATE_ACTIVE:
      return EpisodePin::State::kActive;
    case v1::Episode::STATE_CLOSED:
      return EpisodePin::State::kClosed;
    case v1::Episode::STATE_CANCELLED:
      return EpisodePin::State::kCancelled;
    default:
      return EpisodePin::State::kUnknown;
  }
}

std::optional<PersonRole> RoleOf(v1::Person_MemberRole role) {
  if (role < v1::Person::MEMBER_ROLE_CHILD || role > v1::Person::MEMBER_ROLE_OTHER_ADULT) {
    return std::nullopt;
  }
  return static_cast<PersonRole>(role);
}

class FactsReader {
 public:
  FactsReader(ScopeState& family, const EpisodePin& episode, const RuleSet& rules, Day as_of)
      : family_(family),
        episode_(episode),
        rules_(rules),
        as_of_(as_of),
        in_error_(EnteredInError(family)) {}

  FactsReading Read() {
    facts().started = episode_.started;
    facts().attached = episode_.attached;
    facts().closed = episode_.closed;
    ReadPersons();
    ReadNames();
    ReadNeeds();
    ReadPlan();
    ReadAssessments();
    ReadAssignments();
    ReadVisits();
    ReadReviews();
    ReadScores();
    ReadItems();
    return std::move(reading_);
  }

 private:
  Facts& facts() { return reading_.facts; }
  bool IsInError(const Id& id) const { return in_error_.contains(id); }
  bool IsOfEpisode(const std::string& episode) const { return episode == episode_.id.view(); }

  void ReadPersons() {
    std::map<Id, Id> same_as;
    std::vector<std::pair<Id, Facts::Person>> persons;
    for (const auto& [id, made_seq, person] : ReadAll<v1::Person>(family_, kPerson)) {
      if (IsInError(id)) continue;
      std::optional<PersonRole> role = RoleOf(person.role());
      if (person.has_same_as()) {
        same_as[id] = IdOrZero(person.same_as());
        continue;
      }
      if (!role.has_value()) continue;
      Facts::Person fact;
      fact.key = id.str();
      fact.role = *role;
      if (person.has_birth_on()) fact.born = person.birth_on();
      if (person.has_joined_on()) fact.joined = person.joined_on();
      if (person.has_left_on()) fact.left = person.left_on();
      if (person.has_died_on()) {
        fact.left = std::min(fact.left.value_or(person.died_on()), person.died_on());
      }
      bool expects = *role != PersonRole::kUnbornChild && person.has_birth_due_on();
      if (expects) fact.due = person.birth_due_on();
      persons.emplace_back(id, std::move(fact));
    }
    std::sort(persons.begin(), persons.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    for (auto& [id, fact] : persons) {
      places_[id] = static_cast<int>(facts().persons.size());
      facts().persons.push_back(std::move(fact));
    }
    // A duplicate's facts count for the person it is. Chains are followed a few steps and no more.
    for (const auto& [duplicate, first] : same_as) {
      Id person = first;
      for (int step = 0; step < 4 && same_as.contains(person); ++step) person = same_as[person];
      auto found = places_.find(person);
      if (found != places_.end()) places_[duplicate] = found->second;
    }
  }

  // -1 for nobody named; nullopt for somebody who is not here.
  std::optional<int> PlaceOf(const std::string& person) const {
    if (person.empty()) return -1;
    auto found = places_.find(IdOrZero(person));
    return found == places_.end() ? std::nullopt : std::optional(found->second);
  }
  template <typename List>
  std::vector<int> PlacesOf(const List& persons) const {
    std::vector<int> places;
    for (const std::string& person : persons) {
      std::optional<int> place = PlaceOf(person);
      bool is_new = place.has_value() && *place >= 0 &&
                    std::find(places.begin(), places.end(), *place) == places.end();
      if (is_new) places.push_back(*place);
    }
    std::sort(places.begin(), places.end());
    return places;
  }

  void ReadNames() {
    for (const auto& [id, made_seq, name] : ReadAll<v1::PersonName>(family_, kPersonName)) {
      auto place = places_.find(IdOrZero(name.person()));
      if (IsInError(id) || place == places_.end() || name.has_until_on()) continue;
      bool past =
          name.kind() == v1::PersonName::KIND_BIRTH || name.kind() == v1::PersonName::KIND_FORMER;
      std::string& shown = facts().persons[static_cast<size_t>(place->second)].name;
      if (shown.empty() || !past) shown = name.given().empty() ? name.family() : name.given();
    }
    for (Facts::Person& person : facts().persons) {
      if (person.name.empty()) person.name = "Somebody without a name";
    }
  }

  void ReadNeeds() {
    for (const auto& [id, made_seq, need] : ReadAll<v1::Need>(family_, kNeed)) {
      int index = rules_.NeedByNum(need.code());
      if (IsInError(id) || !IsOfEpisode(need.episode())) continue;
      need_of_record_[id] = index;
      if (index < 0) {
        reading_.faults.push_back({id, "the rule-set has no need of this number"});
        continue;
      }
      Facts::Need fact;
      fact.need = index;
      fact.persons = PlacesOf(need.persons());
      if (need.has_identified_on()) fact.identified = need.identified_on();
      fact.present = need.state() == v1::Need::STATE_PRESENT;
      need_places_[id] = facts().needs.size();
      facts().needs.push_back(std::move(fact));
    }
  }

  void ReadPlan() {
    std::set<Id> plans;
    for (const auto& [id, made_seq, plan] : ReadAll<v1::Plan>(family_, kPlan)) {
      if (!IsInError(id) && IsOfEpisode(plan.episode())) plans.insert(id);
    }
    facts().has_plan = !plans.empty();
    for (const auto& [id, made_seq, goal] : ReadAll<v1::Goal>(family_, kGoal)) {
      bool counts = !IsInError(id) && plans.contains(IdOrZero(goal.plan())) &&
                    goal.state() == v1::Goal::STATE_ACTIVE;
      if (!counts) continue;
      for (const std::string& need : goal.needs()) {
        auto place = need_places_.find(IdOrZero(need));
        if (place != need_places_.end()) facts().needs[place->second].in_plan = true;
      }
    }
    for (const auto& [id, made_seq, approval] : ReadAll<v1::Approval>(family_, kApproval)) {
      bool counts = !IsInError(id) && plans.contains(IdOrZero(approval.subject())) &&
                    approval.decision() == v1::Approval::DECISION_APPROVED &&
                    approval.decided_on() <= as_of_;
      if (counts) facts().plan_approved = true;
    }
  }

  void ReadAssessments() {
    for (const auto& [id, made_seq, assessment] : ReadAll<v1::Assessment>(family_, kAssessment)) {
      bool counts = !IsInError(id) && IsOfEpisode(assessment.episode()) &&
                    assessment.kind() == v1::Assessment::KIND_WHOLE_FAMILY &&
                    assessment.state() == v1::Assessment::STATE_COMPLETE &&
                    (!assessment.has_completed_on() || assessment.completed_on() <= as_of_);
      if (counts) facts().assessments.push_back(PlacesOf(assessment.persons()));
    }
  }

  // Whether a LEAD was there on a day since the start. When an assignment ended is not in its
  // record: an ended one counts if it began in the episode, or was to last into it.
  void ReadAssignments() {
    for (const auto& [id, made_seq, given] : ReadAll<v1::Assignment>(family_, kAssignment)) {
      if (given.relation() != v1::Assignment::RELATION_LEAD || given.from_on() > as_of_) continue;
      bool lapsed_before = given.has_until_at() && LondonDay(given.until_at()) < episode_.started;
      bool open = given.state() == v1::Assignment::STATE_OPEN;
      bool lasts = open || given.from_on() >= episode_.started;
      if (lasts && !lapsed_before) facts().lead_assigned = true;
    }
  }

  void ReadVisits() {
    for (const auto& [id, made_seq, visit] : ReadAll<v1::Visit>(family_, kVisit)) {
      bool met = visit.outcome() == v1::Visit::OUTCOME_FACE_TO_FACE ||
                 visit.outcome() == v1::Visit::OUTCOME_VIRTUAL;
      bool counts = !IsInError(id) && IsOfEpisode(visit.episode()) && met &&
                    visit.state() == v1::Visit::STATE_RECORDED &&
                    (!visit.has_ended_at() || LondonDay(visit.ended_at()) <= as_of_);
      if (counts) ++facts().visits_made;
    }
  }

  // Days after closing on which the check that it lasted may be made: the rule's, else those of the
  // timescale.
  int64_t DaysToSustain() const {
    for (const Rule& rule : rules_.rules) {
      bool checks =
          rule.measure == Measure::kSustainedCheck && rule.window.kind == WindowKind::kAfterClose;
      if (checks) return rule.window.count;
    }
    for (const Timescale& scale : rules_.timescales) {
      bool in_days = scale.limit.unit == TimeUnit::kDays;
      if (scale.step == TimescaleStep::kSustainedCheck && in_days) return scale.limit.count;
    }
    return 0;
  }

  void ReadReviews() {
    if (!episode_.closed.has_value()) return;
    int64_t due = int64_t{*episode_.closed} + DaysToSustain();
    std::optional<Day> latest;
    for (const auto& [id, made_seq, review] : ReadAll<v1::Review>(family_, kReview)) {
      bool counts = !IsInError(id) && IsOfEpisode(review.episode()) &&
                    review.kind() == v1::Review::KIND_SUSTAINED && review.reviewed_on() >= due &&
                    review.reviewed_on() <= as_of_;
      if (!counts || review.reviewed_on() < latest.value_or(review.reviewed_on())) continue;
      bool lasted = review.result() == v1::Review::RESULT_LASTED;
      bool regressed = review.result() == v1::Review::RESULT_REGRESSED;
      if (!lasted && !regressed) continue;
      latest = review.reviewed_on();
      facts().sustained = lasted ? kLasted : kRegressed;
    }
  }

  void ReadScores() {
    for (const auto& [id, made_seq, score] : ReadAll<v1::OutcomeScore>(family_, kOutcomeScore)) {
      if (IsInError(id) || !IsOfEpisode(score.episode()) || score.score() > 10) continue;
      auto need = need_of_record_.find(IdOrZero(score.need()));
      std::optional<int> person = PlaceOf(score.person());
      if (need == need_of_record_.end() || need->second < 0 || !person.has_value()) continue;
      facts().scores.push_back({*person, score.scored_on(), score.score(), need->second, -1});
    }
  }

  void ReadItems() {
    using Item = v1::EvidenceItem;
    std::vector<doorstep::Read<Item>> items;
    std::set<Id> superseded;
    // Only a standing item supersedes.
    for (auto& read : ReadAll<Item>(family_, kEvidenceItem)) {
      if (IsInError(read.id)) continue;
      for (const std::string& old : read.message.supersedes()) superseded.insert(IdOrZero(old));
      items.push_back(std::move(read));
    }
    for (const auto& [id, made_seq, item] : items) {
      if (superseded.contains(id)) continue;
      item_ = static_cast<int>(facts().items.size());
      std::string why = ReadItem(item);
      if (why.empty()) {
        facts().items.push_back(id.str());
      } else if (why != kOfAnotherEpisode) {
        reading_.faults.push_back({id, std::move(why)});
      }
    }
  }

  // Empty when it became a fact, else why not.
  std::string ReadItem(const v1::EvidenceItem& item) {
    std::optional<int> person = PlaceOf(item.person());
    if (!person.has_value()) return "the person it names is not here";
    if (item.kind() == v1::EvidenceItem::KIND_TERM) return ReadTerm(item, *person);
    if (item.kind() == v1::EvidenceItem::KIND_JUDGEMENT) return ReadJudgement(item, *person);
    const MeasureInfo* info = FindMeasure(item.measure());
    if (info == nullptr) return "this build does not know its measure";
    switch (item.kind()) {
      case v1::EvidenceItem::KIND_EVENT:
        return info->shape == Shape::kEvent ? ReadEvent(item, *person, info->measure)
                                            : "its measure is no event";
      case v1::EvidenceItem::KIND_COVER:
        return info->shape == Shape::kEvent ? ReadCover(item, *person, info->measure)
                                            : "its measure is no event";
      case v1::EvidenceItem::KIND_STATE:
        return ReadState(item, *person, *info);
      default:
        return "this build does not know its kind";
    }
  }

  std::string ReadEvent(const v1::EvidenceItem& item, int person, Measure measure) {
    if (!item.has_from_on()) return "it has no day";
    Facts::Event event{measure, person, item.from_on(), -1, item_};
    if (measure == Measure::kNomination) {
      if (!IsOfEpisode(item.episode())) return kOfAnotherEpisode;
      event.headline = rules_.HeadlineByNum(item.code());
      if (event.headline < 0) return "the rule-set has no headline of this number";
    }
    facts().events.push_back(event);
    return {};
  }

  std::string ReadCover(const v1::EvidenceItem& item, int person, Measure measure) {
    std::optional<DaySpan> days = DaysOf(item);
    if (!days.has_value()) return "it has no period";
    facts().covers.push_back({measure, person, *days, item_});
    return {};
  }

  std::string ReadState(const v1::EvidenceItem& item, int person, const MeasureInfo& info) {
    std::optional<DaySpan> days = DaysOf(item);
    if (!days.has_value()) return "it has no period";
    bool is_benefit = info.value == ValueKind::kBenefit;
    bool has_truth = item.numbers_size() > 0 && (item.numbers(0) == 0 || item.numbers(0) == 1);
    if (is_benefit ? BenefitName(static_cast<int32_t>(item.code())).empty() : !has_truth) {
      return "it has no value";
    }
    int32_t value = static_cast<int32_t>(is_benefit ? item.code() : item.numbers(0));
    bool decided =
        info.measure == Measure::kLocalHighCost || info.measure == Measure::kSocialWorkThreshold;
    if (decided) return ReadDecided(item, info.measure, *days, value);
    if (info.shape != Shape::kState) return "its measure is no state";
    Facts::State state{info.measure, person, *days, value, -1, item_};
    if (info.measure == Measure::kNeedOutcome) {
      if (!IsOfEpisode(item.episode())) return kOfAnotherEpisode;
      state.need = rules_.NeedByNum(item.code());
      if (state.need < 0) return "the rule-set has no need of this number";
    }
    facts().states.push_back(state);
    return {};
  }

  // As last recorded by then: the latest first day, of equals the later record.
  std::string ReadDecided(const v1::EvidenceItem& item, Measure measure, const DaySpan& days,
                          int32_t value) {
    if (!IsOfEpisode(item.episode())) return kOfAnotherEpisode;
    if (days.first > as_of_) return {};
    std::optional<Day>& latest =
        measure == Measure::kLocalHighCost ? high_cost_from_ : threshold_from_;
    if (days.first < latest.value_or(days.first)) return {};
    latest = days.first;
    if (measure == Measure::kLocalHighCost) {
      facts().local_high_cost = value == 1;
    } else {
      facts().social_work_threshold = value == 1;
    }
    return {};
  }

  std::string ReadTerm(const v1::EvidenceItem& item, int person) {
    if (person < 0) return "it names nobody";
    if (item.numbers_size() != 5) return "it has not five numbers";
    for (int i = 2; i < 5; ++i) {
      if (item.numbers(i) < 0 || item.numbers(i) > kSessionsMax) return "its sessions are too many";
    }
    if (item.numbers(0) < 1900 || item.numbers(0) > 2200) return "it names no school year";
    if (item.numbers(1) < 1 || item.numbers(1) > 3) return "it names no term";
    if (item.numbers(3) + item.numbers(4) > item.numbers(2)) return "its sessions do not add up";
    TermId term{static_cast<int>(item.numbers(0)), static_cast<int>(item.numbers(1))};
    facts().terms.push_back(
        {person, term, item.numbers(2), item.numbers(3), item.numbers(4), item_});
    return {};
  }

  std::string ReadJudgement(const v1::EvidenceItem& item, int person) {
    if (!IsOfEpisode(item.episode())) return kOfAnotherEpisode;
    Facts::Judgement judgement;
    judgement.item = item_;
    judgement.person = person;
    judgement.rule = rules_.RuleByNum(item.code());
    if (judgement.rule < 0) return "the rule-set has no rule of this number";
    if (rules_.rules[static_cast<size_t>(judgement.rule)].discretion != Discretion::kAllowed) {
      return "the rule leaves nothing to be judged";
    }
    int64_t verdict = item.numbers_size() > 0 ? item.numbers(0) : 0;
    if (verdict != 1 && verdict != 2) return "it is neither met nor neutral";
    judgement.verdict = verdict == 1 ? RuleVerdict::kMet : RuleVerdict::kNeutral;
    facts().judgements.push_back(judgement);
    return {};
  }

  static std::optional<DaySpan> DaysOf(const v1::EvidenceItem& item) {
    DaySpan days{item.from_on(), item.to_on()};
    bool whole = item.has_from_on() && item.has_to_on() && !days.IsEmpty();
    return whole ? std::optional(days) : std::nullopt;
  }

  static constexpr char kOfAnotherEpisode[] = "it belongs to another episode";

  ScopeState& family_;
  const EpisodePin& episode_;
  const RuleSet& rules_;
  Day as_of_;
  std::set<Id> in_error_;
  FactsReading reading_;
  std::map<Id, int> places_;          // of persons, duplicates included
  std::map<Id, int> need_of_record_;  // index into the rule-set's needs, or -1
  std::map<Id, size_t> need_places_;  // index into the facts' needs
  std::optional<Day> high_cost_from_;
  std::optional<Day> threshold_from_;
  int item_ = -1;
};

}  // namespace

std::vector<EpisodePin> EpisodesOf(ScopeState& family) {
  std::set<Id> in_error = EnteredInError(family);
  std::vector<EpisodePin> pins;
  for (const auto& [id, made_seq, episode] : ReadAll<v1::Episode>(family, kEpisode)) {
    if (in_error.contains(id)) continue;
    EpisodePin pin;
    pin.id = id;
    pin.programme = IdOrZero(episode.programme());
    pin.ruleset = episode.ruleset();
    pin.version = episode.ruleset_version();
    pin.started = episode.started_on();
    if (episode.has_attached_on()) pin.attached = episode.attached_on();
    pin.state = StateOf(episode.state());
    bool closed = pin.state == EpisodePin::State::kClosed;
    if (closed && episode.has_closed_on()) pin.closed = episode.closed_on();
    if (episode.has_extended_until_on()) pin.extended_to = episode.extended_until_on();
    pin.made_seq = made_seq;
    pins.push_back(pin);
  }
  return pins;
}

std::set<Id> EnteredInError(ScopeState& family) {
  std::set<Id> in_error;
  for (const auto& [id, made_seq, addendum] : ReadAll<v1::Addendum>(family, kAddendum)) {
    Id about = IdOrZero(addendum.about());
    if (addendum.kind() == v1::Addendum::KIND_ENTERED_IN_ERROR) in_error.insert(about);
    if (addendum.kind() == v1::Addendum::KIND_REINSTATED) in_error.erase(about);
  }
  return in_error;
}

FactsReading ReadFacts(ScopeState& family, const EpisodePin& episode, const RuleSet& rules,
                       Day as_of) {
  return FactsReader(family, episode, rules, as_of).Read();
}

AuthorityCalendar CalendarOf(ScopeState& directory) {
  AuthorityCalendar calendar;
  for (const auto& [id, made_seq, dates] : ReadAll<v1::TermDates>(directory, kTermDates)) {
    TermId term{static_cast<int>(dates.school_year()), static_cast<int>(dates.term())};
    bool known =
        term.school_year >= 1900 && term.school_year <= 2200 && 1 <= term.term && term.term <= 3;
    if (known) calendar.terms.Set(term, {dates.first_on(), dates.last_on()});
  }
  for (const auto& [id, made_seq, holiday] : ReadAll<v1::BankHoliday>(directory, kBankHoliday)) {
    if (!holiday.removed()) calendar.holidays.insert(holiday.day());
  }
  return calendar;
}

}  // namespace doorstep
