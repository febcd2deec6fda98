// What keeps people safe, as a view of the directory and of a family: whom to telephone about a
// concern, how long until somebody is alarmed, and which visits nobody has come back from. Pure:
// state in, facts out; whoever tells a person stands outside.
#ifndef DOORSTEP_MODEL_SAFEGUARDING_H_
#define DOORSTEP_MODEL_SAFEGUARDING_H_

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "doorstep/v1/change.pb.h"
#include "model/changeset.h"
#include "model/state.h"

namespace doorstep {

// As in force on a day; what nobody has set has its default.
struct SafeguardingView {
  std::string hub_phone;  // empty until an administrator has written it
  std::string out_of_hours_phone;
  uint32_t concern_alarm_minutes = 15;
  uint32_t check_out_grace_minutes = 30;
  bool photographs_allowed = false;
};
// `day`: days since 1970-01-01.
SafeguardingView SafeguardingOn(ScopeState& directory, int32_t day);

// Concerns that a changeset raises, in its order.
std::vector<Id> ConcernsRaisedBy(const Changeset& changeset);
// The type of their records.
uint32_t ConcernRecordType();
struct RaisedConcern {
  Id id;
  int64_t noticed_ms = 0;
  uint64_t made_seq = 0;
};
// What somebody raised and nobody has closed, in order of ids.
std::vector<RaisedConcern> OpenConcernsBy(ScopeState& family, const Id& user);
// Whether a call about the concern that was answered is written down.
bool ConcernCallAnswered(ScopeState& family, const Id& concern);

// A visit that is under way, and which nobody has checked out of.
struct VisitUnderWay {
  Id visit;
  Id worker;
  int64_t expected_end_ms = 0;  // as the writer's device claims
  uint64_t seq = 0;             // of the entry that wrote it
};
// Ascending by id. A visit without an expected end starts no timer.
std::vector<VisitUnderWay> VisitsUnderWay(ScopeState& family);
// One of them, if it is one.
std::optional<VisitUnderWay> FindVisitUnderWay(ScopeState& family, const Id& visit);
// The type of their records.
uint32_t VisitRecordType();

// When a missing check-out is told, by the server's clock: the expected end and the grace. The
// expected end is the author's device's, whose clock may be wrong: it is corrected by the offset
// measured at the device's last contact, and is at the latest as long after receipt as the author
// said after writing, at the earliest the receipt.
int64_t CheckOutDueMs(const VisitUnderWay& visit, const v1::Clock& written, int64_t received_ms,
                      uint32_t grace_minutes);

// Whom a missing check-out is told: the worker's buddy, and who supervises this family now. Not the
// worker. `directory` is the directory's state.
std::set<Id> WhomToTell(ScopeState& directory, ScopeState& family, const Id& worker,
                        int64_t now_ms);

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_SAFEGUARDING_H_
