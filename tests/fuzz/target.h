// A fuzz target: one parser of bytes that we did not make ourselves. libFuzzer drives it in the
// preset fuzz; everywhere else replay.cc drives it from its seeds, with mutations that follow from
// a number, so that every test run tries some thousands of inputs.
#ifndef DOORSTEP_TESTS_FUZZ_TARGET_H_
#define DOORSTEP_TESTS_FUZZ_TARGET_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/primitives.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace doorstep::fuzz {

// Inputs that the parser accepts, made by our own code.
std::vector<std::string> Seeds();

inline std::string_view Input(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// Bytes that follow from a number.
class CountingRandom final : public Random {
 public:
  explicit CountingRandom(uint64_t seed) : seed_(seed) {}
  void Fill(std::span<uint8_t> out) override {
    Hash32 block{};
    for (size_t i = 0; i < out.size(); ++i) {
      if (i % block.size() == 0) block = H(St("fuzz").AddU64(seed_).AddU64(count_++).bytes());
      out[i] = block[i % block.size()];
    }
  }

 private:
  uint64_t seed_;
  uint64_t count_ = 0;
};

// What must hold of whatever was accepted; not an assert of ours, but the target's finding.
void Require(bool holds, const char* what);

}  // namespace doorstep::fuzz

#endif  // DOORSTEP_TESTS_FUZZ_TARGET_H_
