#include "sync-server/service/sync_door.h"

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>
#include <grpcpp/support/status.h>

#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crypto/reason.h"
#include "doorstep/v1/enrol.grpc.pb.h"
#include "doorstep/v1/sync.grpc.pb.h"

namespace doorstep::server {
namespace {

using Stream = grpc::ServerWriteReactor<grpc::ByteBuffer>;

absl::Status Busy() { return MakeStatus(Reason::kBusy, "too many calls wait"); }
absl::Status Left() { return MakeStatus(Reason::kCancelled, "the caller left"); }

// A Pull on the wire. At any moment exactly one thing is under way, a step on the pool or a write
// of one frame, so that a slow reader costs one frame of memory, and only that thing ends the call.
class PullCall final : public Stream {
 public:
  PullCall(const SyncDoorParts& parts, grpc::CallbackServerContext* context,
           const grpc::ByteBuffer* request)
      : parts_(parts),
        context_(context),
        request_(BytesOf(*request)),
        number_(parts.calls.table.Add(parts.limits.idle_stream_ms,
                                      [context] { context->TryCancel(); })) {}

  void Begin() { Submit(); }

  void OnWriteDone(bool ok) override {
    parts_.calls.table.Renew(number_, parts_.limits.idle_stream_ms);
    if (ok) {
      Submit();
    } else {
      End(Left());
    }
  }
  void OnDone() override { delete this; }

 private:
  void Submit() {
    if (!parts_.calls.pool.Submit([this] { Step(); })) End(Busy());
  }

  void Step() {
    if (context_->IsCancelled()) return End(Left());
    if (!pull_) {
      if (absl::Status status = Open(); !status.ok()) return End(status);
    }
    const absl::StatusOr<std::optional<v1::PullFrame>> frame = parts_.service.NextFrame(*pull_);
    if (!frame.ok() || !*frame) return End(frame.status());
    buffer_ = BufferOf((*frame)->SerializeAsString());
    StartWrite(&buffer_);
  }

  absl::Status Open() {
    const absl::StatusOr<Caller> caller = parts_.service.Identify(PeerCertificateOf(*context_));
    if (!caller.ok()) return caller.status();
    absl::StatusOr<Pull> pull = parts_.service.BeginPull(*caller, request_);
    if (!pull.ok()) return pull.status();
    pull_.emplace(*std::move(pull));
    return absl::OkStatus();
  }

  void End(const absl::Status& status) {
    parts_.calls.table.Remove(number_);
    parts_.calls.metrics.Called("Pull", ReasonOf(status));
    Finish(StatusFor(*context_, status));  // the last thing: OnDone may run at once
  }

  const SyncDoorParts parts_;
  grpc::CallbackServerContext* const context_;
  const std::string request_;
  const uint64_t number_;
  std::optional<Pull> pull_;
  grpc::ByteBuffer buffer_;
};

// A Watch on the wire. Idle until the hub says that something moved; then one step on the pool and
// one write, as in a Pull; what moves meanwhile is told with the next frame. `busy_` says that a
// step or a write is under way, and then only that ends the call.
class WatchCall final : public Stream {
 public:
  WatchCall(const SyncDoorParts& parts, grpc::CallbackServerContext* context,
            const grpc::ByteBuffer* request)
      : parts_(parts), context_(context), request_(BytesOf(*request)) {}

  void Begin() {
    if (!parts_.calls.pool.Submit([this] { Open(); })) End(Busy());
  }

  void OnWriteDone(bool ok) override {
    if (ok) {
      Settle();
    } else {
      End(Left());
    }
  }

  void OnCancel() override {
    {
      const std::lock_guard hold(mutex_);
      if (closing_) return;
      closing_ = true;
      if (busy_) return;
      busy_ = true;
    }
    End(Left());
  }

  // After this no waker of the hub's reaches the call.
  void OnDone() override {
    if (watcher_) parts_.hub.Remove(*watcher_);
    delete this;
  }

 private:
  void Open() {
    const absl::StatusOr<Caller> caller = parts_.service.Identify(PeerCertificateOf(*context_));
    if (!caller.ok()) return End(caller.status());
    caller_ = *caller;
    absl::StatusOr<std::set<Id>> scopes = parts_.service.ReadWatch(request_);
    if (!scopes.ok()) return End(scopes.status());
    // The hub is locked when it wakes; TryCancel ends in OnCancel on a thread of gRPC's.
    const absl::StatusOr<uint64_t> watcher = parts_.hub.Add(
        *std::move(scopes), {[this] { Moved(); }, [this] { context_->TryCancel(); }});
    if (!watcher.ok()) return End(watcher.status());
    watcher_ = *watcher;
    Settle();
  }

  void Tell() {
    const absl::StatusOr<v1::WatchFrame> frame =
        parts_.service.HintFor(caller_, parts_.hub.Take(*watcher_));
    if (!frame.ok()) return End(frame.status());
    if (frame->scopes().empty()) return Settle();
    buffer_ = BufferOf(frame->SerializeAsString());
    StartWrite(&buffer_);
  }

  void Moved() {
    {
      const std::lock_guard hold(mutex_);
      moved_ = true;
      if (busy_) return;
      busy_ = true;
      moved_ = false;
    }
    Submit();
  }

  // What was under way has ended: go on, wait, or end the call.
  void Settle() {
    {
      const std::lock_guard hold(mutex_);
      busy_ = closing_ || moved_;
      if (!busy_) return;
      moved_ = false;
      if (!closing_) {
        if (parts_.calls.pool.Submit([this] { Tell(); })) return;
        busy_ = false;  // lossy: told together with what moves next
        return;
      }
    }
    End(Left());
  }

