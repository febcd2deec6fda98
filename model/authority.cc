#include "model/authority.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "model/change_message.h"
#include "model/digest.h"
#include "model/merge.h"
#include "model/planted.h"

namespace doorstep {
namespace {

constexpr uint32_t kApproval = 24;
constexpr uint32_t kStaffMember = 103;
constexpr uint32_t kProgramme = 105;
constexpr uint32_t kDevice = 120;
constexpr uint32_t kStaffRole = 121;
constexpr uint32_t kAuthorityRoot = 122;
constexpr uint32_t kServerKeys = 123;
constexpr uint32_t kRecoveryKey = 124;

bool IsStanding(uint32_t type) {
  return type == kStaffMember || type == kDevice || type == kStaffRole || type == kAuthorityRoot ||
         type == kServerKeys || type == kRecoveryKey;
}

}  // namespace

// One record of the directory that decides something, and since when it has counted.
struct Directory::Standing {
  Record record;
  Id author, author_device;
  bool by_root = false;
  bool appointed = false;    // its author might make it, at the place of its entry
  uint64_t counts_from = 0;  // 0: has never counted
  std::vector<std::pair<uint64_t, uint32_t>> states;  // from place, state
  std::vector<std::pair<Id, Hash32>> confirmed;       // by an entitled second person, of a digest
  // What its type says; unused ones stay empty.
  Id user, team;
  v1::Device device;
  v1::Role role = v1::ROLE_UNSPECIFIED;
  v1::ServerKeys keys;
  PublicKey box_pk{};

