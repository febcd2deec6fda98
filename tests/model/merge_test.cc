// The merge against an independent model: the live set of a cell is a property of the set of
// writes.
#include "model/merge.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <set>

#include "model/catalog.h"
#include "tests/model/town.h"

namespace doorstep {
namespace {

struct Writing {
  Op op;
  std::vector<Op> names = {};
  bool drop = false;
};

// The oracle: a write is live if it is no drop and nobody names it.
std::set<Op> LiveByDefinition(const std::vector<Writing>& writes) {
  std::set<Op> named;
  for (const Writing& write : writes) named.insert(write.names.begin(), write.names.end());
  std::set<Op> live;
  for (const Writing& write : writes) {
    if (!write.drop && !named.contains(write.op)) live.insert(write.op);
  }
  return live;
}

v1::FieldWrite Wire(const Writing& writing) {
  v1::FieldWrite wire;
  wire.set_field(7);
  wire.set_value(writing.drop ? "" : "v");
  wire.set_drop(writing.drop);
  for (const Op& op : writing.names) {
    v1::OpId* named = wire.add_overwrites();
    named->set_uid(op.uid.str());
    named->set_index(op.index);
  }
  return wire;
}

uint32_t Below(Random& random, uint32_t n) {
  Bytes<16> bytes = random.Make<16>();
  return (bytes[0] | uint32_t{bytes[1]} << 8) % n;
}

}  // namespace

TEST_CASE("the live set depends on the set of writes, not on their order") {
  SeededRandom random(7);
  for (int round = 0; round < 300; ++round) {
    std::vector<Writing> writes;
    uint32_t count = 1 + Below(random, 9);
    for (uint32_t i = 0; i < count; ++i) {
      Writing writing{{{random.Make<16>()}, Below(random, 3)}, {}, false};
      for (const Writing& other : writes) {
        if (Below(random, 3) == 0) writing.names.push_back(other.op);
      }
      writing.drop = !writing.names.empty() && Below(random, 5) == 0;
      writes.push_back(writing);
    }
    std::set<Op> expected = LiveByDefinition(writes);
    for (int order = 0; order < 6; ++order) {
      for (size_t i = writes.size(); i > 1; --i) {
        std::swap(writes[i - 1], writes[Below(random, static_cast<uint32_t>(i))]);
      }
      Cell cell;
      uint64_t seq = 0;
      for (const Writing& writing : writes) MergeWrite(cell, Wire(writing), writing.op, {}, ++seq);
      std::set<Op> live;
      for (const LiveWrite& write : cell.live) live.insert(write.op);
      REQUIRE(live == expected);
    }
  }
}

TEST_CASE("a write named before it arrives stays absent until it does, and arrives dead") {
  Cell cell;
  Op early{{Hash16{1}}, 0};
  Op late{{Hash16{2}}, 0};
  MergeWrite(cell, Wire({late, {early}, false}), late, {}, 1);
  REQUIRE(cell.absent == std::vector<Op>{early});
  MergeWrite(cell, Wire({early, {}, false}), early, {}, 2);
  CHECK(cell.absent.empty());
  REQUIRE(cell.live.size() == 1);
  CHECK(cell.live[0].op == late);
}

TEST_CASE("a released write takes its place by the number of its own entry") {
  Cell cell;
  Op first{{Hash16{9}}, 0}, second{{Hash16{8}}, 0};
  MergeWrite(cell, Wire({first, {}, false}), first, {}, 7);
  MergeWrite(cell, Wire({second, {}, false}), second, {}, 3);
  REQUIRE(cell.live.size() == 2);
  CHECK(cell.live[0].seq == 3);
  CHECK(cell.live[1].seq == 7);
}

TEST_CASE("cells are stored and digested as the same bytes") {
  Record record;
  record.type = 27;
  record.id = {Hash16{5}};
  record.made_seq = 4;
  Op op{{Hash16{3}}, 2};
  MergeWrite(record.cells[19], Wire({op, {{{Hash16{4}}, 1}}, false}), op, {Hash16{6}}, 4);
  std::string bytes = EncodeCells(record);
  absl::StatusOr<std::map<uint32_t, Cell>> cells = DecodeCells(bytes);
  REQUIRE(cells.ok());
  Record again = record;
  again.cells = *cells;
  CHECK(EncodeCells(again) == bytes);
  CHECK(RecordDigest(again) == RecordDigest(record));
  for (size_t cut = 1; cut < bytes.size(); ++cut) {
    CHECK_FALSE(DecodeCells(std::string_view(bytes).substr(0, cut)).ok());
  }
}

TEST_CASE("what is in force follows the field's rule") {
  const Catalog& catalog = Catalog::Get();
  const FieldType& level = *catalog.FindField(17, 8);  // PROTECTIVE
  Cell cell;
  auto put = [&](uint8_t uid, uint64_t seq, uint32_t code) {
    v1::FieldWrite write;
    write.set_value(EncodeNumber(8, code));
    MergeWrite(cell, write, {{Hash16{uid}}, 0}, {}, seq);
  };
  put(1, 1, 4);
  put(2, 2, 2);
  CHECK(InForce(cell, level).front()->op.uid.bytes[0] == 1);
  CHECK(IsContested(cell, level));
  put(3, 3, 77);  // a number that this build does not know protects most
  CHECK(InForce(cell, level).front()->op.uid.bytes[0] == 3);
  CHECK(OpsToName(cell, level, Naming::kReplaceShown).size() == 3);

  const FieldType& account = *catalog.FindField(27, 19);  // ASK
  Cell texts;
  for (uint8_t i = 1; i <= 2; ++i) {
    v1::FieldWrite write;
    write.set_value(EncodeBytes(19, "the same words"));
    MergeWrite(texts, write, {{Hash16{i}}, 0}, {}, i);
  }
  CHECK(IsContested(texts, account));
  CHECK(InForce(texts, account).front()->op.uid.bytes[0] == 2);
  CHECK(OpsToName(texts, account, Naming::kReplaceShown).size() == 1);
  CHECK(OpsToName(texts, account, Naming::kSettleAll).size() == 2);

  const FieldType& place = *catalog.FindField(27, 6);  // LATEST
  Cell places;
  for (uint8_t i = 1; i <= 2; ++i) {
    v1::FieldWrite write;
    write.set_value(EncodeNumber(6, 1));
    MergeWrite(places, write, {{Hash16{i}}, 0}, {}, i);
  }
  CHECK_FALSE(IsContested(places, place));  // equal values ask nobody
}

TEST_CASE("the state digest is the XOR of the record digests, whatever the split into states") {
  Town town;
  Hand ana = town.Hire(v1::ROLE_KEY_WORKER);
  Changeset first = town.BeginFamily(ana);
  ScopeLog log(town, first.scope);
  REQUIRE(log.Push(first).verdict == v1::APPLIED);
  Hash32 expected{};
  log.state().ForEachChanged([&](const Record& record) {
    Hash32 digest = RecordDigest(record);
    for (size_t i = 0; i < digest.size(); ++i) expected[i] = expected[i] ^ digest[i];
  });
  CHECK(log.state().Digest() == expected);
  StateView view(log.state());
  ScopeState above(first.scope, &view, log.state().Digest());
  CHECK(above.Digest() == expected);
}

}  // namespace doorstep
