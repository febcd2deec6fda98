#include "client-core/sync/session.h"

#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "client-core/sync/limits.h"
#include "crypto/reason.h"
#include "model/limits.h"
#include "model/value.h"
#include "tests/client-core/sync/office.h"

namespace doorstep::client {
namespace {

constexpr uint32_t kVisit = 27, kConcern = 31, kAssignment = 34;

class QuietHousehold final : public Household {
 public:
  absl::Status ShareWhatIsOwed(const Id& family, int64_t) override {
    shared.push_back(family);
    return absl::OkStatus();
  }
  absl::Status Purge(const Id& family, const std::vector<Changeset>& endings,
                     const std::set<Id>& assignments, int64_t now_ms) override {
    purged.push_back(family);
    ended = endings.size();
    for (const Id& id : assignments) {
      absl::Status noted = store->meta().Set(std::string(meta::kEnding) + id.str(), family.view());
      if (!noted.ok()) return noted;
    }
    auto seal = [&](const v1::SignedChangeset& changeset) -> absl::StatusOr<std::string> {
      Bytes<32> seed{};
      return BoxSeal(ingest, changeset.SerializeAsString(), seed);
    };
    return store->Purge(family, Store::Archive::kKept, seal, now_ms).status();
  }
  void Changed(const Id&) override {}

  Store* store = nullptr;
  PublicKey ingest{};
  std::vector<Id> shared;
  std::vector<Id> purged;
  size_t ended = 0;
};

// A worker's device, a family that it leads, and the office.
struct Case {
  Case() : office(town), worker(town.Hire(v1::ROLE_KEY_WORKER)) {
    Changeset first = town.BeginFamily(worker);
    family = first.scope;
    REQUIRE(office.Push(first).verdict == v1::APPLIED);
    store = *Store::CreateInMemory({town.tenant, worker.device, town.root_pk}, Catalog::Get());
    household.store = store.get();
    household.ingest = BoxPublicKey(office.ingest_seed);
  }
  std::unique_ptr<Session> Begin() {
    auto session = std::make_unique<Session>(
        Session::Parts{*store, verifier, household, town.random, worker.user});
    session->Start(town.now_ms);
    return session;
  }
  std::string Contact() {
    std::unique_ptr<Session> session = Begin();
    std::string kinds = office.Run(*session, worker.device);
    REQUIRE(session->done());
    status = session->status();
    report = session->report();
    return kinds;
  }
  Changeset Visit() {
    return town.Write(worker, family,
                      {Change(kVisit, town.NewId(),
                              {{1, EncodeId(1, town.team)},
                               {2, EncodeId(2, worker.user)},
                               {4, EncodeI64(4, town.now_ms)},
                               {9, EncodeNumber(9, 1)},
                               {18, EncodeBytes(18, "A visit")}})});
  }
  Changeset Commit(const Changeset& changeset) {
    absl::StatusOr<Judgement> expected = store->overlay().Expect(changeset, town.now_ms);
    REQUIRE(expected.ok());
    REQUIRE(store->Commit(changeset, *expected, "", town.now_ms).ok());
    return changeset;
  }
  void EndPlace() {
    for (const AssignmentView& place : AssignmentsOf(*office.line(family).state)) {
      if (place.user != worker.user || !place.open) continue;
      const Record* record = office.line(family).state->Find(kAssignment, place.id);
      Op live = record->FindCell(7)->live.back().op;
      REQUIRE(
          office
              .Push(town.Write(town.supervisor, family,
                               {Change(kAssignment, place.id, {{7, EncodeNumber(7, 2), {live}}})}))
              .verdict == v1::APPLIED);
    }
  }
  uint64_t seq(const Id& scope) {
    const ScopeRow* row = store->log().Find(scope);
    return row == nullptr ? 0 : row->seq;
  }
  size_t rows() {
    absl::StatusOr<Outbox::Counts> counts = store->outbox().Count();
    REQUIRE(counts.ok());
    return counts->all;
  }
  bool Has(ScopeFlag flag) { return store->log().Find(family)->Has(flag); }
  OutboxRow Row(const Id& uid) {
    absl::StatusOr<std::vector<OutboxRow>> found = store->outbox().FindUid(uid);
    REQUIRE((found.ok() && found->size() == 1));
    return found->front();
  }

