#include "crypto/device_keys.h"

#include <catch2/catch_test_macros.hpp>
#include <utility>

#include "crypto/certificate.h"
#include "crypto/reason.h"
#include "tests/crypto/counting_random.h"

namespace doorstep {
namespace {

DeviceKeys::Parts CopyOf(const DeviceKeys::Parts& parts) {
  return {parts.database_key.Clone(), parts.database_salt, parts.sign_seed.Clone(),
          parts.box_seed.Clone(), parts.tls_key_pem.Clone()};
}

TEST_CASE("device keys follow from their randomness, and differ from each other") {
  CountingRandom a(1);
  CountingRandom b(1);
  const DeviceKeys keys = *DeviceKeys::Make(a);
  const DeviceKeys same = *DeviceKeys::Make(b);
  const DeviceKeys other = *DeviceKeys::Make(a);
  CHECK(keys.public_keys().sign == same.public_keys().sign);
  CHECK(keys.public_keys().tls_spki == same.public_keys().tls_spki);
  CHECK(keys.public_keys().sign != other.public_keys().sign);
  CHECK(keys.public_keys().box != other.public_keys().box);
  CHECK(keys.public_keys().sign != keys.public_keys().box);
  CHECK_FALSE(EqualSecrets(keys.parts().sign_seed.view(), keys.parts().box_seed.view()));
  CHECK_FALSE(EqualSecrets(keys.parts().sign_seed.view(), keys.parts().database_key.view()));
}

TEST_CASE("what a device signs and opens fits its public keys") {
  CountingRandom random(2);
  const DeviceKeys keys = *DeviceKeys::Make(random);
  CHECK(Verify(keys.public_keys().sign, "visit", keys.Sign("visit")));
  const std::string sealed = *BoxSeal(keys.public_keys().box, "words", random.Make<32>());
  CHECK(keys.OpenBox(sealed)->view() == "words");
  CHECK(*TlsSpkiOfKey(keys.parts().tls_key_pem) == keys.public_keys().tls_spki);
}

TEST_CASE("parts of a wrong size or kind make no device keys") {
  CountingRandom random(3);
  const DeviceKeys keys = *DeviceKeys::Make(random);
  CHECK(DeviceKeys::FromParts(CopyOf(keys.parts()))->public_keys().sign == keys.public_keys().sign);
  for (const size_t size : {size_t{0}, size_t{31}, size_t{33}}) {
    DeviceKeys::Parts parts = CopyOf(keys.parts());
    parts.sign_seed = Secret(size);
    CHECK(ReasonOf(DeviceKeys::FromParts(std::move(parts)).status()) == Reason::kFormat);
    parts = CopyOf(keys.parts());
    parts.box_seed = Secret(size);
    CHECK(ReasonOf(DeviceKeys::FromParts(std::move(parts)).status()) == Reason::kFormat);
    parts = CopyOf(keys.parts());
    parts.database_key = Secret(size);
    CHECK(ReasonOf(DeviceKeys::FromParts(std::move(parts)).status()) == Reason::kFormat);
  }
  DeviceKeys::Parts parts = CopyOf(keys.parts());
  parts.tls_key_pem = Secret::FromBytes("garbage");
  CHECK(ReasonOf(DeviceKeys::FromParts(std::move(parts)).status()) == Reason::kFormat);
}

}  // namespace
}  // namespace doorstep
