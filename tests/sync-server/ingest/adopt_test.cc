// A restored server takes back its own history, and nothing else.
#include "sync-server/ingest/adopt.h"

#include <catch2/catch_test_macros.hpp>

#include "crypto/reason.h"
#include "model/limits.h"
#include "tests/sync-server/council.h"

namespace doorstep::server {
namespace {

// A family with entries before and after an image of the server; a phone that has pulled both.
struct Lost {
  Lost()
      : ana(council.Hire(v1::ROLE_KEY_WORKER)),
        ben(council.Hire(v1::ROLE_KEY_WORKER)),
        family(council.BeginFamily(ana)),
        phone(council, {ana.user, ana.device, ana.sign_seed.Clone(), {}}) {
    REQUIRE(phone.Pull().status.ok());
    image = council.Image();
    common = council.Row(family).seq;
    for (int i = 0; i < 3; ++i) {
      REQUIRE(council.Push(council.Note(ana, family, "lost")).has_accepted());
    }
    REQUIRE(council.Push(council.Note(ben, family, "held")).accepted().verdict() == v1::HELD);
    held = council.Log(family).back().changeset.uid;
    REQUIRE(phone.Pull().status.ok());
    before = council.Row(family);
    council.Restore(image);
  }

  AdoptOutcome Adopt(const v1::AdoptRequest& request) {
    absl::StatusOr<AdoptOutcome> outcome =
        council.server->ingest.Adopt(request, council.server->signer.log_key());
    INFO(outcome.status().ToString());
    REQUIRE(outcome.ok());
    return *std::move(outcome);
  }
  v1::AdoptRequest Step() { return phone.AdoptFrom(family, common + 1); }

  // Refused for this reason, and nothing moved.
  void Refuses(const v1::AdoptRequest& request, Reason reason, AdoptAlarm alarm) {
    const Hash32 fingerprint = council.Fingerprint();
    const AdoptOutcome outcome = Adopt(request);
    CHECK_FALSE(outcome.response.adopted());
    CHECK(static_cast<Reason>(outcome.response.reason()) == reason);
    CHECK(outcome.alarm == alarm);
    CHECK(outcome.appended == 0);
    CHECK(council.Fingerprint() == fingerprint);
  }

