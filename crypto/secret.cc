#include "crypto/secret.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>
#include <mutex>
#include <new>

#include "crypto/primitives.h"

namespace doorstep {
namespace {

// Granules of 32 bytes, the size of a key; a secret takes the first run that is free.
class Arena {
 public:
  Arena() : memory_(AllocateSecretMemory(kSecretArenaBytes)) {}

  // Null when there is no room for `size` bytes.
  uint8_t* Take(size_t size) {
    const std::lock_guard<std::mutex> guard(mutex_);
    const size_t wanted = Granules(size);
    size_t run = 0;
    for (size_t at = 0; at < kGranules; ++at) {
      run = taken_[at] ? 0 : run + 1;
      if (run < wanted) continue;
      const size_t first = at + 1 - wanted;
      std::fill_n(taken_.begin() + static_cast<ptrdiff_t>(first), wanted, uint8_t{1});
      used_bytes_ += wanted * kGranuleBytes;
      return memory_.data + first * kGranuleBytes;
    }
    return nullptr;
  }

  // False when `data` did not come from here. The bytes are wiped already.
  bool GiveBack(const uint8_t* data, size_t size) {
    const std::lock_guard<std::mutex> guard(mutex_);
    if (data < memory_.data || data >= memory_.data + kSecretArenaBytes) return false;
    const size_t first = static_cast<size_t>(data - memory_.data) / kGranuleBytes;
    for (size_t i = first; i < first + Granules(size); ++i) {
      assert(taken_[i] == 1);
      taken_[i] = 0;
    }
    used_bytes_ -= Granules(size) * kGranuleBytes;
    return true;
  }

  void AddHeap(size_t size) {
    const std::lock_guard<std::mutex> guard(mutex_);
    heap_bytes_ += size;
  }
  void SubtractHeap(size_t size) {
    const std::lock_guard<std::mutex> guard(mutex_);
    assert(heap_bytes_ >= size);
    heap_bytes_ -= size;
  }

  SecretMemory Describe() {
    const std::lock_guard<std::mutex> guard(mutex_);
    return {memory_.lock, used_bytes_, heap_bytes_};
  }

 private:
  static constexpr size_t kGranuleBytes = 32;
  static constexpr size_t kGranules = kSecretArenaBytes / kGranuleBytes;
  static size_t Granules(size_t size) { return (size + kGranuleBytes - 1) / kGranuleBytes; }

  std::mutex mutex_;
  const LockedMemory memory_;
  std::array<uint8_t, kGranules> taken_{};
  size_t used_bytes_ = 0;
  size_t heap_bytes_ = 0;
};

// Never destroyed: a Secret may outlive every static of ours.
Arena& TheArena() {
  static Arena* const arena = new Arena;
  return *arena;
}

}  // namespace

Secret::Secret(size_t size) : size_(size) {
  if (size == 0) return;
  if (size <= kArenaSecretBytes) data_ = TheArena().Take(size);
  if (data_ == nullptr) {
    data_ = static_cast<uint8_t*>(::operator new(size));
    TheArena().AddHeap(size);
  }
  std::memset(data_, 0, size);
}

Secret Secret::FromBytes(std::string_view bytes) {
  Secret secret(bytes.size());
  if (!bytes.empty()) std::memcpy(secret.data_, bytes.data(), bytes.size());
  return secret;
}

Secret::Secret(Secret&& other) noexcept : data_(other.data_), size_(other.size_) {
  other.data_ = nullptr;
  other.size_ = 0;
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this == &other) return *this;
  Wipe();
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

void Secret::Wipe() {
  if (data_ == nullptr) return;
  WipeBytes(mutable_bytes());
  if (!TheArena().GiveBack(data_, size_)) {
    TheArena().SubtractHeap(size_);
    ::operator delete(data_);
  }
  data_ = nullptr;
  size_ = 0;
}

Secret StSecret(std::string_view label, std::initializer_list<std::string_view> parts) {
  size_t size = 4 + label.size();
  for (const std::string_view part : parts) size += 4 + part.size();
  Secret joined(size);
  uint8_t* at = joined.mutable_bytes().data();
  const auto append_lp = [&at](std::string_view bytes) {
    assert(bytes.size() <= UINT32_MAX);
    for (int shift = 0; shift < 32; shift += 8) *at++ = static_cast<uint8_t>(bytes.size() >> shift);
    if (!bytes.empty()) std::memcpy(at, bytes.data(), bytes.size());
    at += bytes.size();
  };
  append_lp(label);
  for (const std::string_view part : parts) append_lp(part);
  assert(at == joined.mutable_bytes().data() + size);
  return joined;
}

SecretMemory DescribeSecretMemory() { return TheArena().Describe(); }

}  // namespace doorstep
