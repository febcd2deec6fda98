#include "crypto/attachment.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "crypto/reason.h"

namespace doorstep {
namespace {

const FilePlace kPlace{Hash16{1}, Hash16{2}, Hash16{3}};

std::string Plain(size_t size) {
  std::string plain(size, '\0');
  for (size_t i = 0; i < size; ++i) plain[i] = static_cast<char>((i * 2654435761u) >> 13);
  return plain;
}

struct Opened {
  std::string plain;
  absl::Status status;
  bool whole = false;
};
Opened OpenAll(const SealedFile& file, const FilePlace& place,
               const std::vector<std::string>& chunks) {
  FileOpener opener(file.key, place, file.length);
  Opened opened;
  for (const std::string& chunk : chunks) {
    absl::StatusOr<std::string> plain = opener.Next(chunk);
    if (!plain.ok()) {
      opened.status = plain.status();
      break;
    }
    opened.plain += *plain;
  }
  opened.whole = opener.whole();
  return opened;
}

}  // namespace

TEST_CASE("a file of any size comes back as it was, in chunks that fit") {
  SystemRandom random;
  const size_t first = kChunkBytes - kStreamPieceOverhead - kStreamHeaderBytes;
  const size_t next = kChunkBytes - kStreamPieceOverhead;
  for (size_t size :
       {size_t{1}, size_t{1000}, first - 1, first, first + 1, first + next, first + next + 1}) {
    CAPTURE(size);
    const std::string plain = Plain(size);
    absl::StatusOr<SealedFile> file = SealFile(kPlace, plain, random);
    REQUIRE(file.ok());
    REQUIRE(ChunksOf(file->length) == file->chunks.size());
    for (uint32_t number = 0; number < file->chunks.size(); ++number) {
      CHECK(file->chunks[number].size() <= kChunkBytes);
      CHECK(file->chunks[number].size() == ChunkLength(file->length, number));
      CHECK(CheckChunk(file->length, file->hashes, number, file->chunks[number]).ok());
    }
    CHECK(CheckHashes(View(file->content), file->length, file->hashes).ok());
    const Opened opened = OpenAll(*file, kPlace, file->chunks);
    CHECK(opened.whole);
    CHECK(opened.plain == plain);
  }
}

TEST_CASE("no bytes and more than 20 MiB are refused, 20 MiB are not") {
  SystemRandom random;
  CHECK(ReasonOf(SealFile(kPlace, "", random).status()) == Reason::kArg);
  CHECK(ReasonOf(SealFile(kPlace, Plain(kPlainFileBytesMax + 1), random).status()) ==
        Reason::kLimit);
  absl::StatusOr<SealedFile> most = SealFile(kPlace, Plain(kPlainFileBytesMax), random);
  REQUIRE(most.ok());
  CHECK(most->chunks.size() == kFileChunksMax);
  CHECK(ChunksOf(most->length) == kFileChunksMax);
}

TEST_CASE("lengths that no file has have no chunks") {
  for (uint64_t length : {uint64_t{0}, uint64_t{41}, uint64_t{kChunkBytes} + 17,
                          uint64_t{kFileChunksMax} * kChunkBytes, UINT64_MAX}) {
    CAPTURE(length);
    CHECK(ChunksOf(length) == 0);
  }
  CHECK(ChunksOf(42) == 1);
  CHECK(ChunksOf(kChunkBytes) == 1);
  CHECK(ChunksOf(kChunkBytes + 18) == 2);
}

TEST_CASE("chunks altered, exchanged, missing, repeated or of another place do not open") {
  SystemRandom random;
  absl::StatusOr<SealedFile> file = SealFile(kPlace, Plain(3 * kChunkBytes), random);
  REQUIRE(file.ok());
  REQUIRE(file->chunks.size() == 4);
  const auto fails = [&](std::vector<std::string> chunks, const FilePlace& place = kPlace) {
    const Opened opened = OpenAll(*file, place, chunks);
    return !opened.whole;
  };
  std::vector<std::string> chunks = file->chunks;
  CHECK_FALSE(fails(chunks));
  for (size_t at : {size_t{0}, size_t{23}, size_t{24}, size_t{500}}) {
    std::vector<std::string> altered = chunks;
    altered[0][at] ^= 1;
    CHECK(fails(altered));
  }
  std::swap(chunks[1], chunks[2]);
  CHECK(fails(chunks));
  chunks = file->chunks;
  chunks.pop_back();
  CHECK(fails(chunks));
  chunks = file->chunks;
  chunks.erase(chunks.begin() + 1);
  CHECK(fails(chunks));
  chunks = file->chunks;
  chunks[1] = chunks[0];
  CHECK(fails(chunks));
  chunks = file->chunks;
  chunks[3].resize(20);
  CHECK(fails(chunks));
  for (int part : {0, 1, 2}) {
    FilePlace other = kPlace;
    (part == 0 ? other.tenant : part == 1 ? other.scope : other.record)[5] ^= 1;
    CHECK(fails(file->chunks, other));
  }
  // A chunk behind the last.
  FileOpener opener(file->key, kPlace, file->length);
  for (const std::string& chunk : file->chunks) REQUIRE(opener.Next(chunk).ok());
  CHECK(ReasonOf(opener.Next(file->chunks[3]).status()) == Reason::kIntegrity);
}

TEST_CASE("a chunk is held against its own hash, and hashes against the content id") {
  SystemRandom random;
  absl::StatusOr<SealedFile> file = SealFile(kPlace, Plain(2 * kChunkBytes), random);
  REQUIRE(file.ok());
  const auto check = [&](uint32_t number, std::string_view chunk) {
    return ReasonOf(CheckChunk(file->length, file->hashes, number, chunk));
  };
  CHECK(check(1, file->chunks[1]) == Reason::kNone);
  CHECK(check(0, file->chunks[1]) == Reason::kIntegrity);
  CHECK(check(1, file->chunks[1].substr(1)) == Reason::kIntegrity);
  CHECK(check(1, file->chunks[1] + "x") == Reason::kIntegrity);
  CHECK(check(3, file->chunks[1]) == Reason::kFormat);
  CHECK(check(UINT32_MAX, file->chunks[1]) == Reason::kFormat);

  const std::string content(View(file->content));
  const auto said = [&](uint64_t length, std::string_view hashes) {
    return ReasonOf(CheckHashes(content, length, hashes));
  };
  CHECK(said(file->length, file->hashes) == Reason::kNone);
  CHECK(said(file->length - 1, file->hashes) == Reason::kIntegrity);
  CHECK(said(file->length, file->hashes.substr(32)) == Reason::kFormat);
  CHECK(said(file->length, file->hashes + std::string(32, 'x')) == Reason::kFormat);
  std::string swapped =
      file->hashes.substr(32, 32) + file->hashes.substr(0, 32) + file->hashes.substr(64);
  CHECK(said(file->length, swapped) == Reason::kIntegrity);
  CHECK(ReasonOf(CheckHashes("", file->length, file->hashes)) == Reason::kIntegrity);
}

TEST_CASE("the same file twice has two keys and two names") {
  SystemRandom random;
  absl::StatusOr<SealedFile> one = SealFile(kPlace, "the same", random);
  absl::StatusOr<SealedFile> two = SealFile(kPlace, "the same", random);
  REQUIRE((one.ok() && two.ok()));
  CHECK(one->content != two->content);
  CHECK_FALSE(EqualSecrets(one->key.view(), two->key.view()));
}

}  // namespace doorstep
