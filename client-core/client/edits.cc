#include "client-core/client/edits.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "crypto/reason.h"
#include "model/value.h"
#include "model/value_json.h"

namespace doorstep::client {
namespace {

absl::Status Refuse(const FieldType& field, const char* rule) {
  return MakeStatus(Reason::kArg, absl::StrCat("field ", field.name, " ", rule));
}

void NameOp(const Op& op, v1::FieldWrite& write) {
  v1::OpId* named = write.add_overwrites();
  named->set_uid(op.uid.str());
  named->set_index(op.index);
}

absl::StatusOr<std::vector<Op>> ShownOps(const FieldType& field, const v1::FieldEdit& edit) {
  std::vector<Op> ops;
  for (const v1::OpId& shown : edit.shown()) {
    std::optional<Id> uid = Id::FromBytes(shown.uid());
    if (!uid) return Refuse(field, "was shown a write that has no name");
    ops.push_back({*uid, shown.index()});
  }
  return ops;
}

}  // namespace

absl::StatusOr<const RecordType*> TypeNamed(const Catalog& catalog, uint32_t number,
                                            std::string_view name) {
  const RecordType* type = number != 0 ? catalog.Find(number) : catalog.Find(name);
  if (type == nullptr) return MakeStatus(Reason::kArg, "no such type of record");
  return type;
}

absl::StatusOr<const FieldType*> FieldNamed(const RecordType& type, uint32_t number,
                                            std::string_view name) {
  const FieldType* field = number != 0 ? type.FindField(number) : type.FindField(name);
  if (field == nullptr) {
    return MakeStatus(Reason::kArg, absl::StrCat(type.name, " has no such field"));
  }
  return field;
}

absl::StatusOr<std::string> ValueNamed(const FieldType& field, std::string_view value,
                                       std::string_view json) {
  std::string bytes(value);
  if (bytes.empty() && !json.empty()) {
    absl::StatusOr<std::string> read = ValueFromJson(field, json);
    if (!read.ok()) return read.status();
    bytes = *std::move(read);
  }
  if (bytes.empty()) return bytes;
  absl::Status fits = CheckOpened(field, bytes);
  if (!fits.ok()) return fits;
  return bytes;
}

absl::StatusOr<v1::FieldWrite> WriteOf(const FieldType& field, const Record* record,
                                       const v1::FieldEdit& edit) {
  absl::StatusOr<std::string> value = ValueNamed(field, edit.value(), edit.json());
  if (!value.ok()) return value.status();
  v1::FieldWrite write;
  write.set_field(field.number);
  const Cell* cell = record == nullptr ? nullptr : record->FindCell(field.number);
  static const Cell kEmpty;
  if (cell == nullptr) cell = &kEmpty;

  if (edit.how() == v1::FieldEdit::DROP) {
    if (field.merge != v1::UNION) return Refuse(field, "is no set: nothing is taken away");
    if (value->empty()) return Refuse(field, "needs the element to take away");
    for (const LiveWrite& live : cell->live) {
      if (live.value == *value) NameOp(live.op, write);
    }
    if (write.overwrites_size() == 0) return Refuse(field, "does not hold that element");
    write.set_drop(true);
    return write;
  }
  if (value->empty()) {
    if (!MayClear(field) || cell->live.empty()) return Refuse(field, "cannot be cleared");
  }
  write.set_value(*std::move(value));
  if (field.merge == v1::FIXED || field.merge == v1::UNION) return write;
  if (edit.shown_size() > 0) {
    absl::StatusOr<std::vector<Op>> shown = ShownOps(field, edit);
    if (!shown.ok()) return shown.status();
    for (const Op& op : *shown) NameOp(op, write);
    return write;
  }
  bool settles = edit.how() == v1::FieldEdit::SETTLE;
  for (const Op& op :
       OpsToName(*cell, field, settles ? Naming::kSettleAll : Naming::kReplaceShown)) {
    NameOp(op, write);
  }
  return write;
}

}  // namespace doorstep::client
