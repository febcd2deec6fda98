#include "model/catalog_check.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "crypto/reason.h"

namespace doorstep {
namespace {

// Texts of a changeset fit into its 64 KiB, whatever else it holds.
constexpr uint32_t kTextBytesMax = 60'000;

absl::Status Refuse(const std::string& where, const std::string& rule) {
  return MakeStatus(Reason::kArg, absl::StrCat(where, ": ", rule));
}

// The first rule that fails, in the order written.
struct Rule {
  bool broken;
  const char* text;
};
absl::Status First(const std::string& where, std::initializer_list<Rule> rules) {
  for (const Rule& rule : rules) {
    if (rule.broken) return Refuse(where, rule.text);
  }
  return absl::OkStatus();
}

absl::Status CheckSizes(const std::string& where, const FieldType& field) {
  bool text = field.kind == Kind::kText;
  bool bytes = field.kind == Kind::kBytes;
  bool sized = field.size != 0;
  bool bounded = field.max_size != 0;
  return First(
      where,
      {
          {text && !bounded, "text without max_size"},
          {bounded && field.max_size > kTextBytesMax, "max_size above what a changeset holds"},
          {text && sized, "text with a size"},
          {bytes && sized == bounded, "bytes need either size or max_size"},
          {!text && !bytes && bounded, "max_size, and neither text nor bytes"},
          {!text && !bytes && field.kind != Kind::kId && sized, "size, and not bytes"},
          {field.repeated && field.max_count == 0, "repeated without max_count"},
          {!field.repeated && field.max_count != 0, "max_count, and not repeated"},
      });
}

absl::Status CheckPairs(const std::string& where, const FieldType& field) {
  bool restricted = field.cls == v1::RESTRICTED;
  bool choice = field.kind == Kind::kEnum || field.kind == Kind::kBool;
  bool command = field.merge == v1::COMMAND;
  bool protective = field.merge == v1::PROTECTIVE;
  return First(
      where,
      {
          {field.cls == v1::CLASS_UNSPECIFIED, "no class"},
          {field.merge == v1::MERGE_UNSPECIFIED, "no merge"},
          {field.cls == v1::FACT && field.kind == Kind::kText, "text under FACT"},
          {protective && field.cls != v1::FACT, "PROTECTIVE, and not FACT"},
          {command && field.cls != v1::FACT, "COMMAND, and not FACT"},
          {protective && (!choice || field.repeated),
           "PROTECTIVE, and neither one code nor one bool"},
          {command && (field.kind != Kind::kEnum || field.repeated), "COMMAND, and not one code"},
          {field.merge == v1::UNION && !field.repeated, "UNION, and not repeated"},
          {restricted && field.merge == v1::UNION, "RESTRICTED UNION"},
          {field.repeated && field.merge == v1::LATEST, "repeated LATEST"},
          {restricted && field.indexed, "RESTRICTED, and indexed"},
          {restricted && field.searched, "RESTRICTED, and searched"},
          {field.searched && field.cls != v1::CASE, "searched, and not CASE"},
          {field.searched && field.kind != Kind::kText, "searched, and not text"},
          {field.lower_writers != 0 && !protective, "lower_writers, and not PROTECTIVE"},
      });
}

absl::Status CheckRanks(const std::string& where, const FieldType& field) {
  if (field.merge != v1::PROTECTIVE) return absl::OkStatus();
  std::set<uint32_t> ranks;
  for (const Code& code : field.codes) {
    if (code.rank == 0) return Refuse(where, absl::StrCat("the code ", code.name, " has no rank"));
    if (!ranks.insert(code.rank).second) {
      return Refuse(where, absl::StrCat("the code ", code.name, " ranks like another"));
    }
  }
  return absl::OkStatus();
}

// `named`: fields of the record by which an actor may be named.
absl::Status CheckNamedIn(const std::string& where, const RecordType& type,
                          const std::vector<uint32_t>& named) {
  for (uint32_t number : named) {
    const FieldType* field = type.FindField(number);
    if (field == nullptr || field->kind != Kind::kId) {
      return Refuse(where, absl::StrCat("named_in ", number, " is no id of the record"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckStep(const std::string& where, const RecordType& type, const FieldType& state,
                       const Step& step) {
  for (const Where& condition : step.where) {
    const FieldType* field = type.FindField(condition.field);
    bool known = field != nullptr && !field->repeated && field->cls == v1::FACT &&
                 (field->kind == Kind::kBool ? condition.value <= 1
                                             : field->FindCode(condition.value) != nullptr);
    if (!known) return Refuse(where, absl::StrCat("where ", condition.field, " can never hold"));
  }
  for (uint32_t number : step.needs) {
    if (type.FindField(number) == nullptr || number == state.number) {
      return Refuse(where, absl::StrCat("needs ", number, ", which is no other field"));
    }
  }
  if (step.from == step.to) return Refuse(where, "a step leads from a state to itself");
  return CheckNamedIn(where, type, step.named_in);
}

absl::Status CheckMachine(const std::string& where, const RecordType& type,
                          const FieldType& field) {
  if (field.merge != v1::COMMAND) {
    if (!field.steps.empty()) return Refuse(where, "a machine, and not COMMAND");
    return absl::OkStatus();
  }
  std::set<uint32_t> reached;
  for (const Step& step : field.steps) {
    absl::Status status = CheckStep(where, type, field, step);
    if (!status.ok()) return status;
    reached.insert(step.to);
  }
  bool begins = std::any_of(field.steps.begin(), field.steps.end(),
                            [](const Step& step) { return step.from == 0; });
  if (!begins) return Refuse(where, "COMMAND without a first state");
  for (const Code& code : field.codes) {
    if (!reached.contains(code.number)) {
      return Refuse(where, absl::StrCat("no step leads to ", code.name));
    }
  }
  return absl::OkStatus();
}

using TypesByNumber = std::map<uint32_t, const RecordType*>;

absl::Status CheckReference(const std::string& where, const RecordType& type,
                            const FieldType& field, const TypesByNumber& types) {
  if (field.references == 0 || field.references == kAnyRecord) return absl::OkStatus();
  auto it = types.find(field.references);
  if (it == types.end()) return Refuse(where, "references a type that is not there");
  v1::RecordRule::Scope scope = it->second->scope;
  if (scope != type.scope && scope != v1::RecordRule::DIRECTORY) {
    return Refuse(where, "references a record of another scope that is not the directory");
  }
  return absl::OkStatus();
}

absl::Status CheckField(const RecordType& type, const FieldType& field,
                        const TypesByNumber& types) {
  const std::string where = absl::StrCat(type.name, ".", field.name);
  absl::Status status =
      First(where,
            {
                {type.append_only && field.merge != v1::FIXED, "append-only record, and not FIXED"},
                {field.cls == v1::RESTRICTED && type.scope != v1::RecordRule::FAMILY,
                 "RESTRICTED outside a family"},
            });
  if (status.ok()) status = CheckPairs(where, field);
  if (status.ok()) status = CheckSizes(where, field);
  if (status.ok()) status = CheckRanks(where, field);
  if (status.ok()) status = CheckNamedIn(where, type, field.named_in);
  if (status.ok()) status = CheckMachine(where, type, field);
  if (status.ok()) status = CheckReference(where, type, field, types);
  return status;
}

absl::Status CheckOwner(const RecordType& type) {
  if (type.part_of == 0) return absl::OkStatus();
  const FieldType* field = type.FindField(type.part_of);
  bool names = field != nullptr && field->references != 0 && field->merge == v1::FIXED &&
               !field->repeated && field->required && field->cls == v1::FACT;
  if (names) return absl::OkStatus();
  return Refuse(type.name, "part_of names no required FIXED reference under FACT");
}

// A FIXED field, one value, of this kind and class; of `size` bytes where that is not 0.
bool IsFileField(const RecordType& type, uint32_t number, Kind kind, v1::Class cls, uint32_t size) {
  const FieldType* field = type.FindField(number);
  return field != nullptr && field->merge == v1::FIXED && !field->repeated && field->kind == kind &&
         field->cls == cls && field->size == size;
}

absl::Status CheckFile(const RecordType& type) {
  const FileFields& file = type.file;
  if (!type.HasFile()) return absl::OkStatus();
  bool whole = IsFileField(type, file.content, Kind::kBytes, v1::FACT, 32) &&
               IsFileField(type, file.length, Kind::kI64, v1::FACT, 0) &&
               IsFileField(type, file.plain_length, Kind::kI64, v1::CASE, 0) &&
               IsFileField(type, file.key, Kind::kBytes, v1::CASE, 32) &&
               IsFileField(type, file.restricted_key, Kind::kBytes, v1::RESTRICTED, 32) &&
               IsFileField(type, file.restricted, Kind::kBool, v1::FACT, 0);
  return First(type.name, {
                              {!whole, "file names a field that is missing or of another form"},
                              {!type.append_only || type.scope != v1::RecordRule::FAMILY,
                               "file, and no append-only record of a family"},
                          });
}

absl::Status CheckRecord(const RecordType& type, const TypesByNumber& types) {
  const FieldType* about = type.FindField(type.office_about);
  auto states = std::count_if(type.fields.begin(), type.fields.end(),
                              [](const FieldType& field) { return field.merge == v1::COMMAND; });
  bool twice = std::any_of(type.elsewhere.begin(), type.elsewhere.end(), [&](const Elsewhere& e) {
    return e.scope == v1::RecordRule::SCOPE_UNSPECIFIED || e.scope == type.scope || e.writers == 0;
  });
  absl::Status status =
      First(type.name, {
                           {type.number == 0 || type.number == kAnyRecord, "no number"},
                           {type.scope == v1::RecordRule::SCOPE_UNSPECIFIED, "no scope"},
                           {type.writers == 0, "no writers"},
                           {twice, "elsewhere needs another scope and writers"},
                           {type.fields.empty(), "no fields"},
                           {states > 1, "two fields under COMMAND"},
                           {type.office_about != 0 && (about == nullptr || about->references == 0),
                            "office_about names no reference"},
                           {type.office_about != 0 && type.office_readers == 0,
                            "office_about without office_readers"},
                       });
  if (status.ok()) status = CheckOwner(type);
  if (status.ok()) status = CheckFile(type);
  for (const FieldType& field : type.fields) {
    if (status.ok()) status = CheckField(type, field, types);
  }
  return status;
}

}  // namespace

absl::Status CheckTypes(std::span<const RecordType> types) {
  TypesByNumber by_number;
  std::set<std::string> names;
  for (const RecordType& type : types) {
    if (!by_number.emplace(type.number, &type).second) {
      return Refuse(type.name, "its number is used twice");
    }
    std::string folded = absl::StrReplaceAll(absl::AsciiStrToLower(type.name), {{"_", ""}});
    if (!names.insert(folded).second) return Refuse(type.name, "its name is used twice");
  }
  for (const RecordType& type : types) {
    absl::Status status = CheckRecord(type, by_number);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace doorstep
