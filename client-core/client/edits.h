// One edit of a record into field writes: which type and field it means, which value, and which
// writes of others it names, by the field's merge rule.
#ifndef DOORSTEP_CLIENT_CORE_CLIENT_EDITS_H_
#define DOORSTEP_CLIENT_CORE_CLIENT_EDITS_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "doorstep/v1/client.pb.h"
#include "model/catalog.h"
#include "model/record.h"

namespace doorstep::client {

// By number, else by name. INVALID_ARGUMENT (E_ARG).
absl::StatusOr<const RecordType*> TypeNamed(const Catalog& catalog, uint32_t number,
                                            std::string_view name);
absl::StatusOr<const FieldType*> FieldNamed(const RecordType& type, uint32_t number,
                                            std::string_view name);
// Of bytes, else of JSON; opened form for RESTRICTED. Empty with neither.
absl::StatusOr<std::string> ValueNamed(const FieldType& field, std::string_view value,
                                       std::string_view json);

// What a write of this field names (the table of merge rules):
//   FIXED nothing · LATEST, ASK the write in force whose value was shown; SETTLE every live one ·
//   UNION an add nothing, a drop every live add of the value · PROTECTIVE every live write ·
//   COMMAND the live write
// With `shown`, the writes that the person was shown stand in place of those of now. `record` is
// what the person sees, null for one that is not there yet.
absl::StatusOr<v1::FieldWrite> WriteOf(const FieldType& field, const Record* record,
                                       const v1::FieldEdit& edit);

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_CLIENT_EDITS_H_
