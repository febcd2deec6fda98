#include "client-core/client/readers.h"

#include <algorithm>
#include <set>
#include <string>

#include "client-core/client/share.h"
#include "crypto/reason.h"
#include "model/authority.h"
#include "model/limits.h"

namespace doorstep::client {
namespace {

ChangesetPlace PlaceOf(const Desk& desk, const Id& scope, const Id& uid) {
  return {desk.tenant().bytes, scope.bytes, uid.bytes};
}

bool IsSealed(const Catalog& catalog, uint32_t type, const v1::FieldWrite& write) {
  const FieldType* field = catalog.FindField(type, write.field());
  return field != nullptr && field->cls == v1::RESTRICTED && !write.value().empty();
}

bool HasRestricted(const Catalog& catalog, const v1::Changeset& body) {
  for (const v1::RecordChange& change : body.changes()) {
    for (const v1::FieldWrite& write : change.writes()) {
      if (IsSealed(catalog, change.type(), write)) return true;
    }
  }
  return false;
}

// The people whom a first entry itself makes readers.
std::vector<Id> ReadersFoundedBy(const v1::Changeset& body) {
  Changeset first;
  first.body = body;
  first.scope = Id::FromBytes(body.scope()).value_or(Id{});
  std::vector<Id> people;
  if (!FamilyFoundedBy(first)) return people;
  for (const AssignmentView& assignment : AssignmentsCreatedBy(first)) {
    if (assignment.restricted) people.push_back(assignment.user);
  }
  return people;
}

}  // namespace

std::vector<PublicKey> BoxKeysOf(const Directory& directory, const std::vector<Id>& people) {
  std::vector<PublicKey> keys = directory.RecoveryKeys(directory.seq());
  for (const Id& person : people) {
    for (const DeviceView& device : directory.DevicesOf(person, directory.seq())) {
      if (std::find(keys.begin(), keys.end(), device.box_pk) == keys.end()) {
        keys.push_back(device.box_pk);
      }
    }
  }
  return keys;
}

absl::StatusOr<std::optional<Changeset>> Readers::FindChangeset(const Id& scope, const Id& uid) {
  absl::StatusOr<std::optional<Entry>> entry = desk_.store.log().FindUid(scope, uid);
  if (!entry.ok()) return entry.status();
  if (*entry) return std::optional<Changeset>((*entry)->changeset);
  absl::StatusOr<std::optional<OutboxRow>> row = desk_.store.outbox().Find(scope, uid);
  if (!row.ok()) return row.status();
  if (!*row || (*row)->sealed) return std::optional<Changeset>();
  absl::StatusOr<Changeset> changeset = desk_.store.outbox().Load(**row);
  if (!changeset.ok()) return changeset.status();
  return std::optional<Changeset>(*std::move(changeset));
}

absl::StatusOr<const Secret*> Readers::ContentKey(const Id& scope, const Id& uid, int64_t now_ms) {
  auto known = keys_.find({scope, uid});
  if (known != keys_.end()) return &known->second;
  absl::StatusOr<std::optional<Changeset>> changeset = FindChangeset(scope, uid);
  if (!changeset.ok()) return changeset.status();
  if (!*changeset) return MakeStatus(Reason::kNotFound, "changeset is not here");
  Id mine = DeriveRecipientId(desk_.keys.public_keys().box);
  std::vector<std::string> wraps;
  for (const v1::Wrap& wrap : (*changeset)->body.wraps()) {
    if (wrap.recipient() == mine.view()) wraps.push_back(wrap.sealed());
  }
  absl::StatusOr<OverlayScope*> seen = desk_.store.overlay().Of(scope, now_ms);
  if (!seen.ok()) return seen.status();
  std::vector<std::string> shared = WrapsShared(desk_.catalog(), *(*seen)->state, uid, mine);
  wraps.insert(wraps.end(), shared.begin(), shared.end());
  for (const std::string& wrap : wraps) {
    absl::StatusOr<Secret> key =
        OpenWrap(desk_.keys.parts().box_seed, PlaceOf(desk_, scope, uid), wrap);
    if (!key.ok()) continue;  // any reader reports it, and owes the right one
    return &keys_.insert_or_assign({scope, uid}, *std::move(key)).first->second;
  }
  return MakeStatus(Reason::kNotFound, "no key for this changeset is here");
}

absl::StatusOr<Secret> Readers::Open(const Id& scope, uint32_t type, const Id& record,
                                     uint32_t field, const LiveWrite& write, int64_t now_ms) {
  absl::StatusOr<const Secret*> key = ContentKey(scope, write.op.uid, now_ms);
  if (!key.ok()) return key.status();
  WritePlace place{PlaceOf(desk_, scope, write.op.uid), write.op.index, type, record.bytes, field};
  return OpenRestricted(**key, place, write.value);
}

absl::StatusOr<std::vector<PublicKey>> Readers::Recipients(const v1::Changeset& body,
                                                           int64_t now_ms) {
  Id scope = Id::FromBytes(body.scope()).value_or(Id{});
  const ScopeRow* row = desk_.store.log().Find(scope);
  std::vector<Id> people = ReadersFoundedBy(body);
  if (people.empty()) {
    // From the log; from the outbox only while the family has no log yet.
    std::unique_ptr<ScopeState> stored = desk_.store.state().Of(scope);
    ScopeState* family = stored.get();
    if (row == nullptr || row->seq == 0) {
      absl::StatusOr<OverlayScope*> seen = desk_.store.overlay().Of(scope, now_ms);
      if (!seen.ok()) return seen.status();
      family = (*seen)->state.get();
    }
    people = RestrictedReaders(desk_.directory(), desk_.directory().seq(), *family, now_ms);
    if (!family->status().ok()) return family->status();
  }
  std::vector<PublicKey> recipients = {desk_.keys.public_keys().box};
  for (const PublicKey& key : BoxKeysOf(desk_.directory(), people)) {
    if (key != recipients.front()) recipients.push_back(key);
  }
  if (recipients.size() > static_cast<size_t>(kWrapsMax)) {
    recipients.resize(static_cast<size_t>(kWrapsMax));  // the rest is owed by Shares
  }
  return recipients;
}

absl::Status Readers::Seal(v1::Changeset& body, int64_t now_ms) {
  if (!HasRestricted(desk_.catalog(), body)) return absl::OkStatus();
  Id scope = Id::FromBytes(body.scope()).value_or(Id{});
  Id uid = Id::FromBytes(body.uid()).value_or(Id{});
  ChangesetPlace place = PlaceOf(desk_, scope, uid);
  absl::StatusOr<std::vector<PublicKey>> recipients = Recipients(body, now_ms);
  if (!recipients.ok()) return recipients.status();
  Secret key = MakeContentKey(desk_.random);
  uint32_t index = 0;
  for (v1::RecordChange& change : *body.mutable_changes()) {
    Id record = Id::FromBytes(change.id()).value_or(Id{});
    for (v1::FieldWrite& write : *change.mutable_writes()) {
      uint32_t at = index++;
      if (!IsSealed(desk_.catalog(), change.type(), write)) continue;
      WritePlace here{place, at, change.type(), record.bytes, write.field()};
      write.set_value(SealRestricted(key, here, write.value(), desk_.random));
    }
  }
  for (const PublicKey& recipient : *recipients) {
    absl::StatusOr<WrapBytes> sealed = MakeWrap(key, place, recipient);
    if (!sealed.ok()) continue;  // a key that nobody can open anything with
    v1::Wrap* wrap = body.add_wraps();
    wrap->set_recipient(DeriveRecipientId(recipient).str());
    wrap->set_sealed(std::string(View(*sealed)));
  }
  keys_.insert_or_assign({scope, uid}, std::move(key));
  return absl::OkStatus();
}

}  // namespace doorstep::client
