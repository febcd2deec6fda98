#include "crypto/certificate.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cassert>
#include <memory>
#include <utility>

#include "crypto/reason.h"

namespace doorstep {
namespace {

template <auto Free>
struct Freed {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
template <typename T, auto Free>
using Owned = std::unique_ptr<T, Freed<Free>>;

using Bio = Owned<BIO, BIO_free_all>;
using Number = Owned<BIGNUM, BN_clear_free>;
using Group = Owned<EC_GROUP, EC_GROUP_free>;
using Point = Owned<EC_POINT, EC_POINT_clear_free>;
using ParamBuilder = Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;
using Params = Owned<OSSL_PARAM, OSSL_PARAM_free>;
using KeyContext = Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using Key = Owned<EVP_PKEY, EVP_PKEY_free>;
using Request = Owned<X509_REQ, X509_REQ_free>;
using Certificate = Owned<X509, X509_free>;
using Names = Owned<GENERAL_NAMES, GENERAL_NAMES_free>;
using Time = Owned<ASN1_TIME, ASN1_TIME_free>;
using Octets = Owned<ASN1_OCTET_STRING, ASN1_OCTET_STRING_free>;

constexpr int64_t kMsPerDay = int64_t{24} * 60 * 60 * 1000;
constexpr char kCurve[] = "P-256";

// OpenSSL keeps a queue of errors a thread; ours are told by Status, so the queue is left empty.
struct QuietErrors {
  QuietErrors() = default;
  QuietErrors(const QuietErrors&) = delete;
  QuietErrors& operator=(const QuietErrors&) = delete;
  ~QuietErrors() { ERR_clear_error(); }
};

absl::Status OpenSslFailed() { return MakeStatus(Reason::kInternal, "OpenSSL failed"); }

// Never asks a terminal for a passphrase.
int NoPassphrase(char*, int, int, void*) { return 0; }

Bio ReadingBio(std::string_view pem) {
  if (pem.empty() || pem.size() > kPemBytesMax) return nullptr;
  return Bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

std::string_view Written(const Bio& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  assert(size >= 0);
  return {data, static_cast<size_t>(size)};
}

bool IsP256(const EVP_PKEY* key) {
  char name[32] = {};
  size_t size = 0;
  return EVP_PKEY_is_a(key, "EC") == 1 &&
         EVP_PKEY_get_group_name(key, name, sizeof(name), &size) == 1 &&
         OBJ_sn2nid(name) == NID_X9_62_prime256v1;
}

absl::StatusOr<Key> ReadKey(const Secret& key_pem) {
  const Bio bio = ReadingBio(key_pem.view());
  Key key(bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, NoPassphrase, nullptr) : nullptr);
  if (!key || !IsP256(key.get())) return MakeStatus(Reason::kFormat, "not a P-256 private key");
  return key;
}

absl::StatusOr<Certificate> ReadCertificate(std::string_view pem) {
  const Bio bio = ReadingBio(pem);
  Certificate certificate(bio ? PEM_read_bio_X509(bio.get(), nullptr, NoPassphrase, nullptr)
                              : nullptr);
  if (!certificate) return MakeStatus(Reason::kFormat, "not a certificate");
  if (!IsP256(X509_get0_pubkey(certificate.get()))) {
    return MakeStatus(Reason::kFormat, "not a certificate of a P-256 key");
  }
  return certificate;
}

absl::StatusOr<Request> ReadRequest(std::string_view pem) {
  const Bio bio = ReadingBio(pem);
  Request request(bio ? PEM_read_bio_X509_REQ(bio.get(), nullptr, NoPassphrase, nullptr) : nullptr);
  if (!request) return MakeStatus(Reason::kFormat, "not a certificate request");
  EVP_PKEY* const key = X509_REQ_get0_pubkey(request.get());
  if (key == nullptr || !IsP256(key)) {
    return MakeStatus(Reason::kFormat, "not a request for a P-256 key");
  }
  if (X509_REQ_verify(request.get(), key) != 1) {
    return MakeStatus(Reason::kFormat, "request is not signed by its own key");
  }
  return request;
}

absl::StatusOr<std::string> SpkiOf(EVP_PKEY* key) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key, &der);
  if (size <= 0) return OpenSslFailed();
  std::string spki(reinterpret_cast<const char*>(der), static_cast<size_t>(size));
  OPENSSL_free(der);
  return spki;
}

absl::StatusOr<Hash32> TlsSpkiOf(EVP_PKEY* key) {
  const absl::StatusOr<std::string> spki = SpkiOf(key);
  if (!spki.ok()) return spki.status();
  return H(*spki);
}

// A private scalar between 1 and the group order − 1: 48 bytes reduced, so that no value is
// noticeably more likely than another.
Number DrawScalar(const EC_GROUP* group, Random& random) {
  const Secret drawn = random.MakeSecret(48);
  Number scalar(BN_secure_new());
  Number limit(BN_dup(EC_GROUP_get0_order(group)));
  const Owned<BN_CTX, BN_CTX_free> context(BN_CTX_secure_new());
  if (!scalar || !limit || !context ||
      BN_bin2bn(reinterpret_cast<const unsigned char*>(drawn.view().data()),
                static_cast<int>(drawn.size()), scalar.get()) == nullptr ||
      BN_sub_word(limit.get(), 1) != 1 ||
      BN_mod(scalar.get(), scalar.get(), limit.get(), context.get()) != 1 ||
      BN_add_word(scalar.get(), 1) != 1) {
    return nullptr;
  }
  return scalar;
}

Key KeyOfScalar(const EC_GROUP* group, const BIGNUM* scalar) {
  const Point point(EC_POINT_new(group));
  if (!point || EC_POINT_mul(group, point.get(), scalar, nullptr, nullptr, nullptr) != 1) {
    return nullptr;
  }
  unsigned char encoded[65];
  if (EC_POINT_point2oct(group, point.get(), POINT_CONVERSION_UNCOMPRESSED, encoded,
                         sizeof(encoded), nullptr) != sizeof(encoded)) {
    return nullptr;
  }
  const ParamBuilder builder(OSSL_PARAM_BLD_new());
  if (!builder ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, kCurve, 0) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, scalar) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, encoded,
                                       sizeof(encoded)) != 1) {
    return nullptr;
  }
  const Params params(OSSL_PARAM_BLD_to_param(builder.get()));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* made = nullptr;
  if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_KEYPAIR, params.get()) != 1) {
    return nullptr;
  }
  return Key(made);
}

