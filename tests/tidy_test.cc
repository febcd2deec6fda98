// The source tree keeps its own rules. Each check is first shown a planted violation, so that the
// silence of the last case means something.
#include "tests/tidy.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "tests/source_text.h"

namespace doorstep::tidy {
namespace {

namespace fs = std::filesystem;

bool IsText(const fs::path& path) {
  static const std::vector<std::string> endings = {
      ".h",        ".cc", ".c",     ".proto",   ".txt",  ".cmake", ".json", ".md",
      ".py",       ".sh", ".html",  ".css",     ".ts",   ".js",    ".yml",  ".yaml",
      ".scenario", ".kt", ".swift", ".service", ".conf", ""};
  const std::string ending = path.extension().generic_string();
  return std::find(endings.begin(), endings.end(), ending) != endings.end();
}

std::vector<File> ReadTree(const fs::path& root) {
  std::vector<File> tree;
  for (auto at = fs::recursive_directory_iterator(root); at != fs::end(at); ++at) {
    const std::string name = at->path().filename().generic_string();
    const std::string path = at->path().lexically_relative(root).generic_string();
    if (path == ".git" || path == "build" || name == "node_modules" || name == "corpus") {
      at.disable_recursion_pending();
    } else if (at->is_regular_file() && !at->is_symlink() && IsText(at->path())) {
      std::ifstream in(at->path(), std::ios::binary);
      tree.push_back({path, std::string(std::istreambuf_iterator<char>(in), {})});
    }
  }
  std::sort(tree.begin(), tree.end(), [](const File& a, const File& b) { return a.path < b.path; });
  return tree;
}

const std::vector<File>& Tree() {
  static const std::vector<File> tree = ReadTree(DOORSTEP_SOURCE_DIR);
  return tree;
}

std::string Print(const Findings& findings) {
  std::string out;
  for (const Finding& finding : findings) {
    out += finding.path + ":" + std::to_string(finding.line) + ": " + finding.what + "\n";
  }
  return out;
}

// The lines at which a check finds something.
std::vector<int> At(const Findings& findings) {
  std::vector<int> lines;
  for (const Finding& finding : findings) lines.push_back(finding.line);
  return lines;
}

std::string IncludeLine(const std::string& path) { return "#include \"" + path + "\"\n"; }

using Places = std::vector<int>;

}  // namespace

TEST_CASE("a source text is split into code and literals") {
  const SourceText source = ReadSource(
      "int a = 1'000;  // it's a \"remark\"\n/* two\nlines */ f(\"x\\\"y\", '\"');\n"
      "g(R\"(raw \"inside\")\");\n");
  CHECK(source.code.find("remark") == std::string::npos);
  CHECK(source.code.find("lines") == std::string::npos);
  CHECK(std::count(source.code.begin(), source.code.end(), '\n') == 4);
  REQUIRE(source.literals.size() == 2);
  CHECK(source.literals[0].text == "x\\\"y");
  CHECK(source.literals[0].line == 3);
  CHECK(source.literals[1].text == "raw \"inside\"");
}

TEST_CASE("functions are found with their lengths") {
  const std::vector<Function> functions = Functions(
      "namespace a {\nstruct S {\n  int Get() const { return 1; }\n};\nstatic int x = {3};\n"
      "int Long(int n) {\n  if (n) {\n    return 1;\n  }\n  return 2;\n}\n}\n");
  REQUIRE(functions.size() == 2);
  CHECK(functions[0].name == "Get");
  CHECK(functions[0].lines == 1);
  CHECK(functions[1].name == "Long");
  CHECK(functions[1].line == 6);
  CHECK(functions[1].lines == 6);
}

TEST_CASE("arrows of the include table pass, new ones are found where they stand") {
  const std::string fine = IncludeLine("model/record.h") + IncludeLine("absl/status/status.h") +
                           IncludeLine("doorstep/v1/change.pb.h") + "#include <string>\n";
  CHECK(CheckArrows({"client-core/store/log.cc", fine}).empty());
  CHECK(CheckArrows({"model/merge.cc", IncludeLine("crypto/bytes.h")}).empty());
  CHECK(CheckArrows({"sync-server/main.cc", IncludeLine("sync-server/edge/listener.h")}).empty());
  CHECK(CheckArrows(
            {"sync-server/store/sqlite/sqlite_store.cc", IncludeLine("sync-server/store/store.h")})
            .empty());

  const auto arrow = [](const std::string& from, const std::string& to) {
    return At(CheckArrows({from, "\n" + IncludeLine(to)})) == Places{2};
  };
  CHECK(arrow("crypto/vault.cc", "model/record.h"));
  CHECK(arrow("crypto/vault.cc", "doorstep/v1/change.pb.h"));
  CHECK(arrow("model/merge.cc", "client-core/store/log.h"));
  CHECK(arrow("client-core/store/log.cc", "client-core/sync/session.h"));
  CHECK(arrow("client-core/sync/session.cc", "sync-server/feed/feed.h"));
  CHECK(arrow("sync-server/feed/feed.cc", "client-core/sync/session.h"));
  CHECK(arrow("sync-server/feed/feed.cc", "sync-server/ingest/ingest.h"));
  CHECK(arrow("sync-server/office/find.cc", "crypto/bytes.h"));
  CHECK(arrow("sync-server/service/server.cc", "sync-server/edge/listener.h"));
  CHECK(arrow("sync-server/edge/listener.cc", "crypto/bytes.h"));
  CHECK(arrow("sync-server/main.cc", "client-core/client/client.h"));
  CHECK(arrow("client-core/capi/capi.cc", "model/record.h"));
  CHECK(arrow("model/merge.cc", "tests/model/sample.h"));
  CHECK(arrow("examples/two_devices.cc", "tests/model/sample.h"));
  CHECK(arrow("model/merge.cc", "record.h"));
  CHECK(arrow("tests/model/merge_test.cc", "sample.h"));
  CHECK(arrow("model/merge.cc", "../crypto/bytes.h"));
}

TEST_CASE("a shell and the C ABI know the ABI's header and its messages, nothing else") {
  const std::string abi = IncludeLine("client-core/include/doorstep/doorstep.h") +
                          IncludeLine("doorstep/v1/client.pb.h");
  CHECK(CheckArrows({"shell/cli/main.cc", abi + IncludeLine("shell/cli/commands.h")}).empty());
  CHECK(CheckArrows({"shell/cli/main.cc", "#include <doorstep/doorstep.h>\n"}).empty());
  CHECK(CheckArrows({"client-core/capi/capi.cc", abi + IncludeLine("client-core/client/client.h")})
            .empty());
  for (const char* path : {"model/record.h", "client-core/client/client.h",
                           "doorstep/v1/records.pb.h", "doorstep/v1/sync.grpc.pb.h"}) {
    CHECK(At(CheckArrows({"shell/cli/main.cc", IncludeLine(path)})) == Places{1});
  }
}

TEST_CASE("a folder without a row is refused") {
  CHECK(At(CheckArrows({"sync-server/cache/cache.cc", ""})) == Places{1});
  CHECK(At(CheckArrows({"network/socket.h", ""})) == Places{1});
}

TEST_CASE("libraries are held to their files") {
  const auto held = [](const std::string& from, const std::string& header) {
    return !CheckLibraries({from, "#include <" + header + ">\n"}).empty();
  };
  CHECK_FALSE(held("crypto/primitives.cc", "sodium.h"));
  CHECK(held("crypto/vault.cc", "sodium.h"));
  CHECK(held("crypto/primitives.h", "sodium.h"));
  CHECK_FALSE(held("client-core/store/database.cc", "sqlite3.h"));
  CHECK_FALSE(held("sync-server/store/sqlite/database.cc", "sqlite3.h"));
  CHECK(held("client-core/store/log.cc", "sqlite3.h"));
  CHECK(held("client-core/store/database.h", "sqlcipher/sqlite3.h"));
  CHECK_FALSE(held("client-core/sync/grpc_transport.cc", "grpcpp/grpcpp.h"));
  CHECK_FALSE(held("sync-server/service/server.cc", "grpcpp/server_builder.h"));
  CHECK(held("sync-server/service/server.h", "grpcpp/server_builder.h"));
  CHECK(held("client-core/sync/session.cc", "doorstep/v1/sync.grpc.pb.h"));
  CHECK(held("sync-server/feed/feed.cc", "grpc/grpc.h"));
  CHECK(held("sync-server/store/postgres/postgres_store.cc", "libpq-fe.h"));
  CHECK_FALSE(held("sync-server/store/postgres/connection.cc", "libpq-fe.h"));
  CHECK(held("crypto/device_keys.cc", "openssl/evp.h"));
  CHECK_FALSE(held("crypto/certificate.cc", "openssl/x509.h"));
  CHECK(held("shell/cli/main.cc", "boost/asio.hpp"));
  CHECK_FALSE(held("tests/crypto/primitives_test.cc", "sodium.h"));
}

TEST_CASE("record types are named where they may be, and nowhere else") {
  const std::vector<std::string> names = RecordNames(
      "// message Ghost\nmessage Visit {\n  option (record) = {type: 1};\n"
      "  enum State { OPEN = 0; }\n}\nmessage Address {\n  string line = 1;\n}\n"
      "message Plan {\n  option (doorstep.v1.record) = {\n    type: 2\n  };\n}\n");
  REQUIRE(names == std::vector<std::string>{"Visit", "Plan"});

  const auto named = [&](const std::string& path, const std::string& text) {
    return At(CheckRecordNames({path, "\n" + text + "\n"}, names));
  };
  CHECK(named("model/merge.cc", "doorstep::v1::Visit visit;") == Places{2});
  CHECK(named("sync-server/feed/feed.cc", "x = v1::Plan::kNoteFieldNumber;") == Places{2});
  CHECK(named("client-core/client/client.cc", "v1::Visit_State s;") == Places{2});
  CHECK(named("client-core/client/client.cc", "namespace pb = doorstep::v1;\npb::Plan p;") ==
        Places{3});
  CHECK(named("client-core/client/client.cc", "using namespace doorstep::v1;") == Places{2});
  CHECK(named("model/catalog.cc", "Find(\"Visit\");") == Places{2});
  CHECK(named("model/catalog.cc", "case kPlanType:") == Places{2});

  CHECK(named("model/merge.cc", "v1::VisitNote n;  // like v1::Visit").empty());
  CHECK(named("model/merge.cc", "v1::Address a; Say(\"Visit the family\");").empty());
  CHECK(named("model/catalog.cc", "f = *v1::Visit::descriptor()->file();").empty());
  CHECK(named("model/catalog.cc", "d = v1::Visit::descriptor();") == Places{2});
  for (const char* path :
       {"model/rules.cc", "model/authority.h", "model/plan_approval.cc", "model/safeguarding.cc",
        "sync-server/office/report.cc", "sync-server/admin/ceremony.cc",
        "client-core/client/purge.cc", "client-core/client/share.cc", "tests/model/merge_test.cc",
        "shell/cli/main.cc"}) {
    CHECK(named(path, "v1::Visit v;").empty());
  }
}

TEST_CASE("cores take time as an argument and do not log") {
  const auto found = [](const std::string& path, const std::string& text) {
    return !CheckCores({path, text}).empty();
  };
  CHECK(found("model/judge.cc", "auto t = std::chrono::system_clock::now();"));
  CHECK(found("client-core/sync/session.cc", "std::chrono::steady_clock::now();"));
  CHECK(found("sync-server/ingest/ingest.cc", "std::cerr << uid;"));
  CHECK(found("crypto/vault.cc", "printf(\"%s\", pin);"));
  CHECK_FALSE(found("crypto/vault.cc", "snprintf(b, n, \"printf\");"));
  CHECK_FALSE(found("client-core/sync/grpc_transport.cc", "std::chrono::system_clock::now();"));
  CHECK_FALSE(found("sync-server/main.cc", "std::cerr << 1;"));
}

TEST_CASE("words that must not stand in the code are found") {
  const auto found = [](const std::string& path, const std::string& text) {
    return !CheckWords({path, text}).empty();
  };
  CHECK(found("model/merge.cc", "#ifdef NDEBUG\n"));
  CHECK(found("model/CMakeLists.txt", "add_compile_definitions(NDEBUG)\n"));
  CHECK(found("CMakePresets.json", "\"-O2 -DNDEBUG\""));
  CHECK(found("client-core/store/database.cc", "sqlite3_rekey(db, k, 32);"));
  CHECK(found("client-core/store/database.cc",
              "Run(\"pragma main.REK"
              "EY = 'x'\");"));
  CHECK(found("client-core/client/client.h", "std::shared_ptr<Store> store;"));
  CHECK(found("model/merge.cc", "// TODO later\n"));
  CHECK_FALSE(found("model/merge.cc", "// never shared_ptr, never sqlite3_rekey\n"));
  CHECK_FALSE(
      found("sync-server/service/server.cc", "std::shared_ptr<grpc::ServerCredentials> c;"));
  CHECK_FALSE(found("client-core/store/database.cc", "Run(\"PRAGMA key_like\");"));
}

TEST_CASE("the workplace and hosts that serve packages are found") {
  const auto found = [](const std::string& text) {
    return !CheckWorkplace({"docs/page.md", text}).empty();
  };
  const std::string work = std::string("/") + "work";
  CHECK(found("see " + work + "/main"));
  CHECK(found("root=" + work));
  CHECK(found("deb http://" + std::string("deb.") + "example.org/debian x main"));
  CHECK(found("registry." + std::string("npmjs.") + "org"));
  CHECK(found("pip install from " + std::string("pypi.") + "org"));
  CHECK_FALSE(found("a/b" + work + "; " + work + "er; social" + work + "ers"));
  CHECK_FALSE(found("https://www.example.org/page, archive.open(), a.b.c"));
  CHECK_FALSE(found("https://www.gov.uk/guidance"));
}

TEST_CASE("columns count characters") {
  std::string wide;
  for (int i = 0; i < 100; ++i) wide += "é";
  CHECK(CheckColumns({"model/merge.cc", "short\n" + wide + "\n"}).empty());
  CHECK(At(CheckColumns({"model/merge.cc", "short\n" + wide + "x\n"})) == Places{2});
  CHECK(At(CheckColumns({"proto/doorstep/v1/sync.proto", std::string(101, 'x')})) == Places{1});
  CHECK(CheckColumns({"README.md", std::string(101, 'x')}).empty());
}

TEST_CASE("a header's guard is its path") {
  const std::string fine =
      "// What it is.\n#ifndef DOORSTEP_CLIENT_CORE_SYNC_SESSION_H_\n"
      "#define DOORSTEP_CLIENT_CORE_SYNC_SESSION_H_\n#endif\n";
  CHECK(CheckGuard({"client-core/sync/session.h", fine}).empty());
  CHECK(At(CheckGuard({"client-core/sync/page_check.h", fine})) == Places{2});
  CHECK(At(CheckGuard({"model/log.h", "#pragma once\n"})) == Places{1});
  CHECK(At(CheckGuard({"model/log.h", "#ifndef DOORSTEP_MODEL_LOG_H_\n#define OTHER\n"})) ==
        Places{2});
  CHECK(At(CheckGuard({"model/log.h", ""})) == Places{1});
  CHECK(CheckGuard({"client-core/include/doorstep/doorstep.h",
                    "#ifndef DOORSTEP_DOORSTEP_H_\n#define DOORSTEP_DOORSTEP_H_\n"})
            .empty());
}

TEST_CASE("folders have subjects and generated files stay out") {
  CHECK_FALSE(CheckPlace({"model/util/strings.h", ""}).empty());
  CHECK_FALSE(CheckPlace({"proto/doorstep/v1/sync.pb.cc", ""}).empty());
  CHECK(CheckPlace({"model/merge.cc", ""}).empty());
}

TEST_CASE("a file that no CMakeLists.txt names is dead") {
  const std::vector<File> tree = {
      {"model/CMakeLists.txt",
       "ds_library(model SOURCES merge.cc  # lost.cc\n  HEADERS merge.h)\n"},
      {"model/merge.cc", ""},
      {"model/merge.h", ""},
      {"model/lost.cc", ""},
      {"client-core/capi/CMakeLists.txt",
       "x(HEADERS ../include/doorstep/doorstep.h ${CMAKE_SOURCE_DIR}/examples/record.c)"},
      {"client-core/include/doorstep/doorstep.h", ""},
      {"examples/record.c", ""},
      {"tests/CMakeLists.txt", "ds_test(merge SOURCES model/merge_test.cc)\n"},
      {"tests/model/merge_test.cc", IncludeLine("tests/model/sample.h")},
      {"tests/model/sample.h", ""},
      {"tests/model/stray.h", ""}};
  const Findings findings = CheckListed(tree);
  REQUIRE(findings.size() == 2);
  CHECK(findings[0].path == "model/lost.cc");
  CHECK(findings[1].path == "tests/model/stray.h");
}

TEST_CASE("a tree is checked by every check") {
  const std::vector<File> tree = {
      {"proto/doorstep/v1/records.proto", "message Visit {\n  option (record) = {type: 1};\n}\n"},
      {"model/util/bad.h", "#pragma once\n" + IncludeLine("shell/cli/main.h") +
                               "#include <sodium.h>\nv1::Visit v; // TODO\n" +
                               std::string(101, 'x') + "\nstd::cout << \"/" + "work/\";\n"}};
  std::vector<std::string> words;
  for (const Finding& finding : CheckTree(tree)) words.push_back(finding.what);
  const auto says = [&](std::string_view part) {
    return std::any_of(words.begin(), words.end(), [&](const std::string& what) {
      return what.find(part) != std::string::npos;
    });
  };
  for (const char* part :
       {"new arrow", "libsodium", "record type", "do not log", "TODO", "workplace", "columns",
        "DOORSTEP_MODEL_UTIL_BAD_H_", "after its subject", "no CMakeLists.txt"}) {
    INFO(part);
    CHECK(says(part));
  }
}

TEST_CASE("asserts are on in this build") {
  std::cout.flush();
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    std::signal(SIGABRT, SIG_DFL);
    close(STDERR_FILENO);  // the message is expected
    assert(child != 0);
    _exit(0);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGABRT);
}

