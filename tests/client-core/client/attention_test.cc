#include "client-core/client/attention.h"

#include <catch2/catch_test_macros.hpp>
#include <set>
#include <string>

#include "client-core/client/words.h"
#include "crypto/reason.h"
#include "tests/client-core/client/handset.h"

namespace doorstep::client {
namespace {

using Item = v1::AttentionItem;

Id IdIn(const std::string& bytes) { return *Id::FromBytes(bytes); }

std::vector<Item> ItemsOf(Handset& set, Item::Kind kind) {
  std::vector<Item> items;
  absl::StatusOr<v1::Attention> list = set.client->ListAttention();
  REQUIRE(list.ok());
  for (const Item& item : list->items()) {
    if (item.kind() == kind) items.push_back(item);
  }
  return items;
}

struct Case {
  Case() : office(town), desk(office, v1::ROLE_SUPERVISOR), phone(office, v1::ROLE_KEY_WORKER) {
    family = IdIn(phone.BeginFamily("Sample family").scope());
    phone.Contact();
    desk.Contact();
  }
  v1::RecordEdit DoorNote(const std::string& words) {
    return Handset::Edit("Family", family, {{"door_note", '"' + words + '"'}});
  }

  Town town;
  Office office;
  Handset desk;
  Handset phone;
  Id family;
};

}  // namespace

TEST_CASE("two texts written apart wait for a person, and a settling write ends that") {
  Case c;
  c.phone.Commit(c.family, c.DoorNote("Ring"));
  c.desk.Commit(c.family, c.DoorNote("Knock"));
  c.phone.Contact();
  c.desk.Contact();
  std::vector<Item> items = ItemsOf(c.desk, Item::CONTESTED);
  REQUIRE(items.size() == 1);
  CHECK(items[0].family() == "Sample family");
  CHECK(items[0].field().values_size() == 2);
  CHECK(items[0].field().values(0).actor_name() == "Worker");
  v1::Edits settle;
  *settle.add_records() = c.DoorNote("Ring, then knock");
  settle.mutable_records(0)->mutable_fields(0)->set_how(v1::FieldEdit::SETTLE);
  CHECK(c.desk.client->Resolve(IdIn(items[0].id()), settle).ok());
  CHECK(ItemsOf(c.desk, Item::CONTESTED).empty());
  // Nobody answers what is no longer asked.
  CHECK(ReasonOf(c.desk.client->Resolve(IdIn(items[0].id()), settle).status()) ==
        Reason::kNotFound);
}

TEST_CASE("held work is shown to its author and decided by the family's supervisor") {
  Case c;
  v1::Committed held =
      c.phone.Commit(c.family, Handset::Edit("Decision", Id{},
                                             {{"held", '"' + c.town.NewId().hex() + '"'},
                                              {"decision", "\"RELEASE\""},
                                              {"reason", "\"OTHER\""}}));
  CHECK(held.expected() == v1::HELD);
  REQUIRE(ItemsOf(c.phone, Item::HELD_MINE).size() == 1);
  c.phone.Contact();
  c.desk.Contact();
  std::vector<Item> mine = ItemsOf(c.phone, Item::HELD_MINE);
  REQUIRE(mine.size() == 1);
  CHECK(mine[0].reason_name() == "NOT_ALLOWED");
  CHECK(mine[0].uid() == held.uid());
  CHECK(mine[0].held_size() == 1);
  CHECK(c.phone.client->GetStatus().held() == 1);
  std::vector<Item> decide = ItemsOf(c.desk, Item::HELD_TO_DECIDE);
  REQUIRE(decide.size() == 1);
  v1::Edits decline;
  *decline.add_records() = Handset::Edit("Decision", Id{},
                                         {{"held", '"' + IdIn(held.uid()).hex() + '"'},
                                          {"decision", "\"DECLINE\""},
                                          {"reason", "\"OTHER\""}});
  absl::StatusOr<v1::Committed> decided = c.desk.client->Resolve(IdIn(decide[0].id()), decline);
  REQUIRE(decided.ok());
  CHECK(decided->expected() == v1::APPLIED);
  c.desk.Contact();
  c.phone.Contact();
  CHECK(ItemsOf(c.phone, Item::HELD_MINE).empty());
  CHECK(ItemsOf(c.desk, Item::HELD_TO_DECIDE).empty());
}

TEST_CASE("what cannot be sent is listed with words and what it holds") {
  Case c;
  v1::Committed committed = c.phone.Commit(c.family, c.DoorNote("Ring"));
  c.office.told[IdIn(committed.uid())].mutable_bad()->set_reason(
      static_cast<uint32_t>(Reason::kLimit));
  c.phone.Contact();
  std::vector<Item> items = ItemsOf(c.phone, Item::UNSENDABLE);
  REQUIRE(items.size() == 1);
  CHECK(items[0].words() == UnsendableWords(static_cast<uint32_t>(Reason::kLimit), false));
  REQUIRE(items[0].held_size() == 1);
  CHECK(items[0].held(0).json().find("Ring") != std::string::npos);
  CHECK(c.phone.client->GetStatus().unsendable() == 1);
}

TEST_CASE("a stopped scope says so, and takes pages again when a person says so") {
  Case c;
  Hand stranger = c.town.Hire(v1::ROLE_KEY_WORKER);
  size_t honest = c.office.line(c.family).entries.size();
  Changeset lie = c.town.Write(stranger, c.family,
                               {Change(34, c.town.NewId(),
                                       {{1, EncodeId(1, stranger.user)},
                                        {2, EncodeNumber(2, 2)},
                                        {4, EncodeNumber(4, 2)},
                                        {5, EncodeDate(5, c.town.today)},
                                        {7, EncodeNumber(7, 1)}})});
  c.office.Place(lie, {v1::APPLIED, v1::HELD_REASON_UNSPECIFIED, {}});
  c.phone.Contact();
  std::vector<Item> items = ItemsOf(c.phone, Item::STOPPED);
  REQUIRE(items.size() == 1);
  c.office.PutBack(c.family, honest);
  c.phone.Commit(c.family, c.DoorNote("Ring"));
  c.phone.Contact();
  CHECK(ItemsOf(c.phone, Item::STOPPED).size() == 1);
  CHECK(c.phone.client->GetStatus().unsent() == 0);
  REQUIRE(c.phone.client->Resolve(IdIn(items[0].id()), {}).ok());
  c.phone.Contact();
  CHECK(ItemsOf(c.phone, Item::STOPPED).empty());
  CHECK(c.phone.client->store().log().Find(c.family)->seq == honest + 1);
}

TEST_CASE("a new device waits for a second person, and for nobody who made it") {
  Case c;
  Hand fresh = c.town.MakeHand(c.phone.client->user());
  REQUIRE(c.town.log.Push(c.town.Write(c.town.admin, c.town.tenant, {c.town.DeviceOf(fresh)}))
              .verdict == v1::APPLIED);
  c.desk.Contact();
  c.phone.Contact();
  std::vector<Item> items = ItemsOf(c.desk, Item::DEVICE_TO_APPROVE);
  REQUIRE(items.size() == 1);
  CHECK(IdIn(items[0].record().id()) == fresh.device);
  CHECK(ItemsOf(c.phone, Item::DEVICE_TO_APPROVE).size() == 1);  // one's own other device
  v1::Edits approve;
  *approve.add_records() = Handset::Edit("Approval", Id{},
                                         {{"subject", '"' + fresh.device.hex() + '"'},
                                          {"digest", '"' + ToHex(items[0].digest()) + '"'},
                                          {"decision", "\"APPROVED\""},
                                          {"decided_on", "\"2026-11-25\""}});
  absl::StatusOr<v1::Committed> approved = c.desk.client->Resolve(IdIn(items[0].id()), approve);
  REQUIRE(approved.ok());
  CHECK(approved->expected() == v1::APPLIED);
  c.desk.Contact();
  CHECK(c.town.directory.DeviceCounts(fresh.device, c.town.directory.seq()));
  CHECK(ItemsOf(c.desk, Item::DEVICE_TO_APPROVE).empty());
}

TEST_CASE("every reason to hold has a sentence of its own that says what was kept or to do") {
  std::set<std::string> seen;
  const auto* reasons = v1::HeldReason_descriptor();
  for (int i = 0; i < reasons->value_count(); ++i) {
    uint32_t number = static_cast<uint32_t>(reasons->value(i)->number());
    if (number == 0) continue;
    std::string words = HeldWords(number);
    CHECK(words.size() > 40);
    CHECK(words.ends_with("."));
    CHECK(words.find('\n') == std::string::npos);
    CHECK(seen.insert(words).second);
    CHECK_FALSE(HeldReasonName(number).empty());
    CHECK(words != HeldWords(9999));
  }
  CHECK(HeldWords(0).empty());
  CHECK(HeldReasonName(9999) == "9999");
  CHECK(HeldWords(9999).find("update") != std::string::npos);
}

}  // namespace doorstep::client
