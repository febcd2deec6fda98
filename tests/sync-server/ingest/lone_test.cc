// The table of visits that somebody has to check out of, as entries move it.
#include "sync-server/ingest/lone.h"

#include <catch2/catch_test_macros.hpp>
#include <vector>

#include "tests/sync-server/council.h"

namespace doorstep::server {
namespace {

constexpr uint32_t kVisit = 27, kSetting = 110;
constexpr int64_t kMinute = 60'000;

struct Case {
  Case() : ana(council.Hire(v1::ROLE_KEY_WORKER)), family(council.BeginFamily(ana)) {
    visit = town().NewId();
    Write({{1, EncodeId(1, town().NewId())}, {2, EncodeId(2, ana.user)}, {9, EncodeNumber(9, 1)}});
  }
  Town& town() { return council.town; }
  Op Live(uint32_t field) {
    std::unique_ptr<ReadView> view = *council.server->store->Read();
    ScopeState state(family, view.get());
    return state.Find(kVisit, visit)->FindCell(field)->live.back().op;
  }
  void Write(std::vector<Put> puts) {
    const v1::RowAnswer answer =
        council.Push(town().Write(ana, family, {Change(kVisit, visit, std::move(puts))}));
    REQUIRE(answer.accepted().verdict() == v1::APPLIED);
  }
  // Under way, with an hour to go.
  void Start() {
    Write({{9, EncodeNumber(9, 2), {Live(9)}}, {13, EncodeI64(13, town().now_ms + 60 * kMinute)}});
  }
  std::optional<LoneRow> Row() {
    return *(*council.server->store->Read())->FindLone(family, visit);
  }
  std::vector<LoneRow> Due(int64_t now_ms) {
    std::vector<LoneRow> rows;
    REQUIRE((*council.server->store->Read())
                ->ForEachLoneDue(now_ms, [&](const LoneRow& row) { rows.push_back(row); })
                .ok());
    return rows;
  }
  void MarkTold() {
    std::unique_ptr<Transaction> transaction = *council.server->store->Begin();
    LoneRow row = **transaction->FindLone(family, visit);
    row.told_ms = 5;
    REQUIRE(transaction->PutLone(row).ok());
    REQUIRE(transaction->Commit().ok());
  }

  Council council;
  Hand ana;
  Id family, visit;
};

}  // namespace

TEST_CASE("a visit under way is due at its expected end and the grace, and not before") {
  Case c;
  CHECK_FALSE(c.Row());
  c.Start();
  REQUIRE(c.Row());
  CHECK(c.Row()->worker == c.ana.user);
  const int64_t due = c.town().now_ms + 90 * kMinute;
  CHECK(c.Row()->due_ms == due);
  CHECK(c.Due(due - 1).empty());
  REQUIRE(c.Due(due).size() == 1);
  CHECK(c.Due(due)[0].visit == c.visit);
  // A server that starts anew knows it.
  c.council.Restore(c.council.Image());
  CHECK(c.Due(due).size() == 1);
}

TEST_CASE("the grace is the authority's") {
  Case c;
  c.town().log.Push(c.town().Write(
      c.town().admin, c.town().tenant,
      {Change(kSetting, c.town().NewId(),
              {{1, EncodeNumber(1, 3)}, {3, EncodeI64(3, 10)}, {4, EncodeDate(4, 1)}})}));
  c.council.Mirror();
  c.Start();
  CHECK(c.Row()->due_ms == c.town().now_ms + 70 * kMinute);
}

TEST_CASE("a later expected end moves what is due, and an end takes it away") {
  Case c;
  c.Start();
  c.Write({{13, EncodeI64(13, c.town().now_ms + 120 * kMinute), {c.Live(13)}}});
  CHECK(c.Row()->due_ms == c.town().now_ms + 150 * kMinute);
  SECTION("checked out") {
    c.Write({{14, EncodeI64(14, c.town().now_ms)}});
    CHECK_FALSE(c.Row());
  }
  SECTION("signed") {
    c.Write({{9, EncodeNumber(9, 3), {c.Live(9)}}, {10, EncodeNumber(10, 3)}});
    CHECK_FALSE(c.Row());
  }
}

TEST_CASE("what was told stays told, whatever moves, until a check-out ends it") {
  Case c;
  c.Start();
  c.MarkTold();
  const int64_t later = c.town().now_ms + 1000 * kMinute;
  CHECK(c.Due(later).empty());
  c.Write({{13, EncodeI64(13, c.town().now_ms + 120 * kMinute), {c.Live(13)}}});
  CHECK(c.Due(later).empty());
  c.Write({{14, EncodeI64(14, c.town().now_ms)}});
  REQUIRE(c.Row());
  CHECK(c.Row()->due_ms == 0);
  CHECK(c.Row()->told_ms == 5);
  CHECK(c.Due(later).empty());
  size_t ended = 0;
  REQUIRE(
      (*c.council.server->store->Read())->ForEachLoneEnded([&](const LoneRow&) { ++ended; }).ok());
  CHECK(ended == 1);
}

TEST_CASE("a start that is held starts nothing") {
  Case c;
  const Hand stranger = c.council.Hire(v1::ROLE_KEY_WORKER);
  const v1::RowAnswer answer =
      c.council.Push(c.town().Write(stranger, c.family,
                                    {Change(kVisit, c.town().NewId(),
                                            {{1, EncodeId(1, c.town().NewId())},
                                             {2, EncodeId(2, stranger.user)},
                                             {9, EncodeNumber(9, 2)},
                                             {13, EncodeI64(13, c.town().now_ms)}})}));
  REQUIRE(answer.accepted().verdict() == v1::HELD);
  CHECK(c.Due(INT64_MAX).empty());
}

}  // namespace doorstep::server
