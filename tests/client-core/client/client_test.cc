#include "client-core/client/client.h"

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "crypto/invitation.h"
#include "crypto/reason.h"
#include "tests/client-core/client/handset.h"

namespace doorstep::client {
namespace {

Id IdIn(const std::string& bytes) { return *Id::FromBytes(bytes); }

v1::Query Families() {
  v1::Query query;
  query.mutable_families();
  return query;
}

}  // namespace

TEST_CASE("a client begins without keys, and a first PIN makes them") {
  Town town;
  Office office(town);
  Handset phone(office);
  CHECK(phone.client->GetStatus().life() == v1::Status::NEW);
  CHECK(ReasonOf(phone.client->Unlock(kPin)) == Reason::kState);
  CHECK(ReasonOf(phone.client->SetPin("", "123456")) == Reason::kArg);
  CHECK(phone.key_store.items.empty());
  REQUIRE(phone.client->SetPin("", kPin).ok());
  CHECK(phone.client->GetStatus().life() == v1::Status::ENROLLING);
  CHECK_FALSE(phone.client->locked());
  CHECK(ReasonOf(phone.client->Commit({}).status()) == Reason::kState);
}

TEST_CASE("where no key store is lent a PIN is a passphrase, and the status says so") {
  Town town;
  Office office(town);
  Handset phone(office);
  phone.key_store.is_file = true;
  CHECK(ReasonOf(phone.client->SetPin("", kPin)) == Reason::kArg);
  REQUIRE(phone.client->SetPin("", "seven plain words").ok());
  CHECK(phone.client->GetStatus().key_store_is_file());
}

TEST_CASE("a key store that does not say `absent` makes no key") {
  Town town;
  Office office(town);
  for (KeyStoreStatus answer : {KeyStoreStatus::kLocked, KeyStoreStatus::kAuthCancelled,
                                KeyStoreStatus::kInvalidated, KeyStoreStatus::kOther}) {
    Handset phone(office);
    phone.key_store.answer = answer;
    CHECK(ReasonOf(phone.client->SetPin("", kPin)) == Reason::kKeyStore);
    phone.key_store.answer = KeyStoreStatus::kOk;
    CHECK(phone.key_store.items.empty());
    CHECK(phone.client->GetStatus().life() == v1::Status::NEW);
  }
}

TEST_CASE("locked is locked: every call about records answers so, and what was saved is kept") {
  Town town;
  Office office(town);
  Handset phone(office, v1::ROLE_KEY_WORKER);
  v1::Committed family = phone.BeginFamily("Sample family");
  Id draft = town.NewId();
  REQUIRE(phone.client->PutDraft(draft, "half a visit").ok());
  phone.client->Lock();
  CHECK(phone.client->locked());
  CHECK(ReasonOf(phone.client->Commit({}).status()) == Reason::kLocked);
  CHECK(ReasonOf(phone.client->Check({}).status()) == Reason::kLocked);
  CHECK(ReasonOf(phone.client->Get(1, IdIn(family.scope())).status()) == Reason::kLocked);
  CHECK(ReasonOf(phone.client->Ask(Families()).status()) == Reason::kLocked);
  CHECK(ReasonOf(phone.client->Search({}).status()) == Reason::kLocked);
  CHECK(ReasonOf(phone.client->GetDraft(draft).status()) == Reason::kLocked);
  CHECK(ReasonOf(phone.client->PutDraft(draft, "x")) == Reason::kLocked);
  CHECK(ReasonOf(phone.client->ListAttention().status()) == Reason::kLocked);
  CHECK(ReasonOf(phone.client->BeginContact(town.now_ms).status()) == Reason::kLocked);
  v1::Status told = phone.client->GetStatus();
  CHECK(told.locked());
  CHECK(told.life() == v1::Status::ENROLLED);
  CHECK(told.unsent() == 0);
  CHECK(told.user_name().empty());

  CHECK(ReasonOf(phone.client->Unlock("999999x")) == Reason::kAuth);
  REQUIRE(phone.client->Unlock(kPin).ok());
  CHECK(*phone.client->GetDraft(draft) == "half a visit");
  CHECK(phone.Values("family", IdIn(family.scope()), "name").front() == "\"Sample family\"");
}

TEST_CASE("each wrong PIN past the third costs a wait, and the right one opens after it") {
  Town town;
  Office office(town);
  Handset phone(office, v1::ROLE_KEY_WORKER);
  phone.client->Lock();
  for (int i = 0; i < 3; ++i) CHECK(ReasonOf(phone.client->Unlock("wrong-pin")) == Reason::kAuth);
  CHECK(ReasonOf(phone.client->Unlock(kPin)) == Reason::kBusy);
  phone.clock.monotonic_ms += 1000;
  CHECK(ReasonOf(phone.client->Unlock("wrong-pin")) == Reason::kAuth);
  phone.clock.monotonic_ms += 1999;
  CHECK(ReasonOf(phone.client->Unlock(kPin)) == Reason::kBusy);
  phone.clock.monotonic_ms += 1;
  CHECK(phone.client->Unlock(kPin).ok());
}

TEST_CASE("a count of tries outlives the program, and damage costs no try") {
  Town town;
  Office office(town);
  Handset phone(office, v1::ROLE_KEY_WORKER);
  std::string image = *phone.client->Image();
  phone.client->Lock();
  for (int i = 0; i < 3; ++i) CHECK(ReasonOf(phone.client->Unlock("wrong-pin")) == Reason::kAuth);
  Options again = phone.options();
  again.image = image;
  absl::StatusOr<std::unique_ptr<Client>> reopened = Client::Open(again, phone.host());
  REQUIRE(reopened.ok());
  CHECK(ReasonOf((*reopened)->Unlock(kPin)) == Reason::kBusy);
  phone.clock.monotonic_ms += 1000;
  CHECK((*reopened)->Unlock(kPin).ok());
}

TEST_CASE("another secret in the key store is a wrong key, and nothing is made anew") {
  Town town;
  Office office(town);
  Handset phone(office, v1::ROLE_KEY_WORKER);
  phone.client->Lock();
  std::map<std::string, std::string> before = phone.key_store.items;
  for (auto& [name, secret] : phone.key_store.items) {
    if (name.starts_with("secret-")) secret[0] = static_cast<char>(secret[0] ^ 1);
  }
  CHECK(ReasonOf(phone.client->Unlock(kPin)) == Reason::kAuth);
  phone.key_store.items.clear();
  CHECK(ReasonOf(phone.client->Unlock(kPin)) == Reason::kKey);
  CHECK(phone.key_store.items.empty());
  phone.key_store.items = before;
  phone.key_store.answer = KeyStoreStatus::kLocked;
  CHECK(ReasonOf(phone.client->Unlock(kPin)) == Reason::kKeyStore);
  phone.key_store.answer = KeyStoreStatus::kOk;
  CHECK(phone.client->Unlock(kPin).ok());
}

TEST_CASE("a PIN is changed by the old one, and only then") {
  Town town;
  Office office(town);
  Handset phone(office, v1::ROLE_KEY_WORKER);
  CHECK(ReasonOf(phone.client->SetPin("not it", "593017")) == Reason::kAuth);
  REQUIRE(phone.client->SetPin(kPin, "593017").ok());
  phone.client->Lock();
  CHECK(ReasonOf(phone.client->Unlock(kPin)) == Reason::kAuth);
  CHECK(phone.client->Unlock("593017").ok());
}

TEST_CASE("a device writes nothing before it has found itself counting") {
  Town town;
  Office office(town);
  Handset phone(office);
  REQUIRE(phone.client->SetPin("", kPin).ok());
  phone.Join(town.Hire(v1::ROLE_KEY_WORKER).user);
  CHECK(phone.client->GetStatus().life() == v1::Status::ENROLLING);
  v1::Edits edits;
  edits.set_begin_family(true);
  *edits.add_records() = Handset::Edit("Family", Id{}, {{"name", "\"Too early\""}});
  CHECK(ReasonOf(phone.client->Commit(edits).status()) == Reason::kState);
  phone.Contact();
  CHECK(phone.client->GetStatus().life() == v1::Status::ENROLLED);
  CHECK(phone.client->Commit(edits).ok());
}

TEST_CASE("an answer to an invitation is believed only under the invitation's own key") {
  Town town;
  Office office(town);
  Handset phone(office);
  REQUIRE(phone.client->SetPin("", kPin).ok());
  Invitation invitation = *MakeInvitation("office.example:7443", town.random);
  std::string code(FormatInvitation(invitation).view());
  v1::EnrolAnswer answer;
  CHECK(ReasonOf(phone.client->TakeEnrolAnswer(code, answer)) == Reason::kBusy);
  answer.set_answered(true);
  answer.set_tenant(town.tenant.str());
  answer.set_root_pk(std::string(View(town.root_pk)));
  answer.set_server_ca("authority");
  answer.set_device(town.NewId().str());
  answer.set_actor(town.NewId().str());
  answer.set_mac(std::string(32, 'm'));
  CHECK(ReasonOf(phone.client->TakeEnrolAnswer(code, answer)) == Reason::kTrust);
  CHECK(phone.client->tenant().is_zero());
  CHECK(phone.client->GetStatus().life() == v1::Status::ENROLLING);
}

TEST_CASE("a family is begun with its Assignments, sent, and told apart by how safe it is") {
  Town town;
  Office office(town);
  Handset phone(office, v1::ROLE_KEY_WORKER);
  v1::Committed family = phone.BeginFamily("Sample family");
  Id scope = IdIn(family.scope());
  std::vector<v1::Answer> lines = *phone.client->Ask(Families());
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].family().name() == "Sample family");
  CHECK(lines[0].family().relation() == "LEAD");
  CHECK(lines[0].family().safety() == v1::SAVED_ON_THIS_DEVICE);
  CHECK(phone.Get("family", scope).safety() == v1::SAVED_ON_THIS_DEVICE);
  CHECK(phone.client->GetStatus().unsent() == 1);
  CHECK(phone.Contact() == "pull push pull");
  CHECK(phone.Get("family", scope).safety() == v1::RECEIVED_BY_THE_OFFICE);
  CHECK(phone.client->GetStatus().all_synced());
  office.line(scope).archived = 1;
  phone.Contact();
  CHECK(phone.Get("family", scope).safety() == v1::ARCHIVED);
  CHECK(phone.client->GetStatus().has_archive());
  CHECK(AssignmentsOf(*office.line(scope).state).size() == 2);
}

