#include "crypto/recovery.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <utility>
#include <vector>

#include "crypto/reason.h"
#include "tests/crypto/counting_random.h"

namespace doorstep {
namespace {

struct Fixture {
  CountingRandom random{41};
  Hash16 tenant = random.Make<16>();
  Secret seed = random.MakeSecret(32);
  std::array<RecoveryShare, 3> shares = SplitSeed(RecoveryKind::kRecoveryKey, tenant, seed, random);
};

std::vector<std::string> Lines(std::string_view text) {
  std::vector<std::string> lines(1);
  for (const char c : text) {
    if (c == '\n') {
      lines.emplace_back();
    } else {
      lines.back().push_back(c);
    }
  }
  lines.pop_back();
  return lines;
}

std::string Joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

TEST_CASE_METHOD(Fixture, "any two officers join the seed, in either order and either form") {
  for (size_t i = 0; i < 3; ++i) {
    for (size_t j = 0; j < 3; ++j) {
      if (i == j) continue;
      CHECK(EqualSecrets(JoinShares(shares[i], shares[j])->view(), seed.view()));
      const RecoveryShare from_file = *ReadShare(ShareToBytes(shares[i]).view());
      const RecoveryShare from_paper = *ReadShare(ShareToText(shares[j]).view());
      CHECK(EqualSecrets(JoinShares(from_file, from_paper)->view(), seed.view()));
    }
  }
}

TEST_CASE_METHOD(Fixture, "root seeds are split as well") {
  const auto root = SplitSeed(RecoveryKind::kRootKey, tenant, seed, random);
  CHECK(EqualSecrets(JoinShares(root[0], root[2])->view(), seed.view()));
}

// Hands out the bytes it was given.
class ScriptedRandom final : public Random {
 public:
  explicit ScriptedRandom(std::string script) : script_(std::move(script)) {}
  void Fill(std::span<uint8_t> out) override {
    REQUIRE(out.size() <= script_.size());
    std::copy_n(script_.begin(), out.size(), out.begin());
    script_.erase(0, out.size());
  }

