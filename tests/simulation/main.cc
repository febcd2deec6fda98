// doorstep-sim: runs seeds, each twice, and says what broke. docs/simulator.md explains its output.
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "CLI/CLI.hpp"
#include "crypto/primitives.h"
#include "nlohmann/json.hpp"
#include "tests/simulation/profile.h"
#include "tests/simulation/remembered.h"
#include "tests/simulation/run.h"
#include "tests/simulation/shrink.h"

namespace doorstep::simulation {
namespace {

constexpr size_t kStepsShown = 60;
constexpr size_t kFailuresShown = 3;

struct Arguments {
  uint64_t first = 1;
  uint64_t last = 100;
  int operations = 80;
  std::string without;
  std::string weights;
  int jobs = 1;
  bool json = false;
  bool steps = false;
  bool brief = false;
  bool stop_at_first = false;
  std::string expect;
  uint64_t shrink = 0;
  bool shrinks = false;
};

// An assertion of a core ends the program; the seed must still be told.
thread_local uint64_t seed_under_way = 0;
void TellSeed(int signal_number) {
  char text[64];
  const int length = std::snprintf(text, sizeof text, "doorstep-sim: seed %llu ended the program\n",
                                   static_cast<unsigned long long>(seed_under_way));
  if (write(STDERR_FILENO, text, static_cast<size_t>(length)) < 0) _exit(3);
  signal(signal_number, SIG_DFL);
  raise(signal_number);
}

struct Failure {
  uint64_t seed = 0;
  std::vector<Violation> violations;
};

struct Totals {
  std::mutex mutex;
  uint64_t seeds = 0;
  uint64_t failed = 0;
  std::map<std::string, uint64_t> violations;
  std::map<std::string, uint64_t> coverage;
  std::vector<Failure> failures;
};

// Each seed twice: whatever a run did, it does again, to the byte.
Failure RunTwice(const RunSettings& settings, client::Verifier& verifier,
                 std::map<std::string, uint64_t>& coverage) {
  seed_under_way = settings.seed;
  const RunOutcome first = Run(settings, Catalog::Get(), verifier);
  const RunOutcome second = Run(settings, Catalog::Get(), verifier);
  Failure failure{settings.seed, first.violations};
  if (first.tape != second.tape) {
    failure.violations.push_back({"SAME", "two runs of one seed differ"});
  }
  coverage = first.coverage;
  return failure;
}

bool IsExpected(const Arguments& arguments, const std::string& invariant) {
  return (" " + arguments.expect + " ").find(" " + invariant + " ") != std::string::npos;
}

void Work(const Arguments& arguments, Fault weights, std::atomic<uint64_t>& next, Totals& totals) {
  RememberingVerifier verifier;
  for (uint64_t seed = next++; seed <= arguments.last; seed = next++) {
    RunSettings settings;
    settings.seed = seed;
    settings.operations = arguments.operations;
    settings.weights = weights;
    std::map<std::string, uint64_t> coverage;
    verifier.Forget();
    const Failure failure = RunTwice(settings, verifier, coverage);
    const std::lock_guard hold(totals.mutex);
    ++totals.seeds;
    for (const auto& [what, count] : coverage) totals.coverage[what] += count;
    if (failure.violations.empty()) continue;
    ++totals.failed;
    std::set<std::string> invariants;
    for (const Violation& violation : failure.violations) invariants.insert(violation.invariant);
    for (const std::string& invariant : invariants) ++totals.violations[invariant];
    totals.failures.push_back(failure);
    const bool expected = arguments.expect.empty() ||
                          std::any_of(invariants.begin(), invariants.end(),
                                      [&](const auto& i) { return IsExpected(arguments, i); });
    if (arguments.stop_at_first && expected) next = arguments.last + 1;
  }
}

void TellProgress(const Arguments& arguments, Totals& totals, const std::atomic<bool>& done) {
  auto said = std::chrono::steady_clock::now();
  while (!done) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    const auto now = std::chrono::steady_clock::now();
    if (now - said < std::chrono::seconds(10)) continue;
    said = now;
    const std::lock_guard hold(totals.mutex);
    std::fprintf(stderr, "doorstep-sim: %llu of %llu seeds, %llu failed\n",
                 static_cast<unsigned long long>(totals.seeds),
                 static_cast<unsigned long long>(arguments.last - arguments.first + 1),
                 static_cast<unsigned long long>(totals.failed));
  }
}

void PrintSteps(const RunOutcome& outcome) {
  for (const std::string& step : outcome.steps) std::printf("  %s\n", step.c_str());
  for (const Violation& violation : outcome.violations) {
    std::printf("  %s: %s\n", violation.invariant.c_str(), violation.what.c_str());
  }
}

void PrintFailures(const Arguments& arguments, Fault weights, const Totals& totals) {
  if (arguments.brief) {
    for (const Failure& failure : totals.failures) {
      const Violation& first = failure.violations.front();
      std::printf("seed %llu: %s: %s\n", static_cast<unsigned long long>(failure.seed),
                  first.invariant.c_str(), first.what.c_str());
    }
    return;
  }
  RememberingVerifier verifier;
  for (size_t i = 0; i < std::min(totals.failures.size(), kFailuresShown); ++i) {
    const Failure& failure = totals.failures[i];
    RunSettings settings;
    settings.seed = failure.seed;
    settings.operations = arguments.operations;
    settings.weights = weights;
    settings.keep_steps = kStepsShown;
    seed_under_way = failure.seed;
    std::printf("seed %llu failed; its last steps:\n",
                static_cast<unsigned long long>(failure.seed));
    PrintSteps(Run(settings, Catalog::Get(), verifier));
    for (const Violation& violation : failure.violations) {
      if (violation.invariant == "SAME") std::printf("  SAME: %s\n", violation.what.c_str());
    }
  }
}

uint64_t CountOf(const Totals& totals, std::initializer_list<std::string_view> invariants) {
  uint64_t count = 0;
  for (std::string_view invariant : invariants) {
    auto at = totals.violations.find(std::string(invariant));
    if (at != totals.violations.end()) count += at->second;
  }
  return count;
}

void PrintResult(const Arguments& arguments, const Totals& totals) {
  const uint64_t lost = CountOf(totals, {"P1", "P2", "P7"});
  const uint64_t doubled = CountOf(totals, {"P3"});
  const uint64_t diverged = CountOf(totals, {"P6", "P8", "P17", "SAME"});
  if (arguments.json) {
    nlohmann::json result;
    result["seeds"] = totals.seeds;
    result["operations"] = arguments.operations;
    result["without"] = arguments.without;
    result["failed"] = totals.failed;
    result["lost"] = lost;
    result["doubled"] = doubled;
    result["diverged"] = diverged;
    result["violations"] = totals.violations;
    result["coverage"] = totals.coverage;
    for (const Failure& failure : totals.failures) result["failing_seeds"].push_back(failure.seed);
    std::printf("%s\n", result.dump(2).c_str());
    return;
  }
  std::printf(
      "%llu seeds of %d operations, each twice · %llu failed · %llu lost · %llu doubled · "
      "%llu diverged\n",
      static_cast<unsigned long long>(totals.seeds), arguments.operations,
      static_cast<unsigned long long>(totals.failed), static_cast<unsigned long long>(lost),
      static_cast<unsigned long long>(doubled), static_cast<unsigned long long>(diverged));
  for (const auto& [invariant, count] : totals.violations) {
    std::printf("  %s: %llu\n", invariant.c_str(), static_cast<unsigned long long>(count));
  }
}

// With --expect the run must fail, by one of the invariants named.
int Verdict(const Arguments& arguments, const Totals& totals) {
  if (arguments.expect.empty()) return totals.failed == 0 ? 0 : 1;
  for (const auto& [invariant, count] : totals.violations) {
    if (IsExpected(arguments, invariant)) return 0;
  }
  std::printf("expected one of %s\n", arguments.expect.c_str());
  return 1;
}

bool ReadSeeds(const std::string& text, Arguments& arguments) {
  unsigned long long first = 0;
  unsigned long long last = 0;
  if (std::sscanf(text.c_str(), "%llu:%llu", &first, &last) != 2 || first > last) return false;
  arguments.first = first;
  arguments.last = last;
  return true;
}

int RunSeeds(const Arguments& arguments, Fault weights) {
  Totals totals;
  std::atomic<uint64_t> next = arguments.first;
  std::atomic<bool> done = false;
  std::thread progress([&] { TellProgress(arguments, totals, done); });
  std::vector<std::thread> workers;
  for (int i = 0; i < arguments.jobs; ++i) {
    workers.emplace_back([&] { Work(arguments, weights, next, totals); });
  }
  for (std::thread& worker : workers) worker.join();
  done = true;
  progress.join();
  std::sort(totals.failures.begin(), totals.failures.end(),
            [](const Failure& a, const Failure& b) { return a.seed < b.seed; });
  if (!arguments.json && arguments.expect.empty()) PrintFailures(arguments, weights, totals);
  PrintResult(arguments, totals);
  return Verdict(arguments, totals);
}

int RunOneSeed(const Arguments& arguments, Fault weights) {
  RememberingVerifier verifier;
  RunSettings settings;
  settings.seed = arguments.shrinks ? arguments.shrink : arguments.first;
  settings.operations = arguments.operations;
  settings.weights = weights;
  seed_under_way = settings.seed;
  if (arguments.shrinks) settings = Shrink(settings, Catalog::Get(), verifier);
  settings.keep_steps = 100'000;
  const RunOutcome outcome = Run(settings, Catalog::Get(), verifier);
  if (arguments.shrinks) {
    std::printf("seed %llu with %d operations, %zu of them left out:\n",
                static_cast<unsigned long long>(settings.seed), settings.operations,
                settings.skipped.size());
  }
  PrintSteps(outcome);
  return outcome.violations.empty() ? 0 : 1;
}

int Main(int argc, char** argv) {
  CLI::App app{"Runs the real cores in a hostile world, seed by seed."};
  Arguments arguments;
  std::string seeds = "1:100";
  app.add_option("--seeds", seeds, "First and last seed, A:B");
  app.add_option("--operations", arguments.operations, "Operations of each run");
  app.add_option("--without", arguments.without, "Take this rule out of the cores");
  app.add_option("--weights", arguments.weights,
                 "Keep all rules, but make as likely what this one protects against");
  app.add_option("--jobs", arguments.jobs, "Threads")->check(CLI::Range(1, 256));
  app.add_flag("--json", arguments.json, "Print the result as JSON");
  app.add_flag("--steps", arguments.steps, "Print every step of the first seed, run once");
  app.add_flag("--brief", arguments.brief, "One line for each seed that fails");
  app.add_flag("--stop", arguments.stop_at_first, "Stop at the first seed that fails");
  app.add_option("--expect", arguments.expect, "Succeed only if one of these invariants breaks");
  auto* shrink = app.add_option("--shrink", arguments.shrink, "Make this failing seed's run short");
  bool rules = false;
  app.add_flag("--rules", rules, "List the rules that --without takes");
  CLI11_PARSE(app, argc, argv);
  arguments.shrinks = shrink->count() > 0;
  if (rules) {
    for (const RuleName& rule : Rules()) {
      std::printf("%s\t%s\n", std::string(rule.name).c_str(), std::string(rule.invariants).c_str());
    }
    return 0;
  }
  if (!ReadSeeds(seeds, arguments)) {
    std::fprintf(stderr, "doorstep-sim: --seeds takes two numbers, A:B\n");
    return 2;
  }
  Fault weights = Fault::kNone;
  const std::string& rule = arguments.without.empty() ? arguments.weights : arguments.without;
  if (!rule.empty()) {
    const std::optional<Fault> found = FindRule(rule);
    if (!found) {
      std::fprintf(stderr, "doorstep-sim: no such rule; --rules lists them\n");
      return 2;
    }
    weights = *found;
  }
  if (!arguments.without.empty()) planted_fault = weights;
  if (!InitCrypto().ok()) return 2;
  signal(SIGABRT, TellSeed);
  signal(SIGSEGV, TellSeed);
  if (arguments.shrinks || arguments.steps) return RunOneSeed(arguments, weights);
  return RunSeeds(arguments, weights);
}

}  // namespace
}  // namespace doorstep::simulation

int main(int argc, char** argv) { return doorstep::simulation::Main(argc, argv); }
