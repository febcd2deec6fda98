// Parts of a family's story: what happened, in order; who else is involved and when they were last
// in touch; what a visit says of a child.
#ifndef DOORSTEP_MODEL_STORY_EVENTS_H_
#define DOORSTEP_MODEL_STORY_EVENTS_H_

#include <cstdint>
#include <string>

#include "doorstep/v1/client.pb.h"
#include "model/facts.h"
#include "model/people.h"
#include "model/viewpoint.h"

namespace doorstep {

v1::RecordRef RefOf(const Record& record);

// When a visit began, else when it ended, else when it is planned; 0 where nothing says.
int64_t VisitTimeMs(const v1::Visit& visit);
// FACE_TO_FACE or VIRTUAL, or still under way.
bool WasMade(const v1::Visit& visit);
// "ALONE", "SEEN", "NOT_SEEN", "NOT_SAID". Writers add up: seen by either is seen.
std::string ChildSeenIn(Facts& family, const Id& visit, const Id& child);

// Everybody with an open place, and every agency that is named in actions, meetings, contacts,
// referrals or sharing decisions; lead first, then the latest in touch.
void AddInvolved(const Viewpoint& from, Facts& family, v1::FamilyPage& page);
// What is marked significant and what is so by its nature, latest first, at most `most`.
void AddChronology(const Viewpoint& from, Facts& family, const People& people, size_t most,
                   v1::FamilyPage& page);

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_STORY_EVENTS_H_
