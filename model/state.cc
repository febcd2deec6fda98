#include "model/state.h"

#include <algorithm>
#include <cassert>
#include <limits>

namespace doorstep {
namespace {

void XorInto(Hash32& digest, const Hash32& with) {
  for (size_t i = 0; i < digest.size(); ++i) digest[i] = digest[i] ^ with[i];
}

}  // namespace

ScopeState::ScopeState(const Id& scope, const StateSource* source, const Hash32& digest)
    : scope_(scope), source_(source), digest_(digest) {}
ScopeState::~ScopeState() = default;

void ScopeState::Note(const absl::Status& status) {
  if (status_.ok()) status_ = status;
}

ScopeState::Slot& ScopeState::Load(uint32_t type, const Id& id) {
  auto [it, fresh] = records_.try_emplace({type, id});
  if (fresh && source_ != nullptr && !whole_types_.contains(type)) {
    absl::StatusOr<std::optional<Record>> loaded = source_->LoadRecord(scope_, type, id);
    Note(loaded.status());
    if (loaded.ok()) it->second.record = *std::move(loaded);
  }
  return it->second;
}

const Record* ScopeState::Find(uint32_t type, const Id& id) {
  Slot& slot = Load(type, id);
  return slot.record ? &*slot.record : nullptr;
}

void ScopeState::ForEach(uint32_t type, absl::FunctionRef<void(const Record&)> visit) {
  if (source_ != nullptr && whole_types_.insert(type).second) {
    Note(source_->LoadRecords(scope_, type, [&](Record record) {
      auto [it, fresh] = records_.try_emplace({type, record.id});
      if (fresh) it->second.record = std::move(record);
    }));
  }
  for (auto it = records_.lower_bound({type, Id{}});
       it != records_.end() && it->first.first == type; ++it) {
    if (it->second.record) visit(*it->second.record);
  }
}

Record& ScopeState::Mutable(uint32_t type, const Id& id, uint64_t made_seq, const Id& made_actor) {
  Slot& slot = Load(type, id);
  slot.digest.reset();
  if (!slot.changed) {
    slot.changed = true;
    if (slot.record) slot.digest_before = RecordDigest(*slot.record);
  }
  if (!slot.record) {
    slot.record.emplace();
    slot.record->type = type;
    slot.record->id = id;
    slot.record->made_seq = made_seq;
    slot.record->made_actor = made_actor;
  }
  return *slot.record;
}

ScopeState::HeldSlot& ScopeState::LoadHeldSlot(const Id& uid) {
  auto [it, fresh] = held_.try_emplace(uid);
  if (fresh && source_ != nullptr && !whole_held_) {
    absl::StatusOr<std::optional<HeldWork>> loaded = source_->LoadHeld(scope_, uid);
    Note(loaded.status());
    if (loaded.ok()) it->second.held = *std::move(loaded);
  }
  return it->second;
}

const HeldWork* ScopeState::FindHeld(const Id& uid) {
  HeldSlot& slot = LoadHeldSlot(uid);
  return slot.held ? &*slot.held : nullptr;
}

void ScopeState::ForEachHeld(absl::FunctionRef<void(const HeldWork&)> visit) {
  if (source_ != nullptr && !whole_held_) {
    whole_held_ = true;
    Note(source_->LoadAllHeld(scope_, [&](HeldWork held) {
      auto [it, fresh] = held_.try_emplace(held.changeset.uid);
      if (fresh) it->second.held = std::move(held);
    }));
  }
  std::vector<const HeldWork*> ordered;
  for (const auto& [uid, slot] : held_) {
    if (slot.held) ordered.push_back(&*slot.held);
  }
  std::sort(ordered.begin(), ordered.end(),
            [](const HeldWork* a, const HeldWork* b) { return a->seq < b->seq; });
  for (const HeldWork* held : ordered) visit(*held);
}

void ScopeState::AddHeld(HeldWork held) {
  HeldSlot& slot = LoadHeldSlot(held.changeset.uid);
  slot.held = std::move(held);
  slot.changed = true;
}

void ScopeState::SettleHeld(const Id& uid, HeldWork::Outcome outcome, uint64_t decided_seq) {
  HeldSlot& slot = LoadHeldSlot(uid);
  assert(slot.held.has_value());
  slot.held->outcome = outcome;
  slot.held->decided_seq = decided_seq;
  slot.changed = true;
}

Hash32 ScopeState::Digest() {
  Hash32 digest = digest_;
  for (auto& [key, slot] : records_) {
    if (!slot.changed) continue;
    XorInto(digest, slot.digest_before);
    if (!slot.digest && slot.record) slot.digest = RecordDigest(*slot.record);
    if (slot.digest) XorInto(digest, *slot.digest);
  }
  return digest;
}

void ScopeState::ForEachChanged(absl::FunctionRef<void(const Record&)> visit) const {
  for (const auto& [key, slot] : records_) {
    if (slot.changed && slot.record) visit(*slot.record);
  }
}

void ScopeState::ForEachChangedHeld(absl::FunctionRef<void(const HeldWork&)> visit) const {
  for (const auto& [uid, slot] : held_) {
    if (slot.changed && slot.held) visit(*slot.held);
  }
}

absl::StatusOr<std::optional<Record>> StateView::LoadRecord(const Id& scope, uint32_t type,
                                                            const Id& id) const {
  assert(scope == state_.scope());
  const Record* record = state_.Find(type, id);
  if (!state_.status().ok()) return state_.status();
  if (record == nullptr) return std::optional<Record>();
  return std::optional<Record>(*record);
}

absl::Status StateView::LoadRecords(const Id& scope, uint32_t type,
                                    absl::FunctionRef<void(Record)> visit) const {
  assert(scope == state_.scope());
  state_.ForEach(type, [&](const Record& record) { visit(record); });
  return state_.status();
}

absl::StatusOr<std::optional<HeldWork>> StateView::LoadHeld(const Id& scope, const Id& uid) const {
  assert(scope == state_.scope());
  const HeldWork* held = state_.FindHeld(uid);
  if (!state_.status().ok()) return state_.status();
  if (held == nullptr) return std::optional<HeldWork>();
  return std::optional<HeldWork>(*held);
}

absl::Status StateView::LoadAllHeld(const Id& scope,
                                    absl::FunctionRef<void(HeldWork)> visit) const {
  assert(scope == state_.scope());
  state_.ForEachHeld([&](const HeldWork& held) { visit(held); });
  return state_.status();
}

}  // namespace doorstep
