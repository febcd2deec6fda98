#include "shell/cli/core.h"

#include <strings.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "shell/cli/failure.h"
#include "shell/cli/pin.h"

namespace doorstep::shell {
namespace {

constexpr uint32_t kPage = 500;  // answers to one query at most

volatile std::sig_atomic_t interrupted = 0;
extern "C" void OnInterrupt(int) { interrupted = 1; }

ds_bytes View(std::string_view bytes) {
  return {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()};
}

const uint8_t* IdOf(const std::string& id) {
  assert(id.size() == 16);
  return reinterpret_cast<const uint8_t*>(id.data());
}

std::string Taken(ds_buffer* buffer) {
  std::string bytes(reinterpret_cast<const char*>(buffer->data), buffer->size);
  ds_buffer_free(buffer);
  return bytes;
}

// What the core itself made can be read, or it is a mistake of ours.
template <typename Message>
Message Parsed(const std::string& bytes) {
  Message message;
  if (!message.ParseFromString(bytes)) {
    Fail(Exit::kOurMistake, "the core's answer cannot be read. What was saved is kept.");
  }
  return message;
}

template <typename Message>
Message Take(ds_buffer* buffer) {
  return Parsed<Message>(Taken(buffer));
}

// One call on the client's own thread, and its end.
class Waiting {
 public:
  static void Answer(void* context, ds_status status, ds_bytes answer, const ds_error* error) {
    auto* self = static_cast<Waiting*>(context);
    const std::lock_guard<std::mutex> lock(self->mutex_);
    self->status_ = status;
    self->answer_.assign(reinterpret_cast<const char*>(answer.data), answer.size);
    if (error != nullptr) self->error_ = *error;
    self->done_ = true;
    self->ended_.notify_one();
  }

  // Until the end, or, after Ctrl-C, until the core has cancelled.
  ds_status Wait(ds_client* client) {
    std::unique_lock<std::mutex> lock(mutex_);
    while (!ended_.wait_for(lock, std::chrono::milliseconds(100), [this] { return done_; })) {
      if (!interrupted) continue;
      lock.unlock();
      ds_sync_cancel(client);
      lock.lock();
    }
    return status_;
  }

  const std::string& answer() const { return answer_; }
  const ds_error& error() const { return error_; }

