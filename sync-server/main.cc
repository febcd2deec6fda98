// `doorstepd`, the server: its folder made, a ceremony's bundle admitted, devices served, backed up
// and restored. Flags, wiring and shutdown; what is done stands in the folders it includes.
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "sync-server/admin/files.h"
#include "sync-server/admin/restore.h"
#include "sync-server/admin/server_folder.h"
#include "sync-server/notifier/lone_watch.h"
#include "sync-server/notifier/webhook.h"
#include "sync-server/operator.h"
#include "sync-server/service/local_port.h"
#include "sync-server/service/server.h"

namespace doorstep::server {
namespace {

constexpr int kFailed = 1;
constexpr int kUsage = 2;

int64_t Milliseconds(auto clock_time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(clock_time.time_since_epoch())
      .count();
}
int64_t NowMs() { return Milliseconds(std::chrono::system_clock::now()); }
int64_t MonotonicMs() { return Milliseconds(std::chrono::steady_clock::now()); }

void Line(std::string_view text) {
  std::printf("%.*s\n", static_cast<int>(text.size()), text.data());
  std::fflush(stdout);
}
void Progress(std::string_view text) {
  std::fprintf(stderr, "… %.*s\n", static_cast<int>(text.size()), text.data());
}

// One line a failure: what, why, and the reason by which the documents explain it.
int Exit(const absl::Status& status) {
  if (status.ok()) return 0;
  const std::string_view name = NameOf(ReasonOf(status));
  std::fprintf(stderr, "doorstepd: %s (%.*s)\n", std::string(status.message()).c_str(),
               static_cast<int>(name.size()), name.data());
  return kFailed;
}

std::string Absolute(const std::string& path) {
  std::error_code error;
  const std::filesystem::path absolute = std::filesystem::absolute(path, error);
  std::string text = error ? path : absolute.lexically_normal().string();
  while (text.size() > 1 && text.back() == '/') text.pop_back();
  return text;
}

// Keys of the whole authority are in this process: no core file, no debugger of another process,
// nothing it writes readable by others.
void Harden() {
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0);
  umask(077);
}

// gRPC's listener does not outlive a shortage of descriptors: as many as the system allows.
void RaiseDescriptors() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

// SIGTERM and SIGINT, taken by the main thread alone. Before any other thread.
class StopSignal {
 public:
  StopSignal() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGTERM);
    sigaddset(&signals_, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  }
  void Wait() const {
    int number = 0;
    while (sigwait(&signals_, &number) != 0) {
    }
  }

 private:
  sigset_t signals_;
};

struct ServeOptions {
  std::string folder;
  std::string listen = "127.0.0.1:7443";
  std::string enrol_listen;
  std::string metrics_listen;
  std::string notify_url;
  std::string notify_token_file;
  std::string notify_ca_file;
  ServiceLimits limits;
};

constexpr int64_t kLookEveryMs = 15'000;  // at visits whose check-out is missing
constexpr double kRoomForFiles = 0.10;    // of the disk: below it only records are taken

// Who carries notices out of the server: a web service of the authority's, or the log.
absl::StatusOr<std::unique_ptr<Notifier>> MakeNotifier(const ServeOptions& options) {
  if (options.notify_url.empty()) return std::make_unique<LogNotifier>(Line);
  WebhookOptions webhook;
  webhook.url = options.notify_url;
  webhook.ca_file = options.notify_ca_file;
  if (!options.notify_token_file.empty()) {
    absl::StatusOr<Secret> token = ReadSecretFile(options.notify_token_file);
    if (!token.ok()) return token.status();
    webhook.token = *std::move(token);
  }
  absl::StatusOr<std::unique_ptr<Webhook>> made = Webhook::Make(std::move(webhook));
  if (!made.ok()) return made.status();
  return *std::move(made);
}

bool HasRoomForFiles(const std::string& folder) {
  std::error_code error;
  const std::filesystem::space_info space = std::filesystem::space(folder, error);
  return !error && static_cast<double>(space.available) >=
                       kRoomForFiles * static_cast<double>(space.capacity);
}

