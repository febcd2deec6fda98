// Every key that a server has, and the folder they lie in:
//
//   keys/store.key   48 bytes: key and salt of the SQLCipher store
//   keys/log.key     32 bytes: Ed25519 seed, signs heads
//   keys/ingest.key  32 bytes: X25519 seed, opens what is sealed to the server
//   keys/ca.key      PEM, P-256: issues the certificates of devices and of this server
//   keys/ca.crt      PEM
//   keys/tls.key     PEM, P-256: this server on the network
//   keys/tls.crt     PEM, issued by the CA
//
// Keys are made once, by `doorstepd init`, and are not changed by anything else but the TLS
// certificate, which the server renews from its own CA. An ingest key that has been replaced stays
// as keys/ingest-<n>.key, so that what was sealed to it can still be opened.
#ifndef DOORSTEP_SYNC_SERVER_ADMIN_SERVER_KEYS_H_
#define DOORSTEP_SYNC_SERVER_ADMIN_SERVER_KEYS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/certificate.h"
#include "crypto/primitives.h"
#include "crypto/secret.h"
#include "doorstep/v1/client.pb.h"

namespace doorstep::server {

inline constexpr int kAuthorityDays = 3650;
inline constexpr int kServerCertificateDays = 365;
// A certificate with less time left is renewed when the server starts.
inline constexpr int kServerCertificateRenewDays = 60;
inline constexpr int kRetiredIngestKeysMax = 16;

struct ServerKeys {
  Secret store_key;  // key and salt, as the store takes them
  Secret log_seed;
  std::vector<Secret> ingest_seeds;  // the present one first; never empty
  CertificateAuthority authority;
  Secret tls_key_pem;
  std::string tls_certificate_pem;
};

// `names`: DNS names and addresses by which devices reach the server, at least one.
absl::StatusOr<ServerKeys> MakeServerKeys(const std::vector<std::string>& names, int64_t now_ms,
                                          Random& random);

// Into a new folder `folder`/keys. E_STATE when it is there already.
absl::Status SaveServerKeys(const ServerKeys& keys, const std::string& folder);
// E_STATE when others may read a key, E_FORMAT when one is not what its name says, E_KEY when key
// and certificate do not belong together.
absl::StatusOr<ServerKeys> LoadServerKeys(const std::string& folder);

// A new certificate for the same key when the present one ends within kServerCertificateRenewDays.
// Written to the folder before it is in `keys`. True when it was renewed.
absl::StatusOr<bool> RenewServerCertificate(ServerKeys& keys, const std::string& folder,
                                            const std::vector<std::string>& names, int64_t now_ms,
                                            Random& random);

// What the ceremony writes into the directory. `address`: host and port that devices connect to.
absl::StatusOr<v1::ServerRequest> MakeServerRequest(const ServerKeys& keys,
                                                    const std::string& address);

// All of them as one secret, for a backup, and back:
//   ST("doorstep/server-keys/v1", store key, log, ca.key, ca.crt, tls.key, tls.crt, ingest …)
Secret EncodeServerKeys(const ServerKeys& keys);
absl::StatusOr<ServerKeys> DecodeServerKeys(std::string_view bytes);

// "host:port" and "[::1]:port" to the host alone. E_ARG for anything else.
absl::StatusOr<std::string> HostOf(const std::string& address);

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_ADMIN_SERVER_KEYS_H_