// ---- writing certificates

bool AddText(X509_NAME* name, const char* field, const std::string& text) {
  return X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(text.data()),
                                    static_cast<int>(text.size()), -1, 0) == 1;
}

// `value` is always a constant of this file: OpenSSL's text form of an extension is never fed with
// what a peer or person wrote.
bool AddExtension(X509* certificate, X509V3_CTX* context, int id, const char* value) {
  const Owned<X509_EXTENSION, X509_EXTENSION_free> extension(
      X509V3_EXT_conf_nid(nullptr, context, id, value));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool AddName(GENERAL_NAMES* names, int type, const std::string& text) {
  Owned<GENERAL_NAME, GENERAL_NAME_free> name(GENERAL_NAME_new());
  if (!name) return false;
  if (type == GEN_IPADD) {
    Octets address(a2i_IPADDRESS(text.c_str()));
    if (!address) return false;
    GENERAL_NAME_set0_value(name.get(), GEN_IPADD, address.release());
  } else {
    Owned<ASN1_IA5STRING, ASN1_IA5STRING_free> value(ASN1_IA5STRING_new());
    if (!value || ASN1_STRING_set(value.get(), text.data(), static_cast<int>(text.size())) != 1) {
      return false;
    }
    GENERAL_NAME_set0_value(name.get(), type, value.release());
  }
  if (sk_GENERAL_NAME_push(names, name.get()) <= 0) return false;
  name.release();
  return true;
}

bool SetTime(ASN1_TIME* field, int64_t unix_ms) {
  return ASN1_TIME_set(field, static_cast<time_t>(unix_ms / 1000)) != nullptr;
}

bool SetSerial(X509* certificate, Random& random) {
  Bytes<16> serial = random.Make<16>();
  serial[0] = static_cast<uint8_t>((serial[0] & 0x3f) | 0x40);  // positive, never short
  const Number number(BN_bin2bn(serial.data(), static_cast<int>(serial.size()), nullptr));
  return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

struct Draft {
  std::string subject;
  int64_t not_before_ms;
  int64_t not_after_ms;
  const char* basic_constraints;
  const char* key_usage;
  const char* extended_usage;  // null: none
  const GENERAL_NAMES* names;  // null: none
};

// `issuer` null: self-signed.
absl::StatusOr<std::string> WriteCertificate(const Draft& draft, EVP_PKEY* subject_key,
                                             X509* issuer, EVP_PKEY* issuer_key, Random& random) {
  const Certificate certificate(X509_new());
  if (!certificate) return OpenSslFailed();
  X509* const x509 = certificate.get();
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer == nullptr ? x509 : issuer, x509, nullptr, nullptr, 0);
  const bool written =
      X509_set_version(x509, X509_VERSION_3) == 1 && SetSerial(x509, random) &&
      AddText(X509_get_subject_name(x509), "CN", draft.subject) &&
      X509_set_issuer_name(x509, X509_get_subject_name(issuer == nullptr ? x509 : issuer)) == 1 &&
      SetTime(X509_getm_notBefore(x509), draft.not_before_ms) &&
      SetTime(X509_getm_notAfter(x509), draft.not_after_ms) &&
      X509_set_pubkey(x509, subject_key) == 1 &&
      AddExtension(x509, &context, NID_basic_constraints, draft.basic_constraints) &&
      AddExtension(x509, &context, NID_key_usage, draft.key_usage) &&
      AddExtension(x509, &context, NID_subject_key_identifier, "hash") &&
      AddExtension(x509, &context, NID_authority_key_identifier, "keyid") &&
      (draft.extended_usage == nullptr ||
       AddExtension(x509, &context, NID_ext_key_usage, draft.extended_usage)) &&
      (draft.names == nullptr ||
       X509_add1_ext_i2d(x509, NID_subject_alt_name, const_cast<GENERAL_NAMES*>(draft.names), 0,
                         X509V3_ADD_DEFAULT) == 1) &&
      X509_sign(x509, issuer_key, EVP_sha256()) > 0;
  const Bio bio(BIO_new(BIO_s_mem()));
  if (!written || !bio || PEM_write_bio_X509(bio.get(), x509) != 1) return OpenSslFailed();
  return std::string(Written(bio));
}

absl::StatusOr<std::string> IssueLeaf(const CertificateAuthority& authority,
                                      std::string_view request_pem, const Draft& draft,
                                      Random& random) {
  absl::StatusOr<Request> request = ReadRequest(request_pem);
  if (!request.ok()) return request.status();
  absl::StatusOr<Certificate> issuer = ReadCertificate(authority.certificate_pem);
  if (!issuer.ok()) return issuer.status();
  absl::StatusOr<Key> issuer_key = ReadKey(authority.key_pem);
  if (!issuer_key.ok()) return issuer_key.status();
  return WriteCertificate(draft, X509_REQ_get0_pubkey(request->get()), issuer->get(),
                          issuer_key->get(), random);
}

bool IsDnsName(std::string_view name) {
  if (name.empty() || name.size() > 253) return false;
  size_t label = 0;
  for (const char c : name) {
    if (c == '.') {
      if (label == 0) return false;
      label = 0;
      continue;
    }
    const bool allowed =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    if (!allowed || ++label > 63) return false;
  }
  return label > 0;
}

absl::StatusOr<Names> ServerNames(std::span<const std::string> texts) {
  if (texts.empty()) return MakeStatus(Reason::kArg, "a server certificate needs a name");
  Names names(GENERAL_NAMES_new());
  for (const std::string& text : texts) {
    if (text.find('\0') != std::string::npos) {
      return MakeStatus(Reason::kArg, "neither a DNS name nor an address");
    }
    if (AddName(names.get(), GEN_IPADD, text)) continue;
    if (!IsDnsName(text)) return MakeStatus(Reason::kArg, "neither a DNS name nor an address");
    if (!AddName(names.get(), GEN_DNS, text)) return OpenSslFailed();
  }
  return names;
}

// ---- reading certificates

absl::StatusOr<int64_t> UnixMs(const ASN1_TIME* time) {
  const Time epoch(ASN1_TIME_set(nullptr, 0));
  int days = 0;
  int seconds = 0;
  if (!epoch || ASN1_TIME_diff(&days, &seconds, epoch.get(), time) != 1) {
    return MakeStatus(Reason::kFormat, "certificate has no readable time");
  }
  return days * kMsPerDay + seconds * int64_t{1000};
}

std::optional<uint8_t> HexDigit(char c) {
  if (c >= '0' && c <= '9') return static_cast<uint8_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<uint8_t>(c - 'a' + 10);
  return std::nullopt;
}

std::optional<Hash16> DeviceOfUri(std::string_view uri) {
  if (uri.size() != kDeviceUriPrefix.size() + 32 || !uri.starts_with(kDeviceUriPrefix)) {
    return std::nullopt;
  }
  uri.remove_prefix(kDeviceUriPrefix.size());
  Hash16 device{};
  for (size_t i = 0; i < device.size(); ++i) {
    const std::optional<uint8_t> high = HexDigit(uri[2 * i]);
    const std::optional<uint8_t> low = HexDigit(uri[2 * i + 1]);
    if (!high.has_value() || !low.has_value()) return std::nullopt;
    device[i] = static_cast<uint8_t>(*high << 4 | *low);
  }
  return device;
}

std::optional<Hash16> DeviceOf(const X509* certificate) {
  const Names names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  if (!names || sk_GENERAL_NAME_num(names.get()) != 1) return std::nullopt;
  const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names.get(), 0);
  if (name->type != GEN_URI) return std::nullopt;
  const ASN1_IA5STRING* const uri = name->d.uniformResourceIdentifier;
  return DeviceOfUri({reinterpret_cast<const char*>(ASN1_STRING_get0_data(uri)),
                      static_cast<size_t>(ASN1_STRING_length(uri))});
}

}  // namespace

