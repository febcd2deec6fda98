// doorstep-bench: what Doorstep takes to save, hand in, pull, open and read, as ratios to what no
// such system can do without, measured inside one run so that they hold on any machine.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "absl/strings/str_format.h"
#include "tests/bench/measures.h"
#include "tests/bench/stopwatch.h"

namespace doorstep::bench {
namespace {

// In the order in which they are taken; each stands on those before it, but grpc and quiet, which
// are alone.
enum Measure { kSave, kPush, kPull, kOpen, kRead, kChange, kGrpc, kQuiet, kMeasures };
constexpr const char* kNames[kMeasures] = {"save", "push",   "pull", "open",
                                           "read", "change", "grpc", "quiet"};

std::string FirstProcessor() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.rfind("model name", 0) == 0) return line.substr(line.find(':') + 2);
  }
  return "unknown";
}

// Milliseconds that all processors together were busy since the machine started.
double BusyMs() {
  std::ifstream stat("/proc/stat");
  std::string name;
  double ticks[8] = {};  // user nice system idle iowait irq softirq steal
  stat >> name;
  for (double& tick : ticks) stat >> tick;
  const double busy = ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6] + ticks[7];
  return busy * 1e3 / static_cast<double>(sysconf(_SC_CLK_TCK));
}

std::string Today() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  return absl::StrFormat("%04d-%02d-%02d", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday);
}

int Run(const Size& size, const std::string& folder, int only, Figures& figures) {
  auto wants = [&](Measure measure) { return only < 0 || only == measure; };
  const int last = only < 0 ? kChange : only;
  if (only != kQuiet && only != kGrpc) {
    Scene scene(folder, size);
    Figures passing;  // of those that only lead to the one that is wanted
    auto into = [&](Measure measure) -> Figures& { return wants(measure) ? figures : passing; };
    MeasureSaves(scene, size, into(kSave));
    if (last >= kPush) MeasurePush(scene, into(kPush));
    if (last >= kPull) MeasurePull(scene, into(kPull));
    if (wants(kOpen)) MeasureOpening(scene, figures);
    if (wants(kRead)) MeasureReading(scene, figures);
    if (wants(kChange)) MeasureChange(scene, figures);
  }
  if (wants(kGrpc)) MeasureGrpc(folder, size, figures);
  if (wants(kQuiet)) MeasureQuiet(folder, figures);
  for (const Figure& figure : figures.all()) {
    if (!Met(figure)) return 1;
  }
  return 0;
}

}  // namespace
}  // namespace doorstep::bench

int main(int argc, char** argv) {
  using namespace doorstep::bench;
  doorstep::server::RequireTls13();
  Size size;
  bool json = false;
  std::string only;
  std::string folder = std::filesystem::temp_directory_path();
  CLI::App app(
      "Measures Doorstep against what it cannot do without. Ends with 1 when a target is "
      "missed.");
  app.add_option("--families", size.families, "families of the caseload")
      ->check(CLI::Range(1, 200))
      ->capture_default_str();
  app.add_option("--years", size.years, "years of 24 visits a family")
      ->check(CLI::Range(1, 20))
      ->capture_default_str();
  app.add_option("--only", only, "one measure")
      ->check(CLI::IsMember(std::vector<std::string>(kNames, kNames + kMeasures)));
  app.add_option("--folder", folder, "where the files go; the disk that is measured")
      ->check(CLI::ExistingDirectory)
      ->capture_default_str();
  app.add_flag("--json", json, "figures as JSON");
  CLI11_PARSE(app, argc, argv);

  int wanted = -1;
  for (int i = 0; i < kMeasures; ++i) {
    if (only == kNames[i]) wanted = i;
  }
  if (!doorstep::InitCrypto().ok()) return 2;
  const double busy_before = BusyMs();
  Stopwatch whole;
  Figures figures;
  const int missed = Run(size, folder, wanted, figures);
  const double others = (BusyMs() - busy_before - ProcessMs()) / whole.WallMs();
  const Figures::About about = {
      {"date", Today()},
      {"machine",
       absl::StrFormat("%s, %d cores", FirstProcessor(), std::thread::hardware_concurrency())},
      {"other_cores", absl::StrFormat("%.2f", others)},
      {"families", std::to_string(size.families)},
      {"years", std::to_string(size.years)},
  };
  if (json) {
    std::fputs(figures.Json(about).c_str(), stdout);
    return missed;
  }
  for (const auto& [name, value] : about) std::printf("%s: %s\n", name.c_str(), value.c_str());
  std::fputs(figures.Table().c_str(), stdout);
  return missed;
}
