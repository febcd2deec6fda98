#include "sync-server/service/call_table.h"

#include <chrono>
#include <utility>

namespace doorstep::server {

CallTable::CallTable(std::function<int64_t()> now_ms, int64_t tick_ms)
    : now_ms_(std::move(now_ms)), thread_([this, tick_ms] { Run(tick_ms); }) {}

CallTable::~CallTable() {
  {
    const std::lock_guard hold(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

uint64_t CallTable::Add(int64_t limit_ms, std::function<void()> cancel) {
  const std::lock_guard hold(mutex_);
  const uint64_t call = next_++;
  calls_[call] = Call{now_ms_() + limit_ms, std::move(cancel)};
  return call;
}

void CallTable::Renew(uint64_t call, int64_t limit_ms) {
  const std::lock_guard hold(mutex_);
  const auto found = calls_.find(call);
  if (found != calls_.end()) found->second.until_ms = now_ms_() + limit_ms;
}

void CallTable::Remove(uint64_t call) {
  const std::lock_guard hold(mutex_);
  calls_.erase(call);
}

size_t CallTable::calls() const {
  const std::lock_guard hold(mutex_);
  return calls_.size();
}

void CallTable::Look() {
  const std::lock_guard hold(mutex_);
  const int64_t now_ms = now_ms_();
  for (auto& [number, call] : calls_) {
    if (call.until_ms > now_ms || !call.cancel) continue;
    call.cancel();
    call.cancel = nullptr;
  }
}

void CallTable::Run(int64_t tick_ms) {
  std::unique_lock hold(mutex_);
  while (!wake_.wait_for(hold, std::chrono::milliseconds(tick_ms), [this] { return stopping_; })) {
    hold.unlock();
    Look();
    hold.lock();
  }
}

}  // namespace doorstep::server
