// What a schema may not say. Each refusal names the record or field and the rule, so that whoever
// adds a line to records.proto reads what is wrong with it and nothing else.
#ifndef DOORSTEP_MODEL_CATALOG_CHECK_H_
#define DOORSTEP_MODEL_CATALOG_CHECK_H_

#include <span>

#include "absl/status/status.h"
#include "model/catalog.h"

namespace doorstep {

// INVALID_ARGUMENT at the first rule broken. `types` in any order.
absl::Status CheckTypes(std::span<const RecordType> types);

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_CATALOG_CHECK_H_
