#include "client-core/client/practice.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "crypto/reason.h"
#include "tests/client-core/client/handset.h"

namespace doorstep::client {
namespace {

Id IdIn(const std::string& bytes) { return *Id::FromBytes(bytes); }
std::string Quoted(const std::string& text) { return '"' + text + '"'; }

// A worker and a supervisor with one family, an active episode and a plan of one goal.
struct Case {
  Case() : office(town), desk(office, v1::ROLE_SUPERVISOR), phone(office, v1::ROLE_KEY_WORKER) {
    v1::Committed begun = phone.BeginFamily("Sample family");
    family = IdIn(begun.scope());
    for (const v1::RecordRef& record : begun.records()) {
      if (record.type_name() == "Person") child = IdIn(record.id());
    }
    phone.Contact();
    desk.Contact();
    plan = town.NewId();
    goal = town.NewId();
    v1::Edits edits;
    edits.set_scope(family.str());
    *edits.add_records() = Handset::Edit(
        "Plan", plan,
        {{"episode", Quoted(town.NewId().hex())}, {"state", "\"OPEN\""}, {"aim", "\"School.\""}});
    *edits.add_records() = Handset::Edit("Goal", goal,
                                         {{"plan", Quoted(plan.hex())},
                                          {"wording", "\"Breakfast before eight.\""},
                                          {"state", "\"ACTIVE\""}});
    Take(phone, edits);
  }

  v1::Committed Take(Handset& set, const v1::Edits& edits) {
    absl::StatusOr<v1::Committed> committed = set.client->Commit(edits);
    INFO(committed.status().ToString());
    REQUIRE(committed.ok());
    return *committed;
  }
  std::vector<v1::Answer> Ask(Handset& set, const v1::Query& query) {
    absl::StatusOr<std::vector<v1::Answer>> answers = set.client->Ask(query);
    INFO(answers.status().ToString());
    REQUIRE(answers.ok());
    return *answers;
  }
  v1::PlanPage Page(Handset& set) {
    v1::Query query;
    query.mutable_plan_page()->set_id(plan.str());
    return Ask(set, query)[0].plan_page();
  }
  void Decide(Handset& set, const char* decision) {
    set.Commit(family, Handset::Edit("Approval", Id{},
                                     {{"subject", Quoted(plan.hex())},
                                      {"digest", Quoted(ToHex(Page(set).digest()))},
                                      {"decision", Quoted(decision)},
                                      {"decided_on", "\"2026-11-25\""}}));
  }
  void Exchange() {
    phone.Contact();
    desk.Contact();
    phone.Contact();
  }

