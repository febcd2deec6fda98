// The fold of each scope's log as it is stored: records and held work. What a person sees is this
// with the outbox on top (overlay.h).
#ifndef DOORSTEP_CLIENT_CORE_STORE_STATE_H_
#define DOORSTEP_CLIENT_CORE_STORE_STATE_H_

#include <memory>
#include <optional>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client-core/store/database.h"
#include "client-core/store/log.h"
#include "model/state.h"

namespace doorstep::client {

class State final : public StateSource {
 public:
  // Both outlive it.
  State(Database& database, Log& log) : database_(database), log_(log) {}

  // What is stored of a scope, ready to fold more entries on. Good until the next change of it.
  std::unique_ptr<ScopeState> Of(const Id& scope) const;

  // Writes down what `folded` changed, its digest in the scope's row; in the caller's transaction.
  absl::Status Save(ScopeState& folded);
  // Folds the stored log anew in place of what is stored. In the caller's transaction. Returns the
  // digest of what came out.
  absl::StatusOr<Hash32> Refold(const Id& scope);
  // Removes records and held work of a scope.
  absl::Status Drop(const Id& scope);

  struct RecordKey {
    uint32_t type = 0;
    Id id;
    uint64_t made_seq = 0;
  };
  // Every record of a scope, ascending by (type, id).
  absl::Status ForEachKey(const Id& scope, absl::FunctionRef<void(const RecordKey&)> visit) const;

  absl::StatusOr<std::optional<Record>> LoadRecord(const Id& scope, uint32_t type,
                                                   const Id& id) const override;
  absl::Status LoadRecords(const Id& scope, uint32_t type,
                           absl::FunctionRef<void(Record)> visit) const override;
  absl::StatusOr<std::optional<HeldWork>> LoadHeld(const Id& scope, const Id& uid) const override;
  absl::Status LoadAllHeld(const Id& scope, absl::FunctionRef<void(HeldWork)> visit) const override;

 private:
  Database& database_;
  Log& log_;
};

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_STORE_STATE_H_
