// The pages: served on this machine alone, and opened in the person's browser.
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>

#include "shell/cli/command.h"
#include "shell/cli/failure.h"
#include "shell/host/gate.h"
#include "shell/host/host.h"
#include "shell/host/pages.h"

namespace doorstep::shell {
namespace {

namespace fs = std::filesystem;

// A file of the person's own that leads to the address. The arguments of a program can be read by
// everybody on the machine, and the address holds the token.
class Signpost {
 public:
  explicit Signpost(const std::string& url) {
    std::string folder = (fs::temp_directory_path() / "doorstep-XXXXXX").string();
    if (mkdtemp(folder.data()) == nullptr) return;
    folder_ = folder;
    std::ofstream file(path());
    file
        << "<!doctype html><meta charset=\"utf-8\"><meta name=\"referrer\" content=\"no-referrer\">"
        << "<title>Doorstep</title><script>location.replace(\"" << url << "\")</script>\n";
  }
  ~Signpost() {
    std::error_code ignored;
    if (!folder_.empty()) fs::remove_all(folder_, ignored);
  }
  Signpost(const Signpost&) = delete;
  Signpost& operator=(const Signpost&) = delete;

  fs::path path() const { return folder_.empty() ? fs::path() : folder_ / "open.html"; }

 private:
  fs::path folder_;
};

// The desktop's own choice of browser. False where there is no desktop.
bool ShowInBrowser(const fs::path& page) {
  if (page.empty()) return false;
  const pid_t child = fork();
  if (child == 0) {
    execlp("xdg-open", "xdg-open", page.c_str(), static_cast<char*>(nullptr));
    _exit(127);
  }
  int status = 0;
  return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
         WEXITSTATUS(status) == 0;
}

void OpenPages(Core& core, const Arguments& arguments) {
  const uint32_t port = arguments.Number("--port", 0);
  if (port > 65535) Fail(Exit::kUsage, "a port is 1 to 65535.");
  HostOptions options;
  options.pages =
      arguments.Has("--pages") ? fs::path(arguments.Text("--pages")) : PagesBesideProgram();
  options.port = static_cast<uint16_t>(port);
  options.token = GenerateToken();
  ds_client* client = core.Locked();
  auto host = Host::Listen(client, std::move(options));
  if (absl::IsNotFound(host.status())) {
    Fail(Exit::kNotFound,
         "the pages are not built. `scripts/setup web`, then build the target `pages`.");
  }
  if (!host.ok()) Fail(Exit::kUnreachable, "that port is taken. Choose another, or leave it out.");
  const std::string url = (*host)->url();
  std::cout << url << "\n" << std::flush;
  std::unique_ptr<Signpost> signpost;
  if (!arguments.Has("--no-browser")) {
    signpost = std::make_unique<Signpost>(url);
    if (!ShowInBrowser(signpost->path())) {
      std::cout << "No browser could be opened from here: open the address above in one.\n";
    }
    std::cout << "The pages stay up until Ctrl-C. Nobody else should see that address.\n"
              << std::flush;
  }
  (*host)->Run();
}

}  // namespace

void AddOpenCommand(CLI::App* app, Chosen* chosen) {
  Command(app, chosen, "open", "The same in a browser: pages served on this machine alone",
          "  doorstep open\n  doorstep open --no-browser --port 4400")
      .Flag("--no-browser", "Only print the address")
      .Option("--port", "Any free one unless given")
      .Option("--pages", "Folder of the built pages")
      .Runs(OpenPages);
}

}  // namespace doorstep::shell
