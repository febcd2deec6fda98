#include "client-core/capi/open_client.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <utility>

#include "absl/time/time.h"
#include "client-core/capi/border.h"
#include "client-core/capi/host_key_store.h"

namespace doorstep::capi {
namespace {

// Members that lie wholly within the shell's own struct; the rest, and a member cut in half, is
// null.
absl::StatusOr<ds_host> KnownPartOf(const ds_host* host) {
  ds_host known = {};
  if (host == nullptr) return known;
  if (host->size < offsetof(ds_host, context)) {
    return MakeStatus(Reason::kArg, "ds_host.size is smaller than itself");
  }
  constexpr size_t kEnds[] = {offsetof(ds_host, key_store_get),
                              offsetof(ds_host, key_store_put),
                              offsetof(ds_host, key_store_delete),
                              offsetof(ds_host, log),
                              offsetof(ds_host, now_ms),
                              offsetof(ds_host, sync_progress),
                              sizeof(ds_host)};
  size_t whole = offsetof(ds_host, context);
  for (const size_t end : kEnds) whole = end <= host->size ? end : whole;
  std::memcpy(&known, host, whole);
  const int lent = (known.key_store_get != nullptr) + (known.key_store_put != nullptr) +
                   (known.key_store_delete != nullptr);
  if (lent != 0 && lent != 3) {
    return MakeStatus(Reason::kArg, "the three key store functions come together");
  }
  return known;
}

void Overwrite(std::string& text) {
  WipeBytes({reinterpret_cast<uint8_t*>(text.data()), text.size()});
  text.clear();
}

}  // namespace

absl::StatusOr<std::unique_ptr<OpenClient>> OpenClient::Open(const char* dir, ds_bytes options,
                                                             const ds_host* host) {
  if (dir == nullptr) return MakeStatus(Reason::kArg, "there is no folder");
  client::Options core_options;
  if (const absl::Status status = ParseInto(options, core_options.client); !status.ok()) {
    return status;
  }
  const absl::StatusOr<ds_host> known = KnownPartOf(host);
  if (!known.ok()) return known.status();
  if (const absl::Status status = InitCrypto(); !status.ok()) return status;
  absl::StatusOr<std::unique_ptr<Folder>> folder = Folder::Hold(dir);
  if (!folder.ok()) return folder.status();

  std::unique_ptr<OpenClient> open(new OpenClient);
  open->shell_ = *known;
  open->folder_ = *std::move(folder);
  std::unique_ptr<client::KeyStore> key_store;
  if (known->key_store_get != nullptr) {
    key_store = std::make_unique<HostKeyStore>(open->shell_, open->number_);
  }
  std::function<int64_t()> now_ms;
  if (known->now_ms != nullptr) {
    now_ms = [self = open.get()] {
      const InsideShell inside(self->number_.load());
      return self->shell_.now_ms(self->shell_.context);
    };
  }
  open->host_ = std::make_unique<client::DeviceHost>(open->folder_->path(), std::move(key_store),
                                                     std::move(now_ms));
  core_options.folder = open->folder_->path();
  absl::StatusOr<std::unique_ptr<client::Client>> core =
      client::Client::Open(core_options, open->host_->host());
  if (!core.ok()) return core.status();
  open->core_ = *std::move(core);
  return open;
}

OpenClient::~OpenClient() {
  while (core_ != nullptr && !worker_.IdleWithin(absl::Milliseconds(20))) Cancel();
}

absl::Status OpenClient::Start(const char* name, Work work, Tell tell) {
  const uint64_t locks = locks_.load();
  const uint64_t job = jobs_.load() + 1;
  const absl::Status started = worker_.Start({
      .work = [this, name, job, locks, work = std::move(work)] { Run(name, job, locks, work); },
      .tell =
          [this, tell = std::move(tell)] {
            const InsideShell inside(number_.load());
            const ds_error error = ErrorOf(outcome_.status);
            const ds_bytes answer = {reinterpret_cast<const uint8_t*>(outcome_.answer.data()),
                                     outcome_.answer.size()};
            try {
              tell(error.status, answer, outcome_.status.ok() ? nullptr : &error);
            } catch (...) {
              // A shell's exception ends here: it has been told, and nothing of ours depends on it.
            }
            Overwrite(outcome_.answer);
          },
  });
  if (started.ok()) jobs_.store(job);
  return started;
}

void OpenClient::Run(const char* name, uint64_t job, uint64_t locks, const Work& work) {
  if (cancelled_.load() >= job) {
    outcome_ = {MakeStatus(Reason::kCancelled, "cancelled before it began"), ""};
  } else {
    try {
      outcome_ = work(*core_);
    } catch (const std::bad_alloc&) {
      outcome_ = {MakeStatus(Reason::kNoMemory, "no memory"), ""};
    } catch (...) {
      outcome_ = {MakeStatus(Reason::kInternal, "something was thrown"), ""};
    }
  }
  if (locks != locks_.load()) {
    Overwrite(outcome_.answer);
    outcome_.status = MakeStatus(Reason::kLocked, "locked meanwhile");
  }
  const ds_error error = ErrorOf(outcome_.status);
  Log(outcome_.status.ok()                 ? 0
      : error.reason == DS_REASON_INTERNAL ? 2
                                           : 1,
      std::string(name) + " " + ds_status_name(error.status) + " " + std::to_string(error.reason));
}

void OpenClient::Cancel() {
  cancelled_.store(jobs_.load());
  core_->Cancel();
}

void OpenClient::TellProgress(const v1::SyncProgress& progress) {
  if (shell_.sync_progress == nullptr) return;
  const InsideShell inside(number_.load());
  const std::string bytes = progress.SerializeAsString();
  try {
    shell_.sync_progress(shell_.context,
                         {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()});
  } catch (...) {
    // A contact does not depend on who watches it.
  }
}

void OpenClient::Lock() {
  locks_.fetch_add(1);
  Cancel();
  core_->Lock();
}

void OpenClient::Log(int32_t level, const std::string& line) {
  if (shell_.log == nullptr) return;
  const InsideShell inside(number_.load());
  try {
    shell_.log(shell_.context, level, line.c_str());
  } catch (...) {
    // Nothing depends on a line in a log.
  }
}

absl::StatusOr<const std::string*> OpenQuery::Next(uint64_t locks) {
  if (locks != locks_) return MakeStatus(Reason::kLocked, "locked since it was asked");
  const absl::MutexLock lock(&mutex_);
  return next_ < answers_.size() ? &answers_[next_++] : nullptr;
}

void OpenQuery::Forget() {
  const absl::MutexLock lock(&mutex_);
  for (std::string& answer : answers_) Overwrite(answer);
  answers_.clear();
}

}  // namespace doorstep::capi
