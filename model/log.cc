#include "model/log.h"

#include <cassert>
#include <utility>

#include "crypto/primitives.h"
#include "crypto/reason.h"
#include "model/limits.h"
#include "model/scanner.h"

namespace doorstep {
namespace {

std::string HeadSignatureInput(const Id& tenant, std::string_view head) {
  return St("doorstep/head/v1").Add(tenant.bytes).Add(head).bytes();
}

}  // namespace

v1::LogEntry Entry::Wire() const {
  v1::LogEntry wire;
  *wire.mutable_signed_() = changeset.Signed();
  wire.set_meta(meta_bytes);
  return wire;
}

Hash32 EmptyLogHash(const Id& tenant, const Id& scope) {
  return H(St("doorstep/scope/v1").Add(tenant.bytes).Add(scope.bytes).bytes());
}

Hash32 EntryHash(const Id& tenant, const Id& scope, uint64_t seq, const Hash32& before,
                 const Hash32& changeset_hash, std::string_view meta) {
  St st("doorstep/entry/v1");
  st.Add(tenant.bytes).Add(scope.bytes).AddU64(seq).Add(before).Add(changeset_hash).Add(meta);
  return H(st.bytes());
}

uint64_t ShortHash(const Hash32& hash) {
  uint64_t value = 0;
  for (size_t i = 8; i-- > 0;) value = value << 8 | hash[i];
  return value;
}

std::string_view HashPrefix(const Hash32& hash) { return View(hash).substr(0, 8); }

absl::StatusOr<Entry> DecodeEntry(const v1::LogEntry& wire) {
  if (wire.meta().size() > kMetaBytesMax) return MakeStatus(Reason::kLimit, "meta is too large");
  absl::StatusOr<Changeset> changeset = DecodeChangeset(wire.signed_());
  if (!changeset.ok()) return changeset.status();
  Entry entry;
  entry.changeset = *std::move(changeset);
  entry.meta_bytes = wire.meta();
  absl::Status parsed = ParseMessage(entry.meta_bytes, entry.meta);
  if (!parsed.ok()) return parsed;
  if (entry.meta.seq() == 0) return MakeStatus(Reason::kFormat, "entry without a number");
  if (entry.meta.verdict() != v1::APPLIED && entry.meta.verdict() != v1::HELD) {
    return MakeStatus(Reason::kFormat, "entry without a verdict");
  }
  for (const std::string& uid : entry.meta.released()) {
    if (uid.size() != 16) return MakeStatus(Reason::kFormat, "released names no changeset");
  }
  return entry;
}

Entry MakeEntry(const Id& tenant, const Changeset& changeset, const v1::EntryMeta& meta,
                const Hash32& before) {
  assert(meta.seq() > 0);
  Entry entry;
  entry.changeset = changeset;
  entry.meta = meta;
  entry.meta_bytes = meta.SerializeAsString();
  ChainEntry(tenant, before, entry);
  return entry;
}

void ChainEntry(const Id& tenant, const Hash32& before, Entry& entry) {
  entry.hash = EntryHash(tenant, entry.changeset.scope, entry.seq(), before,
                         ChangesetHash(entry.changeset), entry.meta_bytes);
}

v1::SignedHead SignedHead::Wire() const {
  v1::SignedHead wire;
  wire.set_head(bytes);
  wire.set_signature(View(signature).data(), signature.size());
  return wire;
}

absl::StatusOr<SignedHead> DecodeHead(const v1::SignedHead& wire) {
  SignedHead head;
  head.bytes = wire.head();
  if (head.bytes.size() > kHeadBytesMax) return MakeStatus(Reason::kLimit, "head is too large");
  absl::Status parsed = ParseMessage(head.bytes, head.head);
  if (!parsed.ok()) return parsed;
  std::optional<Id> scope = Id::FromBytes(head.head.scope());
  if (!scope || !CopyExactly(wire.signature(), head.signature) ||
      !CopyExactly(head.head.entry_hash(), head.entry_hash)) {
    return MakeStatus(Reason::kFormat, "not a signed head");
  }
  head.scope = *scope;
  return head;
}

SignedHead SignHead(const Id& tenant, const v1::Head& body, const Secret& log_seed) {
  SignedHead head;
  head.head = body;
  head.bytes = body.SerializeAsString();
  head.scope = Id::FromBytes(body.scope()).value_or(Id{});
  bool whole = CopyExactly(body.entry_hash(), head.entry_hash);
  assert(whole);
  head.signature = Sign(log_seed, HeadSignatureInput(tenant, head.bytes));
  return head;
}

bool VerifyHead(const Id& tenant, const SignedHead& head, const PublicKey& log_pk) {
  return Verify(log_pk, HeadSignatureInput(tenant, head.bytes), head.signature);
}

}  // namespace doorstep
