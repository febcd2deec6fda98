#include "client-core/client/commit.h"

#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client-core/client/authority_view.h"
#include "client-core/client/edits.h"
#include "client-core/client/subject.h"
#include "client-core/client/words.h"
#include "crypto/reason.h"
#include "model/authority.h"
#include "model/rules_entry.h"

namespace doorstep::client {
namespace {

using Scopes = v1::RecordRule;

absl::StatusOr<bool> MayWrite(const Desk& desk) {
  absl::StatusOr<std::optional<int64_t>> found = desk.store.meta().GetInt(meta::kFoundCounting);
  if (!found.ok()) return found.status();
  return found->value_or(0) != 0;
}

// Whether anything of a scope is here that one could write into.
absl::StatusOr<bool> IsHere(const Desk& desk, const Id& scope) {
  if (!desk.IsFamily(scope)) return true;
  const ScopeRow* row = desk.store.log().Find(scope);
  if (row != nullptr && (row->Has(kHidden) || row->Has(kPurged))) return false;
  if (row != nullptr && row->seq > 0) return true;
  absl::StatusOr<Outbox::Counts> rows = desk.store.outbox().CountOf(scope);
  if (!rows.ok()) return rows.status();
  return rows->all > 0;
}

absl::StatusOr<Id> IdOf(const RecordType& type, const v1::RecordEdit& edit, const Desk& desk,
                        const Id& scope) {
  switch (type.singleton) {
    case Scopes::SCOPE_ID:
      if (edit.id().empty()) return scope;
      break;
    case Scopes::TENANT_ID:
      if (edit.id().empty()) return desk.tenant();
      break;
    default:
      break;
  }
  if (edit.id().empty()) return Id{desk.random.Make<16>()};
  std::optional<Id> id = Id::FromBytes(edit.id());
  if (!id || id->is_zero()) return MakeStatus(Reason::kArg, "an id is 16 bytes, not all zero");
  return *id;
}

// The scope that an edit's records can live in, where the edit names none.
absl::StatusOr<Id> ScopeOf(const Desk& desk, const v1::Edits& edits) {
  if (!edits.scope().empty()) {
    std::optional<Id> scope = Id::FromBytes(edits.scope());
    if (!scope || scope->is_zero()) return MakeStatus(Reason::kArg, "a scope is 16 bytes");
    return *scope;
  }
  std::set<Id> families;
  std::set<Scopes::Scope> kinds;
  for (const v1::RecordEdit& edit : edits.records()) {
    absl::StatusOr<const RecordType*> type =
        TypeNamed(desk.catalog(), edit.type(), edit.type_name());
    if (!type.ok()) return type.status();
    kinds.insert((*type)->scope);
    std::optional<Id> id = Id::FromBytes(edit.id());
    if ((*type)->scope != Scopes::FAMILY || !id) continue;
    absl::StatusOr<std::vector<Id>> scopes = desk.store.query().ScopesOf((*type)->number, *id);
    if (!scopes.ok()) return scopes.status();
    families.insert(scopes->begin(), scopes->end());
  }
  if (kinds.size() == 1 && *kinds.begin() == Scopes::DIRECTORY) return desk.tenant();
  if (kinds.size() == 1 && *kinds.begin() == Scopes::JOURNAL) return desk.device();
  if (families.size() == 1) return *families.begin();
  return MakeStatus(Reason::kArg, "these edits do not say which family they are of");
}

// Draws edits onto a scope as the person sees it.
class Canvas {
 public:
  // `seen`: null for a scope that this changeset begins.
  Canvas(const Desk& desk, ScopeState* seen) : desk_(desk), seen_(seen) {}

  absl::StatusOr<v1::RecordChange> Draw(const RecordType& type, const Id& id,
                                        const v1::RecordEdit& edit) {
    v1::RecordChange change;
    change.set_type(type.number);
    change.set_id(id.str());
    const Record* record = seen_ == nullptr ? nullptr : seen_->Find(type.number, id);
    if (record == nullptr) {
      absl::Status own = CheckNotElsewhere(type, id);
      if (!own.ok()) return own;
    }
    std::set<uint32_t> written;
    for (const v1::FieldEdit& field_edit : edit.fields()) {
      absl::StatusOr<const FieldType*> field =
          FieldNamed(type, field_edit.field(), field_edit.name());
      if (!field.ok()) return field.status();
      if (!written.insert((*field)->number).second && (*field)->merge != v1::UNION) {
        return MakeStatus(Reason::kArg, "one field is written twice");
      }
      absl::StatusOr<v1::FieldWrite> write = WriteOf(**field, record, field_edit);
      if (!write.ok()) return write.status();
      *change.add_writes() = *std::move(write);
    }
    if (change.writes_size() == 0) return MakeStatus(Reason::kArg, "an edit without fields");
    return change;
  }

