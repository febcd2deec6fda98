#include "client-core/store/search.h"

#include <catch2/catch_test_macros.hpp>

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
  Search& search = phone.store->search();

  Scene() {
    log.Push(first);
    other_log.Push(second);
    phone.Pull(town.log);
    phone.Pull(log);
    phone.Pull(other_log);
  }
  Id Visit(const Id& scope, std::string_view purpose, std::string_view account = {}) {
    Id id = town.NewId();
    phone.Commit(town.Write(worker, scope, {PlanVisit(town, worker, id, 5, purpose, account)}));
    return id;
  }
  std::vector<Id> Ids(std::string_view words, std::optional<Id> scope = std::nullopt,
                      int limit = 0) {
    absl::StatusOr<std::vector<SearchHit>> hits = search.Find(words, scope, limit);
    REQUIRE(hits.ok());
    std::vector<Id> ids;
    for (const SearchHit& hit : *hits) ids.push_back(hit.record.id);
    return ids;
  }
};

TEST_CASE("every word must occur, in whichever text, in any order; the last may be a beginning") {
  Scene scene;
  Id a = scene.Visit(scene.family, "talk about bedtime", "Grandmother was at the table");
  Id b = scene.Visit(scene.family, "talk about school");
  CHECK(scene.Ids("talk") == std::vector<Id>{b, a});
  CHECK(scene.Ids("bedtime grandmother") == std::vector<Id>{a});
  CHECK(scene.Ids("grandmother bedt") == std::vector<Id>{a});
  CHECK(scene.Ids("grand bedtime").empty());
  CHECK(scene.Ids("bedtime school").empty());
  CHECK(scene.Ids("TALK About SCH") == std::vector<Id>{b});
}

TEST_CASE("accents and signs do not matter, and nothing typed is an operator") {
  Scene scene;
  Id a = scene.Visit(scene.family, "Zoë O'Brien's café — 'never' OR always");
  for (const char* words :
       {"zoe", "O'Brien", "obrien's", "cafe", "CAFÉ", "never OR", "or always"}) {
    INFO(words);
    if (std::string_view(words) == "obrien's") {
      CHECK(scene.Ids(words).empty());
    } else {
      CHECK(scene.Ids(words) == std::vector<Id>{a});
    }
  }
  for (const char* words : {"", "  ", "\"", "*", "-", "()", "NEAR(", "text:", "\"zoe", "zoe AND",
                            "zoe\" OR \"x", "^zoe*", "—", "\xff\xfe", "zoe \xe2\x80"}) {
    INFO(words);
    CHECK(scene.search.Find(words, std::nullopt, 0).ok());
  }
  CHECK(scene.Ids("\"zoe") == std::vector<Id>{a});
  CHECK(scene.Ids("zoe NOT").empty());
  CHECK(scene.Ids("—").empty());
}

TEST_CASE("the hit says where, with the words marked and cut at characters") {
  Scene scene;
  std::string account;
  for (int n = 0; n < 60; ++n) account += "Früher kam er öfter. ";
  account += "Then the kettle boiled over. ";
  for (int n = 0; n < 60; ++n) account += "Später nicht mehr. ";
  Id a = scene.Visit(scene.family, "tea", account);
  std::vector<SearchHit> hits = *scene.search.Find("kettle boil", std::nullopt, 0);
  REQUIRE(hits.size() == 1);
  CHECK(hits[0].record == RecordPlace{scene.family, kVisit, a});
  CHECK(hits[0].field == kVisitAccount);
  CHECK(hits[0].snippet.find("\xe2\x81\xa8kettle\xe2\x81\xa9 \xe2\x81\xa8"
                             "boiled\xe2\x81\xa9") != std::string::npos);
  CHECK(hits[0].snippet.size() < 320);
  CHECK(IsPlainText(hits[0].snippet));
  hits = *scene.search.Find("tea", std::nullopt, 0);
  REQUIRE(hits.size() == 1);
  CHECK(hits[0].field == kVisitPurpose);
  CHECK(hits[0].snippet == "\xe2\x81\xa8tea\xe2\x81\xa9");
}

