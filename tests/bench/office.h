// The server of a bench: the real store on a disk, ingest and feed, without gRPC. Messages come and
// go as bytes.
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

namespace doorstep::bench {

class Office {
 public:
  // A new store in `folder`, which exists. `keys` outlives it.
  Office(const std::string& folder, const Id& tenant, const PublicKey& root,
         const server::ServerKeys& keys);

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
};

}  // namespace doorstep::bench

#endif  // DOORSTEP_TESTS_BENCH_OFFICE_H_
