// `doorstep-ceremony`: what is done with the keys that no server and no device may hold, on a
// machine that is never online. Flags and files; what is made stands in ceremony.h and
// ceremony_recovery.h.
#include <sys/resource.h>
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crypto/primitives.h"
#include "crypto/reason.h"
#include "crypto/recovery.h"
#include "model/authority.h"
#include "model/log.h"
#include "model/merge.h"
#include "model/scanner.h"
#include "sync-server/admin/ceremony.h"
#include "sync-server/admin/ceremony_recovery.h"
#include "sync-server/admin/export.h"
#include "sync-server/admin/files.h"
#include "sync-server/admin/public_key_file.h"
#include "sync-server/admin/verify.h"

namespace doorstep::server {
namespace {

constexpr int kFailed = 1;
constexpr int kUsage = 2;
constexpr uint64_t kDrillSample = 50;

int64_t NowMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

void Line(const std::string& text) { std::printf("%s\n", text.c_str()); }

int Exit(const absl::Status& status) {
  if (status.ok()) return 0;
  const std::string_view name = NameOf(ReasonOf(status));
  std::fprintf(stderr, "doorstep-ceremony: %s (%.*s)\n", std::string(status.message()).c_str(),
               static_cast<int>(name.size()), name.data());
  return kFailed;
}

absl::StatusOr<PublicKeyFile> ReadPublic(const std::string& path, KeyUse use) {
  const absl::StatusOr<std::string> text = ReadSmallFile(path);
  if (!text.ok()) return text.status();
  return ParsePublicKeyFile(*text, use);
}

template <typename Message>
absl::StatusOr<Message> ReadMessage(const std::string& path) {
  const absl::StatusOr<std::string> bytes = ReadSmallFile(path);
  if (!bytes.ok()) return bytes.status();
  Message message;
  if (absl::Status status = ParseMessage(*bytes, message); !status.ok()) {
    return MakeStatus(ReasonOf(status), path + ": " + std::string(status.message()));
  }
  return message;
}

// The seed that two officers' shares make, and what it is the seed of.
struct Joined {
  Id tenant;
  Secret seed;
};
absl::StatusOr<Joined> JoinFiles(const std::vector<std::string>& paths, RecoveryKind kind) {
  if (paths.size() != 2) return MakeStatus(Reason::kArg, "two shares are needed: --share, twice");
  std::vector<RecoveryShare> shares;
  for (const std::string& path : paths) {
    const absl::StatusOr<Secret> bytes = ReadSecretFile(path);
    if (!bytes.ok()) return bytes.status();
    absl::StatusOr<RecoveryShare> share = ReadShare(bytes->view());
    if (!share.ok()) return share.status();
    if (share->kind != kind) return MakeStatus(Reason::kKey, path + " is a share of another key");
    shares.push_back(*std::move(share));
  }
  absl::StatusOr<Secret> seed = JoinShares(shares[0], shares[1]);
  if (!seed.ok()) return seed.status();
  return Joined{Id{shares[0].tenant}, *std::move(seed)};
}

// Three shares and the public half, in a folder made for them. The shares then part.
absl::Status WriteShares(const std::string& folder, const std::string& name, RecoveryKind kind,
                         const Id& tenant, const Secret& seed, Random& random) {
  if (absl::Status status = MakeNewFolder(folder); !status.ok()) return status;
  const std::array<RecoveryShare, 3> shares = SplitSeed(kind, tenant.bytes, seed, random);
  for (const RecoveryShare& share : shares) {
    const std::string path = folder + "/" + name + ".share-" + std::to_string(share.number);
    const absl::Status written = WriteNewFile(path, ShareToText(share).view(), Readers::kOwnerOnly);
    if (!written.ok()) return written;
  }
  const bool root = kind == RecoveryKind::kRootKey;
  const PublicKeyFile file{root ? KeyUse::kRoot : KeyUse::kRecovery, tenant,
                           root ? SignPublicKey(seed) : BoxPublicKey(seed)};
  const absl::Status written =
      WriteNewFile(folder + "/" + name + ".public", FormatPublicKeyFile(file), Readers::kEverybody);
  if (!written.ok()) return written;
  Line(folder + ": three shares, any two of which make the key, and " + name + ".public");
  Line("give each share to another officer now, on its own medium, and delete it here");
  return absl::OkStatus();
}

absl::Status WriteBundle(const std::string& out, const v1::GenesisBundle& bundle) {
  const absl::Status written = WriteNewFile(out, bundle.SerializeAsString(), Readers::kEverybody);
  if (written.ok()) Line(out + ": signed by the root; hand it in with: doorstepd admit DIR " + out);
  return written;
}

// "Name=FILE", the file a device's request.
absl::StatusOr<FirstPerson> ReadPerson(const std::string& text, v1::Role role) {
  const size_t equals = text.rfind('=');
  if (equals == std::string::npos || equals == 0) {
    return MakeStatus(Reason::kArg, "a person is given as NAME=FILE, the request of their device");
  }
  absl::StatusOr<v1::FirstRequest> request = ReadMessage<v1::FirstRequest>(text.substr(equals + 1));
  if (!request.ok()) return request.status();
  return FirstPerson{text.substr(0, equals), {role}, *std::move(request)};
}

struct GenesisOptions {
  std::vector<std::string> shares;
  std::string recovery;
  std::string server;
  std::string authority;
  std::string team;
  std::vector<std::string> administrators;
  std::vector<std::string> supervisors;
  std::string out;
};

absl::Status Genesis(const GenesisOptions& options) {
  const absl::StatusOr<Joined> root = JoinFiles(options.shares, RecoveryKind::kRootKey);
  if (!root.ok()) return root.status();
  const absl::StatusOr<PublicKeyFile> recovery = ReadPublic(options.recovery, KeyUse::kRecovery);
  if (!recovery.ok()) return recovery.status();
  if (recovery->tenant != root->tenant) {
    return MakeStatus(Reason::kKey, "the recovery key was made for another tenant");
  }
  absl::StatusOr<v1::ServerRequest> server = ReadMessage<v1::ServerRequest>(options.server);
  if (!server.ok()) return server.status();
  GenesisPlan plan{root->tenant,  options.authority,  options.team,
                   recovery->key, *std::move(server), {}};
  for (const auto& [people, role] : {std::pair{&options.administrators, v1::ROLE_ADMIN},
                                     std::pair{&options.supervisors, v1::ROLE_SUPERVISOR}}) {
    for (const std::string& text : *people) {
      absl::StatusOr<FirstPerson> person = ReadPerson(text, role);
      if (!person.ok()) return person.status();
      plan.people.push_back(*std::move(person));
    }
  }
  SystemRandom random;
  const absl::StatusOr<v1::GenesisBundle> bundle = MakeGenesis(plan, root->seed, NowMs(), random);
  if (!bundle.ok()) return bundle.status();
  Line("tenant   " + root->tenant.hex());
  Line("root id  " + DeriveRootId(root->tenant, SignPublicKey(root->seed)).hex());
  return WriteBundle(options.out, *bundle);
}

// The directory as an export has it, checked.
struct DirectoryNow {
  Id root_id;
  std::unique_ptr<ScopeState> state;
};
absl::StatusOr<DirectoryNow> ReadDirectory(const std::string& path) {
  const absl::StatusOr<MappedFile> file = MappedFile::Open(path);
  if (!file.ok()) return file.status();
  const Verification verified = VerifyExport(file->bytes());
  if (verified.fault) {
    return MakeStatus(verified.fault->reason, path + " is not right: " + verified.fault->why);
  }
  ExportReader reader(file->bytes());
  reader.ReadBeginning();
  const auto log = reader.ReadLog();
  DirectoryNow now{verified.root_id, std::make_unique<ScopeState>(log->scope, nullptr)};
  for (uint64_t n = 0; n < log->entries; ++n) {
    v1::LogEntry wire;
    if (absl::Status status = ParseMessage(reader.ReadItem()->entry, wire); !status.ok()) {
      return status;
    }
    const absl::StatusOr<Entry> entry = DecodeEntry(wire);
    if (!entry.ok()) return entry.status();
    FoldEntry(*now.state, *entry);
  }
  return now;
}

using Speak =
    absl::FunctionRef<absl::StatusOr<v1::GenesisBundle>(const RootPen& pen, ScopeState& directory)>;

// A later word of the root, written with an export of the directory beside it.
absl::Status SpeakAsRoot(const std::vector<std::string>& shares, const std::string& directory,
                         const std::string& out, Speak speak) {
  const absl::StatusOr<Joined> root = JoinFiles(shares, RecoveryKind::kRootKey);
  if (!root.ok()) return root.status();
  const absl::StatusOr<DirectoryNow> now = ReadDirectory(directory);
  if (!now.ok()) return now.status();
  if (now->state->scope() != root->tenant) {
    return MakeStatus(Reason::kKey, "the shares are of another tenant than the directory");
  }
  SystemRandom random;
  const RootPen pen{root->tenant, now->root_id, root->seed, NowMs(), random};
  const absl::StatusOr<v1::GenesisBundle> bundle = speak(pen, *now->state);
  if (!bundle.ok()) return bundle.status();
  return WriteBundle(out, *bundle);
}

absl::Status CreateRoot(const std::string& out, const std::string& tenant_hex) {
  SystemRandom random;
  Id tenant{random.Make<16>()};
  if (!tenant_hex.empty()) {
    const std::optional<Id> given = Id::FromHex(tenant_hex);
    if (!given) return MakeStatus(Reason::kArg, "a tenant is 32 hexadecimal digits");
    tenant = *given;
  }
  return WriteShares(out, "root", RecoveryKind::kRootKey, tenant, random.MakeSecret(32), random);
}

absl::Status CreateRecovery(const std::string& root, const std::string& out) {
  const absl::StatusOr<PublicKeyFile> file = ReadPublic(root, KeyUse::kRoot);
  if (!file.ok()) return file.status();
  SystemRandom random;
  return WriteShares(out, "recovery", RecoveryKind::kRecoveryKey, file->tenant,
                     random.MakeSecret(32), random);
}

absl::Status RunDrill(const std::vector<std::string>& shares, const std::string& exported,
                      uint64_t sample) {
  const absl::StatusOr<Joined> key = JoinFiles(shares, RecoveryKind::kRecoveryKey);
  if (!key.ok()) return key.status();
  const absl::StatusOr<MappedFile> file = MappedFile::Open(exported);
  if (!file.ok()) return file.status();
  SystemRandom random;
  const absl::StatusOr<Drill> drill = DrillRecoveryKey(file->bytes(), key->seed, sample, random);
  if (!drill.ok()) return drill.status();
  Line("restricted changesets  " + std::to_string(drill->restricted));
  Line("tried                  " + std::to_string(drill->tried));
  Line("opened                 " + std::to_string(drill->opened));
  for (const Id& uid : drill->without_wrap) Line("not sealed to this key: " + uid.hex());
  for (const Id& uid : drill->wrong) Line("does not open:          " + uid.hex());
  if (drill->opened == drill->tried) return absl::OkStatus();
  return MakeStatus(Reason::kIntegrity, "the recovery key does not open everything it should");
}

absl::Status RunOpen(const std::vector<std::string>& shares, const std::string& exported,
                     const std::string& device_hex, const std::string& out) {
  const std::optional<Id> device = Id::FromHex(device_hex);
  if (!device) return MakeStatus(Reason::kArg, "a device is 32 hexadecimal digits");
  const absl::StatusOr<Joined> key = JoinFiles(shares, RecoveryKind::kRecoveryKey);
  if (!key.ok()) return key.status();
  const absl::StatusOr<MappedFile> file = MappedFile::Open(exported);
  if (!file.ok()) return file.status();
  const absl::StatusOr<std::string> sealed = OpenForDevice(file->bytes(), key->seed, *device);
  if (!sealed.ok()) return sealed.status();
  const absl::Status written = WriteNewFile(out, *sealed, Readers::kEverybody);
  if (written.ok()) Line(out + ": content keys, sealed to device " + device->short_hex());
  return written;
}

absl::Status CreateBackupKey(const std::string& folder) {
  SystemRandom random;
  if (absl::Status status = MakeNewFolder(folder); !status.ok()) return status;
  const Secret seed = random.MakeSecret(32);
  absl::Status status = WriteNewFile(folder + "/backup.key", seed.view(), Readers::kOwnerOnly);
  if (!status.ok()) return status;
  const PublicKeyFile file{KeyUse::kBackup, {}, BoxPublicKey(seed)};
  status = WriteNewFile(folder + "/backup.public", FormatPublicKeyFile(file), Readers::kEverybody);
  if (!status.ok()) return status;
  Line(folder + ": backup.key stays offline; backup.public goes to the server");
  return absl::OkStatus();
}

// Each command of the program, bound to where its answers go.
class Commands {
 public:
  Commands() {
    app_.require_subcommand(1);
    app_.footer(
        "Shares and keys are files that only their owner may read. Exit codes: 0 done; 1 "
        "failed, with one line that says why; 2 wrong usage.");
    AddRoot();
    AddGenesis();
    AddRecovery();
    AddLater();
    AddBackupKey();
  }

