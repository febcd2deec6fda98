// The office: one contact, moved by the caller or over the network, and the calls around it.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "client-core/client/commit.h"
#include "client-core/client/core.h"
#include "client-core/client/office_desk.h"
#include "client-core/client/purge.h"
#include "crypto/reason.h"
#include "model/authority_emergency.h"

namespace doorstep::client {

// ---- What a contact asks of this device ---------------------------------------------------------

absl::Status Client::Core::ShareWhatIsOwed(const Id& family, int64_t now_ms) {
  const Desk& desk = joined_->desk;
  absl::StatusOr<ShareLedger::ByRecipient> owed =
      joined_->shares.Owed(desk, joined_->readers, family, now_ms);
  if (!owed.ok()) return owed.status();
  for (const auto& [recipient, shares] : *owed) {
    for (size_t from = 0; from < shares.size(); from += kSharesInChangesetMax) {
      size_t to = std::min(shares.size(), from + kSharesInChangesetMax);
      std::vector<v1::RecordChange> some(shares.begin() + static_cast<ptrdiff_t>(from),
                                         shares.begin() + static_cast<ptrdiff_t>(to));
      absl::StatusOr<Prepared> prepared =
          PrepareChanges(desk, joined_->readers, family, some, now_ms);
      if (!prepared.ok()) return prepared.status();
      if (prepared->expected.verdict != v1::APPLIED) continue;  // nobody is helped by a held one
      absl::Status kept = Keep(desk, *prepared, "", now_ms);
      if (!kept.ok()) return kept;
      watchers_.Note(family);
    }
  }
  return absl::OkStatus();
}

absl::Status Client::Core::Purge(const Id& family, const std::vector<Changeset>& endings,
                                 const std::set<Id>& assignments, int64_t now_ms) {
  return PurgeFamily(joined_->desk, joined_->readers, family, endings, assignments, now_ms);
}

// ---- A contact that the caller moves ------------------------------------------------------------

absl::StatusOr<std::unique_ptr<Session>> Client::Core::BeginContact(int64_t now_ms) {
  absl::StatusOr<Joined*> joined = Use();
  if (!joined.ok()) return joined.status();
  if (session_ != nullptr) return MakeStatus(Reason::kState, "a contact is under way");
  if (Joined* kept = LooksAreKept()) {
    kept->looks.Flush(kept->desk, kept->readers, now_ms).IgnoreError();  // else at the next one
  }
  auto session = std::make_unique<Session>(
      Session::Parts{*(*joined)->store, host_.verifier, *this, host_.random, (*joined)->desk.user});
  session->Start(now_ms);
  session_ = session.get();
  return session;
}

void Client::Core::FinishContact(Session& session, int64_t) {
  if (session_ != &session) return;  // a lock has ended it
  session.Abandon(MakeStatus(Reason::kCancelled, "ended before it was done"));
  session_ = nullptr;
  NoteConfirmed().IgnoreError();  // the next contact finds it again
}

// The directory says whose this device is; and once it counts it is confirmed, for ever.
absl::Status Client::Core::NoteConfirmed() {
  const Directory& directory = joined_->desk.directory();
  std::optional<DeviceView> view = directory.FindDevice(identity_->device, directory.seq());
  if (!view) return absl::OkStatus();
  Identity before = *identity_;
  absl::StatusOr<std::optional<int64_t>> found =
      joined_->store->meta().GetInt(meta::kFoundCounting);
  if (!found.ok()) return found.status();
  identity_->confirmed = identity_->confirmed || found->value_or(0) != 0;
  identity_->user = view->user;
  joined_->desk.user = view->user;
  if (before.confirmed == identity_->confirmed && before.user == identity_->user) {
    return absl::OkStatus();
  }
  return SaveIdentity();
}

// ---- Over the network ---------------------------------------------------------------------------

Client::Core::Online::Online(Core& core) : core_(core) {
  std::lock_guard<std::mutex> lock(core_.online_mutex_);
  if (core_.online_) {
    status_ = MakeStatus(Reason::kState, "something is under way already");
    return;
  }
  core_.online_ = true;
  core_.cancelled_ = false;
}

Client::Core::Online::~Online() {
  if (!status_.ok()) return;
  std::lock_guard<std::mutex> lock(core_.online_mutex_);
  core_.online_ = false;
  core_.transport_ = nullptr;
  core_.enrol_transport_ = nullptr;
}

absl::Status Client::Core::Online::Use(Transport* transport, EnrolTransport* enrol) {
  std::lock_guard<std::mutex> lock(core_.online_mutex_);
  if (core_.cancelled_) return MakeStatus(Reason::kCancelled, "cancelled");
  core_.transport_ = transport;
  core_.enrol_transport_ = enrol;
  return absl::OkStatus();
}

void Client::Core::Cancel() {
  std::lock_guard<std::mutex> lock(online_mutex_);
  cancelled_ = true;
  if (transport_ != nullptr) transport_->Cancel();
  if (enrol_transport_ != nullptr) enrol_transport_->Cancel();
}

absl::StatusOr<std::unique_ptr<EnrolTransport>> Client::Core::ConnectForEnrolment(
    const Endpoint& endpoint) {
  if (host_.network == nullptr) return MakeStatus(Reason::kUnsupported, "no network is lent");
  return host_.network->ConnectForEnrolment(endpoint);
}

absl::StatusOr<std::unique_ptr<Transport>> Client::Core::Connect(const Endpoint& endpoint) {
  if (host_.network == nullptr) return MakeStatus(Reason::kUnsupported, "no network is lent");
  return host_.network->Connect(endpoint);
}

absl::Status Client::Core::RunSession(Session& session, Transport& transport, EnrolTransport& enrol,
                                      const ProgressFn& progress) {
  for (;;) {
    std::optional<Request> request;
    v1::SyncProgress so_far;
    {
      Turn turn(*this);
      if (session.done()) return session.status();
      request = session.TakeRequest();
      so_far = session.progress();
    }
    if (progress) progress(so_far);
    if (!request) return MakeStatus(Reason::kInternal, "a contact that waits for nothing");
    uint64_t call = request->call;
    if (const auto* pull = std::get_if<v1::PullRequest>(&request->body)) {
      absl::Status end = transport.Pull(*pull, [&](v1::PullFrame frame) {
        Turn turn(*this);
        session.OnPullFrame(call, frame, Now());
        return session.done() ? session.status() : absl::OkStatus();
      });
      Turn turn(*this);
      session.OnPullEnd(call, end, Now());
    } else if (const auto* push = std::get_if<v1::PushRequest>(&request->body)) {
      absl::StatusOr<v1::PushResponse> response = transport.Push(*push);
      Turn turn(*this);
      session.OnPush(call, response, Now());
    } else if (const auto* adopt = std::get_if<v1::AdoptRequest>(&request->body)) {
      absl::StatusOr<v1::AdoptResponse> response = transport.Adopt(*adopt);
      Turn turn(*this);
      session.OnAdopt(call, response, Now());
    } else if (const auto* put = std::get_if<v1::PutChunkRequest>(&request->body)) {
      absl::StatusOr<v1::PutChunkResponse> response = transport.PutChunk(*put);
      Turn turn(*this);
      session.OnPutChunk(call, response, Now());
    } else if (const auto* get = std::get_if<v1::GetChunkRequest>(&request->body)) {
      absl::StatusOr<v1::GetChunkResponse> response = transport.GetChunk(*get);
      Turn turn(*this);
      session.OnGetChunk(call, response, Now());
    } else {
      const auto& deliver = std::get<v1::DeliverRequest>(request->body);
      absl::StatusOr<v1::DeliverResponse> response = enrol.Deliver(deliver);
      Turn turn(*this);
      session.OnDeliver(call, response, Now());
    }
  }
}

absl::Status Client::RenewCertificate() {
  std::optional<v1::CertifyRequest> request;
  std::unique_ptr<EnrolTransport> enrol;
  {
    Core::Turn turn(*core_);
    absl::StatusOr<std::optional<v1::CertifyRequest>> needed = core_->NeedsCertificate();
    if (!needed.ok()) return needed.status();
    if (!*needed) return absl::OkStatus();
    request = *std::move(needed);
    absl::StatusOr<Endpoint> endpoint = core_->MakeEndpoint();
    if (!endpoint.ok()) return endpoint.status();
    absl::StatusOr<std::unique_ptr<EnrolTransport>> connected =
        core_->ConnectForEnrolment(*endpoint);
    if (!connected.ok()) return connected.status();
    enrol = *std::move(connected);
  }
  Core::Online online(*core_);
  if (!online.status().ok()) return online.status();
  absl::Status usable = online.Use(nullptr, enrol.get());
  if (!usable.ok()) return usable;
  absl::StatusOr<v1::Certificate> certificate = enrol->Certify(*request);
  if (!certificate.ok()) return certificate.status();
  Core::Turn turn(*core_);
  return core_->TakeCertificate(*certificate);
}

absl::Status Client::EnrolByCode(std::string_view code) {
  v1::EnrolRequest request;
  std::unique_ptr<EnrolTransport> enrol;
  {
    Core::Turn turn(*core_);
    absl::StatusOr<v1::EnrolRequest> made = core_->MakeEnrolRequest(code);
    if (!made.ok()) return made.status();
    request = *std::move(made);
    absl::StatusOr<Invitation> invitation = ParseInvitation(code);
    if (!invitation.ok()) return invitation.status();
    Endpoint endpoint;
    endpoint.address = invitation->server;
    absl::StatusOr<std::unique_ptr<EnrolTransport>> connected =
        core_->ConnectForEnrolment(endpoint);
    if (!connected.ok()) return connected.status();
    enrol = *std::move(connected);
  }
  Core::Online online(*core_);
  if (!online.status().ok()) return online.status();
  absl::Status usable = online.Use(nullptr, enrol.get());
  if (!usable.ok()) return usable;
  v1::EnrolPoll poll;
  poll.set_handle(request.handle());
  poll.set_sign_pk(request.keys().sign_pk());
  absl::StatusOr<v1::EnrolWaiting> waiting = enrol->Ask(request);
  if (!waiting.ok()) return waiting.status();
  absl::StatusOr<v1::EnrolAnswer> answer = enrol->Poll(poll);
  if (!answer.ok()) return answer.status();
  Core::Turn turn(*core_);
  return core_->TakeEnrolAnswer(code, *answer);
}

absl::Status Client::Sync(v1::SyncReport& report, const ProgressFn& progress) {
  absl::Status certified = RenewCertificate();
  std::unique_ptr<Transport> transport;
  std::unique_ptr<EnrolTransport> enrol;
  Core::Online online(*core_);
  if (!online.status().ok()) return online.status();
  std::unique_ptr<Session> session;
  {
    Core::Turn turn(*core_);
    absl::StatusOr<Endpoint> endpoint = core_->MakeEndpoint();
    if (!endpoint.ok()) return endpoint.status();
    if (endpoint->certificate_pem.empty()) return certified;  // nothing to connect with
    absl::StatusOr<std::unique_ptr<Transport>> connected = core_->Connect(*endpoint);
    if (!connected.ok()) return connected.status();
    transport = *std::move(connected);
    absl::StatusOr<std::unique_ptr<EnrolTransport>> beside = core_->ConnectForEnrolment(*endpoint);
    if (!beside.ok()) return beside.status();
    enrol = *std::move(beside);
    absl::Status usable = online.Use(transport.get(), enrol.get());
    if (!usable.ok()) return usable;
    absl::StatusOr<std::unique_ptr<Session>> begun = core_->BeginContact(core_->Now());
    if (!begun.ok()) return begun.status();
    session = *std::move(begun);
  }
  absl::Status ended = core_->RunSession(*session, *transport, *enrol, progress);
  report = session->report();
  Core::Turn turn(*core_);
  core_->FinishContact(*session, core_->Now());
  return ended;
}

// ---- The office service -------------------------------------------------------------------------

absl::StatusOr<v1::Reply> Client::Core::AskTheOffice(Transport& transport,
                                                     const v1::Request& request) {
  absl::StatusOr<v1::OfficeRequest> question = QuestionOf(request);
  if (!question.ok()) return question.status();
  absl::StatusOr<v1::OfficeAnswer> answer = AskEveryPage(transport, *std::move(question));
  if (!answer.ok()) return answer.status();
  Turn turn(*this);
  absl::StatusOr<Joined*> joined = Use();
  if (!joined.ok()) return joined.status();
  v1::Reply reply;
  if (request.has_duty()) {
    absl::StatusOr<v1::Reply::DutyOpened> opened = WriteDuty(request.duty(), *answer);
    if (!opened.ok()) return opened.status();
    *reply.mutable_duty_opened() = *std::move(opened);
    return reply;
  }
  reply = ReplyOf((*joined)->desk, request, *answer);
  if (Joined* kept = LooksAreKept()) {
    kept->looks.NoteOffice(kept->desk, kept->readers, request, reply, Now());
  }
  return reply;
}

// An own BREAK_GLASS Assignment until so many hours after the office's own clock.
absl::StatusOr<v1::Reply::DutyOpened> Client::Core::WriteDuty(const v1::Request::Duty& duty,
                                                              const v1::OfficeAnswer& found) {
  const Desk& desk = joined_->desk;
  if (found.hits().empty()) {
    return MakeStatus(Reason::kNotFound, "no such family, or none that duty opens");
  }
  const Id family = Id::FromBytes(duty.family()).value_or(Id{});
  ScopeState directory(desk.tenant(), &desk.store.state());
  const int64_t until_ms = found.server_ms() + EmergencyMs(directory, DayOf(found.server_ms()));
  if (!directory.status().ok()) return directory.status();
  const v1::RecordChange change = EmergencyAssignment(
      Id{desk.random.Make<16>()}, desk.user, duty.note(), DayOf(found.server_ms()), until_ms);
  absl::StatusOr<Prepared> prepared =
      PrepareChanges(desk, joined_->readers, family, {change}, Now());
  if (!prepared.ok()) return prepared.status();
  // The office knows the family and this device does not: only its judge can say what is right.
  prepared->expected = Judgement{v1::APPLIED, v1::HELD_REASON_UNSPECIFIED, {}};
  absl::Status kept = Keep(desk, *prepared, "", Now());
  if (!kept.ok()) return kept;
  watchers_.Note(family);
  v1::Reply::DutyOpened opened;
  opened.set_family(family.str());
  opened.set_name(found.hits(0).name());
  opened.set_until_ms(until_ms);
  *opened.mutable_committed() = CommittedOf(*prepared);
  return opened;
}

// After the contact: the family is here, or the office held the place.
absl::Status Client::Core::ConfirmDuty(v1::Reply::DutyOpened& opened) {
  absl::StatusOr<Joined*> joined = Use();
  if (!joined.ok()) return joined.status();
  const Desk& desk = (*joined)->desk;
  const Id family = Id::FromBytes(opened.family()).value_or(Id{});
  const ScopeRow* row = desk.store.log().Find(family);
  if (row == nullptr || row->seq == 0 || row->Has(kHidden) || row->Has(kPurged)) {
    return MakeStatus(Reason::kNotFound, "no such family, or none that duty opens");
  }
  if (Joined* kept = LooksAreKept()) {
    v1::Query story;
    story.mutable_story()->set_scope(opened.family());
    kept->looks.NoteQuery(kept->desk, kept->readers, story, {}, Now());
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::Reply> Client::Call(const v1::Request& request) {
  if (!IsForTheOffice(request)) return CallAdministrator(request);
  if (request.has_duty() && request.duty().note().empty()) {
    return MakeStatus(Reason::kArg, "an emergency is opened with a note that says why");
  }
  absl::StatusOr<v1::Reply> reply;
  {
    std::unique_ptr<Transport> transport;
    Core::Online online(*core_);
    if (!online.status().ok()) return online.status();
    {
      Core::Turn turn(*core_);
      absl::StatusOr<Endpoint> endpoint = core_->MakeEndpoint();
      if (!endpoint.ok()) return endpoint.status();
      absl::StatusOr<std::unique_ptr<Transport>> connected = core_->Connect(*endpoint);
      if (!connected.ok()) return connected.status();
      transport = *std::move(connected);
      absl::Status usable = online.Use(transport.get(), nullptr);
      if (!usable.ok()) return usable;
    }
    reply = core_->AskTheOffice(*transport, request);
  }
  if (!reply.ok() || !request.has_duty()) return reply;
  v1::SyncReport report;
  absl::Status synced = Sync(report);
  if (!synced.ok()) return synced;
  Core::Turn turn(*core_);
  absl::Status opened = core_->ConfirmDuty(*reply->mutable_duty_opened());
  if (!opened.ok()) return opened;
  return reply;
}

absl::StatusOr<v1::Reply> Client::CallAdministrator(const v1::Request& request) {
  std::unique_ptr<Transport> transport;
  Core::Online online(*core_);
  if (!online.status().ok()) return online.status();
  v1::InvitationOpen open;
  v1::InvitationWaiting waiting;
  std::string code;
  {
    Core::Turn turn(*core_);
    absl::StatusOr<Endpoint> endpoint = core_->MakeEndpoint();
    if (!endpoint.ok()) return endpoint.status();
    absl::StatusOr<std::unique_ptr<Transport>> connected = core_->Connect(*endpoint);
    if (!connected.ok()) return connected.status();
    transport = *std::move(connected);
    absl::Status usable = online.Use(transport.get(), nullptr);
    if (!usable.ok()) return usable;
    if (request.has_invite()) {
      absl::StatusOr<v1::InvitationOpen> begun = core_->BeginInvite(request.invite(), code);
      if (!begun.ok()) return begun.status();
      open = *std::move(begun);
    } else if (request.has_confirm()) {
      absl::StatusOr<Invitation> invitation = ParseInvitation(request.confirm().code());
      if (!invitation.ok()) return invitation.status();
      waiting.set_handle(std::string(View(HandleOf(invitation->secret))));
    } else {
      return MakeStatus(Reason::kArg, "a request asks one thing");
    }
  }
  v1::Reply reply;
  if (request.has_invite()) {
    absl::StatusOr<v1::InvitationOpened> opened = transport->OpenInvitation(open);
    if (!opened.ok()) return opened.status();
    reply.mutable_invited()->set_code(code);
    reply.mutable_invited()->set_expires_ms(open.expires_ms());
    return reply;
  }
  absl::StatusOr<v1::InvitationRequests> requests = transport->WaitingFor(waiting);
  if (!requests.ok()) return requests.status();
  absl::StatusOr<v1::InvitationAnswer> answer;
  {
    Core::Turn turn(*core_);
    answer = core_->ConfirmDevice(request.confirm(), *requests, *reply.mutable_confirmed());
  }
  if (!answer.ok()) return answer.status();
  absl::StatusOr<v1::InvitationAnswered> answered = transport->AnswerInvitation(*answer);
  if (!answered.ok()) return answered.status();
  return reply;
}

}  // namespace doorstep::client
