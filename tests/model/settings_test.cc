#include "model/settings.h"

#include <catch2/catch_test_macros.hpp>

#include "model/timescales.h"
#include "tests/model/home.h"

namespace doorstep {
namespace {

v1::Setting Line(v1::SettingKey key, int64_t value, Day from_on, const Id& programme = {}) {
  v1::Setting setting;
  setting.set_key(key);
  setting.set_value(value);
  setting.set_from_on(from_on);
  if (!programme.is_zero()) setting.set_programme(programme.str());
  return setting;
}

}  // namespace

TEST_CASE("every key has a default, and a setting holds from its day on") {
  Home home;
  const Day day = home.today();
  CHECK(Settings().At(v1::SETTING_KEY_CONCERN_ACK_HOURS, day) == 4);
  CHECK(Settings().At(v1::SETTING_KEY_RETENTION_ADOPTION_YEARS, day) == 100);
  home.MakeInOffice(Line(v1::SETTING_KEY_CONCERN_ACK_HOURS, 2, day));
  home.MakeInOffice(Line(v1::SETTING_KEY_CONCERN_ACK_HOURS, 1, day + 5));
  Facts office(home.town.log.state());
  const Settings settings(office);
  CHECK(settings.At(v1::SETTING_KEY_CONCERN_ACK_HOURS, day - 1) == 4);
  CHECK(settings.At(v1::SETTING_KEY_CONCERN_ACK_HOURS, day) == 2);
  CHECK(settings.At(v1::SETTING_KEY_CONCERN_ACK_HOURS, day + 4) == 2);
  CHECK(settings.At(v1::SETTING_KEY_CONCERN_ACK_HOURS, day + 5) == 1);
  CHECK(settings.At(v1::SETTING_KEY_UNSENT_HOURS, day) == 24);
}

TEST_CASE("a programme's own setting goes before a later general one") {
  Home home;
  const Day day = home.today();
  const Id programme = home.town.NewId();
  home.MakeInOffice(Line(v1::SETTING_KEY_SUPERVISION_DAYS, 14, day - 30, programme));
  home.MakeInOffice(Line(v1::SETTING_KEY_SUPERVISION_DAYS, 60, day - 1));
  Facts office(home.town.log.state());
  const Settings settings(office);
  CHECK(settings.At(v1::SETTING_KEY_SUPERVISION_DAYS, day, programme) == 14);
  CHECK(settings.At(v1::SETTING_KEY_SUPERVISION_DAYS, day) == 60);
  CHECK(settings.At(v1::SETTING_KEY_SUPERVISION_DAYS, day, home.town.NewId()) == 60);
  CHECK(settings.At(v1::SETTING_KEY_SUPERVISION_DAYS, day - 31, programme) == 31);
}

TEST_CASE("of two lines from one day the later counts; emergency access stays within eight hours") {
  Home home;
  const Day day = home.today();
  home.MakeInOffice(Line(v1::SETTING_KEY_SMALL_NUMBER, 6, day));
  home.MakeInOffice(Line(v1::SETTING_KEY_SMALL_NUMBER, 7, day));
  home.MakeInOffice(Line(v1::SETTING_KEY_EMERGENCY_HOURS, 90, day));
  Facts office(home.town.log.state());
  CHECK(Settings(office).At(v1::SETTING_KEY_SMALL_NUMBER, day) == 7);
  CHECK(Settings(office).At(v1::SETTING_KEY_EMERGENCY_HOURS, day) == 8);
}

TEST_CASE("bank holidays that were not removed are no working days of a timescale") {
  Home home;
  const Day monday = DayOf(2026, 11, 16);
  v1::BankHoliday holiday;
  holiday.set_day(monday + 1);
  home.MakeInOffice(holiday);
  holiday.set_day(monday + 2);
  holiday.set_removed(true);
  home.MakeInOffice(holiday);
  Facts office(home.town.log.state());
  const Settings settings(office);
  const Period three{3, Period::Unit::kWorkingDays};
  CHECK(DueDay(monday, three, settings.bank_holidays()) == monday + 4);
  CHECK(DueDay(monday, three, {}) == monday + 3);
  CHECK(DueDay(DayOf(2027, 1, 31), {3, Period::Unit::kMonths}, {}) == DayOf(2027, 4, 30));
}

}  // namespace doorstep
