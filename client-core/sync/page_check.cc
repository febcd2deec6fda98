#include "client-core/sync/page_check.h"

#include <algorithm>
#include <cassert>
#include <system_error>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client-core/sync/limits.h"
#include "crypto/primitives.h"
#include "crypto/reason.h"
#include "model/judge.h"
#include "model/limits.h"
#include "model/merge.h"
#include "model/packing.h"
#include "model/planted.h"
#include "model/scanner.h"

namespace doorstep::client {
namespace {

const ServerKeysView* KeyOf(const std::vector<ServerKeysView>& keys, const SignedHead& head) {
  for (const ServerKeysView& key : keys) {
    if (View(H16(View(key.log_pk))) == head.head.key()) return &key;
  }
  return nullptr;
}

bool HeadCounts(Verifier& verifier, const Directory& directory, const SignedHead& head) {
  std::vector<ServerKeysView> keys = directory.CountingServerKeys(directory.seq());
  const ServerKeysView* key = KeyOf(keys, head);
  return key != nullptr && verifier.VerifyHead(directory.tenant(), head, key->log_pk);
}

// A page on its way to being taken: what both kinds of scope have in common. Walks forward from the
// end of the stored log.
class Walk {
 public:
  Walk(const PageContext& context, const PageBase& base, ScopeState& state)
      : context_(context), state_(state), at_(base) {}

  std::optional<PageRefusal> Unpack(const v1::PullPage& page, CheckedPage& checked) {
    if (page.scope() != state_.scope().view())
      return Refuse(Reason::kFormat, "page of another scope");
    absl::StatusOr<v1::LogEntries> wire = UnpackEntries(page.entries());
    if (!wire.ok()) return PageRefusal{PageFault::kRefused, wire.status()};
    if (wire->entries_size() == 0) return Refuse(Reason::kFormat, "page without entries");
    if (wire->entries_size() > kPageEntriesMax) return Refuse(Reason::kLimit, "too many entries");
    for (const v1::LogEntry& line : wire->entries()) {
      absl::StatusOr<Entry> entry = DecodeEntry(line);
      if (!entry.ok()) return PageRefusal{PageFault::kRefused, entry.status()};
      checked.entries.push_back(*std::move(entry));
    }
    absl::StatusOr<SignedHead> head = DecodeHead(page.head());
    if (!head.ok()) return PageRefusal{PageFault::kRefused, head.status()};
    checked.head = *std::move(head);
    checked.more = page.more();
    return std::nullopt;
  }

  // The entry's place in its log, its place in the directory, and who signed it.
  std::optional<PageRefusal> Step(const Directory& directory, Entry& entry) {
    uint64_t place = entry.meta.directory_seq();
    if (entry.changeset.scope != state_.scope()) {
      return Refuse(Reason::kIntegrity, "entry of another scope");
    }
    if (entry.seq() != at_.seq + 1) return Refuse(Reason::kIntegrity, "numbers are not dense");
    if (place > directory.seq()) {
      return PageRefusal{PageFault::kDirectoryFirst,
                         MakeStatus(Reason::kState, Named("directory place ahead"))};
    }
    if (place < at_.directory_seq) return Refuse(Reason::kIntegrity, "directory place falls");
    uint64_t hash = place == 0 ? 0 : ShortHash(*directory.HashAt(place));
    if (entry.meta.directory_hash() != hash) {
      return Refuse(Reason::kIntegrity, "directory place off this chain");
    }
    std::optional<PublicKey> key = directory.SigningKey(entry.changeset.device, place);
    if (!key) return Refuse(Reason::kAuth, "author is not known");
    authored_.push_back({&entry.changeset, *key});
    ChainEntry(directory.tenant(), at_.hash, entry);
    at_ = {entry.seq(), entry.hash, place};
    return std::nullopt;
  }

  // The signatures of the steps since the last call.
  std::optional<PageRefusal> Authors(const Directory& directory) {
    const std::vector<Authored> all = std::exchange(authored_, {});
    if (Planted(Fault::kSignatureAtPage)) return std::nullopt;
    if (context_.verifier.VerifyAuthors(directory.tenant(), all)) return std::nullopt;
    return Refuse(Reason::kAuth, "signature is not the author's");
  }

  // The server's own signature under the end of the walk.
  std::optional<PageRefusal> Seal(const Directory& directory, const SignedHead& head) {
    if (head.scope != state_.scope() || head.head.seq() != at_.seq || head.entry_hash != at_.hash) {
      return Refuse(Reason::kIntegrity, "head is not of the page's end");
    }
    if (!HeadCounts(context_.verifier, directory, head)) {
      return Refuse(Reason::kAuth, "head is not signed by a counting log key");
    }
    return std::nullopt;
  }

  std::optional<PageRefusal> Trust(const Directory& directory, const Entry& entry) {
    if (!entry.applied()) return std::nullopt;
    Bench bench{context_.catalog, directory, entry.meta.directory_seq(), entry.meta.received_ms()};
    absl::Status trusted = CheckTrust(bench, state_, entry);
    if (!state_.status().ok()) return PageRefusal{PageFault::kRefused, state_.status()};
    if (!trusted.ok()) return PageRefusal{PageFault::kFrozen, trusted};
    return std::nullopt;
  }

