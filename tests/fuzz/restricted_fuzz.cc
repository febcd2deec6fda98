// A sealed value and a wrap, as another device or the server may have altered them: they open to
// what was sealed, at the place it was sealed for, or not at all.
#include "crypto/restricted.h"
#include "tests/fuzz/target.h"

namespace doorstep::fuzz {
namespace {

constexpr ChangesetPlace kPlace{Hash16{1}, Hash16{2}, Hash16{3}};
constexpr WritePlace kWrite{kPlace, 4, 7, Hash16{5}, 2};
const std::string kField = "\x12\x05words";

Secret Key() { return Secret::FromBytes(std::string(kContentKeyBytes, 'k')); }
Secret BoxSeed() { return Secret::FromBytes(std::string(32, 'b')); }

}  // namespace

std::vector<std::string> Seeds() {
  CountingRandom random(1);
  auto wrap = MakeWrap(Key(), kPlace, BoxPublicKey(BoxSeed()));
  Require(wrap.ok(), "no wrap");
  return {SealRestricted(Key(), kWrite, kField, random), std::string(View(*wrap))};
}

}  // namespace doorstep::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace doorstep;
  using namespace doorstep::fuzz;
  std::string_view input = Input(data, size);
  absl::StatusOr<Secret> opened = OpenRestricted(Key(), kWrite, input);
  Require(!opened.ok() || opened->view() == kField, "a value opened to other words");
  WritePlace elsewhere = kWrite;
  elsewhere.index = 5;
  Require(!OpenRestricted(Key(), elsewhere, input).ok(), "a value opened elsewhere");
  absl::StatusOr<Secret> key = OpenWrap(BoxSeed(), kPlace, input);
  Require(!key.ok() || CheckWrap(*key, kPlace, BoxPublicKey(BoxSeed()), input).ok(),
          "a wrap opened that no reader would make");
  return 0;
}
