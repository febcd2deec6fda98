// Who looked at which family on this device: kept as AccessEvents in its own journal, offline too.
//
// The first look at a family after unlocking, a new kind of act, and each print, export or copy are
// written down at once. What is seen of the family after that is gathered and written as one event
// more at 256 records, at the next contact, and at lock; so a reading that nobody records is lost
// only where the device dies, and then only how much was seen, never whose. A record that cannot be
// kept now (a full disk) waits and is tried again: it hides no marker from a worker at a door.
#ifndef DOORSTEP_CLIENT_CORE_CLIENT_LOOKED_H_
#define DOORSTEP_CLIENT_CORE_CLIENT_LOOKED_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client-core/client/desk.h"
#include "client-core/client/readers.h"
#include "doorstep/v1/client.pb.h"
#include "model/access_event.h"

namespace doorstep::client {

class LookBook {
 public:
  // What a question, a search, a record or an answer of the office has shown.
  void NoteQuery(const Desk& desk, Readers& readers, const v1::Query& query,
                 const std::vector<v1::Answer>& answers, int64_t now_ms);
  void NoteSearch(const Desk& desk, Readers& readers, const std::vector<v1::Answer>& answers,
                  int64_t now_ms);
  void NoteRecord(const Desk& desk, Readers& readers, const v1::RecordView& record, int64_t now_ms);
  void NoteOffice(const Desk& desk, Readers& readers, const v1::Request& request,
                  const v1::Reply& reply, int64_t now_ms);
  // Writes what was gathered.
  absl::Status Flush(const Desk& desk, Readers& readers, int64_t now_ms);

 private:
  struct Seen {
    Looking looking;       // what is not written yet
    std::set<Id> written;  // records that are
    bool begun = false;    // an event of it is written
  };
  // By family, act and recipient.
  using Key = std::pair<Id, std::pair<v1::AccessEvent::Acts, std::string>>;

  Seen& At(const Desk& desk, const Id& family, v1::AccessEvent::Acts act,
           const std::string& recipient, int64_t now_ms);
  void See(const Desk& desk, const Id& family, v1::AccessEvent::Acts act,
           const std::string& recipient, const std::vector<const v1::RecordView*>& records,
           int64_t now_ms);
  void SeeIds(const Desk& desk, const Id& family, v1::AccessEvent::Acts act,
              const std::string& recipient, const std::set<Id>& ids, int64_t now_ms);
  enum class Which { kDue, kAll };
  absl::Status Write(const Desk& desk, Readers& readers, Which which, int64_t now_ms);

  std::map<Key, Seen> seen_;
};

// The events that this device still keeps about a family, oldest first.
absl::StatusOr<std::vector<v1::Answer>> LookedHere(const Desk& desk, const Id& family,
                                                   int64_t now_ms);

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_CLIENT_LOOKED_H_
