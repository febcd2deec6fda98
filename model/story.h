// A family on one page, for somebody who stands before the door: what to beware of first, then who
// is who and where, needs, plan, risks, what is to be done, the last visits with each child, who
// else is involved, and what happened.
//
// Where somebody's address is confidential the page says whom to ask, in the same words whatever
// the secret is: present or past addresses, schools, telephones and places of visits of theirs are
// not on it. What is sealed is never read here; for a reader the page names the cells that the
// device may open and add.
#ifndef DOORSTEP_MODEL_STORY_H_
#define DOORSTEP_MODEL_STORY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "doorstep/v1/client.pb.h"
#include "model/facts.h"
#include "model/people.h"
#include "model/viewpoint.h"

namespace doorstep {

// A RESTRICTED cell, and where on the page its values belong.
struct SealedCell {
  enum class Place : uint8_t { kSafeAddress, kSafeContact, kMustNotKnow, kSafetyPlan };
  Place place{};
  Id person;  // whom it protects; zeros for the safety plan
  uint32_t type = 0;
  Id record;
  uint32_t field = 0;
};

struct StorySize {
  size_t visits = 10;
  size_t events = 40;
};

struct Story {
  v1::FamilyPage page;
  std::vector<SealedCell> to_open;  // empty unless whoever looks is one of the readers
};

Story StoryOf(const Viewpoint& from, Facts& family, const StorySize& size);

// The safety plan, whoever looks: a device that wrote it may open it.
SealedCell SafetyPlanOf(const Id& plan);

// A visit as a line of a list. `places`: whether where it is may be told.
enum class Places : uint8_t { kTold, kLeftOut };
v1::VisitLine VisitLineOf(const Viewpoint& from, Facts& family, const People& people,
                          const Fact<v1::Visit>& visit, Places places);
// Told to readers, and where nobody's address is confidential.
Places PlacesFor(const Viewpoint& from, Facts& family, const People& people);
std::vector<v1::AlertLine> AlertsOf(const Viewpoint& from, Facts& family, const People& people);

// The name in force of the family: "" where there is none yet.
std::string FamilyNameIn(Facts& family);
// The open lead's staff id; zeros where there is none.
Id LeadOf(Facts& family, int64_t now_ms);
// "address confidential: ask Ana Example".
std::string AskLead(const Viewpoint& from, Facts& family);

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_STORY_H_
