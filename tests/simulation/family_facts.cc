#include "tests/simulation/family_facts.h"

#include <algorithm>

#include "crypto/bytes.h"
#include "crypto/primitives.h"

namespace doorstep::simulation {
namespace {

using Relation = v1::Assignment;

class Fold {
 public:
  Fold(const Node& node, FamilyFacts& facts) : node_(node), facts_(facts) {}

  void Run() {
    if (!node_.applied()) {
      facts_.held[node_.uid] = {&node_, Outcome::kWaiting};
      return;
    }
    Take(node_.body, node_.seq);
    for (const std::string& bytes : node_.meta.released()) {
      auto at = facts_.held.find(IdOf(bytes));
      if (at == facts_.held.end() || at->second.outcome != Outcome::kWaiting) continue;
      at->second.outcome = Outcome::kReleased;
      Take(at->second.node->body, at->second.node->seq);
    }
    for (const auto& [uid, release] : DecisionsOf(node_.body)) {
      auto at = facts_.held.find(uid);
      if (release || at == facts_.held.end() || at->second.outcome != Outcome::kWaiting) continue;
      at->second.outcome = Outcome::kDeclined;
    }
    if (family_moved_) ReadFamily();
  }

 private:
  void Take(const v1::Changeset& body, uint64_t seq) {
    for (const v1::RecordChange& change : body.changes()) {
      const std::pair key(change.type(), IdOf(change.id()));
      auto at = std::lower_bound(facts_.records.begin(), facts_.records.end(), key);
      if (at == facts_.records.end() || *at != key) {
        facts_.records.insert(at, key);
        if (change.type() == kFamilyType) facts_.founded_seq = seq;
      }
      if (change.type() == kFamilyType) family_moved_ = true;
      if (change.type() == kAssignmentType) TakeAssignment(change, body, seq);
    }
  }

  void TakeAssignment(const v1::RecordChange& change, const v1::Changeset& body, uint64_t seq) {
    const v1::Assignment said = MessageIn<v1::Assignment>(change);
    auto [at, fresh] = facts_.assignments.try_emplace(IdOf(change.id()));
    AssignmentFacts& facts = at->second;
    if (fresh) {
      facts.user = IdOf(said.user());
      facts.relation = said.relation();
      facts.restricted = said.restricted();
      if (said.has_until_at()) facts.until_ms = said.until_at();
      facts.made_seq = seq;
      facts.made_actor = IdOf(body.actor());
    }
    if (said.has_state()) facts.open = said.state() == v1::Assignment::STATE_OPEN;
  }

  void ReadFamily() {
    const ScopeTruth truth = TruthAt(&node_, kFamilyType);
    facts_.founded = facts_.Has(kFamilyType, node_.scope);
    facts_.barred.clear();
    for (const auto& [key, cell] : truth) {
      if (key.record != node_.scope || cell.live.empty()) continue;
      if (key.field == v1::Family::kTeamFieldNumber) {
        facts_.team = IdIn(cell.live.back().value).value_or(Id{});
      }
      if (key.field == v1::Family::kBarredStaffFieldNumber) {
        for (const LiveValue& value : cell.live) {
          if (std::optional<Id> staff = IdIn(value.value)) facts_.barred.insert(*staff);
        }
      }
    }
  }

  const Node& node_;
  FamilyFacts& facts_;
  bool family_moved_ = false;
};

WhoSet LetterOf(v1::Assignment::Relation relation) {
  switch (relation) {
    case Relation::RELATION_LEAD:
    case Relation::RELATION_COVER:
      return Bit(Who::K);
    case Relation::RELATION_CO_WORKER:
    case Relation::RELATION_BREAK_GLASS:
      return Bit(Who::C);
    case Relation::RELATION_SUPERVISOR:
      return Bit(Who::S);
    case Relation::RELATION_PROGRAMME:
      return Bit(Who::P);
    case Relation::RELATION_AUDIT:
      return Bit(Who::U);
    case Relation::RELATION_RECORDS:
      return Bit(Who::R);
    default:
      return 0;
  }
}

bool Fits(const DirectoryFacts& directory, const AssignmentFacts& assignment) {
  return directory.StaffActive(assignment.user) &&
         RelationFits(directory, assignment.user, assignment.relation);
}

// The people whom a changeset that founds a family gives places.
std::vector<v1::Assignment> PlacesIn(const v1::Changeset& body) {
  std::vector<v1::Assignment> places;
  for (const v1::RecordChange& change : body.changes()) {
    if (change.type() != kAssignmentType) continue;
    v1::Assignment said = MessageIn<v1::Assignment>(change);
    if (said.has_user()) places.push_back(std::move(said));
  }
  return places;
}

std::set<Id> BarredIn(const v1::Family& family) {
  std::set<Id> barred;
  for (const std::string& staff : family.barred_staff()) barred.insert(IdOf(staff));
  return barred;
}

// One entry heard: identity, place, role.
class Hearing {
 public:
  Hearing(const EntryBook& book, const DirectoryFacts& directory, const Node& entry)
      : book_(book), directory_(directory), entry_(entry) {}

