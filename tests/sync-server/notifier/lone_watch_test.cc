#include "sync-server/notifier/lone_watch.h"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "crypto/reason.h"
#include "model/safeguarding.h"
#include "tests/sync-server/council.h"

namespace doorstep::server {
namespace {

constexpr uint32_t kVisit = 27, kStaff = 103;
constexpr int64_t kMinute = 60'000;

class Heard final : public Notifier {
 public:
  absl::Status Tell(const Notice& notice) override {
    if (fails) return MakeStatus(Reason::kIo, "test");
    notices.push_back(notice);
    return absl::OkStatus();
  }
  std::vector<Notice> notices;
  bool fails = false;
};

struct Case {
  Case()
      : ana(council.Hire(v1::ROLE_KEY_WORKER)),
        buddy(council.Hire(v1::ROLE_KEY_WORKER)),
        family(council.BeginFamily(ana)),
        visit(council.town.NewId()) {
    town().log.Push(town().Write(town().admin, town().tenant,
                                 {Change(kStaff, ana.user, {{5, EncodeId(5, buddy.user)}})}));
    council.Mirror();
    Write({{1, EncodeId(1, town().NewId())},
           {2, EncodeId(2, ana.user)},
           {9, EncodeNumber(9, 2)},
           {13, EncodeI64(13, town().now_ms + 60 * kMinute)}});
    now_ms = town().now_ms;
  }
  Town& town() { return council.town; }
  void Write(std::vector<Put> puts) {
    const v1::RowAnswer answer =
        council.Push(town().Write(ana, family, {Change(kVisit, visit, std::move(puts))}));
    REQUIRE(answer.accepted().verdict() == v1::APPLIED);
  }
  void CheckOut() { Write({{14, EncodeI64(14, town().now_ms)}}); }
  absl::Status Look() {
    LoneWatch watch({*council.server->store, heard, [this] { return now_ms; },
                     [this](absl::FunctionRef<absl::Status(Store&)> step) {
                       return step(*council.server->store);
                     }});
    return watch.Look();
  }

  Council council;
  Hand ana, buddy;
  Id family, visit;
  Heard heard;
  int64_t now_ms = 0;
};

}  // namespace

TEST_CASE("a missing check-out is told once, to buddy and supervisor, also over a restart") {
  Case c;
  c.now_ms += 89 * kMinute;
  REQUIRE(c.Look().ok());
  CHECK(c.heard.notices.empty());
  c.now_ms += kMinute;
  REQUIRE(c.Look().ok());
  REQUIRE(c.heard.notices.size() == 1);
  const Notice& notice = c.heard.notices[0];
  CHECK(notice.kind == Notice::Kind::kCheckOutMissing);
  CHECK(notice.worker == c.ana.user);
  std::set<Id> tell(notice.tell.begin(), notice.tell.end());
  CHECK(tell.contains(c.buddy.user));
  CHECK(tell.contains(c.town().supervisor.user));
  CHECK_FALSE(tell.contains(c.ana.user));
  for (int again = 0; again < 3; ++again) {
    c.now_ms += 60 * kMinute;
    c.council.Restore(c.council.Image());
    REQUIRE(c.Look().ok());
  }
  CHECK(c.heard.notices.size() == 1);
}

TEST_CASE("a check-out in time is told to nobody, a late one to the same people, once") {
  Case c;
  SECTION("in time") {
    c.CheckOut();
    c.now_ms += 1000 * kMinute;
    REQUIRE(c.Look().ok());
    CHECK(c.heard.notices.empty());
  }
  SECTION("late") {
    c.now_ms += 90 * kMinute;
    REQUIRE(c.Look().ok());
    c.CheckOut();
    c.council.Restore(c.council.Image());
    REQUIRE(c.Look().ok());
    REQUIRE(c.Look().ok());
    REQUIRE(c.heard.notices.size() == 2);
    CHECK(c.heard.notices[1].kind == Notice::Kind::kCheckedOut);
    CHECK(c.heard.notices[1].id == c.heard.notices[0].id);
    CHECK(c.heard.notices[1].tell == c.heard.notices[0].tell);
    CHECK_FALSE(*(*c.council.server->store->Read())->FindLone(c.family, c.visit));
  }
}

TEST_CASE("a notifier that fails is asked again, and nothing is lost or told twice") {
  Case c;
  c.now_ms += 90 * kMinute;
  c.heard.fails = true;
  CHECK(ReasonOf(c.Look()) == Reason::kIo);
  CHECK(ReasonOf(c.Look()) == Reason::kIo);
  c.heard.fails = false;
  REQUIRE(c.Look().ok());
  REQUIRE(c.Look().ok());
  CHECK(c.heard.notices.size() == 1);
}

TEST_CASE("a check-out that comes while it is being told is told next") {
  Case c;
  c.now_ms += 90 * kMinute;
  LoneWatch watch({*c.council.server->store, c.heard, [&] { return c.now_ms; },
                   [&](absl::FunctionRef<absl::Status(Store&)> step) {
                     if (c.heard.notices.size() == 1) c.CheckOut();
                     return step(*c.council.server->store);
                   }});
  REQUIRE(watch.Look().ok());
  REQUIRE(c.Look().ok());
  REQUIRE(c.heard.notices.size() == 2);
  CHECK(c.heard.notices[1].kind == Notice::Kind::kCheckedOut);
}

TEST_CASE("a notice names nobody's family, place or words") {
  Case c;
  c.Write({{18, EncodeBytes(18, "CANARY-PURPOSE")}});
  c.now_ms += 90 * kMinute;
  REQUIRE(c.Look().ok());
  REQUIRE(c.heard.notices.size() == 1);
  const std::string json = NoticeJson(c.heard.notices[0]);
  CHECK(json.find(c.ana.user.hex()) != std::string::npos);
  CHECK(json.find("check_out_missing") != std::string::npos);
  CHECK(json.find("\"due\":\"20") != std::string::npos);
  for (const std::string& hidden :
       {c.family.hex(), c.visit.hex(), c.town().tenant.hex(), std::string("CANARY")}) {
    CHECK(json.find(hidden) == std::string::npos);
  }
  std::string line;
  LogNotifier log([&](std::string_view text) { line = std::string(text); });
  REQUIRE(log.Tell(c.heard.notices[0]).ok());
  CHECK(line == "notice " + json);
}

}  // namespace doorstep::server
