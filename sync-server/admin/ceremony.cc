#include "sync-server/admin/ceremony.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "crypto/certificate.h"
#include "crypto/pem.h"
#include "crypto/reason.h"
#include "model/catalog.h"
#include "model/limits.h"
#include "model/record.h"
#include "model/scanner.h"
#include "sync-server/admin/server_keys.h"

namespace doorstep::server {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

template <typename T>
uint32_t TypeOf() {
  return T::descriptor()->options().GetExtension(v1::record).number();
}

std::string Bytes32(const PublicKey& key) { return std::string(View(key)); }

// Every field that is set, as one write each: the field alone, as protobuf encodes it.
void AddRecord(v1::Changeset& changeset, uint32_t type, const Id& id, const Message& record) {
  v1::RecordChange& change = *changeset.add_changes();
  change.set_type(type);
  change.set_id(id.str());
  std::vector<const FieldDescriptor*> fields;
  record.GetReflection()->ListFields(record, &fields);
  for (const FieldDescriptor* field : fields) {
    const std::unique_ptr<Message> alone(record.New());
    alone->CopyFrom(record);
    for (const FieldDescriptor* other : fields) {
      if (other != field) alone->GetReflection()->ClearField(alone.get(), other);
    }
    v1::FieldWrite& write = *change.add_writes();
    write.set_field(static_cast<uint32_t>(field->number()));
    write.set_value(alone->SerializeAsString());
  }
}

template <typename T>
void AddRecord(v1::Changeset& changeset, const Id& id, const T& record) {
  AddRecord(changeset, TypeOf<T>(), id, record);
}

Id MakeId(Random& random) { return Id{random.Make<16>()}; }

v1::Changeset Begin(const RootPen& pen) {
  v1::Changeset changeset;
  changeset.set_uid(MakeId(pen.random).str());
  changeset.set_scope(pen.tenant.str());
  changeset.set_device(pen.root_id.str());
  changeset.set_actor(Id{}.str());
  changeset.set_schema(kSchema);
  changeset.mutable_clock()->set_wall_ms(pen.now_ms);
  return changeset;
}

absl::StatusOr<v1::GenesisBundle> Signed(const RootPen& pen, const v1::Changeset& body) {
  const absl::StatusOr<Changeset> authored = AuthorChangeset(pen.tenant, body, pen.seed);
  if (!authored.ok()) return authored.status();
  v1::GenesisBundle bundle;
  bundle.set_tenant(pen.tenant.str());
  bundle.set_root_pk(Bytes32(SignPublicKey(pen.seed)));
  *bundle.mutable_genesis() = authored->Signed();
  return bundle;
}

std::optional<v1::Device::Kind> KindOf(const std::string& name) {
  if (name == "PHONE") return v1::Device::KIND_PHONE;
  if (name == "COMPUTER") return v1::Device::KIND_COMPUTER;
  return std::nullopt;
}

void AddPerson(v1::Changeset& changeset, const FirstPerson& person, const std::optional<Id>& team,
               Random& random) {
  const Id user = MakeId(random);
  v1::StaffMember staff;
  staff.set_name(person.name);
  staff.set_state(v1::StaffMember::STATE_ACTIVE);
  AddRecord(changeset, user, staff);

  v1::Device device;
  device.set_user(user.str());
  device.set_kind(*KindOf(person.request.kind()));
  device.set_sign_pk(person.request.sign_pk());
  device.set_box_pk(person.request.box_pk());
  device.set_tls_spki(person.request.tls_spki());
  device.set_state(v1::Device::STATE_ACTIVE);
  AddRecord(changeset, MakeId(random), device);

  for (const v1::Role role : person.roles) {
    v1::StaffRole held;
    held.set_user(user.str());
    held.set_role(role);
    if (team) held.set_team(team->str());
    held.set_state(v1::StaffRole::STATE_ACTIVE);
    AddRecord(changeset, MakeId(random), held);
  }
}

absl::Status CheckPerson(const FirstPerson& person) {
  if (person.name.empty()) return MakeStatus(Reason::kArg, "a first person has no name");
  if (person.roles.empty()) return MakeStatus(Reason::kArg, person.name + " has no role");
  const absl::Status checked = CheckFirstRequest(person.request);
  if (checked.ok()) return checked;
  return MakeStatus(ReasonOf(checked),
                    "the request of " + person.name + ": " + std::string(checked.message()));
}

bool Has(const FirstPerson& person, v1::Role role) {
  return std::find(person.roles.begin(), person.roles.end(), role) != person.roles.end();
}

absl::Status CheckPlan(const GenesisPlan& plan) {
  if (plan.authority.empty() || plan.team.empty()) {
    return MakeStatus(Reason::kArg, "the genesis needs the names of the authority and of a team");
  }
  if (plan.people.size() > kFirstPeopleMax) {
    return MakeStatus(Reason::kLimit, "more than 24 first people; others come by invitation");
  }
  if (absl::Status status = CheckServerRequest(plan.server); !status.ok()) return status;
  std::set<std::string> keys;
  size_t administrators = 0;
  size_t approvers = 0;
  for (const FirstPerson& person : plan.people) {
    if (absl::Status status = CheckPerson(person); !status.ok()) return status;
    for (const std::string* key :
         {&person.request.sign_pk(), &person.request.box_pk(), &person.request.tls_spki()}) {
      if (!keys.insert(*key).second) {
        return MakeStatus(Reason::kArg, person.name + ": another request holds the same key");
      }
    }
    administrators += Has(person, v1::ROLE_ADMIN) ? 1 : 0;
    approvers += Has(person, v1::ROLE_ADMIN) || Has(person, v1::ROLE_SUPERVISOR) ? 1 : 0;
  }
  if (administrators == 0) return MakeStatus(Reason::kArg, "nobody is an administrator");
  if (approvers < 2) {
    return MakeStatus(Reason::kArg,
                      "one person alone could approve nobody: name a second administrator or a "
                      "supervisor");
  }
  return absl::OkStatus();
}

// A write of a cell that stands, naming what is live there.
void Rewrite(v1::RecordChange& change, const Record& record, uint32_t field, std::string value) {
  v1::FieldWrite& write = *change.add_writes();
  write.set_field(field);
  write.set_value(std::move(value));
  const Cell* cell = record.FindCell(field);
  if (cell == nullptr) return;
  for (const LiveWrite& live : cell->live) {
    v1::OpId& op = *write.add_overwrites();
    op.set_uid(live.op.uid.str());
    op.set_index(live.op.index);
  }
}

// The server's keys that a genesis names: the writes of a new record, one after the other, are it.
bool NamesKeysOf(const Changeset& genesis, const v1::ServerRequest& server) {
  for (const v1::RecordChange& change : genesis.body.changes()) {
    if (change.type() != TypeOf<v1::ServerKeys>()) continue;
    std::string whole;
    for (const v1::FieldWrite& write : change.writes()) whole += write.value();
    v1::ServerKeys keys;
    if (keys.ParseFromString(whole) && keys.log_pk() == server.log_pk() &&
        keys.ingest_pk() == server.ingest_pk() && keys.tls_ca() == server.tls_ca()) {
      return true;
    }
  }
  return false;
}

}  // namespace