  std::optional<std::string> Run() {
    if (entry_.scope == entry_.device) return std::nullopt;  // its own journal
    if (std::optional<std::string> fault = Identity()) return fault;
    if (entry_.scope == book_.tenant()) {
      letters_ = directory_.LettersOf(entry_.device, entry_.actor);
      if (entry_.device == directory_.root && entry_.seq == 1) letters_ |= Bit(Who::A);
      if (letters_ == 0) return "no role in the directory";
    } else if (std::optional<std::string> fault = Place()) {
      return fault;
    }
    for (const v1::RecordChange& change : entry_.body.changes()) {
      if (std::optional<std::string> fault = Role(change)) return fault;
    }
    return std::nullopt;
  }

 private:
  std::optional<std::string> Identity() const {
    if (entry_.device == directory_.root) {
      if (entry_.scope == book_.tenant() && entry_.actor.is_zero()) return std::nullopt;
      return "the root outside the directory";
    }
    auto device = directory_.devices.find(entry_.device);
    if (device == directory_.devices.end() || !device->second.Counting()) {
      return "a device that does not count";
    }
    if (device->second.user != entry_.actor) return "a device of another person";
    if (!directory_.StaffActive(entry_.actor)) return "a person who is not active";
    return std::nullopt;
  }

  std::optional<std::string> Place() {
    const FamilyFacts& family = FamilyAt(entry_.before);
    const int64_t now_ms = entry_.meta.received_ms();
    if (!family.founded) {
      if (FoundedBy(entry_.body)) return Founding();
      const Node* first = family.FirstEntry();
      const std::optional<v1::Family> named = first ? FoundedBy(first->body) : std::nullopt;
      const bool decides = named && !DecisionsOf(entry_.body).empty() &&
                           !BarredIn(*named).contains(entry_.actor) &&
                           directory_.SupervisorsOf(IdOf(named->team())).contains(entry_.actor);
      if (!decides) return "an unfounded family, and no decision of its supervisors";
      letters_ = Bit(Who::S) | Bit(Who::ANY);
      return std::nullopt;
    }
    if (family.barred.contains(entry_.actor)) return "a barred person";
    letters_ = LettersIn(directory_, family, entry_.actor, now_ms);
    if (letters_ != 0) return std::nullopt;
    const std::vector<v1::Assignment> places = PlacesIn(entry_.body);
    const bool takes_up = entry_.body.changes_size() == 1 && places.size() == 1 &&
                          places[0].relation() == Relation::RELATION_SUPERVISOR &&
                          places[0].user() == entry_.actor.view() &&
                          directory_.SupervisorsOf(family.team).contains(entry_.actor);
    const bool shares = std::all_of(entry_.body.changes().begin(), entry_.body.changes().end(),
                                    [](const auto& c) { return c.type() == kShareType; });
    makes_places_ = takes_up;
    letters_ = takes_up ? Bit(Who::S) | Bit(Who::ANY) : Bit(Who::ANY);
    if (takes_up || shares) return std::nullopt;
    return "no open place in the family";
  }

