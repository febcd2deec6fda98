#include "client-core/client/purge.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client-core/client/commit.h"
#include "crypto/primitives.h"
#include "crypto/reason.h"
#include "doorstep/v1/records.pb.h"
#include "model/log.h"
#include "model/value.h"

namespace doorstep::client {
namespace {

// A receipt that is owed: name "receipt/" and the family's bytes; value the fields of it that are
// known before the bytes are gone, as a PurgeReceipt.
constexpr std::string_view kReceipt = "receipt/";
constexpr std::string_view kHasArchive = "has_archive";

std::string NameOf(std::string_view beginning, const Id& id) {
  return absl::StrCat(std::string(beginning), id.str());
}

absl::StatusOr<uint32_t> CountRecords(Store& store, const Id& family) {
  uint32_t records = 0;
  absl::Status read = store.state().ForEachKey(family, [&](const State::RecordKey&) { ++records; });
  if (!read.ok()) return read;
  return records;
}

absl::StatusOr<PublicKey> IngestKey(const Directory& directory) {
  std::vector<ServerKeysView> keys = directory.CountingServerKeys(directory.seq());
  if (keys.empty()) return MakeStatus(Reason::kState, "the directory names no key of the server");
  return keys.back().ingest_pk;
}

absl::Status RememberLoss(Store& store, const Id& family, const std::vector<Changeset>& endings,
                          const std::set<Id>& assignments, const v1::PurgeReceipt& receipt,
                          int64_t now_ms) {
  std::vector<Entry> kept;
  for (const Changeset& ending : endings) {
    absl::StatusOr<std::optional<Entry>> there = store.log().FindUid(family, ending.uid);
    if (!there.ok()) return there.status();
    if (*there) continue;
    Entry entry;
    entry.changeset = ending;
    kept.push_back(std::move(entry));
  }
  return store.InTransaction([&] {
    absl::Status done = store.outbox().AddCarried(family, kept, now_ms);
    if (done.ok()) done = store.log().SetFlag(family, kEndedSeen);
    for (const Id& assignment : assignments) {
      if (done.ok()) done = store.meta().Set(NameOf(meta::kEnding, assignment), family.view());
    }
    if (done.ok()) done = store.meta().Set(NameOf(kReceipt, family), receipt.SerializeAsString());
    return done;
  });
}

absl::Status WriteReceipt(const Desk& desk, Readers& readers, const v1::PurgeReceipt& receipt,
                          const Id& family, int64_t now_ms) {
  v1::RecordChange change;
  change.set_type(desk.catalog().Find(v1::PurgeReceipt::descriptor()->name())->number);
  change.set_id(std::string(View(desk.random.Make<16>())));
  auto write = [&](uint32_t field, std::string value) {
    v1::FieldWrite* added = change.add_writes();
    added->set_field(field);
    added->set_value(std::move(value));
  };
  using Receipt = v1::PurgeReceipt;
  write(Receipt::kFamilyFieldNumber, EncodeBytes(Receipt::kFamilyFieldNumber, family.view()));
  if (receipt.has_assignment()) {
    write(Receipt::kAssignmentFieldNumber,
          EncodeBytes(Receipt::kAssignmentFieldNumber, receipt.assignment()));
  }
  write(Receipt::kRecordsFieldNumber,
        EncodeNumber(Receipt::kRecordsFieldNumber, receipt.records()));
  write(Receipt::kAttachmentsFieldNumber,
        EncodeNumber(Receipt::kAttachmentsFieldNumber, receipt.attachments()));
  write(Receipt::kUnsentFieldNumber, EncodeNumber(Receipt::kUnsentFieldNumber, receipt.unsent()));
  absl::StatusOr<Prepared> prepared =
      PrepareChanges(desk, readers, desk.device(), {change}, now_ms);
  if (!prepared.ok()) return prepared.status();
  return desk.store.InTransaction([&] {
    absl::Status done = Keep(desk, *prepared, "", now_ms);
    return done.ok() ? desk.store.meta().Remove(NameOf(kReceipt, family)) : done;
  });
}

// Rows that wait, sealed, of a family that is gone.
absl::StatusOr<uint32_t> CountUnsent(Store& store, const Id& family) {
  absl::StatusOr<Outbox::Counts> rows = store.outbox().CountOf(family);
  if (!rows.ok()) return rows.status();
  return static_cast<uint32_t>(rows->all);
}

}  // namespace

absl::StatusOr<bool> HasArchive(Store& store) {
  absl::StatusOr<std::optional<int64_t>> told = store.meta().GetInt(kHasArchive);
  if (!told.ok()) return told.status();
  if (told->value_or(0) != 0) return true;
  for (const ScopeRow& row : store.log().Scopes()) {
    if (row.archived_seq == 0) continue;
    absl::Status noted = store.meta().SetInt(kHasArchive, 1);
    if (!noted.ok()) return noted;
    return true;
  }
  return false;
}

absl::Status PurgeFamily(const Desk& desk, Readers& readers, const Id& family,
                         const std::vector<Changeset>& endings, const std::set<Id>& assignments,
                         int64_t now_ms) {
  absl::StatusOr<PublicKey> ingest = IngestKey(desk.directory());
  if (!ingest.ok()) return ingest.status();
  absl::StatusOr<uint32_t> records = CountRecords(desk.store, family);
  if (!records.ok()) return records.status();
  absl::StatusOr<bool> archive = HasArchive(desk.store);
  if (!archive.ok()) return archive.status();
  v1::PurgeReceipt receipt;
  absl::StatusOr<uint32_t> files = desk.store.attachments().CountOf(family);
  if (!files.ok()) return files.status();
  receipt.set_records(*records);
  receipt.set_attachments(*files);
  if (!assignments.empty()) receipt.set_assignment(assignments.rbegin()->str());
  absl::Status done = RememberLoss(desk.store, family, endings, assignments, receipt, now_ms);
  if (!done.ok()) return done;
  auto seal = [&](const v1::SignedChangeset& changeset) -> absl::StatusOr<std::string> {
    Bytes<32> seed = desk.random.Make<32>();
    return BoxSeal(*ingest, changeset.SerializeAsString(), seed);
  };
  absl::StatusOr<Store::Kept> kept = desk.store.Purge(
      family, *archive ? Store::Archive::kKept : Store::Archive::kNone, seal, now_ms);
  if (!kept.ok()) return kept.status();
  receipt.set_unsent(static_cast<uint32_t>(kept->uids.size()));
  return WriteReceipt(desk, readers, receipt, family, now_ms);
}

absl::Status ResumePurges(const Desk& desk, Readers& readers, int64_t now_ms) {
  absl::StatusOr<std::vector<std::string>> names = desk.store.meta().Names(kReceipt);
  if (!names.ok()) return names.status();
  for (const std::string& name : *names) {
    std::optional<Id> family = Id::FromBytes(name.substr(kReceipt.size()));
    absl::StatusOr<std::optional<std::string>> value = desk.store.meta().Get(name);
    if (!value.ok()) return value.status();
    v1::PurgeReceipt receipt;
    const ScopeRow* row = family ? desk.store.log().Find(*family) : nullptr;
    bool still_here = row != nullptr && row->seq > 0;  // it broke off before anything was destroyed
    if (!family || !*value || !receipt.ParseFromString(**value) || still_here) continue;
    absl::Status cut = desk.store.database().CheckpointTruncate();
    if (!cut.ok()) return cut;
    absl::StatusOr<uint32_t> unsent = CountUnsent(desk.store, *family);
    if (!unsent.ok()) return unsent.status();
    receipt.set_unsent(*unsent);
    absl::Status written = WriteReceipt(desk, readers, receipt, *family, now_ms);
    if (!written.ok()) return written;
  }
  return absl::OkStatus();
}

}  // namespace doorstep::client
