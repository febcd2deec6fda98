#include <cassert>
#include <memory>

#include "client-core/store/database.h"
#include "tests/bench/measures.h"
#include "tests/bench/progress.h"
#include "tests/bench/stopwatch.h"
#include "tests/bench/sync_count.h"

namespace doorstep::bench {
namespace {

constexpr size_t kBlock = 100;  // saves between two blocks of bare inserts: both meet the same disk

// The least that can be durable and encrypted: one row, one transaction.
class BareTable {
 public:
  explicit BareTable(const std::string& folder) {
    SystemRandom random;
    const client::Schema schema{
        1, {"CREATE TABLE save(number INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT"}, {}, {}};
    absl::StatusOr<std::unique_ptr<client::Database>> database =
        client::Database::Create(folder, random.MakeSecret(client::Database::kKeyBytes), schema,
                                 [](client::Database&) { return absl::OkStatus(); });
    assert(database.ok());
    database_ = *std::move(database);
  }

  void Insert(const std::string& bytes) {
    client::Transaction transaction(*database_);
    absl::Status done =
        database_->Prepare("INSERT INTO save(bytes) VALUES(?1)").Bind(1, bytes).Run();
    if (done.ok()) done = transaction.Commit();
    assert(done.ok());
  }

 private:
  std::unique_ptr<client::Database> database_;
};

class Saving {
 public:
  Saving(Scene& scene, size_t total)
      : scene_(scene), bare_(scene.council.folder.Make("bare")), progress_("save", total) {}

  void Save(const Caseload::Visit& visit) {
    const uint64_t syncs = SyncCount();
    Stopwatch watch;
    const v1::Committed committed = bench::Save(scene_.council.worker, visit.edits, visit.saved_ms);
    save_ms_.push_back(watch.WallMs());
    cpu_ms_ += watch.ThreadMs();
    syncs_ += SyncCount() - syncs;
    block_.emplace_back(*Id::FromBytes(committed.scope()), *Id::FromBytes(committed.uid()));
    progress_.Step();
    if (block_.size() == kBlock) EndBlock();
  }

  // The same bytes, as bare inserts.
  void EndBlock() {
    const client::Outbox& outbox = scene_.council.worker.client().store().outbox();
    std::vector<std::string> same;
    for (const auto& [scope, uid] : block_) {
      same.push_back(outbox.Signed(**outbox.Find(scope, uid))->SerializeAsString());
      bytes_ += same.back().size();
    }
    for (const std::string& bytes : same) {
      Stopwatch watch;
      bare_.Insert(bytes);
      bare_ms_.push_back(watch.WallMs());
      bare_cpu_ms_ += watch.ThreadMs();
    }
    block_.clear();
  }

  void Report(Figures& figures) {
    const auto saves = static_cast<double>(save_ms_.size());
    double save = 0, bare = 0;
    for (double ms : save_ms_) save += ms;
    for (double ms : bare_ms_) bare += ms;
    figures.Add("save/saves", saves, "");
    figures.Add("save/bytes_each", static_cast<double>(bytes_) / saves, "B");
    figures.Add("save/rate", saves * 1e3 / save, "/s");
    figures.Add("save/bare_rate", saves * 1e3 / bare, "/s");
    figures.Add("save/share_of_bare", bare / save, "", AtLeast(0.5));
    figures.Add("save/p50", Percentile(save_ms_, 50), "ms");
    figures.Add("save/p99", Percentile(save_ms_, 99), "ms");
    figures.Add("save/bare_p50", Percentile(bare_ms_, 50), "ms");
    figures.Add("save/cpu", cpu_ms_ / saves, "ms");
    figures.Add("save/bare_cpu", bare_cpu_ms_ / saves, "ms");
    figures.Add("save/syncs_each", static_cast<double>(syncs_) / saves, "", AtMost(1.05));
  }

 private:
  Scene& scene_;
  BareTable bare_;
  Progress progress_;
  std::vector<std::pair<Id, Id>> block_;  // scope, uid
  std::vector<double> save_ms_, bare_ms_;
  double cpu_ms_ = 0, bare_cpu_ms_ = 0;
  uint64_t syncs_ = 0, bytes_ = 0;
};

}  // namespace

void MeasureSaves(Scene& scene, const Size& size, Figures& figures) {
  const auto visits = static_cast<size_t>(size.families) * static_cast<size_t>(size.visits());
  Saving saving(scene, visits);
  Draw draw(7);
  for (Household& household : scene.households) {
    for (int64_t plans = draw.Between(1, 3); plans > 0; --plans) {
      saving.Save({scene.caseload.MakePlan(household), 0});
    }
  }
  RecordVisits(scene, 0, size.visits(), [&](const Caseload::Visit& visit) { saving.Save(visit); });
  saving.EndBlock();
  const auto visits_made = static_cast<double>(scene.caseload.visits());
  figures.Add("save/visit_json",
              static_cast<double>(scene.caseload.visit_json_bytes()) / visits_made, "B");
  figures.Add("save/all_json", static_cast<double>(scene.caseload.json_bytes()) / 1e6, "MB");
  saving.Report(figures);
}

}  // namespace doorstep::bench
