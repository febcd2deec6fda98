// What one is shown who has lost a family.
#include "sync-server/feed/ended.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "google/protobuf/unknown_field_set.h"
#include "sync-server/store/limits.h"
#include "tests/sync-server/council.h"

namespace doorstep::server {
namespace {

constexpr uint32_t kFamily = 1, kAssignment = 34;

Hand Copy(const Hand& hand) { return {hand.user, hand.device, hand.sign_seed.Clone(), {}}; }

struct Home {
  Home()
      : ana(council.Hire(v1::ROLE_KEY_WORKER)),
        ben(council.Hire(v1::ROLE_KEY_WORKER)),
        first(council.town.BeginFamily(ana)),
        family(first.scope),
        phone(council, Copy(ana)) {
    Apply(first);
    phone.Pull();
  }
  Hand& lead() { return council.town.supervisor; }
  void Apply(const Changeset& changeset) {
    REQUIRE(council.Push(changeset).accepted().verdict() == v1::APPLIED);
  }
  void Hold(const Changeset& changeset) {
    REQUIRE(council.Push(changeset).accepted().verdict() == v1::HELD);
  }
  Changeset End(const Hand& whose) {
    return council.EndPlace(lead(), family, *council.Place(family, whose.user));
  }
  Changeset Open(const Hand& whose) {
    return council.OpenPlace(lead(), family, whose, v1::Assignment::RELATION_COVER);
  }
  std::vector<Id> Proof(Phone& of) {
    const Pulled pulled = of.Pull();
    REQUIRE(pulled.ended.contains(family));
    REQUIRE_FALSE(pulled.pages.contains(family));
    std::vector<Id> uids;
    for (const Changeset& changeset : pulled.ended.at(family)) {
      uids.push_back(changeset.uid);
      // As it was signed.
      REQUIRE(
          VerifyChangeset(council.town.tenant, changeset,
                          *(*council.server->ingest.directory())->SigningKey(changeset.device, 99))
              .ok());
    }
    return uids;
  }