  // The formula, and places for its author and the supervisors, and nobody else.
  std::optional<std::string> Founding() {
    if (!HasFamilyId(entry_.tenant, entry_.body)) return "a family begun under another's id";
    makes_places_ = true;
    founds_ = true;
    bool own = false;
    for (const v1::Assignment& place : PlacesIn(entry_.body)) {
      const Id user = IdOf(place.user());
      const bool supervisor = place.relation() == Relation::RELATION_SUPERVISOR;
      if (user != entry_.actor && !supervisor) return "a first entry with a stranger's place";
      if (!RelationFits(directory_, user, place.relation())) return "a first place without a role";
      if (user == entry_.actor) {
        own = true;
        letters_ |= LetterOf(place.relation()) | Bit(Who::ANY);
      }
    }
    if (!own) return "a first entry without its author's place";
    return std::nullopt;
  }

  bool Exists(const v1::RecordChange& change) const {
    if (entry_.scope == book_.tenant()) {
      return !TruthAt(entry_.before, change.type()).empty() &&
             HasRecord(TruthAt(entry_.before, change.type()), change);
    }
    return FamilyAt(entry_.before).Has(change.type(), IdOf(change.id()));
  }
  static bool HasRecord(const ScopeTruth& truth, const v1::RecordChange& change) {
    auto at = truth.lower_bound({change.type(), IdOf(change.id()), 0});
    return at != truth.end() && at->first.type == change.type() &&
           at->first.record == IdOf(change.id());
  }

  // A device may be approved by its person on another one.
  bool ApprovesOwnDevice(const v1::RecordChange& change) const {
    if (entry_.scope != book_.tenant() || change.type() != kApprovalType) return false;
    const Id subject = IdOf(MessageIn<v1::Approval>(change).subject());
    auto device = directory_.devices.find(subject);
    return device != directory_.devices.end() && device->second.user == entry_.actor &&
           subject != entry_.device;
  }

  std::optional<std::string> Role(const v1::RecordChange& change) const {
    const RecordFacts* type = FactsOf(change.type());
    if (type == nullptr) return "a record of no known type";
    const bool directory = entry_.scope == book_.tenant();
    const WhoSet writers = type->WritersIn(directory ? Who::DIRECTORY : Who::FAMILY);
    if (writers == 0) return "a record outside its home";
    if (makes_places_ && change.type() == kAssignmentType) return std::nullopt;
    const WhoSet letters =
        letters_ | (ApprovesOwnDevice(change) ? Bit(Who::OWN_DEVICE) : WhoSet{0});
    const bool exists = Exists(change);
    if (!exists && (letters & writers) == 0) return "a " + type->name + " by a role that may not";
    for (const v1::FieldWrite& write : change.writes()) {
      const FieldFacts* field = type->Field(write.field());
      if (field == nullptr) return "a field of no known number";
      if (field->merge == v1::COMMAND && exists) {
        if (!Commands(change, write, letters, writers)) return "a command of another's role";
        continue;
      }
      // Whom a family is kept from its founder says too.
      if (founds_ && change.type() == kFamilyType && field->name == "barred_staff") continue;
      const WhoSet allowed = field->writers != 0 ? field->writers : writers;
      if ((letters & allowed) != 0 || Named(change, field->named_in)) continue;
      return type->name + "." + field->name + " by a role that may not";
    }
    return std::nullopt;
  }

  bool Commands(const v1::RecordChange& change, const v1::FieldWrite& write, WhoSet letters,
                WhoSet writers) const {
    const ScopeTruth truth = TruthAt(entry_.before, change.type());
    auto cell = truth.find({change.type(), IdOf(change.id()), write.field()});
    const uint64_t from = cell == truth.end() || cell->second.live.empty()
                              ? 0
                              : NumberIn(cell->second.live.back().value).value_or(0);
    const uint64_t to = NumberIn(write.value()).value_or(0);
    for (const ArrowFacts& arrow : ArrowsOf(change.type())) {
      if (arrow.from != from || arrow.to != to) continue;
      const bool plain = arrow.writers == 0 && arrow.named_in.empty();
      if ((letters & (plain ? writers : arrow.writers)) != 0) return true;
      if (Named(change, arrow.named_in)) return true;
    }
    return false;
  }

