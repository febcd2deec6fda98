// `doorstep-verify`: checks an export of a log, without the server that wrote it.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "crypto/primitives.h"
#include "crypto/reason.h"
#include "sync-server/admin/files.h"
#include "sync-server/admin/verify.h"

namespace doorstep::server {
namespace {

constexpr int kFailed = 1;
constexpr int kUsage = 2;
constexpr int kWrong = 3;
constexpr uint64_t kProgressEntries = 10'000;

enum class Form { kText, kJson };

int Failed(const std::string& message) {
  std::fprintf(stderr, "doorstep-verify: %s\n", message.c_str());
  return kFailed;
}

int Verify(const std::string& path, const std::string& root_id, Form form) {
  const absl::StatusOr<MappedFile> file = MappedFile::Open(path);
  if (!file.ok()) return Failed(std::string(file.status().message()));
  const bool watched = isatty(STDERR_FILENO) != 0;
  Verification result = VerifyExport(file->bytes(), [watched](uint64_t entries) {
    if (watched && entries % kProgressEntries == 0) {
      std::fprintf(stderr, "… %llu entries\n", static_cast<unsigned long long>(entries));
    }
  });
  if (!root_id.empty() && !result.fault && result.root_id.hex() != root_id) {
    result.fault = Fault{Reason::kTrust, {}, 0, "another root signed this directory"};
  }
  const std::string text =
      form == Form::kJson ? VerificationAsJson(result) + "\n" : VerificationAsText(result);
  std::fputs(text.c_str(), stdout);
  return result.fault ? kWrong : 0;
}

int Main(int argc, char** argv) {
  if (!InitCrypto().ok()) return Failed("no cryptography on this machine");
  CLI::App app(
      "doorstep-verify reads an export (doorstepd export) and checks that each log in it is "
      "whole, in order and unaltered,\nthat its authors signed it, that trust was given "
      "only by those who may, and that the server signed its end.");
  app.footer(
      "Exit codes: 0 all is right; 3 something is wrong, and the first wrong number is named; "
      "1 the file cannot be read;\n2 wrong usage.");
  std::string path;
  std::string root_id;
  bool json = false;
  app.add_option("EXPORT", path, "the file")->required();
  app.add_option("--root-id", root_id, "the root id that the authority's devices show, 32 digits");
  app.add_flag("--json", json, "the result as JSON");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsage;
  }
  return Verify(path, root_id, json ? Form::kJson : Form::kText);
}

}  // namespace
}  // namespace doorstep::server

int main(int argc, char** argv) { return doorstep::server::Main(argc, argv); }
