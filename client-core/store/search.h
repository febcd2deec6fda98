// Full-text search over the texts a person sees: the values in force of CASE fields that the schema
// calls searched, the overlay included. RESTRICTED texts are never in it. The index lives inside
// the encrypted file, and what is taken out of it leaves no bytes behind.
//
// A commit writes down the texts of a record, and their words go into the index some records at a
// time, at the latest before the next search: the index then costs a commit almost nothing, and a
// search misses nothing.
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
#include "client-core/store/meta.h"
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
  Search(Database& database, const Log& log, Meta& meta, const Catalog& catalog)
      : database_(database), log_(log), meta_(meta), catalog_(catalog) {}

  // How far the index goes; also after a rollback.
  absl::Status Load();

  // Every word must occur in the record, in whichever of its texts; the last may be a beginning.
  // Case and accents do not matter. Records that came last first, at most `limit` (0:
  // kSearchHitsMax). Nothing for words without a letter or digit. RESOURCE_EXHAUSTED (E_LIMIT) for
  // too many words. Never inside a transaction. A full disk does not hinder it.
  absl::StatusOr<std::vector<SearchHit>> Find(std::string_view words, std::optional<Id> scope,
                                              int limit);

  // Brings the texts up to what is seen of a record. `row`: where they stand, 0 for none; the
  // answer is where they stand now, for FieldIndex to keep. In the caller's transaction, as is
  // Drop.
  absl::StatusOr<int64_t> Put(int64_t scope_key, const Record& record, int64_t row);
  absl::Status Drop(int64_t row);
  // Before FieldIndex drops the scope.
  absl::Status DropScope(int64_t scope_key);

 private:
  // Brings the words of the texts above the mark into the index.
  absl::Status IndexTexts();
  absl::StatusOr<std::vector<SearchHit>> Match(const std::string& expression, int64_t scope_key,
                                               size_t most) const;

  Database& database_;
  const Log& log_;
  Meta& meta_;
  const Catalog& catalog_;
  int64_t indexed_row_ = 0;  // the mark: rows of search_text up to here are in the index
  int64_t last_row_ = 0;     // new texts go behind this one
};

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_STORE_SEARCH_H_
