// Random values that the schema allows. Every text of a family carries the family's own word, which
// stands nowhere else: where the word is found, something of the family is.
#ifndef DOORSTEP_TESTS_SIMULATION_VALUES_H_
#define DOORSTEP_TESTS_SIMULATION_VALUES_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "doorstep/v1/client.pb.h"
#include "model/catalog.h"
#include "model/record_id.h"
#include "tests/simulation/chance.h"

namespace doorstep::simulation {

// Nine letters that follow from the id.
std::string WordOf(const Id& scope);

struct ValueMaker {
  Chance& chance;
  std::string word;  // of the family that is written
  int32_t today = 0;
  // A record of that type that a person could point at; nullopt: there is none.
  std::function<std::optional<Id>(uint32_t type)> refer;

  // One element of this field (of a repeated FIXED or ASK field, all of its value).
  std::string Make(const FieldType& field) const;
  std::string Text(size_t most) const;

 private:
  std::string Element(const FieldType& field) const;
};

// A record with all it must have and some of what it may have; a first state where it has a
// machine.
v1::RecordEdit MakeRecord(const ValueMaker& maker, const RecordType& type);
// Some words or facts of a record that is there, never its state.
std::optional<v1::RecordEdit> ChangeRecord(const ValueMaker& maker, const RecordType& type,
                                           const Id& id);
v1::FieldEdit& AddField(v1::RecordEdit& record, uint32_t field, std::string value,
                        v1::FieldEdit::How how = v1::FieldEdit::REPLACE);

}  // namespace doorstep::simulation

#endif  // DOORSTEP_TESTS_SIMULATION_VALUES_H_