int Serve(const ServeOptions& options) {
  const StopSignal stop;
  RaiseDescriptors();
  const std::string path = Absolute(options.folder);
  absl::StatusOr<ServerFolder> folder = OpenServerFolder(path);
  if (!folder.ok()) return Exit(folder.status());
  const absl::StatusOr<std::unique_ptr<SqliteStore>> store = OpenStore(*folder);
  if (!store.ok()) return Exit(store.status());
  SystemRandom random;
  const absl::StatusOr<bool> renewed =
      RenewServerCertificate(folder->keys, path, folder->names, NowMs(), random);
  if (!renewed.ok()) return Exit(renewed.status());
  if (*renewed) Line("renewed the server's certificate");

  const absl::StatusOr<std::unique_ptr<Notifier>> notifier = MakeNotifier(options);
  if (!notifier.ok()) return Exit(notifier.status());
  const LogKeySigner signer(folder->tenant(), folder->keys.log_seed.Clone());
  std::atomic<bool> broken{false};
  const absl::StatusOr<std::unique_ptr<Server>> server = Server::Start({
      .catalog = Catalog::Get(),
      .store = **store,
      .genesis_root = folder->genesis_root(),
      .signer = signer,
      .authority = folder->keys.authority,
      .tls_key_pem = folder->keys.tls_key_pem,
      .tls_certificate_pem = folder->keys.tls_certificate_pem,
      .ingest_seeds = folder->keys.ingest_seeds,
      .random = random,
      .now_ms = NowMs,
      .monotonic_ms = MonotonicMs,
      .listen = options.listen,
      .enrol_listen = options.enrol_listen,
      .sync_address = folder->request.address(),
      .limits = options.limits,
      .broken =
          [&broken] {
            broken = true;
            kill(getpid(), SIGTERM);
          },
      .room_for_files = [&path] { return HasRoomForFiles(path); },
  });
  if (!server.ok()) return Exit(server.status());

  LoneWatch watch({**store, **notifier, NowMs, [&](absl::FunctionRef<absl::Status(Store&)> step) {
                     return (*server)->writer().DoAndWait(
                         [&](const absl::Status& ready, Ingest&, Store& at) {
                           return ready.ok() ? step(at) : ready;
                         });
                   }});
  auto timer = std::make_unique<LoneTimer>(watch, kLookEveryMs, [](const absl::Status& why) {
    Progress("a notice could not be handed over, and is tried again: " +
             std::string(why.message()));
  });

  const std::string serving = "sync port " + std::to_string((*server)->sync_port()) +
                              ", enrolment port " + std::to_string((*server)->enrol_port());
  const Desk desk{*folder,
                  **store,
                  random,
                  NowMs,
                  [&](absl::FunctionRef<absl::Status(Ingest&, Store&)> step) {
                    return (*server)->writer().DoAndWait(
                        [&](const absl::Status& ready, Ingest& ingest, Store& at) {
                          return ready.ok() ? step(ingest, at) : ready;
                        });
                  },
                  serving};
  const absl::StatusOr<std::unique_ptr<LocalPort>> operator_port = LocalPort::Listen(
      OperatorSocket(path), "\n", [&](const std::string& request, LocalPort::Write write) {
        AnswerOperator(desk, request, write);
      });
  if (!operator_port.ok()) return Exit(operator_port.status());
  std::unique_ptr<LocalPort> metrics_port;
  if (!options.metrics_listen.empty()) {
    absl::StatusOr<std::unique_ptr<LocalPort>> port =
        LocalPort::Listen(options.metrics_listen, "\r\n\r\n",
                          [&](const std::string& request, LocalPort::Write write) {
                            (void)write(AnswerHttp(
                                request, [&] { return (*server)->metrics().Text(); },
                                [&] { return !broken && (*store)->Read().ok(); }));
                          });
    if (!port.ok()) return Exit(port.status());
    metrics_port = *std::move(port);
  }
  Line("serving: " + serving +
       (metrics_port ? ", metrics port " + std::to_string(metrics_port->port()) : ""));

  stop.Wait();
  Progress("stopping: what is under way may end");
  timer.reset();
  (*server)->Drain();
  if (broken) return Exit(MakeStatus(Reason::kIo, "the store failed; what it holds is as it was"));
  return 0;
}

int Init(const std::string& folder, const std::string& address,
         const std::vector<std::string>& names) {
  SystemRandom random;
  const std::string path = Absolute(folder);
  const absl::StatusOr<ServerFolder> made = MakeServerFolder(path, address, names, NowMs(), random);
  if (!made.ok()) return Exit(made.status());
  Line(path + ": keys made, for " + address);
  Line("next: take " + path + "/server.request to the ceremony (doorstep-ceremony genesis), then");
  Line("      doorstepd admit " + path + " GENESIS");
  return 0;
}

int Restore(const std::string& backup, const std::string& key, const std::string& folder) {
  const absl::StatusOr<Secret> seed = ReadSecretFile(key);
  if (!seed.ok()) return Exit(seed.status());
  if (seed->size() != 32) return Exit(MakeStatus(Reason::kKey, key + " is no backup key"));
  const absl::StatusOr<Restored> restored =
      RestoreBackup(Absolute(backup), *seed, Absolute(folder), Progress);
  if (!restored.ok()) return Exit(restored.status());
  Line(folder + ": " + std::to_string(restored->heads.size()) + " scopes restored");
  Line("families wait until a device of every administrator has synced, or until:");
  Line("      doorstepd release-gate " + folder);
  return 0;
}

int Operate(const std::string& folder, const Command& command) {
  return Exit(DoAnywhere(Absolute(folder), command, {Line, Progress}));
}

void AddLimits(CLI::App& app, ServiceLimits& limits) {
  app.add_option("--handler-threads", limits.handler_threads, "threads that work on calls at most")
      ->capture_default_str();
  app.add_option("--call-ms", limits.call_ms, "longest time of a call")->capture_default_str();
  app.add_option("--drain-ms", limits.drain_ms, "how long calls may go on when it stops")
      ->capture_default_str();
  app.add_option("--enrol-per-minute", limits.enrol_requests_a_minute,
                 "enrolment requests of one address")
      ->capture_default_str();
}

