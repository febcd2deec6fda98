#include "sync-server/operator.h"

#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include "sync-server/access/restore_gate.h"
#include "sync-server/admin/backup.h"
#include "sync-server/admin/ceremony.h"
#include "sync-server/admin/export.h"
#include "sync-server/admin/files.h"
#include "sync-server/admin/public_key_file.h"
#include "sync-server/office/find_terms.h"
#include "sync-server/service/local_port.h"

namespace doorstep::server {
namespace {

constexpr char kWordEnd = '\t';
constexpr char kLine = '=';
constexpr char kProgress = '.';
constexpr char kError = '!';

absl::Status Usage() { return MakeStatus(Reason::kArg, "the server does not know this command"); }

int64_t SystemNowMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

absl::StatusOr<v1::GenesisBundle> BundleIn(const std::string& path) {
  const absl::StatusOr<std::string> bytes = ReadSmallFile(path);
  if (!bytes.ok()) return bytes.status();
  return ReadBundle(*bytes);
}

absl::Status Admit(const Desk& desk, const std::string& path, const Tell& tell) {
  const absl::StatusOr<v1::GenesisBundle> bundle = BundleIn(path);
  if (!bundle.ok()) return bundle.status();
  if (bundle->tenant() != desk.store.tenant().view()) {
    return MakeStatus(Reason::kKey, "this bundle is for another tenant");
  }
  PushItem item;
  item.row.mutable_signed_()->CopyFrom(bundle->genesis());
  item.received_ms = desk.now_ms();
  v1::RowAnswer answer;
  const absl::Status pushed = desk.write([&](Ingest& ingest, Store&) {
    const absl::StatusOr<BatchResult> result = ingest.ApplyBatch(std::span(&item, 1));
    if (result.ok()) answer = result->answers.front();
    return result.status();
  });
  if (!pushed.ok()) return pushed;
  switch (answer.answer_case()) {
    case v1::RowAnswer::kAccepted:
      break;
    case v1::RowAnswer::kBad:
      return MakeStatus(static_cast<Reason>(answer.bad().reason()),
                        "the server refuses this changeset for good");
    case v1::RowAnswer::kRetry:
      return MakeStatus(Reason::kState,
                        "the server cannot take this changeset yet: is the genesis "
                        "admitted, and this server new enough?");
    case v1::RowAnswer::kClosed:
    case v1::RowAnswer::ANSWER_NOT_SET:
      return Usage();
  }
  if (answer.accepted().verdict() != v1::APPLIED) {
    return MakeStatus(Reason::kTrust, "the changeset is in the directory, at number " +
                                          std::to_string(answer.accepted().seq()) +
                                          ", but may not take effect");
  }
  tell.line("in force, at number " + std::to_string(answer.accepted().seq()) + " of the directory");
  return absl::OkStatus();
}

absl::StatusOr<bool> CountsAsArchive(const Desk& desk, const std::string& how,
                                     const std::string& out) {
  if (how == "off-machine") return true;
  if (how == "same-machine") return false;
  if (how != "look") return Usage();
  const absl::StatusOr<bool> same = OnOneFileSystem(desk.folder.path, out);
  if (!same.ok()) return same.status();
  return !*same;
}

absl::Status Backup(const Desk& desk, const Command& command, const Tell& tell) {
  const std::string& out = command[1];
  BackupPlan plan{desk.folder, desk.store, out, {}, desk.now_ms(), desk.random, tell.progress};
  for (size_t n = 3; n < command.size(); ++n) {
    const absl::StatusOr<std::string> text = ReadSmallFile(command[n]);
    if (!text.ok()) return text.status();
    const absl::StatusOr<PublicKeyFile> key = ParsePublicKeyFile(*text, KeyUse::kBackup);
    if (!key.ok()) return key.status();
    plan.recipients.push_back(key->key);
  }
  const absl::StatusOr<bool> archive = CountsAsArchive(desk, command[2], out);
  if (!archive.ok()) return archive.status();
  const absl::StatusOr<std::vector<ArchivedHead>> heads = MakeBackup(plan);
  if (!heads.ok()) return heads.status();
  uint64_t entries = 0;
  for (const ArchivedHead& head : *heads) entries += head.seq;
  tell.line(out + ": " + std::to_string(heads->size()) + " scopes, " + std::to_string(entries) +
            " entries, read back whole");
  if (!*archive) {
    tell.line(
        "not marked archived: it lies on the same file system as the server, and would be "
        "lost with it");
    tell.line("if it is kept elsewhere too, say so with --off-machine");
    return absl::OkStatus();
  }
  const absl::Status marked =
      desk.write([&](Ingest&, Store& store) { return store.MarkArchived(*heads); });
  if (!marked.ok()) return marked;
  tell.line("marked archived");
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Id>> ScopesFor(const ReadView& view, const std::string& which) {
  std::vector<Id> scopes;
  if (which == "directory") return scopes;
  if (which == "all") {
    const absl::Status read = view.ForEachScope([&](const Id& scope, const ScopeRow&) {
      if (scope != view.tenant()) scopes.push_back(scope);
    });
    if (!read.ok()) return read;
    return scopes;
  }
  const std::optional<Id> scope = Id::FromHex(which);
  if (!scope) {
    return MakeStatus(Reason::kArg, "a scope is: directory, all, or 32 hexadecimal digits");
  }
  if (*scope != view.tenant()) scopes.push_back(*scope);
  return scopes;
}

absl::Status Export(const Desk& desk, const std::string& which, const std::string& out,
                    const Tell& tell) {
  const absl::StatusOr<std::unique_ptr<ReadView>> view = desk.store.Read();
  if (!view.ok()) return view.status();
  const absl::StatusOr<std::vector<Id>> scopes = ScopesFor(**view, which);
  if (!scopes.ok()) return scopes.status();
  absl::StatusOr<NewFile> file = NewFile::Create(out, Readers::kOwnerOnly);
  if (!file.ok()) return file.status();
  uint64_t bytes = 0;
  const absl::Status written =
      WriteExport(**view, desk.folder.genesis_root(), desk.folder.keys.log_seed, *scopes,
                  [&](std::string_view part) {
                    bytes += part.size();
                    return file->Write(part);
                  });
  if (!written.ok()) return written;
  if (absl::Status status = file->Finish(); !status.ok()) return status;
  tell.line(out + ": the directory and " + std::to_string(scopes->size()) + " scopes, " +
            std::to_string(bytes) + " bytes; check it with: doorstep-verify " + out);
  return absl::OkStatus();
}

absl::Status ReleaseGate(const Desk& desk, const Tell& tell) {
  const absl::Status opened =
      desk.write([](Ingest& ingest, Store&) { return ingest.OpenRestoreGate(); });
  if (opened.ok()) tell.line("families are served");
  return opened;
}

absl::Status Status(const Desk& desk, const Tell& tell) {
  const absl::StatusOr<std::unique_ptr<ReadView>> view = desk.store.Read();
  if (!view.ok()) return view.status();
  const absl::StatusOr<ScopeRow> directory = (*view)->FindScope(desk.store.tenant());
  if (!directory.ok()) return directory.status();
  const absl::StatusOr<Gate> gate = GateOf(**view);
  if (!gate.ok()) return gate.status();
  uint64_t scopes = 0;
  uint64_t entries = 0;
  uint64_t archived = 0;
  const absl::Status read = (*view)->ForEachScope([&](const Id&, const ScopeRow& row) {
    ++scopes;
    entries += row.seq;
    archived += row.archived_seq;
  });
  if (!read.ok()) return read;
  const absl::StatusOr<PeerCertificate> own =
      ParseCertificate(desk.folder.keys.tls_certificate_pem);
  if (!own.ok()) return own.status();
  const int64_t days = (own->not_after_ms - desk.now_ms()) / (int64_t{24} * 60 * 60 * 1000);
  tell.line("tenant       " + desk.store.tenant().hex());
  tell.line("root id      " + DeriveRootId(desk.store.tenant(), desk.folder.genesis_root()).hex());
  tell.line("address      " + desk.folder.request.address());
  tell.line("serving      " + desk.serving);
  tell.line("directory    " + std::to_string(directory->seq) + " entries");
  tell.line("scopes       " + std::to_string(scopes));
  tell.line("entries      " + std::to_string(entries) + ", of them archived " +
            std::to_string(archived));
  tell.line(std::string("families     ") +
            (*gate == Gate::kOpen ? "are served" : "wait for the administrators, after a restore"));
  tell.line("certificate  " + std::to_string(days) + " days left");
  return absl::OkStatus();
}

// A command that no running server took: the store is opened here.
absl::Status DoHere(const std::string& path, const Command& command, const Tell& tell) {
  absl::StatusOr<ServerFolder> folder = OpenServerFolder(path);
  if (!folder.ok()) return folder.status();
  if (command[0] == "admit" && command.size() == 2 && !folder->genesis) {
    const absl::StatusOr<v1::GenesisBundle> bundle = BundleIn(command[1]);
    if (!bundle.ok()) return bundle.status();
    if (absl::Status status = AdmitGenesis(*folder, *bundle); !status.ok()) return status;
  }
  const absl::StatusOr<std::unique_ptr<SqliteStore>> store = OpenStore(*folder);
  if (!store.ok()) return store.status();
  Ingest ingest(Catalog::Get(), folder->genesis_root(), **store, &RecordsThatAreFound());
  SystemRandom random;
  const Desk desk{
      *folder,
      **store,
      random,
      SystemNowMs,
      [&](absl::FunctionRef<absl::Status(Ingest&, Store&)> step) { return step(ingest, **store); },
      "no"};
  return Do(desk, command, tell);
}

}  // namespace

absl::Status Do(const Desk& desk, const Command& command, const Tell& tell) {
  const std::string& name = command.empty() ? std::string() : command[0];
  if (name == "admit" && command.size() == 2) return Admit(desk, command[1], tell);
  if (name == "backup" && command.size() >= 4) return Backup(desk, command, tell);
  if (name == "export" && command.size() == 3) return Export(desk, command[1], command[2], tell);
  if (name == "release-gate" && command.size() == 1) return ReleaseGate(desk, tell);
  if (name == "status" && command.size() == 1) return Status(desk, tell);
  return Usage();
}

std::string OperatorSocket(const std::string& folder) { return "unix:" + folder + "/operator"; }

void AnswerOperator(const Desk& desk, const std::string& request,
                    absl::FunctionRef<bool(std::string_view)> write) {
  Command command(1);
  for (const char c : request.substr(0, request.find('\n'))) {
    if (c == kWordEnd) {
      command.emplace_back();
    } else {
      command.back() += c;
    }
  }
  // Who asked may have gone; the command goes on.
  const auto send = [&](char kind, std::string_view text) {
    (void)write(std::string(1, kind) + std::string(text) + "\n");
  };
  const Tell tell{[&](std::string_view text) { send(kLine, text); },
                  [&](std::string_view text) { send(kProgress, text); }};
  const absl::Status status = Do(desk, command, tell);
  if (status.ok()) return;
  send(kError, std::to_string(static_cast<uint32_t>(ReasonOf(status))) + " " +
                   std::string(status.message()));
}

absl::Status DoAnywhere(const std::string& folder, const Command& command, const Tell& tell) {
  std::string request;
  for (const std::string& word : command) {
    if (word.find_first_of("\t\n") != std::string::npos) {
      return MakeStatus(Reason::kArg, "a path holds neither tab nor newline");
    }
    request += (request.empty() ? "" : std::string(1, kWordEnd)) + word;
  }
  absl::Status result;
  const std::string socket = OperatorSocket(folder).substr(5);
  const absl::Status asked = AskLocal(socket, request + "\n", [&](std::string_view line) {
    if (line.empty()) return;
    const std::string_view text = line.substr(1);
    if (line[0] == kLine) tell.line(text);
    if (line[0] == kProgress) tell.progress(text);
    if (line[0] != kError) return;
    const size_t space = text.find(' ');
    const int number = std::atoi(std::string(text.substr(0, space)).c_str());
    result = MakeStatus(static_cast<Reason>(number), text.substr(space + 1));
  });
  if (ReasonOf(asked) == Reason::kNotFound) return DoHere(folder, command, tell);
  return asked.ok() ? result : asked;
}

}  // namespace doorstep::server
