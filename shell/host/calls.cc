#include "shell/host/calls.h"

#include <array>
#include <cassert>
#include <cstring>
#include <memory>
#include <utility>

namespace doorstep::shell {
namespace {

constexpr size_t kIdBytes = 16;

ds_bytes View(std::string_view bytes) {
  return {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()};
}

const uint8_t* Raw(std::string_view bytes) {
  return reinterpret_cast<const uint8_t*>(bytes.data());
}

void Wipe(std::string& text) {
  volatile char* at = text.data();
  for (size_t i = 0; i < text.size(); ++i) at[i] = 0;
}

Reply Failed(ds_status status, const ds_error& error) { return {status, error.reason, ""}; }

Reply Malformed() { return {DS_INVALID_ARGUMENT, DS_REASON_ARG, ""}; }

uint32_t LittleEndian(std::string_view bytes) {
  assert(bytes.size() >= 4);
  uint32_t value = 0;
  for (size_t i = 4; i-- > 0;) value = value << 8 | static_cast<uint8_t>(bytes[i]);
  return value;
}

void AppendSize(std::string& out, size_t size) {
  for (int i = 0; i < 4; ++i) out += static_cast<char>(size >> (8 * i) & 0xff);
}

// One output, taken over and freed.
template <typename Call>
Reply Output(Call call) {
  ds_buffer buffer = {};
  ds_error error = {};
  const ds_status status = call(&buffer, &error);
  if (status != DS_OK) return Failed(status, error);
  Reply reply;
  reply.body.assign(reinterpret_cast<const char*>(buffer.data), buffer.size);
  ds_buffer_free(&buffer);
  return reply;
}

template <typename Call>
Reply Plain(Call call) {
  ds_error error = {};
  const ds_status status = call(&error);
  return status == DS_OK ? Reply{} : Failed(status, error);
}

template <typename Open>
Reply Answers(Open open) {
  ds_query* query = nullptr;
  ds_error error = {};
  ds_status status = open(&query, &error);
  if (status != DS_OK) return Failed(status, error);
  Reply reply;
  ds_buffer buffer = {};
  while ((status = ds_query_next(query, &buffer, &error)) == DS_OK) {
    AppendSize(reply.body, buffer.size);
    reply.body.append(reinterpret_cast<const char*>(buffer.data), buffer.size);
    ds_buffer_free(&buffer);
  }
  ds_query_close(query);
  return status == DS_DONE ? reply : Failed(status, error);
}

using Function = Reply (*)(ds_client*, std::string_view);

struct Named {
  std::string_view name;
  Effect effect;
  Function run;  // null: answered on the client's own thread
};

Reply SetPin(ds_client* client, std::string_view argument) {
  if (argument.size() < 4 || LittleEndian(argument) > argument.size() - 4) return Malformed();
  const size_t old_size = LittleEndian(argument);
  return Plain([&](ds_error* error) {
    return ds_client_set_pin(client, View(argument.substr(4, old_size)),
                             View(argument.substr(4 + old_size)), error);
  });
}

Reply NewId(ds_client* client, std::string_view) {
  uint8_t id[kIdBytes];
  Reply reply = Plain([&](ds_error* error) { return ds_record_new_id(client, id, error); });
  if (reply.status == DS_OK) reply.body.assign(reinterpret_cast<const char*>(id), sizeof id);
  return reply;
}

Reply GetRecord(ds_client* client, std::string_view argument) {
  if (argument.size() != 4 + kIdBytes) return Malformed();
  return Output([&](ds_buffer* out, ds_error* error) {
    return ds_record_get(client, LittleEndian(argument), Raw(argument.substr(4)), out, error);
  });
}

Reply GetDraft(ds_client* client, std::string_view argument) {
  if (argument.size() != kIdBytes) return Malformed();
  return Output([&](ds_buffer* out, ds_error* error) {
    return ds_draft_get(client, Raw(argument), out, error);
  });
}

Reply PutDraft(ds_client* client, std::string_view argument) {
  if (argument.size() < kIdBytes) return Malformed();
  return Plain([&](ds_error* error) {
    return ds_draft_put(client, Raw(argument), View(argument.substr(kIdBytes)), error);
  });
}

Reply Resolve(ds_client* client, std::string_view argument) {
  if (argument.size() < kIdBytes) return Malformed();
  return Output([&](ds_buffer* out, ds_error* error) {
    return ds_attention_resolve(client, Raw(argument), View(argument.substr(kIdBytes)), out, error);
  });
}

constexpr std::array<Named, 17> kFunctions = {{
    {"client_status", Effect::kNone,
     [](ds_client* client, std::string_view) {
       return Output([&](ds_buffer* out, ds_error* e) { return ds_client_status(client, out, e); });
     }},
    {"client_unlock", Effect::kLock,
     [](ds_client* client, std::string_view pin) {
       return Plain([&](ds_error* e) { return ds_client_unlock(client, View(pin), e); });
     }},
    {"client_lock", Effect::kLock,
     [](ds_client* client, std::string_view) {
       return Plain([&](ds_error* e) { return ds_client_lock(client, e); });
     }},
    {"client_set_pin", Effect::kLock, SetPin},
    {"record_new_id", Effect::kNone, NewId},
    {"check", Effect::kNone,
     [](ds_client* client, std::string_view edits) {
       return Output(
           [&](ds_buffer* out, ds_error* e) { return ds_check(client, View(edits), out, e); });
     }},
    {"commit", Effect::kRecords,
     [](ds_client* client, std::string_view edits) {
       return Output(
           [&](ds_buffer* out, ds_error* e) { return ds_commit(client, View(edits), out, e); });
     }},
    {"record_get", Effect::kNone, GetRecord},
    {"draft_put", Effect::kNone, PutDraft},
    {"draft_get", Effect::kNone, GetDraft},
    {"query_open", Effect::kNone,
     [](ds_client* client, std::string_view query) {
       return Answers([&](ds_query** opened, ds_error* e) {
         return ds_query_open(client, View(query), opened, e);
       });
     }},
    {"search", Effect::kNone,
     [](ds_client* client, std::string_view search) {
       return Answers([&](ds_query** opened, ds_error* e) {
         return ds_search(client, View(search), opened, e);
       });
     }},
    {"attention_list", Effect::kNone,
     [](ds_client* client, std::string_view) {
       return Output(
           [&](ds_buffer* out, ds_error* e) { return ds_attention_list(client, out, e); });
     }},
    {"attention_resolve", Effect::kRecords, Resolve},
    {"sync_start", Effect::kRecords, nullptr},
    {"request", Effect::kRecords, nullptr},
    {"enrol", Effect::kLock, nullptr},
}};

const Named* Find(std::string_view name) {
  for (const Named& function : kFunctions) {
    if (function.name == name) return &function;
  }
  return nullptr;
}

}  // namespace

struct Calls::Later {
  Calls* calls;
  Done done;
};

Calls::~Calls() { Drain(); }

bool Calls::Knows(std::string_view name) { return name == "sync_cancel" || Find(name) != nullptr; }

Effect Calls::EffectOf(std::string_view name) {
  const Named* function = Find(name);
  return function == nullptr ? Effect::kNone : function->effect;
}

void Calls::Answered(void* context, ds_status status, ds_bytes answer, const ds_error* error) {
  const std::unique_ptr<Later> later(static_cast<Later*>(context));
  Reply reply{status, error == nullptr ? 0 : error->reason, ""};
  // Also the report of a contact that failed half way.
  if (answer.size > 0) reply.body.assign(reinterpret_cast<const char*>(answer.data), answer.size);
  later->done(std::move(reply));
  later->calls->running_.fetch_sub(1);
  later->calls->running_.notify_all();
}

void Calls::Run(std::string_view name, std::string argument, Done done) {
  assert(Knows(name));
  if (name == "sync_cancel") {
    ds_sync_cancel(client_);
    done({});
    return;
  }
  const Named& function = *Find(name);
  if (function.run != nullptr) {
    Reply reply = function.run(client_, argument);
    Wipe(argument);
    done(std::move(reply));
    return;
  }
  // Owned by the callback, which comes exactly once if the start was not refused.
  auto later = std::make_unique<Later>(Later{this, std::move(done)});
  running_.fetch_add(1);
  ds_error error = {};
  ds_status status;
  if (name == "sync_start")
    status = ds_sync_start(client_, Answered, later.get(), &error);
  else if (name == "request")
    status = ds_request(client_, View(argument), Answered, later.get(), &error);
  else
    status = ds_enrol(client_, View(argument), Answered, later.get(), &error);
  Wipe(argument);
  if (status == DS_OK) {
    static_cast<void>(later.release());
    return;
  }
  running_.fetch_sub(1);
  later->done(Failed(status, error));
}

void Calls::Drain() {
  for (;;) {
    const uint32_t running = running_.load();
    if (running == 0) return;
    ds_sync_cancel(client_);
    running_.wait(running);
  }
}

}  // namespace doorstep::shell
