#include "client-core/client/attention.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "client-core/client/view.h"
#include "client-core/client/words.h"
#include "crypto/primitives.h"
#include "doorstep/v1/records.pb.h"
#include "model/authority.h"

namespace doorstep::client {
namespace {

using Item = v1::AttentionItem;

Id ItemId(Item::Kind kind, const Id& scope, const Id& about, uint32_t field) {
  St st("doorstep/attention/v1");
  st.AddU32(static_cast<uint32_t>(kind)).Add(scope.bytes).Add(about.bytes).AddU32(field);
  return {H16(st.bytes())};
}

// Whether this person decides on held work of the family.
bool Decides(const Desk& desk, ScopeState& family, int64_t now_ms) {
  const Directory& directory = desk.directory();
  uint64_t at = directory.seq();
  if (!FamilyOf(family)) return SupervisesUnfounded(directory, at, family, desk.user);
  Letters letters = LettersIn(directory, at, family, desk.user, now_ms);
  return (letters & LetterBit(v1::RecordRule::S)) != 0;
}

class List {
 public:
  List(const Desk& desk, Readers& readers, int64_t now_ms)
      : desk_(desk), viewer_(desk, readers, now_ms), now_ms_(now_ms) {}

  absl::StatusOr<v1::Attention> Make() {
    absl::StatusOr<std::vector<Id>> scopes = SeenScopes(desk_);
    if (!scopes.ok()) return scopes.status();
    for (const Id& scope : *scopes) {
      for (absl::Status added : {AddContested(scope), AddHeld(scope), AddStanding(scope)}) {
        if (!added.ok()) return added;
      }
    }
    for (absl::Status added : {AddRows(), AddToApprove()}) {
      if (!added.ok()) return added;
    }
    return std::move(attention_);
  }

 private:
  bool Hidden(const Id& scope) const {
    const ScopeRow* row = desk_.store.log().Find(scope);
    return row != nullptr && row->Has(kHidden);
  }

  Item& Add(Item::Kind kind, const Id& scope, const Id& about, uint32_t field = 0) {
    Item& item = *attention_.add_items();
    item.set_id(ItemId(kind, scope, about, field).str());
    item.set_kind(kind);
    item.set_scope(scope.str());
    if (desk_.IsFamily(scope) && !Hidden(scope)) {
      absl::StatusOr<OverlayScope*> seen = desk_.store.overlay().Of(scope, now_ms_);
      if (seen.ok()) item.set_family(FamilyName(desk_.catalog(), *(*seen)->state));
    }
    return item;
  }

  absl::Status SetReason(uint32_t reason, const Changeset& changeset, Item& item) {
    item.set_reason(reason);
    item.set_reason_name(HeldReasonName(reason));
    if (reason == v1::HELD_REASON_ALREADY_SO) {
      absl::StatusOr<std::string> who = DoneBy(changeset);
      if (!who.ok()) return who.status();
      item.set_words(AlreadyDoneWords(*who));
      return absl::OkStatus();
    }
    // What it lacks today, while that is still the same kind of thing.
    absl::StatusOr<Judgement> now = desk_.store.overlay().Expect(changeset, now_ms_);
    if (!now.ok()) return now.status();
    bool same = static_cast<uint32_t>(now->reason) == reason;
    item.set_words(HeldWords(reason, same ? now->because : ""));
    return absl::OkStatus();
  }

  // Who took the step that a changeset would take once more; empty when nobody can be named.
  absl::StatusOr<std::string> DoneBy(const Changeset& changeset) {
    absl::StatusOr<OverlayScope*> seen = desk_.store.overlay().Of(changeset.scope, now_ms_);
    if (!seen.ok()) return seen.status();
    for (const v1::RecordChange& change : changeset.body.changes()) {
      const RecordType* type = desk_.catalog().Find(change.type());
      const FieldType* state = type == nullptr ? nullptr : type->FindState();
      const Record* record =
          (*seen)->state->Find(change.type(), Id::FromBytes(change.id()).value_or(Id{}));
      if (state == nullptr || record == nullptr) continue;
      const Cell* cell = record->FindCell(state->number);
      for (const v1::FieldWrite& write : change.writes()) {
        bool done = write.field() == state->number && cell != nullptr && !cell->live.empty() &&
                    cell->live.back().value == write.value();
        if (done) return viewer_.names().Person(cell->live.back().actor);
      }
    }
    return std::string();
  }

  absl::Status SetChangeset(const Changeset& changeset, Item& item) {
    item.set_uid(changeset.uid.str());
    item.set_actor(changeset.actor.str());
    item.set_actor_name(viewer_.names().Person(changeset.actor));
    uint32_t index = 0;
    for (const v1::RecordChange& change : changeset.body.changes()) {
      absl::StatusOr<v1::RecordView> view = viewer_.ViewChange(changeset, change, index);
      if (!view.ok()) return view.status();
      *item.add_held() = *std::move(view);
      index += static_cast<uint32_t>(change.writes_size());
    }
    return absl::OkStatus();
  }

