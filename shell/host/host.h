// The shell's host: serves the pages on 127.0.0.1 and lets them ask the core. It never talks to the
// office; the core does. One thread runs the connections, one the core's calls, which are served
// one at a time anyway.
//
//   GET  /…           a file of the pages (pages.h)
//   POST /api/NAME    a call (calls.h). Answered 200 whenever the core was asked; what it said
//   stands
//                     in the headers doorstep-status and doorstep-reason
//   POST /events      a stream of lines: "records" when something may have changed, "lock" when the
//                     client was locked or unlocked, an empty one now and then
//
// Every request passes gate.h first. Nothing is logged.
#ifndef DOORSTEP_SHELL_HOST_HOST_H_
#define DOORSTEP_SHELL_HOST_HOST_H_

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "client-core/include/doorstep/doorstep.h"

namespace doorstep::shell {

struct HostLimits {
  size_t header_bytes_max = 16 << 10;       // past it the connection ends
  size_t body_bytes_max = 1 << 20;          // the same; a changeset is 64 KiB at most
  size_t connections_max = 64;              // past it a new one ends at once
  std::chrono::milliseconds read{10'000};   // for a request to arrive whole, once it has begun
  std::chrono::milliseconds write{30'000};  // for an answer to be taken
  std::chrono::milliseconds quiet{75'000};  // between two requests of one connection
  std::chrono::milliseconds alive{20'000};  // between two lines of an event stream
  std::chrono::milliseconds idle_lock{15 * 60'000};  // without a call; pages lock sooner
};

struct HostOptions {
  std::filesystem::path pages;
  uint16_t port = 0;  // 0: any that is free
  std::string token;
  HostLimits limits;
};

class Host {
 public:
  // Listens already when it returns. `client` is borrowed and outlives the host. Fails: UNAVAILABLE
  // (the port is taken), NOT_FOUND (the folder holds no pages).
  static absl::StatusOr<std::unique_ptr<Host>> Listen(ds_client* client, HostOptions options);
  ~Host();
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  uint16_t port() const;
  // "http://127.0.0.1:PORT/#token=…": the token stands in the part that a browser sends to nobody.
  std::string url() const;

  // Serves until Stop, or SIGINT, SIGTERM or SIGHUP. Cancels a contact under way before it returns.
  void Run();
  // Any thread, at any time.
  void Stop();

 private:
  class Loop;
  explicit Host(std::unique_ptr<Loop> loop);

  std::unique_ptr<Loop> loop_;
};

}  // namespace doorstep::shell

#endif  // DOORSTEP_SHELL_HOST_HOST_H_
