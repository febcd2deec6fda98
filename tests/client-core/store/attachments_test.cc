#include "client-core/store/attachments.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "client-core/store/limits.h"
#include "client-core/store/schema.h"
#include "crypto/reason.h"
#include "tests/client-core/store/phone.h"

namespace doorstep::client {
namespace {

struct Scene {
  Town town;
  std::unique_ptr<Database> database = *Database::OpenInMemory(StoreSchema());
  Attachments attachments{*database};
  Id family = town.NewId(), uid = town.NewId();
  SealedFile file =
      *SealFile({Hash16{1}, Hash16{2}, Hash16{3}}, std::string(700'000, 'x'), town.random);
  std::string content{View(file.content)};

  FileRow Row() { return attachments.Find(family, content).value().value(); }
  // A record as another device wrote it.
  void Note(int64_t length) {
    Record record;
    record.type = 39;
    record.id = town.NewId();
    record.cells[2].live.push_back({{uid, 1}, town.NewId(), 5, EncodeBytes(2, content)});
    record.cells[3].live.push_back({{uid, 2}, town.NewId(), 5, EncodeI64(3, length)});
    REQUIRE(attachments.NoteRecord(family, *Catalog::Get().Find(39), record).ok());
  }
  Reason Fetch(uint32_t number, std::string_view chunk) {
    return ReasonOf(attachments.PutFetched(Row(), file.hashes, number, chunk));
  }
};

TEST_CASE("an own file has to go until the office has every chunk") {
  Scene s;
  REQUIRE(s.attachments.PutOwn(s.family, s.uid, s.file).ok());
  CHECK(s.Row().WholeHere());
  CHECK(s.Row().HasToGo());
  CHECK(s.attachments.NextToSend(s.Row()).value() == 0u);
  REQUIRE(s.attachments.NoteAtOffice(s.Row(), "\x05", 9).ok());  // 0 and 2
  CHECK(s.attachments.NextToSend(s.Row()).value() == 1u);
  CHECK(s.attachments.CountOwed().value().to_send == 1);
  REQUIRE(s.attachments.NoteAtOffice(s.Row(), "\x07", 9).ok());
  CHECK_FALSE(s.Row().HasToGo());
  CHECK_FALSE(s.attachments.NextToSend(s.Row()).value());
  // It takes back what it said.
  REQUIRE(s.attachments.NoteAtOffice(s.Row(), "\x03", 10).ok());
  CHECK(s.attachments.NextToSend(s.Row()).value() == 2u);
  REQUIRE(s.attachments.ForgetAtOffice(s.family).ok());
  CHECK(s.attachments.CountOwed().value().to_send == 3);
}

TEST_CASE("chunks that are fetched come in any order and once") {
  Scene s;
  s.Note(static_cast<int64_t>(s.file.length));
  CHECK(s.Row().HasToCome());
  CHECK_FALSE(s.Row().HasToGo());
  CHECK(s.Row().uid == s.uid);
  CHECK(s.Fetch(2, s.file.chunks[2]) == Reason::kNone);
  CHECK(s.attachments.NextToFetch(s.Row()).value() == 0u);
  CHECK(s.Fetch(0, s.file.chunks[0]) == Reason::kNone);
  CHECK(s.Fetch(0, s.file.chunks[0]) == Reason::kNone);
  CHECK(s.Row().here == 2);
  CHECK(s.Fetch(1, s.file.chunks[0]) == Reason::kIntegrity);
  CHECK(s.Fetch(1, s.file.chunks[1]) == Reason::kNone);
  CHECK(s.Row().WholeHere());
  CHECK_FALSE(s.Row().HasToGo());
  CHECK_FALSE(s.attachments.NextToFetch(s.Row()).value());
  CHECK(s.attachments.Chunk(s.Row(), 1).value() == s.file.chunks[1]);
  // Once the office lost them, whoever has them whole gives them back.
  REQUIRE(s.attachments.ForgetAtOffice(s.family).ok());
  CHECK(s.Row().HasToGo());
}

TEST_CASE("a length that no file has is not waited for") {
  Scene s;
  for (int64_t length : {int64_t{-1}, int64_t{0}, int64_t{41}, INT64_MAX}) s.Note(length);
  CHECK(s.attachments.List().value().empty());
}

TEST_CASE("a scope that is dropped leaves own files that have to go, and no others") {
  Scene s;
  REQUIRE(s.attachments.PutOwn(s.family, s.uid, s.file).ok());
  const Id other = s.town.NewId();
  REQUIRE(s.attachments.PutOwn(other, s.uid, s.file).ok());
  REQUIRE(
      s.attachments.NoteAtOffice(s.attachments.Find(other, s.content).value().value(), "\x07", 9)
          .ok());
  CHECK(s.attachments.Owes(s.family).value());
  CHECK_FALSE(s.attachments.Owes(other).value());
  REQUIRE(s.attachments.DropScope(s.family).ok());
  REQUIRE(s.attachments.DropScope(other).ok());
  std::vector<FileRow> left = s.attachments.List().value();
  REQUIRE(left.size() == 1);
  CHECK(left[0].scope == s.family);
  Statement chunks = s.database->Prepare("SELECT count(*) FROM chunk WHERE scope = ?1");
  chunks.Bind(1, other);
  REQUIRE(chunks.Step());
  CHECK(chunks.Int(0) == 0);
}

TEST_CASE("no file is added beyond what a device holds") {
  Scene s;
  REQUIRE(s.attachments.PutOwn(s.family, s.uid, s.file).ok());
  const uint64_t chunks = kFileBytesOnDeviceMax / kChunkBytes;
  Statement fill = s.database->Prepare("UPDATE file SET here = ?1");
  REQUIRE(fill.Bind(1, chunks).Run().ok());
  CHECK(ReasonOf(s.attachments.PutOwn(s.town.NewId(), s.uid, s.file)) == Reason::kLimit);
}

}  // namespace
}  // namespace doorstep::client
