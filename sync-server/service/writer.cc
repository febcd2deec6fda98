#include "sync-server/service/writer.h"

#include <cassert>
#include <future>
#include <iterator>
#include <utility>

#include "crypto/reason.h"

namespace doorstep::server {
namespace {

absl::Status Busy() { return MakeStatus(Reason::kBusy, "too many writes wait"); }
absl::Status Broken() {
  return MakeStatus(Reason::kIo, "the store failed; the server starts anew");
}

}  // namespace

Writer::Writer(Ingest& ingest, Store& store, Metrics& metrics, Moved moved,
               std::function<void()> broken)
    : ingest_(ingest),
      store_(store),
      metrics_(metrics),
      moved_(std::move(moved)),
      tell_broken_(std::move(broken)),
      thread_([this] { Run(); }) {}

Writer::~Writer() { Stop(); }

bool Writer::Enqueue(Item& item) {
  {
    const std::lock_guard hold(mutex_);
    if (stopping_ || queue_.size() >= kWriterQueueMax) return false;
    queue_.push_back(std::move(item));
  }
  wake_.notify_one();
  return true;
}

void Writer::Push(std::vector<PushItem> items, PushDone done) {
  assert(items.size() <= kBatchRowsMax);
  Item item{std::move(items), std::move(done), nullptr};
  if (!Enqueue(item)) item.done(Busy());
}

void Writer::Do(Step step) {
  Item item{{}, nullptr, std::move(step)};
  if (!Enqueue(item)) (void)item.step(Busy(), ingest_, store_);
}

absl::Status Writer::DoAndWait(Step step) {
  assert(std::this_thread::get_id() != thread_.get_id());
  std::promise<absl::Status> promise;
  std::future<absl::Status> result = promise.get_future();
  Do([&promise, &step](const absl::Status& ready, Ingest& ingest, Store& store) {
    const absl::Status status = step(ready, ingest, store);
    promise.set_value(status);
    return status;
  });
  return result.get();
}

void Writer::Stop() {
  {
    const std::lock_guard hold(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

size_t Writer::waiting() const {
  const std::lock_guard hold(mutex_);
  return queue_.size();
}

void Writer::Run() {
  for (;;) {
    std::vector<Item> taken;
    {
      std::unique_lock hold(mutex_);
      wake_.wait(hold, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      size_t rows = 0;
      // Whatever came while the last batch was committed goes together, up to the next step.
      while (!queue_.empty() &&
             (taken.empty() || (!queue_.front().step && !taken.front().step &&
                                rows + queue_.front().rows.size() <= kBatchRowsMax))) {
        rows += queue_.front().rows.size();
        taken.push_back(std::move(queue_.front()));
        queue_.pop_front();
      }
    }
    if (taken.front().step) {
      RunStep(taken.front());
    } else {
      RunPushes(taken);
    }
  }
}

void Writer::RunPushes(std::vector<Item>& pushes) {
  if (broken_) {
    for (Item& push : pushes) push.done(Broken());
    return;
  }
  std::vector<PushItem> items;
  for (const Item& push : pushes) items.insert(items.end(), push.rows.begin(), push.rows.end());
  absl::StatusOr<BatchResult> result = ingest_.ApplyBatch(items);
  if (!result.ok()) {
    NoteFailure(result.status());
    for (Item& push : pushes) push.done(result.status());
    return;
  }
  assert(result->answers.size() == items.size());
  metrics_.Add(Counter::kBatches);
  CountAnswers(result->answers);
  auto at = std::make_move_iterator(result->answers.begin());
  for (Item& push : pushes) {
    const auto end = at + static_cast<ptrdiff_t>(push.rows.size());
    push.done(std::vector<v1::RowAnswer>(at, end));
    at = end;
  }
  if (!result->moved.empty()) moved_(result->moved);
}

void Writer::RunStep(Item& item) {
  const absl::Status status = item.step(broken_ ? Broken() : absl::OkStatus(), ingest_, store_);
  if (!status.ok()) NoteFailure(status);
}

void Writer::CountAnswers(std::span<const v1::RowAnswer> answers) {
  for (const v1::RowAnswer& answer : answers) {
    switch (answer.answer_case()) {
      case v1::RowAnswer::kAccepted:
        metrics_.Add(answer.accepted().verdict() == v1::APPLIED ? Counter::kRowsApplied
                                                                : Counter::kRowsHeld);
        break;
      case v1::RowAnswer::kBad:
        metrics_.Add(Counter::kRowsBad);
        break;
      case v1::RowAnswer::kRetry:
        metrics_.Add(Counter::kRowsRetry);
        break;
      case v1::RowAnswer::kClosed:
      case v1::RowAnswer::ANSWER_NOT_SET:
        break;
    }
  }
}

void Writer::NoteFailure(const absl::Status& status) {
  const Reason reason = ReasonOf(status);
  if (broken_ || (reason != Reason::kIo && reason != Reason::kIntegrity)) return;
  broken_ = true;
  tell_broken_();
}

}  // namespace doorstep::server
