#include "sync-server/feed/chunks.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "crypto/reason.h"
#include "sync-server/access/restore_gate.h"

namespace doorstep::server {

absl::StatusOr<v1::GetChunkResponse> GetChunk(const FeedParts& parts, const Id& device,
                                              const v1::GetChunkRequest& request, int64_t now_ms) {
  const absl::Status not_found = MakeStatus(Reason::kNotFound, "no such file");
  const std::optional<Id> scope = Id::FromBytes(request.scope());
  if (!scope) return MakeStatus(Reason::kFormat, "a scope has 16 bytes");
  const absl::StatusOr<std::unique_ptr<ReadView>> view = parts.store.Read();
  if (!view.ok()) return view.status();
  const absl::StatusOr<Gate> gate = GateOf(**view);
  if (!gate.ok()) return gate.status();
  const absl::StatusOr<SharedDirectory::Place> place = parts.directory.At(**view);
  if (!place.ok()) return place.status();
  const absl::StatusOr<bool> reads =
      MayRead(**view, place->directory, place->at, device, *scope, now_ms, Ask::kWhenAsked);
  if (!reads.ok()) return reads.status();
  if (!*reads || *gate == Gate::kWaiting) return not_found;
  const absl::StatusOr<std::optional<FileRow>> file = (*view)->FindFile(*scope, request.content());
  if (!file.ok()) return file.status();
  absl::StatusOr<std::optional<std::string>> chunk =
      (*view)->FindChunk(*scope, request.content(), request.number());
  if (!chunk.ok()) return chunk.status();
  if (!*file || !*chunk) return not_found;
  v1::GetChunkResponse response;
  response.set_hashes((*file)->hashes);
  response.set_chunk(**std::move(chunk));
  return response;
}

}  // namespace doorstep::server
