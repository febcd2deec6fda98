#include "client-core/store/store.h"

#include <cassert>
#include <utility>

#include "client-core/store/limits.h"
#include "client-core/store/schema.h"
#include "crypto/reason.h"
#include "model/planted.h"

namespace doorstep::client {
namespace {

void AddKeys(const Changeset& changeset, std::set<std::pair<uint32_t, Id>>& keys) {
  for (const v1::RecordChange& change : changeset.body.changes()) {
    if (std::optional<Id> id = Id::FromBytes(change.id())) keys.insert({change.type(), *id});
  }
}

template <size_t N>
absl::Status ReadMeta(const Meta& meta, std::string_view name, Bytes<N>& out) {
  absl::StatusOr<std::optional<std::string>> value = meta.Get(name);
  if (!value.ok()) return value.status();
  if (!*value || !CopyExactly(**value, out)) {
    return MakeStatus(Reason::kIntegrity, "store: it does not say whose it is");
  }
  return absl::OkStatus();
}

absl::Status WriteIdentity(Meta& meta, const StoreIdentity& identity, const Catalog& catalog) {
  absl::Status status = meta.Set(meta::kTenant, identity.tenant.view());
  if (status.ok()) status = meta.Set(meta::kDevice, identity.device.view());
  if (status.ok()) status = meta.Set(meta::kGenesisRoot, View(identity.genesis_root));
  if (status.ok()) status = meta.SetInt(meta::kIndexedSchema, catalog.schema());
  return status;
}

absl::StatusOr<StoreIdentity> ReadIdentity(const Meta& meta) {
  StoreIdentity identity;
  absl::Status status = ReadMeta(meta, meta::kTenant, identity.tenant.bytes);
  if (status.ok()) status = ReadMeta(meta, meta::kDevice, identity.device.bytes);
  if (status.ok()) status = ReadMeta(meta, meta::kGenesisRoot, identity.genesis_root);
  if (!status.ok()) return status;
  return identity;
}

}  // namespace

// ---- Opening ----------------------------------------------------------------------------------

Store::Store(std::unique_ptr<Database> database, const StoreIdentity& identity,
             const Catalog& catalog, LocalJudge judge)
    : database_(std::move(database)),
      identity_(identity),
      catalog_(catalog),
      meta_(*database_),
      log_(*database_, identity_.tenant),
      state_(*database_, log_),
      outbox_(*database_, catalog_),
      overlay_(
          log_, state_, outbox_,
          judge ? std::move(judge)
                : LocalJudge([this](ScopeState& scope, const Changeset& changeset, int64_t now_ms) {
                    return Judge({catalog_, *directory_, directory_->seq(), now_ms}, scope,
                                 changeset);
                  })),
      drafts_(*database_),
      field_index_(*database_, catalog_),
      search_(*database_, log_, meta_, catalog_),
      attachments_(*database_),
      query_(*database_, log_, state_, outbox_, overlay_, catalog_) {}

Store::~Store() = default;

absl::StatusOr<std::unique_ptr<Store>> Store::Begin(std::unique_ptr<Database> database,
                                                    const StoreIdentity& identity,
                                                    const Catalog& catalog, LocalJudge judge) {
  std::unique_ptr<Store> store(new Store(std::move(database), identity, catalog, std::move(judge)));
  absl::Status status = store->Load();
  if (!status.ok()) return status;
  absl::StatusOr<std::optional<int64_t>> indexed = store->meta_.GetInt(meta::kIndexedSchema);
  if (!indexed.ok()) return indexed.status();
  if (*indexed != catalog.schema()) status = store->IndexAnew();
  if (!status.ok()) return status;
  return store;
}

absl::StatusOr<std::unique_ptr<Store>> Store::Create(const std::string& folder, const Secret& key,
                                                     const StoreIdentity& identity,
                                                     const Catalog& catalog, LocalJudge judge) {
  absl::StatusOr<std::unique_ptr<Database>> database =
      Database::Create(folder, key, StoreSchema(), [&](Database& fresh) {
        Meta meta(fresh);
        return WriteIdentity(meta, identity, catalog);
      });
  if (!database.ok()) return database.status();
  return Begin(*std::move(database), identity, catalog, std::move(judge));
}

absl::StatusOr<std::unique_ptr<Store>> Store::Open(const std::string& folder, const Secret& key,
                                                   const StoreIdentity& identity,
                                                   const Catalog& catalog, LocalJudge judge) {
  absl::StatusOr<std::unique_ptr<Database>> database = Database::Open(folder, key, StoreSchema());
  if (!database.ok()) return database.status();
  absl::StatusOr<StoreIdentity> stored = ReadIdentity(Meta(**database));
  if (!stored.ok()) return stored.status();
  if (stored->tenant != identity.tenant || stored->device != identity.device ||
      stored->genesis_root != identity.genesis_root) {
    return MakeStatus(Reason::kKey, "store: this is the file of another device");
  }
  return Begin(*std::move(database), identity, catalog, std::move(judge));
}

absl::StatusOr<std::unique_ptr<Store>> Store::CreateInMemory(const StoreIdentity& identity,
                                                             const Catalog& catalog,
                                                             LocalJudge judge) {
  absl::StatusOr<std::unique_ptr<Database>> database = Database::OpenInMemory(StoreSchema());
  if (!database.ok()) return database.status();
  Meta meta(**database);
  absl::Status status = WriteIdentity(meta, identity, catalog);
  if (!status.ok()) return status;
  return Begin(*std::move(database), identity, catalog, std::move(judge));
}

absl::StatusOr<std::unique_ptr<Store>> Store::OpenImage(std::string_view image,
                                                        const Catalog& catalog, LocalJudge judge) {
  absl::StatusOr<std::unique_ptr<Database>> database = Database::OpenImage(image, StoreSchema());
  if (!database.ok()) return database.status();
  absl::StatusOr<StoreIdentity> identity = ReadIdentity(Meta(**database));
  if (!identity.ok()) return identity.status();
  return Begin(*std::move(database), *identity, catalog, std::move(judge));
}

absl::Status Store::Load() {
  overlay_.ForgetAll();
  outbox_.Reload();
  absl::Status status = log_.Load();
  if (status.ok()) status = search_.Load();
  if (!status.ok()) return status;
  if (directory_ != nullptr && !directory_moved_) return status;
  absl::StatusOr<Directory> replayed = ReplayDirectory();
  if (!replayed.ok()) return replayed.status();
  directory_ = std::make_unique<Directory>(*std::move(replayed));
  directory_moved_ = false;
  return status;
}

absl::StatusOr<Directory> Store::ReplayDirectory() const {
  Directory directory(identity_.tenant, identity_.genesis_root);
  absl::Status status = log_.ForEach(identity_.tenant, 1, kSeqMax, [&](const Entry& entry) {
    directory.Fold(entry);
    return true;
  });
  if (!status.ok()) return status;
  return directory;
}

// ---- Transactions -----------------------------------------------------------------------------

absl::Status Store::InTransaction(absl::FunctionRef<absl::Status()> change) {
  absl::Status status;
  {
    Transaction transaction(*database_);
    if (!transaction.status().ok()) return transaction.status();
    status = change();
    if (status.ok()) status = transaction.Commit();
  }
  if (status.ok()) {
    directory_moved_ = false;
    return status;
  }
  // What was told first counts; if even this cannot be read, the next call meets that.
  Load().IgnoreError();
  return status;
}

absl::Status Store::Join(absl::FunctionRef<absl::Status()> change) {
  return database_->in_transaction() ? change() : InTransaction(change);
}

// ---- Indexes of what is seen ------------------------------------------------------------------

absl::Status Store::IndexRecord(ScopeState& seen, uint32_t type, const Id& id) {
  const ScopeRow* row = log_.Find(seen.scope());
  assert(row != nullptr);
  const Record* record = seen.Find(type, id);
  if (!seen.status().ok()) return seen.status();
  absl::StatusOr<std::optional<SeenRow>> there = field_index_.Find(row->key, type, id);
  if (!there.ok()) return there.status();
  const int64_t text_row = *there ? (*there)->text_row : 0;
  if (record == nullptr) {
    absl::Status status = search_.Drop(text_row);
    return status.ok() ? field_index_.Drop(row->key, type, id) : status;
  }
  if (const RecordType* known = catalog_.Find(type)) {
    absl::Status noted = attachments_.NoteRecord(seen.scope(), *known, *record);
    if (!noted.ok()) return noted;
  }
  absl::StatusOr<int64_t> texts = search_.Put(row->key, *record, text_row);
  return texts.ok() ? field_index_.Put(row->key, *record, *there, *texts) : texts.status();
}

absl::Status Store::Index(ScopeState& seen, const Keys& keys) {
  absl::Status status;
  for (const auto& [type, id] : keys) {
    if (status.ok()) status = IndexRecord(seen, type, id);
  }
  return status;
}

absl::StatusOr<Store::Keys> Store::Touched(const Id& scope, int64_t now_ms) {
  absl::StatusOr<Outbox::Counts> rows = outbox_.CountOf(scope);
  if (!rows.ok()) return rows.status();
  if (rows->all == 0) return Keys();
  absl::StatusOr<OverlayScope*> seen = overlay_.Of(scope, now_ms);
  if (!seen.ok()) return seen.status();
  return (*seen)->touched;
}

absl::Status Store::IndexAfter(const Id& scope, Keys keys, int64_t now_ms) {
  overlay_.Forget(scope);
  absl::StatusOr<OverlayScope*> seen = overlay_.Of(scope, now_ms);
  if (!seen.ok()) return seen.status();
  keys.insert((*seen)->touched.begin(), (*seen)->touched.end());
  return Index(*(*seen)->state, keys);
}

absl::Status Store::IndexWhole(const Id& scope, int64_t now_ms) {
  absl::Status status = DropIndexes(scope);
  if (!status.ok()) return status;
  overlay_.Forget(scope);
  absl::StatusOr<OverlayScope*> seen = overlay_.Of(scope, now_ms);
  if (!seen.ok()) return seen.status();
  absl::StatusOr<std::vector<RecordPlace>> story = query_.Story(scope, now_ms);
  if (!story.ok()) return story.status();
  for (const RecordPlace& place : *story) {
    if (status.ok()) status = IndexRecord(*(*seen)->state, place.type, place.id);
  }
  return status;
}

absl::Status Store::DropIndexes(const Id& scope) {
  const ScopeRow* row = log_.Find(scope);
  if (row == nullptr) return absl::OkStatus();
  absl::Status status = search_.DropScope(row->key);
  return status.ok() ? field_index_.DropScope(row->key) : status;
}

absl::Status Store::IndexAnew() {
  // Nothing has lapsed at time 0: what the outbox holds is shown, and judged anew at the next page.
  absl::Status status = InTransaction([&] {
    for (const ScopeRow& row : log_.Scopes()) {
      absl::Status indexed = IndexWhole(row.scope, 0);
      if (!indexed.ok()) return indexed;
    }
    return meta_.SetInt(meta::kIndexedSchema, catalog_.schema());
  });
  overlay_.ForgetAll();
  return status;
}

absl::Status Store::MoveDirectory(absl::FunctionRef<absl::Status()> move, int64_t now_ms) {
  // Another place in the directory judges own rows of every scope anew.
  absl::StatusOr<std::vector<Id>> scopes = outbox_.Scopes();
  if (!scopes.ok()) return scopes.status();
  std::vector<std::pair<Id, Keys>> before;
  for (const Id& scope : *scopes) {
    absl::StatusOr<Keys> touched = Touched(scope, now_ms);
    if (!touched.ok()) return touched.status();
    before.emplace_back(scope, *std::move(touched));
  }
  directory_moved_ = true;
  absl::Status status = move();
  overlay_.ForgetAll();
  for (auto& [scope, keys] : before) {
    if (status.ok()) status = IndexAfter(scope, std::move(keys), now_ms);
  }
  return status;
}

// ---- Changes ----------------------------------------------------------------------------------

absl::Status Store::Commit(const Changeset& changeset, const Judgement& expected,
                           std::string_view ends_draft, int64_t now_ms) {
  return Join([&] {
    absl::StatusOr<ScopeRow> scope = log_.Ensure(changeset.scope);
    if (!scope.ok()) return scope.status();
    absl::StatusOr<OverlayScope*> seen = overlay_.Of(changeset.scope, now_ms);
    if (!seen.ok()) return seen.status();
    absl::StatusOr<OutboxRow> row = outbox_.AddOwn(changeset, now_ms);
    if (!row.ok()) return row.status();
    Keys keys;
    if (expected.verdict == v1::APPLIED) {
      AddKeys(changeset, keys);
      for (const Id& uid : expected.released) {
        const HeldWork* held = (*seen)->state->FindHeld(uid);
        if (held != nullptr) AddKeys(held->changeset, keys);
      }
    }
    absl::Status status = overlay_.Append(*row, changeset, expected);
    if (status.ok()) status = Index(*(*seen)->state, keys);
    if (status.ok() && !ends_draft.empty()) status = drafts_.Remove(ends_draft);
    return status;
  });
}

absl::Status Store::WriteEntries(const Id& scope, std::span<const Entry> entries,
                                 const SignedHead& head) {
  absl::StatusOr<ScopeRow> row = log_.Ensure(scope);
  if (!row.ok()) return row.status();
  absl::Status status = log_.ClearFlag(scope, kPurged);  // it was lost, and is given back
  if (status.ok()) status = log_.Append(scope, entries);
  return status.ok() ? log_.PutHead(head) : status;
}

absl::Status Store::WriteFolded(const Id& scope, std::span<const Entry> entries, ScopeState& folded,
                                int64_t now_ms) {
  absl::StatusOr<Keys> keys = Touched(scope, now_ms);
  if (!keys.ok()) return keys.status();
  absl::Status status = state_.Save(folded);
  for (const Entry& entry : entries) {
    if (status.ok()) status = outbox_.Remove(scope, entry.changeset.uid);
  }
  if (!status.ok()) return status;
  folded.ForEachChanged([&](const Record& record) { keys->insert({record.type, record.id}); });
  if (scope == identity_.tenant) {
    overlay_.Forget(scope);
    status = MoveDirectory(
        [&] {
          for (const Entry& entry : entries) directory_->Fold(entry);
          return absl::OkStatus();
        },
        now_ms);
    if (!status.ok()) return status;
  }
  absl::StatusOr<Outbox::Counts> rows = outbox_.CountOf(scope);
  if (!rows.ok()) return rows.status();
  if (rows->all > 0) return IndexAfter(scope, *std::move(keys), now_ms);
  overlay_.Forget(scope);
  return Index(folded, *keys);  // nothing lies on top of it
}

absl::Status Store::PutPage(const Id& scope, std::span<const Entry> entries, const SignedHead& head,
                            ScopeState& folded, int64_t now_ms) {
  assert(folded.scope() == scope);
  if (Planted(Fault::kPageAndCursor) && !database_->in_transaction()) {
    absl::Status first = InTransaction([&] { return WriteEntries(scope, entries, head); });
    if (!first.ok()) return first;
    return InTransaction([&] { return WriteFolded(scope, entries, folded, now_ms); });
  }
  return Join([&] {
    absl::Status status = WriteEntries(scope, entries, head);
    return status.ok() ? WriteFolded(scope, entries, folded, now_ms) : status;
  });
}

absl::Status Store::PutBareHead(const SignedHead& head) {
  return Join([&] {
    absl::StatusOr<ScopeRow> row = log_.Ensure(head.scope);
    return row.ok() ? log_.PutHead(head) : row.status();
  });
}

absl::Status Store::Cut(const Id& scope, uint64_t common, int64_t now_ms) {
  absl::Status status = log_.Truncate(scope, common);
  if (!status.ok()) return status;
  absl::StatusOr<Hash32> digest = state_.Refold(scope);
  if (!digest.ok()) return digest.status();
  status = outbox_.ForgetAnswers(scope);
  if (status.ok()) status = attachments_.ForgetAtOffice(scope);
  if (!status.ok()) return status;
  if (scope == identity_.tenant) {
    status = MoveDirectory(
        [&] {
          absl::StatusOr<Directory> directory = ReplayDirectory();
          if (directory.ok()) *directory_ = *std::move(directory);
          return directory.status();
        },
        now_ms);
    if (!status.ok()) return status;
  }
  return IndexWhole(scope, now_ms);
}

absl::Status Store::CarryAbove(const Id& scope, uint64_t common, int64_t now_ms) {
  std::vector<Entry> above;
  absl::Status status = log_.ForEach(scope, common + 1, kSeqMax, [&](Entry entry) {
    above.push_back(std::move(entry));
    return true;
  });
  if (!status.ok()) return status;
  auto carry = [&]() -> absl::Status {
    if (Planted(Fault::kCarriedAtMismatch)) return absl::OkStatus();
    return outbox_.AddCarried(scope, above, now_ms);
  };
  auto cut = [&] { return Cut(scope, common, now_ms); };
  if (Planted(Fault::kCarryAtomic) && !database_->in_transaction()) {
    absl::Status first = InTransaction(cut);
    if (!first.ok()) return first;
    return InTransaction([&] {
      absl::Status carried = carry();
      return carried.ok() ? IndexWhole(scope, now_ms) : carried;
    });
  }
  return Join([&] {
    absl::Status carried = carry();
    return carried.ok() ? cut() : carried;
  });
}

absl::StatusOr<Hash32> Store::Refold(const Id& scope, int64_t now_ms) {
  Hash32 digest{};
  absl::Status status = Join([&] {
    absl::StatusOr<Hash32> refolded = state_.Refold(scope);
    if (!refolded.ok()) return refolded.status();
    digest = *refolded;
    return IndexWhole(scope, now_ms);
  });
  if (!status.ok()) return status;
  return digest;
}

absl::Status Store::RemoveDelivered(const Id& scope, const Id& uid, int64_t now_ms) {
  return Join([&] {
    const ScopeRow* row = log_.Find(scope);
    absl::StatusOr<Keys> keys = Touched(scope, now_ms);
    if (!keys.ok()) return keys.status();
    absl::Status status = outbox_.Remove(scope, uid);
    if (!status.ok() || row == nullptr) return status;
    status = IndexAfter(scope, *std::move(keys), now_ms);
    if (!status.ok() || !row->Has(kPurged)) return status;
    absl::StatusOr<Outbox::Counts> left = outbox_.CountOf(scope);
    if (!left.ok()) return left.status();
    if (left->all > 0) return status;
    overlay_.Forget(scope);
    return log_.Forget(scope);
  });
}

absl::Status Store::SaveAnswer(const OutboxRow& row, int64_t now_ms) {
  return Join([&] {
    absl::StatusOr<std::optional<OutboxRow>> before = outbox_.Find(row.scope, row.uid);
    if (!before.ok()) return before.status();
    if (!*before) return MakeStatus(Reason::kNotFound, "outbox: no such row");
    const bool had_effect = (*before)->answer != Answer::kUnsendable;
    if (had_effect == (row.answer != Answer::kUnsendable) || log_.Find(row.scope) == nullptr) {
      overlay_.NoteAnswer(row);
      return outbox_.SaveAnswer(row);
    }
    absl::StatusOr<Keys> keys = Touched(row.scope, now_ms);
    if (!keys.ok()) return keys.status();
    absl::Status status = outbox_.SaveAnswer(row);
    return status.ok() ? IndexAfter(row.scope, *std::move(keys), now_ms) : status;
  });
}

}  // namespace doorstep::client
