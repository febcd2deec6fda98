#include "client-core/sync/adopt_plan.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "model/limits.h"

namespace doorstep::client {
namespace {

// Room that protobuf needs for an element beside its bytes.
constexpr size_t kFramingBytes = 8;
// A LogEntry is itself, its SignedChangeset, and their fields, to the scanner.
constexpr int kElementsAnEntry = 4;

}  // namespace

absl::StatusOr<bool> StandsOnDirectory(Store& store, const Id& family, uint64_t common) {
  const ScopeRow* row = store.log().Find(family);
  if (row == nullptr) return true;
  const Directory& directory = store.directory();
  bool stands = true;
  absl::Status read = store.log().ForEach(family, common + 1, row->seq, [&](const Entry& entry) {
    uint64_t place = entry.meta.directory_seq();
    std::optional<Hash32> hash = directory.HashAt(place);
    stands = hash && (place == 0 ? 0 : ShortHash(*hash)) == entry.meta.directory_hash();
    return stands;
  });
  if (!read.ok()) return read;
  return stands;
}

absl::StatusOr<std::optional<v1::AdoptRequest>> NextAdoptStep(Store& store, const Id& scope,
                                                              uint64_t from) {
  absl::StatusOr<std::vector<SignedHead>> heads = store.log().HeadsFrom(scope, from);
  if (!heads.ok()) return heads.status();
  if (heads->empty()) return std::optional<v1::AdoptRequest>();
  v1::AdoptRequest step;
  step.set_protocol(kProtocol);
  step.set_scope(scope.str());
  size_t bytes = kHeadBytesMax;
  std::optional<size_t> best;  // the last head whose entries all fit
  int entries_to_best = 0;
  size_t next_head = 0;
  uint64_t last = heads->back().head.seq();
  absl::Status read = store.log().ForEach(scope, from, last, [&](const Entry& entry) {
    v1::LogEntry wire = entry.Wire();
    bytes += wire.ByteSizeLong() + kFramingBytes;
    bool fits = bytes <= kAdoptBytesMax &&
                (step.entries_size() + 1) * kElementsAnEntry <= kAdoptElementsMax;
    if (!fits) return false;
    *step.add_entries() = std::move(wire);
    while (next_head < heads->size() && (*heads)[next_head].head.seq() < entry.seq()) ++next_head;
    if (next_head < heads->size() && (*heads)[next_head].head.seq() == entry.seq()) {
      best = next_head;
      entries_to_best = step.entries_size();
    }
    return true;
  });
  if (!read.ok()) return read;
  if (!best) return std::optional<v1::AdoptRequest>();
  step.mutable_entries()->DeleteSubrange(entries_to_best, step.entries_size() - entries_to_best);
  *step.mutable_head() = (*heads)[*best].Wire();
  return std::optional<v1::AdoptRequest>(std::move(step));
}

}  // namespace doorstep::client
