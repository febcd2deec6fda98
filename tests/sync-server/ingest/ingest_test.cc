// One changeset, one answer: every row of the bad inputs that reaches the server as a push.
#include "sync-server/ingest/ingest.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "crypto/reason.h"
#include "model/limits.h"
#include "model/packing.h"
#include "tests/sync-server/council.h"

namespace doorstep::server {
namespace {

constexpr uint32_t kAssignment = 34;

Reason BadReason(const v1::RowAnswer& answer) {
  REQUIRE(answer.has_bad());
  return static_cast<Reason>(answer.bad().reason());
}
Reason RetryReason(const v1::RowAnswer& answer) {
  REQUIRE(answer.has_retry());
  CHECK(answer.retry().after_ms() > 0);
  return static_cast<Reason>(answer.retry().reason());
}
bool Applied(const v1::RowAnswer& answer) { return answer.accepted().verdict() == v1::APPLIED; }
v1::HeldReason Held(const v1::RowAnswer& answer) {
  REQUIRE(answer.accepted().verdict() == v1::HELD);
  return static_cast<v1::HeldReason>(answer.accepted().reason());
}

enum class Commits { kWork, kFail };

// A transaction that may fail at the last step, as a full or broken disk does.
class FailingTransaction final : public Transaction {
 public:
  FailingTransaction(std::unique_ptr<Transaction> to, Commits commits)
      : to_(std::move(to)), commits_(commits) {}
  const Id& tenant() const override { return to_->tenant(); }
  absl::StatusOr<ScopeRow> FindScope(const Id& scope) const override {
    return to_->FindScope(scope);
  }
  absl::Status ForEachScope(
      absl::FunctionRef<void(const Id&, const ScopeRow&)> visit) const override {
    return to_->ForEachScope(visit);
  }
  absl::StatusOr<std::optional<Hash32>> HashAt(const Id& scope, uint64_t seq) const override {
    return to_->HashAt(scope, seq);
  }
  absl::Status ReadLog(const Id& scope, uint64_t after,
                       absl::FunctionRef<Visit(LogRow)> visit) const override {
    return to_->ReadLog(scope, after, visit);
  }
  absl::StatusOr<std::optional<UidRow>> FindUid(const Id& uid) const override {
    return to_->FindUid(uid);
  }
  absl::Status ForEachScopeOf(const Id& key,
                              absl::FunctionRef<void(const Id&)> visit) const override {
    return to_->ForEachScopeOf(key, visit);
  }
  absl::StatusOr<bool> StandsUnder(const Id& scope, const Id& key) const override {
    return to_->StandsUnder(scope, key);
  }
  absl::Status ForEachFound(
      std::string_view term,
      absl::FunctionRef<void(const Id&, uint32_t, const Id&)> visit) const override {
    return to_->ForEachFound(term, visit);
  }
  absl::Status ForEachOfficeRead(const Id& family,
                                 absl::FunctionRef<void(const OfficeRead&)> visit) const override {
    return to_->ForEachOfficeRead(family, visit);
  }
  absl::StatusOr<std::optional<std::string>> FindMeta(std::string_view name) const override {
    return to_->FindMeta(name);
  }
  absl::StatusOr<std::optional<FileRow>> FindFile(const Id& scope,
                                                  std::string_view content) const override {
    return to_->FindFile(scope, content);
  }
  absl::StatusOr<std::optional<std::string>> FindChunk(const Id& scope, std::string_view content,
                                                       uint32_t number) const override {
    return to_->FindChunk(scope, content, number);
  }
  absl::StatusOr<std::optional<LoneRow>> FindLone(const Id& scope, const Id& visit) const override {
    return to_->FindLone(scope, visit);
  }
  absl::Status ForEachLoneDue(int64_t now_ms,
                              absl::FunctionRef<void(const LoneRow&)> visit) const override {
    return to_->ForEachLoneDue(now_ms, visit);
  }
  absl::Status ForEachLoneEnded(absl::FunctionRef<void(const LoneRow&)> visit) const override {
    return to_->ForEachLoneEnded(visit);
  }
  absl::StatusOr<std::optional<Record>> LoadRecord(const Id& scope, uint32_t type,
                                                   const Id& id) const override {
    return to_->LoadRecord(scope, type, id);
  }
  absl::Status LoadRecords(const Id& scope, uint32_t type,
                           absl::FunctionRef<void(Record)> visit) const override {
    return to_->LoadRecords(scope, type, visit);
  }
  absl::StatusOr<std::optional<HeldWork>> LoadHeld(const Id& scope, const Id& uid) const override {
    return to_->LoadHeld(scope, uid);
  }
  absl::Status LoadAllHeld(const Id& scope,
                           absl::FunctionRef<void(HeldWork)> visit) const override {
    return to_->LoadAllHeld(scope, visit);
  }
  absl::Status Append(const Entry& entry) override { return to_->Append(entry); }
  absl::Status PutScope(const Id& scope, const ScopeRow& row) override {
    return to_->PutScope(scope, row);
  }
  absl::Status PutRecord(const Id& scope, const Record& record) override {
    return to_->PutRecord(scope, record);
  }
  absl::Status PutHeld(const Id& scope, const HeldWork& held) override {
    return to_->PutHeld(scope, held);
  }
  absl::Status PutReaderKeys(const Id& scope, const std::set<Id>& keys) override {
    return to_->PutReaderKeys(scope, keys);
  }
  absl::Status PutFindTerms(const Id& scope, uint32_t type, const Id& record,
                            const std::set<std::string>& terms) override {
    return to_->PutFindTerms(scope, type, record, terms);
  }
  absl::Status AddOfficeRead(const OfficeRead& read) override { return to_->AddOfficeRead(read); }
  absl::Status PutChunk(const Id& scope, std::string_view content, uint64_t length,
                        std::string_view hashes, uint32_t number, std::string_view chunk) override {
    return to_->PutChunk(scope, content, length, hashes, number, chunk);
  }
  absl::Status PutLone(const LoneRow& row) override { return to_->PutLone(row); }
  absl::Status DropLone(const Id& scope, const Id& visit) override {
    return to_->DropLone(scope, visit);
  }
  absl::Status PutMeta(std::string_view name, std::string_view value) override {
    return to_->PutMeta(name, value);
  }
  absl::Status DropMeta(std::string_view name) override { return to_->DropMeta(name); }
  absl::Status Commit() override {
    return commits_ == Commits::kFail ? MakeStatus(Reason::kIo, "test") : to_->Commit();
  }

