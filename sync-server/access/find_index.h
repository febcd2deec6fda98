// Under which terms a record is found in the store's blind index. The office knows the records
// (office/find_terms.h); what writes states down asks here, so that it names none of them. The
// terms are written in the same transaction as the record they follow from.
#ifndef DOORSTEP_SYNC_SERVER_ACCESS_FIND_INDEX_H_
#define DOORSTEP_SYNC_SERVER_ACCESS_FIND_INDEX_H_

#include <optional>
#include <set>
#include <string>

#include "model/record.h"

namespace doorstep::server {

class FindIndex {
 public:
  virtual ~FindIndex() = default;
  // From the record alone, FACT and CASE fields only. nullopt: nothing of its type is ever found.
  virtual std::optional<std::set<std::string>> TermsOf(const Record& record) const = 0;
};

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_ACCESS_FIND_INDEX_H_