absl::StatusOr<Secret> MakeTlsKey(Random& random) {
  const QuietErrors quiet;
  const Group group(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
  if (!group) return OpenSslFailed();
  const Number scalar = DrawScalar(group.get(), random);
  if (!scalar) return OpenSslFailed();
  const Key key = KeyOfScalar(group.get(), scalar.get());
  // A memory BIO wipes what it holds when it grows and when it is freed.
  const Bio bio(BIO_new(BIO_s_mem()));
  if (!key || !bio ||
      PEM_write_bio_PKCS8PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) !=
          1) {
    return OpenSslFailed();
  }
  return Secret::FromBytes(Written(bio));
}

absl::StatusOr<std::string> SpkiOfKey(const Secret& key_pem) {
  const QuietErrors quiet;
  const absl::StatusOr<Key> key = ReadKey(key_pem);
  if (!key.ok()) return key.status();
  return SpkiOf(key->get());
}

absl::StatusOr<Hash32> TlsSpkiOfKey(const Secret& key_pem) {
  const QuietErrors quiet;
  const absl::StatusOr<Key> key = ReadKey(key_pem);
  if (!key.ok()) return key.status();
  return TlsSpkiOf(key->get());
}

absl::StatusOr<std::string> MakeCertificateRequest(const Secret& key_pem) {
  const QuietErrors quiet;
  const absl::StatusOr<Key> key = ReadKey(key_pem);
  if (!key.ok()) return key.status();
  const Request request(X509_REQ_new());
  const Bio bio(BIO_new(BIO_s_mem()));
  if (!request || !bio || X509_REQ_set_version(request.get(), X509_REQ_VERSION_1) != 1 ||
      X509_REQ_set_pubkey(request.get(), key->get()) != 1 ||
      X509_REQ_sign(request.get(), key->get(), EVP_sha256()) <= 0 ||
      PEM_write_bio_X509_REQ(bio.get(), request.get()) != 1) {
    return OpenSslFailed();
  }
  return std::string(Written(bio));
}