  absl::Status AddContested(const Id& scope) {
    absl::StatusOr<std::vector<ContestedCell>> cells = desk_.store.query().Contested(scope);
    if (!cells.ok()) return cells.status();
    absl::StatusOr<OverlayScope*> seen = desk_.store.overlay().Of(scope, now_ms_);
    if (!seen.ok()) return seen.status();
    for (const ContestedCell& cell : *cells) {
      const Record* record = (*seen)->state->Find(cell.record.type, cell.record.id);
      if (record == nullptr) continue;
      absl::StatusOr<v1::FieldView> field = viewer_.ViewField(scope, *record, cell.field);
      if (!field.ok()) return field.status();
      Item& item = Add(Item::CONTESTED, scope, cell.record.id, cell.field);
      *item.mutable_record() = viewer_.RefOf(cell.record.type, cell.record.id);
      *item.mutable_field() = *std::move(field);
      item.set_words(
          "Two people wrote this without seeing each other. Both are kept; choose, or "
          "write it anew.");
    }
    return absl::OkStatus();
  }

  absl::Status AddHeld(const Id& scope) {
    std::unique_ptr<ScopeState> stored = desk_.store.state().Of(scope);
    bool decides = desk_.IsFamily(scope) && Decides(desk_, *stored, now_ms_);
    std::vector<HeldWork> waiting;
    stored->ForEachHeld([&](const HeldWork& held) {
      if (held.outcome == HeldWork::Outcome::kWaiting) waiting.push_back(held);
    });
    if (!stored->status().ok()) return stored->status();
    for (const HeldWork& held : waiting) {
      bool mine = held.changeset.actor == desk_.user;
      bool done = held.reason == v1::HELD_REASON_ALREADY_SO;
      if (!mine && (done || !decides)) continue;
      Item::Kind kind = done      ? Item::ALREADY_DONE
                        : decides ? Item::HELD_TO_DECIDE
                                  : Item::HELD_MINE;
      Item& item = Add(kind, scope, held.changeset.uid);
      absl::Status set = SetReason(held.reason, held.changeset, item);
      if (set.ok()) set = SetChangeset(held.changeset, item);
      if (!set.ok()) return set;
    }
    return AddHeldHere(scope);
  }

  // Own rows that the local judge holds: the office has not spoken yet.
  absl::Status AddHeldHere(const Id& scope) {
    absl::StatusOr<OverlayScope*> seen = desk_.store.overlay().Of(scope, now_ms_);
    if (!seen.ok()) return seen.status();
    std::vector<OverlayRow> rows;
    for (const OverlayRow& row : (*seen)->rows) {
      if (row.verdict == v1::HELD && !row.row.sealed) rows.push_back(row);
    }
    for (const OverlayRow& row : rows) {
      absl::StatusOr<Changeset> changeset = desk_.store.outbox().Load(row.row);
      if (!changeset.ok()) return changeset.status();
      bool answered = row.row.answer == Answer::kAccepted && row.row.verdict == v1::HELD;
      uint32_t reason = answered ? row.row.reason : row.reason;
      Item& item = Add(Item::HELD_MINE, scope, row.row.uid);
      absl::Status set = SetReason(reason, *changeset, item);
      if (set.ok()) set = SetChangeset(*changeset, item);
      if (!set.ok()) return set;
    }
    return absl::OkStatus();
  }

  absl::Status AddStanding(const Id& scope) {
    const ScopeRow* row = desk_.store.log().Find(scope);
    if (row == nullptr) return absl::OkStatus();
    if (row->Has(kSuspect)) {
      Add(Item::SUSPECT, scope, scope)
          .set_words(
              "This device and the office do not agree on what this holds. Everything is "
              "kept; ring your administrator.");
    }
    if (row->Has(kStopped)) {
      Add(Item::STOPPED, scope, scope)
          .set_words(
              "The office sent something that nobody entitled had signed. Nothing more is "
              "taken from it here until you say so; ring your administrator first.");
    }
    return absl::OkStatus();
  }

  absl::Status AddRows() {
    std::vector<OutboxRow> rows;
    absl::Status read = desk_.store.outbox().ForEach([&](const OutboxRow& row) {
      bool hidden = Hidden(row.scope) && row.origin == Origin::kOwn;
      if (row.sealed || hidden || row.answer == Answer::kUnsendable) rows.push_back(row);
      return true;
    });
    if (!read.ok()) return read;
    for (const OutboxRow& row : rows) {
      if (row.sealed) {
        Item& item = Add(Item::PASSED_ON, row.scope, row.uid);
        item.set_uid(row.uid.str());
        item.set_words(
            "You no longer work with this family. What was unsent is sealed, goes to the "
            "office, and is shown to the family's supervisor.");
        continue;
      }
      if (row.answer != Answer::kUnsendable) {
        Item& item = Add(Item::HELD_MINE, row.scope, row.uid);
        item.set_uid(row.uid.str());
        item.set_reason(row.verdict == v1::HELD ? row.reason : 0);
        item.set_reason_name(HeldReasonName(item.reason()));
        item.set_words(
            "This family is not shown to you at present. What you wrote is kept, and goes "
            "to the office.");
        continue;
      }
      absl::StatusOr<Changeset> changeset = desk_.store.outbox().Load(row);
      if (!changeset.ok()) return changeset.status();
      Item& item = Add(Item::UNSENDABLE, row.scope, row.uid);
      item.set_reason(row.reason);
      item.set_words(UnsendableWords(row.reason, row.closed));
      absl::Status set = SetChangeset(*changeset, item);
      if (!set.ok()) return set;
    }
    return absl::OkStatus();
  }