  Town town;
  Office office;
  Hand worker;
  Id family;
  PlainVerifier verifier;
  std::unique_ptr<Store> store;
  QuietHousehold household;
  absl::Status status;
  v1::SyncReport report;
};

}  // namespace

TEST_CASE("a first contact brings the directory and the family, and finds itself counting") {
  Case c;
  CHECK(c.Contact() == "pull");
  CHECK(c.status.ok());
  CHECK(c.seq(c.town.tenant) == c.town.log.entries().size());
  CHECK(c.seq(c.family) == 1);
  CHECK(c.store->meta().GetInt(meta::kFoundCounting)->value_or(0) == 1);
  CHECK(c.report.alarms_size() == 0);
  CHECK(c.household.shared == std::vector<Id>{c.family});
}

TEST_CASE("nothing new costs one round trip") {
  Case c;
  c.Contact();
  CHECK(c.Contact() == "pull");
  CHECK(c.report.round_trips() == 1);
  CHECK(c.report.received() == 0);
}

TEST_CASE("what was written is seen in its log in the same contact, and only then leaves") {
  Case c;
  c.Contact();
  Changeset visit = c.Commit(c.Visit());
  CHECK(c.rows() == 1);
  CHECK(c.Contact() == "pull push pull");
  CHECK(c.rows() == 0);
  CHECK(c.seq(c.family) == 2);
  CHECK(c.report.pushed() == 1);
  CHECK(c.store->log().FindUid(c.family, visit.uid)->has_value());
}

TEST_CASE("a family begun here is pushed, and comes back in the same contact") {
  Case c;
  c.Contact();
  Changeset first = c.Commit(c.town.BeginFamily(c.worker));
  CHECK(c.Contact() == "pull push pull");
  CHECK(c.seq(first.scope) == 1);
  CHECK(c.rows() == 0);
}

TEST_CASE("a row that was accepted stays until the log brings it") {
  Case c;
  c.Contact();
  Changeset visit = c.Commit(c.Visit());
  std::unique_ptr<Session> session = c.Begin();
  // The contact breaks off after the answer.
  std::optional<Request> pull = session->TakeRequest();
  for (const v1::PullFrame& frame :
       c.office.Answer(std::get<v1::PullRequest>(pull->body), c.worker.device)) {
    session->OnPullFrame(pull->call, frame, c.town.now_ms);
  }
  session->OnPullEnd(pull->call, absl::OkStatus(), c.town.now_ms);
  std::optional<Request> push = session->TakeRequest();
  session->OnPush(push->call, c.office.Answer(std::get<v1::PushRequest>(push->body)),
                  c.town.now_ms);
  CHECK(c.rows() == 1);
  CHECK(c.Row(visit.uid).answer == Answer::kAccepted);
  session->Abandon(MakeStatus(Reason::kCancelled, "cut"));
  CHECK(c.Contact() == "pull");
  CHECK(c.rows() == 0);
}

TEST_CASE("the rows of a family with a concern go out before all others, in their own order") {
  Case c;
  c.Contact();
  Changeset other = c.Commit(c.town.BeginFamily(c.worker));
  std::vector<Id> others = {other.uid}, own;
  auto visit_in = [&](const Id& family) {
    Changeset visit = c.Visit();
    return c.town.Write(c.worker, family, {visit.body.changes(0)});
  };
  others.push_back(c.Commit(visit_in(other.scope)).uid);
  own.push_back(c.Commit(visit_in(c.family)).uid);
  others.push_back(c.Commit(visit_in(other.scope)).uid);
  SECTION("behind a concern") {
    own.push_back(c.Commit(c.town.Write(c.worker, c.family,
                                        {Change(kConcern, c.town.NewId(),
                                                {{1, EncodeId(1, c.town.NewId())},
                                                 {3, EncodeNumber(3, 1)},
                                                 {4, EncodeNumber(4, 2)},
                                                 {5, EncodeI64(5, c.town.now_ms)},
                                                 {6, EncodeBytes(6, "What I saw")},
                                                 {9, EncodeNumber(9, 1)}})}))
                      .uid);
    own.push_back(c.Commit(visit_in(c.family)).uid);
    std::vector<Id> expected = own;
    expected.insert(expected.end(), others.begin(), others.end());
    c.Contact();
    REQUIRE(c.office.pushes.size() == 1);
    std::vector<Id> sent;
    for (const v1::PushRow& row : c.office.pushes[0].rows()) {
      sent.push_back(DecodeChangeset(row.signed_())->uid);
    }
    CHECK(sent == expected);
    CHECK(c.rows() == 0);
  }
  SECTION("without one they keep the order of the outbox") {
    c.Contact();
    REQUIRE(c.office.pushes.size() == 1);
    CHECK(DecodeChangeset(c.office.pushes[0].rows(0).signed_())->uid == others[0]);
    CHECK(DecodeChangeset(c.office.pushes[0].rows(2).signed_())->uid == own[0]);
  }
}

TEST_CASE("a concern overtakes more than fits into one push") {
  Case c;
  c.Contact();
  Changeset other = c.Commit(c.town.BeginFamily(c.worker));
  for (int i = 0; i < kPushRowsMax + 5; ++i) {
    c.Commit(c.town.Write(c.worker, other.scope, {c.Visit().body.changes(0)}));
  }
  Changeset concern =
      c.Commit(c.town.Write(c.worker, c.family,
                            {Change(kConcern, c.town.NewId(),
                                    {{1, EncodeId(1, c.town.NewId())}, {9, EncodeNumber(9, 1)}})}));
  c.Contact();
  REQUIRE(c.office.pushes.size() == 2);
  CHECK(DecodeChangeset(c.office.pushes[0].rows(0).signed_())->uid == concern.uid);
  size_t sent = 0;
  for (const v1::PushRequest& push : c.office.pushes) sent += push.rows().size();
  CHECK(sent == kPushRowsMax + 7);  // each row once
  CHECK(c.rows() == 0);
}

TEST_CASE("rows go out in batches and in outbox order, packed where that saves bytes") {
  Case c;
  c.Contact();
  std::vector<Id> committed;
  for (int i = 0; i < kPushRowsMax + 30; ++i) committed.push_back(c.Commit(c.Visit()).uid);
  CHECK(c.Contact() == "pull push push pull");
  REQUIRE(c.office.pushes.size() == 2);
  std::vector<Id> sent;
  size_t plain = 0;
  for (const v1::PushRequest& push : c.office.pushes) {
    CHECK(push.rows_size() <= kPushRowsMax);
    CHECK_FALSE(push.packed().empty());
    for (const v1::PushRow& row : push.rows()) {
      sent.push_back(DecodeChangeset(row.signed_())->uid);
      plain += row.ByteSizeLong();
    }
  }
  CHECK(sent == committed);
  CHECK(c.report.bytes_up() < plain);
  CHECK(c.rows() == 0);
  c.office.pushes.clear();
  c.Commit(c.Visit());
  c.Contact();
  CHECK(c.office.pushes.at(0).packed().empty());  // too little to gain
}

TEST_CASE("answers of a batch are kept together, or none of them") {
  Case c;
  c.Contact();
  Changeset first = c.Commit(c.Visit()), second = c.Commit(c.Visit());
  std::unique_ptr<Session> session = c.Begin();
  std::optional<Request> pull = session->TakeRequest();
  for (const v1::PullFrame& frame :
       c.office.Answer(std::get<v1::PullRequest>(pull->body), c.worker.device)) {
    session->OnPullFrame(pull->call, frame, c.town.now_ms);
  }
  session->OnPullEnd(pull->call, absl::OkStatus(), c.town.now_ms);
  std::optional<Request> push = session->TakeRequest();
  v1::PushResponse answers = c.office.Answer(std::get<v1::PushRequest>(push->body));
  c.store->database().FailAfterCommits(0);
  session->OnPush(push->call, answers, c.town.now_ms);
  CHECK(session->done());
  CHECK_FALSE(session->status().ok());
  CHECK(c.Row(first.uid).answer == Answer::kNone);
  CHECK(c.Row(second.uid).answer == Answer::kNone);
}

TEST_CASE("a server that lost what it accepted is handed it again") {
  Case c;
  c.Contact();
  Changeset visit = c.Commit(c.Visit());
  OutboxRow row = c.Row(visit.uid);
  row.answer = Answer::kAccepted;
  row.seq = 2;
  REQUIRE(c.store->SaveAnswer(row, c.town.now_ms).ok());
  CHECK(c.Contact() == "pull push pull");
  CHECK(c.rows() == 0);
}

TEST_CASE("an answer counts only as the answer to its request") {
  Case c;
  c.Contact();
  Changeset visit = c.Commit(c.Visit());
  std::unique_ptr<Session> session = c.Begin();
  std::optional<Request> pull = session->TakeRequest();
  CHECK_FALSE(session->TakeRequest());
  session->OnPullEnd(pull->call + 1, absl::OkStatus(), c.town.now_ms);
  CHECK_FALSE(session->TakeRequest());
  v1::PullFrame hello = c.office.Answer(std::get<v1::PullRequest>(pull->body), c.worker.device)[0];
  session->OnPullFrame(pull->call, hello, c.town.now_ms);
  session->OnPullEnd(pull->call, absl::OkStatus(), c.town.now_ms);
  std::optional<Request> push = session->TakeRequest();
  REQUIRE(push);
  v1::PushResponse answers = c.office.Answer(std::get<v1::PushRequest>(push->body));
  session->OnPush(pull->call, answers, c.town.now_ms);  // late, to another request
  CHECK(c.Row(visit.uid).answer == Answer::kNone);

  SECTION("another row is answered") { answers.mutable_answers(0)->set_uid(c.town.NewId().str()); }
  SECTION("a row more is answered") { *answers.add_answers() = answers.answers(0); }
  SECTION("a row is missing") { answers.clear_answers(); }
  session->OnPush(push->call, answers, c.town.now_ms);
  CHECK(session->done());
  CHECK(ReasonOf(session->status()) == Reason::kIntegrity);
  CHECK(c.Row(visit.uid).answer == Answer::kNone);
  session->OnPush(push->call, answers, c.town.now_ms);  // after the end
  CHECK(c.rows() == 1);
}

TEST_CASE("BAD is set aside and RETRY waits, and neither holds back what is behind") {
  Case c;
  c.Contact();
  Changeset bad = c.Commit(c.Visit()), later = c.Commit(c.Visit()), good = c.Commit(c.Visit());
  c.office.told[bad.uid].mutable_bad()->set_reason(static_cast<uint32_t>(Reason::kAuth));
  c.office.told[later.uid].mutable_retry()->set_after_ms(90'000);
  CHECK(c.Contact() == "pull push pull");
  CHECK(c.rows() == 2);
  CHECK(c.Row(bad.uid).answer == Answer::kUnsendable);
  CHECK(c.Row(bad.uid).reason == static_cast<uint32_t>(Reason::kAuth));
  CHECK(c.Row(later.uid).answer == Answer::kRetry);
  CHECK(c.store->log().FindUid(c.family, good.uid)->has_value());
  // Once set aside it is never sent again; what waited goes.
  c.office.told.erase(later.uid);
  c.office.pushes.clear();
  c.Contact();
  REQUIRE(c.office.pushes.size() == 1);
  CHECK(c.office.pushes[0].rows_size() == 1);
  CHECK(c.rows() == 1);
}

TEST_CASE("CLOSED is unsendable, with whom to ask") {
  Case c;
  c.Contact();
  Changeset visit = c.Commit(c.Visit());
  c.office.told[visit.uid].mutable_closed();
  c.Contact();
  CHECK(c.Row(visit.uid).answer == Answer::kUnsendable);
  CHECK(c.Row(visit.uid).closed);
}

TEST_CASE("a batch is at most 128 rows, and batches follow one another") {
  Case c;
  c.Contact();
  for (int i = 0; i < kPushRowsMax + 2; ++i) c.Commit(c.Visit());
  CHECK(c.Contact() == "pull push push pull");
  CHECK(c.office.pushes[0].rows_size() == kPushRowsMax);
  CHECK(c.office.pushes[1].rows_size() == 2);
  CHECK(c.rows() == 0);
}

TEST_CASE("a journal's rows leave at ACCEPTED with archived, and are asked for hourly until then") {
  Case c;
  c.Contact();
  Id journal = c.worker.device;
  Changeset event = c.Commit(c.town.Write(c.worker, journal,
                                          {Change(129, c.town.NewId(),
                                                  {{1, EncodeBytes(1, c.family.view())},
                                                   {3, EncodeNumber(3, 1)},
                                                   {4, EncodeNumber(4, 0)},
                                                   {5, EncodeNumber(5, 0)}})}));
  CHECK(c.Contact() == "pull push");
  CHECK(c.Row(event.uid).answer == Answer::kAccepted);
  CHECK(c.Contact() == "pull");  // asked lately
  c.town.now_ms += kAskAgainMs;
  c.office.pushes.clear();
  CHECK(c.Contact() == "pull push");
  CHECK(c.office.pushes[0].rows(0).has_uid());
  CHECK(c.rows() == 1);
  c.office.line(journal).archived = 1;
  c.town.now_ms += kAskAgainMs;
  c.Contact();
  CHECK(c.rows() == 0);
}

TEST_CASE("a row that the server has no more is sent whole in the contact that asked") {
  Case c;
  c.Contact();
  Id journal = c.worker.device;
  Changeset event = c.Commit(c.town.Write(c.worker, journal,
                                          {Change(129, c.town.NewId(),
                                                  {{1, EncodeBytes(1, c.family.view())},
                                                   {3, EncodeNumber(3, 1)},
                                                   {4, EncodeNumber(4, 0)},
                                                   {5, EncodeNumber(5, 0)}})}));
  c.Contact();
  c.office.PutBack(journal, 0);
  c.town.now_ms += kAskAgainMs;
  CHECK(c.Contact() == "pull push push");
  CHECK(c.office.line(journal).entries.size() == 1);
  CHECK(c.Row(event.uid).answer == Answer::kAccepted);
}

TEST_CASE("a restored server at the common number is given its own entries back") {
  Case c;
  c.Contact();
  for (int i = 0; i < 8; ++i) c.Commit(c.Visit());
  c.Contact();
  REQUIRE(c.seq(c.family) == 9);
  std::vector<Entry> before = c.office.line(c.family).entries;
  c.office.PutBack(c.family, 3);
  CHECK(c.Contact() == "pull pull adopt pull");
  CHECK(c.report.adopted() == 6);
  CHECK(c.report.carried() == 0);
  CHECK(c.report.alarms_size() == 1);
  REQUIRE(c.office.line(c.family).entries.size() == 9);
  for (size_t i = 0; i < 9; ++i) CHECK(c.office.line(c.family).entries[i].hash == before[i].hash);
  CHECK(c.rows() == 0);
}

TEST_CASE("steps of Adopt end at heads that the server signed") {
  Case c;
  c.Contact();
  for (int i = 0; i < 5; ++i) c.Commit(c.Visit());
  c.Contact();  // pages of three: heads at 1, 4 and 6
  c.office.PutBack(c.family, 1);
  std::unique_ptr<Session> session = c.Begin();
  std::vector<v1::AdoptRequest> steps;
  while (std::optional<Request> request = session->TakeRequest()) {
    if (const auto* pull = std::get_if<v1::PullRequest>(&request->body)) {
      for (const v1::PullFrame& frame : c.office.Answer(*pull, c.worker.device)) {
        session->OnPullFrame(request->call, frame, c.town.now_ms);
      }
      session->OnPullEnd(request->call, absl::OkStatus(), c.town.now_ms);
      continue;
    }
    steps.push_back(std::get<v1::AdoptRequest>(request->body));
    session->OnAdopt(request->call, c.office.Answer(steps.back()), c.town.now_ms);
  }
  REQUIRE(steps.size() == 1);
  CHECK(steps[0].entries_size() == 5);
  absl::StatusOr<SignedHead> head = DecodeHead(steps[0].head());
  REQUIRE(head.ok());
  CHECK(head->head.seq() == 6);
}

TEST_CASE("a server that has grown another way is not adopted into: entries are carried") {
  Case c;
  c.Contact();
  Changeset mine = c.Commit(c.Visit());
  c.Contact();
  REQUIRE(c.seq(c.family) == 2);
  c.office.PutBack(c.family, 1);
  REQUIRE(c.office
              .Push(c.town.Write(c.town.supervisor, c.family,
                                 {Change(kVisit, c.town.NewId(),
                                         {{1, EncodeId(1, c.town.team)},
                                          {2, EncodeId(2, c.worker.user)},
                                          {4, EncodeI64(4, c.town.now_ms)},
                                          {9, EncodeNumber(9, 1)},
                                          {18, EncodeBytes(18, "Another")}})}))
              .verdict == v1::APPLIED);
  CHECK(c.Contact() == "pull pull pull push pull");
  CHECK(c.report.carried() == 1);
  CHECK(c.report.adopted() == 0);
  CHECK(c.seq(c.family) == 3);
  CHECK(c.rows() == 0);
  CHECK(c.store->log().FindUid(c.family, mine.uid)->has_value());
}

TEST_CASE("an Adopt that is refused ends in carrying, and nothing is lost") {
  Case c;
  c.Contact();
  Changeset mine = c.Commit(c.Visit());
  c.Contact();
  c.office.PutBack(c.family, 1);
  std::unique_ptr<Session> session = c.Begin();
  while (std::optional<Request> request = session->TakeRequest()) {
    if (const auto* pull = std::get_if<v1::PullRequest>(&request->body)) {
      for (const v1::PullFrame& frame : c.office.Answer(*pull, c.worker.device)) {
        session->OnPullFrame(request->call, frame, c.town.now_ms);
      }
      session->OnPullEnd(request->call, absl::OkStatus(), c.town.now_ms);
    } else if (const auto* push = std::get_if<v1::PushRequest>(&request->body)) {
      session->OnPush(request->call, c.office.Answer(*push), c.town.now_ms);
    } else {
      v1::AdoptResponse refused;
      refused.set_head_seq(1);
      session->OnAdopt(request->call, refused, c.town.now_ms);
    }
  }
  CHECK(session->report().carried() == 1);
  CHECK(c.rows() == 0);
  CHECK(c.store->log().FindUid(c.family, mine.uid)->has_value());
}

TEST_CASE("a number that was not offered settles nothing, and alarms") {
  Case c;
  c.Contact();
  c.Commit(c.Visit());
  c.Contact();
  std::unique_ptr<Session> session = c.Begin();
  std::optional<Request> pull = session->TakeRequest();
  v1::PullFrame hello = c.office.Answer(std::get<v1::PullRequest>(pull->body), c.worker.device)[0];
  v1::PullFrame mismatch;
  mismatch.mutable_mismatch()->set_scope(c.family.str());
  session->OnPullFrame(pull->call, hello, c.town.now_ms);
  session->OnPullFrame(pull->call, mismatch, c.town.now_ms);
  session->OnPullEnd(pull->call, absl::OkStatus(), c.town.now_ms);
  std::optional<Request> asked = session->TakeRequest();
  REQUIRE(std::get<v1::PullRequest>(asked->body).histories_size() == 1);
  v1::PullFrame common;
  common.mutable_common()->set_scope(c.family.str());
  common.mutable_common()->set_common_seq(77);
  session->OnPullFrame(asked->call, hello, c.town.now_ms);
  session->OnPullFrame(asked->call, common, c.town.now_ms);
  session->OnPullEnd(asked->call, absl::OkStatus(), c.town.now_ms);
  CHECK(session->done());
  CHECK(session->report().alarms_size() == 2);
  CHECK(c.seq(c.family) == 2);
}

TEST_CASE("an ending loses the family: shares first, what is unsent goes sealed") {
  Case c;
  c.Contact();
  Changeset visit = c.Commit(c.Visit());
  c.EndPlace();
  c.household.shared.clear();
  CHECK(c.Contact() == "pull deliver");
  CHECK(c.household.shared == std::vector<Id>{c.family});
  CHECK(c.household.purged == std::vector<Id>{c.family});
  CHECK(c.household.ended == 1);
  CHECK(c.seq(c.family) == 0);
  CHECK(c.report.purged() == 1);
  // Everything above the archived mark went too: the first entry, and the visit.
  CHECK(c.office.delivered.size() == 2);
  CHECK(c.office.line(c.family).state->FindHeld(visit.uid) != nullptr);
  CHECK(c.rows() == 2);  // until archived
  c.office.line(c.family).archived = c.office.line(c.family).entries.size();
  c.town.now_ms += kAskAgainMs;
  CHECK(c.Contact() == "pull deliver");
  CHECK(c.rows() == 0);
}

TEST_CASE("a lost family comes back by a new place, and not by the old one") {
  Case c;
  c.Contact();
  size_t before_ending = c.office.line(c.family).entries.size();
  c.EndPlace();
  c.Contact();
  REQUIRE(c.seq(c.family) == 0);
  // The office is put back to before the ending, and offers the family anew.
  c.office.PutBack(c.family, before_ending);
  c.Contact();
  CHECK(c.seq(c.family) == 0);
  CHECK(c.report.alarms_size() == 1);
  Changeset again = c.town.Write(c.town.supervisor, c.family,
                                 {Change(kAssignment, c.town.NewId(),
                                         {{1, EncodeId(1, c.worker.user)},
                                          {2, EncodeNumber(2, 2)},
                                          {4, EncodeNumber(4, 2)},
                                          {5, EncodeDate(5, c.town.today)},
                                          {7, EncodeNumber(7, 1)}})});
  REQUIRE(c.office.Push(again).verdict == v1::APPLIED);
  c.Contact();
  CHECK(c.seq(c.family) == c.office.line(c.family).entries.size());
}

TEST_CASE("without a person's ending a family is hidden, kept, and found again") {
  Case c;
  c.Contact();
  std::unique_ptr<Session> session = c.Begin();
  std::optional<Request> pull = session->TakeRequest();
  v1::PullFrame hello = c.office.Answer(std::get<v1::PullRequest>(pull->body), c.worker.device)[0];
  v1::PullFrame ended;
  ended.mutable_ended()->set_scope(c.family.str());
  session->OnPullFrame(pull->call, hello, c.town.now_ms);
  session->OnPullFrame(pull->call, ended, c.town.now_ms);
  session->OnPullEnd(pull->call, absl::OkStatus(), c.town.now_ms);
  CHECK(session->done());
  CHECK(c.Has(kHidden));
  CHECK(c.seq(c.family) == 1);
  CHECK(c.household.purged.empty());
  c.Contact();
  CHECK_FALSE(c.Has(kHidden));
}

TEST_CASE("a gate after a restore is no answer: nothing leaves, nothing is found again") {
  Case c;
  c.Contact();
  c.office.gated = true;
  Changeset first = c.Commit(c.town.BeginFamily(c.worker));
  c.office.line(first.scope).archived = 99;
  CHECK(c.Contact() == "pull push pull");
  CHECK(c.report.gated());
  CHECK(c.rows() == 1);
  c.office.gated = false;
  c.Contact();
  CHECK(c.rows() == 0);
  CHECK(c.seq(first.scope) == 1);
}

TEST_CASE("a lie about a trust record stops the scope, and nothing else") {
  Case c;
  c.Contact();
  Hand stranger = c.town.Hire(v1::ROLE_KEY_WORKER);
  Changeset lie = c.town.Write(stranger, c.family,
                               {Change(kAssignment, c.town.NewId(),
                                       {{1, EncodeId(1, stranger.user)},
                                        {2, EncodeNumber(2, 2)},
                                        {4, EncodeNumber(4, 2)},
                                        {5, EncodeDate(5, c.town.today)},
                                        {7, EncodeNumber(7, 1)}})});
  c.office.Place(lie, {v1::APPLIED, v1::HELD_REASON_UNSPECIFIED, {}});
  Changeset visit = c.Commit(c.Visit());
  Changeset other = c.Commit(c.town.BeginFamily(c.worker));
  c.Contact();
  CHECK(c.Has(kStopped));
  CHECK(c.seq(c.family) == 1);
  CHECK(c.seq(other.scope) == 1);
  // What was written goes out all the same, and stays here until a log shows it.
  CHECK(c.Row(visit.uid).answer == Answer::kAccepted);
  CHECK(c.Contact() == "pull");
  CHECK(c.report.alarms_size() == 1);
}

TEST_CASE("a differing digest is looked into and told, and the log is kept") {
  Case c;
  c.Contact();
  REQUIRE(c.office.Push(c.Visit()).verdict == v1::APPLIED);
  std::unique_ptr<Session> session = c.Begin();
  std::optional<Request> pull = session->TakeRequest();
  for (v1::PullFrame frame :
       c.office.Answer(std::get<v1::PullRequest>(pull->body), c.worker.device)) {
    if (frame.has_page()) {
      absl::StatusOr<SignedHead> head = DecodeHead(frame.page().head());
      v1::Head body = head->head;
      body.set_state_digest(std::string(32, '!'));
      *frame.mutable_page()->mutable_head() =
          SignHead(c.town.tenant, body, c.office.log_seed).Wire();
    }
    session->OnPullFrame(pull->call, frame, c.town.now_ms);
  }
  session->OnPullEnd(pull->call, absl::OkStatus(), c.town.now_ms);
  CHECK(c.Has(kSuspect));
  CHECK(c.seq(c.family) == 2);
  CHECK(session->report().alarms_size() == 1);
}

TEST_CASE("a head below one that was seen, or another under its number, is a parted history") {
  Case c;
  c.Contact();
  c.Commit(c.Visit());
  c.Contact();
  std::unique_ptr<Session> session = c.Begin();
  std::optional<Request> pull = session->TakeRequest();
  v1::PullFrame hello = c.office.Answer(std::get<v1::PullRequest>(pull->body), c.worker.device)[0];
  v1::PullFrame bare;
  *bare.mutable_bare()->mutable_head() = c.office.Head(c.family, 1);
  session->OnPullFrame(pull->call, hello, c.town.now_ms);
  session->OnPullFrame(pull->call, bare, c.town.now_ms);
  session->OnPullEnd(pull->call, absl::OkStatus(), c.town.now_ms);
  CHECK(session->report().alarms_size() == 1);
  std::optional<Request> asked = session->TakeRequest();
  REQUIRE(asked);
  CHECK(std::get<v1::PullRequest>(asked->body).histories_size() == 1);
}

TEST_CASE("a pull that is refused as too old still pushes") {
  Case c;
  c.Contact();
  c.Commit(c.Visit());
  std::unique_ptr<Session> session = c.Begin();
  std::optional<Request> pull = session->TakeRequest();
  session->OnPullEnd(pull->call, MakeStatus(Reason::kVersion, "too old"), c.town.now_ms);
  std::optional<Request> push = session->TakeRequest();
  REQUIRE(push);
  REQUIRE(std::holds_alternative<v1::PushRequest>(push->body));
  session->OnPush(push->call, c.office.Answer(std::get<v1::PushRequest>(push->body)),
                  c.town.now_ms);
  CHECK(session->done());
  CHECK(ReasonOf(session->status()) == Reason::kVersion);
  CHECK(c.rows() == 1);
}

TEST_CASE("where nobody answers the contact ends, and the wait grows to five minutes") {
  Case c;
  c.Contact();
  c.Commit(c.Visit());
  int64_t longest = 0;
  for (int i = 0; i < 40; ++i) {
    std::unique_ptr<Session> session = c.Begin();
    std::optional<Request> pull = session->TakeRequest();
    session->OnPullEnd(pull->call, MakeStatus(Reason::kBusy, "nobody"), c.town.now_ms);
    CHECK(session->done());
    CHECK(ReasonOf(session->status()) == Reason::kBusy);
    CHECK(session->retry_after_ms() <= kRetryDelayMaxMs);
    longest = std::max(longest, session->retry_after_ms());
  }
  CHECK(longest > 60'000);
  CHECK(c.rows() == 1);
  SeededRandom random(3);
  for (int i = 0; i < 100; ++i) CHECK(RetryDelayMs(0, random) <= 1000);
}

TEST_CASE("a device that waits for its second person pulls the directory and may push") {
  Case c;
  c.office.status = v1::DEVICE_WAITING;
  c.office.gated = true;  // no family is served
  c.Contact();
  CHECK(c.seq(c.town.tenant) > 0);
  CHECK(c.seq(c.family) == 0);
}

}  // namespace doorstep::client
