#include "tests/simulation/world.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "crypto/certificate.h"
#include "model/limits.h"
#include "tests/simulation/genesis.h"
#include "tests/simulation/schema_facts.h"

namespace doorstep::simulation {
namespace {

constexpr char kAddress[] = "server.example:7443";
constexpr int64_t kYearMs = int64_t{365} * 86'400'000;

std::string_view WordFor(Ask ask) {
  switch (ask) {
    case Ask::kPull:
      return "pull";
    case Ask::kPush:
      return "push";
    case Ask::kAdopt:
      return "adopt";
    case Ask::kDeliver:
      return "deliver";
    case Ask::kPutChunk:
      return "put chunk";
    case Ask::kGetChunk:
      return "get chunk";
  }
  return "";
}

}  // namespace

World::World(const Parts& parts_in, const Profile& profile_in, uint64_t seed)
    : parts(parts_in), profile(profile_in), chance(seed) {}

Id World::NewId() {
  Id id;
  for (uint8_t& byte : id.bytes) byte = static_cast<uint8_t>(chance.Below(256));
  return id;
}

// ---- How it begins -----------------------------------------------------------------------------

void World::MakePeople() {
  const size_t team_count = 1 + chance.Index(2);
  for (size_t i = 0; i < team_count; ++i) teams.push_back(NewId());
  auto add = [&](v1::Role role, const Id& team) { people.push_back({NewId(), role, team}); };
  add(v1::ROLE_ADMIN, teams[0]);
  if (chance.OneIn(3)) add(v1::ROLE_ADMIN, teams[0]);
  for (const Id& team : teams) add(v1::ROLE_SUPERVISOR, team);
  if (chance.OneIn(2)) add(v1::ROLE_SUPERVISOR, chance.Pick(teams));
  add(v1::ROLE_KEY_WORKER, teams[0]);
  const size_t most = static_cast<size_t>(chance.Between(profile.devices_min, profile.devices_max));
  while (people.size() < most) add(v1::ROLE_KEY_WORKER, chance.Pick(teams));
}

DeviceUnit& World::AddUnit() {
  const DeviceUnit::Parts unit_parts{parts.catalog, parts.verifier, now_ms};
  units.push_back(std::make_unique<DeviceUnit>(unit_parts, units.size(), chance.Split()));
  DeviceUnit& made = *units.back();
  if (chance.Percent(profile.strange_clock_percent)) {
    made.clock().offset_ms = chance.Between(-10 * kYearMs, 10 * kYearMs);
  } else {
    made.clock().offset_ms = chance.Between(-90'000, 90'000);
  }
  return made;
}

void World::MakeGenesis() {
  ChanceRandom random(chance.Split());
  tenant = NewId();
  root_seed = random.MakeSecret(32);
  root_pk = SignPublicKey(root_seed);
  Secret log_seed = random.MakeSecret(32);
  Secret ingest_seed = random.MakeSecret(32);
  const Secret recovery_seed = random.MakeSecret(32);

  const Pen root{tenant, DeriveRootId(tenant, root_pk), Id{}, root_seed};
  v1::Changeset genesis = BlankChangeset(root, NewId(), tenant, now_ms);
  auto key_bytes = [](const PublicKey& key) { return std::string(View(key)); };

  v1::AuthorityRoot authority;
  authority.set_root_pk(key_bytes(root_pk));
  authority.set_name("Council");
  PutRecord(genesis, kRootType, tenant, authority);
  v1::ServerKeys keys;
  keys.set_log_pk(key_bytes(SignPublicKey(log_seed)));
  keys.set_ingest_pk(key_bytes(BoxPublicKey(ingest_seed)));
  keys.set_tls_ca("a certificate");
  keys.set_state(v1::ServerKeys::STATE_ACTIVE);
  PutRecord(genesis, kServerKeysType, NewId(), keys);
  v1::RecoveryKey recovery;
  recovery.set_box_pk(key_bytes(BoxPublicKey(recovery_seed)));
  recovery.set_state(v1::RecoveryKey::STATE_ACTIVE);
  PutRecord(genesis, kRecoveryKeyType, NewId(), recovery);
  v1::Policy policy;
  policy.set_pin_digits_min(6);
  policy.set_idle_lock_s(300);
  policy.set_lease_s(14 * 86'400);
  PutRecord(genesis, FactsOfName("Policy").number, tenant, policy);
  for (const Id& team : teams) {
    v1::Team record;
    record.set_name("Team");
    PutRecord(genesis, FactsOfName("Team").number, team, record);
  }

  auto put_person = [&](const Person& person) {
    v1::StaffMember staff;
    staff.set_name("Somebody");
    staff.set_state(v1::StaffMember::STATE_ACTIVE);
    PutRecord(genesis, kStaffMemberType, person.user, staff);
    v1::StaffRole role;
    role.set_user(person.user.str());
    role.set_role(person.role);
    role.set_team(person.team.str());
    role.set_state(v1::StaffRole::STATE_ACTIVE);
    PutRecord(genesis, kStaffRoleType, NewId(), role);
  };
  auto put_device = [&](const Id& id, const Id& user, const std::string& sign_pk,
                        const std::string& box_pk, const std::string& spki) {
    v1::Device device;
    device.set_user(user.str());
    device.set_kind(v1::Device::KIND_PHONE);
    device.set_sign_pk(sign_pk);
    device.set_box_pk(box_pk);
    device.set_tls_spki(spki);
    device.set_state(v1::Device::STATE_ACTIVE);
    PutRecord(genesis, kDeviceType, id, device);
  };
  for (const Person& person : people) {
    put_person(person);
    const size_t devices = chance.OneIn(5) ? 2 : 1;
    for (size_t i = 0; i < devices; ++i) {
      DeviceUnit& made = AddUnit();
      made.MakeNew();
      absl::StatusOr<v1::FirstRequest> request = made.client().MakeRequestFile("PHONE");
      assert(request.ok());
      made.id = NewId();
      made.user = person.user;
      put_device(made.id, person.user, request->sign_pk(), request->box_pk(), request->tls_spki());
    }
  }
  // Somebody with a counting device, a role in a team of their own, and no family.
  const Person other{NewId(), v1::ROLE_KEY_WORKER, NewId(), true};
  stranger = {NewId(), other.user, random.MakeSecret(32), random.MakeSecret(32)};
  put_person(other);
  put_device(stranger.device, other.user, key_bytes(SignPublicKey(stranger.sign_seed)),
             key_bytes(BoxPublicKey(stranger.box_seed)), std::string(View(random.Make<32>())));
  people.push_back(other);

  const Changeset signed_genesis = SignWith(root, genesis);
  server = std::make_unique<ServerUnit>(
      parts.catalog,
      ServerUnit::Keys{tenant, root_pk, std::move(log_seed), std::move(ingest_seed)});
  checker = std::make_unique<Checker>(
      Checker::Parts{tenant, DeriveRootId(tenant, root_pk), *server, parts.coverage});
  const std::vector<v1::RowAnswer> admitted =
      server->Admit({signed_genesis.Signed()}, Id{}, server_ms());
  assert(admitted.size() == 1 && admitted[0].accepted().verdict() == v1::APPLIED);
  ServerMoved({tenant});

  v1::GenesisBundle bundle;
  bundle.set_tenant(tenant.str());
  bundle.set_root_pk(key_bytes(root_pk));
  *bundle.mutable_genesis() = signed_genesis.Signed();
  bundle.set_server_address(kAddress);
  for (const std::unique_ptr<DeviceUnit>& made : units) {
    const absl::Status taken = made->client().TakeGenesis(bundle, kAddress);
    assert(taken.ok());
    assert(made->client().device() == made->id);
    made->joined = true;
  }
}

void World::Begin() {
  archives = !chance.Percent(profile.no_archive_percent);
  if (chance.Percent(profile.strange_clock_percent)) {
    server_offset_ms = chance.Between(-10 * kYearMs, 10 * kYearMs);
  }
  MakePeople();
  MakeGenesis();
  for (const std::unique_ptr<DeviceUnit>& made : units) {
    StartContact(*made);
    Settle();
  }
}

// ---- Devices -----------------------------------------------------------------------------------

bool World::Reachable(const DeviceUnit& device) const {
  return device.running() && device.joined && !device.destroyed &&
         device.offline_until_ms <= now_ms;
}

const Person* World::PersonOf(const Id& user) const {
  auto at = std::find_if(people.begin(), people.end(),
                         [&](const Person& person) { return person.user == user; });
  return at == people.end() ? nullptr : &*at;
}

std::vector<DeviceUnit*> World::UsableUnits(std::optional<v1::Role> role) {
  std::vector<DeviceUnit*> usable;
  for (const std::unique_ptr<DeviceUnit>& made : units) {
    if (!made->usable() || made->destroyed) continue;
    const Person* person = PersonOf(made->user);
    if (role && (person == nullptr || person->role != *role)) continue;
    usable.push_back(made.get());
  }
  return usable;
}

DeviceUnit* World::AnyUsable(std::optional<v1::Role> role) {
  const std::vector<DeviceUnit*> usable = UsableUnits(role);
  return usable.empty() ? nullptr : chance.Pick(usable);
}

bool World::Commit(DeviceUnit& device, const v1::Edits& edits, std::string_view what) {
  absl::StatusOr<v1::Committed> committed = device.client().Commit(edits);
  if (!committed.ok()) {
    ReopenIfDead(device);
    Count("edits refused by the core");
    if (parts.tape.keeps_steps()) {
      Say(NameOf(device) + " " + std::string(what) + ": " +
          std::string(committed.status().message()));
    }
    return false;
  }
  const Id uid = IdOf(committed->uid());
  Say(NameOf(device) + " " + std::string(what) + ", uid " + uid.short_hex() + " in " +
      IdOf(committed->scope()).short_hex() +
      (committed->expected() == v1::APPLIED ? "" : ", expects " + committed->reason_name()));
  Count("changesets committed");
  checker->Made(device, *committed);
  checker->DeviceMoved(device);
  return true;
}

// ---- The network -------------------------------------------------------------------------------

void World::StartContact(DeviceUnit& device) {
  if (!Reachable(device) || device.in_contact()) return;
  device.BeginContact();
  Say(NameOf(device) + " begins contact " + std::to_string(device.contact()));
  Pump(device);
}

void World::ReopenIfDead(DeviceUnit& device) {
  if (!device.usable() || !device.store().database().failed()) return;
  Count("devices died in a commit");
  Say(NameOf(device) + " dies");
  device.Reopen();
  Forget(device);
}

void World::Pump(DeviceUnit& device) {
  ReopenIfDead(device);
  while (std::optional<RequestMessage> request = device.TakeRequest()) {
    parts.tape.Record("request", request->bytes);
    up.push_back(*std::move(request));
  }
  if (device.FinishIfDone()) {
    const v1::SyncReport& report = device.last_report;
    Count("contacts");
    Count("entries adopted", report.adopted());
    Count("entries carried", report.carried());
    Count("families purged", report.purged());
    Count("pages refused", report.refused_pages());
    if (report.gated()) Count("contacts while gated");
    Say(NameOf(device) + " ends contact: " +
        std::string(absl::StatusCodeToString(device.last_status.code())) + ", received " +
        std::to_string(report.received()) + ", pushed " + std::to_string(report.pushed()) +
        ", adopted " + std::to_string(report.adopted()) + ", carried " +
        std::to_string(report.carried()) + ", purged " + std::to_string(report.purged()));
    for (const std::string& alarm : report.alarms()) Say(NameOf(device) + " alarm: " + alarm);
  }
  checker->DeviceMoved(device);
}

void World::Forget(DeviceUnit& device) {
  down[device.index()].clear();
  std::erase_if(server->pulls(), [&](const auto& p) { return p.request.unit == device.index(); });
}

// The device's own wait ends: nobody answered.
void World::FailCall(const RequestMessage& request) {
  AnswerMessage failed;
  failed.contact = request.contact;
  failed.call = request.call;
  failed.tell = EndOf(request.ask);
  failed.failed = true;
  down[request.unit].push_back(std::move(failed));
}

void World::FailPulls() {
  for (const auto& pull : server->pulls()) FailCall(pull.request);
  server->pulls().clear();
}

void World::ServerMoved(const std::vector<Id>& scopes, Checker::By by) {
  checker->ServerMoved(scopes, by);
  for (const Id& scope : scopes) {
    if (scope != tenant) checker->NoteReaders(scope, server_ms());
  }
}

void World::HandleAtServer(RequestMessage request) {
  if (request.ask == Ask::kPull) {
    if (std::optional<AnswerMessage> failed = server->BeginPull(request)) {
      down[request.unit].push_back(*std::move(failed));
    }
    return;
  }
  ServerUnit::Result result = server->Handle(request, server_ms());
  parts.tape.Record("answer", result.answer.bytes);
  ServerMoved(result.moved, request.ask == Ask::kAdopt ? Checker::By::kAdopt : Checker::By::kPush);
  down[request.unit].push_back(std::move(result.answer));
}

bool World::MoveUp(size_t index, Weather weather) {
  RequestMessage request = up[index];
  up.erase(up.begin() + static_cast<std::ptrdiff_t>(index));
  const bool rough = weather == Weather::kRough;
  Say(NameOf(*units[request.unit]) + " " + std::string(WordFor(request.ask)));
  if (rough && chance.Percent(profile.lose_percent)) {
    Count("requests lost");
    FailCall(request);
    return true;
  }
  if (rough && chance.Percent(profile.duplicate_percent)) {
    Count("requests repeated");
    up.push_back(request);
  }
  std::vector<RequestMessage> together = {request};
  if (request.ask == Ask::kPush && chance.OneIn(3)) {
    for (size_t i = up.size(); i-- > 0;) {
      if (up[i].ask != Ask::kPush || up[i].unit == request.unit) continue;
      together.push_back(up[i]);
      up.erase(up.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }
  if (together.size() == 1) {
    HandleAtServer(std::move(request));
  } else {
    Count("pushes committed together");
    std::vector<ServerUnit::Result> results = server->HandleTogether(together, server_ms());
    ServerMoved(results.front().moved);
    for (size_t i = 0; i < results.size(); ++i) {
      parts.tape.Record("answer", results[i].answer.bytes);
      down[together[i].unit].push_back(std::move(results[i].answer));
    }
  }
  return true;
}

void World::MovePull(size_t index, Weather weather) {
  const RequestMessage request = server->pulls()[index].request;
  if (weather == Weather::kRough && chance.Percent(profile.cut_percent)) {
    Count("pulls cut");
    server->pulls().erase(server->pulls().begin() + static_cast<std::ptrdiff_t>(index));
    FailCall(request);
    return;
  }
  ServerUnit::Frame frame = server->NextFrame(index, server_ms());
  parts.tape.Record("frame", frame.message.bytes);
  if (frame.frame) {
    checker->FrameSent(request.device, *frame.frame, server_ms());
    if (frame.frame->has_ended()) old_ended[request.unit] = *frame.frame;
    if (frame.frame->has_page() && heads_seen.size() < 400) {
      absl::StatusOr<SignedHead> head = DecodeHead(frame.frame->page().head());
      if (head.ok()) heads_seen.push_back(*std::move(head));
    }
  }
  down[request.unit].push_back(std::move(frame.message));
}

void World::MoveDown(DeviceUnit& device, Weather weather) {
  std::deque<AnswerMessage>& queue = down[device.index()];
  AnswerMessage answer = std::move(queue.front());
  queue.pop_front();
  if (!device.running()) return;
  const bool rough = weather == Weather::kRough;
  if (rough && answer.tell != Tell::kFrame && chance.Percent(profile.lose_percent)) {
    Count("answers lost");
    answer.failed = true;
    answer.bytes.clear();
    answer.reason = 0;
  }
  if (rough && chance.Percent(profile.duplicate_percent)) {
    Count("answers repeated");
    AnswerMessage again = answer;
    queue.push_back(std::move(again));
  }
  const bool dies = rough && device.in_contact() && chance.Percent(profile.crash_percent);
  if (dies) {
    device.store().database().FailAfterCommits(chance.Between(0, 3));
  }
  device.Take(answer);
  if (dies) {
    Count("devices died in a commit");
    Say(NameOf(device) + " dies");
    device.Reopen();
    Forget(device);
  }
  Pump(device);
}

bool World::Move(Weather weather) {
  std::vector<DeviceUnit*> waiting;
  for (const auto& [index, queue] : down) {
    if (!queue.empty()) waiting.push_back(units[index].get());
  }
  const size_t pulls = server->pulls().size();
  const size_t choices = up.size() + pulls + waiting.size();
  if (choices == 0) return false;
  size_t choice = chance.Index(choices);
  if (choice < up.size()) return MoveUp(choice, weather);
  choice -= up.size();
  if (choice < pulls) {
    MovePull(choice, weather);
    return true;
  }
  MoveDown(*waiting[choice - pulls], weather);
  return true;
}

void World::Settle() {
  for (int moves = 0; Move(Weather::kCalm); ++moves) {
    assert(moves < 200'000);
    now_ms += 5;
  }
}

}  // namespace doorstep::simulation
