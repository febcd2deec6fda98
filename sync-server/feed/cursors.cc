#include "sync-server/feed/cursors.h"

#include <utility>

#include "crypto/reason.h"
#include "model/limits.h"
#include "model/log.h"
#include "model/planted.h"

namespace doorstep::server {
namespace {

constexpr size_t kPrefixBytes = 8;

absl::Status Malformed(std::string_view rule) { return MakeStatus(Reason::kFormat, rule); }

// Reads the lists of a request one by one, and keeps them apart.
class Reader {
 public:
  explicit Reader(const Id& tenant) : tenant_(tenant) {}

  absl::Status ReadHistory(const v1::History& wire) {
    std::optional<Id> scope = Id::FromBytes(wire.scope());
    if (!scope) return Malformed("pull: a history of no scope");
    HashRun run{*scope, wire.first_seq(), wire.hashes()};
    if (run.hashes.empty() || run.hashes.size() % kPrefixBytes != 0 || run.first_seq == 0 ||
        run.first_seq > UINT64_MAX - run.count()) {
      return Malformed("pull: a history that is no run of hashes");
    }
    if (run.count() > kHistoryHashesMax)
      return MakeStatus(Reason::kLimit, "pull: a history too long");
    if (!named_.insert(*scope).second) return Malformed("pull: a scope twice");
    const bool first = *scope == tenant_;
    plan_.histories.insert(first ? plan_.histories.begin() : plan_.histories.end(), std::move(run));
    return absl::OkStatus();
  }

  absl::Status ReadCursor(const v1::Cursor& wire) {
    std::optional<Id> scope = Id::FromBytes(wire.scope());
    if (!scope || wire.hash().size() != (wire.seq() == 0 ? 0 : kPrefixBytes)) {
      return Malformed("pull: a cursor without scope or hash");
    }
    if (!cursors_.insert(*scope).second) return Malformed("pull: a scope twice");
    // What stands in a history is answered by Common.
    if (!named_.insert(*scope).second) return absl::OkStatus();
    Position position{wire.seq(), wire.hash(), wire.archived_seq()};
    if (*scope == tenant_) {
      plan_.directory = std::move(position);
    } else {
      plan_.cursors.push_back({*scope, std::move(position)});
    }
    return absl::OkStatus();
  }

  absl::Status ReadWanted(const std::string& bytes) {
    std::optional<Id> scope = Id::FromBytes(bytes);
    if (!scope) return Malformed("pull: wants no scope");
    if (!named_.insert(*scope).second) return Malformed("pull: a scope twice");
    if (*scope == tenant_) {
      plan_.directory = Position{};
    } else {
      plan_.wanted.push_back(*scope);
    }
    return absl::OkStatus();
  }

  absl::Status ReadNotCarried(const std::string& bytes) {
    std::optional<Id> scope = Id::FromBytes(bytes);
    if (!scope) return Malformed("pull: leaves out no scope");
    if (!plan_.not_carried.insert(*scope).second) return Malformed("pull: a scope twice");
    return absl::OkStatus();
  }

  PullPlan Take() { return std::move(plan_); }

 private:
  Id tenant_;
  PullPlan plan_;
  std::set<Id> named_;
  std::set<Id> cursors_;
};

}  // namespace

absl::StatusOr<PullPlan> ReadPullRequest(const Id& tenant, const v1::PullRequest& request) {
  if (request.protocol() > kProtocol) {
    return MakeStatus(Reason::kVersion, "pull of a newer protocol");
  }
  const int scopes = request.cursors_size() + request.wanted_size();
  if (scopes > kScopesMax || request.histories_size() > kScopesMax ||
      request.not_carried_size() > kScopesMax) {
    return MakeStatus(Reason::kLimit, "pull: too many scopes");
  }
  Reader reader(tenant);
  absl::Status read;
  for (const v1::History& history : request.histories()) {
    if (read.ok()) read = reader.ReadHistory(history);
  }
  for (const v1::Cursor& cursor : request.cursors()) {
    if (read.ok()) read = reader.ReadCursor(cursor);
  }
  for (const std::string& wanted : request.wanted()) {
    if (read.ok()) read = reader.ReadWanted(wanted);
  }
  for (const std::string& scope : request.not_carried()) {
    if (read.ok()) read = reader.ReadNotCarried(scope);
  }
  if (!read.ok()) return read;
  PullPlan plan = reader.Take();
  plan.directory_rows = request.directory_rows();
  return plan;
}

absl::StatusOr<Standing> Compare(const ReadView& view, const Id& scope, const Position& position) {
  if (position.seq == 0) return Standing::kOnChain;
  absl::StatusOr<std::optional<Hash32>> hash = view.HashAt(scope, position.seq);
  if (!hash.ok()) return hash.status();
  if (!*hash) return Standing::kMismatch;
  const bool same = HashPrefix(**hash) == position.hash || Planted(Fault::kHashAtPull);
  return same ? Standing::kOnChain : Standing::kMismatch;
}

absl::StatusOr<uint64_t> GreatestCommon(const ReadView& view, const HashRun& run) {
  // An entry that both have makes all before it the same, so the last common one is found by
  // halving.
  uint64_t common = 0;
  uint64_t low = 0;  // of the run: all below are common
  uint64_t high = run.count();
  while (low < high) {
    const uint64_t middle = low + (high - low) / 2;
    absl::StatusOr<std::optional<Hash32>> hash = view.HashAt(run.scope, run.first_seq + middle);
    if (!hash.ok()) return hash.status();
    const std::string_view shown =
        std::string_view(run.hashes).substr(middle * kPrefixBytes, kPrefixBytes);
    if (*hash && HashPrefix(**hash) == shown) {
      common = run.first_seq + middle;
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return common;
}

}  // namespace doorstep::server
