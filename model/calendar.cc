#include "model/calendar.h"

#include <algorithm>
#include <cassert>

#include "absl/strings/str_format.h"
#include "model/value.h"

namespace doorstep {
namespace {

namespace chr = std::chrono;

constexpr int64_t kDayMs = 86'400'000;
constexpr int64_t kHourMs = 3'600'000;
constexpr int64_t kMinuteMs = 60'000;

Day Cut(int64_t day) { return static_cast<Day>(std::clamp<int64_t>(day, kDateMin, kDateMax)); }

chr::sys_days Sys(Day day) { return chr::sys_days{chr::days{day}}; }
Day FromSys(chr::sys_days days) { return static_cast<Day>(days.time_since_epoch().count()); }

int64_t FloorDiv(int64_t value, int64_t by) {
  int64_t quotient = value / by;
  return value % by < 0 ? quotient - 1 : quotient;
}

bool IsDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

int Number(std::string_view digits) {
  int number = 0;
  for (char c : digits) number = number * 10 + (c - '0');
  return number;
}

}  // namespace

chr::year_month_day Civil(Day day) { return chr::year_month_day{Sys(day)}; }

Day DayOf(int year, unsigned month, unsigned day) {
  chr::year_month_day date{chr::year{year}, chr::month{month}, chr::day{day}};
  assert(date.ok());
  return FromSys(chr::sys_days{date});
}

std::optional<Day> ParseDay(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  std::string_view year = text.substr(0, 4), month = text.substr(5, 2), day = text.substr(8, 2);
  if (!IsDigits(year) || !IsDigits(month) || !IsDigits(day)) return std::nullopt;
  chr::year_month_day date{chr::year{Number(year)}, chr::month{unsigned(Number(month))},
                           chr::day{unsigned(Number(day))}};
  if (!date.ok() || date.year() < chr::year{1}) return std::nullopt;
  return FromSys(chr::sys_days{date});
}

std::string DayText(Day day) {
  chr::year_month_day date = Civil(day);
  return absl::StrFormat("%04d-%02d-%02d", int{date.year()}, unsigned{date.month()},
                         unsigned{date.day()});
}

chr::weekday WeekdayOf(Day day) { return chr::weekday{Sys(day)}; }

Day UtcDay(int64_t when_ms) { return Cut(FloorDiv(when_ms, kDayMs)); }

int64_t LondonOffsetMs(int64_t when_ms) {
  chr::year year = Civil(UtcDay(when_ms)).year();
  auto change_ms = [&](chr::month month) {
    chr::sys_days sunday{year / month / chr::Sunday[chr::last]};
    return int64_t{FromSys(sunday)} * kDayMs + kHourMs;
  };
  bool summer = when_ms >= change_ms(chr::March) && when_ms < change_ms(chr::October);
  return summer ? kHourMs : 0;
}

Day LondonDay(int64_t when_ms) {
  // Outside the years of the calendar the sum could overflow, and the day is cut anyway.
  if (when_ms < kInstantMin || when_ms > kInstantMax) return UtcDay(when_ms);
  return UtcDay(when_ms + LondonOffsetMs(when_ms));
}

int64_t LondonMidnightMs(Day day) {
  int64_t midnight_ms = int64_t{day} * kDayMs;
  // The clocks change at 01:00 UTC, so that the offset a minute before the day begins is that of
  // its first instant.
  return midnight_ms - LondonOffsetMs(midnight_ms - kMinuteMs);
}

Day AddMonths(Day day, int months) {
  chr::year_month_day date = Civil(day);
  chr::year_month month = chr::year_month{date.year(), date.month()} + chr::months{months};
  if (month.year() < chr::year{1}) return kDateMin;
  if (month.year() > chr::year{9999}) return kDateMax;
  chr::day last = chr::year_month_day_last{month.year(), chr::month_day_last{month.month()}}.day();
  return FromSys(chr::sys_days{month / std::min(date.day(), last)});
}

Day BirthdayOf(Day born, int years) {
  chr::year_month_day date = Civil(born) + chr::years{years};
  if (date.year() > chr::year{9999}) return kDateMax;
  if (date.year() < chr::year{1}) return kDateMin;
  // sys_days of a 29 February that is not there is 1 March.
  return FromSys(chr::sys_days{date});
}

int AgeOn(Day born, Day day) {
  int years = int{Civil(day).year()} - int{Civil(born).year()};
  return BirthdayOf(born, years) <= day ? years : years - 1;
}

int SchoolYearOf(Day day) {
  chr::year_month_day date = Civil(day);
  return int{date.year()} - (date.month() < chr::September ? 1 : 0);
}

DaySpan CompulsorySchoolAge(Day born) {
  Day fifth = BirthdayOf(born, 5);
  int year = int{Civil(fifth).year()};
  Day first = DayOf(year, 12, 31);
  if (fifth <= DayOf(year, 8, 31)) first = DayOf(year, 8, 31);
  if (fifth <= DayOf(year, 3, 31)) first = DayOf(year, 3, 31);
  chr::year leaving{SchoolYearOf(BirthdayOf(born, 16)) + 1};
  return {first, FromSys(chr::sys_days{leaving / chr::June / chr::Friday[chr::last]})};
}

bool IsWorkingDay(Day day, const BankHolidays& holidays, HolidayCounting counting) {
  unsigned weekday = WeekdayOf(day).iso_encoding();
  if (weekday > 5) return false;
  return counting == HolidayCounting::kCount || !holidays.contains(day);
}

Day AddWorkingDays(Day start, int count, FirstDay first, const BankHolidays& holidays,
                   HolidayCounting counting) {
  assert(count >= 1);
  Day day = first == FirstDay::kSame ? start - 1 : start;
  for (int counted = 0; counted < count && day < kDateMax;) {
    ++day;
    if (IsWorkingDay(day, holidays, counting)) ++counted;
  }
  return day;
}

int64_t CountWorkingDays(const DaySpan& span, const BankHolidays& holidays,
                         HolidayCounting counting) {
  int64_t count = 0;
  for (int64_t day = span.first; day <= span.last; ++day) {
    if (IsWorkingDay(static_cast<Day>(day), holidays, counting)) ++count;
  }
  return count;
}

std::string TermText(const TermId& id) { return absl::StrFormat("%d-%d", id.school_year, id.term); }

std::optional<TermId> ParseTermId(std::string_view text) {
  if (text.size() != 6 || text[4] != '-' || !IsDigits(text.substr(0, 4))) return std::nullopt;
  TermId id{Number(text.substr(0, 4)), text[5] - '0'};
  if (id.school_year < 1900 || id.school_year > 2200) return std::nullopt;
  if (id.term < 1 || id.term > 3) return std::nullopt;
  return id;
}

bool TermCalendar::Set(const TermId& id, const DaySpan& days) {
  if (days.IsEmpty()) return false;
  std::erase_if(terms_, [&](const Term& term) { return term.id == id; });
  auto after = [](const Term& a, const Term& b) {
    return std::pair(a.days.last, a.id) < std::pair(b.days.last, b.id);
  };
  Term term{id, days};
  terms_.insert(std::upper_bound(terms_.begin(), terms_.end(), term, after), term);
  return true;
}

std::optional<DaySpan> TermCalendar::Find(const TermId& id) const {
  for (const Term& term : terms_) {
    if (term.id == id) return term.days;
  }
  return std::nullopt;
}

std::vector<TermCalendar::Term> TermCalendar::LatestEndedBy(Day day, int count) const {
  auto end = std::partition_point(terms_.begin(), terms_.end(),
                                  [&](const Term& term) { return term.days.last <= day; });
  auto size = std::min<std::ptrdiff_t>(end - terms_.begin(), count);
  return {end - size, end};
}

}  // namespace doorstep
