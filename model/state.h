// The state of one scope, as a fold of its log: records and held work. It reads through to a source
// beneath (a store, another state, or nothing) and keeps what changed, so the same class folds a
// page on a device, a batch on the server, and the outbox over what is stored (the overlay).
//
// Not thread-safe. Pointers it returns stay good until the state is destroyed. A source that fails
// (a disk) makes `status()` not OK; callers look at it before they use what they folded.
#ifndef DOORSTEP_MODEL_STATE_H_
#define DOORSTEP_MODEL_STATE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "model/changeset.h"
#include "model/record.h"

namespace doorstep {

// A changeset that may not take effect until a person decides.
struct HeldWork {
  enum class Outcome : uint8_t { kWaiting = 0, kReleased = 1, kDeclined = 2 };
  uint64_t seq = 0;     // of its own entry
  uint32_t reason = 0;  // HeldReason
  Outcome outcome = Outcome::kWaiting;
  uint64_t decided_seq = 0;  // of the Decision's entry
  Changeset changeset;
};

// What a state reads beneath itself.
class StateSource {
 public:
  virtual ~StateSource() = default;
  virtual absl::StatusOr<std::optional<Record>> LoadRecord(const Id& scope, uint32_t type,
                                                           const Id& id) const = 0;
  virtual absl::Status LoadRecords(const Id& scope, uint32_t type,
                                   absl::FunctionRef<void(Record)> visit) const = 0;
  virtual absl::StatusOr<std::optional<HeldWork>> LoadHeld(const Id& scope,
                                                           const Id& uid) const = 0;
  virtual absl::Status LoadAllHeld(const Id& scope,
                                   absl::FunctionRef<void(HeldWork)> visit) const = 0;
};

class ScopeState {
 public:
  // `source` may be null (an empty scope) and must outlive the state. `digest`: the state digest of
  // what the source holds.
  ScopeState(const Id& scope, const StateSource* source, const Hash32& digest = {});
  ScopeState(const ScopeState&) = delete;
  ScopeState& operator=(const ScopeState&) = delete;
  ~ScopeState();

  const Id& scope() const { return scope_; }
  const absl::Status& status() const { return status_; }

  const Record* Find(uint32_t type, const Id& id);
  // In ascending order of id.
  void ForEach(uint32_t type, absl::FunctionRef<void(const Record&)> visit);
  // Makes the record if there is none, as made by `seq` and `actor`. To be changed at once: not
  // after another call of this state.
  Record& Mutable(uint32_t type, const Id& id, uint64_t made_seq, const Id& made_actor);

  const HeldWork* FindHeld(const Id& uid);
  // In ascending order of seq.
  void ForEachHeld(absl::FunctionRef<void(const HeldWork&)> visit);
  void AddHeld(HeldWork held);
  void SettleHeld(const Id& uid, HeldWork::Outcome outcome, uint64_t decided_seq);

  // XOR of the record digests, the changes included.
  Hash32 Digest();

  // What differs from the source: to be written down, in one transaction with the entries folded.
  void ForEachChanged(absl::FunctionRef<void(const Record&)> visit) const;
  void ForEachChangedHeld(absl::FunctionRef<void(const HeldWork&)> visit) const;

 private:
  struct Slot {
    std::optional<Record> record;  // nullopt: known not to be there
    bool changed = false;
    Hash32 digest_before{};        // zeros when it was not there
    std::optional<Hash32> digest;  // of a changed one, once somebody has asked
  };
  struct HeldSlot {
    std::optional<HeldWork> held;
    bool changed = false;
  };
  Slot& Load(uint32_t type, const Id& id);
  HeldSlot& LoadHeldSlot(const Id& uid);
  void Note(const absl::Status& status);

  Id scope_;
  const StateSource* source_;
  Hash32 digest_;
  absl::Status status_;
  std::map<std::pair<uint32_t, Id>, Slot> records_;
  std::set<uint32_t> whole_types_;  // types of which every record is in records_
  std::map<Id, HeldSlot> held_;
  bool whole_held_ = false;
};

// A state that another state may stand on (the overlay over it, a judge's trial of it).
class StateView final : public StateSource {
 public:
  // `state` must outlive the view.
  explicit StateView(ScopeState& state) : state_(state) {}
  ScopeState& state() const { return state_; }
  absl::StatusOr<std::optional<Record>> LoadRecord(const Id& scope, uint32_t type,
                                                   const Id& id) const override;
  absl::Status LoadRecords(const Id& scope, uint32_t type,
                           absl::FunctionRef<void(Record)> visit) const override;
  absl::StatusOr<std::optional<HeldWork>> LoadHeld(const Id& scope, const Id& uid) const override;
  absl::Status LoadAllHeld(const Id& scope, absl::FunctionRef<void(HeldWork)> visit) const override;

 private:
  ScopeState& state_;
};

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_STATE_H_
