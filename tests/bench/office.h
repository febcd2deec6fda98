// The server of a bench: the real store on a disk, ingest and feed. Messages come and go as bytes,
// by a call or over gRPC on loopback.
#ifndef DOORSTEP_TESTS_BENCH_OFFICE_H_
#define DOORSTEP_TESTS_BENCH_OFFICE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "sync-server/access/directory_log.h"
#include "sync-server/admin/server_keys.h"
#include "sync-server/feed/feed.h"
#include "sync-server/feed/head_signer.h"
#include "sync-server/ingest/ingest.h"
#include "sync-server/store/sqlite/sqlite_store.h"
#include "tests/bench/wire.h"

namespace doorstep::bench {

class Office {
 public:
  // A new store in `folder`, which exists. `keys` outlives it.
  Office(const std::string& folder, const Id& tenant, const PublicKey& root,
         const server::ServerKeys& keys);

  // From now on devices reach it over gRPC, at this address, and no longer by Push and Pull.
  std::string GoOnline();
  bool online() const { return wire_ != nullptr; }

  // Hands in entry 1 of the directory.
  void Admit(const v1::SignedChangeset& genesis, int64_t now_ms);

  std::string Push(const Id& device, const std::string& request, int64_t now_ms);
  // `frame` is given each frame in order.
  void Pull(const Id& device, const std::string& request, int64_t now_ms,
            absl::FunctionRef<void(std::string)> frame);

 private:
  std::unique_ptr<server::SqliteStore> store_;
  std::unique_ptr<server::Ingest> ingest_;
  server::SharedDirectory directory_;
  server::LogKeySigner signer_;
  std::unique_ptr<server::FeedParts> feed_;
  PublicKey root_;
  const server::ServerKeys& keys_;
  std::unique_ptr<Wire> wire_;
};

}  // namespace doorstep::bench

#endif  // DOORSTEP_TESTS_BENCH_OFFICE_H_