  Council council;
  Hand ana;
  Hand ben;
  Changeset first;
  Id family;
  Phone phone;
};

}  // namespace

TEST_CASE("the ending, the changeset that opened the place, and who reads it now") {
  Home home;
  const Changeset words = home.council.Note(home.lead(), home.family, "not for the one who left");
  const Changeset ending = home.End(home.ana);
  const Changeset successor = home.Open(home.ben);
  const Changeset later = home.council.Note(home.ben, home.family, "nor this");
  for (const Changeset& changeset : {words, ending, successor, later}) home.Apply(changeset);
  CHECK(home.Proof(home.phone) == std::vector<Id>{home.first.uid, ending.uid, successor.uid});
}

TEST_CASE("one place of two is no loss; both are, and both are proved") {
  Home home;
  const Changeset ending = home.End(home.ana);
  home.Apply(ending);
  const Changeset again = home.Open(home.ana);
  home.Apply(again);
  Pulled pulled = home.phone.Pull();
  CHECK(pulled.ended.empty());
  CHECK(pulled.pages.contains(home.family));
  const Changeset last = home.End(home.ana);
  home.Apply(last);
  // The first ending lies in the log that the device has pulled; its opening and both places' are
  // shown all the same.
  CHECK(home.Proof(home.phone) == std::vector<Id>{home.first.uid, again.uid, last.uid});
}

TEST_CASE("barred, with the place still open: nothing is proved, the family is hidden") {
  Home home;
  home.Apply(home.council.town.Write(
      home.lead(), home.family, {Change(kFamily, home.family, {{7, EncodeId(7, home.ana.user)}})}));
  home.Apply(home.Open(home.ben));
  CHECK(home.Proof(home.phone).empty());
  // Once the place is ended as well, that is shown.
  const Changeset ending = home.End(home.ana);
  home.Apply(ending);
  const std::vector<Id> proof = home.Proof(home.phone);
  CHECK(std::find(proof.begin(), proof.end(), ending.uid) != proof.end());
  CHECK(proof.front() == home.first.uid);
}

TEST_CASE("a place that lapsed needs no ending") {
  Home home;
  v1::Changeset body = home.Open(home.ben).body;
  v1::FieldWrite& until = *body.mutable_changes(0)->add_writes();
  until.set_field(6);
  until.set_value(EncodeI64(6, home.council.town.now_ms + 1000));
  const Changeset lent = *AuthorChangeset(home.council.town.tenant, body, home.lead().sign_seed);
  home.Apply(lent);
  Phone ben(home.council, Copy(home.ben));
  ben.Pull();
  REQUIRE(ben.Holds(home.family));
  home.council.town.now_ms += 1000;
  CHECK(home.Proof(ben) == std::vector<Id>{lent.uid});
}

TEST_CASE("an Assignment that was held proves nothing to those who read applied ones") {
  Home home;
  const Hand cem = home.council.Hire(v1::ROLE_KEY_WORKER);
  home.Hold(home.council.OpenPlace(cem, home.family, cem, v1::Assignment::RELATION_LEAD));
  const Changeset ending = home.End(home.ana);
  home.Apply(ending);
  CHECK(home.Proof(home.phone) == std::vector<Id>{home.first.uid, ending.uid});
}

TEST_CASE("one who read it as unfounded is shown what founded it, or who declined it") {
  Home home;
  Changeset first = home.council.town.BeginFamily(home.ana);
  v1::Changeset body = first.body;
  for (int i = body.changes_size(); i-- > 0;) {
    const v1::RecordChange& change = body.changes(i);
    const bool own = change.writes_size() > 0 &&
                     change.writes(0).value().find(home.ana.user.view()) != std::string::npos;
    if (change.type() == kAssignment && !own) body.mutable_changes()->DeleteSubrange(i, 1);
  }
  first = *AuthorChangeset(home.council.town.tenant, body, home.ana.sign_seed);
  home.Hold(first);
  home.family = first.scope;
  Phone lead(home.council, Copy(home.lead()));
  lead.Pull();
  home.phone.Pull();
  REQUIRE(lead.Holds(first.scope));
  REQUIRE(home.phone.Holds(first.scope));
  SECTION("declined: to its author and to the supervisor") {
    const Changeset decision =
        home.council.Decide(home.lead(), first.scope, first.uid, v1::Decision::ANSWER_DECLINE);
    home.Apply(decision);
    CHECK(home.Proof(home.phone) == std::vector<Id>{first.uid, decision.uid});
    CHECK(home.Proof(lead) == std::vector<Id>{first.uid, decision.uid});
  }
  SECTION("released: to a supervisor without a place") {
    const Changeset decision =
        home.council.Decide(home.lead(), first.scope, first.uid, v1::Decision::ANSWER_RELEASE);
    home.Apply(decision);
    REQUIRE(home.council.Log(first.scope).back().meta.released_size() == 1);
    CHECK(home.phone.Pull().pages.contains(first.scope));
    CHECK(home.Proof(lead) == std::vector<Id>{first.uid, decision.uid});
  }
}

TEST_CASE("a proof stays within a message, this person's own ending first") {
  Home home;
  auto large = [&](Changeset changeset) {
    v1::Changeset body = changeset.body;
    body.GetReflection()->MutableUnknownFields(&body)->AddLengthDelimited(1000,
                                                                          std::string(60'000, 'u'));
    return *AuthorChangeset(home.council.town.tenant, body, home.lead().sign_seed);
  };
  for (int i = 0; i < 20; ++i) {
    home.Apply(large(home.Open(home.ben)));
    home.Apply(home.End(home.ben));
  }
  const Changeset ending = large(home.End(home.ana));
  home.Apply(ending);
  const Pulled pulled = home.phone.Pull();
  size_t bytes = 0;
  for (const Changeset& changeset : pulled.ended.at(home.family)) bytes += changeset.bytes.size();
  CHECK(bytes <= kEndedBytesMax);
  CHECK(bytes > kEndedBytesMax / 2);
  CHECK(pulled.ended.at(home.family).front().uid == home.first.uid);
  CHECK(pulled.ended.at(home.family).back().uid == ending.uid);
}

}  // namespace doorstep::server
