#include "tests/sync-server/council.h"

#include <zstd.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <utility>

#include "crypto/primitives.h"
#include "model/limits.h"
#include "sync-server/access/restore_gate.h"
#include "sync-server/office/find_terms.h"

namespace doorstep::server {
namespace {

constexpr uint32_t kPerson = 2, kAssignment = 34, kDecision = 36, kServerKeys = 123;

v1::SignedHead EmptyHead() { return {}; }

}  // namespace

Server::Server(const Town& town, const Secret& log_seed, std::unique_ptr<SqliteStore> at)
    : store(std::move(at)),
      directory(town.tenant, town.root_pk),
      signer(town.tenant, log_seed.Clone()),
      parts{Catalog::Get(), *store, directory, signer},
      ingest(Catalog::Get(), town.root_pk, *store, &RecordsThatAreFound()) {}

Council::Council(uint64_t seed)
    : town(seed), log_seed(Secret::FromBytes(View(town.random.Make<32>()))) {
  absl::StatusOr<std::unique_ptr<SqliteStore>> store = SqliteStore::OpenInMemory(town.tenant);
  REQUIRE(store.ok());
  server = std::make_unique<Server>(town, log_seed, *std::move(store));
  const PublicKey log_pk = SignPublicKey(log_seed);
  town.log.Push(town.Write(town.root, town.tenant,
                           {Change(kServerKeys, town.NewId(),
                                   {{1, EncodeBytes(1, View(log_pk))},
                                    {2, EncodeBytes(2, View(BoxPublicKey(log_seed)))},
                                    {3, EncodeBytes(3, "certificate")},
                                    {4, EncodeNumber(4, 1)}})}));
  Mirror();
  REQUIRE(Row(town.tenant).seq == 2);
}

void Council::Mirror() {
  for (; mirrored_ < town.log.entries().size(); ++mirrored_) {
    const Entry& entry = town.log.entries()[mirrored_];
    v1::RowAnswer answer = Push(entry.changeset);
    REQUIRE(answer.accepted().verdict() == entry.meta.verdict());
  }
}

Hand Council::Hire(v1::Role role) {
  Hand hand = town.Hire(role);
  Mirror();
  return hand;
}

v1::RowAnswer Council::Push(const Changeset& changeset, const Id& bearer) {
  PushItem item;
  *item.row.mutable_signed_() = changeset.Signed();
  item.bearer = bearer.is_zero() ? changeset.device : bearer;
  item.received_ms = town.now_ms;
  absl::StatusOr<BatchResult> result = server->ingest.ApplyBatch({&item, 1});
  INFO(result.status().ToString());
  REQUIRE(result.ok());
  REQUIRE(result->answers.size() == 1);
  return result->answers[0];
}

v1::RowAnswer Council::Ask(const Id& uid) {
  PushItem item;
  item.row.set_uid(uid.str());
  absl::StatusOr<BatchResult> result = server->ingest.ApplyBatch({&item, 1});
  REQUIRE(result.ok());
  REQUIRE(result->moved.empty());
  return result->answers.at(0);
}

std::vector<v1::RowAnswer> Council::PushAll(const std::vector<Changeset>& changesets) {
  std::vector<PushItem> items;
  for (const Changeset& changeset : changesets) {
    PushItem& item = items.emplace_back();
    *item.row.mutable_signed_() = changeset.Signed();
    item.bearer = changeset.device;
    item.received_ms = town.now_ms;
  }
  absl::StatusOr<BatchResult> result = server->ingest.ApplyBatch(items);
  REQUIRE(result.ok());
  REQUIRE(result->answers.size() == changesets.size());
  return std::move(result->answers);
}

Id Council::BeginFamily(const Hand& hand) {
  Changeset first = town.BeginFamily(hand);
  v1::RowAnswer answer = Push(first);
  REQUIRE(answer.accepted().verdict() == v1::APPLIED);
  return first.scope;
}

Changeset Council::Note(const Hand& hand, const Id& family, const std::string& text) {
  return town.Write(
      hand, family,
      {Change(
          kPerson, town.NewId(),
          {{1, EncodeNumber(1, 1)}, {2, EncodeDate(2, town.today)}, {9, EncodeBytes(9, text)}})});
}

std::optional<AssignmentView> Council::Place(const Id& family, const Id& user) {
  std::unique_ptr<ReadView> view = *server->store->Read();
  ScopeState state(family, view.get());
  std::optional<AssignmentView> found;
  for (const AssignmentView& place : AssignmentsOf(state)) {
    if (place.user == user) found = place;
  }
  REQUIRE(state.status().ok());
  return found;
}

Changeset Council::EndPlace(const Hand& by, const Id& family, const AssignmentView& place) {
  std::unique_ptr<ReadView> view = *server->store->Read();
  const Record record = view->LoadRecord(family, kAssignment, place.id)->value();
  const Op live = record.FindCell(7)->live.back().op;
  return town.Write(by, family,
                    {Change(kAssignment, place.id,
                            {{7, EncodeNumber(7, v1::Assignment::STATE_ENDED), {live}},
                             {8, EncodeNumber(8, 1)}})});
}

Changeset Council::OpenPlace(const Hand& by, const Id& family, const Hand& user,
                             v1::Assignment::Relation relation) {
  return town.Write(by, family,
                    {Change(kAssignment, town.NewId(),
                            {{1, EncodeId(1, user.user)},
                             {2, EncodeNumber(2, relation)},
                             {4, EncodeNumber(4, v1::Assignment::REASON_ALLOCATED)},
                             {5, EncodeDate(5, town.today)},
                             {7, EncodeNumber(7, 1)}})});
}

Changeset Council::Decide(const Hand& by, const Id& family, const Id& held,
                          v1::Decision::Answer answer) {
  return town.Write(by, family,
                    {Change(kDecision, town.NewId(),
                            {{1, EncodeBytes(1, held.view())},
                             {2, EncodeNumber(2, answer)},
                             {3, EncodeNumber(3, 1)}})});
}

ScopeRow Council::Row(const Id& scope) { return *(*server->store->Read())->FindScope(scope); }

std::vector<Entry> Council::Log(const Id& scope) {
  std::vector<Entry> entries;
  absl::Status read = (*server->store->Read())->ReadLog(scope, 0, [&](LogRow row) {
    entries.push_back(*ToEntry(row));
    return ReadView::Visit::kGoOn;
  });
  REQUIRE(read.ok());
  return entries;
}

std::string Council::Image() { return *server->store->Image(); }

void Council::Restore(const std::string& image) {
  absl::StatusOr<std::unique_ptr<SqliteStore>> store = SqliteStore::OpenImage(image, town.tenant);
  REQUIRE(store.ok());
  server = std::make_unique<Server>(town, log_seed, *std::move(store));
}

Hash32 Council::Fingerprint() {
  std::string bytes;
  std::unique_ptr<ReadView> view = *server->store->Read();
  absl::Status read = view->ForEachScope([&](const Id& scope, const ScopeRow& row) {
    bytes += scope.view();
    AppendU64(bytes, row.seq);
    AppendU64(bytes, row.archived_seq);
    bytes += View(row.hash);
    bytes += View(row.state_digest);
  });
  REQUIRE(read.ok());
  return H(bytes);
}

v1::PullRequest Phone::Request() const {
  v1::PullRequest request;
  request.set_protocol(kProtocol);
  request.set_schema(1);
  auto add = [&](const Id& scope) {
    v1::Cursor& cursor = *request.add_cursors();
    cursor.set_scope(scope.str());
    auto log = logs_.find(scope);
    if (log == logs_.end() || log->second.empty()) return;
    cursor.set_seq(log->second.size());
    cursor.set_hash(std::string(HashPrefix(log->second.back().hash)));
    auto mark = archived_.find(scope);
    if (mark != archived_.end()) cursor.set_archived_seq(mark->second);
  };
  add(council_.town.tenant);
  for (const auto& [scope, log] : logs_) {
    if (scope != council_.town.tenant) add(scope);
  }
  return request;
}

Pulled Phone::Pull(const v1::PullRequest& request) {
  Pulled pulled;
  absl::StatusOr<server::Pull> pull =
      server::Pull::Begin(council_.server->parts, hand_.device, request);
  pulled.status = pull.status();
  if (!pull.ok()) return pulled;
  while (Step(*pull, pulled)) {
  }
  pulled.heard = pull->heard();
  return pulled;
}

bool Phone::Step(server::Pull& pull, Pulled& pulled) {
  absl::StatusOr<std::optional<v1::PullFrame>> next = pull.Next(council_.town.now_ms);
  INFO(next.status().ToString());
  REQUIRE(next.ok());
  if (!*next) return false;
  const v1::PullFrame& frame = **next;
  REQUIRE(frame.ByteSizeLong() < (1 << 20));
  if (!frame.has_hello()) pulled.frames.push_back(frame.SerializeAsString());
  auto note = [&](const std::string& bytes) {
    const Id scope = *Id::FromBytes(bytes);
    if (std::find(pulled.order.begin(), pulled.order.end(), scope) == pulled.order.end()) {
      pulled.order.push_back(scope);
    }
    return scope;
  };
  switch (frame.frame_case()) {
    case v1::PullFrame::kHello:
      pulled.hello = frame.hello();
      break;
    case v1::PullFrame::kPage:
      note(frame.page().scope());
      Take(frame.page(), pulled);
      break;
    case v1::PullFrame::kBare: {
      SignedHead head = *DecodeHead(frame.bare().head());
      archived_[head.scope] = head.head.archived_seq();
      pulled.bare[note(head.head.scope())] = head;
      break;
    }
    case v1::PullFrame::kEnded: {
      std::vector<Changeset>& proof = pulled.ended[note(frame.ended().scope())];
      for (const v1::SignedChangeset& wire : frame.ended().proof()) {
        proof.push_back(*DecodeChangeset(wire));
      }
      break;
    }
    case v1::PullFrame::kMismatch:
      pulled.mismatches.insert(note(frame.mismatch().scope()));
      break;
    case v1::PullFrame::kCommon:
      pulled.commons[note(frame.common().scope())] = frame.common();
      break;
    case v1::PullFrame::kClosed:
    case v1::PullFrame::FRAME_NOT_SET:
      FAIL("a frame that is not sent");
  }
  return true;
}

// Dense, chained, within the limits, and signed at its end.
void Phone::Take(const v1::PullPage& page, Pulled& pulled) {
  const std::string& packed = page.entries();
  const unsigned long long size = ZSTD_getFrameContentSize(packed.data(), packed.size());
  REQUIRE(size <= kPageBytesMax);
  std::string bytes(size, '\0');
  REQUIRE(ZSTD_decompress(bytes.data(), size, packed.data(), packed.size()) == size);
  v1::LogEntries entries;
  REQUIRE(entries.ParseFromString(bytes));
  REQUIRE(entries.entries_size() > 0);
  REQUIRE(entries.entries_size() <= kPageEntriesMax);

  const Id scope = *Id::FromBytes(page.scope());
  std::vector<Entry>& log = logs_[scope];
  for (const v1::LogEntry& wire : entries.entries()) {
    Entry entry = *DecodeEntry(wire);
    REQUIRE(entry.seq() == log.size() + 1);
    ChainEntry(council_.town.tenant,
               log.empty() ? EmptyLogHash(council_.town.tenant, scope) : log.back().hash, entry);
    log.push_back(std::move(entry));
  }
  SignedHead head = *DecodeHead(page.head());
  REQUIRE(head.scope == scope);
  REQUIRE(head.head.seq() == log.size());
  REQUIRE(head.entry_hash == log.back().hash);
  REQUIRE(VerifyHead(council_.town.tenant, head, council_.server->signer.log_key()));
  if (!head.head.state_digest().empty()) {
    ScopeState state(scope, nullptr);
    for (const Entry& entry : log) FoldEntry(state, entry);
    REQUIRE(head.head.state_digest() == View(state.Digest()));
  }
  archived_[scope] = head.head.archived_seq();
  heads_[scope].push_back(head);
  ++pulled.pages[scope];
}

v1::AdoptRequest Phone::AdoptFrom(const Id& scope, uint64_t first) const {
  v1::AdoptRequest request;
  request.set_protocol(kProtocol);
  request.set_scope(scope.str());
  const std::vector<Entry>& log = logs_.at(scope);
  for (size_t i = first - 1; i < log.size(); ++i) *request.add_entries() = log[i].Wire();
  auto heads = heads_.find(scope);
  *request.mutable_head() = heads == heads_.end() ? EmptyHead() : heads->second.back().Wire();
  return request;
}

v1::History Phone::HistoryOf(const Id& scope) const {
  v1::History history;
  history.set_scope(scope.str());
  history.set_first_seq(1);
  for (const Entry& entry : logs_.at(scope)) {
    history.mutable_hashes()->append(HashPrefix(entry.hash));
  }
  return history;
}

}  // namespace doorstep::server
