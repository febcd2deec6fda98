#include "sync-server/admin/restore.h"

#include <array>
#include <memory>
#include <utility>

#include "crypto/primitives.h"
#include "crypto/reason.h"
#include "model/scanner.h"
#include "sync-server/access/restore_gate.h"
#include "sync-server/admin/files.h"

namespace doorstep::server {
namespace {

struct Sealed {
  int64_t made_ms = 0;
  Hash32 database_hash{};
  Secret database_key;
  ServerFolder folder;
};

bool TakeLp(std::string_view& bytes, std::string_view& part) {
  if (bytes.size() < 4) return false;
  uint32_t size = 0;
  for (size_t i = 4; i-- > 0;) size = size << 8 | static_cast<uint8_t>(bytes[i]);
  if (bytes.size() - 4 < size) return false;
  part = bytes.substr(4, size);
  bytes.remove_prefix(4 + size);
  return true;
}

absl::StatusOr<Sealed> ReadSealed(std::string_view bytes) {
  const absl::Status bad = MakeStatus(Reason::kFormat, "the sealed part is not that of a backup");
  std::array<std::string_view, 9> parts;
  for (std::string_view& part : parts) {
    if (!TakeLp(bytes, part)) return bad;
  }
  if (!bytes.empty() || parts[0] != kBackupLabel || parts[2].size() != 8) return bad;
  Sealed sealed;
  uint64_t made = 0;
  for (size_t i = 8; i-- > 0;) made = made << 8 | static_cast<uint8_t>(parts[2][i]);
  sealed.made_ms = static_cast<int64_t>(made);
  if (!CopyExactly(parts[3], sealed.database_hash)) return bad;
  sealed.database_key = Secret::FromBytes(parts[4]);
  absl::StatusOr<ServerKeys> keys = DecodeServerKeys(parts[5]);
  if (!keys.ok()) return keys.status();
  sealed.folder.keys = *std::move(keys);
  sealed.folder.genesis.emplace();
  if (!ParseMessage(parts[6], *sealed.folder.genesis).ok() ||
      !ParseMessage(parts[7], sealed.folder.request).ok() ||
      sealed.folder.genesis->tenant() != parts[1]) {
    return bad;
  }
  for (std::string_view names = parts[8]; !names.empty();) {
    const size_t end = names.find('\n');
    if (end == std::string_view::npos) return bad;
    sealed.folder.names.emplace_back(names.substr(0, end));
    names.remove_prefix(end + 1);
  }
  return sealed;
}

absl::StatusOr<Sealed> OpenSealed(const std::string& backup, const Secret& box_seed) {
  const Id recipient = DeriveRecipientId(BoxPublicKey(box_seed));
  const std::string path = backup + "/sealed-" + recipient.short_hex();
  if (!IsThere(backup)) return MakeStatus(Reason::kNotFound, backup + " is not there");
  if (!IsThere(path)) return MakeStatus(Reason::kKey, "this backup is not sealed to that key");
  const absl::StatusOr<std::string> bytes = ReadSmallFile(path);
  if (!bytes.ok()) return bytes.status();
  const absl::StatusOr<Secret> opened = BoxOpen(box_seed, *bytes);
  if (!opened.ok()) return opened.status();
  return ReadSealed(opened->view());
}

// The copy as it was sealed, into the new folder, since opening a file writes beside it.
absl::Status TakeCopy(const std::string& backup, const Sealed& sealed, const std::string& into) {
  const absl::StatusOr<MappedFile> database = MappedFile::Open(backup + "/store.db");
  if (!database.ok()) return database.status();
  if (H(database->bytes()) != sealed.database_hash) {
    return MakeStatus(Reason::kIntegrity,
                      "store.db of this backup is not the one that was sealed: "
                      "it was cut, changed or damaged; use an earlier backup");
  }
  absl::StatusOr<NewFile> file = NewFile::Create(into, Readers::kOwnerOnly);
  if (!file.ok()) return file.status();
  if (absl::Status status = file->Write(database->bytes()); !status.ok()) return status;
  return file->Finish();
}

absl::Status CloseTheGate(Store& store) {
  absl::StatusOr<std::unique_ptr<Transaction>> transaction = store.Begin();
  if (!transaction.ok()) return transaction.status();
  if (absl::Status status = CloseGate(**transaction); !status.ok()) return status;
  return (*transaction)->Commit();
}

absl::StatusOr<Restored> RestoreInto(const std::string& backup, const Sealed& sealed,
                                     const Say& say) {
  const std::string& path = sealed.folder.path;
  if (absl::Status status = WriteServerFolder(sealed.folder); !status.ok()) return status;
  const std::string incoming = path + "/incoming.db";
  say("comparing the copy with its seal");
  if (absl::Status status = TakeCopy(backup, sealed, incoming); !status.ok()) return status;
  if (absl::Status status = MakeWritable(incoming); !status.ok()) return status;
  Restored restored;
  restored.made_ms = sealed.made_ms;
  {
    say("reading all of it");
    absl::StatusOr<std::unique_ptr<SqliteStore>> copy =
        SqliteStore::Open(incoming, sealed.database_key, sealed.folder.tenant());
    if (!copy.ok()) return copy.status();
    if (absl::Status status = (*copy)->CheckIntegrity(); !status.ok()) return status;
    const absl::StatusOr<std::unique_ptr<ReadView>> view = (*copy)->Read();
    if (!view.ok()) return view.status();
    absl::StatusOr<std::vector<ArchivedHead>> heads = ReadHeads(**view);
    if (!heads.ok()) return heads.status();
    restored.heads = *std::move(heads);
    say("writing it under the server's own key");
    const absl::Status copied = (*copy)->CopyTo(path + "/store.db", sealed.folder.keys.store_key);
    if (!copied.ok()) return copied;
  }
  for (const char* suffix : {"", ".lock", "-wal", "-shm"}) {
    if (absl::Status status = RemoveFile(incoming + suffix); !status.ok()) return status;
  }
  absl::StatusOr<std::unique_ptr<SqliteStore>> store = OpenStore(sealed.folder);
  if (!store.ok()) return store.status();
  // What the backup holds survives the loss of this server: it just did.
  if (absl::Status status = (*store)->MarkArchived(restored.heads); !status.ok()) return status;
  if (absl::Status status = CloseTheGate(**store); !status.ok()) return status;
  return restored;
}

}  // namespace

absl::StatusOr<Restored> RestoreBackup(const std::string& backup, const Secret& box_seed,
                                       const std::string& folder, const Say& say) {
  if (IsThere(folder)) {
    return MakeStatus(Reason::kState, folder + " is there already; nothing is ever overwritten");
  }
  absl::StatusOr<Sealed> sealed = OpenSealed(backup, box_seed);
  if (!sealed.ok()) return sealed.status();
  sealed->folder.path = folder + ".new";
  RemoveFolder(sealed->folder.path).IgnoreError();  // left over from one that was killed
  absl::StatusOr<Restored> restored = RestoreInto(backup, *sealed, say);
  if (restored.ok()) {
    const absl::Status placed = PutInPlace(sealed->folder.path, folder);
    if (!placed.ok()) restored = placed;
  }
  if (!restored.ok()) RemoveFolder(sealed->folder.path).IgnoreError();
  return restored;
}

}  // namespace doorstep::server
