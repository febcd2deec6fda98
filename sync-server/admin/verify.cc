#include "sync-server/admin/verify.h"

#include <memory>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "model/authority.h"
#include "model/catalog.h"
#include "model/judge.h"
#include "model/log.h"
#include "model/merge.h"
#include "model/scanner.h"
#include "nlohmann/json.hpp"
#include "sync-server/admin/export.h"

namespace doorstep::server {
namespace {

class Verifying {
 public:
  Verifying(std::string_view bytes, const std::function<void(uint64_t)>& progress)
      : reader_(bytes), progress_(progress) {}

  Verification Run() {
    const auto beginning = reader_.ReadBeginning();
    if (!beginning) {
      Fail(Reason::kFormat, {}, 0, "this is no export, or its beginning is damaged");
      return std::move(result_);
    }
    result_.tenant = beginning->tenant;
    result_.root_id = DeriveRootId(beginning->tenant, beginning->genesis_root);
    directory_ = std::make_unique<Directory>(beginning->tenant, beginning->genesis_root);
    if (reader_.AtEnd()) Fail(Reason::kIntegrity, {}, 0, "the directory is missing");
    while (!result_.fault && !reader_.AtEnd()) ReadLog();
    return std::move(result_);
  }

 private:
  void Fail(Reason reason, const Id& scope, uint64_t seq, std::string why) {
    if (!result_.fault) result_.fault = Fault{reason, scope, seq, std::move(why)};
  }

  void ReadLog() {
    const auto log = reader_.ReadLog();
    if (!log) return Fail(Reason::kIntegrity, {}, 0, "the file breaks off between two logs");
    const bool is_directory = log->scope == result_.tenant;
    if (is_directory != result_.logs.empty()) {
      return Fail(Reason::kFormat, log->scope, 0, "the directory stands first, and once");
    }
    if (!scopes_.insert(log->scope).second) {
      return Fail(Reason::kFormat, log->scope, 0, "the same scope stands here twice");
    }
    result_.logs.push_back({log->scope});
    VerifiedLog& verified = result_.logs.back();
    ScopeState state(log->scope, nullptr);
    Hash32 hash = EmptyLogHash(result_.tenant, log->scope);
    uint64_t place = 0;
    for (uint64_t seq = 1; seq <= log->entries; ++seq) {
      ReadEntry(*log, seq, state, hash, place);
      if (result_.fault) return;
      if (progress_) progress_(++read_);
    }
    CheckHead(*log, state, hash, verified);
  }

  // One entry; `hash` and `place` are those of the entry before and become this one's.
  void ReadEntry(const ExportReader::Log& log, uint64_t seq, ScopeState& state, Hash32& hash,
                 uint64_t& place) {
    const auto fail = [&](Reason reason, std::string why) {
      Fail(reason, log.scope, seq, std::move(why));
    };
    const auto item = reader_.ReadItem();
    if (!item) return fail(Reason::kIntegrity, "the file breaks off, or is damaged here");
    v1::LogEntry wire;
    if (!ParseMessage(item->entry, wire).ok()) return fail(Reason::kFormat, "it is no entry");
    absl::StatusOr<Entry> entry = DecodeEntry(wire);
    if (!entry.ok()) return fail(Reason::kFormat, "it is no entry");
    if (entry->seq() != seq) {
      return fail(Reason::kIntegrity, "an entry was removed, added or moved: it says number " +
                                          std::to_string(entry->seq()));
    }
    if (entry->changeset.scope != log.scope) {
      return fail(Reason::kIntegrity, "it belongs to another scope");
    }
    if (absl::Status status = CheckAuthor(*entry); !status.ok()) {
      return fail(ReasonOf(status), std::string(status.message()));
    }
    ChainEntry(result_.tenant, hash, *entry);
    if (entry->hash != item->hash) {
      return fail(Reason::kIntegrity, "its hash is not the one that was written down with it");
    }
    if (absl::Status status = CheckPlace(log.scope, *entry, place); !status.ok()) {
      return fail(ReasonOf(status), std::string(status.message()));
    }
    const Bench bench{Catalog::Get(), *directory_, entry->meta.directory_seq(),
                      entry->meta.received_ms()};
    if (absl::Status status = CheckTrust(bench, state, *entry); !status.ok()) {
      return fail(ReasonOf(status),
                  "it gives trust without the right: " + std::string(status.message()));
    }
    FoldEntry(state, *entry);
    if (log.scope == result_.tenant) directory_->Fold(*entry);
    VerifiedLog& verified = result_.logs.back();
    ++verified.entries;
    ++(entry->applied() ? verified.applied : verified.held);
    hash = entry->hash;
    place = entry->meta.directory_seq();
  }

