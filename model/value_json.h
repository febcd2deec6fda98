// Values as people's programs write them, for a shell that knows no schema:
//
//   bool     true, false                   number   an integer
//   date     "2026-11-25"                  instant  "2026-11-25T09:30:00.000Z"
//   code     "UNDER_WAY", without the prefix of its enum; a number this build has no name for
//   id, bytes  hexadecimal digits          text     a string
//
// A list is an array. Of a UNION field it is one element, as in a write. RESTRICTED fields have
// their opened values here. What clears a cell is not a value and has no form here.
#ifndef DOORSTEP_MODEL_VALUE_JSON_H_
#define DOORSTEP_MODEL_VALUE_JSON_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "model/catalog.h"

namespace doorstep {

// JSON text of a value that CheckOpened takes; for any other the error that it gives.
absl::StatusOr<std::string> ValueToJson(const FieldType& field, std::string_view value);

// Also takes codes in lower case, instants without milliseconds, hexadecimal in capitals.
// INVALID_ARGUMENT (E_FORMAT) or RESOURCE_EXHAUSTED (E_LIMIT), naming the field and never the
// value.
absl::StatusOr<std::string> ValueFromJson(const FieldType& field, std::string_view json);

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_VALUE_JSON_H_
