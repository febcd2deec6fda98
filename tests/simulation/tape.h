// What a run did, as one hash over every message and state, and as the last steps in words. Two
// runs of one seed have equal tapes.
#ifndef DOORSTEP_TESTS_SIMULATION_TAPE_H_
#define DOORSTEP_TESTS_SIMULATION_TAPE_H_

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/bytes.h"

namespace doorstep::simulation {

class Tape {
 public:
  // `keep_steps` 0: only hash.
  explicit Tape(size_t keep_steps) : keep_steps_(keep_steps) {}

  // Into the hash.
  void Record(std::string_view what, std::string_view bytes);
  // A step in words: ids shortened, nothing of any record.
  void Step(std::string step);
  bool keeps_steps() const { return keep_steps_ > 0; }

  Hash32 Digest() const;
  std::vector<std::string> LastSteps() const { return {steps_.begin(), steps_.end()}; }

 private:
  size_t keep_steps_;
  mutable std::string pending_;
  mutable Hash32 hash_{};
  std::deque<std::string> steps_;
  void Fold() const;
};

}  // namespace doorstep::simulation

#endif  // DOORSTEP_TESTS_SIMULATION_TAPE_H_
