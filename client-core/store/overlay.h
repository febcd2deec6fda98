// What a person sees of a scope: its stored state with the outbox folded on top. Computed, never
// stored; kept in memory a scope at a time until a commit or a page touches the scope.
//
// In outbox order: an own row takes effect if the local judge applies it to what was folded so far,
// else it is held, with the judge's reason. A carried row does what its lost log said of it. An
// unsendable or sealed row, and any of a scope that was purged, has no effect and is listed.
#ifndef DOORSTEP_CLIENT_CORE_STORE_OVERLAY_H_
#define DOORSTEP_CLIENT_CORE_STORE_OVERLAY_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client-core/store/outbox.h"
#include "client-core/store/state.h"
#include "model/judge.h"

namespace doorstep::client {

// Entries that no log has yet are folded with numbers above this: later than everything received,
// in outbox order.
inline constexpr uint64_t kProvisionalSeq = uint64_t{1} << 62;
inline bool IsProvisional(uint64_t seq) { return seq > kProvisionalSeq; }

// model/judge with this device's directory, as of now; a parameter so that tests can say otherwise.
using LocalJudge =
    std::function<Judgement(ScopeState& scope, const Changeset& changeset, int64_t now_ms)>;

struct OverlayRow {
  OutboxRow row;
  v1::Verdict verdict = v1::VERDICT_UNSPECIFIED;  // unspecified: unsendable or sealed
  uint32_t reason = 0;                            // HeldReason
  uint64_t seq = 0;                               // provisional
};

struct OverlayScope {
  std::unique_ptr<ScopeState> state;
  std::vector<OverlayRow> rows;  // in outbox order
  // Records that the outbox may change here, by whatever verdict: (type, id).
  std::set<std::pair<uint32_t, Id>> touched;
};

class Overlay {
 public:
  Overlay(const Log& log, const State& state, const Outbox& outbox, LocalJudge judge)
      : log_(log), state_(state), outbox_(outbox), judge_(std::move(judge)) {}

  // Good until the next change of the store. Own rows are judged as of `now_ms` of the call that
  // made it.
  absl::StatusOr<OverlayScope*> Of(const Id& scope, int64_t now_ms);

  // The local judge's word on a changeset that is not committed yet: what the person is told
  // before.
  absl::StatusOr<Judgement> Expect(const Changeset& changeset, int64_t now_ms);
  // A row just added to the outbox, on top of what is in memory.
  absl::Status Append(const OutboxRow& row, const Changeset& changeset, const Judgement& judgement);

  // What the server said of a row changed, and not whether it has an effect.
  void NoteAnswer(const OutboxRow& row);

  void Forget(const Id& scope);
  void ForgetAll() { scopes_.clear(); }

 private:
  absl::StatusOr<std::unique_ptr<OverlayScope>> Make(const Id& scope, int64_t now_ms);

  const Log& log_;
  const State& state_;
  const Outbox& outbox_;
  LocalJudge judge_;
  std::map<Id, std::unique_ptr<OverlayScope>> scopes_;
};

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_STORE_OVERLAY_H_
