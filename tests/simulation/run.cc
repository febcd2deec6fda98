#include "tests/simulation/run.h"

#include <algorithm>
#include <cassert>

#include "tests/simulation/faults.h"
#include "tests/simulation/forger.h"
#include "tests/simulation/people.h"
#include "tests/simulation/profile.h"
#include "tests/simulation/schema_facts.h"
#include "tests/simulation/tape.h"
#include "tests/simulation/town_hall.h"
#include "tests/simulation/world.h"

namespace doorstep::simulation {
namespace {

constexpr int kQuietContacts = 8;
constexpr size_t kFirstFamilies = 2;
constexpr int64_t kLongestPlaceMs = int64_t{4} * 86'400'000;

class OneRun {
 public:
  OneRun(const RunSettings& settings, const Catalog& catalog, client::Verifier& verifier)
      : settings_(settings),
        tape_(settings.keep_steps),
        world_({catalog, verifier, tape_, outcome_.coverage}, ProfileFor(settings.weights),
               settings.seed),
        people_(world_),
        town_hall_(world_),
        faults_(world_),
        forger_(world_) {}

  RunOutcome Do() {
    world_.Begin();
    for (size_t i = 0; i < kFirstFamilies; ++i) {
      DeviceUnit* device = world_.AnyUsable(v1::ROLE_KEY_WORKER);
      if (device != nullptr) people_.BeginFamily(*device);
    }
    for (int operation = 0; operation < settings_.operations && Fine(); ++operation) {
      // Each operation has numbers of its own, so that one can be left out of a run.
      world_.chance = Chance(settings_.seed * 1'000'003 + static_cast<uint64_t>(operation));
      if (!settings_.skipped.contains(operation)) Operate();
      MoveSome();
    }
    if (Fine()) BeQuiet();
    return Finish();
  }

 private:
  bool Fine() const { return world_.checker->violations().empty(); }

  void Operate() {
    const Act act = static_cast<Act>(world_.chance.Weighted(world_.profile.weights));
    world_.Count(std::string("act: ") + std::string(NameOf(act)));
    if (act <= Act::kNote) {
      people_.Do(act);
    } else if (act <= Act::kAlone) {
      town_hall_.Do(act);
    } else if (act == Act::kContact) {
      StartSomeContact();
    } else if (act <= Act::kTime) {
      faults_.Do(act);
    } else {
      forger_.Do(act);
    }
  }

  void StartSomeContact() {
    std::vector<DeviceUnit*> idle;
    for (const auto& unit : world_.units) {
      if (world_.Reachable(*unit) && !unit->in_contact()) idle.push_back(unit.get());
    }
    if (!idle.empty()) world_.StartContact(*world_.chance.Pick(idle));
  }

  void MoveSome() {
    const uint64_t moves = world_.chance.Below(2 * uint64_t{world_.profile.moves_mean} + 1);
    for (uint64_t i = 0; i < moves && Fine(); ++i) {
      world_.now_ms += world_.chance.Between(1, 40);
      if (!world_.Move(World::Weather::kRough)) break;
    }
    world_.now_ms += world_.chance.Between(1'000, 600'000);
  }

  // Living devices, those of administrators first.
  std::vector<DeviceUnit*> Living() {
    std::vector<DeviceUnit*> living;
    for (v1::Role role : {v1::ROLE_ADMIN, v1::ROLE_UNSPECIFIED}) {
      for (const auto& unit : world_.units) {
        if (!unit->usable() || unit->destroyed) continue;
        const Person* person = world_.PersonOf(unit->user);
        const bool runs = person != nullptr && person->role == v1::ROLE_ADMIN;
        if (runs == (role == v1::ROLE_ADMIN)) living.push_back(unit.get());
      }
    }
    return living;
  }

  // After a restore families wait for every administrator; where one has no device any more, the
  // operator says so.
  void OpenGateIfNobodyCan() {
    if (!world_.server->gated()) return;
    const DirectoryFacts& directory = world_.checker->DirectoryNow();
    for (const Id& administrator : directory.Administrators()) {
      const std::vector<DeviceUnit*> living = Living();
      const bool can = std::any_of(living.begin(), living.end(), [&](DeviceUnit* unit) {
        return unit->user == administrator && directory.DeviceCounts(unit->id);
      });
      if (can) continue;
      world_.server->OpenGate();
      world_.Count("gates opened by the operator");
      return;
    }
  }

