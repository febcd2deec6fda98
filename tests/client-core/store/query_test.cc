#include "client-core/store/query.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "client-core/store/field_index.h"
#include "client-core/store/limits.h"
#include "crypto/reason.h"
#include "tests/client-core/store/phone.h"

namespace doorstep::client {
namespace {

struct Scene {
  Town town;
  Hand worker = town.Hire(v1::ROLE_KEY_WORKER);
  Changeset first = town.BeginFamily(worker), second = town.BeginFamily(worker);
  Id family = first.scope, other = second.scope;
  ScopeLog log{town, family}, other_log{town, other};
  Phone phone{town, worker};
  Query& query = phone.store->query();

  Scene() {
    log.Push(first);
    other_log.Push(second);
    phone.Pull(town.log);
    phone.Pull(log);
    phone.Pull(other_log);
  }
  Id Visit(const Id& scope, int64_t planned_at) {
    Id id = town.NewId();
    phone.Commit(town.Write(worker, scope, {PlanVisit(town, worker, id, planned_at, "x")}));
    return id;
  }
  std::vector<Id> Ids(const RecordQuery& asked) {
    absl::StatusOr<std::vector<RecordPlace>> places = query.Select(asked);
    REQUIRE(places.ok());
    std::vector<Id> ids;
    for (const RecordPlace& place : *places) ids.push_back(place.id);
    return ids;
  }
};

RecordQuery Visits() {
  RecordQuery query;
  query.type = kVisit;
  return query;
}

Condition Planned(Condition::Relation relation, int64_t at) {
  return {kVisitPlannedAt, relation, EncodeI64(kVisitPlannedAt, at)};
}

TEST_CASE("keys of the index order as the values do") {
  FieldType number;
  number.number = 4;
  number.kind = Kind::kInstant;
  std::vector<int64_t> values{INT64_MIN, -1'000'000,        -1,       0, 1, 255,
                              256,       1'795'000'000'000, INT64_MAX};
  std::vector<std::string> keys;
  for (int64_t value : values) {
    std::vector<std::string> of_value = IndexKeys(number, EncodeI64(4, value));
    REQUIRE(of_value.size() == 1);
    keys.push_back(of_value[0]);
  }
  CHECK(std::is_sorted(keys.begin(), keys.end()));
  CHECK(std::adjacent_find(keys.begin(), keys.end()) == keys.end());
  number.kind = Kind::kU32;
  CHECK(IndexKeys(number, EncodeNumber(4, 1))[0] <
        IndexKeys(number, EncodeNumber(4, UINT32_MAX))[0]);
  number.kind = Kind::kDate;
  CHECK(IndexKeys(number, EncodeDate(4, -5))[0] < IndexKeys(number, EncodeDate(4, 5))[0]);
  CHECK(IndexKeys(number, EncodeDate(5, 5)).empty());
  CHECK(IndexKeys(number, "").empty());
  CHECK(IndexKeys(number, EncodeDate(4, 1) + EncodeDate(4, 2)).size() == 2);
}

TEST_CASE("records are filtered and ordered by values in force, unsent ones included") {
  Scene scene;
  Id late = scene.Visit(scene.family, 300), early = scene.Visit(scene.family, -100);
  Id middle = scene.Visit(scene.other, 200);
  RecordQuery asked = Visits();
  asked.order_by = kVisitPlannedAt;
  CHECK(scene.Ids(asked) == std::vector<Id>{early, middle, late});
  asked.direction = RecordQuery::Direction::kDescending;
  CHECK(scene.Ids(asked) == std::vector<Id>{late, middle, early});
  asked.limit = 2;
  CHECK(scene.Ids(asked) == std::vector<Id>{late, middle});
  asked.skip = 2;
  CHECK(scene.Ids(asked) == std::vector<Id>{early});
  asked.skip = 3;
  CHECK(scene.Ids(asked).empty());
  asked.skip = 0;
  asked.limit = 0;
  asked.where = {Planned(Condition::Relation::kAtLeast, 200)};
  CHECK(scene.Ids(asked) == std::vector<Id>{late, middle});
  asked.where.push_back(Planned(Condition::Relation::kAtMost, 299));
  CHECK(scene.Ids(asked) == std::vector<Id>{middle});
  asked.where = {Planned(Condition::Relation::kEqual, 300),
                 {2, Condition::Relation::kEqual, EncodeId(2, scene.worker.user)}};
  CHECK(scene.Ids(asked) == std::vector<Id>{late});
  asked.where = {{2, Condition::Relation::kEqual, EncodeId(2, scene.town.admin.user)}};
  CHECK(scene.Ids(asked).empty());
  asked = Visits();
  asked.scope = scene.family;
  CHECK(scene.Ids(asked) == std::vector<Id>{late, early});  // made first, first
  asked.id = early;
  CHECK(scene.Ids(asked) == std::vector<Id>{early});
  asked.scope = scene.other;
  CHECK(scene.Ids(asked).empty());
  asked.scope = scene.town.NewId();
  CHECK(scene.Ids(asked).empty());
}

TEST_CASE("an edit moves a record in the index, and a cleared field puts it last") {
  Scene scene;
  Id a = scene.Visit(scene.family, 100), b = scene.Visit(scene.family, 200);
  RecordQuery asked = Visits();
  asked.order_by = kVisitPlannedAt;
  auto write = [&](std::string value) {
    Op shown =
        scene.phone.Seen(scene.family).Find(kVisit, a)->FindCell(kVisitPlannedAt)->live[0].op;
    scene.phone.Commit(
        scene.town.Write(scene.worker, scene.family,
                         {Change(kVisit, a, {{kVisitPlannedAt, std::move(value), {shown}}})}));
  };
  write(EncodeI64(kVisitPlannedAt, 300));
  CHECK(scene.Ids(asked) == std::vector<Id>{b, a});
  write(EncodeI64(kVisitPlannedAt, 50));
  CHECK(scene.Ids(asked) == std::vector<Id>{a, b});
  write("");
  CHECK(scene.Ids(asked) == std::vector<Id>{b, a});
  asked.direction = RecordQuery::Direction::kDescending;
  CHECK(scene.Ids(asked) == std::vector<Id>{b, a});
}

TEST_CASE("questions that cannot be answered are refused") {
  Scene scene;
  RecordQuery asked = Visits();
  asked.order_by = kVisitAccount;  // not indexed
  CHECK(ReasonOf(scene.query.Select(asked).status()) == Reason::kArg);
  asked = Visits();
  asked.where = {{kVisitAccount, Condition::Relation::kEqual, EncodeBytes(kVisitAccount, "x")}};
  CHECK(ReasonOf(scene.query.Select(asked).status()) == Reason::kArg);
  asked.where = {{kVisitPlannedAt, Condition::Relation::kEqual, EncodeI64(3, 1)}};
  CHECK(ReasonOf(scene.query.Select(asked).status()) == Reason::kArg);
  asked.where = {{kVisitPlannedAt, Condition::Relation::kEqual, ""}};
  CHECK(ReasonOf(scene.query.Select(asked).status()) == Reason::kArg);
  asked.where.assign(kQueryConditionsMax + 1, Planned(Condition::Relation::kEqual, 1));
  CHECK(ReasonOf(scene.query.Select(asked).status()) == Reason::kLimit);
  asked.where.pop_back();
  CHECK(scene.query.Select(asked).ok());
  asked.type = 60'000;
  asked.where.clear();
  CHECK(scene.Ids(asked).empty());
}

TEST_CASE("a thousand records") {
  Scene scene;
  std::vector<std::pair<int64_t, Id>> made;
  REQUIRE(scene.phone.store
              ->InTransaction([&] {
                for (int64_t n = 0; n < 1000; ++n) {
                  const int64_t at = (n * 7919) % 1000 - 500;
                  made.emplace_back(at, scene.town.NewId());
                  Judgement applied;
                  applied.verdict = v1::APPLIED;
                  absl::Status status = scene.phone.store->Commit(
                      scene.town.Write(
                          scene.worker, n % 2 == 0 ? scene.family : scene.other,
                          {PlanVisit(scene.town, scene.worker, made.back().second, at, "many")}),
                      applied, {}, scene.town.now_ms);
                  if (!status.ok()) return status;
                }
                return absl::OkStatus();
              })
              .ok());
  std::sort(made.begin(), made.end());
  RecordQuery asked = Visits();
  asked.order_by = kVisitPlannedAt;
  std::vector<Id> expected;
  for (int n = 0; n < kQueryRecordsMax; ++n)
    expected.push_back(made[static_cast<size_t>(n)].second);
  CHECK(scene.Ids(asked) == expected);
  asked.limit = 10'000;
  CHECK(scene.Ids(asked) == expected);
  asked.where = {Planned(Condition::Relation::kAtLeast, 100),
                 Planned(Condition::Relation::kAtMost, 109)};
  CHECK(scene.Ids(asked).size() == 10);
  CHECK(scene.query.Story(scene.family, scene.town.now_ms)->size() == 500 + 5);
}

TEST_CASE("the story of a family is in the order it was made, and hidden families tell none") {
  Scene scene;
  Id a = scene.Visit(scene.family, 100);
  scene.log.Push(
      scene.town.Write(scene.town.supervisor, scene.family,
                       {PlanVisit(scene.town, scene.worker, scene.town.NewId(), 1, "b")}));
  scene.phone.Pull(scene.log);
  std::vector<RecordPlace> story = *scene.query.Story(scene.family, scene.town.now_ms);
  REQUIRE(story.size() == 7);
  CHECK(story.front().type == kFamily);
  CHECK(story[6].id == a);  // not received: after everything that is
  CHECK(story[5].type == kVisit);
  CHECK(*scene.query.ScopesOf(kVisit, a) == std::vector<Id>{scene.family});
  REQUIRE(
      scene.phone.store
          ->InTransaction([&] { return scene.phone.store->log().SetFlag(scene.family, kHidden); })
          .ok());
  CHECK(scene.query.ScopesOf(kVisit, a)->empty());
  CHECK(scene.Ids(Visits()).empty());
}

TEST_CASE("contested cells are found while they are, with what is not sent yet") {
  Scene scene;
  Id a = scene.Visit(scene.family, 100);
  CHECK(*scene.query.CountContested(std::nullopt) == 0);
  Op shown = scene.phone.Seen(scene.family).Find(kVisit, a)->FindCell(kVisitPurpose)->live[0].op;
  scene.phone.Commit(scene.town.Write(
      scene.worker, scene.family,
      {Change(kVisit, a, {{kVisitPurpose, EncodeBytes(kVisitPurpose, "another")}})}));
  std::vector<ContestedCell> cells = *scene.query.Contested(std::nullopt);
  REQUIRE(cells.size() == 1);
  CHECK(cells[0].record == RecordPlace{scene.family, kVisit, a});
  CHECK(cells[0].field == kVisitPurpose);
  CHECK(*scene.query.CountContested(scene.other) == 0);
  CHECK(*scene.query.CountContested(scene.family) == 1);
  Op sibling = scene.phone.Seen(scene.family).Find(kVisit, a)->FindCell(kVisitPurpose)->live[1].op;
  scene.phone.Commit(scene.town.Write(
      scene.worker, scene.family,
      {Change(kVisit, a,
              {{kVisitPurpose, EncodeBytes(kVisitPurpose, "settled"), {shown, sibling}}})}));
  CHECK(scene.query.Contested(std::nullopt)->empty());
}

TEST_CASE("history has every write: received, overwritten, held, unsent") {
  Scene scene;
  Id a = scene.Visit(scene.family, 100);
  // The visit reaches the log; then the supervisor's words, held words of a stranger, own words.
  absl::StatusOr<Changeset> sent = scene.phone.store->outbox().Load(
      (*scene.phone.store->outbox().FindUid(*Id::FromHex(scene.phone.Unsent()[0])))[0]);
  REQUIRE(sent.ok());
  scene.log.Push(*sent);
  Op purpose = scene.log.Live(kVisit, a, kVisitPurpose);
  scene.log.Push(scene.town.Write(
      scene.town.supervisor, scene.family,
      {Change(kVisit, a,
              {{kVisitPurpose, EncodeBytes(kVisitPurpose, "by the supervisor"), {purpose}}})}));
  scene.log.Push(scene.town.Write(
      scene.town.admin, scene.family,
      {Change(kVisit, a, {{kVisitPurpose, EncodeBytes(kVisitPurpose, "by nobody of theirs")}})}));
  scene.phone.Pull(scene.log);
  scene.phone.Commit(scene.town.Write(
      scene.worker, scene.family,
      {Change(kVisit, a, {{kVisitAccount, EncodeBytes(kVisitAccount, "not purpose")}}),
       Change(kVisit, a,
              {{kVisitPurpose,
                EncodeBytes(kVisitPurpose, "unsent"),
                {scene.log.Live(kVisit, a, kVisitPurpose)}}})}));
  std::vector<WrittenValue> values =
      *scene.query.History({scene.family, kVisit, a}, kVisitPurpose, scene.town.now_ms);
  REQUIRE(values.size() == 4);
  CHECK(DecodeBytes(kVisitPurpose, values[0].value) == "x");
  CHECK((values[0].seq == 2 && !values[0].live && values[0].verdict == v1::APPLIED));
  CHECK(values[0].received_ms == scene.town.now_ms);
  CHECK(values[0].device == scene.worker.device);
  CHECK(DecodeBytes(kVisitPurpose, values[1].value) == "by the supervisor");
  CHECK(values[1].overwrites == std::vector<Op>{purpose});
  CHECK(values[1].actor == scene.town.supervisor.user);
  CHECK_FALSE(values[1].live);
  CHECK(DecodeBytes(kVisitPurpose, values[2].value) == "by nobody of theirs");
  CHECK((values[2].verdict == v1::HELD && values[2].reason == v1::HELD_REASON_NO_ASSIGNMENT));
  CHECK(values[2].outcome == HeldWork::Outcome::kWaiting);
  CHECK(DecodeBytes(kVisitPurpose, values[3].value) == "unsent");
  CHECK((values[3].seq == 0 && values[3].live && values[3].received_ms == 0));
  CHECK(values[3].op.index == 1);
  // Every field: the five of the first entry and those above.
  CHECK(scene.query.History({scene.family, kVisit, a}, 0, scene.town.now_ms)->size() == 9);
  CHECK(scene.query.History({scene.other, kVisit, a}, 0, scene.town.now_ms)->empty());
}

}  // namespace
}  // namespace doorstep::client
