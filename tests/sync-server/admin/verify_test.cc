#include "sync-server/admin/verify.h"

#include <catch2/catch_test_macros.hpp>
#include <functional>

#include "crypto/reason.h"
#include "nlohmann/json.hpp"
#include "sync-server/admin/export.h"
#include "tests/sync-server/council.h"

namespace doorstep::server {
namespace {

// An export taken to pieces, so that a test can damage one and put it together again.
struct Pieces {
  struct Item {
    std::string entry;
    Hash32 hash{};
  };
  struct Log {
    Id scope;
    uint64_t count = 0;
    std::vector<Item> items;
    std::string head;
  };
  ExportReader::Beginning beginning;
  std::vector<Log> logs;

  std::string Together() const {
    std::string out(kExportMagic);
    AppendLp(out, beginning.tenant.view());
    AppendLp(out, View(beginning.genesis_root));
    for (const Log& log : logs) {
      AppendLp(out, log.scope.view());
      AppendU64(out, log.count);
      for (const Item& item : log.items) {
        AppendLp(out, item.entry);
        out += View(item.hash);
      }
      AppendLp(out, log.head);
    }
    return out;
  }
};

Pieces Apart(std::string_view bytes) {
  ExportReader reader(bytes);
  Pieces pieces;
  pieces.beginning = *reader.ReadBeginning();
  while (!reader.AtEnd()) {
    const auto log = reader.ReadLog();
    Pieces::Log out{log->scope, log->entries, {}, {}};
    for (uint64_t n = 0; n < log->entries; ++n) {
      const auto item = reader.ReadItem();
      out.items.push_back({std::string(item->entry), item->hash});
    }
    out.head = reader.ReadHead()->SerializeAsString();
    pieces.logs.push_back(std::move(out));
  }
  return pieces;
}

// A council with a family of six entries, exported.
struct Exported {
  Council council;
  Hand worker = council.Hire(v1::ROLE_KEY_WORKER);
  Id family = council.BeginFamily(worker);
  std::string bytes;

