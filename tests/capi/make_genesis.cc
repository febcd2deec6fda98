// make_genesis REQUEST BUNDLE: tests/capi/genesis.h for the test that is written in C.
#include <fstream>
#include <iterator>
#include <string>

#include "tests/capi/genesis.h"

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  std::ifstream request(argv[1], std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(request)),
                          std::istreambuf_iterator<char>());
  const std::string bundle = doorstep::MakeGenesisFor(bytes);
  std::ofstream(argv[2], std::ios::binary) << bundle;
  return bundle.empty() ? 1 : 0;
}
