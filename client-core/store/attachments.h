// The files that travel beside records, as encrypted chunks: which are known, which chunks are
// here, and which the office has said it has. A chunk that was received once is never fetched
// again, and one that went out is never sent again, whatever breaks off in between; records wait
// for none of it.
//
// Methods that write stand in the caller's transaction.
#ifndef DOORSTEP_CLIENT_CORE_STORE_ATTACHMENTS_H_
#define DOORSTEP_CLIENT_CORE_STORE_ATTACHMENTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client-core/store/database.h"
#include "crypto/attachment.h"
#include "model/catalog.h"
#include "model/record.h"
#include "model/record_id.h"

namespace doorstep::client {

struct FileRow {
  Id scope;
  std::string content;  // content id, 32 bytes
  Id uid;               // of the changeset that announced it
  uint64_t length = 0;  // as encrypted
  std::string hashes;   // of its chunks; empty while nobody has told them
  bool own = false;     // made on this device
  uint32_t chunks = 0;
  uint32_t here = 0;       // chunks on this device
  uint32_t at_office = 0;  // chunks that the office was last known to have
  // When it last said so, or that it lacks a chunk; 0: never, or what it said counts no more.
  int64_t asked_ms = 0;

  bool WholeHere() const { return here == chunks; }
  // Chunks are here that the office is not known to have.
  bool HasToGo() const { return (own || WholeHere()) && here > 0 && at_office < chunks; }
  bool HasToCome() const { return !WholeHere(); }
};

class Attachments {
 public:
  explicit Attachments(Database& database) : database_(database) {}

  // An own file, whole. RESOURCE_EXHAUSTED (E_LIMIT) when the device would hold more than
  // kFileBytesOnDeviceMax.
  absl::Status PutOwn(const Id& scope, const Id& uid, const SealedFile& file);
  // The file of a record that is seen here, if its type has one and it is not known yet.
  absl::Status NoteRecord(const Id& scope, const RecordType& type, const Record& record);

  absl::StatusOr<std::optional<FileRow>> Find(const Id& scope, std::string_view content) const;
  // Ascending by scope and content.
  absl::StatusOr<std::vector<FileRow>> List() const;
  absl::StatusOr<uint32_t> CountOf(const Id& scope) const;
  absl::StatusOr<uint64_t> Bytes() const;  // of all chunks here

  struct Owed {
    uint64_t to_send = 0;  // chunks
    uint64_t to_fetch = 0;
  };
  absl::StatusOr<Owed> CountOwed() const;

  // The lowest chunk that is here and not known to be at the office; the lowest that is not here.
  absl::StatusOr<std::optional<uint32_t>> NextToSend(const FileRow& file) const;
  absl::StatusOr<std::optional<uint32_t>> NextToFetch(const FileRow& file) const;
  // NOT_FOUND (E_NOT_FOUND): not here.
  absl::StatusOr<std::string> Chunk(const FileRow& file, uint32_t number) const;

  // A chunk that the office sent, with the hashes it named. E_INTEGRITY, E_FORMAT: it is none of
  // this file; nothing changes. One that is here already changes nothing.
  absl::Status PutFetched(const FileRow& file, std::string_view hashes, uint32_t number,
                          std::string_view chunk);
  // What the office said it has: a bit a chunk, lowest first.
  absl::Status NoteAtOffice(const FileRow& file, std::string_view bits, int64_t now_ms);
  // A server that lost history takes back what it said of a scope: it is asked anew.
  absl::Status ForgetAtOffice(const Id& scope);
  // The office did not have a chunk that was wanted.
  absl::Status NoteMissed(const FileRow& file, int64_t now_ms);

  // The scope leaves the device. Own files that the office does not have whole stay, encrypted as
  // they are; their key went with the record.
  absl::Status DropScope(const Id& scope);
  // Chunks of own files of a scope that have to go.
  absl::StatusOr<bool> Owes(const Id& scope) const;
  absl::Status Remove(const FileRow& file);

 private:
  absl::Status Insert(const FileRow& file);
  absl::Status InsertChunk(const FileRow& file, uint32_t number, std::string_view chunk, bool sent);
  absl::Status Recount(const FileRow& file);

  Database& database_;
};

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_STORE_ATTACHMENTS_H_
