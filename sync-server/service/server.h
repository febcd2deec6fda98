// The server on the network: gRPC with TLS 1.3 on two ports. The sync port asks for a certificate
// of our CA; the enrolment port asks for none. What is behind them is SyncService and EnrolService.
//
// gRPC owns both listening sockets. Its listener does not survive a shortage of descriptors, so the
// process must have many more than it has connections (LimitNOFILE), and restarts when the port no
// longer answers; our own accept loop (edge) is to take its place.
#ifndef DOORSTEP_SYNC_SERVER_SERVICE_SERVER_H_
#define DOORSTEP_SYNC_SERVER_SERVICE_SERVER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/certificate.h"
#include "crypto/primitives.h"
#include "crypto/secret.h"
#include "sync-server/feed/feed.h"
#include "sync-server/service/limits.h"
#include "sync-server/service/metrics.h"
#include "sync-server/service/writer.h"
#include "sync-server/store/store.h"

namespace doorstep::server {

// gRPC 1.51 has no setting for the least version of TLS. With a P-256 key and only RSA suites
// offered for TLS 1.2, a handshake below 1.3 finds no common suite; 1.3 has suites of its own. For
// the whole process, before it has a second thread and before any other use of gRPC.
void RequireTls13();

struct ServerParts {
  const Catalog& catalog;
  Store& store;
  PublicKey genesis_root{};
  const HeadSigner& signer;
  const CertificateAuthority& authority;
  const Secret& tls_key_pem;
  std::string tls_certificate_pem;
  const std::vector<Secret>& ingest_seeds;
  Random& random;                   // safe from any thread
  std::function<int64_t()> now_ms;  // UTC
  std::function<int64_t()> monotonic_ms;
  std::string listen;        // host:port; port 0: any free one
  std::string enrol_listen;  // empty: the port after the sync port, where devices look
  std::string sync_address;  // what a new device is told to connect to
  ServiceLimits limits;
  std::function<void()> broken;  // the store failed: end the process. On the writer's thread
  std::function<bool()> room_for_files = nullptr;  // null: always. Any thread
};

class Server {
 public:
  // All that is referred to outlives the server. INVALID_ARGUMENT (E_ARG) for a limit of 0,
  // FAILED_PRECONDITION (E_KEY) when key and certificate do not belong together, UNAVAILABLE (E_IO)
  // when an address cannot be listened on.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const ServerParts& parts);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  // As Drain().
  ~Server();

  int sync_port() const;
  int enrol_port() const;
  Writer& writer();
  Metrics& metrics();

  // Takes no new call, lets those under way end within limits.drain_ms, cancels the rest, writes
  // what waits. Once; returns when no thread of the server runs any more.
  void Drain();

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_SERVICE_SERVER_H_
