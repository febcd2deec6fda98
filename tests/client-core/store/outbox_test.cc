#include "client-core/store/outbox.h"

#include <catch2/catch_test_macros.hpp>

#include "client-core/store/limits.h"
#include "client-core/store/schema.h"
#include "crypto/reason.h"
#include "tests/client-core/store/phone.h"

namespace doorstep::client {
namespace {

struct Scene {
  Town town;
  std::unique_ptr<Database> database = *Database::OpenInMemory(StoreSchema());
  Outbox outbox{*database, Catalog::Get()};
  Id family = town.NewId(), other = town.NewId();

  Changeset Write(const Id& scope, std::string_view words = "x") {
    return town.Write(
        town.supervisor, scope,
        {Change(kVisit, town.NewId(), {{kVisitPurpose, EncodeBytes(kVisitPurpose, words)}})});
  }
  Entry At(uint64_t seq, const Changeset& changeset) {
    v1::EntryMeta meta;
    meta.set_seq(seq);
    meta.set_verdict(v1::HELD);
    meta.set_reason(v1::HELD_REASON_NO_ASSIGNMENT);
    return MakeEntry(town.tenant, changeset, meta, Hash32{});
  }
  std::vector<Id> Order() {
    std::vector<Id> uids;
    REQUIRE(
        outbox.ForEach([&](const OutboxRow& row) { return uids.push_back(row.uid), true; }).ok());
    return uids;
  }
};

TEST_CASE("own rows stand in order of commit, across families and after removals") {
  Scene scene;
  Changeset a = scene.Write(scene.family), b = scene.Write(scene.other),
            c = scene.Write(scene.family);
  for (const Changeset* changeset : {&a, &b, &c}) REQUIRE(scene.outbox.AddOwn(*changeset, 5).ok());
  CHECK(scene.Order() == std::vector<Id>{a.uid, b.uid, c.uid});
  REQUIRE(scene.outbox.Remove(c.scope, c.uid).ok());
  Changeset d = scene.Write(scene.family);
  REQUIRE(scene.outbox.AddOwn(d, 6).ok());
  CHECK(scene.Order() == std::vector<Id>{a.uid, b.uid, d.uid});
  std::vector<Id> of_family;
  REQUIRE(scene.outbox
              .ForEachOf(scene.family,
                         [&](const OutboxRow& row) { return of_family.push_back(row.uid), true; })
              .ok());
  CHECK(of_family == std::vector<Id>{a.uid, d.uid});
  std::vector<Id> scopes{scene.family, scene.other};
  std::sort(scopes.begin(), scopes.end());
  CHECK(*scene.outbox.Scopes() == scopes);
}

TEST_CASE("carried rows go before own ones, and a later carrying before an earlier one") {
  Scene scene;
  Changeset own = scene.Write(scene.family);
  REQUIRE(scene.outbox.AddOwn(own, 5).ok());
  std::vector<Changeset> lost;
  for (int n = 0; n < 5; ++n) lost.push_back(scene.Write(scene.family));
  REQUIRE(scene.outbox
              .AddCarried(scene.family,
                          {scene.At(4, lost[2]), scene.At(5, lost[3]), scene.At(6, lost[4])}, 6)
              .ok());
  REQUIRE(
      scene.outbox.AddCarried(scene.family, {scene.At(2, lost[0]), scene.At(3, lost[1])}, 7).ok());
  CHECK(scene.Order() ==
        std::vector<Id>{lost[0].uid, lost[1].uid, lost[2].uid, lost[3].uid, lost[4].uid, own.uid});
  OutboxRow row = **scene.outbox.Find(scene.family, lost[3].uid);
  CHECK(row.origin == Origin::kCarried);
  v1::EntryMeta meta = *scene.outbox.OldMeta(row);
  CHECK(meta.seq() == 5);
  CHECK(meta.reason() == v1::HELD_REASON_NO_ASSIGNMENT);
  CHECK((*scene.outbox.Find(scene.family, own.uid))->origin == Origin::kOwn);
}

TEST_CASE("a uid is in the outbox once for each scope; carried over an own row, it stays own") {
  Scene scene;
  Changeset own = scene.Write(scene.family);
  REQUIRE(scene.outbox.AddOwn(own, 5).ok());
  CHECK(ReasonOf(scene.outbox.AddOwn(own, 6).status()) == Reason::kConflict);
  REQUIRE(scene.outbox.AddCarried(scene.family, {scene.At(9, own)}, 7).ok());
  CHECK(scene.Order() == std::vector<Id>{own.uid});
  CHECK((*scene.outbox.Find(scene.family, own.uid))->origin == Origin::kOwn);
  // Somebody else's changeset in another family under the same uid takes nobody's place.
  Changeset stranger = scene.town.WriteAs(own.uid, scene.town.admin, scene.other,
                                          {Change(kVisit, scene.town.NewId(), {})});
  REQUIRE(scene.outbox.AddCarried(scene.other, {scene.At(1, stranger)}, 8).ok());
  CHECK(scene.outbox.FindUid(own.uid)->size() == 2);
  REQUIRE(scene.outbox.Remove(scene.other, own.uid).ok());
  CHECK(scene.outbox.Find(scene.family, own.uid)->has_value());
}

TEST_CASE("bytes come back as they were signed") {
  Scene scene;
  Changeset own = scene.Write(scene.family, "words");
  REQUIRE(scene.outbox.AddOwn(own, 5).ok());
  OutboxRow row = **scene.outbox.Find(scene.family, own.uid);
  CHECK(row.bytes == own.bytes.size() + 64);
  CHECK(row.saved_ms == 5);
  CHECK(scene.outbox.Signed(row)->changeset() == own.bytes);
  Changeset loaded = *scene.outbox.Load(row);
  CHECK(VerifyChangeset(scene.town.tenant, loaded, SignPublicKey(scene.town.supervisor.sign_seed))
            .ok());
}

TEST_CASE("answers are marks on the row, taken back by a mismatch but for the unsendable") {
  Scene scene;
  std::vector<Changeset> rows;
  for (int n = 0; n < 4; ++n) {
    rows.push_back(scene.Write(n == 3 ? scene.other : scene.family));
    REQUIRE(scene.outbox.AddOwn(rows.back(), 5).ok());
  }
  auto answer = [&](const Changeset& changeset, Answer said) {
    OutboxRow row = **scene.outbox.Find(changeset.scope, changeset.uid);
    row.answer = said;
    row.reason = 3;
    row.verdict = v1::HELD;
    row.seq = 77;
    row.archived = row.undecided = said == Answer::kAccepted;
    row.closed = said == Answer::kUnsendable;
    row.asked_ms = 99;
    row.retry_at_ms = 100;
    REQUIRE(scene.outbox.SaveAnswer(row).ok());
  };
  answer(rows[0], Answer::kAccepted);
  answer(rows[1], Answer::kUnsendable);
  answer(rows[2], Answer::kRetry);
  answer(rows[3], Answer::kAccepted);
  OutboxRow accepted = **scene.outbox.Find(scene.family, rows[0].uid);
  CHECK(accepted.answer == Answer::kAccepted);
  CHECK(accepted.verdict == v1::HELD);
  CHECK(accepted.seq == 77);
  CHECK((accepted.archived && accepted.undecided && !accepted.closed && !accepted.sealed));
  CHECK(accepted.asked_ms == 99);
  CHECK(accepted.retry_at_ms == 100);
  Outbox::Counts counts = *scene.outbox.Count();
  CHECK(counts.all == 4);
  CHECK(counts.unsendable == 1);
  CHECK(counts.waiting == 1);
  CHECK(counts.own_unaccepted == 2);

  REQUIRE(scene.outbox.ForgetAnswers(scene.family).ok());
  CHECK((*scene.outbox.Find(scene.family, rows[0].uid))->answer == Answer::kNone);
  CHECK_FALSE((*scene.outbox.Find(scene.family, rows[0].uid))->archived);
  CHECK((*scene.outbox.Find(scene.family, rows[1].uid))->answer == Answer::kUnsendable);
  CHECK((*scene.outbox.Find(scene.family, rows[1].uid))->closed);
  CHECK((*scene.outbox.Find(scene.family, rows[2].uid))->answer == Answer::kNone);
  CHECK((*scene.outbox.Find(scene.other, rows[3].uid))->answer == Answer::kAccepted);
  CHECK(scene.outbox.CountOf(scene.family)->waiting == 2);
}

TEST_CASE("a sealed row keeps its place and its marks and nothing readable") {
  Scene scene;
  Changeset own = scene.Write(scene.family, "unreadable afterwards");
  REQUIRE(scene.outbox.AddOwn(own, 5).ok());
  OutboxRow row = **scene.outbox.Find(scene.family, own.uid);
  CHECK(ReasonOf(scene.outbox.Sealed(row).status()) == Reason::kState);
  REQUIRE(scene.outbox.Seal(row, "sealed bytes").ok());
  row = **scene.outbox.Find(scene.family, own.uid);
  CHECK(row.sealed);
  CHECK(*scene.outbox.Sealed(row) == "sealed bytes");
  CHECK(ReasonOf(scene.outbox.Signed(row).status()) == Reason::kState);
  REQUIRE(scene.outbox.ForgetAnswers(scene.family).ok());
  CHECK((*scene.outbox.Find(scene.family, own.uid))->sealed);
  CHECK(scene.database->Image()->find("unreadable") == std::string::npos);
}

TEST_CASE("the limit of own rows counts what no server has accepted") {
  Scene scene;
  Transaction transaction(*scene.database);
  Changeset first = scene.Write(scene.family);
  REQUIRE(scene.outbox.AddOwn(first, 1).ok());
  // Rows copied in the file: ten thousand signatures would only cost time.
  REQUIRE(scene.database
              ->Execute(
                  "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 9999) "
                  "INSERT INTO outbox SELECT i, scope, CAST(printf('%016d', i) AS BLOB), bytes, "
                  "saved_ms, "
                  "answer, reason, verdict, seq, marks, asked_ms, retry_at_ms, old_meta, "
                  "signature, changeset "
                  "FROM outbox, n WHERE position = 1")
              .ok());
  scene.outbox.Reload();
  REQUIRE(scene.outbox.Count()->own_unaccepted == kOutboxRowsMax - 1);
  Changeset last = scene.Write(scene.family);
  REQUIRE(scene.outbox.AddOwn(last, 2).ok());
  Changeset refused = scene.Write(scene.family);
  CHECK(ReasonOf(scene.outbox.AddOwn(refused, 3).status()) == Reason::kLimit);
  // Carried rows are under no limit of ours: refusing them would lose them.
  CHECK(scene.outbox.AddCarried(scene.family, {scene.At(1, scene.Write(scene.family))}, 3).ok());
  OutboxRow row = **scene.outbox.Find(scene.family, first.uid);
  row.answer = Answer::kAccepted;
  REQUIRE(scene.outbox.SaveAnswer(row).ok());
  CHECK(scene.outbox.AddOwn(refused, 4).ok());
}

TEST_CASE("the limit of own bytes") {
  Scene scene;
  Changeset first = scene.Write(scene.family);
  REQUIRE(scene.outbox.AddOwn(first, 1).ok());
  REQUIRE(scene.database->Execute("UPDATE outbox SET bytes = 67108864 - 400").ok());
  scene.outbox.Reload();
  CHECK(scene.outbox.AddOwn(scene.Write(scene.family), 2).ok());
  CHECK(
      ReasonOf(scene.outbox.AddOwn(scene.Write(scene.family, std::string(400, 'x')), 3).status()) ==
      Reason::kLimit);
}

TEST_CASE("a damaged row is told") {
  Scene scene;
  Changeset own = scene.Write(scene.family);
  REQUIRE(scene.outbox.AddOwn(own, 5).ok());
  REQUIRE(scene.database->Execute("UPDATE outbox SET changeset = x'ff'").ok());
  CHECK(ReasonOf(scene.outbox.Load(**scene.outbox.Find(scene.family, own.uid)).status()) ==
        Reason::kIntegrity);
}

}  // namespace
}  // namespace doorstep::client
