// The family's side of authority.h: assignments, reading, and the letters under which one writes.
#include <algorithm>
#include <cassert>
#include <utility>

#include "model/authority.h"
#include "model/change_message.h"
#include "model/digest.h"
#include "model/plan_approval.h"
#include "model/planted.h"
#include "model/value.h"

namespace doorstep {
namespace {

constexpr uint32_t kFamily = 1;
constexpr uint32_t kAssignment = 34;
constexpr uint32_t kShare = 35;
constexpr uint32_t kDecision = 36;

using Who = v1::RecordRule;

AssignmentView ViewOf(const Id& id, const v1::Assignment& assignment) {
  AssignmentView view;
  view.id = id;
  view.user = IdOrZero(assignment.user());
  view.relation = assignment.relation();
  view.restricted = assignment.restricted();
  if (assignment.has_until_at()) view.until_ms = assignment.until_at();
  view.open = assignment.state() == v1::Assignment::STATE_OPEN;
  return view;
}

FamilyView ViewOf(const v1::Family& family) {
  FamilyView view;
  view.team = IdOrZero(family.team());
  for (const std::string& staff : family.barred_staff()) view.barred_staff.insert(IdOrZero(staff));
  view.restricted = family.restricted();
  return view;
}

bool OpenHere(const AssignmentView& assignment, const Id& user, int64_t now_ms) {
  return assignment.user == user && assignment.OpenAt(now_ms);
}

v1::RecordChange NewAssignment(const Id& id, const Id& user, v1::Assignment::Relation relation,
                               bool restricted, int32_t today) {
  v1::RecordChange change;
  change.set_type(kAssignment);
  change.set_id(id.str());
  auto add = [&](uint32_t field, std::string value) {
    v1::FieldWrite* write = change.add_writes();
    write->set_field(field);
    write->set_value(std::move(value));
  };
  add(1, EncodeId(1, user));
  add(2, EncodeNumber(2, relation));
  if (restricted) add(3, EncodeBool(3, true));
  add(4, EncodeNumber(4, v1::Assignment::REASON_CREATED));
  add(5, EncodeDate(5, today));
  add(7, EncodeNumber(7, v1::Assignment::STATE_OPEN));
  return change;
}

}  // namespace

std::vector<DecisionView> DecisionsIn(const Changeset& changeset) {
  std::vector<DecisionView> decisions;
  for (const v1::RecordChange& change : changeset.body.changes()) {
    if (change.type() != kDecision) continue;
    v1::Decision decision = MessageOf<v1::Decision>(change);
    decisions.push_back(
        {IdOrZero(decision.held()), decision.decision() == v1::Decision::ANSWER_RELEASE});
  }
  return decisions;
}

std::vector<AssignmentView> AssignmentsOf(ScopeState& family) {
  std::vector<AssignmentView> assignments;
  const RecordType& type = *Catalog::Get().Find(kAssignment);
  family.ForEach(kAssignment, [&](const Record& record) {
    v1::Assignment assignment;
    if (!ParseInForce(record, type, assignment)) return;
    AssignmentView view = ViewOf(record.id, assignment);
    view.made_seq = record.made_seq;
    view.made_actor = record.made_actor;
    assignments.push_back(view);
  });
  std::sort(assignments.begin(), assignments.end(),
            [](const AssignmentView& a, const AssignmentView& b) {
              return std::pair(a.made_seq, a.id) < std::pair(b.made_seq, b.id);
            });
  return assignments;
}

std::vector<AssignmentView> AssignmentsCreatedBy(const Changeset& changeset) {
  std::vector<AssignmentView> assignments;
  for (const v1::RecordChange& change : changeset.body.changes()) {
    if (change.type() != kAssignment) continue;
    v1::Assignment assignment = MessageOf<v1::Assignment>(change);
    if (!assignment.has_user()) continue;  // an ending
    AssignmentView view = ViewOf(IdOrZero(change.id()), assignment);
    view.made_actor = changeset.actor;
    assignments.push_back(view);
  }
  return assignments;
}

std::vector<Id> AssignmentsWrittenBy(const Changeset& changeset) {
  std::vector<Id> written;
  for (const v1::RecordChange& change : changeset.body.changes()) {
    if (change.type() == kAssignment) written.push_back(IdOrZero(change.id()));
  }
  return written;
}

std::optional<FamilyView> FamilyOf(ScopeState& family) {
  const Record* record = family.Find(kFamily, family.scope());
  if (record == nullptr) return std::nullopt;
  v1::Family message;
  if (!ParseInForce(*record, *Catalog::Get().Find(kFamily), message)) return std::nullopt;
  return ViewOf(message);
}

// A later edit of the Family record founds nothing: it lacks what the record must have from the
// start, or names what it replaces. It may arrive where the founding one is not known yet.
namespace {

const v1::RecordChange* FamilyChangeIn(const Changeset& changeset) {
  for (const v1::RecordChange& change : changeset.body.changes()) {
    if (change.type() == kFamily && change.id() == changeset.scope.view()) return &change;
  }
  return nullptr;
}

}  // namespace

std::optional<FamilyView> FamilyIn(const Changeset& changeset) {
  const v1::RecordChange* change = FamilyChangeIn(changeset);
  if (change == nullptr) return std::nullopt;
  return ViewOf(MessageOf<v1::Family>(*change));
}

std::optional<FamilyView> FamilyFoundedBy(const Changeset& changeset) {
  const v1::RecordChange* change = FamilyChangeIn(changeset);
  if (change == nullptr) return std::nullopt;
  const bool replaces =
      std::any_of(change->writes().begin(), change->writes().end(),
                  [](const v1::FieldWrite& write) { return write.overwrites_size() > 0; });
  const v1::Family family = MessageOf<v1::Family>(*change);
  if (replaces || !family.has_name() || !family.has_team()) return std::nullopt;
  return ViewOf(family);
}

bool BeginsFamily(const Id& tenant, const Changeset& changeset) {
  if (!FamilyFoundedBy(changeset)) return false;
  return Planted(Fault::kFamilyIdFormula) ||
         changeset.scope == DeriveFamilyId(tenant, changeset.device, changeset.uid);
}

const HeldWork* FirstEntryOf(const Id& tenant, ScopeState& family) {
  if (family.Find(kFamily, family.scope()) != nullptr) return nullptr;
  const HeldWork* first = nullptr;
  family.ForEachHeld([&](const HeldWork& held) {
    bool waiting = held.outcome == HeldWork::Outcome::kWaiting;
    if (first == nullptr && waiting && BeginsFamily(tenant, held.changeset)) first = &held;
  });
  return first;
}

std::vector<v1::RecordChange> FirstAssignments(const Directory& directory, uint64_t at,
                                               const Id& author, const Id& team,
                                               const std::set<Id>& barred_staff, int32_t today,
                                               Random& random) {
  std::vector<v1::RecordChange> changes;
  bool supervises = directory.HasRole(author, v1::ROLE_SUPERVISOR, at);
  // A school worker reads nothing RESTRICTED.
  bool restricted = supervises || directory.HasRole(author, v1::ROLE_KEY_WORKER, at);
  changes.push_back(NewAssignment(
      {random.Make<16>()}, author,
      supervises ? v1::Assignment::RELATION_SUPERVISOR : v1::Assignment::RELATION_LEAD, restricted,
      today));
  for (const Id& user : FirstSupervisors(directory, at, author, team, barred_staff)) {
    if (user == author) continue;
    changes.push_back(
        NewAssignment({random.Make<16>()}, user, v1::Assignment::RELATION_SUPERVISOR, true, today));
  }
  return changes;
}

std::set<Id> FirstSupervisors(const Directory& directory, uint64_t at, const Id& author,
                              const Id& team, const std::set<Id>& barred_staff) {
  std::set<Id> users;
  for (const Id& of : {directory.TeamOf(author, at), team}) {
    for (const Id& user : directory.SupervisorsOf(of, at)) {
      if (!barred_staff.contains(user)) users.insert(user);
    }
  }
  return users;
}

bool RelationFits(const Directory& directory, uint64_t at, const Id& user,
                  v1::Assignment::Relation relation) {
  switch (relation) {
    case v1::Assignment::RELATION_LEAD:
    case v1::Assignment::RELATION_COVER:
    case v1::Assignment::RELATION_CO_WORKER:
      return directory.HasRole(user, v1::ROLE_KEY_WORKER, at) ||
             directory.HasRole(user, v1::ROLE_SCHOOL_WORKER, at);
    case v1::Assignment::RELATION_SUPERVISOR:
      return directory.HasRole(user, v1::ROLE_SUPERVISOR, at);
    case v1::Assignment::RELATION_PROGRAMME:
      return directory.HasRole(user, v1::ROLE_PROGRAMME, at);
    case v1::Assignment::RELATION_AUDIT:
      return directory.HasRole(user, v1::ROLE_AUDITOR, at);
    case v1::Assignment::RELATION_RECORDS:
      return directory.HasRole(user, v1::ROLE_RECORDS, at);
    case v1::Assignment::RELATION_BREAK_GLASS:
      return directory.HasRole(user, v1::ROLE_DUTY, at);
    default:
      return false;
  }
}

bool RoleFits(const Directory& directory, uint64_t at, const AssignmentView& assignment) {
  return directory.StaffActive(assignment.user, at) &&
         RelationFits(directory, at, assignment.user, assignment.relation);
}

Letters LetterOf(v1::Assignment::Relation relation) {
  switch (relation) {
    case v1::Assignment::RELATION_LEAD:
    case v1::Assignment::RELATION_COVER:
      return LetterBit(Who::K);
    case v1::Assignment::RELATION_CO_WORKER:
    case v1::Assignment::RELATION_BREAK_GLASS:
      return LetterBit(Who::C);
    case v1::Assignment::RELATION_SUPERVISOR:
      return LetterBit(Who::S);
    case v1::Assignment::RELATION_PROGRAMME:
      return LetterBit(Who::P);
    case v1::Assignment::RELATION_AUDIT:
      return LetterBit(Who::U);
    case v1::Assignment::RELATION_RECORDS:
      return LetterBit(Who::R);
    default:
      return 0;
  }
}

Letters LettersIn(const Directory& directory, uint64_t at, ScopeState& family, const Id& user,
                  int64_t now_ms) {
  std::optional<FamilyView> view = FamilyOf(family);
  if (!view || view->barred_staff.contains(user)) return 0;
  Letters letters = 0;
  for (const AssignmentView& assignment : AssignmentsOf(family)) {
    if (OpenHere(assignment, user, now_ms) && RoleFits(directory, at, assignment)) {
      letters |= LetterOf(assignment.relation) | LetterBit(Who::ANY);
    }
  }
  return letters;
}

Letters LettersInDirectory(const Directory& directory, uint64_t at, const Id& device,
                           const Id& user) {
  if (device == directory.root_id()) {
    // The genesis also holds what an administrator would write, before there is one.
    Letters genesis = at == 0 ? LetterBit(Who::A) : 0;
    return LetterBit(Who::ROOT) | LetterBit(Who::ANY) | genesis;
  }
  Letters letters = 0;
  for (const RoleView& role : directory.CountingRoles(user, at)) {
    letters |= LetterBit(Who::ANY);
    switch (role.role) {
      case v1::ROLE_KEY_WORKER:
      case v1::ROLE_SCHOOL_WORKER:
        letters |= LetterBit(Who::K);
        break;
      case v1::ROLE_SUPERVISOR:
        letters |= LetterBit(Who::S);
        break;
      case v1::ROLE_PROGRAMME:
        letters |= LetterBit(Who::P);
        break;
      case v1::ROLE_ADMIN:
        letters |= LetterBit(Who::A);
        break;
      case v1::ROLE_AUDITOR:
        letters |= LetterBit(Who::U);
        break;
      case v1::ROLE_RECORDS:
        letters |= LetterBit(Who::R);
        break;
      case v1::ROLE_DUTY:
        letters |= LetterBit(Who::DUTY);
        break;
      default:
        break;
    }
  }
  return letters;
}

bool SupervisesUnfounded(const Directory& directory, uint64_t at, ScopeState& family,
                         const Id& user) {
  const HeldWork* first = FirstEntryOf(directory.tenant(), family);
  if (first == nullptr) return false;
  FamilyView view = *FamilyFoundedBy(first->changeset);
  if (view.barred_staff.contains(user)) return false;
  std::vector<Id> supervisors = directory.SupervisorsOf(view.team, at);
  return std::find(supervisors.begin(), supervisors.end(), user) != supervisors.end();
}

bool MayRead(const Directory& directory, uint64_t at, ScopeState& family, const Id& device,
             int64_t now_ms, Ask ask) {
  std::optional<DeviceView> reader = directory.FindDevice(device, at);
  if (!reader || !reader->counts || !directory.StaffActive(reader->user, at)) return false;
  std::optional<FamilyView> view = FamilyOf(family);
  if (!view) {
    const HeldWork* first = FirstEntryOf(directory.tenant(), family);
    if (first == nullptr) return false;
    bool barred = FamilyFoundedBy(first->changeset)->barred_staff.contains(reader->user);
    return (first->changeset.actor == reader->user && !barred) ||
           SupervisesUnfounded(directory, at, family, reader->user);
  }
  if (view->barred_staff.contains(reader->user)) return false;
  for (const AssignmentView& assignment : AssignmentsOf(family)) {
    if (!OpenHere(assignment, reader->user, now_ms) || !RoleFits(directory, at, assignment)) {
      continue;
    }
    bool asked_only = assignment.relation == v1::Assignment::RELATION_RECORDS;
    bool never = assignment.relation == v1::Assignment::RELATION_PROGRAMME ||
                 assignment.relation == v1::Assignment::RELATION_AUDIT;
    // An emergency opens no family that has become restricted since.
    never =
        never || (assignment.relation == v1::Assignment::RELATION_BREAK_GLASS && view->restricted);
    if (!never && (!asked_only || ask == Ask::kWhenAsked)) return true;
  }
  return false;
}

std::vector<Id> RestrictedReaders(const Directory& directory, uint64_t at, ScopeState& family,
                                  int64_t now_ms) {
  const Record* record = family.Find(kFamily, family.scope());
  std::optional<FamilyView> view = FamilyOf(family);
  if (record == nullptr || !view) return {};
  uint64_t founded = record->made_seq;

  std::set<Id> readers;
  std::vector<AssignmentView> own_making;  // a supervisor's, made by that supervisor later on
  for (const AssignmentView& assignment : AssignmentsOf(family)) {
    bool worker = (assignment.relation == v1::Assignment::RELATION_LEAD ||
                   assignment.relation == v1::Assignment::RELATION_COVER) &&
                  directory.HasRole(assignment.user, v1::ROLE_KEY_WORKER, at);
    bool supervisor = assignment.relation == v1::Assignment::RELATION_SUPERVISOR;
    if (!assignment.restricted || !(worker || supervisor) || !assignment.OpenAt(now_ms) ||
        view->barred_staff.contains(assignment.user) || !RoleFits(directory, at, assignment)) {
      continue;
    }
    if (supervisor && assignment.made_actor == assignment.user && assignment.made_seq != founded) {
      own_making.push_back(assignment);
    } else {
      readers.insert(assignment.user);
    }
  }
  for (const AssignmentView& own : own_making) {
    Hash32 digest =
        DigestOfSubject(Catalog::Get(), directory.tenant(), family, kAssignment, own.id);
    for (const ApprovalView& approval : ApprovalsOf(family, own.id)) {
      if (approval.decision == v1::Approval::DECISION_APPROVED && approval.digest == digest &&
          approval.actor != own.user && readers.contains(approval.actor)) {
        readers.insert(own.user);
        break;
      }
    }
  }
  return {readers.begin(), readers.end()};
}

v1::HeldReason FoundingGuard(const Directory& directory, uint64_t at, const Changeset& first,
                             const Id& actor, int64_t now_ms) {
  std::optional<FamilyView> family = FamilyFoundedBy(first);
  if (!family) return v1::HELD_REASON_UNFOUNDED;
  if (family->barred_staff.contains(actor)) return v1::HELD_REASON_BARRED;
  std::vector<AssignmentView> assignments = AssignmentsCreatedBy(first);
  bool own = false;
  bool supervised = false;
  for (const AssignmentView& assignment : assignments) {
    bool supervisor = assignment.relation == v1::Assignment::RELATION_SUPERVISOR;
    bool authors = assignment.user == actor;
    if (!assignment.OpenAt(now_ms) || family->barred_staff.contains(assignment.user)) {
      return v1::HELD_REASON_NEW_FAMILY;
    }
    if (!authors && !supervisor) return v1::HELD_REASON_NEW_FAMILY;
    if (!RoleFits(directory, at, assignment)) return v1::HELD_REASON_NEW_FAMILY;
    own |= authors;
    supervised |= supervisor;
  }
  for (const Id& user :
       FirstSupervisors(directory, at, actor, family->team, family->barred_staff)) {
    bool named = std::any_of(assignments.begin(), assignments.end(),
                             [&](const AssignmentView& a) { return a.user == user; });
    if (!named) return v1::HELD_REASON_NEW_FAMILY;
  }
  return own && supervised ? v1::HELD_REASON_UNSPECIFIED : v1::HELD_REASON_NEW_FAMILY;
}

bool IsFoundersToWrite(const v1::RecordChange& change, uint32_t field) {
  return change.type() == kFamily && field == v1::Family::kBarredStaffFieldNumber;
}

Letters FoundingLetters(const Changeset& first) {
  for (const AssignmentView& assignment : AssignmentsCreatedBy(first)) {
    if (assignment.user == first.actor) {
      return LetterOf(assignment.relation) | LetterBit(Who::ANY);
    }
  }
  return 0;
}

Letters LastLettersIn(ScopeState& family, const Id& user) {
  Letters letters = 0;
  for (const AssignmentView& assignment : AssignmentsOf(family)) {
    if (assignment.user == user) letters = LetterOf(assignment.relation) | LetterBit(Who::ANY);
  }
  return letters;
}

bool TakesUpUnsupervised(const Directory& directory, uint64_t at, ScopeState& family,
                         const Changeset& changeset) {
  std::optional<FamilyView> view = FamilyOf(family);
  std::vector<AssignmentView> created = AssignmentsCreatedBy(changeset);
  if (!view || created.size() != 1 || changeset.body.changes_size() != 1) return false;
  std::vector<Id> supervisors = directory.SupervisorsOf(view->team, at);
  return created[0].relation == v1::Assignment::RELATION_SUPERVISOR &&
         created[0].user == changeset.actor && !view->barred_staff.contains(changeset.actor) &&
         std::find(supervisors.begin(), supervisors.end(), changeset.actor) != supervisors.end();
}

bool SharesOnly(const Changeset& changeset) {
  const auto& changes = changeset.body.changes();
  return !changes.empty() && std::all_of(changes.begin(), changes.end(), [](const auto& change) {
    return change.type() == kShare;
  });
}

v1::HeldReason ShareGuard(const Directory& directory, uint64_t at, ScopeState& family,
                          const v1::RecordChange& change, int64_t now_ms) {
  if (change.type() != kShare) return v1::HELD_REASON_UNSPECIFIED;
  v1::Share share = MessageOf<v1::Share>(change);
  Id recipient = IdOrZero(share.recipient());
  if (IdOrZero(change.id()) !=
      DeriveShareId(IdOrZero(share.changeset()), recipient, share.wrap())) {
    return v1::HELD_REASON_SHAPE;
  }
  for (const PublicKey& key : directory.RecoveryKeys(at)) {
    if (DeriveRecipientId(key) == recipient) return v1::HELD_REASON_UNSPECIFIED;
  }
  for (const Id& user : RestrictedReaders(directory, at, family, now_ms)) {
    for (const DeviceView& device : directory.DevicesOf(user, at)) {
      if (DeriveRecipientId(device.box_pk) == recipient) return v1::HELD_REASON_UNSPECIFIED;
    }
  }
  return v1::HELD_REASON_NOT_ALLOWED;
}

v1::HeldReason AssignmentGuard(const Directory& directory, uint64_t at, ScopeState& family,
                               const v1::RecordChange& change, const Id& actor, Making making) {
  if (change.type() != kAssignment) return v1::HELD_REASON_UNSPECIFIED;
  v1::Assignment assignment = MessageOf<v1::Assignment>(change);
  if (!assignment.has_user()) return v1::HELD_REASON_UNSPECIFIED;  // an ending
  Id user = IdOrZero(assignment.user());
  v1::Assignment::Relation relation = assignment.relation();
  bool supervisor = relation == v1::Assignment::RELATION_SUPERVISOR;
  bool leads =
      relation == v1::Assignment::RELATION_LEAD || relation == v1::Assignment::RELATION_COVER;
  std::optional<FamilyView> view = FamilyOf(family);
  if (view && view->barred_staff.contains(user)) return v1::HELD_REASON_BARRED;
  if (user == actor && making == Making::kFromPlace) return v1::HELD_REASON_NOT_ALLOWED;
  if (!RelationFits(directory, at, user, relation) || !directory.StaffActive(user, at)) {
    return v1::HELD_REASON_NOT_ALLOWED;
  }
  if (supervisor && assignment.has_until_at()) return v1::HELD_REASON_NOT_ALLOWED;
  if (relation == v1::Assignment::RELATION_RECORDS && !assignment.has_until_at()) {
    return v1::HELD_REASON_NOT_ALLOWED;
  }
  bool worker = leads && directory.HasRole(user, v1::ROLE_KEY_WORKER, at);
  if (assignment.restricted() && !supervisor && !worker) return v1::HELD_REASON_NOT_ALLOWED;
  if (making == Making::kFirstEntry && supervisor && !assignment.restricted()) {
    return v1::HELD_REASON_NEW_FAMILY;
  }
  switch (assignment.reason()) {
    case v1::Assignment::REASON_EMERGENCY:
    case v1::Assignment::REASON_CLAIM_AUDIT:
    case v1::Assignment::REASON_SUBJECT_ACCESS:
    case v1::Assignment::REASON_RETENTION:
      if (assignment.note().empty()) return v1::HELD_REASON_GUARD;
      break;
    default:
      break;
  }
  return v1::HELD_REASON_UNSPECIFIED;
}

bool MakesAssignment(const v1::RecordChange& change) {
  return change.type() == kAssignment && MessageOf<v1::Assignment>(change).has_user();
}

bool IsSecondLead(ScopeState& family, const Id& assignment, int64_t now_ms) {
  bool leads = false;
  bool another = false;
  for (const AssignmentView& view : AssignmentsOf(family)) {
    if (view.relation != v1::Assignment::RELATION_LEAD || !view.OpenAt(now_ms)) continue;
    (view.id == assignment ? leads : another) = true;
  }
  return leads && another;
}

}  // namespace doorstep
