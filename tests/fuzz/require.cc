#include <cstdio>
#include <cstdlib>

#include "tests/fuzz/target.h"

namespace doorstep::fuzz {

void Require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "fuzz: %s\n", what);
  std::abort();
}

}  // namespace doorstep::fuzz

// libFuzzer calls it before the first input; replay.cc does the same.
extern "C" int LLVMFuzzerInitialize(int*, char***) {
  doorstep::fuzz::Require(doorstep::InitCrypto().ok(), "no crypto");
  return 0;
}
