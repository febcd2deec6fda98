// The C ABI: each function finds its handle, checks its arguments, calls the core and says how it
// ended. What a function promises stands in doorstep.h.
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client-core/capi/border.h"
#include "client-core/capi/handles.h"
#include "client-core/capi/limits.h"
#include "client-core/capi/open_client.h"
#include "client-core/client/programme_trial.h"
#include "client-core/include/doorstep/doorstep.h"

namespace doorstep::capi {
namespace {

// Never destroyed: a shell may close its clients while the program ends.
Handles<OpenClient>& Clients() {
  static auto* clients = new Handles<OpenClient>(kClientsMax);
  return *clients;
}

Handles<OpenQuery>& Queries() {
  static auto* queries = new Handles<OpenQuery>(kQueriesMax);
  return *queries;
}

uintptr_t NumberOf(const ds_client* client) { return reinterpret_cast<uintptr_t>(client); }
uintptr_t NumberOf(const ds_query* query) { return reinterpret_cast<uintptr_t>(query); }

absl::Status NoHandle() { return MakeStatus(Reason::kArg, "the handle is none that is open"); }
absl::Status CallingBack() {
  return MakeStatus(Reason::kState, "a callback does not call into its client");
}
absl::Status NoPlace() { return MakeStatus(Reason::kArg, "there is nowhere to put the answer"); }

ds_status WithClient(ds_client* client, ds_error* error,
                     absl::FunctionRef<absl::Status(OpenClient&)> body) {
  return Guarded(error, [&]() -> absl::Status {
    if (InsideShell::Is(NumberOf(client))) return CallingBack();
    const Handles<OpenClient>::Use open = Clients().Find(NumberOf(client));
    return open ? body(*open) : NoHandle();
  });
}

// A call that answers with a message.
template <typename Message>
ds_status Answer(ds_client* client, ds_buffer* out, ds_error* error,
                 absl::FunctionRef<absl::StatusOr<Message>(OpenClient&)> body) {
  if (out != nullptr) *out = {};
  return WithClient(client, error, [&](OpenClient& open) -> absl::Status {
    if (out == nullptr) return NoPlace();
    const absl::StatusOr<Message> message = body(open);
    return message.ok() ? Give(*message, out) : message.status();
  });
}

template <typename Request>
ds_status Ask(ds_client* client, ds_bytes bytes, ds_query** opened, ds_error* error,
              absl::StatusOr<std::vector<v1::Answer>> (client::Client::*ask)(const Request&)) {
  if (opened != nullptr) *opened = nullptr;
  return WithClient(client, error, [&](OpenClient& open) -> absl::Status {
    if (opened == nullptr) return NoPlace();
    Request request;
    if (const absl::Status status = ParseInto(bytes, request); !status.ok()) return status;
    const uint64_t locks = open.locks();
    const absl::StatusOr<std::vector<v1::Answer>> answers = (open.core().*ask)(request);
    if (!answers.ok()) return answers.status();
    std::vector<std::string> encoded;
    encoded.reserve(answers->size());
    for (const v1::Answer& answer : *answers) encoded.push_back(answer.SerializeAsString());
    const uintptr_t number =
        Queries().Add(std::make_unique<OpenQuery>(NumberOf(client), locks, std::move(encoded)));
    if (number == 0) return MakeStatus(Reason::kLimit, "too many questions are open");
    *opened = reinterpret_cast<ds_query*>(number);
    return absl::OkStatus();
  });
}

template <typename Message>
OpenClient::Outcome OutcomeOf(const absl::StatusOr<Message>& message) {
  if (!message.ok()) return {message.status(), ""};
  return {absl::OkStatus(), message->SerializeAsString()};
}

OpenClient::Outcome Enrol(client::Client& core, const v1::Enrolment& way) {
  absl::Status status;
  switch (way.way_case()) {
    case v1::Enrolment::kRequestFile:
      return OutcomeOf(core.MakeRequestFile(way.request_file().kind()));
    case v1::Enrolment::kCode:
      status = core.EnrolByCode(way.code().code());
      break;
    case v1::Enrolment::kGenesis: {
      v1::GenesisBundle bundle;
      status = bundle.ParseFromString(way.genesis().genesis())
                   ? core.TakeGenesis(bundle, way.genesis().server_address())
                   : MakeStatus(Reason::kFormat, "that is no genesis bundle");
      break;
    }
    case v1::Enrolment::WAY_NOT_SET:
      status = MakeStatus(Reason::kArg, "no way to enrol is given");
      break;
  }
  if (!status.ok()) return {status, ""};
  return {absl::OkStatus(), core.GetStatus().SerializeAsString()};
}

// What the shell's function reads, up to a byte more than any file may have.
absl::StatusOr<std::string> ReadAll(uintptr_t client, ds_read_fn read, void* context) {
  const InsideShell inside(client);
  std::string bytes;
  std::vector<uint8_t> piece(kFilePieceBytes);
  while (bytes.size() <= kFileBytesMax) {
    const int64_t size = read(context, piece.data(), piece.size());
    if (size == 0) return bytes;
    if (size < 0 || static_cast<size_t>(size) > piece.size()) {
      return MakeStatus(Reason::kCancelled, "the shell stopped reading");
    }
    bytes.append(reinterpret_cast<const char*>(piece.data()), static_cast<size_t>(size));
  }
  return MakeStatus(Reason::kLimit, "a file has 20 MiB at most");
}

}  // namespace
}  // namespace doorstep::capi

