#include "tests/conformance/store_suite.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crypto/primitives.h"
#include "crypto/reason.h"

namespace doorstep::server {
namespace {

Id MakeId(uint64_t n) { return {H16(St("test/id").AddU64(n).bytes())}; }

Entry MakeTestEntry(const Id& tenant, const Id& scope, uint64_t seq, const Hash32& before,
                    uint64_t uid) {
  static const Secret kSeed = Secret::FromBytes(std::string(32, 'k'));
  v1::Changeset body;
  body.set_uid(MakeId(uid).str());
  body.set_scope(scope.str());
  body.set_device(MakeId(1).str());
  body.set_actor(MakeId(2).str());
  absl::StatusOr<Changeset> changeset = AuthorChangeset(tenant, body, kSeed);
  REQUIRE(changeset.ok());
  v1::EntryMeta meta;
  meta.set_seq(seq);
  meta.set_verdict(seq % 2 == 0 ? v1::HELD : v1::APPLIED);
  meta.set_received_ms(static_cast<int64_t>(seq));
  return MakeEntry(tenant, *changeset, meta, before);
}

// Entries seq .. seq + n - 1 of a scope, committed with its row.
std::vector<Entry> Fill(Store& store, const Id& scope, uint64_t n, uint64_t first_uid) {
  std::vector<Entry> entries;
  absl::StatusOr<std::unique_ptr<Transaction>> tx = store.Begin();
  REQUIRE(tx.ok());
  absl::StatusOr<ScopeRow> row = (*tx)->FindScope(scope);
  REQUIRE(row.ok());
  for (uint64_t i = 0; i < n; ++i) {
    entries.push_back(MakeTestEntry(store.tenant(), scope, row->seq + 1, row->hash, first_uid + i));
    REQUIRE((*tx)->Append(entries.back()).ok());
    row->seq = entries.back().seq();
    row->hash = entries.back().hash;
  }
  REQUIRE((*tx)->PutScope(scope, *row).ok());
  REQUIRE((*tx)->Commit().ok());
  return entries;
}

std::vector<uint64_t> SeqsAbove(const ReadView& view, const Id& scope, uint64_t after,
                                size_t most = 1000) {
  std::vector<uint64_t> seqs;
  absl::Status read = view.ReadLog(scope, after, [&](LogRow row) {
    seqs.push_back(row.seq);
    return seqs.size() == most ? ReadView::Visit::kStop : ReadView::Visit::kGoOn;
  });
  REQUIRE(read.ok());
  return seqs;
}

std::unique_ptr<ReadView> View(Store& store) {
  absl::StatusOr<std::unique_ptr<ReadView>> view = store.Read();
  REQUIRE(view.ok());
  return *std::move(view);
}

std::unique_ptr<Transaction> Begin(Store& store) {
  absl::StatusOr<std::unique_ptr<Transaction>> tx = store.Begin();
  REQUIRE(tx.ok());
  return *std::move(tx);
}

void CheckLog(Store& store) {
  const Id scope = MakeId(10);
  const Id other = MakeId(11);
  {
    std::unique_ptr<ReadView> view = View(store);
    const ScopeRow row = *view->FindScope(scope);
    CHECK(row.seq == 0);
    CHECK(row.hash == EmptyLogHash(store.tenant(), scope));
    CHECK(row.state_digest == Hash32{});
    CHECK(*view->HashAt(scope, 0) == row.hash);
    CHECK(*view->HashAt(scope, 1) == std::nullopt);
    CHECK(SeqsAbove(*view, scope, 0).empty());
  }
  const std::vector<Entry> entries = Fill(store, scope, 5, 100);
  Fill(store, other, 2, 200);
  std::unique_ptr<ReadView> view = View(store);
  CHECK(view->FindScope(scope)->seq == 5);
  CHECK(view->FindScope(scope)->hash == entries.back().hash);
  CHECK(SeqsAbove(*view, scope, 0) == std::vector<uint64_t>{1, 2, 3, 4, 5});
  CHECK(SeqsAbove(*view, scope, 3) == std::vector<uint64_t>{4, 5});
  CHECK(SeqsAbove(*view, scope, 1, 2) == std::vector<uint64_t>{2, 3});
  for (uint64_t beyond : {uint64_t{5}, uint64_t{6}, uint64_t{1} << 63, UINT64_MAX}) {
    CHECK(SeqsAbove(*view, scope, beyond).empty());
    CHECK((beyond == 5) == view->HashAt(scope, beyond)->has_value());
  }
  CHECK(*view->HashAt(scope, 3) == entries[2].hash);
  // Bytes come back as they went in.
  absl::Status read = view->ReadLog(scope, 1, [&](LogRow row) {
    absl::StatusOr<Entry> entry = ToEntry(row);
    REQUIRE(entry.ok());
    CHECK(entry->changeset.bytes == entries[1].changeset.bytes);
    CHECK(entry->changeset.signature == entries[1].changeset.signature);
    CHECK(entry->meta_bytes == entries[1].meta_bytes);
    CHECK(entry->hash == entries[1].hash);
    return ReadView::Visit::kStop;
  });
  CHECK(read.ok());
  const UidRow uid = view->FindUid(MakeId(103))->value();
  CHECK(uid.scope == scope);
  CHECK(uid.seq == 4);
  CHECK(uid.changeset_hash == ChangesetHash(entries[3].changeset));
  CHECK(*view->FindUid(MakeId(999)) == std::nullopt);
  std::vector<Id> scopes;
  REQUIRE(view->ForEachScope([&](const Id& id, const ScopeRow&) { scopes.push_back(id); }).ok());
  CHECK(std::is_sorted(scopes.begin(), scopes.end()));
  CHECK(scopes.size() == 2);
}

// A number, and a uid in whatever scope, is given once; what fails leaves nothing.
void CheckOnce(Store& store) {
  const Id scope = MakeId(20);
  const std::vector<Entry> entries = Fill(store, scope, 2, 300);
  {
    std::unique_ptr<Transaction> tx = Begin(store);
    CHECK_FALSE(tx->Append(MakeTestEntry(store.tenant(), scope, 2, entries[0].hash, 310)).ok());
  }
  {
    std::unique_ptr<Transaction> tx = Begin(store);
    const Id other = MakeId(21);
    Entry twice = MakeTestEntry(store.tenant(), other, 1, EmptyLogHash(store.tenant(), other), 301);
    CHECK_FALSE(tx->Append(twice).ok());
  }
  std::unique_ptr<ReadView> view = View(store);
  CHECK(view->FindUid(MakeId(301))->value().scope == scope);
  CHECK(*view->FindUid(MakeId(310)) == std::nullopt);
  CHECK(*view->HashAt(scope, 2) == entries[1].hash);
}

// What is not committed is not there; a transaction sees its own.
void CheckRollback(Store& store) {
  const Id scope = MakeId(30);
  const Id key = MakeId(31);
  {
    std::unique_ptr<Transaction> tx = Begin(store);
    Entry entry = MakeTestEntry(store.tenant(), scope, 1, EmptyLogHash(store.tenant(), scope), 400);
    REQUIRE(tx->Append(entry).ok());
    REQUIRE(tx->PutScope(scope, {1, entry.hash, {}, 0, 0}).ok());
    REQUIRE(tx->PutReaderKeys(scope, {key}).ok());
    REQUIRE(tx->PutMeta("name", "value").ok());
    CHECK(tx->FindScope(scope)->seq == 1);
    CHECK(tx->FindUid(MakeId(400))->has_value());
    CHECK(*tx->StandsUnder(scope, key));
    CHECK(tx->FindMeta("name")->value() == "value");
  }
  std::unique_ptr<ReadView> view = View(store);
  CHECK(view->FindScope(scope)->seq == 0);
  CHECK_FALSE(view->FindUid(MakeId(400))->has_value());
  CHECK_FALSE(*view->StandsUnder(scope, key));
  CHECK_FALSE(view->FindMeta("name")->has_value());
}

void CheckState(Store& store) {
  const Id scope = MakeId(40);
  const std::vector<Entry> entries = Fill(store, scope, 4, 500);
  Record record;
  record.type = 7;
  record.made_seq = 1;
  record.made_actor = MakeId(2);
  record.cells[3].live.push_back({{MakeId(500), 0}, MakeId(2), 1, std::string("\0x", 2)});
  record.cells[3].absent.push_back({MakeId(77), 5});
  record.cells[9].live.push_back({{MakeId(500), 1}, MakeId(2), 1, ""});
  {
    std::unique_ptr<Transaction> tx = Begin(store);
    for (uint64_t id : {43, 41, 42}) {
      record.id = MakeId(id);
      REQUIRE(tx->PutRecord(scope, record).ok());
    }
    HeldWork held;
    held.changeset = entries[3].changeset;
    held.seq = 4;
    held.reason = 18;
    REQUIRE(tx->PutHeld(scope, held).ok());
    held.changeset = entries[1].changeset;
    held.seq = 2;
    REQUIRE(tx->PutHeld(scope, held).ok());
    held.outcome = HeldWork::Outcome::kDeclined;
    held.decided_seq = 3;
    REQUIRE(tx->PutHeld(scope, held).ok());
    REQUIRE(tx->Commit().ok());
  }
  std::unique_ptr<ReadView> view = View(store);
  std::vector<Id> ids;
  REQUIRE(view->LoadRecords(scope, 7,
                            [&](Record loaded) {
                              CHECK(EncodeCells(loaded) == EncodeCells(record));
                              CHECK(loaded.made_seq == 1);
                              CHECK(loaded.made_actor == MakeId(2));
                              ids.push_back(loaded.id);
                            })
              .ok());
  CHECK(ids.size() == 3);
  CHECK(std::is_sorted(ids.begin(), ids.end()));
  CHECK(view->LoadRecord(scope, 7, MakeId(42))->has_value());
  CHECK_FALSE(view->LoadRecord(scope, 8, MakeId(42))->has_value());
  CHECK_FALSE(view->LoadRecord(MakeId(10), 7, MakeId(42))->has_value());
  std::vector<uint64_t> seqs;
  REQUIRE(view->LoadAllHeld(scope, [&](HeldWork held) { seqs.push_back(held.seq); }).ok());
  CHECK(seqs == std::vector<uint64_t>{2, 4});
  const HeldWork held = view->LoadHeld(scope, MakeId(501))->value();
  CHECK(held.changeset.bytes == entries[1].changeset.bytes);
  CHECK(held.outcome == HeldWork::Outcome::kDeclined);
  CHECK(held.decided_seq == 3);
  CHECK(held.reason == 18);
  CHECK_FALSE(view->LoadHeld(scope, MakeId(500))->has_value());
}

void CheckReaders(Store& store) {
  const Id a = MakeId(50), b = MakeId(51), ana = MakeId(52), ben = MakeId(53);
  {
    std::unique_ptr<Transaction> tx = Begin(store);
    REQUIRE(tx->PutReaderKeys(a, {ana, ben}).ok());
    REQUIRE(tx->PutReaderKeys(b, {ana}).ok());
    REQUIRE(tx->PutReaderKeys(a, {ana}).ok());
    REQUIRE(tx->Commit().ok());
  }
  std::unique_ptr<ReadView> view = View(store);
  std::set<Id> scopes;
  REQUIRE(view->ForEachScopeOf(ana, [&](const Id& scope) { scopes.insert(scope); }).ok());
  CHECK(scopes == std::set<Id>{a, b});
  CHECK(view->ForEachScopeOf(ben, [](const Id&) { FAIL("dropped"); }).ok());
  CHECK(*view->StandsUnder(b, ana));
  CHECK_FALSE(*view->StandsUnder(a, ben));
}

void CheckMeta(Store& store) {
  {
    std::unique_ptr<Transaction> tx = Begin(store);
    REQUIRE(tx->PutMeta("empty", "").ok());
    REQUIRE(tx->PutMeta("zero", std::string_view("\0a", 2)).ok());
    REQUIRE(tx->PutMeta("gone", "x").ok());
    REQUIRE(tx->DropMeta("gone").ok());
    REQUIRE(tx->Commit().ok());
  }
  std::unique_ptr<ReadView> view = View(store);
  CHECK(view->FindMeta("empty")->value().empty());
  CHECK(view->FindMeta("zero")->value() == std::string("\0a", 2));
  CHECK_FALSE(view->FindMeta("gone")->has_value());
}

// Chunks in any order, each once, of a scope and no other; none without a commit.
void CheckFiles(Store& store) {
  const Id scope = MakeId(60), other = MakeId(61);
  const std::string content(32, 'c'), hashes(9 * 32, 'h');
  auto put = [&](Transaction& tx, uint32_t number, std::string_view bytes) {
    return tx.PutChunk(scope, content, 1000, hashes, number, bytes);
  };
  {
    std::unique_ptr<Transaction> tx = *store.Begin();
    REQUIRE(put(*tx, 8, "eight").ok());
    CHECK(tx->FindFile(scope, content).value()->here == std::string("\0\x01", 2));
  }
  CHECK_FALSE((*store.Read())->FindFile(scope, content).value());
  {
    std::unique_ptr<Transaction> tx = *store.Begin();
    REQUIRE(put(*tx, 8, "eight").ok());
    REQUIRE(put(*tx, 0, "nought").ok());
    REQUIRE(put(*tx, 8, "another").ok());
    REQUIRE(tx->Commit().ok());
  }
  std::unique_ptr<ReadView> view = *store.Read();
  const std::optional<FileRow> file = view->FindFile(scope, content).value();
  REQUIRE(file);
  CHECK(file->length == 1000);
  CHECK(file->hashes == hashes);
  CHECK(file->here == "\x01\x01");
  CHECK(view->FindChunk(scope, content, 8).value() == "eight");
  CHECK_FALSE(view->FindChunk(scope, content, 1).value());
  CHECK_FALSE(view->FindChunk(other, content, 8).value());
  CHECK_FALSE(view->FindFile(other, content).value());
}

// Visits that are waited for: what is due, longest first; told ones apart.
void CheckLone(Store& store) {
  const Id scope = MakeId(70);
  {
    std::unique_ptr<Transaction> tx = *store.Begin();
    for (uint64_t n = 1; n <= 4; ++n) {
      LoneRow row{scope, MakeId(70 + n), MakeId(2), static_cast<int64_t>(1000 - 100 * n), 0};
      if (n == 3) row.told_ms = 7;
      REQUIRE(tx->PutLone(row).ok());
    }
    REQUIRE(tx->PutLone({scope, MakeId(75), MakeId(2), 0, 9}).ok());
    REQUIRE(tx->Commit().ok());
  }
  auto due = [&](int64_t now_ms) {
    std::vector<Id> visits;
    REQUIRE((*store.Read())
                ->ForEachLoneDue(now_ms, [&](const LoneRow& row) { visits.push_back(row.visit); })
                .ok());
    return visits;
  };
  CHECK(due(599).empty());
  CHECK(due(900) == std::vector<Id>{MakeId(74), MakeId(72), MakeId(71)});
  std::vector<LoneRow> ended;
  REQUIRE(
      (*store.Read())->ForEachLoneEnded([&](const LoneRow& row) { ended.push_back(row); }).ok());
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].visit == MakeId(75));
  CHECK(ended[0].told_ms == 9);
  std::unique_ptr<Transaction> tx = *store.Begin();
  REQUIRE(tx->DropLone(scope, MakeId(75)).ok());
  CHECK_FALSE(tx->FindLone(scope, MakeId(75)).value());
  CHECK(tx->FindLone(scope, MakeId(73)).value()->told_ms == 7);
  CHECK_FALSE(tx->FindLone(MakeId(1), MakeId(73)).value());
}