  int Run(int argc, char** argv) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      return app_.exit(error) == 0 ? 0 : kUsage;
    }
    return Exit(result_);
  }

 private:
  void AddShares(CLI::App* command) {
    command->add_option("--share", shares_, "the share of one officer; give two")
        ->required()
        ->allow_extra_args(false);
  }
  void AddOut(CLI::App* command, const char* help) {
    command->add_option("--out", out_, help)->required();
  }

  void AddRoot() {
    CLI::App* root = app_.add_subcommand("root", "the key from which all trust comes");
    root->require_subcommand(1);
    CLI::App* create = root->add_subcommand("create", "make it, split two of three");
    AddOut(create, "a folder that is not there yet");
    create->add_option("--tenant", device_, "32 digits; without it one is drawn");
    create->callback([this] { result_ = CreateRoot(out_, device_); });
    CLI::App* replace = root->add_subcommand("replace", "name the next root, by the present one");
    AddShares(replace);
    replace->add_option("--directory", directory_, "a fresh export of the directory")->required();
    replace->add_option("--next", file_, "root.public of the next root")->required();
    AddOut(replace, "the bundle");
    replace->callback([this] {
      const absl::StatusOr<PublicKeyFile> next = ReadPublic(file_, KeyUse::kRoot);
      result_ = next.status();
      if (!next.ok()) return;
      result_ = SpeakAsRoot(shares_, directory_, out_, [&](const RootPen& pen, ScopeState& now) {
        return ReplaceRoot(pen, now, next->key);
      });
    });
  }

