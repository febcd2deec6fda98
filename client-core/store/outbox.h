// Signed changesets that this device has not yet seen in a log it pulled: its own, and those it
// carries because a server lost them. Nothing leaves but by Remove, and only two callers may call
// it: the page that brought the uid, and the answer ACCEPTED with `archived` for a scope of which
// the server serves nothing.
//
// Order: carried rows before own ones; own in order of commit; carried in order of the log they
// come from, a later carrying before an earlier one. Methods that write stand in the caller's
// transaction.
//
// A row whose changeset writes a record of a type with the option `urgent` (a concern) is marked,
// so that push_batch finds the families whose rows go first.
#ifndef DOORSTEP_CLIENT_CORE_STORE_OUTBOX_H_
#define DOORSTEP_CLIENT_CORE_STORE_OUTBOX_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client-core/store/database.h"
#include "doorstep/v1/change.pb.h"
#include "model/catalog.h"
#include "model/changeset.h"
#include "model/log.h"

namespace doorstep::client {

enum class Origin : uint8_t { kOwn, kCarried };

// What the server last said of a row, and what that makes of it.
enum class Answer : uint8_t {
  kNone = 0,
  kAccepted = 1,  // received; leaves when the log brings it, or when archived
  kRetry = 2,
  kUnsendable = 3,  // BAD or CLOSED: kept, shown, exportable; never sent again
};

// Everything about a row but its bytes.
struct OutboxRow {
  int64_t position = 0;  // ascending is outbox order
  Id scope;
  Id uid;
  Origin origin = Origin::kOwn;
  uint32_t bytes = 0;    // of changeset and signature, or of the sealed copy
  bool sealed = false;   // unreadable here: of a family that was lost
  bool urgent = false;   // writes a record of an urgent type
  int64_t saved_ms = 0;  // when it came into the outbox, by this device's clock

  Answer answer = Answer::kNone;
  uint32_t reason = 0;  // kUnsendable, kRetry: Reason; kAccepted: HeldReason of the verdict
  v1::Verdict verdict = v1::VERDICT_UNSPECIFIED;  // kAccepted
  uint64_t seq = 0;                               // kAccepted: its place, as the server said
  bool archived = false;                          // kAccepted
  bool undecided = false;                         // kAccepted: held, and nobody has decided
  bool closed = false;                            // kUnsendable by CLOSED
  int64_t asked_ms = 0;                           // last time the server was asked; 0: never
  int64_t retry_at_ms = 0;                        // kRetry: not before
};

class Outbox {
 public:
  Outbox(Database& database, const Catalog& catalog) : database_(database), catalog_(catalog) {}

  // An own row, behind all others. RESOURCE_EXHAUSTED (E_LIMIT) beyond the limits of limits.h.
  // ABORTED (E_CONFLICT) when a row of that scope and uid is there.
  absl::StatusOr<OutboxRow> AddOwn(const Changeset& changeset, int64_t now_ms);
  // `entries` ascending, with what the lost log said of them. Before every row that is there; one
  // that is there already stays where it is.
  absl::Status AddCarried(const Id& scope, const std::vector<Entry>& entries, int64_t now_ms);

  absl::StatusOr<std::optional<OutboxRow>> Find(const Id& scope, const Id& uid) const;
  // Of whichever scope: uids are random, so there is one unless somebody cheats.
  absl::StatusOr<std::vector<OutboxRow>> FindUid(const Id& uid) const;

  // Rows in outbox order, until `visit` returns false.
  absl::Status ForEach(absl::FunctionRef<bool(const OutboxRow&)> visit) const;
  // Those behind a position.
  absl::Status ForEachAfter(int64_t position,
                            absl::FunctionRef<bool(const OutboxRow&)> visit) const;
  absl::Status ForEachOf(const Id& scope, absl::FunctionRef<bool(const OutboxRow&)> visit) const;
  // Urgent rows that have not been received and still can be, in outbox order.
  absl::Status ForEachUrgent(absl::FunctionRef<bool(const OutboxRow&)> visit) const;

  // The changeset of an unsealed row. NOT_FOUND, or E_STATE for a sealed one.
  absl::StatusOr<v1::SignedChangeset> Signed(const OutboxRow& row) const;
  absl::StatusOr<Changeset> Load(const OutboxRow& row) const;
  absl::StatusOr<std::string> Sealed(const OutboxRow& row) const;
  // What the lost log said of a carried row; unspecified verdict for an own one.
  absl::StatusOr<v1::EntryMeta> OldMeta(const OutboxRow& row) const;

  // Writes down the fields from `answer` on.
  absl::Status SaveAnswer(const OutboxRow& row);
  // A server that lost history takes back what it said of a scope: everything is asked anew, but
  // unsendable rows stay so.
  absl::Status ForgetAnswers(const Id& scope);
  absl::Status Remove(const Id& scope, const Id& uid);
  // Puts `sealed` in place of the readable bytes.
  absl::Status Seal(const OutboxRow& row, std::string_view sealed);

  struct Counts {
    uint64_t own_unaccepted = 0;  // rows under the limit
    uint64_t own_bytes = 0;
    uint64_t waiting = 0;  // neither accepted nor unsendable, of any origin
    uint64_t unsendable = 0;
    uint64_t all = 0;
  };
  absl::StatusOr<Counts> Count() const;
  absl::StatusOr<Counts> CountOf(const Id& scope) const;
  // Scopes that have rows, ascending.
  absl::StatusOr<std::vector<Id>> Scopes() const;

  // After a rollback: what is in memory may not be in the file.
  void Reload() { own_.reset(); }

 private:
  struct OwnRows {
    uint64_t rows = 0;
    uint64_t bytes = 0;
  };
  Database& database_;
  const Catalog& catalog_;
  std::optional<OwnRows> own_;  // under the limit; counted when first needed
};

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_STORE_OUTBOX_H_