TEST_CASE("the tree keeps its rules") {
  REQUIRE(Tree().size() > 10);
  const Findings findings = CheckTree(Tree());
  INFO(Print(findings));
  CHECK(findings.empty());
}

// A question for a reviewer, never a failure.
TEST_CASE("the longest files and functions are printed") {
  struct Long {
    long lines;
    std::string where;
  };
  std::vector<Long> files;
  std::vector<Long> functions;
  for (const File& file : Tree()) {
    if (!IsSource(file.path)) continue;
    files.push_back({std::count(file.text.begin(), file.text.end(), '\n'), file.path});
    if (file.path.ends_with(".proto")) continue;
    for (const Function& function : Functions(ReadSource(file.text).code)) {
      functions.push_back(
          {function.lines, file.path + ":" + std::to_string(function.line) + " " + function.name});
    }
  }
  const auto print = [](std::vector<Long>& all) {
    std::stable_sort(all.begin(), all.end(),
                     [](const Long& a, const Long& b) { return a.lines > b.lines; });
    for (size_t i = 0; i < std::min<size_t>(10, all.size()); ++i) {
      std::cout << all[i].lines << "\t" << all[i].where << "\n";
    }
  };
  std::cout << "lines\tfile\n";
  print(files);
  std::cout << "lines\tfunction\n";
  print(functions);
  CHECK(!files.empty());
}

}  // namespace doorstep::tidy