  uint32_t StateAt(uint64_t at) const {
    uint32_t state = 0;
    for (const auto& [from, value] : states) {
      if (from <= at) state = value;
    }
    return state;
  }
  // ACTIVE is 1 in each of these machines.
  bool ActiveAt(uint64_t at) const { return StateAt(at) == 1; }
  bool CountsAt(uint64_t at) const { return counts_from != 0 && counts_from <= at && ActiveAt(at); }
};

Directory::Directory(const Id& tenant, const PublicKey& genesis_root)
    : tenant_(tenant),
      root_id_(DeriveRootId(tenant, genesis_root)),
      hashes_{EmptyLogHash(tenant, tenant)},
      roots_{{0, genesis_root}} {}
Directory::Directory(Directory&&) noexcept = default;
Directory& Directory::operator=(Directory&&) noexcept = default;
Directory::~Directory() = default;

Directory Directory::Clone() const {
  Directory copy(tenant_, roots_.front().second);
  copy.seq_ = seq_;
  copy.hashes_ = hashes_;
  copy.roots_ = roots_;
  copy.known_devices_ = known_devices_;
  copy.last_word_ = last_word_;
  for (const auto& [key, standing] : standings_) {
    copy.standings_.emplace(key, std::make_unique<Standing>(*standing));
  }
  copy.devices_of_ = devices_of_;
  copy.roles_of_ = roles_of_;
  copy.device_of_spki_ = device_of_spki_;
  copy.programme_records_ = programme_records_;
  copy.programmes_ = programmes_;
  return copy;
}

std::optional<Hash32> Directory::HashAt(uint64_t seq) const {
  if (seq >= hashes_.size()) return std::nullopt;
  return hashes_[seq];
}

const Directory::Standing* Directory::Find(uint32_t type, const Id& id) const {
  auto it = standings_.find({type, id});
  return it == standings_.end() ? nullptr : it->second.get();
}

void Directory::Fold(const Entry& entry) {
  assert(entry.seq() == seq_ + 1);
  seq_ = entry.seq();
  hashes_.push_back(entry.hash);
  uint32_t index = 0;
  for (const v1::RecordChange& change : entry.changeset.body.changes()) {
    Id id = IdOrZero(change.id());
    if (change.type() == kDevice) {
      PublicKey key;
      bool has_key = CopyExactly(MessageOf<v1::Device>(change).sign_pk(), key);
      bool recorded = Find(kDevice, id) != nullptr;
      if (has_key && !recorded) known_devices_[id] = key;
    }
    if (entry.applied()) FoldChange(entry.changeset, change, index);
    index += static_cast<uint32_t>(change.writes_size());
  }
}

void Directory::FoldChange(const Changeset& changeset, const v1::RecordChange& change,
                           uint32_t index) {
  Id id = IdOrZero(change.id());
  if (change.type() == kApproval) {
    v1::Approval approval = MessageOf<v1::Approval>(change);
    Hash32 digest;
    if (approval.decision() == v1::Approval::DECISION_APPROVED &&
        CopyExactly(approval.digest(), digest)) {
      Confirm(IdOrZero(approval.subject()), digest, changeset);
    }
    return;
  }
  if (change.type() == kProgramme) FoldProgramme(changeset, change, index);
  if (!IsStanding(change.type())) return;
  if (change.type() == kDevice || change.type() == kStaffMember) last_word_[id] = seq_;

  auto [it, fresh] = standings_.try_emplace({change.type(), id});
  if (fresh) {
    it->second = std::make_unique<Standing>();
    Standing& made = *it->second;
    made.record.type = change.type();
    made.record.id = id;
    made.record.made_seq = seq_;
    made.record.made_actor = changeset.actor;
    made.author = changeset.actor;
    made.author_device = changeset.device;
    made.by_root = changeset.device == root_id_;
  }
  Standing& standing = *it->second;
  for (const v1::FieldWrite& write : change.writes()) {
    MergeWrite(standing.record.cells[write.field()], write, {changeset.uid, index++},
               changeset.actor, seq_);
  }
  Read(standing);
  if (fresh) Index(standing);
  Weigh(standing);
}

void Directory::FoldProgramme(const Changeset& changeset, const v1::RecordChange& change,
                              uint32_t index) {
  Id id = IdOrZero(change.id());
  Record& record = programme_records_[id];
  for (const v1::FieldWrite& write : change.writes()) {
    MergeWrite(record.cells[write.field()], write, {changeset.uid, index++}, changeset.actor, seq_);
  }
  v1::ProgrammeActivation activation;
  if (!ParseInForce(record, *Catalog::Get().Find(kProgramme), activation)) return;
  ProgrammeView view{activation.ruleset(), activation.ruleset_version(), activation.from_on()};
  if (activation.has_to_on()) view.to_on = activation.to_on();
  programmes_[id].emplace_back(seq_, view);
}

std::optional<ProgrammeView> Directory::FindProgramme(const Id& activation, uint64_t at) const {
  std::optional<ProgrammeView> found;
  auto it = programmes_.find(activation);
  if (it == programmes_.end()) return found;
  for (const auto& [from, view] : it->second) {
    if (from <= at) found = view;
  }
  return found;
}

// What the record says now, and since which place it is in which state.
void Directory::Read(Standing& standing) {
  const RecordType& type = *Catalog::Get().Find(standing.record.type);
  uint32_t state = 1;
  switch (standing.record.type) {
    case kStaffMember: {
      v1::StaffMember staff;
      if (ParseInForce(standing.record, type, staff)) state = staff.state();
      break;
    }
    case kDevice:
      if (ParseInForce(standing.record, type, standing.device)) state = standing.device.state();
      standing.user = IdOrZero(standing.device.user());
      break;
    case kStaffRole: {
      v1::StaffRole role;
      if (ParseInForce(standing.record, type, role)) state = role.state();
      standing.user = IdOrZero(role.user());
      standing.team = IdOrZero(role.team());
      standing.role = role.role();
      break;
    }
    case kServerKeys:
      if (ParseInForce(standing.record, type, standing.keys)) state = standing.keys.state();
      break;
    case kRecoveryKey: {
      v1::RecoveryKey key;
      if (ParseInForce(standing.record, type, key)) state = key.state();
      if (!CopyExactly(key.box_pk(), standing.box_pk)) state = 0;
      break;
    }
    default: {
      v1::AuthorityRoot root;
      PublicKey key;
      bool whole = ParseInForce(standing.record, type, root) && CopyExactly(root.root_pk(), key);
      if (whole && standing.by_root && key != roots_.back().second) roots_.emplace_back(seq_, key);
      break;
    }
  }
  if (standing.states.empty() || standing.states.back().second != state) {
    standing.states.emplace_back(seq_, state);
  }
}

void Directory::Index(const Standing& standing) {
  const Id& id = standing.record.id;
  if (standing.record.type == kDevice) {
    devices_of_[standing.user].push_back(id);
    PublicKey key;
    if (CopyExactly(standing.device.sign_pk(), key)) known_devices_[id] = key;
    Hash32 spki;
    if (CopyExactly(standing.device.tls_spki(), spki)) device_of_spki_.try_emplace(spki, id);
  } else if (standing.record.type == kStaffRole) {
    roles_of_[standing.user].push_back(id);
  }
}

// Whether the author might make it, at the place of its entry. An administrator is made by the root
// only, so that no two administrators can make a third.
bool Directory::MayAppoint(const Standing& standing) const {
  if (standing.by_root) return true;
  if (standing.record.type == kRecoveryKey || standing.record.type == kAuthorityRoot) return false;
  if (standing.role == v1::ROLE_ADMIN) return false;
  uint64_t before = standing.record.made_seq - 1;
  return DeviceCounts(standing.author_device, before) && StaffActive(standing.author, before) &&
         HasRole(standing.author, v1::ROLE_ADMIN, before);
}

// From when it counts: what the root writes at once, all else once a second person has approved its
// digest. Once it counts only its own state can end that.
void Directory::Weigh(Standing& standing) {
  if (standing.counts_from != 0) return;
  if (!standing.appointed) standing.appointed = MayAppoint(standing);
  if (!standing.appointed) return;
  if (standing.by_root || standing.record.type == kStaffMember || Planted(Fault::kSecondPerson)) {
    standing.counts_from = seq_;
    return;
  }
  Hash32 digest = VersionDigest(Catalog::Get(), tenant_, tenant_, standing.record.type,
                                standing.record.id, {&standing.record});
  for (const auto& [approver, approved] : standing.confirmed) {
    if (approved == digest) standing.counts_from = seq_;
  }
}

// An APPROVED in the directory, if its author is a second person: an administrator or supervisor
// who did not make the record and, for a role, is not its user; for a device also its person, on
// another device that counts. Judged at the place of the approval's own entry.
void Directory::Confirm(const Id& subject, const Hash32& digest, const Changeset& by) {
  for (uint32_t type : {kDevice, kStaffRole, kServerKeys}) {
    auto it = standings_.find({type, subject});
    if (it == standings_.end()) continue;
    Standing& standing = *it->second;
    uint64_t before = seq_ - 1;
    bool officer =
        HasRole(by.actor, v1::ROLE_ADMIN, before) || HasRole(by.actor, v1::ROLE_SUPERVISOR, before);
    bool own_other_device =
        type == kDevice && by.actor == standing.user && by.device != standing.record.id;
    bool second = by.actor != standing.author && (officer || own_other_device) &&
                  !(type == kStaffRole && by.actor == standing.user);
    if (!second || !DeviceCounts(by.device, before) || !StaffActive(by.actor, before)) continue;
    standing.confirmed.emplace_back(by.actor, digest);
    Weigh(standing);
  }
}

bool ApprovesOwnDevice(const Directory& directory, uint64_t at, const Changeset& changeset,
                       const v1::RecordChange& change) {
  if (change.type() != kApproval) return false;
  Id subject = IdOrZero(MessageOf<v1::Approval>(change).subject());
  std::optional<DeviceView> device = directory.FindDevice(subject, at);
  return device && device->user == changeset.actor && subject != changeset.device &&
         directory.DeviceCounts(changeset.device, at);
}

std::optional<PublicKey> Directory::SigningKey(const Id& device, uint64_t at) const {
  if (device == root_id_) {
    PublicKey key = roots_.front().second;
    for (const auto& [from, root] : roots_) {
      if (from <= at) key = root;
    }
    return key;
  }
  auto it = known_devices_.find(device);
  if (it == known_devices_.end()) return std::nullopt;
  return it->second;
}

bool Directory::Knows(const Id& device) const {
  return device == root_id_ || known_devices_.contains(device);
}

DeviceView Directory::ViewOf(const Standing& standing, uint64_t at) const {
  DeviceView view;
  view.id = standing.record.id;
  view.user = standing.user;
  view.kind = standing.device.kind();
  bool whole = CopyExactly(standing.device.sign_pk(), view.sign_pk) &&
               CopyExactly(standing.device.box_pk(), view.box_pk) &&
               CopyExactly(standing.device.tls_spki(), view.tls_spki);
  view.state = static_cast<v1::Device::State>(standing.StateAt(at));
  view.active = standing.ActiveAt(at);
  view.counts = whole && standing.CountsAt(at);
  return view;
}

std::optional<DeviceView> Directory::FindDevice(const Id& device, uint64_t at) const {
  const Standing* standing = Find(kDevice, device);
  if (standing == nullptr || standing->record.made_seq > at) return std::nullopt;
  return ViewOf(*standing, at);
}

std::optional<DeviceView> Directory::FindDeviceBySpki(const Hash32& tls_spki, uint64_t at) const {
  auto it = device_of_spki_.find(tls_spki);
  if (it == device_of_spki_.end()) return std::nullopt;
  return FindDevice(it->second, at);
}

std::vector<DeviceView> Directory::DevicesOf(const Id& user, uint64_t at) const {
  std::vector<DeviceView> devices;
  auto it = devices_of_.find(user);
  if (it == devices_of_.end()) return devices;
  for (const Id& id : it->second) {
    std::optional<DeviceView> device = FindDevice(id, at);
    if (device && device->counts) devices.push_back(*device);
  }
  return devices;
}

std::vector<DeviceView> Directory::AllDevices(uint64_t at) const {
  std::vector<DeviceView> devices;
  for (auto it = standings_.lower_bound({kDevice, Id{}});
       it != standings_.end() && it->first.first == kDevice; ++it) {
    if (it->second->record.made_seq <= at) devices.push_back(ViewOf(*it->second, at));
  }
  return devices;
}

bool Directory::DeviceCounts(const Id& device, uint64_t at) const {
  const Standing* standing = Find(kDevice, device);
  return standing != nullptr && standing->CountsAt(at);
}

bool Directory::DeviceCountedEver(const Id& device) const {
  const Standing* standing = Find(kDevice, device);
  return standing != nullptr && standing->counts_from != 0;
}

bool Directory::StaffActive(const Id& user, uint64_t at) const {
  const Standing* standing = Find(kStaffMember, user);
  return standing != nullptr && standing->ActiveAt(at);
}

std::vector<RoleView> Directory::CountingRoles(const Id& user, uint64_t at) const {
  std::vector<RoleView> roles;
  auto it = roles_of_.find(user);
  if (it == roles_of_.end()) return roles;
  for (const Id& id : it->second) {
    const Standing& role = *Find(kStaffRole, id);
    if (role.CountsAt(at)) roles.push_back({id, user, role.role, role.team});
  }
  return roles;
}

bool Directory::HasRole(const Id& user, v1::Role role, uint64_t at) const {
  std::vector<RoleView> roles = CountingRoles(user, at);
  return std::any_of(roles.begin(), roles.end(),
                     [&](const RoleView& view) { return view.role == role; });
}

bool Directory::HadRoleEver(const Id& user, v1::Role role) const {
  auto it = roles_of_.find(user);
  if (it == roles_of_.end()) return false;
  return std::any_of(it->second.begin(), it->second.end(), [&](const Id& id) {
    const Standing& standing = *Find(kStaffRole, id);
    return standing.role == role && standing.counts_from != 0;
  });
}

Id Directory::TeamOf(const Id& user, uint64_t at) const {
  Id team;
  auto it = roles_of_.find(user);
  if (it == roles_of_.end()) return team;
  for (const Id& id : it->second) {
    const Standing& role = *Find(kStaffRole, id);
    if (role.record.made_seq <= at && !role.team.is_zero()) team = role.team;
  }
  return team;
}

std::vector<Id> Directory::SupervisorsOf(const Id& team, uint64_t at) const {
  std::set<Id> users;
  for (auto it = standings_.lower_bound({kStaffRole, Id{}});
       it != standings_.end() && it->first.first == kStaffRole; ++it) {
    const Standing& role = *it->second;
    if (role.role == v1::ROLE_SUPERVISOR && role.team == team && role.CountsAt(at) &&
        StaffActive(role.user, at)) {
      users.insert(role.user);
    }
  }
  return {users.begin(), users.end()};
}

std::vector<Id> Directory::CountingAdministrators(uint64_t at) const {
  std::set<Id> users;
  for (const auto& [user, roles] : roles_of_) {
    if (StaffActive(user, at) && HasRole(user, v1::ROLE_ADMIN, at)) users.insert(user);
  }
  return {users.begin(), users.end()};
}

std::vector<ServerKeysView> Directory::ServerKeysWhere(
    absl::FunctionRef<bool(const Standing&)> wanted) const {
  std::vector<ServerKeysView> views;
  for (auto it = standings_.lower_bound({kServerKeys, Id{}});
       it != standings_.end() && it->first.first == kServerKeys; ++it) {
    const Standing& standing = *it->second;
    ServerKeysView view;
    view.id = standing.record.id;
    view.tls_ca = standing.keys.tls_ca();
    if (wanted(standing) && CopyExactly(standing.keys.log_pk(), view.log_pk) &&
        CopyExactly(standing.keys.ingest_pk(), view.ingest_pk)) {
      views.push_back(view);
    }
  }
  return views;
}

std::vector<ServerKeysView> Directory::CountingServerKeys(uint64_t at) const {
  return ServerKeysWhere([at](const Standing& keys) { return keys.CountsAt(at); });
}

std::vector<ServerKeysView> Directory::ServerKeysEver() const {
  return ServerKeysWhere([](const Standing& keys) { return keys.counts_from != 0; });
}

std::vector<PublicKey> Directory::RecoveryKeys(uint64_t at) const {
  std::vector<PublicKey> keys;
  for (auto it = standings_.lower_bound({kRecoveryKey, Id{}});
       it != standings_.end() && it->first.first == kRecoveryKey; ++it) {
    if (it->second->CountsAt(at)) keys.push_back(it->second->box_pk);
  }
  return keys;
}

uint64_t Directory::LastWordOn(const Id& device) const {
  auto said = last_word_.find(device);
  uint64_t last = said == last_word_.end() ? 0 : said->second;
  if (const Standing* standing = Find(kDevice, device)) {
    auto of_person = last_word_.find(standing->user);
    if (of_person != last_word_.end()) last = std::max(last, of_person->second);
  }
  return last;
}

}  // namespace doorstep
