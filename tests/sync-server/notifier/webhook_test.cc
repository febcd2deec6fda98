// The web service is a socket of this test on the loopback: what arrives there, and what its
// answers make of a notice.
#include "sync-server/notifier/webhook.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <thread>

#include "crypto/reason.h"

namespace doorstep::server {
namespace {

// Takes one connection, reads a request whole, and answers with these bytes.
class OneAnswer {
 public:
  explicit OneAnswer(std::string answer)
      : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), answer_(std::move(answer)) {
    sockaddr_in here{};
    here.sin_family = AF_INET;
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof here;
    REQUIRE(bind(listener_, reinterpret_cast<sockaddr*>(&here), size) == 0);
    REQUIRE(listen(listener_, 1) == 0);
    REQUIRE(getsockname(listener_, reinterpret_cast<sockaddr*>(&here), &size) == 0);
    port_ = ntohs(here.sin_port);
    thread_ = std::thread([this] { Serve(); });
  }
  ~OneAnswer() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/notices"; }
  const std::string& Request() {
    shutdown(listener_, SHUT_RDWR);
    if (thread_.joinable()) thread_.join();
    thread_ = std::thread([] {});
    return request_;
  }

 private:
  void Serve() {
    const int peer = accept(listener_, nullptr, nullptr);
    if (peer < 0) return;
    char piece[4096];
    for (;;) {
      const size_t body = request_.find("\r\n\r\n");
      const size_t length = request_.find("Content-Length: ");
      if (body != std::string::npos && length != std::string::npos &&
          request_.size() >= body + 4 + std::stoul(request_.substr(length + 16))) {
        break;
      }
      const ssize_t got = read(peer, piece, sizeof piece);
      if (got <= 0) break;
      request_.append(piece, static_cast<size_t>(got));
    }
    (void)!write(peer, answer_.data(), answer_.size());
    close(peer);
  }

  int listener_;
  std::string answer_;
  std::string request_;
  int port_ = 0;
  std::thread thread_;
};

Notice Sample() {
  Notice notice;
  notice.id = Hash16{7};
  notice.worker = Id{{1}};
  notice.tell = {Id{{2}}, Id{{3}}};
  notice.due_ms = 1'795'000'000'000;
  return notice;
}

std::unique_ptr<Webhook> HookTo(const std::string& url, std::string_view token = {}) {
  WebhookOptions options;
  options.url = url;
  options.token = Secret::FromBytes(token);
  options.timeout_ms = 5'000;
  absl::StatusOr<std::unique_ptr<Webhook>> made = Webhook::Make(std::move(options));
  INFO(made.status().ToString());
  REQUIRE(made.ok());
  return *std::move(made);
}

Reason Made(const std::string& url, std::string_view token = {}) {
  WebhookOptions options;
  options.url = url;
  options.token = Secret::FromBytes(token);
  return ReasonOf(Webhook::Make(std::move(options)).status());
}

}  // namespace

TEST_CASE("a notice is posted as JSON, with the token, and taken by any answer of 200 to 299") {
  for (const char* answer : {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
                             "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"}) {
    OneAnswer service(answer);
    CHECK(HookTo(service.url(), "s3cret-token")->Tell(Sample()).ok());
    const std::string& request = service.Request();
    CHECK(request.starts_with("POST /notices HTTP/1.1\r\n"));
    CHECK(request.find("Authorization: Bearer s3cret-token\r\n") != std::string::npos);
    CHECK(request.find("Content-Type: application/json\r\n") != std::string::npos);
    CHECK(request.substr(request.find("\r\n\r\n") + 4) == NoticeJson(Sample()));
  }
}

TEST_CASE("a refusal, a redirection, garbage and nobody at all are failures, to be tried again") {
  for (const char* answer :
       {"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 302 Elsewhere\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
        "what is this", ""}) {
    CAPTURE(answer);
    OneAnswer service(answer);
    CHECK(ReasonOf(HookTo(service.url())->Tell(Sample())) == Reason::kIo);
  }
  std::string gone;
  {
    OneAnswer service("");
    gone = service.url();
  }
  CHECK(ReasonOf(HookTo(gone)->Tell(Sample())) == Reason::kIo);
}

TEST_CASE("notices leave this machine by https only") {
  CHECK(Made("https://relay.example/notices") == Reason::kNone);
  CHECK(Made("http://localhost:8080/") == Reason::kNone);
  CHECK(Made("http://[::1]:8080/") == Reason::kNone);
  CHECK(Made("http://relay.example/notices") == Reason::kArg);
  CHECK(Made("http://127.0.0.1.relay.example/") == Reason::kArg);
  CHECK(Made("file:///etc/passwd") == Reason::kArg);
  CHECK(Made("gopher://127.0.0.1/") == Reason::kArg);
  CHECK(Made("https://ana:word@relay.example/") == Reason::kArg);
  CHECK(Made("") == Reason::kArg);
  CHECK(Made("https://relay.example/", "a\r\nX-Other: b") == Reason::kArg);
}

}  // namespace doorstep::server
