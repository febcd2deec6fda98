// Who gets in at which port, by TLS version and certificate (B28).
#include <catch2/catch_test_macros.hpp>
#include <utility>

#include "crypto/certificate.h"
#include "crypto/pem.h"
#include "crypto/reason.h"
#include "tests/sync-server/service/open_house.h"
#include "tests/sync-server/service/tls_client.h"

namespace doorstep::server {
namespace {

constexpr int64_t kDayMs = int64_t{24} * 60 * 60 * 1000;

TEST_CASE("a device with its certificate is served the directory") {
  OpenHouse house;
  const auto transport = house.Connect(house.ada);
  const Brought brought = PullAll(*transport, house.FromTheBeginning());
  REQUIRE(brought.status.ok());
  CHECK(brought.hello.device() == v1::DEVICE_ACTIVE);
  CHECK(brought.head.at(house.tenant()) == 1);
}

TEST_CASE("TLS 1.3 is spoken, and nothing older, on both ports") {
  OpenHouse house;
  const std::string certificate = house.CertificateFor(house.ada);
  const std::string key(house.ada.keys.parts().tls_key_pem.view());
  for (const std::string& address : {house.address(), house.enrol_address()}) {
    CHECK(TlsClient(address, {TLS1_3_VERSION, TLS1_3_VERSION, certificate, key}).version() ==
          "TLSv1.3");
    for (const int old : {TLS1_VERSION, TLS1_1_VERSION, TLS1_2_VERSION}) {
      CHECK(TlsClient(address, {old, old, certificate, key}).version().empty());
    }
  }
}

// In TLS 1.3 a client's handshake is over before the server has looked at its certificate.
bool ClosedBeforeHttp2(const std::string& address, const TlsClient::Options& options) {
  TlsClient client(address, options);
  client.Send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  return client.Receive().empty();
}

TEST_CASE("without a certificate of ours the sync port closes before a word of HTTP/2") {
  OpenHouse house;
  const std::string key(house.ada.keys.parts().tls_key_pem.view());
  TlsClient::Options options;
  options.key_pem = key;
  CHECK(ClosedBeforeHttp2(house.address(), {}));
  SECTION("ours") {
    options.certificate_pem = house.CertificateFor(house.ada);
    CHECK_FALSE(ClosedBeforeHttp2(house.address(), options));
  }
  SECTION("another CA's") {
    const CertificateAuthority other =
        MakeCertificateAuthority("Doorstep devices", 10, SystemNowMs(), house.random).value();
    options.certificate_pem =
        IssueDeviceCertificate(other,
                               MakeCertificateRequest(house.ada.keys.parts().tls_key_pem).value(),
                               house.ada.device.bytes, SystemNowMs(), house.random)
            .value();
    CHECK(ClosedBeforeHttp2(house.address(), options));
  }
  SECTION("expired") {
    options.certificate_pem = house.CertificateFor(house.ada, SystemNowMs() - 100 * kDayMs);
    CHECK(ClosedBeforeHttp2(house.address(), options));
  }
  SECTION("not valid yet") {
    options.certificate_pem = house.CertificateFor(house.ada, SystemNowMs() + 3 * kDayMs);
    CHECK(ClosedBeforeHttp2(house.address(), options));
  }
  SECTION("the server's own, which is for servers") {
    options.certificate_pem = house.folder.keys.tls_certificate_pem;
    options.key_pem = std::string(house.folder.keys.tls_key_pem.view());
    CHECK(ClosedBeforeHttp2(house.address(), options));
  }
}

TEST_CASE("a client without a right certificate is told only that nobody answers") {
  OpenHouse house;
  client::Endpoint endpoint = house.EndpointOf(house.ada);
  endpoint.certificate_pem = house.CertificateFor(house.ada, SystemNowMs() - 100 * kDayMs);
  CHECK(ReasonOf(PullAll(*house.Connect(endpoint)).status) == Reason::kBusy);
}

TEST_CASE("an expired certificate of a counting device is renewed at the enrolment port") {
  OpenHouse house;
  const std::string csr = MakeCertificateRequest(house.ada.keys.parts().tls_key_pem).value();
  v1::CertifyRequest request;
  request.set_device(house.ada.device.str());
  request.set_csr(ToDer(PemKind::kCertificateRequest, csr).value());
  client::Endpoint endpoint = house.EndpointOf(house.ada);
  const auto enrolment = house.ConnectForEnrolment(endpoint);
  const absl::StatusOr<v1::Certificate> certificate = enrolment->Certify(request);
  REQUIRE(certificate.ok());
  endpoint.certificate_pem = ToPem(PemKind::kCertificate, certificate->certificate());
  const PeerCertificate issued = ParseCertificate(endpoint.certificate_pem).value();
  CHECK(issued.device == house.ada.device.bytes);
  CHECK(issued.not_after_ms == certificate->expires_ms());
  CHECK(PullAll(*house.Connect(endpoint)).status.ok());
}

TEST_CASE("a certificate of our CA for a key that the directory does not have for that device") {
  OpenHouse house;
  Person thief = MakePerson("Thief", house.random);
  thief.device = house.ada.device;
  CHECK(ReasonOf(PullAll(*house.Connect(thief)).status) == Reason::kAuth);
  const absl::StatusOr<v1::PushResponse> pushed =
      house.Connect(thief)->Push(PushOf({house.Team("West")}));
  CHECK(ReasonOf(pushed.status()) == Reason::kAuth);
}

TEST_CASE("a device of our CA that the directory does not know is served nothing but may push") {
  OpenHouse house;
  Person stranger = MakePerson("Stranger", house.random);
  stranger.device = Id{house.random.Make<16>()};
  stranger.user = Id{house.random.Make<16>()};
  const auto transport = house.Connect(stranger);
  const Brought brought = PullAll(*transport, house.FromTheBeginning());
  REQUIRE(brought.status.ok());
  CHECK(brought.hello.device() == v1::DEVICE_UNKNOWN);
  CHECK(brought.head.empty());
  // Its own row waits for its author; what it carries of another's is taken.
  const absl::StatusOr<v1::PushResponse> pushed =
      transport->Push(PushOf({house.Opened(stranger), house.Team("West")}));
  REQUIRE(pushed.ok());
  CHECK(pushed->answers(0).has_retry());
  CHECK(pushed->answers(1).accepted().verdict() == v1::APPLIED);
  v1::InvitationOpen open;
  open.set_handle("12345678");
  open.set_expires_ms(SystemNowMs() + kDayMs);
  CHECK(ReasonOf(transport->OpenInvitation(open).status()) == Reason::kDenied);
}

TEST_CASE("a client believes only a server of its pinned CA, called by a name it has") {
  OpenHouse house;
  client::Endpoint endpoint = house.EndpointOf(house.ada);
  SECTION("another CA") {
    endpoint.server_ca_pem =
        MakeCertificateAuthority("Doorstep devices", 10, SystemNowMs(), house.random)
            ->certificate_pem;
  }
  SECTION("another name") {
    endpoint.address = "localhost:" + std::to_string(house.server->sync_port());
  }
  CHECK(ReasonOf(PullAll(*house.Connect(endpoint)).status) == Reason::kBusy);
  CHECK(ReasonOf(house.ConnectForEnrolment(endpoint)->Poll({}).status()) == Reason::kBusy);
}

TEST_CASE("a device without a certificate does not even try the sync port") {
  OpenHouse house;
  CHECK(ReasonOf(house.network->Connect({house.address(), "", "", nullptr}).status()) ==
        Reason::kState);
  CHECK(ReasonOf(house.network->ConnectForEnrolment({"no address", "", "", nullptr}).status()) ==
        Reason::kArg);
}

TEST_CASE("Sync is not to be had at the enrolment port, nor Enrol at the sync port") {
  OpenHouse house;
  client::Endpoint endpoint = house.EndpointOf(house.ada);
  endpoint.address = house.enrol_address();
  CHECK(ReasonOf(PullAll(*house.Connect(endpoint)).status) == Reason::kUnsupported);
}

}  // namespace
}  // namespace doorstep::server