  void AddGenesis() {
    CLI::App* genesis = app_.add_subcommand("genesis", "write entry 1 of the directory");
    genesis->add_option("--share", genesis_.shares, "a root share; give two")
        ->required()
        ->allow_extra_args(false);
    genesis->add_option("--recovery", genesis_.recovery, "recovery.public")->required();
    genesis->add_option("--server", genesis_.server, "server.request of doorstepd init")
        ->required();
    genesis->add_option("--authority", genesis_.authority, "its name")->required();
    genesis->add_option("--team", genesis_.team, "of the first supervisors")->required();
    genesis
        ->add_option("--administrator", genesis_.administrators,
                     "NAME=FILE, the request of their device; may be given again")
        ->required()
        ->allow_extra_args(false);
    genesis->add_option("--supervisor", genesis_.supervisors, "NAME=FILE; may be given again")
        ->allow_extra_args(false);
    genesis->add_option("--out", genesis_.out, "the bundle")->required();
    genesis->callback([this] { result_ = Genesis(genesis_); });
  }

  void AddRecovery() {
    CLI::App* recovery =
        app_.add_subcommand("recovery", "the key that every restricted changeset is sealed to");
    recovery->require_subcommand(1);
    CLI::App* create = recovery->add_subcommand("create", "make it, split two of three");
    create->add_option("--root", file_, "root.public")->required();
    AddOut(create, "a folder that is not there yet");
    create->callback([this] { result_ = CreateRecovery(file_, out_); });
    CLI::App* drill = recovery->add_subcommand("drill", "prove that it opens what it should");
    AddShares(drill);
    drill->add_option("EXPORT", file_, "of doorstepd export DIR all")->required();
    drill->add_option("--sample", sample_, "how many to try")->capture_default_str();
    drill->callback([this] { result_ = RunDrill(shares_, file_, sample_); });
    CLI::App* open = recovery->add_subcommand("open", "seal content keys to a reader's device");
    AddShares(open);
    open->add_option("EXPORT", file_, "of the family")->required();
    open->add_option("--for", device_, "the device, 32 digits")->required();
    AddOut(open, "the shares file for that device");
    open->callback([this] { result_ = RunOpen(shares_, file_, device_, out_); });
    CLI::App* replace = recovery->add_subcommand("replace", "end the present one, name the next");
    AddShares(replace);
    replace->add_option("--directory", directory_, "a fresh export of the directory")->required();
    replace->add_option("--next", file_, "recovery.public of the next key")->required();
    AddOut(replace, "the bundle");
    replace->callback([this] {
      const absl::StatusOr<PublicKeyFile> next = ReadPublic(file_, KeyUse::kRecovery);
      result_ = next.status();
      if (!next.ok()) return;
      result_ = SpeakAsRoot(shares_, directory_, out_, [&](const RootPen& pen, ScopeState& now) {
        return ReplaceRecoveryKey(pen, now, next->key);
      });
    });
  }

