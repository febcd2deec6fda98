// Chunks of files as the server takes and serves them: each by itself, never unannounced, and only
// to whom may read the family.
#include "sync-server/ingest/chunks.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "crypto/attachment.h"
#include "crypto/reason.h"
#include "model/digest.h"
#include "sync-server/feed/chunks.h"
#include "tests/sync-server/council.h"

namespace doorstep::server {
namespace {

constexpr uint32_t kPlan = 20, kApproval = 24, kAttachment = 39;

struct Case {
  Case()
      : ana(council.Hire(v1::ROLE_KEY_WORKER)),
        stranger(council.Hire(v1::ROLE_KEY_WORKER)),
        family(council.BeginFamily(ana)),
        about(town().NewId()),
        file(*SealFile({town().tenant.bytes, family.bytes, Hash16{3}}, std::string(600'000, 'x'),
                       town().random)) {}
  Town& town() { return council.town; }
  v1::RecordChange Record() {
    return Change(kAttachment, town().NewId(),
                  {{1, EncodeId(1, about)},
                   {2, EncodeBytes(2, View(file.content))},
                   {3, EncodeI64(3, static_cast<int64_t>(file.length))},
                   {4, EncodeNumber(4, 4)},
                   {5, EncodeI64(5, 600'000)},
                   {10, EncodeBytes(10, std::string(32, 'k'))}});
  }
  Changeset Announce(const Hand& by) {
    Changeset changeset = town().Write(by, family, {Record()});
    council.Push(changeset);
    uid = changeset.uid;
    return changeset;
  }
  v1::PutChunkRequest Request(uint32_t number) {
    v1::PutChunkRequest request;
    request.set_scope(family.str());
    request.set_uid(uid.str());
    request.set_content(std::string(View(file.content)));
    request.set_length(file.length);
    request.set_hashes(file.hashes);
    request.set_number(number);
    request.set_chunk(file.chunks[number]);
    return request;
  }
  absl::StatusOr<v1::PutChunkResponse> Put(const v1::PutChunkRequest& request, const Hand& by) {
    return council.server->ingest.PutChunk(request, by.device, town().now_ms);
  }
  Reason Refused(const v1::PutChunkRequest& request, const Hand& by) {
    const Hash32 before = council.Fingerprint();
    const Reason reason = ReasonOf(Put(request, by).status());
    CHECK(council.Fingerprint() == before);
    CHECK_FALSE((*council.server->store->Read())->FindFile(family, request.content())->has_value());
    return reason;
  }
  absl::StatusOr<v1::GetChunkResponse> Get(uint32_t number, const Hand& by) {
    v1::GetChunkRequest request;
    request.set_scope(family.str());
    request.set_content(std::string(View(file.content)));
    request.set_number(number);
    return GetChunk(council.server->parts, by.device, request, town().now_ms);
  }

  Council council;
  Hand ana, stranger;
  Id family, about, uid;
  SealedFile file;
};

}  // namespace

TEST_CASE("chunks come in any order, each once, and survive a restart and a copy of the store") {
  Case c;
  c.Announce(c.ana);
  CHECK(c.Put(c.Request(2), c.ana)->here() == "\x04");
  CHECK(c.Put(c.Request(0), c.ana)->here() == "\x05");
  CHECK(c.Put(c.Request(0), c.ana)->here() == "\x05");
  v1::PutChunkRequest asks = c.Request(0);
  asks.clear_chunk();
  CHECK(c.Put(asks, c.ana)->here() == "\x05");
  c.council.Restore(c.council.Image());
  CHECK(c.Put(c.Request(1), c.ana)->here() == "\x07");
  for (uint32_t number : {0u, 1u, 2u}) {
    absl::StatusOr<v1::GetChunkResponse> got = c.Get(number, c.ana);
    REQUIRE(got.ok());
    CHECK(got->chunk() == c.file.chunks[number]);
    CHECK(got->hashes() == c.file.hashes);
  }
}

TEST_CASE("bytes that are not those of their number and name change nothing") {
  Case c;
  c.Announce(c.ana);
  v1::PutChunkRequest request = c.Request(1);
  request.set_number(0);
  CHECK(c.Refused(request, c.ana) == Reason::kIntegrity);
  request = c.Request(1);
  request.mutable_chunk()->back() ^= 1;
  CHECK(c.Refused(request, c.ana) == Reason::kIntegrity);
  request = c.Request(1);
  request.mutable_chunk()->pop_back();
  CHECK(c.Refused(request, c.ana) == Reason::kIntegrity);
  request = c.Request(1);
  request.set_number(3);
  CHECK(c.Refused(request, c.ana) == Reason::kFormat);
  request = c.Request(1);
  request.set_hashes(c.file.hashes.substr(32));
  CHECK(c.Refused(request, c.ana) == Reason::kFormat);
  request = c.Request(1);
  request.set_length(c.file.length - 1);
  CHECK(c.Refused(request, c.ana) == Reason::kIntegrity);
  request = c.Request(1);
  request.set_length(UINT64_MAX);
  CHECK(c.Refused(request, c.ana) == Reason::kFormat);
  request = c.Request(1);
  request.set_uid("short");
  CHECK(c.Refused(request, c.ana) == Reason::kFormat);
}

TEST_CASE("what nobody announced is not taken, nor from somebody who may not read the family") {
  Case c;
  c.uid = c.town().NewId();
  CHECK(c.Refused(c.Request(0), c.ana) == Reason::kNotFound);
  // A changeset that is there and announces no file, or another one.
  const Changeset note = c.council.Note(c.ana, c.family, "words");
  c.council.Push(note);
  c.uid = note.uid;
  CHECK(c.Refused(c.Request(0), c.ana) == Reason::kNotFound);
  c.Announce(c.ana);
  v1::PutChunkRequest elsewhere = c.Request(0);
  elsewhere.set_scope(c.council.BeginFamily(c.ana).str());
  CHECK(c.Refused(elsewhere, c.ana) == Reason::kNotFound);
  CHECK(c.Refused(c.Request(0), c.stranger) == Reason::kNotFound);
  CHECK(c.Put(c.Request(0), c.ana).ok());
}

TEST_CASE("a chunk is served to readers of the family only, and else as if there were none") {
  Case c;
  c.Announce(c.ana);
  CHECK(c.Put(c.Request(0), c.ana).ok());
  CHECK(c.Get(0, c.ana).ok());
  const absl::Status missing = c.Get(1, c.ana).status();
  CHECK(ReasonOf(missing) == Reason::kNotFound);
  CHECK(c.Get(0, c.stranger).status() == missing);
  // A place that ended.
  const std::optional<AssignmentView> place = c.council.Place(c.family, c.ana.user);
  REQUIRE(place);
  c.council.Push(c.council.EndPlace(c.town().supervisor, c.family, *place));
  CHECK(c.Get(0, c.ana).status() == missing);
  // What she made may still be handed in.
  CHECK(c.Put(c.Request(1), c.ana).ok());
}

TEST_CASE("held work announces its file too") {
  Case c;
  const std::optional<AssignmentView> place = c.council.Place(c.family, c.ana.user);
  c.council.Push(c.council.EndPlace(c.town().supervisor, c.family, *place));
  const Changeset changeset = c.town().Write(c.ana, c.family, {c.Record()});
  REQUIRE(c.council.Push(changeset).accepted().verdict() == v1::HELD);
  c.uid = changeset.uid;
  CHECK(c.Put(c.Request(0), c.ana).ok());
}

TEST_CASE("an approval that covers a file waits until every chunk has come") {
  Case c;
  REQUIRE(c.council
              .Push(c.town().Write(c.ana, c.family,
                                   {Change(kPlan, c.about,
                                           {{1, EncodeId(1, c.town().NewId())},
                                            {2, EncodeNumber(2, 1)},
                                            {3, EncodeBytes(3, "An aim")}})}))
              .accepted()
              .verdict() == v1::APPLIED);
  c.Announce(c.ana);
  auto approve = [&] {
    std::unique_ptr<ReadView> view = *c.council.server->store->Read();
    ScopeState state(c.family, view.get(), c.council.Row(c.family).state_digest);
    const Hash32 digest = DigestOfSubject(Catalog::Get(), c.town().tenant, state, kPlan, c.about);
    view.reset();
    const v1::RowAnswer answer = c.council.Push(
        c.town().Write(c.town().supervisor, c.family,
                       {Change(kApproval, c.town().NewId(),
                               {{1, EncodeId(1, c.about)},
                                {2, EncodeBytes(2, View(digest))},
                                {3, EncodeNumber(3, v1::Approval::DECISION_APPROVED)},
                                {9, EncodeDate(9, c.town().today)}})}));
    return answer.accepted();
  };
  const auto held = approve();
  INFO(held.ShortDebugString());
  CHECK(held.verdict() == v1::HELD);
  CHECK(held.reason() == v1::HELD_REASON_ATTACHMENT);
  for (uint32_t number : {0u, 1u}) REQUIRE(c.Put(c.Request(number), c.ana).ok());
  CHECK(approve().reason() == v1::HELD_REASON_ATTACHMENT);
  REQUIRE(c.Put(c.Request(2), c.ana).ok());
  CHECK(approve().verdict() == v1::APPLIED);
}

}  // namespace doorstep::server
