// The two dresses of a certificate or a request: DER on the wire and in the directory, PEM for
// OpenSSL and gRPC. Only the dress changes here; certificate.h judges what is inside.
#ifndef DOORSTEP_CRYPTO_PEM_H_
#define DOORSTEP_CRYPTO_PEM_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace doorstep {

enum class PemKind { kCertificate, kCertificateRequest };

// "-----BEGIN …", base64 in lines of 64, "-----END …". Text that is PEM already comes back as it
// is, so that a peer may send either.
std::string ToPem(PemKind kind, std::string_view der_or_pem);

// The bytes of the first block of that kind. INVALID_ARGUMENT (E_FORMAT) when there is none.
absl::StatusOr<std::string> ToDer(PemKind kind, std::string_view pem);

}  // namespace doorstep

#endif  // DOORSTEP_CRYPTO_PEM_H_
