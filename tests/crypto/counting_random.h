// Randomness for tests: H(seed | count) after H(seed | count), so that every run is the same.
#ifndef DOORSTEP_TESTS_CRYPTO_COUNTING_RANDOM_H_
#define DOORSTEP_TESTS_CRYPTO_COUNTING_RANDOM_H_

#include <cstdint>
#include <span>

#include "crypto/primitives.h"

namespace doorstep {

class CountingRandom final : public Random {
 public:
  explicit CountingRandom(uint64_t seed) : seed_(seed) {}

  void Fill(std::span<uint8_t> out) override {
    for (size_t i = 0; i < out.size(); ++i) {
      if (i % 32 == 0) block_ = H(St("test/random").AddU64(seed_).AddU64(count_++).bytes());
      out[i] = block_[i % 32];
    }
  }

 private:
  uint64_t seed_;
  uint64_t count_ = 0;
  Hash32 block_{};
};

}  // namespace doorstep

#endif  // DOORSTEP_TESTS_CRYPTO_COUNTING_RANDOM_H_
