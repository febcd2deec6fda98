// Who is who, at any place in the directory: which devices, roles and keys count, who may read a
// family, under which letters somebody writes. The one answer for frames, verdicts, wraps and
// shares, on devices and on the server; deny by default.
//
// A view of the few records that the machinery stands on (StaffMember, Device, StaffRole,
// AuthorityRoot, ServerKeys, RecoveryKey, Approval; in a family Family, Assignment, Decision), and
// of the ProgrammeActivations, which the rules of casework ask about. This
// file and plan_approval are the only ones in model/ that name record types, beside rules.
#ifndef DOORSTEP_MODEL_AUTHORITY_H_
#define DOORSTEP_MODEL_AUTHORITY_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "crypto/bytes.h"
#include "crypto/primitives.h"
#include "doorstep/v1/records.pb.h"
#include "model/catalog.h"
#include "model/changeset.h"
#include "model/log.h"
#include "model/state.h"

namespace doorstep {

class Directory;

// One letter of a set (Letters: bit n is RecordRule::Who n).
inline constexpr Letters LetterBit(v1::RecordRule::Who who) { return 1u << who; }

// ---- What single changesets and records say -------------------------------------------------

struct DecisionView {
  Id held;
  bool release = false;
};
std::vector<DecisionView> DecisionsIn(const Changeset& changeset);

struct AssignmentView {
  Id id;
  Id user;
  v1::Assignment_Relation relation{};
  bool restricted = false;
  int64_t until_ms = INT64_MAX;
  bool open = false;  // OPEN, lapse apart
  uint64_t made_seq = 0;
  Id made_actor;

  bool OpenAt(int64_t now_ms) const { return open && now_ms < until_ms; }
};
// Of a family, in ascending order of (made_seq, id).
std::vector<AssignmentView> AssignmentsOf(ScopeState& family);
// Those that a changeset creates, as if it took effect.
std::vector<AssignmentView> AssignmentsCreatedBy(const Changeset& changeset);
// Of every Assignment that it writes at all, begun or ended, in its order.
std::vector<Id> AssignmentsWrittenBy(const Changeset& changeset);

struct FamilyView {
  Id team;
  std::set<Id> barred_staff;
  bool restricted = false;
};
// nullopt: unfounded.
std::optional<FamilyView> FamilyOf(ScopeState& family);
// What a changeset's own Family record for its scope says, whole or not; nullopt without one.
std::optional<FamilyView> FamilyIn(const Changeset& changeset);
// The same of a changeset that would found its scope: name and team are there, nothing is replaced.
std::optional<FamilyView> FamilyFoundedBy(const Changeset& changeset);
// Whether it would found its scope and may: the scope's id is the formula's of this changeset, so
// that nobody else's whole Family record makes its author anything in another's scope.
bool BeginsFamily(const Id& tenant, const Changeset& changeset);
// The held changeset that begins this family, while it is unfounded and nobody has decided.
const HeldWork* FirstEntryOf(const Id& tenant, ScopeState& family);
// Whom a first entry must name beside its author: the supervisors of the author's team and of
// `team`, the barred left out.
std::set<Id> FirstSupervisors(const Directory& directory, uint64_t at, const Id& author,
                              const Id& team, const std::set<Id>& barred_staff);
// The record changes that begin a family beside Family and people: an OPEN Assignment of reason
// CREATED for the author (SUPERVISOR for a supervisor, else LEAD) and for each supervisor of the
// author's team and of `team` who is not barred.
std::vector<v1::RecordChange> FirstAssignments(const Directory& directory, uint64_t at,
                                               const Id& author, const Id& team,
                                               const std::set<Id>& barred_staff, int32_t today,
                                               Random& random);

// ---- The directory, replayed ----------------------------------------------------------------

struct DeviceView {
  Id id;
  Id user;
  v1::Device_Kind kind{};
  PublicKey sign_pk{};
  PublicKey box_pk{};
  Hash32 tls_spki{};
  v1::Device_State state{};  // at the place asked about
  bool active = false;       // the same: ACTIVE, approved or not
  bool counts = false;       // at the place asked about: ACTIVE and approved
};

struct RoleView {
  Id id;
  Id user;
  v1::Role role{};
  Id team;
};

// A rule-set that the authority works under; which version never changes.
struct ProgrammeView {
  uint32_t ruleset = 0;
  uint32_t ruleset_version = 0;
  int32_t from_on = 0;
  int32_t to_on = INT32_MAX;  // the last day
};

struct ServerKeysView {
  Id id;
  PublicKey log_pk{};
  PublicKey ingest_pk{};
  std::string tls_ca;  // DER
};

class Directory {
 public:
  Directory(const Id& tenant, const PublicKey& genesis_root);
  Directory(Directory&&) noexcept;
  Directory& operator=(Directory&&) noexcept;
  ~Directory();
  // A second one in the same state: a page is tried on it.
  Directory Clone() const;

