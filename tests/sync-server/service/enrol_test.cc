// A device joins by invitation over real gRPC, and hands in what it owes without a certificate.
#include <catch2/catch_test_macros.hpp>
#include <future>
#include <optional>
#include <utility>

#include "crypto/certificate.h"
#include "crypto/invitation.h"
#include "crypto/pem.h"
#include "crypto/reason.h"
#include "model/digest.h"
#include "tests/sync-server/service/open_house.h"

namespace doorstep::server {
namespace {

constexpr int64_t kHourMs = 60 * 60 * 1000;

std::string CsrOf(const Person& person) {
  const std::string pem = MakeCertificateRequest(person.keys.parts().tls_key_pem).value();
  return ToDer(PemKind::kCertificateRequest, pem).value();
}

// The parts that an administrator's device, a new device and a second person play.
struct Enrolment {
  OpenHouse house;
  Invitation invitation = MakeInvitation("127.0.0.1:7444", house.random).value();
  InvitationHandle handle = HandleOf(invitation.secret);
  Secret key = InvitationKey(invitation.secret);

  explicit Enrolment(const ServiceLimits& limits = {}) : house(limits) {}

  absl::Status Open(int64_t expires_ms) {
    v1::InvitationOpen open;
    open.set_handle(std::string(View(handle)));
    open.set_expires_ms(expires_ms);
    return house.Connect(house.ada)->OpenInvitation(open).status();
  }
  v1::EnrolRequest RequestOf(const Person& person) const {
    v1::EnrolRequest request;
    request.set_handle(std::string(View(handle)));
    const DevicePublicKeys& keys = person.keys.public_keys();
    request.mutable_keys()->set_sign_pk(std::string(View(keys.sign)));
    request.mutable_keys()->set_box_pk(std::string(View(keys.box)));
    request.mutable_keys()->set_tls_spki(std::string(View(keys.tls_spki)));
    request.set_csr(CsrOf(person));
    request.set_mac(std::string(View(InviteDeviceMac(key, handle, keys))));
    return request;
  }
  absl::Status Ask(const Person& person) {
    return house.ConnectForEnrolment()->Ask(RequestOf(person)).status();
  }
  absl::StatusOr<v1::EnrolAnswer> Poll(const Person& person) {
    v1::EnrolPoll poll;
    poll.set_handle(std::string(View(handle)));
    poll.set_sign_pk(std::string(View(person.keys.public_keys().sign)));
    return house.ConnectForEnrolment()->Poll(poll);
  }
  absl::StatusOr<v1::InvitationRequests> Waiting() {
    v1::InvitationWaiting waiting;
    waiting.set_handle(std::string(View(handle)));
    return house.Connect(house.ada)->WaitingFor(waiting);
  }
  absl::Status Answer(const Person& person) {
    v1::InvitationAnswer answer;
    answer.set_handle(std::string(View(handle)));
    answer.set_sign_pk(std::string(View(person.keys.public_keys().sign)));
    const InviteAnswer said{house.tenant().bytes, house.folder.genesis_root(),
                            house.folder.request.tls_ca(), person.device.bytes};
    v1::EnrolAnswer& inside = *answer.mutable_answer();
    inside.set_tenant(house.tenant().str());
    inside.set_root_pk(std::string(View(said.root)));
    inside.set_server_ca(said.server_ca);
    inside.set_device(person.device.str());
    inside.set_actor(person.user.str());
    inside.set_mac(std::string(View(InviteAnswerMac(key, said))));
    return house.Connect(house.ada)->AnswerInvitation(answer).status();
  }
  absl::StatusOr<v1::Certificate> Certify(const Person& person) {
    v1::CertifyRequest request;
    request.set_device(person.device.str());
    request.set_csr(CsrOf(person));
    return house.ConnectForEnrolment()->Certify(request);
  }

