#include "client-core/store/meta.h"

#include <catch2/catch_test_macros.hpp>

#include "client-core/store/schema.h"

namespace doorstep::client {
namespace {

TEST_CASE("facts are set, replaced, removed and listed by their beginning") {
  std::unique_ptr<Database> database = *Database::OpenInMemory(StoreSchema());
  Meta facts(*database);
  CHECK(*facts.Get("a") == std::nullopt);
  REQUIRE(facts.Set("a", std::string("\0\xff", 2)).ok());
  CHECK(*facts.Get("a") == std::string("\0\xff", 2));
  REQUIRE(facts.SetInt("a", -5).ok());
  CHECK(*facts.GetInt("a") == -5);
  const std::string ended = std::string(meta::kEnding) + std::string("\x01\x00\x7f%_", 5);
  REQUIRE(facts.Set(ended, "").ok());
  REQUIRE(facts.Set(std::string(meta::kEnding) + "b", "").ok());
  REQUIRE(facts.Set("endinh", "").ok());
  CHECK(*facts.Names(meta::kEnding) ==
        std::vector<std::string>{ended, std::string(meta::kEnding) + "b"});
  CHECK(*facts.Get(ended) == "");
  REQUIRE(facts.Remove(ended).ok());
  CHECK(facts.Names(meta::kEnding)->size() == 1);
}

}  // namespace
}  // namespace doorstep::client
