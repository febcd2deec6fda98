// Bytes that nobody else may see: keys, PINs' derivations, opened restricted values. A Secret is
// moved, never copied by accident; it wipes itself when it ends or is moved over; it cannot be
// printed or compared with == (EqualSecrets of primitives.h compares in constant time).
//
// Small secrets live in one arena of locked memory between guard pages, kept out of core dumps. A
// secret larger than kArenaSecretBytes, and any when the arena is full, lies on the heap: wiped
// just the same, but swappable. Safe from any thread, one Secret from one thread at a time.
#ifndef DOORSTEP_CRYPTO_SECRET_H_
#define DOORSTEP_CRYPTO_SECRET_H_

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

namespace doorstep {

// Below the lock limit of 64 KiB that a process ordinarily has, with room for its other users.
inline constexpr size_t kSecretArenaBytes = 48 * 1024;
inline constexpr size_t kArenaSecretBytes = 4 * 1024;

class Secret {
 public:
  Secret() = default;
  // `size` zero bytes, to be filled through mutable_bytes().
  explicit Secret(size_t size);
  static Secret FromBytes(std::string_view bytes);

  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret() { Wipe(); }

  bool operator==(const Secret&) const = delete;

  Secret Clone() const { return FromBytes(view()); }

  // Both are good until this Secret is moved from, assigned to, wiped or ends.
  std::string_view view() const { return {reinterpret_cast<const char*>(data_), size_}; }
  std::span<uint8_t> mutable_bytes() { return {data_, size_}; }

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  // Overwrites the bytes, gives the memory back, leaves an empty Secret.
  void Wipe();

 private:
  uint8_t* data_ = nullptr;  // owned: in the arena or on the heap
  size_t size_ = 0;
};

// ST(label, parts …) as in bytes.h where a part is itself secret: built in place, once, so that no
// growing buffer leaves a copy behind.
Secret StSecret(std::string_view label, std::initializer_list<std::string_view> parts);

enum class MemoryLock {
  kLocked,   // the arena never reaches swap
  kRefused,  // the system refused the lock: everything works, but secrets may be swapped out
};

// What the status page says about the memory that secrets live in.
struct SecretMemory {
  MemoryLock lock = MemoryLock::kRefused;
  size_t arena_used_bytes = 0;
  size_t heap_used_bytes = 0;  // secrets outside the arena at this moment
};
SecretMemory DescribeSecretMemory();

}  // namespace doorstep

#endif  // DOORSTEP_CRYPTO_SECRET_H_