absl::StatusOr<Hash32> TlsSpkiOfRequest(std::string_view request_pem) {
  const QuietErrors quiet;
  const absl::StatusOr<Request> request = ReadRequest(request_pem);
  if (!request.ok()) return request.status();
  return TlsSpkiOf(X509_REQ_get0_pubkey(request->get()));
}

absl::StatusOr<CertificateAuthority> MakeCertificateAuthority(std::string_view name, int days,
                                                              int64_t now_ms, Random& random) {
  const QuietErrors quiet;
  if (name.empty() || name.size() > 64 || days <= 0) {
    return MakeStatus(Reason::kArg, "a CA needs a name of 1 to 64 bytes and a time to live");
  }
  CertificateAuthority authority;
  absl::StatusOr<Secret> key_pem = MakeTlsKey(random);
  if (!key_pem.ok()) return key_pem.status();
  authority.key_pem = *std::move(key_pem);
  const absl::StatusOr<Key> key = ReadKey(authority.key_pem);
  if (!key.ok()) return key.status();
  const Draft draft{.subject = std::string(name),
                    .not_before_ms = now_ms - kCertificateBackdateMs,
                    .not_after_ms = now_ms + days * kMsPerDay,
                    .basic_constraints = "critical,CA:TRUE,pathlen:0",
                    .key_usage = "critical,keyCertSign,cRLSign",
                    .extended_usage = nullptr,
                    .names = nullptr};
  absl::StatusOr<std::string> pem =
      WriteCertificate(draft, key->get(), nullptr, key->get(), random);
  if (!pem.ok()) return pem.status();
  authority.certificate_pem = *std::move(pem);
  return authority;
}

