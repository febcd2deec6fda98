// A typed read of one scope as it stands: every record of a type as its message, with the values in
// force. Records that an addendum calls entered in error are folded away, until another reinstates
// them; a person whom `same_as` names as another counts as that other. RESTRICTED values are never
// in it.
//
// Read as it is asked for and kept: one object serves one answer. Not thread-safe; the state must
// outlive it and not change meanwhile.
#ifndef DOORSTEP_MODEL_FACTS_H_
#define DOORSTEP_MODEL_FACTS_H_

#include <algorithm>
#include <any>
#include <cassert>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "doorstep/v1/records.pb.h"
#include "model/catalog.h"
#include "model/record.h"
#include "model/state.h"

namespace doorstep {

template <typename M>
struct Fact {
  const Record* record = nullptr;
  M in;  // the values in force

  const Id& id() const { return record->id; }
  uint64_t made_seq() const { return record->made_seq; }
  const Id& made_by() const { return record->made_actor; }
};

class Facts {
 public:
  explicit Facts(ScopeState& state) : state_(state) {}
  Facts(const Facts&) = delete;
  Facts& operator=(const Facts&) = delete;

  ScopeState& state() const { return state_; }
  const Id& scope() const { return state_.scope(); }

  // Every record of the type that is not folded away, made first, first.
  template <typename M>
  const std::vector<Fact<M>>& All();
  // nullptr: not here (yet), or folded away.
  template <typename M>
  const Fact<M>* Find(std::string_view id);
  // The same of a record of a type with many, of which few are asked for.
  template <typename M>
  std::optional<M> Read(std::string_view id);

  bool IsFoldedAway(const Id& record);
  // Records of the scope that are.
  uint32_t folded_away();

  // Whom an id of a person means: `same_as` followed. Zeros for no id.
  Id PersonOf(std::string_view id);

 private:
  static const RecordType& TypeOf(const google::protobuf::Descriptor& message);
  void Prepare();
  void ReadFolded();
  void ReadSame();

  ScopeState& state_;
  std::map<uint32_t, std::any> all_;  // by type: a vector<Fact<M>>
  bool prepared_ = false;
  std::set<Id> folded_;
  std::map<Id, Id> same_as_;
};

// The texts in force of an ASK or LATEST text field: several where nobody has settled them.
std::vector<std::string> TextsOf(const Record& record, uint32_t field);

// When and by whom a cell was last written; seq 0 where it never was.
struct LastWrite {
  uint64_t seq = 0;
  Id actor;
};
LastWrite LastWriteOf(const Record& record, uint32_t field);

// Text of a code without the prefix of its enum: CodeName(v1::Visit::STATE_PLANNED, …) is
// "PLANNED"; the number for one that this build does not know, "" for 0.
std::string CodeName(const google::protobuf::EnumDescriptor& codes, int number);

template <typename M>
const std::vector<Fact<M>>& Facts::All() {
  Prepare();
  const RecordType& type = TypeOf(*M::descriptor());
  std::any& kept = all_[type.number];
  if (!kept.has_value()) {
    std::vector<Fact<M>> facts;
    state_.ForEach(type.number, [&](const Record& record) {
      if (folded_.contains(record.id)) return;
      Fact<M> fact{&record, {}};
      if (ParseInForce(record, type, fact.in)) facts.push_back(std::move(fact));
    });
    std::sort(facts.begin(), facts.end(), [](const Fact<M>& a, const Fact<M>& b) {
      return std::pair(a.made_seq(), a.id()) < std::pair(b.made_seq(), b.id());
    });
    kept = std::move(facts);
  }
  return *std::any_cast<std::vector<Fact<M>>>(&kept);
}

template <typename M>
const Fact<M>* Facts::Find(std::string_view id) {
  for (const Fact<M>& fact : All<M>()) {
    if (fact.id().view() == id) return &fact;
  }
  return nullptr;
}

template <typename M>
std::optional<M> Facts::Read(std::string_view id) {
  std::optional<Id> named = Id::FromBytes(id);
  if (!named) return std::nullopt;
  const RecordType& type = TypeOf(*M::descriptor());
  const Record* record = state_.Find(type.number, *named);
  M message;
  if (record == nullptr || !ParseInForce(*record, type, message)) return std::nullopt;
  return message;
}

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_FACTS_H_
