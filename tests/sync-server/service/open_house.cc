#include "tests/sync-server/service/open_house.h"

#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <utility>

#include "crypto/certificate.h"
#include "model/limits.h"

namespace doorstep::server {
namespace {

// Before main, and so before any thread.
const int kTls13 = (RequireTls13(), 0);

int64_t MonotonicMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

int64_t SystemNowMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

OpenHouse::OpenHouse(const ServiceLimits& given) : limits(given) { Start(); }
OpenHouse::~OpenHouse() { Stop(); }

void OpenHouse::Start() {
  if (store == nullptr) Open();
  signer = std::make_unique<LogKeySigner>(tenant(), folder.keys.log_seed.Clone());
  // The port after a free one is sometimes taken; any pair will do.
  absl::StatusOr<std::unique_ptr<Server>> started = absl::UnknownError("not tried");
  for (int tries = 0; tries < 20 && !started.ok(); ++tries) {
    started = Server::Start({
        .catalog = Catalog::Get(),
        .store = *store,
        .genesis_root = folder.genesis_root(),
        .signer = *signer,
        .authority = folder.keys.authority,
        .tls_key_pem = folder.keys.tls_key_pem,
        .tls_certificate_pem = folder.keys.tls_certificate_pem,
        .ingest_seeds = folder.keys.ingest_seeds,
        .random = random,
        .now_ms = SystemNowMs,
        .monotonic_ms = MonotonicMs,
        .listen = "127.0.0.1:0",
        .enrol_listen = "",
        .sync_address = "sync.example.test:7443",
        .limits = limits,
        .broken = [this] { broken = true; },
    });
  }
  REQUIRE(started.ok());
  server = *std::move(started);
}

void OpenHouse::Stop() {
  server.reset();
  store.reset();
}

std::string OpenHouse::address() const {
  return "127.0.0.1:" + std::to_string(server->sync_port());
}
std::string OpenHouse::enrol_address() const {
  return "127.0.0.1:" + std::to_string(server->enrol_port());
}

std::string OpenHouse::CertificateFor(const Person& person, int64_t at_ms) const {
  SystemRandom own;
  const std::string request = MakeCertificateRequest(person.keys.parts().tls_key_pem).value();
  return IssueDeviceCertificate(folder.keys.authority, request, person.device.bytes, at_ms, own)
      .value();
}
std::string OpenHouse::CertificateFor(const Person& person) const {
  return CertificateFor(person, SystemNowMs());
}

v1::PullRequest OpenHouse::FromTheBeginning() const {
  v1::PullRequest request;
  request.add_cursors()->set_scope(tenant().str());
  return request;
}

client::Endpoint OpenHouse::EndpointOf(const Person& person) const {
  return {address(), folder.keys.authority.certificate_pem, CertificateFor(person),
          &person.keys.parts().tls_key_pem};
}

std::unique_ptr<client::Transport> OpenHouse::Connect(const client::Endpoint& endpoint) {
  absl::StatusOr<std::unique_ptr<client::Transport>> transport = network->Connect(endpoint);
  REQUIRE(transport.ok());
  return *std::move(transport);
}
std::unique_ptr<client::Transport> OpenHouse::Connect(const Person& person) {
  return Connect(EndpointOf(person));
}

std::unique_ptr<client::EnrolTransport> OpenHouse::ConnectForEnrolment(
    const client::Endpoint& endpoint) {
  absl::StatusOr<std::unique_ptr<client::EnrolTransport>> transport =
      network->ConnectForEnrolment(endpoint);
  REQUIRE(transport.ok());
  return *std::move(transport);
}
std::unique_ptr<client::EnrolTransport> OpenHouse::ConnectForEnrolment() {
  return ConnectForEnrolment({address(), "", "", nullptr});
}

Brought PullAll(client::Transport& transport, const v1::PullRequest& request) {
  v1::PullRequest versioned = request;
  versioned.set_protocol(kProtocol);
  versioned.set_schema(kSchema);
  Brought brought;
  brought.status = transport.Pull(versioned, [&](v1::PullFrame frame) {
    ++brought.frames;
    if (frame.has_hello()) brought.hello = frame.hello();
    if (frame.has_page()) {
      const auto head = DecodeHead(frame.page().head()).value();
      brought.head[head.scope] = head.head.seq();
    }
    return absl::OkStatus();
  });
  return brought;
}

v1::PushRequest PushOf(const std::vector<Changeset>& changesets) {
  v1::PushRequest request;
  request.set_protocol(kProtocol);
  request.set_schema(kSchema);
  for (const Changeset& changeset : changesets) {
    *request.add_rows()->mutable_signed_() = changeset.Signed();
  }
  return request;
}

}  // namespace doorstep::server