  // The records of a new worker with this device, as an administrator writes them.
  void RecordDevice(const Person& person) {
    v1::StaffMember staff;
    staff.set_name(person.name);
    staff.set_state(v1::StaffMember::STATE_ACTIVE);
    v1::Device device;
    device.set_user(person.user.str());
    device.set_kind(v1::Device::KIND_PHONE);
    device.set_sign_pk(std::string(View(person.keys.public_keys().sign)));
    device.set_box_pk(std::string(View(person.keys.public_keys().box)));
    device.set_tls_spki(std::string(View(person.keys.public_keys().tls_spki)));
    device.set_state(v1::Device::STATE_ACTIVE);
    Push(house.ada, house.Write(house.ada, house.tenant(),
                                {NewRecord(person.user, staff), NewRecord(person.device, device)}));
  }
  void ApproveDevice(const Person& person) {
    const auto view = house.store->Read().value();
    ScopeState directory(house.tenant(), view.get());
    const uint32_t type = v1::Device::descriptor()->options().GetExtension(v1::record).number();
    v1::Approval approval;
    approval.set_subject(person.device.str());
    approval.set_digest(std::string(
        View(DigestOfSubject(Catalog::Get(), house.tenant(), directory, type, person.device))));
    approval.set_decision(v1::Approval::DECISION_APPROVED);
    approval.set_decided_on(20'780);
    Push(house.sam, house.Write(house.sam, house.tenant(),
                                {NewRecord(Id{house.random.Make<16>()}, approval)}));
  }
  void Push(const Person& bearer, const Changeset& changeset) {
    const auto pushed = house.Connect(bearer)->Push(PushOf({changeset}));
    REQUIRE(pushed.ok());
    REQUIRE(pushed->answers(0).accepted().verdict() == v1::APPLIED);
  }
  Person NewDevice(const std::string& name) {
    Person person = MakePerson(name, house.random);
    person.user = Id{house.random.Make<16>()};
    person.device = Id{house.random.Make<16>()};
    return person;
  }
};

TEST_CASE("a device joins: both sides proved by the code, recorded, approved, certified, served") {
  Enrolment e;
  const Person cem = e.NewDevice("Cem Can");
  CHECK(ReasonOf(e.Ask(cem)) == Reason::kInvitation);
  REQUIRE(e.Open(SystemNowMs() + 24 * kHourMs).ok());
  REQUIRE(e.Ask(cem).ok());
  CHECK_FALSE(e.Poll(cem)->answered());

  // The administrator's device.
  const absl::StatusOr<v1::InvitationRequests> waiting = e.Waiting();
  REQUIRE(waiting.ok());
  REQUIRE(waiting->requests_size() == 1);
  CHECK(CheckInviteDeviceMac(e.key, e.handle, cem.keys.public_keys(), waiting->requests(0).mac())
            .ok());
  e.RecordDevice(cem);
  REQUIRE(e.Answer(cem).ok());

  // The new device.
  const absl::StatusOr<v1::EnrolAnswer> answer = e.Poll(cem);
  REQUIRE(answer.ok());
  REQUIRE(answer->answered());
  CHECK(answer->sync_address() == "sync.example.test:7443");
  InviteAnswer said{e.house.tenant().bytes, e.house.folder.genesis_root(), answer->server_ca(),
                    Id::FromBytes(answer->device())->bytes};
  CHECK(CheckInviteAnswerMac(e.key, said, answer->mac()).ok());
  said.server_ca += "x";
  CHECK(ReasonOf(CheckInviteAnswerMac(e.key, said, answer->mac())) == Reason::kTrust);

  // Nobody has approved it yet.
  CHECK(ReasonOf(e.Certify(cem).status()) == Reason::kState);
  e.ApproveDevice(cem);
  const absl::StatusOr<v1::Certificate> certificate = e.Certify(cem);
  REQUIRE(certificate.ok());
  client::Endpoint endpoint = e.house.EndpointOf(cem);
  endpoint.server_ca_pem = ToPem(PemKind::kCertificate, answer->server_ca());
  endpoint.certificate_pem = ToPem(PemKind::kCertificate, certificate->certificate());
  const Brought brought = PullAll(*e.house.Connect(endpoint), e.house.FromTheBeginning());
  REQUIRE(brought.status.ok());
  CHECK(brought.hello.device() == v1::DEVICE_ACTIVE);
  CHECK(brought.head.at(e.house.tenant()) == 3);
}

TEST_CASE("three may wait, the same again is no fourth, and the first answered uses it up") {
  Enrolment e;
  REQUIRE(e.Open(SystemNowMs() + kHourMs).ok());
  std::vector<Person> people;
  for (const char* name : {"One", "Two", "Three", "Four"}) people.push_back(e.NewDevice(name));
  for (int n = 0; n < 3; ++n) REQUIRE(e.Ask(people[static_cast<size_t>(n)]).ok());
  CHECK(e.Ask(people[0]).ok());
  CHECK(ReasonOf(e.Ask(people[3])) == Reason::kInvitation);
  CHECK(ReasonOf(e.Answer(people[3])) == Reason::kNotFound);
  REQUIRE(e.Answer(people[1]).ok());
  CHECK(e.Answer(people[1]).ok());
  CHECK(ReasonOf(e.Answer(people[0])) == Reason::kInvitation);
  CHECK(ReasonOf(e.Poll(people[0]).status()) == Reason::kInvitation);
  CHECK(e.Poll(people[1])->answered());
  CHECK(ReasonOf(e.Ask(people[3])) == Reason::kInvitation);
}

TEST_CASE("waiting invitations outlive a restart of the server") {
  Enrolment e;
  const Person cem = e.NewDevice("Cem Can");
  REQUIRE(e.Open(SystemNowMs() + kHourMs).ok());
  REQUIRE(e.Ask(cem).ok());
  e.house.Stop();
  e.house.Start();
  CHECK(e.Waiting()->requests_size() == 1);
  REQUIRE(e.Answer(cem).ok());
  e.house.Stop();
  e.house.Start();
  CHECK(e.Poll(cem)->answered());
}

TEST_CASE("an invitation lasts from now to seven days, and only administrators give them out") {
  Enrolment e;
  CHECK(ReasonOf(e.Open(SystemNowMs() - 1)) == Reason::kArg);
  CHECK(ReasonOf(e.Open(SystemNowMs() + 8 * 24 * kHourMs)) == Reason::kArg);
  v1::InvitationOpen open;
  open.set_handle(std::string(View(e.handle)));
  open.set_expires_ms(SystemNowMs() + kHourMs);
  CHECK(ReasonOf(e.house.Connect(e.house.sam)->OpenInvitation(open).status()) == Reason::kDenied);
  open.set_handle("short");
  CHECK(ReasonOf(e.house.Connect(e.house.ada)->OpenInvitation(open).status()) == Reason::kFormat);
}

TEST_CASE(
    "a request whose keys do not belong together is refused before an administrator sees it") {
  Enrolment e;
  REQUIRE(e.Open(SystemNowMs() + kHourMs).ok());
  const Person cem = e.NewDevice("Cem Can");
  const Person other = e.NewDevice("Other");
  v1::EnrolRequest request = e.RequestOf(cem);
  const auto ask = [&] { return ReasonOf(e.house.ConnectForEnrolment()->Ask(request).status()); };
  request.set_csr(CsrOf(other));
  CHECK(ask() == Reason::kFormat);
  request = e.RequestOf(cem);
  request.mutable_keys()->set_box_pk("short");
  CHECK(ask() == Reason::kFormat);
  request = e.RequestOf(cem);
  request.set_csr(std::string(kCertificateRequestBytesMax + 1, 'x'));
  CHECK(ask() == Reason::kLimit);
  request.set_csr(std::string(65 << 10, 'x'));
  CHECK(ask() == Reason::kLimit);
  CHECK(e.Waiting()->requests_size() == 0);
}

TEST_CASE("one source may guess ten times a minute") {
  ServiceLimits limits;
  limits.enrol_requests_a_minute = 10;
  Enrolment e(limits);
  const Person cem = e.NewDevice("Cem Can");
  int refused = 0;
  int busy = 0;
  for (int n = 0; n < 15; ++n) {
    const Reason reason = ReasonOf(e.Ask(cem));
    refused += reason == Reason::kInvitation ? 1 : 0;
    busy += reason == Reason::kBusy ? 1 : 0;
  }
  CHECK(refused == 10);
  CHECK(busy == 5);
  CHECK(e.house.server->metrics().Of(Counter::kAlarmInvitation) == 10);
}

TEST_CASE("no certificate for another key, another device or an unknown one") {
  Enrolment e;
  const Person thief = e.NewDevice("Thief");
  CHECK(ReasonOf(e.Certify(thief).status()) == Reason::kDenied);
  v1::CertifyRequest request;
  request.set_device(e.house.ada.device.str());
  request.set_csr(CsrOf(thief));
  CHECK(ReasonOf(e.house.ConnectForEnrolment()->Certify(request).status()) == Reason::kAuth);
  request.set_csr("no request");
  CHECK(ReasonOf(e.house.ConnectForEnrolment()->Certify(request).status()) == Reason::kFormat);
  request.set_device("short");
  CHECK(ReasonOf(e.house.ConnectForEnrolment()->Certify(request).status()) == Reason::kFormat);
}

v1::DeliverRequest::Item Seal(OpenHouse& house, const Changeset& changeset, const PublicKey& to) {
  v1::DeliverRequest::Item item;
  item.set_uid(changeset.uid.str());
  const Bytes<32> seed = house.random.Make<32>();
  item.set_sealed(BoxSeal(to, changeset.Signed().SerializeAsString(), seed).value());
  return item;
}

TEST_CASE(
    "what is delivered sealed is judged as its author's, once, and garbage is only received") {
  OpenHouse house;
  const PublicKey ingest = BoxPublicKey(house.folder.keys.ingest_seeds.front());
  const Changeset team = house.Team("West");
  const Changeset event = house.Opened(house.sam);
  v1::DeliverRequest request;
  request.set_tenant(house.tenant().str());
  *request.add_items() = Seal(house, team, ingest);
  *request.add_items() = Seal(house, event, ingest);
  // Garbage, a foreign key, another's uid in clear.
  v1::DeliverRequest::Item& garbage = *request.add_items();
  garbage.set_uid("0123456789abcdef");
  garbage.set_sealed("garbage");
  *request.add_items() =
      Seal(house, house.Team("Foreign"), BoxPublicKey(house.random.MakeSecret(32)));
  *request.add_items() = Seal(house, house.Team("Swapped"), ingest);
  request.mutable_items(4)->set_uid(std::string(16, 'u'));

  for (int round = 0; round < 2; ++round) {
    const absl::StatusOr<v1::DeliverResponse> response =
        house.ConnectForEnrolment()->Deliver(request);
    REQUIRE(response.ok());
    REQUIRE(response->items_size() == 5);
    for (int n = 0; n < 5; ++n) {
      CHECK(response->items(n).uid() == request.items(n).uid());
      CHECK(response->items(n).received());
      CHECK_FALSE(response->items(n).archived());
    }
    CHECK(house.Row(house.tenant()).seq == 2);
    CHECK(house.Row(house.sam.device).seq == 1);
  }
  CHECK(house.server->metrics().Of(Counter::kDeliveredUnreadable) == 6);
}

TEST_CASE("a delivery by an author the directory does not know is not received yet") {
  Enrolment e;
  const Person stranger = e.NewDevice("Stranger");
  v1::DeliverRequest request;
  request.set_tenant(e.house.tenant().str());
  *request.add_items() = Seal(e.house, e.house.Opened(stranger),
                              BoxPublicKey(e.house.folder.keys.ingest_seeds.front()));
  const auto response = e.house.ConnectForEnrolment()->Deliver(request);
  REQUIRE(response.ok());
  CHECK_FALSE(response->items(0).received());
}

TEST_CASE("a retired ingest key still opens, another tenant's delivery does not count") {
  OpenHouse house;
  house.Stop();
  Secret retired = house.random.MakeSecret(32);
  const PublicKey old_key = BoxPublicKey(retired);
  house.folder.keys.ingest_seeds.push_back(std::move(retired));
  house.Start();
  v1::DeliverRequest request;
  request.set_tenant(house.tenant().str());
  *request.add_items() = Seal(house, house.Team("West"), old_key);
  REQUIRE(house.ConnectForEnrolment()->Deliver(request).ok());
  CHECK(house.Row(house.tenant()).seq == 2);
  request.clear_items();
  request.set_tenant(std::string(16, 't'));
  *request.add_items() = Seal(house, house.Team("North"), old_key);
  REQUIRE(house.ConnectForEnrolment()->Deliver(request).ok());
  CHECK(house.Row(house.tenant()).seq == 2);
}

TEST_CASE("a delivery of 129 items, or of more bytes than a push, is over the limit") {
  OpenHouse house;
  v1::DeliverRequest request;
  request.set_tenant(house.tenant().str());
  for (size_t n = 0; n <= kDeliverItemsMax; ++n) request.add_items()->set_uid("u");
  CHECK(ReasonOf(house.ConnectForEnrolment()->Deliver(request).status()) == Reason::kLimit);
  request.clear_items();
  request.add_items()->set_sealed(std::string(kDeliverMessageBytesMax, 'x'));
  CHECK(ReasonOf(house.ConnectForEnrolment()->Deliver(request).status()) == Reason::kLimit);
}

}  // namespace
}  // namespace doorstep::server
