// Records of a family as facts: what counts, for whom, and what is left out.
#include "model/programme_facts.h"

#include <string>
#include <utility>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "doorstep/v1/records.pb.h"
#include "model/programme_book.h"
#include "model/programme_clocks.h"
#include "model/ruleset_library.h"
#include "model/shipped_rulesets.h"
#include "model/value.h"

namespace doorstep {
namespace {

Id IdOf(uint8_t n) {
  Id id;
  id.bytes.fill(n);
  return id;
}
Day D(const char* text) { return ParseDay(text).value(); }

// A scope written record by record, each one later than the one before.
class Scope {
 public:
  Scope() : state_(IdOf(250), nullptr) {}
  ScopeState& state() { return state_; }

  Id Make(uint32_t type, std::vector<std::pair<uint32_t, std::string>> fields) {
    Id id = IdOf(next_);
    Record& record = state_.Mutable(type, id, next_, IdOf(200));
    uint32_t index = 0;
    for (auto& [field, value] : fields) {
      record.cells[field].live.push_back({{IdOf(next_), index++}, IdOf(200), next_, value});
    }
    ++next_;
    return id;
  }

 private:
  ScopeState state_;
  uint8_t next_ = 1;
};

std::pair<uint32_t, std::string> N(uint32_t field, uint64_t value) {
  return {field, EncodeNumber(field, value)};
}
std::pair<uint32_t, std::string> On(uint32_t field, const char* day) {
  return {field, EncodeDate(field, D(day))};
}
std::pair<uint32_t, std::string> At(uint32_t field, const Id& id) {
  return {field, EncodeId(field, id)};
}
std::pair<uint32_t, std::string> Numbers(std::vector<int64_t> values) {
  std::string value;
  for (int64_t one : values) value += EncodeI64(8, one);
  return {8, value};
}
std::pair<uint32_t, std::string> I64(uint32_t field, int64_t value) {
  return {field, EncodeI64(field, value)};
}

constexpr uint32_t kPerson = 2, kName = 3, kEpisode = 17, kNeed = 18, kAssessment = 19, kPlan = 20,
                   kGoal = 21, kApproval = 24, kReview = 25, kScore = 26, kVisit = 27,
                   kAssignment = 34, kItem = 37, kAddendum = 41;

// A family in the framework of 2022: mother, child, and the child entered twice.
struct Family : Scope {
  Id mum = Make(kPerson, {N(1, 3), On(2, "2020-01-01"), On(4, "1985-02-11"), On(6, "2023-06-01")});
  Id tom = Make(kPerson, {N(1, 1), On(2, "2020-01-01"), On(4, "2012-05-05")});
  Id twin = Make(kPerson, {N(1, 1), On(2, "2020-01-01"), At(17, tom)});
  Id name = Make(kName, {At(1, tom), N(2, 1), {3, EncodeBytes(3, "Tom")}});
  Id episode = Make(kEpisode, {At(1, IdOf(99)), N(2, 502), N(3, 1), On(5, "2023-01-09"),
                               On(6, "2023-01-10"), N(7, 3), On(11, "2023-07-31")});
  Id other = Make(kEpisode, {At(1, IdOf(98)), N(2, 401), N(3, 1), On(5, "2021-01-09"), N(7, 2)});
  Id need = Make(kNeed, {At(1, episode), N(2, 11), At(3, twin), On(4, "2023-01-20"), N(6, 1)});