TEST_CASE("watchers are told once for each call, with what it touched") {
  Town town;
  Office office(town);
  Handset phone(office, v1::ROLE_KEY_WORKER);
  std::vector<std::vector<Id>> told;
  uint64_t watch =
      phone.client->Watch([&](const std::vector<Id>& scopes) { told.push_back(scopes); });
  v1::Committed family = phone.BeginFamily("Sample family");
  CHECK(told == std::vector<std::vector<Id>>{{IdIn(family.scope())}});
  told.clear();
  phone.client->GetStatus();
  CHECK(told.empty());
  phone.client->Unwatch(watch);
  phone.Commit(IdIn(family.scope()),
               Handset::Edit("Family", IdIn(family.scope()), {{"door_note", "\"Ring twice\""}}));
  CHECK(told.empty());
}

TEST_CASE("a contact under way ends with a lock") {
  Town town;
  Office office(town);
  Handset phone(office, v1::ROLE_KEY_WORKER);
  std::unique_ptr<Session> session = *phone.client->BeginContact(town.now_ms);
  CHECK(ReasonOf(phone.client->BeginContact(town.now_ms).status()) == Reason::kState);
  std::optional<Request> pull = session->TakeRequest();
  phone.client->Lock();
  CHECK(session->done());
  CHECK(ReasonOf(session->status()) == Reason::kLocked);
  session->OnPullEnd(pull->call, absl::OkStatus(), town.now_ms);
  CHECK_FALSE(session->TakeRequest());
}

