#include "tests/sync-server/house.h"

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "crypto/certificate.h"
#include "crypto/pem.h"
#include "model/authority.h"
#include "model/limits.h"
#include "sync-server/admin/ceremony.h"
#include "sync-server/office/find_terms.h"

namespace doorstep::server {

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "doorstep-test-XXXXXX").string();
  const char* made = mkdtemp(name.data());
  REQUIRE(made != nullptr);
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Person MakePerson(const std::string& name, Random& random) {
  absl::StatusOr<DeviceKeys> keys = DeviceKeys::Make(random);
  REQUIRE(keys.ok());
  return {name, *std::move(keys), {}, {}};
}

v1::FirstRequest RequestOf(const Person& person) {
  const DevicePublicKeys& keys = person.keys.public_keys();
  v1::FirstRequest request;
  request.set_sign_pk(std::string(View(keys.sign)));
  request.set_box_pk(std::string(View(keys.box)));
  request.set_tls_spki(std::string(View(keys.tls_spki)));
  const std::string pem = MakeCertificateRequest(person.keys.parts().tls_key_pem).value();
  request.set_csr(ToDer(PemKind::kCertificateRequest, pem).value());
  request.set_kind("COMPUTER");
  return request;
}

v1::RecordChange NewRecord(const Id& id, const google::protobuf::Message& record) {
  v1::RecordChange change;
  change.set_type(record.GetDescriptor()->options().GetExtension(v1::record).number());
  change.set_id(id.str());
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  record.GetReflection()->ListFields(record, &fields);
  for (const auto* field : fields) {
    const std::unique_ptr<google::protobuf::Message> alone(record.New());
    alone->CopyFrom(record);
    for (const auto* other : fields) {
      if (other != field) alone->GetReflection()->ClearField(alone.get(), other);
    }
    v1::FieldWrite& write = *change.add_writes();
    write.set_field(static_cast<uint32_t>(field->number()));
    write.set_value(alone->SerializeAsString());
  }
  return change;
}

House::House() : ada(MakePerson("Ada Ademi", random)), sam(MakePerson("Sam Smith", random)) {
  root_seed = random.MakeSecret(32);
  recovery_seed = random.MakeSecret(32);
  tenant_ = Id{random.Make<16>()};
  absl::StatusOr<ServerFolder> made =
      MakeServerFolder(folder_of_test / "server", "127.0.0.1:7443", {}, now_ms_, random);
  REQUIRE(made.ok());
  folder = *std::move(made);
  const GenesisPlan plan{tenant_,
                         "Northby Council",
                         "East",
                         BoxPublicKey(recovery_seed),
                         folder.request,
                         {{ada.name, {v1::ROLE_ADMIN}, RequestOf(ada)},
                          {sam.name, {v1::ROLE_SUPERVISOR}, RequestOf(sam)}}};
  const absl::StatusOr<v1::GenesisBundle> bundle = MakeGenesis(plan, root_seed, now_ms_, random);
  REQUIRE(bundle.ok());
  REQUIRE(AdmitGenesis(folder, *bundle).ok());
  Open();
  const Changeset genesis = OpenBundle(*bundle).value();
  REQUIRE(Push(genesis).accepted().verdict() == v1::APPLIED);

  Ingest ingest(Catalog::Get(), folder.genesis_root(), *store);
  const Directory& directory = *ingest.directory().value();
  for (Person* person : {&ada, &sam}) {
    const auto device = directory.FindDeviceBySpki(person->keys.public_keys().tls_spki, 1);
    REQUIRE(device.has_value());
    person->device = device->id;
    person->user = device->user;
  }
}

void House::Open() {
  absl::StatusOr<std::unique_ptr<SqliteStore>> opened = OpenStore(folder);
  REQUIRE(opened.ok());
  store = *std::move(opened);
}

Changeset House::Write(const Person& author, const Id& scope,
                       std::vector<v1::RecordChange> changes) {
  v1::Changeset body;
  body.set_uid(std::string(View(random.Make<16>())));
  body.set_scope(scope.str());
  body.set_device(author.device.str());
  body.set_actor(author.user.str());
  body.set_schema(kSchema);
  body.mutable_clock()->set_wall_ms(now_ms_);
  for (v1::RecordChange& change : changes) *body.add_changes() = std::move(change);
  const absl::StatusOr<Changeset> authored =
      AuthorChangeset(tenant_, body, author.keys.parts().sign_seed);
  REQUIRE(authored.ok());
  return *authored;
}

Changeset House::Team(const std::string& name) {
  v1::Team team;
  team.set_name(name);
  return Write(ada, tenant_, {NewRecord(Id{random.Make<16>()}, team)});
}

Changeset House::Opened(const Person& author) {
  v1::AccessEvent event;
  event.set_family(std::string(View(random.Make<16>())));
  event.set_opened_at(now_ms_);
  event.set_purpose(v1::AccessEvent::PURPOSE_WORK);
  return Write(author, author.device, {NewRecord(Id{random.Make<16>()}, event)});
}

v1::RowAnswer House::Push(const Changeset& changeset) {
  Ingest ingest(Catalog::Get(), folder.genesis_root(), *store, &RecordsThatAreFound());
  PushItem item;
  *item.row.mutable_signed_() = changeset.Signed();
  item.received_ms = now_ms_;
  const absl::StatusOr<BatchResult> result = ingest.ApplyBatch(std::span(&item, 1));
  REQUIRE(result.ok());
  return result->answers.front();
}

ScopeRow House::Row(const Id& scope) { return store->Read().value()->FindScope(scope).value(); }

}  // namespace doorstep::server