namespace capi = doorstep::capi;
namespace v1 = doorstep::v1;

// ---- Library
// -------------------------------------------------------------------------------------

uint32_t ds_abi_version(void) { return DS_ABI_VERSION; }

const char* ds_status_name(ds_status status) {
  static constexpr const char* kNames[] = {"DS_OK",
                                           "DS_CANCELLED",
                                           "DS_UNKNOWN",
                                           "DS_INVALID_ARGUMENT",
                                           "DS_DEADLINE_EXCEEDED",
                                           "DS_NOT_FOUND",
                                           "DS_ALREADY_EXISTS",
                                           "DS_PERMISSION_DENIED",
                                           "DS_RESOURCE_EXHAUSTED",
                                           "DS_FAILED_PRECONDITION",
                                           "DS_ABORTED",
                                           "DS_OUT_OF_RANGE",
                                           "DS_UNIMPLEMENTED",
                                           "DS_INTERNAL",
                                           "DS_UNAVAILABLE",
                                           "DS_DATA_LOSS",
                                           "DS_UNAUTHENTICATED"};
  if (status == DS_DONE) return "DS_DONE";
  if (status < DS_OK || status > DS_UNAUTHENTICATED) return "DS_UNKNOWN";
  return kNames[status];
}

void ds_buffer_free(ds_buffer* buffer) {
  if (buffer == nullptr || buffer->data == nullptr) return;
  doorstep::WipeBytes({buffer->data, buffer->size});
  std::free(buffer->data);
  *buffer = {};
}

// ---- Client
// --------------------------------------------------------------------------------------

ds_status ds_client_open(const char* dir, ds_bytes options, const ds_host* host, ds_client** client,
                         ds_error* error) {
  if (client != nullptr) *client = nullptr;
  return capi::Guarded(error, [&]() -> absl::Status {
    if (client == nullptr) return capi::NoPlace();
    auto open = capi::OpenClient::Open(dir, options, host);
    if (!open.ok()) return open.status();
    capi::OpenClient* opened = open->get();
    const uintptr_t number = capi::Clients().Add(*std::move(open));
    if (number == 0) return MakeStatus(doorstep::Reason::kLimit, "too many clients are open");
    opened->set_number(number);
    *client = reinterpret_cast<ds_client*>(number);
    return absl::OkStatus();
  });
}

void ds_client_close(ds_client* client) {
  const uintptr_t number = capi::NumberOf(client);
  if (capi::InsideShell::Is(number) || !capi::Clients().BeginRemove(number)) return;
  capi::Clients().Closing(number)->Cancel();
  std::unique_ptr<capi::OpenClient> closing = capi::Clients().Remove(number);
  capi::Queries().RemoveAll(
      [number](const capi::OpenQuery& query) { return query.client() == number; });
}

