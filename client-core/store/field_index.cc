#include "client-core/store/field_index.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "model/value.h"

namespace doorstep::client {
namespace {

using Rows = std::vector<std::pair<uint32_t, std::string>>;  // field, value

std::string BigEndian(uint64_t number) {
  std::string bytes(8, '\0');
  for (size_t i = 8; i-- > 0; number >>= 8) bytes[i] = static_cast<char>(number & 0xff);
  return bytes;
}

bool IsSigned(Kind kind) {
  return kind == Kind::kI64 || kind == Kind::kInstant || kind == Kind::kDate;
}

// What should stand in the index for a record; ascending, each once.
Rows WantedRows(const RecordType* type, const Record& record) {
  Rows rows;
  for (const auto& [number, cell] : record.cells) {
    const FieldType* field = type == nullptr ? nullptr : type->FindField(number);
    if (field == nullptr || !field->indexed || field->cls == v1::RESTRICTED) continue;
    for (const LiveWrite* write : InForce(cell, *field)) {
      for (std::string& key : IndexKeys(*field, write->value))
        rows.emplace_back(number, std::move(key));
    }
  }
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  return rows;
}

Rows ContestedFields(const RecordType* type, const Record& record) {
  Rows rows;
  for (const auto& [number, cell] : record.cells) {
    const FieldType* field = type == nullptr ? nullptr : type->FindField(number);
    if (field != nullptr && IsContested(cell, *field)) rows.emplace_back(number, "");
  }
  return rows;
}

Rows Difference(const Rows& of, const Rows& without) {
  Rows rows;
  std::set_difference(of.begin(), of.end(), without.begin(), without.end(),
                      std::back_inserter(rows));
  return rows;
}

}  // namespace

std::vector<std::string> IndexKeys(const FieldType& field, std::string_view value) {
  std::vector<std::string> keys;
  std::optional<std::vector<Element>> elements = DecodeElements(field.number, value);
  if (!elements) return keys;
  for (const Element& element : *elements) {
    if (element.is_bytes) {
      keys.emplace_back(element.bytes);
    } else {
      keys.push_back(
          BigEndian(IsSigned(field.kind) ? element.number ^ uint64_t{1} << 63 : element.number));
    }
  }
  return keys;
}

absl::Status FieldIndex::Change(const Key& key, const char* sql,
                                const std::vector<std::pair<uint32_t, std::string>>& rows,
                                HasValue has_value) {
  for (const auto& [field, value] : rows) {
    Statement change = database_.Prepare(sql);
    change.Bind(1, key.type).Bind(2, key.scope).Bind(3, key.id).Bind(4, field);
    if (has_value == HasValue::kYes) change.Bind(5, value);
    absl::Status status = change.Run();
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status FieldIndex::PutSeen(const Key& key, uint64_t made_seq) {
  Statement find =
      database_.Prepare("SELECT made_seq FROM seen WHERE type = ?1 AND scope = ?2 AND id = ?3");
  bool there = find.Bind(1, key.type).Bind(2, key.scope).Bind(3, key.id).Step();
  if (!find.status().ok()) return find.status();
  if (there && find.Uint(0) == made_seq) return absl::OkStatus();
  Statement put = database_.Prepare(
      "INSERT INTO seen(type, scope, id, made_seq, text_row) VALUES(?1, ?2, ?3, ?4, 0) "
      "ON CONFLICT DO UPDATE SET made_seq = ?4");
  return put.Bind(1, key.type).Bind(2, key.scope).Bind(3, key.id).Bind(4, made_seq).Run();
}

absl::Status FieldIndex::Put(int64_t scope_key, const Record& record) {
  const Key key{scope_key, record.type, record.id};
  const RecordType* type = catalog_.Find(record.type);
  absl::Status status = PutSeen(key, record.made_seq);
  if (!status.ok()) return status;

  Rows there, contested_there;
  {
    Statement rows = database_.Prepare(
        "SELECT field, value FROM field_index WHERE type = ?1 AND scope = ?2 AND id = ?3 "
        "ORDER BY field, value");
    rows.Bind(1, key.type).Bind(2, key.scope).Bind(3, key.id);
    while (rows.Step()) there.emplace_back(static_cast<uint32_t>(rows.Int(0)), rows.Blob(1));
    if (!rows.status().ok()) return rows.status();
    Statement cells = database_.Prepare(
        "SELECT field FROM contested WHERE type = ?1 AND scope = ?2 AND id = ?3 ORDER BY field");
    cells.Bind(1, key.type).Bind(2, key.scope).Bind(3, key.id);
    while (cells.Step()) contested_there.emplace_back(static_cast<uint32_t>(cells.Int(0)), "");
    if (!cells.status().ok()) return cells.status();
  }
  const Rows wanted = WantedRows(type, record);
  const Rows contested = ContestedFields(type, record);
  status = Change(key,
                  "DELETE FROM field_index "
                  "WHERE type = ?1 AND scope = ?2 AND id = ?3 AND field = ?4 AND value = ?5",
                  Difference(there, wanted), HasValue::kYes);
  if (!status.ok()) return status;
  status = Change(key,
                  "INSERT INTO field_index(type, scope, id, field, value) "
                  "VALUES(?1, ?2, ?3, ?4, ?5)",
                  Difference(wanted, there), HasValue::kYes);
  if (!status.ok()) return status;
  status = Change(key,
                  "DELETE FROM contested "
                  "WHERE type = ?1 AND scope = ?2 AND id = ?3 AND field = ?4",
                  Difference(contested_there, contested), HasValue::kNo);
  if (!status.ok()) return status;
  return Change(key, "INSERT INTO contested(type, scope, id, field) VALUES(?1, ?2, ?3, ?4)",
                Difference(contested, contested_there), HasValue::kNo);
}

absl::Status FieldIndex::Drop(int64_t scope_key, uint32_t type, const Id& id) {
  for (const char* sql : {"DELETE FROM seen WHERE type = ?1 AND scope = ?2 AND id = ?3",
                          "DELETE FROM field_index WHERE type = ?1 AND scope = ?2 AND id = ?3",
                          "DELETE FROM contested WHERE type = ?1 AND scope = ?2 AND id = ?3"}) {
    absl::Status status = database_.Prepare(sql).Bind(1, type).Bind(2, scope_key).Bind(3, id).Run();
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status FieldIndex::DropScope(int64_t scope_key) {
  for (const char* sql :
       {"DELETE FROM seen WHERE scope = ?1", "DELETE FROM field_index WHERE scope = ?1",
        "DELETE FROM contested WHERE scope = ?1"}) {
    absl::Status status = database_.Prepare(sql).Bind(1, scope_key).Run();
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace doorstep::client
