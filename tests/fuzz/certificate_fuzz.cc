// Certificates and requests of a peer, before anything is believed of them.
#include "crypto/certificate.h"
#include "tests/fuzz/target.h"

namespace doorstep::fuzz {

std::vector<std::string> Seeds() {
  SystemRandom random;
  absl::StatusOr<Secret> key = MakeTlsKey(random);
  Require(key.ok(), "no key");
  absl::StatusOr<std::string> request = MakeCertificateRequest(*key);
  Require(request.ok(), "no request");
  return {*request, "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"};
}

}  // namespace doorstep::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace doorstep;
  using namespace doorstep::fuzz;
  std::string_view input = Input(data, size);
  absl::StatusOr<Hash32> of_request = TlsSpkiOfRequest(input);
  Require(!of_request.ok() || *of_request != Hash32{}, "a request without a key");
  absl::StatusOr<PeerCertificate> peer = ParseCertificate(input);
  Require(!peer.ok() || peer->tls_spki != Hash32{}, "a certificate without a key");
  return 0;
}
