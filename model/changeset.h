// A changeset as it was received: the signed bytes, unchanged for ever, and what they say. The only
// way to make one is to author it or to decode it strictly.
#ifndef DOORSTEP_MODEL_CHANGESET_H_
#define DOORSTEP_MODEL_CHANGESET_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/secret.h"
#include "doorstep/v1/change.pb.h"
#include "model/record_id.h"

namespace doorstep {

struct Changeset {
  std::string bytes;
  Signature signature{};
  v1::Changeset body;  // parsed from `bytes`
  Id uid, scope, device, actor;

  v1::SignedChangeset Signed() const;
  int writes() const;  // over all its record changes
};

// ST("doorstep/change/v1", tenant, changeset): what the author's device signs.
std::string SignatureInput(const Id& tenant, std::string_view changeset);
// H(ST("doorstep/changeset/v1", changeset, signature)).
Hash32 ChangesetHash(const Changeset& changeset);

// Serializes and signs once. `body` must have uid, scope, device and actor of 16 bytes.
// RESOURCE_EXHAUSTED (E_LIMIT) over the limits of limits.h; nothing is kept then.
absl::StatusOr<Changeset> AuthorChangeset(const Id& tenant, const v1::Changeset& body,
                                          const Secret& sign_seed);

// Shape and limits only; who signed it is the caller's question (VerifyChangeset). INVALID_ARGUMENT
// (E_FORMAT) or RESOURCE_EXHAUSTED (E_LIMIT). Fields this build does not know stay in `bytes`.
absl::StatusOr<Changeset> DecodeChangeset(const v1::SignedChangeset& signed_changeset);
// UNAUTHENTICATED (E_AUTH) unless `key` signed these bytes for this tenant.
absl::Status VerifyChangeset(const Id& tenant, const Changeset& changeset, const PublicKey& key);

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_CHANGESET_H_
