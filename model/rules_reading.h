// How rules read the records of a scope: as messages, by the values in force.
#ifndef DOORSTEP_MODEL_RULES_READING_H_
#define DOORSTEP_MODEL_RULES_READING_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "doorstep/v1/annotations.pb.h"
#include "model/record.h"
#include "model/rules.h"

namespace doorstep {

// The measure, in every rule-set, under which a supervisor records the threshold of social work: a
// STATE whose first number is 1 where it is met.
inline constexpr uint32_t kThresholdMeasure = 72;

// The number of a record's message.
template <typename M>
uint32_t TypeOf() {
  static const uint32_t number = M::descriptor()->options().GetExtension(v1::record).number();
  return number;
}

template <typename M>
std::optional<M> ReadRecord(const Record& record) {
  const RecordType* type = Catalog::Get().Find(TypeOf<M>());
  M message;
  if (type == nullptr || !ParseInForce(record, *type, message)) return std::nullopt;
  return message;
}

// nullopt when it is not here.
template <typename M>
std::optional<M> Read(const Case& c, const Id& id) {
  const Record* record = c.after.Find(TypeOf<M>(), id);
  if (record == nullptr) return std::nullopt;
  return ReadRecord<M>(*record);
}

// Whether a record has been entered in error and not been reinstated since: it counts no more.
bool IsInError(const Case& c, const Id& id);

// Whether one of the records of this type that count is so. `wanted(record, message)`.
template <typename M, typename Wanted>
bool AnyOf(const Case& c, Wanted wanted) {
  bool found = false;
  c.after.ForEach(TypeOf<M>(), [&](const Record& record) {
    if (found) return;
    std::optional<M> message = ReadRecord<M>(record);
    found = message && wanted(record, *message) && !IsInError(c, record.id);
  });
  return found;
}

// Whether a change writes this field, to a value or to none.
bool Writes(const v1::RecordChange& change, uint32_t field);

// Full years from one day to another, as people count birthdays; one of 29 February has them on 1
// March.
int YearsBetween(int32_t from_on, int32_t to_on);

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_RULES_READING_H_
