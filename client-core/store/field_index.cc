#include "client-core/store/field_index.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "crypto/bytes.h"
#include "model/value.h"

namespace doorstep::client {
namespace {

std::string BigEndian(uint64_t number) {
  std::string bytes(8, '\0');
  for (size_t i = 8; i-- > 0; number >>= 8) bytes[i] = static_cast<char>(number & 0xff);
  return bytes;
}

bool IsSigned(Kind kind) {
  return kind == Kind::kI64 || kind == Kind::kInstant || kind == Kind::kDate;
}

// Takes `size` bytes off the front; false when there are fewer.
bool Take(std::string_view& rest, size_t size, std::string_view& out) {
  if (rest.size() < size) return false;
  out = rest.substr(0, size);
  rest.remove_prefix(size);
  return true;
}

bool TakeU32(std::string_view& rest, uint32_t& out) {
  std::string_view bytes;
  if (!Take(rest, 4, bytes)) return false;
  out = 0;
  for (size_t i = 4; i-- > 0;) out = out << 8 | static_cast<uint8_t>(bytes[i]);
  return true;
}

std::string FieldsOf(const RecordType* type, const Record& record) {
  std::vector<std::pair<uint32_t, std::string>> keys;
  for (const auto& [number, cell] : record.cells) {
    const FieldType* field = type == nullptr ? nullptr : type->FindField(number);
    if (field == nullptr || !field->indexed || field->cls == v1::RESTRICTED) continue;
    for (const LiveWrite* write : InForce(cell, *field)) {
      for (std::string& key : IndexKeys(*field, write->value))
        keys.emplace_back(number, std::move(key));
    }
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  std::string fields;
  for (const auto& [number, key] : keys) {
    AppendU32(fields, number);
    AppendLp(fields, key);
  }
  return fields;
}

std::string ContestedOf(const RecordType* type, const Record& record) {
  std::string contested;
  for (const auto& [number, cell] : record.cells) {
    const FieldType* field = type == nullptr ? nullptr : type->FindField(number);
    if (field != nullptr && IsContested(cell, *field)) AppendU32(contested, number);
  }
  return contested;
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

bool ForEachKey(std::string_view fields,
                absl::FunctionRef<void(uint32_t field, std::string_view key)> visit) {
  while (!fields.empty()) {
    uint32_t field = 0, size = 0;
    std::string_view key;
    if (!TakeU32(fields, field) || !TakeU32(fields, size) || !Take(fields, size, key)) return false;
    visit(field, key);
  }
  return true;
}

std::vector<uint32_t> DecodeContested(std::string_view contested) {
  std::vector<uint32_t> fields;
  for (uint32_t field = 0; TakeU32(contested, field);) fields.push_back(field);
  return fields;
}

absl::StatusOr<std::optional<SeenRow>> FieldIndex::Find(int64_t scope_key, uint32_t type,
                                                        const Id& id) const {
  Statement find = database_.Prepare(
      "SELECT made_seq, text_row, fields, contested FROM seen "
      "WHERE scope = ?1 AND type = ?2 AND id = ?3");
  std::optional<SeenRow> row;
  if (find.Bind(1, scope_key).Bind(2, type).Bind(3, id).Step()) {
    row = SeenRow{find.Uint(0), find.Int(1), std::string(find.Blob(2)), std::string(find.Blob(3))};
  }
  if (!find.status().ok()) return find.status();
  return row;
}

absl::Status FieldIndex::Put(int64_t scope_key, const Record& record,
                             const std::optional<SeenRow>& there, int64_t text_row) {
  const RecordType* type = catalog_.Find(record.type);
  const SeenRow row{record.made_seq, text_row, FieldsOf(type, record), ContestedOf(type, record)};
  if (there == row) return absl::OkStatus();
  Statement put = database_.Prepare(
      "INSERT INTO seen(scope, type, id, made_seq, text_row, fields, contested) "
      "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7) "
      "ON CONFLICT DO UPDATE SET made_seq = ?4, text_row = ?5, fields = ?6, contested = ?7");
  put.Bind(1, scope_key).Bind(2, record.type).Bind(3, record.id).Bind(4, row.made_seq);
  return put.Bind(5, row.text_row).Bind(6, row.fields).Bind(7, row.contested).Run();
}

absl::Status FieldIndex::Drop(int64_t scope_key, uint32_t type, const Id& id) {
  Statement drop = database_.Prepare("DELETE FROM seen WHERE scope = ?1 AND type = ?2 AND id = ?3");
  return drop.Bind(1, scope_key).Bind(2, type).Bind(3, id).Run();
}

absl::Status FieldIndex::DropScope(int64_t scope_key) {
  return database_.Prepare("DELETE FROM seen WHERE scope = ?1").Bind(1, scope_key).Run();
}

}  // namespace doorstep::client
