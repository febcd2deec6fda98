#include "model/rules_reading.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace doorstep {

bool IsInError(const Case& c, const Id& id) {
  bool in_error = false;
  std::pair<uint64_t, Id> last;
  c.after.ForEach(TypeOf<v1::Addendum>(), [&](const Record& record) {
    std::optional<v1::Addendum> addendum = ReadRecord<v1::Addendum>(record);
    if (!addendum || addendum->about() != id.view()) return;
    bool error = addendum->kind() == v1::Addendum::KIND_ENTERED_IN_ERROR;
    if (!error && addendum->kind() != v1::Addendum::KIND_REINSTATED) return;
    std::pair<uint64_t, Id> place{record.made_seq, record.id};
    if (place < last) return;
    last = place;
    in_error = error;
  });
  return in_error;
}

bool Writes(const v1::RecordChange& change, uint32_t field) {
  return std::any_of(change.writes().begin(), change.writes().end(),
                     [&](const v1::FieldWrite& write) { return write.field() == field; });
}

int YearsBetween(int32_t from_on, int32_t to_on) {
  using std::chrono::days;
  using std::chrono::sys_days;
  std::chrono::year_month_day from{sys_days{days{from_on}}};
  std::chrono::year_month_day to{sys_days{days{to_on}}};
  int years = static_cast<int>(to.year()) - static_cast<int>(from.year());
  bool before_birthday = std::pair(to.month(), to.day()) < std::pair(from.month(), from.day());
  return years - (before_birthday ? 1 : 0);
}

}  // namespace doorstep
