// Known answers of tests/conformance/golden, as scripts/golden.py writes them: byte strings in hex.
#ifndef DOORSTEP_TESTS_CONFORMANCE_GOLDEN_FILE_H_
#define DOORSTEP_TESTS_CONFORMANCE_GOLDEN_FILE_H_

#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/secret.h"

namespace doorstep {

inline std::string FromHex(std::string_view hex) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  REQUIRE(hex.size() % 2 == 0);
  std::string bytes;
  for (size_t i = 0; i < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(digit(hex[i]) * 16 + digit(hex[i + 1])));
  }
  return bytes;
}

// One side of a case.
class GoldenValues {
 public:
  explicit GoldenValues(const nlohmann::json& values) : values_(values) {}

  std::string Hex(const char* name) const { return values_.at(name).get<std::string>(); }
  std::string Text(const char* name) const { return Hex(name); }
  std::string Raw(const char* name) const { return FromHex(Hex(name)); }
  template <size_t N>
  Bytes<N> Fixed(const char* name) const {
    Bytes<N> out{};
    REQUIRE(CopyExactly(Raw(name), out));
    return out;
  }
  Secret Hidden(const char* name) const { return Secret::FromBytes(Raw(name)); }
  uint32_t U32(const char* name) const { return values_.at(name).get<uint32_t>(); }
  uint64_t U64(const char* name) const { return values_.at(name).get<uint64_t>(); }
  const nlohmann::json& json() const { return values_; }

 private:
  nlohmann::json values_;
};

struct GoldenCase {
  std::string name;
  GoldenValues in;
  GoldenValues out;
};

// Never empty: a file that lost its cases fails.
inline std::vector<GoldenCase> GoldenCases(const std::string& file) {
  std::ifstream stream(std::string(DOORSTEP_GOLDEN_FOLDER) + "/" + file);
  REQUIRE(stream.good());
  const nlohmann::json content = nlohmann::json::parse(stream);
  std::vector<GoldenCase> cases;
  for (const nlohmann::json& one : content.at("cases")) {
    cases.push_back({one.at("name").get<std::string>(), GoldenValues(one.at("in")),
                     GoldenValues(one.at("out"))});
  }
  REQUIRE_FALSE(cases.empty());
  return cases;
}

}  // namespace doorstep

#endif  // DOORSTEP_TESTS_CONFORMANCE_GOLDEN_FILE_H_
