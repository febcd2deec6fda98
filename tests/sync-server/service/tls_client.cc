#include "tests/sync-server/service/tls_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <csignal>

namespace doorstep::server {
namespace {

int ConnectTo(const std::string& address) {
  const size_t colon = address.rfind(':');
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<uint16_t>(std::stoi(address.substr(colon + 1))));
  REQUIRE(inet_pton(AF_INET, address.substr(0, colon).c_str(), &to.sin_addr) == 1);
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  REQUIRE(fd >= 0);
  const timeval patience{10, 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  REQUIRE(connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof(to)) == 0);
  return fd;
}

}  // namespace

TlsClient::TlsClient(const std::string& address, const Options& options)
    : socket_(ConnectTo(address)), context_(SSL_CTX_new(TLS_client_method())) {
  std::signal(SIGPIPE, SIG_IGN);
  SSL_CTX_set_min_proto_version(context_, options.lowest);
  SSL_CTX_set_max_proto_version(context_, options.highest);
  // Offer whatever the library has for old versions, so that only the server's refusal refuses.
  SSL_CTX_set_cipher_list(context_, "ALL:@SECLEVEL=0");
  if (!options.certificate_pem.empty()) {
    BIO* bio = BIO_new_mem_buf(options.certificate_pem.data(),
                               static_cast<int>(options.certificate_pem.size()));
    X509* certificate = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
    BIO_free(bio);
    bio = BIO_new_mem_buf(options.key_pem.data(), static_cast<int>(options.key_pem.size()));
    EVP_PKEY* key = PEM_read_bio_PrivateKey(bio, nullptr, nullptr, nullptr);
    BIO_free(bio);
    REQUIRE(SSL_CTX_use_certificate(context_, certificate) == 1);
    REQUIRE(SSL_CTX_use_PrivateKey(context_, key) == 1);
    X509_free(certificate);
    EVP_PKEY_free(key);
  }
  const unsigned char alpn[] = {2, 'h', '2'};
  SSL_CTX_set_alpn_protos(context_, alpn, sizeof(alpn));
  ssl_ = SSL_new(context_);
  SSL_set_fd(ssl_, socket_);
  if (SSL_connect(ssl_) == 1) version_ = SSL_get_version(ssl_);
}

TlsClient::~TlsClient() {
  SSL_free(ssl_);
  SSL_CTX_free(context_);
  close(socket_);
}

void TlsClient::Send(std::string_view bytes) {
  SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()));
}

std::string TlsClient::Receive() {
  char buffer[4096];
  const int got = SSL_read(ssl_, buffer, sizeof(buffer));
  return got > 0 ? std::string(buffer, static_cast<size_t>(got)) : std::string();
}

std::string TlsClient::ReceiveUntil(bool (*enough)(const std::string&)) {
  std::string all;
  for (std::string part = Receive(); !part.empty(); part = Receive()) {
    all += part;
    if (enough(all)) break;
  }
  return all;
}

}  // namespace doorstep::server
