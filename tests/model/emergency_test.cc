// A duty worker's own place in a family, and places that must lapse (B46).
#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "model/authority_emergency.h"
#include "model/digest.h"
#include "model/judge.h"
#include "tests/model/town.h"

namespace doorstep {
namespace {

constexpr uint32_t kFamily = 1, kContact = 29, kAssignment = 34, kSetting = 110;
constexpr int64_t kHourMs = 3'600'000;

struct Night {
  Night()
      : ana(town.Hire(v1::ROLE_KEY_WORKER)),
        dot(town.Hire(v1::ROLE_DUTY)),
        first(town.BeginFamily(ana)),
        log(town, first.scope) {
    REQUIRE(log.Push(first).verdict == v1::APPLIED);
  }
  v1::HeldReason Push(const Hand& hand, std::vector<v1::RecordChange> changes) {
    const Judgement judgement = log.Push(town.Write(hand, first.scope, std::move(changes)));
    return judgement.verdict == v1::APPLIED ? v1::HELD_REASON_UNSPECIFIED : judgement.reason;
  }
  v1::RecordChange Emergency(int64_t until_ms, const std::string& note = "child alone") {
    return EmergencyAssignment(town.NewId(), dot.user, note, town.today, until_ms);
  }
  bool Reads(const Hand& hand) {
    return MayRead(town.directory, town.directory.seq(), log.state(), hand.device, town.now_ms);
  }

