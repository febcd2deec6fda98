// Two programs that agree: the formulas of model/ against scripts/golden.py. The golden changesets,
// metas and heads are any bytes; the formulas cover bytes and know no message.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "crypto/primitives.h"
#include "model/catalog.h"
#include "model/changeset.h"
#include "model/digest.h"
#include "model/log.h"
#include "model/record.h"
#include "model/record_id.h"
#include "model/state.h"
#include "tests/conformance/golden_file.h"

namespace doorstep {
namespace {

Id IdOf(const GoldenValues& values, const char* name) { return {values.Fixed<16>(name)}; }

Op OpOf(const GoldenValues& values) { return {IdOf(values, "uid"), values.U32("index")}; }

// As `record_digest.json` describes a record; names of absent writes stand out of order there.
Record RecordOf(const GoldenValues& in) {
  Record record;
  record.type = in.U32("type");
  record.id = IdOf(in, "id");
  record.made_seq = in.U64("made_seq");
  record.made_actor = IdOf(in, "made_actor");
  for (const auto& golden : in.json().at("cells")) {
    Cell& cell = record.cells[golden.at("field").get<uint32_t>()];
    for (const auto& one : golden.at("live")) {
      const GoldenValues write(one);
      cell.live.push_back(
          {OpOf(write), IdOf(write, "actor"), write.U64("seq"), write.Raw("value")});
    }
    for (const auto& one : golden.at("absent")) cell.absent.push_back(OpOf(GoldenValues(one)));
    std::sort(cell.absent.begin(), cell.absent.end());
  }
  return record;
}

void PutInto(ScopeState& state, const Record& record) {
  state.Mutable(record.type, record.id, record.made_seq, record.made_actor).cells = record.cells;
}

TEST_CASE("golden: what a device signs, and the hash of a changeset") {
  for (const auto& [name, in, out] : GoldenCases("change.json")) {
    INFO(name);
    const Id tenant = IdOf(in, "tenant");
    Changeset changeset;
    changeset.bytes = in.Raw("changeset");
    changeset.signature = Sign(in.Hidden("sign_seed"), SignatureInput(tenant, changeset.bytes));
    CHECK(ToHex(View(changeset.signature)) == out.Hex("signature"));
    CHECK(ToHex(View(ChangesetHash(changeset))) == out.Hex("changeset_hash"));
    const PublicKey key = out.Fixed<32>("sign_public");
    CHECK(VerifyChangeset(tenant, changeset, key).ok());
    changeset.bytes += '\0';
    CHECK_FALSE(VerifyChangeset(tenant, changeset, key).ok());
  }
}

TEST_CASE("golden: the chain of a log") {
  bool began = false;
  for (const auto& [name, in, out] : GoldenCases("entry.json")) {
    INFO(name);
    const Id tenant = IdOf(in, "tenant");
    const Id scope = IdOf(in, "scope");
    if (!in.json().contains("seq")) {
      CHECK(ToHex(View(EmptyLogHash(tenant, scope))) == out.Hex("entry_hash"));
      began = true;
      continue;
    }
    const Hash32 hash = EntryHash(tenant, scope, in.U64("seq"), in.Fixed<32>("before"),
                                  in.Fixed<32>("changeset_hash"), in.Raw("meta"));
    CHECK(ToHex(View(hash)) == out.Hex("entry_hash"));
  }
  CHECK(began);
}

TEST_CASE("golden: signed heads") {
  for (const auto& [name, in, out] : GoldenCases("head.json")) {
    INFO(name);
    SignedHead head;
    head.bytes = in.Raw("head");
    head.signature = out.Fixed<64>("signature");
    CHECK(VerifyHead(IdOf(in, "tenant"), head, out.Fixed<32>("log_public")));
    // Of another tenant it is nobody's word.
    CHECK_FALSE(VerifyHead(Id{}, head, out.Fixed<32>("log_public")));
  }
}

TEST_CASE("golden: ids that have a formula") {
  size_t met = 0;
  for (const auto& [name, in, out] : GoldenCases("ids.json")) {
    INFO(name);
    const Id tenant = IdOf(in, "tenant");
    if (out.json().contains("family")) {
      CHECK(DeriveFamilyId(tenant, IdOf(in, "device"), IdOf(in, "uid")).hex() == out.Hex("family"));
      met |= 1;
    } else {
      CHECK(DeriveRootId(tenant, in.Fixed<32>("root_public")).hex() == out.Hex("root_id"));
      met |= 2;
    }
  }
  CHECK(met == 3);
  for (const auto& [name, in, out] : GoldenCases("wrap.json")) {
    INFO(name);
    const Id recipient = DeriveRecipientId(out.Fixed<32>("box_public"));
    CHECK(recipient.hex() == out.Hex("recipient"));
    CHECK(DeriveShareId(IdOf(in, "uid"), recipient, out.Raw("wrap")).hex() == out.Hex("share_id"));
  }
}

TEST_CASE("golden: record digests, through the bytes a store keeps") {
  for (const auto& [name, in, out] : GoldenCases("record_digest.json")) {
    INFO(name);
    Record record = RecordOf(in);
    CHECK(ToHex(View(RecordDigest(record))) == out.Hex("record_digest"));
    absl::StatusOr<std::map<uint32_t, Cell>> kept = DecodeCells(EncodeCells(record));
    REQUIRE(kept.ok());
    record.cells = *kept;
    CHECK(ToHex(View(RecordDigest(record))) == out.Hex("record_digest"));
  }
}

TEST_CASE("golden: the digest of a scope's state") {
  const std::vector<GoldenCase> records = GoldenCases("record_digest.json");
  size_t count = 0;
  for (const auto& [name, in, out] : GoldenCases("state_digest.json")) {
    INFO(name);
    REQUIRE(in.json().at("record_digests").size() == count);
    REQUIRE(count <= records.size());
    ScopeState state(Id{}, nullptr);
    for (size_t n = count; n-- > 0;) PutInto(state, RecordOf(records[n].in));
    CHECK(ToHex(View(state.Digest())) == out.Hex("state_digest"));
    ++count;
  }
  CHECK(count == records.size() + 1);
}

TEST_CASE("golden: the version of a plan, with what is part of it") {
  for (const auto& [name, in, out] : GoldenCases("version_digest.json")) {
    INFO(name);
    ScopeState family(IdOf(in, "scope"), nullptr);
    for (const auto& golden : in.json().at("records")) {
      const GoldenValues values(golden);
      Record record;
      record.type = values.U32("type");
      record.id = IdOf(values, "id");
      record.made_seq = 1;
      for (const auto& field : golden.at("fields")) {
        Cell& cell = record.cells[field.at("field").get<uint32_t>()];
        for (const auto& one : field.at("writes")) {
          const GoldenValues write(one);
          cell.live.push_back({OpOf(write), Id{}, 1, write.Raw("value")});
        }
      }
      PutInto(family, record);
    }
    CHECK(ToHex(View(DigestOfSubject(Catalog::Get(), IdOf(in, "tenant"), family, in.U32("type"),
                                     IdOf(in, "id")))) == out.Hex("version_digest"));
  }
}

}  // namespace
}  // namespace doorstep
