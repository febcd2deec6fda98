#include "sync-server/admin/ceremony.h"

#include <catch2/catch_test_macros.hpp>
#include <functional>

#include "crypto/reason.h"
#include "model/authority.h"
#include "model/log.h"
#include "model/merge.h"
#include "tests/sync-server/house.h"

namespace doorstep::server {
namespace {

// What a genesis is made from, with three people.
struct Plan {
  SystemRandom random;
  Secret root_seed = random.MakeSecret(32);
  Secret recovery_seed = random.MakeSecret(32);
  TemporaryFolder folder;
  Person ada = MakePerson("Ada Ademi", random);
  Person ben = MakePerson("Ben Bright", random);
  Person sam = MakePerson("Sam Smith", random);
  GenesisPlan plan;

  Plan() {
    plan.tenant = Id{random.Make<16>()};
    plan.authority = "Northby Council";
    plan.team = "East";
    plan.recovery = BoxPublicKey(recovery_seed);
    plan.server =
        MakeServerFolder(folder / "server", "sync.example.test:7443", {}, 0, random)->request;
    plan.people = {{ada.name, {v1::ROLE_ADMIN}, RequestOf(ada)},
                   {ben.name, {v1::ROLE_ADMIN}, RequestOf(ben)},
                   {sam.name, {v1::ROLE_SUPERVISOR}, RequestOf(sam)}};
  }
  absl::StatusOr<v1::GenesisBundle> Make() { return MakeGenesis(plan, root_seed, 1'000, random); }
  Reason Refusal(const std::function<void(GenesisPlan&)>& change) {
    change(plan);
    return ReasonOf(Make().status());
  }
};

// The directory log that these bundles make, all applied.
struct Log {
  explicit Log(const v1::GenesisBundle& genesis)
      : tenant(*Id::FromBytes(genesis.tenant())),
        directory(tenant, Root(genesis)),
        state(tenant, nullptr) {
    Add(genesis);
  }
  static PublicKey Root(const v1::GenesisBundle& bundle) {
    PublicKey key{};
    REQUIRE(CopyExactly(bundle.root_pk(), key));
    return key;
  }
  void Add(const v1::GenesisBundle& bundle) {
    v1::EntryMeta meta;
    meta.set_seq(directory.seq() + 1);
    meta.set_verdict(v1::APPLIED);
    meta.set_directory_seq(directory.seq());
    const Entry entry = MakeEntry(tenant, OpenBundle(bundle).value(), meta, directory.hash());
    const auto key = directory.SigningKey(directory.root_id(), directory.seq());
    REQUIRE(key.has_value());
    REQUIRE(VerifyChangeset(tenant, entry.changeset, *key).ok());
    FoldEntry(state, entry);
    directory.Fold(entry);
  }
  Id tenant;
  Directory directory;
  ScopeState state;
};

TEST_CASE("a genesis folds, and everybody and everything in it counts") {
  Plan plan;
  const absl::StatusOr<v1::GenesisBundle> bundle = plan.Make();
  REQUIRE(bundle.ok());
  CHECK(bundle->server_address() == "sync.example.test:7443");
  Log log(*bundle);
  for (const Person* person : {&plan.ada, &plan.ben, &plan.sam}) {
    const auto device = log.directory.FindDeviceBySpki(person->keys.public_keys().tls_spki, 1);
    REQUIRE(device.has_value());
    CHECK(device->counts);
    CHECK(device->sign_pk == person->keys.public_keys().sign);
    CHECK(device->box_pk == person->keys.public_keys().box);
    CHECK(device->kind == v1::Device::KIND_COMPUTER);
    CHECK(log.directory.StaffActive(device->user, 1));
    const v1::Role role = person == &plan.sam ? v1::ROLE_SUPERVISOR : v1::ROLE_ADMIN;
    CHECK(log.directory.HasRole(device->user, role, 1));
  }
  CHECK(log.directory.CountingAdministrators(1).size() == 2);
  const auto keys = log.directory.CountingServerKeys(1);
  REQUIRE(keys.size() == 1);
  CHECK(View(keys[0].log_pk) == plan.plan.server.log_pk());
  CHECK(keys[0].tls_ca == plan.plan.server.tls_ca());
  CHECK(log.directory.RecoveryKeys(1) == std::vector<PublicKey>{BoxPublicKey(plan.recovery_seed)});
}

TEST_CASE("a supervisor of the genesis has the team that the genesis makes") {
  Plan plan;
  Log log(*plan.Make());
  const auto device = log.directory.FindDeviceBySpki(plan.sam.keys.public_keys().tls_spki, 1);
  const Id team = log.directory.TeamOf(device->user, 1);
  CHECK_FALSE(team.is_zero());
  CHECK(log.directory.SupervisorsOf(team, 1) == std::vector<Id>{device->user});
}

TEST_CASE("what makes no working council is refused by name") {
  using P = GenesisPlan;
  CHECK(Plan().Refusal([](P& p) { p.people.resize(1); }) == Reason::kArg);
  CHECK(Plan().Refusal([](P& p) { p.people.erase(p.people.begin(), p.people.begin() + 2); }) ==
        Reason::kArg);
  CHECK(Plan().Refusal([](P& p) { p.people[1].request = p.people[0].request; }) == Reason::kArg);
  CHECK(Plan().Refusal([](P& p) { p.team.clear(); }) == Reason::kArg);
  CHECK(Plan().Refusal([](P& p) { p.people[0].name.clear(); }) == Reason::kArg);
  CHECK(Plan().Refusal([](P& p) { p.people[0].request.set_kind("FRIDGE"); }) == Reason::kFormat);
  CHECK(Plan().Refusal([](P& p) { p.people[0].request.mutable_sign_pk()->pop_back(); }) ==
        Reason::kFormat);
  CHECK(Plan().Refusal([](P& p) { p.people[0].request.set_csr(p.people[1].request.csr()); }) ==
        Reason::kFormat);
  CHECK(Plan().Refusal([](P& p) { p.server.mutable_log_pk()->clear(); }) == Reason::kFormat);
  CHECK(Plan().Refusal([](P& p) { p.server.set_tls_ca("not a certificate"); }) == Reason::kFormat);
}

TEST_CASE("a bundle is refused when it was signed by another root or altered") {
  Plan plan;
  v1::GenesisBundle bundle = *plan.Make();
  CHECK(OpenBundle(bundle).ok());
  v1::GenesisBundle other_root = bundle;
  other_root.set_root_pk(std::string(View(SignPublicKey(plan.random.MakeSecret(32)))));
  CHECK(ReasonOf(OpenBundle(other_root).status()) == Reason::kAuth);
  v1::GenesisBundle other_tenant = bundle;
  other_tenant.set_tenant(std::string(16, 't'));
  CHECK(ReasonOf(OpenBundle(other_tenant).status()) == Reason::kFormat);
  bundle.mutable_genesis()->mutable_changeset()->back() ^= 1;
  CHECK_FALSE(OpenBundle(bundle).ok());
}

TEST_CASE("a server takes the genesis that names its keys, once, and no other") {
  House house;
  CHECK(AdmitGenesis(house.folder, *house.folder.genesis).ok());
  Plan other;
  CHECK(ReasonOf(AdmitGenesis(house.folder, *other.Make())) == Reason::kState);
  ServerFolder fresh =
      MakeServerFolder(house.folder_of_test / "fresh", "h.test:1", {}, 0, house.random).value();
  CHECK(ReasonOf(AdmitGenesis(fresh, *other.Make())) == Reason::kKey);
  CHECK_FALSE(fresh.genesis.has_value());
}

TEST_CASE("a later administrator, named by the root, counts at once") {
  Plan plan;
  Log log(*plan.Make());
  const Person cem = MakePerson("Cem Can", plan.random);
  const RootPen pen{plan.plan.tenant, log.directory.root_id(), plan.root_seed, 2'000, plan.random};
  const auto bundle = NameAdministrator(pen, {cem.name, {v1::ROLE_ADMIN}, RequestOf(cem)});
  REQUIRE(bundle.ok());
  log.Add(*bundle);
  CHECK(log.directory.CountingAdministrators(2).size() == 3);
}

TEST_CASE("the next root is named by the present one, which then signs nothing more") {
  Plan plan;
  Log log(*plan.Make());
  const Secret next = plan.random.MakeSecret(32);
  const RootPen pen{plan.plan.tenant, log.directory.root_id(), plan.root_seed, 2'000, plan.random};
  const auto bundle = ReplaceRoot(pen, log.state, SignPublicKey(next));
  REQUIRE(bundle.ok());
  log.Add(*bundle);
  CHECK(log.directory.SigningKey(log.directory.root_id(), 2) == SignPublicKey(next));
  // Its first word is signed with the new key under the old root id.
  const RootPen next_pen{plan.plan.tenant, log.directory.root_id(), next, 3'000, plan.random};
  const Person cem = MakePerson("Cem Can", plan.random);
  const auto word = NameAdministrator(next_pen, {cem.name, {v1::ROLE_ADMIN}, RequestOf(cem)});
  REQUIRE(word.ok());
  log.Add(*word);
  CHECK(log.directory.CountingAdministrators(3).size() == 3);
}

TEST_CASE("a new recovery key ends every one before it") {
  Plan plan;
  Log log(*plan.Make());
  const RootPen pen{plan.plan.tenant, log.directory.root_id(), plan.root_seed, 2'000, plan.random};
  for (int n = 0; n < 2; ++n) {
    const PublicKey next = BoxPublicKey(plan.random.MakeSecret(32));
    const auto bundle = ReplaceRecoveryKey(pen, log.state, next);
    REQUIRE(bundle.ok());
    log.Add(*bundle);
    CHECK(log.directory.RecoveryKeys(log.directory.seq()) == std::vector<PublicKey>{next});
  }
}

TEST_CASE("the server judges what the root writes later as the folds above say") {
  House house;
  Log log(*house.folder.genesis);
  const RootPen pen{house.tenant(), log.directory.root_id(), house.root_seed, house.now_ms(),
                    house.random};
  const auto recovery =
      ReplaceRecoveryKey(pen, log.state, BoxPublicKey(house.random.MakeSecret(32)));
  REQUIRE(recovery.ok());
  CHECK(house.Push(OpenBundle(*recovery).value()).accepted().verdict() == v1::APPLIED);
  log.Add(*recovery);
  const auto root = ReplaceRoot(pen, log.state, SignPublicKey(house.random.MakeSecret(32)));
  REQUIRE(root.ok());
  CHECK(house.Push(OpenBundle(*root).value()).accepted().verdict() == v1::APPLIED);
  // The old root has no word any more.
  const Person cem = MakePerson("Cem Can", house.random);
  const auto late = NameAdministrator(pen, {cem.name, {v1::ROLE_ADMIN}, RequestOf(cem)});
  REQUIRE(late.ok());
  CHECK(house.Push(OpenBundle(*late).value()).bad().reason() ==
        static_cast<uint32_t>(Reason::kAuth));
}

}  // namespace
}  // namespace doorstep::server
