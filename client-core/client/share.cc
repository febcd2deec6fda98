#include "client-core/client/share.h"

#include <optional>
#include <utility>

#include "client-core/client/readers.h"
#include "crypto/restricted.h"
#include "doorstep/v1/records.pb.h"
#include "model/authority.h"
#include "model/judge.h"
#include "model/value.h"

namespace doorstep::client {
namespace {

const RecordType& ShareType(const Catalog& catalog) {
  return *catalog.Find(v1::Share::descriptor()->name());
}

std::optional<std::string> BytesIn(const Record& record, uint32_t field) {
  const Cell* cell = record.FindCell(field);
  if (cell == nullptr || cell->live.empty()) return std::nullopt;
  std::optional<std::string_view> bytes = DecodeBytes(field, cell->live.front().value);
  if (!bytes) return std::nullopt;
  return std::string(*bytes);
}

v1::RecordChange ShareOf(const Catalog& catalog, const Id& uid, const Id& recipient,
                         const WrapBytes& wrap) {
  v1::RecordChange change;
  change.set_type(ShareType(catalog).number);
  change.set_id(DeriveShareId(uid, recipient, View(wrap)).str());
  auto write = [&](uint32_t field, std::string_view bytes) {
    v1::FieldWrite* added = change.add_writes();
    added->set_field(field);
    added->set_value(EncodeBytes(field, bytes));
  };
  write(v1::Share::kChangesetFieldNumber, uid.view());
  write(v1::Share::kRecipientFieldNumber, recipient.view());
  write(v1::Share::kWrapFieldNumber, View(wrap));
  return change;
}

void AddShareIds(const Catalog& catalog, const Changeset& changeset, std::set<Id>& ids) {
  for (const v1::RecordChange& change : changeset.body.changes()) {
    std::optional<Id> id = Id::FromBytes(change.id());
    if (change.type() == ShareType(catalog).number && id) ids.insert(*id);
  }
}

bool HasRightWrap(const Secret& key, const ChangesetPlace& place, const PublicKey& recipient,
                  const Changeset& changeset) {
  Id name = DeriveRecipientId(recipient);
  for (const v1::Wrap& wrap : changeset.body.wraps()) {
    if (wrap.recipient() != name.view()) continue;
    if (CheckWrap(key, place, recipient, wrap.sealed()).ok()) return true;
  }
  return false;
}

}  // namespace

std::vector<std::string> WrapsShared(const Catalog& catalog, ScopeState& scope, const Id& uid,
                                     const Id& recipient) {
  std::vector<std::string> wraps;
  scope.ForEach(ShareType(catalog).number, [&](const Record& record) {
    if (BytesIn(record, v1::Share::kChangesetFieldNumber) != uid.str()) return;
    if (BytesIn(record, v1::Share::kRecipientFieldNumber) != recipient.str()) return;
    std::optional<std::string> wrap = BytesIn(record, v1::Share::kWrapFieldNumber);
    if (wrap) wraps.push_back(*std::move(wrap));
  });
  return wraps;
}

bool IsShare(uint32_t type) { return type == ShareType(Catalog::Get()).number; }

// A Share is held when its recipient is no reader at that place: the readers that its author saw
// may have been lost with a server that was put back. It is written anew once anything has changed
// that decides who reads, and not before: a device whose clock is wrong would write it for ever.
absl::StatusOr<std::set<Id>> ShareLedger::Written(const Desk& desk, const Id& family,
                                                  const Known& known, ScopeState& stored) {
  std::set<Id> ids;
  absl::Status read;
  stored.ForEachHeld([&](const HeldWork& held) {
    if (!read.ok() || held.seq < known.rights_seq || !SharesOnly(held.changeset)) return;
    absl::StatusOr<std::optional<Entry>> entry = desk.store.log().Get(family, held.seq);
    read = entry.status();
    const bool moved =
        read.ok() && *entry && (*entry)->meta.directory_seq() != desk.directory().seq();
    if (!moved) AddShareIds(desk.catalog(), held.changeset, ids);
  });
  std::vector<OutboxRow> rows;
  if (read.ok()) {
    read = desk.store.outbox().ForEachOf(family, [&](const OutboxRow& row) {
      if (!row.sealed) rows.push_back(row);
      return true;
    });
  }
  if (!read.ok()) return read;
  for (const OutboxRow& row : rows) {
    absl::StatusOr<Changeset> changeset = desk.store.outbox().Load(row);
    if (!changeset.ok()) return changeset.status();
    AddShareIds(desk.catalog(), *changeset, ids);
  }
  return ids;
}

absl::Status ShareLedger::Scan(const Desk& desk, const Id& family, Known& known) {
  const ScopeRow* row = desk.store.log().Find(family);
  if (row == nullptr) return absl::OkStatus();
  absl::StatusOr<std::optional<Hash32>> before = desk.store.log().HashAt(family, known.seq);
  if (!before.ok()) return before.status();
  if (known.seq > row->seq || (known.seq > 0 && *before != known.hash)) known = Known{};
  if (known.seq == row->seq) return absl::OkStatus();
  known.settled = false;
  absl::Status read =
      desk.store.log().ForEach(family, known.seq + 1, row->seq, [&](const Entry& entry) {
        bool sealed = entry.changeset.body.wraps_size() > 0;
        for (const v1::RecordChange& change : entry.changeset.body.changes()) {
          for (const v1::FieldWrite& write : change.writes()) {
            const FieldType* field = desk.catalog().FindField(change.type(), write.field());
            sealed = sealed || (field != nullptr && field->cls == v1::RESTRICTED);
          }
        }
        if (sealed) known.sealed.push_back(entry.changeset.uid);
        const bool decides = entry.applied() && WritesTrustRecord(desk.catalog(), entry.changeset);
        if (decides) known.rights_seq = entry.seq();
        return true;
      });
  known.seq = row->seq;
  known.hash = row->hash;
  return read;
}

absl::StatusOr<ShareLedger::ByRecipient> ShareLedger::Owed(const Desk& desk, Readers& readers,
                                                           const Id& family, int64_t now_ms) {
  Known& known = known_[family];
  absl::Status scanned = Scan(desk, family, known);
  if (!scanned.ok()) return scanned;
  ByRecipient owed;
  const Directory& directory = desk.directory();
  bool settled = known.settled && known.directory_hash == directory.hash();
  if (settled || known.sealed.empty()) return owed;
  std::unique_ptr<ScopeState> stored = desk.store.state().Of(family);
  std::vector<Id> people = RestrictedReaders(directory, directory.seq(), *stored, now_ms);
  std::vector<PublicKey> recipients = BoxKeysOf(directory, people);
  absl::StatusOr<std::set<Id>> written = Written(desk, family, known, *stored);
  if (!written.ok()) return written.status();
  for (const Id& uid : known.sealed) {
    absl::StatusOr<const Secret*> key = readers.ContentKey(family, uid, now_ms);
    if (!key.ok()) continue;  // another reader's device owes it
    absl::StatusOr<std::optional<Entry>> entry = desk.store.log().FindUid(family, uid);
    if (!entry.ok()) return entry.status();
    if (!*entry) continue;
    ChangesetPlace place{desk.tenant().bytes, family.bytes, uid.bytes};
    for (const PublicKey& recipient : recipients) {
      if (HasRightWrap(**key, place, recipient, (*entry)->changeset)) continue;
      absl::StatusOr<WrapBytes> wrap = MakeWrap(**key, place, recipient);
      if (!wrap.ok()) continue;
      Id name = DeriveRecipientId(recipient);
      Id id = DeriveShareId(uid, name, View(*wrap));
      bool there = stored->Find(ShareType(desk.catalog()).number, id) != nullptr;
      if (there || !written->insert(id).second) continue;
      owed[name].push_back(ShareOf(desk.catalog(), uid, name, *wrap));
    }
  }
  if (!stored->status().ok()) return stored->status();
  known.settled = owed.empty();
  known.directory_hash = directory.hash();
  return owed;
}

}  // namespace doorstep::client
