// push, back, pull, change, quiet.
#include <cassert>

#include "model/changeset.h"
#include "tests/bench/measures.h"
#include "tests/bench/progress.h"
#include "tests/bench/stopwatch.h"

namespace doorstep::bench {
namespace {

using Kind = RoundTrip::Kind;

constexpr double kMegabyte = 1e6;
constexpr double kBytesMax = 2.6 * kMegabyte;

struct Verifying {
  size_t signatures = 0;
  double wall_ms = 0;
  double cpu_ms = 0;
};

// What a device that trusts nobody cannot do without: every author's signature, on one core.
Verifying VerifyAlone(const client::Store& store, const std::vector<Changeset>& changesets) {
  const Directory& directory = store.directory();
  Verifying verifying;
  verifying.signatures = changesets.size();
  Stopwatch watch;
  for (const Changeset& changeset : changesets) {
    std::optional<PublicKey> key = directory.SigningKey(changeset.device, directory.seq());
    assert(key.has_value());
    const absl::Status verified = VerifyChangeset(directory.tenant(), changeset, *key);
    assert(verified.ok());
  }
  verifying.wall_ms = watch.WallMs();
  verifying.cpu_ms = watch.ThreadMs();
  return verifying;
}

std::vector<Changeset> OutboxOf(client::Store& store) {
  std::vector<client::OutboxRow> rows;
  absl::Status read = store.outbox().ForEach([&](const client::OutboxRow& row) {
    rows.push_back(row);
    return true;
  });
  assert(read.ok());
  std::vector<Changeset> changesets;
  for (const client::OutboxRow& row : rows) changesets.push_back(*store.outbox().Load(row));
  return changesets;
}

std::vector<Changeset> LogsOf(client::Store& store) {
  std::vector<Changeset> changesets;
  for (const client::ScopeRow& row : store.log().Scopes()) {
    absl::Status read = store.log().ForEach(row.scope, 1, row.seq, [&](Entry entry) {
      // The root is no device; its one signature does not matter here.
      if (!entry.changeset.actor.is_zero()) changesets.push_back(std::move(entry.changeset));
      return true;
    });
    assert(read.ok());
  }
  return changesets;
}

void AddVerifying(const std::string& name, const Verifying& verifying, Figures& figures) {
  figures.Add(name + "/signatures", static_cast<double>(verifying.signatures), "");
  figures.Add(name + "/verify_alone", verifying.wall_ms, "ms");
}

void AddTimes(const std::string& name, const RoundTrip& sum, Figures& figures) {
  figures.Add(name + "/time", sum.wall_ms, "ms");
  figures.Add(name + "/device_cpu", sum.device_ms, "ms");
  figures.Add(name + "/office_cpu", sum.office_ms, "ms");
}

// Both devices carry the same, down to the digests.
void CheckSame(client::Store& one, client::Store& other) {
  for (const client::ScopeRow& row : one.log().Scopes()) {
    if (row.scope == one.identity().device) continue;
    const client::ScopeRow* there = other.log().Find(row.scope);
    assert(there != nullptr);
    assert(there->hash == row.hash);
    assert(there->state_digest == row.state_digest);
  }
}

size_t Hits(Device& device, const std::string& words) {
  v1::SearchRequest request;
  request.set_words(words);
  absl::StatusOr<std::vector<v1::Answer>> answers = device.client().Search(request);
  assert(answers.ok());
  return answers->size();
}

ContactCost QuietContact(Device& device, Office& office) {
  ContactCost cost = RunContact(device, office);
  assert(cost.received == 0 && cost.pushed == 0);
  return cost;
}

void AddQuiet(const std::string& name, const ContactCost& cost, Figures& figures) {
  const RoundTrip pull = cost.Sum(Kind::kPull);
  figures.Add(name + "/round_trips", static_cast<double>(cost.round_trips.size()), "", AtMost(1));
  figures.Add(name + "/up", static_cast<double>(pull.up_bytes), "B");
  figures.Add(name + "/down", static_cast<double>(pull.down_bytes), "B");
  figures.Add(name + "/bytes", static_cast<double>(pull.up_bytes + pull.down_bytes), "B",
              AtMost(1000));
  figures.Add(name + "/time", cost.wall_ms, "ms");
}

}  // namespace

void MeasurePush(Scene& scene, Figures& figures) {
  const Progress progress("push");
  client::Store& store = scene.council.worker.client().store();
  const Verifying verifying = VerifyAlone(store, OutboxOf(store));
  const ContactCost cost = RunContact(scene.council.worker, *scene.council.office);
  assert(cost.pushed == verifying.signatures);
  assert(store.outbox().Count()->all == 0);

  const RoundTrip push = cost.Sum(Kind::kPush);
  AddVerifying("push", verifying, figures);
  AddTimes("push", push, figures);
  figures.Add("push/against_verifying", push.wall_ms / verifying.wall_ms, "x", AtMost(3));
  figures.Add("push/cpu_against_verifying", (push.device_ms + push.office_ms) / verifying.cpu_ms,
              "x");
  figures.Add("push/up", static_cast<double>(push.up_bytes) / kMegabyte, "MB",
              AtMost(kBytesMax / kMegabyte));
  figures.Add("push/down", static_cast<double>(push.down_bytes) / kMegabyte, "MB",
              AtMost(kBytesMax / kMegabyte));
  const RoundTrip& back = cost.round_trips.back();
  assert(back.kind == Kind::kPull);
  AddTimes("back", back, figures);
  figures.Add("back/down", static_cast<double>(back.down_bytes) / kMegabyte, "MB");
}

void MeasurePull(Scene& scene, Figures& figures) {
  const Progress progress("pull");
  Device& newcomer = scene.council.newcomer;
  // Stored and searchable: the first search is part of it.
  Stopwatch watch;
  const ContactCost cost = RunContact(newcomer, *scene.council.office);
  const size_t hits = Hits(newcomer, scene.caseload.prose().Word(3));
  const double searchable_ms = watch.WallMs();
  assert(hits > 0);
  client::Store& store = newcomer.client().store();
  CheckSame(scene.council.worker.client().store(), store);
  const Verifying verifying = VerifyAlone(store, LogsOf(store));

  const RoundTrip pull = cost.Sum(Kind::kPull);
  AddVerifying("pull", verifying, figures);
  AddTimes("pull", pull, figures);
  figures.Add("pull/against_verifying", searchable_ms / verifying.wall_ms, "x", AtMost(3));
  figures.Add("pull/cpu_against_verifying", pull.device_ms / verifying.cpu_ms, "x");
  figures.Add("pull/down", static_cast<double>(pull.down_bytes) / kMegabyte, "MB",
              AtMost(kBytesMax / kMegabyte));
  figures.Add("pull/up", static_cast<double>(pull.up_bytes) / kMegabyte, "MB",
              AtMost(kBytesMax / kMegabyte));
  figures.Add("pull/disk", static_cast<double>(newcomer.DiskBytes()) / kMegabyte, "MB");
}

void MeasureChange(Scene& scene, Figures& figures) {
  const Progress progress("change");
  constexpr int kChanges = 50;
  Device& worker = scene.council.worker;
  std::vector<double> times;
  uint64_t up = 0, down = 0;
  for (int i = 0; i < kChanges; ++i) {
    const Household& household = scene.households[static_cast<size_t>(i) % scene.households.size()];
    const Caseload::Visit call = scene.caseload.MakeCall(household, i);
    Stopwatch watch;
    Save(worker, call.edits, worker.clock().now_ms + 1);
    const ContactCost sent = RunContact(worker, *scene.council.office);
    const ContactCost taken = RunContact(scene.council.newcomer, *scene.council.office);
    times.push_back(watch.WallMs());
    assert(sent.pushed == 1 && taken.received >= 1);
    for (const RoundTrip& trip : sent.round_trips) {
      up += trip.up_bytes;
      down += trip.down_bytes;
    }
  }
  figures.Add("change/p50", Percentile(times, 50), "ms");
  figures.Add("change/p99", Percentile(times, 99), "ms");
  figures.Add("change/up", static_cast<double>(up) / kChanges, "B");
  figures.Add("change/down", static_cast<double>(down) / kChanges, "B");
}

void MeasureGrpc(const std::string& parent, const Size& size, Figures& figures) {
  const auto saves = static_cast<size_t>(size.families) * static_cast<size_t>(size.visits());
  Scene scene(parent, size, Council::Road::kGrpc);
  Device& worker = scene.council.worker;
  Progress progress("grpc", saves);
  RecordVisits(scene, 0, size.visits(), [&](const Caseload::Visit& visit) {
    Save(worker, visit.edits, 0);  // the clock stays: certificates are of the system's days
    progress.Step();
  });
  const ContactCost pushed = RunContact(worker, *scene.council.office);
  Device& newcomer = scene.council.newcomer;
  const absl::Status certified = newcomer.client().RenewCertificate();
  assert(certified.ok());
  const ContactCost pulled = RunContact(newcomer, *scene.council.office);
  client::Store& store = newcomer.client().store();
  CheckSame(worker.client().store(), store);
  const Verifying verifying = VerifyAlone(store, LogsOf(store));
  AddVerifying("grpc", verifying, figures);
  figures.Add("grpc/push_and_back", pushed.wall_ms, "ms");
  figures.Add("grpc/pull", pulled.wall_ms, "ms");
  figures.Add("grpc/pull_against_verifying", pulled.wall_ms / verifying.wall_ms, "x", AtMost(3));
}

void MeasureQuiet(const std::string& parent, Figures& figures) {
  const Progress progress("quiet");
  constexpr int kFamilies = 20, kVisits = 7, kVisitsLater = 70;
  Scene scene(parent, {kFamilies, 0});
  Device& worker = scene.council.worker;
  auto save = [&](const Caseload::Visit& visit) { Save(worker, visit.edits, visit.saved_ms); };
  RecordVisits(scene, 0, kVisits, save);
  RunContact(worker, *scene.council.office);
  AddQuiet("quiet", QuietContact(worker, *scene.council.office), figures);
  RecordVisits(scene, kVisits, kVisitsLater, save);
  RunContact(worker, *scene.council.office);
  AddQuiet("quiet_ten_times", QuietContact(worker, *scene.council.office), figures);
}

}  // namespace doorstep::bench
