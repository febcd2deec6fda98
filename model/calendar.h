// Days, as people in England count them: civil dates, the local day of an instant, ages, months cut
// to their end, compulsory school age, working days, school terms.
//
// A day is a whole number of days since 1970-01-01 in the proleptic Gregorian calendar, as records
// store it; `std::chrono` does the reckoning. Nothing here reads a clock, a file or the time-zone
// data of the machine: the C++ library we build with has no time zones yet, phones lack a common
// copy of the data, and two devices with copies of different age would disagree about a day. Local
// time is Great Britain's rule since 1996 written out: one hour ahead of UTC from 01:00 UTC on the
// last Sunday of March to 01:00 UTC on the last Sunday of October. Earlier instants follow the same
// rule, which then differs from the law of the time by some days in October; no record of practice
// is that old. If Parliament changes the rule, one function changes here.
//
// Pure functions and plain values. Days stay within the years 1 to 9999 (model/value.h); sums that
// leave this range are cut to its ends.
#ifndef DOORSTEP_MODEL_CALENDAR_H_
#define DOORSTEP_MODEL_CALENDAR_H_

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace doorstep {

using Day = int32_t;

// Both ends inside. Empty when last < first.
struct DaySpan {
  Day first = 0;
  Day last = -1;
  bool Contains(Day day) const { return first <= day && day <= last; }
  bool IsEmpty() const { return last < first; }
  // 0 when empty.
  int64_t Length() const { return IsEmpty() ? 0 : int64_t{last} - first + 1; }
  friend bool operator==(const DaySpan&, const DaySpan&) = default;
};

std::chrono::year_month_day Civil(Day day);
// The date must exist; asserted.
Day DayOf(int year, unsigned month, unsigned day);
// Strictly YYYY-MM-DD, a real date of the years 1 to 9999.
std::optional<Day> ParseDay(std::string_view text);
std::string DayText(Day day);
std::chrono::weekday WeekdayOf(Day day);

// `when_ms`: milliseconds since 1970-01-01T00:00Z, negative before.
Day UtcDay(int64_t when_ms);
// The day on the clocks of Great Britain (Europe/London).
Day LondonDay(int64_t when_ms);
// The offset of these clocks from UTC, in milliseconds: 0 or one hour.
int64_t LondonOffsetMs(int64_t when_ms);
// The first instant of a local day.
int64_t LondonMidnightMs(Day day);

// The same day number `months` later (earlier, if negative), cut to the last day of a short month:
// 31 January and three months is 30 April.
Day AddMonths(Day day, int months);

// The birthday of age `years`. Someone born on 29 February has it on 1 March of other years.
Day BirthdayOf(Day born, int years);
// Whole years; negative before birth, -1 on every day of the last year before it.
int AgeOn(Day born, Day day);

// Days on which a person of this birth date is of compulsory school age in England (Education Act
// 1996, section 8): from the first of 31 March, 31 August and 31 December that is on or after the
// fifth birthday, to the last Friday of June of the school year (from 1 September) in which the
// sixteenth birthday lies.
DaySpan CompulsorySchoolAge(Day born);

using BankHolidays = std::set<Day>;
enum class HolidayCounting : uint8_t { kSkip, kCount };

// Monday to Friday; with kSkip bank holidays are no working days.
bool IsWorkingDay(Day day, const BankHolidays& holidays, HolidayCounting counting);
// The `count`th working day after `start` (kNext) or, when `start` itself may count, from it
// (kSame). count >= 1; asserted.
enum class FirstDay : uint8_t { kNext, kSame };
Day AddWorkingDays(Day start, int count, FirstDay first, const BankHolidays& holidays,
                   HolidayCounting counting);
// Working days in the span, for "three working days late".
int64_t CountWorkingDays(const DaySpan& span, const BankHolidays& holidays,
                         HolidayCounting counting);

// The year in which the school year (1 September to 31 August) of a day begins.
int SchoolYearOf(Day day);

// Terms 1 autumn, 2 spring, 3 summer of the school year that begins in `school_year`.
struct TermId {
  int school_year = 0;
  int term = 0;
  friend auto operator<=>(const TermId&, const TermId&) = default;
};
// "2013-1". ParseTermId: nullopt for anything else, and for years outside 1900 to 2200.
std::string TermText(const TermId& id);
std::optional<TermId> ParseTermId(std::string_view text);

// The authority's school terms.
class TermCalendar {
 public:
  // Replaces a term of the same id. A term that ends before it begins is refused: false.
  bool Set(const TermId& id, const DaySpan& days);
  std::optional<DaySpan> Find(const TermId& id) const;
  struct Term {
    TermId id;
    DaySpan days;
  };
  // In the order of their last days, then of their ids.
  const std::vector<Term>& terms() const { return terms_; }
  // The `count` latest terms that have ended by the end of `day`, the earliest first; fewer when
  // the calendar has fewer.
  std::vector<Term> LatestEndedBy(Day day, int count) const;

 private:
  std::vector<Term> terms_;
};

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_CALENDAR_H_
