#include "model/safeguarding.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/model/town.h"

namespace doorstep {
namespace {

constexpr uint32_t kVisit = 27, kConcern = 31, kCall = 32, kAuthority = 101, kStaff = 103,
                   kSetting = 110;
constexpr int64_t kMinute = 60'000, kHour = 60 * kMinute;

v1::RecordChange Setting(const Id& id, uint32_t key, int64_t value, int32_t from,
                         const Id& programme = {}) {
  std::vector<Put> puts = {
      {1, EncodeNumber(1, key)}, {3, EncodeI64(3, value)}, {4, EncodeDate(4, from)}};
  if (!programme.is_zero()) puts.push_back({2, EncodeId(2, programme)});
  return Change(kSetting, id, puts);
}

v1::Clock ClockOf(int64_t wall_ms, std::optional<int64_t> offset_ms) {
  v1::Clock clock;
  clock.set_wall_ms(wall_ms);
  if (offset_ms) clock.set_offset_ms(*offset_ms);
  return clock;
}

// When a visit written at `wall`, with so much left, is told, in minutes after receipt.
int64_t DueAfter(int64_t wall, int64_t left, std::optional<int64_t> offset, int64_t received) {
  VisitUnderWay visit;
  visit.expected_end_ms = wall + left;
  return (CheckOutDueMs(visit, ClockOf(wall, offset), received, 30) - received) / kMinute;
}

}  // namespace

TEST_CASE("numbers and times are those of the directory, and defaults without them") {
  Town town;
  SafeguardingView before = SafeguardingOn(town.log.state(), town.today);
  CHECK(before.hub_phone.empty());
  CHECK(before.concern_alarm_minutes == 15);
  CHECK(before.check_out_grace_minutes == 30);
  CHECK_FALSE(before.photographs_allowed);

  std::vector<v1::RecordChange> changes = {
      Change(kAuthority, town.tenant,
             {{1, EncodeBytes(1, "Sample Council")},
              {5, EncodeBytes(5, "020 7946 0001")},
              {6, EncodeBytes(6, "020 7946 0002")}}),
      Setting(town.NewId(), 2, 10, town.today - 9),
      Setting(town.NewId(), 2, 5, town.today),
      Setting(town.NewId(), 2, 1, town.today + 1),    // not yet
      Setting(town.NewId(), 2, 60, town.today - 20),  // no longer
      Setting(town.NewId(), 2, 3, town.today, town.NewId()),
      Setting(town.NewId(), 3, 0, town.today),  // no wait of nothing
      Setting(town.NewId(), 7, 1, town.today)};
  REQUIRE(town.log.Push(town.Write(town.admin, town.tenant, changes)).verdict == v1::APPLIED);
  SafeguardingView view = SafeguardingOn(town.log.state(), town.today);
  CHECK(view.hub_phone == "020 7946 0001");
  CHECK(view.out_of_hours_phone == "020 7946 0002");
  CHECK(view.concern_alarm_minutes == 5);
  CHECK(view.check_out_grace_minutes == 1);
  CHECK(view.photographs_allowed);
  CHECK(SafeguardingOn(town.log.state(), town.today - 5).concern_alarm_minutes == 10);
}

TEST_CASE("a missing check-out is due at the expected end and the grace, by the server's clock") {
  const int64_t now = 1'795'000'000'000;
  // Right clocks: an hour and a half hour of grace.
  CHECK(DueAfter(now, kHour, 0, now) == 90);
  // Received late: what has passed has passed, but never before the grace is over.
  CHECK(DueAfter(now - kHour / 2, kHour, 0, now) == 60);
  CHECK(DueAfter(now - 5 * kHour, kHour, 0, now) == 30);
  // A wrong clock whose error is known, either way.
  const int64_t years = int64_t{10} * 365 * 24 * kHour;
  CHECK(DueAfter(now + years, kHour, years, now) == 90);
  CHECK(DueAfter(now - years, kHour, -years, now) == 90);
  // Not known: counted from receipt at the latest.
  CHECK(DueAfter(now + years, kHour, std::nullopt, now) == 90);
  CHECK(DueAfter(now - years, kHour, std::nullopt, now) == 30);
  // No instant of any year overflows.
  CHECK(DueAfter(0, INT64_MAX, INT64_MIN, now) > 0);
}

TEST_CASE("a visit is waited for from UNDER_WAY with an expected end until a check-out") {
  Town town;
  Hand worker = town.Hire(v1::ROLE_KEY_WORKER);
  Changeset first = town.BeginFamily(worker);
  ScopeLog family(town, first.scope);
  REQUIRE(family.Push(first).verdict == v1::APPLIED);
  const Id visit = town.NewId();
  auto write = [&](std::vector<Put> puts) {
    REQUIRE(family.Push(town.Write(worker, first.scope, {Change(kVisit, visit, std::move(puts))}))
                .verdict == v1::APPLIED);
  };
  auto waits = [&] { return FindVisitUnderWay(family.state(), visit); };
  write({{1, EncodeId(1, town.NewId())}, {2, EncodeId(2, worker.user)}, {9, EncodeNumber(9, 1)}});
  CHECK_FALSE(waits());
  write({{9, EncodeNumber(9, 2), {family.Live(kVisit, visit, 9)}}});
  CHECK_FALSE(waits());  // nobody said until when
  write({{13, EncodeI64(13, town.now_ms + kHour)}});
  REQUIRE(waits());
  CHECK(waits()->worker == worker.user);
  CHECK(waits()->expected_end_ms == town.now_ms + kHour);
  CHECK(waits()->seq == family.entries().size());
  CHECK(VisitsUnderWay(family.state()).size() == 1);
  write({{14, EncodeI64(14, town.now_ms)}});
  CHECK_FALSE(waits());
  CHECK(VisitsUnderWay(family.state()).empty());
}

TEST_CASE("the worker's buddy and the family's supervisors are told, the worker is not") {
  Town town;
  Hand worker = town.Hire(v1::ROLE_KEY_WORKER), buddy = town.Hire(v1::ROLE_KEY_WORKER);
  Changeset first = town.BeginFamily(worker);
  ScopeLog family(town, first.scope);
  REQUIRE(family.Push(first).verdict == v1::APPLIED);
  std::set<Id> supervisors;
  for (const AssignmentView& place : AssignmentsOf(family.state())) {
    if (place.relation == v1::Assignment::RELATION_SUPERVISOR) supervisors.insert(place.user);
  }
  CHECK(WhomToTell(town.log.state(), family.state(), worker.user, town.now_ms) == supervisors);
  auto name = [&](const Id& user) {
    const Record* staff = town.log.state().Find(kStaff, worker.user);
    std::vector<Op> shown;
    if (const Cell* cell = staff->FindCell(5)) shown = {cell->live.back().op};
    REQUIRE(town.log
                .Push(town.Write(town.admin, town.tenant,
                                 {Change(kStaff, worker.user, {{5, EncodeId(5, user), shown}})}))
                .verdict == v1::APPLIED);
  };
  name(buddy.user);
  std::set<Id> all = supervisors;
  all.insert(buddy.user);
  CHECK(WhomToTell(town.log.state(), family.state(), worker.user, town.now_ms) == all);
  name(worker.user);
  CHECK(WhomToTell(town.log.state(), family.state(), worker.user, town.now_ms) == supervisors);
}

TEST_CASE("a concern counts as raised once, and as rung when somebody answered") {
  Town town;
  Hand worker = town.Hire(v1::ROLE_KEY_WORKER);
  Changeset first = town.BeginFamily(worker);
  ScopeLog family(town, first.scope);
  REQUIRE(family.Push(first).verdict == v1::APPLIED);
  const Id concern = town.NewId();
  Changeset raised = town.Write(worker, first.scope,
                                {Change(kConcern, concern,
                                        {{1, EncodeId(1, town.NewId())},
                                         {3, EncodeNumber(3, 1)},
                                         {4, EncodeNumber(4, 2)},
                                         {5, EncodeI64(5, town.now_ms)},
                                         {6, EncodeBytes(6, "What I saw")},
                                         {9, EncodeNumber(9, 1)}})});
  CHECK(ConcernsRaisedBy(raised) == std::vector<Id>{concern});
  REQUIRE(family.Push(raised).verdict == v1::APPLIED);
  Changeset moved = town.Write(
      town.supervisor, first.scope,
      {Change(kConcern, concern, {{9, EncodeNumber(9, 2), {family.Live(kConcern, concern, 9)}}})});
  CHECK(ConcernsRaisedBy(moved).empty());
  REQUIRE(OpenConcernsBy(family.state(), worker.user).size() == 1);
  CHECK(OpenConcernsBy(family.state(), town.supervisor.user).empty());
  for (bool answered : {false, true}) {
    REQUIRE(family
                .Push(town.Write(worker, first.scope,
                                 {Change(kCall, town.NewId(),
                                         {{1, EncodeId(1, concern)},
                                          {2, EncodeNumber(2, 1)},
                                          {3, EncodeI64(3, town.now_ms)},
                                          {4, EncodeBool(4, answered)}})}))
                .verdict == v1::APPLIED);
    CHECK(ConcernCallAnswered(family.state(), concern) == answered);
  }
}

}  // namespace doorstep