absl::StatusOr<std::string> IssueDeviceCertificate(const CertificateAuthority& authority,
                                                   std::string_view request_pem,
                                                   const Hash16& device, int64_t now_ms,
                                                   Random& random) {
  const QuietErrors quiet;
  const std::string hex = ToHex(View(device));
  const Names names(GENERAL_NAMES_new());
  if (!names || !AddName(names.get(), GEN_URI, std::string(kDeviceUriPrefix) + hex)) {
    return OpenSslFailed();
  }
  return IssueLeaf(authority, request_pem,
                   {.subject = hex,
                    .not_before_ms = now_ms - kCertificateBackdateMs,
                    .not_after_ms = now_ms + kDeviceCertificateDays * kMsPerDay,
                    .basic_constraints = "critical,CA:FALSE",
                    .key_usage = "critical,digitalSignature",
                    .extended_usage = "clientAuth",
                    .names = names.get()},
                   random);
}

absl::StatusOr<std::string> IssueServerCertificate(const CertificateAuthority& authority,
                                                   std::string_view request_pem,
                                                   std::span<const std::string> names, int days,
                                                   int64_t now_ms, Random& random) {
  const QuietErrors quiet;
  const absl::StatusOr<Names> checked = ServerNames(names);
  if (!checked.ok()) return checked.status();
  if (days <= 0) return MakeStatus(Reason::kArg, "a certificate needs a time to live");
  return IssueLeaf(authority, request_pem,
                   {.subject = "doorstep server",
                    .not_before_ms = now_ms - kCertificateBackdateMs,
                    .not_after_ms = now_ms + days * kMsPerDay,
                    .basic_constraints = "critical,CA:FALSE",
                    .key_usage = "critical,digitalSignature",
                    .extended_usage = "serverAuth",
                    .names = checked->get()},
                   random);
}

absl::StatusOr<PeerCertificate> ParseCertificate(std::string_view certificate_pem) {
  const QuietErrors quiet;
  const absl::StatusOr<Certificate> certificate = ReadCertificate(certificate_pem);
  if (!certificate.ok()) return certificate.status();
  X509* const x509 = certificate->get();
  const absl::StatusOr<Hash32> tls_spki = TlsSpkiOf(X509_get0_pubkey(x509));
  if (!tls_spki.ok()) return tls_spki.status();
  const absl::StatusOr<int64_t> not_before_ms = UnixMs(X509_get0_notBefore(x509));
  if (!not_before_ms.ok()) return not_before_ms.status();
  const absl::StatusOr<int64_t> not_after_ms = UnixMs(X509_get0_notAfter(x509));
  if (!not_after_ms.ok()) return not_after_ms.status();
  return PeerCertificate{*tls_spki, DeviceOf(x509), *not_before_ms, *not_after_ms};
}

absl::Status CheckKeyMatches(const Secret& key_pem, std::string_view certificate_pem) {
  const QuietErrors quiet;
  const absl::StatusOr<Key> key = ReadKey(key_pem);
  if (!key.ok()) return key.status();
  const absl::StatusOr<Certificate> certificate = ReadCertificate(certificate_pem);
  if (!certificate.ok()) return certificate.status();
  if (EVP_PKEY_eq(key->get(), X509_get0_pubkey(certificate->get())) != 1) {
    return MakeStatus(Reason::kKey, "the certificate is for another key");
  }
  return absl::OkStatus();
}

absl::Status CheckIssuedBy(std::string_view certificate_pem, std::string_view authority_pem,
                           int64_t now_ms) {
  const QuietErrors quiet;
  const absl::StatusOr<Certificate> certificate = ReadCertificate(certificate_pem);
  if (!certificate.ok()) return certificate.status();
  const absl::StatusOr<Certificate> authority = ReadCertificate(authority_pem);
  if (!authority.ok()) return authority.status();
  if (X509_check_issued(authority->get(), certificate->get()) != X509_V_OK ||
      X509_verify(certificate->get(), X509_get0_pubkey(authority->get())) != 1) {
    return MakeStatus(Reason::kAuth, "the certificate is not from this authority");
  }
  const absl::StatusOr<PeerCertificate> read = ParseCertificate(certificate_pem);
  if (!read.ok()) return read.status();
  if (now_ms < read->not_before_ms || now_ms > read->not_after_ms) {
    return MakeStatus(Reason::kExpired, "the certificate is not valid at this time");
  }
  return absl::OkStatus();
}

}  // namespace doorstep
