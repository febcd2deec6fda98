// When faults have stopped and everybody has had their contacts: nothing is lost, everybody agrees,
// and what still waits may wait.
#include <algorithm>
#include <cassert>

#include "crypto/reason.h"
#include "tests/simulation/checker.h"
#include "tests/simulation/schema_facts.h"
#include "tests/simulation/values.h"

namespace doorstep::simulation {
namespace {

std::string UnitName(const DeviceUnit& device) { return "D" + std::to_string(device.index()); }

}  // namespace

void Checker::CheckSealed(const std::vector<DeviceUnit*>& alive, const Id& scope, const Node* end,
                          int64_t server_ms) {
  const ScopeTruth truth = TruthAt(end);
  const std::set<Id> readers = SealedReaders(DirectoryNow(), end, server_ms);
  for (const auto& [key, cell] : truth) {
    const RecordFacts* facts = FactsOf(key.type);
    const FieldFacts* field = facts == nullptr ? nullptr : facts->Field(key.field);
    if (field == nullptr || field->cls != v1::RESTRICTED) continue;
    for (const LiveValue& value : cell.live) {
      if (value.value.empty()) continue;
      std::vector<DeviceUnit*> without;
      bool somebody = false;
      for (DeviceUnit* device : alive) {
        const client::ScopeRow* row = device->store().log().Find(scope);
        if (row == nullptr || row->hash != end->hash || row->Has(client::kHidden)) continue;
        absl::StatusOr<v1::RecordView> view = device->client().Get(key.type, key.record);
        if (!view.ok()) continue;
        for (const v1::FieldView& shown : view->fields()) {
          for (const v1::ValueView& one : shown.values()) {
            if (NameOf(one.op()) != value.op) continue;
            const bool reads = readers.contains(device->user);
            const bool may =
                reads || device->user == value.actor || readers_ever_[scope].contains(device->user);
            if (!one.sealed() && !may) {
              Fail("P12", "a sealed value of " + scope.short_hex() + " opens on " +
                              UnitName(*device) + ", whose person never was a reader");
            }
            somebody = somebody || (!one.sealed() && reads);
            if (one.sealed() && reads) without.push_back(device);
          }
        }
      }
      ++parts_.coverage["sealed values looked at"];
      if (somebody && !without.empty()) {
        Fail("P8", "a sealed value of " + scope.short_hex() + " does not open on " +
                       UnitName(*without.front()) + ", and another reader's device has its key");
      }
    }
  }
}

void Checker::NoteReaders(const Id& scope, int64_t server_ms) {
  const std::set<Id> now = SealedReaders(DirectoryNow(), ServerEnd(scope), server_ms);
  readers_ever_[scope].insert(now.begin(), now.end());
}

// What the server stores of a scope is what the set of its writes says.
void Checker::CheckServerState(const Id& scope, const Node* end) {
  absl::StatusOr<std::unique_ptr<server::ReadView>> view = parts_.server.store().Read();
  assert(view.ok());
  const ScopeTruth truth = TruthAt(end);
  for (const auto& [key, cell] : truth) {
    absl::StatusOr<std::optional<Record>> record = (*view)->LoadRecord(scope, key.type, key.record);
    const Cell* stored = record.ok() && *record ? (*record)->FindCell(key.field) : nullptr;
    std::vector<OpName> live;
    if (stored != nullptr) {
      for (const LiveWrite& write : stored->live) live.push_back({write.op.uid, write.op.index});
    }
    std::vector<OpName> expected;
    for (const LiveValue& value : cell.live) expected.push_back(value.op);
    if (live != expected) {
      Fail("P8", "the server has other live values in type " + std::to_string(key.type) +
                     " field " + std::to_string(key.field) + " record " + key.record.short_hex() +
                     " of " + scope.short_hex());
    }
  }
}

// Whether this device has acted on the ending of every place that its person has there on the
// server: by those it never takes the family up again, even if a restored server holds them open.
bool Checker::WillNotTakeUp(DeviceUnit& device, const Id& scope, int64_t server_ms) const {
  const client::ScopeRow* row = device.store().log().Find(scope);
  if (row != nullptr && row->seq > 0) return false;
  const FamilyFacts& family = FamilyAt(ServerEnd(scope));
  return std::all_of(family.assignments.begin(), family.assignments.end(), [&](const auto& place) {
    const auto& [id, facts] = place;
    return facts.user != device.user || !facts.OpenAt(server_ms) ||
           PlaceEnded(device, scope, id, facts);
  });
}

// A row of an outbox that may be there when everything is quiet: it waits for an archive, or for a
// scope or an author that nobody living can bring back.
bool Checker::MayStillWait(DeviceUnit& device, const client::OutboxRow& row,
                           int64_t server_ms) const {
  if (forged_.contains({device.index(), row.scope})) return true;
  const DirectoryFacts& directory = DirectoryNow();
  const bool known = where_.contains(row.uid);
  auto made = made_.find(row.uid);
  const bool stolen = made != made_.end() && made->second.stolen;
  if (row.answer == client::Answer::kUnsendable) {
    // Its uid was taken; or the family's first entry was, and this one would begin it anew.
    const bool anew = made != made_.end() && FoundedBy(made->second.body).has_value() &&
                      !HasFamilyId(parts_.tenant, made->second.body);
    return stolen || (anew && ServerEnd(row.scope) == nullptr);
  }
  // Who delivers sealed work is told what was received, and no more.
  if (row.sealed && stolen) return true;
  // Received, and the server serves this device nothing of the scope: until archived and decided.
  if (known) {
    // A device that a restored server knows no more, or whose approval is lost, is told of nothing.
    auto at = directory.devices.find(device.id);
    if (at == directory.devices.end() || !at->second.counts) return true;
    const bool served =
        row.scope == parts_.tenant
            ? directory.DeviceCounts(device.id) && directory.StaffActive(device.user)
            : row.scope != device.id &&
                  MayBeServed(directory, FamilyAt(ServerEnd(row.scope)), device.id, server_ms,
                              Asked::kOffered) &&
                  !WillNotTakeUp(device, row.scope, server_ms);
    const bool undecided = row.undecided;
    return !served && (undecided || !ArchiveHolds(row.uid));
  }
  if (row.sealed) {
    // Unreadable here: whoever wrote it, its author or its scope is known to nobody any more.
    if (made == made_.end()) return true;
    return !directory.known.contains(IdOf(made->second.body.device())) ||
           ServerEnd(row.scope) == nullptr;
  }
  const Id author = made == made_.end() ? Id{} : IdOf(made->second.body.device());
  const bool author_known = author == parts_.root || directory.known.contains(author);
  const bool scope_known =
      ServerEnd(row.scope) != nullptr || row.scope == author || row.scope == parts_.tenant;
  return !author_known || !scope_known;
}

std::string Checker::StandingOf(const Id& uid) const {
  auto at = where_.find(uid);
  if (at == where_.end()) return ", the server has it not";
  absl::StatusOr<std::unique_ptr<server::ReadView>> view = parts_.server.store().Read();
  assert(view.ok());
  absl::StatusOr<server::ScopeRow> row = (*view)->FindScope(at->second->scope);
  assert(row.ok());
  return ", the server has it as entry " + std::to_string(at->second->seq) + " of " +
         std::to_string(row->seq) + (at->second->applied() ? "" : ", held") + ", archived to " +
         std::to_string(row->archived_seq);
}

void Checker::CheckOutbox(DeviceUnit& device, int64_t server_ms) {
  std::vector<client::OutboxRow> rows;
  const absl::Status read = device.store().outbox().ForEach([&](const client::OutboxRow& row) {
    rows.push_back(row);
    return true;
  });
  assert(read.ok());
  for (const client::OutboxRow& row : rows) {
    if (MayStillWait(device, row, server_ms)) {
      ++parts_.coverage["rows that still wait when quiet"];
      continue;
    }
    Fail(row.answer == client::Answer::kUnsendable ? "P1" : "P17",
         "uid " + row.uid.short_hex() + " of scope " + row.scope.short_hex() + " still waits on " +
             UnitName(device) + ", answer " + std::to_string(static_cast<int>(row.answer)) +
             " reason " + std::to_string(row.reason) + (row.sealed ? ", sealed" : "") +
             StandingOf(row.uid));
  }
}

void Checker::CheckCopies(DeviceUnit& device, int64_t server_ms) {
  const DirectoryFacts& directory = DirectoryNow();
  auto check = [&](const Id& scope, const Node* end) {
    if (forged_.contains({device.index(), scope})) return;
    const client::ScopeRow* row = device.store().log().Find(scope);
    const uint64_t seq = row == nullptr ? 0 : row->seq;
    if (row == nullptr || row->hash != end->hash) {
      Fail("P17", UnitName(device) + " has entry " + std::to_string(seq) + " of " +
                      scope.short_hex() + ", the server " + std::to_string(end->seq));
    } else if (row->Has(client::kSuspect)) {
      Fail("P6", UnitName(device) + " calls " + scope.short_hex() + " suspect");
    } else if (row->Has(client::kStopped)) {
      Fail("P17", UnitName(device) + " has stopped " + scope.short_hex());
    }
  };
  if (directory.DeviceCounts(device.id) && directory.StaffActive(device.user)) {
    check(parts_.tenant, ServerEnd(parts_.tenant));
  }
  for (const auto& [scope, end] : ends_) {
    if (scope == parts_.tenant || directory.known.contains(scope)) continue;
    if (!MayBeServed(directory, FamilyAt(end), device.id, server_ms, Asked::kOffered)) continue;
    if (WillNotTakeUp(device, scope, server_ms)) {
      ++parts_.coverage["families not taken up again"];
      continue;
    }
    check(scope, end);
  }
}

// Of a family that was destroyed here no word is left (P13).
void Checker::CheckNothingLeft(DeviceUnit& device) {
  std::vector<Id> purged;
  for (const client::ScopeRow& row : device.store().log().Scopes()) {
    if (row.Has(client::kPurged) && row.seq == 0) purged.push_back(row.scope);
  }
  if (purged.empty()) return;
  const std::string image = device.Image();
  for (const Id& scope : purged) {
    if (image.find(WordOf(scope)) != std::string::npos) {
      Fail("P13", "words of " + scope.short_hex() + " are left on " + UnitName(device));
    }
    ++parts_.coverage["purged families searched for"];
  }
}

void Checker::CheckEverythingArrived(const std::vector<DeviceUnit*>& alive) {
  std::set<Id> waiting;
  for (DeviceUnit* device : alive) {
    const absl::Status read = device->store().outbox().ForEach([&](const client::OutboxRow& row) {
      waiting.insert(row.uid);
      return true;
    });
    assert(read.ok());
  }
  for (const auto& [uid, made] : made_) {
    auto at = where_.find(uid);
    const bool arrived = at != where_.end() && at->second->body.device() == made.body.device();
    if (arrived || waiting.contains(uid)) continue;
    if (made.disks.empty() && !made.on_server) {
      ++parts_.coverage["changesets whose every disk was destroyed"];
      continue;
    }
    Fail("P1", "uid " + uid.short_hex() + " of scope " + made.scope.short_hex() +
                   " was saved and is nowhere");
  }
}

void Checker::CheckQuiet(const std::vector<DeviceUnit*>& alive, int64_t server_ms) {
  CheckEverythingArrived(alive);
  for (const auto& [scope, end] : ends_) {
    CheckServerState(scope, end);
    CheckWholeLog(scope);
    if (scope != parts_.tenant) CheckSealed(alive, scope, end, server_ms);
  }
  for (DeviceUnit* device : alive) {
    CheckOutbox(*device, server_ms);
    CheckCopies(*device, server_ms);
    CheckNothingLeft(*device);
  }
}

}  // namespace doorstep::simulation
