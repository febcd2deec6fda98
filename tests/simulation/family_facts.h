// The checker's own view of a family at an entry of its log, and the rights that follow from it and
// from the directory. Written from the design's sentences, not from model/authority.
#ifndef DOORSTEP_TESTS_SIMULATION_FAMILY_FACTS_H_
#define DOORSTEP_TESTS_SIMULATION_FAMILY_FACTS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "doorstep/v1/records.pb.h"
#include "model/record_id.h"
#include "tests/simulation/directory_facts.h"
#include "tests/simulation/entry_book.h"

namespace doorstep::simulation {

struct AssignmentFacts {
  Id user;
  v1::Assignment::Relation relation{};
  bool restricted = false;
  int64_t until_ms = INT64_MAX;
  bool open = false;
  uint64_t made_seq = 0;
  Id made_actor;

  bool OpenAt(int64_t now_ms) const { return open && now_ms < until_ms; }
};

enum class Outcome : uint8_t { kWaiting, kReleased, kDeclined };

struct HeldFacts {
  const Node* node = nullptr;
  Outcome outcome = Outcome::kWaiting;
};

struct FamilyFacts {
  bool founded = false;
  uint64_t founded_seq = 0;  // of the entry whose changeset made the Family record
  Id team;
  std::set<Id> barred;
  std::map<Id, AssignmentFacts> assignments;
  std::map<Id, HeldFacts> held;                  // by uid
  std::vector<std::pair<uint32_t, Id>> records;  // that have come into being, ascending

  bool Has(uint32_t type, const Id& record) const;
  // The first waiting changeset that says it founds the family; null when it is founded already.
  const Node* FirstEntry() const;
};

const FamilyFacts& FamilyAt(const Node* end);

// ---- Rights ------------------------------------------------------------------------------------

bool RelationFits(const DirectoryFacts& directory, const Id& user,
                  v1::Assignment::Relation relation);
// Letters of a person's open places in a founded family; 0: none, or barred.
WhoSet LettersIn(const DirectoryFacts& directory, const FamilyFacts& family, const Id& user,
                 int64_t now_ms);
enum class Asked { kOffered, kWanted };
bool MayBeServed(const DirectoryFacts& directory, const FamilyFacts& family, const Id& device,
                 int64_t now_ms, Asked asked);
// Who reads what is sealed, now: people whose open place says `restricted`; a supervisor's that
// they made for themselves later counts once another of them has approved it.
std::set<Id> SealedReaders(const DirectoryFacts& directory, const Node* end, int64_t now_ms);
// Whether any place of the person's is open and not lapsed, roles apart.
bool HasOpenPlace(const FamilyFacts& family, const Id& user, int64_t now_ms);

// The Family record of a changeset for its own scope, if it holds one.
std::optional<v1::Family> FoundedBy(const v1::Changeset& body);
// Whether a changeset may found its scope: the scope's id is made from it.
bool HasFamilyId(const Id& tenant, const v1::Changeset& body);
// Held uids that a changeset's Decisions settle: uid, and whether to release.
std::vector<std::pair<Id, bool>> DecisionsOf(const v1::Changeset& body);

// Why an applied entry had no authority at its place in the log (P11): identity, place, role.
// nullopt: it had. `directory` is the directory at the place that the entry names.
std::optional<std::string> WithoutAuthority(const EntryBook& book, const DirectoryFacts& directory,
                                            const Node& entry);

}  // namespace doorstep::simulation

#endif  // DOORSTEP_TESTS_SIMULATION_FAMILY_FACTS_H_
