// Requests are read strictly, positions compared with the chain.
#include "sync-server/feed/cursors.h"

#include <catch2/catch_test_macros.hpp>
#include <memory>

#include "crypto/reason.h"
#include "model/limits.h"
#include "tests/sync-server/council.h"

namespace doorstep::server {
namespace {

Id Numbered(uint64_t n) { return {H16(St("test/scope").AddU64(n).bytes())}; }

v1::PullRequest WithCursors(int n) {
  v1::PullRequest request;
  for (int i = 0; i < n; ++i) {
    request.add_cursors()->set_scope(Numbered(static_cast<uint64_t>(i)).str());
  }
  return request;
}

Reason Why(const v1::PullRequest& request) {
  return ReasonOf(ReadPullRequest(Numbered(9'999'999), request).status());
}

}  // namespace

TEST_CASE("B50: 4,096 scopes, none twice") {
  CHECK(Why(WithCursors(kScopesMax)) == Reason::kNone);
  CHECK(Why(WithCursors(kScopesMax + 1)) == Reason::kLimit);
  v1::PullRequest both = WithCursors(kScopesMax);
  both.add_wanted(Numbered(5000).str());
  CHECK(Why(both) == Reason::kLimit);
  v1::PullRequest left_out;
  for (int i = 0; i <= kScopesMax; ++i) {
    left_out.add_not_carried(Numbered(static_cast<uint64_t>(i)).str());
  }
  CHECK(Why(left_out) == Reason::kLimit);

  v1::PullRequest twice = WithCursors(3);
  *twice.add_cursors() = twice.cursors(1);
  CHECK(Why(twice) == Reason::kFormat);
  v1::PullRequest wanted_too = WithCursors(3);
  wanted_too.add_wanted(Numbered(1).str());
  CHECK(Why(wanted_too) == Reason::kFormat);
  v1::PullRequest wanted_twice;
  wanted_twice.add_wanted(Numbered(1).str());
  wanted_twice.add_wanted(Numbered(1).str());
  CHECK(Why(wanted_twice) == Reason::kFormat);
}

TEST_CASE("B50: what is no cursor, no hash, no protocol of ours") {
  for (size_t size : {0, 15, 17}) {
    v1::PullRequest request;
    request.add_cursors()->set_scope(std::string(size, 's'));
    CHECK(Why(request) == Reason::kFormat);
    v1::PullRequest wanted;
    wanted.add_wanted(std::string(size, 's'));
    CHECK(Why(wanted) == Reason::kFormat);
    v1::PullRequest left_out;
    left_out.add_not_carried(std::string(size, 's'));
    CHECK(Why(left_out) == Reason::kFormat);
  }
  for (size_t size : {0, 7, 9, 32}) {
    v1::PullRequest request = WithCursors(1);
    request.mutable_cursors(0)->set_seq(1);
    request.mutable_cursors(0)->set_hash(std::string(size, 'h'));
    CHECK(Why(request) == Reason::kFormat);
  }
  v1::PullRequest from_nothing = WithCursors(1);
  from_nothing.mutable_cursors(0)->set_hash("12345678");
  CHECK(Why(from_nothing) == Reason::kFormat);
  v1::PullRequest newer;
  newer.set_protocol(kProtocol + 1);
  CHECK(Why(newer) == Reason::kVersion);
}

TEST_CASE("B51: histories are runs of hashes, 65,536 at most") {
  auto with = [](uint64_t first, size_t bytes) {
    v1::PullRequest request;
    v1::History& history = *request.add_histories();
    history.set_scope(Numbered(1).str());
    history.set_first_seq(first);
    history.set_hashes(std::string(bytes, 'h'));
    return request;
  };
  CHECK(Why(with(1, 8)) == Reason::kNone);
  CHECK(Why(with(1, size_t{8} * kHistoryHashesMax)) == Reason::kNone);
  CHECK(Why(with(1, size_t{8} * (kHistoryHashesMax + 1))) == Reason::kLimit);
  for (size_t bytes : {0, 7, 9}) CHECK(Why(with(1, bytes)) == Reason::kFormat);
  CHECK(Why(with(0, 8)) == Reason::kFormat);
  CHECK(Why(with(UINT64_MAX, 16)) == Reason::kFormat);
  v1::PullRequest twice = with(1, 8);
  *twice.add_histories() = twice.histories(0);
  CHECK(Why(twice) == Reason::kFormat);
  // In place of the cursor of its scope, which is not compared besides.
  v1::PullRequest instead = with(1, 8);
  instead.add_cursors()->set_scope(Numbered(1).str());
  absl::StatusOr<PullPlan> plan = ReadPullRequest(Numbered(2), instead);
  REQUIRE(plan.ok());
  CHECK(plan->cursors.empty());
  CHECK(plan->histories.size() == 1);
}

TEST_CASE("a position is on the chain or it is not") {
  Council council;
  std::unique_ptr<ReadView> view = *council.server->store->Read();
  const Id tenant = council.town.tenant;
  const ScopeRow row = *view->FindScope(tenant);
  auto at = [&](const Id& scope, uint64_t seq, std::string_view hash) {
    return *Compare(*view, scope, {seq, std::string(hash), 0});
  };
  CHECK(at(tenant, row.seq, HashPrefix(row.hash)) == Standing::kOnChain);
  const Hash32 first = view->HashAt(tenant, 1)->value();
  CHECK(at(tenant, 1, HashPrefix(first)) == Standing::kOnChain);
  CHECK(at(tenant, 0, "") == Standing::kOnChain);
  CHECK(at(Numbered(1), 0, "") == Standing::kOnChain);
  CHECK(at(tenant, row.seq, "12345678") == Standing::kMismatch);
  CHECK(at(tenant, 1, HashPrefix(row.hash)) == Standing::kMismatch);
  CHECK(at(tenant, row.seq + 1, HashPrefix(row.hash)) == Standing::kMismatch);
  CHECK(at(tenant, UINT64_MAX, HashPrefix(row.hash)) == Standing::kMismatch);
  CHECK(at(Numbered(1), 1, HashPrefix(row.hash)) == Standing::kMismatch);
}

TEST_CASE("the greatest common number, wherever the histories part") {
  Council council;
  for (int i = 0; i < 5; ++i) council.Hire(v1::ROLE_KEY_WORKER);
  const Id tenant = council.town.tenant;
  const std::vector<Entry> log = council.Log(tenant);
  const uint64_t end = log.size();
  REQUIRE(end > 20);
  std::unique_ptr<ReadView> view = *council.server->store->Read();
  for (uint64_t common = 0; common <= end; ++common) {
    for (uint64_t first : {uint64_t{1}, uint64_t{2}, uint64_t{7}, end}) {
      HashRun run{tenant, first, ""};
      for (uint64_t seq = first; seq <= end + 3; ++seq) {
        const bool same = seq <= common;
        run.hashes += same ? std::string(HashPrefix(log[seq - 1].hash)) : std::string(8, 'x');
      }
      CHECK(*GreatestCommon(*view, run) == (common >= first ? common : 0));
    }
  }
}

}  // namespace doorstep::server
