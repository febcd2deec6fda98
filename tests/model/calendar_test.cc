// The calendar against vectors and against slow, obvious counting.
#include "model/calendar.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "model/value.h"

namespace doorstep {
namespace {

Day D(const char* text) {
  std::optional<Day> day = ParseDay(text);
  REQUIRE(day.has_value());
  return *day;
}

constexpr int64_t kHourMs = 3'600'000;

TEST_CASE("days are written and read strictly") {
  CHECK(D("1970-01-01") == 0);
  CHECK(D("0001-01-01") == kDateMin);
  CHECK(D("9999-12-31") == kDateMax);
  CHECK(DayText(D("2024-02-29")) == "2024-02-29");
  CHECK(DayText(kDateMin) == "0001-01-01");
  for (const char* text : {"", "2023-02-29", "2023-2-01", "2023-02-01 ", "0000-01-01", "2023/02/01",
                           "+023-02-01", "2023-13-01", "2023-00-10", "2023-01-00", "20230201xx"}) {
    CAPTURE(text);
    CHECK_FALSE(ParseDay(text).has_value());
  }
}

TEST_CASE("the local day follows the clocks of Great Britain") {
  // The clocks went forward on 29 March 2020 and back on 25 October 2020, at 01:00 UTC.
  int64_t spring = int64_t{D("2020-03-29")} * 24 * kHourMs + kHourMs;
  CHECK(LondonOffsetMs(spring - 1) == 0);
  CHECK(LondonOffsetMs(spring) == kHourMs);
  int64_t autumn = int64_t{D("2020-10-25")} * 24 * kHourMs + kHourMs;
  CHECK(LondonOffsetMs(autumn - 1) == kHourMs);
  CHECK(LondonOffsetMs(autumn) == 0);
  // 23:30 UTC in summer is half past midnight of the next day, in winter it is not.
  CHECK(LondonDay(int64_t{D("2020-07-01")} * 24 * kHourMs - kHourMs / 2) == D("2020-07-01"));
  CHECK(LondonDay(int64_t{D("2020-01-01")} * 24 * kHourMs - kHourMs / 2) == D("2019-12-31"));
  CHECK(LondonDay(-1) == -1);
}

TEST_CASE("a local day begins at its midnight") {
  for (Day day = D("2019-01-01"); day <= D("2022-12-31"); ++day) {
    int64_t midnight = LondonMidnightMs(day);
    REQUIRE(LondonDay(midnight) == day);
    REQUIRE(LondonDay(midnight - 1) == day - 1);
  }
}

TEST_CASE("instants beyond the calendar are cut to its ends") {
  CHECK(LondonDay(INT64_MIN) == kDateMin);
  CHECK(LondonDay(INT64_MAX) == kDateMax);
  CHECK(AddMonths(kDateMax, 1) == kDateMax);
  CHECK(AddMonths(kDateMin, -1) == kDateMin);
  CHECK(BirthdayOf(D("9990-01-01"), 20) == kDateMax);
}

TEST_CASE("months are cut to the end of a short month") {
  CHECK(AddMonths(D("2014-01-31"), 3) == D("2014-04-30"));
  CHECK(AddMonths(D("2014-01-31"), 1) == D("2014-02-28"));
  CHECK(AddMonths(D("2016-01-31"), 1) == D("2016-02-29"));
  CHECK(AddMonths(D("2014-11-30"), 3) == D("2015-02-28"));
  CHECK(AddMonths(D("2014-03-31"), -1) == D("2014-02-28"));
  CHECK(AddMonths(D("2014-12-15"), 1) == D("2015-01-15"));
}

TEST_CASE("ages are whole years") {
  CHECK(AgeOn(D("1995-05-31"), D("2013-05-30")) == 17);
  CHECK(AgeOn(D("1995-05-31"), D("2013-05-31")) == 18);
  CHECK(AgeOn(D("2004-02-29"), D("2005-02-28")) == 0);
  CHECK(AgeOn(D("2004-02-29"), D("2005-03-01")) == 1);
  CHECK(AgeOn(D("2004-02-29"), D("2008-02-28")) == 3);
  CHECK(AgeOn(D("2004-02-29"), D("2008-02-29")) == 4);
  CHECK(AgeOn(D("2004-02-29"), D("2004-02-28")) == -1);
  CHECK(AgeOn(D("2004-06-01"), D("2004-06-01")) == 0);
}

TEST_CASE("compulsory school age") {
  struct Vector {
    const char* born;
    const char* first;
    const char* last;
  };
  for (const Vector& v : {Vector{"2004-02-03", "2009-03-31", "2020-06-26"},
                          Vector{"2004-08-31", "2009-08-31", "2020-06-26"},
                          Vector{"2004-09-01", "2009-12-31", "2021-06-25"},
                          Vector{"2004-12-31", "2009-12-31", "2021-06-25"},
                          Vector{"2005-01-01", "2010-03-31", "2021-06-25"},
                          Vector{"2000-02-29", "2005-03-31", "2016-06-24"}}) {
    CAPTURE(v.born);
    DaySpan span = CompulsorySchoolAge(D(v.born));
    CHECK(DayText(span.first) == v.first);
    CHECK(DayText(span.last) == v.last);
  }
}

TEST_CASE("working days leave out weekends and bank holidays") {
  BankHolidays holidays = {D("2014-04-18"), D("2014-04-21")};
  Day thursday = D("2014-04-10");
  CHECK(AddWorkingDays(thursday, 10, FirstDay::kNext, holidays, HolidayCounting::kSkip) ==
        D("2014-04-28"));
  CHECK(AddWorkingDays(thursday, 10, FirstDay::kNext, holidays, HolidayCounting::kCount) ==
        D("2014-04-24"));
  CHECK(AddWorkingDays(thursday, 1, FirstDay::kSame, holidays, HolidayCounting::kSkip) == thursday);
  CHECK(AddWorkingDays(D("2014-04-12"), 1, FirstDay::kSame, holidays, HolidayCounting::kSkip) ==
        D("2014-04-14"));
  CHECK(CountWorkingDays({D("2014-04-18"), D("2014-04-25")}, holidays, HolidayCounting::kSkip) ==
        4);
  CHECK(CountWorkingDays({D("2014-04-18"), D("2014-04-17")}, holidays, HolidayCounting::kSkip) ==
        0);
}

TEST_CASE("terms are found by their last day") {
  TermCalendar calendar;
  CHECK(calendar.Set({2013, 2}, {D("2014-01-06"), D("2014-04-04")}));
  CHECK(calendar.Set({2013, 1}, {D("2013-09-03"), D("2013-12-20")}));
  CHECK(calendar.Set({2013, 3}, {D("2014-04-22"), D("2014-07-22")}));
  CHECK_FALSE(calendar.Set({2014, 1}, {D("2014-12-20"), D("2014-09-03")}));
  std::vector<TermCalendar::Term> ended = calendar.LatestEndedBy(D("2014-07-21"), 3);
  REQUIRE(ended.size() == 2);
  CHECK(ended[0].id == TermId{2013, 1});
  CHECK(ended[1].id == TermId{2013, 2});
  ended = calendar.LatestEndedBy(D("2014-07-22"), 1);
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].id == TermId{2013, 3});
  // Set again, it moves.
  CHECK(calendar.Set({2013, 3}, {D("2014-04-22"), D("2014-07-25")}));
  CHECK(calendar.terms().size() == 3);
  CHECK(calendar.LatestEndedBy(D("2014-07-22"), 1)[0].id == TermId{2013, 2});
  CHECK(calendar.Find({2013, 3})->last == D("2014-07-25"));
}

TEST_CASE("names of terms") {
  CHECK(TermText({2013, 1}) == "2013-1");
  CHECK(ParseTermId("2013-1") == TermId{2013, 1});
  for (const char* text : {"2013-0", "2013-4", "2013", "213-1", "2013-11", "1800-1", "x013-1"}) {
    CAPTURE(text);
    CHECK_FALSE(ParseTermId(text).has_value());
  }
}

TEST_CASE("school years begin in September") {
  CHECK(SchoolYearOf(D("2014-08-31")) == 2013);
  CHECK(SchoolYearOf(D("2014-09-01")) == 2014);
}

}  // namespace
}  // namespace doorstep