  const Id& tenant() const { return tenant_; }
  const Id& root_id() const { return root_id_; }  // pinned: of the genesis root
  uint64_t seq() const { return seq_; }
  const Hash32& hash() const { return hashes_.back(); }
  // Of the entry at `seq` (0: the empty log). nullopt above seq().
  std::optional<Hash32> HashAt(uint64_t seq) const;

  // The next entry of the directory log, already judged and checked. Both verdicts: a Device record
  // makes its device *known* even while HELD.
  void Fold(const Entry& entry);

  // The key that checks a signature: of a known device, or for root_id the root in force at `at`.
  std::optional<PublicKey> SigningKey(const Id& device, uint64_t at) const;
  bool Knows(const Id& device) const;
  std::optional<DeviceView> FindDevice(const Id& device, uint64_t at) const;
  std::optional<DeviceView> FindDeviceBySpki(const Hash32& tls_spki, uint64_t at) const;
  std::vector<DeviceView> DevicesOf(const Id& user, uint64_t at) const;  // that count
  std::vector<DeviceView> AllDevices(uint64_t at) const;  // recorded, whether they count or not
  bool DeviceCounts(const Id& device, uint64_t at) const;
  bool DeviceCountedEver(const Id& device) const;
  bool StaffActive(const Id& user, uint64_t at) const;
  std::vector<RoleView> CountingRoles(const Id& user, uint64_t at) const;
  bool HasRole(const Id& user, v1::Role role, uint64_t at) const;
  bool HadRoleEver(const Id& user, v1::Role role) const;

  // That of the person's last StaffRole, ended or not; zeros when there is none.
  Id TeamOf(const Id& user, uint64_t at) const;
  std::vector<Id> SupervisorsOf(const Id& team, uint64_t at) const;  // counting, ACTIVE staff
  std::vector<Id> CountingAdministrators(uint64_t at) const;

  // Log keys that count at `at` verify page heads; every one that ever counted, an Adopt.
  std::vector<ServerKeysView> CountingServerKeys(uint64_t at) const;
  std::vector<ServerKeysView> ServerKeysEver() const;
  std::vector<PublicKey> RecoveryKeys(uint64_t at) const;  // in force

  // Of a ProgrammeActivation. nullopt: not here yet.
  std::optional<ProgrammeView> FindProgramme(const Id& activation, uint64_t at) const;

  // The last entry that writes this Device, or its person's StaffMember: how far an ended device is
  // served the directory. 0: none.
  uint64_t LastWordOn(const Id& device) const;

 private:
  struct Standing;
  const Standing* Find(uint32_t type, const Id& id) const;
  void FoldChange(const Changeset& changeset, const v1::RecordChange& change, uint32_t index);
  void Read(Standing& standing);
  void FoldProgramme(const Changeset& changeset, const v1::RecordChange& change, uint32_t index);
  void Index(const Standing& standing);
  std::vector<ServerKeysView> ServerKeysWhere(
      absl::FunctionRef<bool(const Standing&)> wanted) const;
  void Confirm(const Id& subject, const Hash32& digest, const Changeset& by);
  void Weigh(Standing& standing);
  bool MayAppoint(const Standing& standing) const;
  DeviceView ViewOf(const Standing& standing, uint64_t at) const;

