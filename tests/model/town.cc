#include "tests/model/town.h"

#include <cassert>
#include <utility>

#include "model/digest.h"

namespace doorstep {
namespace {

constexpr uint32_t kFamily = 1, kPerson = 2, kPersonName = 3, kApproval = 24;
constexpr uint32_t kTeam = 102, kStaffMember = 103, kDevice = 120, kStaffRole = 121, kRoot = 122;

PublicKey RootKey(const Secret& seed) {
  absl::Status ready = InitCrypto();
  assert(ready.ok());
  return SignPublicKey(seed);
}

v1::RecordChange Staff(const Hand& hand, const std::string& name) {
  return Change(kStaffMember, hand.user, {{1, EncodeBytes(1, name)}, {7, EncodeNumber(7, 1)}});
}

}  // namespace

void SeededRandom::Fill(std::span<uint8_t> out) {
  std::string bytes;
  while (bytes.size() < out.size()) {
    bytes += View(H(St("test/random").AddU64(seed_).AddU64(count_++).bytes()));
  }
  for (size_t i = 0; i < out.size(); ++i) out[i] = static_cast<uint8_t>(bytes[i]);
}

v1::RecordChange Change(uint32_t type, const Id& id, std::vector<Put> puts) {
  v1::RecordChange change;
  change.set_type(type);
  change.set_id(id.str());
  for (const Put& put : puts) {
    v1::FieldWrite* write = change.add_writes();
    write->set_field(put.field);
    write->set_value(put.value);
    write->set_drop(put.drop);
    for (const Op& op : put.names) {
      v1::OpId* named = write->add_overwrites();
      named->set_uid(op.uid.str());
      named->set_index(op.index);
    }
  }
  return change;
}

ScopeLog::ScopeLog(Town& town, const Id& scope) : town_(town), state_(scope, nullptr) {}

Bench ScopeLog::bench() const {
  return {Catalog::Get(), town_.directory, town_.directory.seq(), town_.now_ms};
}

Judgement ScopeLog::Push(const Changeset& changeset) {
  Judgement judgement = Judge(bench(), state_, changeset);
  Place(changeset, judgement);
  return judgement;
}

const Entry& ScopeLog::Place(const Changeset& changeset, const Judgement& judgement) {
  v1::EntryMeta meta;
  meta.set_seq(entries_.size() + 1);
  meta.set_verdict(judgement.verdict);
  meta.set_reason(judgement.reason);
  meta.set_directory_seq(town_.directory.seq());
  if (town_.directory.seq() > 0) meta.set_directory_hash(ShortHash(town_.directory.hash()));
  meta.set_received_ms(town_.now_ms);
  for (const Id& uid : judgement.released) meta.add_released(uid.str());
  Hash32 before =
      entries_.empty() ? EmptyLogHash(town_.tenant, state_.scope()) : entries_.back().hash;
  entries_.push_back(MakeEntry(town_.tenant, changeset, meta, before));
  FoldEntry(state_, entries_.back());
  if (state_.scope() == town_.tenant) town_.directory.Fold(entries_.back());
  return entries_.back();
}

Op ScopeLog::Live(uint32_t type, const Id& id, uint32_t field) {
  const Record* record = state_.Find(type, id);
  assert(record != nullptr);
  const Cell* cell = record->FindCell(field);
  assert(cell != nullptr && !cell->live.empty());
  return cell->live.back().op;
}

Town::Town(uint64_t seed)
    : random(seed),
      tenant(NewId()),
      root_seed(Secret::FromBytes(View(random.Make<32>()))),
      root_pk(RootKey(root_seed)),
      team(NewId()),
      root{Id{}, DeriveRootId(tenant, root_pk), root_seed.Clone(), {}},
      admin(MakeHand(NewId())),
      supervisor(MakeHand(NewId())),
      directory(tenant, root_pk),
      log(*this, tenant) {
  Genesis();
}

Hand Town::MakeHand(const Id& user) {
  return {user, NewId(), Secret::FromBytes(View(random.Make<32>())),
          Secret::FromBytes(View(random.Make<32>()))};
}

Changeset Town::WriteAs(const Id& uid, const Hand& hand, const Id& scope,
                        std::vector<v1::RecordChange> changes) {
  v1::Changeset body;
  body.set_uid(uid.str());
  body.set_scope(scope.str());
  body.set_device(hand.device.str());
  body.set_actor(hand.user.str());
  body.set_schema(1);
  for (v1::RecordChange& change : changes) *body.add_changes() = std::move(change);
  absl::StatusOr<Changeset> changeset = AuthorChangeset(tenant, body, hand.sign_seed);
  assert(changeset.ok());
  return *std::move(changeset);
}

Changeset Town::Write(const Hand& hand, const Id& scope, std::vector<v1::RecordChange> changes) {
  return WriteAs(NewId(), hand, scope, std::move(changes));
}

v1::RecordChange Town::DeviceOf(const Hand& hand) {
  PublicKey sign_pk = SignPublicKey(hand.sign_seed);
  PublicKey box_pk = BoxPublicKey(hand.box_seed);
  return Change(kDevice, hand.device,
                {{1, EncodeId(1, hand.user)},
                 {2, EncodeNumber(2, 1)},
                 {3, EncodeBytes(3, View(sign_pk))},
                 {4, EncodeBytes(4, View(box_pk))},
                 {5, EncodeBytes(5, View(H(View(sign_pk))))},
                 {7, EncodeNumber(7, 1)}});
}

v1::RecordChange Town::RoleOf(const Id& role_id, const Hand& hand, v1::Role role) {
  return Change(kStaffRole, role_id,
                {{1, EncodeId(1, hand.user)},
                 {2, EncodeNumber(2, role)},
                 {3, EncodeId(3, team)},
                 {4, EncodeNumber(4, 1)}});
}

void Town::Genesis() {
  std::vector<v1::RecordChange> changes{
      Change(kRoot, tenant, {{1, EncodeBytes(1, View(root_pk))}, {2, EncodeBytes(2, "Root")}}),
      Change(kTeam, team, {{1, EncodeBytes(1, "Team")}}),
      Staff(admin, "Admin"),
      Staff(supervisor, "Supervisor"),
      DeviceOf(admin),
      DeviceOf(supervisor),
      RoleOf(NewId(), admin, v1::ROLE_ADMIN),
      RoleOf(NewId(), supervisor, v1::ROLE_SUPERVISOR)};
  Judgement judgement = log.Push(Write(root, tenant, std::move(changes)));
  assert(judgement.verdict == v1::APPLIED);
}

Judgement Town::Approve(const Hand& by, uint32_t type, const Id& subject) {
  Hash32 digest = DigestOfSubject(Catalog::Get(), tenant, log.state(), type, subject);
  return log.Push(Write(by, tenant,
                        {Change(kApproval, NewId(),
                                {{1, EncodeId(1, subject)},
                                 {2, EncodeBytes(2, View(digest))},
                                 {3, EncodeNumber(3, v1::Approval::DECISION_APPROVED)},
                                 {9, EncodeDate(9, today)}})}));
}

Hand Town::Hire(v1::Role role) {
  Hand hand = MakeHand(NewId());
  Id role_id = NewId();
  for (Judgement judgement :
       {log.Push(Write(admin, tenant, {Staff(hand, "Worker"), RoleOf(role_id, hand, role)})),
        log.Push(Write(admin, tenant, {DeviceOf(hand)})), Approve(supervisor, kStaffRole, role_id),
        Approve(supervisor, kDevice, hand.device)}) {
    assert(judgement.verdict == v1::APPLIED);
  }
  return hand;
}

Changeset Town::BeginFamily(const Hand& hand, std::vector<v1::RecordChange> more) {
  Id uid = NewId();
  Id scope = DeriveFamilyId(tenant, hand.device, uid);
  Id person = NewId();
  std::vector<v1::RecordChange> changes{
      Change(kFamily, scope, {{1, EncodeBytes(1, "Family")}, {3, EncodeId(3, team)}}),
      Change(kPerson, person, {{1, EncodeNumber(1, 1)}, {2, EncodeDate(2, today)}}),
      Change(kPersonName, NewId(), {{1, EncodeId(1, person)}, {4, EncodeBytes(4, "Sample")}})};
  for (v1::RecordChange& change :
       FirstAssignments(directory, directory.seq(), hand.user, team, {}, today, random)) {
    changes.push_back(std::move(change));
  }
  for (v1::RecordChange& change : more) changes.push_back(std::move(change));
  return WriteAs(uid, hand, scope, std::move(changes));
}

}  // namespace doorstep
