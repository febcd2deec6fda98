#include "tests/client-core/client/handset.h"

#include <catch2/catch_test_macros.hpp>
#include <utility>

#include "crypto/invitation.h"

namespace doorstep::client {
namespace {

uint64_t next_seed = 100;

}  // namespace

KeyStoreStatus PocketKeyStore::Get(const std::string& name, Secret& secret) {
  if (answer != KeyStoreStatus::kOk) return answer;
  auto item = items.find(name);
  if (item == items.end()) return KeyStoreStatus::kNotFound;
  secret = Secret::FromBytes(item->second);
  return KeyStoreStatus::kOk;
}

KeyStoreStatus PocketKeyStore::Put(const std::string& name, const Secret& secret) {
  if (answer != KeyStoreStatus::kOk) return answer;
  items[name] = std::string(secret.view());
  return KeyStoreStatus::kOk;
}

KeyStoreStatus PocketKeyStore::Delete(const std::string& name) {
  items.erase(name);
  return KeyStoreStatus::kOk;
}

Options Handset::options() const {
  Options made;
  made.client.set_argon_passes(1);
  made.client.set_argon_memory_bytes(8192);
  made.client.set_samples(true);
  return made;
}

Host Handset::host() { return {*office.catalog, clock, random, key_store, verifier, nullptr}; }

Handset::Handset(Office& in_office)
    : office(in_office), town(in_office.town), random(next_seed++), clock(town) {
  absl::StatusOr<std::unique_ptr<Client>> opened = Client::Open(options(), host());
  REQUIRE(opened.ok());
  client = *std::move(opened);
}

Handset::Handset(Office& in_office, v1::Role role) : Handset(in_office) {
  REQUIRE(client->SetPin("", kPin).ok());
  Join(town.Hire(role).user);
  Contact();
  REQUIRE(status.ok());
}

void Handset::Join(const Id& user) {
  absl::StatusOr<Invitation> invitation = MakeInvitation("office.example:7443", random);
  REQUIRE(invitation.ok());
  std::string code(FormatInvitation(*invitation).view());
  absl::StatusOr<v1::EnrolRequest> request = client->MakeEnrolRequest(code);
  REQUIRE(request.ok());
  Id device = town.NewId();
  Changeset record = town.Write(town.admin, town.tenant,
                                {Change(120, device,
                                        {{1, EncodeId(1, user)},
                                         {2, EncodeNumber(2, 1)},
                                         {3, EncodeBytes(3, request->keys().sign_pk())},
                                         {4, EncodeBytes(4, request->keys().box_pk())},
                                         {5, EncodeBytes(5, request->keys().tls_spki())},
                                         {7, EncodeNumber(7, 1)}})});
  REQUIRE(town.log.Push(record).verdict == v1::APPLIED);
  REQUIRE(town.Approve(town.supervisor, 120, device).verdict == v1::APPLIED);
  InviteAnswer told{town.tenant.bytes, town.root_pk, "authority", device.bytes};
  v1::EnrolAnswer answer;
  answer.set_answered(true);
  answer.set_tenant(town.tenant.str());
  answer.set_root_pk(std::string(View(town.root_pk)));
  answer.set_server_ca("authority");
  answer.set_device(device.str());
  answer.set_actor(user.str());
  answer.set_mac(std::string(View(InviteAnswerMac(InvitationKey(invitation->secret), told))));
  REQUIRE(client->TakeEnrolAnswer(code, answer).ok());
}

std::string Handset::Contact() {
  absl::StatusOr<std::unique_ptr<Session>> session = client->BeginContact(town.now_ms);
  REQUIRE(session.ok());
  std::string kinds = office.Run(**session, client->device());
  report = (*session)->report();
  status = (*session)->status();
  client->FinishContact(**session, town.now_ms);
  return kinds;
}

v1::RecordEdit Handset::Edit(std::string_view type, const Id& id,
                             std::initializer_list<std::pair<const char*, std::string>> json) {
  v1::RecordEdit edit;
  edit.set_type_name(std::string(type));
  if (!id.is_zero()) edit.set_id(id.str());
  for (const auto& [name, value] : json) {
    v1::FieldEdit* field = edit.add_fields();
    field->set_name(name);
    field->set_json(value);
  }
  return edit;
}

v1::Committed Handset::Commit(const Id& scope, const v1::RecordEdit& edit) {
  v1::Edits edits;
  edits.set_scope(scope.str());
  *edits.add_records() = edit;
  absl::StatusOr<v1::Committed> committed = client->Commit(edits);
  INFO(committed.status().ToString());
  REQUIRE(committed.ok());
  return *committed;
}

v1::Committed Handset::BeginFamily(std::string_view name) {
  Id person = town.NewId();
  v1::Edits edits;
  edits.set_begin_family(true);
  *edits.add_records() = Edit("Family", Id{}, {{"name", '"' + std::string(name) + '"'}});
  *edits.add_records() =
      Edit("Person", person, {{"role", "\"CHILD\""}, {"joined_on", "\"2026-11-25\""}});
  *edits.add_records() =
      Edit("PersonName", Id{}, {{"person", '"' + person.hex() + '"'}, {"family", "\"Sample\""}});
  absl::StatusOr<v1::Committed> committed = client->Commit(edits);
  INFO(committed.status().ToString());
  REQUIRE(committed.ok());
  CHECK(committed->expected() == v1::APPLIED);
  return *committed;
}

v1::RecordView Handset::Get(std::string_view type, const Id& id) {
  absl::StatusOr<v1::RecordView> view = client->Get(office.catalog->Find(type)->number, id);
  INFO(view.status().ToString());
  REQUIRE(view.ok());
  return *view;
}

std::vector<std::string> Handset::Values(std::string_view type, const Id& id,
                                         std::string_view field) {
  std::vector<std::string> values;
  v1::RecordView record = Get(type, id);
  for (const v1::FieldView& view : record.fields()) {
    if (view.name() != field) continue;
    for (const v1::ValueView& value : view.values()) {
      values.push_back(value.sealed() ? "sealed" : value.json());
    }
  }
  return values;
}

Changeset Handset::Sent(const v1::Committed& committed) {
  Id scope = *Id::FromBytes(committed.scope()), uid = *Id::FromBytes(committed.uid());
  absl::StatusOr<std::optional<OutboxRow>> row = client->store().outbox().Find(scope, uid);
  REQUIRE((row.ok() && row->has_value()));
  absl::StatusOr<Changeset> changeset = client->store().outbox().Load(**row);
  REQUIRE(changeset.ok());
  return *std::move(changeset);
}

}  // namespace doorstep::client