 private:
  std::mutex mutex_;
  std::condition_variable ended_;
  bool done_ = false;
  ds_status status_ = DS_OK;
  std::string answer_;
  ds_error error_ = {};
};

// One line, written over again; the end of the contact begins a new one.
void ShowProgress(void*, ds_bytes bytes) {
  v1::SyncProgress progress;
  if (!progress.ParseFromArray(bytes.data, static_cast<int>(bytes.size))) return;
  std::string line = "… " + progress.stage();
  if (progress.done() > 0 || progress.of() > 0) line += " " + std::to_string(progress.done());
  if (progress.of() > 0) line += " of " + std::to_string(progress.of());
  line.resize(std::max<size_t>(line.size(), 48), ' ');
  std::cerr << "\r" << (progress.stage() == "done" ? std::string(48, ' ') + "\r" : line)
            << std::flush;
}

}  // namespace

Core::Core(const Settings& settings) : settings_(settings) {
  AtEnd([this] { Close(); });
  std::signal(SIGINT, OnInterrupt);
}

Core::~Core() {
  Close();
  AtEnd(nullptr);
}

void Core::Close() {
  ds_client_close(std::exchange(client_, nullptr));
  unlocked_ = false;
}

ds_client* Core::Locked() {
  if (client_ != nullptr) return client_;
  if (ds_abi_version() != DS_ABI_VERSION) {
    Fail(Exit::kOurMistake, "this program and its library do not belong together.");
  }
  v1::ClientOptions options;
  options.set_samples(settings_.samples);
  ds_error error = {};
  ds_host host = {};
  host.size = sizeof host;
  // On a terminal only: whoever reads the output of a script wants none of it.
  if (!settings_.json && isatty(STDERR_FILENO) != 0) host.sync_progress = ShowProgress;
  const ds_status status = ds_client_open(settings_.dir.c_str(), View(options.SerializeAsString()),
                                          &host, &client_, &error);
  if (status != DS_OK) FailWith("open " + settings_.dir, status, error);
  return client_;
}

ds_client* Core::Open() {
  if (unlocked_) return client_;
  Locked();
  if (LockedStatus().life() == v1::Status::NEW) {
    Fail(Exit::kNotNow,
         "this folder holds no device yet. `doorstep enrol CODE` joins with an invitation; "
         "`doorstep request FILE` begins the first device of an authority.");
  }
  Pin pin;
  if (settings_.pin_file.empty())
    pin.Ask("PIN: ");
  else
    pin.ReadFile(settings_.pin_file);
  ds_error error = {};
  const ds_status status = ds_client_unlock(client_, pin.bytes(), &error);
  if (status != DS_OK) FailWith("unlock", status, error);
  unlocked_ = true;
  return client_;
}

ds_client* Core::OpenOrCreate() {
  Locked();
  if (LockedStatus().life() != v1::Status::NEW) return Open();
  Pin pin;
  if (settings_.pin_file.empty()) {
    Pin again;
    pin.Ask("A passphrase for this device, 12 characters or more: ");
    again.Ask("The same again: ");
    if (!(pin == again)) Fail(Exit::kUsage, "the two differ. Nothing was made.");
  } else {
    pin.ReadFile(settings_.pin_file);
  }
  ds_error error = {};
  const ds_status status = ds_client_set_pin(client_, {nullptr, 0}, pin.bytes(), &error);
  if (status != DS_OK) FailWith("make this device's keys", status, error);
  unlocked_ = true;
  return client_;
}

void Core::ChangePin(const std::string& new_pin_file) {
  Locked();
  Pin old_pin, new_pin;
  if (settings_.pin_file.empty())
    old_pin.Ask("PIN until now: ");
  else
    old_pin.ReadFile(settings_.pin_file);
  if (new_pin_file.empty()) {
    Pin again;
    new_pin.Ask("New passphrase, 12 characters or more: ");
    again.Ask("The same again: ");
    if (!(new_pin == again)) Fail(Exit::kUsage, "the two differ. The old one holds.");
  } else {
    new_pin.ReadFile(new_pin_file);
  }
  ds_error error = {};
  const ds_status status = ds_client_set_pin(client_, old_pin.bytes(), new_pin.bytes(), &error);
  if (status != DS_OK) FailWith("change the PIN", status, error);
}

v1::Status Core::LockedStatus() {
  ds_buffer buffer = {};
  ds_error error = {};
  const ds_status status = ds_client_status(Locked(), &buffer, &error);
  if (status != DS_OK) FailWith("read the status", status, error);
  return Take<v1::Status>(&buffer);
}

v1::Status Core::Status() {
  Open();
  return LockedStatus();
}

// Where the core has refused one value: which, and why.
void Core::FailAtEntry(const v1::Edits& edits) {
  ds_buffer buffer = {};
  if (ds_check(Open(), View(edits.SerializeAsString()), &buffer, nullptr) != DS_OK) return;
  const v1::Findings findings = Take<v1::Findings>(&buffer);
  for (const v1::EntryFinding& entry : findings.entries()) {
    if (!entry.refused()) continue;
    Fail(Exit::kUsage, "the " + entry.field_name() + " of a " + entry.record().type_name() +
                           " is not taken. " + entry.words() + " Nothing was stored.");
  }
}

v1::Committed Core::Commit(const v1::Edits& edits, const std::string& doing) {
  ds_buffer buffer = {};
  ds_error error = {};
  const ds_status status = ds_commit(Open(), View(edits.SerializeAsString()), &buffer, &error);
  if (status != DS_OK && error.reason == DS_REASON_FORMAT) FailAtEntry(edits);
  if (status != DS_OK) FailWith(doing, status, error);
  return Take<v1::Committed>(&buffer);
}

v1::Committed Core::Resolve(const std::string& item, const v1::Edits& edits) {
  ds_buffer buffer = {};
  ds_error error = {};
  const ds_status status =
      ds_attention_resolve(Open(), IdOf(item), View(edits.SerializeAsString()), &buffer, &error);
  if (status != DS_OK) FailWith("settle it", status, error);
  return Take<v1::Committed>(&buffer);
}

v1::Findings Core::Check(const v1::Edits& edits) {
  ds_buffer buffer = {};
  ds_error error = {};
  const ds_status status = ds_check(Open(), View(edits.SerializeAsString()), &buffer, &error);
  if (status != DS_OK) FailWith("check it", status, error);
  return Take<v1::Findings>(&buffer);
}

namespace {

std::vector<v1::Answer> Drain(ds_query* query) {
  std::vector<v1::Answer> answers;
  ds_buffer buffer = {};
  ds_error error = {};
  ds_status status;
  while ((status = ds_query_next(query, &buffer, &error)) == DS_OK) {
    answers.push_back(Take<v1::Answer>(&buffer));
  }
  ds_query_close(query);
  if (status != DS_DONE) FailWith("read the answers", status, error);
  return answers;
}

}  // namespace

std::vector<v1::Answer> Core::Ask(const v1::Query& query) {
  v1::Query page = query;
  if (page.limit() == 0) page.set_limit(kPage);
  std::vector<v1::Answer> all;
  for (;;) {
    ds_query* opened = nullptr;
    ds_error error = {};
    const ds_status status = ds_query_open(Open(), View(page.SerializeAsString()), &opened, &error);
    if (status != DS_OK) FailWith("look that up", status, error);
    std::vector<v1::Answer> answers = Drain(opened);
    const bool last = answers.size() < kPage || query.limit() != 0;
    for (v1::Answer& answer : answers) all.push_back(std::move(answer));
    if (last) return all;
    page.set_skip(static_cast<uint32_t>(all.size()));
  }
}

std::vector<v1::Answer> Core::Search(const v1::SearchRequest& search) {
  ds_query* opened = nullptr;
  ds_error error = {};
  const ds_status status = ds_search(Open(), View(search.SerializeAsString()), &opened, &error);
  if (status != DS_OK) FailWith("search", status, error);
  return Drain(opened);
}

v1::RecordView Core::Get(uint32_t type, const std::string& id) {
  ds_buffer buffer = {};
  ds_error error = {};
  const ds_status status = ds_record_get(Open(), type, IdOf(id), &buffer, &error);
  if (status != DS_OK) FailWith("read the record", status, error);
  return Take<v1::RecordView>(&buffer);
}

v1::Attention Core::Attention() {
  ds_buffer buffer = {};
  ds_error error = {};
  const ds_status status = ds_attention_list(Open(), &buffer, &error);
  if (status != DS_OK) FailWith("list what waits", status, error);
  return Take<v1::Attention>(&buffer);
}

std::string Core::NewId() {
  uint8_t id[16];
  ds_error error = {};
  const ds_status status = ds_record_new_id(Open(), id, &error);
  if (status != DS_OK) FailWith("make an id", status, error);
  return std::string(reinterpret_cast<const char*>(id), sizeof id);
}

void Core::PutDraft(const std::string& id, const std::string& draft) {
  ds_error error = {};
  const ds_status status = ds_draft_put(Open(), IdOf(id), View(draft), &error);
  if (status != DS_OK) FailWith("keep the draft", status, error);
}

std::string Core::GetDraft(const std::string& id) {
  ds_buffer buffer = {};
  ds_error error = {};
  const ds_status status = ds_draft_get(Open(), IdOf(id), &buffer, &error);
  if (status != DS_OK) FailWith("read the draft", status, error);
  return Taken(&buffer);
}

v1::Committed Core::Attach(const v1::NewFile& what, const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) Fail(Exit::kNotFound, "that file cannot be read. Nothing was changed.");
  const auto read = [](void* context, uint8_t* into, size_t capacity) -> int64_t {
    auto& from = *static_cast<std::ifstream*>(context);
    from.read(reinterpret_cast<char*>(into), static_cast<std::streamsize>(capacity));
    return from.bad() ? -1 : static_cast<int64_t>(from.gcount());
  };
  ds_buffer buffer = {};
  ds_error error = {};
  const ds_status status =
      ds_attachment_put(Open(), View(what.SerializeAsString()), read, &file, &buffer, &error);
  if (status != DS_OK) FailWith("attach the file", status, error);
  return Parsed<v1::Committed>(Taken(&buffer));
}

