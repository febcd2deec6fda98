#include "model/packing.h"

#include <zstd.h>

#include <cstdint>

#include "crypto/reason.h"

namespace doorstep {
namespace {

constexpr uint64_t kWindowBytesMax = 1 << 20;

// The window that a frame asks for: what a streaming reader would set aside.
//   frame = magic 4 | u8 descriptor | u8 window, unless bit 5 of the descriptor says one segment
//   window = 2^(10 + window / 8) and as many eighths of it as window % 8 says
uint64_t WindowOf(std::string_view frame) {
  if (frame.size() < 6 || (static_cast<uint8_t>(frame[4]) & 0x20) != 0) return 0;
  uint8_t window = static_cast<uint8_t>(frame[5]);
  uint64_t base = uint64_t{1} << (10 + (window >> 3));
  return base + base / 8 * (window & 7);
}

}  // namespace

absl::StatusOr<std::string> Pack(std::string_view plain, int level) {
  std::string packed(ZSTD_compressBound(plain.size()), '\0');
  size_t size = ZSTD_compress(packed.data(), packed.size(), plain.data(), plain.size(), level);
  if (ZSTD_isError(size) != 0) return MakeStatus(Reason::kNoMemory, "no memory to compress");
  packed.resize(size);
  return packed;
}

absl::StatusOr<std::string> Unpack(std::string_view packed, size_t plain_bytes_max) {
  unsigned long long size = ZSTD_getFrameContentSize(packed.data(), packed.size());
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN) {
    return MakeStatus(Reason::kIntegrity, "not a frame that tells its size");
  }
  if (size > plain_bytes_max) return MakeStatus(Reason::kLimit, "what is packed is too large");
  if (WindowOf(packed) > kWindowBytesMax) {
    return MakeStatus(Reason::kLimit, "window is too large");
  }
  size_t frame = ZSTD_findFrameCompressedSize(packed.data(), packed.size());
  if (ZSTD_isError(frame) != 0 || frame != packed.size()) {
    return MakeStatus(Reason::kIntegrity, "not exactly one frame");
  }
  std::string plain(size, '\0');
  size_t got = ZSTD_decompress(plain.data(), plain.size(), packed.data(), packed.size());
  if (ZSTD_isError(got) != 0 || got != size) return MakeStatus(Reason::kIntegrity, "damaged frame");
  return plain;
}

}  // namespace doorstep
