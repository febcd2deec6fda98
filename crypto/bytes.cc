#include "crypto/bytes.h"

#include <cassert>

namespace doorstep {
namespace {

void AppendLittleEndian(std::string& out, uint64_t value, size_t bytes) {
  char little[8];
  for (size_t i = 0; i < bytes; ++i) little[i] = static_cast<char>((value >> (8 * i)) & 0xff);
  out.append(little, bytes);
}

}  // namespace

void AppendU32(std::string& out, uint32_t value) { AppendLittleEndian(out, value, 4); }

void AppendU64(std::string& out, uint64_t value) { AppendLittleEndian(out, value, 8); }

void AppendLp(std::string& out, std::string_view bytes) {
  assert(bytes.size() <= UINT32_MAX);
  AppendU32(out, static_cast<uint32_t>(bytes.size()));
  out.append(bytes);
}

std::string ToHex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  hex.reserve(2 * bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<uint8_t>(c);
    hex.push_back(kDigits[byte >> 4]);
    hex.push_back(kDigits[byte & 15]);
  }
  return hex;
}

St& St::AddU32(uint32_t value) {
  AppendU32(bytes_, 4);
  AppendU32(bytes_, value);
  return *this;
}

St& St::AddU64(uint64_t value) {
  AppendU32(bytes_, 8);
  AppendU64(bytes_, value);
  return *this;
}

}  // namespace doorstep
