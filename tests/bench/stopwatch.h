// Time as a person waits for it, and as a processor spends it on this thread.
#ifndef DOORSTEP_TESTS_BENCH_STOPWATCH_H_
#define DOORSTEP_TESTS_BENCH_STOPWATCH_H_

#include <ctime>

namespace doorstep::bench {

inline double ClockMs(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

class Stopwatch {
 public:
  Stopwatch() = default;
  double WallMs() const { return ClockMs(CLOCK_MONOTONIC) - wall_; }
  double ThreadMs() const { return ClockMs(CLOCK_THREAD_CPUTIME_ID) - thread_; }

 private:
  double wall_ = ClockMs(CLOCK_MONOTONIC);
  double thread_ = ClockMs(CLOCK_THREAD_CPUTIME_ID);
};

// Milliseconds of the whole process on all threads.
inline double ProcessMs() { return ClockMs(CLOCK_PROCESS_CPUTIME_ID); }

}  // namespace doorstep::bench

#endif  // DOORSTEP_TESTS_BENCH_STOPWATCH_H_
