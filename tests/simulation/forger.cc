#include "tests/simulation/forger.h"

#include <algorithm>
#include <utility>

#include "client-core/sync/page_check.h"
#include "model/limits.h"
#include "model/log.h"
#include "model/value.h"
#include "tests/simulation/schema_facts.h"

namespace doorstep::simulation {
namespace {

void Write(v1::RecordChange& change, uint32_t field, std::string value) {
  v1::FieldWrite& write = *change.add_writes();
  write.set_field(field);
  write.set_value(std::move(value));
}

}  // namespace

v1::PullFrame Forger::Hello() const {
  v1::PullFrame frame;
  frame.mutable_hello()->set_server_ms(world_.now_ms + world_.server_offset_ms);
  frame.mutable_hello()->set_schema(kSchema);
  frame.mutable_hello()->set_protocol_min(kProtocol);
  frame.mutable_hello()->set_device(v1::DEVICE_ACTIVE);
  return frame;
}

bool Forger::Answer(DeviceUnit& device, const std::vector<v1::PullFrame>& frames) {
  world_.StartContact(device);
  RequestMessage pull;
  auto waits = std::find_if(world_.up.begin(), world_.up.end(), [&](const RequestMessage& m) {
    return m.unit == device.index() && m.ask == Ask::kPull && m.contact == device.contact();
  });
  if (waits != world_.up.end()) {
    pull = *waits;
    world_.up.erase(waits);
  } else {
    auto& pulls = world_.server->pulls();
    auto under_way = std::find_if(pulls.begin(), pulls.end(), [&](const auto& p) {
      return p.request.unit == device.index() && p.request.contact == device.contact();
    });
    if (under_way == pulls.end()) return false;
    pull = under_way->request;
    pulls.erase(under_way);
  }
  auto send = [&](Tell tell, std::string bytes) {
    world_.down[device.index()].push_back(
        {pull.contact, pull.call, tell, std::move(bytes), false, 0});
  };
  send(Tell::kFrame, Hello().SerializeAsString());
  for (const v1::PullFrame& frame : frames) send(Tell::kFrame, frame.SerializeAsString());
  send(Tell::kPullEnd, "");
  return true;
}

std::optional<Id> Forger::AnyFamilyOf(DeviceUnit& device) {
  std::vector<Id> families;
  for (const client::ScopeRow& row : device.store().log().Scopes()) {
    const bool family = row.scope != world_.tenant && row.scope != device.id;
    if (family && row.seq > 0 && !row.Has(client::kHidden)) families.push_back(row.scope);
  }
  if (families.empty()) return std::nullopt;
  return world_.chance.Pick(families);
}

std::optional<v1::PullFrame> Forger::Page(DeviceUnit& device, const Id& scope,
                                          const Changeset& changeset,
                                          const std::vector<Id>& released) const {
  const client::ScopeRow* row = device.store().log().Find(scope);
  if (row == nullptr) return std::nullopt;
  const Directory& directory = device.store().directory();
  v1::EntryMeta meta;
  meta.set_seq(row->seq + 1);
  meta.set_verdict(v1::APPLIED);
  const bool of_directory = scope == world_.tenant;
  meta.set_directory_seq(of_directory ? row->seq : directory.seq());
  meta.set_directory_hash(ShortHash(directory.hash()));
  meta.set_received_ms(world_.now_ms + world_.server_offset_ms);
  for (const Id& uid : released) meta.add_released(uid.str());
  const Entry entry = MakeEntry(world_.tenant, changeset, meta, row->hash);
  v1::LogEntries entries;
  *entries.add_entries() = entry.Wire();
  v1::Head head;
  head.set_scope(scope.str());
  head.set_seq(entry.seq());
  head.set_entry_hash(std::string(View(entry.hash)));
  head.set_archived_seq(row->archived_seq);
  v1::PullFrame frame;
  v1::PullPage& page = *frame.mutable_page();
  page.set_scope(scope.str());
  page.set_entries(client::PackEntries(entries));
  *page.mutable_head() = world_.server->signer().Sign(std::move(head)).Wire();
  page.set_more(true);
  return frame;
}

v1::Changeset Forger::PlaceForSelf(const RawDevice& raw, const Id& family,
                                   v1::Assignment::Relation relation) {
  v1::Changeset body = BlankChangeset(PenOf(raw), world_.NewId(), family, world_.now_ms);
  v1::Assignment place;
  place.set_user(raw.user.str());
  place.set_relation(relation);
  place.set_reason(v1::Assignment::REASON_TEAM);
  place.set_from_on(world_.today());
  place.set_state(v1::Assignment::STATE_OPEN);
  PutRecord(body, kAssignmentType, world_.NewId(), place);
  return body;
}

v1::Changeset Forger::WordsOf(const Pen& pen, const Id& family) {
  v1::Changeset body = BlankChangeset(pen, world_.NewId(), family, world_.now_ms);
  v1::Contact contact;
  contact.set_kind(v1::Contact::KIND_NOTE);
  contact.set_happened_at(world_.now_ms);
  contact.set_text("words of nobody");
  PutRecord(body, FactsOfName("Contact").number, world_.NewId(), contact);
  return body;
}

void Forger::ForgePage() {
  DeviceUnit* device = world_.AnyUsable();
  if (device == nullptr || !world_.Reachable(*device)) return;
  std::optional<Id> scope = AnyFamilyOf(*device);
  if (!scope) return;
  Changeset changeset;
  if (world_.chance.OneIn(2)) {
    changeset = SignWith(PenOf(world_.stranger),
                         PlaceForSelf(world_.stranger, *scope, v1::Assignment::RELATION_CO_WORKER));
    world_.Count("strangers' places forged into pages");
  } else {
    // In the name of the device's own person, whose key nobody has.
    const Pen pen{world_.tenant, device->id, device->user, world_.stranger.sign_seed};
    changeset = SignWith(pen, WordsOf(pen, *scope));
    world_.Count("signatures forged");
  }
  const std::optional<v1::PullFrame> page = Page(*device, *scope, changeset, {});
  if (!page || !Answer(*device, {*page})) return;
  world_.Say(world_.NameOf(*device) + " is served a forged page of " + scope->short_hex());
  world_.checker->Forged(*device, *scope);
}

void Forger::ForgeReleased() {
  DeviceUnit* device = world_.AnyUsable();
  if (device == nullptr || !world_.Reachable(*device)) return;
  std::optional<Id> scope = AnyFamilyOf(*device);
  if (!scope) return;
  std::vector<Id> held;
  const absl::Status read = device->store().state().LoadAllHeld(*scope, [&](HeldWork work) {
    if (work.outcome == HeldWork::Outcome::kWaiting) held.push_back(work.changeset.uid);
  });
  if (!read.ok() || held.empty()) return;
  const Pen pen = PenOf(world_.stranger);
  const std::optional<v1::PullFrame> page =
      Page(*device, *scope, SignWith(pen, WordsOf(pen, *scope)), {world_.chance.Pick(held)});
  if (!page || !Answer(*device, {*page})) return;
  world_.Say(world_.NameOf(*device) + " is told of a release that nobody made");
  world_.Count("releases forged");
  world_.checker->Forged(*device, *scope);
}

void Forger::ForgeEnded() {
  DeviceUnit* device = world_.AnyUsable();
  if (device == nullptr || !world_.Reachable(*device)) return;
  auto old = world_.old_ended.find(device->index());
  v1::PullFrame frame;
  if (old != world_.old_ended.end() && !world_.chance.OneIn(4)) {
    frame = old->second;
  } else {
    std::optional<Id> scope = AnyFamilyOf(*device);
    if (!scope) return;
    frame.mutable_ended()->set_scope(scope->str());
    v1::Changeset body = PlaceForSelf(world_.stranger, *scope, v1::Assignment::RELATION_CO_WORKER);
    *frame.mutable_ended()->add_proof() = SignWith(PenOf(world_.stranger), body).Signed();
  }
  if (!Answer(*device, {frame})) return;
  world_.Say(world_.NameOf(*device) + " is told an ending that is none");
  world_.Count("endings forged");
}

// A restored server is offered its own history, altered, under a head that it signed.
void Forger::ForgeAdopt() {
  const std::vector<const Node*> lost = world_.checker->LostEnds();
  if (lost.empty()) return;
  const Node* end = world_.chance.Pick(lost);
  const Node* here = world_.checker->ServerEnd(end->scope);
  if (here != nullptr && !IsAncestor(here, end)) return;
  auto head =
      std::find_if(world_.heads_seen.begin(), world_.heads_seen.end(), [&](const SignedHead& seen) {
        if (seen.scope != end->scope) return false;
        const Node* at = AncestorAt(end, seen.head.seq());
        return at != nullptr && at->hash == seen.entry_hash &&
               (here == nullptr || at->seq > here->seq);
      });
  if (head == world_.heads_seen.end()) return;
  v1::AdoptRequest request;
  request.set_protocol(kProtocol);
  request.set_scope(end->scope.str());
  *request.mutable_head() = head->Wire();
  for (const Node* node : ChainTo(AncestorAt(end, head->head.seq()))) {
    if (here != nullptr && node->seq <= here->seq) continue;
    *request.add_entries() = node->wire;
  }
  // One entry is said to have been applied that was held, or to have come at another time.
  bool altered = false;
  for (v1::LogEntry& entry : *request.mutable_entries()) {
    v1::EntryMeta meta;
    if (!meta.ParseFromString(entry.meta()) || meta.verdict() != v1::HELD) continue;
    meta.set_verdict(v1::APPLIED);
    meta.set_reason(0);
    entry.set_meta(meta.SerializeAsString());
    altered = true;
    break;
  }
  if (!altered) {
    v1::LogEntry& entry = *request.mutable_entries(request.entries_size() - 1);
    v1::EntryMeta meta;
    if (!meta.ParseFromString(entry.meta())) return;
    meta.set_received_ms(meta.received_ms() + 1);
    entry.set_meta(meta.SerializeAsString());
  }
  RequestMessage message;
  message.device = world_.stranger.device;
  message.ask = Ask::kAdopt;
  message.bytes = request.SerializeAsString();
  world_.Say("a stranger offers an altered history of " + end->scope.short_hex());
  ServerUnit::Result result = world_.server->Handle(message, world_.server_ms());
  world_.Count("histories forged");
  world_.ServerMoved(result.moved, Checker::By::kAdopt);
}

void Forger::Admit(const Changeset& changeset, const Id& bearer) {
  const std::vector<v1::RowAnswer> answers =
      world_.server->Admit({changeset.Signed()}, bearer, world_.server_ms());
  for (const v1::RowAnswer& answer : answers) {
    if (answer.has_accepted()) world_.ServerMoved({changeset.scope});
  }
}

void Forger::Push(const RawDevice& raw) {
  std::vector<Id> families;
  for (const auto& [scope, end] : world_.checker->server_ends()) {
    if (scope != world_.tenant && !world_.checker->DirectoryNow().known.contains(scope)) {
      families.push_back(scope);
    }
  }
  if (families.empty()) return;
  const Id family = world_.chance.Pick(families);
  const Pen pen = PenOf(raw);
  v1::Changeset body;
  switch (world_.chance.Below(4)) {
    case 0:
      body = PlaceForSelf(raw, family, v1::Assignment::RELATION_LEAD);
      break;
    case 1:
      body = PlaceForSelf(raw, family, v1::Assignment::RELATION_SUPERVISOR);
      break;
    case 2: {
      body = BlankChangeset(pen, world_.NewId(), family, world_.now_ms);
      const FamilyFacts& facts = FamilyAt(world_.checker->ServerEnd(family));
      if (facts.held.empty()) return;
      v1::Decision decision;
      decision.set_held(facts.held.begin()->first.str());
      decision.set_decision(v1::Decision::ANSWER_RELEASE);
      decision.set_reason(v1::Decision::REASON_OTHER);
      PutRecord(body, kDecisionType, world_.NewId(), decision);
      break;
    }
    default:
      body = WordsOf(pen, family);
      break;
  }
  world_.Say("a stranger pushes into " + family.short_hex());
  world_.Count("strangers' pushes");
  Admit(SignWith(pen, body), raw.device);
}

// Asks for every family there is.
void Forger::Pull(const RawDevice& raw) {
  v1::PullRequest request;
  request.set_protocol(kProtocol);
  request.set_schema(kSchema);
  request.add_cursors()->set_scope(world_.tenant.str());
  for (const auto& [scope, end] : world_.checker->server_ends()) {
    if (scope != world_.tenant) request.add_wanted(scope.str());
  }
  RequestMessage message;
  message.device = raw.device;
  message.ask = Ask::kPull;
  message.bytes = request.SerializeAsString();
  if (world_.server->BeginPull(message)) return;
  world_.Count("strangers' pulls");
  for (;;) {
    const ServerUnit::Frame frame =
        world_.server->NextFrame(world_.server->pulls().size() - 1, world_.server_ms());
    if (!frame.frame) return;
    world_.checker->FrameSent(raw.device, *frame.frame, world_.server_ms());
  }
}

// A uid that is on its way is used for something else, in the stranger's own journal.
void Forger::StealUid() {
  std::vector<Id> waiting;
  for (const auto& [uid, made] : world_.checker->made()) {
    if (!made.stolen && !made.on_server) waiting.push_back(uid);
  }
  if (waiting.empty()) return;
  const Id uid = world_.chance.Pick(waiting);
  const Pen pen = PenOf(world_.stranger);
  v1::Changeset body = BlankChangeset(pen, uid, world_.stranger.device, world_.now_ms);
  v1::AccessEvent event;
  event.set_family(world_.NewId().str());
  event.set_opened_at(world_.now_ms);
  event.set_purpose(v1::AccessEvent::PURPOSE_WORK);
  PutRecord(body, FactsOfName("AccessEvent").number, world_.NewId(), event);
  const std::vector<v1::RowAnswer> answers = world_.server->Admit(
      {SignWith(pen, body).Signed()}, world_.stranger.device, world_.server_ms());
  if (!answers.front().has_accepted()) return;
  world_.Say("uid " + uid.short_hex() + " is stolen");
  world_.Count("uids stolen");
  world_.checker->Stolen(uid);
  world_.ServerMoved({world_.stranger.device});
}

// A family that somebody has begun and not yet handed in is begun by the stranger, under its id.
void Forger::StealFamily() {
  std::vector<Id> waiting;
  for (const auto& [uid, made] : world_.checker->made()) {
    if (!made.on_server && FoundedBy(made.body) &&
        world_.checker->ServerEnd(made.scope) == nullptr) {
      waiting.push_back(made.scope);
    }
  }
  if (waiting.empty()) return;
  const Id scope = world_.chance.Pick(waiting);
  const Pen pen = PenOf(world_.stranger);
  v1::Changeset body = PlaceForSelf(world_.stranger, scope, v1::Assignment::RELATION_LEAD);
  v1::RecordChange& family = *body.add_changes();
  family.set_type(kFamilyType);
  family.set_id(scope.str());
  Write(family, 1, EncodeBytes(1, "stolen"));
  const Id team = world_.chance.Pick(world_.teams);
  Write(family, 3, EncodeId(3, team));
  for (const Id& user : world_.checker->DirectoryNow().SupervisorsOf(team)) {
    v1::Assignment place;
    place.set_user(user.str());
    place.set_relation(v1::Assignment::RELATION_SUPERVISOR);
    place.set_restricted(true);
    place.set_reason(v1::Assignment::REASON_CREATED);
    place.set_from_on(world_.today());
    place.set_state(v1::Assignment::STATE_OPEN);
    PutRecord(body, kAssignmentType, world_.NewId(), place);
  }
  world_.Say("family " + scope.short_hex() + " is begun by a stranger");
  world_.Count("families begun under another's id");
  Admit(SignWith(pen, body), world_.stranger.device);
}

void Forger::Do(Act act) {
  switch (act) {
    case Act::kForgePage:
      ForgePage();
      break;
    case Act::kForgeReleased:
      ForgeReleased();
      break;
    case Act::kForgeEnded:
      ForgeEnded();
      break;
    case Act::kForgeAdopt:
      ForgeAdopt();
      break;
    case Act::kStranger: {
      const bool alone = !world_.unapproved.empty() && world_.chance.OneIn(2);
      const RawDevice& raw = alone
                                 ? world_.unapproved[world_.chance.Index(world_.unapproved.size())]
                                 : world_.stranger;
      world_.chance.OneIn(2) ? Push(raw) : Pull(raw);
      break;
    }
    case Act::kStealUid:
      StealUid();
      break;
    case Act::kStealFamily:
      StealFamily();
      break;
    default:
      break;
  }
}

}  // namespace doorstep::simulation
