// Fixed-width byte strings, and the one way in which bytes are joined before they are hashed or
// signed. Everything here is plain data: values, compared unsigned, owned by who holds them.
#ifndef DOORSTEP_CRYPTO_BYTES_H_
#define DOORSTEP_CRYPTO_BYTES_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace doorstep {

template <size_t N>
using Bytes = std::array<uint8_t, N>;
using Hash32 = Bytes<32>;
using Hash16 = Bytes<16>;
using Signature = Bytes<64>;
using PublicKey = Bytes<32>;

template <size_t N>
std::string_view View(const Bytes<N>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), N};
}

// False, leaving `out` untouched, unless `from` has exactly N bytes.
template <size_t N>
[[nodiscard]] bool CopyExactly(std::string_view from, Bytes<N>& out) {
  if (from.size() != N) return false;
  for (size_t i = 0; i < N; ++i) out[i] = static_cast<uint8_t>(from[i]);
  return true;
}

// Little-endian integers, fixed width: the only encoding of integers outside protobuf.
void AppendU32(std::string& out, uint32_t value);
void AppendU64(std::string& out, uint64_t value);
// LP(x) = u32(length) | x.
void AppendLp(std::string& out, std::string_view bytes);

std::string ToHex(std::string_view bytes);

// ST(label, a, b …) = LP(label) | LP(a) | LP(b) …, integers inside it as their fixed bytes.
//   St("doorstep/scope/v1").Add(tenant).Add(scope).bytes()
class St {
 public:
  explicit St(std::string_view label) { AppendLp(bytes_, label); }
  St& Add(std::string_view bytes) {
    AppendLp(bytes_, bytes);
    return *this;
  }
  template <size_t N>
  St& Add(const Bytes<N>& bytes) {
    return Add(View(bytes));
  }
  St& AddU32(uint32_t value);
  St& AddU64(uint64_t value);
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

}  // namespace doorstep

#endif  // DOORSTEP_CRYPTO_BYTES_H_
