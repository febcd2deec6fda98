// A small authority: its people and their devices, one server, the network between them. It decides
// nothing: people.cc, town_hall.cc, faults.cc and forger.cc do things to it, one at a time.
#ifndef DOORSTEP_TESTS_SIMULATION_WORLD_H_
#define DOORSTEP_TESTS_SIMULATION_WORLD_H_

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "doorstep/v1/records.pb.h"
#include "tests/simulation/chance.h"
#include "tests/simulation/checker.h"
#include "tests/simulation/device_unit.h"
#include "tests/simulation/messages.h"
#include "tests/simulation/profile.h"
#include "tests/simulation/server_unit.h"
#include "tests/simulation/tape.h"

namespace doorstep::simulation {

struct Person {
  Id user;
  v1::Role role{};
  Id team;
  bool stranger = false;  // has a device that counts and no family: tries what is not theirs
};

// Keys that no client core holds: of the stranger, and of devices that were never approved.
struct RawDevice {
  Id device;
  Id user;
  Secret sign_seed;
  Secret box_seed;
};

// What a person had on the screen some time ago and may still write over.
struct OpenScreen {
  Id scope;
  uint32_t type = 0;
  Id record;
  uint32_t field = 0;
  std::vector<v1::OpId> shown;
};

class World {
 public:
  struct Parts {
    const Catalog& catalog;
    client::Verifier& verifier;
    Tape& tape;
    std::map<std::string, uint64_t>& coverage;
  };
  World(const Parts& parts, const Profile& profile, uint64_t seed);

  // Genesis, and a first contact of everybody, with nothing going wrong.
  void Begin();

  // ---- Devices ----
  DeviceUnit& AddUnit();
  DeviceUnit& unit(size_t index) { return *units[index]; }
  // Usable, not destroyed, and not offline.
  bool Reachable(const DeviceUnit& unit) const;
  // Of people with that role; whose device may write.
  std::vector<DeviceUnit*> UsableUnits(std::optional<v1::Role> role = std::nullopt);
  DeviceUnit* AnyUsable(std::optional<v1::Role> role = std::nullopt);
  const Person* PersonOf(const Id& user) const;

  // ---- The network ----
  void StartContact(DeviceUnit& unit);
  // Whatever the contact asks goes into the network; a contact that is done is put away.
  void Pump(DeviceUnit& unit);
  // One message moves, and may meet with an accident. False: nothing is under way.
  enum class Weather { kCalm, kRough };
  bool Move(Weather weather);
  // Until nothing moves.
  void Settle();
  // The unit has died or hung up: what it waited for is dropped.
  void Forget(DeviceUnit& unit);
  // Opens it again on what its disk holds, if it was to die in one of its commits and has.
  void ReopenIfDead(DeviceUnit& unit);
  void FailPulls();

  // ---- The server ----
  void ServerMoved(const std::vector<Id>& scopes, Checker::By by = Checker::By::kPush);
  void HandleAtServer(RequestMessage request);

  // A person's edits. False when the core refused them outright.
  bool Commit(DeviceUnit& unit, const v1::Edits& edits, std::string_view what);

  void Say(std::string step) { parts.tape.Step(std::move(step)); }
  void Count(std::string_view what, uint64_t n = 1) { parts.coverage[std::string(what)] += n; }
  Id NewId();
  int32_t today() const { return static_cast<int32_t>(now_ms / 86'400'000); }
  std::string NameOf(const DeviceUnit& unit) const { return "D" + std::to_string(unit.index()); }

  Parts parts;
  Profile profile;
  Chance chance;
  int64_t now_ms = 1'795'000'000'000;
  int64_t server_offset_ms = 0;
  int64_t server_ms() const { return now_ms + server_offset_ms; }

  Id tenant;
  Secret root_seed;
  PublicKey root_pk{};
  std::vector<Id> teams;
  std::vector<Person> people;
  std::unique_ptr<ServerUnit> server;
  std::vector<std::unique_ptr<DeviceUnit>> units;
  RawDevice stranger;
  std::vector<RawDevice> unapproved;
  std::unique_ptr<Checker> checker;

  bool archives = true;        // this authority verifies its copies
  std::deque<Backup> backups;  // oldest first; the first verified one is the floor
  std::optional<Backup> standby;

  std::vector<RequestMessage> up;
  std::map<size_t, std::deque<AnswerMessage>> down;
  std::map<size_t, OpenScreen> screens;       // by unit
  std::map<size_t, v1::PullFrame> old_ended;  // an Ended each unit was once told
  std::vector<SignedHead> heads_seen;         // signed by the server, for who wants to show them

 private:
  void MakePeople();
  void MakeGenesis();
  bool MoveUp(size_t index, Weather weather);
  void MovePull(size_t index, Weather weather);
  void MoveDown(DeviceUnit& unit, Weather weather);
  void FailCall(const RequestMessage& request);
};

}  // namespace doorstep::simulation

#endif  // DOORSTEP_TESTS_SIMULATION_WORLD_H_
