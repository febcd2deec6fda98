#include "client-core/store/attachments.h"

#include "client-core/store/limits.h"
#include "crypto/reason.h"
#include "model/value.h"

namespace doorstep::client {
namespace {

#define DS_FILE_COLUMNS \
  "scope, content, uid, length, hashes, own, chunks, here, at_office, asked_ms"

FileRow ReadFile(Statement& from) {
  FileRow file;
  file.scope = from.ReadId(0);
  file.content = std::string(from.Blob(1));
  file.uid = from.ReadId(2);
  file.length = from.Uint(3);
  file.hashes = std::string(from.Blob(4));
  file.own = from.Int(5) != 0;
  file.chunks = static_cast<uint32_t>(from.Int(6));
  file.here = static_cast<uint32_t>(from.Int(7));
  file.at_office = static_cast<uint32_t>(from.Int(8));
  file.asked_ms = from.Int(9);
  return file;
}

absl::StatusOr<int64_t> OneNumber(Statement& from) {
  int64_t number = from.Step() ? from.Int(0) : 0;
  if (!from.status().ok()) return from.status();
  return number;
}

}  // namespace

absl::Status Attachments::Insert(const FileRow& file) {
  Statement put = database_.Prepare("INSERT OR IGNORE INTO file(" DS_FILE_COLUMNS
                                    ") VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, 0, 0)");
  put.Bind(1, file.scope).Bind(2, std::string_view(file.content)).Bind(3, file.uid);
  put.Bind(4, file.length).Bind(5, std::string_view(file.hashes)).Bind(6, file.own ? 1 : 0);
  put.Bind(7, file.chunks);
  return put.Run();
}

absl::Status Attachments::InsertChunk(const FileRow& file, uint32_t number, std::string_view chunk,
                                      bool sent) {
  Statement put = database_.Prepare(
      "INSERT OR IGNORE INTO chunk(scope, content, number, sent, bytes) VALUES(?1, ?2, ?3, ?4, "
      "?5)");
  put.Bind(1, file.scope).Bind(2, std::string_view(file.content)).Bind(3, number);
  put.Bind(4, sent ? 1 : 0).Bind(5, chunk);
  return put.Run();
}

// Of own files `sent` is what the office said; of others too, and a chunk fetched came from there.
absl::Status Attachments::Recount(const FileRow& file) {
  Statement recount = database_.Prepare(
      "UPDATE file SET here = (SELECT count(*) FROM chunk WHERE scope = ?1 AND content = ?2), "
      "at_office = max(CASE WHEN asked_ms = 0 THEN 0 ELSE at_office END, "
      "(SELECT count(*) FROM chunk WHERE scope = ?1 AND content = ?2 AND sent = 1)) "
      "WHERE scope = ?1 AND content = ?2");
  return recount.Bind(1, file.scope).Bind(2, std::string_view(file.content)).Run();
}

absl::Status Attachments::PutOwn(const Id& scope, const Id& uid, const SealedFile& file) {
  absl::StatusOr<uint64_t> bytes = Bytes();
  if (!bytes.ok()) return bytes.status();
  if (*bytes + file.length > kFileBytesOnDeviceMax) {
    return MakeStatus(Reason::kLimit, "files: this device holds as many as it can");
  }
  FileRow row;
  row.scope = scope;
  row.content = std::string(View(file.content));
  row.uid = uid;
  row.length = file.length;
  row.hashes = file.hashes;
  row.own = true;
  row.chunks = static_cast<uint32_t>(file.chunks.size());
  absl::Status status = Insert(row);
  for (uint32_t number = 0; number < row.chunks && status.ok(); ++number) {
    status = InsertChunk(row, number, file.chunks[number], false);
  }
  return status.ok() ? Recount(row) : status;
}

absl::Status Attachments::NoteRecord(const Id& scope, const RecordType& type,
                                     const Record& record) {
  if (!type.HasFile()) return absl::OkStatus();
  const FieldType& content = *type.FindField(type.file.content);
  const FieldType& length = *type.FindField(type.file.length);
  const Cell* cell = record.FindCell(content.number);
  std::optional<std::string_view> id = DecodeBytes(content.number, ValueInForce(record, content));
  std::optional<int64_t> bytes = DecodeI64(length.number, ValueInForce(record, length));
  if (!id || !bytes || *bytes < 0 || cell == nullptr) return absl::OkStatus();
  FileRow file;
  file.scope = scope;
  file.content = std::string(*id);
  file.uid = cell->live.front().op.uid;
  file.length = static_cast<uint64_t>(*bytes);
  file.chunks = ChunksOf(file.length);
  // A length that no file has: there is nothing to wait for.
  return file.chunks == 0 ? absl::OkStatus() : Insert(file);
}

absl::StatusOr<std::optional<FileRow>> Attachments::Find(const Id& scope,
                                                         std::string_view content) const {
  Statement find =
      database_.Prepare("SELECT " DS_FILE_COLUMNS " FROM file WHERE scope = ?1 AND content = ?2");
  std::optional<FileRow> row;
  if (find.Bind(1, scope).Bind(2, content).Step()) row = ReadFile(find);
  if (!find.status().ok()) return find.status();
  return row;
}

absl::StatusOr<std::vector<FileRow>> Attachments::List() const {
  Statement list =
      database_.Prepare("SELECT " DS_FILE_COLUMNS " FROM file ORDER BY scope, content");
  std::vector<FileRow> rows;
  while (list.Step()) rows.push_back(ReadFile(list));
  if (!list.status().ok()) return list.status();
  return rows;
}

absl::StatusOr<uint32_t> Attachments::CountOf(const Id& scope) const {
  Statement count = database_.Prepare("SELECT count(*) FROM file WHERE scope = ?1");
  absl::StatusOr<int64_t> number = OneNumber(count.Bind(1, scope));
  if (!number.ok()) return number.status();
  return static_cast<uint32_t>(*number);
}

absl::StatusOr<uint64_t> Attachments::Bytes() const {
  // An upper bound that reads no chunk: all but a file's last are of one length.
  Statement sum = database_.Prepare("SELECT coalesce(sum(here), 0) FROM file");
  absl::StatusOr<int64_t> chunks = OneNumber(sum);
  if (!chunks.ok()) return chunks.status();
  return static_cast<uint64_t>(*chunks) * kChunkBytes;
}

absl::StatusOr<Attachments::Owed> Attachments::CountOwed() const {
  absl::StatusOr<std::vector<FileRow>> files = List();
  if (!files.ok()) return files.status();
  Owed owed;
  for (const FileRow& file : *files) {
    if (file.HasToGo()) owed.to_send += file.chunks - file.at_office;
    if (file.HasToCome()) owed.to_fetch += file.chunks - file.here;
  }
  return owed;
}

absl::StatusOr<std::optional<uint32_t>> Attachments::NextToSend(const FileRow& file) const {
  Statement next = database_.Prepare(
      "SELECT number FROM chunk WHERE scope = ?1 AND content = ?2 AND sent = 0 ORDER BY number "
      "LIMIT 1");
  std::optional<uint32_t> number;
  if (next.Bind(1, file.scope).Bind(2, std::string_view(file.content)).Step()) {
    number = static_cast<uint32_t>(next.Int(0));
  }
  if (!next.status().ok()) return next.status();
  return number;
}

absl::StatusOr<std::optional<uint32_t>> Attachments::NextToFetch(const FileRow& file) const {
  Statement here = database_.Prepare(
      "SELECT number FROM chunk WHERE scope = ?1 AND content = ?2 ORDER BY number");
  uint32_t next = 0;
  for (here.Bind(1, file.scope).Bind(2, std::string_view(file.content)); here.Step(); ++next) {
    if (static_cast<uint32_t>(here.Int(0)) != next) break;
  }
  if (!here.status().ok()) return here.status();
  return next < file.chunks ? std::optional(next) : std::nullopt;
}

absl::StatusOr<std::string> Attachments::Chunk(const FileRow& file, uint32_t number) const {
  Statement load = database_.Prepare(
      "SELECT bytes FROM chunk WHERE scope = ?1 AND content = ?2 AND number = ?3");
  load.Bind(1, file.scope).Bind(2, std::string_view(file.content)).Bind(3, number);
  if (!load.Step()) {
    if (!load.status().ok()) return load.status();
    return MakeStatus(Reason::kNotFound, "files: this chunk is not here");
  }
  return std::string(load.Blob(0));
}

absl::Status Attachments::PutFetched(const FileRow& file, std::string_view hashes, uint32_t number,
                                     std::string_view chunk) {
  absl::Status right = CheckHashes(file.content, file.length, hashes);
  if (right.ok()) right = CheckChunk(file.length, hashes, number, chunk);
  if (!right.ok()) return right;
  Statement name =
      database_.Prepare("UPDATE file SET hashes = ?3 WHERE scope = ?1 AND content = ?2");
  name.Bind(1, file.scope).Bind(2, std::string_view(file.content)).Bind(3, hashes);
  absl::Status status = name.Run();
  if (status.ok()) status = InsertChunk(file, number, chunk, true);
  return status.ok() ? Recount(file) : status;
}

absl::Status Attachments::NoteAtOffice(const FileRow& file, std::string_view bits, int64_t now_ms) {
  uint32_t there = 0;
  absl::Status status;
  for (uint32_t number = 0; number < file.chunks && status.ok(); ++number) {
    const size_t byte = number / 8;
    const bool has =
        byte < bits.size() && (static_cast<uint8_t>(bits[byte]) >> (number % 8) & 1) != 0;
    there += has ? 1 : 0;
    Statement mark = database_.Prepare(
        "UPDATE chunk SET sent = ?4 WHERE scope = ?1 AND content = ?2 AND number = ?3 AND "
        "sent != ?4");
    mark.Bind(1, file.scope).Bind(2, std::string_view(file.content));
    status = mark.Bind(3, number).Bind(4, has ? 1 : 0).Run();
  }
  if (!status.ok()) return status;
  Statement save = database_.Prepare(
      "UPDATE file SET at_office = ?3, asked_ms = ?4 WHERE scope = ?1 AND content = ?2");
  save.Bind(1, file.scope).Bind(2, std::string_view(file.content)).Bind(3, there);
  return save.Bind(4, now_ms).Run();
}

absl::Status Attachments::ForgetAtOffice(const Id& scope) {
  {
    Statement forget = database_.Prepare("UPDATE chunk SET sent = 0 WHERE scope = ?1 AND sent = 1");
    absl::Status status = forget.Bind(1, scope).Run();
    if (!status.ok()) return status;
  }
  Statement ask = database_.Prepare("UPDATE file SET at_office = 0, asked_ms = 0 WHERE scope = ?1");
  return ask.Bind(1, scope).Run();
}

absl::Status Attachments::NoteMissed(const FileRow& file, int64_t now_ms) {
  Statement note =
      database_.Prepare("UPDATE file SET asked_ms = ?3 WHERE scope = ?1 AND content = ?2");
  note.Bind(1, file.scope).Bind(2, std::string_view(file.content)).Bind(3, now_ms);
  return note.Run();
}

absl::Status Attachments::Remove(const FileRow& file) {
  {
    Statement chunks = database_.Prepare("DELETE FROM chunk WHERE scope = ?1 AND content = ?2");
    absl::Status status = chunks.Bind(1, file.scope).Bind(2, std::string_view(file.content)).Run();
    if (!status.ok()) return status;
  }
  Statement row = database_.Prepare("DELETE FROM file WHERE scope = ?1 AND content = ?2");
  return row.Bind(1, file.scope).Bind(2, std::string_view(file.content)).Run();
}

absl::Status Attachments::DropScope(const Id& scope) {
  absl::StatusOr<std::vector<FileRow>> files = List();
  if (!files.ok()) return files.status();
  for (const FileRow& file : *files) {
    if (file.scope != scope || (file.own && file.HasToGo())) continue;
    absl::Status removed = Remove(file);
    if (!removed.ok()) return removed;
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> Attachments::Owes(const Id& scope) const {
  Statement owed = database_.Prepare(
      "SELECT count(*) FROM file WHERE scope = ?1 AND own = 1 AND at_office < chunks");
  absl::StatusOr<int64_t> number = OneNumber(owed.Bind(1, scope));
  if (!number.ok()) return number.status();
  return *number > 0;
}

}  // namespace doorstep::client
