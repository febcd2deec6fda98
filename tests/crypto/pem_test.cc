#include "crypto/pem.h"

#include <catch2/catch_test_macros.hpp>

#include "crypto/reason.h"

namespace doorstep {
namespace {

TEST_CASE("DER becomes PEM and comes back") {
  const std::string der(
      "\x30\x00\xff certificate bytes, long enough to take more than one line\x00", 63);
  const std::string pem = ToPem(PemKind::kCertificate, der);
  CHECK(pem.find("-----BEGIN CERTIFICATE-----\n") == 0);
  CHECK(ToDer(PemKind::kCertificate, pem).value() == der);
  CHECK(ToPem(PemKind::kCertificate, pem) == pem);
}

TEST_CASE("another kind, a cut and a damaged block are refused") {
  const std::string pem = ToPem(PemKind::kCertificateRequest, "abc");
  CHECK(ReasonOf(ToDer(PemKind::kCertificate, pem).status()) == Reason::kFormat);
  CHECK(ReasonOf(ToDer(PemKind::kCertificateRequest, pem.substr(0, 40)).status()) ==
        Reason::kFormat);
  std::string damaged = pem;
  damaged[damaged.find("YWJj")] = '!';
  CHECK(ReasonOf(ToDer(PemKind::kCertificateRequest, damaged).status()) == Reason::kFormat);
  CHECK(ReasonOf(ToDer(PemKind::kCertificate, "").status()) == Reason::kFormat);
}

}  // namespace
}  // namespace doorstep
