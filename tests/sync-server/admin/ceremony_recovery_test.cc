#include "sync-server/admin/ceremony_recovery.h"

#include <catch2/catch_test_macros.hpp>
#include <optional>

#include "crypto/reason.h"
#include "crypto/restricted.h"
#include "doorstep/v1/records.pb.h"
#include "sync-server/admin/export.h"
#include "tests/sync-server/council.h"

namespace doorstep::server {
namespace {

constexpr std::string_view kWords = "the house with the green gate";

enum class WrapFor { kRecovery, kNobody, kRecoveryButWrong };

// A family in which a worker wrote restricted notes.
struct Sealed {
  Council council;
  SystemRandom random;
  Secret recovery = random.MakeSecret(32);
  Hand worker = council.Hire(v1::ROLE_KEY_WORKER);
  Id family = council.BeginFamily(worker);

  // The content key of the note.
  Secret Note(WrapFor wrap_for) {
    Secret key = MakeContentKey(random);
    v1::Changeset body;
    const Id uid = council.town.NewId();
    const Id record = council.town.NewId();
    body.set_uid(uid.str());
    body.set_scope(family.str());
    body.set_device(worker.device.str());
    body.set_actor(worker.user.str());
    body.set_schema(1);
    const ChangesetPlace place{council.town.tenant.bytes, family.bytes, uid.bytes};
    v1::RestrictedNote kind;
    kind.set_kind(v1::RestrictedNote::KIND_DISCLOSURE);
    v1::RestrictedNote text;
    text.set_text(std::string(kWords));
    v1::RecordChange& change = *body.add_changes();
    change.set_type(10);
    change.set_id(record.str());
    uint32_t index = 0;
    for (const auto& [field, value] :
         {std::pair{1u, kind.SerializeAsString()}, std::pair{5u, text.SerializeAsString()}}) {
      v1::FieldWrite& write = *change.add_writes();
      write.set_field(field);
      write.set_value(
          SealRestricted(key, {place, index++, 10, record.bytes, field}, value, random));
    }
    if (wrap_for != WrapFor::kNobody) {
      const Secret other = MakeContentKey(random);
      const Secret& wrapped = wrap_for == WrapFor::kRecovery ? key : other;
      v1::Wrap& wrap = *body.add_wraps();
      wrap.set_recipient(std::string(View(RecipientId(BoxPublicKey(recovery)))));
      wrap.set_sealed(std::string(View(MakeWrap(wrapped, place, BoxPublicKey(recovery)).value())));
    }
    council.Push(AuthorChangeset(council.town.tenant, body, worker.sign_seed).value());
    return key;
  }
  std::string Export() {
    std::string out;
    const auto view = council.server->store->Read().value();
    REQUIRE(WriteExport(*view, council.town.root_pk, council.log_seed, std::span(&family, 1),
                        [&](std::string_view part) {
                          out += part;
                          return absl::OkStatus();
                        })
                .ok());
    return out;
  }
};

TEST_CASE("a drill opens what was sealed to the key, and names what was not") {
  Sealed s;
  s.Note(WrapFor::kRecovery);
  s.Note(WrapFor::kRecovery);
  const absl::StatusOr<Drill> good = DrillRecoveryKey(s.Export(), s.recovery, 10, s.random);
  REQUIRE(good.ok());
  CHECK(good->restricted == 2);
  CHECK(good->tried == 2);
  CHECK(good->opened == 2);
  s.Note(WrapFor::kNobody);
  s.Note(WrapFor::kRecoveryButWrong);
  const absl::StatusOr<Drill> bad = DrillRecoveryKey(s.Export(), s.recovery, 10, s.random);
  REQUIRE(bad.ok());
  CHECK(bad->opened == 2);
  CHECK(bad->without_wrap.size() == 1);
  CHECK(bad->wrong.size() == 1);
}

TEST_CASE("a drill tries no more than its sample") {
  Sealed s;
  for (int n = 0; n < 4; ++n) s.Note(WrapFor::kRecovery);
  const absl::StatusOr<Drill> drill = DrillRecoveryKey(s.Export(), s.recovery, 3, s.random);
  REQUIRE(drill.ok());
  CHECK(drill->restricted == 4);
  CHECK(drill->tried == 3);
}

TEST_CASE("another key opens nothing, and a damaged export is not worked on") {
  Sealed s;
  s.Note(WrapFor::kRecovery);
  const Secret other = s.random.MakeSecret(32);
  const absl::StatusOr<Drill> drill = DrillRecoveryKey(s.Export(), other, 10, s.random);
  REQUIRE(drill.ok());
  CHECK(drill->opened == 0);
  CHECK(drill->without_wrap.size() == 1);
  std::string damaged = s.Export();
  damaged[damaged.size() / 2] ^= 1;
  CHECK(ReasonOf(DrillRecoveryKey(damaged, s.recovery, 10, s.random).status()) ==
        Reason::kIntegrity);
}

TEST_CASE("content keys opened for a device are the wraps that any reader would have made") {
  Sealed s;
  const Secret key = s.Note(WrapFor::kRecovery);
  s.Note(WrapFor::kNobody);
  const Hand colleague = s.council.Hire(v1::ROLE_KEY_WORKER);
  const absl::StatusOr<std::string> file = OpenForDevice(s.Export(), s.recovery, colleague.device);
  REQUIRE(file.ok());
  CHECK(file->find(kWords) == std::string::npos);
  CHECK(file->find(key.view()) == std::string::npos);
  // magic | LP(tenant) | LP(Share), one
  const std::string_view share_bytes =
      std::string_view(*file).substr(kSharesMagic.size() + 4 + 16 + 4);
  v1::Share share;
  REQUIRE(share.ParseFromArray(share_bytes.data(), static_cast<int>(share_bytes.size())));
  const PublicKey box = BoxPublicKey(colleague.box_seed);
  CHECK(share.recipient() == View(RecipientId(box)));
  const ChangesetPlace place{s.council.town.tenant.bytes, s.family.bytes,
                             Id::FromBytes(share.changeset())->bytes};
  CHECK(CheckWrap(key, place, box, share.wrap()).ok());
}

TEST_CASE("nothing is opened for a device that does not count") {
  Sealed s;
  s.Note(WrapFor::kRecovery);
  CHECK(ReasonOf(OpenForDevice(s.Export(), s.recovery, s.council.town.NewId()).status()) ==
        Reason::kDenied);
}

}  // namespace
}  // namespace doorstep::server
