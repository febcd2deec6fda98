// Who is told what by the office: over a real store that ingest has filled (B46, B60, B70).
#include "sync-server/office/office.h"

#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/authority_emergency.h"
#include "model/digest.h"
#include "sync-server/access/restore_gate.h"
#include "sync-server/office/find_terms.h"
#include "sync-server/office/limits.h"
#include "tests/sync-server/council.h"

namespace doorstep::server {
namespace {

constexpr uint32_t kFamily = 1, kPerson = 2, kPersonName = 3, kPersonIdentifier = 4, kAddress = 6,
                   kSafeAddress = 7, kReferral = 12, kEpisode = 17, kNeed = 18, kApproval = 24,
                   kContact = 29, kAssignment = 34, kAccessEvent = 40, kAddendum = 41,
                   kStaffMember = 103, kTeam = 102, kDevice = 120, kStaffRole = 121;
constexpr int32_t kBorn = 17'969;  // 2019-03-14

struct Child {
  std::string given = "Sam";
  std::string family = "O'Brien";
  int32_t born = kBorn;
  std::string postcode = "M1 1AE";
};

class Desk {
 public:
  Desk()
      : ana(council.Hire(v1::ROLE_KEY_WORKER)),
        dot(council.Hire(v1::ROLE_DUTY)),
        pia(council.Hire(v1::ROLE_PROGRAMME)),
        uma(council.Hire(v1::ROLE_AUDITOR)),
        rob(council.Hire(v1::ROLE_RECORDS)) {}

  Town& town() { return council.town; }
  const Hand& sue() { return council.town.supervisor; }

  // A person whose role is in a team of its own.
  Hand HireInto(const Id& team, v1::Role role) {
    Hand hand = town().MakeHand(town().NewId());
    const Id role_id = town().NewId();
    v1::RecordChange record = town().RoleOf(role_id, hand, role);
    record.mutable_writes(2)->set_value(EncodeId(3, team));
    const v1::RecordChange staff = Change(
        kStaffMember, hand.user, {{1, EncodeBytes(1, "Elsewhere")}, {7, EncodeNumber(7, 1)}});
    town().log.Push(town().Write(town().admin, town().tenant, {staff, record}));
    town().log.Push(town().Write(town().admin, town().tenant, {town().DeviceOf(hand)}));
    REQUIRE(town().Approve(sue(), kStaffRole, role_id).verdict == v1::APPLIED);
    REQUIRE(town().Approve(sue(), kDevice, hand.device).verdict == v1::APPLIED);
    council.Mirror();
    return hand;
  }
  Id NewTeam() {
    const Id team = town().NewId();
    town().log.Push(town().Write(town().admin, town().tenant,
                                 {Change(kTeam, team, {{1, EncodeBytes(1, "West")}})}));
    council.Mirror();
    return team;
  }

  void Push(const Hand& hand, const Id& family, std::vector<v1::RecordChange> changes) {
    const v1::RowAnswer answer = council.Push(town().Write(hand, family, std::move(changes)));
    INFO(answer.DebugString());
    REQUIRE(answer.accepted().verdict() == v1::APPLIED);
  }
  // A family of Ana's with one child.
  Id Family(const Child& child = {}) {
    person = town().NewId();
    name = town().NewId();
    address = town().NewId();
    const Changeset first = town().BeginFamily(ana);
    REQUIRE(council.Push(first).accepted().verdict() == v1::APPLIED);
    Push(ana, first.scope,
         {Change(kPerson, person,
                 {{1, EncodeNumber(1, 1)}, {2, EncodeDate(2, 1)}, {4, EncodeDate(4, child.born)}}),
          Change(kPersonName, name,
                 {{1, EncodeId(1, person)},
                  {3, EncodeBytes(3, child.given)},
                  {4, EncodeBytes(4, child.family)}}),
          Change(kAddress, address,
                 {{1, EncodeId(1, person)},
                  {2, EncodeBytes(2, "1 Sample Street")},
                  {3, EncodeBytes(3, child.postcode)}})});
    return first.scope;
  }
  void Assign(const Id& family, const Hand& hand, v1::Assignment::Relation relation) {
    v1::RecordChange change = council.OpenPlace(sue(), family, hand, relation).body.changes(0);
    if (relation == v1::Assignment::RELATION_RECORDS) {
      *change.mutable_writes() = Change(kAssignment, Id{},
                                        {{1, EncodeId(1, hand.user)},
                                         {2, EncodeNumber(2, relation)},
                                         {4, EncodeNumber(4, v1::Assignment::REASON_RETENTION)},
                                         {5, EncodeDate(5, town().today)},
                                         {6, EncodeI64(6, town().now_ms + 86'400'000)},
                                         {7, EncodeNumber(7, 1)},
                                         {9, EncodeBytes(9, "asked")}})
                                     .writes();
    }
    Push(sue(), family, {change});
  }
  void Restrict(const Id& family) {
    Push(sue(), family, {Change(kFamily, family, {{4, EncodeBool(4, true)}})});
  }
  void Bar(const Id& family, const Hand& hand) {
    Push(sue(), family, {Change(kFamily, family, {{7, EncodeId(7, hand.user)}})});
  }
  void MakeConfidential(const Id& family) {
    Push(ana, family, {Change(kPerson, person, {{14, EncodeBool(14, true)}})});
  }

