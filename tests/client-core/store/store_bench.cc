// What the store must keep up with, measured on this machine: commits against bare durable inserts
// of the same bytes, opening with years of families, queries and searches over them. Prints one
// line each; a person reads them.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/client-core/store/phone.h"

namespace doorstep::client {
namespace {

using Clock = std::chrono::steady_clock;

double MillisecondsSince(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

constexpr int kFamilies = 60, kVisitsEach = 72, kCommits = 1000;

std::string Narrative(Town& town, size_t bytes) {
  static const char* const kWords[] = {"visit",  "school",  "talked", "mother", "about", "bedtime",
                                       "garden", "meeting", "agreed", "next",   "week",  "calm"};
  std::string text;
  while (text.size() < bytes) {
    text += kWords[town.random.Make<1>()[0] % 12];
    text +=
        town.random.Make<1>()[0] % 5 == 0 ? std::to_string(town.random.Make<1>()[0]) + " " : " ";
  }
  text.resize(bytes);
  return text;
}

void Report(const char* what, double value, const char* unit) {
  std::printf("%-44s %10.1f %s\n", what, value, unit);
}

// Of this process, all threads.
double CpuMicroseconds() { return static_cast<double>(std::clock()) * 1e6 / CLOCKS_PER_SEC; }

void BenchCommits(Town& town, const Hand& worker, Phone& phone, const Id& family,
                  const std::string& file) {
  std::vector<Changeset> made;
  for (int n = 0; n < kCommits; ++n) {
    made.push_back(
        town.Write(worker, family,
                   {PlanVisit(town, worker, town.NewId(), n, "bench", Narrative(town, 1700))}));
  }
  TemporaryFolder folder;
  Schema bare{1, {"CREATE TABLE t(n INTEGER PRIMARY KEY, bytes BLOB)"}, {}, {}};
  std::unique_ptr<Database> database =
      *Database::Create(folder.path(), TestKey(), bare, [](Database&) { return absl::OkStatus(); });
  Clock::time_point start = Clock::now();
  double cpu = CpuMicroseconds();
  for (const Changeset& changeset : made) {
    Transaction transaction(*database);
    database->Prepare("INSERT INTO t(bytes) VALUES(?1)")
        .Bind(1, changeset.bytes)
        .Run()
        .IgnoreError();
    transaction.Commit().IgnoreError();
  }
  double inserts = kCommits * 1000 / MillisecondsSince(start);
  Report("bare durable inserts", inserts, "/s");
  Report("processor time of one", (CpuMicroseconds() - cpu) / kCommits, "us");

  Judgement applied;
  applied.verdict = v1::APPLIED;
  phone.store->overlay().Of(family, town.now_ms).IgnoreError();
  phone.store->database().CheckpointTruncate().IgnoreError();
  size_t commits_counted = 0;
  start = Clock::now();
  cpu = CpuMicroseconds();
  for (const Changeset& changeset : made) {
    absl::Status status = phone.store->Commit(changeset, applied, "draft", town.now_ms);
    REQUIRE(status.ok());
    if (++commits_counted == 100) {
      const auto bytes = static_cast<double>(std::filesystem::file_size(file + "-wal"));
      Report("pages written by one commit", bytes / 4120 / 100, "");
    }
  }
  double commits = kCommits * 1000 / MillisecondsSince(start);
  Report("commits, with indexes and the end of a draft", commits, "/s");
  Report("processor time of one", (CpuMicroseconds() - cpu) / kCommits, "us");
  Report("that is of bare inserts", 100 * commits / inserts, "%");
}

TEST_CASE("the store keeps up") {
  Town town;
  Hand worker = town.Hire(v1::ROLE_KEY_WORKER);
  TemporaryFolder folder;
  StoreIdentity identity{town.tenant, worker.device, town.root_pk};
  Id last_family;
  {
    Phone phone(town, worker, *Store::Create(folder.path(), TestKey(), identity, Catalog::Get()));
    phone.Pull(town.log);
    double pulling = 0;
    for (int f = 0; f < kFamilies; ++f) {
      Changeset first = town.BeginFamily(worker);
      ScopeLog log(town, first.scope);
      log.Push(first);
      Judgement applied;
      applied.verdict = v1::APPLIED;
      for (int n = 0; n < kVisitsEach; ++n) {
        log.Place(
            town.Write(worker, first.scope,
                       {PlanVisit(town, worker, town.NewId(), n, "bench", Narrative(town, 1700))}),
            applied);
      }
      Clock::time_point start = Clock::now();
      phone.Pull(log, 120);
      pulling += MillisecondsSince(start);
      last_family = first.scope;
    }
    Report("pulled visits", kFamilies * kVisitsEach * 1000 / pulling, "/s");
    BenchCommits(town, worker, phone, last_family, folder.file());
  }
  Report("file", static_cast<double>(std::filesystem::file_size(folder.file())) / 1e6, "MB");
  for (int n = 0; n < 3; ++n) {
    Clock::time_point start = Clock::now();
    std::unique_ptr<Store> store = *Store::Open(folder.path(), TestKey(), identity, Catalog::Get());
    Report("opened", MillisecondsSince(start), "ms");
    start = Clock::now();
    RecordQuery query;
    query.type = kVisit;
    query.order_by = kVisitPlannedAt;
    size_t found = store->query().Select(query)->size();
    Report("500 of all visits by date, cold", MillisecondsSince(start), "ms");
    start = Clock::now();
    found += store->query().Select(query)->size();
    Report("the same, warm", MillisecondsSince(start), "ms");
    start = Clock::now();
    found += store->search().Find("mother bedt", std::nullopt, 0)->size();
    Report("200 hits of a search, cold", MillisecondsSince(start), "ms");
    start = Clock::now();
    store->overlay().Of(last_family, town.now_ms).IgnoreError();
    Report("overlay of 1,000 unsent changesets", MillisecondsSince(start), "ms");
    CHECK(found > 0);
  }
}

}  // namespace
}  // namespace doorstep::client
