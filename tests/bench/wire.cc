#include "tests/bench/wire.h"

#include <cassert>
#include <chrono>
#include <utility>

#include "model/catalog.h"
#include "tests/bench/stopwatch.h"

namespace doorstep::bench {

int64_t SystemNowMs() { return static_cast<int64_t>(ClockMs(CLOCK_REALTIME)); }

Wire::Wire(server::Store& store, const PublicKey& root, const server::HeadSigner& signer,
           const server::ServerKeys& keys) {
  // The port after a free one, where devices look for enrolment, is sometimes taken.
  absl::StatusOr<std::unique_ptr<server::Server>> started = absl::UnknownError("not tried");
  for (int tries = 0; tries < 20 && !started.ok(); ++tries) {
    started = server::Server::Start({
        .catalog = Catalog::Get(),
        .store = store,
        .genesis_root = root,
        .signer = signer,
        .authority = keys.authority,
        .tls_key_pem = keys.tls_key_pem,
        .tls_certificate_pem = keys.tls_certificate_pem,
        .ingest_seeds = keys.ingest_seeds,
        .random = random_,
        .now_ms = SystemNowMs,
        .monotonic_ms = [] { return static_cast<int64_t>(ClockMs(CLOCK_MONOTONIC)); },
        .listen = "127.0.0.1:0",
        .enrol_listen = "",
        .sync_address = "",
        .limits = {},
        .broken = [] { assert(false); },
    });
  }
  assert(started.ok());
  server_ = *std::move(started);
}

std::string Wire::address() const { return "127.0.0.1:" + std::to_string(server_->sync_port()); }

}  // namespace doorstep::bench