absl::Status CheckFirstRequest(const v1::FirstRequest& request) {
  if (request.sign_pk().size() != 32 || request.box_pk().size() != 32 || !KindOf(request.kind())) {
    return MakeStatus(Reason::kFormat, "this is not the request file of a device");
  }
  const absl::StatusOr<Hash32> spki =
      TlsSpkiOfRequest(ToPem(PemKind::kCertificateRequest, request.csr()));
  if (!spki.ok()) return spki.status();
  if (View(*spki) != request.tls_spki()) {
    return MakeStatus(Reason::kFormat, "it asks for a certificate of another key than it names");
  }
  return absl::OkStatus();
}

absl::Status CheckServerRequest(const v1::ServerRequest& request) {
  if (request.log_pk().size() != 32 || request.ingest_pk().size() != 32) {
    return MakeStatus(Reason::kFormat, "this is not the request file of a server");
  }
  const absl::StatusOr<std::string> host = HostOf(request.address());
  if (!host.ok()) return host.status();
  return ParseCertificate(ToPem(PemKind::kCertificate, request.tls_ca())).status();
}

absl::StatusOr<v1::GenesisBundle> MakeGenesis(const GenesisPlan& plan, const Secret& root_seed,
                                              int64_t now_ms, Random& random) {
  if (absl::Status status = CheckPlan(plan); !status.ok()) return status;
  const PublicKey root = SignPublicKey(root_seed);
  const RootPen pen{plan.tenant, DeriveRootId(plan.tenant, root), root_seed, now_ms, random};
  v1::Changeset changeset = Begin(pen);

  v1::AuthorityRoot authority;
  authority.set_root_pk(Bytes32(root));
  authority.set_name(plan.authority);
  AddRecord(changeset, plan.tenant, authority);

  v1::ServerKeys keys;
  keys.set_log_pk(plan.server.log_pk());
  keys.set_ingest_pk(plan.server.ingest_pk());
  keys.set_tls_ca(plan.server.tls_ca());
  keys.set_state(v1::ServerKeys::STATE_ACTIVE);
  AddRecord(changeset, MakeId(random), keys);

  v1::RecoveryKey recovery;
  recovery.set_box_pk(Bytes32(plan.recovery));
  recovery.set_state(v1::RecoveryKey::STATE_ACTIVE);
  AddRecord(changeset, MakeId(random), recovery);

  v1::Policy policy;
  policy.set_pin_digits_min(kPinDigitsMin);
  policy.set_idle_lock_s(kIdleLockSeconds);
  policy.set_lease_s(kLeaseSeconds);
  AddRecord(changeset, plan.tenant, policy);

  v1::Team team;
  team.set_name(plan.team);
  const Id team_id = MakeId(random);
  AddRecord(changeset, team_id, team);

  for (const FirstPerson& person : plan.people) AddPerson(changeset, person, team_id, random);
  absl::StatusOr<v1::GenesisBundle> bundle = Signed(pen, changeset);
  if (bundle.ok()) bundle->set_server_address(plan.server.address());
  return bundle;
}