// Only heads that are on the chain raise the mark, and nothing lowers it.
std::vector<std::pair<Id, Id>> Found(const ReadView& view, std::string_view term) {
  std::vector<std::pair<Id, Id>> found;
  REQUIRE(view.ForEachFound(term, [&](const Id& scope, uint32_t,
                                      const Id& record) { found.emplace_back(scope, record); })
              .ok());
  return found;
}

// A record stands under exactly the terms it was given last.
void CheckFinding(Store& store) {
  const Id one = MakeId(62), two = MakeId(63), record = MakeId(64);
  {
    std::unique_ptr<Transaction> tx = Begin(store);
    REQUIRE(tx->PutFindTerms(two, 3, record, {"family/SMITH", "family/JONES"}).ok());
    REQUIRE(tx->PutFindTerms(one, 3, record, {"family/SMITH"}).ok());
    REQUIRE(tx->PutFindTerms(one, 2, record, {"family/SMITH"}).ok());
    CHECK(Found(*tx, "family/SMITH").size() == 3);
    REQUIRE(tx->Commit().ok());
  }
  CHECK(Found(*View(store), "family/SMITH") ==
        std::vector<std::pair<Id, Id>>{{one, record}, {one, record}, {two, record}});
  CHECK(Found(*View(store), "family/SMIT").empty());
  CHECK(Found(*View(store), "").empty());
  {
    std::unique_ptr<Transaction> tx = Begin(store);
    REQUIRE(tx->PutFindTerms(two, 3, record, {"family/JONES"}).ok());
    REQUIRE(tx->PutFindTerms(one, 3, record, {}).ok());
    REQUIRE(tx->Commit().ok());
  }
  CHECK(Found(*View(store), "family/SMITH") == std::vector<std::pair<Id, Id>>{{one, record}});
  CHECK(Found(*View(store), "family/JONES") == std::vector<std::pair<Id, Id>>{{two, record}});
  {
    std::unique_ptr<Transaction> lost = Begin(store);
    REQUIRE(lost->PutFindTerms(one, 3, record, {"family/JONES"}).ok());
  }
  CHECK(Found(*View(store), "family/JONES").size() == 1);
}

