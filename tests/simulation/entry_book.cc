#include "tests/simulation/entry_book.h"

#include <algorithm>

#include "crypto/primitives.h"

namespace doorstep::simulation {
namespace {

Id IdFrom(std::string_view bytes) { return Id::FromBytes(bytes).value_or(Id{}); }

std::string_view BytesOf(const Id& id) { return id.view(); }

// A changeset that took effect, with the number under which its writes count.
struct Effect {
  const v1::Changeset* body = nullptr;
  uint64_t seq = 0;
};

std::vector<Effect> EffectsTo(const Node* end) {
  std::vector<Effect> effects;
  std::map<Id, const Node*> held;
  for (const Node* node : ChainTo(end)) {
    if (!node->applied()) {
      held.emplace(node->uid, node);
      continue;
    }
    effects.push_back({&node->body, node->seq});
    for (const std::string& uid : node->meta.released()) {
      auto at = held.find(IdFrom(uid));
      if (at == held.end()) continue;
      effects.push_back({&at->second->body, at->second->seq});
      held.erase(at);
    }
  }
  return effects;
}

}  // namespace

uint64_t ShortHashOf(const Hash32& hash) {
  uint64_t value = 0;
  for (int i = 7; i >= 0; --i) value = value << 8 | hash[static_cast<size_t>(i)];
  return value;
}

Hash32 EntryBook::EmptyHash(const Id& scope) const {
  return H(St("doorstep/scope/v1").Add(BytesOf(tenant_)).Add(BytesOf(scope)).bytes());
}

Node* EntryBook::Add(const Id& scope, const Node* before, const v1::LogEntry& wire) {
  const uint64_t seq = before == nullptr ? 1 : before->seq + 1;
  const Hash32 hash_before = before == nullptr ? EmptyHash(scope) : before->hash;
  const std::string& changeset = wire.signed_().changeset();
  const Hash32 changeset_hash =
      H(St("doorstep/changeset/v1").Add(changeset).Add(wire.signed_().signature()).bytes());
  const Hash32 hash = H(St("doorstep/entry/v1")
                            .Add(BytesOf(tenant_))
                            .Add(BytesOf(scope))
                            .AddU64(seq)
                            .Add(hash_before)
                            .Add(changeset_hash)
                            .Add(wire.meta())
                            .bytes());
  auto known = nodes_.find({scope, hash});
  if (known != nodes_.end()) return known->second.get();

  auto node = std::make_unique<Node>();
  node->tenant = tenant_;
  node->scope = scope;
  node->seq = seq;
  node->hash = hash;
  node->before = before;
  node->wire = wire;
  if (!node->body.ParseFromString(changeset) || !node->meta.ParseFromString(wire.meta())) {
    return nullptr;
  }
  if (node->meta.seq() != seq || node->body.scope() != scope.view()) return nullptr;
  node->uid = IdFrom(node->body.uid());
  node->device = IdFrom(node->body.device());
  node->actor = IdFrom(node->body.actor());
  Node* made = node.get();
  nodes_.emplace(std::pair(scope, hash), std::move(node));
  places_.emplace(std::tuple(scope, seq, ShortHashOf(hash)), made);
  return made;
}

const Node* EntryBook::Find(const Id& scope, const Hash32& hash) const {
  auto at = nodes_.find({scope, hash});
  return at == nodes_.end() ? nullptr : at->second.get();
}

const Node* EntryBook::FindPlace(const Id& scope, uint64_t seq, uint64_t short_hash) const {
  auto at = places_.find({scope, seq, short_hash});
  return at == places_.end() ? nullptr : at->second;
}

std::vector<const Node*> ChainTo(const Node* end) {
  std::vector<const Node*> chain(end == nullptr ? 0 : end->seq);
  for (const Node* node = end; node != nullptr; node = node->before) chain[node->seq - 1] = node;
  return chain;
}

const Node* AncestorAt(const Node* end, uint64_t seq) {
  while (end != nullptr && end->seq > seq) end = end->before;
  return end != nullptr && end->seq == seq ? end : nullptr;
}

bool IsAncestor(const Node* earlier, const Node* later) {
  return earlier == nullptr || AncestorAt(later, earlier->seq) == earlier;
}

ScopeTruth TruthAt(const Node* end, uint32_t only_type, const std::vector<ExtraChangeset>& extra) {
  std::vector<Effect> effects = EffectsTo(end);
  for (const ExtraChangeset& more : extra) effects.push_back({more.body, more.seq});

  ScopeTruth truth;
  for (const Effect& effect : effects) {
    const Id uid = IdFrom(effect.body->uid());
    uint32_t index = 0;
    for (const v1::RecordChange& change : effect.body->changes()) {
      for (const v1::FieldWrite& write : change.writes()) {
        const OpName op{uid, index++};
        if (only_type != 0 && change.type() != only_type) continue;
        CellTruth& cell = truth[{change.type(), IdFrom(change.id()), write.field()}];
        for (const v1::OpId& name : write.overwrites()) cell.named.insert(NameOf(name));
        if (write.drop()) continue;
        cell.live.push_back({op, IdFrom(effect.body->actor()), effect.seq, write.value()});
      }
    }
  }
  for (auto& [key, cell] : truth) {
    std::erase_if(cell.live, [&](const LiveValue& v) { return cell.named.contains(v.op); });
    std::sort(cell.live.begin(), cell.live.end(), [](const LiveValue& a, const LiveValue& b) {
      return std::tie(a.seq, a.op.index) < std::tie(b.seq, b.op.index);
    });
  }
  return truth;
}

}  // namespace doorstep::simulation
