// What a device is served, and what it is not.
#include "sync-server/feed/feed.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "crypto/reason.h"
#include "google/protobuf/unknown_field_set.h"
#include "model/limits.h"
#include "tests/sync-server/council.h"

namespace doorstep::server {
namespace {

constexpr uint32_t kDevice = 120, kStaffMember = 103;

Hand Copy(const Hand& hand) { return {hand.user, hand.device, hand.sign_seed.Clone(), {}}; }

struct Home {
  Home()
      : ana(council.Hire(v1::ROLE_KEY_WORKER)),
        ben(council.Hire(v1::ROLE_KEY_WORKER)),
        family(council.BeginFamily(ana)),
        tenant(council.town.tenant),
        phone(council, Copy(ana)) {}
  Hand& lead() { return council.town.supervisor; }
  void Apply(const Changeset& changeset) {
    REQUIRE(council.Push(changeset).accepted().verdict() == v1::APPLIED);
  }
  void Command(uint32_t type, const Id& id, uint32_t state) {
    Town& town = council.town;
    const Op live = town.log.Live(type, id, 7);
    town.log.Push(
        town.Write(town.admin, tenant, {Change(type, id, {{7, EncodeNumber(7, state), {live}}})}));
    council.Mirror();
  }

  Council council;
  Hand ana;
  Hand ben;
  Id family;
  Id tenant;
  Phone phone;
};

v1::Cursor CursorAt(const Id& scope, uint64_t seq, std::string_view hash) {
  v1::Cursor cursor;
  cursor.set_scope(scope.str());
  cursor.set_seq(seq);
  cursor.set_hash(std::string(hash));
  return cursor;
}

}  // namespace

TEST_CASE("a new device is told who it is, then the directory, then what it may read") {
  Home home;
  home.council.town.now_ms += 17;
  const Pulled pulled = home.phone.Pull();
  CHECK(pulled.hello.server_ms() == home.council.town.now_ms);
  CHECK(pulled.hello.schema() == Catalog::Get().schema());
  CHECK(pulled.hello.device() == v1::DEVICE_ACTIVE);
  CHECK_FALSE(pulled.hello.gated());
  CHECK(pulled.order == std::vector<Id>{home.tenant, home.family});
  CHECK(home.phone.log(home.tenant).size() == home.council.Row(home.tenant).seq);
  CHECK(home.phone.log(home.family).size() == 1);
}

TEST_CASE("nothing new is a Hello and the end") {
  Home home;
  home.phone.Pull();
  const Pulled pulled = home.phone.Pull();
  CHECK(pulled.frames.empty());
  home.Apply(home.council.Note(home.ana, home.family, "x"));
  CHECK(home.phone.Pull().order == std::vector<Id>{home.family});
}

TEST_CASE("scopes come in the order asked, the directory first, wanted after, offers last") {
  Home home;
  std::vector<Id> families = {home.family};
  for (int i = 0; i < 4; ++i) families.push_back(home.council.BeginFamily(home.ana));
  std::vector<Id> offered(families.begin() + 3, families.end());
  std::sort(offered.begin(), offered.end());
  v1::PullRequest request;
  *request.add_cursors() = CursorAt(families[2], 0, "");
  *request.add_cursors() = CursorAt(families[0], 0, "");
  *request.add_cursors() = CursorAt(home.tenant, 0, "");
  request.add_wanted(families[1].str());
  CHECK(home.phone.Pull(request).order == std::vector<Id>{home.tenant, families[2], families[0],
                                                          families[1], offered[0], offered[1]});

  // What it does not carry is not offered again.
  Phone other(home.council, Copy(home.ana));
  v1::PullRequest some = other.Request();
  for (const Id& id : offered) some.add_not_carried(id.str());
  Pulled pulled = other.Pull(some);
  for (const Id& id : offered) CHECK_FALSE(pulled.pages.contains(id));
  CHECK(pulled.pages.contains(families[1]));
  // And is served when wanted.
  some = other.Request();
  some.add_wanted(offered[0].str());
  CHECK(other.Pull(some).pages.contains(offered[0]));
}

TEST_CASE("pages hold 256 entries or 256 KiB, each with a signed head") {
  Home home;
  SECTION("by number") {
    std::vector<Changeset> rows;
    for (int i = 0; i < 599; ++i) rows.push_back(home.council.Note(home.ana, home.family, "n"));
    home.council.PushAll(rows);
    const Pulled pulled = home.phone.Pull();
    CHECK(pulled.pages.at(home.family) == 3);
    CHECK(home.phone.heads(home.family)[0].head.seq() == 256);
    CHECK(home.phone.heads(home.family)[0].head.state_digest().empty());
    CHECK(home.phone.heads(home.family)[2].head.state_digest().size() == 32);
  }
  SECTION("by size, and the largest changeset there is") {
    for (int i = 0; i < 9; ++i) {
      v1::Changeset body = home.council.Note(home.ana, home.family, "n").body;
      const size_t rest = kChangesetBytesMax - body.ByteSizeLong() - 32;
      // A field that this build does not know takes the room, and comes through byte for byte.
      body.GetReflection()->MutableUnknownFields(&body)->AddLengthDelimited(1000,
                                                                            std::string(rest, 'u'));
      const Changeset large = *AuthorChangeset(home.council.town.tenant, body, home.ana.sign_seed);
      REQUIRE(large.bytes.size() > kChangesetBytesMax - 64);
      home.Apply(large);
    }
    const Pulled pulled = home.phone.Pull();
    CHECK(pulled.pages.at(home.family) >= 3);
    CHECK(home.phone.log(home.family).size() == 10);
    CHECK(home.phone.log(home.family).back().changeset.bytes ==
          home.council.Log(home.family).back().changeset.bytes);
  }
}

TEST_CASE("an archived mark that moved alone is a bare head") {
  Home home;
  home.phone.Pull();
  const ScopeRow row = home.council.Row(home.family);
  const ArchivedHead head{home.family, row.seq, row.hash};
  REQUIRE(home.council.server->store->MarkArchived({&head, 1}).ok());
  const Pulled pulled = home.phone.Pull();
  REQUIRE(pulled.bare.contains(home.family));
  const SignedHead& bare = pulled.bare.at(home.family);
  CHECK(bare.head.archived_seq() == row.seq);
  CHECK(bare.head.seq() == row.seq);
  CHECK(bare.entry_hash == row.hash);
  CHECK(bare.head.state_digest() == View(row.state_digest));
  CHECK(VerifyHead(home.tenant, bare, home.council.server->signer.log_key()));
  CHECK(home.phone.Pull().frames.empty());
}

TEST_CASE("B50: a cursor off the chain is a Mismatch, before any right") {
  Home home;
  const ScopeRow row = home.council.Row(home.family);
  const std::string_view true_hash = HashPrefix(row.hash);
  Phone stranger(home.council, Copy(home.ben));
  Phone unknown(home.council, home.council.town.MakeHand(home.council.town.NewId()));
  // The place of this one has ended.
  const Hand cem = home.council.Hire(v1::ROLE_KEY_WORKER);
  home.Apply(home.council.OpenPlace(home.lead(), home.family, cem, v1::Assignment::RELATION_COVER));
  home.Apply(
      home.council.EndPlace(home.lead(), home.family, *home.council.Place(home.family, cem.user)));
  Phone ended(home.council, Copy(cem));
  const Id nowhere = home.council.town.NewId();
  for (Phone* phone : {&home.phone, &stranger, &unknown, &ended}) {
    for (const v1::Cursor& cursor :
         {CursorAt(home.family, 99, true_hash), CursorAt(home.family, row.seq, "12345678"),
          CursorAt(home.family, UINT64_MAX, true_hash), CursorAt(nowhere, 1, true_hash),
          CursorAt(home.ana.device, 1, true_hash), CursorAt(home.tenant, 999, true_hash),
          CursorAt(home.tenant, 1, "12345678")}) {
      v1::PullRequest request;
      *request.add_cursors() = cursor;
      request.add_not_carried(home.family.str());  // not to be offered what it holds
      const Pulled pulled = phone->Pull(request);
      CHECK(pulled.mismatches.contains(*Id::FromBytes(cursor.scope())));
      CHECK(pulled.ended.empty());
    }
  }
}

TEST_CASE("B51: the common number, and where this server's end is") {
  Home home;
  home.phone.Pull();
  const std::string image = home.council.Image();
  for (int i = 0; i < 3; ++i) home.Apply(home.council.Note(home.ana, home.family, "lost"));
  home.phone.Pull();
  home.council.Restore(image);
  CHECK(home.phone.Pull().mismatches == std::set<Id>{home.family});
  v1::PullRequest request = home.phone.Request();
  *request.add_histories() = home.phone.HistoryOf(home.family);
  Pulled pulled = home.phone.Pull(request);
  CHECK(pulled.mismatches.empty());
  CHECK(pulled.commons.at(home.family).common_seq() == 1);
  CHECK(pulled.commons.at(home.family).head_seq() == 1);
  CHECK_FALSE(pulled.pages.contains(home.family));  // nor is it offered from nothing meanwhile

  ++home.council.town.now_ms;
  home.Apply(home.council.Note(home.ana, home.family, "another way"));
  pulled = home.phone.Pull(request);
  CHECK(pulled.commons.at(home.family).common_seq() == 1);
  CHECK(pulled.commons.at(home.family).head_seq() == 2);
}

TEST_CASE("reading is asked for each frame") {
  Home home;
  std::vector<Changeset> rows;
  for (int i = 0; i < 600; ++i) rows.push_back(home.council.Note(home.ana, home.family, "n"));
  home.council.PushAll(rows);
  absl::StatusOr<Pull> pull =
      Pull::Begin(home.council.server->parts, home.ana.device, home.phone.Request());
  REQUIRE(pull.ok());
  Pulled pulled;
  while (pulled.pages[home.family] == 0) REQUIRE(home.phone.Step(*pull, pulled));
  SECTION("the place ends") {
    home.Apply(home.council.EndPlace(home.lead(), home.family,
                                     *home.council.Place(home.family, home.ana.user)));
  }
  SECTION("the device ends") { home.Command(kDevice, home.ana.device, 2); }
  SECTION("the person is suspended") { home.Command(kStaffMember, home.ana.user, 2); }
  while (home.phone.Step(*pull, pulled)) {
  }
  CHECK(pulled.pages.at(home.family) == 1);
  CHECK(pulled.ended.contains(home.family));
}

TEST_CASE("a right that comes between two pulls is offered from the beginning") {
  Home home;
  Phone ben(home.council, Copy(home.ben));
  CHECK_FALSE(ben.Pull().pages.contains(home.family));
  home.Apply(
      home.council.OpenPlace(home.lead(), home.family, home.ben, v1::Assignment::RELATION_COVER));
  CHECK(ben.Pull().pages.contains(home.family));
  CHECK(ben.log(home.family).size() == 2);
}

TEST_CASE("B60: nothing tells a family one may not read from one that is not there") {
  Home home;
  for (int i = 0; i < 50; ++i) home.Apply(home.council.Note(home.ana, home.family, "n"));
  Phone ben(home.council, Copy(home.ben));
  ben.Pull();
  const Id nowhere = home.council.town.NewId();
  auto asked = [&](const Id& scope) {
    v1::PullRequest wanted = ben.Request();
    wanted.add_wanted(scope.str());
    v1::PullRequest cursor = ben.Request();
    *cursor.add_cursors() = CursorAt(scope, 0, "");
    v1::PullRequest history = ben.Request();
    v1::History& run = *history.add_histories();
    run.set_scope(scope.str());
    run.set_first_seq(1);
    run.set_hashes(std::string(80, 'h'));
    std::string all;
    for (const v1::PullRequest& request : {wanted, cursor, history}) {
      Pulled pulled = ben.Pull(request);
      for (std::string frame : pulled.frames) {
        const size_t at = frame.find(scope.view());
        if (at != std::string::npos) frame.replace(at, 16, 16, '*');
        all += frame + "|";
      }
      all += "#";
    }
    return all;
  };
  for (const Id& scope : {home.family, home.ana.device, home.ben.device}) {
    CHECK(asked(scope) == asked(nowhere));
  }
}

TEST_CASE("B28: an unknown device may show its cursors, nothing else") {
  Home home;
  Phone unknown(home.council, home.council.town.MakeHand(home.council.town.NewId()));
  v1::PullRequest request;
  *request.add_cursors() = CursorAt(home.tenant, 0, "");
  const ScopeRow family = home.council.Row(home.family);
  const ScopeRow directory = home.council.Row(home.tenant);
  *request.add_cursors() = CursorAt(home.family, family.seq, HashPrefix(family.hash));
  Pulled pulled = unknown.Pull(request);
  CHECK(pulled.hello.device() == v1::DEVICE_UNKNOWN);
  CHECK(pulled.frames.empty());
  request.clear_cursors();
  *request.add_cursors() = CursorAt(home.tenant, directory.seq, HashPrefix(directory.hash));
  CHECK(unknown.Pull(request).frames.empty());
}

TEST_CASE("a device that waits for its second person has the directory, no family") {
  Home home;
  Hand second = home.council.town.MakeHand(home.ana.user);
  home.council.town.log.Push(home.council.town.Write(home.council.town.admin, home.tenant,
                                                     {home.council.town.DeviceOf(second)}));
  home.council.Mirror();
  Phone phone(home.council, Copy(second));
  v1::PullRequest request = phone.Request();
  const ScopeRow family = home.council.Row(home.family);
  *request.add_cursors() = CursorAt(home.family, family.seq, HashPrefix(family.hash));
  const Pulled pulled = phone.Pull(request);
  CHECK(pulled.hello.device() == v1::DEVICE_WAITING);
  CHECK(pulled.order == std::vector<Id>{home.tenant});
}

TEST_CASE("an ended device has the directory up to the last word on it, and no family") {
  Home home;
  home.phone.Pull();
  const size_t known = home.phone.log(home.tenant).size();
  SECTION("the device") { home.Command(kDevice, home.ana.device, 2); }
  SECTION("its person") { home.Command(kStaffMember, home.ana.user, 3); }
  const uint64_t last_word = home.council.Row(home.tenant).seq;
  home.council.Hire(v1::ROLE_KEY_WORKER);
  home.Apply(home.council.Note(home.lead(), home.family, "after"));
  Pulled pulled = home.phone.Pull();
  CHECK(pulled.hello.device() == v1::DEVICE_ENDED);
  CHECK(home.phone.log(home.tenant).size() == last_word);
  CHECK(last_word == known + 1);
  CHECK(home.phone.heads(home.tenant).back().head.state_digest().empty());
  // Hidden, not purged: no proof of an ending, because no place has ended.
  CHECK(pulled.ended.at(home.family).empty());
  pulled = home.phone.Pull();
  CHECK(pulled.order == std::vector<Id>{home.family});
  // A wipe that is ordered later is a word on it, and reaches it.
  home.Command(kDevice, home.ana.device, 3);
  pulled = home.phone.Pull();
  CHECK(home.phone.log(home.tenant).size() > last_word);
}

TEST_CASE("a History of an ended place is answered, so that nothing is lost") {
  Home home;
  home.phone.Pull();
  home.Apply(home.council.EndPlace(home.lead(), home.family,
                                   *home.council.Place(home.family, home.ana.user)));
  v1::PullRequest request = home.phone.Request();
  *request.add_histories() = home.phone.HistoryOf(home.family);
  const Pulled pulled = home.phone.Pull(request);
  CHECK(pulled.commons.at(home.family).common_seq() == 1);
  CHECK(pulled.commons.at(home.family).head_seq() == 2);
}

}  // namespace doorstep::server
