#include "model/settings.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace doorstep {
namespace {

constexpr int64_t kEmergencyHoursMax = 8;

BankHolidays BankHolidaysOf(Facts& directory) {
  BankHolidays days;
  for (const Fact<v1::BankHoliday>& holiday : directory.All<v1::BankHoliday>()) {
    if (holiday.in.has_day() && !holiday.in.removed()) days.insert(holiday.in.day());
  }
  return days;
}

}  // namespace

Settings::Settings(Facts& directory) : bank_holidays_(BankHolidaysOf(directory)) {
  for (const Fact<v1::Setting>& setting : directory.All<v1::Setting>()) {
    const Id programme = Id::FromBytes(setting.in.programme()).value_or(Id{});
    lines_[{setting.in.key(), programme}].push_back(
        {setting.in.from_on(), setting.made_seq(), setting.in.value()});
  }
  for (auto& [key, lines] : lines_) {
    std::stable_sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) {
      return std::pair(a.from_on, a.made_seq) < std::pair(b.from_on, b.made_seq);
    });
  }
}

int64_t Settings::At(v1::SettingKey key, Day day, const Id& programme) const {
  int64_t value = Default(key);
  auto of = [&](const Id& whose) {
    std::optional<int64_t> found;
    auto lines = lines_.find({key, whose});
    if (lines == lines_.end()) return found;
    for (const Line& line : lines->second) {
      if (line.from_on <= day) found = line.value;
    }
    return found;
  };
  std::optional<int64_t> own;
  if (!programme.is_zero()) own = of(programme);
  if (own) {
    value = *own;
  } else if (std::optional<int64_t> general = of(Id{})) {
    value = *general;
  }
  const bool hours = key == v1::SETTING_KEY_EMERGENCY_HOURS;
  return hours ? std::clamp<int64_t>(value, 0, kEmergencyHoursMax) : value;
}

int64_t Settings::Default(v1::SettingKey key) {
  switch (key) {
    case v1::SETTING_KEY_CONCERN_ACK_HOURS:
      return 4;
    case v1::SETTING_KEY_CONCERN_ALARM_MINUTES:
      return 15;
    case v1::SETTING_KEY_CHECK_OUT_GRACE_MINUTES:
      return 30;
    case v1::SETTING_KEY_PLAN_DECISION_WORKING_DAYS:
      return 5;
    case v1::SETTING_KEY_SUPERVISION_DAYS:
      return 31;
    case v1::SETTING_KEY_AGREEMENT_MISSING_ASKS:
      return 1;
    case v1::SETTING_KEY_PHOTOGRAPHS_ALLOWED:
      return 0;
    case v1::SETTING_KEY_EMERGENCY_HOURS:
      return 4;
    case v1::SETTING_KEY_ADDRESS_CHECK_DAYS:
      return 7;
    case v1::SETTING_KEY_CLOSED_KEEP_DAYS:
      return 28;
    case v1::SETTING_KEY_CONFLICT_PATIENCE_WORKING_DAYS:
      return 2;
    case v1::SETTING_KEY_UNSENT_HOURS:
      return 24;
    case v1::SETTING_KEY_SILENT_HOURS:
      return 72;
    case v1::SETTING_KEY_NHS_NUMBER_IN_EXPORTS:
      return 0;
    case v1::SETTING_KEY_EMERGENCY_REVIEW_WORKING_DAYS:
      return 1;
    case v1::SETTING_KEY_SMALL_NUMBER:
      return 5;
    case v1::SETTING_KEY_IMPORT_KEEP_DAYS:
      return 28;
    case v1::SETTING_KEY_MATCH_LIKELY:
      return 50;
    case v1::SETTING_KEY_MATCH_POSSIBLE:
      return 30;
    case v1::SETTING_KEY_AUTO_ASSIGN_PROGRAMME:
      return 1;
    case v1::SETTING_KEY_SPEND_PENCE:
      return 0;
    case v1::SETTING_KEY_RETENTION_EARLY_HELP_YEARS:
      return 6;
    case v1::SETTING_KEY_RETENTION_EARLY_HELP_AGE:
      return 25;
    case v1::SETTING_KEY_RETENTION_CHILD_IN_NEED_YEARS:
      return 3;
    case v1::SETTING_KEY_RETENTION_CHILD_PROTECTION_YEARS:
      return 35;
    case v1::SETTING_KEY_RETENTION_LOOKED_AFTER_YEARS:
      return 75;
    case v1::SETTING_KEY_RETENTION_ADOPTION_YEARS:
      return 100;
    default:
      return 0;
  }
}

}  // namespace doorstep