void Core::SaveFile(const std::string& id, const std::string& path) {
  // Beside its place first: what is written counts only once all of it has been.
  const std::string part = path + ".part";
  std::ofstream file(part, std::ios::binary | std::ios::trunc);
  if (!file) Fail(Exit::kUnreachable, "that place cannot be written to.");
  std::error_code ignored;
  std::filesystem::permissions(
      part, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, ignored);
  const auto write = [](void* context, ds_bytes piece) -> int32_t {
    auto& to = *static_cast<std::ofstream*>(context);
    to.write(reinterpret_cast<const char*>(piece.data), static_cast<std::streamsize>(piece.size));
    return to ? 0 : 1;
  };
  ds_error error = {};
  const ds_status status =
      ds_attachment_get(Open(), reinterpret_cast<const uint8_t*>(id.data()), write, &file, &error);
  file.close();
  if (status != DS_OK || !file) {
    std::filesystem::remove(part, ignored);
    if (status != DS_OK) FailWith("save the file", status, error);
    Fail(Exit::kUnreachable, "the file could not be written.");
  }
  std::error_code moved;
  std::filesystem::rename(part, path, moved);
  if (moved) Fail(Exit::kUnreachable, "the file could not be put in its place.");
}

v1::SyncReport Core::Sync() {
  Waiting waiting;
  ds_error error = {};
  ds_status status = ds_sync_start(Open(), Waiting::Answer, &waiting, &error);
  if (status != DS_OK) FailWith("begin the contact", status, error);
  status = waiting.Wait(client_);
  if (status != DS_OK) FailWith("finish the contact with the office", status, waiting.error());
  return Parsed<v1::SyncReport>(waiting.answer());
}

