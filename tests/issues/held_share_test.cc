// A Share that was held because its reader's place had been lost with a server put back, and came
// back after it, was never written again: the reader waited for the key for ever. And the Shares
// for one whose place had lapsed by the server's clock held back those for everybody else.
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "tests/client-core/client/handset.h"

namespace doorstep::client {
namespace {

constexpr uint32_t kAssignment = 34, kShare = 35;

// Of the entries above `from`, those that write a record of this type.
std::vector<Changeset> Writing(const Office::Line& line, size_t from, uint32_t type) {
  std::vector<Changeset> found;
  for (size_t i = from; i < line.entries.size(); ++i) {
    const Changeset& changeset = line.entries[i].changeset;
    if (changeset.body.changes(0).type() == type) found.push_back(changeset);
  }
  return found;
}

// A restricted note of a worker's, a cover let in afterwards, and the Share that the worker's phone
// has written for the cover.
struct Scene {
  Scene()
      : office(town),
        phone(office, v1::ROLE_KEY_WORKER),
        cover(office, v1::ROLE_KEY_WORKER),
        family(*Id::FromBytes(phone.BeginFamily("Sample family").scope())),
        person(town.NewId()) {
    phone.Contact();
    phone.Commit(family, Handset::Edit("Person", person,
                                       {{"role", "\"CHILD\""},
                                        {"joined_on", "\"2026-01-02\""},
                                        {"safe_contact", "\"Ring the school first\""}}));
    phone.Contact();
    before = line().entries.size();
    place = PlaceFor(cover);
    REQUIRE(office.Push(place).verdict == v1::APPLIED);
    phone.Contact();
    keys = Writing(line(), before, kShare);
    REQUIRE(keys.size() == 2);  // for each of the cover's two devices
    REQUIRE(Shares() == 2);
  }
  Changeset PlaceFor(Handset& reader) {
    return town.Write(town.supervisor, family,
                      {Change(kAssignment, town.NewId(),
                              {{1, EncodeId(1, reader.client->user())},
                               {2, EncodeNumber(2, v1::Assignment::RELATION_COVER)},
                               {3, EncodeBool(3, true)},
                               {4, EncodeNumber(4, v1::Assignment::REASON_TEAM)},
                               {5, EncodeDate(5, town.today)},
                               {7, EncodeNumber(7, v1::Assignment::STATE_OPEN)}})});
  }
  Office::Line& line() { return office.line(family); }
  size_t Shares() {
    size_t count = 0;
    line().state->ForEach(kShare, [&](const Record&) { ++count; });
    return count;
  }
  void CheckBrought() {
    phone.Contact();
    phone.Contact();
    cover.Contact();
    CHECK(Shares() == 2);
    CHECK(cover.Values("person", person, "safe_contact") ==
          std::vector<std::string>{"\"Ring the school first\""});
    // And once.
    const size_t after = line().entries.size();
    CHECK(phone.Contact() == "pull");
    CHECK(line().entries.size() == after);
  }

  Town town;
  Office office;
  Handset phone;
  Handset cover;
  Id family;
  Id person;
  size_t before = 0;
  Changeset place;
  std::vector<Changeset> keys;
};

}  // namespace

TEST_CASE("a Share that was held is written again once its reader reads") {
  Scene scene;
  // Both are lost, and the key comes back before the place does: handed in by another device, or
  // carried by this one.
  scene.office.PutBack(scene.family, scene.before);
  for (const Changeset& key : scene.keys) REQUIRE(scene.office.Push(key).verdict == v1::HELD);
  SECTION("another device brings the place back") {
    REQUIRE(scene.office.Push(scene.place).verdict == v1::APPLIED);
    scene.CheckBrought();
  }
  SECTION("this device brings the place back") { scene.CheckBrought(); }
}

TEST_CASE("Shares for one who is no reader hold back nobody else's") {
  Scene scene;
  Handset other(scene.office, v1::ROLE_KEY_WORKER);
  const size_t from = scene.line().entries.size();
  // The device sees two who came; by the server's log one of them has no place.
  const Changeset second = scene.PlaceFor(other);
  Handset third(scene.office, v1::ROLE_KEY_WORKER);
  REQUIRE(scene.office.Push(scene.PlaceFor(third)).verdict == v1::APPLIED);
  REQUIRE(scene.office.Push(second).verdict == v1::APPLIED);
  scene.phone.Contact();
  const std::vector<Changeset> keys = Writing(scene.line(), from, kShare);
  scene.office.PutBack(scene.family, from);
  REQUIRE(scene.office.Push(second).verdict == v1::APPLIED);
  size_t held = 0;
  for (const Changeset& key : keys) {
    if (scene.office.Push(key).verdict == v1::HELD) ++held;
  }
  CHECK(held == 2);  // the third's two devices
  other.Contact();
  CHECK(other.Values("person", scene.person, "safe_contact") ==
        std::vector<std::string>{"\"Ring the school first\""});
}

TEST_CASE("a Share that is held while nothing changes who reads is not written for ever") {
  Scene scene;
  // As by a server whose clock says that the place is over: the device's own judge would apply it.
  scene.office.PutBack(scene.family, scene.before + 1);
  for (const Changeset& key : scene.keys) {
    scene.office.Place(key, {v1::HELD, v1::HELD_REASON_NOT_ALLOWED, {}});
  }
  for (int i = 0; i < 4; ++i) scene.phone.Contact();
  CHECK(Writing(scene.line(), scene.before, kShare).size() == 2);
  CHECK(scene.Shares() == 0);
}

}  // namespace doorstep::client
