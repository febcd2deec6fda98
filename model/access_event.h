// That somebody looked at a family: the record that a device writes into its own journal, read and
// written. A view of one type of record, for the client that records and the office that is asked.
#ifndef DOORSTEP_MODEL_ACCESS_EVENT_H_
#define DOORSTEP_MODEL_ACCESS_EVENT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "doorstep/v1/records.pb.h"
#include "model/record.h"
#include "model/state.h"

namespace doorstep {

inline constexpr size_t kLookedRecordsMax = 256;  // of one event; then a new one begins

struct Looking {
  Id family;
  Id assignment;  // under which; zeros: none is known
  int64_t opened_ms = 0;
  int64_t closed_ms = 0;  // 0: not said
  v1::AccessEvent::Purpose purpose = v1::AccessEvent::PURPOSE_WORK;
  std::set<v1::AccessEvent::Acts> acts;
  std::set<Id> records;  // at most kLookedRecordsMax
  bool restricted_opened = false;
  bool offline = false;
  std::string recipient;  // of a print, export or copy
};

uint32_t AccessEventType();
v1::RecordChange AccessEventOf(const Id& id, const Looking& looking);
// nullopt for a record of another type, or one that names no family.
std::optional<Looking> LookingIn(const Record& record);
// Why the holder of such a place opens a family.
v1::AccessEvent::Purpose PurposeOf(v1::Assignment::Relation relation);
// "VIEW", "print": 0 for another word.
v1::AccessEvent::Acts ActNamed(std::string_view name);
// By number; "" for one that this build does not know.
std::string ActName(uint32_t act);
std::string PurposeName(uint32_t purpose);

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_ACCESS_EVENT_H_
