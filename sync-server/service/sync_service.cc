#include "sync-server/service/sync_service.h"

#include <memory>
#include <utility>
#include <vector>

#include "crypto/reason.h"
#include "sync-server/feed/chunks.h"
#include "sync-server/ingest/chunks.h"
#include "sync-server/service/limits.h"

namespace doorstep::server {
namespace {

std::string Bytes(const google::protobuf::Message& message) { return message.SerializeAsString(); }

absl::StatusOr<InvitationHandle> HandleIn(const std::string& bytes) {
  InvitationHandle handle{};
  if (!CopyExactly(bytes, handle)) return MakeStatus(Reason::kFormat, "a handle has 8 bytes");
  return handle;
}

}  // namespace

SyncService::SyncService(Parts parts) : parts_(std::move(parts)) {}

absl::StatusOr<Caller> SyncService::Identify(std::string_view certificate_pem) {
  const absl::StatusOr<std::unique_ptr<ReadView>> view = parts_.feed.store.Read();
  if (!view.ok()) return view.status();
  const absl::StatusOr<SharedDirectory::Place> place = parts_.feed.directory.At(**view);
  if (!place.ok()) return place.status();
  return Authenticate(*place, certificate_pem);
}

absl::StatusOr<Pull> SyncService::BeginPull(const Caller& caller, std::string_view request) {
  v1::PullRequest message;
  if (absl::Status status = ParseMessage(request, message, kPullScanLimits); !status.ok()) {
    return status;
  }
  return Pull::Begin(parts_.feed, caller.device, message);
}

absl::StatusOr<std::optional<v1::PullFrame>> SyncService::NextFrame(Pull& pull) {
  absl::StatusOr<std::optional<v1::PullFrame>> frame = pull.Next(parts_.now_ms());
  if (!frame.ok()) return frame;
  if (*frame) {
    parts_.metrics.Add(Counter::kFramesSent);
  } else if (pull.heard()) {
    // A lost note only means that the administrator is heard again at the next contact.
    parts_.writer.Do(
        [administrator = *pull.heard()](const absl::Status& ready, Ingest& ingest, Store&) {
          return ready.ok() ? ingest.HearAdministrator(administrator) : ready;
        });
  }
  return frame;
}

bool SyncService::TakeTurn(const Id& device) {
  const std::lock_guard hold(mutex_);
  return pushing_.insert(device).second;
}

void SyncService::GiveTurn(const Id& device) {
  const std::lock_guard hold(mutex_);
  pushing_.erase(device);
}

void SyncService::Push(const Caller& caller, std::string_view request, Done done) {
  v1::PushRequest message;
  if (absl::Status status = ParseMessage(request, message); !status.ok()) return done(status);
  if (absl::Status status = CheckPush(message); !status.ok()) return done(status);
  if (!TakeTurn(caller.device)) {
    return done(MakeStatus(Reason::kBusy, "a batch of this device is under way"));
  }
  std::vector<PushItem> items;
  for (v1::PushRow& row : *message.mutable_rows()) {
    items.push_back({std::move(row), caller.device, parts_.now_ms()});
  }
  parts_.writer.Push(std::move(items),
                     [this, device = caller.device, done = std::move(done)](
                         absl::StatusOr<std::vector<v1::RowAnswer>> answers) mutable {
                       GiveTurn(device);
                       if (!answers.ok()) return done(answers.status());
                       v1::PushResponse response;
                       for (v1::RowAnswer& answer : *answers)
                         *response.add_answers() = std::move(answer);
                       response.set_server_ms(parts_.now_ms());
                       done(Bytes(response));
                     });
}

void SyncService::Adopt(const Caller& caller, std::string_view request, Done done) {
  v1::AdoptRequest message;
  const ScanLimits limits = {.elements = kAdoptElementsMax};
  if (absl::Status status = ParseMessage(request, message, limits); !status.ok()) {
    return done(status);
  }
  if (!TakeTurn(caller.device)) {
    return done(MakeStatus(Reason::kBusy, "a batch of this device is under way"));
  }
  parts_.writer.Do(
      [this, device = caller.device, message = std::move(message), done = std::move(done)](
          const absl::Status& ready, Ingest& ingest, Store&) mutable {
        const absl::StatusOr<AdoptOutcome> outcome =
            ready.ok() ? ingest.Adopt(message, parts_.feed.signer.log_key())
                       : absl::StatusOr<AdoptOutcome>(ready);
        GiveTurn(device);
        if (!outcome.ok()) {
          done(outcome.status());
          return outcome.status();
        }
        parts_.metrics.Add(Counter::kEntriesAdopted, outcome->appended);
        switch (outcome->alarm) {
          case AdoptAlarm::kNone:
            break;
          case AdoptAlarm::kAdopted:
            parts_.metrics.Add(Counter::kAlarmAdopted);
            break;
          case AdoptAlarm::kForeignHead:
            parts_.metrics.Add(Counter::kAlarmForeignHead);
            break;
          case AdoptAlarm::kForged:
            parts_.metrics.Add(Counter::kAlarmForged);
            break;
        }
        const std::optional<Id> scope = Id::FromBytes(message.scope());
        if (scope && outcome->appended > 0) parts_.hub.Notify(std::span(&*scope, 1));
        done(Bytes(outcome->response));
        return absl::OkStatus();
      });
}

void SyncService::PutChunk(const Caller& caller, std::string_view request, Done done) {
  v1::PutChunkRequest message;
  if (absl::Status status = ParseMessage(request, message); !status.ok()) return done(status);
  // Before it costs the writer anything.
  if (absl::Status status = CheckPutChunk(message); !status.ok()) return done(status);
  if (!message.chunk().empty() && parts_.room_for_files && !parts_.room_for_files()) {
    return done(MakeStatus(Reason::kDisk, "no room for files"));
  }
  if (!TakeTurn(caller.device)) {
    return done(MakeStatus(Reason::kBusy, "a batch of this device is under way"));
  }
  parts_.writer.Do(
      [this, device = caller.device, message = std::move(message), done = std::move(done)](
          const absl::Status& ready, Ingest& ingest, Store&) mutable {
        const absl::StatusOr<v1::PutChunkResponse> response =
            ready.ok() ? ingest.PutChunk(message, device, parts_.now_ms())
                       : absl::StatusOr<v1::PutChunkResponse>(ready);
        GiveTurn(device);
        if (response.ok()) {
          done(Bytes(*response));
        } else {
          done(response.status());
        }
        return response.status();
      });
}

void SyncService::GetChunk(const Caller& caller, std::string_view request, Done done) {
  v1::GetChunkRequest message;
  if (absl::Status status = ParseMessage(request, message); !status.ok()) return done(status);
  const absl::StatusOr<v1::GetChunkResponse> response =
      server::GetChunk(parts_.feed, caller.device, message, parts_.now_ms());
  if (!response.ok()) return done(response.status());
  done(Bytes(*response));
}

absl::StatusOr<std::set<Id>> SyncService::ReadWatch(std::string_view request) {
  v1::WatchRequest message;
  if (absl::Status status = ParseMessage(request, message, kPullScanLimits); !status.ok()) {
    return status;
  }
  if (message.scopes_size() > kScopesMax) {
    return MakeStatus(Reason::kLimit, "more than 4,096 scopes");
  }
  std::set<Id> scopes;
  for (const std::string& bytes : message.scopes()) {
    const std::optional<Id> scope = Id::FromBytes(bytes);
    if (!scope) return MakeStatus(Reason::kFormat, "a scope has 16 bytes");
    scopes.insert(*scope);
  }
  return scopes;
}

absl::StatusOr<v1::WatchFrame> SyncService::HintFor(const Caller& caller,
                                                    const std::vector<Id>& moved) {
  const absl::StatusOr<std::unique_ptr<ReadView>> view = parts_.feed.store.Read();
  if (!view.ok()) return view.status();
  const absl::StatusOr<SharedDirectory::Place> place = parts_.feed.directory.At(**view);
  if (!place.ok()) return place.status();
  v1::WatchFrame frame;
  for (const Id& scope : moved) {
    bool may = scope == (*view)->tenant();
    if (!may) {
      const absl::StatusOr<bool> reads = MayRead(**view, place->directory, place->at, caller.device,
                                                 scope, parts_.now_ms(), Ask::kWhenAsked);
      if (!reads.ok()) return reads.status();
      may = *reads;
    }
    if (may) frame.add_scopes(scope.str());
  }
  parts_.metrics.Add(Counter::kWatchHints, static_cast<uint64_t>(frame.scopes_size()));
  return frame;
}

absl::Status SyncService::Administrator(const Caller& caller) {
  const absl::StatusOr<std::unique_ptr<ReadView>> view = parts_.feed.store.Read();
  if (!view.ok()) return view.status();
  const absl::StatusOr<SharedDirectory::Place> place = parts_.feed.directory.At(**view);
  if (!place.ok()) return place.status();
  return CheckAdministrator(*place, caller);
}

void SyncService::OpenInvitation(const Caller& caller, std::string_view request, Done done) {
  if (absl::Status status = Administrator(caller); !status.ok()) return done(status);
  v1::InvitationOpen message;
  if (absl::Status status = ParseMessage(request, message); !status.ok()) return done(status);
  const absl::StatusOr<InvitationHandle> handle = HandleIn(message.handle());
  if (!handle.ok()) return done(handle.status());
  const absl::Status changed =
      parts_.writer.DoAndWait([&](const absl::Status& ready, Ingest&, Store& store) {
        if (!ready.ok()) return ready;
        return parts_.invitations.Change(store, [&](Invitations& invitations) {
          return invitations.Open(*handle, message.expires_ms(), parts_.now_ms());
        });
      });
  if (!changed.ok()) return done(changed);
  done(Bytes(v1::InvitationOpened{}));
}

void SyncService::WaitingFor(const Caller& caller, std::string_view request, Done done) {
  if (absl::Status status = Administrator(caller); !status.ok()) return done(status);
  v1::InvitationWaiting message;
  if (absl::Status status = ParseMessage(request, message); !status.ok()) return done(status);
  const absl::StatusOr<InvitationHandle> handle = HandleIn(message.handle());
  if (!handle.ok()) return done(handle.status());
  const absl::StatusOr<v1::InvitationRequests> waiting =
      parts_.invitations.Copy().Waiting(*handle, parts_.now_ms());
  if (!waiting.ok()) return done(waiting.status());
  done(Bytes(*waiting));
}

void SyncService::AnswerInvitation(const Caller& caller, std::string_view request, Done done) {
  if (absl::Status status = Administrator(caller); !status.ok()) return done(status);
  v1::InvitationAnswer message;
  if (absl::Status status = ParseMessage(request, message); !status.ok()) return done(status);
  const absl::StatusOr<InvitationHandle> handle = HandleIn(message.handle());
  if (!handle.ok()) return done(handle.status());
  const absl::Status changed =
      parts_.writer.DoAndWait([&](const absl::Status& ready, Ingest&, Store& store) {
        if (!ready.ok()) return ready;
        return parts_.invitations.Change(store, [&](Invitations& invitations) {
          return invitations.Answer(*handle, message, parts_.now_ms());
        });
      });
  if (!changed.ok()) return done(changed);
  done(Bytes(v1::InvitationAnswered{}));
}

}  // namespace doorstep::server