  absl::Status CheckAuthor(const Entry& entry) const {
    const uint64_t at = entry.meta.directory_seq();
    const std::optional<PublicKey> key = directory_->SigningKey(entry.changeset.device, at);
    if (!key) {
      return MakeStatus(Reason::kAuth,
                        "the directory does not know device " + entry.changeset.device.short_hex());
    }
    if (VerifyChangeset(result_.tenant, entry.changeset, *key).ok()) return absl::OkStatus();
    return MakeStatus(Reason::kAuth,
                      "device " + entry.changeset.device.short_hex() + " did not sign this");
  }

  absl::Status CheckPlace(const Id& scope, const Entry& entry, uint64_t before) const {
    const uint64_t at = entry.meta.directory_seq();
    if (at < before) {
      return MakeStatus(Reason::kIntegrity, "its place in the directory is before the last one's");
    }
    if (scope == result_.tenant && at + 1 != entry.seq()) {
      return MakeStatus(Reason::kIntegrity, "an entry of the directory names another place");
    }
    const std::optional<Hash32> there = directory_->HashAt(at);
    if (!there || (at > 0 && ShortHash(*there) != entry.meta.directory_hash())) {
      return MakeStatus(Reason::kIntegrity, "the place it names is not on the directory's chain");
    }
    return absl::OkStatus();
  }

  void CheckHead(const ExportReader::Log& log, ScopeState& state, const Hash32& hash,
                 VerifiedLog& verified) {
    const auto fail = [&](Reason reason, std::string why) {
      Fail(reason, log.scope, log.entries, std::move(why));
    };
    const auto wire = reader_.ReadHead();
    if (!wire) return fail(Reason::kIntegrity, "no signed head follows the last entry");
    const absl::StatusOr<SignedHead> head = DecodeHead(*wire);
    if (!head.ok()) return fail(Reason::kFormat, "the head is none");
    if (head->scope != log.scope || head->head.seq() != log.entries || head->entry_hash != hash) {
      return fail(Reason::kIntegrity, "the head speaks of another log than this one");
    }
    bool signed_by_ours = false;
    for (const ServerKeysView& keys : directory_->ServerKeysEver()) {
      signed_by_ours = signed_by_ours || VerifyHead(result_.tenant, *head, keys.log_pk);
    }
    if (!signed_by_ours) {
      return fail(Reason::kTrust, "the head is signed by no log key of the directory");
    }
    const std::string_view digest = head->head.state_digest();
    if (!digest.empty() && digest != View(state.Digest())) {
      return fail(Reason::kIntegrity,
                  "the state that the log makes is not the one that was signed");
    }
    verified.archived_seq = head->head.archived_seq();
  }

  ExportReader reader_;
  const std::function<void(uint64_t)>& progress_;
  Verification result_;
  std::unique_ptr<Directory> directory_;
  std::set<Id> scopes_;
  uint64_t read_ = 0;
};

std::string Kind(const Verification& verification, const Id& scope) {
  return scope == verification.tenant ? "directory" : "scope " + scope.hex();
}

}  // namespace

Verification VerifyExport(std::string_view bytes, const std::function<void(uint64_t)>& progress) {
  return Verifying(bytes, progress).Run();
}

std::string VerificationAsJson(const Verification& verification) {
  nlohmann::json logs = nlohmann::json::array();
  for (const VerifiedLog& log : verification.logs) {
    logs.push_back({{"scope", log.scope.hex()},
                    {"directory", log.scope == verification.tenant},
                    {"entries", log.entries},
                    {"applied", log.applied},
                    {"held", log.held},
                    {"archived_seq", log.archived_seq}});
  }
  nlohmann::json out = {{"ok", !verification.fault.has_value()},
                        {"tenant", verification.tenant.hex()},
                        {"root_id", verification.root_id.hex()},
                        {"logs", logs}};
  if (verification.fault) {
    const Fault& fault = *verification.fault;
    out["fault"] = {{"reason", std::string(NameOf(fault.reason))},
                    {"scope", fault.scope.is_zero() ? "" : fault.scope.hex()},
                    {"seq", fault.seq},
                    {"why", fault.why}};
  }
  return out.dump(2);
}

std::string VerificationAsText(const Verification& verification) {
  std::string text =
      "tenant   " + verification.tenant.hex() + "\nroot id  " + verification.root_id.hex() + "\n";
  for (const VerifiedLog& log : verification.logs) {
    text += Kind(verification, log.scope) + ": " + std::to_string(log.entries) +
            " entries right, " + std::to_string(log.applied) + " applied, " +
            std::to_string(log.held) + " held, archived to " + std::to_string(log.archived_seq) +
            "\n";
  }
  if (!verification.fault) return text + "everything in this export is as it was signed\n";
  const Fault& fault = *verification.fault;
  text += "WRONG";
  if (!fault.scope.is_zero()) text += " in " + Kind(verification, fault.scope);
  if (fault.seq > 0) text += " at number " + std::to_string(fault.seq);
  return text + ": " + fault.why + " (" + std::string(NameOf(fault.reason)) + ")\n";
}

}  // namespace doorstep::server
