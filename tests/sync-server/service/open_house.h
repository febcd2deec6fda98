// The house with its doors open: the server on loopback with real TLS, and devices that connect to
// it with certificates of its CA, or of others.
#ifndef DOORSTEP_TESTS_SYNC_SERVER_SERVICE_OPEN_HOUSE_H_
#define DOORSTEP_TESTS_SYNC_SERVER_SERVICE_OPEN_HOUSE_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "client-core/sync/grpc_transport.h"
#include "client-core/sync/transport.h"
#include "sync-server/service/server.h"
#include "tests/sync-server/house.h"

namespace doorstep::server {

class OpenHouse : public House {
 public:
  explicit OpenHouse(const ServiceLimits& limits = {});
  ~OpenHouse();

  void Start();
  void Stop();
  std::string address() const;
  std::string enrol_address() const;

  // A certificate that our CA issues for the device with these keys, as of `now_ms`.
  std::string CertificateFor(const Person& person, int64_t now_ms) const;
  std::string CertificateFor(const Person& person) const;
  // Everything that this device may be served, from the beginning.
  v1::PullRequest FromTheBeginning() const;
  client::Endpoint EndpointOf(const Person& person) const;
  std::unique_ptr<client::Transport> Connect(const client::Endpoint& endpoint);
  std::unique_ptr<client::Transport> Connect(const Person& person);
  std::unique_ptr<client::EnrolTransport> ConnectForEnrolment();
  std::unique_ptr<client::EnrolTransport> ConnectForEnrolment(const client::Endpoint& endpoint);

  ServiceLimits limits;
  std::unique_ptr<LogKeySigner> signer;
  std::unique_ptr<Server> server;
  std::unique_ptr<client::Network> network = client::MakeGrpcNetwork();
  bool broken = false;
};

// What a pull brought: the hello, and how many entries of which scopes.
struct Brought {
  absl::Status status;
  v1::PullHello hello;
  std::map<Id, uint64_t> head;  // seq of the last page's head
  int frames = 0;
};
Brought PullAll(client::Transport& transport, const v1::PullRequest& request = {});
v1::PushRequest PushOf(const std::vector<Changeset>& changesets);

// The time that certificates of the tests are checked by: the TLS library asks the system's clock.
int64_t SystemNowMs();

}  // namespace doorstep::server

#endif  // DOORSTEP_TESTS_SYNC_SERVER_SERVICE_OPEN_HOUSE_H_
