// A TLS client that speaks bytes: for what gRPC's own client would never send.
#ifndef DOORSTEP_TESTS_SYNC_SERVER_SERVICE_TLS_CLIENT_H_
#define DOORSTEP_TESTS_SYNC_SERVER_SERVICE_TLS_CLIENT_H_

#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <string_view>

namespace doorstep::server {

class TlsClient {
 public:
  struct Options {
    int lowest = TLS1_3_VERSION;
    int highest = TLS1_3_VERSION;
    std::string certificate_pem;  // empty: none
    std::string key_pem;
  };
  TlsClient(const std::string& address, const Options& options);
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;
  ~TlsClient();

  // The handshake as this end sees it: the version agreed on, or empty.
  const std::string& version() const { return version_; }
  void Send(std::string_view bytes);
  // At least one byte, or empty once the server has closed. Patient for ten seconds.
  std::string Receive();
  // Everything until the server closes, or `enough` says that it is.
  std::string ReceiveUntil(bool (*enough)(const std::string&));

 private:
  int socket_ = -1;
  SSL_CTX* context_ = nullptr;
  SSL* ssl_ = nullptr;
  std::string version_;
};

}  // namespace doorstep::server

#endif  // DOORSTEP_TESTS_SYNC_SERVER_SERVICE_TLS_CLIENT_H_
