// The one thread that writes. Pushes that wait are judged and committed together (group commit), so
// that many devices share one sync of the disk; each is answered when its rows are durable. Steps
// of other kinds (Adopt, marks, invitations) run between two batches.
//
// When a commit fails in a way that leaves open what is on disk, the writer is *broken*: it writes
// nothing more and answers E_IO. The process then ends and starts anew from what the disk holds; a
// sync that failed once is never tried again and believed.
#ifndef DOORSTEP_SYNC_SERVER_SERVICE_WRITER_H_
#define DOORSTEP_SYNC_SERVER_SERVICE_WRITER_H_

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sync-server/ingest/ingest.h"
#include "sync-server/service/metrics.h"
#include "sync-server/store/limits.h"
#include "sync-server/store/store.h"

namespace doorstep::server {

class Writer {
 public:
  using PushDone = absl::AnyInvocable<void(absl::StatusOr<std::vector<v1::RowAnswer>>)>;
  // Runs once in any case. `ready` not OK (E_BUSY: nothing was queued; E_IO: the writer is broken):
  // it touches nothing and tells who waits. It returns how it ended, so that the writer knows when
  // the disk failed.
  using Step =
      absl::AnyInvocable<absl::Status(const absl::Status& ready, Ingest& ingest, Store& store)>;
  using Moved = std::function<void(std::span<const Id> scopes)>;

  // `moved` is told of scopes with new entries, `broken` once; both on the writer's thread. All
  // outlive the writer.
  Writer(Ingest& ingest, Store& store, Metrics& metrics, Moved moved, std::function<void()> broken);
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  // As Stop().
  ~Writer();

  // Any thread. At most kPushRowsMax items; `done` is called once, on the writer's thread or, when
  // nothing was queued (E_BUSY: kWriterQueueMax calls wait, or the writer has stopped), on this
  // one.
  void Push(std::vector<PushItem> items, PushDone done);
  // The same for any other step.
  void Do(Step step);
  // Waits for the step and returns what it did. Not on the writer's thread.
  absl::Status DoAndWait(Step step);

  // Works off what waits, then ends the thread.
  void Stop();
  size_t waiting() const;

 private:
  struct Item {
    std::vector<PushItem> rows;  // of a push
    PushDone done;
    Step step;  // or this
  };
  [[nodiscard]] bool Enqueue(Item& item);
  void Run();
  void RunPushes(std::vector<Item>& pushes);
  void RunStep(Item& item);
  void CountAnswers(std::span<const v1::RowAnswer> answers);
  // Keeps apart what a later try may mend from what leaves the disk unknown.
  void NoteFailure(const absl::Status& status);

  Ingest& ingest_;
  Store& store_;
  Metrics& metrics_;
  const Moved moved_;
  const std::function<void()> tell_broken_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Item> queue_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool broken_ = false;  // the writer's thread only
  std::thread thread_;
};

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_SERVICE_WRITER_H_
