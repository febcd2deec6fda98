// What a taken server, and people with a certificate and no right, try. A taken server holds the
// log key and sees everything that passes; it has no device's key. The stranger has a counting
// device and no place anywhere, and lends it.
#ifndef DOORSTEP_TESTS_SIMULATION_FORGER_H_
#define DOORSTEP_TESTS_SIMULATION_FORGER_H_

#include <optional>
#include <vector>

#include "tests/simulation/genesis.h"
#include "tests/simulation/world.h"

namespace doorstep::simulation {

class Forger {
 public:
  explicit Forger(World& world) : world_(world) {}

  // One act of Act::kForgePage … kStealFamily.
  void Do(Act act);

 private:
  Pen PenOf(const RawDevice& raw) const {
    return {world_.tenant, raw.device, raw.user, raw.sign_seed};
  }
  // Takes a pull of this device away from the server and answers it with these frames.
  bool Answer(DeviceUnit& device, const std::vector<v1::PullFrame>& frames);
  v1::PullFrame Hello() const;
  // A page with one entry after what the device stores, signed as the server signs.
  std::optional<v1::PullFrame> Page(DeviceUnit& device, const Id& scope, const Changeset& changeset,
                                    const std::vector<Id>& released) const;
  std::optional<Id> AnyFamilyOf(DeviceUnit& device);

  void ForgePage();
  void ForgeReleased();
  void ForgeEnded();
  void ForgeAdopt();
  void Push(const RawDevice& raw);
  void Pull(const RawDevice& raw);
  void StealUid();
  void StealFamily();
  v1::Changeset PlaceForSelf(const RawDevice& raw, const Id& family,
                             v1::Assignment::Relation relation);
  v1::Changeset WordsOf(const Pen& pen, const Id& family);
  void Admit(const Changeset& changeset, const Id& bearer);

  World& world_;
};

}  // namespace doorstep::simulation

#endif  // DOORSTEP_TESTS_SIMULATION_FORGER_H_
