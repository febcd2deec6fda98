// TLS keys and certificates, and nothing else of X.509; certificate.cc is the only file here with
// OpenSSL. Keys are P-256 and travel as PEM (PKCS#8, a Secret); certificates and requests are PEM.
// A TLS key is known to others by its *tls_spki*: H over the DER SubjectPublicKeyInfo, 32 bytes.
//
// Pure functions but for the randomness inside ECDSA signatures, which OpenSSL draws itself: two
// certificates of the same arguments differ in their signature alone. Time is an argument, Unix
// milliseconds. What a peer sent wrong is INVALID_ARGUMENT (E_FORMAT); errors carry no bytes of it.
#ifndef DOORSTEP_CRYPTO_CERTIFICATE_H_
#define DOORSTEP_CRYPTO_CERTIFICATE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/primitives.h"
#include "crypto/secret.h"

namespace doorstep {

inline constexpr int kDeviceCertificateDays = 90;
// Certificates begin this long before they are made, so that a clock behind ours accepts them.
inline constexpr int64_t kCertificateBackdateMs = int64_t{24} * 60 * 60 * 1000;
// A PEM text longer than this is refused unread.
inline constexpr size_t kPemBytesMax = 16 * 1024;
// A device certificate names its device by this URI and 32 hex digits.
inline constexpr std::string_view kDeviceUriPrefix = "doorstep:device:";

// A new key, drawn from `random` alone.
absl::StatusOr<Secret> MakeTlsKey(Random& random);

// The DER SubjectPublicKeyInfo, and its hash. E_FORMAT unless it is a P-256 key.
absl::StatusOr<std::string> SpkiOfKey(const Secret& key_pem);
absl::StatusOr<Hash32> TlsSpkiOfKey(const Secret& key_pem);

// A certificate request: the public key, signed by itself, no names. Who issues decides the names.
absl::StatusOr<std::string> MakeCertificateRequest(const Secret& key_pem);
// The tls_spki of a request whose own signature is right.
absl::StatusOr<Hash32> TlsSpkiOfRequest(std::string_view request_pem);

// A CA that signs leaf certificates only: CA:TRUE, path length 0.
struct CertificateAuthority {
  std::string certificate_pem;
  Secret key_pem;
};
absl::StatusOr<CertificateAuthority> MakeCertificateAuthority(std::string_view name, int days,
                                                              int64_t now_ms, Random& random);

// For the key of a request, client use only, valid for kDeviceCertificateDays.
absl::StatusOr<std::string> IssueDeviceCertificate(const CertificateAuthority& authority,
                                                   std::string_view request_pem,
                                                   const Hash16& device, int64_t now_ms,
                                                   Random& random);
// For a server reached as `names`: DNS names ("localhost") and addresses ("127.0.0.1", "::1"), at
// least one; E_ARG for any that is neither.
absl::StatusOr<std::string> IssueServerCertificate(const CertificateAuthority& authority,
                                                   std::string_view request_pem,
                                                   std::span<const std::string> names, int days,
                                                   int64_t now_ms, Random& random);

struct PeerCertificate {
  Hash32 tls_spki{};
  std::optional<Hash16> device;  // exactly one URI name, of the form above; else none
  int64_t not_before_ms = 0;
  int64_t not_after_ms = 0;
};
// Reads; whether it was signed by our CA is the TLS handshake's business or CheckIssuedBy's.
absl::StatusOr<PeerCertificate> ParseCertificate(std::string_view certificate_pem);

// OK if the certificate's key is this key; else FAILED_PRECONDITION (E_KEY).
absl::Status CheckKeyMatches(const Secret& key_pem, std::string_view certificate_pem);

// OK if the authority signed it and it is valid at `now_ms`; UNAUTHENTICATED (E_AUTH) if another
// did, FAILED_PRECONDITION (E_EXPIRED) outside its time.
absl::Status CheckIssuedBy(std::string_view certificate_pem, std::string_view authority_pem,
                           int64_t now_ms);

}  // namespace doorstep

#endif  // DOORSTEP_CRYPTO_CERTIFICATE_H_