v1::Reply Core::Request(const v1::Request& request, const std::string& doing) {
  Waiting waiting;
  ds_error error = {};
  ds_status status =
      ds_request(Open(), View(request.SerializeAsString()), Waiting::Answer, &waiting, &error);
  if (status != DS_OK) FailWith(doing, status, error);
  status = waiting.Wait(client_);
  if (status != DS_OK) FailWith(doing, status, waiting.error());
  return Parsed<v1::Reply>(waiting.answer());
}

std::string Core::Enrol(const v1::Enrolment& way, const std::string& doing) {
  Waiting waiting;
  ds_error error = {};
  ds_status status =
      ds_enrol(OpenOrCreate(), View(way.SerializeAsString()), Waiting::Answer, &waiting, &error);
  if (status != DS_OK) FailWith(doing, status, error);
  status = waiting.Wait(client_);
  if (status != DS_OK) FailWith(doing, status, waiting.error());
  return waiting.answer();
}

bool Core::TryEnrol(const v1::Enrolment& way) {
  Waiting waiting;
  ds_error error = {};
  ds_status status =
      ds_enrol(OpenOrCreate(), View(way.SerializeAsString()), Waiting::Answer, &waiting, &error);
  if (status != DS_OK) FailWith("join", status, error);
  status = waiting.Wait(client_);
  if (status == DS_OK) return true;
  if (waiting.error().reason == DS_REASON_BUSY) return false;
  FailWith("join", status, waiting.error());
}

const std::map<std::string, v1::SchemaType>& Core::Schema() {
  if (!schema_.empty()) return schema_;
  v1::Query query;
  query.mutable_schema();
  for (const v1::Answer& answer : Ask(query)) schema_[answer.schema().name()] = answer.schema();
  return schema_;
}

const v1::SchemaType& Core::Type(const std::string& name) {
  for (const auto& [known, type] : Schema()) {
    if (strcasecmp(known.c_str(), name.c_str()) == 0) return type;
  }
  Fail(Exit::kUsage, "there is no type of record with that name. `doorstep schema` lists them.");
}

const v1::SchemaType& Core::TypeOf(uint32_t number) {
  for (const auto& [name, type] : Schema()) {
    if (type.number() == number) return type;
  }
  Fail(Exit::kNotNow, "that record was made by a newer program. Update this one.");
}

const v1::SchemaType::Field& Core::Field(const v1::SchemaType& type, const std::string& name) {
  for (const v1::SchemaType::Field& field : type.fields()) {
    if (strcasecmp(field.name().c_str(), name.c_str()) == 0) return field;
  }
  Fail(Exit::kUsage, type.name() + " has no field of that name. `doorstep schema " + type.name() +
                         "` lists them.");
}

}  // namespace doorstep::shell
