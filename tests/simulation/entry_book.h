// Every entry that any server ever gave a place, as a tree: an entry knows the one before it, so a
// log is a pointer to its end, and histories that parted share what they have in common. Hashes are
// computed here anew, from the formulas.
#ifndef DOORSTEP_TESTS_SIMULATION_ENTRY_BOOK_H_
#define DOORSTEP_TESTS_SIMULATION_ENTRY_BOOK_H_

#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/bytes.h"
#include "doorstep/v1/change.pb.h"
#include "model/record_id.h"

namespace doorstep::simulation {

struct DirectoryFacts;
struct FamilyFacts;

struct Node {
  Id tenant;
  Id scope;
  uint64_t seq = 0;
  Hash32 hash{};
  const Node* before = nullptr;  // null at 1
  v1::LogEntry wire;
  v1::Changeset body;
  v1::EntryMeta meta;
  Id uid, device, actor;
  bool served_by_server = false;  // an honest server appended it

  // Folded when first asked for (directory_facts.h, family_facts.h).
  mutable std::shared_ptr<const DirectoryFacts> directory;
  mutable std::shared_ptr<const FamilyFacts> family;
  // The digest that some core signed or stored at this end (P6).
  mutable std::optional<Hash32> digest;

  bool applied() const { return meta.verdict() == v1::APPLIED; }
};

class EntryBook {
 public:
  explicit EntryBook(const Id& tenant) : tenant_(tenant) {}

  const Id& tenant() const { return tenant_; }
  // The entry that `wire` makes after `before`; the same again is the same node. Null when the
  // bytes are no entry, or its number is not the next.
  Node* Add(const Id& scope, const Node* before, const v1::LogEntry& wire);
  const Node* Find(const Id& scope, const Hash32& hash) const;
  // The entry of the directory with this number and beginning of a hash. Null: none was made.
  const Node* FindPlace(const Id& scope, uint64_t seq, uint64_t short_hash) const;
  Hash32 EmptyHash(const Id& scope) const;

 private:
  Id tenant_;
  std::map<std::pair<Id, Hash32>, std::unique_ptr<Node>> nodes_;
  std::map<std::tuple<Id, uint64_t, uint64_t>, const Node*> places_;
};

// From the first to `end`.
std::vector<const Node*> ChainTo(const Node* end);
// The entry with that number on the way to `end`; null when there is none.
const Node* AncestorAt(const Node* end, uint64_t seq);
bool IsAncestor(const Node* earlier, const Node* later);
uint64_t ShortHashOf(const Hash32& hash);

// ---- What is live ------------------------------------------------------------------------------
// Not a fold: the set of all writes that took effect, less those that one of them names. So it
// knows no order, and finds a core that does.

struct OpName {
  Id uid;
  uint32_t index = 0;
  friend auto operator<=>(const OpName&, const OpName&) = default;
};
inline OpName NameOf(const v1::OpId& op) {
  return {Id::FromBytes(op.uid()).value_or(Id{}), op.index()};
}

struct LiveValue {
  OpName op;
  Id actor;
  uint64_t seq = 0;
  std::string_view value;  // into the node
};

struct CellKey {
  uint32_t type = 0;
  Id record;
  uint32_t field = 0;
  friend auto operator<=>(const CellKey&, const CellKey&) = default;
};

struct CellTruth {
  std::vector<LiveValue> live;  // ascending by (seq, index)
  std::set<OpName> named;       // by writes of this cell that took effect
};

using ScopeTruth = std::map<CellKey, CellTruth>;

// A changeset that takes effect beside the log: a row of an outbox.
struct ExtraChangeset {
  const v1::Changeset* body = nullptr;
  uint64_t seq = 0;
};
// `only_type` 0: every type.
ScopeTruth TruthAt(const Node* end, uint32_t only_type = 0,
                   const std::vector<ExtraChangeset>& extra = {});

}  // namespace doorstep::simulation

#endif  // DOORSTEP_TESTS_SIMULATION_ENTRY_BOOK_H_