  void Submit() {
    if (!parts_.calls.pool.Submit([this] { Tell(); })) Settle();
  }

  // By whoever is under way, once.
  void End(const absl::Status& status) {
    {
      const std::lock_guard hold(mutex_);
      closing_ = true;
    }
    parts_.calls.metrics.Called("Watch", ReasonOf(status));
    Finish(StatusFor(*context_, status));
  }

  const SyncDoorParts parts_;
  grpc::CallbackServerContext* const context_;
  const std::string request_;
  Caller caller_;
  std::optional<uint64_t> watcher_;
  grpc::ByteBuffer buffer_;
  std::mutex mutex_;
  bool busy_ = true;      // guarded by mutex_
  bool moved_ = false;    // guarded by mutex_: since the last step began
  bool closing_ = false;  // guarded by mutex_
};

using Method = void (SyncService::*)(const Caller&, std::string_view, SyncService::Done);

grpc::ServerUnaryReactor* Serve(const SyncDoorParts& parts, std::string_view name, int64_t limit_ms,
                                Method method, grpc::CallbackServerContext* context,
                                const grpc::ByteBuffer* request, grpc::ByteBuffer* response) {
  return ServeUnary(
      parts.calls, name, limit_ms, context, request, response,
      [&service = parts.service, method, context](std::string bytes, UnaryDone done) mutable {
        const absl::StatusOr<Caller> caller = service.Identify(PeerCertificateOf(*context));
        if (!caller.ok()) return done(caller.status());
        (service.*method)(*caller, bytes, std::move(done));
      });
}

using RawSync = v1::Sync::WithRawCallbackMethod_Pull<
    v1::Sync::WithRawCallbackMethod_Push<v1::Sync::WithRawCallbackMethod_Adopt<
        v1::Sync::WithRawCallbackMethod_Watch<v1::Sync::WithRawCallbackMethod_PutChunk<
            v1::Sync::WithRawCallbackMethod_GetChunk<v1::Sync::Service>>>>>>;

class SyncDoor final : public RawSync {
 public:
  explicit SyncDoor(const SyncDoorParts& parts) : parts_(parts) {}

  Stream* Pull(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) override {
    auto* call = new PullCall(parts_, context, request);
    call->Begin();
    return call;
  }
  grpc::ServerUnaryReactor* Push(grpc::CallbackServerContext* context,
                                 const grpc::ByteBuffer* request,
                                 grpc::ByteBuffer* response) override {
    return Serve(parts_, "Push", parts_.limits.push_ms, &SyncService::Push, context, request,
                 response);
  }
  grpc::ServerUnaryReactor* Adopt(grpc::CallbackServerContext* context,
                                  const grpc::ByteBuffer* request,
                                  grpc::ByteBuffer* response) override {
    return Serve(parts_, "Adopt", parts_.limits.push_ms, &SyncService::Adopt, context, request,
                 response);
  }
  grpc::ServerUnaryReactor* PutChunk(grpc::CallbackServerContext* context,
                                     const grpc::ByteBuffer* request,
                                     grpc::ByteBuffer* response) override {
    return Serve(parts_, "PutChunk", parts_.limits.push_ms, &SyncService::PutChunk, context,
                 request, response);
  }
  grpc::ServerUnaryReactor* GetChunk(grpc::CallbackServerContext* context,
                                     const grpc::ByteBuffer* request,
                                     grpc::ByteBuffer* response) override {
    return Serve(parts_, "GetChunk", parts_.limits.push_ms, &SyncService::GetChunk, context,
                 request, response);
  }
  Stream* Watch(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) override {
    auto* call = new WatchCall(parts_, context, request);
    call->Begin();
    return call;
  }

 private:
  const SyncDoorParts parts_;
};

using RawInvitations =
    v1::Invitations::WithRawCallbackMethod_Open<v1::Invitations::WithRawCallbackMethod_Waiting<
        v1::Invitations::WithRawCallbackMethod_Answer<v1::Invitations::Service>>>;

class InvitationsDoor final : public RawInvitations {
 public:
  explicit InvitationsDoor(const SyncDoorParts& parts) : parts_(parts) {}

  grpc::ServerUnaryReactor* Open(grpc::CallbackServerContext* context,
                                 const grpc::ByteBuffer* request,
                                 grpc::ByteBuffer* response) override {
    return Serve(parts_, "Open", parts_.limits.call_ms, &SyncService::OpenInvitation, context,
                 request, response);
  }
  grpc::ServerUnaryReactor* Waiting(grpc::CallbackServerContext* context,
                                    const grpc::ByteBuffer* request,
                                    grpc::ByteBuffer* response) override {
    return Serve(parts_, "Waiting", parts_.limits.call_ms, &SyncService::WaitingFor, context,
                 request, response);
  }
  grpc::ServerUnaryReactor* Answer(grpc::CallbackServerContext* context,
                                   const grpc::ByteBuffer* request,
                                   grpc::ByteBuffer* response) override {
    return Serve(parts_, "Answer", parts_.limits.call_ms, &SyncService::AnswerInvitation, context,
                 request, response);
  }

 private:
  const SyncDoorParts parts_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeSyncDoor(const SyncDoorParts& parts) {
  return std::make_unique<SyncDoor>(parts);
}

std::unique_ptr<grpc::Service> MakeInvitationsDoor(const SyncDoorParts& parts) {
  return std::make_unique<InvitationsDoor>(parts);
}

}  // namespace doorstep::server
