#include "sync-server/admin/ceremony_recovery.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "absl/functional/function_ref.h"
#include "crypto/reason.h"
#include "crypto/restricted.h"
#include "doorstep/v1/records.pb.h"
#include "model/authority.h"
#include "model/catalog.h"
#include "model/log.h"
#include "model/scanner.h"
#include "sync-server/admin/export.h"
#include "sync-server/admin/verify.h"

namespace doorstep::server {
namespace {

struct SealedWrite {
  WritePlace place;
  std::string value;
};

// A changeset that holds sealed words, with what this key needs of it.
struct Restricted {
  ChangesetPlace place;
  std::vector<SealedWrite> writes;
  std::optional<std::string> wrap;  // for the recovery key
};

struct Contents {
  Id tenant;
  std::unique_ptr<Directory> directory;
  std::vector<Restricted> restricted;
};

std::optional<Restricted> RestrictedIn(const Id& tenant, const Changeset& changeset,
                                       const Hash16& recipient) {
  Restricted out;
  out.place = {tenant.bytes, changeset.scope.bytes, changeset.uid.bytes};
  uint32_t index = 0;
  for (const v1::RecordChange& change : changeset.body.changes()) {
    for (const v1::FieldWrite& write : change.writes()) {
      const FieldType* field = Catalog::Get().FindField(change.type(), write.field());
      if (field != nullptr && field->cls == v1::RESTRICTED && !write.value().empty()) {
        WritePlace place{out.place, index, change.type(), {}, write.field()};
        if (CopyExactly(change.id(), place.record)) out.writes.push_back({place, write.value()});
      }
      ++index;
    }
  }
  if (out.writes.empty()) return std::nullopt;
  for (const v1::Wrap& wrap : changeset.body.wraps()) {
    if (wrap.recipient() == View(recipient)) out.wrap = wrap.sealed();
  }
  return out;
}

// Of an export that VerifyExport found right.
absl::StatusOr<Contents> ReadContents(std::string_view bytes, const Secret& box_seed) {
  const Verification verified = VerifyExport(bytes);
  if (verified.fault) {
    return MakeStatus(Reason::kIntegrity, "this export is not right: " + verified.fault->why);
  }
  const Hash16 recipient = RecipientId(BoxPublicKey(box_seed));
  ExportReader reader(bytes);
  const auto beginning = reader.ReadBeginning();
  Contents out;
  out.tenant = beginning->tenant;
  out.directory = std::make_unique<Directory>(beginning->tenant, beginning->genesis_root);
  while (!reader.AtEnd()) {
    const auto log = reader.ReadLog();
    Hash32 hash = EmptyLogHash(out.tenant, log->scope);
    for (uint64_t n = 0; n < log->entries; ++n) {
      const auto item = reader.ReadItem();
      v1::LogEntry wire;
      if (absl::Status status = ParseMessage(item->entry, wire); !status.ok()) return status;
      absl::StatusOr<Entry> entry = DecodeEntry(wire);
      if (!entry.ok()) return entry.status();
      ChainEntry(out.tenant, hash, *entry);
      hash = entry->hash;
      if (log->scope == out.tenant) {
        out.directory->Fold(*entry);
      } else if (auto sealed = RestrictedIn(out.tenant, entry->changeset, recipient)) {
        out.restricted.push_back(*std::move(sealed));
      }
    }
    reader.ReadHead();
  }
  return out;
}

bool Opens(const Restricted& sealed, const Secret& box_seed) {
  const absl::StatusOr<Secret> key = OpenWrap(box_seed, sealed.place, *sealed.wrap);
  if (!key.ok()) return false;
  return std::all_of(sealed.writes.begin(), sealed.writes.end(), [&](const SealedWrite& write) {
    return OpenRestricted(*key, write.place, write.value).ok();
  });
}

}  // namespace

absl::StatusOr<Drill> DrillRecoveryKey(std::string_view export_bytes, const Secret& box_seed,
                                       uint64_t sample, Random& random) {
  absl::StatusOr<Contents> contents = ReadContents(export_bytes, box_seed);
  if (!contents.ok()) return contents.status();
  std::vector<Restricted>& all = contents->restricted;
  Drill drill;
  drill.restricted = all.size();
  // Fisher and Yates, as far as the sample goes; 8 random bytes hide the bias of the remainder.
  for (size_t n = 0; n < all.size() && n < sample; ++n) {
    const Bytes<8> drawn = random.Make<8>();
    uint64_t number = 0;
    for (const uint8_t byte : drawn) number = number << 8 | byte;
    std::swap(all[n], all[n + number % (all.size() - n)]);
  }
  for (size_t n = 0; n < all.size() && n < sample; ++n) {
    const Id uid{all[n].place.uid};
    ++drill.tried;
    if (!all[n].wrap) {
      drill.without_wrap.push_back(uid);
    } else if (Opens(all[n], box_seed)) {
      ++drill.opened;
    } else {
      drill.wrong.push_back(uid);
    }
  }
  return drill;
}

absl::StatusOr<std::string> OpenForDevice(std::string_view export_bytes, const Secret& box_seed,
                                          const Id& device) {
  const absl::StatusOr<Contents> contents = ReadContents(export_bytes, box_seed);
  if (!contents.ok()) return contents.status();
  const Directory& directory = *contents->directory;
  const std::optional<DeviceView> reader = directory.FindDevice(device, directory.seq());
  if (!reader || !reader->counts) {
    return MakeStatus(Reason::kDenied, "device " + device.short_hex() + " does not count");
  }
  std::string out(kSharesMagic);
  AppendLp(out, contents->tenant.view());
  for (const Restricted& sealed : contents->restricted) {
    if (!sealed.wrap) continue;
    const absl::StatusOr<Secret> key = OpenWrap(box_seed, sealed.place, *sealed.wrap);
    if (!key.ok()) continue;
    const absl::StatusOr<WrapBytes> wrap = MakeWrap(*key, sealed.place, reader->box_pk);
    if (!wrap.ok()) return wrap.status();
    v1::Share share;
    share.set_changeset(std::string(View(sealed.place.uid)));
    share.set_recipient(std::string(View(RecipientId(reader->box_pk))));
    share.set_wrap(std::string(View(*wrap)));
    AppendLp(out, share.SerializeAsString());
  }
  return out;
}

}  // namespace doorstep::server
