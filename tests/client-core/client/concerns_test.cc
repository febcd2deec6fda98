#include "client-core/client/concerns.h"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "model/value.h"
#include "tests/client-core/client/handset.h"

namespace doorstep::client {
namespace {

constexpr uint32_t kAuthority = 101, kSetting = 110;

struct Case {
  Case() : office(town) {
    Put("020 7946 0001", "020 7946 0002");
    worker = std::make_unique<Handset>(office, v1::ROLE_KEY_WORKER);
    family = *Id::FromBytes(worker->BeginFamily("Sample family").scope());
    worker->Contact();
  }
  void Put(std::string_view hub, std::string_view out_of_hours) {
    REQUIRE(town.log
                .Push(town.Write(town.admin, town.tenant,
                                 {Change(kAuthority, town.tenant,
                                         {{1, EncodeBytes(1, "Sample Council")},
                                          {5, EncodeBytes(5, hub)},
                                          {6, EncodeBytes(6, out_of_hours)}}),
                                  Change(kSetting, town.NewId(),
                                         {{1, EncodeNumber(1, 2)},
                                          {3, EncodeI64(3, 7)},
                                          {4, EncodeDate(4, 20'000)}})}))
                .verdict == v1::APPLIED);
  }
  v1::Committed Raise() {
    return worker->Commit(family, Handset::Edit("Concern", Id{},
                                                {{"persons", "[\"" + town.NewId().hex() + "\"]"},
                                                 {"kind", "\"NEGLECT\""},
                                                 {"level", "\"SAME_DAY\""},
                                                 {"noticed_at", "\"2026-11-25T10:00:00.000Z\""},
                                                 {"account", "\"What I saw\""},
                                                 {"state", "\"RAISED\""}}));
  }
  v1::Committed Call(const v1::Committed& concern, bool answered) {
    const Id id = *Id::FromBytes(concern.records(0).id());
    return worker->Commit(family, Handset::Edit("ConcernCall", Id{},
                                                {{"concern", '"' + id.hex() + '"'},
                                                 {"called", "\"SAFEGUARDING_HUB\""},
                                                 {"called_at", "\"2026-11-25T10:05:00.000Z\""},
                                                 {"answered", answered ? "true" : "false"}}));
  }
  std::vector<v1::ConcernLine> Lines() {
    v1::Query query;
    query.mutable_concerns();
    absl::StatusOr<std::vector<v1::Answer>> answers = worker->client->Ask(query);
    REQUIRE(answers.ok());
    std::vector<v1::ConcernLine> lines;
    for (const v1::Answer& answer : *answers) lines.push_back(answer.concern());
    return lines;
  }

  Town town;
  Office office;
  std::unique_ptr<Handset> worker;
  Id family;
};

}  // namespace

TEST_CASE("who saves a concern is told, offline, that it is no referral and whom to ring") {
  Case c;
  v1::Committed committed = c.Raise();
  REQUIRE(committed.has_safeguarding());
  CHECK(committed.safeguarding().words().find("not a referral") != std::string::npos);
  CHECK(committed.safeguarding().words().find("020 7946 0001") != std::string::npos);
  CHECK(committed.safeguarding().hub_phone() == "020 7946 0001");
  CHECK(committed.safeguarding().out_of_hours_phone() == "020 7946 0002");
  CHECK(committed.safeguarding().alarm_minutes() == 7);
  // Neither a call nor any other record says so.
  CHECK_FALSE(c.Call(committed, true).has_safeguarding());
}

TEST_CASE("the alarm lasts until the office has received the concern, and no longer") {
  Case c;
  CHECK(c.worker->client->GetStatus().concerns_unreceived() == 0);
  CHECK_FALSE(c.worker->client->GetStatus().has_safeguarding());
  c.Raise();
  v1::Status status = c.worker->client->GetStatus();
  CHECK(status.concerns_unreceived() == 1);
  CHECK(status.safeguarding().alarm_minutes() == 7);
  CHECK(status.words().find("not a referral") != std::string::npos);
  // A lock in between takes nothing away.
  c.worker->client->Lock();
  REQUIRE(c.worker->client->Unlock(kPin).ok());
  CHECK(c.worker->client->GetStatus().concerns_unreceived() == 1);
  c.worker->Contact();
  CHECK(c.worker->client->GetStatus().concerns_unreceived() == 0);
}

TEST_CASE("a concern is listed until it is received and an answered call is written down") {
  Case c;
  v1::Committed concern = c.Raise();
  REQUIRE(c.Lines().size() == 1);
  CHECK(c.Lines()[0].record().id() == concern.records(0).id());
  CHECK(c.Lines()[0].record().type_name() == "Concern");
  CHECK_FALSE(c.Lines()[0].received());
  CHECK_FALSE(c.Lines()[0].called());
  c.worker->Contact();
  REQUIRE(c.Lines().size() == 1);
  CHECK(c.Lines()[0].received());
  // Nobody answered: still to be rung.
  c.Call(concern, false);
  REQUIRE(c.Lines().size() == 1);
  CHECK_FALSE(c.Lines()[0].called());
  c.Call(concern, true);
  CHECK(c.Lines().empty());
}

TEST_CASE("a call written down does not hide that the concern itself is not received") {
  Case c;
  v1::Committed concern = c.Raise();
  c.Call(concern, true);
  REQUIRE(c.Lines().size() == 1);
  CHECK(c.Lines()[0].called());
  CHECK_FALSE(c.Lines()[0].received());
}

}  // namespace doorstep::client