  Council council;
  Hand ana;
  Hand ben;
  Id family;
  Phone phone;
  std::string image;
  uint64_t common = 0;
  ScopeRow before;
  Id held;
};

v1::SignedHead Resign(const Lost& lost, v1::Head head, const Secret& seed) {
  head.set_key(DeriveRecipientId(SignPublicKey(seed)).str());
  return SignHead(lost.council.town.tenant, head, seed).Wire();
}

v1::Head HeadOf(const v1::AdoptRequest& request) {
  v1::Head head;
  REQUIRE(head.ParseFromString(request.head().head()));
  return head;
}

}  // namespace

TEST_CASE("what was lost comes back verbatim: numbers, metas, hashes, state, held work") {
  Lost lost;
  const AdoptOutcome outcome = lost.Adopt(lost.Step());
  REQUIRE(outcome.response.adopted());
  CHECK(outcome.response.head_seq() == lost.before.seq);
  CHECK(outcome.alarm == AdoptAlarm::kAdopted);
  CHECK(outcome.appended == lost.before.seq - lost.common);
  const ScopeRow after = lost.council.Row(lost.family);
  CHECK(after.hash == lost.before.hash);
  CHECK(after.state_digest == lost.before.state_digest);
  CHECK(after.directory_seq == lost.before.directory_seq);
  CHECK(after.archived_seq == 0);
  // Held work waits for its decision as before, every uid has its place, every device goes on.
  const v1::RowAnswer answer = lost.council.Ask(lost.held);
  CHECK(answer.accepted().verdict() == v1::HELD);
  CHECK(answer.accepted().undecided());
  const Pulled pulled = lost.phone.Pull();
  CHECK(pulled.mismatches.empty());
  CHECK(pulled.frames.empty());
  // And is written on from there.
  CHECK(lost.council.Push(lost.council.Note(lost.ana, lost.family, "next")).accepted().seq() ==
        lost.before.seq + 1);
}

TEST_CASE("a step again, or the half of it that is missing, changes nothing twice") {
  Lost lost;
  const v1::AdoptRequest step = lost.Step();
  REQUIRE(lost.Adopt(step).response.adopted());
  const Hash32 fingerprint = lost.council.Fingerprint();
  const AdoptOutcome again = lost.Adopt(step);
  CHECK(again.response.adopted());
  CHECK(again.appended == 0);
  CHECK(again.alarm == AdoptAlarm::kNone);
  CHECK(again.response.head_seq() == lost.before.seq);
  // From further back, all that is here already being the same.
  CHECK(lost.Adopt(lost.phone.AdoptFrom(lost.family, 1)).response.adopted());
  CHECK(lost.council.Fingerprint() == fingerprint);

  lost.council.Restore(lost.image);
  const AdoptOutcome overlap = lost.Adopt(lost.phone.AdoptFrom(lost.family, 1));
  CHECK(overlap.response.adopted());
  CHECK(overlap.appended == lost.before.seq - lost.common);
  CHECK(lost.council.Fingerprint() == fingerprint);
}

TEST_CASE("a whole family that the server does not know comes back, in steps at signed heads") {
  Lost lost;
  // A server from before the family began.
  Council& council = lost.council;
  const std::string empty = [&] {
    Lost other;
    return other.image;
  }();
  REQUIRE(council.Image() == empty);  // the same seed makes the same town
  absl::StatusOr<std::unique_ptr<SqliteStore>> fresh =
      SqliteStore::OpenInMemory(council.town.tenant);
  council.server = std::make_unique<Server>(council.town, council.log_seed, *std::move(fresh));
  // The directory first: of an empty server only its own key proves the heads.
  const Id tenant = council.town.tenant;
  const AdoptOutcome directory = lost.Adopt(lost.phone.AdoptFrom(tenant, 1));
  REQUIRE(directory.response.adopted());
  CHECK((*council.server->ingest.directory())->seq() == lost.phone.log(tenant).size());
  REQUIRE(lost.phone.heads(lost.family).size() == 2);

  v1::AdoptRequest first;
  first.set_protocol(kProtocol);
  first.set_scope(lost.family.str());
  for (uint64_t i = 0; i < lost.common; ++i) {
    *first.add_entries() = lost.phone.log(lost.family)[i].Wire();
  }
  *first.mutable_head() = lost.phone.heads(lost.family)[0].Wire();
  SECTION("the second step alone has a gap below it") {
    lost.Refuses(lost.Step(), Reason::kState, AdoptAlarm::kForeignHead);
  }
  REQUIRE(lost.Adopt(first).response.adopted());
  REQUIRE(lost.Adopt(lost.Step()).response.adopted());
  CHECK(council.Row(lost.family).hash == lost.before.hash);
  // Its readers are who they were.
  CHECK(lost.phone.Pull().mismatches.empty());
  Phone anew(council, {lost.ana.user, lost.ana.device, lost.ana.sign_seed.Clone(), {}});
  CHECK(anew.Pull().pages.contains(lost.family));
  Phone stranger(council, {lost.ben.user, lost.ben.device, lost.ben.sign_seed.Clone(), {}});
  CHECK_FALSE(stranger.Pull().pages.contains(lost.family));
}

TEST_CASE("B52: a lying step is refused whole") {
  Lost lost;
  const v1::AdoptRequest good = lost.Step();
  auto refused = [&](v1::AdoptRequest bad, Reason reason = Reason::kIntegrity,
                     AdoptAlarm alarm = AdoptAlarm::kForged) { lost.Refuses(bad, reason, alarm); };
  SECTION("an entry is altered, in each of its three parts") {
    for (int part = 0; part < 3; ++part) {
      for (int at = 0; at < 4; ++at) {
        v1::AdoptRequest bad = good;
        v1::LogEntry& entry = *bad.mutable_entries(1);
        std::string* bytes = part == 0   ? entry.mutable_signed_()->mutable_changeset()
                             : part == 1 ? entry.mutable_signed_()->mutable_signature()
                                         : entry.mutable_meta();
        char& byte = (*bytes)[bytes->size() * static_cast<size_t>(at) / 4];
        byte = static_cast<char>(byte ^ 0x10);
        refused(bad);
      }
    }
  }
  SECTION("a verdict is turned round") {
    v1::AdoptRequest bad = good;
    v1::EntryMeta meta;
    REQUIRE(meta.ParseFromString(bad.entries(3).meta()));
    REQUIRE(meta.verdict() == v1::HELD);
    meta.set_verdict(v1::APPLIED);
    bad.mutable_entries(3)->set_meta(meta.SerializeAsString());
    refused(bad);
  }
  SECTION("an entry is missing, twice, or out of order") {
    v1::AdoptRequest missing = good;
    missing.mutable_entries()->DeleteSubrange(1, 1);
    refused(missing);
    v1::AdoptRequest twice = good;
    *twice.add_entries() = good.entries(3);
    refused(twice);
    v1::AdoptRequest swapped = good;
    swapped.mutable_entries()->SwapElements(0, 1);
    refused(swapped);
  }
  SECTION("the head is of another key, scope, number or tenant, or there is none") {
    const Secret other = Secret::FromBytes(std::string(32, 'o'));
    v1::AdoptRequest bad = good;
    *bad.mutable_head() = Resign(lost, HeadOf(good), other);
    refused(bad);
    // It names our key, but did not sign with it.
    bad = good;
    v1::Head head = HeadOf(good);
    bad.mutable_head()->set_signature(
        SignHead(lost.council.town.tenant, head, other).Wire().signature());
    refused(bad);
    bad = good;
    head.set_scope(lost.council.town.NewId().str());
    *bad.mutable_head() = Resign(lost, head, lost.council.log_seed);
    refused(bad);
    bad = good;
    head = HeadOf(good);
    head.set_seq(head.seq() + 1);
    *bad.mutable_head() = Resign(lost, head, lost.council.log_seed);
    refused(bad);
    bad = good;
    *bad.mutable_head() =
        SignHead(lost.council.town.NewId(), HeadOf(good), lost.council.log_seed).Wire();
    refused(bad);
    bad.clear_head();
    refused(bad);
    // No head where the step ends.
    bad = good;
    bad.mutable_entries()->RemoveLast();
    refused(bad);
  }
  SECTION("entries of another scope, under a true head of this one") {
    v1::AdoptRequest bad = good;
    bad.set_scope(lost.council.town.NewId().str());
    refused(bad);
  }
  SECTION("an author's signature is bad though our own head covers it") {
    // Only somebody with the log key could make this: not even then is it taken.
    v1::AdoptRequest bad = good;
    Entry last = lost.phone.log(lost.family).back();
    last.changeset.signature[3] = static_cast<uint8_t>(last.changeset.signature[3] ^ 1);
    ChainEntry(lost.council.town.tenant, lost.phone.log(lost.family)[last.seq() - 2].hash, last);
    *bad.mutable_entries(bad.entries_size() - 1) = last.Wire();
    v1::Head head = HeadOf(good);
    head.set_entry_hash(View(last.hash).data(), 32);
    *bad.mutable_head() = Resign(lost, head, lost.council.log_seed);
    refused(bad);
  }
  SECTION("a state digest that the fold does not give") {
    v1::AdoptRequest bad = good;
    v1::Head head = HeadOf(good);
    head.set_state_digest(std::string(32, 'd'));
    *bad.mutable_head() = Resign(lost, head, lost.council.log_seed);
    refused(bad);
  }
  // None of it stands in the way of the truth.
  CHECK(lost.Adopt(good).response.adopted());
}

TEST_CASE("B52: too large, or no step at all") {
  Lost lost;
  auto error = [&](const v1::AdoptRequest& request) {
    return ReasonOf(
        lost.council.server->ingest.Adopt(request, lost.council.server->signer.log_key()).status());
  };
  v1::AdoptRequest large = lost.Step();
  for (int i = 0; i < 13; ++i) {
    large.add_entries()->mutable_signed_()->set_changeset(std::string(kChangesetBytesMax, 'x'));
  }
  CHECK(error(large) == Reason::kLimit);
  v1::AdoptRequest none = lost.Step();
  none.clear_entries();
  CHECK(error(none) == Reason::kFormat);
  v1::AdoptRequest nowhere = lost.Step();
  nowhere.set_scope("short");
  CHECK(error(nowhere) == Reason::kFormat);
  v1::AdoptRequest newer = lost.Step();
  newer.set_protocol(kProtocol + 1);
  CHECK(error(newer) == Reason::kVersion);
}

TEST_CASE("B52: a server that has grown another way is not overwritten") {
  Lost lost;
  REQUIRE(lost.council.Push(lost.council.Note(lost.ana, lost.family, "other")).has_accepted());
  lost.Refuses(lost.Step(), Reason::kState, AdoptAlarm::kForeignHead);
  CHECK(lost.council.Row(lost.family).seq == lost.common + 1);
  // The uid of a lost entry pushed first, as a carried row: the same.
  lost.council.Restore(lost.image);
  ++lost.council.town.now_ms;  // so that its meta is another
  REQUIRE(lost.council.Push(lost.phone.log(lost.family)[lost.common].changeset).has_accepted());
  lost.Refuses(lost.Step(), Reason::kState, AdoptAlarm::kForeignHead);
}

TEST_CASE("B52: an archived mark in the head moves nothing here") {
  Lost lost;
  v1::AdoptRequest step = lost.Step();
  v1::Head head = HeadOf(step);
  head.set_archived_seq(head.seq());
  *step.mutable_head() = Resign(lost, head, lost.council.log_seed);
  REQUIRE(lost.Adopt(step).response.adopted());
  CHECK(lost.council.Row(lost.family).archived_seq == 0);
}

TEST_CASE("B52: heads of a retired log key still prove what they signed") {
  Lost lost;
  const PublicKey anew = SignPublicKey(Secret::FromBytes(std::string(32, 'n')));
  absl::StatusOr<AdoptOutcome> outcome = lost.council.server->ingest.Adopt(lost.Step(), anew);
  REQUIRE(outcome.ok());
  CHECK(outcome->response.adopted());
}

TEST_CASE("a family judged at a directory place that is gone is refused, the directory first") {
  Lost lost;
  Council& council = lost.council;
  // Between two entries of the family the directory grew; both are lost.
  council.Hire(v1::ROLE_KEY_WORKER);
  const Id tenant = council.town.tenant;
  REQUIRE(council.Push(council.Note(lost.ana, lost.family, "later")).has_accepted());
  Phone phone(council, {lost.ana.user, lost.ana.device, lost.ana.sign_seed.Clone(), {}});
  REQUIRE(phone.Pull().status.ok());
  const uint64_t directory = council.Row(tenant).seq;
  council.Restore(lost.image);
  const uint64_t kept = council.Row(tenant).seq;
  REQUIRE(kept < directory);
  const v1::AdoptRequest family = phone.AdoptFrom(lost.family, council.Row(lost.family).seq + 1);
  lost.Refuses(family, Reason::kState, AdoptAlarm::kForeignHead);

  SECTION("once the directory is back, it is taken") {
    REQUIRE(lost.Adopt(phone.AdoptFrom(tenant, kept + 1)).response.adopted());
    CHECK(lost.Adopt(family).response.adopted());
    CHECK(phone.Pull().frames.empty());
  }
  SECTION("where the directory went another way, it never is") {
    council.Push(council.town.Write(
        council.town.admin, tenant,
        {Change(102, council.town.NewId(), {{1, EncodeBytes(1, "another team")}})}));
    for (uint64_t i = kept; i < directory; ++i) {
      REQUIRE(council.Push(phone.log(tenant)[i].changeset).has_accepted());
    }
    REQUIRE(council.Row(tenant).seq > directory);
    lost.Refuses(phone.AdoptFrom(tenant, kept + 1), Reason::kState, AdoptAlarm::kForeignHead);
    lost.Refuses(family, Reason::kState, AdoptAlarm::kForeignHead);
  }
}

TEST_CASE("a refused step of the directory leaves nobody known") {
  Lost lost;
  Council& council = lost.council;
  const Id tenant = council.town.tenant;
  const Hand cem = council.Hire(v1::ROLE_KEY_WORKER);
  Phone phone(council, {lost.ana.user, lost.ana.device, lost.ana.sign_seed.Clone(), {}});
  REQUIRE(phone.Pull().status.ok());
  council.Restore(lost.image);
  v1::AdoptRequest bad = phone.AdoptFrom(tenant, council.Row(tenant).seq + 1);
  const v1::AdoptRequest good = bad;
  v1::Head head = HeadOf(bad);
  head.set_state_digest(std::string(32, 'd'));
  *bad.mutable_head() = Resign(lost, head, council.log_seed);
  lost.Refuses(bad, Reason::kIntegrity, AdoptAlarm::kForged);
  CHECK(council.Push(council.Note(cem, lost.family, "x")).has_retry());
  REQUIRE(lost.Adopt(good).response.adopted());
  CHECK(council.Push(council.Note(cem, lost.family, "x")).has_accepted());
}

}  // namespace doorstep::server
