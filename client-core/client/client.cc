#include "client-core/client/client.h"

#include <cassert>
#include <utility>

#include "client-core/client/attachment.h"
#include "client-core/client/attention.h"
#include "client-core/client/authority_view.h"
#include "client-core/client/commit.h"
#include "client-core/client/concerns.h"
#include "client-core/client/core.h"
#include "client-core/client/purge.h"
#include "client-core/client/questions.h"
#include "client-core/client/words.h"
#include "crypto/reason.h"

namespace doorstep::client {
namespace {

constexpr char kIdentity[] = "identity";

}  // namespace

// ---- Opening and closing ------------------------------------------------------------------------

Client::Core::Core(const Options& options, const Host& host) : options_(options), host_(host) {}

Client::Core::~Core() { Lock(); }

absl::StatusOr<std::unique_ptr<Client::Core>> Client::Core::Open(const Options& options,
                                                                 const Host& host) {
  std::unique_ptr<Core> core(new Core(options, host));
  absl::StatusOr<std::unique_ptr<Cabinet>> cabinet = Cabinet::Open(options.folder, options.image);
  if (!cabinet.ok()) return cabinet.status();
  core->options_.image.clear();
  core->cabinet_ = *std::move(cabinet);
  core->guard_ = std::make_unique<PinGuard>(core->options_, core->host_, *core->cabinet_);
  absl::StatusOr<bool> vault = core->guard_->HasVault();
  if (!vault.ok()) return vault.status();
  core->has_vault_ = *vault;
  absl::StatusOr<std::optional<std::string>> bytes = core->cabinet_->Read(kIdentity);
  if (!bytes.ok()) return bytes.status();
  if (*bytes) {
    absl::StatusOr<Identity> identity = DecodeIdentity(**bytes);
    if (!identity.ok()) return identity.status();
    core->identity_ = *std::move(identity);
  }
  return core;
}

absl::Status Client::Core::SaveIdentity() {
  return cabinet_->Replace(kIdentity, EncodeIdentity(*identity_));
}

absl::StatusOr<const DeviceKeys*> Client::Core::Keys() {
  if (!keys_) {
    return has_vault_ ? MakeStatus(Reason::kLocked, "locked")
                      : MakeStatus(Reason::kState, "no keys yet: set a PIN");
  }
  return &*keys_;
}

absl::StatusOr<Client::Core::Joined*> Client::Core::Use() {
  absl::StatusOr<const DeviceKeys*> keys = Keys();
  if (!keys.ok()) return keys.status();
  if (joined_ == nullptr) return MakeStatus(Reason::kState, "this device has not joined yet");
  return joined_.get();
}

absl::Status Client::Core::OpenJoined() {
  StoreIdentity of{identity_->tenant, identity_->device, identity_->root};
  absl::StatusOr<std::unique_ptr<Store>> store = cabinet_->OpenStore(of, *keys_, host_.catalog);
  if (!store.ok()) return store.status();
  joined_ =
      std::make_unique<Joined>(*std::move(store), *keys_, host_, identity_->user, SamplesTaken());
  return ResumePurges(joined_->desk, joined_->readers, Now());
}

absl::Status Client::Core::SetPin(std::string_view old_pin, std::string_view new_pin) {
  if (has_vault_) return guard_->Change(old_pin, new_pin);
  if (!old_pin.empty()) return MakeStatus(Reason::kArg, "there is no PIN yet");
  absl::StatusOr<DeviceKeys> keys = guard_->Make(new_pin);
  if (!keys.ok()) return keys.status();
  has_vault_ = true;
  keys_ = *std::move(keys);
  return absl::OkStatus();
}

Client::Core::Joined* Client::Core::LooksAreKept() {
  return options_.looks == Looks::kRecorded ? joined_.get() : nullptr;
}

absl::Status Client::Core::Unlock(std::string_view pin) {
  if (keys_) return absl::OkStatus();
  absl::StatusOr<DeviceKeys> keys = guard_->Open(pin);
  if (!keys.ok()) return keys.status();
  keys_ = *std::move(keys);
  if (!identity_) return absl::OkStatus();
  absl::Status opened = OpenJoined();
  if (!opened.ok()) Lock();
  return opened;
}

void Client::Core::Lock() {
  if (session_ != nullptr) session_->Abandon(MakeStatus(Reason::kLocked, "locked meanwhile"));
  session_ = nullptr;
  if (joined_ != nullptr) {
    if (Joined* kept = LooksAreKept()) {
      kept->looks.Flush(kept->desk, kept->readers, Now())
          .IgnoreError();  // whose is written already
    }
    std::unique_ptr<Store> store = std::move(joined_->store);
    joined_.reset();
    cabinet_->CloseStore(std::move(store)).IgnoreError();  // memory only: nothing is lost on disk
  }
  keys_.reset();
  Cancel();
}

// ---- Standing -----------------------------------------------------------------------------------

void Client::Core::CountInto(v1::Status& status) {
  const Desk& desk = joined_->desk;
  absl::StatusOr<Outbox::Counts> rows = desk.store.outbox().Count();
  absl::StatusOr<Outbox::Counts> own = desk.store.outbox().CountOf(desk.device());
  absl::StatusOr<AttentionCounts> waits = CountAttention(desk, Now());
  absl::StatusOr<bool> archive = HasArchive(desk.store);
  absl::StatusOr<std::optional<int64_t>> contact = desk.store.meta().GetInt(meta::kLastContact);
  if (!rows.ok() || !own.ok() || !waits.ok() || !archive.ok() || !contact.ok()) return;
  bool agrees = true;
  for (const ScopeRow& row : desk.store.log().Scopes()) {
    agrees = agrees && !row.Has(kSuspect) && !row.Has(kStopped);
  }
  // What was written about families and what was looked at are told apart: the first is a person's
  // words, the second follows by itself.
  const auto waiting_looks = static_cast<uint32_t>(own->waiting);
  status.set_unsent_looks(waiting_looks);
  status.set_unsent(static_cast<uint32_t>(rows->waiting) - waiting_looks);
  status.set_unsendable(static_cast<uint32_t>(rows->unsendable));
  status.set_held(waits->held);
  status.set_contested(waits->contested);
  status.set_has_archive(*archive);
  status.set_last_contact_ms(contact->value_or(0));
  absl::StatusOr<Attachments::Owed> files = desk.store.attachments().CountOwed();
  if (!files.ok()) return;
  status.set_chunks_to_send(static_cast<uint32_t>(files->to_send));
  status.set_chunks_to_fetch(static_cast<uint32_t>(files->to_fetch));
  const bool complete = files->to_send == 0 && files->to_fetch == 0;
  status.set_all_synced(agrees && complete && rows->all == own->all && contact->has_value());
  absl::StatusOr<uint32_t> concerns = CountUnreceived(desk);
  if (concerns.ok() && *concerns > 0) {
    status.set_concerns_unreceived(*concerns);
    absl::StatusOr<v1::Safeguarding> safeguarding = SafeguardingNow(desk, Now());
    if (safeguarding.ok()) *status.mutable_safeguarding() = *std::move(safeguarding);
  }
  const Directory& directory = desk.directory();
  status.set_directory_seq(directory.seq());
  Names names(desk);
  status.set_user_name(names.Person(desk.user));
  for (std::string& role : RoleNamesOf(directory, desk.user)) *status.add_roles() = std::move(role);
  std::optional<DeviceView> device = directory.FindDevice(desk.device(), directory.seq());
  bool ended = identity_->confirmed && device && !device->counts;
  ended = ended || (identity_->confirmed && !directory.StaffActive(desk.user, directory.seq()));
  if (ended) status.set_life(v1::Status::ENDED);
}

v1::Status Client::Core::GetStatus() {
  v1::Status status;
  status.set_locked(has_vault_ && !keys_);
  status.set_key_store_is_file(host_.key_store.IsFile());
  status.set_life(!has_vault_                         ? v1::Status::NEW
                  : identity_ && identity_->confirmed ? v1::Status::ENROLLED
                                                      : v1::Status::ENROLLING);
  if (identity_) {
    status.set_tenant(identity_->tenant.str());
    status.set_device(identity_->device.str());
    status.set_user(identity_->user.str());
    status.set_server_address(identity_->server_address);
  }
  if (keys_ && identity_) {
    status.set_device_number(
        FormatDeviceNumber(DeviceNumberOf(identity_->tenant.bytes, keys_->public_keys())));
  }
  if (joined_ != nullptr) CountInto(status);
  status.set_words(StatusWords(status));
  return status;
}

// ---- Records ------------------------------------------------------------------------------------

absl::StatusOr<v1::Committed> Client::Core::Commit(const v1::Edits& edits) {
  absl::StatusOr<Joined*> joined = Use();
  if (!joined.ok()) return joined.status();
  int64_t now = Now();
  absl::StatusOr<Prepared> prepared = PrepareEdits((*joined)->desk, (*joined)->readers, edits, now);
  if (!prepared.ok()) return prepared.status();
  absl::Status kept = Keep((*joined)->desk, *prepared, edits.ends_draft(), now);
  if (!kept.ok()) return kept;
  watchers_.Note(prepared->changeset.scope);
  v1::Committed committed = CommittedOf(*prepared);
  // It is saved: what cannot be read of the directory does not take that back.
  absl::StatusOr<std::optional<v1::Safeguarding>> safeguarding =
      SafeguardingAfter((*joined)->desk, prepared->changeset, now);
  if (safeguarding.ok() && *safeguarding) {
    *committed.mutable_safeguarding() = **std::move(safeguarding);
  }
  return committed;
}

absl::StatusOr<v1::Committed> Client::Core::PutFile(const v1::NewFile& what,
                                                    std::string_view bytes) {
  absl::StatusOr<Joined*> joined = Use();
  if (!joined.ok()) return joined.status();
  int64_t now = Now();
  absl::StatusOr<PreparedFile> prepared =
      PrepareFile((*joined)->desk, (*joined)->readers, what, bytes, now);
  if (!prepared.ok()) return prepared.status();
  absl::Status kept = KeepFile((*joined)->desk, *prepared, now);
  if (!kept.ok()) return kept;
  watchers_.Note(prepared->record.changeset.scope);
  return CommittedOf(prepared->record);
}

absl::Status Client::Core::ReadFile(const Id& record,
                                    absl::FunctionRef<absl::Status(std::string_view)> write) {
  absl::StatusOr<Joined*> joined = Use();
  if (!joined.ok()) return joined.status();
  return client::ReadFile((*joined)->desk, (*joined)->readers, record, write, Now());
}

// Nobody answers what is no longer asked.
absl::StatusOr<v1::Committed> Client::Core::Resolve(const Id& item, const v1::Edits& edits) {
  absl::StatusOr<Joined*> joined = Use();
  if (!joined.ok()) return joined.status();
  absl::StatusOr<v1::Attention> list =
      client::ListAttention((*joined)->desk, (*joined)->readers, Now());
  if (!list.ok()) return list.status();
  for (const v1::AttentionItem& waiting : list->items()) {
    if (waiting.id() != item.view()) continue;
    Id scope = Id::FromBytes(waiting.scope()).value_or(Id{});
    if (waiting.kind() == v1::AttentionItem::STOPPED && edits.records_size() == 0) {
      Store& store = *(*joined)->store;
      absl::Status cleared =
          store.InTransaction([&] { return store.log().ClearFlag(scope, kStopped); });
      if (!cleared.ok()) return cleared;
      watchers_.Note(scope);
      v1::Committed committed;
      committed.set_scope(scope.str());
      return committed;
    }
    v1::Edits answer = edits;
    if (answer.scope().empty()) answer.set_scope(waiting.scope());
    return Commit(answer);
  }
  return MakeStatus(Reason::kNotFound, "this has been settled since");
}

absl::Status Client::Core::PutDraft(const Id& id, std::string_view bytes) {
  absl::StatusOr<Joined*> joined = Use();
  if (!joined.ok()) return joined.status();
  if (bytes.empty()) return (*joined)->store->drafts().Remove(id.view());
  Draft draft;
  draft.id = id.str();
  draft.saved_ms = Now();
  draft.bytes = std::string(bytes);
  // What a draft says it is of goes with its family.
  v1::Edits edits;
  std::optional<Id> scope;
  if (edits.ParseFromString(draft.bytes)) scope = Id::FromBytes(edits.scope());
  if (scope) draft.scope = *scope;
  return (*joined)->store->drafts().Put(draft);
}

absl::StatusOr<std::string> Client::Core::GetDraft(const Id& id) {
  absl::StatusOr<Joined*> joined = Use();
  if (!joined.ok()) return joined.status();
  absl::StatusOr<std::optional<Draft>> draft = (*joined)->store->drafts().Get(id.view());
  if (!draft.ok()) return draft.status();
  if (!*draft) return MakeStatus(Reason::kNotFound, "no such draft");
  return (*draft)->bytes;
}

// ---- The outside --------------------------------------------------------------------------------

Client::Client(std::unique_ptr<Core> core) : core_(std::move(core)) {}
Client::~Client() = default;

absl::StatusOr<std::unique_ptr<Client>> Client::Open(const Options& options, const Host& host) {
  absl::StatusOr<std::unique_ptr<Core>> core = Core::Open(options, host);
  if (!core.ok()) return core.status();
  return std::unique_ptr<Client>(new Client(*std::move(core)));
}

absl::Status Client::SetPin(std::string_view old_pin, std::string_view new_pin) {
  Core::Turn turn(*core_);
  return core_->SetPin(old_pin, new_pin);
}

absl::Status Client::Unlock(std::string_view pin) {
  Core::Turn turn(*core_);
  return core_->Unlock(pin);
}

void Client::Lock() {
  Core::Turn turn(*core_);
  core_->Lock();
}

bool Client::locked() const {
  Core::Turn turn(*core_);
  return !core_->keys_.has_value();
}

v1::Status Client::GetStatus() {
  Core::Turn turn(*core_);
  return core_->GetStatus();
}

Id Client::tenant() const {
  Core::Turn turn(*core_);
  return core_->identity_ ? core_->identity_->tenant : Id{};
}

Id Client::device() const {
  Core::Turn turn(*core_);
  return core_->identity_ ? core_->identity_->device : Id{};
}

Id Client::user() const {
  Core::Turn turn(*core_);
  return core_->identity_ ? core_->identity_->user : Id{};
}

absl::StatusOr<v1::FirstRequest> Client::MakeRequestFile(std::string_view kind) {
  Core::Turn turn(*core_);
  return core_->MakeRequestFile(kind);
}

absl::Status Client::TakeGenesis(const v1::GenesisBundle& bundle, std::string_view server_address) {
  Core::Turn turn(*core_);
  return core_->TakeGenesis(bundle, server_address);
}

absl::StatusOr<v1::EnrolRequest> Client::MakeEnrolRequest(std::string_view code) {
  Core::Turn turn(*core_);
  return core_->MakeEnrolRequest(code);
}

absl::Status Client::TakeEnrolAnswer(std::string_view code, const v1::EnrolAnswer& answer) {
  Core::Turn turn(*core_);
  return core_->TakeEnrolAnswer(code, answer);
}

absl::StatusOr<Id> Client::NewId() {
  Core::Turn turn(*core_);
  absl::StatusOr<const DeviceKeys*> keys = core_->Keys();
  if (!keys.ok()) return keys.status();
  return Id{core_->host_.random.Make<16>()};
}

absl::StatusOr<v1::Findings> Client::Check(const v1::Edits& edits) {
  Core::Turn turn(*core_);
  absl::StatusOr<Core::Joined*> joined = core_->Use();
  if (!joined.ok()) return joined.status();
  absl::StatusOr<Prepared> prepared =
      PrepareEdits((*joined)->desk, (*joined)->readers, edits, core_->Now());
  if (!prepared.ok()) return prepared.status();
  return FindingsOf(*prepared);
}

absl::StatusOr<v1::Committed> Client::Commit(const v1::Edits& edits) {
  Core::Turn turn(*core_);
  return core_->Commit(edits);
}

absl::StatusOr<v1::RecordView> Client::Get(uint32_t type, const Id& id) {
  Core::Turn turn(*core_);
  absl::StatusOr<Core::Joined*> joined = core_->Use();
  if (!joined.ok()) return joined.status();
  absl::StatusOr<v1::RecordView> record =
      AnswerGet((*joined)->desk, (*joined)->readers, type, id, core_->Now());
  if (Core::Joined* kept = core_->LooksAreKept(); kept != nullptr && record.ok()) {
    kept->looks.NoteRecord(kept->desk, kept->readers, *record, core_->Now());
  }
  return record;
}

absl::StatusOr<v1::Committed> Client::PutFile(const v1::NewFile& what, std::string_view bytes) {
  Core::Turn turn(*core_);
  return core_->PutFile(what, bytes);
}

absl::Status Client::ReadFile(const Id& record,
                              absl::FunctionRef<absl::Status(std::string_view)> write) {
  Core::Turn turn(*core_);
  return core_->ReadFile(record, write);
}

absl::Status Client::PutDraft(const Id& id, std::string_view draft) {
  Core::Turn turn(*core_);
  return core_->PutDraft(id, draft);
}

absl::StatusOr<std::string> Client::GetDraft(const Id& id) {
  Core::Turn turn(*core_);
  return core_->GetDraft(id);
}

absl::StatusOr<std::vector<v1::Answer>> Client::Ask(const v1::Query& query) {
  Core::Turn turn(*core_);
  absl::StatusOr<Core::Joined*> joined = core_->Use();
  if (!joined.ok()) return joined.status();
  absl::StatusOr<std::vector<v1::Answer>> answers =
      AnswerQuery((*joined)->desk, (*joined)->readers, query, core_->Now());
  if (Core::Joined* kept = core_->LooksAreKept(); kept != nullptr && answers.ok()) {
    kept->looks.NoteQuery(kept->desk, kept->readers, query, *answers, core_->Now());
  }
  return answers;
}

absl::StatusOr<std::vector<v1::Answer>> Client::Search(const v1::SearchRequest& search) {
  Core::Turn turn(*core_);
  absl::StatusOr<Core::Joined*> joined = core_->Use();
  if (!joined.ok()) return joined.status();
  absl::StatusOr<std::vector<v1::Answer>> answers =
      AnswerSearch((*joined)->desk, (*joined)->readers, search, core_->Now());
  if (Core::Joined* kept = core_->LooksAreKept(); kept != nullptr && answers.ok()) {
    kept->looks.NoteSearch(kept->desk, kept->readers, *answers, core_->Now());
  }
  return answers;
}

absl::StatusOr<v1::Attention> Client::ListAttention() {
  Core::Turn turn(*core_);
  absl::StatusOr<Core::Joined*> joined = core_->Use();
  if (!joined.ok()) return joined.status();
  return client::ListAttention((*joined)->desk, (*joined)->readers, core_->Now());
}

absl::StatusOr<v1::Committed> Client::Resolve(const Id& item, const v1::Edits& edits) {
  Core::Turn turn(*core_);
  return core_->Resolve(item, edits);
}

uint64_t Client::Watch(ChangedFn changed) {
  Core::Turn turn(*core_);
  return core_->watchers_.Add(std::move(changed));
}

void Client::Unwatch(uint64_t watch) {
  Core::Turn turn(*core_);
  core_->watchers_.Remove(watch);
}

absl::StatusOr<std::unique_ptr<Session>> Client::BeginContact(int64_t now_ms) {
  Core::Turn turn(*core_);
  return core_->BeginContact(now_ms);
}

void Client::FinishContact(Session& session, int64_t now_ms) {
  Core::Turn turn(*core_);
  core_->FinishContact(session, now_ms);
}

void Client::Cancel() { core_->Cancel(); }

Store& Client::store() {
  Core::Turn turn(*core_);
  assert(core_->joined_ != nullptr);
  return *core_->joined_->store;
}

absl::StatusOr<std::string> Client::Image() {
  Core::Turn turn(*core_);
  return core_->cabinet_->Image(core_->joined_ == nullptr ? nullptr : core_->joined_->store.get());
}

}  // namespace doorstep::client
