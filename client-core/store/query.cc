#include "client-core/store/query.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client-core/store/field_index.h"
#include "client-core/store/limits.h"
#include "crypto/reason.h"

namespace doorstep::client {
namespace {

// A record that a Select may answer with.
struct Candidate {
  std::optional<std::string> key;  // of the field ordered by
  int64_t scope = 0;
  uint64_t made_seq = 0;
  Id id;
};

bool Holds(Condition::Relation relation, std::string_view key, std::string_view than) {
  switch (relation) {
    case Condition::Relation::kEqual:
      return key == than;
    case Condition::Relation::kAtLeast:
      return key >= than;
    case Condition::Relation::kAtMost:
      return key <= than;
  }
  return false;
}

// Whether `a` is answered before `b`. Without a key a record comes last, whichever way.
bool Precedes(const Candidate& a, const Candidate& b, RecordQuery::Direction direction) {
  if (a.key.has_value() != b.key.has_value()) return a.key.has_value();
  const auto of_a = std::tie(a.key, a.scope, a.made_seq),
             of_b = std::tie(b.key, b.scope, b.made_seq);
  if (of_a == of_b) return a.id < b.id;
  return direction == RecordQuery::Direction::kDescending ? of_a > of_b : of_a < of_b;
}

// The records of one scope that a query asks for. `keys`: of its conditions.
absl::Status Scan(Database& database, const RecordQuery& query,
                  const std::vector<std::string>& keys, int64_t scope,
                  std::vector<Candidate>& found) {
  Statement rows = query.id ? database.Prepare(
                                  "SELECT id, made_seq, fields FROM seen "
                                  "WHERE scope = ?1 AND type = ?2 AND id = ?3")
                            : database.Prepare(
                                  "SELECT id, made_seq, fields FROM seen "
                                  "WHERE scope = ?1 AND type = ?2");
  rows.Bind(1, scope).Bind(2, query.type);
  if (query.id) rows.Bind(3, *query.id);
  const bool greatest = query.direction == RecordQuery::Direction::kDescending;
  while (rows.Step()) {
    Candidate one;
    std::vector<bool> holds(keys.size(), false);
    bool whole = ForEachKey(rows.Blob(2), [&](uint32_t field, std::string_view key) {
      for (size_t i = 0; i < keys.size(); ++i) {
        const Condition& asked = query.where[i];
        if (asked.field == field && Holds(asked.relation, key, keys[i])) holds[i] = true;
      }
      // Keys come ascending.
      if (field == query.order_by && (greatest || !one.key)) one.key = std::string(key);
    });
    if (!whole) return MakeStatus(Reason::kIntegrity, "store: an indexed record is damaged");
    if (std::find(holds.begin(), holds.end(), false) != holds.end()) continue;
    one.scope = scope;
    one.made_seq = rows.Uint(1);
    one.id = rows.ReadId(0);
    if (!rows.status().ok()) break;
    found.push_back(std::move(one));
  }
  return rows.status();
}

// The writes of one changeset that fall into a record; `op` counts over all its record changes.
template <typename Visit>
void ForEachWrite(const Changeset& changeset, const RecordPlace& record, uint32_t field,
                  Visit visit) {
  uint32_t index = 0;
  for (const v1::RecordChange& change : changeset.body.changes()) {
    const bool wanted = change.type() == record.type && change.id() == record.id.view();
    for (const v1::FieldWrite& write : change.writes()) {
      const Op op{changeset.uid, index++};
      if (wanted && (field == 0 || write.field() == field)) visit(op, write);
    }
  }
}

WrittenValue Written(const Changeset& changeset, const Op& op, const v1::FieldWrite& write,
                     ScopeState& seen, const RecordPlace& place) {
  WrittenValue value;
  value.field = write.field();
  value.value = write.value();
  value.op = op;
  for (const v1::OpId& named : write.overwrites()) {
    if (std::optional<Id> uid = Id::FromBytes(named.uid())) {
      value.overwrites.push_back({*uid, named.index()});
    }
  }
  value.drop = write.drop();
  value.actor = changeset.actor;
  value.device = changeset.device;
  value.clock = changeset.body.clock();
  if (const HeldWork* held = seen.FindHeld(changeset.uid)) value.outcome = held->outcome;
  const Record* record = seen.Find(place.type, place.id);
  const Cell* cell = record == nullptr ? nullptr : record->FindCell(write.field());
  value.live = cell != nullptr && std::any_of(cell->live.begin(), cell->live.end(),
                                              [&](const LiveWrite& w) { return w.op == op; });
  return value;
}

}  // namespace

absl::StatusOr<const FieldType*> Query::IndexedField(uint32_t type, uint32_t field) const {
  const FieldType* found = catalog_.FindField(type, field);
  if (found == nullptr || !found->indexed || found->cls == v1::RESTRICTED) {
    return MakeStatus(Reason::kArg,
                      absl::StrCat("field ", field, " of type ", type, " is not indexed"));
  }
  return found;
}

absl::StatusOr<std::vector<RecordPlace>> Query::Select(const RecordQuery& query) const {
  std::vector<RecordPlace> places;
  if (query.where.size() > kQueryConditionsMax) {
    return MakeStatus(Reason::kLimit, "query: too many conditions");
  }
  if (query.order_by != 0) {
    absl::StatusOr<const FieldType*> field = IndexedField(query.type, query.order_by);
    if (!field.ok()) return field.status();
  }
  std::vector<std::string> keys;
  for (const Condition& condition : query.where) {
    absl::StatusOr<const FieldType*> field = IndexedField(query.type, condition.field);
    if (!field.ok()) return field.status();
    std::vector<std::string> of_value = IndexKeys(**field, condition.value);
    if (of_value.size() != 1) return MakeStatus(Reason::kArg, "query: not one value of the field");
    keys.push_back(std::move(of_value.front()));
  }
  const ScopeRow* wanted = query.scope ? log_.Find(*query.scope) : nullptr;
  if (query.scope && wanted == nullptr) return places;
  const size_t most = query.limit <= 0 ? kQueryRecordsMax : std::min(query.limit, kQueryRecordsMax);

  std::vector<Candidate> found;
  for (const ScopeRow& row : log_.Scopes()) {
    if (row.Has(kHidden) || (query.scope && row.key != wanted->key)) continue;
    absl::Status read = Scan(database_, query, keys, row.key, found);
    if (!read.ok()) return read;
  }
  auto precedes = [&](const Candidate& a, const Candidate& b) {
    return Precedes(a, b, query.direction);
  };
  const size_t first = std::min<size_t>(query.skip, found.size());
  const size_t end = first + std::min(most, found.size() - first);
  std::partial_sort(found.begin(), found.begin() + static_cast<ptrdiff_t>(end), found.end(),
                    precedes);
  found.resize(end);
  for (size_t i = first; i < end; ++i) {
    places.push_back({log_.FindByKey(found[i].scope)->scope, query.type, found[i].id});
  }
  return places;
}

absl::StatusOr<std::vector<RecordPlace>> Query::Story(const Id& scope, int64_t now_ms) const {
  std::vector<std::tuple<uint64_t, uint32_t, Id>> order;  // made_seq, type, id
  absl::StatusOr<OverlayScope*> seen = overlay_.Of(scope, now_ms);
  if (!seen.ok()) return seen.status();
  std::set<std::pair<uint32_t, Id>> stored;
  absl::Status status = state_.ForEachKey(scope, [&](const State::RecordKey& key) {
    stored.insert({key.type, key.id});
    order.emplace_back(key.made_seq, key.type, key.id);
  });
  if (!status.ok()) return status;
  (*seen)->state->ForEachChanged([&](const Record& record) {
    if (stored.contains({record.type, record.id})) return;
    order.emplace_back(record.made_seq, record.type, record.id);
  });
  std::sort(order.begin(), order.end());
  std::vector<RecordPlace> places;
  for (const auto& [made_seq, type, id] : order) places.push_back({scope, type, id});
  return places;
}

absl::StatusOr<std::vector<Id>> Query::ScopesOf(uint32_t type, const Id& id) const {
  std::vector<Id> scopes;
  Statement find = database_.Prepare(
      "SELECT s.scope FROM scope k CROSS JOIN seen s "
      "ON s.scope = k.key AND s.type = ?1 AND s.id = ?2");
  find.Bind(1, type).Bind(2, id);
  while (find.Step()) {
    const ScopeRow* row = log_.FindByKey(find.Int(0));
    if (row != nullptr && !row->Has(kHidden)) scopes.push_back(row->scope);
  }
  if (!find.status().ok()) return find.status();
  std::sort(scopes.begin(), scopes.end());
  return scopes;
}

absl::StatusOr<std::vector<ContestedCell>> Query::Contested(std::optional<Id> scope) const {
  std::vector<ContestedCell> cells;
  for (const ScopeRow& row : log_.Scopes()) {
    if (row.Has(kHidden) || (scope && row.scope != *scope)) continue;
    Statement list = database_.Prepare(
        "SELECT type, id, contested FROM seen INDEXED BY seen_contested "
        "WHERE scope = ?1 AND contested != x'' ORDER BY type, id");
    list.Bind(1, row.key);
    while (list.Step()) {
      RecordPlace place{row.scope, static_cast<uint32_t>(list.Int(0)), list.ReadId(1)};
      for (uint32_t field : DecodeContested(list.Blob(2))) cells.push_back({place, field});
    }
    if (!list.status().ok()) return list.status();
  }
  return cells;
}

absl::StatusOr<uint64_t> Query::CountContested(std::optional<Id> scope) const {
  absl::StatusOr<std::vector<ContestedCell>> cells = Contested(scope);
  if (!cells.ok()) return cells.status();
  return cells->size();
}

absl::StatusOr<std::vector<WrittenValue>> Query::History(const RecordPlace& record, uint32_t field,
                                                         int64_t now_ms) const {
  std::vector<WrittenValue> values;
  absl::StatusOr<OverlayScope*> seen = overlay_.Of(record.scope, now_ms);
  if (!seen.ok()) return seen.status();
  ScopeState& state = *(*seen)->state;
  absl::Status status = log_.ForEach(record.scope, 1, kSeqMax, [&](const Entry& entry) {
    ForEachWrite(entry.changeset, record, field, [&](const Op& op, const v1::FieldWrite& write) {
      WrittenValue value = Written(entry.changeset, op, write, state, record);
      value.seq = entry.seq();
      value.received_ms = entry.meta.received_ms();
      value.verdict = entry.meta.verdict();
      value.reason = entry.meta.reason();
      values.push_back(std::move(value));
    });
    return true;
  });
  if (!status.ok()) return status;
  for (const OverlayRow& row : (*seen)->rows) {
    if (row.row.sealed) continue;
    absl::StatusOr<Changeset> changeset = outbox_.Load(row.row);
    if (!changeset.ok()) return changeset.status();
    ForEachWrite(*changeset, record, field, [&](const Op& op, const v1::FieldWrite& write) {
      WrittenValue value = Written(*changeset, op, write, state, record);
      value.verdict = row.verdict;
      value.reason = row.reason;
      values.push_back(std::move(value));
    });
  }
  if (!state.status().ok()) return state.status();
  return values;
}

}  // namespace doorstep::client
