#include "crypto/pin.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "crypto/reason.h"

namespace doorstep {
namespace {

Reason OfNewPin(std::string_view pin, PinKind kind = PinKind::kPin) {
  return ReasonOf(CheckNewPin(pin, kind));
}

TEST_CASE("B12: a new PIN that is empty, short or too long") {
  CHECK(OfNewPin("") == Reason::kArg);
  CHECK(OfNewPin("41823") == Reason::kArg);
  CHECK(OfNewPin("418230") == Reason::kNone);
  std::string longest = "k";
  while (longest.size() < kPinBytesMax) longest += static_cast<char>('a' + longest.size() % 23);
  longest[500] = '!';
  CHECK(OfNewPin(longest) == Reason::kNone);
  CHECK(OfNewPin(longest + "x") == Reason::kLimit);
}

TEST_CASE("B12: a new PIN that is tried first") {
  for (const char* weak : {"123456", "654321", "890123", "01234567", "111111", "000000", "121212",
                           "123123", "112112", "01012000", "31121999", "12311999", "20000101",
                           "010190", "900101", "123190", "aaaaaa", "ababab"}) {
    CHECK(OfNewPin(weak) == Reason::kArg);
  }
  for (const char* fair : {"418230", "990047", "73910462", "99999998", "tea at4", "10025518"}) {
    CHECK(OfNewPin(fair) == Reason::kNone);
  }
}

TEST_CASE("B12: a desktop needs a passphrase of twelve characters, not bytes") {
  CHECK(OfNewPin("kettle four", PinKind::kPassphrase) == Reason::kArg);
  CHECK(OfNewPin("kettle fours", PinKind::kPassphrase) == Reason::kNone);
  // Eleven characters of two bytes each.
  const std::string welsh =
      "\xc5\xb5\xc5\xb7\xc5\xb5\xc5\xb5\xc5\xb7\xc5\xb7\xc5\xb5\xc5\xb7\xc5"
      "\xb7\xc5\xb5\xc5\xb5";
  CHECK(welsh.size() == 22);
  CHECK(OfNewPin(welsh, PinKind::kPassphrase) == Reason::kArg);
  CHECK(OfNewPin(welsh + "\xc5\xb7", PinKind::kPassphrase) == Reason::kNone);
  CHECK(OfNewPin("aaaaaaaaaaaa", PinKind::kPassphrase) == Reason::kArg);
}

TEST_CASE("B12: a NUL is a byte like others") {
  CHECK(OfNewPin(std::string("a\0kb\0x", 6)) == Reason::kNone);
  CHECK(OfNewPin(std::string("41823\0", 6)) == Reason::kNone);
}

}  // namespace
}  // namespace doorstep
