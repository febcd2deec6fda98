// The checker's own view of the directory at an entry of its log: who counts, who supervises, who
// may be served. Written from the design's sentences, not from model/authority.
#ifndef DOORSTEP_TESTS_SIMULATION_DIRECTORY_FACTS_H_
#define DOORSTEP_TESTS_SIMULATION_DIRECTORY_FACTS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "doorstep/v1/records.pb.h"
#include "model/record_id.h"
#include "tests/simulation/entry_book.h"
#include "tests/simulation/schema_facts.h"

namespace doorstep::simulation {

// A record of the directory that counts once a second person has approved it.
struct Standing {
  uint64_t state = 0;      // of its machine; 1 is ACTIVE
  Id author;               // zeros: the root
  bool appointed = false;  // its author might make it, when it was made
  bool counts = false;     // approved, or the root's; its state apart
  std::string digest;      // of its version

  bool Counting() const { return counts && state == 1; }
};

struct DeviceFacts : Standing {
  Id user;
};
struct RoleFacts : Standing {
  Id user;
  v1::Role role{};
  Id team;
  uint64_t made_seq = 0;
};

struct DirectoryFacts {
  Id root;
  std::map<Id, uint64_t> staff;  // to state
  std::map<Id, DeviceFacts> devices;
  std::map<Id, RoleFacts> roles;
  std::map<Id, uint64_t> last_word;  // of a Device or StaffMember: the entry that last wrote it
  std::set<Id> known;                // recorded, applied or held

  bool StaffActive(const Id& user) const;
  bool DeviceCounts(const Id& device) const;
  bool HasRole(const Id& user, v1::Role role) const;
  Id TeamOf(const Id& user) const;  // of the last role made, ended or not
  std::set<Id> SupervisorsOf(const Id& team) const;
  std::set<Id> Administrators() const;
  // Letters under which this device writes into the directory; 0: none.
  WhoSet LettersOf(const Id& device, const Id& user) const;
  // How far an ended device is served.
  uint64_t LastWordOn(const Id& device) const;
};

// At the end of that entry; of null the empty directory. `root`: id of the pinned root.
const DirectoryFacts& DirectoryAt(const EntryBook& book, const Id& root, const Node* end);

// The version digest of a subject in that scope, with everything that is part of it.
std::string VersionOf(const Id& tenant, const Id& scope, uint32_t type, const Id& subject,
                      const ScopeTruth& truth);

}  // namespace doorstep::simulation

#endif  // DOORSTEP_TESTS_SIMULATION_DIRECTORY_FACTS_H_