// What was told is kept in the order it was told, for each family apart.
void CheckOfficeReads(Store& store) {
  const Id family = MakeId(65), other = MakeId(66);
  {
    std::unique_ptr<Transaction> tx = Begin(store);
    for (int64_t at_ms : {30, 10, 20}) {
      REQUIRE(tx->AddOfficeRead({family, MakeId(67), MakeId(68), at_ms, OfficeAct::kShown}).ok());
    }
    REQUIRE(tx->AddOfficeRead({other, MakeId(67), MakeId(68), 5, OfficeAct::kFound}).ok());
    REQUIRE(tx->Commit().ok());
  }
  std::vector<int64_t> times;
  REQUIRE(View(store)
              ->ForEachOfficeRead(family,
                                  [&](const OfficeRead& read) {
                                    CHECK(read.family == family);
                                    CHECK(read.device == MakeId(67));
                                    CHECK(read.user == MakeId(68));
                                    CHECK(read.act == OfficeAct::kShown);
                                    times.push_back(read.at_ms);
                                  })
              .ok());
  CHECK(times == std::vector<int64_t>{30, 10, 20});
}

void CheckArchived(Store& store) {
  const Id scope = MakeId(60);
  const std::vector<Entry> entries = Fill(store, scope, 5, 600);
  auto mark = [&](uint64_t seq, const Hash32& hash) {
    const ArchivedHead head{scope, seq, hash};
    REQUIRE(store.MarkArchived({&head, 1}).ok());
    return View(store)->FindScope(scope)->archived_seq;
  };
  CHECK(mark(3, entries[2].hash) == 3);
  CHECK(mark(2, entries[1].hash) == 3);
  CHECK(mark(4, entries[2].hash) == 3);
  CHECK(mark(6, entries[4].hash) == 3);
  CHECK(mark(UINT64_MAX, entries[4].hash) == 3);
  CHECK(mark(5, entries[4].hash) == 5);
  // A head of a scope that is not here makes none.
  const ArchivedHead stranger{MakeId(61), 1, entries[0].hash};
  REQUIRE(store.MarkArchived({&stranger, 1}).ok());
  CHECK(View(store)->FindScope(MakeId(61))->seq == 0);
}

}  // namespace