  std::optional<PageRefusal> Compare(CheckedPage& checked) {
    if (!checked.more && !checked.head.head.state_digest().empty()) {
      checked.digests_agree = View(state_.Digest()) == checked.head.head.state_digest();
    }
    if (!state_.status().ok()) return PageRefusal{PageFault::kRefused, state_.status()};
    return std::nullopt;
  }

 private:
  std::string Named(const std::string& rule) const {
    return absl::StrCat(rule, ": scope ", state_.scope().short_hex(), " after ", at_.seq);
  }
  PageRefusal Refuse(Reason reason, const std::string& rule) const {
    return {PageFault::kRefused, MakeStatus(reason, Named(rule))};
  }

  const PageContext& context_;
  ScopeState& state_;
  PageBase at_;
  std::vector<Authored> authored_;
};

}  // namespace

bool Verifier::VerifyAuthors(const Id& tenant, std::span<const Authored> all) {
  return std::all_of(all.begin(), all.end(), [&](const Authored& one) {
    return VerifyAuthor(tenant, *one.changeset, one.key);
  });
}

bool PlainVerifier::VerifyAuthor(const Id& tenant, const Changeset& changeset,
                                 const PublicKey& key) {
  return VerifyChangeset(tenant, changeset, key).ok();
}

bool PlainVerifier::VerifyAuthors(const Id& tenant, std::span<const Authored> all) {
  constexpr size_t kWorthAThread = 8;
  const size_t half = all.size() / 2;
  if (half < kWorthAThread || std::thread::hardware_concurrency() < 2) {
    return Verifier::VerifyAuthors(tenant, all);
  }
  bool first = false;
  try {
    std::thread beside([&] { first = Verifier::VerifyAuthors(tenant, all.first(half)); });
    const bool rest = Verifier::VerifyAuthors(tenant, all.subspan(half));
    beside.join();
    return first && rest;
  } catch (const std::system_error&) {  // no thread is to be had
    return Verifier::VerifyAuthors(tenant, all);
  }
}

bool PlainVerifier::VerifyHead(const Id& tenant, const SignedHead& head, const PublicKey& log_pk) {
  return doorstep::VerifyHead(tenant, head, log_pk);
}

absl::StatusOr<v1::LogEntries> UnpackEntries(std::string_view compressed) {
  absl::StatusOr<std::string> plain = doorstep::Unpack(compressed, kPageBytesMax);
  if (!plain.ok()) return plain.status();
  v1::LogEntries entries;
  absl::Status parsed = ParseMessage(*plain, entries);
  if (!parsed.ok()) return parsed;
  return entries;
}

std::string PackEntries(const v1::LogEntries& entries) {
  absl::StatusOr<std::string> packed = Pack(entries.SerializeAsString(), kZstdLevel);
  assert(packed.ok());
  return *std::move(packed);
}

std::optional<PageRefusal> CheckFamilyPage(const PageContext& context, const Directory& directory,
                                           const PageBase& base, const v1::PullPage& page,
                                           ScopeState& state, CheckedPage& checked) {
  Walk walk(context, base, state);
  if (auto refusal = walk.Unpack(page, checked)) return refusal;
  for (Entry& entry : checked.entries) {
    if (auto refusal = walk.Step(directory, entry)) return refusal;
  }
  if (auto refusal = walk.Authors(directory)) return refusal;
  // Before trust is asked: nobody but the server itself can make a device stop a scope.
  if (auto refusal = walk.Seal(directory, checked.head)) return refusal;
  for (const Entry& entry : checked.entries) {
    if (auto refusal = walk.Trust(directory, entry)) return refusal;
    FoldEntry(state, entry);
  }
  return walk.Compare(checked);
}

std::optional<PageRefusal> CheckDirectoryPage(const PageContext& context, Directory& trial,
                                              const PageBase& base, const v1::PullPage& page,
                                              ScopeState& state, CheckedPage& checked) {
  Walk walk(context, base, state);
  if (auto refusal = walk.Unpack(page, checked)) return refusal;
  std::optional<PageRefusal> broken;
  for (Entry& entry : checked.entries) {
    if (entry.meta.directory_seq() + 1 != entry.seq()) {
      return PageRefusal{PageFault::kRefused,
                         MakeStatus(Reason::kIntegrity, "directory entry off its own place")};
    }
    if (auto refusal = walk.Step(trial, entry)) return refusal;
    if (auto refusal = walk.Authors(trial)) return refusal;
    if (!broken) broken = walk.Trust(trial, entry);
    FoldEntry(state, entry);
    trial.Fold(entry);
  }
  // The key under the head may itself have come with this page.
  if (auto refusal = walk.Seal(trial, checked.head)) return refusal;
  if (broken) return broken;
  return walk.Compare(checked);
}

absl::StatusOr<SignedHead> CheckBareHead(Verifier& verifier, const Directory& directory,
                                         const v1::SignedHead& wire) {
  absl::StatusOr<SignedHead> head = DecodeHead(wire);
  if (!head.ok()) return head.status();
  if (!HeadCounts(verifier, directory, *head)) {
    return MakeStatus(Reason::kAuth, "head is not signed by a counting log key");
  }
  return head;
}

}  // namespace doorstep::client
