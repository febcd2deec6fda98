#include "tests/simulation/directory_facts.h"

#include <algorithm>

#include "crypto/bytes.h"
#include "crypto/primitives.h"

namespace doorstep::simulation {
namespace {

// Records covered by a version, ascending: the subject, what names it as owner, and so on.
std::set<std::pair<uint32_t, Id>> Covered(uint32_t type, const Id& subject,
                                          const ScopeTruth& truth) {
  std::set<std::pair<uint32_t, Id>> covered = {{type, subject}};
  for (bool grew = true; grew;) {
    grew = false;
    for (const auto& [key, cell] : truth) {
      const RecordFacts* facts = FactsOf(key.type);
      if (facts == nullptr || facts->part_of == 0 || facts->part_of != key.field) continue;
      if (cell.live.empty() || covered.contains({key.type, key.record})) continue;
      const std::optional<Id> owner = IdIn(cell.live.front().value);
      const bool owned = owner && std::any_of(covered.begin(), covered.end(),
                                              [&](const auto& c) { return c.second == *owner; });
      if (!owned) continue;
      covered.insert({key.type, key.record});
      grew = true;
    }
  }
  return covered;
}

bool InVersion(uint32_t type, uint32_t field) {
  const RecordFacts* facts = FactsOf(type);
  const FieldFacts* rule = facts == nullptr ? nullptr : facts->Field(field);
  return rule == nullptr || (rule->merge != v1::COMMAND && !rule->outside_version);
}

template <typename Facts>
void ReadState(const v1::RecordChange& change, uint32_t type, Facts& facts) {
  for (const v1::FieldWrite& write : change.writes()) {
    if (write.field() != StateFieldOf(type)) continue;
    facts.state = NumberIn(write.value()).value_or(facts.state);
  }
}

class Fold {
 public:
  Fold(const EntryBook& book, const Node& node, DirectoryFacts& facts)
      : book_(book), node_(node), before_(facts), facts_(facts) {}

  void Run() {
    for (const v1::RecordChange& change : node_.body.changes()) {
      const Id id = IdOf(change.id());
      if (change.type() == kDeviceType) facts_.known.insert(id);
      if (!node_.applied()) continue;
      Note(change, id);
    }
  }

 private:
  void Note(const v1::RecordChange& change, const Id& id) {
    switch (change.type()) {
      case kStaffMemberType: {
        for (const v1::FieldWrite& write : change.writes()) {
          if (write.field() == StateFieldOf(kStaffMemberType)) {
            facts_.staff[id] = NumberIn(write.value()).value_or(0);
          }
        }
        facts_.last_word[id] = node_.seq;
        break;
      }
      case kDeviceType:
        NoteDevice(change, id);
        facts_.last_word[id] = node_.seq;
        break;
      case kStaffRoleType:
        NoteRole(change, id);
        break;
      case kApprovalType:
        NoteApproval(MessageIn<v1::Approval>(change));
        break;
      default:
        break;
    }
  }

  bool ByAdministrator() const {
    return before_.DeviceCounts(node_.device) && before_.StaffActive(node_.actor) &&
           before_.HasRole(node_.actor, v1::ROLE_ADMIN);
  }

  template <typename Facts>
  void Begin(Facts& made, uint32_t type, const Id& id, bool may_appoint) {
    made.author = node_.actor;
    const bool by_root = node_.device == facts_.root;
    made.appointed = by_root || may_appoint;
    made.counts = by_root;
    made.digest = VersionOf(book_.tenant(), book_.tenant(), type, id, TruthAt(&node_, type));
  }

  void NoteDevice(const v1::RecordChange& change, const Id& id) {
    auto [at, fresh] = facts_.devices.try_emplace(id);
    if (fresh) {
      at->second.user = IdOf(MessageIn<v1::Device>(change).user());
      Begin(at->second, kDeviceType, id, ByAdministrator());
    }
    ReadState(change, kDeviceType, at->second);
  }

  void NoteRole(const v1::RecordChange& change, const Id& id) {
    auto [at, fresh] = facts_.roles.try_emplace(id);
    if (fresh) {
      const v1::StaffRole role = MessageIn<v1::StaffRole>(change);
      at->second.user = IdOf(role.user());
      at->second.role = role.role();
      at->second.team = IdOf(role.team());
      at->second.made_seq = node_.seq;
      Begin(at->second, kStaffRoleType, id, ByAdministrator() && role.role() != v1::ROLE_ADMIN);
    }
    ReadState(change, kStaffRoleType, at->second);
  }

  // A second person: an administrator or supervisor who did not make it and is not its user; of a
  // device also its own person, on another one. All of it as it was before this entry.
  void NoteApproval(const v1::Approval& approval) {
    if (approval.decision() != v1::Approval::DECISION_APPROVED) return;
    if (!before_.DeviceCounts(node_.device) || !before_.StaffActive(node_.actor)) return;
    const Id subject = IdOf(approval.subject());
    const bool officer = before_.HasRole(node_.actor, v1::ROLE_ADMIN) ||
                         before_.HasRole(node_.actor, v1::ROLE_SUPERVISOR);
    if (auto at = facts_.devices.find(subject); at != facts_.devices.end()) {
      const bool own = node_.actor == at->second.user && node_.device != subject;
      Confirm(approval, officer || own, at->second);
    }
    if (auto at = facts_.roles.find(subject); at != facts_.roles.end()) {
      Confirm(approval, officer && node_.actor != at->second.user, at->second);
    }
  }

  void Confirm(const v1::Approval& approval, bool entitled, Standing& standing) const {
    if (!entitled || node_.actor == standing.author || !standing.appointed) return;
    if (approval.digest() == standing.digest) standing.counts = true;
  }