  OfficeOutcome Ask(const Hand& hand, const v1::OfficeRequest& request) {
    const std::unique_ptr<ReadView> view = *council.server->store->Read();
    const absl::StatusOr<SharedDirectory::Place> place = council.server->directory.At(*view);
    REQUIRE(place.ok());
    const absl::StatusOr<OfficeOutcome> outcome =
        AskOffice(*view, place->directory, place->at, hand.device, town().now_ms, request);
    INFO(outcome.status().ToString());
    REQUIRE(outcome.ok());
    return *outcome;
  }
  OfficeOutcome Find(const Hand& hand, const std::string& family = "Obrien",
                     std::optional<int32_t> born = kBorn) {
    v1::OfficeRequest request;
    request.mutable_find()->set_family_name(family);
    if (born) request.mutable_find()->set_birth_on(*born);
    return Ask(hand, request);
  }
  OfficeOutcome Records(const Hand& hand, const Id& family) {
    v1::OfficeRequest request;
    request.mutable_family()->set_family(family.str());
    return Ask(hand, request);
  }
  OfficeOutcome Known(const Hand& hand, const Id& family) {
    v1::OfficeRequest request;
    request.mutable_known()->set_family(family.str());
    return Ask(hand, request);
  }

  Council council;
  Hand ana, dot, pia, uma, rob;
  Id person, name, address;  // of the family made last
};

std::set<uint32_t> TypesIn(const OfficeOutcome& outcome) {
  std::set<uint32_t> types;
  for (const v1::OfficeRecord& record : outcome.answer.records()) types.insert(record.type());
  return types;
}

// An answer as the wire would carry it, its time apart.
std::string Bytes(const OfficeOutcome& outcome) {
  v1::OfficeAnswer answer = outcome.answer;
  answer.clear_server_ms();
  return std::to_string(static_cast<int>(outcome.refusal)) + answer.SerializeAsString();
}

}  // namespace

TEST_CASE("a duty worker finds a family: name, team and lead, and it is written down") {
  Desk desk;
  const Id family = desk.Family();
  const OfficeOutcome found = desk.Find(desk.dot);
  REQUIRE(found.answer.hits_size() == 1);
  const v1::FamilyHit& hit = found.answer.hits(0);
  CHECK(hit.family() == family.view());
  CHECK(hit.name() == "Family");
  CHECK(hit.team() == desk.town().team.view());
  CHECK(hit.lead() == desk.ana.user.view());
  CHECK(hit.band() == v1::FamilyHit::POSSIBLE);
  CHECK(hit.points() == 32);
  REQUIRE(hit.grounds_size() == 2);
  CHECK(hit.grounds(0).kind() == v1::MatchGround::BIRTH_DATE_EQUAL);
  CHECK(hit.grounds(1).kind() == v1::MatchGround::FAMILY_NAME_EQUAL);
  REQUIRE(found.told.size() == 1);
  CHECK(found.told[0].family == family);
  CHECK(found.told[0].user == desk.dot.user);
  CHECK(found.told[0].act == OfficeAct::kFound);
  // Her records are not shown to duty, found or not.
  CHECK(desk.Records(desk.dot, family).refusal == Refusal::kDenied);
}

TEST_CASE("whoever has no counting role that a question asks for is denied, whatever exists") {
  Desk desk;
  const Id family = desk.Family();
  for (const Hand* hand : {&desk.ana, &desk.town().admin}) {
    CHECK(desk.Find(*hand).refusal == Refusal::kDenied);
    CHECK(desk.Records(*hand, family).refusal == Refusal::kDenied);
  }
  for (const Hand* hand : {&desk.dot, &desk.pia, &desk.town().admin}) {
    v1::OfficeRequest looked, journal, heads, team;
    looked.mutable_looked()->set_family(family.str());
    journal.mutable_journal()->set_device(desk.ana.device.str());
    heads.mutable_heads();
    team.mutable_team();
    for (const auto* request : {&looked, &journal, &heads, &team}) {
      CHECK(desk.Ask(*hand, *request).refusal == Refusal::kDenied);
    }
  }
  Hand stranger = desk.town().MakeHand(desk.dot.user);
  CHECK(desk.Find(stranger).refusal == Refusal::kDenied);
  // A device that does not count yet is nobody's.
  desk.town().log.Push(
      desk.town().Write(desk.town().admin, desk.town().tenant, {desk.town().DeviceOf(stranger)}));
  desk.council.Mirror();
  CHECK(desk.Find(stranger).refusal == Refusal::kDenied);
}

TEST_CASE("a person who is suspended, and a device that is ended, ask nothing any more") {
  Desk desk;
  desk.Family();
  uint32_t type = 0;
  Id id;
  SECTION("the person") {
    type = kStaffMember;
    id = desk.dot.user;
  }
  SECTION("the device") {
    type = kDevice;
    id = desk.dot.device;
  }
  const Op live = desk.town().log.Live(type, id, 7);
  desk.town().log.Push(desk.town().Write(desk.town().admin, desk.town().tenant,
                                         {Change(type, id, {{7, EncodeNumber(7, 2), {live}}})}));
  desk.council.Mirror();
  CHECK(desk.Find(desk.dot).refusal == Refusal::kDenied);
}

TEST_CASE("a restricted family, and one that bars the asker, answer as one that is not there") {
  Desk desk;
  const std::string nothing = Bytes(desk.Find(desk.dot));
  const Id family = desk.Family();
  const Id absent = desk.town().NewId();
  std::string what;
  SECTION("restricted") {
    desk.Restrict(family);
    what = "restricted";
  }
  SECTION("barred") {
    for (const Hand* hand : {&desk.dot, &desk.rob, &desk.pia}) desk.Bar(family, *hand);
    what = "barred";
  }
  INFO(what);
  CHECK(Bytes(desk.Find(desk.dot)) == nothing);
  CHECK(Bytes(desk.Find(desk.rob)) == nothing);
  v1::OfficeRequest by_id, by_no_id;
  by_id.mutable_find()->set_family(family.str());
  by_no_id.mutable_find()->set_family(absent.str());
  CHECK(Bytes(desk.Ask(desk.dot, by_id)) == Bytes(desk.Ask(desk.dot, by_no_id)));
  CHECK(desk.Find(desk.dot).told.empty());
  CHECK(Bytes(desk.Records(desk.pia, family)) == Bytes(desk.Records(desk.pia, absent)));
  CHECK(desk.Records(desk.pia, family).refusal == Refusal::kNotFound);
}

TEST_CASE("a family opened in an emergency and restricted since is found no more") {
  Desk desk;
  const Id family = desk.Family();
  desk.Push(desk.dot, family,
            {EmergencyAssignment(desk.town().NewId(), desk.dot.user, "child alone",
                                 desk.town().today, desk.town().now_ms + 3'600'000)});
  CHECK(desk.Find(desk.dot).answer.hits_size() == 1);
  desk.Restrict(family);
  CHECK(desk.Find(desk.dot).answer.hits().empty());
}

TEST_CASE("a restricted family is found by those who are assigned to it") {
  Desk desk;
  const Id family = desk.Family();
  desk.Restrict(family);
  CHECK(desk.Find(desk.sue()).answer.hits_size() == 1);
  CHECK(desk.Records(desk.sue(), family).refusal == Refusal::kNone);
  desk.Assign(family, desk.pia, v1::Assignment::RELATION_PROGRAMME);
  CHECK(desk.Find(desk.pia).answer.hits_size() == 1);
}

TEST_CASE("a supervisor of another team is told team, lead and reasons, and no more") {
  Desk desk;
  const Hand eve = desk.HireInto(desk.NewTeam(), v1::ROLE_SUPERVISOR);
  const Id family = desk.Family();
  const OfficeOutcome found = desk.Find(eve);
  REQUIRE(found.answer.hits_size() == 1);
  const v1::FamilyHit& hit = found.answer.hits(0);
  CHECK(hit.family().empty());
  CHECK(hit.name().empty());
  CHECK(hit.person().empty());
  CHECK(hit.team() == desk.town().team.view());
  CHECK(hit.lead() == desk.ana.user.view());
  CHECK(hit.grounds_size() == 2);
  CHECK(found.told.size() == 1);  // and yet it is written down about which family
  CHECK(found.answer.SerializeAsString().find(family.view()) == std::string::npos);
  v1::OfficeRequest by_id;
  by_id.mutable_find()->set_family(family.str());
  CHECK(desk.Ask(eve, by_id).answer.hits().empty());
  CHECK(desk.Records(eve, family).refusal == Refusal::kNotFound);
}

TEST_CASE("a programme officer finds and is shown only families with an open place") {
  Desk desk;
  const Id family = desk.Family();
  CHECK(desk.Find(desk.pia).answer.hits().empty());
  CHECK(desk.Records(desk.pia, family).refusal == Refusal::kNotFound);
  desk.Assign(family, desk.pia, v1::Assignment::RELATION_PROGRAMME);
  CHECK(desk.Find(desk.pia).answer.hits_size() == 1);
  const OfficeOutcome shown = desk.Records(desk.pia, family);
  REQUIRE(shown.refusal == Refusal::kNone);
  CHECK(shown.told.size() == 1);
  CHECK(TypesIn(shown) == std::set<uint32_t>{kFamily, kPerson, kPersonName, kAddress, kAssignment});
}

TEST_CASE("the index follows what is written: names, birth dates, identifiers") {
  Desk desk;
  const Id family = desk.Family();
  CHECK(desk.Find(desk.dot, "Okafor").answer.hits_size() == 0);
  const Record before = *desk.council.server->store->Read()
                             .value()
                             ->LoadRecord(family, kPersonName, desk.name)
                             .value();
  const Op op = before.FindCell(4)->live.back().op;
  desk.Push(desk.ana, family,
            {Change(kPersonName, desk.name, {{4, EncodeBytes(4, "Okafor"), {op}}})});
  CHECK(desk.Find(desk.dot, "Okafor").answer.hits_size() == 1);
  CHECK(desk.Find(desk.dot, "O'Brien", std::nullopt).answer.hits_size() == 0);
  desk.Push(desk.ana, family,
            {Change(kPersonIdentifier, desk.town().NewId(),
                    {{1, EncodeId(1, desk.person)},
                     {2, EncodeNumber(2, v1::PersonIdentifier::KIND_UPN)},
                     {3, EncodeBytes(3, "A950000178301")}})});
  v1::OfficeRequest by_number;
  by_number.mutable_find()->set_upn(" a950000178301");
  const OfficeOutcome found = desk.Ask(desk.dot, by_number);
  REQUIRE(found.answer.hits_size() == 1);
  CHECK(found.answer.hits(0).band() == v1::FamilyHit::LIKELY);
  CHECK(found.answer.hits(0).points() == 60);
  by_number.mutable_find()->set_upn("H243278544154");
  CHECK(desk.Ask(desk.dot, by_number).answer.hits().empty());
}

TEST_CASE("a held first entry is found by nobody") {
  Desk desk;
  Changeset first = desk.town().BeginFamily(
      desk.ana, {Change(kPersonName, desk.town().NewId(),
                        {{1, EncodeId(1, desk.town().NewId())}, {4, EncodeBytes(4, "Obrien")}}),
                 Change(kContact, desk.town().NewId(), {{2, EncodeNumber(2, 1)}})});
  REQUIRE(desk.council.Push(first).accepted().verdict() == v1::HELD);
  CHECK(desk.Find(desk.dot).answer.hits().empty());
}

TEST_CASE("where somebody's address is confidential nothing tells where they live") {
  Desk desk;
  const Id family = desk.Family();
  desk.Push(desk.ana, family,
            {Change(kFamily, family, {{6, EncodeBytes(6, "round the back of the mill")}})});
  desk.Assign(family, desk.pia, v1::Assignment::RELATION_PROGRAMME);
  const std::string open = desk.Records(desk.pia, family).answer.SerializeAsString();
  CHECK(open.find("1 Sample Street") != std::string::npos);
  CHECK(open.find("mill") != std::string::npos);
  v1::OfficeRequest search;
  search.mutable_find()->set_family_name("O'Brien");
  search.mutable_find()->set_given_name("Sam");
  search.mutable_find()->set_postcode("M1 1AE");
  CHECK(desk.Ask(desk.dot, search).answer.hits(0).points() == 30);

  desk.MakeConfidential(family);
  const std::string closed = desk.Records(desk.pia, family).answer.SerializeAsString();
  CHECK(closed.find("Sample Street") == std::string::npos);
  CHECK(closed.find("M1 1AE") == std::string::npos);
  CHECK(closed.find("mill") == std::string::npos);
  CHECK(TypesIn(desk.Records(desk.pia, family)).count(kAddress) == 0);
  // The wrong postcode and the right one give the same answer.
  const std::string right = Bytes(desk.Ask(desk.dot, search));
  search.mutable_find()->set_postcode("L1 8JQ");
  CHECK(Bytes(desk.Ask(desk.dot, search)) == right);
}

TEST_CASE("no answer holds a sealed value, nor a record whose readers do not name the caller") {
  Desk desk;
  const Id family = desk.Family();
  const Id episode = desk.town().NewId(), need = desk.town().NewId(), note = desk.town().NewId();
  desk.Push(desk.sue(), family,
            {Change(kEpisode, episode,
                    {{1, EncodeId(1, desk.town().NewId())},
                     {2, EncodeNumber(2, 1)},
                     {3, EncodeNumber(3, 1)},
                     {5, EncodeDate(5, desk.town().today)},
                     {7, EncodeNumber(7, 1)}})});
  desk.Push(desk.ana, family,
            {Change(kNeed, need,
                    {{1, EncodeId(1, episode)},
                     {2, EncodeNumber(2, 3)},
                     {4, EncodeDate(4, desk.town().today)},
                     {6, EncodeNumber(6, 1)}}),
             Change(kContact, note,
                    {{2, EncodeNumber(2, 1)},
                     {3, EncodeI64(3, desk.town().now_ms)},
                     {6, EncodeBytes(6, "what was said")}})});
  // Beside a need, which P is shown; beside a note, which nobody here is.
  for (const auto& [about, words] : {std::pair{need, "about the need"}, {note, "about the note"}}) {
    desk.Push(
        desk.ana, family,
        {Change(kAddendum, desk.town().NewId(),
                {{1, EncodeId(1, about)}, {2, EncodeNumber(2, 2)}, {3, EncodeBytes(3, words)}})});
  }
  const std::string sealed = "\x01" + std::string(72 + 256, 's');
  desk.Push(desk.ana, family, {Change(kPerson, desk.person, {{16, sealed}})});
  desk.Assign(family, desk.pia, v1::Assignment::RELATION_PROGRAMME);
  desk.Assign(family, desk.rob, v1::Assignment::RELATION_RECORDS);

  const OfficeOutcome officer = desk.Records(desk.pia, family);
  const std::string bytes = officer.answer.SerializeAsString();
  CHECK(TypesIn(officer).count(kNeed) == 1);
  CHECK(TypesIn(officer).count(kContact) == 0);
  CHECK(bytes.find("about the need") != std::string::npos);
  CHECK(bytes.find("about the note") == std::string::npos);
  CHECK(bytes.find("sssss") == std::string::npos);
  CHECK(bytes.find("what was said") == std::string::npos);
  CHECK(TypesIn(desk.Records(desk.rob, family)) ==
        std::set<uint32_t>{kFamily, kPerson, kPersonName, kAssignment});
  CHECK(TypesIn(desk.Records(desk.sue(), family)) ==
        std::set<uint32_t>{kFamily, kPerson, kPersonName, kAssignment});

  // Every live write has the name by which a command can name it.
  for (const v1::OfficeRecord& record : officer.answer.records()) {
    const std::optional<Record> stored =
        desk.council.server->store->Read()
            .value()
            ->LoadRecord(family, record.type(), *Id::FromBytes(record.id()))
            .value();
    for (const v1::OfficeRecord::Field& field : record.fields()) {
      const Cell& cell = *stored->FindCell(field.field());
      REQUIRE(static_cast<size_t>(field.live_size()) == cell.live.size());
      CHECK(field.live(0).op().uid() == cell.live[0].op.uid.view());
      CHECK(field.live(0).op().index() == cell.live[0].op.index);
    }
  }
}

TEST_CASE("a family of many records comes in pages, each record once") {
  Desk desk;
  const Id family = desk.Family();
  for (int part = 0; part < 6; ++part) {
    std::vector<v1::RecordChange> people;
    for (int n = 0; n < 100; ++n) {
      people.push_back(Change(kPersonName, desk.town().NewId(),
                              {{1, EncodeId(1, desk.person)}, {4, EncodeBytes(4, "Also")}}));
    }
    desk.Push(desk.ana, family, std::move(people));
  }
  v1::OfficeRequest request;
  request.mutable_family()->set_family(family.str());
  std::set<std::string> seen;
  int pages = 0;
  for (bool more = true; more; ++pages) {
    const OfficeOutcome page = desk.Ask(desk.sue(), request);
    REQUIRE(page.refusal == Refusal::kNone);
    REQUIRE(page.answer.records_size() <= kOfficeRowsMax);
    REQUIRE(page.answer.records_size() > 0);
    for (const v1::OfficeRecord& record : page.answer.records()) {
      CHECK(seen.insert(record.id()).second);
    }
    more = page.answer.more();
    CHECK(page.answer.next().empty() != more);
    request.set_after(page.answer.next());
  }
  CHECK(pages == 2);
  CHECK(seen.size() > 600);
}

TEST_CASE("known families: the supervisor is told who, the worker whom to ask") {
  Desk desk;
  const Id before = desk.Family();
  const Id twin_of = desk.Family();
  const OfficeOutcome told = desk.Known(desk.sue(), twin_of);
  REQUIRE(told.answer.hits_size() == 1);
  CHECK(told.answer.hits(0).family() == before.view());
  CHECK(told.answer.hits(0).band() == v1::FamilyHit::LIKELY);
  CHECK(told.answer.hits(0).for_person() == desk.person.view());
  CHECK_FALSE(told.answer.ask_your_supervisor());
  CHECK(told.told.size() == 2);

  const OfficeOutcome worker = desk.Known(desk.ana, twin_of);
  CHECK(worker.refusal == Refusal::kNone);
  CHECK(worker.answer.ask_your_supervisor());
  CHECK(worker.answer.hits().empty());
  CHECK(worker.told.size() == 1);
  CHECK(worker.answer.SerializeAsString().find(before.view()) == std::string::npos);
  // Nobody who has no place there hears anything.
  const Hand ben = desk.council.Hire(v1::ROLE_KEY_WORKER);
  CHECK(Bytes(desk.Known(ben, twin_of)) == Bytes(desk.Known(ben, desk.town().NewId())));
  CHECK(desk.Known(ben, twin_of).refusal == Refusal::kNotFound);
}

TEST_CASE("known families: a restricted one is told to nobody, not even that there is one") {
  Desk desk;
  const Id before = desk.Family();
  const Hand ben = desk.council.Hire(v1::ROLE_KEY_WORKER);
  const Hand eve = desk.HireInto(desk.NewTeam(), v1::ROLE_SUPERVISOR);
  const Id place = desk.Family();
  desk.Assign(place, eve, v1::Assignment::RELATION_SUPERVISOR);
  desk.Assign(place, ben, v1::Assignment::RELATION_CO_WORKER);
  CHECK(desk.Known(eve, place).answer.hits_size() == 1);
  CHECK(desk.Known(eve, place).answer.hits(0).family().empty());
  CHECK(desk.Known(eve, place).answer.hits(0).lead() == desk.ana.user.view());
  CHECK(desk.Known(ben, place).answer.ask_your_supervisor());
  desk.Restrict(before);
  CHECK(desk.Known(eve, place).answer.hits().empty());
  CHECK_FALSE(desk.Known(ben, place).answer.ask_your_supervisor());
}

TEST_CASE("known families are told until the Referral is decided, else until work begins") {
  Desk desk;
  desk.Family();
  const Id family = desk.Family();
  CHECK(desk.Known(desk.sue(), family).answer.hits_size() == 1);
  const Id referral = desk.town().NewId();
  desk.Push(desk.ana, family,
            {Change(kReferral, referral,
                    {{1, EncodeNumber(1, v1::Referral::DIRECTION_IN)},
                     {4, EncodeDate(4, desk.town().today)},
                     {9, EncodeBytes(9, "school asks")},
                     {12, EncodeNumber(12, v1::Referral::STATE_RECEIVED)}})});
  CHECK(desk.Known(desk.sue(), family).answer.hits_size() == 1);
  const Record stored =
      *desk.council.server->store->Read().value()->LoadRecord(family, kReferral, referral).value();
  desk.Push(desk.sue(), family,
            {Change(kReferral, referral,
                    {{12,
                      EncodeNumber(12, v1::Referral::STATE_WITHDRAWN),
                      {stored.FindCell(12)->live.back().op}}})});
  const OfficeOutcome decided = desk.Known(desk.sue(), family);
  CHECK(decided.refusal == Refusal::kNone);
  CHECK(decided.answer.hits().empty());
}

TEST_CASE("families of my team: those without a supervisor too, restricted ones only by a place") {
  Desk desk;
  const Id first = desk.Family(), second = desk.Family(), third = desk.Family();
  for (const Id& family : {second, third}) {
    if (family == third) desk.Restrict(family);
    REQUIRE(desk.council
                .Push(desk.council.EndPlace(desk.sue(), family,
                                            *desk.council.Place(family, desk.sue().user)))
                .accepted()
                .verdict() == v1::APPLIED);
  }
  v1::OfficeRequest team;
  team.mutable_team();
  const OfficeOutcome listed = desk.Ask(desk.sue(), team);
  std::map<std::string, v1::TeamFamily> lines;
  for (const v1::TeamFamily& line : listed.answer.families()) lines[line.family()] = line;
  REQUIRE(lines.size() == 2);
  CHECK(lines.at(first.str()).mine());
  CHECK(lines.at(first.str()).supervisors_size() == 1);
  CHECK_FALSE(lines.at(second.str()).mine());
  CHECK(lines.at(second.str()).supervisors().empty());
  CHECK(lines.at(second.str()).lead() == desk.ana.user.view());
  CHECK(listed.told.size() == 2);
}

TEST_CASE("who looked: journals and the office's own book, for auditors and records officers") {
  Desk desk;
  const Id family = desk.Family(), other = desk.Family();
  for (const Id& seen : {family, other}) {
    const v1::RowAnswer answer = desk.council.Push(
        desk.town().Write(desk.ana, desk.ana.device,
                          {Change(kAccessEvent, desk.town().NewId(),
                                  {{1, EncodeBytes(1, seen.view())},
                                   {3, EncodeI64(3, desk.town().now_ms)},
                                   {5, EncodeNumber(5, v1::AccessEvent::PURPOSE_WORK)},
                                   {6, EncodeNumber(6, v1::AccessEvent::ACTS_VIEW)}})}));
    REQUIRE(answer.accepted().verdict() == v1::APPLIED);
  }
  {
    const std::vector<OfficeRead> told = desk.Find(desk.dot).told;
    const std::unique_ptr<Transaction> transaction = *desk.council.server->store->Begin();
    for (const OfficeRead& read : told) {
      REQUIRE(transaction->AddOfficeRead(read).ok());
    }
    REQUIRE(transaction->Commit().ok());
  }
  v1::OfficeRequest request;
  request.mutable_looked()->set_family(family.str());
  for (const Hand* hand : {&desk.uma, &desk.rob}) {
    const OfficeOutcome looked = desk.Ask(*hand, request);
    REQUIRE(looked.answer.looked_size() == 2);
    CHECK(looked.answer.looked(0).user() == desk.ana.user.view());
    CHECK(looked.answer.looked(0).purpose() == v1::AccessEvent::PURPOSE_WORK);
    CHECK(looked.answer.looked(1).user() == desk.dot.user.view());
    CHECK(looked.answer.looked(1).told() == "found");
  }
  CHECK(desk.Ask(desk.sue(), request).refusal == Refusal::kDenied);
  v1::OfficeRequest nobody;
  nobody.mutable_looked()->set_family(desk.town().NewId().str());
  desk.Bar(family, desk.uma);
  CHECK(Bytes(desk.Ask(desk.uma, request)) == Bytes(desk.Ask(desk.uma, nobody)));

  v1::OfficeRequest journal;
  journal.mutable_journal()->set_device(desk.ana.device.str());
  CHECK(desk.Ask(desk.uma, journal).answer.records_size() == 2);
  journal.mutable_journal()->set_device(family.str());  // no way into a family
  CHECK(desk.Ask(desk.uma, journal).refusal == Refusal::kNotFound);
}

TEST_CASE("an auditor sees the end of every log, and no content") {
  Desk desk;
  const Id family = desk.Family();
  v1::OfficeRequest heads;
  heads.mutable_heads();
  const OfficeOutcome listed = desk.Ask(desk.uma, heads);
  std::map<std::string, v1::HeadRow> rows;
  for (const v1::HeadRow& row : listed.answer.heads()) rows[row.scope()] = row;
  REQUIRE(rows.size() == 2);
  CHECK(rows.at(family.str()).kind() == v1::HeadRow::FAMILY);
  CHECK(rows.at(family.str()).seq() == desk.council.Row(family).seq);
  CHECK(rows.at(family.str()).entry_hash() == View(desk.council.Row(family).hash));
  CHECK(rows.at(desk.town().tenant.str()).kind() == v1::HeadRow::DIRECTORY);
  CHECK(listed.answer.SerializeAsString().find("Brien") == std::string::npos);
}

TEST_CASE("what is no question is refused, and tells nobody anything") {
  Desk desk;
  const Id family = desk.Family();
  std::vector<v1::OfficeRequest> requests(10);
  requests[0].mutable_find();                          // nothing to search by
  requests[1].mutable_find()->set_postcode("M1 1AE");  // a place finds nobody
  requests[2].mutable_find()->set_family_name(std::string(kSearchTextBytesMax + 1, 'a'));
  requests[3].mutable_find()->set_family_name(std::string("a\x1b[31m"));
  requests[4].mutable_find()->set_family_name("\xff\xfe");
  requests[5].mutable_find()->set_birth_on(INT32_MAX);
  requests[6].mutable_family()->set_family(family.str().substr(1));
  requests[7].mutable_looked()->set_family(family.str() + "x");
  requests[8].mutable_family()->set_family(family.str());
  requests[8].set_after("garbage");
  requests[9].mutable_team();
  requests[9].set_after("garbage");
  desk.Assign(family, desk.rob, v1::Assignment::RELATION_RECORDS);
  for (size_t i = 0; i < requests.size(); ++i) {
    INFO(i);
    const Hand& hand = i == 9 ? desk.sue() : desk.rob;
    const OfficeOutcome outcome = desk.Ask(hand, requests[i]);
    CHECK(outcome.refusal == Refusal::kMalformed);
    CHECK(outcome.told.empty());
    CHECK(outcome.answer.ByteSizeLong() == 0);
  }
  CHECK(desk.Ask(desk.rob, v1::OfficeRequest()).refusal == Refusal::kMalformed);
}

TEST_CASE("a restored server that waits for its administrators tells nothing") {
  Desk desk;
  desk.Family();
  REQUIRE(desk.council.server->ingest.CloseRestoreGate().ok());
  CHECK(desk.Find(desk.dot).refusal == Refusal::kNotYet);
  REQUIRE(desk.council.server->ingest.OpenRestoreGate().ok());
  CHECK(desk.Find(desk.dot).answer.hits_size() == 1);
}

TEST_CASE("an index that is missing is made again, once") {
  Desk desk;
  const Id family = desk.Family();
  {
    const std::unique_ptr<Transaction> transaction = *desk.council.server->store->Begin();
    for (const auto& [type, id] : {std::pair{kPerson, desk.person}, {kPersonName, desk.name}}) {
      REQUIRE(transaction->PutFindTerms(family, type, id, {}).ok());
    }
    REQUIRE(transaction->Commit().ok());
  }
  CHECK(desk.Find(desk.dot).answer.hits().empty());
  REQUIRE(BringIndexUpToDate(*desk.council.server->store).ok());
  CHECK(desk.Find(desk.dot).answer.hits_size() == 1);
}

}  // namespace doorstep::server
