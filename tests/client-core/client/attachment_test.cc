// Files beside records from one device to another, through cuts at every chunk.
#include "client-core/client/attachment.h"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "crypto/reason.h"
#include "model/value.h"
#include "tests/client-core/client/handset.h"

namespace doorstep::client {
namespace {

constexpr uint32_t kAttachment = 39, kSetting = 110;

std::string Letter(size_t size) {
  std::string text(size, '\0');
  for (size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + (i * 7919u >> 5) % 26);
  return text;
}

struct Case {
  Case() : office(town), desk(office, v1::ROLE_SUPERVISOR), worker(office, v1::ROLE_KEY_WORKER) {
    family = *Id::FromBytes(worker.BeginFamily("Sample family").scope());
    visit = town.NewId();
    worker.Commit(family, Handset::Edit("Contact", visit,
                                        {{"kind", "\"NOTE\""},
                                         {"happened_at", "\"2026-11-25T10:00:00.000Z\""},
                                         {"text", "\"A letter came\""}}));
    worker.Contact();
    desk.Contact();
  }
  v1::NewFile What(std::initializer_list<std::pair<const char*, std::string>> more = {}) {
    v1::NewFile what;
    what.set_scope(family.str());
    *what.mutable_record() = Handset::Edit(
        "Attachment", Id{}, {{"about", '"' + visit.hex() + '"'}, {"media", "\"TEXT\""}});
    for (const auto& [name, json] : more) {
      v1::FieldEdit* field = what.mutable_record()->add_fields();
      field->set_name(name);
      field->set_json(json);
    }
    return what;
  }
  Id Attach(Handset& by, std::string_view bytes, const v1::NewFile& what) {
    absl::StatusOr<v1::Committed> committed = by.client->PutFile(what, bytes);
    INFO(committed.status().ToString());
    REQUIRE(committed.ok());
    INFO(committed->reason_name());
    CHECK(committed->expected() == v1::APPLIED);
    return *Id::FromBytes(committed->records(0).id());
  }
  Reason Refused(std::string_view bytes, const v1::NewFile& what) {
    const uint32_t unsent = worker.client->GetStatus().unsent();
    Reason reason = ReasonOf(worker.client->PutFile(what, bytes).status());
    CHECK(worker.client->GetStatus().unsent() == unsent);  // nothing was stored
    CHECK(worker.client->GetStatus().chunks_to_send() == 0);
    return reason;
  }
  static absl::StatusOr<std::string> Read(Handset& by, const Id& id) {
    std::string bytes;
    absl::Status read = by.client->ReadFile(id, [&](std::string_view piece) {
      bytes += piece;
      return absl::OkStatus();
    });
    if (!read.ok()) return read;
    return bytes;
  }
  static std::vector<v1::FileLine> Files(Handset& by) {
    v1::Query query;
    query.mutable_files();
    absl::StatusOr<std::vector<v1::Answer>> answers = by.client->Ask(query);
    REQUIRE(answers.ok());
    std::vector<v1::FileLine> lines;
    for (const v1::Answer& answer : *answers) lines.push_back(answer.file());
    return lines;
  }
  void AllowPictures() {
    REQUIRE(town.log
                .Push(town.Write(town.admin, town.tenant,
                                 {Change(kSetting, town.NewId(),
                                         {{1, EncodeNumber(1, 7)},
                                          {3, EncodeI64(3, 1)},
                                          {4, EncodeDate(4, 20'000)}})}))
                .verdict == v1::APPLIED);
    worker.Contact();
  }

  Town town;
  Office office;
  Handset desk, worker;
  Id family, visit;
};

}  // namespace

TEST_CASE("a file goes up behind its record and comes down whole, byte for byte") {
  Case c;
  const std::string letter = Letter(600'000);
  const Id file = c.Attach(c.worker, letter, c.What({{"name", "\"letter.txt\""}}));
  CHECK(Case::Read(c.worker, file).value() == letter);  // offline at once
  CHECK(c.worker.client->GetStatus().chunks_to_send() == 3);
  CHECK(c.worker.Contact() == "pull push pull put put put");
  CHECK(c.worker.report.chunks_up() == 3);
  CHECK(c.worker.client->GetStatus().all_synced());
  CHECK(c.worker.Contact() == "pull");  // nothing new costs one round trip

  CHECK(c.desk.Contact() == "pull get get get");
  CHECK(Case::Read(c.desk, file).value() == letter);
  CHECK(c.desk.client->GetStatus().all_synced());
  CHECK(c.desk.Contact() == "pull");
  // What lies at the office is none of it.
  for (const auto& [name, stored] : c.office.files) {
    for (const auto& [number, chunk] : stored.chunks) {
      CHECK(chunk.find(letter.substr(1000, 24)) == std::string::npos);
    }
  }
}

TEST_CASE("cut at any chunk, up or down, the next contact goes on with the next one") {
  Case c;
  const std::string letter = Letter(1'200'000);
  const Id file = c.Attach(c.worker, letter, c.What());
  for (int contact = 0; contact < 5; ++contact) {
    c.office.chunks_until_cut = 1;
    c.worker.Contact();
    c.worker.client->Lock();  // a restart in between
    REQUIRE(c.worker.client->Unlock(kPin).ok());
  }
  CHECK(c.office.chunks_put == std::vector<uint32_t>{0, 1, 2, 3, 4});  // each once
  c.office.chunks_until_cut = -1;
  CHECK(c.worker.Contact() == "pull");
  CHECK(c.worker.client->GetStatus().all_synced());
  CHECK(ReasonOf(Case::Read(c.desk, file).status()) == Reason::kNotFound);
  for (int contact = 0; contact < 4; ++contact) {
    c.office.chunks_until_cut = 1;
    c.desk.Contact();
    CHECK(ReasonOf(Case::Read(c.desk, file).status()) == Reason::kState);
    CHECK_FALSE(c.desk.client->GetStatus().all_synced());
  }
  c.office.chunks_until_cut = 1;
  c.desk.Contact();
  CHECK(Case::Read(c.desk, file).value() == letter);
}

TEST_CASE("a cut contact has sent the record, and says that the file is not safe yet") {
  Case c;
  c.Attach(c.worker, Letter(900'000), c.What());
  c.office.chunks_until_cut = 1;
  c.worker.Contact();
  CHECK(ReasonOf(c.worker.status) == Reason::kBusy);
  v1::Status status = c.worker.client->GetStatus();
  CHECK(status.unsent() == 0);
  CHECK_FALSE(status.all_synced());
  CHECK(status.chunks_to_send() == 3);
  REQUIRE(Case::Files(c.worker).size() == 1);
  CHECK(Case::Files(c.worker)[0].at_office() == 1);
  CHECK(Case::Files(c.worker)[0].chunks() == 4);
}

TEST_CASE("a contact moves so many bytes and no more, and later ones the rest") {
  Case c;
  c.Attach(c.worker, Letter(9 << 20), c.What());
  c.worker.Contact();
  CHECK(c.worker.report.chunks_up() >= 31);
  CHECK(c.worker.report.chunks_up() <= 33);
  CHECK_FALSE(c.worker.client->GetStatus().all_synced());
  c.worker.Contact();
  CHECK(c.worker.client->GetStatus().all_synced());
}

TEST_CASE("chunks that the office lost with its history are handed in again") {
  Case c;
  const std::string letter = Letter(500'000);
  const size_t before = c.office.line(c.family).entries.size();
  const Id file = c.Attach(c.worker, letter, c.What());
  c.worker.Contact();
  c.desk.Contact();
  c.office.PutBack(c.family, before);
  c.office.files.clear();
  c.worker.Contact();
  CHECK(c.office.files.size() == 1);
  CHECK(c.office.files.begin()->second.chunks.size() == 2);
  CHECK(Case::Read(c.worker, file).value() == letter);
}

TEST_CASE("an own file that the office lost without a trace is found missing within a day") {
  Case c;
  c.Attach(c.worker, Letter(500'000), c.What());
  c.worker.Contact();
  c.office.files.clear();
  CHECK(c.worker.Contact() == "pull");
  c.town.now_ms += int64_t{25} * 3'600'000;
  CHECK(c.worker.Contact() == "pull ask put put");
}

TEST_CASE("whoever else holds the file gives it back too, once its history was lost") {
  Case c;
  const size_t before = c.office.line(c.family).entries.size();
  c.Attach(c.worker, Letter(500'000), c.What());
  c.worker.Contact();
  c.desk.Contact();
  c.office.PutBack(c.family, before);
  c.office.files.clear();
  c.desk.Contact();
  REQUIRE(c.office.files.size() == 1);
  CHECK(c.office.files.begin()->second.chunks.size() == 2);
}

TEST_CASE("bytes that are not those of the record are refused, and told; the words stand") {
  Case c;
  const Id file = c.Attach(c.worker, Letter(300'000), c.What({{"caption", "\"From school\""}}));
  c.worker.Contact();
  for (auto& [name, stored] : c.office.files) stored.chunks[1][40] ^= 1;
  c.desk.Contact();
  CHECK(c.desk.report.alarms_size() == 1);
  CHECK(ReasonOf(Case::Read(c.desk, file).status()) == Reason::kState);
  CHECK(c.desk.Values("Attachment", file, "caption") ==
        std::vector<std::string>{"\"From school\""});
  // Whole again, it comes: the good chunk was kept.
  for (auto& [name, stored] : c.office.files) stored.chunks[1][40] ^= 1;
  c.town.now_ms += 120'000;
  CHECK(c.desk.Contact() == "pull push get");  // that somebody looked goes out
  CHECK(Case::Read(c.desk, file).value() == Letter(300'000));
}

TEST_CASE("a restricted file is sealed to readers, and tells nothing else") {
  Case c;
  CHECK(c.Refused("x", c.What({{"restricted", "true"}, {"name", "\"bruise.jpg\""}})) ==
        Reason::kArg);
  CHECK(c.Refused("x", c.What({{"restricted", "true"}, {"caption", "\"arm\""}})) == Reason::kArg);
  const Id file = c.Attach(c.worker, "what happened", c.What({{"restricted", "true"}}));
  c.worker.Contact();
  CHECK(Case::Read(c.worker, file).value() == "what happened");
  CHECK(c.worker.Values("Attachment", file, "file_key").empty());
  // The office holds no key in clear: the record has a sealed value and no other.
  const Record* record = c.office.line(c.family).state->Find(kAttachment, file);
  REQUIRE(record != nullptr);
  CHECK(record->FindCell(10) == nullptr);
  REQUIRE(record->FindCell(11) != nullptr);
  CHECK(record->FindCell(11)->live[0].value.size() > 64);
}

TEST_CASE("what the core writes of a file no shell writes, and what is none is refused") {
  Case c;
  CHECK(c.Refused("", c.What()) == Reason::kArg);
  CHECK(c.Refused(Letter((20 << 20) + 1), c.What()) == Reason::kLimit);
  CHECK(c.Refused("x", c.What({{"file_length", "5"}})) == Reason::kArg);
  CHECK(c.Refused("x", c.What({{"content_id", '"' + std::string(64, 'a') + '"'}})) == Reason::kArg);
  v1::NewFile note = c.What();
  note.mutable_record()->set_type_name("Visit");
  CHECK(c.Refused("x", note) == Reason::kArg);
  v1::NewFile nowhere = c.What();
  nowhere.clear_scope();
  CHECK(c.Refused("x", nowhere) == Reason::kArg);
  nowhere.set_scope(c.town.NewId().str());
  CHECK(c.Refused("x", nowhere) == Reason::kNotFound);
}

TEST_CASE("pictures are off unless the authority allows them") {
  Case c;
  const std::string picture = "\x89PNG\r\n\x1A\n" + std::string("\0\0\0\0IEND", 8) + "crc.";
  CHECK(c.Refused(picture, c.What()) == Reason::kState);
  c.AllowPictures();
  const Id file = c.Attach(c.worker, picture, c.What());
  CHECK(Case::Read(c.worker, file).value() == picture);
}

TEST_CASE("a purge takes chunks away, but own ones that have not gone out") {
  Case c;
  c.Attach(c.worker, Letter(400'000), c.What());
  c.worker.Contact();
  c.desk.Contact();
  const Id second = c.Attach(c.worker, Letter(300'000), c.What());
  (void)second;
  c.office.chunks_until_cut = 0;
  c.worker.Contact();  // its record goes out, its bytes do not
  Store& store = c.worker.client->store();
  REQUIRE(store.attachments().List().value().size() == 2);
  auto seal = [](const v1::SignedChangeset&) -> absl::StatusOr<std::string> { return "sealed"; };
  REQUIRE(store.Purge(c.family, Store::Archive::kKept, seal, c.town.now_ms).ok());
  std::vector<FileRow> left = store.attachments().List().value();
  REQUIRE(left.size() == 1);
  CHECK(left[0].HasToGo());
  c.office.chunks_until_cut = -1;
  c.worker.Contact();
  CHECK(c.office.files.size() == 2);
  for (const auto& [name, stored] : c.office.files) CHECK(stored.chunks.size() == 2);
  CHECK(store.attachments().List().value().size() <= 2);
  CHECK(store.attachments().CountOwed().value().to_send == 0);
}

}  // namespace doorstep::client
