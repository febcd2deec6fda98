#include "client-core/client/authority_view.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "crypto/invitation.h"
#include "doorstep/v1/records.pb.h"
#include "model/digest.h"
#include "model/record.h"
#include "model/value.h"

namespace doorstep::client {
namespace {

uint32_t TypeOf(const Catalog& catalog, const google::protobuf::Descriptor* descriptor) {
  return catalog.Find(descriptor->name())->number;
}

std::string Text(const Catalog& catalog, uint32_t type, const Record& record, uint32_t field) {
  const FieldType* rule = catalog.FindField(type, field);
  std::optional<std::string_view> text = DecodeBytes(field, ValueInForce(record, *rule));
  return std::string(text.value_or(""));
}

std::string CodeText(const Catalog& catalog, uint32_t type, const Record& record, uint32_t field) {
  const FieldType* rule = catalog.FindField(type, field);
  std::optional<uint32_t> number = DecodeCode(field, ValueInForce(record, *rule));
  const Code* code = number ? rule->FindCode(*number) : nullptr;
  return code == nullptr ? "" : code->name;
}

std::string WithoutPrefix(const std::string& name, std::string_view prefix) {
  return name.starts_with(prefix) ? name.substr(prefix.size()) : name;
}

void Write(v1::RecordChange& change, uint32_t field, std::string value) {
  v1::FieldWrite* write = change.add_writes();
  write->set_field(field);
  write->set_value(std::move(value));
}

}  // namespace

Names::Names(const Desk& desk) : desk_(desk), directory_(desk.store.state().Of(desk.tenant())) {}

std::string Names::NameIn(uint32_t type, uint32_t field, const Id& id) {
  auto [known, fresh] = known_.try_emplace(id);
  if (!fresh) return known->second;
  const Record* record = directory_->Find(type, id);
  if (record != nullptr) known->second = Text(desk_.catalog(), type, *record, field);
  if (known->second.empty()) known->second = id.short_hex();
  return known->second;
}

std::string Names::Person(const Id& user) {
  if (user.is_zero()) return "the root";
  return NameIn(TypeOf(desk_.catalog(), v1::StaffMember::descriptor()),
                v1::StaffMember::kNameFieldNumber, user);
}

std::string Names::Team(const Id& team) {
  if (team.is_zero()) return "";
  return NameIn(TypeOf(desk_.catalog(), v1::Team::descriptor()), v1::Team::kNameFieldNumber, team);
}

v1::FieldWrite TeamOfFamily(const Id& team) {
  v1::FieldWrite write;
  write.set_field(v1::Family::kTeamFieldNumber);
  write.set_value(EncodeId(v1::Family::kTeamFieldNumber, team));
  return write;
}

std::string FamilyName(const Catalog& catalog, ScopeState& family) {
  uint32_t type = TypeOf(catalog, v1::Family::descriptor());
  const Record* record = family.Find(type, family.scope());
  return record == nullptr ? "" : Text(catalog, type, *record, v1::Family::kNameFieldNumber);
}

uint32_t DeviceRecordType(const Catalog& catalog) {
  return TypeOf(catalog, v1::Device::descriptor());
}

uint32_t RoleRecordType(const Catalog& catalog) {
  return TypeOf(catalog, v1::StaffRole::descriptor());
}

Id MakerOf(const Desk& desk, uint32_t type, const Id& id) {
  std::unique_ptr<ScopeState> directory = desk.store.state().Of(desk.tenant());
  const Record* record = directory->Find(type, id);
  return record == nullptr ? Id{} : record->made_actor;
}

std::vector<v1::DeviceLine> DeviceLines(const Desk& desk, Names& names) {
  std::vector<v1::DeviceLine> lines;
  const Directory& directory = desk.directory();
  uint32_t type = DeviceRecordType(desk.catalog());
  std::unique_ptr<ScopeState> state = desk.store.state().Of(desk.tenant());
  for (const DeviceView& view : directory.AllDevices(directory.seq())) {
    v1::DeviceLine line;
    line.set_device(view.id.str());
    line.set_user(view.user.str());
    line.set_user_name(names.Person(view.user));
    line.set_kind(WithoutPrefix(v1::Device_Kind_Name(view.kind), "KIND_"));
    line.set_state(WithoutPrefix(v1::Device_State_Name(view.state), "STATE_"));
    line.set_counts(view.counts);
    Hash32 digest = DigestOfSubject(desk.catalog(), desk.tenant(), *state, type, view.id);
    line.set_digest(std::string(View(digest)));
    DevicePublicKeys keys{view.sign_pk, view.box_pk, view.tls_spki};
    line.set_number(FormatDeviceNumber(DeviceNumberOf(desk.tenant().bytes, keys)));
    lines.push_back(std::move(line));
  }
  return lines;
}

std::vector<v1::RoleLine> RoleLines(const Desk& desk, Names& names) {
  std::vector<v1::RoleLine> lines;
  const Directory& directory = desk.directory();
  const Catalog& catalog = desk.catalog();
  uint32_t type = RoleRecordType(catalog);
  std::unique_ptr<ScopeState> state = desk.store.state().Of(desk.tenant());
  std::vector<Record> records;
  state->ForEach(type, [&](const Record& record) { records.push_back(record); });
  for (const Record& record : records) {
    v1::RoleLine line;
    line.set_id(record.id.str());
    Id user =
        Id::FromBytes(Text(catalog, type, record, v1::StaffRole::kUserFieldNumber)).value_or(Id{});
    Id team =
        Id::FromBytes(Text(catalog, type, record, v1::StaffRole::kTeamFieldNumber)).value_or(Id{});
    line.set_user(user.str());
    line.set_user_name(names.Person(user));
    line.set_role(CodeText(catalog, type, record, v1::StaffRole::kRoleFieldNumber));
    if (!team.is_zero()) line.set_team(team.str());
    line.set_team_name(names.Team(team));
    line.set_state(CodeText(catalog, type, record, v1::StaffRole::kStateFieldNumber));
    std::vector<RoleView> counting = directory.CountingRoles(user, directory.seq());
    line.set_counts(std::any_of(counting.begin(), counting.end(),
                                [&](const RoleView& role) { return role.id == record.id; }));
    Hash32 digest = DigestOfSubject(catalog, desk.tenant(), *state, type, record.id);
    line.set_digest(std::string(View(digest)));
    lines.push_back(std::move(line));
  }
  return lines;
}

bool ApprovesOthers(const Desk& desk) {
  const Directory& directory = desk.directory();
  return directory.HasRole(desk.user, v1::ROLE_ADMIN, directory.seq()) ||
         directory.HasRole(desk.user, v1::ROLE_SUPERVISOR, directory.seq());
}

std::vector<std::string> RoleNamesOf(const Directory& directory, const Id& user) {
  std::vector<std::string> names;
  for (const RoleView& role : directory.CountingRoles(user, directory.seq())) {
    std::string name = WithoutPrefix(v1::Role_Name(role.role), "ROLE_");
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  return names;
}

std::string RelationOf(ScopeState& family, const Id& user, int64_t now_ms) {
  std::string relation;
  for (const AssignmentView& assignment : AssignmentsOf(family)) {
    if (assignment.user != user || !assignment.OpenAt(now_ms)) continue;
    relation = WithoutPrefix(v1::Assignment_Relation_Name(assignment.relation), "RELATION_");
  }
  return relation;
}

std::optional<FoundDevice> FindDevice(const Catalog& catalog, const Changeset& genesis,
                                      const DevicePublicKeys& keys) {
  for (const v1::RecordChange& change : genesis.body.changes()) {
    if (change.type() != DeviceRecordType(catalog)) continue;
    FoundDevice found;
    found.device = Id::FromBytes(change.id()).value_or(Id{});
    bool same = false;
    for (const v1::FieldWrite& write : change.writes()) {
      if (write.field() == v1::Device::kUserFieldNumber) {
        found.user = DecodeId(write.field(), write.value()).value_or(Id{});
      }
      if (write.field() == v1::Device::kSignPkFieldNumber) {
        same = DecodeBytes(write.field(), write.value()) == View(keys.sign);
      }
    }
    if (same && !found.device.is_zero() && !found.user.is_zero()) return found;
  }
  return std::nullopt;
}

std::optional<FoundDevice> FindDeviceRecord(const Catalog& catalog, ScopeState& directory,
                                            const DevicePublicKeys& keys) {
  uint32_t type = DeviceRecordType(catalog);
  std::optional<FoundDevice> found;
  directory.ForEach(type, [&](const Record& record) {
    if (Text(catalog, type, record, v1::Device::kSignPkFieldNumber) != View(keys.sign)) return;
    std::string user = Text(catalog, type, record, v1::Device::kUserFieldNumber);
    found = FoundDevice{record.id, Id::FromBytes(user).value_or(Id{})};
  });
  return found;
}

std::string ServerCaIn(const Catalog& catalog, const Changeset& genesis) {
  uint32_t type = TypeOf(catalog, v1::ServerKeys::descriptor());
  for (const v1::RecordChange& change : genesis.body.changes()) {
    if (change.type() != type) continue;
    for (const v1::FieldWrite& write : change.writes()) {
      if (write.field() != v1::ServerKeys::kTlsCaFieldNumber) continue;
      return std::string(DecodeBytes(write.field(), write.value()).value_or(""));
    }
  }
  return "";
}

v1::Device_Kind DeviceKind(std::string_view name) {
  v1::Device_Kind kind = v1::Device::KIND_UNSPECIFIED;
  std::string upper = absl::StrCat("KIND_", absl::AsciiStrToUpper(std::string(name)));
  if (!v1::Device_Kind_Parse(upper, &kind)) return v1::Device::KIND_UNSPECIFIED;
  return kind;
}

v1::RecordChange DeviceRecord(const Catalog& catalog, const Id& device, const Id& user,
                              v1::Device_Kind kind, std::string_view name,
                              const DevicePublicKeys& keys) {
  v1::RecordChange change;
  change.set_type(DeviceRecordType(catalog));
  change.set_id(device.str());
  Write(change, v1::Device::kUserFieldNumber, EncodeId(v1::Device::kUserFieldNumber, user));
  Write(change, v1::Device::kKindFieldNumber,
        EncodeNumber(v1::Device::kKindFieldNumber, static_cast<uint64_t>(kind)));
  Write(change, v1::Device::kSignPkFieldNumber,
        EncodeBytes(v1::Device::kSignPkFieldNumber, View(keys.sign)));
  Write(change, v1::Device::kBoxPkFieldNumber,
        EncodeBytes(v1::Device::kBoxPkFieldNumber, View(keys.box)));
  Write(change, v1::Device::kTlsSpkiFieldNumber,
        EncodeBytes(v1::Device::kTlsSpkiFieldNumber, View(keys.tls_spki)));
  if (!name.empty()) {
    Write(change, v1::Device::kNameFieldNumber, EncodeBytes(v1::Device::kNameFieldNumber, name));
  }
  Write(change, v1::Device::kStateFieldNumber,
        EncodeNumber(v1::Device::kStateFieldNumber, v1::Device::STATE_ACTIVE));
  return change;
}

}  // namespace doorstep::client
