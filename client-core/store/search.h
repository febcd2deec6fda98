// Full-text search over the texts a person sees: the values in force of CASE fields that the schema
// calls searched, the overlay included. RESTRICTED texts are never in it. The index lives inside the
// encrypted file, and what is taken out of it leaves no bytes behind.
#ifndef DOORSTEP_CLIENT_CORE_STORE_SEARCH_H_
#define DOORSTEP_CLIENT_CORE_STORE_SEARCH_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client-core/store/database.h"
#include "client-core/store/log.h"
#include "client-core/store/query.h"
#include "model/catalog.h"
#include "model/record.h"

namespace doorstep::client {

struct SearchHit {
  RecordPlace record;
  uint32_t field = 0;   // in which most of the words were found
  std::string snippet;  // the words found stand between U+2068 and U+2069
};

class Search {
 public:
  Search(Database& database, const Log& log, const Catalog& catalog)
      : database_(database), log_(log), catalog_(catalog) {}

  // Every word must occur in the record, in whichever of its texts; the last may be a beginning.
  // Case and accents do not matter. Records that came last first, at most `limit` (0:
  // kSearchHitsMax). Nothing for words without a letter or digit. RESOURCE_EXHAUSTED (E_LIMIT) for too many words.
  absl::StatusOr<std::vector<SearchHit>> Find(std::string_view words, std::optional<Id> scope,
                                              int limit) const;

  // Brings the index up to what is seen of a record. In the caller's transaction.
  absl::Status Put(int64_t scope_key, const Record& record);
  absl::Status Drop(int64_t scope_key, uint32_t type, const Id& id);
  absl::Status DropScope(int64_t scope_key);

 private:
  // Rows of search_text: row, text.
  absl::Status Remove(Statement& rows);

  Database& database_;
  const Log& log_;
  const Catalog& catalog_;
};

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_STORE_SEARCH_H_
