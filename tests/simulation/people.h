// What people do at their devices with the families they see, online or not.
#ifndef DOORSTEP_TESTS_SIMULATION_PEOPLE_H_
#define DOORSTEP_TESTS_SIMULATION_PEOPLE_H_

#include <optional>
#include <utility>
#include <vector>

#include "tests/simulation/values.h"
#include "tests/simulation/world.h"

namespace doorstep::simulation {

class People {
 public:
  explicit People(World& world) : world_(world) {}

  // One act of Act::kBeginFamily … kNote, by somebody who can; nothing happens when nobody can.
  void Do(Act act);
  // A family begun by a worker if possible; how a run starts.
  void BeginFamily(DeviceUnit& device);

 private:
  struct Desk {  // a device and a family seen on it
    DeviceUnit* device = nullptr;
    Id family;
  };
  std::vector<Id> FamiliesOn(DeviceUnit& device);
  std::optional<Desk> AnyDesk(std::optional<v1::Role> role = std::nullopt);
  // Records of a type that are seen there.
  std::vector<Id> RecordsOf(const Desk& desk, uint32_t type);
  std::optional<Id> AnyRecord(const Desk& desk, uint32_t type);
  ValueMaker MakerFor(const Desk& desk);
  v1::Edits EditsFor(const Desk& desk);
  uint64_t StateOf(const Desk& desk, uint32_t type, const Id& record);
  Id AnyStaff(v1::Role role);

  void EditRecord(const Desk& desk);
  void EditFromOldScreen(const Desk& desk);
  void WritePlan(const Desk& desk);
  void DecidePlan(const Desk& desk);
  void HandOver(const Desk& desk);
  void EndPlace(const Desk& desk);
  void GivePlace(const Desk& desk);
  void Bar(const Desk& desk);
  void Protect(const Desk& desk);
  void WriteRestricted(const Desk& desk);
  void DecideHeld(const Desk& desk);
  void Settle(const Desk& desk);
  void Draft(const Desk& desk);
  void Visit(const Desk& desk);
  void Chain(const Desk& desk);
  void LateWork(const Desk& desk);
  void DecideAll(const Desk& desk, std::vector<Id> waiting);
  std::vector<Id> WaitingOn(const Desk& desk);
  void Look(DeviceUnit& device);
  void Note(DeviceUnit& device);
  v1::RecordEdit Place(const Id& user, v1::Assignment::Relation relation,
                       v1::Assignment::Reason reason);

  World& world_;
};

}  // namespace doorstep::simulation

#endif  // DOORSTEP_TESTS_SIMULATION_PEOPLE_H_
