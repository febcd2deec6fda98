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

// Parameters of a Select: type, then the scope's key, the id, the field ordered by, the limit;
// from kFirstCondition on a field and a key for each condition.
constexpr int kFirstCondition = 6;

const char* OperatorOf(Condition::Relation relation) {
  switch (relation) {
    case Condition::Relation::kEqual:
      return "=";
    case Condition::Relation::kAtLeast:
      return ">=";
    case Condition::Relation::kAtMost:
      return "<=";
  }
  return "=";
}

std::string SelectSql(const RecordQuery& query) {
  const bool down = query.direction == RecordQuery::Direction::kDescending;
  std::string sql = "SELECT s.scope, s.id FROM seen s WHERE s.type = ?1";
  if (query.scope) sql += " AND s.scope = ?2";
  if (query.id) sql += " AND s.id = ?3";
  for (size_t i = 0; i < query.where.size(); ++i) {
    const int at = kFirstCondition + 2 * static_cast<int>(i);
    absl::StrAppend(&sql,
                    " AND EXISTS (SELECT 1 FROM field_index f WHERE f.type = s.type AND "
                    "f.scope = s.scope AND f.id = s.id AND f.field = ?",
                    at, " AND f.value ", OperatorOf(query.where[i].relation), " ?", at + 1, ")");
  }
  const char* way = down ? " DESC" : "";
  sql += " ORDER BY ";
  if (query.order_by != 0) {
    const std::string value = absl::StrCat("(SELECT ", down ? "max" : "min",
                                           "(o.value) FROM field_index o WHERE o.type = s.type AND "
                                           "o.scope = s.scope AND o.id = s.id AND o.field = ?4)");
    absl::StrAppend(&sql, value, " IS NULL, ", value, way, ", ");
  }
  absl::StrAppend(&sql, "s.scope", way, ", s.made_seq", way, ", s.id LIMIT ?5");
  return sql;
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

  Statement select = database_.Prepare(sql_.insert(SelectSql(query)).first->c_str());
  select.Bind(1, query.type);
  if (query.scope) select.Bind(2, wanted->key);
  if (query.id) select.Bind(3, *query.id);
  if (query.order_by != 0) select.Bind(4, query.order_by);
  // Rows of hidden families are passed over here, so the limit is ours to keep.
  select.Bind(5, int64_t{-1});
  for (size_t i = 0; i < keys.size(); ++i) {
    const int at = kFirstCondition + 2 * static_cast<int>(i);
    select.Bind(at, query.where[i].field).Bind(at + 1, keys[i]);
  }
  while (places.size() < most && select.Step()) {
    const ScopeRow* row = log_.FindByKey(select.Int(0));
    if (row == nullptr || row->Has(kHidden)) continue;
    places.push_back({row->scope, query.type, select.ReadId(1)});
  }
  if (!select.status().ok()) return select.status();
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
  for (const ScopeRow& row : log_.Scopes()) {
    if (row.Has(kHidden)) continue;
    Statement find =
        database_.Prepare("SELECT 1 FROM seen WHERE type = ?1 AND scope = ?2 AND id = ?3");
    if (find.Bind(1, type).Bind(2, row.key).Bind(3, id).Step()) scopes.push_back(row.scope);
    if (!find.status().ok()) return find.status();
  }
  return scopes;
}

absl::StatusOr<std::vector<ContestedCell>> Query::Contested(std::optional<Id> scope) const {
  std::vector<ContestedCell> cells;
  for (const ScopeRow& row : log_.Scopes()) {
    if (row.Has(kHidden) || (scope && row.scope != *scope)) continue;
    Statement list = database_.Prepare(
        "SELECT type, id, field FROM contested WHERE scope = ?1 ORDER BY type, id, field");
    list.Bind(1, row.key);
    while (list.Step()) {
      RecordPlace place{row.scope, static_cast<uint32_t>(list.Int(0)), list.ReadId(1)};
      cells.push_back({place, static_cast<uint32_t>(list.Int(2))});
    }
    if (!list.status().ok()) return list.status();
  }
  return cells;
}

absl::StatusOr<uint64_t> Query::CountContested(std::optional<Id> scope) const {
  uint64_t count = 0;
  for (const ScopeRow& row : log_.Scopes()) {
    if (row.Has(kHidden) || (scope && row.scope != *scope)) continue;
    Statement counted = database_.Prepare("SELECT count(*) FROM contested WHERE scope = ?1");
    if (counted.Bind(1, row.key).Step()) count += counted.Uint(0);
    if (!counted.status().ok()) return counted.status();
  }
  return count;
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
