// What administrators and second persons do in the directory: invite and confirm devices, approve
// them, give and end roles, revoke, suspend.
#ifndef DOORSTEP_TESTS_SIMULATION_TOWN_HALL_H_
#define DOORSTEP_TESTS_SIMULATION_TOWN_HALL_H_

#include <optional>
#include <string>
#include <vector>

#include "tests/simulation/world.h"

namespace doorstep::simulation {

class TownHall {
 public:
  explicit TownHall(World& world) : world_(world) {}

  // One act of Act::kInvite … kAlone.
  void Do(Act act);

 private:
  void Invite(DeviceUnit& administrator);
  // From record to counting without anything in between.
  void BringIn(DeviceUnit& administrator, DeviceUnit& made);
  void Hire(DeviceUnit& administrator);
  void Approve(DeviceUnit& device);
  // A command on a standing record of the directory.
  void Command(DeviceUnit& administrator, uint32_t type, uint64_t from, uint64_t to,
               std::string_view what);
  void Alone(DeviceUnit& administrator);
  v1::Edits DirectoryEdits() const;
  v1::RecordEdit DeviceRecord(const Id& id, const Id& user, const std::string& sign_pk,
                              const std::string& box_pk, const std::string& spki) const;

  World& world_;
};

}  // namespace doorstep::simulation

#endif  // DOORSTEP_TESTS_SIMULATION_TOWN_HALL_H_
