#include "tests/simulation/chance.h"

#include <numeric>

namespace doorstep::simulation {
namespace {

uint64_t Rotate(uint64_t x, int by) { return x << by | x >> (64 - by); }

// Spreads a seed over a whole state: neighbouring seeds have nothing in common.
uint64_t Spread(uint64_t& x) {
  x += 0x9e3779b97f4a7c15;
  uint64_t z = x;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
  z = (z ^ z >> 27) * 0x94d049bb133111eb;
  return z ^ z >> 31;
}

}  // namespace

Chance::Chance(uint64_t seed) {
  for (uint64_t& word : state_) word = Spread(seed);
}

uint64_t Chance::Next() {
  const uint64_t result = Rotate(state_[1] * 5, 7) * 9;
  const uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = Rotate(state_[3], 45);
  return result;
}

int64_t Chance::Between(int64_t low, int64_t high) {
  assert(low <= high);
  const uint64_t width = static_cast<uint64_t>(high) - static_cast<uint64_t>(low) + 1;
  return static_cast<int64_t>(static_cast<uint64_t>(low) + Below(width));
}

size_t Chance::Weighted(std::span<const uint32_t> weights) {
  const uint64_t all = std::accumulate(weights.begin(), weights.end(), uint64_t{0});
  if (all == 0) return 0;
  uint64_t draw = Below(all);
  size_t index = 0;
  while (draw >= weights[index]) draw -= weights[index++];
  return index;
}

void ChanceRandom::Fill(std::span<uint8_t> out) {
  uint64_t word = 0;
  for (size_t i = 0; i < out.size(); ++i) {
    if (i % 8 == 0) word = chance_.Next();
    out[i] = static_cast<uint8_t>(word >> 8 * (i % 8));
  }
}

}  // namespace doorstep::simulation
