// What libdoorstep.so exports is what doorstep.h declares and documents: no more, no fewer.
#include <array>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

#include "catch2/catch_test_macros.hpp"

namespace {

std::string Header() {
  std::ifstream file(DOORSTEP_HEADER);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::set<std::string> Declared(const std::string& header) {
  const std::regex declaration(R"(DS_EXPORT\s+[\w\s*]+?\b(ds_\w+)\()");
  std::set<std::string> names;
  for (std::sregex_iterator at(header.begin(), header.end(), declaration), end; at != end; ++at) {
    names.insert((*at)[1]);
  }
  return names;
}

std::set<std::string> Exported() {
  const std::string command =
      std::string(DOORSTEP_NM) + " -D --defined-only --format=posix " + DOORSTEP_LIBRARY;
  std::FILE* pipe = popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::set<std::string> names;
  std::array<char, 4096> line;
  while (std::fgets(line.data(), line.size(), pipe) != nullptr) {
    const std::string text = line.data();
    names.insert(text.substr(0, text.find_first_of(" @\n")));
  }
  REQUIRE(pclose(pipe) == 0);
  return names;
}

TEST_CASE("exported symbols are the functions of the header") {
  const std::set<std::string> declared = Declared(Header());
  CHECK(declared.size() > 20);
  CHECK(Exported() == declared);
}

TEST_CASE("every function of the header is documented right above it") {
  const std::string header = Header();
  // But for closing a query, which has nothing to say that its name does not.
  for (const std::string& name : Declared(header)) {
    const size_t at = header.find(name + "(");
    const size_t declaration = header.rfind("DS_EXPORT", at);
    const size_t comment_end = header.rfind("*/", declaration);
    INFO(name);
    REQUIRE(comment_end != std::string::npos);
    const std::string between = header.substr(comment_end + 2, declaration - comment_end - 2);
    CHECK((between.find_first_not_of(" \n") == std::string::npos || name == "ds_query_close"));
  }
}

}  // namespace
