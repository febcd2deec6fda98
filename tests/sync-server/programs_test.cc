// The programs themselves, as an operator runs them: doorstepd, doorstep-ceremony, doorstep-verify.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "crypto/pem.h"
#include "crypto/reason.h"
#include "model/limits.h"
#include "nlohmann/json.hpp"
#include "sync-server/admin/files.h"
#include "tests/sync-server/service/open_house.h"

extern char** environ;

namespace doorstep::server {
namespace {

constexpr char kServer[] = DOORSTEP_SERVER;
constexpr char kCeremony[] = DOORSTEP_CEREMONY;
constexpr char kVerify[] = DOORSTEP_VERIFY;

// A program under way, its standard output and error joined.
class Running {
 public:
  explicit Running(const std::vector<std::string>& words) {
    int ends[2];
    REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    REQUIRE(posix_spawn(&child_, words[0].c_str(), &actions, nullptr, arguments.data(), environ) ==
            0);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    output_ = ends[0];
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running() {
    if (child_ > 0) {
      kill(child_, SIGKILL);
      waitpid(child_, nullptr, 0);
    }
    close(output_);
  }
  // What it says up to a line that holds `words`; fails after 30 s or at its end.
  std::string ReadUntil(const std::string& words) {
    while (text_.find(words) == std::string::npos || text_.back() != '\n') {
      REQUIRE(ReadMore());
    }
    return text_;
  }
  void Signal(int number) { kill(child_, number); }
  int Wait() {
    while (ReadMore()) {
    }
    int status = 0;
    waitpid(child_, &status, 0);
    child_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  const std::string& text() const { return text_; }

 private:
  bool ReadMore() {
    pollfd wait{output_, POLLIN, 0};
    REQUIRE(poll(&wait, 1, 30'000) == 1);
    char buffer[4096];
    const ssize_t got = read(output_, buffer, sizeof(buffer));
    if (got > 0) text_.append(buffer, static_cast<size_t>(got));
    return got > 0;
  }
  pid_t child_ = -1;
  int output_ = -1;
  std::string text_;
};

struct Done {
  int code = 0;
  std::string text;
};
Done Run(const std::vector<std::string>& words) {
  Running program(words);
  const int code = program.Wait();
  return {code, program.text()};
}
void RunWell(const std::vector<std::string>& words) {
  const Done done = Run(words);
  INFO(done.text);
  REQUIRE(done.code == 0);
}

// An authority from nothing, by its programs alone, up to the genesis.
struct Authority {
  TemporaryFolder folder;
  SystemRandom random;
  Person ada = MakePerson("Ada Ademi", random);
  Person sam = MakePerson("Sam Smith", random);
  std::string server = folder / "server";
  std::string bundle = folder / "genesis.bundle";

  Authority() {
    RunWell({kServer, "init", server, "--address", "127.0.0.1:7443"});
    RunWell({kCeremony, "root", "create", "--out", folder / "root"});
    RunWell({kCeremony, "recovery", "create", "--root", folder / "root/root.public", "--out",
             folder / "recovery"});
    RunWell({kCeremony, "backup-key", "create", "--out", folder / "offline"});
    for (const auto& [person, name] : {std::pair{&ada, "ada"}, std::pair{&sam, "sam"}}) {
      REQUIRE(WriteNewFile(folder / (std::string(name) + ".request"),
                           RequestOf(*person).SerializeAsString(), Readers::kEverybody)
                  .ok());
    }
    RunWell({kCeremony,         "genesis",
             "--share",         Share(1),
             "--share",         Share(3),
             "--recovery",      folder / "recovery/recovery.public",
             "--server",        server + "/server.request",
             "--authority",     "Northby Council",
             "--team",          "East",
             "--administrator", "Ada Ademi=" + (folder / "ada.request"),
             "--supervisor",    "Sam Smith=" + (folder / "sam.request"),
             "--out",           bundle});
  }
  std::string Share(int number) const {
    return folder / ("root/root.share-" + std::to_string(number));
  }
  void Admit() { RunWell({kServer, "admit", server, bundle}); }
};

int BindLoopback(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(static_cast<uint16_t>(port));
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(fd, reinterpret_cast<const sockaddr*>(&at), sizeof(at)) == 0) return fd;
  close(fd);
  return -1;
}
// A port that is free together with the one after it, where enrolment will be.
int FreePair() {
  for (int tries = 0; tries < 100; ++tries) {
    const int first = BindLoopback(0);
    sockaddr_in at{};
    socklen_t size = sizeof(at);
    getsockname(first, reinterpret_cast<sockaddr*>(&at), &size);
    const int port = ntohs(at.sin_port);
    const int second = BindLoopback(port + 1);
    close(first);
    if (second < 0) continue;
    close(second);
    return port;
  }
  FAIL("no two neighbouring ports are free");
  return 0;
}

// The server as a process, with the ports that it says it took.
struct Serving {
  explicit Serving(const std::string& folder)
      : program({kServer, "serve", folder, "--listen", "127.0.0.1:" + std::to_string(FreePair()),
                 "--metrics-listen", "127.0.0.1:0"}) {
    const std::string text = program.ReadUntil("serving: ");
    sync_port = After(text, "sync port ");
    metrics_port = After(text, "metrics port ");
  }
  static int After(const std::string& text, const std::string& words) {
    return std::stoi(text.substr(text.find(words) + words.size()));
  }
  Running program;
  int sync_port = 0;
  int metrics_port = 0;
};

// A first device, as its own core would: who it is from the genesis, a certificate, a pull.
struct Device {
  Device(const Authority& authority, const Person& person, int sync_port)
      : network(client::MakeGrpcNetwork()) {
    const ServerFolder folder = OpenServerFolder(authority.server).value();
    tenant = folder.tenant();
    const Changeset genesis = DecodeChangeset(folder.genesis->genesis()).value();
    for (const v1::RecordChange& change : genesis.body.changes()) {
      for (const v1::FieldWrite& write : change.writes()) {
        if (write.value().find(View(person.keys.public_keys().sign)) != std::string::npos) {
          id = *Id::FromBytes(change.id());
        }
      }
    }
    endpoint = {"127.0.0.1:" + std::to_string(sync_port), folder.keys.authority.certificate_pem, "",
                &person.keys.parts().tls_key_pem};
    v1::CertifyRequest request;
    request.set_device(id.str());
    request.set_csr(RequestOf(person).csr());
    const auto certificate = network->ConnectForEnrolment(endpoint).value()->Certify(request);
    REQUIRE(certificate.ok());
    endpoint.certificate_pem = ToPem(PemKind::kCertificate, certificate->certificate());
  }
  Brought Pull() {
    v1::PullRequest request;
    request.add_cursors()->set_scope(tenant.str());
    return PullAll(*network->Connect(endpoint).value(), request);
  }
  std::unique_ptr<client::Network> network;
  Id tenant;
  Id id;
  client::Endpoint endpoint;
};

TEST_CASE("an authority is set up, served, backed up, lost, restored and checked by its programs") {
  Authority authority;
  authority.Admit();
  const std::string backup = authority.folder / "backup";
  const std::string exported = authority.folder / "all.export";
  {
    Serving serving(authority.server);
    Device ada(authority, authority.ada, serving.sync_port);
    const Brought brought = ada.Pull();
    REQUIRE(brought.status.ok());
    CHECK(brought.hello.device() == v1::DEVICE_ACTIVE);
    CHECK(brought.head.at(ada.tenant) == 1);

    // The operator's commands go to the running server.
    const Done status = Run({kServer, "status", authority.server});
    CHECK(status.text.find("serving      sync port " + std::to_string(serving.sync_port)) !=
          std::string::npos);
    CHECK(status.text.find("archived 0") != std::string::npos);
    RunWell({kServer, "backup", authority.server, backup, "--to",
             authority.folder / "offline/backup.public", "--off-machine"});
    CHECK(Run({kServer, "status", authority.server}).text.find("archived 1") != std::string::npos);
    RunWell({kServer, "export", authority.server, "all", exported});
    CHECK(Run({kServer, "serve", authority.server}).code == 1);
    serving.program.Signal(SIGTERM);
    CHECK(serving.program.Wait() == 0);
  }
  const auto json = nlohmann::json::parse(Run({kVerify, "--json", exported}).text);
  CHECK(json["ok"] == true);
  CHECK(json["logs"][0]["archived_seq"] == 1);

  std::filesystem::remove_all(authority.server);
  RunWell({kServer, "restore", backup, authority.server, "--key",
           authority.folder / "offline/backup.key"});
  {
    Serving serving(authority.server);
    Device sam(authority, authority.sam, serving.sync_port);
    CHECK(sam.Pull().hello.gated());
    RunWell({kServer, "release-gate", authority.server});
    CHECK_FALSE(sam.Pull().hello.gated());
    serving.program.Signal(SIGINT);
    CHECK(serving.program.Wait() == 0);
  }
}

TEST_CASE("a backup beside the server is made, and says that it archives nothing") {
  Authority authority;
  authority.Admit();
  const Done done = Run({kServer, "backup", authority.server, authority.folder / "backup", "--to",
                         authority.folder / "offline/backup.public"});
  CHECK(done.code == 0);
  CHECK(done.text.find("not marked archived") != std::string::npos);
  CHECK(Run({kServer, "status", authority.server}).text.find("archived 0") != std::string::npos);
}

TEST_CASE(
    "the root's later words are written from an export and admitted while the server serves") {
  Authority authority;
  authority.Admit();
  Serving serving(authority.server);
  const std::string directory = authority.folder / "directory.export";
  RunWell({kServer, "export", authority.server, "directory", directory});
  RunWell({kCeremony, "recovery", "create", "--root", authority.folder / "root/root.public",
           "--out", authority.folder / "recovery-2"});
  RunWell({kCeremony, "recovery", "replace", "--share", authority.Share(2), "--share",
           authority.Share(3), "--directory", directory, "--next",
           authority.folder / "recovery-2/recovery.public", "--out",
           authority.folder / "recovery.bundle"});
  const Done admitted =
      Run({kServer, "admit", authority.server, authority.folder / "recovery.bundle"});
  CHECK(admitted.code == 0);
  CHECK(admitted.text.find("number 2") != std::string::npos);
  CHECK(Run({kServer, "admit", authority.server, authority.folder / "recovery.bundle"}).code == 0);
  RunWell({kCeremony, "recovery", "drill", "--share",
           authority.folder / "recovery-2/recovery.share-1", "--share",
           authority.folder / "recovery-2/recovery.share-2", directory});
}

TEST_CASE("wrong use and broken files end with one clear line and an exit code") {
  Authority authority;
  const auto fails = [](const std::vector<std::string>& words, int code, const std::string& hint) {
    const Done done = Run(words);
    INFO(done.text);
    CHECK(done.code == code);
    CHECK(done.text.find(hint) != std::string::npos);
  };
  fails({kServer}, 2, "subcommand");
  fails({kServer, "serve", authority.server, "--no-such-option"}, 2, "no-such-option");
  fails({kServer, "serve", authority.folder / "nowhere"}, 1, "doorstepd init");
  fails({kServer, "serve", authority.server}, 1, "doorstepd admit");
  fails({kServer, "init", authority.server, "--address", "127.0.0.1:1"}, 1, "is there already");
  fails({kServer, "init", authority.folder / "other", "--address", "no address"}, 1,
        "host and a port");
  fails({kServer, "admit", authority.server, authority.folder / "ada.request"}, 1, "E_FORMAT");
  authority.Admit();
  fails({kServer, "serve", authority.server, "--listen", "127.0.0.1:0", "--drain-ms", "0"}, 1,
        "drain_ms");
  fails({kServer, "export", authority.server, "nonsense", authority.folder / "x"}, 1, "E_ARG");
  fails({kServer, "export", authority.server, std::string(32, '0'), authority.folder / "x"}, 1,
        "E_NOT_FOUND");
  REQUIRE(chmod((authority.server + "/keys/log.key").c_str(), 0444) == 0);
  fails({kServer, "serve", authority.server}, 1, "may be read by others");
  fails({kCeremony, "genesis"}, 2, "--share");
  fails({kCeremony, "recovery", "drill", "--share", authority.Share(1), "--share",
         authority.Share(2), authority.bundle},
        1, "share of another key");
  fails({kVerify, authority.folder / "nowhere"}, 1, "cannot open");
  fails({kVerify, authority.bundle}, 3, "WRONG");
}

TEST_CASE("one officer's share alone, or twice, makes no root") {
  Authority authority;
  const std::vector<std::string> rest = {
      "--recovery",      authority.folder / "recovery/recovery.public",
      "--server",        authority.server + "/server.request",
      "--authority",     "A",
      "--team",          "T",
      "--administrator", "Ada=" + (authority.folder / "ada.request"),
      "--supervisor",    "Sam=" + (authority.folder / "sam.request"),
      "--out",           authority.folder / "second.bundle"};
  std::vector<std::string> alone = {kCeremony, "genesis", "--share", authority.Share(1)};
  alone.insert(alone.end(), rest.begin(), rest.end());
  CHECK(Run(alone).code == 1);
  std::vector<std::string> twice = {kCeremony,          "genesis", "--share",
                                    authority.Share(1), "--share", authority.Share(1)};
  twice.insert(twice.end(), rest.begin(), rest.end());
  CHECK(Run(twice).text.find("E_KEY") != std::string::npos);
  CHECK_FALSE(IsThere(authority.folder / "second.bundle"));
}

}  // namespace
}  // namespace doorstep::server
