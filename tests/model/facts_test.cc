#include "model/facts.h"

#include <catch2/catch_test_macros.hpp>

#include "model/people.h"
#include "tests/model/home.h"

namespace doorstep {
namespace {

v1::Contact Call(const std::string& text) {
  v1::Contact contact;
  contact.set_kind(v1::Contact::KIND_PHONE);
  contact.set_happened_at(1);
  contact.set_text(text);
  return contact;
}

void Say(Home& home, const Id& about, v1::Addendum::Kind kind) {
  v1::Addendum addendum;
  addendum.set_about(about.str());
  addendum.set_kind(kind);
  addendum.set_text("why");
  home.Make(home.ana, addendum);
}

v1::Address At(const Id& person, const std::string& lines, const std::string& postcode) {
  v1::Address address;
  address.set_person(person.str());
  address.set_lines(lines);
  address.set_postcode(postcode);
  return address;
}

}  // namespace

TEST_CASE("what was entered in error is folded away until it is reinstated") {
  Home home;
  const Id first = home.Make(home.ana, Call("one"));
  home.Make(home.ana, Call("two"));
  Say(home, first, v1::Addendum::KIND_ENTERED_IN_ERROR);
  {
    Facts facts(home.state());
    REQUIRE(facts.All<v1::Contact>().size() == 1);
    CHECK(facts.All<v1::Contact>()[0].in.text() == "two");
    CHECK(facts.Find<v1::Contact>(first.view()) == nullptr);
    CHECK(facts.folded_away() == 1);
  }
  Say(home, first, v1::Addendum::KIND_REINSTATED);
  Facts facts(home.state());
  CHECK(facts.All<v1::Contact>().size() == 2);
  CHECK(facts.Find<v1::Contact>(first.view())->in.text() == "one");
  CHECK(facts.folded_away() == 0);
}

TEST_CASE("other addenda fold nothing away") {
  Home home;
  const Id call = home.Make(home.ana, Call("one"));
  Say(home, call, v1::Addendum::KIND_DISPUTED);
  Facts facts(home.state());
  CHECK(facts.All<v1::Contact>().size() == 1);
}

TEST_CASE("a duplicate counts as the person it is the same as, names too") {
  Home home;
  const Id kept = home.AddPerson("Ada", v1::Person::MEMBER_ROLE_CHILD, 14'000);
  const Id twice = home.AddPerson("Adah", v1::Person::MEMBER_ROLE_CHILD);
  v1::Person same;
  same.set_same_as(kept.str());
  home.Write(home.town.supervisor, twice, same);
  Facts facts(home.state());
  CHECK(facts.PersonOf(twice.view()) == kept);
  CHECK(facts.PersonOf(kept.view()) == kept);
  const People people(facts, home.today());
  CHECK(people.Find(twice.view()) == people.Find(kept.view()));
  CHECK(people.Find(kept.view())->also_known_as.size() == 1);
  CHECK(people.members().size() == 2);  // and the nameless child the family began with
}

TEST_CASE("whoever lives with a protected person is protected; who once lived there is not") {
  Home home;
  const Id mia = home.AddPerson("Mia", v1::Person::MEMBER_ROLE_PARENT_CARER);
  const Id tom = home.AddPerson("Tom", v1::Person::MEMBER_ROLE_CHILD, 15'000);
  const Id max = home.AddPerson("Max", v1::Person::MEMBER_ROLE_NON_RESIDENT_PARENT);
  home.Make(home.ana, At(mia, "1 Elm Row", "ZZ99 1AA"));
  home.Make(home.ana, At(tom, "1, elm row", "zz991aa"));
  v1::Address past = At(max, "1 Elm Row", "ZZ99 1AA");
  past.set_until_on(home.today() - 30);
  home.Make(home.ana, past);
  {
    Facts facts(home.state());
    CHECK_FALSE(People(facts, home.today()).AnyConfidential());
  }
  v1::Person secret;
  secret.set_address_confidential(true);
  home.Write(home.ana, mia, secret);
  Facts facts(home.state());
  const People people(facts, home.today());
  CHECK(people.Find(mia.view())->confidential);
  CHECK(people.Find(tom.view())->confidential);
  CHECK_FALSE(people.Find(max.view())->confidential);
}

TEST_CASE("codes are named without the prefix of their enum") {
  CHECK(CodeName(*v1::Visit::State_descriptor(), v1::Visit::STATE_UNDER_WAY) == "UNDER_WAY");
  CHECK(CodeName(*v1::Person::MemberRole_descriptor(), v1::Person::MEMBER_ROLE_CHILD) == "CHILD");
  CHECK(CodeName(*v1::Visit::State_descriptor(), 0) == "");
  CHECK(CodeName(*v1::Visit::State_descriptor(), 99) == "99");
}

TEST_CASE("a text is cut between characters and says so") {
  CHECK(FirstWords("short", 10) == "short");
  CHECK(FirstWords("Siân came", 3) == "Si…");
}

}  // namespace doorstep
