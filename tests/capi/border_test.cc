// The C border with a hostile shell: impossible arguments, callbacks that throw and call back, key
// stores that lie, clocks that jump, everything at once. B01 to B11 of the list of bad inputs.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <limits>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "client-core/include/doorstep/doorstep.h"
#include "doorstep/v1/client.pb.h"
#include "tests/capi/genesis.h"

namespace doorstep {
namespace {

namespace fs = std::filesystem;

constexpr char kPassphrase[] = "a long passphrase";
constexpr char kPin[] = "739154";

class Scratch {
 public:
  Scratch() {
    std::string pattern = (fs::temp_directory_path() / "doorstep-border-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~Scratch() { fs::remove_all(path_); }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

ds_bytes View(const std::string& bytes) {
  return {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()};
}

std::string CheapOptions() {
  v1::ClientOptions options;
  options.set_argon_passes(1);
  options.set_argon_memory_bytes(uint64_t{64} << 20);
  return options.SerializeAsString();
}

class Device {
 public:
  explicit Device(const std::string& dir, const ds_host* host = nullptr) {
    status_ = ds_client_open(dir.c_str(), View(CheapOptions()), host, &client_, &error_);
  }
  ~Device() { ds_client_close(client_); }
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  ds_client* get() const { return client_; }
  ds_status opened() const { return status_; }
  ds_error& error() { return error_; }
  ds_status Begin(const std::string& pin = kPassphrase) {
    return ds_client_set_pin(client_, {nullptr, 0}, View(pin), &error_);
  }
  ds_status Unlock(const std::string& pin = kPassphrase) {
    return ds_client_unlock(client_, View(pin), &error_);
  }
  v1::Status Status() {
    ds_buffer buffer = {};
    REQUIRE(ds_client_status(client_, &buffer, nullptr) == DS_OK);
    v1::Status status;
    REQUIRE(status.ParseFromArray(buffer.data, static_cast<int>(buffer.size)));
    ds_buffer_free(&buffer);
    return status;
  }

 private:
  ds_client* client_ = nullptr;
  ds_status status_;
  ds_error error_ = {};
};

// The end of one call on the client's own thread.
struct Ending {
  std::mutex mutex;
  std::condition_variable ended;
  int times = 0;
  ds_status status = DS_OK;
  std::string answer;
  std::function<void()> inside;  // run in the callback

  static void Tell(void* context, ds_status status, ds_bytes answer, const ds_error*) {
    auto* self = static_cast<Ending*>(context);
    if (self->inside) self->inside();
    const std::lock_guard<std::mutex> lock(self->mutex);
    ++self->times;
    self->status = status;
    self->answer.assign(reinterpret_cast<const char*>(answer.data), answer.size);
    self->ended.notify_all();
  }
  bool Wait(std::chrono::seconds patience = std::chrono::seconds(30)) {
    std::unique_lock<std::mutex> lock(mutex);
    return ended.wait_for(lock, patience, [this] { return times > 0; });
  }
};

std::string RequestFileWay() {
  v1::Enrolment way;
  way.mutable_request_file()->set_kind("COMPUTER");
  return way.SerializeAsString();
}

// ---- Arguments
// Joined by a ceremony: it has a store, and waits for its first contact.
void Join(Device& device, const std::string& pin = kPassphrase) {
  REQUIRE(device.Begin(pin) == DS_OK);
  Ending asked;
  REQUIRE(ds_enrol(device.get(), View(RequestFileWay()), Ending::Tell, &asked, nullptr) == DS_OK);
  REQUIRE(asked.Wait());
  REQUIRE(asked.status == DS_OK);
  v1::Enrolment way;
  way.mutable_genesis()->set_genesis(MakeGenesisFor(asked.answer));
  Ending joined;
  REQUIRE(ds_enrol(device.get(), View(way.SerializeAsString()), Ending::Tell, &joined, nullptr) ==
          DS_OK);
  REQUIRE(joined.Wait());
  REQUIRE(joined.status == DS_OK);
}

// -----------------------------------------------------------------------------------

TEST_CASE("B01: a closed handle is none, whatever is asked of it") {
  const Scratch scratch;
  ds_client* client = nullptr;
  REQUIRE(ds_client_open((scratch / "d").c_str(), View(CheapOptions()), nullptr, &client,
                         nullptr) == DS_OK);
  ds_client_close(client);
  ds_buffer buffer = {};
  ds_error error = {};
  CHECK(ds_client_status(client, &buffer, &error) == DS_INVALID_ARGUMENT);
  CHECK(error.reason == DS_REASON_ARG);
  CHECK(ds_sync_start(client, Ending::Tell, nullptr, nullptr) == DS_INVALID_ARGUMENT);
  ds_client_close(client);
}

TEST_CASE("B01: null callbacks and null places for an answer are refused, and nothing starts") {
  const Scratch scratch;
  Device device(scratch / "d");
  REQUIRE(device.Begin() == DS_OK);
  CHECK(ds_sync_start(device.get(), nullptr, nullptr, nullptr) == DS_INVALID_ARGUMENT);
  CHECK(ds_enrol(device.get(), View(RequestFileWay()), nullptr, nullptr, nullptr) ==
        DS_INVALID_ARGUMENT);
  CHECK(ds_request(device.get(), {nullptr, 0}, nullptr, nullptr, nullptr) == DS_INVALID_ARGUMENT);
  CHECK(ds_client_status(device.get(), nullptr, nullptr) == DS_INVALID_ARGUMENT);
  CHECK(ds_query_open(device.get(), {nullptr, 0}, nullptr, nullptr) == DS_INVALID_ARGUMENT);
  CHECK(ds_record_new_id(device.get(), nullptr, nullptr) == DS_INVALID_ARGUMENT);
}

TEST_CASE("B02: sizes without end are refused before a byte is read") {
  const Scratch scratch;
  Device device(scratch / "d");
  Join(device);
  const uint8_t byte = 1;
  uint8_t id[16] = {7};
  ds_buffer buffer = {};
  for (const size_t size : {std::numeric_limits<size_t>::max(), size_t{1} << 63, size_t{1} << 31,
                            (size_t{1} << 20) + 1}) {
    const ds_bytes huge = {&byte, size};
    CHECK(ds_commit(device.get(), huge, &buffer, nullptr) == DS_RESOURCE_EXHAUSTED);
    CHECK(ds_draft_put(device.get(), id, huge, nullptr) == DS_RESOURCE_EXHAUSTED);
    ds_query* query = nullptr;
    CHECK(ds_search(device.get(), huge, &query, nullptr) == DS_RESOURCE_EXHAUSTED);
  }
  CHECK(buffer.data == nullptr);
  const ds_bytes null_bytes = {nullptr, 1};
  CHECK(ds_commit(device.get(), null_bytes, &buffer, nullptr) == DS_INVALID_ARGUMENT);
}

TEST_CASE("B02: a draft over its limit leaves the older draft as it was") {
  const Scratch scratch;
  Device device(scratch / "d");
  Join(device);
  uint8_t id[16] = {7};
  REQUIRE(ds_draft_put(device.get(), id, View("the older one"), nullptr) == DS_OK);
  CHECK(ds_draft_put(device.get(), id, View(std::string((256 << 10) + 1, 'x')), nullptr) ==
        DS_RESOURCE_EXHAUSTED);
  ds_buffer buffer = {};
  REQUIRE(ds_draft_get(device.get(), id, &buffer, nullptr) == DS_OK);
  CHECK(std::string(reinterpret_cast<char*>(buffer.data), buffer.size) == "the older one");
  ds_buffer_free(&buffer);
}

TEST_CASE("B03, B11: bytes that are no such message are refused") {
  const Scratch scratch;
  Device device(scratch / "d");
  Join(device);
  ds_buffer buffer = {};
  ds_query* query = nullptr;
  ds_error error = {};
  // Not protobuf; a text field that is not UTF-8 (Query.records.type_name); cut off.
  for (const std::string& bytes :
       {std::string("\xff\xff\xff\xff"), std::string("\x0a\x04\x12\x02\xc0\xaf"),
        std::string("\x0a\x20\x08")}) {
    CHECK(ds_commit(device.get(), View(bytes), &buffer, &error) != DS_OK);
    CHECK(ds_query_open(device.get(), View(bytes), &query, &error) == DS_INVALID_ARGUMENT);
    CHECK(error.reason == DS_REASON_FORMAT);
    CHECK(query == nullptr);
  }
}

TEST_CASE("B11: a draft may be any bytes, and comes back as them") {
  const Scratch scratch;
  Device device(scratch / "d");
  Join(device);
  uint8_t id[16] = {9};
  std::string garbage;
  for (int i = 0; i < 5000; ++i) garbage += static_cast<char>(i * 37);
  REQUIRE(ds_draft_put(device.get(), id, View(garbage), nullptr) == DS_OK);
  ds_buffer buffer = {};
  REQUIRE(ds_draft_get(device.get(), id, &buffer, nullptr) == DS_OK);
  CHECK(std::string(reinterpret_cast<char*>(buffer.data), buffer.size) == garbage);
  ds_buffer_free(&buffer);
}

TEST_CASE("B11: ids of nothing, and records that are not here") {
  const Scratch scratch;
  Device device(scratch / "d");
  Join(device);
  const uint8_t zeros[16] = {};
  const uint8_t absent[16] = {1};
  ds_buffer buffer = {};
  CHECK(ds_record_get(device.get(), 27, zeros, &buffer, nullptr) == DS_INVALID_ARGUMENT);
  CHECK(ds_record_get(device.get(), 27, nullptr, &buffer, nullptr) == DS_INVALID_ARGUMENT);
  CHECK(ds_record_get(device.get(), 27, absent, &buffer, nullptr) != DS_OK);
  CHECK(ds_draft_get(device.get(), absent, &buffer, nullptr) == DS_NOT_FOUND);
  CHECK(buffer.data == nullptr);
}

// ---- Threads and callbacks
// -----------------------------------------------------------------------

TEST_CASE("an answer is told once, from another thread, and the next may begin at once") {
  const Scratch scratch;
  Device device(scratch / "d");
  REQUIRE(device.Begin() == DS_OK);
  const std::thread::id here = std::this_thread::get_id();
  for (int i = 0; i < 3; ++i) {
    Ending ending;
    std::atomic<bool> elsewhere = false;
    ending.inside = [&] { elsewhere = std::this_thread::get_id() != here; };
    REQUIRE(ds_enrol(device.get(), View(RequestFileWay()), Ending::Tell, &ending, nullptr) ==
            DS_OK);
    REQUIRE(ending.Wait());
    CHECK(ending.status == DS_OK);
    v1::FirstRequest request;
    CHECK(request.ParseFromString(ending.answer));
    CHECK(request.sign_pk().size() == 32);
    CHECK(elsewhere);
    CHECK(ending.times == 1);
  }
}

TEST_CASE(
    "B05: a call into the client from its callback is refused, and close there does nothing") {
  const Scratch scratch;
  Device device(scratch / "d");
  REQUIRE(device.Begin() == DS_OK);
  Ending ending;
  ds_status inside = DS_OK;
  ds_buffer buffer = {};
  ending.inside = [&] {
    inside = ds_client_status(device.get(), &buffer, nullptr);
    ds_client_close(device.get());
  };
  REQUIRE(ds_enrol(device.get(), View(RequestFileWay()), Ending::Tell, &ending, nullptr) == DS_OK);
  REQUIRE(ending.Wait());
  CHECK(inside == DS_FAILED_PRECONDITION);
  CHECK(buffer.data == nullptr);
  CHECK(device.Status().life() != v1::Status::WIPED);  // still open
}

TEST_CASE("B06: a callback that throws is contained") {
  const Scratch scratch;
  Device device(scratch / "d");
  REQUIRE(device.Begin() == DS_OK);
  Ending thrown;
  thrown.inside = [] { throw std::runtime_error("from the shell"); };
  REQUIRE(ds_enrol(device.get(), View(RequestFileWay()), Ending::Tell, &thrown, nullptr) == DS_OK);
  Ending after;
  ds_status started;
  do {
    started = ds_enrol(device.get(), View(RequestFileWay()), Ending::Tell, &after, nullptr);
  } while (started == DS_FAILED_PRECONDITION);
  REQUIRE(started == DS_OK);
  CHECK(after.Wait());
  CHECK(after.status == DS_OK);
}

TEST_CASE("B06: a callback that blocks holds up no call and no other client") {
  const Scratch scratch;
  Device device(scratch / "d");
  Join(device);
  Ending ending;
  std::atomic<bool> entered = false;
  std::atomic<bool> go_on = false;
  ending.inside = [&] {
    entered = true;
    while (!go_on) std::this_thread::yield();
  };
  REQUIRE(ds_enrol(device.get(), View(RequestFileWay()), Ending::Tell, &ending, nullptr) == DS_OK);
  while (!entered) std::this_thread::yield();
  CHECK(device.Status().life() == v1::Status::ENROLLING);
  uint8_t id[16];
  CHECK(ds_record_new_id(device.get(), id, nullptr) == DS_OK);
  go_on = true;
  CHECK(ending.Wait());
}

TEST_CASE("B05: sixty-four threads on one client end within seconds, every call with an answer") {
  const Scratch scratch;
  Device device(scratch / "d");
  Join(device);
  const auto begun = std::chrono::steady_clock::now();
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 64; ++i) {
    threads.emplace_back([&, i] {
      uint8_t id[16] = {static_cast<uint8_t>(i + 1)};
      const std::string words = "draft of thread " + std::to_string(i);
      ds_buffer buffer = {};
      if (ds_draft_put(device.get(), id, View(words), nullptr) != DS_OK) ++wrong;
      if (ds_draft_get(device.get(), id, &buffer, nullptr) != DS_OK) ++wrong;
      if (std::string(reinterpret_cast<char*>(buffer.data), buffer.size) != words) ++wrong;
      ds_buffer_free(&buffer);
      ds_sync_cancel(device.get());
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
  const auto taken = std::chrono::steady_clock::now() - begun;
  CHECK(taken < std::chrono::seconds(20));
}

// ---- Cancel, lock, close
// -------------------------------------------------------------------------

TEST_CASE("B10: what is under way at close is told once before close returns, and never after") {
  const Scratch scratch;
  for (int i = 0; i < 10; ++i) {
    Ending ending;
    {
      Device device(scratch / "d");
      REQUIRE((i == 0 ? device.Begin() : device.Unlock()) == DS_OK);
      REQUIRE(ds_enrol(device.get(), View(RequestFileWay()), Ending::Tell, &ending, nullptr) ==
              DS_OK);
    }
    const std::lock_guard<std::mutex> lock(ending.mutex);
    CHECK(ending.times == 1);
    CHECK((ending.status == DS_OK || ending.status == DS_CANCELLED));
    const bool done = ending.status == DS_OK;
    CHECK(ending.answer.empty() != done);
  }
}

TEST_CASE("B10: an enrolment that nobody answers ends with cancel, whole or not at all") {
  const Scratch scratch;
  Device device(scratch / "d");
  REQUIRE(device.Begin() == DS_OK);
  v1::Enrolment way;
  way.mutable_code()->set_code("not a code");
  Ending ending;
  REQUIRE(ds_enrol(device.get(), View(way.SerializeAsString()), Ending::Tell, &ending, nullptr) ==
          DS_OK);
  ds_sync_cancel(device.get());
  REQUIRE(ending.Wait());
  CHECK(ending.status != DS_OK);
  CHECK(ending.answer.empty());
}

TEST_CASE("B10: a lock between question and answer takes the answer away") {
  const Scratch scratch;
  Device device(scratch / "d");
  Join(device);
  v1::Query query;
  query.mutable_schema();
  ds_query* opened = nullptr;
  REQUIRE(ds_query_open(device.get(), View(query.SerializeAsString()), &opened, nullptr) == DS_OK);
  ds_buffer buffer = {};
  REQUIRE(ds_query_next(opened, &buffer, nullptr) == DS_OK);
  ds_buffer_free(&buffer);
  REQUIRE(ds_client_lock(device.get(), nullptr) == DS_OK);
  CHECK(ds_query_next(opened, &buffer, nullptr) == DS_UNAUTHENTICATED);
  REQUIRE(device.Unlock() == DS_OK);
  CHECK(ds_query_next(opened, &buffer, nullptr) == DS_UNAUTHENTICATED);
  ds_query_close(opened);
  CHECK(ds_query_next(opened, &buffer, nullptr) == DS_INVALID_ARGUMENT);
}

TEST_CASE("a query's answers end with DS_DONE, again and again, and with its client") {
  const Scratch scratch;
  ds_query* opened = nullptr;
  ds_buffer buffer = {};
  {
    Device device(scratch / "d");
    Join(device);
    v1::Query query;
    query.mutable_schema()->set_type_name("Visit");
    REQUIRE(ds_query_open(device.get(), View(query.SerializeAsString()), &opened, nullptr) ==
            DS_OK);
    REQUIRE(ds_query_next(opened, &buffer, nullptr) == DS_OK);
    v1::Answer answer;
    REQUIRE(answer.ParseFromArray(buffer.data, static_cast<int>(buffer.size)));
    CHECK(answer.schema().name() == "Visit");
    ds_buffer_free(&buffer);
    CHECK(ds_query_next(opened, &buffer, nullptr) == DS_DONE);
    CHECK(ds_query_next(opened, &buffer, nullptr) == DS_DONE);
    CHECK(buffer.data == nullptr);
  }
  CHECK(ds_query_next(opened, &buffer, nullptr) == DS_INVALID_ARGUMENT);
  ds_query_close(opened);
}

// ---- The key store and the clock
// -----------------------------------------------------------------

struct LentKeys {
  std::map<std::string, std::string> kept;
  int puts = 0;
  int deletes = 0;
  ds_key_store_status answer = DS_KEY_STORE_OK;  // of get; OK: the truth
  enum { kTruth, kShort, kLong, kOther, kNonsense, kThrows } lie = kTruth;

  static ds_key_store_status Get(void* context, const char* name, uint8_t* into, size_t* n) {
    auto* self = static_cast<LentKeys*>(context);
    if (self->answer != DS_KEY_STORE_OK) return self->answer;
    if (self->lie == kThrows) throw std::runtime_error("key store");
    if (self->lie == kNonsense) return 77;
    const auto found = self->kept.find(name);
    if (found == self->kept.end()) return DS_KEY_STORE_NOT_FOUND;
    std::string secret = found->second;
    if (self->lie == kShort) secret.pop_back();
    if (self->lie == kLong) secret.push_back('x');
    if (self->lie == kOther) secret[0] = static_cast<char>(secret[0] ^ 1);
    if (secret.size() > *n) return DS_KEY_STORE_OTHER;
    std::memcpy(into, secret.data(), secret.size());
    *n = secret.size();
    return DS_KEY_STORE_OK;
  }
  static ds_key_store_status Put(void* context, const char* name, ds_bytes secret) {
    auto* self = static_cast<LentKeys*>(context);
    ++self->puts;
    self->kept[name].assign(reinterpret_cast<const char*>(secret.data), secret.size);
    return DS_KEY_STORE_OK;
  }
  static ds_key_store_status Delete(void* context, const char* name) {
    auto* self = static_cast<LentKeys*>(context);
    ++self->deletes;
    self->kept.erase(name);
    return DS_KEY_STORE_OK;
  }
  ds_host Host() {
    ds_host host = {};
    host.size = sizeof host;
    host.context = this;
    host.key_store_get = Get;
    host.key_store_put = Put;
    host.key_store_delete = Delete;
    return host;
  }
};

std::map<std::string, std::string> FilesOf(const std::string& dir) {
  std::map<std::string, std::string> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(dir)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    files[entry.path().filename()] = {std::istreambuf_iterator<char>(file),
                                      std::istreambuf_iterator<char>()};
  }
  return files;
}

TEST_CASE("B07: whatever the key store answers, no key is made again and no file is touched") {
  const Scratch scratch;
  LentKeys keys;
  const ds_host host = keys.Host();
  {
    Device device(scratch / "d", &host);
    Join(device, kPin);
  }
  const std::string dir = scratch / "d";
  const std::map<std::string, std::string> before = FilesOf(dir);
  const std::map<std::string, std::string> secrets = keys.kept;
  const auto unlock = [&] {
    Device device(dir, &host);
    if (device.opened() != DS_OK) return device.error().reason;
    return device.Unlock(kPin) == DS_OK ? DS_REASON_NONE : device.error().reason;
  };
  for (const ds_key_store_status answer :
       {DS_KEY_STORE_NOT_FOUND, DS_KEY_STORE_LOCKED, DS_KEY_STORE_AUTH_CANCELLED,
        DS_KEY_STORE_INVALIDATED, DS_KEY_STORE_OTHER}) {
    keys.answer = answer;
    const int32_t reason = unlock();
    INFO("answer " << answer << " reason " << reason);
    CHECK((reason == DS_REASON_KEY_STORE || reason == DS_REASON_KEY));
    CHECK(keys.kept == secrets);
    CHECK(FilesOf(dir) == before);
  }
  keys.answer = DS_KEY_STORE_OK;
  for (const auto lie :
       {LentKeys::kShort, LentKeys::kLong, LentKeys::kNonsense, LentKeys::kThrows}) {
    keys.lie = lie;
    const int32_t reason = unlock();
    INFO("lie " << lie << " reason " << reason);
    CHECK((reason == DS_REASON_KEY_STORE || reason == DS_REASON_KEY || reason == DS_REASON_AUTH));
    CHECK(FilesOf(dir) == before);
  }
  keys.lie = LentKeys::kTruth;
  CHECK(unlock() == DS_REASON_NONE);
  CHECK(keys.deletes == 0);
}

TEST_CASE("B09: a ds_host of another size works as far as it goes") {
  const Scratch scratch;
  LentKeys keys;
  ds_host host = keys.Host();
  host.size = 1 << 20;  // a newer shell's
  CHECK(Device(scratch / "newer", &host).opened() == DS_OK);
  host.size = 0;
  CHECK(Device(scratch / "none", &host).opened() == DS_INVALID_ARGUMENT);
  host.size = sizeof(size_t) + sizeof(void*);  // knows nothing but a context
  Device oldest(scratch / "oldest", &host);
  REQUIRE(oldest.opened() == DS_OK);
  CHECK(oldest.Begin(kPin) == DS_INVALID_ARGUMENT);  // no key store: a passphrase
  CHECK(oldest.Begin() == DS_OK);
  CHECK(keys.puts == 0);
  host.size = sizeof host;
  host.key_store_delete = nullptr;
  CHECK(Device(scratch / "half", &host).opened() == DS_INVALID_ARGUMENT);
}

struct LentClock {
  std::vector<int64_t> answers;
  std::atomic<size_t> at = 0;
  static int64_t Now(void* context) {
    auto* self = static_cast<LentClock*>(context);
    return self->answers[self->at++ % self->answers.size()];
  }
};

TEST_CASE("B08: no clock destroys anything or keeps anybody out") {
  const Scratch scratch;
  const int64_t year_ms = int64_t{365} * 24 * 60 * 60 * 1000;
  const int64_t now_ms = 1'795'000'000'000;
  uint8_t id[16] = {3};
  ds_host host = {};
  host.size = sizeof host;
  host.now_ms = LentClock::Now;
  {
    LentClock clock{{now_ms}};
    host.context = &clock;
    Device device(scratch / "d", &host);
    Join(device);
    REQUIRE(ds_draft_put(device.get(), id, View("kept"), nullptr) == DS_OK);
  }
  for (const std::vector<int64_t>& answers : {std::vector<int64_t>{now_ms - 10 * year_ms},
                                              {now_ms + 10 * year_ms},
                                              {-1},
                                              {0},
                                              {std::numeric_limits<int64_t>::min()},
                                              {std::numeric_limits<int64_t>::max()},
                                              {now_ms, -now_ms, 0, now_ms + year_ms}}) {
    LentClock clock{answers};
    host.context = &clock;
    Device device(scratch / "d", &host);
    REQUIRE(device.Unlock() == DS_OK);
    ds_buffer buffer = {};
    REQUIRE(ds_draft_get(device.get(), id, &buffer, nullptr) == DS_OK);
    CHECK(buffer.size == 4);
    ds_buffer_free(&buffer);
    CHECK(ds_draft_put(device.get(), id, View("kept"), nullptr) == DS_OK);
  }
}

TEST_CASE("a device that has not joined cannot sync or write, and says so") {
  const Scratch scratch;
  Device device(scratch / "d");
  REQUIRE(device.Begin() == DS_OK);
  v1::Edits edits;
  edits.set_begin_family(true);
  ds_buffer buffer = {};
  CHECK(ds_commit(device.get(), View(edits.SerializeAsString()), &buffer, &device.error()) !=
        DS_OK);
  Ending ending;
  const ds_status started = ds_sync_start(device.get(), Ending::Tell, &ending, nullptr);
  if (started == DS_OK) {
    REQUIRE(ending.Wait());
    CHECK(ending.status == DS_FAILED_PRECONDITION);
  } else {
    CHECK(started == DS_FAILED_PRECONDITION);
  }
}

}  // namespace
}  // namespace doorstep
