// Numbers that follow from a seed: the same on every machine, so that every run measures the same
// work.
#ifndef DOORSTEP_TESTS_BENCH_DRAW_H_
#define DOORSTEP_TESTS_BENCH_DRAW_H_

#include <cassert>
#include <cstddef>
#include <cstdint>

namespace doorstep::bench {

class Draw {
 public:
  explicit Draw(uint64_t seed) : state_(seed) {}

  uint64_t Next() {
    uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
  }
  // 0 .. n - 1.
  size_t Below(size_t n) {
    assert(n > 0);
    return static_cast<size_t>(Next() % n);
  }
  int64_t Between(int64_t first, int64_t last) {
    return first + static_cast<int64_t>(Below(static_cast<size_t>(last - first + 1)));
  }
  bool Percent(size_t percent) { return Below(100) < percent; }
  // 0 up to but not 1.
  double Fraction() { return static_cast<double>(Next() >> 11) * 0x1p-53; }

 private:
  uint64_t state_;
};

}  // namespace doorstep::bench

#endif  // DOORSTEP_TESTS_BENCH_DRAW_H_