int Main(int argc, char** argv) {
  Harden();
  RequireTls13();
  if (absl::Status status = InitCrypto(); !status.ok()) return Exit(status);

  CLI::App app(
      "doorstepd keeps the records of a tenant, and gives each device what its person may "
      "read.\n\nA new server, in order:\n"
      "  doorstepd init DIR --address sync.example.gov.uk:7443\n"
      "  doorstep-ceremony genesis …       offline, with DIR/server.request\n"
      "  doorstepd admit DIR genesis.bundle\n"
      "  doorstepd serve DIR --listen 0.0.0.0:7443\n");
  app.require_subcommand(1);
  app.footer(
      "Commands other than init, restore and serve work while the server serves and while it "
      "does not.\nExit codes: 0 done; 1 failed, with one line that says why; 2 wrong usage.");
  int code = 0;
  std::string folder;
  std::string file;
  std::string out;
  std::string address;
  std::vector<std::string> many;
  const auto with_folder = [&](const char* name, const char* help) {
    CLI::App* command = app.add_subcommand(name, help);
    command->add_option("DIR", folder, "the server's folder")->required();
    return command;
  };

  CLI::App* init = with_folder("init", "make the folder and all keys of a new server");
  init->add_option("--address", address,
                   "host:port that devices connect to; enrolment is on the "
                   "next port")
      ->required();
  init->add_option("--name", many, "another name or address of this server; may be given again")
      ->allow_extra_args(false);
  init->callback([&] { code = Init(folder, address, many); });

  CLI::App* admit =
      with_folder("admit", "hand in what a ceremony made: the genesis, later changes");
  admit->add_option("FILE", file, "the ceremony's bundle")->required();
  admit->callback([&] { code = Operate(folder, {"admit", Absolute(file)}); });

  ServeOptions serving;
  CLI::App* serve = app.add_subcommand("serve", "serve devices until SIGTERM");
  serve->add_option("DIR", serving.folder, "the server's folder")->required();
  serve->add_option("--listen", serving.listen, "host:port for devices")->capture_default_str();
  serve->add_option("--enrol-listen", serving.enrol_listen,
                    "host:port for devices without a certificate; the port after --listen's");
  serve->add_option("--metrics-listen", serving.metrics_listen,
                    "127.0.0.1:port for /metrics and /healthz; none");
  serve->add_option("--notify-url", serving.notify_url,
                    "https URL that missing check-outs are posted to, as ids without a name or a "
                    "place; without it they are lines of the output");
  serve->add_option("--notify-token-file", serving.notify_token_file,
                    "file (0400) with the token that the URL's service expects");
  serve->add_option("--notify-ca-file", serving.notify_ca_file,
                    "CAs of the URL's service, PEM; the system's");
  AddLimits(*serve, serving.limits);
  serve->callback([&] { code = Serve(serving); });

  bool off_machine = false;
  bool same_machine = false;
  CLI::App* backup = with_folder("backup", "copy the store, read the copy back, seal its keys");
  backup->add_option("OUT", out, "a folder that is not there yet")->required();
  backup
      ->add_option("--to", many,
                   "public key that it is sealed to (doorstep-ceremony backup-key "
                   "create); may be given again")
      ->required()
      ->allow_extra_args(false);
  CLI::Option* off = backup->add_flag("--off-machine", off_machine,
                                      "OUT survives the loss of this machine: mark what it holds "
                                      "as archived. Without it, only if OUT is on another file "
                                      "system");
  backup->add_flag("--same-machine", same_machine, "never mark anything")->excludes(off);
  backup->callback([&] {
    Command command{"backup", Absolute(out),
                    off_machine    ? "off-machine"
                    : same_machine ? "same-machine"
                                   : "look"};
    for (const std::string& key : many) command.push_back(Absolute(key));
    code = Operate(folder, command);
  });

  std::string from;
  CLI::App* restore = app.add_subcommand(
      "restore",
      "make the server again from a backup. Stop every other server of the tenant first");
  restore->add_option("BACKUP", from, "the backup's folder")->required();
  restore->add_option("DIR", folder, "a folder that is not there yet")->required();
  restore->add_option("--key", file, "the offline backup key")->required();
  restore->callback([&] { code = Restore(from, file, folder); });

  CLI::App* gate = with_folder("release-gate",
                               "after a restore: serve families now, though not "
                               "every administrator has been heard");
  gate->callback([&] { code = Operate(folder, {"release-gate"}); });

  CLI::App* exporting = with_folder("export", "write a log that doorstep-verify checks");
  exporting->add_option("SCOPE", file, "directory, all, or the 32 digits of a scope")->required();
  exporting->add_option("OUT", out, "a file that is not there yet")->required();
  exporting->callback([&] { code = Operate(folder, {"export", file, Absolute(out)}); });

  CLI::App* status = with_folder("status", "what the server holds and how it stands");
  status->callback([&] { code = Operate(folder, {"status"}); });

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsage;
  }
  return code;
}

}  // namespace
}  // namespace doorstep::server

int main(int argc, char** argv) { return doorstep::server::Main(argc, argv); }
