// The host as anybody on this machine meets it: raw bytes on a socket, a real client behind.
#include "shell/host/host.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "doorstep/v1/client.pb.h"
#include "shell/host/gate.h"

namespace doorstep::shell {
namespace {

namespace fs = std::filesystem;

constexpr char kPin[] = "twelve characters and more";

// One connection. Reads end after five seconds at the latest: nothing here waits for ever.
class Socket {
 public:
  explicit Socket(uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    timeval patience = {5, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  }
  ~Socket() { close(fd_); }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  // False once the other side has gone.
  bool Send(const std::string& bytes) const {
    size_t sent = 0;
    while (sent < bytes.size()) {
      const ssize_t some = send(fd_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
      if (some <= 0) return false;
      sent += static_cast<size_t>(some);
    }
    return true;
  }
  std::string Some() const {
    char block[4096];
    const ssize_t size = recv(fd_, block, sizeof block, 0);
    return size <= 0 ? "" : std::string(block, static_cast<size_t>(size));
  }
  // Until the other side closes.
  std::string All() const {
    std::string all, some;
    while (!(some = Some()).empty()) all += some;
    return all;
  }

 private:
  int fd_;
};

struct House {
  explicit House(HostLimits limits = {}) {
    std::string name = (fs::temp_directory_path() / "host-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    folder = name;
    fs::create_directories(folder / "web");
    std::ofstream(folder / "web" / "index.html") << "<p>the page</p>";
    v1::ClientOptions options;
    options.set_argon_passes(1);
    options.set_argon_memory_bytes(8 << 20);
    const std::string bytes = options.SerializeAsString();
    ds_error error = {};
    REQUIRE(ds_client_open((folder / "device").c_str(),
                           {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()}, nullptr,
                           &client, &error) == DS_OK);
    auto listening = Host::Listen(
        client, {.pages = folder / "web", .port = 0, .token = GenerateToken(), .limits = limits});
    REQUIRE(listening.ok());
    host = *std::move(listening);
    token = host->url().substr(host->url().find("token=") + 6);
    thread = std::thread([this] { host->Run(); });
  }
  ~House() {
    host->Stop();
    thread.join();
    host.reset();
    ds_client_close(client);
    fs::remove_all(folder);
  }

  std::string Own() const { return "127.0.0.1:" + std::to_string(host->port()); }
  std::string Head(const std::string& target, const std::string& more, size_t size) const {
    return "POST " + target + " HTTP/1.1\r\nHost: " + Own() + "\r\nOrigin: http://" + Own() +
           "\r\ndoorstep-token: " + token + "\r\nContent-Length: " + std::to_string(size) + "\r\n" +
           more + "\r\n";
  }
  std::string Ask(const std::string& request) const {
    const Socket socket(host->port());
    socket.Send(request);
    return socket.All();
  }
  // A call as the page makes it.
  std::string Call(const std::string& name, const std::string& argument) const {
    return Ask(Head("/api/" + name, "Connection: close\r\n", argument.size()) + argument);
  }

  fs::path folder;
  ds_client* client = nullptr;
  std::unique_ptr<Host> host;
  std::string token;
  std::thread thread;
};

std::string SetPin() { return std::string(4, '\0') + kPin; }

bool Answers(const std::string& answer, int status) {
  return answer.starts_with("HTTP/1.1 " + std::to_string(status) + " ");
}

TEST_CASE("pages and calls reach the browser hardened, and the core's own status beside them") {
  const House house;
  const std::string page =
      house.Ask("GET / HTTP/1.1\r\nHost: " + house.Own() + "\r\nConnection: close\r\n\r\n");
  CHECK(Answers(page, 200));
  CHECK(page.ends_with("<p>the page</p>"));
  for (const char* header : {"default-src 'none'", "frame-ancestors 'none'", "nosniff",
                             "no-referrer", "no-store", "x-frame-options: DENY"}) {
    INFO(header);
    CHECK(page.find(header) != std::string::npos);
  }
  CHECK(page.find("access-control") == std::string::npos);
  const std::string locked = house.Call("attention_list", "");
  CHECK(Answers(locked, 200));
  CHECK(locked.find("doorstep-status: 0") == std::string::npos);
  CHECK(house.Call("client_set_pin", SetPin()).find("doorstep-status: 0") != std::string::npos);
  const std::string answer = house.Call("client_status", "");
  v1::Status status;
  REQUIRE(status.ParseFromString(answer.substr(answer.find("\r\n\r\n") + 4)));
  CHECK_FALSE(status.locked());
}

TEST_CASE("who does not come from the page is turned away before the core is asked") {
  const House house;
  const std::string good =
      house.Head("/api/client_set_pin", "Connection: close\r\n", SetPin().size());
  const auto changed = [&](const std::string& from, const std::string& to) {
    std::string request = good;
    request.replace(request.find(from), from.size(), to);
    return house.Ask(request + SetPin());
  };
  CHECK(Answers(changed("Host: " + house.Own(), "Host: doorstep.example"), 421));
  CHECK(Answers(changed("Origin: http://" + house.Own(), "Origin: http://doorstep.example"), 403));
  CHECK(Answers(
      changed("doorstep-token: " + house.token, "doorstep-token: " + std::string(64, '0')), 401));
  CHECK(Answers(changed("doorstep-token: " + house.token + "\r\n", ""), 401));
  CHECK(Answers(changed("POST /api", "PUT /api"), 405));
  CHECK(Answers(changed("/api/client_set_pin", "/api/client_wipe"), 404));
  CHECK(Answers(changed("/api/client_set_pin", "/api/../api/client_set_pin"), 404));
  CHECK(Answers(house.Ask("GET /../device/vault HTTP/1.1\r\nHost: " + house.Own() + "\r\n\r\n"),
                404));
  // Nothing of all this made a device: the folder is as new as it was.
  ds_buffer buffer = {};
  REQUIRE(ds_client_status(house.client, &buffer, nullptr) == DS_OK);
  v1::Status status;
  REQUIRE(status.ParseFromArray(buffer.data, static_cast<int>(buffer.size)));
  ds_buffer_free(&buffer);
  CHECK(status.life() == v1::Status::NEW);
}

TEST_CASE("what is too long, too slow or no HTTP ends the connection, and no other") {
  HostLimits limits;
  limits.read = std::chrono::milliseconds(300);
  const House house(limits);
  const std::string filler(17 << 10, 'a');
  CHECK(house.Ask("GET / HTTP/1.1\r\nHost: " + house.Own() + "\r\nX: " + filler + "\r\n\r\n")
            .empty());
  CHECK(house.Ask(house.Head("/api/check", "", (1 << 20) + 1)).empty());
  CHECK(house.Ask(house.Head("/api/check", "Transfer-Encoding: chunked\r\n", 3) + "0\r\n\r\n")
            .empty());
  CHECK(house.Ask("\x16\x03\x01\x02\x00 hello").empty());
  // Half a request, then nothing: ended by the host, well before the reader's own patience.
  const auto start = std::chrono::steady_clock::now();
  CHECK(house.Ask(house.Head("/api/check", "", 10) + "half").empty());
  CHECK(house.Ask("GET / HTTP/1.1\r\nHos").empty());
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(4));
  CHECK(Answers(house.Call("client_status", ""), 200));
}

TEST_CASE("more connections than allowed end at once, and come back when others go") {
  HostLimits limits;
  limits.connections_max = 4;
  const House house(limits);
  {
    std::vector<std::unique_ptr<Socket>> held;
    for (int i = 0; i < 4; ++i) {
      held.push_back(std::make_unique<Socket>(house.host->port()));
      REQUIRE(held.back()->Send("GET / HTTP/1.1\r\nHost: " + house.Own() + "\r\n\r\n"));
      REQUIRE(Answers(held.back()->Some(), 200));
    }
    CHECK(house.Call("client_status", "").empty());
  }
  std::string answer;
  for (int i = 0; i < 50 && answer.empty(); ++i) answer = house.Call("client_status", "");
  CHECK(Answers(answer, 200));
}

TEST_CASE("listeners hear of a lock, whoever turned it") {
  const House house;
  house.Call("client_set_pin", SetPin());
  const Socket listener(house.host->port());
  REQUIRE(listener.Send(house.Head("/events", "", 0)));
  std::string heard = listener.Some();
  REQUIRE(Answers(heard, 200));
  house.Call("client_lock", "");
  for (std::string some; heard.find("lock\n") == std::string::npos; heard += some) {
    some = listener.Some();
    REQUIRE_FALSE(some.empty());
  }
  CHECK(heard.find("Transfer-Encoding: chunked") != std::string::npos);
}

TEST_CASE("left alone, it locks by itself") {
  HostLimits limits;
  limits.idle_lock = std::chrono::milliseconds(200);
  const House house(limits);
  const Socket listener(house.host->port());
  REQUIRE(listener.Send(house.Head("/events", "", 0)));
  house.Call("client_set_pin", SetPin());
  std::string heard;
  for (size_t at = 0; at == 0 || heard.find("lock\n", at) == std::string::npos;) {
    const std::string some = listener.Some();
    REQUIRE_FALSE(some.empty());
    heard += some;
    at = heard.find("lock\n");  // the first tells that the PIN was set
    at = at == std::string::npos ? 0 : at + 1;
  }
  ds_error error = {};
  ds_buffer buffer = {};
  CHECK(ds_attention_list(house.client, &buffer, &error) != DS_OK);
  CHECK(error.reason == DS_REASON_LOCKED);
}

TEST_CASE("a folder without pages, a port that is taken") {
  const House house;
  ds_client* client = house.client;
  CHECK(absl::IsNotFound(
      Host::Listen(client, {.pages = house.folder, .port = 0, .token = "t", .limits = {}})
          .status()));
  CHECK(absl::IsUnavailable(
      Host::Listen(
          client,
          {.pages = house.folder / "web", .port = house.host->port(), .token = "t", .limits = {}})
          .status()));
}

}  // namespace
}  // namespace doorstep::shell
