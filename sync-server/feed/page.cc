#include "sync-server/feed/page.h"

#include <cassert>
#include <string>

#include "model/limits.h"
#include "model/packing.h"

namespace doorstep::server {
namespace {

constexpr int kLevel = 3;  // of zstd: most of what there is to gain, at hundreds of MB a second

SignedHead SignAt(const HeadSigner& signer, const Id& scope, const ScopeRow& row, uint64_t seq,
                  const Hash32& hash) {
  v1::Head head;
  head.set_scope(scope.str());
  head.set_seq(seq);
  head.set_entry_hash(View(hash).data(), hash.size());
  if (seq == row.seq) head.set_state_digest(View(row.state_digest).data(), row.state_digest.size());
  head.set_archived_seq(row.archived_seq);
  return signer.Sign(std::move(head));
}

}  // namespace

absl::StatusOr<v1::PullPage> BuildPage(const ReadView& view, const HeadSigner& signer,
                                       const Id& scope, const LogEnd& end, uint64_t after) {
  assert(after < end.limit && end.limit <= end.row.seq);
  v1::LogEntries entries;
  size_t bytes = 0;
  uint64_t seq = after;
  Hash32 hash{};
  bool gap = false;
  absl::Status read = view.ReadLog(scope, after, [&](LogRow row) {
    v1::LogEntry wire;
    wire.mutable_signed_()->set_changeset(std::move(row.changeset));
    wire.mutable_signed_()->set_signature(View(row.signature).data(), row.signature.size());
    wire.set_meta(std::move(row.meta));
    constexpr size_t kTagAndLength = 4;  // of an entry in the list
    const size_t size = wire.ByteSizeLong() + kTagAndLength;
    gap = row.seq != seq + 1;
    if (gap || (entries.entries_size() > 0 && bytes + size > kPageBytesMax)) {
      return ReadView::Visit::kStop;
    }
    bytes += size;
    seq = row.seq;
    hash = row.hash;
    *entries.add_entries() = std::move(wire);
    const bool full = entries.entries_size() == kPageEntriesMax || seq == end.limit;
    return full ? ReadView::Visit::kStop : ReadView::Visit::kGoOn;
  });
  if (!read.ok()) return read;
  if (gap || entries.entries_size() == 0) return DamagedStore("a log has a gap");
  absl::StatusOr<std::string> compressed = Pack(entries.SerializeAsString(), kLevel);
  if (!compressed.ok()) return compressed.status();
  v1::PullPage page;
  page.set_scope(scope.str());
  page.set_entries(*std::move(compressed));
  *page.mutable_head() = SignAt(signer, scope, end.row, seq, hash).Wire();
  page.set_more(seq < end.limit);
  return page;
}

SignedHead SignEnd(const HeadSigner& signer, const Id& scope, const ScopeRow& row) {
  return SignAt(signer, scope, row, row.seq, row.hash);
}

}  // namespace doorstep::server