void CheckStore(Store& store) {
  CheckLog(store);
  CheckOnce(store);
  CheckRollback(store);
  CheckState(store);
  CheckReaders(store);
  CheckMeta(store);
  CheckFinding(store);
  CheckOfficeReads(store);
  CheckArchived(store);
  CheckFiles(store);
  CheckLone(store);
}

void CheckStoreViews(Store& store) {
  const Id scope = MakeId(70);
  Fill(store, scope, 1, 700);
  std::unique_ptr<ReadView> before = View(store);
  std::unique_ptr<Transaction> tx = Begin(store);
  const Entry entry = MakeTestEntry(store.tenant(), scope, 2, before->FindScope(scope)->hash, 701);
  REQUIRE(tx->Append(entry).ok());
  REQUIRE(tx->PutScope(scope, {2, entry.hash, {}, 0, 0}).ok());
  std::unique_ptr<ReadView> during = View(store);
  CHECK(during->FindScope(scope)->seq == 1);
  REQUIRE(tx->Commit().ok());
  tx.reset();
  // Each sees its own moment, whole: the row and the log agree.
  for (const ReadView* view : {before.get(), during.get()}) {
    CHECK(view->FindScope(scope)->seq == 1);
    CHECK(SeqsAbove(*view, scope, 0) == std::vector<uint64_t>{1});
    CHECK_FALSE(view->FindUid(MakeId(701))->has_value());
  }
  CHECK(View(store)->FindScope(scope)->seq == 2);
}

}  // namespace doorstep::server
