#include "sync-server/service/local_port.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "crypto/reason.h"
#include "tests/sync-server/house.h"

namespace doorstep::server {
namespace {

std::string AskPort(int port, const std::string& request) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<uint16_t>(port));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  REQUIRE(connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof(to)) == 0);
  send(fd, request.data(), request.size(), MSG_NOSIGNAL);
  std::string answer;
  char buffer[1024];
  for (ssize_t got; (got = recv(fd, buffer, sizeof(buffer), 0)) > 0;) {
    answer.append(buffer, static_cast<size_t>(got));
  }
  close(fd);
  return answer;
}

TEST_CASE("metrics and health are answered on loopback, other targets and methods are not") {
  bool healthy = true;
  const auto port = LocalPort::Listen(
      "127.0.0.1:0", "\r\n\r\n", [&](const std::string& request, LocalPort::Write write) {
        write(AnswerHttp(
            request, [] { return std::string("doorstep_x 1\n"); }, [&] { return healthy; }));
      });
  REQUIRE(port.ok());
  const auto get = [&](const std::string& target) {
    return AskPort((*port)->port(), "GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n");
  };
  CHECK(get("/metrics").find("200 OK") != std::string::npos);
  CHECK(get("/metrics").ends_with("\r\n\r\ndoorstep_x 1\n"));
  CHECK(get("/healthz").ends_with("ok\n"));
  healthy = false;
  CHECK(get("/healthz").find("503 ") != std::string::npos);
  CHECK(get("/metrics/../store.db").find("404 ") != std::string::npos);
  CHECK(AskPort((*port)->port(), "POST /metrics HTTP/1.1\r\n\r\n").find("405 ") !=
        std::string::npos);
  // Too long, or garbage without an end that the other side then closes: no answer, and no harm.
  CHECK(AskPort((*port)->port(), std::string(kLocalRequestBytesMax + 2, 'x')).empty());
  CHECK(get("/metrics").find("200 OK") != std::string::npos);
}

TEST_CASE("only addresses of this machine are listened on") {
  const auto nothing = [](const std::string&, LocalPort::Write) {};
  for (const char* address : {"0.0.0.0:0", "192.0.2.1:0", "example.test:1", "127.0.0.1",
                              "unix:", "127.0.0.1:99999", "[::]:0"}) {
    CHECK(ReasonOf(LocalPort::Listen(address, "\n", nothing).status()) == Reason::kArg);
  }
}

TEST_CASE("an operator's socket is its owner's alone and goes with the server") {
  const TemporaryFolder folder;
  const std::string path = folder / "operator";
  {
    const auto port = LocalPort::Listen("unix:" + path, "\n",
                                        [](const std::string& request, LocalPort::Write write) {
                                          write("got " + request);
                                          write("second line\n");
                                        });
    REQUIRE(port.ok());
    struct stat info {};
    REQUIRE(stat(path.c_str(), &info) == 0);
    CHECK((info.st_mode & 0177) == 0);
    std::vector<std::string> lines;
    REQUIRE(
        AskLocal(path, "hello\n", [&](std::string_view line) { lines.emplace_back(line); }).ok());
    CHECK(lines == std::vector<std::string>{"got hello", "second line"});
  }
  CHECK(ReasonOf(AskLocal(path, "hello\n", [](std::string_view) {})) == Reason::kNotFound);
}

}  // namespace
}  // namespace doorstep::server