TEST_CASE("a lost family leaves a receipt in the journal, and nothing else to read") {
  Town town;
  Office office(town);
  Handset phone(office, v1::ROLE_KEY_WORKER);
  Id family = IdIn(phone.BeginFamily("Sample family").scope());
  phone.Contact();
  phone.Commit(family, Handset::Edit("Family", family, {{"door_note", "\"Unsent words\""}}));
  for (const AssignmentView& place : AssignmentsOf(*office.line(family).state)) {
    if (place.user != phone.client->user()) continue;
    Op live = office.line(family).state->Find(34, place.id)->FindCell(7)->live.back().op;
    REQUIRE(office
                .Push(town.Write(town.supervisor, family,
                                 {Change(34, place.id, {{7, EncodeNumber(7, 2), {live}}})}))
                .verdict == v1::APPLIED);
  }
  CHECK(phone.Contact() == "pull push deliver");
  CHECK(phone.report.purged() == 1);
  CHECK(phone.client->Ask(Families())->empty());
  CHECK(ReasonOf(phone.client->Get(1, family).status()) == Reason::kNotFound);
  REQUIRE(office.line(phone.client->device()).entries.size() == 1);
  const Changeset& receipt = office.line(phone.client->device()).entries[0].changeset;
  CHECK(receipt.body.changes(0).type() == 129);
  CHECK(office.line(phone.client->device()).entries[0].applied());
  bool passed_on = false;
  v1::Attention attention = *phone.client->ListAttention();
  for (const v1::AttentionItem& item : attention.items()) {
    passed_on = passed_on || item.kind() == v1::AttentionItem::PASSED_ON;
    CHECK(item.family().empty());
  }
  CHECK(passed_on);
}

