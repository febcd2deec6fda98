#include "sync-server/ingest/chunks.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "crypto/attachment.h"
#include "crypto/reason.h"
#include "model/value.h"
#include "sync-server/access/readers.h"

namespace doorstep::server {
namespace {

// One text for all that one may not see and all that is not there.
absl::Status NotFound() { return MakeStatus(Reason::kNotFound, "no such file"); }

// Whether a change writes a file of this content id and length.
bool Announces(const Catalog& catalog, const v1::RecordChange& change,
               const v1::PutChunkRequest& request) {
  const RecordType* type = catalog.Find(change.type());
  if (type == nullptr || !type->HasFile()) return false;
  bool content = false, length = false;
  for (const v1::FieldWrite& write : change.writes()) {
    if (write.field() == type->file.content) {
      content = DecodeBytes(write.field(), write.value()) == std::string_view(request.content());
    }
    if (write.field() == type->file.length) {
      length = DecodeI64(write.field(), write.value()) == static_cast<int64_t>(request.length());
    }
  }
  return content && length;
}

}  // namespace

absl::Status CheckPutChunk(const v1::PutChunkRequest& request) {
  absl::Status hashes = CheckHashes(request.content(), request.length(), request.hashes());
  if (!hashes.ok() || request.chunk().empty()) return hashes;
  return CheckChunk(request.length(), request.hashes(), request.number(), request.chunk());
}

absl::Status MayPutChunk(const ReadView& view, const Catalog& catalog, const Directory& directory,
                         uint64_t at, const Id& device, const v1::PutChunkRequest& request,
                         int64_t now_ms) {
  const std::optional<Id> scope = Id::FromBytes(request.scope());
  const std::optional<Id> uid = Id::FromBytes(request.uid());
  if (!scope || !uid) return MakeStatus(Reason::kFormat, "an id has 16 bytes");
  const absl::StatusOr<std::optional<UidRow>> place = view.FindUid(*uid);
  if (!place.ok()) return place.status();
  if (!*place || (*place)->scope != *scope) return NotFound();
  std::optional<LogRow> row;
  absl::Status read = view.ReadLog(*scope, (*place)->seq - 1, [&](LogRow entry) {
    row = std::move(entry);
    return ReadView::Visit::kStop;
  });
  if (!read.ok()) return read;
  if (!row) return DamagedStore("a uid whose entry is missing");
  const absl::StatusOr<Entry> entry = ToEntry(*row);
  if (!entry.ok()) return entry.status();
  const auto& changes = entry->changeset.body.changes();
  const bool announced = std::any_of(
      changes.begin(), changes.end(),
      [&](const v1::RecordChange& change) { return Announces(catalog, change, request); });
  if (!announced) return NotFound();
  if (entry->changeset.device == device) return absl::OkStatus();
  const absl::StatusOr<bool> reads =
      MayRead(view, directory, at, device, *scope, now_ms, Ask::kWhenAsked);
  if (!reads.ok()) return reads.status();
  return *reads ? absl::OkStatus() : NotFound();
}

absl::StatusOr<v1::PutChunkResponse> ChunksHere(const ReadView& view,
                                                const v1::PutChunkRequest& request) {
  const absl::StatusOr<std::optional<FileRow>> file =
      view.FindFile(Id::FromBytes(request.scope()).value_or(Id{}), request.content());
  if (!file.ok()) return file.status();
  v1::PutChunkResponse response;
  if (*file) response.set_here((*file)->here);
  return response;
}

bool StoredFiles::Has(const Id& scope, std::string_view content) const {
  const absl::StatusOr<std::optional<FileRow>> file = view_.FindFile(scope, content);
  if (!file.ok()) {
    status_ = file.status();
    return false;
  }
  if (!*file) return false;
  for (size_t number = 0; number < (*file)->hashes.size() / kChunkHashBytes; ++number) {
    if ((static_cast<uint8_t>((*file)->here[number / 8]) >> (number % 8) & 1) == 0) return false;
  }
  return true;
}

}  // namespace doorstep::server
