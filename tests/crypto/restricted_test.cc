#include "crypto/restricted.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "crypto/reason.h"
#include "tests/crypto/counting_random.h"

namespace doorstep {
namespace {

// Field 7, length-delimited, as protobuf encodes it.
const std::string kField = std::string("\x3a\x10") + "12 Invented Lane";

struct Fixture {
  CountingRandom random{11};
  Secret key = MakeContentKey(random);
  WritePlace place{
      {random.Make<16>(), random.Make<16>(), random.Make<16>()}, 3, 40, random.Make<16>(), 7};
  std::string value = SealRestricted(key, place, kField, random);
};

TEST_CASE_METHOD(Fixture, "a restricted value opens at its place and hides its length") {
  CHECK(OpenRestricted(key, place, value)->view() == kField);
  CHECK(value.size() == kRestrictedOverheadBytes + 256);
  CHECK(value.find("Invented") == std::string::npos);
  CHECK(SealRestricted(key, place, kField, random) != value);
  const std::string longer = "\x3a" + std::string(256, 'x');
  CHECK(SealRestricted(key, place, longer, random).size() == kRestrictedOverheadBytes + 512);
}

TEST_CASE_METHOD(Fixture, "B20: a bit flipped or a value cut is unreadable") {
  for (size_t bit = 8; bit < value.size() * 8; ++bit) {
    std::string bad = value;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
    CHECK(ReasonOf(OpenRestricted(key, place, bad).status()) == Reason::kIntegrity);
  }
  for (size_t size = 0; size < value.size(); ++size) {
    CHECK(ReasonOf(OpenRestricted(key, place, value.substr(0, size)).status()) ==
          Reason::kIntegrity);
  }
  CHECK(ReasonOf(OpenRestricted(key, place, value + "x").status()) == Reason::kIntegrity);
}

TEST_CASE_METHOD(Fixture, "B20: versions 0, 2 and 255 are not guessed at") {
  for (const int version : {0, 2, 255}) {
    std::string bad = value;
    bad[0] = static_cast<char>(version);
    CHECK(ReasonOf(OpenRestricted(key, place, bad).status()) == Reason::kVersion);
  }
}

TEST_CASE_METHOD(Fixture, "B20: a value moved anywhere else does not open") {
  const auto moved = [this](auto change) {
    WritePlace other = place;
    change(other);
    return ReasonOf(OpenRestricted(key, other, value).status());
  };
  CHECK(moved([](WritePlace& p) { p.index = 4; }) == Reason::kIntegrity);
  CHECK(moved([](WritePlace& p) { p.field = 8; }) == Reason::kIntegrity);
  CHECK(moved([](WritePlace& p) { p.type = 41; }) == Reason::kIntegrity);
  CHECK(moved([](WritePlace& p) { p.record[0] ^= 1; }) == Reason::kIntegrity);
  CHECK(moved([](WritePlace& p) { p.changeset.uid[15] ^= 1; }) == Reason::kIntegrity);
  CHECK(moved([](WritePlace& p) { p.changeset.scope[7] ^= 1; }) == Reason::kIntegrity);
  CHECK(moved([](WritePlace& p) { p.changeset.tenant[7] ^= 1; }) == Reason::kIntegrity);
}

// Sealed right, but holding what SealRestricted would not write.
std::string SealRaw(const Secret& key, const WritePlace& place, std::string_view inside) {
  const std::string context = St("doorstep/restricted/v1")
                                  .Add(place.changeset.tenant)
                                  .Add(place.changeset.scope)
                                  .Add(place.changeset.uid)
                                  .AddU32(place.index)
                                  .AddU32(place.type)
                                  .Add(place.record)
                                  .AddU32(place.field)
                                  .bytes();
  const Secret derived = PrfSecret(key.view(), context, 64);
  const Bytes<24> nonce{};
  return std::string(1, '\x01') + std::string(View(nonce)) +
         std::string(derived.view().substr(32)) +
         AeadSeal(Secret::FromBytes(derived.view().substr(0, 32)), nonce, context, inside);
}

TEST_CASE_METHOD(Fixture, "B20: no padding marker, another field inside, nothing inside") {
  REQUIRE(OpenRestricted(key, place, SealRaw(key, place, Pad(kField, 256)))->view() == kField);
  const auto reason = [this](std::string_view inside) {
    return ReasonOf(OpenRestricted(key, place, SealRaw(key, place, inside)).status());
  };
  CHECK(reason(std::string(256, '\0')) == Reason::kFormat);
  CHECK(reason(kField) == Reason::kFormat);
  CHECK(reason("") == Reason::kFormat);
  CHECK(reason(Pad("", 256)) == Reason::kFormat);
  CHECK(reason(Pad(std::string("\x42\x01") + "x", 256)) == Reason::kFormat);  // field 8
  CHECK(reason(Pad(std::string(10, '\xff'), 256)) == Reason::kFormat);        // endless tag
}

TEST_CASE_METHOD(Fixture, "B21: another content key fails at the commitment") {
  const Secret other = MakeContentKey(random);
  CHECK(ReasonOf(OpenRestricted(other, place, value).status()) == Reason::kIntegrity);
  // Its own commitment put in place of the right one: the cipher refuses then.
  const Secret derived = PrfSecret(other.view(), "x", 64);
  std::string swapped = value;
  swapped.replace(25, 32, derived.view().substr(32));
  CHECK(ReasonOf(OpenRestricted(key, place, swapped).status()) == Reason::kIntegrity);
}

struct WrapFixture : Fixture {
  Secret seed = random.MakeSecret(32);
  PublicKey recipient = BoxPublicKey(seed);
  WrapBytes wrap = *MakeWrap(key, place.changeset, recipient);
};

TEST_CASE_METHOD(WrapFixture, "a wrap is the same bytes from every reader, and opens for one") {
  CHECK(*MakeWrap(key, place.changeset, recipient) == wrap);
  CHECK(CheckWrap(key, place.changeset, recipient, View(wrap)).ok());
  CHECK(EqualSecrets(OpenWrap(seed, place.changeset, View(wrap))->view(), key.view()));
  const Secret stranger = random.MakeSecret(32);
  CHECK(ReasonOf(OpenWrap(stranger, place.changeset, View(wrap)).status()) == Reason::kIntegrity);
  CHECK(*MakeWrap(key, place.changeset, BoxPublicKey(stranger)) != wrap);
}

TEST_CASE_METHOD(WrapFixture,
                 "B22: a wrap of 79 or 81 bytes, or with a bit flipped, is not opened") {
  const std::string bytes(View(wrap));
  for (const std::string& bad : {bytes.substr(0, 79), bytes + "x", std::string()}) {
    CHECK(ReasonOf(OpenWrap(seed, place.changeset, bad).status()) == Reason::kIntegrity);
    CHECK(ReasonOf(CheckWrap(key, place.changeset, recipient, bad)) == Reason::kIntegrity);
  }
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string bad = bytes;
    bad[i] = static_cast<char>(bad[i] ^ 16);
    CHECK(ReasonOf(OpenWrap(seed, place.changeset, bad).status()) == Reason::kIntegrity);
    CHECK(ReasonOf(CheckWrap(key, place.changeset, recipient, bad)) == Reason::kIntegrity);
  }
}

TEST_CASE_METHOD(WrapFixture, "B22: low-order points as recipient and as ephemeral key") {
  CHECK(ReasonOf(MakeWrap(key, place.changeset, PublicKey{}).status()) == Reason::kFormat);
  std::string bad(View(wrap));
  bad.replace(0, 32, std::string(32, '\0'));
  CHECK(ReasonOf(OpenWrap(seed, place.changeset, bad).status()) == Reason::kIntegrity);
}

TEST_CASE_METHOD(WrapFixture, "B22: another changeset's key or wrap is found out") {
  const Secret other = MakeContentKey(random);
  const WrapBytes of_other = *MakeWrap(other, place.changeset, recipient);
  CHECK(ReasonOf(CheckWrap(key, place.changeset, recipient, View(of_other))) == Reason::kIntegrity);
  // It opens, for it is well made, but its key does not fit the value.
  const Secret opened = *OpenWrap(seed, place.changeset, View(of_other));
  CHECK(ReasonOf(OpenRestricted(opened, place, value).status()) == Reason::kIntegrity);
  // The right key's wrap, carried over from another changeset.
  ChangesetPlace elsewhere = place.changeset;
  elsewhere.uid[0] ^= 1;
  CHECK(ReasonOf(OpenWrap(seed, elsewhere, View(wrap)).status()) == Reason::kIntegrity);
}

TEST_CASE_METHOD(WrapFixture, "B22: a wrap with a random ephemeral key opens for nobody") {
  const std::string random_wrap = *BoxSeal(recipient, key.view(), random.Make<32>());
  REQUIRE(BoxOpen(seed, random_wrap).ok());
  CHECK(ReasonOf(OpenWrap(seed, place.changeset, random_wrap).status()) == Reason::kIntegrity);
  CHECK(ReasonOf(CheckWrap(key, place.changeset, recipient, random_wrap)) == Reason::kIntegrity);
}

TEST_CASE_METHOD(WrapFixture, "B22: a box with something other than a key inside") {
  const std::string long_wrap = *BoxSeal(recipient, std::string(33, 'k'), random.Make<32>());
  CHECK(ReasonOf(OpenWrap(seed, place.changeset, long_wrap).status()) == Reason::kIntegrity);
}

TEST_CASE_METHOD(WrapFixture, "two devices that owe one Share write one record") {
  const Hash16 id = RecipientId(recipient);
  CHECK(ShareId(place.changeset.uid, id, View(wrap)) ==
        ShareId(place.changeset.uid, id, View(*MakeWrap(key, place.changeset, recipient))));
  CHECK(ShareId(place.changeset.uid, id, View(wrap)) !=
        ShareId(place.changeset.uid, id, std::string(80, 'x')));
}

}  // namespace
}  // namespace doorstep
