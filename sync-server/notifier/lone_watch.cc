#include "sync-server/notifier/lone_watch.h"

#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "model/safeguarding.h"

namespace doorstep::server {
namespace {

absl::Status Update(Store& store, absl::FunctionRef<absl::Status(Transaction&)> change) {
  const absl::StatusOr<std::unique_ptr<Transaction>> transaction = store.Begin();
  if (!transaction.ok()) return transaction.status();
  absl::Status changed = change(**transaction);
  return changed.ok() ? (*transaction)->Commit() : changed;
}

}  // namespace

absl::StatusOr<Notice> LoneWatch::NoticeOf(const LoneRow& row, Notice::Kind kind) {
  const absl::StatusOr<std::unique_ptr<ReadView>> view = parts_.store.Read();
  if (!view.ok()) return view.status();
  const Id tenant = (*view)->tenant();
  ScopeState directory(tenant, view->get()), family(row.scope, view->get());
  Notice notice;
  notice.kind = kind;
  notice.id = NoticeIdOf(tenant, row.scope, row.visit);
  notice.worker = row.worker;
  const std::set<Id> tell = WhomToTell(directory, family, row.worker, parts_.now_ms());
  notice.tell.assign(tell.begin(), tell.end());
  if (kind == Notice::Kind::kCheckOutMissing) notice.due_ms = row.due_ms;
  if (!directory.status().ok()) return directory.status();
  if (!family.status().ok()) return family.status();
  return notice;
}

absl::Status LoneWatch::TellDue(const LoneRow& row) {
  const absl::StatusOr<Notice> notice = NoticeOf(row, Notice::Kind::kCheckOutMissing);
  if (!notice.ok()) return notice.status();
  absl::Status told = parts_.notifier.Tell(*notice);
  if (!told.ok()) return told;
  return parts_.write([&](Store& store) {
    return Update(store, [&](Transaction& transaction) -> absl::Status {
      const absl::StatusOr<std::optional<LoneRow>> now = transaction.FindLone(row.scope, row.visit);
      if (!now.ok()) return now.status();
      // Checked out while it was being told: they hear that next.
      LoneRow noted = *now ? **now : row;
      if (!*now) noted.due_ms = 0;
      noted.told_ms = parts_.now_ms();
      return transaction.PutLone(noted);
    });
  });
}

absl::Status LoneWatch::TellEnded(const LoneRow& row) {
  const absl::StatusOr<Notice> notice = NoticeOf(row, Notice::Kind::kCheckedOut);
  if (!notice.ok()) return notice.status();
  absl::Status told = parts_.notifier.Tell(*notice);
  if (!told.ok()) return told;
  return parts_.write([&](Store& store) {
    return Update(store, [&](Transaction& transaction) {
      return transaction.DropLone(row.scope, row.visit);
    });
  });
}

absl::Status LoneWatch::Look() {
  std::vector<LoneRow> due, ended;
  {
    const absl::StatusOr<std::unique_ptr<ReadView>> view = parts_.store.Read();
    if (!view.ok()) return view.status();
    absl::Status read =
        (*view)->ForEachLoneDue(parts_.now_ms(), [&](const LoneRow& row) { due.push_back(row); });
    if (read.ok()) {
      read = (*view)->ForEachLoneEnded([&](const LoneRow& row) { ended.push_back(row); });
    }
    if (!read.ok()) return read;
  }
  absl::Status first;
  for (const LoneRow& row : due) first.Update(TellDue(row));
  for (const LoneRow& row : ended) first.Update(TellEnded(row));
  return first;
}

LoneTimer::LoneTimer(LoneWatch& watch, int64_t every_ms,
                     std::function<void(const absl::Status&)> failed)
    : watch_(watch), failed_(std::move(failed)), thread_([this, every_ms] { Run(every_ms); }) {}

LoneTimer::~LoneTimer() {
  {
    const std::lock_guard hold(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void LoneTimer::Run(int64_t every_ms) {
  std::unique_lock hold(mutex_);
  while (!stopping_) {
    hold.unlock();
    if (absl::Status looked = watch_.Look(); !looked.ok()) failed_(looked);
    hold.lock();
    wake_.wait_for(hold, std::chrono::milliseconds(every_ms), [this] { return stopping_; });
  }
}

}  // namespace doorstep::server
