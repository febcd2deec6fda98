// How far a run is, on stderr.
#ifndef DOORSTEP_TESTS_BENCH_PROGRESS_H_
#define DOORSTEP_TESTS_BENCH_PROGRESS_H_

#include <cstddef>
#include <cstdio>
#include <string>
#include <utility>

namespace doorstep::bench {

class Progress {
 public:
  // `total`: about how many steps; 0: unknown.
  explicit Progress(std::string what, size_t total = 0) : what_(std::move(what)), total_(total) {
    std::fprintf(stderr, "%s …\n", what_.c_str());
  }
  void Step() {
    if (++done_ % 500 == 0) {
      std::fprintf(stderr, "%s: %zu of about %zu\n", what_.c_str(), done_, total_);
    }
  }

 private:
  std::string what_;
  size_t total_;
  size_t done_ = 0;
};

}  // namespace doorstep::bench

#endif  // DOORSTEP_TESTS_BENCH_PROGRESS_H_
