#include "model/story.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "model/today.h"
#include "tests/model/home.h"

namespace doorstep {
namespace {

constexpr int64_t kHour = 3'600'000;

v1::FamilyPage PageFor(Home& home, const Hand& who, const StorySize& size = {}) {
  Look look(home, who);
  return StoryOf(look.from, look.family, size).page;
}

const v1::PersonLine& Person(const v1::FamilyPage& page, const std::string& name) {
  auto found = std::find_if(page.people().begin(), page.people().end(),
                            [&](const v1::PersonLine& line) { return line.name() == name; });
  REQUIRE(found != page.people().end());
  return *found;
}

Id Visit(Home& home, int hours_ago, v1::Visit::Outcome outcome = v1::Visit::OUTCOME_FACE_TO_FACE) {
  v1::Visit visit;
  visit.set_worker(home.ana.user.str());
  visit.set_state(v1::Visit::STATE_RECORDED);
  visit.set_outcome(outcome);
  visit.set_place(v1::Visit::PLACE_HOME);
  visit.set_started_at(home.town.now_ms - hours_ago * kHour);
  visit.set_account("They were at breakfast.");
  return home.Make(home.ana, visit);
}

void Seen(Home& home, const Id& visit, const Id& child, bool seen, bool alone) {
  v1::ChildSeen record;
  record.set_visit(visit.str());
  record.set_person(child.str());
  record.set_seen(seen);
  record.set_seen_alone(alone);
  home.Make(home.ana, record);
}

// A co-worker: assigned, and no reader of what is sealed.
Hand AddCoWorker(Home& home) {
  Hand ben = home.town.Hire(v1::ROLE_KEY_WORKER);
  v1::Assignment place;
  place.set_user(ben.user.str());
  place.set_relation(v1::Assignment::RELATION_CO_WORKER);
  place.set_state(v1::Assignment::STATE_OPEN);
  home.Make(home.town.supervisor, place);
  return ben;
}

}  // namespace

TEST_CASE("what to beware of stands first, and is gone when it has ended") {
  Home home;
  v1::Marker dog;
  dog.set_kind(v1::Marker::KIND_DANGEROUS_ANIMAL);
  dog.set_state(v1::Marker::STATE_ACTIVE);
  dog.set_narrative("Loose in the yard.");
  dog.set_from_on(home.today() - 400);
  dog.set_review_on(home.today() - 1);
  const Id marker = home.Make(home.ana, dog);
  v1::FamilyPage page = PageFor(home, home.ana);
  REQUIRE(page.alerts_size() == 1);
  CHECK(page.alerts(0).kind() == "DANGEROUS_ANIMAL");
  CHECK(page.alerts(0).narrative(0) == "Loose in the yard.");
  CHECK(page.alerts(0).review_overdue());
  v1::Marker ended;
  ended.set_state(v1::Marker::STATE_ENDED);
  home.Write(home.town.supervisor, marker, ended);
  CHECK(PageFor(home, home.ana).alerts().empty());
  // Ended by one, kept by another who had not seen that: it holds.
  v1::Marker active;
  active.set_state(v1::Marker::STATE_ACTIVE);
  home.WriteBlind(home.ana, marker, active);
  page = PageFor(home, home.ana);
  REQUIRE(page.alerts_size() == 2);
  CHECK(page.alerts(0).kind() == "DANGEROUS_ANIMAL");
  CHECK(page.alerts(1).kind() == "TWO_ANSWERS");
}

TEST_CASE("nothing of a protected person's whereabouts is on the page of who may not know it") {
  Home home;
  const Id mia = home.AddPerson("Mia", v1::Person::MEMBER_ROLE_PARENT_CARER);
  const Id tom = home.AddPerson("Tom", v1::Person::MEMBER_ROLE_CHILD, home.today() - 3'000);
  for (const Id& person : {mia, tom}) {
    v1::Address address;
    address.set_person(person.str());
    address.set_lines("1 Elm Row");
    address.set_postcode("ZZ99 1AA");
    home.Make(home.ana, address);
  }
  v1::ContactPoint phone;
  phone.set_person(mia.str());
  phone.set_kind(v1::ContactPoint::KIND_MOBILE);
  phone.set_value("07700 900123");
  home.Make(home.ana, phone);
  v1::School school;
  school.set_name("Elm Primary");
  const Id elm = home.MakeInOffice(school);
  v1::SchoolPlacement placement;
  placement.set_person(tom.str());
  placement.set_school(elm.str());
  home.Make(home.ana, placement);
  Visit(home, 30);
  const Hand ben = AddCoWorker(home);

  v1::FamilyPage open = PageFor(home, ben);
  CHECK(Person(open, "Mia Example").where(0) == "1 Elm Row, ZZ99 1AA");
  CHECK(Person(open, "Tom Example").school(0) == "Elm Primary");
  CHECK(open.visits(0).place() == "HOME");

  v1::Person secret;
  secret.set_address_confidential(true);
  home.Write(home.ana, mia, secret);
  v1::FamilyPage told = PageFor(home, ben);
  CHECK_FALSE(told.reads_restricted());
  CHECK(Person(told, "Mia Example").where_size() == 1);
  CHECK(Person(told, "Mia Example").where(0) == "address confidential: ask Worker");
  CHECK(Person(told, "Tom Example").where(0) == "address confidential: ask Worker");
  CHECK(Person(told, "Tom Example").school().empty());
  CHECK(Person(told, "Mia Example").reach().empty());
  CHECK(told.visits(0).place().empty());
  const std::string all = told.ShortDebugString();
  for (const char* hidden : {"Elm", "ZZ99", "900123"}) {
    CHECK(all.find(hidden) == std::string::npos);
  }
  // The lead reads what is sealed, and is told where to look.
  v1::FamilyPage lead = PageFor(home, home.ana);
  CHECK(lead.reads_restricted());
  CHECK(Person(lead, "Mia Example").where_size() == 2);
}

TEST_CASE("the page is the same for every secret, and only readers are asked to open it") {
  auto page = [](const std::string& lines, bool reader) {
    Home home;
    const Id mia = home.AddPerson("Mia", v1::Person::MEMBER_ROLE_PARENT_CARER);
    v1::SafeAddress safe;
    safe.set_person(mia.str());
    safe.set_lines(lines);
    safe.set_postcode(lines.substr(0, 3));
    safe.set_state(v1::SafeAddress::STATE_ACTIVE);
    safe.set_review_on(home.today() + 60);
    home.Make(home.ana, safe);
    const Hand ben = AddCoWorker(home);
    Look look(home, reader ? home.ana : ben);
    Story story = StoryOf(look.from, look.family, {});
    CHECK(story.to_open.empty() != reader);
    return story.page.SerializeAsString();
  };
  CHECK(page("short", false) == page("a very much longer address, in another town", false));
  CHECK(page("short", true) == page("a very much longer address, in another town", true));
}

TEST_CASE("each child of a visit is seen, alone, or not said to be; either writer's word counts") {
  Home home;
  const Id tom = home.AddPerson("Tom", v1::Person::MEMBER_ROLE_CHILD, home.today() - 3'000);
  const Id zoe = home.AddPerson("Zoë", v1::Person::MEMBER_ROLE_CHILD, home.today() - 2'000);
  const Id first = Visit(home, 50), last = Visit(home, 10);
  Seen(home, first, tom, true, true);
  Seen(home, last, tom, false, false);
  Seen(home, last, tom, true, false);
  Seen(home, last, zoe, false, false);
  Visit(home, 5, v1::Visit::OUTCOME_NO_ANSWER);
  v1::FamilyPage page = PageFor(home, home.ana);
  REQUIRE(page.visits_size() == 3);
  CHECK(page.visits(0).outcome() == "NO_ANSWER");
  CHECK(page.visits(0).children().empty());
  auto seen = [&](int visit, const Id& child) {
    for (const v1::ChildSeenLine& line : page.visits(visit).children()) {
      if (line.person() == child.str()) return line.seen();
    }
    return std::string("nobody");
  };
  CHECK(seen(1, tom) == "SEEN");
  CHECK(seen(1, zoe) == "NOT_SEEN");
  CHECK(seen(2, tom) == "ALONE");
  CHECK(seen(2, zoe) == "NOT_SAID");
  CHECK(Person(page, "Tom Example").last_seen_ms() == page.visits(1).at_ms());
  CHECK(Person(page, "Tom Example").last_seen_alone_ms() == page.visits(2).at_ms());
  CHECK(Person(page, "Zoë Example").last_seen_ms() == 0);
  CHECK(Person(page, "Tom Example").age_years() == 8);
}

TEST_CASE("a list that is cut says how long it was; what was entered in error is counted apart") {
  Home home;
  Id wrong;
  for (int i = 0; i < 15; ++i) wrong = Visit(home, i + 1);
  v1::Addendum addendum;
  addendum.set_about(wrong.str());
  addendum.set_kind(v1::Addendum::KIND_ENTERED_IN_ERROR);
  addendum.set_text("Another family's.");
  home.Make(home.ana, addendum);
  v1::FamilyPage page = PageFor(home, home.ana, {.visits = 4, .events = 3});
  CHECK(page.visits_size() == 4);
  CHECK(page.visits_in_all() == 14);
  CHECK(page.chronology_size() == 3);
  CHECK(page.events_in_all() == 14);
  CHECK(page.folded_away() == 1);
  CHECK(page.visits(0).at_ms() > page.visits(1).at_ms());
}

TEST_CASE("who else is involved, the lead first, with the last contact of each") {
  Home home;
  v1::Agency school;
  school.set_name("Elm Primary");
  school.set_kind(v1::Agency::KIND_SCHOOL);
  const Id elm = home.MakeInOffice(school);
  school.set_name("North Housing");
  school.set_kind(v1::Agency::KIND_HOUSING);
  const Id housing = home.MakeInOffice(school);
  v1::Contact call;
  call.set_kind(v1::Contact::KIND_OTHER_AGENCY);
  call.set_agency(elm.str());
  call.set_happened_at(home.town.now_ms - 9 * kHour);
  call.set_text("Attendance is up.");
  home.Make(home.ana, call);
  v1::Action action;
  action.set_owner(v1::Action::OWNER_AGENCY);
  action.set_owner_agency(housing.str());
  home.Make(home.ana, action);
  Visit(home, 3);
  v1::FamilyPage page = PageFor(home, home.ana);
  REQUIRE(page.involved_size() == 4);
  CHECK(page.involved(0).as() == "LEAD");
  CHECK(page.involved(0).last_contact_ms() == home.town.now_ms - 3 * kHour);
  CHECK(page.involved(1).name() == "Elm Primary");
  CHECK(page.involved(1).as() == "SCHOOL");
  CHECK(page.involved(1).last_contact_ms() == home.town.now_ms - 9 * kHour);
  CHECK(page.involved(2).last_contact_ms() == 0);
}

TEST_CASE(
    "a day holds my visits in order of time, what to beware of, and concerns not in safe hands") {
  Home home;
  v1::Marker dog;
  dog.set_kind(v1::Marker::KIND_DANGEROUS_ANIMAL);
  dog.set_state(v1::Marker::STATE_ACTIVE);
  home.Make(home.ana, dog);
  auto plan = [&](int hours, const Hand& whose) {
    v1::Visit visit;
    visit.set_worker(whose.user.str());
    visit.set_state(v1::Visit::STATE_PLANNED);
    visit.set_planned_at(home.town.now_ms + hours * kHour);
    home.Make(home.ana, visit);
  };
  plan(5, home.ana);
  plan(1, home.ana);
  plan(2, home.town.supervisor);
  plan(48, home.ana);
  v1::Concern concern;
  concern.set_state(v1::Concern::STATE_RAISED);
  concern.set_noticed_at(home.town.now_ms);
  home.Make(home.ana, concern);
  Look look(home, home.ana);
  DayInFamily day = DayOfFamily(look.from, look.family);
  REQUIRE(day.visits.size() == 2);
  CHECK(day.visits[0].alerts(0).kind() == "DANGEROUS_ANIMAL");
  v1::TodayPage page;
  for (const v1::VisitLine& visit : day.visits) *page.add_visits() = visit;
  SortDay(page);
  CHECK(page.visits(0).at_ms() < page.visits(1).at_ms());
  REQUIRE(day.concerns.size() == 1);
  CHECK(day.concerns[0].flags(day.concerns[0].flags_size() - 1) == "not_acknowledged");
  Look other(home, home.town.supervisor);
  CHECK(DayOfFamily(other.from, other.family).concerns.empty());
}

}  // namespace doorstep
