#include "crypto/primitives.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "crypto/reason.h"
#include "tests/crypto/counting_random.h"

namespace doorstep {
namespace {

const bool kReady = InitCrypto().ok();

// The order of the curve's prime group, little-endian: added to S it gives a second, forged form.
constexpr Bytes<32> kGroupOrder = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7,
                                   0xa2, 0xde, 0xf9, 0xde, 0x14, 0,    0,    0,    0,    0,    0,
                                   0,    0,    0,    0,    0,    0,    0,    0,    0,    0x10};

Signature AddGroupOrder(Signature signature) {
  unsigned carry = 0;
  for (size_t i = 0; i < 32; ++i) {
    carry += unsigned{signature[32 + i]} + kGroupOrder[i];
    signature[32 + i] = static_cast<uint8_t>(carry);
    carry >>= 8;
  }
  return signature;
}

TEST_CASE("crypto starts, and starts again") {
  CHECK(kReady);
  CHECK(InitCrypto().ok());
}

TEST_CASE("BLAKE2b gives the published answers") {
  CHECK(ToHex(View(H(""))) == "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
  CHECK(ToHex(View(H16(""))) == "cae66941d9efbd404e4d88758ea67670");
  CHECK(View(H("a")).substr(0, 16) != View(H16("a")));
}

TEST_CASE("PRF depends on key, input and length") {
  const std::string key(32, 'k');
  const Secret a = PrfSecret(key, "x", 32);
  CHECK(EqualSecrets(a.view(), PrfSecret(key, "x", 32).view()));
  CHECK_FALSE(EqualSecrets(a.view(), PrfSecret(key, "y", 32).view()));
  CHECK_FALSE(EqualSecrets(a.view(), PrfSecret(std::string(32, 'l'), "x", 32).view()));
  CHECK_FALSE(EqualSecrets(a.view(), PrfSecret(key, "x", 64).view().substr(0, 32)));
}

TEST_CASE("EqualSecrets compares length and bytes") {
  CHECK(EqualSecrets("", ""));
  CHECK(EqualSecrets("abc", "abc"));
  CHECK_FALSE(EqualSecrets("abc", "abd"));
  CHECK_FALSE(EqualSecrets("abc", "ab"));
}

TEST_CASE("ST is unambiguous and its integers have their width") {
  CHECK(St("l").Add("ab").Add("c").bytes() != St("l").Add("a").Add("bc").bytes());
  CHECK(St("l").AddU32(1).bytes() == St("l").Add(std::string("\x01\0\0\0", 4)).bytes());
  CHECK(St("l").AddU64(258).bytes() == St("l").Add(std::string("\x02\x01\0\0\0\0\0\0", 8)).bytes());
}

TEST_CASE("B37: bad signatures are refused in every form") {
  CountingRandom random(1);
  const Secret seed = random.MakeSecret(32);
  const Secret other = random.MakeSecret(32);
  const PublicKey key = SignPublicKey(seed);
  const Signature good = Sign(seed, "visit");
  REQUIRE(Verify(key, "visit", good));

  SECTION("every bit flipped") {
    for (size_t bit = 0; bit < 512; ++bit) {
      Signature bad = good;
      bad[bit / 8] = static_cast<uint8_t>(bad[bit / 8] ^ (1u << (bit % 8)));
      CHECK_FALSE(Verify(key, "visit", bad));
    }
  }
  SECTION("another message, another device's key") {
    CHECK_FALSE(Verify(key, "visits", good));
    CHECK_FALSE(Verify(SignPublicKey(other), "visit", good));
  }
  SECTION("another tenant's") {
    const std::string ours = St("doorstep/change/v1").Add(std::string(16, 'a')).Add("c").bytes();
    const std::string theirs = St("doorstep/change/v1").Add(std::string(16, 'b')).Add("c").bytes();
    CHECK_FALSE(Verify(key, ours, Sign(seed, theirs)));
  }
  SECTION("S + L") { CHECK_FALSE(Verify(key, "visit", AddGroupOrder(good))); }
  SECTION("zero signature, zero and small-order keys") {
    CHECK_FALSE(Verify(key, "visit", Signature{}));
    CHECK_FALSE(Verify(PublicKey{}, "visit", Signature{}));
    PublicKey one{};
    one[0] = 1;  // the neutral element: every S fits R = S·B
    Signature forged{};
    forged[0] = 1;
    CHECK_FALSE(Verify(one, "visit", forged));
  }
}

TEST_CASE("a sealed box is a pure function and opens for its recipient alone") {
  CountingRandom random(2);
  const Secret seed = random.MakeSecret(32);
  const Secret other = random.MakeSecret(32);
  const Bytes<32> ephemeral = random.Make<32>();
  const absl::StatusOr<std::string> sealed = BoxSeal(BoxPublicKey(seed), "words", ephemeral);
  REQUIRE(sealed.ok());
  CHECK(sealed->size() == 5 + 48);
  CHECK(*sealed == *BoxSeal(BoxPublicKey(seed), "words", ephemeral));
  CHECK(BoxOpen(seed, *sealed)->view() == "words");
  CHECK(ReasonOf(BoxOpen(other, *sealed).status()) == Reason::kIntegrity);
  for (size_t i = 0; i < sealed->size(); ++i) {
    std::string bad = *sealed;
    bad[i] = static_cast<char>(bad[i] ^ 4);
    CHECK(ReasonOf(BoxOpen(seed, bad).status()) == Reason::kIntegrity);
    CHECK(ReasonOf(BoxOpen(seed, sealed->substr(0, i)).status()) == Reason::kIntegrity);
  }
}

TEST_CASE("a box is not sealed to low-order keys") {
  const Bytes<32> ephemeral = CountingRandom(3).Make<32>();
  PublicKey low{};
  CHECK(ReasonOf(BoxSeal(low, "words", ephemeral).status()) == Reason::kFormat);
  low[0] = 1;
  CHECK(ReasonOf(BoxSeal(low, "words", ephemeral).status()) == Reason::kFormat);
  // A point of order eight.
  const PublicKey eight = {0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3,
                           0xfa, 0xf1, 0x9f, 0xc4, 0x6a, 0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32,
                           0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00};
  CHECK(ReasonOf(BoxSeal(eight, "words", ephemeral).status()) == Reason::kFormat);
}

TEST_CASE("AEAD refuses other key, nonce, context and bytes") {
  CountingRandom random(4);
  const Secret key = random.MakeSecret(32);
  const Bytes<24> nonce = random.Make<24>();
  const std::string sealed = AeadSeal(key, nonce, "context", "words");
  CHECK(AeadOpen(key, nonce, "context", sealed)->view() == "words");
  CHECK(ReasonOf(AeadOpen(key, nonce, "contexts", sealed).status()) == Reason::kIntegrity);
  CHECK_FALSE(AeadOpen(random.MakeSecret(32), nonce, "context", sealed).ok());
  CHECK_FALSE(AeadOpen(key, random.Make<24>(), "context", sealed).ok());
  for (size_t i = 0; i < sealed.size(); ++i) {
    std::string bad = sealed;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    CHECK_FALSE(AeadOpen(key, nonce, "context", bad).ok());
    CHECK_FALSE(AeadOpen(key, nonce, "context", sealed.substr(0, i)).ok());
  }
  CHECK(AeadOpen(key, nonce, "", AeadSeal(key, nonce, "", ""))->empty());
}

TEST_CASE("padding hides the length and comes off again") {
  for (const size_t size : {0u, 1u, 255u, 256u, 257u, 511u}) {
    const std::string plain(size, 'w');
    const std::string padded = Pad(plain, 256);
    CHECK(padded.size() == (size / 256 + 1) * 256);
    CHECK(Unpad(padded, 256) == plain);
  }
  CHECK(Unpad("", 256) == std::nullopt);
  CHECK(Unpad(std::string(256, '\0'), 256) == std::nullopt);
  CHECK(Unpad(std::string(255, '\x80'), 256) == std::nullopt);
  CHECK(Unpad(std::string(300, '\x80'), 256) == std::nullopt);
}

TEST_CASE("Argon2id: same in, same out; impossible costs and lack of memory are not a wrong PIN") {
  const ArgonCost tiny{1, 8192};
  const Bytes<16> salt = CountingRandom(5).Make<16>();
  const absl::StatusOr<Secret> a = Argon2id("418230", salt, tiny);
  REQUIRE(a.ok());
  CHECK(a->size() == 32);
  CHECK(EqualSecrets(a->view(), Argon2id("418230", salt, tiny)->view()));
  CHECK_FALSE(EqualSecrets(a->view(), Argon2id("418231", salt, tiny)->view()));
  CHECK_FALSE(EqualSecrets(a->view(), Argon2id("418230", Bytes<16>{}, tiny)->view()));
  CHECK_FALSE(EqualSecrets(a->view(), Argon2id("418230", salt, {2, 8192})->view()));
  CHECK(ReasonOf(Argon2id("", salt, tiny).status()) == Reason::kArg);
  CHECK(ReasonOf(Argon2id("418230", salt, {0, 8192}).status()) == Reason::kArg);
  CHECK(ReasonOf(Argon2id("418230", salt, {1, 1}).status()) == Reason::kArg);
  CHECK(ReasonOf(Argon2id("418230", salt, {1, uint64_t{1} << 50}).status()) == Reason::kArg);
}

TEST_CASE("Argon2id without the memory says so") {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  SKIP("a sanitizer ends the process on so large an allocation");
#endif
  const absl::StatusOr<Secret> out = Argon2id("418230", Bytes<16>{}, {1, uint64_t{1} << 41});
  CHECK(out.status().code() == absl::StatusCode::kResourceExhausted);
  CHECK(ReasonOf(out.status()) == Reason::kNoMemory);
}

TEST_CASE("system randomness does not repeat") {
  SystemRandom random;
  CHECK(random.Make<32>() != random.Make<32>());
}

}  // namespace
}  // namespace doorstep
