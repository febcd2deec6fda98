#include "sync-server/admin/server_keys.h"

#include <algorithm>
#include <array>
#include <utility>

#include "crypto/pem.h"
#include "crypto/reason.h"
#include "sync-server/admin/files.h"

namespace doorstep::server {
namespace {

constexpr std::string_view kLabel = "doorstep/server-keys/v1";
constexpr size_t kSeedBytes = 32;
constexpr size_t kStoreKeyBytes = 48;
constexpr int64_t kMsPerDay = int64_t{24} * 60 * 60 * 1000;

absl::Status BadKey(const std::string& path) {
  return MakeStatus(Reason::kFormat, path + " is not the key that its name says");
}

absl::StatusOr<Secret> LoadSized(const std::string& path, size_t size) {
  absl::StatusOr<Secret> key = ReadSecretFile(path);
  if (key.ok() && key->size() != size) return BadKey(path);
  return key;
}

absl::Status CheckPairs(const ServerKeys& keys) {
  const CertificateAuthority& ca = keys.authority;
  if (absl::Status status = CheckKeyMatches(ca.key_pem, ca.certificate_pem); !status.ok()) {
    return status;
  }
  return CheckKeyMatches(keys.tls_key_pem, keys.tls_certificate_pem);
}

absl::StatusOr<std::string> IssueOwn(const ServerKeys& keys, const std::vector<std::string>& names,
                                     int64_t now_ms, Random& random) {
  absl::StatusOr<std::string> request = MakeCertificateRequest(keys.tls_key_pem);
  if (!request.ok()) return request.status();
  return IssueServerCertificate(keys.authority, *request, names, kServerCertificateDays, now_ms,
                                random);
}

// Takes LP(x) off the front. False when there is none.
bool TakeLp(std::string_view& bytes, std::string_view& part) {
  if (bytes.size() < 4) return false;
  uint32_t size = 0;
  for (size_t i = 4; i-- > 0;) size = size << 8 | static_cast<uint8_t>(bytes[i]);
  if (bytes.size() - 4 < size) return false;
  part = bytes.substr(4, size);
  bytes.remove_prefix(4 + size);
  return true;
}

}  // namespace

absl::StatusOr<ServerKeys> MakeServerKeys(const std::vector<std::string>& names, int64_t now_ms,
                                          Random& random) {
  ServerKeys keys;
  keys.store_key = random.MakeSecret(kStoreKeyBytes);
  keys.log_seed = random.MakeSecret(kSeedBytes);
  keys.ingest_seeds.push_back(random.MakeSecret(kSeedBytes));
  absl::StatusOr<CertificateAuthority> authority =
      MakeCertificateAuthority("Doorstep devices", kAuthorityDays, now_ms, random);
  if (!authority.ok()) return authority.status();
  keys.authority = *std::move(authority);
  absl::StatusOr<Secret> tls_key = MakeTlsKey(random);
  if (!tls_key.ok()) return tls_key.status();
  keys.tls_key_pem = *std::move(tls_key);
  absl::StatusOr<std::string> certificate = IssueOwn(keys, names, now_ms, random);
  if (!certificate.ok()) return certificate.status();
  keys.tls_certificate_pem = *std::move(certificate);
  return keys;
}

absl::Status SaveServerKeys(const ServerKeys& keys, const std::string& folder) {
  const std::string path = folder + "/keys";
  if (absl::Status status = MakeNewFolder(path); !status.ok()) return status;
  struct File {
    std::string name;
    std::string_view bytes;
    Readers readers;
  };
  std::vector<File> files = {
      {"store.key", keys.store_key.view(), Readers::kOwnerOnly},
      {"log.key", keys.log_seed.view(), Readers::kOwnerOnly},
      {"ca.key", keys.authority.key_pem.view(), Readers::kOwnerOnly},
      {"ca.crt", keys.authority.certificate_pem, Readers::kEverybody},
      {"tls.key", keys.tls_key_pem.view(), Readers::kOwnerOnly},
      {"tls.crt", keys.tls_certificate_pem, Readers::kEverybody},
  };
  for (size_t n = 0; n < keys.ingest_seeds.size(); ++n) {
    const std::string name = n == 0 ? "ingest.key" : "ingest-" + std::to_string(n) + ".key";
    files.push_back({name, keys.ingest_seeds[n].view(), Readers::kOwnerOnly});
  }
  for (const File& file : files) {
    const absl::Status status = WriteNewFile(path + "/" + file.name, file.bytes, file.readers);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::StatusOr<ServerKeys> LoadServerKeys(const std::string& folder) {
  const std::string path = folder + "/keys/";
  ServerKeys keys;
  absl::StatusOr<Secret> store = LoadSized(path + "store.key", kStoreKeyBytes);
  if (!store.ok()) return store.status();
  keys.store_key = *std::move(store);
  struct File {
    const char* name;
    Secret* into;
  };
  for (const File& file :
       {File{"ca.key", &keys.authority.key_pem}, File{"tls.key", &keys.tls_key_pem}}) {
    absl::StatusOr<Secret> key = ReadSecretFile(path + file.name);
    if (!key.ok()) return key.status();
    *file.into = *std::move(key);
  }
  absl::StatusOr<Secret> log = LoadSized(path + "log.key", kSeedBytes);
  if (!log.ok()) return log.status();
  keys.log_seed = *std::move(log);
  for (int n = 0; n <= kRetiredIngestKeysMax; ++n) {
    const std::string name =
        path + (n == 0 ? "ingest.key" : "ingest-" + std::to_string(n) + ".key");
    if (n > 0 && !IsThere(name)) break;
    absl::StatusOr<Secret> seed = LoadSized(name, kSeedBytes);
    if (!seed.ok()) return seed.status();
    keys.ingest_seeds.push_back(*std::move(seed));
  }
  absl::StatusOr<std::string> authority = ReadSmallFile(path + "ca.crt");
  if (!authority.ok()) return authority.status();
  keys.authority.certificate_pem = *std::move(authority);
  absl::StatusOr<std::string> certificate = ReadSmallFile(path + "tls.crt");
  if (!certificate.ok()) return certificate.status();
  keys.tls_certificate_pem = *std::move(certificate);
  if (absl::Status status = CheckPairs(keys); !status.ok()) return status;
  return keys;
}

absl::StatusOr<bool> RenewServerCertificate(ServerKeys& keys, const std::string& folder,
                                            const std::vector<std::string>& names, int64_t now_ms,
                                            Random& random) {
  const absl::StatusOr<PeerCertificate> present = ParseCertificate(keys.tls_certificate_pem);
  if (!present.ok()) return present.status();
  if (present->not_after_ms - now_ms > kServerCertificateRenewDays * kMsPerDay) return false;
  absl::StatusOr<std::string> renewed = IssueOwn(keys, names, now_ms, random);
  if (!renewed.ok()) return renewed.status();
  const absl::Status written = ReplaceFile(folder + "/keys/tls.crt", *renewed, Readers::kEverybody);
  if (!written.ok()) return written;
  keys.tls_certificate_pem = *std::move(renewed);
  return true;
}

absl::StatusOr<v1::ServerRequest> MakeServerRequest(const ServerKeys& keys,
                                                    const std::string& address) {
  if (absl::StatusOr<std::string> host = HostOf(address); !host.ok()) return host.status();
  absl::StatusOr<std::string> ca = ToDer(PemKind::kCertificate, keys.authority.certificate_pem);
  if (!ca.ok()) return ca.status();
  v1::ServerRequest request;
  request.set_log_pk(std::string(View(SignPublicKey(keys.log_seed))));
  request.set_ingest_pk(std::string(View(BoxPublicKey(keys.ingest_seeds.front()))));
  request.set_tls_ca(*ca);
  request.set_address(address);
  return request;
}

Secret EncodeServerKeys(const ServerKeys& keys) {
  Secret ingest(keys.ingest_seeds.size() * kSeedBytes);
  auto at = ingest.mutable_bytes().begin();
  for (const Secret& seed : keys.ingest_seeds) {
    at = std::copy(seed.view().begin(), seed.view().end(), at);
  }
  return StSecret(kLabel, {keys.store_key.view(), keys.log_seed.view(),
                           keys.authority.key_pem.view(), keys.authority.certificate_pem,
                           keys.tls_key_pem.view(), keys.tls_certificate_pem, ingest.view()});
}

absl::StatusOr<ServerKeys> DecodeServerKeys(std::string_view bytes) {
  const absl::Status bad = MakeStatus(Reason::kFormat, "these are not the keys of a server");
  std::array<std::string_view, 8> parts;
  for (std::string_view& part : parts) {
    if (!TakeLp(bytes, part)) return bad;
  }
  if (!bytes.empty() || parts[0] != kLabel || parts[1].size() != kStoreKeyBytes ||
      parts[2].size() != kSeedBytes || parts[7].empty() || parts[7].size() % kSeedBytes != 0) {
    return bad;
  }
  ServerKeys keys;
  keys.store_key = Secret::FromBytes(parts[1]);
  keys.log_seed = Secret::FromBytes(parts[2]);
  keys.authority.key_pem = Secret::FromBytes(parts[3]);
  keys.authority.certificate_pem = std::string(parts[4]);
  keys.tls_key_pem = Secret::FromBytes(parts[5]);
  keys.tls_certificate_pem = std::string(parts[6]);
  for (std::string_view seeds = parts[7]; !seeds.empty(); seeds.remove_prefix(kSeedBytes)) {
    keys.ingest_seeds.push_back(Secret::FromBytes(seeds.substr(0, kSeedBytes)));
  }
  if (absl::Status status = CheckPairs(keys); !status.ok()) return status;
  return keys;
}

absl::StatusOr<std::string> HostOf(const std::string& address) {
  const size_t colon = address.rfind(':');
  if (colon != std::string::npos && colon > 0 && colon + 1 < address.size() &&
      address.find_first_not_of("0123456789", colon + 1) == std::string::npos) {
    std::string host = address.substr(0, colon);
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
      return host.substr(1, host.size() - 2);
    }
    if (host.find_first_of(":[]/ ") == std::string::npos) return host;
  }
  return MakeStatus(Reason::kArg,
                    "an address is a host and a port, as in sync.example.gov.uk:7443");
}

}  // namespace doorstep::server