  const RuleSet& rules = *ShippedLibrary().Find(502, 1);
  EpisodePin pin() {
    std::vector<EpisodePin> pins = EpisodesOf(state());
    REQUIRE(pins.size() == 2);
    return pins[0];
  }
  FactsReading Read(const char* as_of = "2024-02-29") {
    return ReadFacts(state(), pin(), rules, D(as_of));
  }
  Id Item(std::vector<std::pair<uint32_t, std::string>> fields) {
    fields.push_back(At(1, episode));
    return Make(kItem, std::move(fields));
  }
};

TEST_CASE("persons, duplicates, needs and names") {
  Family family;
  FactsReading reading = family.Read();
  const Facts& facts = reading.facts;
  REQUIRE(facts.persons.size() == 2);
  CHECK(facts.persons[0].role == PersonRole::kParentCarer);
  CHECK(facts.persons[0].due == D("2023-06-01"));
  CHECK(facts.persons[1].key == family.tom.str());
  CHECK(facts.persons[1].name == "Tom");
  CHECK(facts.started == D("2023-01-09"));
  CHECK(facts.closed == D("2023-07-31"));
  REQUIRE(facts.needs.size() == 1);
  CHECK(facts.needs[0].need == family.rules.FindNeed("education.attendance"));
  CHECK(facts.needs[0].persons == std::vector<int>{1});
  CHECK(reading.faults.empty());
  CHECK(family.pin().state == EpisodePin::State::kClosed);
}

TEST_CASE("evidence items become facts of every kind") {
  Family family;
  family.Item({N(2, 1), N(3, 2), At(4, family.twin), On(5, "2023-03-01")});
  family.Item({N(2, 2), N(3, 2), On(5, "2023-01-01"), On(6, "2023-12-31")});
  family.Item(
      {N(2, 3), N(3, 20), At(4, family.mum), On(5, "2023-01-01"), On(6, "2023-02-01"), N(7, 7)});
  family.Item(
      {N(2, 3), N(3, 34), On(5, "2023-06-01"), On(6, "2023-07-01"), N(7, 51), Numbers({1})});
  family.Item({N(2, 4), At(4, family.tom), Numbers({2022, 2, 120, 4, 5})});
  family.Item({N(2, 5), N(7, 211), At(4, family.tom), Numbers({2})});
  family.Item({N(2, 1), N(3, 11), On(5, "2023-03-01"), N(7, 8)});
  family.Item({N(2, 3), N(3, 72), On(5, "2023-03-01"), On(6, "2023-12-31"), Numbers({1})});
  family.Item({N(2, 3), N(3, 72), On(5, "2023-02-01"), On(6, "2023-12-31"), Numbers({0})});
  FactsReading reading = family.Read();
  for (const FactFault& fault : reading.faults) FAIL_CHECK(fault.why);
  const Facts& facts = reading.facts;
  REQUIRE(facts.events.size() == 2);
  CHECK(facts.events[0].person == 1);
  CHECK(facts.events[1].headline == family.rules.FindHeadline("domestic_abuse"));
  REQUIRE(facts.covers.size() == 1);
  CHECK(facts.covers[0].person == -1);
  REQUIRE(facts.states.size() == 2);
  CHECK(facts.states[0].value == 7);
  CHECK(facts.states[1].need == family.rules.FindNeed("relationships.parenting"));
  REQUIRE(facts.terms.size() == 1);
  CHECK(facts.terms[0].unauthorised == 5);
  REQUIRE(facts.judgements.size() == 1);
  CHECK(facts.judgements[0].verdict == RuleVerdict::kNeutral);
  CHECK(facts.social_work_threshold == true);  // the later first day, not the later record
  CHECK(family.Read("2023-02-28").facts.social_work_threshold == false);
}

TEST_CASE("superseded items and those entered in error are no facts") {
  Family family;
  Id wrong = family.Item({N(2, 1), N(3, 2), On(5, "2023-03-01")});
  Id old = family.Item({N(2, 1), N(3, 2), On(5, "2023-03-02")});
  Id newer = family.Item({N(2, 1), N(3, 2), On(5, "2023-03-03"), At(15, old)});
  family.Make(kAddendum, {At(1, wrong), N(2, 3)});
  REQUIRE(family.Read().facts.events.size() == 1);
  CHECK(family.Read().facts.events[0].day == D("2023-03-03"));
  // An item that is itself in error supersedes nothing.
  family.Make(kAddendum, {At(1, newer), N(2, 3)});
  REQUIRE(family.Read().facts.events.size() == 1);
  CHECK(family.Read().facts.events[0].day == D("2023-03-02"));
  family.Make(kAddendum, {At(1, wrong), N(2, 4)});
  CHECK(family.Read().facts.events.size() == 2);
}

TEST_CASE("items that are no facts are told, and nothing is guessed") {
  Family family;
  family.Item({N(2, 1), N(3, 999), On(5, "2023-03-01")});                     // no such measure
  family.Item({N(2, 1), N(3, 21), On(5, "2023-03-01")});                      // a state
  family.Item({N(2, 1), N(3, 2)});                                            // no day
  family.Item({N(2, 2), N(3, 2), On(5, "2023-03-02"), On(6, "2023-03-01")});  // backwards
  family.Item({N(2, 3), N(3, 21), On(5, "2023-03-01"), On(6, "2023-03-02"), Numbers({2})});
  family.Item({N(2, 4), At(4, family.tom), Numbers({2022, 2, 120, 100, 50})});  // too many
  family.Item({N(2, 4), At(4, family.tom), Numbers({2022, 2, 120})});
  family.Item({N(2, 5), N(7, 261 + 700), Numbers({1})});                  // no such rule
  family.Item({N(2, 5), N(7, 404), Numbers({1})});                        // not to be judged
  family.Item({N(2, 1), N(3, 2), At(4, IdOf(77)), On(5, "2023-03-01")});  // a stranger
  FactsReading reading = family.Read();
  CHECK(reading.faults.size() == 10);
  CHECK(reading.facts.events.empty());
  CHECK(reading.facts.covers.empty());
  CHECK(reading.facts.states.empty());
  CHECK(reading.facts.terms.empty());
  CHECK(reading.facts.judgements.empty());
}

TEST_CASE("what another episode decided is not decided here, what is so is so") {
  Family family;
  family.Make(kItem, {At(1, family.other), N(2, 1), N(3, 2), On(5, "2023-03-01")});
  family.Make(kItem, {At(1, family.other), N(2, 3), N(3, 72), On(5, "2023-03-01"),
                      On(6, "2023-12-31"), Numbers({1})});
  family.Make(kItem, {At(1, family.other), N(2, 5), N(7, 211), Numbers({1})});
  FactsReading reading = family.Read();
  CHECK(reading.facts.events.size() == 1);
  CHECK_FALSE(reading.facts.social_work_threshold.has_value());
  CHECK(reading.facts.judgements.empty());
  CHECK(reading.faults.empty());
}

TEST_CASE("plan, assessment, lead, visits, scores and the check that it lasted") {
  Family family;
  Id plan = family.Make(kPlan, {At(1, family.episode), N(2, 1)});
  family.Make(kGoal, {At(1, plan), At(2, family.need), N(9, 1)});
  family.Make(kApproval, {At(1, plan), N(3, 5), On(9, "2023-02-01")});
  family.Make(kAssessment,
              {At(1, family.episode), N(2, 1), At(3, family.mum), N(5, 2), On(6, "2023-01-31")});
  family.Make(kAssignment, {At(1, IdOf(90)), N(2, 1), On(5, "2023-01-09"), N(7, 2)});
  int64_t visit = int64_t{D("2023-03-01")} * 86'400'000;
  family.Make(kVisit, {At(1, family.episode), N(9, 3), N(10, 1), I64(12, visit)});
  family.Make(kVisit, {At(1, family.episode), N(9, 3), N(10, 3), I64(12, visit)});
  family.Make(kVisit, {At(1, family.episode), N(9, 2), N(10, 1), I64(12, visit)});
  family.Make(kScore, {At(1, family.episode), At(2, family.need), At(4, family.tom), N(5, 4),
                       On(7, "2023-02-02")});
  family.Make(kReview, {At(1, family.episode), N(4, 3), On(5, "2024-01-28"), N(6, 7)});
  FactsReading reading = family.Read();
  const Facts& facts = reading.facts;
  CHECK(facts.has_plan);
  CHECK(facts.needs[0].in_plan);
  CHECK(facts.plan_approved);
  CHECK(facts.lead_assigned);
  CHECK(facts.visits_made == 1);
  REQUIRE(facts.assessments.size() == 1);
  CHECK(facts.assessments[0] == std::vector<int>{0});
  REQUIRE(facts.scores.size() == 1);
  CHECK(facts.scores[0].value == 4);
  // 182 days after 31 July 2023 is 29 January 2024: the day before does not count yet.
  CHECK_FALSE(facts.sustained.has_value());
  family.Make(kReview, {At(1, family.episode), N(4, 3), On(5, "2024-01-29"), N(6, 6)});
  CHECK(family.Read().facts.sustained == kLasted);
  CHECK_FALSE(family.Read("2024-01-28").facts.sustained.has_value());
  CHECK_FALSE(family.Read("2023-01-31").facts.plan_approved);
}

TEST_CASE("clocks of an episode") {
  Family family;
  AuthorityCalendar calendar;
  EpisodePin pin = family.pin();
  int64_t now = (int64_t{D("2024-01-29")} * 24 + 12) * 3'600'000;
  auto standing = [&](const char* id, int64_t now_ms) {
    int index = family.rules.FindTimescale(id);
    REQUIRE(index >= 0);
    return ClocksOf(family.state(), pin, family.rules, now_ms,
                    calendar.holidays)[static_cast<size_t>(index)];
  };
  CHECK(standing("T-SUSTAIN", now).standing.verdict == TimescaleVerdict::kDueSoon);
  CHECK(standing("T-SUSTAIN", now).standing.due == D("2024-01-29"));
  CHECK(standing("T-SUSTAIN", now + 86'400'000).standing.verdict == TimescaleVerdict::kOverdue);
  // Nothing is due any more in a closed episode.
  CHECK(standing("T-ASSESS", now).standing.verdict == TimescaleVerdict::kNotStarted);
  CHECK(standing("T-VISIT", now).standing.verdict == TimescaleVerdict::kNotStarted);
  // A visit that nobody has signed runs from its end.
  Id visit = family.Make(kVisit, {At(1, family.episode), N(9, 2), I64(12, now - 47 * 3'600'000)});
  CHECK(standing("T-WRITEUP", now).standing.verdict == TimescaleVerdict::kDueSoon);
  CHECK(standing("T-WRITEUP", now).about == visit);
  CHECK(standing("T-WRITEUP", now + 3'600'001).standing.verdict == TimescaleVerdict::kOverdue);
}

TEST_CASE("an authority's own rule-set out of the directory") {
  Scope directory;
  std::string text(ShippedRuleSets()[0].text);
  auto change = [&](std::string_view from, std::string_view to) {
    size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    text.replace(at, from.size(), to);
  };
  change("key: liverpool-families-tf1", "key: our-families");
  change("code: 101", "code: 9101");
  auto put = [&](uint32_t code, const std::string& body, const std::string& digest_of) {
    Hash32 digest = RuleSetDigest(digest_of);
    directory.Make(
        111, {N(1, code), N(2, 1), {3, EncodeBytes(3, View(digest))}, {4, EncodeBytes(4, body)}});
  };
  put(9101, text, text);
  put(9102, text, text);            // says another code
  put(9103, text, "another text");  // another digest
  put(9104, "code: 1", "code: 1");  // no rule-set
  ProgrammeBook book = ReadBook(directory.state());
  REQUIRE(book.library.Find(9101, 1) != nullptr);
  CHECK(book.library.Find(9101, 1)->key == "our-families");
  CHECK(book.library.Find(101, 1) != nullptr);  // those that ship stay
  CHECK(book.library.Find(9102, 1) == nullptr);
  std::set<uint32_t> told;
  for (const ProgrammeBook::Problem& problem : book.problems) told.insert(problem.ruleset);
  CHECK(told == std::set<uint32_t>{9102, 9103, 9104});
}

}  // namespace
}  // namespace doorstep
