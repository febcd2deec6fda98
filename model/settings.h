// Settings of the authority, as of a day: the latest `from_on` not after it, one of the programme
// before a general one; else the default. And the bank holidays that the directory holds.
#ifndef DOORSTEP_MODEL_SETTINGS_H_
#define DOORSTEP_MODEL_SETTINGS_H_

#include <cstdint>
#include <map>
#include <vector>

#include "doorstep/v1/records.pb.h"
#include "model/calendar.h"
#include "model/facts.h"

namespace doorstep {

class Settings {
 public:
  // Every default.
  Settings() = default;
  // Copies what it needs of the directory.
  explicit Settings(Facts& directory);

  // `programme`: of this ProgrammeActivation; zeros: general ones only.
  int64_t At(v1::SettingKey key, Day day, const Id& programme = {}) const;
  // Of a key that this build knows; 0 for any other.
  static int64_t Default(v1::SettingKey key);

  const BankHolidays& bank_holidays() const { return bank_holidays_; }

 private:
  struct Line {
    Day from_on = 0;
    uint64_t made_seq = 0;  // of two from one day the later record counts
    int64_t value = 0;
  };
  std::map<std::pair<v1::SettingKey, Id>, std::vector<Line>> lines_;
  BankHolidays bank_holidays_;
};

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_SETTINGS_H_
