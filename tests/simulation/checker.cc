#include "tests/simulation/checker.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "tests/simulation/plan_facts.h"
#include "tests/simulation/schema_facts.h"

namespace doorstep::simulation {
namespace {

std::string Place(const Node& node) {
  return "scope " + node.scope.short_hex() + " entry " + std::to_string(node.seq) + " uid " +
         node.uid.short_hex();
}

bool EndsAnAssignment(const v1::Changeset& body) {
  return std::any_of(body.changes().begin(), body.changes().end(), [](const auto& change) {
    return change.type() == kAssignmentType &&
           MessageIn<v1::Assignment>(change).state() == v1::Assignment::STATE_ENDED;
  });
}

}  // namespace

Checker::Checker(const Parts& parts) : parts_(parts), book_(parts.tenant) {}

void Checker::Fail(std::string_view invariant, const std::string& what) {
  violations_.push_back({std::string(invariant), what});
}

const Node* Checker::ServerEnd(const Id& scope) const {
  auto at = ends_.find(scope);
  return at == ends_.end() ? nullptr : at->second;
}

const DirectoryFacts& Checker::DirectoryNow() const {
  return DirectoryAt(book_, parts_.root, ServerEnd(parts_.tenant));
}

// ---- What was made -----------------------------------------------------------------------------

void Checker::Made(DeviceUnit& device, const v1::Committed& committed) {
  const Id uid = IdOf(committed.uid());
  absl::StatusOr<std::vector<client::OutboxRow>> rows = device.store().outbox().FindUid(uid);
  if (!rows.ok() || rows->empty()) {
    return Fail("P7", "uid " + uid.short_hex() + " was saved, and is not in the outbox");
  }
  absl::StatusOr<v1::SignedChangeset> bytes = device.store().outbox().Signed(rows->front());
  MadeChangeset& made = made_[uid];
  if (!bytes.ok() || !made.body.ParseFromString(bytes->changeset())) {
    return Fail("P7", "uid " + uid.short_hex() + " cannot be read back");
  }
  made.scope = IdOf(made.body.scope());
  made.disks.insert(device.index());
  units_[device.index()].pending.insert(uid);
  if (EndsAnAssignment(made.body)) endings_.push_back(&made.body);
}

void Checker::Stolen(const Id& uid) {
  auto at = made_.find(uid);
  if (at != made_.end()) at->second.stolen = true;
}

// ---- The server --------------------------------------------------------------------------------

void Checker::NoteDigest(const Node* end, const Hash32& digest, const std::string& whose) {
  if (end == nullptr) return;
  if (!end->digest) end->digest = digest;
  if (*end->digest != digest) {
    Fail("P6", whose + " has another state at " + Place(*end));
  }
}

void Checker::CheckReleased(const Node& node) {
  const FamilyFacts& before = FamilyAt(node.before);
  std::set<Id> decided;
  for (const auto& [uid, release] : DecisionsOf(node.body)) {
    if (release) decided.insert(uid);
  }
  for (const std::string& bytes : node.meta.released()) {
    const Id uid = IdOf(bytes);
    auto held = before.held.find(uid);
    if (held != before.held.end() && held->second.outcome != Outcome::kWaiting) {
      Fail("P3", "uid " + uid.short_hex() + " takes effect a second time at " + Place(node));
    } else if (held == before.held.end() || decided.erase(uid) == 0) {
      Fail("P11", "uid " + uid.short_hex() + " is released by nobody at " + Place(node));
    }
    ++parts_.coverage["held work released"];
  }
}

void Checker::CheckAppended(const Node& node) {
  ++parts_.coverage[node.applied() ? "entries applied" : "entries held"];
  if (where_.contains(node.uid)) {
    Fail("P3", "uid " + node.uid.short_hex() + " has two places, the second at " + Place(node));
  }
  const bool directory = node.scope == parts_.tenant;
  const Node* place = directory ? node.before : nullptr;
  if (!directory) {
    place = book_.FindPlace(parts_.tenant, node.meta.directory_seq(), node.meta.directory_hash());
    if (place == nullptr || !IsAncestor(place, ServerEnd(parts_.tenant))) {
      return Fail("P4", "no such place of the directory is named by " + Place(node));
    }
    const uint64_t before = node.before == nullptr ? 0 : node.before->meta.directory_seq();
    if (node.meta.directory_seq() < before) {
      Fail("P4", "the place in the directory falls at " + Place(node));
    }
  }
  const DirectoryFacts& facts = DirectoryAt(book_, parts_.root, place);
  if (node.applied()) {
    if (auto fault = WithoutAuthority(book_, facts, node)) {
      Fail("P11", *fault + ", applied at " + Place(node));
    }
    if (auto fault = UnfitApproval(book_, node)) {
      Fail("P10", "an approval " + *fault + ", applied at " + Place(node));
    }
    if (!directory) CheckReleased(node);
    return;
  }
  // Held for want of authority: there must have been none. No clock but the server's says so (P16).
  const bool identity =
      node.meta.reason() == v1::HELD_REASON_DEVICE || node.meta.reason() == v1::HELD_REASON_STAFF;
  const bool place_reason = node.meta.reason() == v1::HELD_REASON_NO_ASSIGNMENT ||
                            node.meta.reason() == v1::HELD_REASON_NO_ROLE;
  if (identity || place_reason) {
    Node as_applied = node;
    as_applied.meta.set_verdict(v1::APPLIED);
    if (!WithoutAuthority(book_, facts, as_applied)) {
      Fail("P16", "held for want of authority that was there, at " + Place(node));
    }
  }
}

void Checker::TakeServerLog(const Id& scope, By by) {
  absl::StatusOr<std::unique_ptr<server::ReadView>> view = parts_.server.store().Read();
  assert(view.ok());
  const absl::StatusOr<server::ScopeRow> row = (*view)->FindScope(scope);
  assert(row.ok());
  const Node* end = ServerEnd(scope);
  const uint64_t from = end == nullptr ? 0 : end->seq;
  const absl::Status read = (*view)->ReadLog(scope, from, [&](server::LogRow log) {
    v1::LogEntry wire;
    wire.mutable_signed_()->set_changeset(log.changeset);
    wire.mutable_signed_()->set_signature(std::string(View(log.signature)));
    wire.set_meta(log.meta);
    Node* node = book_.Add(scope, end, wire);
    if (node == nullptr || node->hash != log.hash || node->seq != log.seq) {
      Fail("P4", "scope " + scope.short_hex() + " has an entry that does not go on from " +
                     std::to_string(end == nullptr ? 0 : end->seq));
      return server::ReadView::Visit::kStop;
    }
    CheckAppended(*node);
    if (by == By::kAdopt && !node->served_by_server) {
      Fail("P4", "the server adopts what none ever served: " + Place(*node));
    }
    node->served_by_server = true;
    where_[node->uid] = node;
    auto made = made_.find(node->uid);
    if (made != made_.end() && made->second.body.device() == node->body.device()) {
      made->second.on_server = true;
    }
    end = node;
    ends_[scope] = end;
    return server::ReadView::Visit::kGoOn;
  });
  assert(read.ok());
  if (end == nullptr || end->hash != row->hash) {
    return Fail("P4", "the server's log of " + scope.short_hex() + " is another than was served");
  }
  NoteDigest(end, row->state_digest, "the server");
  if (by == By::kAdopt) CheckWholeLog(scope);
}

void Checker::CheckWholeLog(const Id& scope) {
  absl::StatusOr<std::unique_ptr<server::ReadView>> view = parts_.server.store().Read();
  assert(view.ok());
  const std::vector<const Node*> chain = ChainTo(ServerEnd(scope));
  size_t next = 0;
  const absl::Status read = (*view)->ReadLog(scope, 0, [&](server::LogRow row) {
    const bool same = next < chain.size() && row.seq == next + 1 && row.hash == chain[next]->hash;
    ++next;
    if (same) return server::ReadView::Visit::kGoOn;
    Fail("P4", "entry " + std::to_string(next) + " of " + scope.short_hex() +
                   " is another than was served");
    return server::ReadView::Visit::kStop;
  });
  assert(read.ok());
}

void Checker::ServerMoved(const std::vector<Id>& scopes, By by) {
  // The directory first: entries of the same batch were judged against it.
  if (std::find(scopes.begin(), scopes.end(), parts_.tenant) != scopes.end()) {
    TakeServerLog(parts_.tenant, by);
  }
  for (const Id& scope : scopes) {
    if (scope != parts_.tenant) TakeServerLog(scope, by);
  }
}

void Checker::ServerPutBack() {
  const std::map<Id, const Node*> before = std::exchange(ends_, {});
  where_.clear();
  absl::StatusOr<std::unique_ptr<server::ReadView>> view = parts_.server.store().Read();
  assert(view.ok());
  const absl::Status read =
      (*view)->ForEachScope([&](const Id& scope, const server::ScopeRow& row) {
        const Node* end = book_.Find(scope, row.hash);
        if (end == nullptr) return Fail("P4", "a copy holds a head that was never seen");
        ends_[scope] = end;
        for (const Node* node = end; node != nullptr; node = node->before) {
          where_[node->uid] = node;
        }
      });
  assert(read.ok());
  for (const auto& [scope, end] : before) {
    if (!IsAncestor(end, ServerEnd(scope))) lost_ends_.push_back(end);
  }
  for (auto& [uid, made] : made_) made.on_server = made.on_server && where_.contains(uid);
}

void Checker::NoteArchived(const std::vector<server::ArchivedHead>& heads) {
  for (const server::ArchivedHead& head : heads) {
    for (const Node* node = book_.Find(head.scope, head.hash); node != nullptr;
         node = node->before) {
      archived_.insert(node->uid);
    }
  }
}

// ---- What leaves the server --------------------------------------------------------------------

void Checker::FrameSent(const Id& device, const v1::PullFrame& frame, int64_t server_ms) {
  const DirectoryFacts& directory = DirectoryNow();
  if (frame.has_ended()) {
    for (const v1::SignedChangeset& proof : frame.ended().proof()) {
      v1::Changeset body;
      const bool read = body.ParseFromString(proof.changeset());
      const bool places =
          read && std::any_of(body.changes().begin(), body.changes().end(), [](const auto& change) {
            return change.type() == kAssignmentType || change.type() == kDecisionType;
          });
      if (!places) Fail("P12", "an ending shows more than places to " + device.short_hex());
    }
    ++parts_.coverage["endings told"];
    return;
  }
  if (frame.has_mismatch()) ++parts_.coverage["mismatches told"];
  if (!frame.has_page()) return;
  const Id scope = IdOf(frame.page().scope());
  if (scope == parts_.tenant) {
    auto reader = directory.devices.find(device);
    if (reader == directory.devices.end()) {
      return Fail("P12", "the directory is served to unknown " + device.short_hex());
    }
    v1::Head head;
    const bool ended = reader->second.state != v1::Device::STATE_ACTIVE ||
                       !directory.StaffActive(reader->second.user);
    if (ended && head.ParseFromString(frame.page().head().head()) &&
        head.seq() > directory.LastWordOn(device)) {
      Fail("P12", "the directory beyond its end is served to " + device.short_hex());
    }
    return;
  }
  const FamilyFacts& family = FamilyAt(ServerEnd(scope));
  if (!MayBeServed(directory, family, device, server_ms, Asked::kWanted)) {
    Fail("P12", "scope " + scope.short_hex() + " is served to " + device.short_hex());
  }
}

// ---- Devices -----------------------------------------------------------------------------------

bool Checker::InOutbox(DeviceUnit& device, const Id& uid) const {
  absl::StatusOr<std::vector<client::OutboxRow>> rows = device.store().outbox().FindUid(uid);
  assert(rows.ok());
  return !rows->empty();
}

// The entries that lead to what this device now stores, from where it and `from` agree.
const Node* Checker::TakeDeviceLog(DeviceUnit& device, const client::ScopeRow& row,
                                   const Node* from) {
  if (row.seq == 0) return nullptr;
  if (const Node* known = book_.Find(row.scope, row.hash)) return known;
  const Node* end = from;
  while (end != nullptr) {
    absl::StatusOr<std::optional<Hash32>> here = device.store().log().HashAt(row.scope, end->seq);
    if (end->seq <= row.seq && here.ok() && *here == end->hash) break;
    end = end->before;
  }
  const absl::Status read = device.store().log().ForEach(
      row.scope, end == nullptr ? 1 : end->seq + 1, row.seq, [&](const Entry& entry) {
        const Node* next = book_.Add(row.scope, end, entry.Wire());
        if (next == nullptr) return false;
        end = next;
        return true;
      });
  if (!read.ok() || end == nullptr || end->hash != row.hash) {
    Fail("P4", "a device stores a log of " + row.scope.short_hex() + " that does not chain");
    return nullptr;
  }
  return end;
}

// A log that became shorter: what left it waits in the outbox, or the family is gone from here.
void Checker::CheckLostEntries(DeviceUnit& device, const Id& scope, const Node* from,
                               const Node* to) {
  for (const Node* node = from; node != nullptr && !IsAncestor(node, to); node = node->before) {
    if (!InOutbox(device, node->uid) && !where_.contains(node->uid)) {
      Fail("P1", "uid " + node->uid.short_hex() + " of scope " + scope.short_hex() +
                     " left a log and is not carried");
    }
  }
}

void Checker::CheckPending(DeviceUnit& device) {
  UnitRecord& record = units_[device.index()];
  for (auto at = record.pending.begin(); at != record.pending.end();) {
    const Id uid = *at;
    if (InOutbox(device, uid)) {
      ++at;
      continue;
    }
    const MadeChangeset& made = made_.at(uid);
    auto seen = record.scopes.find(made.scope);
    bool in_log = false;
    for (const Node* node = seen == record.scopes.end() ? nullptr : seen->second.end;
         node != nullptr && !in_log; node = node->before) {
      in_log = node->uid == uid;
    }
    if (!in_log && !ArchiveHolds(uid)) {
      Fail("P7", "uid " + uid.short_hex() + " of scope " + made.scope.short_hex() +
                     " is gone from its author's device and in no log here");
    }
    at = record.pending.erase(at);
  }
}

void Checker::DeviceMoved(DeviceUnit& device) {
  if (!device.usable()) return;
  UnitRecord& record = units_[device.index()];
  std::set<Id> there;
  for (const client::ScopeRow& row : device.store().log().Scopes()) {
    there.insert(row.scope);
    Seen& seen = record.scopes[row.scope];
    const bool moved = row.seq != (seen.end == nullptr ? 0 : seen.end->seq) ||
                       (seen.end != nullptr && seen.end->hash != row.hash);
    const bool purged = (row.flags & client::kPurged) != 0 && (seen.flags & client::kPurged) == 0;
    seen.flags = row.flags;
    if (!moved) continue;
    const Node* before = seen.end;
    const Node* end = TakeDeviceLog(device, row, before);
    seen.end = end;
    for (const Node* node = end; node != nullptr && !IsAncestor(node, before);
         node = node->before) {
      if (!node->served_by_server) {
        Fail("P11", "a device took an entry that no honest server gave: " + Place(*node));
      }
      auto made = made_.find(node->uid);
      if (made != made_.end()) made->second.disks.insert(device.index());
    }
    if (end == nullptr && before != nullptr && row.scope != parts_.tenant) {
      if (purged || (row.flags & client::kPurged) != 0) {
        CheckPurged(device, row.scope, before);
      } else {
        CheckLostEntries(device, row.scope, before, nullptr);
      }
    } else if (!IsAncestor(before, end)) {
      CheckLostEntries(device, row.scope, before, end);
    }
    if (end != nullptr)
      NoteDigest(end, row.state_digest, "device " + std::to_string(device.index()));
  }
  for (auto at = record.scopes.begin(); at != record.scopes.end();) {
    if (!there.contains(at->first) && at->second.end != nullptr) {
      CheckPurged(device, at->first, at->second.end);
    }
    at = there.contains(at->first) ? std::next(at) : record.scopes.erase(at);
  }
  CheckPending(device);
}

void Checker::DeviceRolledBack(DeviceUnit& device) {
  UnitRecord& record = units_[device.index()];
  record.scopes.clear();
  std::set<Id> here;
  for (const client::ScopeRow& row : device.store().log().Scopes()) {
    Seen& seen = record.scopes[row.scope];
    seen.flags = row.flags;
    seen.end = row.seq == 0 ? nullptr : book_.Find(row.scope, row.hash);
    for (const Node* node = seen.end; node != nullptr; node = node->before) here.insert(node->uid);
  }
  const absl::Status read = device.store().outbox().ForEach([&](const client::OutboxRow& row) {
    here.insert(row.uid);
    return true;
  });
  assert(read.ok());
  for (auto& [uid, made] : made_) {
    if (!here.contains(uid)) made.disks.erase(device.index());
  }
  std::erase_if(record.pending, [&](const Id& uid) { return !here.contains(uid); });
}

void Checker::DeviceDestroyed(DeviceUnit& device) {
  std::set<Id> here;
  for (const auto& [scope, seen] : units_[device.index()].scopes) {
    for (const Node* node = seen.end; node != nullptr; node = node->before) here.insert(node->uid);
  }
  const absl::Status read = device.store().outbox().ForEach([&](const client::OutboxRow& row) {
    here.insert(row.uid);
    return true;
  });
  assert(read.ok());
  for (const Id& uid : here) {
    auto made = made_.find(uid);
    if (made != made_.end()) made->second.disks.erase(device.index());
  }
  units_.erase(device.index());
}

void Checker::DeviceCopied(DeviceUnit& from, DeviceUnit& to) {
  DeviceRolledBack(to);
  for (const auto& [scope, seen] : units_[to.index()].scopes) {
    for (const Node* node = seen.end; node != nullptr; node = node->before) {
      auto made = made_.find(node->uid);
      if (made != made_.end()) made->second.disks.insert(to.index());
    }
  }
  const absl::Status read = to.store().outbox().ForEach([&](const client::OutboxRow& row) {
    auto made = made_.find(row.uid);
    if (made != made_.end()) made->second.disks.insert(to.index());
    return true;
  });
  assert(read.ok());
  for (const auto& [index, scope] : std::set(forged_)) {
    if (index == from.index()) forged_.insert({to.index(), scope});
  }
}

// Whether this place of a person's has ended: by that person's word or a supervisor's, declined, or
// by the clock of the device.
bool Checker::PlaceEnded(DeviceUnit& device, const Id& scope, const Id& assignment,
                         const AssignmentFacts& facts) const {
  if (facts.until_ms <= device.now_ms()) return true;
  const DirectoryFacts& directory = DirectoryNow();
  auto supervises = [&](const Id& user) {
    return std::any_of(directory.roles.begin(), directory.roles.end(), [&](const auto& role) {
      return role.second.user == user && role.second.role == v1::ROLE_SUPERVISOR &&
             role.second.counts;
    });
  };
  return std::any_of(endings_.begin(), endings_.end(), [&](const v1::Changeset* body) {
    const Id actor = IdOf(body->actor());
    if (body->scope() != scope.view()) return false;
    if (actor != facts.user && !supervises(actor)) return false;
    return std::any_of(body->changes().begin(), body->changes().end(), [&](const auto& change) {
      return change.type() == kAssignmentType && IdOf(change.id()) == assignment &&
             MessageIn<v1::Assignment>(change).state() == v1::Assignment::STATE_ENDED;
    });
  });
}

// A PurgeReceipt of this family on its way into the journal.
bool Checker::HasReceipt(DeviceUnit& device, const Id& family) const {
  std::vector<client::OutboxRow> rows;
  const absl::Status read = device.store().outbox().ForEachOf(device.id, [&](const auto& row) {
    rows.push_back(row);
    return true;
  });
  assert(read.ok());
  return std::any_of(rows.begin(), rows.end(), [&](const client::OutboxRow& row) {
    absl::StatusOr<v1::SignedChangeset> bytes = device.store().outbox().Signed(row);
    v1::Changeset body;
    if (!bytes.ok() || !body.ParseFromString(bytes->changeset())) return false;
    return std::any_of(body.changes().begin(), body.changes().end(), [&](const auto& change) {
      return change.type() == kPurgeReceiptType &&
             MessageIn<v1::PurgeReceipt>(change).family() == family.view();
    });
  });
}

void Checker::CheckPurged(DeviceUnit& device, const Id& scope, const Node* before) {
  ++parts_.coverage["families destroyed on a device"];
  if (!HasReceipt(device, scope)) {
    Fail("P13", "scope " + scope.short_hex() + " was destroyed without a receipt");
  }
  const FamilyFacts& family = FamilyAt(before);
  for (const auto& [id, assignment] : family.assignments) {
    if (assignment.user != device.user || !assignment.open) continue;
    if (!PlaceEnded(device, scope, id, assignment)) {
      Fail("P13", "scope " + scope.short_hex() + " was destroyed while place " + id.short_hex() +
                      " is open");
    }
  }
  // Where nothing is archived, others' entries may go with the family.
  for (const Node* node = before; node != nullptr; node = node->before) {
    auto made = made_.find(node->uid);
    if (made == made_.end() || node->device == device.id) continue;
    if (!InOutbox(device, node->uid) && !ArchiveHolds(node->uid) && archived_.empty()) {
      made->second.disks.erase(device.index());
    }
  }
}

}  // namespace doorstep::simulation
