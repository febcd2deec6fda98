// The office over real TLS: who is answered, what a refusal looks like from outside (B28, B34, B60,
// B61), what is written down before an answer leaves.
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>

#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <future>
#include <string>
#include <utility>
#include <vector>

#include "crypto/reason.h"
#include "model/limits.h"
#include "tests/sync-server/service/open_house.h"

namespace doorstep::server {
namespace {

constexpr int32_t kBorn = 17'969;

// A family of Sam's, who supervises.
Id BeginFamily(OpenHouse& house) {
  const Id uid{house.random.Make<16>()};
  const Id scope = DeriveFamilyId(house.tenant(), house.sam.device, uid);
  const Id person{house.random.Make<16>()};
  std::vector<v1::RecordChange> changes;
  {
    Ingest ingest(Catalog::Get(), house.folder.genesis_root(), *house.store);
    const Directory& directory = **ingest.directory();
    const Id team = directory.TeamOf(house.sam.user, directory.seq());
    v1::Family family;
    family.set_name("The Samples");
    family.set_team(team.str());
    changes.push_back(NewRecord(scope, family));
    for (v1::RecordChange& change : FirstAssignments(directory, directory.seq(), house.sam.user,
                                                     team, {}, 20'000, house.random)) {
      changes.push_back(std::move(change));
    }
  }
  v1::Person child;
  child.set_role(v1::Person::MEMBER_ROLE_CHILD);
  child.set_joined_on(20'000);
  child.set_birth_on(kBorn);
  changes.push_back(NewRecord(person, child));
  v1::PersonName name;
  name.set_person(person.str());
  name.set_given("Siân");
  name.set_family("O'Brien");
  changes.push_back(NewRecord(Id{house.random.Make<16>()}, name));
  v1::Changeset body;
  body.set_uid(uid.str());
  body.set_scope(scope.str());
  body.set_device(house.sam.device.str());
  body.set_actor(house.sam.user.str());
  body.set_schema(kSchema);
  for (v1::RecordChange& change : changes) *body.add_changes() = std::move(change);
  const Changeset first = *AuthorChangeset(house.tenant(), body, house.sam.keys.parts().sign_seed);
  const auto answer = house.Connect(house.sam)->Push(PushOf({first}));
  REQUIRE(answer.ok());
  REQUIRE(answer->answers(0).accepted().verdict() == v1::APPLIED);
  return scope;
}

v1::OfficeRequest Find() {
  v1::OfficeRequest request;
  request.set_protocol(kProtocol);
  request.mutable_find()->set_family_name("OBrien");
  request.mutable_find()->set_given_name("Sian");
  request.mutable_find()->set_birth_on(kBorn);
  return request;
}

int Told(OpenHouse& house, const Id& family) {
  int told = 0;
  REQUIRE(house.store->Read()
              .value()
              ->ForEachOfficeRead(family,
                                  [&](const OfficeRead& read) {
                                    CHECK(read.device == house.sam.device);
                                    ++told;
                                  })
              .ok());
  return told;
}

// The same call as bytes, so that what a caller sees of a refusal can be compared.
struct Raw {
  grpc::Status status;
  std::string trailer;
};
Raw AskRaw(OpenHouse& house, const Person& person, const std::string& bytes) {
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = house.folder.keys.authority.certificate_pem;
  options.pem_private_key = std::string(person.keys.parts().tls_key_pem.view());
  options.pem_cert_chain = house.CertificateFor(person);
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  grpc::GenericStub stub(
      grpc::CreateCustomChannel(house.address(), grpc::SslCredentials(options), arguments));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  const grpc::Slice slice(bytes);
  const grpc::ByteBuffer request(&slice, 1);
  grpc::ByteBuffer response;
  std::promise<grpc::Status> done;
  stub.UnaryCall(&context, "/doorstep.v1.Office/Ask", grpc::StubOptions(), &request, &response,
                 [&](grpc::Status status) { done.set_value(std::move(status)); });
  Raw raw{done.get_future().get(), ""};
  const auto& trailers = context.GetServerTrailingMetadata();
  const auto found = trailers.find("doorstep-reason-bin");
  if (found != trailers.end()) raw.trailer.assign(found->second.data(), found->second.size());
  return raw;
}

}  // namespace

TEST_CASE("the office answers over the sync port, and has written down whom it told") {
  OpenHouse house;
  const Id family = BeginFamily(house);
  const auto transport = house.Connect(house.sam);
  const auto found = transport->AskOffice(Find());
  REQUIRE(found.ok());
  REQUIRE(found->hits_size() == 1);
  CHECK(found->hits(0).family() == family.view());
  CHECK(found->hits(0).name() == "The Samples");
  CHECK(found->server_ms() > 0);
  CHECK(Told(house, family) == 1);

  v1::OfficeRequest team;
  team.mutable_team();
  const auto listed = transport->AskOffice(team);
  REQUIRE(listed.ok());
  REQUIRE(listed->families_size() == 1);
  v1::OfficeRequest records;
  records.mutable_family()->set_family(family.str());
  const auto shown = transport->AskOffice(records);
  REQUIRE(shown.ok());
  CHECK(shown->records_size() == 4);  // Family, Person, PersonName, Assignment
  CHECK(Told(house, family) == 3);
}

TEST_CASE("an administrator is denied, whether or not there is anything to find") {
  OpenHouse house;
  const auto transport = house.Connect(house.ada);
  CHECK(ReasonOf(transport->AskOffice(Find()).status()) == Reason::kDenied);
  const Id family = BeginFamily(house);
  CHECK(ReasonOf(transport->AskOffice(Find()).status()) == Reason::kDenied);
  CHECK(Told(house, family) == 0);
}

TEST_CASE("a certificate of our CA that the directory does not know asks nothing") {
  OpenHouse house;
  SystemRandom random;
  Person stranger = MakePerson("Stranger", random);
  stranger.device = Id{random.Make<16>()};
  CHECK(ReasonOf(house.Connect(stranger)->AskOffice(Find()).status()) == Reason::kDenied);
}

TEST_CASE("a family that one may not know of looks from outside like one that is not there") {
  OpenHouse house;
  const Id family = BeginFamily(house);
  {
    v1::Family record;
    record.add_barred_staff(house.sam.user.str());
    const Changeset changeset = house.Write(house.sam, family, {NewRecord(family, record)});
    const auto answer = house.Connect(house.sam)->Push(PushOf({changeset}));
    REQUIRE(answer->answers(0).accepted().verdict() == v1::APPLIED);
  }
  v1::OfficeRequest theirs, nobodys;
  theirs.mutable_family()->set_family(family.str());
  nobodys.mutable_family()->set_family(Id{house.random.Make<16>()}.str());
  const Raw barred = AskRaw(house, house.sam, theirs.SerializeAsString());
  const Raw absent = AskRaw(house, house.sam, nobodys.SerializeAsString());
  CHECK(barred.status.error_code() == grpc::StatusCode::NOT_FOUND);
  CHECK(barred.status.error_code() == absent.status.error_code());
  CHECK(barred.status.error_message() == absent.status.error_message());
  CHECK(barred.trailer == absent.trailer);
  CHECK(house.Connect(house.sam)->AskOffice(Find())->hits().empty());
  CHECK(Told(house, family) == 0);
}

TEST_CASE("bytes that are no question are counted, refused, and harm nobody") {
  OpenHouse house;
  const auto reason = [&](const std::string& bytes) {
    const std::string trailer = AskRaw(house, house.sam, bytes).trailer;
    return trailer.size() == 4 ? static_cast<Reason>(static_cast<uint8_t>(trailer[0]))
                               : Reason::kNone;
  };
  CHECK(reason("no message at all") == Reason::kFormat);
  CHECK(reason(std::string(300'000, '\x0b')) == Reason::kFormat);
  CHECK(reason("") == Reason::kArg);
  v1::OfficeRequest newer = Find();
  newer.set_protocol(kProtocol + 1);
  CHECK(reason(newer.SerializeAsString()) == Reason::kVersion);
  v1::OfficeRequest escape = Find();
  escape.mutable_find()->set_family_name("a\x1b[2J");
  CHECK(reason(escape.SerializeAsString()) == Reason::kArg);
  CHECK(house.Connect(house.sam)->AskOffice(Find()).ok());
}

}  // namespace doorstep::server
