// A family at work, for tests of rules: the people around it, and records written as messages.
#ifndef DOORSTEP_TESTS_MODEL_CASEWORK_H_
#define DOORSTEP_TESTS_MODEL_CASEWORK_H_

#include <string>
#include <utility>
#include <vector>

#include "google/protobuf/message.h"
#include "model/rule_facts.h"
#include "tests/model/town.h"

namespace doorstep {

// Every field that is set becomes a write; one for each element of a UNION.
v1::RecordChange ChangeOf(const Id& id, const google::protobuf::Message& message);

struct Casework {
  explicit Casework(uint64_t seed = 5);

  // APPLIED answers HELD_REASON_UNSPECIFIED; what was held says in `because` what was missing.
  v1::HeldReason Push(const Hand& hand, std::vector<v1::RecordChange> changes);
  // The same, not kept.
  v1::HeldReason Try(const Hand& hand, std::vector<v1::RecordChange> changes);
  // A new record of the family, its id in `id`.
  template <typename M>
  v1::RecordChange New(const M& message, Id* id = nullptr) {
    Id made = town.NewId();
    if (id != nullptr) *id = made;
    return ChangeOf(made, message);
  }
  // Writes one field again, naming what is live in it.
  v1::RecordChange Again(uint32_t type, const Id& id, uint32_t field, std::string value);
  // A step of the record's machine; `facts` go with it.
  v1::RecordChange Step(uint32_t type, const Id& id, uint32_t to, std::vector<Put> facts = {});
  v1::RecordChange Place(const Hand& hand, v1::Assignment::Relation relation);

  Town town;
  Hand ana;      // the lead
  Hand officer;  // programme
  Hand auditor;
  Hand keeper;  // records officer
  Hand second;  // another supervisor
  Id activation;
  Id child;
  Id parent;
  Changeset first;
  ScopeLog log;
  std::string because;
  const RuleSetFacts* rule_sets = nullptr;
  const ArrivedFiles* files = nullptr;
};

}  // namespace doorstep

#endif  // DOORSTEP_TESTS_MODEL_CASEWORK_H_