ds_status ds_client_unlock(ds_client* client, ds_bytes pin, ds_error* error) {
  return capi::WithClient(client, error, [&](capi::OpenClient& open) -> absl::Status {
    const absl::StatusOr<std::string_view> bytes = capi::BytesOf(pin);
    if (!bytes.ok()) return bytes.status();
    return open.core().locked() ? open.core().Unlock(*bytes) : absl::OkStatus();
  });
}

ds_status ds_client_lock(ds_client* client, ds_error* error) {
  return capi::WithClient(client, error, [&](capi::OpenClient& open) {
    open.Lock();
    capi::Queries().ForEach([&](capi::OpenQuery& query) {
      if (query.client() == capi::NumberOf(client)) query.Forget();
    });
    return absl::OkStatus();
  });
}

ds_status ds_client_set_pin(ds_client* client, ds_bytes old_pin, ds_bytes new_pin,
                            ds_error* error) {
  return capi::WithClient(client, error, [&](capi::OpenClient& open) -> absl::Status {
    const absl::StatusOr<std::string_view> old_bytes = capi::BytesOf(old_pin);
    const absl::StatusOr<std::string_view> new_bytes = capi::BytesOf(new_pin);
    if (!old_bytes.ok()) return old_bytes.status();
    if (!new_bytes.ok()) return new_bytes.status();
    return open.core().SetPin(*old_bytes, *new_bytes);
  });
}

ds_status ds_client_status(ds_client* client, ds_buffer* status, ds_error* error) {
  return capi::Answer<v1::Status>(
      client, status, error,
      [](capi::OpenClient& open) -> absl::StatusOr<v1::Status> { return open.core().GetStatus(); });
}

// ---- Joining
// -------------------------------------------------------------------------------------

ds_status ds_enrol(ds_client* client, ds_bytes way, ds_answer_fn answer, void* context,
                   ds_error* error) {
  return capi::WithClient(client, error, [&](capi::OpenClient& open) -> absl::Status {
    v1::Enrolment enrolment;
    if (answer == nullptr) return capi::NoPlace();
    if (const absl::Status status = capi::ParseInto(way, enrolment); !status.ok()) return status;
    return open.Start(
        "enrol",
        [enrolment](doorstep::client::Client& core) { return capi::Enrol(core, enrolment); },
        [answer, context](ds_status status, ds_bytes bytes, const ds_error* why) {
          answer(context, status, bytes, why);
        });
  });
}

// ---- Records
// -------------------------------------------------------------------------------------

ds_status ds_record_new_id(ds_client* client, uint8_t id[16], ds_error* error) {
  if (id != nullptr) std::fill_n(id, 16, uint8_t{0});
  return capi::WithClient(client, error, [&](capi::OpenClient& open) -> absl::Status {
    if (id == nullptr) return capi::NoPlace();
    const absl::StatusOr<doorstep::Id> made = open.core().NewId();
    if (!made.ok()) return made.status();
    std::copy(made->bytes.begin(), made->bytes.end(), id);
    return absl::OkStatus();
  });
}

ds_status ds_check(ds_client* client, ds_bytes edits, ds_buffer* findings, ds_error* error) {
  return capi::Answer<v1::Findings>(
      client, findings, error, [&](capi::OpenClient& open) -> absl::StatusOr<v1::Findings> {
        v1::Edits parsed;
        if (const absl::Status status = capi::ParseInto(edits, parsed); !status.ok()) return status;
        return open.core().Check(parsed);
      });
}

ds_status ds_commit(ds_client* client, ds_bytes edits, ds_buffer* committed, ds_error* error) {
  return capi::Answer<v1::Committed>(
      client, committed, error, [&](capi::OpenClient& open) -> absl::StatusOr<v1::Committed> {
        v1::Edits parsed;
        if (const absl::Status status = capi::ParseInto(edits, parsed); !status.ok()) return status;
        return open.core().Commit(parsed);
      });
}

