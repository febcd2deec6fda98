// One open client behind its handle: the folder it holds, what the shell lent it, the core, and the
// thread of its own that contacts run on. And the questions asked of it.
#ifndef DOORSTEP_CLIENT_CORE_CAPI_OPEN_CLIENT_H_
#define DOORSTEP_CLIENT_CORE_CAPI_OPEN_CLIENT_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "client-core/capi/folder.h"
#include "client-core/capi/worker.h"
#include "client-core/client/device_host.h"
#include "client-core/include/doorstep/doorstep.h"

namespace doorstep::capi {

class OpenClient {
 public:
  static absl::StatusOr<std::unique_ptr<OpenClient>> Open(const char* dir, ds_bytes options,
                                                          const ds_host* host);
  // Cancels what runs, again and again until it has ended and been told of.
  ~OpenClient();
  OpenClient(const OpenClient&) = delete;
  OpenClient& operator=(const OpenClient&) = delete;

  client::Client& core() { return *core_; }

  // What a job answers: bytes, or a status and for a contact the report it has come to.
  struct Outcome {
    absl::Status status;
    std::string answer;
  };
  using Work = std::function<Outcome(client::Client&)>;
  using Tell = std::function<void(ds_status, ds_bytes, const ds_error*)>;
  // `tell` is called once, on the client's own thread, unless this fails. After a lock the answer
  // of an earlier job is thrown away (E_LOCKED). `name` goes to the shell's log with a code.
  absl::Status Start(const char* name, Work work, Tell tell);
  void Cancel();

  // Tells the shell how far a contact has come, if it wants to know. The worker's thread.
  void TellProgress(const v1::SyncProgress& progress);

  void Lock();
  uint64_t locks() const { return locks_.load(); }  // how often it has been locked

  void set_number(uintptr_t number) { number_.store(number); }

 private:
  OpenClient() = default;
  void Run(const char* name, uint64_t job, uint64_t locks, const Work& work);
  void Log(int32_t level, const std::string& line);

  ds_host shell_ = {};  // what is beyond the shell's own size is null
  std::atomic<uintptr_t> number_ = 0;
  std::atomic<uint64_t> locks_ = 0;
  std::atomic<uint64_t> jobs_ = 0;       // begun
  std::atomic<uint64_t> cancelled_ = 0;  // the last job that was cancelled
  Outcome outcome_;                      // touched by the worker's thread only
  std::unique_ptr<Folder> folder_;
  std::unique_ptr<client::DeviceHost> host_;
  std::unique_ptr<client::Client> core_;
  Worker worker_;  // ends first
};

// The answers to one question, of the moment it was asked. Any thread.
class OpenQuery {
 public:
  OpenQuery(uintptr_t client, uint64_t locks, std::vector<std::string> answers)
      : client_(client), locks_(locks), answers_(std::move(answers)) {}

  uintptr_t client() const { return client_; }
  // Of a client that has been locked `locks` times: E_LOCKED if that is more often than when asked.
  // Null once every answer has been given.
  absl::StatusOr<const std::string*> Next(uint64_t locks);
  void Forget();

 private:
  const uintptr_t client_;
  const uint64_t locks_;
  absl::Mutex mutex_;
  std::vector<std::string> answers_ ABSL_GUARDED_BY(mutex_);
  size_t next_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace doorstep::capi

#endif  // DOORSTEP_CLIENT_CORE_CAPI_OPEN_CLIENT_H_
