#include "sync-server/service/local_port.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cassert>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>
#include <utility>

#include "crypto/reason.h"

namespace doorstep::server {
namespace {

constexpr std::string_view kUnix = "unix:";

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
  std::string path;
};

std::optional<Address> SocketFile(const std::string& path) {
  Address address;
  sockaddr_un file{};
  if (path.empty() || path.size() >= sizeof(file.sun_path)) return std::nullopt;
  file.sun_family = AF_UNIX;
  std::memcpy(file.sun_path, path.data(), path.size());
  std::memcpy(&address.storage, &file, sizeof(file));
  address.size = sizeof(file);
  address.path = path;
  return address;
}

std::optional<Address> Loopback(const std::string& text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos) return std::nullopt;
  const std::string host = text.substr(0, colon);
  uint16_t port = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data() + colon + 1, end, port);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  Address address;
  if (host == "127.0.0.1" || host == "localhost") {
    sockaddr_in four{};
    four.sin_family = AF_INET;
    four.sin_port = htons(port);
    four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    std::memcpy(&address.storage, &four, sizeof(four));
    address.size = sizeof(four);
    return address;
  }
  if (host != "[::1]") return std::nullopt;
  sockaddr_in6 six{};
  six.sin6_family = AF_INET6;
  six.sin6_port = htons(port);
  six.sin6_addr = in6addr_loopback;
  std::memcpy(&address.storage, &six, sizeof(six));
  address.size = sizeof(six);
  return address;
}

int PortOf(int listener) {
  sockaddr_storage storage{};
  socklen_t size = sizeof(storage);
  if (getsockname(listener, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return 0;
  if (storage.ss_family == AF_INET) {
    return ntohs(reinterpret_cast<const sockaddr_in*>(&storage)->sin_port);
  }
  if (storage.ss_family == AF_INET6) {
    return ntohs(reinterpret_cast<const sockaddr_in6*>(&storage)->sin6_port);
  }
  return 0;
}

void SetPatience(int connection) {
  const timeval patience{kLocalPatienceMs / 1000, 0};
  setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
}

bool SendAll(int connection, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t done = send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(done));
  }
  return true;
}

std::string HttpAnswer(const char* status, const std::string& body) {
  return std::string("HTTP/1.1 ") + status +
         "\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nConnection: close\r\n"
         "Content-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace

absl::StatusOr<std::unique_ptr<LocalPort>> LocalPort::Listen(const std::string& address,
                                                             std::string end_mark,
                                                             Handler handler) {
  const bool is_file = address.starts_with(kUnix);
  const std::optional<Address> at =
      is_file ? SocketFile(address.substr(kUnix.size())) : Loopback(address);
  if (!at) return MakeStatus(Reason::kArg, address + " is not an address of this machine alone");
  if (is_file) unlink(at->path.c_str());  // the store's lock says that no other server has it
  const int listener = socket(at->storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (listener < 0) return MakeStatus(Reason::kIo, "no socket for " + address);
  const int on = 1;
  if (!is_file) setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  // The file is made for its owner alone; nobody can connect before listen().
  const mode_t before = umask(0177);
  const int bound = bind(listener, reinterpret_cast<const sockaddr*>(&at->storage), at->size);
  umask(before);
  if (bound != 0 || listen(listener, 16) != 0) {
    const std::string why = std::strerror(errno);
    close(listener);
    return MakeStatus(Reason::kIo, "cannot listen on " + address + ": " + why);
  }
  return std::unique_ptr<LocalPort>(
      new LocalPort(listener, PortOf(listener), at->path, std::move(end_mark), std::move(handler)));
}

LocalPort::LocalPort(int listener, int port, std::string path, std::string end_mark,
                     Handler handler)
    : listener_(listener),
      port_(port),
      path_(std::move(path)),
      end_mark_(std::move(end_mark)),
      handler_(std::move(handler)) {
  int ends[2] = {-1, -1};
  const int made = pipe2(ends, O_CLOEXEC);
  assert(made == 0);
  stop_read_ = ends[0];
  stop_write_ = ends[1];
  thread_ = std::thread([this] { Run(); });
}

LocalPort::~LocalPort() {
  close(stop_write_);
  thread_.join();
  close(stop_read_);
  close(listener_);
  if (!path_.empty()) unlink(path_.c_str());
}

void LocalPort::Run() {
  for (;;) {
    pollfd waits[2] = {{listener_, POLLIN, 0}, {stop_read_, POLLIN, 0}};
    if (poll(waits, 2, -1) < 0 && errno != EINTR) return;
    if (waits[1].revents != 0) return;
    const int connection = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) continue;
    SetPatience(connection);
    Serve(connection);
    close(connection);
  }
}

void LocalPort::Serve(int connection) {
  std::string request;
  while (request.find(end_mark_) == std::string::npos) {
    char chunk[1024];
    const ssize_t got = recv(connection, chunk, sizeof(chunk), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return;
    request.append(chunk, static_cast<size_t>(got));
    if (request.size() > kLocalRequestBytesMax) return;
  }
  handler_(request, [connection](std::string_view bytes) { return SendAll(connection, bytes); });
}

absl::Status AskLocal(const std::string& path, std::string_view request,
                      absl::FunctionRef<void(std::string_view line)> line) {
  const std::optional<Address> at = SocketFile(path);
  if (!at) return MakeStatus(Reason::kArg, "the path of the folder is too long for a socket");
  const int connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connection < 0) return MakeStatus(Reason::kIo, "no socket");
  if (connect(connection, reinterpret_cast<const sockaddr*>(&at->storage), at->size) != 0 ||
      !SendAll(connection, request)) {
    close(connection);
    return MakeStatus(Reason::kNotFound, "no server runs on this folder");
  }
  std::string waiting;
  char chunk[1024];
  for (;;) {
    const ssize_t got = recv(connection, chunk, sizeof(chunk), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    waiting.append(chunk, static_cast<size_t>(got));
    size_t at_end = 0;
    for (size_t end; (end = waiting.find('\n', at_end)) != std::string::npos; at_end = end + 1) {
      line(std::string_view(waiting).substr(at_end, end - at_end));
    }
    waiting.erase(0, at_end);
  }
  close(connection);
  return absl::OkStatus();
}

std::string AnswerHttp(std::string_view request, absl::FunctionRef<std::string()> metrics,
                       absl::FunctionRef<bool()> healthy) {
  if (!request.starts_with("GET ")) return HttpAnswer("405 Method Not Allowed", "GET only\n");
  const std::string_view target = request.substr(4, request.find(' ', 4) - 4);
  if (target == "/metrics") return HttpAnswer("200 OK", metrics());
  if (target == "/healthz") {
    return healthy() ? HttpAnswer("200 OK", "ok\n")
                     : HttpAnswer("503 Service Unavailable", "the store cannot be read\n");
  }
  return HttpAnswer("404 Not Found", "/metrics and /healthz\n");
}

}  // namespace doorstep::server
