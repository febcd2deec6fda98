#include "crypto/secret.h"

#include <catch2/catch_test_macros.hpp>
#include <cstring>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/primitives.h"

namespace doorstep {
namespace {

static_assert(!std::is_copy_constructible_v<Secret>);
static_assert(!std::is_copy_assignable_v<Secret>);
static_assert(std::is_nothrow_move_constructible_v<Secret>);

TEST_CASE("a secret holds its bytes, and moving leaves nothing behind") {
  Secret a = Secret::FromBytes("kettle");
  CHECK(a.view() == "kettle");
  Secret b = std::move(a);
  CHECK(b.view() == "kettle");
  CHECK(a.empty());  // NOLINT: the state after a move is part of the contract
  Secret c = Secret::FromBytes("old");
  c = std::move(b);
  CHECK(c.view() == "kettle");
  CHECK(b.empty());
}

TEST_CASE("a clone is independent of its original") {
  Secret a = Secret::FromBytes("kettle");
  const Secret b = a.Clone();
  a.mutable_bytes()[0] = 'n';
  CHECK(b.view() == "kettle");
  a.Wipe();
  CHECK(b.view() == "kettle");
}

TEST_CASE("a wiped arena secret leaves zeros where it lay") {
  Secret a = Secret::FromBytes(std::string(64, 'x'));
  const uint8_t* const where = a.mutable_bytes().data();
  a.Wipe();
  // The arena is never freed, so the place can still be read.
  for (int i = 0; i < 64; ++i) CHECK(where[i] == 0);
}

TEST_CASE("a new secret is zero even where another lay before") {
  { Secret a = Secret::FromBytes(std::string(96, 'x')); }
  const Secret b(96);
  CHECK(b.view() == std::string(96, '\0'));
}

TEST_CASE("arena space is given back, and the books balance") {
  const SecretMemory before = DescribeSecretMemory();
  {
    std::vector<Secret> many;
    for (size_t i = 0; i < 100; ++i) many.push_back(Secret(1 + i));
    CHECK(DescribeSecretMemory().arena_used_bytes > before.arena_used_bytes);
  }
  CHECK(DescribeSecretMemory().arena_used_bytes == before.arena_used_bytes);
}

TEST_CASE("large secrets and a full arena fall back to the heap and keep working") {
  const SecretMemory before = DescribeSecretMemory();
  {
    const Secret large = Secret::FromBytes(std::string(kArenaSecretBytes + 1, 'y'));
    CHECK(DescribeSecretMemory().heap_used_bytes == before.heap_used_bytes + large.size());
    CHECK(large.view().back() == 'y');

    std::vector<Secret> many;
    const size_t enough = kSecretArenaBytes / kArenaSecretBytes + 4;
    for (size_t i = 0; i < enough; ++i) {
      many.push_back(Secret::FromBytes(std::string(kArenaSecretBytes, static_cast<char>('a' + i))));
    }
    for (size_t i = 0; i < enough; ++i) {
      CHECK(many[i].view() == std::string(kArenaSecretBytes, static_cast<char>('a' + i)));
    }
    CHECK(DescribeSecretMemory().heap_used_bytes > before.heap_used_bytes + large.size());
  }
  CHECK(DescribeSecretMemory().heap_used_bytes == before.heap_used_bytes);
  CHECK(DescribeSecretMemory().arena_used_bytes == before.arena_used_bytes);
}

TEST_CASE("the ST of secret parts is the ST of any parts") {
  const Secret joined = StSecret("doorstep/x/v1", {"kettle", "", "tea"});
  const St plain = St("doorstep/x/v1").Add("kettle").Add("").Add("tea");
  CHECK(joined.view() == plain.bytes());
}

}  // namespace
}  // namespace doorstep
