// A server made again from a backup. It comes back closed: families wait until the administrators
// have been heard (access/restore_gate.h), so that nobody is served by a right that was taken away
// after the backup was made. What devices have that the backup has not, they give back themselves.
//
// Whoever restores first stops every other server of this tenant: two would write two histories.
#ifndef DOORSTEP_SYNC_SERVER_ADMIN_RESTORE_H_
#define DOORSTEP_SYNC_SERVER_ADMIN_RESTORE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/secret.h"
#include "sync-server/admin/backup.h"
#include "sync-server/admin/server_folder.h"

namespace doorstep::server {

struct Restored {
  int64_t made_ms = 0;  // when the backup was made
  std::vector<ArchivedHead> heads;
};

// `box_seed`: of an offline key that the backup is sealed to. Into `folder`, which must not be
// there; the backup is only read. Nothing is left at `folder` on an error. E_KEY: sealed to others.
// DATA_LOSS (E_INTEGRITY): the copy is not the one that was sealed, or is damaged.
absl::StatusOr<Restored> RestoreBackup(const std::string& backup, const Secret& box_seed,
                                       const std::string& folder, const Say& say);

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_ADMIN_RESTORE_H_
