// What comes out of a record never moves a cursor, never turns a line round, and loses no letter.
#include "shell/cli/terminal.h"

#include <string>

#include "catch2/catch_test_macros.hpp"

namespace doorstep::shell {
namespace {

TEST_CASE("B70: escapes and control characters of a record are shown, not obeyed") {
  CHECK(Isolated("\x1b[2J\x1b]0;title\x07") == "<U+001B>[2J<U+001B>]0;title<U+0007>");
  CHECK(Isolated("a\rb\bc\x7f") == "a<U+000D>b<U+0008>c<U+007F>");
  CHECK(Isolated("\xC2\x9B"
                 "31m") == "<U+009B>31m");  // one-character CSI
  CHECK(Isolated("one\n\ttwo") == "one\n\ttwo");
  CHECK(Isolated(std::string("a\0b", 3)) == "a<U+0000>b");
}

TEST_CASE("B04: directional controls are named, and right-to-left text stands in an isolate") {
  const std::string turned = Isolated("safe\u202Etxt.exe");
  CHECK(turned.find("\u202E") == std::string::npos);
  CHECK(turned.find("<U+202E>") != std::string::npos);
  CHECK(Isolated("\u0645\u0631\u062D\u0628\u0627") == "\u2068\u0645\u0631\u062D\u0628\u0627\u2069");
  // A text cannot end the isolate it stands in.
  const std::string escaping = Isolated("\u0645\u2069\u202Eadmin");
  CHECK(escaping.find("<U+2069>") != std::string::npos);
  CHECK(escaping.rfind("\u2069") == escaping.size() - 3);
}

TEST_CASE("B04: ordinary words of ordinary people come through as they are") {
  for (const char* text :
       {"O'Brien", "Null", "'; DROP TABLE visits; --", "ŵy a ŷd", "Zoë", "“quoted” … – €"}) {
    CHECK(Isolated(text) == text);
  }
  CHECK(Isolated("👩‍👧").find("👩") != std::string::npos);
}

TEST_CASE("B04: a pile of combining marks is cut, the letter stays") {
  std::string pile = "e";
  for (int i = 0; i < 5000; ++i) pile += "\u0301";
  const std::string shown = Isolated(pile + "x");
  CHECK(shown.size() < 64);
  CHECK(shown.front() == 'e');
  CHECK(shown.back() == 'x');
}

TEST_CASE("B03: broken UTF-8 is named byte by byte") {
  CHECK(Isolated("\xC0\xAF") == "<0xC0><0xAF>");            // overlong
  CHECK(Isolated("\xED\xA0\x80") == "<0xED><0xA0><0x80>");  // a lone surrogate
  CHECK(Isolated("a\xE2\x82") == "a<0xE2><0x82>");          // cut off
  CHECK(Isolated("\xF8\x88\x80\x80\x80").find("<0xF8>") == 0);
}

TEST_CASE("a line is one line, and says when it is not the whole") {
  CHECK(OneLine("first\nsecond", 40) == "first / second");
  CHECK(OneLine("abcdef", 3) == "abc…");
  CHECK(OneLine("abc", 3) == "abc");
  CHECK(OneLine("a\x1b[1mb", 40) == "a<U+001B>[1mb");
}

TEST_CASE("a block wraps at spaces and keeps every word") {
  const std::string block = Block("aa bb cc dd ee ff\nnext", 2, 10);
  CHECK(block == "  aa bb cc\n  dd ee ff\n  next\n");
  CHECK(Block("", 2) == "  \n");
  const std::string unbroken(300, 'x');
  CHECK(Block(unbroken, 2).find(unbroken) != std::string::npos);
}

TEST_CASE("columns line up whatever stands in them") {
  CHECK(Table({"id", "name"}, {{"1", "Zoë"}, {"22", "B"}}) == "id  name\n1   Zoë\n22  B\n");
  CHECK(Columns("Zoe\u0308") == 3);
}

TEST_CASE("ids are read and written as digits") {
  CHECK(Hex(std::string("\x00\xab", 2)) == "00ab");
  CHECK(FromHex("00aB") == std::string("\x00\xab", 2));
  CHECK(FromHex("0").empty());
  CHECK(FromHex("zz").empty());
}

TEST_CASE("a time of Europe/London becomes an instant, summer and winter") {
  CHECK(Instant("2026-11-25 14:05") == "2026-11-25T14:05:00.000Z");
  CHECK(Instant("2026-07-01 14:05") == "2026-07-01T13:05:00.000Z");
  CHECK(Instant("2026-07-01T14:05Z") == "2026-07-01T14:05:00.000Z");
  CHECK(Instant("yesterday").empty());
  CHECK(Instant("2026-13-01 10:00").empty());
}

}  // namespace
}  // namespace doorstep::shell