TEST_CASE("an image is the whole client, wherever it is opened again") {
  Town town;
  Office office(town);
  Handset phone(office, v1::ROLE_KEY_WORKER);
  Id family = IdIn(phone.BeginFamily("Sample family").scope());
  Options again = phone.options();
  again.image = *phone.client->Image();
  absl::StatusOr<std::unique_ptr<Client>> copy = Client::Open(again, phone.host());
  REQUIRE(copy.ok());
  CHECK((*copy)->locked());
  REQUIRE((*copy)->Unlock(kPin).ok());
  CHECK((*copy)->device() == phone.client->device());
  CHECK((*copy)->Get(1, family).ok());
}

TEST_CASE("a client lives in its folder through close and open") {
  Town town;
  Office office(town);
  Handset phone(office);
  std::string folder = (std::filesystem::temp_directory_path() / "doorstep-client-XXXXXX").string();
  REQUIRE(mkdtemp(folder.data()) != nullptr);
  Options options = phone.options();
  options.folder = folder;
  Id draft = town.NewId();
  {
    phone.client = *Client::Open(options, phone.host());
    REQUIRE(phone.client->SetPin("", kPin).ok());
    phone.Join(town.Hire(v1::ROLE_KEY_WORKER).user);
    phone.Contact();
    REQUIRE(phone.client->PutDraft(draft, "kept").ok());
    CHECK(ReasonOf(phone.client->Image().status()) == Reason::kUnsupported);
    phone.client.reset();
  }
  phone.client = *Client::Open(options, phone.host());
  CHECK(phone.client->GetStatus().life() == v1::Status::ENROLLED);
  REQUIRE(phone.client->Unlock(kPin).ok());
  CHECK(*phone.client->GetDraft(draft) == "kept");
  phone.client.reset();
  std::filesystem::remove_all(folder);
}

}  // namespace doorstep::client