ds_status ds_record_get(ds_client* client, uint32_t type, const uint8_t id[16], ds_buffer* record,
                        ds_error* error) {
  return capi::Answer<v1::RecordView>(
      client, record, error, [&](capi::OpenClient& open) -> absl::StatusOr<v1::RecordView> {
        const absl::StatusOr<doorstep::Id> parsed = capi::IdOf(id);
        return parsed.ok() ? open.core().Get(type, *parsed) : parsed.status();
      });
}

// ---- Files beside records
// -------------------------------------------------------------------------

ds_status ds_attachment_put(ds_client* client, ds_bytes what, ds_read_fn read, void* context,
                            ds_buffer* committed, ds_error* error) {
  return capi::Answer<v1::Committed>(
      client, committed, error, [&](capi::OpenClient& open) -> absl::StatusOr<v1::Committed> {
        v1::NewFile file;
        if (read == nullptr) return capi::NoPlace();
        if (const absl::Status status = capi::ParseInto(what, file); !status.ok()) return status;
        const absl::StatusOr<std::string> bytes =
            capi::ReadAll(capi::NumberOf(client), read, context);
        return bytes.ok() ? open.core().PutFile(file, *bytes) : bytes.status();
      });
}

ds_status ds_attachment_get(ds_client* client, const uint8_t id[16], ds_write_fn write,
                            void* context, ds_error* error) {
  return capi::WithClient(client, error, [&](capi::OpenClient& open) -> absl::Status {
    const absl::StatusOr<doorstep::Id> parsed = capi::IdOf(id);
    if (!parsed.ok()) return parsed.status();
    if (write == nullptr) return capi::NoPlace();
    return open.core().ReadFile(*parsed, [&](std::string_view piece) {
      const capi::InsideShell inside(capi::NumberOf(client));
      const ds_bytes bytes{reinterpret_cast<const uint8_t*>(piece.data()), piece.size()};
      return write(context, bytes) == 0
                 ? absl::OkStatus()
                 : MakeStatus(doorstep::Reason::kCancelled, "the shell stopped writing");
    });
  });
}

// ---- Drafts
// --------------------------------------------------------------------------------------

ds_status ds_draft_put(ds_client* client, const uint8_t id[16], ds_bytes draft, ds_error* error) {
  return capi::WithClient(client, error, [&](capi::OpenClient& open) -> absl::Status {
    const absl::StatusOr<doorstep::Id> parsed = capi::IdOf(id);
    const absl::StatusOr<std::string_view> bytes = capi::BytesOf(draft);
    if (!parsed.ok()) return parsed.status();
    return bytes.ok() ? open.core().PutDraft(*parsed, *bytes) : bytes.status();
  });
}

ds_status ds_draft_get(ds_client* client, const uint8_t id[16], ds_buffer* draft, ds_error* error) {
  if (draft != nullptr) *draft = {};
  return capi::WithClient(client, error, [&](capi::OpenClient& open) -> absl::Status {
    if (draft == nullptr) return capi::NoPlace();
    const absl::StatusOr<doorstep::Id> parsed = capi::IdOf(id);
    if (!parsed.ok()) return parsed.status();
    const absl::StatusOr<std::string> bytes = open.core().GetDraft(*parsed);
    return bytes.ok() ? capi::Give(*bytes, draft) : bytes.status();
  });
}

// ---- Questions
// -----------------------------------------------------------------------------------

ds_status ds_query_open(ds_client* client, ds_bytes query, ds_query** opened, ds_error* error) {
  return capi::Ask<v1::Query>(client, query, opened, error, &doorstep::client::Client::Ask);
}

ds_status ds_search(ds_client* client, ds_bytes search, ds_query** opened, ds_error* error) {
  return capi::Ask<v1::SearchRequest>(client, search, opened, error,
                                      &doorstep::client::Client::Search);
}

