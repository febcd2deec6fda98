// Handles as C holds them: numbers that are never used twice, so that null, closed and made-up ones
// are found out and nothing is ever read through them. Any thread.
#ifndef DOORSTEP_CLIENT_CORE_CAPI_HANDLES_H_
#define DOORSTEP_CLIENT_CORE_CAPI_HANDLES_H_

#include <cstdint>
#include <map>
#include <memory>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace doorstep::capi {

template <typename T>
class Handles {
 public:
  // Keeps a thing alive for one call. Empty for a handle that is none.
  class Use {
   public:
    Use() = default;
    Use(Handles* handles, uintptr_t number, T* thing)
        : handles_(handles), number_(number), thing_(thing) {}
    Use(Use&& other) noexcept
        : handles_(other.handles_),
          number_(other.number_),
          thing_(std::exchange(other.thing_, nullptr)) {}
    Use& operator=(Use&&) = delete;
    ~Use() {
      if (thing_ != nullptr) handles_->EndUse(number_);
    }
    explicit operator bool() const { return thing_ != nullptr; }
    T* operator->() const { return thing_; }
    T& operator*() const { return *thing_; }

   private:
    Handles* handles_ = nullptr;
    uintptr_t number_ = 0;
    T* thing_ = nullptr;
  };

  explicit Handles(size_t max) : max_(max) {}

  // 0 if there are as many as there may be.
  uintptr_t Add(std::unique_ptr<T> thing) {
    const absl::MutexLock lock(&mutex_);
    if (things_.size() >= max_) return 0;
    next_ += kStep;
    things_[next_].thing = std::move(thing);
    return next_;
  }

  Use Find(uintptr_t number) {
    const absl::MutexLock lock(&mutex_);
    const auto found = things_.find(number);
    if (found == things_.end() || found->second.closing) return Use();
    ++found->second.users;
    return Use(this, number, found->second.thing.get());
  }

  // From now on nobody finds it; who uses it still goes on. False if it is none, or closing
  // already. Whoever gets true calls Remove.
  bool BeginRemove(uintptr_t number) {
    const absl::MutexLock lock(&mutex_);
    const auto found = things_.find(number);
    if (found == things_.end() || found->second.closing) return false;
    found->second.closing = true;
    return true;
  }

  // The thing itself, which is still its owner's here, so that its work can be told to end.
  T* Closing(uintptr_t number) {
    const absl::MutexLock lock(&mutex_);
    return things_.at(number).thing.get();
  }

  // Waits for the last call, then gives the thing to the caller.
  std::unique_ptr<T> Remove(uintptr_t number) {
    const absl::MutexLock lock(&mutex_);
    Slot& slot = things_.at(number);
    const auto unused = [&slot] { return slot.users == 0; };
    mutex_.Await(absl::Condition(&unused));
    std::unique_ptr<T> thing = std::move(slot.thing);
    things_.erase(number);
    return thing;
  }

  // Calls `each` for every thing, one after the other; it must not come back here.
  template <typename Each>
  void ForEach(const Each& each) {
    const absl::MutexLock lock(&mutex_);
    for (auto& [number, slot] : things_) each(*slot.thing);
  }

  // The things that `belongs` says yes to are removed as soon as nobody uses them.
  template <typename Belongs>
  void RemoveAll(const Belongs& belongs) {
    for (;;) {
      uintptr_t number = 0;
      {
        const absl::MutexLock lock(&mutex_);
        for (auto& [key, slot] : things_) {
          if (!slot.closing && belongs(*slot.thing)) {
            slot.closing = true;
            number = key;
            break;
          }
        }
      }
      if (number == 0) return;
      Remove(number);
    }
  }

 private:
  static constexpr uintptr_t kStep = 0x9E37;  // far from what an index or an address looks like

  struct Slot {
    std::unique_ptr<T> thing;
    int users = 0;
    bool closing = false;
  };

  void EndUse(uintptr_t number) {
    const absl::MutexLock lock(&mutex_);
    --things_.at(number).users;
  }

  const size_t max_;
  absl::Mutex mutex_;
  uintptr_t next_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<uintptr_t, Slot> things_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace doorstep::capi

#endif  // DOORSTEP_CLIENT_CORE_CAPI_HANDLES_H_
