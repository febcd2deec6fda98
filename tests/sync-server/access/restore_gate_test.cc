// After a restore nobody is served a family before the administrators have been heard.
#include "sync-server/access/restore_gate.h"

#include <catch2/catch_test_macros.hpp>
#include <memory>

#include "tests/sync-server/council.h"

namespace doorstep::server {
namespace {

constexpr uint32_t kStaffMember = 103, kDevice = 120;

Hand Copy(const Hand& hand) { return {hand.user, hand.device, hand.sign_seed.Clone(), {}}; }

Gate GateNow(Council& council) { return *GateOf(**council.server->store->Read()); }

// A second administrator; only the root makes one.
Hand SecondAdministrator(Council& council) {
  Town& town = council.town;
  Hand hand = town.MakeHand(town.NewId());
  town.log.Push(town.Write(
      town.root, town.tenant,
      {Change(kStaffMember, hand.user, {{1, EncodeBytes(1, "Second")}, {7, EncodeNumber(7, 1)}}),
       town.DeviceOf(hand), town.RoleOf(town.NewId(), hand, v1::ROLE_ADMIN)}));
  council.Mirror();
  return hand;
}

void Hear(Council& council, const Pulled& pulled) {
  if (pulled.heard) REQUIRE(council.server->ingest.HearAdministrator(*pulled.heard).ok());
}

}  // namespace

TEST_CASE("a restored server serves families when every administrator was heard") {
  Council council;
  const Hand ana = council.Hire(v1::ROLE_KEY_WORKER);
  const Hand other = SecondAdministrator(council);
  const Id family = council.BeginFamily(ana);
  Phone worker(council, Copy(ana));
  Phone first(council, Copy(council.town.admin));
  Phone second(council, Copy(other));
  for (Phone* phone : {&first, &second}) phone->Pull();
  REQUIRE(GateNow(council) == Gate::kOpen);

  // Revoked after the backup: the ending is on an administrator's device only.
  const std::string image = council.Image();
  const Op live = council.town.log.Live(kDevice, ana.device, 7);
  council.town.log.Push(
      council.town.Write(council.town.admin, council.town.tenant,
                         {Change(kDevice, ana.device, {{7, EncodeNumber(7, 2), {live}}})}));
  council.Mirror();
  first.Pull();
  council.Restore(image);
  REQUIRE(council.server->ingest.CloseRestoreGate().ok());

  Pulled pulled = worker.Pull();
  CHECK(pulled.hello.gated());
  CHECK(pulled.pages.contains(council.town.tenant));
  CHECK_FALSE(pulled.pages.contains(family));
  // Pushes are taken meanwhile.
  CHECK(council.Push(council.Note(ana, family, "x")).has_accepted());
  CHECK_FALSE(worker.Pull().heard);

  // The administrator whose tail was lost is not heard while it is.
  pulled = first.Pull();
  CHECK(pulled.mismatches.contains(council.town.tenant));
  CHECK_FALSE(pulled.heard);
  Hear(council, second.Pull());
  CHECK(GateNow(council) == Gate::kWaiting);

  SECTION("given back") {
    const uint64_t kept = council.Row(council.town.tenant).seq;
    REQUIRE(
        council.server->ingest
            .Adopt(first.AdoptFrom(council.town.tenant, kept + 1), council.server->signer.log_key())
            ->response.adopted());
  }
  SECTION("carried: not heard before its rows are in") {
    Changeset ending = first.log(council.town.tenant).back().changeset;
    first.log(council.town.tenant).pop_back();
    v1::PullRequest request = first.Request();
    request.set_directory_rows(1);
    CHECK_FALSE(first.Pull(request).heard);
    REQUIRE(council.Push(ending).accepted().verdict() == v1::APPLIED);
  }
  pulled = first.Pull();
  CHECK(pulled.hello.gated());
  REQUIRE(pulled.heard == council.town.admin.user);
  Hear(council, pulled);
  CHECK(GateNow(council) == Gate::kOpen);
  // What was revoked is revoked.
  CHECK_FALSE(worker.Pull().pages.contains(family));
  Phone lead(council, Copy(council.town.supervisor));
  CHECK(lead.Pull().pages.contains(family));
}

TEST_CASE("who is no counting administrator, or has no log to show, is not heard") {
  Council council;
  Phone admin(council, Copy(council.town.admin));
  Phone lead(council, Copy(council.town.supervisor));
  lead.Pull();
  REQUIRE(council.server->ingest.CloseRestoreGate().ok());
  CHECK_FALSE(lead.Pull().heard);
  Pulled pulled = admin.Pull();  // from nothing: it may have lost what it knew
  CHECK_FALSE(pulled.heard);
  CHECK(admin.Pull().heard == council.town.admin.user);
  // A question without the directory proves nothing.
  v1::PullRequest request = admin.Request();
  request.clear_cursors();
  CHECK_FALSE(admin.Pull(request).heard);
}

TEST_CASE("the gate outlives a restart, opens by the operator's word, and stays open") {
  Council council;
  const Hand other = SecondAdministrator(council);
  Phone admin(council, Copy(council.town.admin));
  admin.Pull();
  CHECK_FALSE(admin.Pull().heard);  // nothing waits to hear anybody
  REQUIRE(council.server->ingest.CloseRestoreGate().ok());
  Hear(council, admin.Pull());
  council.Restore(council.Image());
  CHECK(GateNow(council) == Gate::kWaiting);
  SECTION("the other one is heard; the first is not forgotten") {
    Phone second(council, Copy(other));
    second.Pull();
    Hear(council, second.Pull());
    CHECK(GateNow(council) == Gate::kOpen);
  }
  SECTION("the operator") {
    REQUIRE(council.server->ingest.OpenRestoreGate().ok());
    CHECK(GateNow(council) == Gate::kOpen);
  }
  SecondAdministrator(council);
  CHECK(GateNow(council) == Gate::kOpen);
  REQUIRE(council.server->ingest.HearAdministrator(other.user).ok());
  CHECK(GateNow(council) == Gate::kOpen);
}

}  // namespace doorstep::server