ds_status ds_query_next(ds_query* query, ds_buffer* answer, ds_error* error) {
  if (answer != nullptr) *answer = {};
  bool done = false;
  const ds_status status = capi::Guarded(error, [&]() -> absl::Status {
    if (answer == nullptr) return capi::NoPlace();
    const capi::Handles<capi::OpenQuery>::Use open = capi::Queries().Find(capi::NumberOf(query));
    if (!open) return capi::NoHandle();
    if (capi::InsideShell::Is(open->client())) return capi::CallingBack();
    const capi::Handles<capi::OpenClient>::Use client = capi::Clients().Find(open->client());
    if (!client) return capi::NoHandle();
    const absl::StatusOr<const std::string*> next = open->Next(client->locks());
    if (!next.ok()) return next.status();
    done = *next == nullptr;
    return done ? absl::OkStatus() : capi::Give(**next, answer);
  });
  return status == DS_OK && done ? static_cast<ds_status>(DS_DONE) : status;
}

void ds_query_close(ds_query* query) {
  const uintptr_t number = capi::NumberOf(query);
  if (capi::Queries().BeginRemove(number)) capi::Queries().Remove(number);
}

// ---- What waits for a person
// ---------------------------------------------------------------------

ds_status ds_attention_list(ds_client* client, ds_buffer* attention, ds_error* error) {
  return capi::Answer<v1::Attention>(
      client, attention, error, [](capi::OpenClient& open) { return open.core().ListAttention(); });
}

ds_status ds_attention_resolve(ds_client* client, const uint8_t item[16], ds_bytes edits,
                               ds_buffer* committed, ds_error* error) {
  return capi::Answer<v1::Committed>(
      client, committed, error, [&](capi::OpenClient& open) -> absl::StatusOr<v1::Committed> {
        const absl::StatusOr<doorstep::Id> parsed = capi::IdOf(item);
        if (!parsed.ok()) return parsed.status();
        v1::Edits message;
        if (const absl::Status status = capi::ParseInto(edits, message); !status.ok()) {
          return status;
        }
        return open.core().Resolve(*parsed, message);
      });
}

// ---- The office
// ----------------------------------------------------------------------------------

ds_status ds_sync_start(ds_client* client, ds_done_fn done, void* context, ds_error* error) {
  return capi::WithClient(client, error, [&](capi::OpenClient& open) -> absl::Status {
    if (done == nullptr) return capi::NoPlace();
    if (open.core().locked()) return MakeStatus(doorstep::Reason::kLocked, "locked");
    return open.Start(
        "sync",
        [&open](doorstep::client::Client& core) {
          v1::SyncReport report;
          absl::Status status = core.Sync(
              report, [&open](const v1::SyncProgress& progress) { open.TellProgress(progress); });
          return capi::OpenClient::Outcome{std::move(status), report.SerializeAsString()};
        },
        [done, context](ds_status status, ds_bytes report, const ds_error* why) {
          done(context, status, report, why);
        });
  });
}

void ds_sync_cancel(ds_client* client) {
  capi::WithClient(client, nullptr, [](capi::OpenClient& open) {
    open.Cancel();
    return absl::OkStatus();
  });
}

ds_status ds_request(ds_client* client, ds_bytes request, ds_answer_fn answer, void* context,
                     ds_error* error) {
  return capi::WithClient(client, error, [&](capi::OpenClient& open) -> absl::Status {
    v1::Request message;
    if (answer == nullptr) return capi::NoPlace();
    if (const absl::Status status = capi::ParseInto(request, message); !status.ok()) return status;
    if (open.core().locked()) return MakeStatus(doorstep::Reason::kLocked, "locked");
    return open.Start(
        "request",
        [message](doorstep::client::Client& core) { return capi::OutcomeOf(core.Call(message)); },
        [answer, context](ds_status status, ds_bytes bytes, const ds_error* why) {
          answer(context, status, bytes, why);
        });
  });
}

// ---- Programmes
// ----------------------------------------------------------------------------------

ds_status ds_programme_try(ds_bytes trial, ds_buffer* result, ds_error* error) {
  if (result != nullptr) *result = {};
  return capi::Guarded(error, [&]() -> absl::Status {
    if (result == nullptr) return capi::NoPlace();
    v1::ProgrammeTrial message;
    const absl::Status status = capi::ParseInto(trial, message);
    if (!status.ok()) return status;
    return capi::Give(doorstep::client::TryProgramme(message), result);
  });
}
