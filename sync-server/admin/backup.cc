#include "sync-server/admin/backup.h"

#include <memory>
#include <optional>
#include <utility>

#include "crypto/reason.h"
#include "model/log.h"
#include "sync-server/admin/files.h"

namespace doorstep::server {
namespace {

constexpr size_t kBackupKeyBytes = 48;

// What SQLite leaves beside a file that it had open.
void RemoveBeside(const std::string& database) {
  for (const char* suffix : {".lock", "-wal", "-shm"}) {
    RemoveFile(database + suffix).IgnoreError();
  }
}

// Whatever was written of a backup that did not succeed.
class Unfinished {
 public:
  explicit Unfinished(std::string folder) : folder_(std::move(folder)) {}
  Unfinished(const Unfinished&) = delete;
  Unfinished& operator=(const Unfinished&) = delete;
  ~Unfinished() {
    if (!folder_.empty()) RemoveFolder(folder_).IgnoreError();
  }
  void Keep() { folder_.clear(); }

 private:
  std::string folder_;
};

absl::StatusOr<std::vector<ArchivedHead>> VerifyCopy(const std::string& path, const Secret& key,
                                                     const Id& tenant) {
  absl::StatusOr<std::unique_ptr<SqliteStore>> copy = SqliteStore::Open(path, key, tenant);
  if (!copy.ok()) return copy.status();
  if (absl::Status status = (*copy)->CheckIntegrity(); !status.ok()) return status;
  const absl::StatusOr<std::unique_ptr<ReadView>> view = (*copy)->Read();
  if (!view.ok()) return view.status();
  return ReadHeads(**view);
}

absl::Status SealKeys(const BackupPlan& plan, const std::string& folder, const Secret& key) {
  const absl::StatusOr<MappedFile> database = MappedFile::Open(folder + "/store.db");
  if (!database.ok()) return database.status();
  const Hash32 hash = H(database->bytes());
  std::string made;
  AppendU64(made, static_cast<uint64_t>(plan.now_ms));
  std::string names;
  for (const std::string& name : plan.folder.names) names += name + "\n";
  const Secret keys = EncodeServerKeys(plan.folder.keys);
  const Secret inside =
      StSecret(kBackupLabel, {plan.folder.genesis->tenant(), made, View(hash), key.view(),
                              keys.view(), plan.folder.genesis->SerializeAsString(),
                              plan.folder.request.SerializeAsString(), names});
  for (const PublicKey& recipient : plan.recipients) {
    const Secret seed = plan.random.MakeSecret(32);
    const absl::StatusOr<std::string> sealed =
        BoxSeal(recipient, inside.view(),
                {reinterpret_cast<const uint8_t*>(seed.view().data()), seed.size()});
    if (!sealed.ok()) return sealed.status();
    const std::string name = folder + "/sealed-" + DeriveRecipientId(recipient).short_hex();
    if (absl::Status status = WriteNewFile(name, *sealed, Readers::kEverybody); !status.ok()) {
      return status;
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<ArchivedHead>> ReadHeads(const ReadView& copy) {
  std::vector<std::pair<Id, ScopeRow>> scopes;
  absl::Status status = copy.ForEachScope(
      [&](const Id& scope, const ScopeRow& row) { scopes.emplace_back(scope, row); });
  if (!status.ok()) return status;
  std::vector<ArchivedHead> heads;
  for (const auto& [scope, row] : scopes) {
    uint64_t seq = 0;
    Hash32 hash = EmptyLogHash(copy.tenant(), scope);
    bool right = true;
    status = copy.ReadLog(scope, 0, [&](LogRow entry_row) {
      absl::StatusOr<Entry> entry = ToEntry(entry_row);
      right = entry.ok() && entry->seq() == seq + 1;
      if (right) {
        ChainEntry(copy.tenant(), hash, *entry);
        right = entry->hash == entry_row.hash;
      }
      if (!right) return ReadView::Visit::kStop;
      ++seq;
      hash = entry->hash;
      return ReadView::Visit::kGoOn;
    });
    if (!status.ok()) return status;
    if (!right || seq != row.seq || hash != row.hash) {
      return MakeStatus(Reason::kIntegrity, "scope " + scope.short_hex() +
                                                " is damaged at number " + std::to_string(seq + 1));
    }
    heads.push_back({scope, seq, hash});
  }
  return heads;
}

absl::StatusOr<std::vector<ArchivedHead>> MakeBackup(const BackupPlan& plan) {
  if (plan.recipients.empty() || plan.recipients.size() > kBackupRecipientsMax) {
    return MakeStatus(Reason::kArg, "a backup is sealed to one to eight offline keys");
  }
  if (IsThere(plan.out)) return MakeStatus(Reason::kState, plan.out + " is there already");
  const std::string folder = plan.out + ".new";
  RemoveFolder(folder).IgnoreError();  // left over from one that was killed
  if (absl::Status status = MakeNewFolder(folder); !status.ok()) return status;
  Unfinished unfinished(folder);
  const std::string database = folder + "/store.db";
  const Secret key = plan.random.MakeSecret(kBackupKeyBytes);

  plan.say("copying the store");
  if (absl::Status status = plan.store.CopyTo(database, key); !status.ok()) return status;
  plan.say("opening the copy and reading all of it");
  absl::StatusOr<std::vector<ArchivedHead>> heads = VerifyCopy(database, key, plan.folder.tenant());
  if (!heads.ok()) return heads.status();
  RemoveBeside(database);
  if (absl::Status status = SyncFile(database); !status.ok()) return status;
  plan.say("sealing the keys");
  if (absl::Status status = SealKeys(plan, folder, key); !status.ok()) return status;
  if (absl::Status status = PutInPlace(folder, plan.out); !status.ok()) return status;
  unfinished.Keep();
  return heads;
}

}  // namespace doorstep::server
