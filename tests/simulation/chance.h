// Everything in a run that is not decided by rules: one stream of numbers from the seed, and
// streams split off it, so that a device's keys do not shift when another device draws once more.
#ifndef DOORSTEP_TESTS_SIMULATION_CHANCE_H_
#define DOORSTEP_TESTS_SIMULATION_CHANCE_H_

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "crypto/primitives.h"

namespace doorstep::simulation {

class Chance {
 public:
  explicit Chance(uint64_t seed);

  uint64_t Next();
  // 0 … n-1; n > 0.
  uint64_t Below(uint64_t n) {
    assert(n > 0);
    return Next() % n;
  }
  size_t Index(size_t n) { return static_cast<size_t>(Below(n)); }
  // low … high, both counted.
  int64_t Between(int64_t low, int64_t high);
  // True in `percent` of 100.
  bool Percent(uint64_t percent) { return Below(100) < percent; }
  bool OneIn(uint64_t n) { return Below(n) == 0; }
  // An index, drawn by weight; all weights zero: 0.
  size_t Weighted(std::span<const uint32_t> weights);
  template <typename T>
  const T& Pick(const std::vector<T>& from) {
    return from[Index(from.size())];
  }
  // A stream of its own.
  Chance Split() { return Chance(Next()); }

 private:
  std::array<uint64_t, 4> state_;
};

// The randomness lent to a core.
class ChanceRandom final : public Random {
 public:
  explicit ChanceRandom(Chance chance) : chance_(chance) {}
  void Fill(std::span<uint8_t> out) override;

 private:
  Chance chance_;
};

}  // namespace doorstep::simulation

#endif  // DOORSTEP_TESTS_SIMULATION_CHANCE_H_
