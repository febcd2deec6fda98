// A scope's log: entries numbered 1, 2, 3 …, each chained by hash to the one before, its end
// signed.
#ifndef DOORSTEP_MODEL_LOG_H_
#define DOORSTEP_MODEL_LOG_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "doorstep/v1/change.pb.h"
#include "model/changeset.h"

namespace doorstep {

struct Entry {
  Changeset changeset;
  std::string meta_bytes;  // as the server serialized them, once
  v1::EntryMeta meta;      // parsed from `meta_bytes`
  Hash32 hash{};           // entry_hash(seq): set by ChainEntry

  uint64_t seq() const { return meta.seq(); }
  bool applied() const { return meta.verdict() == v1::APPLIED; }
  v1::LogEntry Wire() const;
};

// entry_hash(0) of a scope: H(ST("doorstep/scope/v1", tenant, scope)).
Hash32 EmptyLogHash(const Id& tenant, const Id& scope);
// entry_hash(n) = H(ST("doorstep/entry/v1", tenant, scope, u64 n, entry_hash(n-1), changeset_hash,
// meta)).
Hash32 EntryHash(const Id& tenant, const Id& scope, uint64_t seq, const Hash32& before,
                 const Hash32& changeset_hash, std::string_view meta);
// The first 8 bytes of a hash: how cursors and metas name one.
uint64_t ShortHash(const Hash32& hash);  // read little-endian
std::string_view HashPrefix(const Hash32& hash);

// Shape and limits; hash is left zero. INVALID_ARGUMENT or RESOURCE_EXHAUSTED.
absl::StatusOr<Entry> DecodeEntry(const v1::LogEntry& wire);
// Serializes `meta`, chains it to `before` and returns the whole entry.
Entry MakeEntry(const Id& tenant, const Changeset& changeset, const v1::EntryMeta& meta,
                const Hash32& before);
// Sets `entry.hash` from `before`.
void ChainEntry(const Id& tenant, const Hash32& before, Entry& entry);

// A signed head, read. INVALID_ARGUMENT when it is none.
struct SignedHead {
  std::string bytes;
  Signature signature{};
  v1::Head head;
  Id scope;
  Hash32 entry_hash{};
  v1::SignedHead Wire() const;
};
absl::StatusOr<SignedHead> DecodeHead(const v1::SignedHead& wire);
SignedHead SignHead(const Id& tenant, const v1::Head& head, const Secret& log_seed);
bool VerifyHead(const Id& tenant, const SignedHead& head, const PublicKey& log_pk);

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_LOG_H_
