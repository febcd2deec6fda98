// How a family that its person has lost leaves this device. What is still owed to the server stays,
// sealed to its ingest key and unreadable here; a signed receipt goes into the journal, after the
// bytes are gone and not before.
#ifndef DOORSTEP_CLIENT_CORE_CLIENT_PURGE_H_
#define DOORSTEP_CLIENT_CORE_CLIENT_PURGE_H_

#include <cstdint>
#include <set>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client-core/client/desk.h"
#include "client-core/client/readers.h"

namespace doorstep::client {

// Whether the server keeps an archive, as far as its signed heads have ever said.
absl::StatusOr<bool> HasArchive(Store& store);

// `endings` are kept, sealed, until archived, so that a server restored to before them learns of
// them again; `assignments` are remembered, so that this device never takes the family up by them.
// Interrupted anywhere, ResumePurges finishes it.
absl::Status PurgeFamily(const Desk& desk, Readers& readers, const Id& family,
                         const std::vector<Changeset>& endings, const std::set<Id>& assignments,
                         int64_t now_ms);

// Writes the receipts of purges that were interrupted after the bytes were gone. At each unlock.
absl::Status ResumePurges(const Desk& desk, Readers& readers, int64_t now_ms);

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_CLIENT_PURGE_H_