TEST_CASE("one family or all, and no more than asked") {
  Scene scene;
  Id a = scene.Visit(scene.family, "kettle"), b = scene.Visit(scene.other, "kettle");
  CHECK(scene.Ids("kettle") == std::vector<Id>{b, a});
  CHECK(scene.Ids("kettle", scene.family) == std::vector<Id>{a});
  CHECK(scene.Ids("kettle", scene.town.NewId()).empty());
  CHECK(scene.Ids("kettle", std::nullopt, 1) == std::vector<Id>{b});
  REQUIRE(
      scene.phone.store
          ->InTransaction([&] { return scene.phone.store->log().SetFlag(scene.other, kHidden); })
          .ok());
  CHECK(scene.Ids("kettle") == std::vector<Id>{a});
}

TEST_CASE("what is no longer in force is found no longer, and leaves no bytes") {
  Scene scene;
  Id a = scene.Visit(scene.family, "Xylophone lessons");
  CHECK(scene.Ids("xylophone") == std::vector<Id>{a});
  const Cell* cell = scene.phone.Seen(scene.family).Find(kVisit, a)->FindCell(kVisitPurpose);
  scene.phone.Commit(scene.town.Write(
      scene.worker, scene.family,
      {Change(kVisit, a,
              {{kVisitPurpose, EncodeBytes(kVisitPurpose, "drum lessons"), {cell->live[0].op}}})}));
  CHECK(scene.Ids("xylophone").empty());
  CHECK(scene.Ids("drum") == std::vector<Id>{a});
  // Lower case stands in the index only; the signed words keep their capital.
  std::string image = *scene.phone.store->Image();
  CHECK(image.find("Xylophone") != std::string::npos);
  CHECK(image.find("xylophone") == std::string::npos);
}

TEST_CASE("siblings of an ASK are all found") {
  Scene scene;
  Id a = scene.Visit(scene.family, "first account");
  scene.phone.Commit(scene.town.Write(
      scene.worker, scene.family,
      {Change(kVisit, a, {{kVisitPurpose, EncodeBytes(kVisitPurpose, "second version")}})}));
  CHECK(scene.Ids("first") == std::vector<Id>{a});
  CHECK(scene.Ids("second") == std::vector<Id>{a});
}

TEST_CASE("restricted and unsearched texts are not in it") {
  Scene scene;
  Id id = scene.town.NewId();
  Judgement applied;
  applied.verdict = v1::APPLIED;
  Changeset changeset = scene.town.Write(
      scene.worker, scene.family,
      {Change(kSafeAddress, id, {{2, EncodeBytes(2, "12 Hidden Lane")}, {11, EncodeDate(11, 3)}}),
       Change(60'000, scene.town.NewId(), {{1, EncodeBytes(1, "unknown kind of record")}})});
  REQUIRE(scene.phone.store->Commit(changeset, applied, {}, scene.town.now_ms).ok());
  CHECK(scene.Ids("hidden").empty());
  CHECK(scene.Ids("unknown").empty());
  CHECK(scene.phone.store->query()
            .ScopesOf(60'000, *Id::FromBytes(changeset.body.changes(1).id()))
            ->size() == 1);
}

TEST_CASE("limits of a search, at the edge and beyond") {
  Scene scene;
  std::string words;
  for (size_t n = 0; n < kSearchWordsMax; ++n) words += "w ";
  CHECK(scene.search.Find(words, std::nullopt, 0).ok());
  CHECK(ReasonOf(scene.search.Find(words + "w", std::nullopt, 0).status()) == Reason::kLimit);
  CHECK(scene.search.Find(std::string(kSearchBytesMax, 'x'), std::nullopt, 0).ok());
  CHECK(ReasonOf(
            scene.search.Find(std::string(kSearchBytesMax + 1, 'x'), std::nullopt, 0).status()) ==
        Reason::kLimit);
  REQUIRE(scene.phone.store
              ->InTransaction([&] {
                for (int n = 0; n < kSearchHitsMax + 5; ++n) {
                  Changeset visit = scene.town.Write(
                      scene.worker, scene.family,
                      {PlanVisit(scene.town, scene.worker, scene.town.NewId(), n, "many")});
                  Judgement applied;
                  applied.verdict = v1::APPLIED;
                  absl::Status status =
                      scene.phone.store->Commit(visit, applied, {}, scene.town.now_ms);
                  if (!status.ok()) return status;
                }
                return absl::OkStatus();
              })
              .ok());
  CHECK(scene.Ids("many").size() == kSearchHitsMax);
  CHECK(scene.Ids("many", std::nullopt, 10'000).size() == kSearchHitsMax);
}

}  // namespace
}  // namespace doorstep::client
