// What a device is given when its person has lost a family: the signed changesets by which it can
// tell that a person, and not the server, ended the place.
#ifndef DOORSTEP_SYNC_SERVER_FEED_ENDED_H_
#define DOORSTEP_SYNC_SERVER_FEED_ENDED_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "doorstep/v1/sync.pb.h"
#include "model/authority.h"
#include "sync-server/store/store.h"

namespace doorstep::server {

// Of a family that `user` may no longer be served, for a device that stores its log up to `after`.
// While the person still has an OPEN place here (barred, or without a role that fits) nothing is
// proved: the device hides the family and keeps it. Otherwise, in log order:
//  * each applied changeset above `after` that writes an Assignment;
//  * the changesets that opened this person's places, wherever they stand;
//  * of a place of this person's that stayed HELD its changeset, and the Decision that declined it;
//  * to one who never had a place, and so read it as unfounded: the changeset that founded the
//    family and the Decision that released it.
// At most kEndedBytesMax; what concerns this person's own places goes before the rest.
absl::StatusOr<v1::PullFrame::Ended> EndedProof(const ReadView& view, const Id& scope,
                                                const Id& user, uint64_t after, int64_t now_ms);

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_FEED_ENDED_H_