  // A person at each device says that what was forged may be forgotten.
  void AnswerStopped(DeviceUnit& device) {
    absl::StatusOr<v1::Attention> attention = device.client().ListAttention();
    if (!attention.ok()) return;
    for (const v1::AttentionItem& item : attention->items()) {
      if (item.kind() != v1::AttentionItem::STOPPED) continue;
      world_.Count("scopes stopped by a forgery");
      if (!world_.checker->WasForged(device, IdOf(item.scope()))) {
        world_.checker->Fail("P17", "scope " + IdOf(item.scope()).short_hex() +
                                        " is stopped, and nobody forged anything");
      }
      const absl::StatusOr<v1::Committed> resolved =
          device.client().Resolve(IdOf(item.id()), v1::Edits());
      if (!resolved.ok()) world_.checker->Fail("P17", "a stopped scope cannot be taken up again");
    }
  }

  // What is written in the last rounds nobody could hear of as archived.
  void Round(int round) {
    for (DeviceUnit* device : Living()) {
      world_.StartContact(*device);
      world_.Settle();
      if (!Fine()) return;
    }
    OpenGateIfNobodyCan();
    if (world_.archives && round < kQuietContacts - 2) {
      faults_.BackUp();
      for (size_t i = 0; i < world_.backups.size() + 1; ++i) faults_.Archive();
    }
    world_.now_ms += 2 * 3'600'000;
  }

  void BeQuiet() {
    world_.Say("quiet");
    world_.chance = Chance(settings_.seed ^ 0x5157'4945'5421);
    for (const auto& unit : world_.units) unit->offline_until_ms = 0;
    world_.now_ms += kLongestPlaceMs;  // nothing lapses in the middle of the quiet
    world_.Settle();
    for (DeviceUnit* device : Living()) {
      if (device->in_contact()) {
        world_.checker->Fail("P17", "a contact waits for nothing");
        return;
      }
      AnswerStopped(*device);
    }
    for (int round = 0; round < kQuietContacts && Fine(); ++round) Round(round);
    if (!Fine()) return;
    const std::vector<DeviceUnit*> living = Living();
    world_.checker->CheckQuiet(living, world_.server_ms());
    if (!Fine()) return;
    for (DeviceUnit* device : living) {
      world_.checker->LookAtScreens(*device, world_.chance, 12);
      if (Fine()) CheckOneRoundTrip(*device);
      if (!Fine()) return;
    }
  }

  // Nothing new costs one round trip. A file that nobody alive has is looked for now and then: the
  // contact after that one costs no more than any other.
  void CheckOneRoundTrip(DeviceUnit& device) {
    absl::StatusOr<client::Outbox::Counts> rows = device.store().outbox().Count();
    absl::StatusOr<client::Attachments::Owed> files = device.store().attachments().CountOwed();
    if (!rows.ok() || !files.ok() || rows->all > 0) return;
    for (int contacts = files->to_fetch > 0 ? 2 : 1; contacts > 0; --contacts) {
      world_.StartContact(device);
      world_.Settle();
    }
    if (!device.last_status.ok() || device.last_report.round_trips() != 1) {
      world_.checker->Fail("P17",
                           world_.NameOf(device) + " needs " +
                               std::to_string(device.last_report.round_trips()) +
                               " round trips when nothing is new, and ends " +
                               std::string(absl::StatusCodeToString(device.last_status.code())));
    }
  }

  RunOutcome Finish() {
    for (const auto& [scope, end] : world_.checker->server_ends()) {
      tape_.Record("end", View(end->hash));
    }
    for (const auto& unit : world_.units) {
      if (!unit->usable()) continue;
      for (const client::ScopeRow& row : unit->store().log().Scopes()) {
        tape_.Record("row", View(row.hash));
        tape_.Record("digest", View(row.state_digest));
        tape_.Record("flags", std::to_string(row.flags));
      }
    }
    outcome_.violations = world_.checker->violations();
    for (const Violation& violation : outcome_.violations) {
      tape_.Record("violation", violation.what);
    }
    outcome_.tape = tape_.Digest();
    outcome_.steps = tape_.LastSteps();
    return std::move(outcome_);
  }

  const RunSettings& settings_;
  RunOutcome outcome_;
  Tape tape_;
  World world_;
  People people_;
  TownHall town_hall_;
  Faults faults_;
  Forger forger_;
};

}  // namespace

RunOutcome Run(const RunSettings& settings, const Catalog& catalog, client::Verifier& verifier) {
  return OneRun(settings, catalog, verifier).Do();
}

}  // namespace doorstep::simulation
