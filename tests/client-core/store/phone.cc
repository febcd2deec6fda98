#include "tests/client-core/store/phone.h"

#include <unistd.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "model/value.h"

namespace doorstep::client {

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "doorstep-test-XXXXXX").string();
  char* made = mkdtemp(name.data());
  REQUIRE(made != nullptr);
  path_ = made;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Secret TestKey(uint8_t fill) {
  return Secret::FromBytes(std::string(Database::kKeyBytes, static_cast<char>(fill)));
}

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

void WriteFile(const std::string& path, std::string_view bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  REQUIRE(out.good());
}

Hand Copy(const Hand& hand) {
  return {hand.user, hand.device, hand.sign_seed.Clone(), hand.box_seed.Clone()};
}

v1::RecordChange EndPlace(ScopeLog& log, const Hand& worker) {
  for (const AssignmentView& place : AssignmentsOf(log.state())) {
    if (place.user != worker.user || !place.open) continue;
    return Change(kAssignment, place.id,
                  {{7, EncodeNumber(7, 2), {log.Live(kAssignment, place.id, 7)}}});
  }
  FAIL("no open place");
  return {};
}

v1::RecordChange Decide(Town& town, const Id& held, uint32_t answer) {
  return Change(kDecision, town.NewId(),
                {{1, EncodeId(1, held)}, {2, EncodeNumber(2, answer)}, {3, EncodeNumber(3, 1)}});
}

Phone::Phone(Town& in_town, const Hand& of_hand) : Phone(in_town, of_hand, nullptr) {}

Phone::Phone(Town& in_town, const Hand& of_hand, std::unique_ptr<Store> opened)
    : town(in_town),
      hand(Copy(of_hand)),
      store(std::move(opened)),
      log_seed(Secret::FromBytes(std::string(32, 'L'))) {
  if (store != nullptr) return;
  absl::StatusOr<std::unique_ptr<Store>> made = Store::CreateInMemory(identity(), Catalog::Get());
  REQUIRE(made.ok());
  store = *std::move(made);
}

StoreIdentity Phone::identity() const { return {town.tenant, hand.device, town.root_pk}; }

SignedHead Phone::HeadOf(const ScopeLog& log, uint64_t seq, uint64_t archived) const {
  const Entry& last = log.entries()[seq - 1];
  v1::Head head;
  head.set_scope(last.changeset.scope.str());
  head.set_seq(seq);
  head.set_entry_hash(std::string(View(last.hash)));
  head.set_archived_seq(archived);
  return SignHead(town.tenant, head, log_seed);
}

absl::Status Phone::PullPage(const ScopeLog& log, size_t most) {
  const Id scope = log.entries().front().changeset.scope;
  const ScopeRow* row = store->log().Find(scope);
  const size_t from = row == nullptr ? 0 : row->seq;
  const size_t end = std::min(log.entries().size(), from + most);
  std::vector<Entry> page(log.entries().begin() + static_cast<std::ptrdiff_t>(from),
                          log.entries().begin() + static_cast<std::ptrdiff_t>(end));
  std::unique_ptr<ScopeState> folded = store->state().Of(scope);
  for (const Entry& entry : page) FoldEntry(*folded, entry);
  return store->PutPage(scope, page, HeadOf(log, end), *folded, town.now_ms);
}

void Phone::Pull(const ScopeLog& log, size_t most) {
  const Id scope = log.entries().front().changeset.scope;
  while (store->log().Find(scope) == nullptr ||
         store->log().Find(scope)->seq < log.entries().size()) {
    REQUIRE(PullPage(log, most).ok());
  }
}

Judgement Phone::Commit(const Changeset& changeset, std::string_view ends_draft) {
  absl::StatusOr<Judgement> expected = store->overlay().Expect(changeset, town.now_ms);
  REQUIRE(expected.ok());
  REQUIRE(store->Commit(changeset, *expected, ends_draft, town.now_ms).ok());
  return *expected;
}

ScopeState& Phone::Seen(const Id& scope) {
  absl::StatusOr<OverlayScope*> seen = store->overlay().Of(scope, town.now_ms);
  REQUIRE(seen.ok());
  return *(*seen)->state;
}

std::string Phone::Text(const Id& scope, uint32_t type, const Id& id, uint32_t field) {
  const Record* record = Seen(scope).Find(type, id);
  if (record == nullptr) return "";
  std::string_view value = ValueInForce(*record, *Catalog::Get().FindField(type, field));
  return std::string(DecodeBytes(field, value).value_or(""));
}

std::vector<std::string> Phone::Unsent() const {
  std::vector<std::string> uids;
  REQUIRE(store->outbox()
              .ForEach([&](const OutboxRow& row) {
                uids.push_back(row.uid.hex());
                return true;
              })
              .ok());
  return uids;
}

v1::RecordChange PlanVisit(const Town& town, const Hand& hand, const Id& id, int64_t planned_at_ms,
                           std::string_view purpose, std::string_view account) {
  std::vector<Put> puts{{1, EncodeId(1, town.team)},  // an episode that is not here yet
                        {2, EncodeId(2, hand.user)},
                        {kVisitPlannedAt, EncodeI64(kVisitPlannedAt, planned_at_ms)},
                        {kVisitState, EncodeNumber(kVisitState, 1)},
                        {kVisitPurpose, EncodeBytes(kVisitPurpose, purpose)}};
  if (!account.empty()) puts.push_back({kVisitAccount, EncodeBytes(kVisitAccount, account)});
  return Change(kVisit, id, std::move(puts));
}

std::string Content(ScopeState& state, const std::vector<uint32_t>& types) {
  std::string content;
  for (uint32_t type : types) {
    state.ForEach(type, [&](const Record& record) {
      Record bare = record;
      bare.made_seq = 0;
      for (auto& [field, cell] : bare.cells) {
        for (LiveWrite& write : cell.live) write.seq = 0;
      }
      content += record.id.str() + EncodeCells(bare);
    });
  }
  return content;
}

}  // namespace doorstep::client