  const EntryBook& book_;
  const Node& node_;
  const DirectoryFacts before_;  // a copy: what counted at the place of this entry
  DirectoryFacts& facts_;
};

}  // namespace

bool DirectoryFacts::StaffActive(const Id& user) const {
  auto at = staff.find(user);
  return at != staff.end() && at->second == v1::StaffMember::STATE_ACTIVE;
}

bool DirectoryFacts::DeviceCounts(const Id& device) const {
  auto at = devices.find(device);
  return at != devices.end() && at->second.Counting();
}

bool DirectoryFacts::HasRole(const Id& user, v1::Role role) const {
  return std::any_of(roles.begin(), roles.end(), [&](const auto& r) {
    return r.second.user == user && r.second.role == role && r.second.Counting();
  });
}

Id DirectoryFacts::TeamOf(const Id& user) const {
  Id team;
  std::pair<uint64_t, Id> last;
  bool found = false;
  for (const auto& [id, role] : roles) {
    if (role.user != user || role.team.is_zero()) continue;
    const std::pair place(role.made_seq, id);
    if (found && place < last) continue;
    found = true;
    last = place;
    team = role.team;
  }
  return team;
}

std::set<Id> DirectoryFacts::SupervisorsOf(const Id& team) const {
  std::set<Id> users;
  for (const auto& [id, role] : roles) {
    const bool supervises =
        role.role == v1::ROLE_SUPERVISOR && role.team == team && role.Counting();
    if (supervises && StaffActive(role.user)) users.insert(role.user);
  }
  return users;
}

std::set<Id> DirectoryFacts::Administrators() const {
  std::set<Id> users;
  for (const auto& [id, role] : roles) {
    if (role.role == v1::ROLE_ADMIN && role.Counting() && StaffActive(role.user)) {
      users.insert(role.user);
    }
  }
  return users;
}

WhoSet DirectoryFacts::LettersOf(const Id& device, const Id& user) const {
  if (device == root) return Bit(Who::ROOT) | Bit(Who::ANY);
  WhoSet letters = 0;
  for (const auto& [id, role] : roles) {
    if (role.user != user || !role.Counting()) continue;
    letters |= Bit(Who::ANY);
    switch (role.role) {
      case v1::ROLE_KEY_WORKER:
      case v1::ROLE_SCHOOL_WORKER:
        letters |= Bit(Who::K);
        break;
      case v1::ROLE_SUPERVISOR:
        letters |= Bit(Who::S);
        break;
      case v1::ROLE_PROGRAMME:
        letters |= Bit(Who::P);
        break;
      case v1::ROLE_ADMIN:
        letters |= Bit(Who::A);
        break;
      case v1::ROLE_AUDITOR:
        letters |= Bit(Who::U);
        break;
      case v1::ROLE_RECORDS:
        letters |= Bit(Who::R);
        break;
      default:
        break;
    }
  }
  return letters;
}

uint64_t DirectoryFacts::LastWordOn(const Id& device) const {
  uint64_t last = 0;
  if (auto at = last_word.find(device); at != last_word.end()) last = at->second;
  if (auto at = devices.find(device); at != devices.end()) {
    auto person = last_word.find(at->second.user);
    if (person != last_word.end()) last = std::max(last, person->second);
  }
  return last;
}

const DirectoryFacts& DirectoryAt(const EntryBook& book, const Id& root, const Node* end) {
  static thread_local DirectoryFacts empty;
  if (end == nullptr) {
    empty = DirectoryFacts{};
    empty.root = root;
    return empty;
  }
  std::vector<const Node*> missing;
  const Node* known = end;
  while (known != nullptr && known->directory == nullptr) {
    missing.push_back(known);
    known = known->before;
  }
  for (auto at = missing.rbegin(); at != missing.rend(); ++at) {
    const Node* before = (*at)->before;
    auto facts = before == nullptr ? std::make_shared<DirectoryFacts>()
                                   : std::make_shared<DirectoryFacts>(*before->directory);
    facts->root = root;
    Fold(book, **at, *facts).Run();
    (*at)->directory = std::move(facts);
  }
  return *end->directory;
}

std::string VersionOf(const Id& tenant, const Id& scope, uint32_t type, const Id& subject,
                      const ScopeTruth& truth) {
  std::string body;
  for (const auto& [covered_type, record] : Covered(type, subject, truth)) {
    std::string fields;
    uint32_t count = 0;
    for (auto at = truth.lower_bound({covered_type, record, 0});
         at != truth.end() && at->first.type == covered_type && at->first.record == record; ++at) {
      if (!InVersion(covered_type, at->first.field)) continue;
      std::vector<LiveValue> live = at->second.live;
      std::sort(live.begin(), live.end(),
                [](const LiveValue& a, const LiveValue& b) { return a.op < b.op; });
      ++count;
      AppendU32(fields, at->first.field);
      AppendU32(fields, static_cast<uint32_t>(live.size()));
      for (const LiveValue& value : live) {
        fields += value.op.uid.view();
        AppendU32(fields, value.op.index);
        AppendLp(fields, value.value);
      }
    }
    AppendU32(body, covered_type);
    body += record.view();
    AppendU32(body, count);
    body += fields;
  }
  const Hash32 digest = H(St("doorstep/version/v1")
                              .Add(tenant.view())
                              .Add(scope.view())
                              .AddU32(type)
                              .Add(subject.view())
                              .Add(body)
                              .bytes());
  return std::string(View(digest));
}

}  // namespace doorstep::simulation
