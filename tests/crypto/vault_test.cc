#include "crypto/vault.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "crypto/reason.h"
#include "tests/crypto/counting_random.h"

namespace doorstep {
namespace {

constexpr ArgonBounds kTinyBounds{
    .passes_min = 1, .passes_max = 10, .memory_bytes_min = 8192, .memory_bytes_max = 1 << 20};
constexpr ArgonCost kTinyCost{1, 8192};
constexpr char kPin[] = "418230";
constexpr size_t kHeaderBytes = 68;

struct Fixture {
  CountingRandom random{31};
  VaultOwner owner{random.Make<16>(), random.Make<16>()};
  DeviceKeys keys = *DeviceKeys::Make(random);
  Secret device_secret = random.MakeSecret(32);
  std::string vault = *SealVault(owner, kTinyCost, kTinyBounds, keys, device_secret, kPin, random);

  absl::StatusOr<DeviceKeys> Open(std::string_view bytes, std::string_view pin = kPin) const {
    return OpenVault(bytes, owner, kTinyBounds, device_secret, pin);
  }
};

// The header changed and the hash made right again, as somebody with the file could.
std::string Rehashed(std::string vault, size_t at, std::string_view bytes) {
  vault.replace(at, bytes.size(), bytes);
  const std::string before = vault.substr(0, vault.size() - 32);
  return before + std::string(View(H(before)));
}

std::string U64(uint64_t value) {
  std::string out;
  AppendU64(out, value);
  return out;
}

TEST_CASE_METHOD(Fixture, "a vault gives back every key, to PIN and device secret together") {
  const absl::StatusOr<DeviceKeys> opened = Open(vault);
  REQUIRE(opened.ok());
  CHECK(opened->public_keys().sign == keys.public_keys().sign);
  CHECK(opened->public_keys().box == keys.public_keys().box);
  CHECK(opened->public_keys().tls_spki == keys.public_keys().tls_spki);
  CHECK(EqualSecrets(opened->parts().database_key.view(), keys.parts().database_key.view()));
  CHECK(opened->parts().database_salt == keys.parts().database_salt);
  CHECK(EqualSecrets(opened->parts().tls_key_pem.view(), keys.parts().tls_key_pem.view()));
  CHECK(*ReadVaultOwner(vault) == owner);
  CHECK(CheckVault(vault, owner, kTinyBounds).ok());
  const Secret other = random.MakeSecret(32);
  CHECK(ReasonOf(OpenVault(vault, owner, kTinyBounds, other, kPin).status()) == Reason::kAuth);
  CHECK(*SealVault(owner, kTinyCost, kTinyBounds, keys, device_secret, kPin, random) != vault);
}

TEST_CASE_METHOD(Fixture, "a vault holds no key in clear") {
  for (const std::string_view part :
       {keys.parts().database_key.view(), keys.parts().sign_seed.view(),
        keys.parts().box_seed.view(), keys.parts().tls_key_pem.view().substr(30, 20)}) {
    CHECK(vault.find(part) == std::string::npos);
  }
}

TEST_CASE_METHOD(Fixture, "B13: nine wrong PINs, then the right one") {
  for (int i = 0; i < 9; ++i) {
    const absl::Status status = Open(vault, "73910" + std::to_string(i)).status();
    CHECK(status.code() == absl::StatusCode::kUnauthenticated);
    CHECK(ReasonOf(status) == Reason::kAuth);
  }
  CHECK(Open(vault).ok());
}

TEST_CASE_METHOD(Fixture, "B12: PINs with a NUL differ where they differ") {
  const std::string pin("4182\0a", 6);
  const std::string sealed =
      *SealVault(owner, kTinyCost, kTinyBounds, keys, device_secret, pin, random);
  CHECK(Open(sealed, pin).ok());
  CHECK(ReasonOf(Open(sealed, std::string("4182\0b", 6)).status()) == Reason::kAuth);
  CHECK(ReasonOf(Open(sealed, "4182").status()) == Reason::kAuth);
}

TEST_CASE_METHOD(Fixture, "an empty or endless PIN is no try") {
  CHECK(ReasonOf(Open(vault, "").status()) == Reason::kArg);
  CHECK(ReasonOf(Open(vault, std::string(1025, '1')).status()) == Reason::kLimit);
  const auto seal = [this](std::string_view pin) {
    return SealVault(owner, kTinyCost, kTinyBounds, keys, device_secret, pin, random).status();
  };
  CHECK(ReasonOf(seal("")) == Reason::kArg);
  CHECK(ReasonOf(seal(std::string(1025, '1'))) == Reason::kLimit);
}

TEST_CASE_METHOD(Fixture, "B15: each bit flipped is damage, not a wrong PIN") {
  for (size_t bit = 0; bit < vault.size() * 8; ++bit) {
    std::string bad = vault;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
    const absl::Status status = Open(bad).status();
    REQUIRE(ReasonOf(status) == Reason::kIntegrity);
    REQUIRE(status.code() == absl::StatusCode::kDataLoss);
  }
}

TEST_CASE_METHOD(Fixture, "B15: empty, each truncation, something behind") {
  for (size_t size = 0; size < vault.size(); ++size) {
    REQUIRE(ReasonOf(Open(vault.substr(0, size)).status()) == Reason::kIntegrity);
    REQUIRE(ReasonOf(ReadVaultOwner(vault.substr(0, size)).status()) == Reason::kIntegrity);
  }
  CHECK(ReasonOf(Open(vault + "x").status()) == Reason::kIntegrity);
  CHECK(ReasonOf(Open(std::string(100000, 'x')).status()) == Reason::kIntegrity);
}

TEST_CASE_METHOD(Fixture, "B16: right hash, impossible cost: refused before deriving") {
  constexpr size_t kPassesAt = 36;
  constexpr size_t kMemoryAt = 44;
  for (const uint64_t passes : {uint64_t{0}, uint64_t{11}, uint64_t{1} << 60}) {
    const std::string bad = Rehashed(vault, kPassesAt, U64(passes));
    CHECK(ReasonOf(Open(bad).status()) == Reason::kFormat);
    CHECK(ReasonOf(CheckVault(bad, owner, kTinyBounds)) == Reason::kFormat);
  }
  for (const uint64_t memory : {uint64_t{0}, uint64_t{1}, uint64_t{1} << 40, ~uint64_t{0}}) {
    CHECK(ReasonOf(Open(Rehashed(vault, kMemoryAt, U64(memory))).status()) == Reason::kFormat);
  }
  // What ships refuses what tests may do.
  CHECK(ReasonOf(CheckVault(vault, owner, ArgonBounds{})) == Reason::kFormat);
  CHECK(ReasonOf(SealVault(owner, kTinyCost, ArgonBounds{}, keys, device_secret, kPin, random)
                     .status()) == Reason::kFormat);
}

TEST_CASE_METHOD(Fixture, "B16: another cost within bounds is a wrong key, not another vault") {
  CHECK(ReasonOf(Open(Rehashed(vault, 36, U64(2))).status()) == Reason::kAuth);
}

TEST_CASE_METHOD(Fixture, "B16: the header of another device or tenant") {
  const VaultOwner other_device{owner.tenant, random.Make<16>()};
  const VaultOwner other_tenant{random.Make<16>(), owner.device};
  for (const VaultOwner& other : {other_device, other_tenant}) {
    const std::string theirs =
        *SealVault(other, kTinyCost, kTinyBounds, keys, device_secret, kPin, random);
    CHECK(ReasonOf(Open(theirs).status()) == Reason::kKey);
    // Their header before our keys, and ours before theirs.
    std::string mixed = Rehashed(vault, 0, theirs.substr(0, kHeaderBytes));
    CHECK(ReasonOf(Open(mixed).status()) == Reason::kKey);
    mixed = Rehashed(theirs, 0, vault.substr(0, kHeaderBytes));
    CHECK(ReasonOf(Open(mixed).status()) == Reason::kAuth);
  }
}

TEST_CASE_METHOD(Fixture, "B16: version 2 and others are not this program's") {
  for (const char version : {'\0', '\x02', '\x7f'}) {
    const std::string bad = Rehashed(vault, 0, std::string(1, version));
    const absl::Status status = Open(bad).status();
    CHECK(status.code() == absl::StatusCode::kUnimplemented);
    CHECK(ReasonOf(status) == Reason::kVersion);
    CHECK(ReasonOf(ReadVaultOwner(bad).status()) == Reason::kVersion);
  }
}

TEST_CASE_METHOD(Fixture, "a device secret of 31 or 33 bytes is the key store's fault") {
  for (const size_t size : {size_t{0}, size_t{31}, size_t{33}}) {
    const Secret odd(size);
    CHECK(ReasonOf(OpenVault(vault, owner, kTinyBounds, odd, kPin).status()) == Reason::kKeyStore);
    CHECK(ReasonOf(SealVault(owner, kTinyCost, kTinyBounds, keys, odd, kPin, random).status()) ==
          Reason::kKeyStore);
  }
}

TEST_CASE_METHOD(Fixture, "right key, but something else sealed inside") {
  const std::string header = vault.substr(0, kHeaderBytes);
  Bytes<16> salt{};
  REQUIRE(CopyExactly(header.substr(52), salt));
  const Secret kek = VaultKey(device_secret, *Argon2id(kPin, salt, kTinyCost), owner);
  const Bytes<24> nonce{};
  const auto open = [&](std::string_view inside) {
    const std::string before =
        header + std::string(View(nonce)) + AeadSeal(kek, nonce, header, inside);
    return Open(before + std::string(View(H(before)))).status();
  };
  CHECK(ReasonOf(open(std::string(116, '\0'))) == Reason::kFormat);     // no TLS key
  CHECK(ReasonOf(open(std::string(117, '\0'))) == Reason::kIntegrity);  // length does not fit
  CHECK(ReasonOf(open(std::string(112, '\0') + "\xff\xff\xff\xff")) == Reason::kIntegrity);
  CHECK(ReasonOf(open("")) == Reason::kIntegrity);
}

// A clock by which each reading is `step` later than the last.
std::function<int64_t()> Stepping(int64_t step) {
  return [now = int64_t{1000}, step]() mutable { return now += step; };
}

TEST_CASE("calibration spends the time it is given within the bounds") {
  const ArgonBounds bounds{
      .passes_min = 1, .passes_max = 10, .memory_bytes_min = 8192, .memory_bytes_max = 65536};
  const auto calibrate = [&bounds](int64_t pass_ms) {
    return *CalibrateArgon(bounds, 500, Stepping(pass_ms));
  };
  CHECK(calibrate(100).passes == 5);
  CHECK(calibrate(100).memory_bytes == 8192);
  CHECK(calibrate(5000).passes == 1);  // a slow device: never less than the least
  CHECK(calibrate(5000).memory_bytes == 8192);
  CHECK(calibrate(10).passes == 10);  // 50 wanted: twice doubled, 40 spent
  CHECK(calibrate(10).memory_bytes == 32768);
  CHECK(calibrate(0).memory_bytes == 65536);  // never more than the most
  for (const int64_t pass_ms : {-5, 0, 1, 7, 49, 50, 51, 499, 500, 501}) {
    CHECK(CheckArgonCost(calibrate(pass_ms), bounds).ok());
  }
}

}  // namespace
}  // namespace doorstep
