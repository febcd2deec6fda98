// A socket for programs on this machine: a scraper of metrics on loopback, an operator's command on
// a socket file in the server's own folder. One request at a time, read up to an end mark within
// limits of size and time, answered, closed. Nothing here is for devices.
#ifndef DOORSTEP_SYNC_SERVER_SERVICE_LOCAL_PORT_H_
#define DOORSTEP_SYNC_SERVER_SERVICE_LOCAL_PORT_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace doorstep::server {

inline constexpr size_t kLocalRequestBytesMax = 8 << 10;
inline constexpr int kLocalPatienceMs = 5'000;  // for a request to come, and for each write

class LocalPort {
 public:
  // False: the other side has gone.
  using Write = absl::FunctionRef<bool(std::string_view)>;
  // On the port's own thread. `request` ends with the mark.
  using Handler = std::function<void(const std::string& request, Write write)>;

  // `address`: "127.0.0.1:9464", "[::1]:9464", or "unix:" and a path, which only this user can
  // open. E_ARG for an address that other machines could reach; E_IO when it cannot be listened on.
  static absl::StatusOr<std::unique_ptr<LocalPort>> Listen(const std::string& address,
                                                           std::string end_mark, Handler handler);
  LocalPort(const LocalPort&) = delete;
  LocalPort& operator=(const LocalPort&) = delete;
  // Waits for the request under way.
  ~LocalPort();

  int port() const { return port_; }  // 0 for a socket file

 private:
  LocalPort(int listener, int port, std::string path, std::string end_mark, Handler handler);
  void Run();
  void Serve(int connection);

  const int listener_;
  const int port_;
  const std::string path_;  // of a socket file, removed at the end
  const std::string end_mark_;
  const Handler handler_;
  int stop_read_ = -1;
  int stop_write_ = -1;
  std::thread thread_;
};

// The other end: sends `request` to the socket file and hands what comes back to `line`, without
// its newline. NOT_FOUND (E_NOT_FOUND): nobody listens there.
absl::Status AskLocal(const std::string& path, std::string_view request,
                      absl::FunctionRef<void(std::string_view line)> line);

// What the metrics port answers to a request of HTTP: GET /metrics, GET /healthz, else 404 or 405.
std::string AnswerHttp(std::string_view request, absl::FunctionRef<std::string()> metrics,
                       absl::FunctionRef<bool()> healthy);

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_SERVICE_LOCAL_PORT_H_