  Id tenant_;
  Id root_id_;
  uint64_t seq_ = 0;
  std::vector<Hash32> hashes_;
  std::vector<std::pair<uint64_t, PublicKey>> roots_;  // from place, key
  std::map<Id, PublicKey> known_devices_;
  std::map<Id, uint64_t> last_word_;  // by Device or StaffMember id
  std::map<std::pair<uint32_t, Id>, std::unique_ptr<Standing>> standings_;
  std::map<Id, std::vector<Id>> devices_of_;  // staff to devices, as recorded
  std::map<Id, std::vector<Id>> roles_of_;    // staff to roles, in the order made
  std::map<Hash32, Id> device_of_spki_;
  std::map<Id, Record> programme_records_;
  std::map<Id, std::vector<std::pair<uint64_t, ProgrammeView>>> programmes_;  // from place, view
};

// ---- What a person may --------------------------------------------------------------------

// Whether this assignment's holder has a counting role that fits its relation, and is ACTIVE.
bool RoleFits(const Directory& directory, uint64_t at, const AssignmentView& assignment);

// The same of a person who has no assignment yet. Staff state apart.
bool RelationFits(const Directory& directory, uint64_t at, const Id& user,
                  v1::Assignment_Relation relation);
// K, C, S, P, U or R; 0 for a relation this build does not know.
Letters LetterOf(v1::Assignment_Relation relation);

// The letters under which `user` writes in a founded family. 0: no place (no OPEN assignment that
// fits, or barred).
Letters LettersIn(const Directory& directory, uint64_t at, ScopeState& family, const Id& user,
                  int64_t now_ms);
// In the directory: from roles alone.
Letters LettersInDirectory(const Directory& directory, uint64_t at, const Id& device,
                           const Id& user);

// Whether `user` decides in a scope that no Family has founded yet: a supervisor of the team that
// its first entry names, whom it does not bar.
bool SupervisesUnfounded(const Directory& directory, uint64_t at, ScopeState& family,
                         const Id& user);

// The same of the author's own Assignment in a first entry, and of a person's last one here, open
// or not: under which a held changeset is judged again when it is released.
Letters FoundingLetters(const Changeset& first);
Letters LastLettersIn(ScopeState& family, const Id& user);

// ---- Guards of the records that decide who may read ------------------------------------------
// Unspecified: nothing against it.

// A first entry by `actor`: their own OPEN Assignment, those of every supervisor of their team and
// of the family's who is not barred, and of nobody else; all still fitting (domain 3.1).
v1::HeldReason FoundingGuard(const Directory& directory, uint64_t at, const Changeset& first,
                             const Id& actor, int64_t now_ms);
// Whether the author of a first entry may write this field whatever their letter: from whom the
// family is kept is known best where it is begun (domain 4.2).
bool IsFoundersToWrite(const v1::RecordChange& change, uint32_t field);
// Whether a changeset is nothing but a supervisor's own SUPERVISOR Assignment in a family of their
// team: so that no family is ever orphaned.
bool TakesUpUnsupervised(const Directory& directory, uint64_t at, ScopeState& family,
                         const Changeset& changeset);
// Whether it holds Shares and nothing else.
bool SharesOnly(const Changeset& changeset);
// A Share has the id of its formula and goes to a present reader's device or a recovery key.
v1::HeldReason ShareGuard(const Directory& directory, uint64_t at, ScopeState& family,
                          const v1::RecordChange& change, int64_t now_ms);
// A new Assignment fits role and relation, widens nobody's own place, and says what it must.
enum class Making { kFromPlace, kFirstEntry, kTakingUp };
v1::HeldReason AssignmentGuard(const Directory& directory, uint64_t at, ScopeState& family,
                               const v1::RecordChange& change, const Id& actor, Making making);
// Whether a change makes an Assignment: what the exceptions of design 6 are about, where the
// letters that a place gives do not answer.
bool MakesAssignment(const v1::RecordChange& change);
// Whether this Assignment is an open LEAD beside another.
bool IsSecondLead(ScopeState& family, const Id& assignment, int64_t now_ms);
// Whether a change is an Approval of a Device of the actor's own, made on another counting one.
bool ApprovesOwnDevice(const Directory& directory, uint64_t at, const Changeset& changeset,
                       const v1::RecordChange& change);

// May this device be served the family, as it stands and now? Founded: an OPEN assignment of
// relation LEAD, CO_WORKER, COVER, SUPERVISOR (RECORDS counts with `kWhenAsked`), a role that fits,
// a counting device, not barred. Unfounded: its first author; the supervisors of the team its first
// entry names.
enum class Ask { kOffered, kWhenAsked };
bool MayRead(const Directory& directory, uint64_t at, ScopeState& family, const Id& device,
             int64_t now_ms, Ask ask = Ask::kOffered);

// People whose OPEN assignment here says `restricted`, who have a role that fits and are not
// barred, at `at`: for whom RESTRICTED values are sealed. A supervisor's assignment of their own
// making counts once another such reader has approved its digest.
std::vector<Id> RestrictedReaders(const Directory& directory, uint64_t at, ScopeState& family,
                                  int64_t now_ms);

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_AUTHORITY_H_
