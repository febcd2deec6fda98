#include "tests/simulation/town_hall.h"

#include <cassert>

#include "crypto/invitation.h"
#include "model/value.h"
#include "tests/simulation/schema_facts.h"
#include "tests/simulation/values.h"

namespace doorstep::simulation {

v1::Edits TownHall::DirectoryEdits() const {
  v1::Edits edits;
  edits.set_scope(world_.tenant.str());
  return edits;
}

v1::RecordEdit TownHall::DeviceRecord(const Id& id, const Id& user, const std::string& sign_pk,
                                      const std::string& box_pk, const std::string& spki) const {
  v1::RecordEdit record;
  record.set_type(kDeviceType);
  record.set_id(id.str());
  AddField(record, 1, EncodeId(1, user));
  AddField(record, 2, EncodeNumber(2, v1::Device::KIND_PHONE));
  AddField(record, 3, EncodeBytes(3, sign_pk));
  AddField(record, 4, EncodeBytes(4, box_pk));
  AddField(record, 5, EncodeBytes(5, spki));
  AddField(record, 7, EncodeNumber(7, v1::Device::STATE_ACTIVE));
  return record;
}

// The messages of an enrolment, carried by hand: what a code proves is proven as over the network.
void TownHall::Invite(DeviceUnit& administrator) {
  if (world_.units.size() >= 12) return;
  std::vector<Id> users;
  for (const Person& person : world_.people) {
    if (!person.stranger) users.push_back(person.user);
  }
  const Id user = world_.chance.Pick(users);
  ChanceRandom random(world_.chance.Split());
  absl::StatusOr<Invitation> invitation = MakeInvitation("server.example:7444", random);
  assert(invitation.ok());
  const Secret code = FormatInvitation(*invitation);
  DeviceUnit& made = world_.AddUnit();
  made.MakeNew();
  absl::StatusOr<v1::EnrolRequest> asked = made.client().MakeEnrolRequest(code.view());
  assert(asked.ok());
  const Id id = world_.NewId();
  v1::Edits edits = DirectoryEdits();
  *edits.add_records() = DeviceRecord(id, user, asked->keys().sign_pk(), asked->keys().box_pk(),
                                      asked->keys().tls_spki());
  if (!world_.Commit(administrator, edits, "records a device")) return;
  world_.Count("devices invited");

  InviteAnswer answer;
  answer.tenant = world_.tenant.bytes;
  answer.root = world_.root_pk;
  answer.server_ca = "a certificate";
  answer.device = id.bytes;
  v1::EnrolAnswer wire;
  wire.set_answered(true);
  wire.set_tenant(world_.tenant.str());
  wire.set_root_pk(std::string(View(world_.root_pk)));
  wire.set_server_ca(answer.server_ca);
  wire.set_device(id.str());
  wire.set_actor(user.str());
  wire.set_mac(std::string(View(InviteAnswerMac(InvitationKey(invitation->secret), answer))));
  wire.set_sync_address("server.example:7443");
  const absl::Status taken = made.client().TakeEnrolAnswer(code.view(), wire);
  assert(taken.ok());
  made.id = id;
  made.user = user;
  made.joined = true;
  if (world_.chance.OneIn(2)) BringIn(administrator, made);
}

void TownHall::BringIn(DeviceUnit& administrator, DeviceUnit& made) {
  auto meet = [&](DeviceUnit& device) {
    world_.StartContact(device);
    world_.Settle();
  };
  meet(administrator);
  DeviceUnit* second = world_.AnyUsable(v1::ROLE_SUPERVISOR);
  if (second == nullptr) return;
  meet(*second);
  Approve(*second);
  meet(*second);
  meet(made);
  if (world_.checker->DirectoryNow().DeviceCounts(made.id)) world_.Count("devices brought in");
}

// Somebody new, with a role that waits for a second person.
void TownHall::Hire(DeviceUnit& administrator) {
  if (world_.people.size() >= 12) return;
  const v1::Role role = world_.chance.OneIn(3) ? v1::ROLE_SUPERVISOR : v1::ROLE_KEY_WORKER;
  const Person person{world_.NewId(), role, world_.chance.Pick(world_.teams)};
  v1::Edits edits = DirectoryEdits();
  v1::RecordEdit& staff = *edits.add_records();
  staff.set_type(kStaffMemberType);
  staff.set_id(person.user.str());
  AddField(staff, 1, EncodeBytes(1, "Somebody new"));
  AddField(staff, 7, EncodeNumber(7, v1::StaffMember::STATE_ACTIVE));
  v1::RecordEdit& made = *edits.add_records();
  made.set_type(kStaffRoleType);
  AddField(made, 1, EncodeId(1, person.user));
  AddField(made, 2, EncodeNumber(2, static_cast<uint64_t>(role)));
  AddField(made, 3, EncodeId(3, person.team));
  AddField(made, 4, EncodeNumber(4, v1::StaffRole::STATE_ACTIVE));
  if (world_.Commit(administrator, edits, "hires somebody")) world_.people.push_back(person);
}

void TownHall::Approve(DeviceUnit& device) {
  absl::StatusOr<v1::Attention> attention = device.client().ListAttention();
  if (!attention.ok()) return;
  for (const v1::AttentionItem& item : attention->items()) {
    const bool standing = item.kind() == v1::AttentionItem::DEVICE_TO_APPROVE ||
                          item.kind() == v1::AttentionItem::ROLE_TO_APPROVE;
    // The number that its person reads out is another's: nobody approves it.
    bool foreign = false;
    for (const RawDevice& raw : world_.unapproved) {
      foreign = foreign || raw.device == IdOf(item.record().id()) || raw.user == IdOf(item.actor());
    }
    if (!standing || foreign) continue;
    v1::Edits edits = DirectoryEdits();
    v1::RecordEdit& approval = *edits.add_records();
    approval.set_type(kApprovalType);
    AddField(approval, 1, EncodeBytes(1, item.record().id()));
    AddField(approval, 2, EncodeBytes(2, item.digest()));
    AddField(approval, 3, EncodeNumber(3, v1::Approval::DECISION_APPROVED));
    AddField(approval, 9, EncodeDate(9, world_.today()));
    if (world_.Commit(device, edits, "approves")) world_.Count("devices and roles approved");
    if (world_.chance.OneIn(2)) return;
  }
}

void TownHall::Command(DeviceUnit& administrator, uint32_t type, uint64_t from, uint64_t to,
                       std::string_view what) {
  absl::StatusOr<client::OverlayScope*> seen =
      administrator.store().overlay().Of(world_.tenant, administrator.now_ms());
  if (!seen.ok()) return;
  std::vector<Id> records;
  (*seen)->state->ForEach(type, [&](const Record& record) {
    const Cell* cell = record.FindCell(StateFieldOf(type));
    const bool fits =
        cell != nullptr && !cell->live.empty() && NumberIn(cell->live.back().value) == from;
    if (fits && record.id != world_.stranger.device && record.id != world_.stranger.user) {
      records.push_back(record.id);
    }
  });
  // Somebody stays who can run the place.
  std::erase_if(records, [&](const Id& id) {
    const DirectoryFacts& now = world_.checker->DirectoryNow();
    auto runs = [&](const Id& user) {
      const Person* person = world_.PersonOf(user);
      return person != nullptr && person->role == v1::ROLE_ADMIN;
    };
    auto device = now.devices.find(id);
    if (device != now.devices.end()) return runs(device->second.user);
    auto role = now.roles.find(id);
    if (role != now.roles.end()) return runs(role->second.user);
    return runs(id);
  });
  if (records.empty()) return;
  v1::Edits edits = DirectoryEdits();
  v1::RecordEdit& record = *edits.add_records();
  record.set_type(type);
  record.set_id(world_.chance.Pick(records).str());
  AddField(record, StateFieldOf(type), EncodeNumber(StateFieldOf(type), to));
  if (world_.Commit(administrator, edits, what))
    world_.Count(std::string("directory: ") + std::string(what));
}

// A device whose keys the administrator holds, and a role for its user, with nobody's approval.
void TownHall::Alone(DeviceUnit& administrator) {
  if (world_.unapproved.size() >= 3) return;
  ChanceRandom random(world_.chance.Split());
  RawDevice raw{world_.NewId(), world_.NewId(), random.MakeSecret(32), random.MakeSecret(32)};
  v1::Edits edits = DirectoryEdits();
  v1::RecordEdit& staff = *edits.add_records();
  staff.set_type(kStaffMemberType);
  staff.set_id(raw.user.str());
  AddField(staff, 1, EncodeBytes(1, "Nobody"));
  AddField(staff, 7, EncodeNumber(7, v1::StaffMember::STATE_ACTIVE));
  v1::RecordEdit& role = *edits.add_records();
  role.set_type(kStaffRoleType);
  AddField(role, 1, EncodeId(1, raw.user));
  AddField(role, 2, EncodeNumber(2, v1::ROLE_SUPERVISOR));
  AddField(role, 3, EncodeId(3, world_.chance.Pick(world_.teams)));
  AddField(role, 4, EncodeNumber(4, v1::StaffRole::STATE_ACTIVE));
  *edits.add_records() = DeviceRecord(
      raw.device, raw.user, std::string(View(SignPublicKey(raw.sign_seed))),
      std::string(View(BoxPublicKey(raw.box_seed))), std::string(View(random.Make<32>())));
  if (!world_.Commit(administrator, edits, "makes a device alone")) return;
  world_.unapproved.push_back(std::move(raw));
  world_.Count("devices made by one administrator alone");
}

void TownHall::Do(Act act) {
  if (act == Act::kApproveStanding) {
    std::vector<DeviceUnit*> second = world_.UsableUnits(v1::ROLE_SUPERVISOR);
    for (DeviceUnit* admin : world_.UsableUnits(v1::ROLE_ADMIN)) second.push_back(admin);
    if (!second.empty()) Approve(*world_.chance.Pick(second));
    return;
  }
  DeviceUnit* administrator = world_.AnyUsable(v1::ROLE_ADMIN);
  if (administrator == nullptr) return;
  switch (act) {
    case Act::kInvite:
      world_.chance.OneIn(3) ? Hire(*administrator) : Invite(*administrator);
      break;
    case Act::kRevoke:
      Command(*administrator, kDeviceType, v1::Device::STATE_ACTIVE, v1::Device::STATE_REVOKED,
              "revokes a device");
      break;
    case Act::kEndRole:
      Command(*administrator, kStaffRoleType, v1::StaffRole::STATE_ACTIVE,
              v1::StaffRole::STATE_ENDED, "ends a role");
      break;
    case Act::kSuspend:
      if (world_.chance.OneIn(2)) {
        Command(*administrator, kStaffMemberType, v1::StaffMember::STATE_SUSPENDED,
                v1::StaffMember::STATE_ACTIVE, "takes somebody back");
      } else {
        Command(*administrator, kStaffMemberType, v1::StaffMember::STATE_ACTIVE,
                v1::StaffMember::STATE_SUSPENDED, "suspends somebody");
      }
      break;
    case Act::kAlone:
      Alone(*administrator);
      break;
    default:
      break;
  }
}

}  // namespace doorstep::simulation