  Town town;
  Office office;
  Handset desk;
  Handset phone;
  Id family, child, plan, goal;
};

v1::Query WorklistQuery() {
  v1::Query query;
  query.mutable_worklist();
  return query;
}

std::string Told(const v1::PlanDifference& difference) {
  std::string told;
  for (const v1::PlanDifference::Change& change : difference.changes()) {
    told += change.record().type_name() + "." + change.field() + ":";
    for (const v1::PlanDifference::Words& words : change.words()) {
      told += words.how() == v1::PlanDifference::ADDED     ? "+" + words.text()
              : words.how() == v1::PlanDifference::REMOVED ? "-" + words.text()
                                                           : "=" + words.text();
      told += "|";
    }
    told += "\n";
  }
  return told;
}

}  // namespace

TEST_CASE("a submitted plan stands on the supervisor's worklist until it is decided") {
  Case c;
  c.Decide(c.phone, "SUBMITTED");
  c.Exchange();
  std::vector<v1::Answer> answers = c.Ask(c.desk, WorklistQuery());
  REQUIRE(answers.size() > 1);
  CHECK(answers[0].worklist().families() == 1);
  CHECK(answers[0].worklist().lists_size() == 10);
  CHECK(answers[0].worklist().lists(v1::WorkItem::PLANS - 1).items() == 1);
  bool found = false;
  for (const v1::Answer& answer : answers) {
    const v1::WorkItem& item = answer.work();
    if (item.kind() != "plan_submitted") continue;
    found = true;
    CHECK(item.family() == "Sample family");
    CHECK(item.who_name() == "Worker");
    CHECK(item.relation() == "SUPERVISOR");
    CHECK(item.since_ms() == c.town.now_ms);
  }
  CHECK(found);
  // Only one list asked for: what is left out is counted.
  v1::Query concerns = WorklistQuery();
  concerns.mutable_worklist()->add_lists(v1::WorkItem::CONCERNS);
  answers = c.Ask(c.desk, concerns);
  REQUIRE(answers.size() == 1);
  CHECK(answers[0].worklist().lists(v1::WorkItem::PLANS - 1).left_out() == 1);
  c.Decide(c.desk, "APPROVED");
  answers = c.Ask(c.desk, WorklistQuery());
  CHECK(answers[0].worklist().lists(v1::WorkItem::PLANS - 1).items() == 0);
}

TEST_CASE("any two versions are compared word by word, also one that never left the device") {
  Case c;
  c.Decide(c.phone, "SUBMITTED");
  c.Exchange();
  c.Decide(c.desk, "APPROVED");
  c.desk.Contact();
  c.phone.Contact();
  const std::string first = c.Page(c.phone).digest();
  auto write = [&](const char* wording) {
    c.phone.Commit(c.family, Handset::Edit("Goal", c.goal, {{"wording", Quoted(wording)}}));
  };
  write("Breakfast before half past seven.");
  c.Decide(c.phone, "SUBMITTED");
  const std::string second = c.Page(c.phone).digest();
  write("Breakfast and lunch.");
  const std::string third = c.Page(c.phone).digest();

  v1::Query query;
  query.mutable_plan_versions()->set_id(c.plan.str());
  std::vector<v1::Answer> versions = c.Ask(c.phone, query);
  REQUIRE(versions.size() == 3);
  CHECK(versions[0].plan_version().digest() == first);
  CHECK(versions[0].plan_version().decisions_size() == 2);
  CHECK(versions[0].plan_version().seq() > 0);
  CHECK(versions[1].plan_version().digest() == second);
  CHECK(versions[1].plan_version().seq() == 0);
  CHECK(versions[1].plan_version().decisions(0).provisional());
  CHECK(versions[1].plan_version().readable());
  CHECK(versions[2].plan_version().present());

  auto difference = [&](Handset& set, const std::string& before, const std::string& after) {
    v1::Query asked;
    asked.mutable_plan_difference()->set_id(c.plan.str());
    asked.mutable_plan_difference()->set_before(before);
    asked.mutable_plan_difference()->set_after(after);
    return Told(c.Ask(set, asked)[0].plan_difference());
  };
  CHECK(difference(c.phone, first, second) ==
        "Goal.wording:=Breakfast before |-eight|+half past seven|=.|\n");
  CHECK(difference(c.phone, second, "") ==
        "Goal.wording:=Breakfast |-before half past seven|+and lunch|=.|\n");
  CHECK(difference(c.phone, "", "") == difference(c.phone, first, third));
  CHECK(difference(c.phone, third, third).empty());
  // The desk has never seen the second; then it has.
  v1::Query unknown;
  unknown.mutable_plan_difference()->set_id(c.plan.str());
  unknown.mutable_plan_difference()->set_before(second);
  CHECK(ReasonOf(c.desk.client->Ask(unknown).status()) == Reason::kNotFound);
  c.Exchange();
  CHECK(difference(c.desk, second, first) ==
        "Goal.wording:=Breakfast before |-half past seven|+eight|=.|\n");
}

TEST_CASE("the family page shows what the device shows, sealed words only to readers") {
  Case c;
  const Hand ben = c.town.Hire(v1::ROLE_KEY_WORKER);
  Handset other(c.office);
  REQUIRE(other.client->SetPin("", kPin).ok());
  other.Join(ben.user);
  c.desk.Contact();
  c.desk.Commit(c.family, Handset::Edit("Assignment", Id{},
                                        {{"user", Quoted(ben.user.hex())},
                                         {"relation", "\"CO_WORKER\""},
                                         {"reason", "\"ALLOCATED\""},
                                         {"from_on", "\"2026-11-01\""},
                                         {"state", "\"OPEN\""}}));
  v1::Edits edits;
  edits.set_scope(c.family.str());
  *edits.add_records() = Handset::Edit("Person", c.child, {{"address_confidential", "true"}});
  *edits.add_records() = Handset::Edit("SafeAddress", Id{},
                                       {{"person", Quoted(c.child.hex())},
                                        {"lines", "\"9 Hidden Way\""},
                                        {"postcode", "\"ZZ99 9ZZ\""},
                                        {"reason", "\"He waits.\""},
                                        {"excluded_others", "\"A neighbour\""},
                                        {"state", "\"ACTIVE\""},
                                        {"review_on", "\"2027-01-01\""}});
  c.Take(c.phone, edits);
  c.Exchange();
  other.Contact();
  v1::Query query;
  query.mutable_family_page()->set_scope(c.family.str());
  const v1::FamilyPage mine = c.Ask(c.phone, query)[0].family_page();
  REQUIRE(mine.people_size() == 1);
  CHECK(mine.reads_restricted());
  CHECK(mine.people(0).safe_address(0) == "9 Hidden Way, ZZ99 9ZZ");
  CHECK(mine.alerts(0).must_not_know(0) == "A neighbour");
  const v1::FamilyPage desk = c.Ask(c.desk, query)[0].family_page();
  CHECK(desk.people(0).safe_address(0) == "9 Hidden Way, ZZ99 9ZZ");
  const v1::FamilyPage theirs = c.Ask(other, query)[0].family_page();
  CHECK_FALSE(theirs.reads_restricted());
  CHECK(theirs.people(0).where(0) == "address confidential: ask Worker");
  CHECK(theirs.ShortDebugString().find("Hidden") == std::string::npos);
  CHECK(theirs.ShortDebugString().find("neighbour") == std::string::npos);
  v1::Query stranger;
  stranger.mutable_family_page()->set_scope(c.town.NewId().str());
  CHECK(ReasonOf(c.phone.client->Ask(stranger).status()) == Reason::kNotFound);
}

TEST_CASE("not yet safe tells each record of mine from saved to archived, with its age") {
  Case c;
  v1::Query query;
  query.mutable_not_yet_safe();
  auto counts = [&] { return c.Ask(c.phone, query)[0].safety(); };
  CHECK(counts().unsent() == 2);  // plan and goal: the family itself was received
  c.town.now_ms += 3 * int64_t{3'600'000};
  std::vector<v1::Answer> lines = c.Ask(c.phone, query);
  REQUIRE(lines.size() == 3);
  CHECK(lines[1].not_yet_safe().age_ms() == 3 * int64_t{3'600'000});
  CHECK(lines[1].not_yet_safe().safety() == v1::SAVED_ON_THIS_DEVICE);
  CHECK(lines[1].not_yet_safe().family() == "Sample family");
  CHECK(counts().oldest_unsent_ms() == lines[1].not_yet_safe().saved_ms());
  c.phone.Contact();
  CHECK(counts().unsent() == 0);
  CHECK(counts().received() > 2);
  CHECK_FALSE(counts().has_archive());
  CHECK(c.Ask(c.phone, query).size() == 1);  // without an archive received is as safe as it gets
  c.office.line(c.family).archived = c.office.line(c.family).entries.size();
  c.phone.Commit(c.family, Handset::Edit("Family", c.family, {{"door_note", "\"Ring\""}}));
  c.phone.Contact();
  CHECK(counts().has_archive());
  CHECK(counts().archived() > 2);
  lines = c.Ask(c.phone, query);
  REQUIRE(lines.size() == 2);  // the door note alone
  CHECK(lines[1].not_yet_safe().safety() == v1::RECEIVED_BY_THE_OFFICE);
  CHECK(lines[1].not_yet_safe().record().type_name() == "Family");
}

TEST_CASE("changed tells what others wrote, and marks what has two answers") {
  Case c;
  c.Exchange();
  v1::Query query;
  query.mutable_changed()->set_since_ms(c.town.now_ms);
  CHECK(c.Ask(c.phone, query).empty());  // all of it is their own
  CHECK_FALSE(c.Ask(c.desk, query).empty());
  c.town.now_ms += 60'000;
  query.mutable_changed()->set_since_ms(c.town.now_ms);
  c.phone.Commit(c.family, Handset::Edit("Family", c.family, {{"door_note", "\"Ring\""}}));
  c.desk.Commit(c.family, Handset::Edit("Family", c.family, {{"door_note", "\"Knock\""}}));
  c.Exchange();
  c.desk.Contact();
  std::vector<v1::Answer> seen = c.Ask(c.phone, query);
  REQUIRE(seen.size() == 1);
  CHECK(seen[0].changed().what() == "WRITTEN");
  CHECK(seen[0].changed().fields(0) == "door_note");
  CHECK(seen[0].changed().two_answers());
  CHECK(seen[0].changed().family() == "Sample family");
  query.mutable_changed()->set_since_ms(c.town.now_ms + 1);
  CHECK(c.Ask(c.phone, query).empty());
}

TEST_CASE(
    "today holds my visits in order, a concern that nobody has received, and what is unsent") {
  Case c;
  c.Exchange();
  auto visit = [&](int hour) {
    const std::string at =
        "\"" + DayText(LondonDay(c.town.now_ms)) + "T" + std::to_string(hour) + ":00:00.000Z\"";
    c.phone.Commit(c.family, Handset::Edit("Visit", Id{},
                                           {{"episode", Quoted(c.town.NewId().hex())},
                                            {"worker", Quoted(c.phone.client->user().hex())},
                                            {"planned_at", at},
                                            {"state", "\"PLANNED\""}}));
  };
  visit(15);
  visit(11);
  c.phone.Commit(c.family, Handset::Edit("Concern", Id{},
                                         {{"persons", "[" + Quoted(c.child.hex()) + "]"},
                                          {"kind", "\"NEGLECT\""},
                                          {"level", "\"SAME_DAY\""},
                                          {"noticed_at", "\"2026-11-18T09:00:00.000Z\""},
                                          {"account", "\"Tom had not eaten.\""},
                                          {"state", "\"RAISED\""}}));
  v1::Query query;
  query.mutable_today();
  v1::TodayPage page = c.Ask(c.phone, query)[0].today();
  REQUIRE(page.visits_size() == 2);
  CHECK(page.visits(0).at_ms() < page.visits(1).at_ms());
  CHECK(page.visits(0).family() == "Sample family");
  REQUIRE(page.concerns_size() == 1);
  auto has = [&](const char* flag) {
    const auto& flags = page.concerns(0).flags();
    return std::find(flags.begin(), flags.end(), flag) != flags.end();
  };
  CHECK(has("not_received"));
  CHECK(page.unsent() == 3);
  CHECK(page.oldest_unsent_ms() > 0);
  c.phone.Contact();
  page = c.Ask(c.phone, query)[0].today();
  CHECK(page.unsent() == 0);
  CHECK(has("not_acknowledged"));
}

TEST_CASE("a query's answers come page by page, each once") {
  Case c;
  v1::Query query;
  query.mutable_story()->set_scope(c.family.str());
  std::vector<std::string> whole, pieces;
  for (const v1::Answer& answer : c.Ask(c.phone, query)) whole.push_back(answer.record().id());
  REQUIRE(whole.size() > 4);
  query.set_limit(2);
  for (uint32_t skip = 0;; skip += 2) {
    query.set_skip(skip);
    std::vector<v1::Answer> page = c.Ask(c.phone, query);
    if (page.empty()) break;
    for (const v1::Answer& answer : page) pieces.push_back(answer.record().id());
  }
  CHECK(pieces == whole);
}

}  // namespace doorstep::client