  // Devices and roles that wait for a second person, where this one may be it.
  absl::Status AddToApprove() {
    bool others = ApprovesOthers(desk_);
    uint32_t device_type = DeviceRecordType(desk_.catalog());
    for (const v1::DeviceLine& line : DeviceLines(desk_, viewer_.names())) {
      Id device = Id::FromBytes(line.device()).value_or(Id{});
      bool own_other = line.user() == desk_.user.view() && device != desk_.device();
      bool waits = line.state() == "ACTIVE" && !line.counts() && (others || own_other) &&
                   MakerOf(desk_, device_type, device) != desk_.user;
      if (!waits) continue;
      Item& item = Add(Item::DEVICE_TO_APPROVE, desk_.tenant(), device);
      *item.mutable_record() = viewer_.RefOf(device_type, device);
      item.set_actor(line.user());
      item.set_actor_name(line.user_name());
      item.set_digest(line.digest());
      item.set_words(
          "A new device waits for a second person. Ask its person for the number it "
          "shows; approve only if it is the same.");
    }
    uint32_t role_type = RoleRecordType(desk_.catalog());
    for (const v1::RoleLine& line : RoleLines(desk_, viewer_.names())) {
      Id role = Id::FromBytes(line.id()).value_or(Id{});
      bool waits = others && line.state() == "ACTIVE" && !line.counts() &&
                   line.user() != desk_.user.view() &&
                   MakerOf(desk_, role_type, role) != desk_.user;
      if (!waits) continue;
      Item& item = Add(Item::ROLE_TO_APPROVE, desk_.tenant(), role);
      *item.mutable_record() = viewer_.RefOf(role_type, role);
      item.set_actor(line.user());
      item.set_actor_name(line.user_name());
      item.set_digest(line.digest());
      item.set_words("A new role waits for a second person.");
    }
    return absl::OkStatus();
  }

  const Desk& desk_;
  Viewer viewer_;
  int64_t now_ms_;
  v1::Attention attention_;
};

}  // namespace

absl::StatusOr<std::vector<Id>> SeenScopes(const Desk& desk) {
  std::set<Id> scopes;
  for (const ScopeRow& row : desk.store.log().Scopes()) {
    if (row.scope == desk.device() || row.Has(kHidden) || row.Has(kPurged)) continue;
    if (row.seq > 0) scopes.insert(row.scope);
  }
  absl::StatusOr<std::vector<Id>> with_rows = desk.store.outbox().Scopes();
  if (!with_rows.ok()) return with_rows.status();
  for (const Id& scope : *with_rows) {
    const ScopeRow* row = desk.store.log().Find(scope);
    bool gone = row != nullptr && (row->Has(kHidden) || row->Has(kPurged));
    if (!gone && scope != desk.device()) scopes.insert(scope);
  }
  return std::vector<Id>(scopes.begin(), scopes.end());
}

absl::StatusOr<v1::Attention> ListAttention(const Desk& desk, Readers& readers, int64_t now_ms) {
  return List(desk, readers, now_ms).Make();
}

absl::StatusOr<AttentionCounts> CountAttentionOf(const Desk& desk, const Id& family,
                                                 int64_t now_ms) {
  AttentionCounts counts;
  absl::StatusOr<uint64_t> contested = desk.store.query().CountContested(family);
  if (!contested.ok()) return contested.status();
  counts.contested = static_cast<uint32_t>(*contested);
  std::unique_ptr<ScopeState> stored = desk.store.state().Of(family);
  stored->ForEachHeld([&](const HeldWork& held) {
    bool waits =
        held.outcome == HeldWork::Outcome::kWaiting && held.reason != v1::HELD_REASON_ALREADY_SO;
    if (waits && held.changeset.actor == desk.user) ++counts.held;
  });
  if (!stored->status().ok()) return stored->status();
  absl::StatusOr<OverlayScope*> seen = desk.store.overlay().Of(family, now_ms);
  if (!seen.ok()) return seen.status();
  for (const OverlayRow& row : (*seen)->rows) {
    if (row.verdict == v1::HELD && row.row.origin == Origin::kOwn) ++counts.held;
  }
  return counts;
}

absl::StatusOr<AttentionCounts> CountAttention(const Desk& desk, int64_t now_ms) {
  absl::StatusOr<std::vector<Id>> scopes = SeenScopes(desk);
  if (!scopes.ok()) return scopes.status();
  AttentionCounts counts;
  for (const Id& scope : *scopes) {
    absl::StatusOr<AttentionCounts> of = CountAttentionOf(desk, scope, now_ms);
    if (!of.ok()) return of.status();
    counts.held += of->held;
    counts.contested += of->contested;
  }
  return counts;
}

}  // namespace doorstep::client
