// From where a view of practice is taken: who looks, at what moment, with which settings. The same
// on a device and on the server, which differ in what they can say of receipt and sealing.
#ifndef DOORSTEP_MODEL_VIEWPOINT_H_
#define DOORSTEP_MODEL_VIEWPOINT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/authority.h"
#include "model/calendar.h"
#include "model/facts.h"
#include "model/settings.h"
#include "model/timescales.h"

namespace doorstep {

// What the log knows beside the state.
class Receipts {
 public:
  virtual ~Receipts() = default;
  // When the office received the entry of the family that is in view; 0: it has not.
  virtual int64_t ReceivedMs(uint64_t seq) const = 0;
  // Recipient ids of the wraps of a changeset, shares apart. nullopt: it is not at hand.
  virtual std::optional<std::vector<Id>> SealedTo(const Id& uid) const = 0;
};

struct Viewpoint {
  const Directory& directory;
  Facts& office;  // the records of the directory
  const Settings& settings;
  const Timescales& timescales;
  const Receipts& receipts;  // of the family in view
  Id user;                   // zeros: the server, for nobody in particular
  int64_t now_ms = 0;        // the office's time as well as it is known

  Day today() const { return LondonDay(now_ms); }
};

// A name out of the directory: of a StaffMember, Agency, School or Team. "" when it is not there.
template <typename M>
std::string NameIn(const Viewpoint& from, std::string_view id) {
  std::optional<M> named = from.office.Read<M>(id);
  return named ? named->name() : "";
}

// Whether the person who looks is one of those for whom RESTRICTED values of this family are
// sealed.
bool ReadsRestricted(const Viewpoint& from, ScopeState& family);

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_VIEWPOINT_H_