  // Whether a value in force of one of these fields names the author.
  bool Named(const v1::RecordChange& change, const std::vector<uint32_t>& fields) const {
    if (fields.empty()) return false;
    const ScopeTruth truth = TruthAt(entry_.before, change.type());
    for (uint32_t field : fields) {
      auto cell = truth.find({change.type(), IdOf(change.id()), field});
      if (cell == truth.end()) continue;
      for (const LiveValue& value : cell->second.live) {
        if (IdIn(value.value) == entry_.actor) return true;
      }
    }
    return false;
  }

  const EntryBook& book_;
  const DirectoryFacts& directory_;
  const Node& entry_;
  WhoSet letters_ = 0;
  bool makes_places_ = false;
  bool founds_ = false;
};

}  // namespace

bool FamilyFacts::Has(uint32_t type, const Id& record) const {
  return std::binary_search(records.begin(), records.end(), std::pair(type, record));
}

const Node* FamilyFacts::FirstEntry() const {
  if (founded) return nullptr;
  const Node* first = nullptr;
  for (const auto& [uid, work] : held) {
    if (work.outcome != Outcome::kWaiting || !FoundedBy(work.node->body)) continue;
    if (!HasFamilyId(work.node->tenant, work.node->body)) continue;
    if (first == nullptr || work.node->seq < first->seq) first = work.node;
  }
  return first;
}

const FamilyFacts& FamilyAt(const Node* end) {
  static const FamilyFacts empty;
  if (end == nullptr) return empty;
  std::vector<const Node*> missing;
  const Node* known = end;
  while (known != nullptr && known->family == nullptr) {
    missing.push_back(known);
    known = known->before;
  }
  for (auto at = missing.rbegin(); at != missing.rend(); ++at) {
    const Node* before = (*at)->before;
    auto facts = before == nullptr ? std::make_shared<FamilyFacts>()
                                   : std::make_shared<FamilyFacts>(*before->family);
    Fold(**at, *facts).Run();
    (*at)->family = std::move(facts);
  }
  return *end->family;
}

bool RelationFits(const DirectoryFacts& directory, const Id& user,
                  v1::Assignment::Relation relation) {
  switch (relation) {
    case Relation::RELATION_LEAD:
    case Relation::RELATION_COVER:
    case Relation::RELATION_CO_WORKER:
      return directory.HasRole(user, v1::ROLE_KEY_WORKER) ||
             directory.HasRole(user, v1::ROLE_SCHOOL_WORKER);
    case Relation::RELATION_SUPERVISOR:
      return directory.HasRole(user, v1::ROLE_SUPERVISOR);
    case Relation::RELATION_PROGRAMME:
      return directory.HasRole(user, v1::ROLE_PROGRAMME);
    case Relation::RELATION_AUDIT:
      return directory.HasRole(user, v1::ROLE_AUDITOR);
    case Relation::RELATION_RECORDS:
      return directory.HasRole(user, v1::ROLE_RECORDS);
    case Relation::RELATION_BREAK_GLASS:
      return directory.HasRole(user, v1::ROLE_DUTY);
    default:
      return false;
  }
}

WhoSet LettersIn(const DirectoryFacts& directory, const FamilyFacts& family, const Id& user,
                 int64_t now_ms) {
  if (!family.founded || family.barred.contains(user)) return 0;
  WhoSet letters = 0;
  for (const auto& [id, assignment] : family.assignments) {
    if (assignment.user != user || !assignment.OpenAt(now_ms)) continue;
    if (Fits(directory, assignment)) letters |= LetterOf(assignment.relation) | Bit(Who::ANY);
  }
  return letters;
}

std::set<Id> SealedReaders(const DirectoryFacts& directory, const Node* end, int64_t now_ms) {
  const FamilyFacts& family = FamilyAt(end);
  std::set<Id> readers;
  std::vector<std::pair<Id, Id>> own;  // assignment, user
  for (const auto& [id, place] : family.assignments) {
    const bool works =
        place.relation == Relation::RELATION_LEAD || place.relation == Relation::RELATION_COVER;
    const bool supervises = place.relation == Relation::RELATION_SUPERVISOR;
    const bool may = (works && directory.HasRole(place.user, v1::ROLE_KEY_WORKER)) || supervises;
    if (!family.founded || !place.restricted || !may || !place.OpenAt(now_ms)) continue;
    if (family.barred.contains(place.user) || !Fits(directory, place)) continue;
    if (supervises && place.made_actor == place.user && place.made_seq != family.founded_seq) {
      own.emplace_back(id, place.user);
    } else {
      readers.insert(place.user);
    }
  }
  if (own.empty()) return readers;
  const ScopeTruth truth = TruthAt(end);
  const std::set<Id> present = readers;
  for (const auto& [id, user] : own) {
    const std::string digest = VersionOf(end->tenant, end->scope, kAssignmentType, id, truth);
    for (const Node* node : ChainTo(end)) {
      if (!node->applied() || node->actor == user || !present.contains(node->actor)) continue;
      for (const v1::RecordChange& change : node->body.changes()) {
        if (change.type() != kApprovalType) continue;
        const v1::Approval approval = MessageIn<v1::Approval>(change);
        if (approval.decision() == v1::Approval::DECISION_APPROVED &&
            approval.subject() == id.view() && approval.digest() == digest) {
          readers.insert(user);
        }
      }
    }
  }
  return readers;
}

bool HasOpenPlace(const FamilyFacts& family, const Id& user, int64_t now_ms) {
  return std::any_of(family.assignments.begin(), family.assignments.end(), [&](const auto& a) {
    return a.second.user == user && a.second.OpenAt(now_ms);
  });
}

bool MayBeServed(const DirectoryFacts& directory, const FamilyFacts& family, const Id& device,
                 int64_t now_ms, Asked asked) {
  auto reader = directory.devices.find(device);
  if (reader == directory.devices.end() || !reader->second.Counting()) return false;
  const Id& user = reader->second.user;
  if (!directory.StaffActive(user)) return false;
  if (!family.founded) {
    const Node* first = family.FirstEntry();
    if (first == nullptr) return false;
    const v1::Family named = *FoundedBy(first->body);
    if (BarredIn(named).contains(user)) return false;
    return first->actor == user || directory.SupervisorsOf(IdOf(named.team())).contains(user);
  }
  if (family.barred.contains(user)) return false;
  for (const auto& [id, assignment] : family.assignments) {
    if (assignment.user != user || !assignment.OpenAt(now_ms)) continue;
    if (!Fits(directory, assignment)) continue;
    switch (assignment.relation) {
      case Relation::RELATION_LEAD:
      case Relation::RELATION_CO_WORKER:
      case Relation::RELATION_COVER:
      case Relation::RELATION_SUPERVISOR:
      case Relation::RELATION_BREAK_GLASS:
        return true;
      case Relation::RELATION_RECORDS:
        if (asked == Asked::kWanted) return true;
        break;
      default:
        break;
    }
  }
  return false;
}

bool HasFamilyId(const Id& tenant, const v1::Changeset& body) {
  const Id formula{
      H16(St("doorstep/family/v1").Add(tenant.view()).Add(body.device()).Add(body.uid()).bytes())};
  return body.scope() == formula.view();
}

std::optional<v1::Family> FoundedBy(const v1::Changeset& body) {
  for (const v1::RecordChange& change : body.changes()) {
    if (change.type() != kFamilyType || change.id() != body.scope()) continue;
    const bool replaces =
        std::any_of(change.writes().begin(), change.writes().end(),
                    [](const v1::FieldWrite& write) { return write.overwrites_size() > 0; });
    v1::Family family = MessageIn<v1::Family>(change);
    if (!replaces && family.has_name() && family.has_team()) return family;
  }
  return std::nullopt;
}

std::vector<std::pair<Id, bool>> DecisionsOf(const v1::Changeset& body) {
  std::vector<std::pair<Id, bool>> decisions;
  for (const v1::RecordChange& change : body.changes()) {
    if (change.type() != kDecisionType) continue;
    const v1::Decision decision = MessageIn<v1::Decision>(change);
    decisions.emplace_back(IdOf(decision.held()),
                           decision.decision() == v1::Decision::ANSWER_RELEASE);
  }
  return decisions;
}

std::optional<std::string> WithoutAuthority(const EntryBook& book, const DirectoryFacts& directory,
                                            const Node& entry) {
  return Hearing(book, directory, entry).Run();
}

}  // namespace doorstep::simulation
