// Drives a fuzz target without libFuzzer.
//   x_fuzz              the seeds, and mutations of them that follow from a number
//   x_fuzz FILE…        just these inputs
//   x_fuzz --seeds DIR  writes the seeds as a corpus for libFuzzer
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/fuzz/target.h"

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv);

namespace doorstep::fuzz {
namespace {

constexpr int kMutations = 4000;  // of all seeds together: a second or two

void Run(const std::string& input) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input.data()), input.size());
}

// One of: a bit, a byte, a piece cut out, a piece twice, the end cut, another seed's end.
std::string Mutate(std::string input, const std::string& other, Random& random) {
  Bytes<16> dice = random.Make<16>();
  auto number = [&](size_t at) {
    return dice[at] | size_t{dice[at + 1]} << 8 | size_t{dice[at + 2]} << 16;
  };
  if (input.empty()) return other.substr(0, number(1) % (other.size() + 1));
  size_t where = number(1) % input.size();
  size_t length = number(4) % (input.size() - where) + 1;
  switch (dice[0] % 6) {
    case 0:
      input[where] = static_cast<char>(input[where] ^ 1 << dice[7] % 8);
      break;
    case 1:
      input[where] = static_cast<char>(dice[8]);
      break;
    case 2:
      input.erase(where, length % 16 + 1);
      break;
    case 3:
      input.insert(where, input.substr(where, length % 64));
      break;
    case 4:
      input.resize(where);
      break;
    default:
      input = input.substr(0, where) + other.substr(std::min(other.size(), where));
      break;
  }
  return dice[9] % 3 == 0 ? Mutate(input, other, random) : input;
}

int WriteSeeds(const std::string& folder) {
  int count = 0;
  for (const std::string& seed : Seeds()) {
    std::ofstream out(folder + "/seed" + std::to_string(count++), std::ios::binary);
    out << seed;
    if (!out) return 1;
  }
  return 0;
}

int RunSeeds() {
  std::vector<std::string> seeds = Seeds();
  Require(!seeds.empty(), "a target without seeds");
  for (const std::string& seed : seeds) Run(seed);
  for (int i = 0; i < kMutations; ++i) {
    CountingRandom random(static_cast<uint64_t>(i));
    size_t one = static_cast<size_t>(i) % seeds.size();
    size_t other = static_cast<size_t>(i) / seeds.size() % seeds.size();
    Run(Mutate(seeds[one], seeds[other], random));
  }
  std::printf("%zu seeds, %d mutations\n", seeds.size(), kMutations);
  return 0;
}

}  // namespace
}  // namespace doorstep::fuzz

int main(int argc, char** argv) {
  using namespace doorstep::fuzz;
  LLVMFuzzerInitialize(&argc, &argv);
  if (argc == 3 && std::strcmp(argv[1], "--seeds") == 0) return WriteSeeds(argv[2]);
  if (argc == 1) return RunSeeds();
  for (int i = 1; i < argc; ++i) {
    std::ifstream in(argv[i], std::ios::binary);
    Run(std::string(std::istreambuf_iterator<char>(in), {}));
  }
  return 0;
}