 private:
  std::string script_;
};

std::string Xor(std::string_view a, std::string_view b, std::string_view c) {
  std::string out(a);
  for (size_t i = 0; i < out.size(); ++i) out[i] = static_cast<char>(a[i] ^ b[i] ^ c[i]);
  return out;
}

TEST_CASE_METHOD(Fixture, "one share alone says nothing: it is as likely of any other seed") {
  const Secret other = random.MakeSecret(32);
  const std::string pad1(shares[1].pads.view().substr(0, 32));
  const std::string pad2(shares[0].pads.view().substr(0, 32));
  const std::string pad3(shares[0].pads.view().substr(32));
  // For each officer the one pair of random pads by which the other seed gives the same share.
  const std::array<std::string, 3> scripts = {Xor(other.view(), pad2, pad3) + pad2,
                                              pad1 + Xor(other.view(), pad1, pad3), pad1 + pad2};
  for (size_t i = 0; i < 3; ++i) {
    ScriptedRandom scripted(scripts[i]);
    const auto split = SplitSeed(RecoveryKind::kRecoveryKey, tenant, other, scripted);
    CHECK(split[i].pads.view() == shares[i].pads.view());
    CHECK(EqualSecrets(JoinShares(split[i], split[(i + 1) % 3])->view(), other.view()));
  }
}

TEST_CASE_METHOD(Fixture, "B74: one officer twice, two tenants, kinds mixed, two keys") {
  CHECK(ReasonOf(JoinShares(shares[0], shares[0]).status()) == Reason::kKey);
  const auto elsewhere = SplitSeed(RecoveryKind::kRecoveryKey, random.Make<16>(), seed, random);
  CHECK(ReasonOf(JoinShares(shares[0], elsewhere[1]).status()) == Reason::kKey);
  const auto root = SplitSeed(RecoveryKind::kRootKey, tenant, seed, random);
  CHECK(ReasonOf(JoinShares(shares[0], root[1]).status()) == Reason::kKey);
  const auto other = SplitSeed(RecoveryKind::kRecoveryKey, tenant, random.MakeSecret(32), random);
  CHECK(ReasonOf(JoinShares(shares[0], other[1]).status()) == Reason::kKey);
}

TEST_CASE_METHOD(Fixture, "B74: two splits of one key do not mix") {
  const auto again = SplitSeed(RecoveryKind::kRecoveryKey, tenant, seed, random);
  CHECK(ReasonOf(JoinShares(shares[0], again[1]).status()) == Reason::kIntegrity);
}

TEST_CASE_METHOD(Fixture, "B74: one bit of a file") {
  const std::string bytes(ShareToBytes(shares[1]).view());
  CHECK(bytes.size() == kRecoveryShareBytes);
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string bad = bytes;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
    CHECK(ReasonOf(ReadShare(bad).status()) == Reason::kIntegrity);
  }
  for (size_t size = 0; size < bytes.size(); ++size) {
    CHECK_FALSE(ReadShare(bytes.substr(0, size)).ok());
  }
  CHECK_FALSE(ReadShare(std::string(kRecoveryShareTextBytesMax + 1, 'x')).ok());
}

TEST_CASE_METHOD(Fixture, "B74: one bit of a pad behind the checksum's back") {
  for (size_t at = 0; at < 64; ++at) {
    RecoveryShare bad = *ReadShare(ShareToBytes(shares[1]).view());
    bad.pads.mutable_bytes()[at] ^= 1;
    CHECK(ReasonOf(JoinShares(shares[0], bad).status()) == Reason::kIntegrity);
    CHECK(ReasonOf(JoinShares(bad, shares[2]).status()) == Reason::kIntegrity);
  }
}

TEST_CASE_METHOD(Fixture, "shares of another version, an unknown kind, a fourth officer") {
  const auto rewritten = [this](size_t at, uint8_t byte) {
    Secret bytes = ShareToBytes(shares[0]);
    bytes.mutable_bytes()[at] = byte;
    const St before = St("doorstep/recovery-share/v1").Add(bytes.view().substr(0, 91));
    const Hash32 check = H(before.bytes());
    std::string out(bytes.view().substr(0, 91));
    return ReasonOf(ReadShare(out + std::string(View(check).substr(0, 4))).status());
  };
  CHECK(rewritten(0, 1) == Reason::kNone);
  CHECK(rewritten(0, 2) == Reason::kVersion);
  CHECK(rewritten(1, 0) == Reason::kFormat);
  CHECK(rewritten(1, 3) == Reason::kFormat);
  CHECK(rewritten(18, 0) == Reason::kFormat);
  CHECK(rewritten(18, 4) == Reason::kFormat);
}

TEST_CASE_METHOD(Fixture, "a share on paper: 19 numbered lines, forgiving of case and spaces") {
  const std::string text(ShareToText(shares[2]).view());
  const std::vector<std::string> lines = Lines(text);
  REQUIRE(lines.size() == 19);
  CHECK(lines[0].size() == std::string("01 XXXX-XXXX-C").size());
  std::string sloppy = "\n";
  for (const char c : text) {
    if (c == '-') {
      sloppy += " ";
    } else if (c == '\n') {
      sloppy += " \r\n\n";
    } else {
      sloppy.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
    }
  }
  CHECK(EqualSecrets(ReadShare(sloppy)->pads.view(), shares[2].pads.view()));
}

TEST_CASE_METHOD(Fixture,
                 "B74: a share on paper with a mistake says which line, and not what it holds") {
  const std::vector<std::string> lines = Lines(ShareToText(shares[0]).view());
  for (size_t i = 0; i < lines.size(); ++i) {
    const std::string name = "line " + std::to_string(i + 1) + " ";
    std::vector<std::string> bad = lines;
    bad[i][5] = bad[i][5] == 'A' ? 'B' : 'A';
    absl::Status status = ReadShare(Joined(bad)).status();
    CHECK(ReasonOf(status) == Reason::kFormat);
    CHECK(std::string(status.message()).starts_with(name));
    CHECK(std::string(status.message()).find(lines[i].substr(3, 4)) == std::string::npos);

    bad = lines;
    bad[i].pop_back();
    CHECK(std::string(ReadShare(Joined(bad)).status().message()).starts_with(name));
    bad = lines;
    bad[i][4] = '?';
    CHECK(std::string(ReadShare(Joined(bad)).status().message()).starts_with(name));
    bad = lines;
    bad.erase(bad.begin() + static_cast<ptrdiff_t>(i));
    CHECK(std::string(ReadShare(Joined(bad)).status().message()).starts_with(name));
  }
  std::vector<std::string> bad = lines;
  // Two lines swapped, numbers left in place: the check character knows its line.
  const std::string third = lines[2].substr(2);
  bad[2] = bad[2].substr(0, 2) + lines[3].substr(2);
  bad[3] = bad[3].substr(0, 2) + third;
  CHECK(ReasonOf(ReadShare(Joined(bad)).status()) == Reason::kFormat);
  bad = lines;
  bad.push_back("20 0000-0000-0");
  CHECK(ReasonOf(ReadShare(Joined(bad)).status()) == Reason::kFormat);
  CHECK(ReasonOf(ReadShare("").status()) == Reason::kFormat);
}

}  // namespace
}  // namespace doorstep
