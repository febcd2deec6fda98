// Whether a person's last place in a family has ended: decided by the device from signed changesets
// of people, never from the server's word that it is so.
//
// A place is an Assignment of the person's: in the stored log, opened by a row of the outbox that
// nobody has answered HELD, or opened in the proof. It ends by a changeset that this person signed
// on a device that once counted, or that a supervisor did; by the Decision that declined the
// changeset which opened it; or it has lapsed, by this device's clock and the server's both.
#ifndef DOORSTEP_CLIENT_CORE_SYNC_PURGE_GROUNDS_H_
#define DOORSTEP_CLIENT_CORE_SYNC_PURGE_GROUNDS_H_

#include <cstdint>
#include <set>
#include <string_view>
#include <vector>

#include "client-core/sync/page_check.h"
#include "doorstep/v1/sync.pb.h"
#include "model/authority.h"
#include "model/changeset.h"
#include "model/state.h"

namespace doorstep::client {

enum class Loss : uint8_t {
  kNone,    // a place is still open: nothing happens
  kHidden,  // no ending of a person's was shown: kept, and not shown meanwhile
  kLost,    // no place is open: to be purged
};

struct LossFinding {
  Loss loss = Loss::kNone;
  std::vector<Changeset> endings;   // what ended the places, or declined them
  std::set<Id> assignments;         // of this person's, that are over
  std::vector<std::string> alarms;  // proofs that nobody entitled had signed
};

// An own or carried row of the outbox, and whether the server has answered it HELD.
struct WaitingRow {
  Changeset changeset;
  bool held = false;
};

struct LossQuestion {
  const Catalog& catalog;
  const Directory& directory;
  Verifier& verifier;
  Id user;
  int64_t now_ms = 0;     // this device's clock
  int64_t server_ms = 0;  // the server's, as of this contact; 0: not told
};

// `stored` is the state as this device has it. With a proof that is forged nothing is lost.
LossFinding JudgeEnded(const LossQuestion& question, ScopeState& stored,
                       const std::vector<WaitingRow>& rows, const v1::PullFrame::Ended& ended);

// Whether a family that is offered again may be taken up: not when every open place of the person's
// in it is one whose ending this device has acted on.
bool MayTakeUp(ScopeState& offered, const Id& user, const std::set<Id>& acted_on, int64_t now_ms);

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_SYNC_PURGE_GROUNDS_H_
