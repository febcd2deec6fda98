#include "client-core/sync/page_check.h"

#include <zstd.h>

#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <string>
#include <utility>

#include "client-core/sync/limits.h"
#include "crypto/reason.h"
#include "model/limits.h"
#include "model/merge.h"
#include "tests/client-core/sync/office.h"

namespace doorstep::client {
namespace {

constexpr uint32_t kAssignment = 34, kDecision = 36, kDevice = 120, kPolicy = 125;

v1::RecordChange Visit(Town& town, const Hand& hand) {
  return Change(27, town.NewId(),
                {{1, EncodeId(1, town.team)},
                 {2, EncodeId(2, hand.user)},
                 {4, EncodeI64(4, town.now_ms)},
                 {9, EncodeNumber(9, 1)},
                 {18, EncodeBytes(18, "A visit")}});
}

// A family of six entries, one of them held, and a device that has none of it.
struct Case {
  Case() : office(town), worker(town.Hire(v1::ROLE_KEY_WORKER)) {
    Changeset first = town.BeginFamily(worker);
    family = first.scope;
    REQUIRE(office.Push(first).verdict == v1::APPLIED);
    for (int i = 0; i < 4; ++i) office.Push(town.Write(worker, family, {Visit(town, worker)}));
    Hand stranger = town.Hire(v1::ROLE_KEY_WORKER);
    Changeset held = town.Write(stranger, family, {Visit(town, stranger)});
    held_uid = held.uid;
    REQUIRE(office.Push(held).verdict == v1::HELD);
  }

  PageBase Base(uint64_t seq = 0) {
    if (seq == 0) return {0, EmptyLogHash(town.tenant, family), 0};
    const Entry& last = office.line(family).entries[seq - 1];
    return {seq, last.hash, last.meta.directory_seq()};
  }
  std::unique_ptr<ScopeState> StateAt(uint64_t seq) {
    auto before = std::make_unique<ScopeState>(family, nullptr);
    for (uint64_t i = 0; i < seq; ++i) FoldEntry(*before, office.line(family).entries[i]);
    return before;
  }
  std::optional<PageRefusal> Check(const v1::PullPage& page, uint64_t after = 0) {
    checked = CheckedPage{};
    state = StateAt(after);
    PageContext context{Catalog::Get(), verifier};
    return CheckFamilyPage(context, town.directory, Base(after), page, *state, checked);
  }
  // The page 1 … 6 with its entries altered, chained anew and signed by the server: what
  // a server that lies about one thing would send.
  v1::PullPage Lie(const std::function<void(std::vector<Entry>&)>& alter) {
    std::vector<Entry> entries = office.line(family).entries;
    alter(entries);
    Hash32 before = EmptyLogHash(town.tenant, family);
    v1::LogEntries wire;
    for (Entry& entry : entries) {
      entry.meta_bytes = entry.meta.SerializeAsString();
      ChainEntry(town.tenant, before, entry);
      before = entry.hash;
      *wire.add_entries() = entry.Wire();
    }
    v1::PullPage page;
    page.set_scope(family.str());
    page.set_entries(PackEntries(wire));
    v1::Head head;
    head.set_scope(family.str());
    head.set_seq(entries.back().seq());
    head.set_entry_hash(std::string(View(before)));
    head.set_key(std::string(View(H16(View(SignPublicKey(office.log_seed))))));
    *page.mutable_head() = SignHead(town.tenant, head, office.log_seed).Wire();
    return page;
  }

