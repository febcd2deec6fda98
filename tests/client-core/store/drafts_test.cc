#include "client-core/store/drafts.h"

#include <catch2/catch_test_macros.hpp>

#include "client-core/store/limits.h"
#include "client-core/store/schema.h"
#include "crypto/reason.h"
#include "tests/client-core/store/phone.h"

namespace doorstep::client {
namespace {

struct Desk {
  std::unique_ptr<Database> database = *Database::OpenInMemory(StoreSchema());
  Drafts drafts{*database};
};

std::string Bytes(const Desk& desk, std::string_view id) {
  absl::StatusOr<std::optional<Draft>> draft = desk.drafts.Get(id);
  REQUIRE(draft.ok());
  return *draft ? (*draft)->bytes : "none";
}

TEST_CASE("a draft is replaced, listed last saved first, and removed") {
  Desk desk;
  REQUIRE(desk.drafts.Put({"a", {}, 10, "first"}).ok());
  REQUIRE(desk.drafts.Put({"b", {}, 20, std::string("with \0 and \xff", 12)}).ok());
  REQUIRE(desk.drafts.Put({"a", {}, 30, "second"}).ok());
  CHECK(Bytes(desk, "a") == "second");
  CHECK(Bytes(desk, "b") == std::string("with \0 and \xff", 12));
  absl::StatusOr<std::vector<Draft>> list = desk.drafts.List();
  REQUIRE(list.ok());
  REQUIRE(list->size() == 2);
  CHECK((*list)[0].id == "a");
  CHECK((*list)[1].id == "b");
  REQUIRE(desk.drafts.Remove("a").ok());
  REQUIRE(desk.drafts.Remove("never was").ok());
  CHECK(Bytes(desk, "a") == "none");
}

TEST_CASE("limits of drafts: at the edge it is kept, beyond it what was there stays") {
  Desk desk;
  REQUIRE(desk.drafts.Put({"a", {}, 1, std::string(kDraftBytesMax, 'x')}).ok());
  CHECK(ReasonOf(desk.drafts.Put({"a", {}, 2, std::string(kDraftBytesMax + 1, 'y')})) ==
        Reason::kLimit);
  CHECK(Bytes(desk, "a") == std::string(kDraftBytesMax, 'x'));
  CHECK(ReasonOf(desk.drafts.Put({"", {}, 1, "x"})) == Reason::kArg);
  CHECK(ReasonOf(desk.drafts.Put({std::string(65, 'i'), {}, 1, "x"})) == Reason::kArg);
  REQUIRE(desk.drafts.Put({std::string(64, 'i'), {}, 1, "x"}).ok());
  for (int n = 2; n < kDraftsMax; ++n) {
    REQUIRE(desk.drafts.Put({"n" + std::to_string(n), {}, n, "x"}).ok());
  }
  CHECK(ReasonOf(desk.drafts.Put({"one more", {}, 1, "x"})) == Reason::kLimit);
  CHECK(desk.drafts.Put({"a", {}, 3, "replaced while full"}).ok());
  CHECK(Bytes(desk, "a") == "replaced while full");
}

TEST_CASE("drafts of one family go with it, others stay") {
  Desk desk;
  const Id family{{1}}, other{{2}};
  REQUIRE(desk.drafts.Put({"a", family, 1, "x"}).ok());
  REQUIRE(desk.drafts.Put({"b", other, 1, "y"}).ok());
  REQUIRE(desk.drafts.Put({"c", {}, 1, "z"}).ok());
  REQUIRE(desk.drafts.RemoveOf(family).ok());
  CHECK(Bytes(desk, "a") == "none");
  CHECK(Bytes(desk, "b") == "y");
  CHECK(Bytes(desk, "c") == "z");
}

}  // namespace
}  // namespace doorstep::client