absl::StatusOr<v1::GenesisBundle> NameAdministrator(const RootPen& pen, const FirstPerson& person) {
  if (absl::Status status = CheckPerson(person); !status.ok()) return status;
  v1::Changeset changeset = Begin(pen);
  AddPerson(changeset, person, std::nullopt, pen.random);
  return Signed(pen, changeset);
}

absl::StatusOr<v1::GenesisBundle> ReplaceRoot(const RootPen& pen, ScopeState& directory,
                                              const PublicKey& next) {
  const Record* present = directory.Find(TypeOf<v1::AuthorityRoot>(), pen.tenant);
  if (present == nullptr) {
    return MakeStatus(Reason::kState, "the directory holds no root: is this its export?");
  }
  v1::Changeset changeset = Begin(pen);
  v1::RecordChange& change = *changeset.add_changes();
  change.set_type(TypeOf<v1::AuthorityRoot>());
  change.set_id(pen.tenant.str());
  v1::AuthorityRoot root;
  root.set_root_pk(Bytes32(next));
  Rewrite(change, *present, v1::AuthorityRoot::kRootPkFieldNumber, root.SerializeAsString());
  return Signed(pen, changeset);
}

absl::StatusOr<v1::GenesisBundle> ReplaceRecoveryKey(const RootPen& pen, ScopeState& directory,
                                                     const PublicKey& next) {
  v1::RecoveryKey active;
  active.set_state(v1::RecoveryKey::STATE_ACTIVE);
  v1::RecoveryKey ended;
  ended.set_state(v1::RecoveryKey::STATE_ENDED);
  const uint32_t type = TypeOf<v1::RecoveryKey>();
  const FieldType& state = *Catalog::Get().FindField(type, v1::RecoveryKey::kStateFieldNumber);

  v1::Changeset changeset = Begin(pen);
  directory.ForEach(type, [&](const Record& record) {
    if (ValueInForce(record, state) != active.SerializeAsString()) return;
    v1::RecordChange& change = *changeset.add_changes();
    change.set_type(type);
    change.set_id(record.id.str());
    Rewrite(change, record, state.number, ended.SerializeAsString());
  });
  v1::RecoveryKey fresh = active;
  fresh.set_box_pk(Bytes32(next));
  AddRecord(changeset, MakeId(pen.random), fresh);
  return Signed(pen, changeset);
}

absl::StatusOr<v1::GenesisBundle> ReadBundle(std::string_view bytes) {
  v1::GenesisBundle bundle;
  if (absl::Status status = ParseMessage(bytes, bundle); !status.ok()) return status;
  if (absl::Status status = OpenBundle(bundle).status(); !status.ok()) return status;
  return bundle;
}

absl::StatusOr<Changeset> OpenBundle(const v1::GenesisBundle& bundle) {
  const std::optional<Id> tenant = Id::FromBytes(bundle.tenant());
  PublicKey root{};
  if (!tenant || !CopyExactly(bundle.root_pk(), root)) {
    return MakeStatus(Reason::kFormat, "this is not a bundle of a ceremony");
  }
  absl::StatusOr<Changeset> changeset = DecodeChangeset(bundle.genesis());
  if (!changeset.ok()) return changeset.status();
  if (changeset->scope != *tenant) {
    return MakeStatus(Reason::kFormat, "the changeset of the bundle is not for its directory");
  }
  if (absl::Status status = VerifyChangeset(*tenant, *changeset, root); !status.ok()) return status;
  return changeset;
}

absl::Status CheckGenesis(const v1::GenesisBundle& bundle, const v1::ServerRequest& server) {
  const absl::StatusOr<Changeset> genesis = OpenBundle(bundle);
  if (!genesis.ok()) return genesis.status();
  PublicKey root{};
  if (!CopyExactly(bundle.root_pk(), root) ||
      genesis->device != DeriveRootId(genesis->scope, root)) {
    return MakeStatus(Reason::kTrust, "this is not a genesis: its root does not begin a directory");
  }
  if (!NamesKeysOf(*genesis, server)) {
    return MakeStatus(Reason::kKey, "this genesis names the keys of another server");
  }
  return absl::OkStatus();
}

}  // namespace doorstep::server
