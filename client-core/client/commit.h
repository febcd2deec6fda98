// From a person's edits to one signed changeset: what each write names, what is sealed, what the
// local judge expects; then one transaction. The changeset is written once, here, and carried
// unchanged from then on.
#ifndef DOORSTEP_CLIENT_CORE_CLIENT_COMMIT_H_
#define DOORSTEP_CLIENT_CORE_CLIENT_COMMIT_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client-core/client/desk.h"
#include "client-core/client/readers.h"
#include "doorstep/v1/client.pb.h"
#include "model/changeset.h"
#include "model/judge.h"

namespace doorstep::client {

// A changeset ready to be stored, or to be thrown away after its findings were read.
struct Prepared {
  Changeset changeset;
  Judgement expected;
  std::vector<v1::RecordRef> records;  // in the order of the edits
  std::vector<v1::EntryFinding> entries = {};
};

// INVALID_ARGUMENT (E_ARG, E_FORMAT) with the record as subject: an unknown type or field, a value
// that is none of it, an id of another family; NOT_FOUND: a family that is not here;
// RESOURCE_EXHAUSTED (E_LIMIT); FAILED_PRECONDITION (E_STATE): this device has not found itself
// counting. What the judge would hold is no error; nor is a refused entry, which Keep will not
// take.
absl::StatusOr<Prepared> PrepareEdits(const Desk& desk, Readers& readers, const v1::Edits& edits,
                                      int64_t now_ms);
// The same of changes that the core itself writes.
absl::StatusOr<Prepared> PrepareChanges(const Desk& desk, Readers& readers, const Id& scope,
                                        const std::vector<v1::RecordChange>& changes,
                                        int64_t now_ms);

// Onto the outbox; the draft it ends goes with it. INVALID_ARGUMENT (E_FORMAT), the record as
// subject, naming record and field: an entry that is refused.
absl::Status Keep(const Desk& desk, const Prepared& prepared, std::string_view ends_draft,
                  int64_t now_ms);

v1::Findings FindingsOf(const Prepared& prepared);
v1::Committed CommittedOf(const Prepared& prepared);

// The day of an instant, as dates count: days since 1970-01-01.
int32_t DayOf(int64_t now_ms);

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_CLIENT_COMMIT_H_
