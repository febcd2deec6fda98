// Who is who, at any place in the directory: which devices, roles and keys count, who may read a
// family, under which letters somebody writes. The one answer for frames, verdicts, wraps and
// shares, on devices and on the server; deny by default.
//
// A view of the few records that the machinery stands on (StaffMember, Device, StaffRole,
// AuthorityRoot, ServerKeys, RecoveryKey, Approval; in a family Family, Assignment, Decision). This
// file and plan_approval are the only ones in model/ that name record types, beside rules.
#ifndef DOORSTEP_MODEL_AUTHORITY_H_
#define DOORSTEP_MODEL_AUTHORITY_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "crypto/bytes.h"
#include "doorstep/v1/records.pb.h"
#include "model/changeset.h"
#include "model/log.h"
#include "model/state.h"

namespace doorstep {

// Letters of domain 1, as a set: bit n is RecordRule::Who n.
using Letters = uint32_t;
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

struct FamilyView {
  Id team;
  std::set<Id> barred_staff;
  bool restricted = false;
};
// nullopt: unfounded.
std::optional<FamilyView> FamilyOf(ScopeState& family);
// Of the changeset that would found its scope; nullopt when it has no Family record for it.
std::optional<FamilyView> FamilyFoundedBy(const Changeset& changeset);
// The held changeset that would found the scope, while it is unfounded.
const HeldWork* FirstEntryOf(ScopeState& family);

// ---- The directory, replayed ----------------------------------------------------------------

struct DeviceView {
  Id id;
  Id user;
  v1::Device_Kind kind{};
  PublicKey sign_pk{};
  PublicKey box_pk{};
  Hash32 tls_spki{};
  v1::Device_State state{};  // at the place asked about
  bool counts = false;       // at the place asked about: ACTIVE and approved
};

struct RoleView {
  Id id;
  Id user;
  v1::Role role{};
  Id team;
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
  bool DeviceCounts(const Id& device, uint64_t at) const;
  bool DeviceCountedEver(const Id& device) const;
  bool StaffActive(const Id& user, uint64_t at) const;
  std::vector<RoleView> CountingRoles(const Id& user, uint64_t at) const;
  bool HasRole(const Id& user, v1::Role role, uint64_t at) const;
  bool RootKeyIs(const PublicKey& key, uint64_t at) const;

  // That of the person's last StaffRole, ended or not; zeros when there is none.
  Id TeamOf(const Id& user, uint64_t at) const;
  std::vector<Id> SupervisorsOf(const Id& team, uint64_t at) const;  // counting, ACTIVE staff
  std::vector<Id> CountingAdministrators(uint64_t at) const;

  // Log keys that count at `at` verify page heads; every one that ever counted, an Adopt.
  std::vector<ServerKeysView> CountingServerKeys(uint64_t at) const;
  std::vector<ServerKeysView> ServerKeysEver() const;
  std::vector<PublicKey> RecoveryKeys(uint64_t at) const;  // in force

  // The last entry that writes this Device, or its person's StaffMember: how far an ended device is
  // served the directory. 0: none.
  uint64_t LastWordOn(const Id& device) const;

 private:
  struct Standing;
  struct State;
  Id tenant_;
  Id root_id_;
  uint64_t seq_ = 0;
  std::vector<Hash32> hashes_;
  std::vector<std::pair<uint64_t, PublicKey>> roots_;  // from place, key
  std::map<Id, PublicKey> known_devices_;
  std::map<Id, uint64_t> last_word_;                   // by Device or StaffMember id
  std::map<std::pair<uint32_t, Id>, Standing> standings_;
  std::map<Id, std::vector<Id>> devices_of_;           // staff to devices, as recorded
  std::map<Id, std::vector<Id>> roles_of_;
  std::map<Hash32, Id> device_of_spki_;

 public:
  Directory(Directory&&) noexcept;
  Directory& operator=(Directory&&) noexcept;
  ~Directory();
};

// ---- What a person may --------------------------------------------------------------------

// Whether this assignment's holder has a counting role that fits its relation, and is ACTIVE.
bool RoleFits(const Directory& directory, uint64_t at, const AssignmentView& assignment);

// The letters under which `user` writes in a founded family. 0: no place (no OPEN assignment that
// fits, or barred).
Letters LettersIn(const Directory& directory, uint64_t at, ScopeState& family, const Id& user,
                  int64_t now_ms);
// In the directory: from roles alone.
Letters LettersInDirectory(const Directory& directory, uint64_t at, const Id& device, const Id& user);

// May this device be served the family, as it stands and now? Founded: an OPEN assignment of
// relation LEAD, CO_WORKER, COVER, SUPERVISOR (RECORDS counts with `kWhenAsked`), a role that fits, a counting
// device, not barred. Unfounded: its first author; the supervisors of the team its first entry names.
enum class Ask { kOffered, kWhenAsked };
bool MayRead(const Directory& directory, uint64_t at, ScopeState& family, const Id& device,
             int64_t now_ms, Ask ask = Ask::kOffered);

// People whose OPEN assignment here says `restricted`, who have a role that fits and are not barred,
// at `at`: for whom RESTRICTED values are sealed. A supervisor's assignment of their own making
// counts once another such reader has approved its digest.
std::vector<Id> RestrictedReaders(const Directory& directory, uint64_t at, ScopeState& family,
                                  int64_t now_ms);

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_AUTHORITY_H_
