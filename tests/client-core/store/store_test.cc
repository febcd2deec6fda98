#include "client-core/store/store.h"

#include <catch2/catch_test_macros.hpp>

#include "client-core/store/limits.h"
#include "client-core/store/schema.h"
#include "crypto/reason.h"
#include "tests/client-core/store/phone.h"

namespace doorstep::client {
namespace {

const std::vector<uint32_t> kTypes{kFamily, 2, kPersonName, kVisit, kAssignment, kDecision};

struct Scene {
  Town town;
  Hand worker = town.Hire(v1::ROLE_KEY_WORKER);
  Changeset first = town.BeginFamily(worker);
  Id family = first.scope, visit = town.NewId();
  ScopeLog log{town, family};
  Phone phone{town, worker};
  Store& store = *phone.store;

  Scene() {
    log.Push(first);
    phone.Pull(town.log);
    phone.Pull(log);
  }
  Changeset Visit(std::string_view purpose) {
    return town.Write(worker, family, {PlanVisit(town, worker, town.NewId(), 5, purpose)});
  }
};

// A hash over everything that a screen or a server could be told from a store.
std::string Everything(Store& store) {
  std::string all;
  for (const ScopeRow& row : store.log().Scopes()) {
    all += row.scope.hex() + std::to_string(row.seq) + ToHex(View(row.hash)) +
           ToHex(View(row.state_digest)) + std::to_string(row.flags) + "\n";
    OverlayScope* seen = *store.overlay().Of(row.scope, 0);
    all += Content(*seen->state, kTypes);
    for (const OverlayRow& each : seen->rows) all += each.row.uid.hex();
    std::vector<SignedHead> heads = *store.log().HeadsFrom(row.scope, 0);
    for (const SignedHead& head : heads) all += head.bytes;
  }
  RecordQuery visits;
  visits.type = kVisit;
  std::vector<RecordPlace> places = *store.query().Select(visits);
  std::vector<SearchHit> hits = *store.search().Find("visit", std::nullopt, 0);
  std::vector<Draft> drafts = *store.drafts().List();
  for (const RecordPlace& place : places) all += place.id.hex();
  for (const SearchHit& hit : hits) all += hit.snippet;
  for (const Draft& draft : drafts) all += draft.id;
  return ToHex(View(H(all)));
}

TEST_CASE("a commit is one transaction with its indexes and the end of its draft") {
  Scene scene;
  REQUIRE(scene.store.drafts().Put({"d1", scene.family, 1, "words"}).ok());
  REQUIRE(scene.store.drafts().Put({"d2", scene.family, 1, "others"}).ok());
  const std::string before = Everything(scene.store);
  Changeset changeset = scene.Visit("visit at noon");
  Judgement expected = *scene.store.overlay().Expect(changeset, scene.town.now_ms);

  scene.store.database().FailAfterCommits(0);
  CHECK(ReasonOf(scene.store.Commit(changeset, expected, "d1", scene.town.now_ms)) == Reason::kIo);
  CHECK(Everything(scene.store) == before);

  std::unique_ptr<Store> reopened = *Store::OpenImage(*scene.store.Image(), Catalog::Get());
  CHECK(Everything(*reopened) == before);
  REQUIRE(reopened->Commit(changeset, expected, "d1", scene.town.now_ms).ok());
  CHECK(reopened->outbox().Count()->all == 1);
  CHECK(reopened->search().Find("noon", std::nullopt, 0)->size() == 1);
  CHECK(reopened->drafts().List()->size() == 1);
  CHECK(ReasonOf(reopened->Commit(changeset, expected, "d2", scene.town.now_ms)) ==
        Reason::kConflict);
  CHECK(reopened->drafts().List()->size() == 1);
  CHECK(reopened->outbox().Count()->all == 1);
}

TEST_CASE("a page is one transaction, and what it brought leaves the outbox") {
  Scene scene;
  Changeset sent = scene.Visit("visit sent"), unsent = scene.Visit("visit unsent");
  scene.phone.Commit(sent);
  scene.phone.Commit(unsent);
  scene.log.Push(sent);
  scene.log.Push(scene.town.Write(
      scene.town.supervisor, scene.family,
      {PlanVisit(scene.town, scene.worker, scene.town.NewId(), 1, "visit of the supervisor")}));
  const std::string before = Everything(scene.store);
  scene.store.database().FailAfterCommits(0);
  CHECK(ReasonOf(scene.phone.PullPage(scene.log, 256)) == Reason::kIo);
  CHECK(Everything(scene.store) == before);

  Phone again(scene.town, scene.worker, *Store::OpenImage(*scene.store.Image(), Catalog::Get()));
  CHECK(Everything(*again.store) == before);
  REQUIRE(again.PullPage(scene.log, 256).ok());
  CHECK(again.Unsent() == std::vector<std::string>{unsent.uid.hex()});
  CHECK(again.store->log().Find(scene.family)->seq == 3);
  CHECK(again.store->log().Find(scene.family)->state_digest == scene.log.state().Digest());
  CHECK(again.store->search().Find("visit", std::nullopt, 0)->size() == 3);
}

TEST_CASE("a page that fails midway changes nothing") {
  Scene scene;
  for (int n = 0; n < 5; ++n) scene.log.Push(scene.Visit("visit " + std::to_string(n)));
  const std::string before = Everything(scene.store);
  absl::Status status = scene.store.InTransaction([&] {
    absl::Status page = scene.phone.PullPage(scene.log, 3);
    return page.ok() ? MakeStatus(Reason::kCancelled, "stopped here") : page;
  });
  CHECK(ReasonOf(status) == Reason::kCancelled);
  CHECK(Everything(scene.store) == before);
  scene.phone.Pull(scene.log, 3);
  CHECK(scene.store.log().Find(scene.family)->state_digest == scene.log.state().Digest());
}

TEST_CASE("any division of a log into pages gives the same store") {
  Scene scene;
  for (int n = 0; n < 12; ++n) scene.log.Push(scene.Visit("visit " + std::to_string(n)));
  std::string first;
  for (size_t most : {size_t{1}, size_t{5}, size_t{256}}) {
    Phone phone(scene.town, scene.worker);
    phone.Pull(scene.town.log, most);
    phone.Pull(scene.log, most);
    std::string content = Content(phone.Seen(scene.family), kTypes) +
                          ToHex(View(phone.store->log().Find(scene.family)->state_digest));
    if (first.empty()) first = content;
    CHECK(content == first);
    CHECK(phone.store->search().Find("visit", std::nullopt, 0)->size() == 12);
  }
}

TEST_CASE("the directory in memory moves with its log, and back when that is rolled back") {
  Scene scene;
  const uint64_t before = scene.store.directory().seq();
  CHECK(before == scene.town.directory.seq());
  Hand hired = scene.town.Hire(v1::ROLE_KEY_WORKER);
  absl::Status status = scene.store.InTransaction([&] {
    absl::Status page = scene.phone.PullPage(scene.town.log, 256);
    if (!page.ok()) return page;
    CHECK(scene.store.directory().Knows(hired.device));
    return MakeStatus(Reason::kCancelled, "stopped here");
  });
  CHECK(ReasonOf(status) == Reason::kCancelled);
  CHECK(scene.store.directory().seq() == before);
  CHECK_FALSE(scene.store.directory().Knows(hired.device));
  scene.phone.Pull(scene.town.log);
  CHECK(scene.store.directory().DeviceCounts(hired.device, scene.store.directory().seq()));
  std::unique_ptr<Store> reopened = *Store::OpenImage(*scene.store.Image(), Catalog::Get());
  CHECK(reopened->directory().hash() == scene.town.directory.hash());
  CHECK(reopened->directory().DeviceCounts(hired.device, reopened->directory().seq()));
  CHECK(scene.store.ReplayDirectory()->hash() == scene.town.directory.hash());
}

TEST_CASE("history that the server lost becomes carried rows, in one transaction") {
  Scene scene;
  for (int n = 0; n < 4; ++n) scene.log.Push(scene.Visit("visit " + std::to_string(n)));
  scene.phone.Pull(scene.log);
  Changeset own = scene.Visit("visit not sent");
  scene.phone.Commit(own);
  OutboxRow row = **scene.store.outbox().Find(scene.family, own.uid);
  row.answer = Answer::kAccepted;
  REQUIRE(scene.store.SaveAnswer(row, scene.town.now_ms).ok());
  const std::string seen = Content(scene.phone.Seen(scene.family), kTypes);
  const std::string before = Everything(scene.store);

  Phone crashed(scene.town, scene.worker, *Store::OpenImage(*scene.store.Image(), Catalog::Get()));
  crashed.store->database().FailAfterCommits(0);
  CHECK_FALSE(crashed.store->CarryAbove(scene.family, 2, scene.town.now_ms).ok());
  CHECK(Everything(*crashed.store) == before);

  REQUIRE(scene.store.CarryAbove(scene.family, 2, scene.town.now_ms).ok());
  CHECK(scene.store.log().Find(scene.family)->seq == 2);
  std::vector<std::string> expected;
  for (size_t n = 2; n < 5; ++n) expected.push_back(scene.log.entries()[n].changeset.uid.hex());
  expected.push_back(own.uid.hex());
  CHECK(scene.phone.Unsent() == expected);
  CHECK((*scene.store.outbox().Find(scene.family, own.uid))->answer == Answer::kNone);
  CHECK(Content(scene.phone.Seen(scene.family), kTypes) == seen);
  CHECK(scene.store.search().Find("visit", std::nullopt, 0)->size() == 5);

  // The server grew another way; ours is given places after that.
  ScopeLog grown(scene.town, scene.family);
  for (size_t n = 0; n < 2; ++n) grown.Push(scene.log.entries()[n].changeset);
  grown.Push(scene.town.Write(
      scene.town.supervisor, scene.family,
      {PlanVisit(scene.town, scene.worker, scene.town.NewId(), 1, "visit of the other history")}));
  scene.phone.Pull(grown);
  CHECK(scene.phone.Unsent() == expected);
  for (size_t n = 2; n < 5; ++n) grown.Push(scene.log.entries()[n].changeset);
  scene.phone.Pull(grown);
  CHECK(scene.phone.Unsent() == std::vector<std::string>{own.uid.hex()});
  CHECK(scene.store.log().Find(scene.family)->state_digest == grown.state().Digest());
  CHECK(scene.store.search().Find("visit", std::nullopt, 0)->size() == 6);
}

TEST_CASE("history of the directory that the server lost") {
  Scene scene;
  const uint64_t common = scene.town.directory.seq();
  Hand hired = scene.town.Hire(v1::ROLE_KEY_WORKER);
  scene.phone.Pull(scene.town.log);
  REQUIRE(scene.store.CarryAbove(scene.town.tenant, common, scene.town.now_ms).ok());
  CHECK(scene.store.directory().seq() == common);
  CHECK_FALSE(scene.store.directory().Knows(hired.device));
  CHECK(scene.phone.Unsent().size() == scene.town.log.entries().size() - common);
  scene.phone.Pull(scene.town.log);
  CHECK(scene.store.directory().hash() == scene.town.directory.hash());
  CHECK(scene.phone.Unsent().empty());
}

TEST_CASE("a delivered row of a scope that the server serves nothing of leaves by the answer") {
  Scene scene;
  Changeset access =
      scene.town.Write(scene.worker, scene.worker.device, {Change(60, scene.town.NewId(), {})});
  scene.phone.Commit(access);
  REQUIRE(scene.store.outbox().CountOf(scene.worker.device)->all == 1);
  REQUIRE(scene.store.RemoveDelivered(scene.worker.device, access.uid, scene.town.now_ms).ok());
  CHECK(scene.store.outbox().CountOf(scene.worker.device)->all == 0);
}

TEST_CASE("the store of another device is told as such") {
  TemporaryFolder folder;
  Scene scene;
  StoreIdentity identity = scene.phone.identity();
  const Catalog& catalog = Catalog::Get();
  REQUIRE(Store::Create(folder.path(), TestKey(), identity, catalog).ok());
  REQUIRE(Store::Open(folder.path(), TestKey(), identity, catalog).ok());
  StoreIdentity other = identity;
  other.device = scene.town.NewId();
  CHECK(ReasonOf(Store::Open(folder.path(), TestKey(), other, catalog).status()) == Reason::kKey);
  other = identity;
  other.genesis_root = {};
  CHECK(ReasonOf(Store::Open(folder.path(), TestKey(), other, catalog).status()) == Reason::kKey);
  CHECK(ReasonOf(Store::Open(folder.path(), TestKey(9), identity, catalog).status()) ==
        Reason::kKey);
}

TEST_CASE("a store in a file, closed and opened, is what it was") {
  TemporaryFolder folder;
  Scene scene;
  StoreIdentity identity = scene.phone.identity();
  std::string before;
  {
    Phone phone(scene.town, scene.worker,
                *Store::Create(folder.path(), TestKey(), identity, Catalog::Get()));
    phone.Pull(scene.town.log, 3);
    for (int n = 0; n < 6; ++n) scene.log.Push(scene.Visit("visit " + std::to_string(n)));
    phone.Pull(scene.log, 2);
    phone.Commit(scene.Visit("visit unsent"));
    before = Everything(*phone.store);
    CHECK(ReasonOf(Store::Open(folder.path(), TestKey(), identity, Catalog::Get()).status()) ==
          Reason::kBusy);
  }
  absl::StatusOr<std::unique_ptr<Store>> again =
      Store::Open(folder.path(), TestKey(), identity, Catalog::Get());
  REQUIRE(again.ok());
  CHECK(Everything(**again) == before);
  CHECK((*again)->database().CheckIntegrity().ok());
}

TEST_CASE("indexes are made anew for a schema that indexes otherwise") {
  Scene scene;
  scene.log.Push(scene.Visit("visit stored"));
  scene.phone.Pull(scene.log);
  scene.phone.Commit(scene.Visit("visit unsent"));
  const std::string before = Everything(scene.store);
  REQUIRE(scene.store.database().Execute("UPDATE seen SET fields = x''").ok());
  REQUIRE(scene.store.meta().SetInt(meta::kIndexedSchema, 0).ok());
  std::unique_ptr<Store> reopened = *Store::OpenImage(*scene.store.Image(), Catalog::Get());
  CHECK(Everything(*reopened) == before);
  CHECK(*reopened->meta().GetInt(meta::kIndexedSchema) == Catalog::Get().schema());
}

}  // namespace
}  // namespace doorstep::client