  void AddLater() {
    CLI::App* administrator =
        app_.add_subcommand("administrator", "name a new administrator, with their first device");
    AddShares(administrator);
    administrator->add_option("--directory", directory_, "an export of the directory")->required();
    administrator->add_option("PERSON", device_, "NAME=FILE")->required();
    AddOut(administrator, "the bundle");
    administrator->callback([this] {
      const absl::StatusOr<FirstPerson> person = ReadPerson(device_, v1::ROLE_ADMIN);
      result_ = person.status();
      if (!person.ok()) return;
      result_ = SpeakAsRoot(shares_, directory_, out_, [&](const RootPen& pen, ScopeState&) {
        return NameAdministrator(pen, *person);
      });
    });
  }

  void AddBackupKey() {
    CLI::App* key = app_.add_subcommand("backup-key", "the offline key that backups are sealed to");
    key->require_subcommand(1);
    CLI::App* create = key->add_subcommand("create", "make one");
    AddOut(create, "a folder that is not there yet");
    create->callback([this] { result_ = CreateBackupKey(out_); });
  }

  CLI::App app_{
      "doorstep-ceremony works with the keys that no server and no device may hold, on a machine "
      "that is never online.\n\nA new authority, in order:\n"
      "  doorstep-ceremony root create --out root\n"
      "  doorstep-ceremony recovery create --root root/root.public --out recovery\n"
      "  doorstep-ceremony genesis --share root/root.share-1 --share root/root.share-2 \\\n"
      "    --recovery recovery/recovery.public --server server.request \\\n"
      "    --authority 'Northby Council' --team 'East' \\\n"
      "    --administrator 'Ada Ademi=ada.request' --supervisor 'Sam Smith=sam.request' \\\n"
      "    --out genesis.bundle\n"};
  absl::Status result_;
  std::vector<std::string> shares_;
  std::string out_;
  std::string file_;
  std::string directory_;
  std::string device_;
  uint64_t sample_ = kDrillSample;
  GenesisOptions genesis_;
};

int Main(int argc, char** argv) {
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  umask(077);
  if (absl::Status status = InitCrypto(); !status.ok()) return Exit(status);
  return Commands().Run(argc, argv);
}

}  // namespace
}  // namespace doorstep::server

int main(int argc, char** argv) { return doorstep::server::Main(argc, argv); }
