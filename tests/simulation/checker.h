// The judge of a run. It keeps its own record of what was made, what the server has, what each disk
// has had and what was destroyed, and compares it with what the cores say. It shares nothing with
// them but the protos and the hash function.
#ifndef DOORSTEP_TESTS_SIMULATION_CHECKER_H_
#define DOORSTEP_TESTS_SIMULATION_CHECKER_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "doorstep/v1/client.pb.h"
#include "doorstep/v1/sync.pb.h"
#include "tests/simulation/device_unit.h"
#include "tests/simulation/directory_facts.h"
#include "tests/simulation/entry_book.h"
#include "tests/simulation/family_facts.h"
#include "tests/simulation/server_unit.h"

namespace doorstep::simulation {

struct Violation {
  std::string invariant;  // "P1"
  std::string what;       // ids shortened, nothing of any record
};

// Somebody's changeset, from the moment a core said it was saved.
struct MadeChangeset {
  v1::Changeset body;
  Id scope;
  std::set<size_t> disks;  // units that have had it and were not destroyed since
  bool on_server = false;  // the server's disk has had it and has not been put back since
  bool stolen = false;     // somebody else took its uid
};

class Checker {
 public:
  struct Parts {
    Id tenant;
    Id root;
    ServerUnit& server;
    std::map<std::string, uint64_t>& coverage;
  };
  explicit Checker(const Parts& parts);

  const std::vector<Violation>& violations() const { return violations_; }
  const EntryBook& book() const { return book_; }
  const std::map<Id, MadeChangeset>& made() const { return made_; }
  // The end of the server's log of a scope; null: it has none.
  const Node* ServerEnd(const Id& scope) const;
  const std::map<Id, const Node*>& server_ends() const { return ends_; }
  const DirectoryFacts& DirectoryNow() const;

  // ---- What happens ----
  // A core answered a commit.
  void Made(DeviceUnit& device, const v1::Committed& committed);
  // The server has new entries in these scopes. What it adopts somebody must have served before.
  enum class By { kPush, kAdopt };
  void ServerMoved(const std::vector<Id>& scopes, By by);
  void ServerPutBack();
  void FrameSent(const Id& device, const v1::PullFrame& frame, int64_t server_ms);
  // Something may have changed on this device's disk.
  void DeviceMoved(DeviceUnit& device);
  // Its disk was put back, destroyed (before it happens), or copied from another's.
  void DeviceRolledBack(DeviceUnit& device);
  void DeviceDestroyed(DeviceUnit& device);
  void DeviceCopied(DeviceUnit& from, DeviceUnit& to);
  // Who was a reader of a family's sealed values at some end of its log.
  void NoteReaders(const Id& scope, int64_t server_ms);
  // A forgery was handed to this unit for this scope: it may have stopped.
  void Forged(const DeviceUnit& device, const Id& scope) {
    forged_.insert({device.index(), scope});
  }
  bool WasForged(const DeviceUnit& device, const Id& scope) const {
    return forged_.contains({device.index(), scope});
  }
  void Stolen(const Id& uid);
  // Ends of logs that a server was put back before.
  const std::vector<const Node*>& LostEnds() const { return lost_ends_; }
  // Whether a verified copy has held this uid: then the archive answers for it.
  void NoteArchived(const std::vector<server::ArchivedHead>& heads);

  // What a person's screens show of this device's families now (P7, P8, P9, P10).
  void LookAtScreens(DeviceUnit& device, Chance& chance, size_t records);

  // ---- When nothing goes wrong any more (checker_quiet.cc) ----
  // `alive`: units that still run.
  void CheckQuiet(const std::vector<DeviceUnit*>& alive, int64_t server_ms);

  void Fail(std::string_view invariant, const std::string& what);

 private:
  struct Seen {  // of a scope on a device
    const Node* end = nullptr;
    uint32_t flags = 0;
  };
  struct UnitRecord {
    std::map<Id, Seen> scopes;
    std::set<Id> pending;  // own changesets not yet seen in a log here
  };

  void TakeServerLog(const Id& scope, By by);
  // Every entry that the server stores is the one it once served there.
  void CheckWholeLog(const Id& scope);
  void CheckAppended(const Node& node);
  void CheckReleased(const Node& node);
  void NoteDigest(const Node* end, const Hash32& digest, const std::string& whose);
  const Node* TakeDeviceLog(DeviceUnit& device, const client::ScopeRow& row, const Node* from);
  void CheckLostEntries(DeviceUnit& device, const Id& scope, const Node* from, const Node* to);
  void CheckPending(DeviceUnit& device);
  void CheckPurged(DeviceUnit& device, const Id& scope, const Node* before);
  bool HasReceipt(DeviceUnit& device, const Id& family) const;
  bool PlaceEnded(DeviceUnit& device, const Id& scope, const Id& assignment,
                  const AssignmentFacts& facts) const;
  bool ArchiveHolds(const Id& uid) const { return archived_.contains(uid); }
  bool InOutbox(DeviceUnit& device, const Id& uid) const;
  void LookAtRecord(DeviceUnit& device, const Id& scope, uint32_t type, const Id& record,
                    const ScopeTruth& truth);
  void LookAtPlan(DeviceUnit& device, const Node* end, const Id& plan);

  // checker_quiet.cc
  void CheckEverythingArrived(const std::vector<DeviceUnit*>& alive);
  bool MayStillWait(DeviceUnit& device, const client::OutboxRow& row, int64_t server_ms) const;
  bool WillNotTakeUp(DeviceUnit& device, const Id& scope, int64_t server_ms) const;
  std::string StandingOf(const Id& uid) const;
  void CheckOutbox(DeviceUnit& device, int64_t server_ms);
  void CheckCopies(DeviceUnit& device, int64_t server_ms);
  // Sealed values: every reader can open what any living reader can, and nobody who never was one.
  void CheckSealed(const std::vector<DeviceUnit*>& alive, const Id& scope, const Node* end,
                   int64_t server_ms);
  void CheckServerState(const Id& scope, const Node* end);
  void CheckNothingLeft(DeviceUnit& device);

  Parts parts_;
  EntryBook book_;
  std::map<Id, const Node*> ends_;  // the server's
  std::vector<const Node*> lost_ends_;
  std::map<Id, const Node*> where_;  // uid to its place in the server's logs
  std::map<Id, MadeChangeset> made_;
  std::map<size_t, UnitRecord> units_;
  std::set<std::pair<size_t, Id>> forged_;
  std::map<Id, std::set<Id>> readers_ever_;    // of sealed values, by family
  std::set<Id> archived_;                      // uids that a verified copy holds
  std::vector<const v1::Changeset*> endings_;  // made changesets that end an Assignment
  std::vector<Violation> violations_;
};

}  // namespace doorstep::simulation

#endif  // DOORSTEP_TESTS_SIMULATION_CHECKER_H_