  Town town;
  Office office;
  Hand worker;
  Id family;
  Id held_uid;
  PlainVerifier verifier;
  std::unique_ptr<ScopeState> state;
  CheckedPage checked;
};

bool Refused(const std::optional<PageRefusal>& refusal, Reason reason) {
  return refusal && refusal->fault == PageFault::kRefused && ReasonOf(refusal->status) == reason;
}
bool Frozen(const std::optional<PageRefusal>& refusal) {
  return refusal && refusal->fault == PageFault::kFrozen &&
         ReasonOf(refusal->status) == Reason::kTrust;
}

}  // namespace

TEST_CASE("an honest log is taken page by page, and digests agree at its end") {
  Case c;
  CHECK_FALSE(c.Check(c.office.Page(c.family, 1, 6)));
  CHECK(c.checked.entries.size() == 6);
  CHECK(c.checked.digests_agree);
  CHECK(c.state->Digest() == c.office.line(c.family).state->Digest());
  CHECK_FALSE(c.Check(c.office.Page(c.family, 1, 2)));
  CHECK(c.checked.more);
  CHECK_FALSE(c.Check(c.office.Page(c.family, 3, 6), 2));
  CHECK(c.checked.digests_agree);
}

TEST_CASE("another state digest under a good signature is told apart, not refused") {
  Case c;
  v1::PullPage page = c.Lie([](std::vector<Entry>&) {});
  absl::StatusOr<SignedHead> head = DecodeHead(page.head());
  v1::Head body = head->head;
  body.set_state_digest(std::string(32, 'x'));
  *page.mutable_head() = SignHead(c.town.tenant, body, c.office.log_seed).Wire();
  CHECK_FALSE(c.Check(page));
  CHECK_FALSE(c.checked.digests_agree);
}

TEST_CASE("a page whose numbers, hashes or scope do not follow is refused") {
  Case c;
  CHECK(Refused(c.Check(c.office.Page(c.family, 3, 6)), Reason::kIntegrity));     // gap
  CHECK(Refused(c.Check(c.office.Page(c.family, 2, 6), 2), Reason::kIntegrity));  // repeat
  CHECK(Refused(c.Check(c.Lie([](auto& entries) { std::swap(entries[2], entries[3]); })),
                Reason::kIntegrity));
  // Another chain beneath the same numbers.
  v1::PullPage page = c.office.Page(c.family, 3, 6);
  c.state = c.StateAt(2);
  CheckedPage checked;
  PageBase base = c.Base(2);
  base.hash = Hash32{};
  PageContext context{Catalog::Get(), c.verifier};
  CHECK(Refused(CheckFamilyPage(context, c.town.directory, base, page, *c.state, checked),
                Reason::kIntegrity));
  // Two scopes in one page, and a page that says it is of another.
  Changeset other = c.town.BeginFamily(c.worker);
  REQUIRE(c.office.Push(other).verdict == v1::APPLIED);
  Entry foreign = c.office.line(other.scope).entries[0];
  CHECK(Refused(c.Check(c.Lie([&](auto& entries) { entries[3].changeset = foreign.changeset; })),
                Reason::kIntegrity));
  page = c.office.Page(c.family, 1, 6);
  page.set_scope(other.scope.str());
  CHECK(Refused(c.Check(page), Reason::kFormat));
}

TEST_CASE("a head that is forged, foreign, retired or of another place is refused") {
  Case c;
  v1::PullPage page = c.office.Page(c.family, 1, 6);
  *page.mutable_head() = c.office.Head(c.family, 5);  // not of its end
  CHECK(Refused(c.Check(page), Reason::kIntegrity));
  page = c.office.Page(c.family, 1, 6);
  std::string& signature = *page.mutable_head()->mutable_signature();
  signature[5] = static_cast<char>(signature[5] ^ 1);
  CHECK(Refused(c.Check(page), Reason::kAuth));
  absl::StatusOr<SignedHead> head = DecodeHead(c.office.Page(c.family, 1, 6).head());
  Secret foreign = Secret::FromBytes(std::string(32, 'f'));
  *page.mutable_head() = SignHead(c.town.tenant, head->head, foreign).Wire();
  CHECK(Refused(c.Check(page), Reason::kAuth));
  // The key is ended: what it signs now is nobody's, though what it signed before stands.
  page = c.office.Page(c.family, 1, 6);
  CHECK_FALSE(c.Check(page));
  Id keys = c.town.directory.CountingServerKeys(c.town.directory.seq()).front().id;
  Op live = c.town.log.Live(123, keys, 4);
  REQUIRE(c.town.log
              .Push(c.town.Write(c.town.root, c.town.tenant,
                                 {Change(123, keys, {{4, EncodeNumber(4, 2), {live}}})}))
              .verdict == v1::APPLIED);
  CHECK(Refused(c.Check(page), Reason::kAuth));
}

TEST_CASE("the place in the directory is on this device's chain, and never falls") {
  Case c;
  CHECK(Refused(c.Check(c.Lie([](auto& entries) {
    entries[4].meta.set_directory_seq(1);
    entries[4].meta.set_directory_hash(0);
  })),
                Reason::kIntegrity));
  CHECK(Refused(c.Check(c.Lie([](auto& entries) {
    entries[1].meta.set_directory_hash(entries[1].meta.directory_hash() + 1);
  })),
                Reason::kIntegrity));
  std::optional<PageRefusal> ahead = c.Check(
      c.Lie([&](auto& entries) { entries[5].meta.set_directory_seq(c.town.directory.seq() + 1); }));
  REQUIRE(ahead);
  CHECK(ahead->fault == PageFault::kDirectoryFirst);
}

TEST_CASE("an author's signature is checked, and an unknown author is refused") {
  Case c;
  CHECK(Refused(c.Check(c.Lie([](auto& entries) { entries[2].changeset.signature[0] ^= 1; })),
                Reason::kAuth));
  Hand nobody = c.town.MakeHand(c.worker.user);
  Changeset forged = c.town.Write(nobody, c.family, {Visit(c.town, c.worker)});
  CHECK(Refused(c.Check(c.Lie([&](auto& entries) { entries[2].changeset = forged; })),
                Reason::kAuth));
}

TEST_CASE("an applied trust record without place or role freezes the scope") {
  Case c;
  Hand stranger = c.town.Hire(v1::ROLE_KEY_WORKER);
  auto assignment = [&](const Hand& user) {
    return Change(kAssignment, c.town.NewId(),
                  {{1, EncodeId(1, user.user)},
                   {2, EncodeNumber(2, 2)},
                   {4, EncodeNumber(4, 2)},
                   {5, EncodeDate(5, c.town.today)},
                   {7, EncodeNumber(7, 1)}});
  };
  auto lied = [&](const Hand& by, const v1::RecordChange& change) {
    Changeset changeset = c.town.Write(by, c.family, {change});
    return c.Lie([&](std::vector<Entry>& entries) {
      Entry& entry = entries.back();
      entry.changeset = changeset;
      entry.meta.set_verdict(v1::APPLIED);
      entry.meta.clear_reason();
      entry.meta.set_directory_seq(c.town.directory.seq());
      entry.meta.set_directory_hash(ShortHash(c.town.directory.hash()));
    });
  };
  CHECK(Frozen(c.Check(lied(stranger, assignment(stranger)))));  // without place
  CHECK(Frozen(c.Check(lied(c.worker, assignment(stranger)))));  // without role
  CHECK_FALSE(c.Check(lied(c.town.supervisor, assignment(stranger))));
  // What is no trust record never stops a client, whatever the verdict.
  CHECK_FALSE(c.Check(lied(stranger, Visit(c.town, stranger))));
}

TEST_CASE("only the server's own signature can freeze a scope") {
  Case c;
  Hand stranger = c.town.Hire(v1::ROLE_KEY_WORKER);
  Changeset lie = c.town.Write(stranger, c.family,
                               {Change(kAssignment, c.town.NewId(),
                                       {{1, EncodeId(1, stranger.user)},
                                        {2, EncodeNumber(2, 2)},
                                        {4, EncodeNumber(4, 2)},
                                        {5, EncodeDate(5, c.town.today)},
                                        {7, EncodeNumber(7, 1)}})});
  v1::PullPage page = c.Lie([&](auto& entries) {
    entries[5].changeset = lie;
    entries[5].meta.set_verdict(v1::APPLIED);
  });
  page.mutable_head()->mutable_signature()->at(0) ^= 1;
  CHECK(Refused(c.Check(page), Reason::kAuth));
}

TEST_CASE("`released` names only what the entry's Decision releases and what is still held") {
  Case c;
  auto decision = [&](const Id& held, uint32_t answer) {
    return c.town.Write(
        c.town.supervisor, c.family,
        {Change(kDecision, c.town.NewId(),
                {{1, EncodeId(1, held)}, {2, EncodeNumber(2, answer)}, {3, EncodeNumber(3, 1)}})});
  };
  auto with = [&](const Changeset& by, const Id& released) {
    return c.Lie([&](std::vector<Entry>& entries) {
      Entry entry = entries.back();
      entry.changeset = by;
      entry.meta.set_seq(7);
      entry.meta.set_verdict(v1::APPLIED);
      entry.meta.clear_reason();
      entry.meta.clear_released();
      entry.meta.add_released(released.str());
      entries.push_back(entry);
    });
  };
  CHECK_FALSE(c.Check(with(decision(c.held_uid, 1), c.held_uid)));
  CHECK(Frozen(c.Check(with(decision(c.held_uid, 2), c.held_uid))));  // declined
  Id applied = c.office.line(c.family).entries[1].changeset.uid;
  CHECK(Frozen(c.Check(with(decision(applied, 1), applied))));  // not held
  CHECK(Frozen(c.Check(with(c.town.Write(c.worker, c.family, {Visit(c.town, c.worker)}),
                            c.held_uid))));  // no Decision
}

TEST_CASE("the directory is tried on whole, and a stranger's device in it freezes it") {
  Case c;
  PageContext context{Catalog::Get(), c.verifier};
  auto check = [&](const v1::PullPage& page, Directory& trial, PageBase base) {
    ScopeState state(c.town.tenant, nullptr);
    CheckedPage checked;
    return CheckDirectoryPage(context, trial, base, page, state, checked);
  };
  size_t all = c.town.log.entries().size();
  Directory trial(c.town.tenant, c.town.root_pk);
  PageBase empty{0, EmptyLogHash(c.town.tenant, c.town.tenant), 0};
  CHECK_FALSE(check(c.office.Page(c.town.tenant, 1, all), trial, empty));
  CHECK(trial.seq() == all);
  CHECK(trial.DeviceCounts(c.worker.device, all));
  // Genesis of another root: its signature is not the pinned root's.
  Town other(2);
  Directory pinned(c.town.tenant, other.root_pk);
  CHECK(check(c.office.Page(c.town.tenant, 1, all), pinned, empty));
  // A worker makes a device, and the server applies it.
  Hand more = c.town.MakeHand(c.worker.user);
  Changeset lie = c.town.Write(c.worker, c.town.tenant, {c.town.DeviceOf(more)});
  c.town.log.Place(lie, {v1::APPLIED, v1::HELD_REASON_UNSPECIFIED, {}});
  Directory again(c.town.tenant, c.town.root_pk);
  CHECK(Frozen(check(c.office.Page(c.town.tenant, 1, all + 1), again, empty)));
}

TEST_CASE("a page of another directory place than its own is refused") {
  Case c;
  PageContext context{Catalog::Get(), c.verifier};
  std::vector<Entry> entries = c.town.log.entries();
  entries.back().meta.set_directory_seq(entries.back().meta.directory_seq() - 1);
  entries.back().meta_bytes = entries.back().meta.SerializeAsString();
  v1::LogEntries wire;
  for (const Entry& entry : entries) *wire.add_entries() = entry.Wire();
  v1::PullPage page = c.office.Page(c.town.tenant, 1, entries.size());
  page.set_entries(PackEntries(wire));
  Directory trial(c.town.tenant, c.town.root_pk);
  ScopeState state(c.town.tenant, nullptr);
  CheckedPage checked;
  PageBase empty{0, EmptyLogHash(c.town.tenant, c.town.tenant), 0};
  CHECK(
      Refused(CheckDirectoryPage(context, trial, empty, page, state, checked), Reason::kIntegrity));
}

TEST_CASE("compression is held to one frame, its size, and the page's limit") {
  v1::LogEntries entries;
  entries.add_entries()->set_meta("m");
  std::string packed = PackEntries(entries);
  CHECK(UnpackEntries(packed).ok());
  CHECK(ReasonOf(UnpackEntries(packed + packed).status()) == Reason::kIntegrity);
  CHECK(ReasonOf(UnpackEntries(packed.substr(0, packed.size() - 1)).status()) ==
        Reason::kIntegrity);
  CHECK(ReasonOf(UnpackEntries("not zstd at all").status()) == Reason::kIntegrity);
  // A great many zeros in few bytes.
  std::string zeros(kPageBytesMax + 1, '\0'), bomb(ZSTD_compressBound(zeros.size()), '\0');
  bomb.resize(ZSTD_compress(bomb.data(), bomb.size(), zeros.data(), zeros.size(), 19));
  CHECK(bomb.size() < 1024);
  CHECK(ReasonOf(UnpackEntries(bomb).status()) == Reason::kLimit);
  // A frame that does not tell its size.
  std::string plain = entries.SerializeAsString(), open(256, '\0');
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
  open.resize(ZSTD_compress2(context, open.data(), open.size(), plain.data(), plain.size()));
  CHECK(ReasonOf(UnpackEntries(open).status()) == Reason::kIntegrity);
  ZSTD_freeCCtx(context);
  // A frame header that asks for a window of two gigabytes: descriptor with an eight-byte size and
  // a window byte of exponent 21.
  std::string window("\x28\xb5\x2f\xfd\xc0\xa8", 6);
  window += std::string("\x05\0\0\0\0\0\0\0", 8) + std::string("\x29\0\0hello", 8);
  CHECK(ReasonOf(UnpackEntries(window).status()) == Reason::kLimit);
}

TEST_CASE("one flipped bit anywhere in a page is never taken") {
  Case c;
  v1::PullPage honest = c.office.Page(c.family, 1, 6);
  std::string wire = honest.SerializeAsString();
  SeededRandom random(7);
  int taken = 0;
  for (int i = 0; i < 400; ++i) {
    Bytes<8> draw = random.Make<8>();
    size_t at = (size_t{draw[0]} << 16 | size_t{draw[1]} << 8 | draw[2]) % wire.size();
    std::string bent = wire;
    bent[at] = static_cast<char>(bent[at] ^ (1 << (draw[3] % 8)));
    v1::PullPage page;
    if (!page.ParseFromString(bent) || page.SerializeAsString() == wire) continue;
    if (c.Check(page)) continue;
    ++taken;  // only what is not the log's: the mark that more follows, or an unknown field
    CHECK(page.entries() == honest.entries());
    CHECK(page.head().head() == honest.head().head());
  }
  CHECK(taken < 20);
}

}  // namespace doorstep::client
