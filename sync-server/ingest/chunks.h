// Chunks of the files beside records (crypto/attachment.h): taken in any order, each by itself, and
// never one that nobody announced. The server has no key of any of them.
#ifndef DOORSTEP_SYNC_SERVER_INGEST_CHUNKS_H_
#define DOORSTEP_SYNC_SERVER_INGEST_CHUNKS_H_

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "doorstep/v1/sync.pb.h"
#include "model/catalog.h"
#include "model/files.h"
#include "sync-server/access/directory_log.h"
#include "sync-server/store/store.h"

namespace doorstep::server {

// The form of a request, without looking anything up: E_FORMAT, or E_INTEGRITY for bytes that are
// not what the hashes and the content id say.
absl::Status CheckPutChunk(const v1::PutChunkRequest& request);

// Whether this device may hand in chunks of that file: the changeset it names is in the log of the
// scope and announces a file of this content id and length; and the device wrote it, or may read
// the family. NOT_FOUND (E_NOT_FOUND) for whatever else.
absl::Status MayPutChunk(const ReadView& view, const Catalog& catalog, const Directory& directory,
                         uint64_t at, const Id& device, const v1::PutChunkRequest& request,
                         int64_t now_ms);

// A bit for each chunk that is stored.
absl::StatusOr<v1::PutChunkResponse> ChunksHere(const ReadView& view,
                                                const v1::PutChunkRequest& request);

// Answers the judge out of a store.
class StoredFiles final : public ArrivedFiles {
 public:
  explicit StoredFiles(const ReadView& view) : view_(view) {}
  bool Has(const Id& scope, std::string_view content) const override;
  // Not OK: the answers mean nothing.
  const absl::Status& status() const { return status_; }

 private:
  const ReadView& view_;
  mutable absl::Status status_;
};

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_INGEST_CHUNKS_H_
