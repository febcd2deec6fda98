// The office on a network: the real server behind gRPC and TLS 1.3 on loopback.
#ifndef DOORSTEP_TESTS_BENCH_WIRE_H_
#define DOORSTEP_TESTS_BENCH_WIRE_H_

#include <memory>
#include <string>

#include "crypto/primitives.h"
#include "sync-server/admin/server_keys.h"
#include "sync-server/feed/head_signer.h"
#include "sync-server/service/server.h"
#include "sync-server/store/store.h"

namespace doorstep::bench {

// What certificates are checked by: the TLS library asks the system's clock.
int64_t SystemNowMs();

class Wire {
 public:
  // All outlive it. Nobody else writes the store meanwhile.
  Wire(server::Store& store, const PublicKey& root, const server::HeadSigner& signer,
       const server::ServerKeys& keys);

  std::string address() const;

 private:
  SystemRandom random_;
  std::unique_ptr<server::Server> server_;
};

}  // namespace doorstep::bench

#endif  // DOORSTEP_TESTS_BENCH_WIRE_H_
