// Which scopes a device may read, asked of the derived table and of model/authority together.
#include "sync-server/access/readers.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <memory>

#include "tests/sync-server/council.h"

namespace doorstep::server {
namespace {

constexpr uint32_t kFamily = 1, kAssignment = 34, kDevice = 120, kStaffMember = 103;

std::vector<Id> Readable(Council& council, const Hand& hand) {
  std::unique_ptr<ReadView> view = *council.server->store->Read();
  absl::StatusOr<SharedDirectory::Place> place = council.server->directory.At(*view);
  REQUIRE(place.ok());
  return *ReadableBy(*view, place->directory, place->at, hand.device, council.town.now_ms);
}

bool May(Council& council, const Hand& hand, const Id& scope, Ask ask = Ask::kWhenAsked) {
  std::unique_ptr<ReadView> view = *council.server->store->Read();
  absl::StatusOr<SharedDirectory::Place> place = council.server->directory.At(*view);
  REQUIRE(place.ok());
  return *MayRead(*view, place->directory, place->at, hand.device, scope, council.town.now_ms, ask);
}

v1::DeviceStatus Status(Council& council, const Id& device) {
  std::unique_ptr<ReadView> view = *council.server->store->Read();
  absl::StatusOr<SharedDirectory::Place> place = council.server->directory.At(*view);
  REQUIRE(place.ok());
  return StatusOf(place->directory, place->at, device);
}

void Command(Council& council, uint32_t type, const Id& id, uint32_t state) {
  const Op live = council.town.log.Live(type, id, 7);
  council.town.log.Push(
      council.town.Write(council.town.admin, council.town.tenant,
                         {Change(type, id, {{7, EncodeNumber(7, state), {live}}})}));
  council.Mirror();
}

// A first entry without its supervisors, so that it is held.
Changeset Unfounded(Council& council, const Hand& hand) {
  const Changeset first = council.town.BeginFamily(hand);
  v1::Changeset body = first.body;
  for (int i = body.changes_size(); i-- > 0;) {
    const v1::RecordChange& change = body.changes(i);
    const bool own = change.writes_size() > 0 &&
                     change.writes(0).value().find(hand.user.view()) != std::string::npos;
    if (change.type() == kAssignment && !own) body.mutable_changes()->DeleteSubrange(i, 1);
  }
  return *AuthorChangeset(council.town.tenant, body, hand.sign_seed);
}

}  // namespace

TEST_CASE("a family is read by those with a place in it, and by nobody else") {
  Council council;
  const Hand ana = council.Hire(v1::ROLE_KEY_WORKER);
  const Hand ben = council.Hire(v1::ROLE_KEY_WORKER);
  const Id family = council.BeginFamily(ana);
  const Id other = council.BeginFamily(ben);
  CHECK(Readable(council, ana) == std::vector<Id>{family});
  CHECK(Readable(council, ben) == std::vector<Id>{other});
  const Hand& lead = council.town.supervisor;
  CHECK(Readable(council, lead) ==
        std::vector<Id>{std::min(family, other), std::max(family, other)});
  CHECK(Readable(council, council.town.admin).empty());
  for (const Id& scope : {council.town.tenant, ana.device, council.town.NewId(), other}) {
    CHECK_FALSE(May(council, ana, scope));
  }
}

TEST_CASE("a place that begins, ends or lapses counts at once") {
  Council council;
  const Hand ana = council.Hire(v1::ROLE_KEY_WORKER);
  const Hand ben = council.Hire(v1::ROLE_KEY_WORKER);
  const Id family = council.BeginFamily(ana);
  const Hand& lead = council.town.supervisor;
  v1::Changeset body = council.OpenPlace(lead, family, ben, v1::Assignment::RELATION_COVER).body;
  v1::FieldWrite& until = *body.mutable_changes(0)->add_writes();
  until.set_field(6);
  until.set_value(EncodeI64(6, council.town.now_ms + 1000));
  REQUIRE(council.Push(*AuthorChangeset(council.town.tenant, body, lead.sign_seed))
              .accepted()
              .verdict() == v1::APPLIED);
  CHECK(May(council, ben, family));
  council.town.now_ms += 1000;
  CHECK_FALSE(May(council, ben, family));
  CHECK(Readable(council, ben).empty());

  REQUIRE(council.Push(council.EndPlace(lead, family, *council.Place(family, ana.user)))
              .has_accepted());
  CHECK_FALSE(May(council, ana, family));
  CHECK(Readable(council, ana).empty());
}

TEST_CASE("a role, a person or a device that ends takes the reading with it, without the family") {
  Council council;
  const Hand ana = council.Hire(v1::ROLE_KEY_WORKER);
  const Id family = council.BeginFamily(ana);
  const ScopeRow row = council.Row(family);
  CHECK(Status(council, ana.device) == v1::DEVICE_ACTIVE);
  SECTION("the device") { Command(council, kDevice, ana.device, 2); }
  SECTION("the person") { Command(council, kStaffMember, ana.user, 3); }
  SECTION("the person, for a while") { Command(council, kStaffMember, ana.user, 2); }
  CHECK_FALSE(May(council, ana, family));
  CHECK(Readable(council, ana).empty());
  CHECK(Status(council, ana.device) == v1::DEVICE_ENDED);
  CHECK(council.Row(family).hash == row.hash);
}

TEST_CASE("a device waits for its second person, and one that nobody recorded is unknown") {
  Council council;
  const Hand ana = council.Hire(v1::ROLE_KEY_WORKER);
  const Id family = council.BeginFamily(ana);
  Hand second = council.town.MakeHand(ana.user);
  CHECK(Status(council, second.device) == v1::DEVICE_UNKNOWN);
  council.town.log.Push(
      council.town.Write(council.town.admin, council.town.tenant, {council.town.DeviceOf(second)}));
  council.Mirror();
  CHECK(Status(council, second.device) == v1::DEVICE_WAITING);
  CHECK_FALSE(May(council, second, family));
  // Its maker is no second person.
  council.town.Approve(council.town.admin, kDevice, second.device);
  council.Mirror();
  CHECK(Status(council, second.device) == v1::DEVICE_WAITING);
  council.town.Approve(council.town.supervisor, kDevice, second.device);
  council.Mirror();
  CHECK(Status(council, second.device) == v1::DEVICE_ACTIVE);
  CHECK(May(council, second, family));
}

TEST_CASE("an unfounded family is read by its author and the team's supervisors") {
  Council council;
  const Hand ana = council.Hire(v1::ROLE_KEY_WORKER);
  const Hand ben = council.Hire(v1::ROLE_KEY_WORKER);
  const Changeset first = Unfounded(council, ana);
  REQUIRE(council.Push(first).accepted().verdict() == v1::HELD);
  CHECK(May(council, ana, first.scope));
  CHECK(May(council, council.town.supervisor, first.scope));
  CHECK_FALSE(May(council, ben, first.scope));
  CHECK_FALSE(May(council, council.town.admin, first.scope));
  // A supervisor whom the team gets later, without anything new in the family.
  const Hand later = council.Hire(v1::ROLE_SUPERVISOR);
  CHECK(May(council, later, first.scope));
  CHECK(Readable(council, later) == std::vector<Id>{first.scope});

  SECTION("declined, it is nobody's; and nobody becomes its author by writing into it") {
    REQUIRE(council
                .Push(council.Decide(council.town.supervisor, first.scope, first.uid,
                                     v1::Decision::ANSWER_DECLINE))
                .accepted()
                .verdict() == v1::APPLIED);
    const Changeset thief = council.town.Write(
        ben, first.scope,
        {Change(kFamily, first.scope,
                {{1, EncodeBytes(1, "mine")}, {3, EncodeId(3, council.town.team)}})});
    REQUIRE(council.Push(thief).accepted().verdict() == v1::HELD);
    for (const Hand* hand :
         std::initializer_list<const Hand*>{&ana, &ben, &council.town.supervisor, &later}) {
      CHECK_FALSE(May(council, *hand, first.scope));
    }
  }
}

TEST_CASE("a Family record in somebody's journal makes it nobody's to read") {
  Council council;
  const Hand ana = council.Hire(v1::ROLE_KEY_WORKER);
  const Hand ben = council.Hire(v1::ROLE_KEY_WORKER);
  const Changeset event = council.town.Write(ana, ana.device,
                                             {Change(40, council.town.NewId(),
                                                     {{1, EncodeBytes(1, council.town.team.view())},
                                                      {3, EncodeI64(3, 5)},
                                                      {5, EncodeNumber(5, 1)}})});
  REQUIRE(council.Push(event).accepted().verdict() == v1::APPLIED);
  for (const Hand* hand : {&ana, &ben}) {
    const Changeset thief = council.town.Write(
        *hand, ana.device,
        {Change(kFamily, ana.device,
                {{1, EncodeBytes(1, "mine")}, {3, EncodeId(3, council.town.team)}})});
    REQUIRE(council.Push(thief).accepted().verdict() == v1::HELD);
  }
  for (const Hand* hand :
       std::initializer_list<const Hand*>{&ana, &ben, &council.town.supervisor}) {
    CHECK_FALSE(May(council, *hand, ana.device));
    CHECK(Readable(council, *hand).empty());
  }
}

TEST_CASE("the table says no less than the authority, whatever was pushed") {
  Council council;
  std::vector<const Hand*> hands = {&council.town.admin, &council.town.supervisor};
  const Hand ana = council.Hire(v1::ROLE_KEY_WORKER);
  const Hand ben = council.Hire(v1::ROLE_SCHOOL_WORKER);
  const Hand eve = council.Hire(v1::ROLE_SUPERVISOR);
  const Hand rob = council.Hire(v1::ROLE_RECORDS);
  for (const Hand* hand : {&ana, &ben, &eve, &rob}) hands.push_back(hand);
  std::vector<Id> scopes;
  for (int i = 0; i < 3; ++i) scopes.push_back(council.BeginFamily(ana));
  const Changeset held = Unfounded(council, ben);
  council.Push(held);
  scopes.push_back(held.scope);
  council.Push(council.OpenPlace(eve, scopes[1], ben, v1::Assignment::RELATION_CO_WORKER));
  council.Push(council.EndPlace(eve, scopes[2], *council.Place(scopes[2], ana.user)));
  council.Push(council.EndPlace(eve, scopes[2], *council.Place(scopes[2], eve.user)));
  v1::Changeset asked =
      council.OpenPlace(eve, scopes[0], rob, v1::Assignment::RELATION_RECORDS).body;
  asked.mutable_changes(0)->mutable_writes(2)->set_value(
      EncodeNumber(4, v1::Assignment::REASON_SUBJECT_ACCESS));
  for (const auto& [field, value] : {std::pair{6u, EncodeI64(6, council.town.now_ms + 86'400'000)},
                                     std::pair{9u, EncodeBytes(9, "asked by letter")}}) {
    v1::FieldWrite& write = *asked.mutable_changes(0)->add_writes();
    write.set_field(field);
    write.set_value(value);
  }
  REQUIRE(council.Push(*AuthorChangeset(council.town.tenant, asked, eve.sign_seed))
              .accepted()
              .verdict() == v1::APPLIED);

  std::unique_ptr<ReadView> view = *council.server->store->Read();
  absl::StatusOr<SharedDirectory::Place> place = council.server->directory.At(*view);
  size_t readable = 0;
  for (const Hand* hand : hands) {
    for (const Id& scope : scopes) {
      for (Ask ask : {Ask::kOffered, Ask::kWhenAsked}) {
        ScopeState state(scope, view.get());
        const bool authority = doorstep::MayRead(place->directory, place->at, state, hand->device,
                                                 council.town.now_ms, ask);
        CHECK(*MayRead(*view, place->directory, place->at, hand->device, scope, council.town.now_ms,
                       ask) == authority);
        readable += authority ? 1 : 0;
      }
    }
  }
  CHECK(readable > 10);
  CHECK(*MayRead(*view, place->directory, place->at, rob.device, scopes[0], council.town.now_ms,
                 Ask::kWhenAsked));
  CHECK_FALSE(*MayRead(*view, place->directory, place->at, rob.device, scopes[0],
                       council.town.now_ms, Ask::kOffered));
}

}  // namespace doorstep::server
