#include "crypto/certificate.h"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "crypto/reason.h"
#include "tests/crypto/counting_random.h"

namespace doorstep {
namespace {

constexpr int64_t kNowMs = 1'790'000'000'000;
constexpr int64_t kDayMs = int64_t{86'400'000};
const Hash16 kDevice = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0xab};

struct Fixture {
  CountingRandom random{7};
  CertificateAuthority authority =
      *MakeCertificateAuthority("Doorstep test CA", 3650, kNowMs, random);
  Secret key = *MakeTlsKey(random);
  std::string request = *MakeCertificateRequest(key);
};

TEST_CASE("a TLS key follows from its randomness and is a P-256 key") {
  CountingRandom a(1);
  CountingRandom b(1);
  CountingRandom c(2);
  const Secret key = *MakeTlsKey(a);
  CHECK(key.view() == MakeTlsKey(b)->view());
  CHECK(key.view() != MakeTlsKey(c)->view());
  CHECK(key.view().starts_with("-----BEGIN PRIVATE KEY-----"));
  // The DER form of every P-256 SubjectPublicKeyInfo: 26 bytes of header, 0x04, x, y.
  const std::string spki = *SpkiOfKey(key);
  CHECK(spki.size() == 91);
  CHECK(ToHex(spki.substr(0, 27)) == "3059301306072a8648ce3d020106082a8648ce3d03010703420004");
  CHECK(*TlsSpkiOfKey(key) == H(spki));
}

TEST_CASE_METHOD(Fixture, "a request carries its key, and only with its own signature") {
  CHECK(*TlsSpkiOfRequest(request) == *TlsSpkiOfKey(key));
  CHECK(ReasonOf(TlsSpkiOfRequest("").status()) == Reason::kFormat);
  CHECK(ReasonOf(TlsSpkiOfRequest("garbage").status()) == Reason::kFormat);
  CHECK(ReasonOf(TlsSpkiOfRequest(std::string(kPemBytesMax + 1, 'x')).status()) == Reason::kFormat);
  std::string forged = request;
  const size_t near_end = forged.find("\n-----END") - 12;
  forged[near_end] = forged[near_end] == 'A' ? 'B' : 'A';
  CHECK(ReasonOf(TlsSpkiOfRequest(forged).status()) == Reason::kFormat);
}

TEST_CASE_METHOD(Fixture, "a device certificate names key, device and 90 days") {
  const std::string pem = *IssueDeviceCertificate(authority, request, kDevice, kNowMs, random);
  const PeerCertificate peer = *ParseCertificate(pem);
  CHECK(peer.tls_spki == *TlsSpkiOfKey(key));
  REQUIRE(peer.device.has_value());
  CHECK(*peer.device == kDevice);
  CHECK(peer.not_after_ms == kNowMs + 90 * kDayMs);
  CHECK(peer.not_before_ms == kNowMs - kDayMs);
  CHECK(CheckKeyMatches(key, pem).ok());
  CHECK(ReasonOf(CheckKeyMatches(*MakeTlsKey(random), pem)) == Reason::kKey);
}

TEST_CASE_METHOD(Fixture, "issued by us, by another, before and after its time") {
  const std::string pem = *IssueDeviceCertificate(authority, request, kDevice, kNowMs, random);
  const std::string& ca = authority.certificate_pem;
  CHECK(CheckIssuedBy(pem, ca, kNowMs).ok());
  CHECK(CheckIssuedBy(pem, ca, kNowMs + 90 * kDayMs).ok());
  CHECK(ReasonOf(CheckIssuedBy(pem, ca, kNowMs + 90 * kDayMs + 1)) == Reason::kExpired);
  CHECK(ReasonOf(CheckIssuedBy(pem, ca, kNowMs - 2 * kDayMs)) == Reason::kExpired);
  // Same name, other key.
  const CertificateAuthority other =
      *MakeCertificateAuthority("Doorstep test CA", 3650, kNowMs, random);
  CHECK(ReasonOf(CheckIssuedBy(pem, other.certificate_pem, kNowMs)) == Reason::kAuth);
  // A leaf is no authority.
  CHECK(ReasonOf(CheckIssuedBy(pem, pem, kNowMs)) == Reason::kAuth);
  CHECK(ReasonOf(CheckIssuedBy("x", ca, kNowMs)) == Reason::kFormat);
}

TEST_CASE_METHOD(Fixture, "a server certificate takes names and addresses, and nothing else") {
  const std::vector<std::string> names = {"localhost", "127.0.0.1", "::1", "office.example.org"};
  const absl::StatusOr<std::string> pem =
      IssueServerCertificate(authority, request, names, 90, kNowMs, random);
  REQUIRE(pem.ok());
  CHECK(CheckIssuedBy(*pem, authority.certificate_pem, kNowMs).ok());
  CHECK_FALSE(ParseCertificate(*pem)->device.has_value());

  for (const std::string& bad :
       {std::string(), std::string("a b"), std::string("a,URI:doorstep:device:00"),
        std::string("a..b"), std::string("localhost\0x", 11), std::string(64, 'a')}) {
    const std::vector<std::string> one = {bad};
    CHECK(ReasonOf(IssueServerCertificate(authority, request, one, 90, kNowMs, random).status()) ==
          Reason::kArg);
  }
  CHECK(ReasonOf(IssueServerCertificate(authority, request, {}, 90, kNowMs, random).status()) ==
        Reason::kArg);
  CHECK(ReasonOf(IssueServerCertificate(authority, request, names, 0, kNowMs, random).status()) ==
        Reason::kArg);
}

TEST_CASE_METHOD(Fixture, "an authority's certificate or an empty one names no device") {
  CHECK_FALSE(ParseCertificate(authority.certificate_pem)->device.has_value());
  CHECK(ReasonOf(ParseCertificate("").status()) == Reason::kFormat);
  CHECK(ReasonOf(ParseCertificate("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
                     .status()) == Reason::kFormat);
}

TEST_CASE_METHOD(Fixture, "every truncation of a certificate or key is refused, not crashed on") {
  const std::string pem = *IssueDeviceCertificate(authority, request, kDevice, kNowMs, random);
  for (size_t size = 0; size + 30 < pem.size(); ++size) {
    CHECK_FALSE(ParseCertificate(pem.substr(0, size)).ok());
  }
  for (size_t size = 0; size + 30 < key.size(); ++size) {
    CHECK_FALSE(SpkiOfKey(Secret::FromBytes(key.view().substr(0, size))).ok());
  }
}

TEST_CASE_METHOD(Fixture, "keys of other kinds are refused") {
  // Ed25519, PKCS#8, of a zero seed.
  const Secret ed25519 = Secret::FromBytes(
      "-----BEGIN PRIVATE KEY-----\n"
      "MC4CAQAwBQYDK2VwBCIEIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
      "-----END PRIVATE KEY-----\n");
  CHECK(ReasonOf(SpkiOfKey(ed25519).status()) == Reason::kFormat);
  CHECK(ReasonOf(MakeCertificateRequest(ed25519).status()) == Reason::kFormat);
}

}  // namespace
}  // namespace doorstep
