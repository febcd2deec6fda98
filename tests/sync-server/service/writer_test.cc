#include "sync-server/service/writer.h"

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <future>
#include <map>
#include <utility>

#include "crypto/reason.h"
#include "tests/sync-server/house.h"

namespace doorstep::server {
namespace {

// A store whose commits fail when a test says so.
class FailingStore final : public Store {
 public:
  explicit FailingStore(Store& inner) : inner_(inner) {}
  const Id& tenant() const override { return inner_.tenant(); }
  absl::StatusOr<std::unique_ptr<ReadView>> Read() override { return inner_.Read(); }
  absl::StatusOr<std::unique_ptr<Transaction>> Begin() override {
    if (fail_with != Reason::kNone) return MakeStatus(fail_with, "planted");
    return inner_.Begin();
  }
  std::atomic<Reason> fail_with{Reason::kNone};

 private:
  Store& inner_;
};

struct Writing {
  House house;
  FailingStore store{*house.store};
  Ingest ingest{Catalog::Get(), house.folder.genesis_root(), store};
  Metrics metrics;
  std::vector<Id> moved;
  int broken = 0;
  Writer writer{ingest, store, metrics,
                [this](std::span<const Id> scopes) {
                  moved.insert(moved.end(), scopes.begin(), scopes.end());
                },
                [this] { ++broken; }};

  std::vector<PushItem> Items(const std::vector<Changeset>& changesets) {
    std::vector<PushItem> items;
    for (const Changeset& changeset : changesets) {
      PushItem item{{}, house.ada.device, house.now_ms()};
      *item.row.mutable_signed_() = changeset.Signed();
      items.push_back(std::move(item));
    }
    return items;
  }
  std::future<absl::StatusOr<std::vector<v1::RowAnswer>>> Push(
      const std::vector<Changeset>& changesets) {
    auto promise = std::make_unique<std::promise<absl::StatusOr<std::vector<v1::RowAnswer>>>>();
    auto future = promise->get_future();
    writer.Push(Items(changesets), [promise = std::move(promise)](
                                       absl::StatusOr<std::vector<v1::RowAnswer>> answers) mutable {
      promise->set_value(std::move(answers));
    });
    return future;
  }
};

TEST_CASE("pushes that wait are committed together, and each is answered with its own rows") {
  Writing w;
  // A step holds the writer until everything has been queued.
  std::promise<void> go;
  w.writer.Do([wait = go.get_future()](const absl::Status&, Ingest&, Store&) mutable {
    wait.get();
    return absl::OkStatus();
  });
  std::vector<std::future<absl::StatusOr<std::vector<v1::RowAnswer>>>> answers;
  std::vector<Changeset> teams;
  for (int n = 0; n < 5; ++n) {
    teams.push_back(w.house.Team("Team " + std::to_string(n)));
    answers.push_back(w.Push({teams.back(), w.house.Opened(w.house.sam)}));
  }
  go.set_value();
  for (size_t n = 0; n < answers.size(); ++n) {
    const auto rows = answers[n].get();
    REQUIRE(rows.ok());
    REQUIRE(rows->size() == 2);
    CHECK((*rows)[0].uid() == teams[n].uid.view());
    CHECK((*rows)[0].accepted().seq() == 2 + n);
    CHECK((*rows)[1].accepted().scope() == w.house.sam.device.view());
  }
  w.writer.Stop();
  CHECK(w.metrics.Of(Counter::kBatches) == 1);
  CHECK(w.metrics.Of(Counter::kRowsApplied) == 10);
  CHECK(w.moved.size() == 2);
}

TEST_CASE("what waits when the writer stops is written; afterwards it answers E_BUSY") {
  Writing w;
  std::promise<void> go;
  w.writer.Do([wait = go.get_future()](const absl::Status&, Ingest&, Store&) mutable {
    wait.get();
    return absl::OkStatus();
  });
  auto waiting = w.Push({w.house.Team("West")});
  go.set_value();
  w.writer.Stop();
  CHECK(waiting.get().ok());
  CHECK(ReasonOf(w.Push({w.house.Team("North")}).get().status()) == Reason::kBusy);
  CHECK(ReasonOf(w.writer.DoAndWait(
            [](const absl::Status& ready, Ingest&, Store&) { return ready; })) == Reason::kBusy);
  CHECK(w.house.Row(w.house.tenant()).seq == 2);
}

TEST_CASE("beyond its queue the writer takes nothing more") {
  Writing w;
  std::promise<void> go;
  std::promise<void> running;
  w.writer.Do([&running, wait = go.get_future()](const absl::Status&, Ingest&, Store&) mutable {
    running.set_value();
    wait.get();
    return absl::OkStatus();
  });
  running.get_future().get();
  std::atomic<size_t> ran{0};
  std::atomic<size_t> busy{0};
  for (size_t n = 0; n < kWriterQueueMax + 3; ++n) {
    w.writer.Do([&](const absl::Status& ready, Ingest&, Store&) {
      ++(ready.ok() ? ran : busy);
      return absl::OkStatus();
    });
  }
  CHECK(busy == 3);
  go.set_value();
  w.writer.Stop();
  CHECK(ran == kWriterQueueMax);
}

TEST_CASE("a store that failed is not written again, and the process is told once") {
  Writing w;
  w.store.fail_with = Reason::kIo;
  CHECK(ReasonOf(w.Push({w.house.Team("West")}).get().status()) == Reason::kIo);
  w.store.fail_with = Reason::kNone;
  CHECK(ReasonOf(w.Push({w.house.Team("North")}).get().status()) == Reason::kIo);
  CHECK(ReasonOf(w.writer.DoAndWait(
            [](const absl::Status& ready, Ingest&, Store&) { return ready; })) == Reason::kIo);
  w.writer.Stop();
  CHECK(w.broken == 1);
  CHECK(w.house.Row(w.house.tenant()).seq == 1);
}

TEST_CASE("a full disk refuses one batch and is tried again with the next") {
  Writing w;
  w.store.fail_with = Reason::kDisk;
  CHECK(ReasonOf(w.Push({w.house.Team("West")}).get().status()) == Reason::kDisk);
  w.store.fail_with = Reason::kNone;
  CHECK(w.Push({w.house.Team("North")}).get().ok());
  w.writer.Stop();
  CHECK(w.broken == 0);
}

}  // namespace
}  // namespace doorstep::server
