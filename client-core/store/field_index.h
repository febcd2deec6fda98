// The indexes of what a person sees: which records there are, the values in force of their indexed
// fields, and which of their cells are contested. The texts of a record are Search's, which keeps
// where they are in the record's row here. Derived from stored state and outbox, and
// made anew when the schema says that other fields are indexed.
#ifndef DOORSTEP_CLIENT_CORE_STORE_FIELD_INDEX_H_
#define DOORSTEP_CLIENT_CORE_STORE_FIELD_INDEX_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client-core/store/database.h"
#include "model/catalog.h"
#include "model/record.h"

namespace doorstep::client {

// A value as it is ordered in the index: bytes that compare as the values do.
//   number = u64 big-endian; of a signed kind with its highest bit turned over
//   bytes  = as they are
// One for each element. Empty when the value is cleared or none of this field.
std::vector<std::string> IndexKeys(const FieldType& field, std::string_view value);

// What stands in the row of a record, and what is found in it.
//   fields    = n x (u32 field, LP(key)), ascending by field and key, each once
//   contested = m x u32 field, ascending
// Calls `visit` with each field and key; false when `fields` is damaged.
bool ForEachKey(std::string_view fields,
                absl::FunctionRef<void(uint32_t field, std::string_view key)> visit);
std::vector<uint32_t> DecodeContested(std::string_view contested);

// The row of a record.
struct SeenRow {
  uint64_t made_seq = 0;
  int64_t text_row = 0;  // of search_text; 0: none
  std::string fields;
  std::string contested;
  friend bool operator==(const SeenRow&, const SeenRow&) = default;
};

class FieldIndex {
 public:
  FieldIndex(Database& database, const Catalog& catalog) : database_(database), catalog_(catalog) {}

  absl::StatusOr<std::optional<SeenRow>> Find(int64_t scope_key, uint32_t type, const Id& id) const;

  // Brings the row up to a record as it is seen; `there`: what Find said. Writes only what differs.
  // In the caller's transaction.
  absl::Status Put(int64_t scope_key, const Record& record, const std::optional<SeenRow>& there,
                   int64_t text_row);
  absl::Status Drop(int64_t scope_key, uint32_t type, const Id& id);
  absl::Status DropScope(int64_t scope_key);

 private:
  Database& database_;
  const Catalog& catalog_;
};

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_STORE_FIELD_INDEX_H_
