#include "tests/simulation/tape.h"

#include <utility>

#include "crypto/primitives.h"

namespace doorstep::simulation {
namespace {

constexpr size_t kFoldBytes = 64 << 10;

}  // namespace

void Tape::Record(std::string_view what, std::string_view bytes) {
  AppendLp(pending_, what);
  AppendLp(pending_, bytes);
  if (pending_.size() >= kFoldBytes) Fold();
}

void Tape::Step(std::string step) {
  Record("step", step);
  if (keep_steps_ == 0) return;
  steps_.push_back(std::move(step));
  if (steps_.size() > keep_steps_) steps_.pop_front();
}

void Tape::Fold() const {
  hash_ = H(std::string(View(hash_)) + pending_);
  pending_.clear();
}

Hash32 Tape::Digest() const {
  Fold();
  return hash_;
}

}  // namespace doorstep::simulation
