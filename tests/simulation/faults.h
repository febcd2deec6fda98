// What goes wrong by itself: crashes, lost disks, old copies put back, standbys that lag, time.
#ifndef DOORSTEP_TESTS_SIMULATION_FAULTS_H_
#define DOORSTEP_TESTS_SIMULATION_FAULTS_H_

#include "tests/simulation/world.h"

namespace doorstep::simulation {

class Faults {
 public:
  explicit Faults(World& world) : world_(world) {}

  // One act of Act::kCrashDevice … kTime.
  void Do(Act act);
  // The server comes back on another disk; what it had in memory and under way is gone.
  void PutServerBack(const std::string& image, ServerUnit::Told told);
  // A copy is finished, verified, and what it holds is marked.
  void Archive();
  void BackUp();

 private:
  void CrashDevice();
  void CrashServer();
  void CutContact();
  void Restore();
  void Promote();
  void RestoreDevice();
  void CopyDevice();
  void DestroyDevice();

  World& world_;
};

}  // namespace doorstep::simulation

#endif  // DOORSTEP_TESTS_SIMULATION_FAULTS_H_
