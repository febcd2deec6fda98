// Golden digests, made by a small script of its own from the grammars in programme_facts.h and
// docs/formats/digests.md: what a claim pins must never change by accident.
#include "catch2/catch_test_macros.hpp"
#include "crypto/bytes.h"
#include "crypto/primitives.h"
#include "model/programme_facts.h"

namespace doorstep {
namespace {

constexpr char kRuleSet[] = "0c1dd76aef2bad24d31abecaea16c694a93cd235a3ebf07cbdf32bee5ba9f9d5";
constexpr char kInputs[] = "b7667e552e57a835b665bbfcd90fe9b94bc9fe408e62d0c14717a37b3d206c17";

RuleSet SomeRules() {
  RuleSet rules;
  rules.code = 9001;
  rules.version = 3;
  rules.digest = RuleSetDigest("golden");
  rules.headlines.resize(1);
  rules.headlines[0].num = 1;
  rules.needs.resize(1);
  rules.needs[0].num = 11;
  rules.rules.resize(1);
  rules.rules[0].num = 201;
  return rules;
}

Facts SomeFacts() {
  Facts facts;
  facts.started = 19000;
  facts.attached = 19010;
  Facts::Person child;
  child.key = std::string(16, 'a');
  child.name = "a name is no input";
  child.role = PersonRole::kChild;
  child.born = 14000;
  child.joined = 18000;
  Facts::Person parent;
  parent.key = std::string(16, 'b');
  parent.role = PersonRole::kParentCarer;
  parent.left = 19500;
  parent.due = 19200;
  facts.persons = {child, parent};
  facts.needs = {{0, {1, 0}, 19005, true, false}};
  facts.events = {{Measure::kOffence, 0, 19011, -1, 0}, {Measure::kNomination, -1, 19012, 0, 1}};
  facts.covers = {{Measure::kOffence, -1, {18900, 19100}, 2}};
  facts.states = {{Measure::kOutOfWorkBenefit, 1, {18900, 19100}, 9, -1, 3},
                  {Measure::kNeedOutcome, -1, {18900, 19100}, 1, 0, 4}};
  facts.terms = {{0, {2021, 2}, 120, 3, 4, 5}};
  facts.scores = {{1, 19020, 7, 0, -1}};
  // Of two judgements of one rule and person the last counts, and only it is an input.
  facts.judgements = {{0, 0, RuleVerdict::kMet, 6}, {0, 0, RuleVerdict::kNeutral, 7}};
  facts.assessments = {{1}};
  facts.has_plan = true;
  facts.lead_assigned = true;
  facts.visits_made = 5;
  facts.sustained = kLasted;
  facts.social_work_threshold = false;
  return facts;
}

TermCalendar SomeTerms() {
  TermCalendar calendar;
  REQUIRE(calendar.Set({2021, 2}, {18996, 19083}));
  return calendar;
}

TEST_CASE("golden digests of a rule-set and of a verdict's inputs") {
  REQUIRE(InitCrypto().ok());
  CHECK(ToHex(View(RuleSetDigest("golden"))) == kRuleSet);
  CHECK(ToHex(View(InputsDigest(SomeRules(), SomeFacts(), 19100, SomeTerms()))) == kInputs);
}

TEST_CASE("the order in which facts were read is no input, everything else is") {
  REQUIRE(InitCrypto().ok());
  RuleSet rules = SomeRules();
  auto digest = [&](const Facts& facts) {
    return ToHex(View(InputsDigest(rules, facts, 19100, SomeTerms())));
  };
  Facts facts = SomeFacts();
  std::swap(facts.events[0], facts.events[1]);
  std::swap(facts.states[0], facts.states[1]);
  facts.items = {"other", "names"};
  CHECK(digest(facts) == kInputs);
  facts.terms[0].unauthorised = 5;
  CHECK(digest(facts) != kInputs);
  facts = SomeFacts();
  facts.events.push_back(facts.events[0]);
  CHECK(digest(facts) != kInputs);
  facts = SomeFacts();
  facts.social_work_threshold.reset();
  CHECK(digest(facts) != kInputs);
  CHECK(ToHex(View(InputsDigest(rules, SomeFacts(), 19101, SomeTerms()))) != kInputs);
  CHECK(ToHex(View(InputsDigest(rules, SomeFacts(), 19100, TermCalendar()))) != kInputs);
}

}  // namespace
}  // namespace doorstep
