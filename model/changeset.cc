#include "model/changeset.h"

#include <cassert>
#include <optional>

#include "crypto/primitives.h"
#include "crypto/reason.h"
#include "model/limits.h"
#include "model/scanner.h"

namespace doorstep {
namespace {

absl::Status ReadId(std::string_view bytes, const char* what, Id& out) {
  std::optional<Id> id = Id::FromBytes(bytes);
  if (!id) return MakeStatus(Reason::kFormat, what);
  out = *id;
  return absl::OkStatus();
}

absl::Status CheckShape(const Changeset& changeset) {
  if (changeset.body.changes_size() > kRecordsMax || changeset.body.wraps_size() > kWrapsMax ||
      changeset.writes() > kWritesMax) {
    return MakeStatus(Reason::kLimit, "changeset has too many writes, records or wraps");
  }
  for (const v1::RecordChange& change : changeset.body.changes()) {
    if (change.id().size() != 16 || change.type() == 0) {
      return MakeStatus(Reason::kFormat, "changeset names no record");
    }
    for (const v1::FieldWrite& write : change.writes()) {
      if (write.field() == 0) return MakeStatus(Reason::kFormat, "changeset names no field");
      for (const v1::OpId& op : write.overwrites()) {
        if (op.uid().size() != 16) return MakeStatus(Reason::kFormat, "overwrites names no write");
      }
    }
  }
  return absl::OkStatus();
}

absl::Status ReadBody(Changeset& changeset) {
  if (changeset.bytes.size() > kChangesetBytesMax) {
    return MakeStatus(Reason::kLimit, "changeset is larger than 64 KiB");
  }
  absl::Status parsed = ParseMessage(changeset.bytes, changeset.body);
  if (!parsed.ok()) return parsed;
  const v1::Changeset& body = changeset.body;
  for (absl::Status read : {ReadId(body.uid(), "changeset without a uid", changeset.uid),
                            ReadId(body.scope(), "changeset without a scope", changeset.scope),
                            ReadId(body.device(), "changeset without a device", changeset.device),
                            ReadId(body.actor(), "changeset without an actor", changeset.actor)}) {
    if (!read.ok()) return read;
  }
  return CheckShape(changeset);
}

}  // namespace

v1::SignedChangeset Changeset::Signed() const {
  v1::SignedChangeset wire;
  wire.set_changeset(bytes);
  wire.set_signature(View(signature).data(), signature.size());
  return wire;
}

int Changeset::writes() const {
  int count = 0;
  for (const v1::RecordChange& change : body.changes()) count += change.writes_size();
  return count;
}

std::string SignatureInput(const Id& tenant, std::string_view changeset) {
  return St("doorstep/change/v1").Add(tenant.bytes).Add(changeset).bytes();
}

Hash32 ChangesetHash(const Changeset& changeset) {
  return H(St("doorstep/changeset/v1").Add(changeset.bytes).Add(changeset.signature).bytes());
}

absl::StatusOr<Changeset> AuthorChangeset(const Id& tenant, const v1::Changeset& body,
                                          const Secret& sign_seed) {
  Changeset changeset;
  changeset.bytes = body.SerializeAsString();
  absl::Status read = ReadBody(changeset);
  if (!read.ok()) return read;
  changeset.signature = Sign(sign_seed, SignatureInput(tenant, changeset.bytes));
  return changeset;
}

absl::StatusOr<Changeset> DecodeChangeset(const v1::SignedChangeset& signed_changeset) {
  Changeset changeset;
  changeset.bytes = signed_changeset.changeset();
  if (!CopyExactly(signed_changeset.signature(), changeset.signature)) {
    return MakeStatus(Reason::kFormat, "signature is not 64 bytes");
  }
  absl::Status read = ReadBody(changeset);
  if (!read.ok()) return read;
  return changeset;
}

absl::Status VerifyChangeset(const Id& tenant, const Changeset& changeset, const PublicKey& key) {
  if (Verify(key, SignatureInput(tenant, changeset.bytes), changeset.signature)) {
    return absl::OkStatus();
  }
  return MakeStatus(Reason::kAuth, "the author's device did not sign this changeset");
}

}  // namespace doorstep