 private:
  std::unique_ptr<Transaction> to_;
  Commits commits_;
};

class FailingStore final : public Store {
 public:
  explicit FailingStore(Store& to) : to_(to) {}
  const Id& tenant() const override { return to_.tenant(); }
  absl::StatusOr<std::unique_ptr<ReadView>> Read() override { return to_.Read(); }
  absl::StatusOr<std::unique_ptr<Transaction>> Begin() override {
    absl::StatusOr<std::unique_ptr<Transaction>> begun = to_.Begin();
    if (!begun.ok()) return begun;
    return std::make_unique<FailingTransaction>(*std::move(begun), commits);
  }
  Commits commits = Commits::kWork;

 private:
  Store& to_;
};

// A family of Ana's, in Ben's team; both key workers.
struct Home {
  Home()
      : ana(council.Hire(v1::ROLE_KEY_WORKER)),
        ben(council.Hire(v1::ROLE_KEY_WORKER)),
        family(council.BeginFamily(ana)) {}
  Town& town() { return council.town; }

  Council council;
  Hand ana;
  Hand ben;
  Id family;
};

}  // namespace

TEST_CASE("an applied changeset stands in the log as it was signed, with what the server knew") {
  Home home;
  const Changeset note = home.council.Note(home.ana, home.family, "quiet");
  const v1::RowAnswer answer = home.council.Push(note, home.ben.device);
  REQUIRE(Applied(answer));
  CHECK(answer.uid() == note.uid.view());
  CHECK(answer.accepted().scope() == home.family.view());
  CHECK(answer.accepted().seq() == 2);
  CHECK_FALSE(answer.accepted().archived());
  CHECK_FALSE(answer.accepted().undecided());
  const Entry entry = home.council.Log(home.family).back();
  CHECK(entry.changeset.bytes == note.bytes);
  CHECK(entry.changeset.signature == note.signature);
  CHECK(entry.meta.bearer() == home.ben.device.view());
  CHECK(entry.meta.received_ms() == home.town().now_ms);
  CHECK(entry.meta.directory_seq() == home.council.Row(home.town().tenant).seq);
  CHECK(entry.meta.directory_hash() == ShortHash(home.council.Row(home.town().tenant).hash));
  // Handed in by the author, it has no bearer.
  CHECK(home.council.Log(home.family).front().meta.bearer().empty());
}

TEST_CASE("entries of the directory name the place before them") {
  Home home;
  for (const Entry& entry : home.council.Log(home.town().tenant)) {
    CHECK(entry.meta.directory_seq() == entry.seq() - 1);
    CHECK((entry.meta.directory_hash() == 0) == (entry.seq() == 1));
  }
}

TEST_CASE("B36: ids of a wrong length, another person's name") {
  Home home;
  const Hash32 before = home.council.Fingerprint();
  for (size_t size : {0, 15, 17}) {
    for (int field = 0; field < 4; ++field) {
      v1::Changeset body = home.council.Note(home.ana, home.family, "x").body;
      const std::string bytes(size, 'i');
      if (field == 0) body.set_uid(bytes);
      if (field == 1) body.set_scope(bytes);
      if (field == 2) body.set_device(bytes);
      if (field == 3) body.set_actor(bytes);
      Changeset bad;
      bad.bytes = body.SerializeAsString();
      bad.signature = Sign(home.ana.sign_seed, SignatureInput(home.town().tenant, bad.bytes));
      const v1::RowAnswer answer = home.council.Push(bad, home.ana.device);
      CHECK(BadReason(answer) == Reason::kFormat);
      CHECK(answer.uid() == (field == 0 ? std::string(16, '\0') : body.uid()));
    }
  }
  CHECK(home.council.Fingerprint() == before);

  Hand liar = {home.ben.user, home.ana.device, home.ana.sign_seed.Clone(), {}};
  CHECK(Held(home.council.Push(home.council.Note(liar, home.family, "x"))) ==
        v1::HELD_REASON_DEVICE);
}

TEST_CASE("B36: no clock orders or refuses anything") {
  Home home;
  for (int64_t wall : {int64_t{0}, int64_t{-1}, INT64_MIN, int64_t{253'402'300'799'000}}) {
    v1::Changeset body = home.council.Note(home.ana, home.family, "x").body;
    body.mutable_clock()->set_wall_ms(wall);
    CHECK(
        Applied(home.council.Push(*AuthorChangeset(home.town().tenant, body, home.ana.sign_seed))));
  }
}

TEST_CASE("B37: a wrong signature is unsendable and nothing else waits for it") {
  Home home;
  const Changeset good = home.council.Note(home.ana, home.family, "good");
  std::vector<Changeset> bad;
  Changeset flipped = home.council.Note(home.ana, home.family, "bad");
  flipped.signature[7] = static_cast<uint8_t>(flipped.signature[7] ^ 1);
  bad.push_back(flipped);
  Changeset zero = home.council.Note(home.ana, home.family, "bad");
  zero.signature = {};
  bad.push_back(zero);
  Hand thief = {home.ana.user, home.ana.device, home.ben.sign_seed.Clone(), {}};
  bad.push_back(home.council.Note(thief, home.family, "bad"));
  Changeset other_tenant = home.council.Note(home.ana, home.family, "bad");
  other_tenant.signature =
      Sign(home.ana.sign_seed, SignatureInput(home.town().NewId(), other_tenant.bytes));
  bad.push_back(other_tenant);
  // S + L: the same signature once more, with the order of the group added to its second half.
  Changeset malleable = home.council.Note(home.ana, home.family, "bad");
  constexpr uint8_t kOrder[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7,
                                  0xa2, 0xde, 0xf9, 0xde, 0x14, 0,    0,    0,    0,    0,    0,
                                  0,    0,    0,    0,    0,    0,    0,    0,    0,    0x10};
  unsigned carry = 0;
  for (size_t i = 0; i < 32; ++i) {
    carry += malleable.signature[32 + i] + kOrder[i];
    malleable.signature[32 + i] = static_cast<uint8_t>(carry);
    carry >>= 8;
  }
  bad.push_back(malleable);

  std::vector<Changeset> all = bad;
  all.insert(all.begin() + 2, good);
  const std::vector<v1::RowAnswer> answers = home.council.PushAll(all);
  for (size_t i = 0; i < answers.size(); ++i) {
    if (i == 2) {
      CHECK(Applied(answers[i]));
    } else {
      CHECK(BadReason(answers[i]) == Reason::kAuth);
    }
  }
  CHECK(home.council.Row(home.family).seq == 2);
}

TEST_CASE("B38: an unknown author waits, and is taken once the directory knows the device") {
  Home home;
  const Hand cem = home.town().Hire(v1::ROLE_KEY_WORKER);  // not told to the server yet
  const Changeset first = home.town().BeginFamily(cem);
  const Hash32 before = home.council.Fingerprint();
  CHECK(RetryReason(home.council.Push(first)) == Reason::kTrust);
  CHECK(home.council.Fingerprint() == before);
  home.council.Mirror();
  CHECK(Applied(home.council.Push(first)));
}

TEST_CASE("B38: an author known by a held Device record only is known") {
  Home home;
  const Hand cem = home.town().MakeHand(home.town().NewId());
  // Ana is no administrator, so this is HELD; but the device is known from then on.
  CHECK(Held(home.council.Push(
            home.town().Write(home.ana, home.town().tenant, {home.town().DeviceOf(cem)}))) ==
        v1::HELD_REASON_NOT_ALLOWED);
  CHECK(Held(home.council.Push(home.council.Note(cem, home.family, "x"))) ==
        v1::HELD_REASON_DEVICE);
}

TEST_CASE("B38: an unknown scope without its Family record waits; B45: with another's it is bad") {
  Home home;
  const Changeset lost = home.council.Note(home.ana, home.town().NewId(), "x");
  CHECK(RetryReason(home.council.Push(lost)) == Reason::kNotFound);

  const Changeset first = home.town().BeginFamily(home.ana);
  v1::Changeset body = first.body;
  body.set_device(home.ben.device.str());
  body.set_actor(home.ben.user.str());
  const Changeset stolen = *AuthorChangeset(home.town().tenant, body, home.ben.sign_seed);
  CHECK(BadReason(home.council.Push(stolen)) == Reason::kFormat);
  // So whose formula it is can still begin it.
  v1::Changeset own = first.body;
  own.set_uid(home.town().NewId().str());
  CHECK(BadReason(home.council.Push(
            *AuthorChangeset(home.town().tenant, own, home.ana.sign_seed))) == Reason::kFormat);
  CHECK(home.council.Row(first.scope).seq == 0);
  CHECK(Applied(home.council.Push(first)));
  // Once it is there, what waited is taken.
  const Changeset later = home.council.Note(home.ana, first.scope, "x");
  CHECK(Applied(home.council.Push(later)));
}

TEST_CASE("B39: a uid again is answered the present truth, with other bytes it is bad") {
  Home home;
  const Changeset note = home.council.Note(home.ana, home.family, "x");
  const v1::RowAnswer first = home.council.Push(note);
  REQUIRE(Applied(first));
  const Hash32 before = home.council.Fingerprint();
  for (int i = 0; i < 100; ++i) {
    CHECK(home.council.Push(note, home.ben.device).SerializeAsString() ==
          first.SerializeAsString());
  }
  // Twice in one batch too.
  const Changeset twice = home.council.Note(home.ana, home.family, "twice");
  const std::vector<v1::RowAnswer> answers = home.council.PushAll({note, twice, twice, note});
  CHECK(answers[1].SerializeAsString() == answers[2].SerializeAsString());
  CHECK(home.council.Row(home.family).seq == 3);
  CHECK(home.council.Fingerprint() != before);

  v1::Changeset body = note.body;
  body.mutable_clock()->set_wall_ms(5);
  const Changeset other = *AuthorChangeset(home.town().tenant, body, home.ana.sign_seed);
  CHECK(BadReason(home.council.Push(other)) == Reason::kConflict);
  // Under somebody's uid in another scope as well.
  const Changeset elsewhere = home.town().WriteAs(note.uid, home.ana, home.ana.device, {});
  CHECK(BadReason(home.council.Push(elsewhere)) == Reason::kConflict);
  // And whoever cannot sign is told nothing of the uid.
  Changeset forged = other;
  forged.signature = {};
  CHECK(BadReason(home.council.Push(forged)) == Reason::kAuth);
  CHECK(home.council.Row(home.family).seq == 3);
}

TEST_CASE("B39: the present truth tells archived, decided and released") {
  Home home;
  const Changeset words = home.council.Note(home.ben, home.family, "not my family");
  v1::RowAnswer answer = home.council.Push(words);
  CHECK(Held(answer) == v1::HELD_REASON_NO_ASSIGNMENT);
  CHECK(answer.accepted().undecided());
  const Changeset more = home.council.Note(home.ben, home.family, "nor this");
  CHECK(Held(home.council.Push(more)) == v1::HELD_REASON_NO_ASSIGNMENT);
  Hand& lead = home.town().supervisor;
  CHECK(Applied(home.council.Push(
      home.council.Decide(lead, home.family, words.uid, v1::Decision::ANSWER_DECLINE))));
  answer = home.council.Push(words);
  CHECK(Held(answer) == v1::HELD_REASON_NO_ASSIGNMENT);
  CHECK_FALSE(answer.accepted().undecided());

  // Ben had a place here once, so his words can be released.
  CHECK(Applied(home.council.Push(
      home.council.OpenPlace(lead, home.family, home.ben, v1::Assignment::RELATION_COVER))));
  CHECK(Applied(home.council.Push(
      home.council.Decide(lead, home.family, more.uid, v1::Decision::ANSWER_RELEASE))));
  CHECK(home.council.Log(home.family).back().meta.released(0) == more.uid.view());
  CHECK(Applied(home.council.Ask(more.uid)));

  const ScopeRow row = home.council.Row(home.family);
  const ArchivedHead head{home.family, row.seq, row.hash};
  REQUIRE(home.council.server->store->MarkArchived({&head, 1}).ok());
  CHECK(home.council.Ask(more.uid).accepted().archived());
  CHECK(RetryReason(home.council.Ask(home.town().NewId())) == Reason::kNotFound);
}

TEST_CASE("what nobody can decide does not wait for a decision") {
  Home home;
  // In the directory and in a journal nobody decides.
  const v1::RowAnswer directory = home.council.Push(
      home.town().Write(home.ana, home.town().tenant,
                        {Change(102, home.town().NewId(), {{1, EncodeBytes(1, "mine")}})}));
  CHECK(Held(directory) == v1::HELD_REASON_NOT_ALLOWED);
  CHECK_FALSE(directory.accepted().undecided());
  const v1::RowAnswer journal =
      home.council.Push(home.council.Note(home.ana, home.ana.device, "a person in a journal"));
  CHECK(Held(journal) == v1::HELD_REASON_SHAPE);
  CHECK_FALSE(journal.accepted().undecided());
  // Done already by somebody else: asks for no decision.
  const AssignmentView place = *home.council.Place(home.family, home.ana.user);
  Hand& lead = home.town().supervisor;
  const Changeset once = home.council.EndPlace(lead, home.family, place);
  const Changeset again = home.council.EndPlace(lead, home.family, place);
  CHECK(Applied(home.council.Push(once)));
  const v1::RowAnswer answer = home.council.Push(again);
  CHECK(Held(answer) == v1::HELD_REASON_ALREADY_SO);
  CHECK_FALSE(answer.accepted().undecided());
}

TEST_CASE("B40: the limits of a push") {
  Home home;
  v1::PushRequest request;
  request.set_protocol(kProtocol);
  for (int i = 0; i < kPushRowsMax; ++i) request.add_rows()->set_uid(home.family.str());
  CHECK(CheckPush(request).ok());
  request.add_rows();
  CHECK(ReasonOf(CheckPush(request)) == Reason::kLimit);

  v1::PushRequest large;
  for (int i = 0; i < 4; ++i) {
    large.add_rows()->mutable_signed_()->set_changeset(std::string(kChangesetBytesMax, 'x'));
  }
  CHECK(CheckPush(large).ok());
  large.add_rows()->mutable_signed_()->set_changeset("x");
  CHECK(ReasonOf(CheckPush(large)) == Reason::kLimit);

  v1::PushRequest newer;
  newer.set_protocol(kProtocol + 1);
  CHECK(ReasonOf(CheckPush(newer)) == Reason::kVersion);
}

TEST_CASE("B65: the rows of a packed push are those that were packed, within the same limits") {
  v1::PushRows rows;
  for (int i = 0; i < kPushRowsMax; ++i) {
    rows.add_rows()->set_uid(std::string(15, 'u') + static_cast<char>(i));
  }
  auto packed = [](const std::string& plain) {
    v1::PushRequest request;
    request.set_packed(*Pack(plain, 3));
    return request;
  };
  v1::PushRequest request = packed(rows.SerializeAsString());
  REQUIRE(CheckPush(request).ok());
  CHECK(request.packed().empty());
  REQUIRE(request.rows_size() == kPushRowsMax);
  for (int i = 0; i < kPushRowsMax; ++i) CHECK(request.rows(i).uid() == rows.rows(i).uid());

  request = packed(rows.SerializeAsString());
  request.add_rows();
  CHECK(ReasonOf(CheckPush(request)) == Reason::kFormat);
  rows.add_rows();
  request = packed(rows.SerializeAsString());
  CHECK(ReasonOf(CheckPush(request)) == Reason::kLimit);
  request = packed(std::string(kPushPlainBytesMax + 1, '\0'));
  CHECK(ReasonOf(CheckPush(request)) == Reason::kLimit);
  request = packed(std::string(1000, '\xff'));
  CHECK(ReasonOf(CheckPush(request)) == Reason::kFormat);
  request.set_packed("not zstd at all");
  CHECK(ReasonOf(CheckPush(request)) == Reason::kIntegrity);

  // The most that a push may hold passes, with the frame around each row.
  v1::PushRows most;
  for (int i = 0; i < kPushRowsMax; ++i) {
    v1::SignedChangeset& one = *most.add_rows()->mutable_signed_();
    one.set_changeset(std::string(kPushBytesMax / kPushRowsMax, 'x'));
    one.set_signature(std::string(64, 's'));
  }
  request = packed(most.SerializeAsString());
  CHECK(CheckPush(request).ok());
}

TEST_CASE("B40: each row on its own, in order, whatever the others are") {
  Home home;
  auto note = [&](const std::string& text) {
    return home.council.Note(home.ana, home.family, text);
  };
  v1::Changeset wide = note("wide").body;
  for (int i = 0; i < kWritesMax + 1; ++i) *wide.add_changes() = wide.changes(0);
  Changeset too_wide;
  too_wide.bytes = wide.SerializeAsString();
  too_wide.uid = *Id::FromBytes(wide.uid());
  too_wide.device = home.ana.device;
  too_wide.signature = Sign(home.ana.sign_seed, SignatureInput(home.town().tenant, too_wide.bytes));
  Changeset wrapped = note("wrapped");
  for (int i = 0; i < kWrapsMax + 1; ++i) wrapped.body.add_wraps();
  wrapped.bytes = wrapped.body.SerializeAsString();
  wrapped.signature = Sign(home.ana.sign_seed, SignatureInput(home.town().tenant, wrapped.bytes));
  v1::Changeset newer = note("newer").body;
  newer.set_schema(Catalog::Get().schema() + 1);
  const Changeset from_later = *AuthorChangeset(home.town().tenant, newer, home.ana.sign_seed);

  const std::vector<Changeset> rows = {note("1"), too_wide, note("2"), from_later,
                                       note("3"), wrapped,  note("4")};
  const std::vector<v1::RowAnswer> answers = home.council.PushAll(rows);
  for (size_t i = 0; i < rows.size(); ++i) CHECK(answers[i].uid() == rows[i].uid.view());
  for (size_t i : {0, 2, 4, 6}) {
    CHECK(Applied(answers[i]));
    CHECK(answers[i].accepted().seq() == 2 + i / 2);
  }
  CHECK(BadReason(answers[1]) == Reason::kLimit);
  CHECK(RetryReason(answers[3]) == Reason::kVersion);
  CHECK(BadReason(answers[5]) == Reason::kLimit);
}

TEST_CASE("an empty row and a question of a wrong length are answered") {
  Home home;
  PushItem items[2];
  items[1].row.set_uid("short");
  absl::StatusOr<BatchResult> result = home.council.server->ingest.ApplyBatch(items);
  REQUIRE(result.ok());
  CHECK(BadReason(result->answers[0]) == Reason::kFormat);
  CHECK(BadReason(result->answers[1]) == Reason::kFormat);
  CHECK(home.council.server->ingest.ApplyBatch({})->answers.empty());
}

TEST_CASE("B45: a first entry without a supervisor is held and read by author and team") {
  Home home;
  Changeset first = home.town().BeginFamily(home.ana);
  v1::Changeset body = first.body;
  auto& changes = *body.mutable_changes();
  for (int i = changes.size(); i-- > 0;) {
    if (changes[i].type() != kAssignment) continue;
    const bool own = changes[i].writes(0).value().find(home.ana.user.view()) != std::string::npos;
    if (!own) changes.DeleteSubrange(i, 1);
  }
  first = *AuthorChangeset(home.town().tenant, body, home.ana.sign_seed);
  const v1::RowAnswer answer = home.council.Push(first);
  CHECK(Held(answer) == v1::HELD_REASON_NEW_FAMILY);
  CHECK(answer.accepted().undecided());
  CHECK(Held(home.council.Push(home.council.Note(home.ana, first.scope, "x"))) ==
        v1::HELD_REASON_UNFOUNDED);

  SECTION("a stranger decides nothing, the team's supervisor does") {
    CHECK(Held(home.council.Push(home.council.Decide(home.ben, first.scope, first.uid,
                                                     v1::Decision::ANSWER_RELEASE))) ==
          v1::HELD_REASON_UNFOUNDED);
    CHECK(Applied(home.council.Push(home.council.Decide(home.town().supervisor, first.scope,
                                                        first.uid, v1::Decision::ANSWER_DECLINE))));
    // Nobody can decide about the rest any more, so nobody waits for that.
    const v1::RowAnswer rest = home.council.Ask(home.council.Log(first.scope)[1].changeset.uid);
    CHECK(Held(rest) == v1::HELD_REASON_UNFOUNDED);
    CHECK_FALSE(rest.accepted().undecided());
  }
}

TEST_CASE("B46, B47: what comes after the end of a place or a device is held, never refused") {
  Home home;
  Hand& lead = home.town().supervisor;
  const Changeset late = home.council.Note(home.ana, home.family, "written before");
  CHECK(Applied(home.council.Push(
      home.council.EndPlace(lead, home.family, *home.council.Place(home.family, home.ana.user)))));
  CHECK(Held(home.council.Push(late)) == v1::HELD_REASON_NO_ASSIGNMENT);

  // An Assignment without the right to make one.
  CHECK(Held(home.council.Push(home.council.OpenPlace(home.ben, home.family, home.ben,
                                                      v1::Assignment::RELATION_LEAD))) ==
        v1::HELD_REASON_NO_ASSIGNMENT);

  const Op state = home.town().log.Live(120, home.ana.device, 7);
  home.town().log.Push(
      home.town().Write(home.town().admin, home.town().tenant,
                        {Change(120, home.ana.device, {{7, EncodeNumber(7, 2), {state}}})}));
  home.council.Mirror();
  CHECK(Held(home.council.Push(home.council.Note(home.ana, home.family, "later"))) ==
        v1::HELD_REASON_DEVICE);
}

TEST_CASE("B49: a held changeset is released once") {
  Home home;
  Hand& lead = home.town().supervisor;
  // The supervisor has a place but Ben has not: Ben's words can be released after a place of his.
  const Changeset words = home.council.Note(home.ben, home.family, "x");
  CHECK(Held(home.council.Push(words)) == v1::HELD_REASON_NO_ASSIGNMENT);
  const v1::RowAnswer too_early = home.council.Push(
      home.council.Decide(lead, home.family, words.uid, v1::Decision::ANSWER_RELEASE));
  CHECK(Applied(too_early));
  CHECK(home.council.Log(home.family).back().meta.released().empty());
  CHECK(home.council.Log(home.family).back().meta.reason() == v1::HELD_REASON_NO_ASSIGNMENT);
  CHECK(Applied(home.council.Push(
      home.council.OpenPlace(lead, home.family, home.ben, v1::Assignment::RELATION_COVER))));
  CHECK(Applied(home.council.Push(
      home.council.Decide(lead, home.family, words.uid, v1::Decision::ANSWER_RELEASE))));
  CHECK(home.council.Log(home.family).back().meta.released_size() == 1);
  CHECK(Held(home.council.Push(
            home.council.Decide(lead, home.family, words.uid, v1::Decision::ANSWER_DECLINE))) ==
        v1::HELD_REASON_NOT_HELD);
  CHECK(Held(home.council.Push(home.council.Decide(lead, home.family, home.town().NewId(),
                                                   v1::Decision::ANSWER_RELEASE))) ==
        v1::HELD_REASON_NOT_HELD);
}

TEST_CASE("B58: a journal is its own device's, and begins with its first entry") {
  Home home;
  auto event = [&](const Hand& by, const Id& journal) {
    return home.town().Write(by, journal,
                             {Change(40, home.town().NewId(),
                                     {{1, EncodeBytes(1, home.family.view())},
                                      {3, EncodeI64(3, 5)},
                                      {5, EncodeNumber(5, 1)}})});
  };
  CHECK(Applied(home.council.Push(event(home.ana, home.ana.device))));
  const v1::RowAnswer foreign = home.council.Push(event(home.ben, home.ana.device));
  CHECK(foreign.accepted().verdict() == v1::HELD);
  const v1::RowAnswer unopened = home.council.Push(event(home.ana, home.ben.device));
  CHECK(unopened.accepted().verdict() == v1::HELD);
  CHECK(Applied(home.council.Push(event(home.ben, home.ben.device))));
}

TEST_CASE("P6: however a sequence is cut into batches, logs and states are the same") {
  Home home;
  Hand& lead = home.town().supervisor;
  const std::string image = home.council.Image();
  std::vector<Changeset> rows;
  const Changeset first = home.town().BeginFamily(home.ben);
  const AssignmentView place = *home.council.Place(home.family, home.ana.user);
  const Changeset held = home.council.Note(home.ben, home.family, "held");
  const size_t mirrored = home.town().log.entries().size();
  const Hand cem = home.town().Hire(v1::ROLE_KEY_WORKER);
  const std::vector<Entry>& directory = home.town().log.entries();
  const auto hired = [&](size_t i) { return directory[mirrored + i].changeset; };
  for (int i = 0; i < 40; ++i) {
    rows.push_back(
        home.council.Note(i % 3 == 0 ? home.ben : home.ana, home.family, std::to_string(i)));
    if (i == 5) rows.push_back(home.council.Note(cem, home.family, "an author yet unknown"));
    if (i == 7) rows.push_back(hired(0));
    if (i == 8) rows.push_back(home.council.Note(home.ben, first.scope, "a scope yet unknown"));
    if (i == 9) rows.push_back(first);
    if (i == 10) rows.push_back(hired(1));
    if (i == 11) rows.push_back(held);
    if (i == 12) rows.push_back(hired(2));
    if (i == 13) rows.push_back(hired(3));
    if (i == 14) {
      rows.push_back(
          home.council.OpenPlace(lead, home.family, cem, v1::Assignment::RELATION_COVER));
    }
    if (i == 15) rows.push_back(home.council.Note(cem, home.family, "from a place"));
    if (i == 20) {
      rows.push_back(
          home.council.OpenPlace(lead, home.family, home.ben, v1::Assignment::RELATION_COVER));
    }
    if (i == 25) {
      rows.push_back(
          home.council.Decide(lead, home.family, held.uid, v1::Decision::ANSWER_RELEASE));
    }
    if (i == 30) rows.push_back(home.council.EndPlace(lead, home.family, place));
    if (i == 33) rows.push_back(rows[3]);
  }
  auto run = [&](size_t batch) {
    home.council.Restore(image);
    std::string answers;
    for (size_t at = 0; at < rows.size(); at += batch) {
      const size_t end = std::min(rows.size(), at + batch);
      for (const v1::RowAnswer& answer : home.council.PushAll(
               {rows.begin() + static_cast<long>(at), rows.begin() + static_cast<long>(end)})) {
        answers += answer.SerializeAsString();
      }
    }
    return std::pair(home.council.Fingerprint(), answers);
  };
  const auto one_by_one = run(1);
  CHECK(home.council.Row(home.family).seq > 40);
  for (size_t batch : {2, 3, 7, 16, 1000}) CHECK(run(batch) == one_by_one);
  // And the stored state is the fold of the stored log.
  ScopeState folded(home.family, nullptr);
  for (const Entry& entry : home.council.Log(home.family)) FoldEntry(folded, entry);
  CHECK(folded.Digest() == home.council.Row(home.family).state_digest);
}

TEST_CASE("a batch whose commit fails leaves nothing, in memory or in the store") {
  Home home;
  FailingStore failing(*home.council.server->store);
  Ingest ingest(Catalog::Get(), home.town().root_pk, failing);
  // The batch makes a device known and then takes its words.
  const Hand cem = home.town().Hire(v1::ROLE_KEY_WORKER);
  std::vector<PushItem> items;
  for (const Entry& entry : home.town().log.entries()) {
    *items.emplace_back().row.mutable_signed_() = entry.changeset.Signed();
  }
  PushItem words;
  *words.row.mutable_signed_() = home.council.Note(cem, home.family, "x").Signed();
  items.push_back(words);
  const Hash32 before = home.council.Fingerprint();
  const uint64_t directory = home.council.Row(home.town().tenant).seq;

  failing.commits = Commits::kFail;
  CHECK(ReasonOf(ingest.ApplyBatch(items).status()) == Reason::kIo);
  CHECK(home.council.Fingerprint() == before);
  failing.commits = Commits::kWork;
  CHECK((*ingest.directory())->seq() == directory);
  // The author is as unknown as before.
  CHECK(RetryReason(ingest.ApplyBatch({&words, 1})->answers[0]) == Reason::kTrust);
  absl::StatusOr<BatchResult> result = ingest.ApplyBatch(items);
  REQUIRE(result.ok());
  CHECK(Held(result->answers.back()) == v1::HELD_REASON_NO_ASSIGNMENT);
  CHECK(result->moved.size() == 2);
}

TEST_CASE("a family judged at a directory place that was lost waits for the directory") {
  Home home;
  const std::string image = home.council.Image();
  // The directory of an older backup, the family of a newer one: as if copied in the wrong order.
  home.council.Hire(v1::ROLE_KEY_WORKER);
  const Changeset note = home.council.Note(home.ana, home.family, "x");
  CHECK(Applied(home.council.Push(note)));
  const Entry newest = home.council.Log(home.family).back();
  home.council.Restore(image);
  {
    std::unique_ptr<Transaction> tx = *home.council.server->store->Begin();
    REQUIRE(tx->Append(newest).ok());
    ScopeRow row = *tx->FindScope(home.family);
    row.seq = newest.seq();
    row.hash = newest.hash;
    row.directory_seq = newest.meta.directory_seq();
    REQUIRE(tx->PutScope(home.family, row).ok());
    REQUIRE(tx->Commit().ok());
  }
  const Changeset more = home.council.Note(home.ana, home.family, "y");
  CHECK(RetryReason(home.council.Push(more)) == Reason::kState);
  CHECK(home.council.Row(home.family).seq == newest.seq());
}

}  // namespace doorstep::server
