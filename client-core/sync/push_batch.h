// Which rows of the outbox go out next, and what an answer makes of a row.
#ifndef DOORSTEP_CLIENT_CORE_SYNC_PUSH_BATCH_H_
#define DOORSTEP_CLIENT_CORE_SYNC_PUSH_BATCH_H_

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client-core/store/store.h"
#include "doorstep/v1/enrol.pb.h"
#include "doorstep/v1/sync.pb.h"

namespace doorstep::client {

// What a contact knows of a row's scope when it may go out.
enum class RowTurn : uint8_t {
  kWait,  // its scope's pull has not reached its end yet
  kSend,  // whole
  kAsk,   // by uid alone: it was received, and its scope cannot show it
};

struct PushBatch {
  v1::PushRequest request;      // packed, from a kilobyte on
  std::vector<OutboxRow> rows;  // in the order of the request
  std::set<Id> asked;           // uids of those that are only asked about
  int64_t last = 0;             // up to this position nothing is left to look at
};
inline constexpr int64_t kOutboxBegin = INT64_MIN;

// The directory's rows first, then those of families in which something urgent has not been
// received (a concern), the family whose urgent row is oldest first; then the rest in outbox order
// behind the position `after`. Rows in `answered` have had their answer in this contact. Asked by
// uid at most hourly. Empty: nothing to push.
absl::StatusOr<PushBatch> NextPushBatch(Store& store, const std::set<Id>& answered,
                                        absl::FunctionRef<RowTurn(const OutboxRow&)> turn,
                                        int64_t now_ms, int64_t after = kOutboxBegin);

// The same of what is sealed to the server, of families that are no longer here.
struct DeliverBatch {
  v1::DeliverRequest request;
  std::vector<OutboxRow> rows;
};
absl::StatusOr<DeliverBatch> NextDeliverBatch(Store& store, const std::set<Id>& answered,
                                              int64_t now_ms);

// True if the response answers exactly these rows, in order: else it is the answer to something
// else, and nothing leaves by it.
bool AnswersBatch(const PushBatch& batch, const v1::PushResponse& response);
bool AnswersBatch(const DeliverBatch& batch, const v1::DeliverResponse& response);

// Writes the answer into the row.
void NoteAnswer(const v1::RowAnswer& answer, int64_t now_ms, OutboxRow& row);

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_SYNC_PUSH_BATCH_H_
