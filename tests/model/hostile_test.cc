// What a device that keeps to no rule may hand in: names of writes that are not there, of another
// cell, of itself; fields and records that no build of ours knows.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "model/digest.h"
#include "tests/model/town.h"

namespace doorstep {
namespace {

constexpr uint32_t kFamily = 1, kPerson = 2;
constexpr uint32_t kReference = 2, kDoorNote = 6;  // of Family

struct Scene {
  Scene()
      : ana(town.Hire(v1::ROLE_KEY_WORKER)), first(town.BeginFamily(ana)), log(town, first.scope) {
    REQUIRE(log.Push(first).verdict == v1::APPLIED);
    REQUIRE(Note("a").verdict == v1::APPLIED);
    note = log.Live(kFamily, first.scope, kDoorNote);
  }
  Judgement Write(uint32_t field, std::string value, std::vector<Op> names) {
    return log.Push(
        town.Write(ana, first.scope,
                   {Change(kFamily, first.scope, {{field, std::move(value), std::move(names)}})}));
  }
  Judgement Note(std::string_view words, std::vector<Op> names = {}) {
    return Write(kDoorNote, EncodeBytes(kDoorNote, words), std::move(names));
  }
  const Cell& cell(uint32_t field) {
    return *log.state().Find(kFamily, first.scope)->FindCell(field);
  }

  Town town;
  Hand ana;
  Changeset first;
  ScopeLog log;
  Op note;
};

}  // namespace

TEST_CASE("B42: a name of another cell's write touches no other cell") {
  Scene scene;
  const Hash32 name_before = RecordDigest(*scene.log.state().Find(kFamily, scene.first.scope));
  REQUIRE(scene.Write(kReference, EncodeBytes(kReference, "R1"), {scene.note}).verdict ==
          v1::APPLIED);
  CHECK(scene.cell(kDoorNote).live.size() == 1);
  CHECK(scene.cell(kDoorNote).live[0].op == scene.note);
  CHECK(scene.cell(kDoorNote).absent.empty());
  CHECK(scene.cell(kReference).absent == std::vector<Op>{scene.note});
  CHECK(RecordDigest(*scene.log.state().Find(kFamily, scene.first.scope)) != name_before);
}

TEST_CASE("B42: an unknown name is remembered, and one twice counts once") {
  Scene scene;
  const Op unknown{scene.town.NewId(), 7};
  REQUIRE(scene.Note("b", {unknown, scene.note, unknown, scene.note}).verdict == v1::APPLIED);
  CHECK(scene.cell(kDoorNote).live.size() == 1);
  // The second name of a write that is gone by then is a name of one that is not here.
  CHECK(scene.cell(kDoorNote).live[0].value == EncodeBytes(kDoorNote, "b"));
  const std::vector<Op>& absent = scene.cell(kDoorNote).absent;
  CHECK(std::count(absent.begin(), absent.end(), unknown) == 1);
}

TEST_CASE("B42: a write that names itself, or another of its own changeset, is held") {
  Scene scene;
  for (uint32_t index : {0u, 1u, 9u}) {
    const Id uid = scene.town.NewId();
    const Judgement judgement = scene.log.Push(scene.town.WriteAs(
        uid, scene.ana, scene.first.scope,
        {Change(kFamily, scene.first.scope,
                {{kDoorNote, EncodeBytes(kDoorNote, "c"), {scene.note, {uid, index}}},
                 {kReference, EncodeBytes(kReference, "R2")}})}));
    CHECK(judgement.reason == v1::HELD_REASON_SHAPE);
  }
  CHECK(scene.cell(kDoorNote).live.size() == 1);
  CHECK(scene.cell(kDoorNote).live[0].op == scene.note);
}

TEST_CASE("B35: a field or record that this build does not know is held, kept and folded alike") {
  Scene scene;
  const std::string strange = EncodeBytes(900, "of a newer build");
  for (const v1::RecordChange& change :
       {Change(kFamily, scene.first.scope, {{900, strange}}),
        Change(60'000, scene.town.NewId(), {{1, EncodeBytes(1, "x")}})}) {
    const Changeset changeset = scene.town.Write(scene.ana, scene.first.scope, {change});
    CHECK(scene.log.Push(changeset).reason == v1::HELD_REASON_SHAPE);
    REQUIRE(scene.log.state().FindHeld(changeset.uid) != nullptr);
    CHECK(scene.log.state().FindHeld(changeset.uid)->changeset.bytes == changeset.bytes);
    // A newer server has applied it: every build folds it to the same bytes.
    ScopeState one(scene.first.scope, nullptr);
    ScopeState other(scene.first.scope, nullptr);
    MergeChangeset(one, changeset, 5);
    MergeChangeset(other, changeset, 5);
    CHECK(one.Digest() == other.Digest());
    const Record* record = one.Find(change.type(), *Id::FromBytes(change.id()));
    REQUIRE(record != nullptr);
    absl::StatusOr<std::map<uint32_t, Cell>> again = DecodeCells(EncodeCells(*record));
    REQUIRE(again.ok());
    CHECK(again->at(change.writes(0).field()).live[0].value == change.writes(0).value());
  }
}

TEST_CASE("B44: a reference to nothing, to itself or in a cycle is no reason and nothing loops") {
  Scene scene;
  const Id ghost = scene.town.NewId();
  const Id name = scene.town.NewId();
  // A name of a person who is not here, and one of itself.
  for (const Id& person : {ghost, name}) {
    const Id record = person == ghost ? scene.town.NewId() : name;
    CHECK(scene.log
              .Push(scene.town.Write(
                  scene.ana, scene.first.scope,
                  {Change(3, record, {{1, EncodeId(1, person)}, {4, EncodeBytes(4, "Sample")}})}))
              .verdict == v1::APPLIED);
  }
  CHECK(scene.log.state().Find(kPerson, ghost) == nullptr);
}

}  // namespace doorstep
