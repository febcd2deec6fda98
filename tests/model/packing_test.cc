#include "model/packing.h"

#include <zstd.h>

#include <catch2/catch_test_macros.hpp>

#include "crypto/reason.h"

namespace doorstep {
namespace {

constexpr size_t kMost = 1000;

Reason Refused(std::string_view packed) { return ReasonOf(Unpack(packed, kMost).status()); }

TEST_CASE("what was packed comes out again, up to the limit") {
  for (size_t size : {size_t{0}, size_t{1}, kMost}) {
    const std::string plain(size, 'a');
    CHECK(*Unpack(*Pack(plain, 3), kMost) == plain);
  }
  CHECK(Refused(*Pack(std::string(kMost + 1, 'a'), 3)) == Reason::kLimit);
}

TEST_CASE("B65: only one whole frame that says its size is taken, and never more than the limit") {
  const std::string packed = *Pack("some bytes of some length", 3);
  CHECK(Refused("") == Reason::kIntegrity);
  CHECK(Refused("not zstd at all") == Reason::kIntegrity);
  CHECK(Refused(packed + packed) == Reason::kIntegrity);
  CHECK(Refused(packed + "x") == Reason::kIntegrity);
  for (size_t size = 0; size < packed.size(); ++size) {
    CHECK(Refused(packed.substr(0, size)) == Reason::kIntegrity);
  }
  // A great many zeros in few bytes.
  CHECK(Refused(*Pack(std::string(64 << 20, '\0'), 1)) == Reason::kLimit);
  // A frame that does not say its size.
  std::string open(256, '\0');
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
  open.resize(ZSTD_compress2(context, open.data(), open.size(), "plain", 5));
  ZSTD_freeCCtx(context);
  CHECK(Refused(open) == Reason::kIntegrity);
  // A header that asks for a window of two gigabytes: descriptor with an eight-byte size, and a
  // window byte of exponent 21.
  std::string window("\x28\xb5\x2f\xfd\xc0\xa8", 6);
  window += std::string("\x05\0\0\0\0\0\0\0", 8) + std::string("\x29\0\0hello", 8);
  CHECK(Refused(window) == Reason::kLimit);
  // One that says a size and holds another.
  std::string lying = packed;
  lying[5] = static_cast<char>(lying[5] + 1);
  CHECK(Refused(lying) == Reason::kIntegrity);
}

}  // namespace
}  // namespace doorstep