  Exported() {
    for (const char* text : {"one", "two", "three", "four"}) {
      council.Push(council.Note(worker, family, text));
    }
    const Hand stranger = council.Hire(v1::ROLE_KEY_WORKER);
    council.Push(council.Note(stranger, family, "held"));
    bytes = Write(council.log_seed);
  }
  std::string Write(const Secret& log_seed) {
    std::string out;
    const auto view = council.server->store->Read().value();
    const absl::Status written = WriteExport(*view, council.town.root_pk, log_seed,
                                             std::span(&family, 1), [&](std::string_view part) {
                                               out += part;
                                               return absl::OkStatus();
                                             });
    REQUIRE(written.ok());
    return out;
  }
  // The fault found after `change`, which is one.
  Fault After(const std::function<void(Pieces&)>& change) {
    Pieces pieces = Apart(bytes);
    change(pieces);
    const Verification verification = VerifyExport(pieces.Together());
    REQUIRE(verification.fault.has_value());
    return *verification.fault;
  }
};

void Edit(Pieces::Item& item, const std::function<void(v1::LogEntry&)>& change) {
  v1::LogEntry entry;
  REQUIRE(entry.ParseFromString(item.entry));
  change(entry);
  item.entry = entry.SerializeAsString();
}
void EditMeta(Pieces::Item& item, const std::function<void(v1::EntryMeta&)>& change) {
  Edit(item, [&](v1::LogEntry& entry) {
    v1::EntryMeta meta;
    REQUIRE(meta.ParseFromString(entry.meta()));
    change(meta);
    entry.set_meta(meta.SerializeAsString());
  });
}

// Chains a log anew, as whoever tampered with it and holds no key would.
void ChainAnew(const Pieces& pieces, Pieces::Log& log) {
  Hash32 hash = EmptyLogHash(pieces.beginning.tenant, log.scope);
  for (Pieces::Item& item : log.items) {
    v1::LogEntry wire;
    REQUIRE(wire.ParseFromString(item.entry));
    Entry entry = DecodeEntry(wire).value();
    ChainEntry(pieces.beginning.tenant, hash, entry);
    item.hash = hash = entry.hash;
  }
}

TEST_CASE("an export that nobody touched is right, and says what it holds") {
  Exported e;
  uint64_t last = 0;
  const Verification verification = VerifyExport(e.bytes, [&](uint64_t n) { last = n; });
  REQUIRE_FALSE(verification.fault.has_value());
  CHECK(verification.tenant == e.council.town.tenant);
  CHECK(verification.root_id == DeriveRootId(e.council.town.tenant, e.council.town.root_pk));
  REQUIRE(verification.logs.size() == 2);
  CHECK(verification.logs[0].entries == e.council.town.log.entries().size());
  CHECK(verification.logs[1].scope == e.family);
  CHECK(verification.logs[1].entries == 6);
  CHECK(verification.logs[1].applied == 5);
  CHECK(verification.logs[1].held == 1);
  CHECK(last == verification.logs[0].entries + 6);
  const auto json = nlohmann::json::parse(VerificationAsJson(verification));
  CHECK(json["ok"] == true);
  CHECK(json["logs"][1]["entries"] == 6);
}

TEST_CASE("each kind of damage to a family's log is found at its number") {
  Exported e;
  const auto expect = [&](uint64_t seq, const std::function<void(Pieces::Log&)>& change) {
    const Fault fault = e.After([&](Pieces& pieces) { change(pieces.logs[1]); });
    CHECK(fault.scope == e.family);
    CHECK(fault.seq == seq);
    return fault.reason;
  };
  using Log = Pieces::Log;
  // A word altered: the author's signature no longer fits.
  CHECK(expect(3, [](Log& log) {
          Edit(log.items[2], [](v1::LogEntry& entry) {
            std::string& bytes = *entry.mutable_signed_()->mutable_changeset();
            bytes[bytes.find("two")] ^= 1;
          });
        }) == Reason::kAuth);
  CHECK(expect(4, [](Log& log) {
          Edit(log.items[3], [](v1::LogEntry& entry) {
            entry.mutable_signed_()->mutable_signature()->front() ^= 1;
          });
        }) == Reason::kAuth);
  // What the server said of it, altered.
  CHECK(expect(6, [](Log& log) {
          EditMeta(log.items[5], [](v1::EntryMeta& meta) { meta.set_verdict(v1::APPLIED); });
        }) == Reason::kIntegrity);
  CHECK(expect(2, [](Log& log) {
          EditMeta(log.items[1], [](v1::EntryMeta& meta) { meta.set_received_ms(7); });
        }) == Reason::kIntegrity);
  // Entries removed, doubled, changed in order.
  CHECK(expect(3, [](Log& log) {
          log.items.erase(log.items.begin() + 2);
          --log.count;
        }) == Reason::kIntegrity);
  CHECK(expect(4, [](Log& log) {
          log.items.insert(log.items.begin() + 3, log.items[2]);
          ++log.count;
        }) == Reason::kIntegrity);
  CHECK(expect(4, [](Log& log) { std::swap(log.items[3], log.items[4]); }) == Reason::kIntegrity);
  // The last one dropped: everything is right but the head.
  CHECK(expect(5, [](Log& log) {
          log.items.pop_back();
          --log.count;
        }) == Reason::kIntegrity);
  CHECK(expect(6, [](Log& log) { log.head.clear(); }) == Reason::kFormat);
  CHECK(expect(5, [](Log& log) { log.items[4].hash[0] ^= 1; }) == Reason::kIntegrity);
  CHECK(expect(1, [](Log& log) { log.items[0].entry = "no entry"; }) == Reason::kFormat);
}

TEST_CASE("a log that was changed and chained anew is found by its head") {
  Exported e;
  const Fault fault = e.After([&](Pieces& pieces) {
    EditMeta(pieces.logs[1].items[1], [](v1::EntryMeta& meta) { meta.set_received_ms(7); });
    ChainAnew(pieces, pieces.logs[1]);
  });
  CHECK(fault.reason == Reason::kIntegrity);
  CHECK(fault.scope == e.family);
  CHECK(fault.seq == 6);
}

TEST_CASE("a head of a key that the directory does not name is not believed") {
  Exported e;
  SystemRandom random;
  const Verification verification = VerifyExport(e.Write(random.MakeSecret(32)));
  REQUIRE(verification.fault.has_value());
  CHECK(verification.fault->reason == Reason::kTrust);
  CHECK(verification.fault->scope == e.council.town.tenant);
}

TEST_CASE("a directory that was changed is found at its number, and nothing after it is believed") {
  Exported e;
  const Fault fault = e.After([](Pieces& pieces) {
    EditMeta(pieces.logs[0].items[2], [](v1::EntryMeta& meta) { meta.set_received_ms(7); });
    ChainAnew(pieces, pieces.logs[0]);
  });
  CHECK(fault.scope == e.council.town.tenant);
  // The entry after it names the hash that was there before.
  CHECK(fault.seq == 4);
  CHECK(fault.reason == Reason::kIntegrity);
}

TEST_CASE("a server that gives trust by itself is found where it did") {
  Exported e;
  // The held note of a stranger beside an Assignment for them that nobody entitled wrote.
  const Hand thief = e.council.Hire(v1::ROLE_KEY_WORKER);
  const Changeset taken =
      e.council.OpenPlace(thief, e.family, thief, v1::Assignment::RELATION_LEAD);
  CHECK(e.council.Push(taken).accepted().verdict() == v1::HELD);
  e.bytes = e.Write(e.council.log_seed);
  REQUIRE_FALSE(VerifyExport(e.bytes).fault.has_value());
  const Fault fault = e.After([](Pieces& pieces) {
    EditMeta(pieces.logs[1].items[6], [](v1::EntryMeta& meta) {
      meta.set_verdict(v1::APPLIED);
      meta.clear_reason();
    });
    ChainAnew(pieces, pieces.logs[1]);
  });
  CHECK(fault.scope == e.family);
  CHECK(fault.seq == 7);
  CHECK(fault.reason == Reason::kTrust);
}

TEST_CASE("an export that breaks off anywhere is wrong, and no byte of it may be changed") {
  Exported e;
  for (size_t size = 0; size < e.bytes.size(); size += 97) {
    // Only at the end of the directory's own log is a shorter export an export.
    const Verification cut = VerifyExport(std::string_view(e.bytes).substr(0, size));
    REQUIRE((cut.fault.has_value() || cut.logs.size() == 1));
  }
  for (size_t at = 0; at < e.bytes.size(); at += 61) {
    std::string changed = e.bytes;
    changed[at] = static_cast<char>(changed[at] ^ 4);
    REQUIRE(VerifyExport(changed).fault.has_value());
  }
  CHECK(VerifyExport("").fault.has_value());
  CHECK(VerifyExport(kExportMagic).fault.has_value());
  CHECK(VerifyExport(e.bytes + "x").fault.has_value());
}

TEST_CASE("the text and the JSON name the scope, the number and the reason") {
  Exported e;
  Pieces pieces = Apart(e.bytes);
  pieces.logs[1].items[4].hash[0] ^= 1;
  const Verification verification = VerifyExport(pieces.Together());
  const std::string text = VerificationAsText(verification);
  CHECK(text.find("WRONG in scope " + e.family.hex() + " at number 5") != std::string::npos);
  const auto json = nlohmann::json::parse(VerificationAsJson(verification));
  CHECK(json["ok"] == false);
  CHECK(json["fault"]["seq"] == 5);
  CHECK(json["fault"]["scope"] == e.family.hex());
  CHECK(json["fault"]["reason"] == "E_INTEGRITY");
}

}  // namespace
}  // namespace doorstep::server