  Town town{9};
  Hand ana, dot;
  Changeset first;
  ScopeLog log;
};

}  // namespace

TEST_CASE("emergency: a duty worker opens a family alone, until the server's clock says") {
  Night night;
  CHECK_FALSE(night.Reads(night.dot));
  CHECK(night.Push(night.dot, {night.Emergency(night.town.now_ms + 4 * kHourMs)}) ==
        v1::HELD_REASON_UNSPECIFIED);
  CHECK(night.Reads(night.dot));
  // They may write what a co-worker may, and read nothing sealed.
  const auto note = [&] {
    return Change(kContact, night.town.NewId(),
                  {{2, EncodeNumber(2, 1)},
                   {3, EncodeI64(3, night.town.now_ms)},
                   {6, EncodeBytes(6, "rang the school")}});
  };
  CHECK(night.Push(night.dot, {note()}) == v1::HELD_REASON_UNSPECIFIED);
  const std::vector<Id> readers = RestrictedReaders(
      night.town.directory, night.town.directory.seq(), night.log.state(), night.town.now_ms);
  CHECK(std::find(readers.begin(), readers.end(), night.dot.user) == readers.end());
  night.town.now_ms += 4 * kHourMs;
  CHECK_FALSE(night.Reads(night.dot));
  CHECK(night.Push(night.dot, {note()}) == v1::HELD_REASON_NO_ASSIGNMENT);
  // Again, when there is need again.
  CHECK(night.Push(night.dot, {night.Emergency(night.town.now_ms + kHourMs)}) ==
        v1::HELD_REASON_UNSPECIFIED);
  CHECK(night.Reads(night.dot));
}

TEST_CASE("emergency: eight hours after receipt at the latest, with an end and a note") {
  Night night;
  const int64_t now = night.town.now_ms;
  CHECK(night.Push(night.dot, {night.Emergency(now + 8 * kHourMs + 1)}) == v1::HELD_REASON_GUARD);
  CHECK(night.Push(night.dot, {night.Emergency(now)}) == v1::HELD_REASON_GUARD);
  CHECK(night.Push(night.dot, {night.Emergency(now + kHourMs, "")}) == v1::HELD_REASON_GUARD);
  v1::RecordChange endless = night.Emergency(now + kHourMs);
  endless.mutable_writes()->DeleteSubrange(4, 1);
  CHECK(night.Push(night.dot, {endless}) == v1::HELD_REASON_GUARD);
  CHECK_FALSE(night.Reads(night.dot));
  CHECK(night.Push(night.dot, {night.Emergency(now + 8 * kHourMs)}) == v1::HELD_REASON_UNSPECIFIED);
}

TEST_CASE("emergency: for duty workers, for themselves, alone, and never sealed words") {
  Night night;
  const int64_t until = night.town.now_ms + kHourMs;
  const Hand ben = night.town.Hire(v1::ROLE_KEY_WORKER);
  v1::RecordChange as_worker = night.Emergency(until);
  as_worker.mutable_writes(0)->set_value(EncodeId(1, ben.user));
  CHECK(night.Push(ben, {as_worker}) == v1::HELD_REASON_NOT_ALLOWED);
  // For somebody else, and beside other words: no place at all.
  const Hand other = night.town.Hire(v1::ROLE_DUTY);
  CHECK(night.Push(other, {night.Emergency(until)}) == v1::HELD_REASON_NO_ASSIGNMENT);
  CHECK(night.Push(night.dot, {night.Emergency(until),
                               Change(kFamily, night.first.scope, {{2, EncodeBytes(2, "x")}})}) ==
        v1::HELD_REASON_NO_ASSIGNMENT);
  v1::RecordChange sealed = night.Emergency(until);
  v1::FieldWrite& restricted = *sealed.add_writes();
  restricted.set_field(3);
  restricted.set_value(EncodeBool(3, true));
  CHECK(night.Push(night.dot, {sealed}) == v1::HELD_REASON_NOT_ALLOWED);
  CHECK_FALSE(night.Reads(night.dot));
}

TEST_CASE("emergency: never a restricted family, nor one that bars the worker") {
  Night night;
  const int64_t until = night.town.now_ms + kHourMs;
  v1::RecordChange closed = Change(kFamily, night.first.scope, {{4, EncodeBool(4, true)}});
  SECTION("restricted before") {
    REQUIRE(night.Push(night.town.supervisor, {closed}) == v1::HELD_REASON_UNSPECIFIED);
    CHECK(night.Push(night.dot, {night.Emergency(until)}) == v1::HELD_REASON_BARRED);
    // Nor does a supervisor open it to duty.
    CHECK(night.Push(night.town.supervisor, {night.Emergency(until)}) == v1::HELD_REASON_BARRED);
  }
  SECTION("restricted afterwards") {
    REQUIRE(night.Push(night.dot, {night.Emergency(until)}) == v1::HELD_REASON_UNSPECIFIED);
    CHECK(night.Reads(night.dot));
    REQUIRE(night.Push(night.town.supervisor, {closed}) == v1::HELD_REASON_UNSPECIFIED);
  }
  SECTION("barred") {
    REQUIRE(night.Push(night.town.supervisor,
                       {Change(kFamily, night.first.scope, {{7, EncodeId(7, night.dot.user)}})}) ==
            v1::HELD_REASON_UNSPECIFIED);
    CHECK(night.Push(night.dot, {night.Emergency(until)}) == v1::HELD_REASON_BARRED);
  }
  CHECK_FALSE(night.Reads(night.dot));
}

// Every client checks it: a server that applied one against the rule stops that family.
TEST_CASE("emergency: an entry that a server should have held breaks trust") {
  Night night;
  for (const bool fine : {true, false}) {
    const int64_t until = night.town.now_ms + (fine ? 8 : 9) * kHourMs;
    const Changeset opening =
        night.town.Write(night.dot, night.first.scope, {night.Emergency(until)});
    const Bench bench = night.log.bench();
    StateView before(night.log.state());
    ScopeState copy(night.first.scope, &before);
    const Entry& entry = night.log.Place(opening, {v1::APPLIED, v1::HELD_REASON_UNSPECIFIED, {}});
    CHECK(CheckTrust(bench, copy, entry).ok() == fine);
    if (fine) night.town.now_ms += 8 * kHourMs;
  }
}

TEST_CASE("a records officer's place ends, 42 days after its receipt at the latest") {
  Night night;
  const Hand rob = night.town.Hire(v1::ROLE_RECORDS);
  const auto place = [&](int64_t until_ms) {
    return Change(kAssignment, night.town.NewId(),
                  {{1, EncodeId(1, rob.user)},
                   {2, EncodeNumber(2, v1::Assignment::RELATION_RECORDS)},
                   {4, EncodeNumber(4, v1::Assignment::REASON_RETENTION)},
                   {5, EncodeDate(5, night.town.today)},
                   {6, EncodeI64(6, until_ms)},
                   {7, EncodeNumber(7, 1)},
                   {9, EncodeBytes(9, "due")}});
  };
  const int64_t last = night.town.now_ms + kRecordsPlaceMsMax;
  CHECK(night.Push(night.town.supervisor, {place(last + 1)}) == v1::HELD_REASON_GUARD);
  CHECK(night.Push(night.town.supervisor, {place(last)}) == v1::HELD_REASON_UNSPECIFIED);
  const auto wanted = [&] {
    return MayRead(night.town.directory, night.town.directory.seq(), night.log.state(), rob.device,
                   night.town.now_ms, Ask::kWhenAsked);
  };
  CHECK(wanted());
  night.town.now_ms = last;
  CHECK_FALSE(wanted());
}

TEST_CASE("how long an emergency lasts is a setting, held to one to eight hours") {
  Night night;
  ScopeState& directory = night.town.log.state();
  const int32_t today = night.town.today;
  CHECK(EmergencyMs(directory, today) == 4 * kHourMs);
  const auto set = [&](int64_t hours, int32_t from) {
    night.town.log.Push(
        night.town.Write(night.town.admin, night.town.tenant,
                         {Change(kSetting, night.town.NewId(),
                                 {{1, EncodeNumber(1, v1::SETTING_KEY_EMERGENCY_HOURS)},
                                  {3, EncodeI64(3, hours)},
                                  {4, EncodeDate(4, from)}})}));
  };
  set(2, today - 10);
  CHECK(EmergencyMs(directory, today) == 2 * kHourMs);
  set(6, today + 1);
  CHECK(EmergencyMs(directory, today) == 2 * kHourMs);
  CHECK(EmergencyMs(directory, today + 1) == 6 * kHourMs);
  set(40, today + 2);
  CHECK(EmergencyMs(directory, today + 2) == 8 * kHourMs);
  set(0, today + 3);
  CHECK(EmergencyMs(directory, today + 3) == 1 * kHourMs);
}

}  // namespace doorstep
