// RESTRICTED values through a whole client: sealed for readers, opened by them, brought to those
// who come later.
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "client-core/client/readers.h"
#include "client-core/client/share.h"
#include "tests/client-core/client/handset.h"

namespace doorstep::client {
namespace {

using Values = std::vector<std::string>;
constexpr uint32_t kShare = 35;

Id IdIn(const std::string& bytes) { return *Id::FromBytes(bytes); }

struct Case {
  Case() : office(town), desk(office, v1::ROLE_SUPERVISOR), phone(office, v1::ROLE_KEY_WORKER) {
    family = IdIn(phone.BeginFamily("Sample family").scope());
    phone.Contact();
    note = town.NewId();
    person = town.NewId();
    committed =
        phone.Commit(family, Handset::Edit("Person", person,
                                           {{"role", "\"CHILD\""},
                                            {"joined_on", "\"2026-01-02\""},
                                            {"safe_contact", "\"Ring the school first\""}}));
  }
  size_t Shares() {
    size_t shares = 0;
    office.line(family).state->ForEach(kShare, [&](const Record&) { ++shares; });
    return shares;
  }
  // The supervisor of the family lets `hand` in as a cover who may read RESTRICTED.
  void LetIn(const Id& user) {
    Changeset opening = town.Write(town.supervisor, family,
                                   {Change(34, town.NewId(),
                                           {{1, EncodeId(1, user)},
                                            {2, EncodeNumber(2, 7)},
                                            {3, EncodeBool(3, true)},
                                            {4, EncodeNumber(4, 4)},
                                            {5, EncodeDate(5, town.today)},
                                            {7, EncodeNumber(7, 1)}})});
    REQUIRE(office.Push(opening).verdict == v1::APPLIED);
  }

  Town town;
  Office office;
  Handset desk;
  Handset phone;
  Id family;
  Id note;
  Id person;
  v1::Committed committed;
};

}  // namespace

TEST_CASE("a restricted value is sealed before it is signed, and its readers open it") {
  Case c;
  Changeset sent = c.phone.Sent(c.committed);
  CHECK(sent.bytes.find("Ring the school") == std::string::npos);
  // Two devices each of the worker and the desk's supervisor, one of the town's.
  CHECK(sent.body.wraps_size() == 5);
  CHECK(c.phone.Values("person", c.person, "safe_contact") == Values{"\"Ring the school first\""});
  c.phone.Contact();
  c.desk.Contact();
  CHECK(c.desk.Values("person", c.person, "safe_contact") == Values{"\"Ring the school first\""});
}

TEST_CASE("who is no reader sees that something is there, and no more") {
  Case c;
  c.phone.Contact();
  Handset other(c.office, v1::ROLE_KEY_WORKER);
  Changeset opening = c.town.Write(c.town.supervisor, c.family,
                                   {Change(34, c.town.NewId(),
                                           {{1, EncodeId(1, other.client->user())},
                                            {2, EncodeNumber(2, 2)},
                                            {4, EncodeNumber(4, 2)},
                                            {5, EncodeDate(5, c.town.today)},
                                            {7, EncodeNumber(7, 1)}})});
  REQUIRE(c.office.Push(opening).verdict == v1::APPLIED);
  other.Contact();
  CHECK(other.Values("person", c.person, "safe_contact") == Values{"sealed"});
  c.phone.Contact();
  CHECK(c.Shares() == 0);
}

TEST_CASE("a reader who comes later is owed a Share, once, by whoever syncs first") {
  Case c;
  c.phone.Contact();
  Handset cover(c.office, v1::ROLE_KEY_WORKER);
  c.LetIn(cover.client->user());
  cover.Contact();
  CHECK(cover.Values("person", c.person, "safe_contact") == Values{"sealed"});
  CHECK(c.phone.Contact() == "pull push pull");
  // The person has two devices that count: that of Hire, and the handset.
  CHECK(c.Shares() == 2);
  c.desk.Contact();
  CHECK(c.Shares() == 2);
  CHECK(c.phone.Contact() == "pull");
  cover.Contact();
  CHECK(cover.Values("person", c.person, "safe_contact") == Values{"\"Ring the school first\""});
}

TEST_CASE("what a family that is lost owes its readers is written before it goes") {
  Case c;
  c.phone.Contact();
  Handset cover(c.office, v1::ROLE_KEY_WORKER);
  c.LetIn(cover.client->user());
  for (const AssignmentView& place : AssignmentsOf(*c.office.line(c.family).state)) {
    if (place.user != c.phone.client->user()) continue;
    Op live = c.office.line(c.family).state->Find(34, place.id)->FindCell(7)->live.back().op;
    REQUIRE(c.office
                .Push(c.town.Write(c.town.supervisor, c.family,
                                   {Change(34, place.id, {{7, EncodeNumber(7, 2), {live}}})}))
                .verdict == v1::APPLIED);
  }
  c.phone.Contact();
  CHECK(c.phone.report.purged() == 1);
  CHECK_FALSE(c.phone.client->Get(2, c.person).ok());
}

TEST_CASE("restricted words are in no search and in no bytes of the store's plain tables") {
  Case c;
  v1::SearchRequest search;
  search.set_words("school");
  CHECK(c.phone.client->Search(search)->empty());
  std::string image = *c.phone.client->Image();
  CHECK(image.find("Ring the school") == std::string::npos);
}

}  // namespace doorstep::client