 private:
  absl::Status CheckNotElsewhere(const RecordType& type, const Id& id) {
    absl::StatusOr<std::vector<Id>> scopes = desk_.store.query().ScopesOf(type.number, id);
    if (!scopes.ok()) return scopes.status();
    if (scopes->empty()) return absl::OkStatus();
    return MakeStatus(Reason::kArg, "this record is of another family");
  }

  const Desk& desk_;
  ScopeState* seen_;
};

v1::EntryFinding FindingOf(const RecordType& type, const v1::RecordRef& record,
                           const EntryFinding& finding) {
  v1::EntryFinding out;
  *out.mutable_record() = record;
  out.set_field(finding.field);
  if (const FieldType* field = type.FindField(finding.field)) out.set_field_name(field->name);
  out.set_words(std::string(finding.words));
  out.set_refused(finding.refused);
  return out;
}

v1::Changeset BodyOf(const Desk& desk, const Id& scope, const Id& uid, int64_t now_ms) {
  v1::Changeset body;
  body.set_uid(uid.str());
  body.set_scope(scope.str());
  body.set_device(desk.device().str());
  body.set_actor(desk.user.str());
  body.set_schema(desk.catalog().schema());
  body.mutable_clock()->set_wall_ms(now_ms);
  absl::StatusOr<std::optional<int64_t>> offset = desk.store.meta().GetInt(meta::kClockOffset);
  if (offset.ok() && *offset) body.mutable_clock()->set_offset_ms(**offset);
  return body;
}

// The Assignments that a first entry needs, and the team where the person named none.
absl::Status CompleteFamily(const Desk& desk, v1::Changeset& body, int64_t now_ms) {
  const RecordType* family = nullptr;
  for (const RecordType& type : desk.catalog().types()) {
    if (type.singleton == Scopes::SCOPE_ID && type.scope == Scopes::FAMILY) family = &type;
  }
  v1::RecordChange* founding = nullptr;
  for (v1::RecordChange& change : *body.mutable_changes()) {
    if (family != nullptr && change.type() == family->number) founding = &change;
  }
  if (founding == nullptr) return MakeStatus(Reason::kArg, "a family begins with its own record");
  if (founding->id() != body.scope()) return MakeStatus(Reason::kArg, "a family's id is derived");
  Changeset first;
  first.body = body;
  first.scope = Id::FromBytes(body.scope()).value_or(Id{});
  std::optional<FamilyView> view = FamilyIn(first);
  Id team = view ? view->team : Id{};
  if (team.is_zero()) {
    team = desk.directory().TeamOf(desk.user, desk.directory().seq());
    *founding->add_writes() = TeamOfFamily(team);
  }
  std::vector<v1::RecordChange> assignments =
      FirstAssignments(desk.directory(), desk.directory().seq(), desk.user, team,
                       view ? view->barred_staff : std::set<Id>(), DayOf(now_ms), desk.random);
  for (v1::RecordChange& change : assignments) *body.add_changes() = std::move(change);
  return absl::OkStatus();
}

absl::StatusOr<Prepared> Seal(const Desk& desk, Readers& readers, v1::Changeset body,
                              std::vector<v1::RecordRef> records, int64_t now_ms) {
  absl::Status sealed = readers.Seal(body, now_ms);
  if (!sealed.ok()) return sealed;
  absl::StatusOr<Changeset> changeset =
      AuthorChangeset(desk.tenant(), body, desk.keys.parts().sign_seed);
  if (!changeset.ok()) return changeset.status();
  Prepared prepared;
  prepared.changeset = *std::move(changeset);
  prepared.records = std::move(records);
  absl::StatusOr<Judgement> expected = desk.store.overlay().Expect(prepared.changeset, now_ms);
  if (!expected.ok()) return expected.status();
  prepared.expected = *std::move(expected);
  return prepared;
}

}  // namespace

int32_t DayOf(int64_t now_ms) {
  constexpr int64_t kDayMs = 86'400'000;
  int64_t day = now_ms / kDayMs - (now_ms % kDayMs < 0 ? 1 : 0);
  return static_cast<int32_t>(day);
}

absl::StatusOr<Prepared> PrepareEdits(const Desk& desk, Readers& readers, const v1::Edits& edits,
                                      int64_t now_ms) {
  absl::StatusOr<bool> may = MayWrite(desk);
  if (!may.ok()) return may.status();
  if (!*may) {
    return MakeStatus(Reason::kState, "this device is not confirmed yet: ring your administrator");
  }
  if (edits.records_size() == 0) return MakeStatus(Reason::kArg, "edits without records");
  Id uid{desk.random.Make<16>()};
  Id scope = DeriveFamilyId(desk.tenant(), desk.device(), uid);
  ScopeState* seen = nullptr;
  if (!edits.begin_family()) {
    absl::StatusOr<Id> named = ScopeOf(desk, edits);
    if (!named.ok()) return named.status();
    scope = *named;
    absl::StatusOr<bool> here = IsHere(desk, scope);
    if (!here.ok()) return here.status();
    if (!*here) return WithSubject(MakeStatus(Reason::kNotFound, "this family is not here"), scope);
    absl::StatusOr<OverlayScope*> overlay = desk.store.overlay().Of(scope, now_ms);
    if (!overlay.ok()) return overlay.status();
    seen = (*overlay)->state.get();
  } else if (!edits.scope().empty()) {
    return MakeStatus(Reason::kArg, "a family's id is derived");
  }
  v1::Changeset body = BodyOf(desk, scope, uid, now_ms);
  Canvas canvas(desk, seen);
  std::vector<v1::RecordRef> records;
  std::vector<v1::EntryFinding> entries;
  const EntryRules entry_rules{desk.samples, DayOf(now_ms)};
  std::set<std::pair<uint32_t, Id>> drawn;
  for (const v1::RecordEdit& edit : edits.records()) {
    absl::StatusOr<const RecordType*> type =
        TypeNamed(desk.catalog(), edit.type(), edit.type_name());
    if (!type.ok()) return type.status();
    absl::StatusOr<Id> id = IdOf(**type, edit, desk, scope);
    if (!id.ok()) return id.status();
    if (!drawn.insert({(*type)->number, *id}).second) {
      return WithSubject(MakeStatus(Reason::kArg, "one record is edited twice"), *id);
    }
    absl::StatusOr<v1::RecordChange> change = canvas.Draw(**type, *id, edit);
    if (!change.ok()) return WithSubject(change.status(), *id);
    v1::RecordRef ref;
    ref.set_type((*type)->number);
    ref.set_type_name((*type)->name);
    ref.set_id(id->str());
    for (const EntryFinding& finding : CheckEntry(entry_rules, seen, *change)) {
      entries.push_back(FindingOf(**type, ref, finding));
    }
    *body.add_changes() = *std::move(change);
    records.push_back(std::move(ref));
  }
  if (edits.begin_family()) {
    absl::Status completed = CompleteFamily(desk, body, now_ms);
    if (!completed.ok()) return completed;
  }
  absl::StatusOr<Prepared> prepared =
      Seal(desk, readers, std::move(body), std::move(records), now_ms);
  if (prepared.ok()) prepared->entries = std::move(entries);
  return prepared;
}

absl::StatusOr<Prepared> PrepareChanges(const Desk& desk, Readers& readers, const Id& scope,
                                        const std::vector<v1::RecordChange>& changes,
                                        int64_t now_ms) {
  Id uid{desk.random.Make<16>()};
  v1::Changeset body = BodyOf(desk, scope, uid, now_ms);
  std::vector<v1::RecordRef> records;
  for (const v1::RecordChange& change : changes) {
    *body.add_changes() = change;
    v1::RecordRef ref;
    ref.set_type(change.type());
    ref.set_id(change.id());
    records.push_back(std::move(ref));
  }
  return Seal(desk, readers, std::move(body), std::move(records), now_ms);
}

absl::Status Keep(const Desk& desk, const Prepared& prepared, std::string_view ends_draft,
                  int64_t now_ms) {
  for (const v1::EntryFinding& entry : prepared.entries) {
    if (!entry.refused()) continue;
    absl::Status status = MakeStatus(
        Reason::kFormat,
        absl::StrCat(entry.record().type_name(), ".", entry.field_name(), ": ", entry.words()));
    return WithSubject(std::move(status), Id::FromBytes(entry.record().id()).value_or(Id{}));
  }
  return desk.store.Commit(prepared.changeset, prepared.expected, ends_draft, now_ms);
}

v1::Findings FindingsOf(const Prepared& prepared) {
  const Judgement& judgement = prepared.expected;
  v1::Findings findings;
  for (const v1::EntryFinding& entry : prepared.entries) *findings.add_entries() = entry;
  auto reason = static_cast<uint32_t>(judgement.reason);
  findings.set_expected(judgement.verdict);
  findings.set_reason(reason);
  findings.set_reason_name(HeldReasonName(reason));
  findings.set_words(HeldWords(reason, judgement.because));
  return findings;
}

v1::Committed CommittedOf(const Prepared& prepared) {
  v1::Committed committed;
  committed.set_uid(prepared.changeset.uid.str());
  committed.set_scope(prepared.changeset.scope.str());
  for (const v1::RecordRef& record : prepared.records) *committed.add_records() = record;
  v1::Findings findings = FindingsOf(prepared);
  committed.set_expected(findings.expected());
  committed.set_reason(findings.reason());
  committed.set_reason_name(findings.reason_name());
  committed.set_words(findings.words());
  for (const v1::EntryFinding& entry : prepared.entries) *committed.add_doubts() = entry;
  return committed;
}

}  // namespace doorstep::client
