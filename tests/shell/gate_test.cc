#include "shell/host/gate.h"

#include <catch2/catch_test_macros.hpp>
#include <set>
#include <string>

namespace doorstep::shell {
namespace {

constexpr uint16_t kPort = 4400;
const std::string kToken(64, 'a');

Asked Good() {
  return {.method = "POST",
          .target = "/api/client_status",
          .host = "127.0.0.1:4400",
          .origin = "http://127.0.0.1:4400",
          .token = kToken};
}

TEST_CASE("what comes from this page alone passes") { CHECK(Refusal(Good(), kPort, kToken) == 0); }

TEST_CASE("another Host is turned away first, whatever else is right") {
  for (const char* host : {"", "localhost:4400", "127.0.0.1", "127.0.0.1:4401", "doorstep.example",
                           "127.0.0.1:4400.doorstep.example", "127.0.0.1:44000", "[::1]:4400"}) {
    Asked asked = Good();
    asked.host = host;
    CHECK(Refusal(asked, kPort, kToken) == 421);
    asked.method = "GET";
    CHECK(Refusal(asked, kPort, kToken) == 421);
  }
}

TEST_CASE("a call of another page, or of none, is turned away") {
  for (const char* origin : {"", "null", "http://localhost:4400", "https://127.0.0.1:4400",
                             "http://127.0.0.1:4401", "http://127.0.0.1:4400/"}) {
    Asked asked = Good();
    asked.origin = origin;
    CHECK(Refusal(asked, kPort, kToken) == 403);
  }
}

TEST_CASE("a call without the token of this start is turned away") {
  std::string near = kToken;
  near.back() = 'b';
  for (const std::string& token : {std::string(), near, kToken.substr(1), kToken + "a"}) {
    Asked asked = Good();
    asked.token = token;
    CHECK(Refusal(asked, kPort, kToken) == 401);
  }
}

TEST_CASE("files need no token, other methods are not known") {
  Asked asked = Good();
  asked.method = "GET";
  asked.origin = "";
  asked.token = "";
  CHECK(Refusal(asked, kPort, kToken) == 0);
  for (const char* method : {"OPTIONS", "PUT", "DELETE", "CONNECT", "TRACE", "get", ""}) {
    asked.method = method;
    CHECK(Refusal(asked, kPort, kToken) == 405);
  }
}

TEST_CASE("no two starts have the same token") {
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) seen.insert(GenerateToken());
  CHECK(seen.size() == 100);
  for (const std::string& token : seen) {
    CHECK(token.size() == 64);
    CHECK(token.find_first_not_of("0123456789abcdef") == std::string::npos);
  }
}

}  // namespace
}  // namespace doorstep::shell
