// The version digest of a subject: the content that an approval speaks of.
//   H(ST("doorstep/version/v1", tenant, scope, u32 type, id, body))
//   body: for each covered record ascending by (type, id):
//         u32 type, id, u32 fields, fields x (u32 field, u32 n, n x (uid, u32 index, LP(value)))
//   fields ascending, live writes ascending by op, without COMMAND and `outside_version` fields.
#ifndef DOORSTEP_MODEL_DIGEST_H_
#define DOORSTEP_MODEL_DIGEST_H_

#include <vector>

#include "model/catalog.h"
#include "model/record.h"
#include "model/state.h"

namespace doorstep {

// The subject and everything that is part of it, to any depth (a plan's goals, their actions),
// ascending by (type, id). Empty when the subject is not there.
std::vector<const Record*> CoveredBy(const Catalog& catalog, ScopeState& scope, uint32_t type,
                                     const Id& id);
// `covered` as CoveredBy gives it. A field or type this build does not know is covered too.
Hash32 VersionDigest(const Catalog& catalog, const Id& tenant, const Id& scope, uint32_t type,
                     const Id& id, const std::vector<const Record*>& covered);
// Both, for a subject in `scope`.
Hash32 DigestOfSubject(const Catalog& catalog, const Id& tenant, ScopeState& scope, uint32_t type,
                       const Id& id);

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_DIGEST_H_
