// A version of a subject that approvals can name, as content: the values in force of everything it
// covers; and the difference between two of them, field by field and word by word. Names no type
// of record: what belongs to a version follows from the catalog.
#ifndef DOORSTEP_MODEL_VERSION_H_
#define DOORSTEP_MODEL_VERSION_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "doorstep/v1/client.pb.h"
#include "model/catalog.h"
#include "model/record.h"

namespace doorstep {

// By record (type, id) and field, without COMMAND and `outside_version` fields.
using VersionContent =
    std::map<std::pair<uint32_t, Id>, std::map<uint32_t, std::vector<std::string>>>;

// `covered` as CoveredBy (model/digest.h) gives it.
VersionContent ContentOf(const Catalog& catalog, const std::vector<const Record*>& covered);

// Types whose records belong to a version of a subject of `type`, itself too.
std::vector<uint32_t> TypesCovered(const Catalog& catalog, uint32_t type);

// The changes that lead from one to the other, ascending by record and field. Of a RESTRICTED value
// only that it changed.
void AddDifference(const Catalog& catalog, const VersionContent& before,
                   const VersionContent& after, v1::PlanDifference& difference);

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_VERSION_H_
