#include "model/catalog.h"

#include <algorithm>
#include <cassert>
#include <cstdio>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "crypto/reason.h"
#include "doorstep/v1/records.pb.h"
#include "google/protobuf/descriptor.h"
#include "model/catalog_check.h"
#include "model/value.h"

namespace doorstep {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;

absl::Status Refuse(const std::string& where, const std::string& rule) {
  return MakeStatus(Reason::kArg, absl::StrCat(where, ": ", rule));
}

std::string NameOfField(const FieldDescriptor& field) {
  return absl::StrCat(field.containing_type()->name(), ".", field.name());
}

template <typename Repeated>
Letters LettersOf(const Repeated& who) {
  Letters letters = 0;
  for (int letter : who) letters |= 1u << letter;
  return letters;
}

template <typename Repeated>
std::vector<uint32_t> Numbers(const Repeated& numbers) {
  return {numbers.begin(), numbers.end()};
}

// "UnknownReason" → "UNKNOWN_REASON_": what the values of that enum begin with.
std::string PrefixOf(const EnumDescriptor& type) {
  std::string prefix;
  for (char c : type.name()) {
    if (absl::ascii_isupper(static_cast<unsigned char>(c)) && !prefix.empty()) prefix += '_';
    prefix += absl::ascii_toupper(static_cast<unsigned char>(c));
  }
  return prefix + '_';
}

absl::Status ReadCodes(const EnumDescriptor& type, const std::string& where, FieldType& field) {
  const std::string prefix = PrefixOf(type);
  for (int i = 0; i < type.value_count(); ++i) {
    const EnumValueDescriptor& value = *type.value(i);
    if (!value.name().starts_with(prefix)) {
      return Refuse(where,
                    absl::StrCat("the code ", value.name(), " does not begin with ", prefix));
    }
    if (value.number() < 0) return Refuse(where, "a code is negative");
    if (value.number() == 0) {
      if (value.name() != prefix + "UNSPECIFIED") {
        return Refuse(where, absl::StrCat("the code 0 is not ", prefix, "UNSPECIFIED"));
      }
      continue;
    }
    field.codes.push_back({static_cast<uint32_t>(value.number()),
                           value.name().substr(prefix.size()),
                           value.options().GetExtension(v1::rank)});
  }
  std::sort(field.codes.begin(), field.codes.end(),
            [](const Code& a, const Code& b) { return a.number < b.number; });
  return absl::OkStatus();
}

absl::StatusOr<std::vector<uint32_t>> ReadStates(
    const google::protobuf::RepeatedPtrField<std::string>& names, const std::string& where,
    const FieldType& field) {
  std::vector<uint32_t> states;
  for (const std::string& name : names) {
    const Code* state = field.FindCode(name);
    if (state == nullptr) {
      return Refuse(where, absl::StrCat("its machine names ", name, ", which is no state"));
    }
    states.push_back(state->number);
  }
  return states;
}

// Every pair of `from` and `to` becomes a step of its own.
absl::Status ReadStep(const v1::Machine::Step& rule, const std::string& where, FieldType& field) {
  absl::StatusOr<std::vector<uint32_t>> from = ReadStates(rule.from(), where, field);
  if (!from.ok()) return from.status();
  absl::StatusOr<std::vector<uint32_t>> to = ReadStates(rule.to(), where, field);
  if (!to.ok()) return to.status();
  if (to->empty()) return Refuse(where, "a step of its machine leads nowhere");
  if (from->empty()) from->push_back(0);
  Step step;
  step.writers = LettersOf(rule.writers());
  step.named_in = Numbers(rule.named_in());
  for (const v1::Machine::Where& w : rule.where()) step.where.push_back({w.field(), w.value()});
  step.needs = Numbers(rule.needs());
  for (int guard : rule.guards()) step.guards.push_back(static_cast<v1::Machine::Guard>(guard));
  step.online = rule.online();
  for (uint32_t a : *from) {
    for (uint32_t b : *to) {
      step.from = a;
      step.to = b;
      field.steps.push_back(step);
    }
  }
  return absl::OkStatus();
}

absl::Status ReadEnum(const EnumDescriptor& type, const std::string& where, FieldType& field) {
  absl::Status status = ReadCodes(type, where, field);
  if (!status.ok()) return status;
  const v1::Machine& machine = type.options().GetExtension(v1::machine);
  for (const v1::Machine::Step& step : machine.step()) {
    status = ReadStep(step, where, field);
    if (!status.ok()) return status;
  }
  absl::StatusOr<std::vector<uint32_t>> frozen = ReadStates(machine.frozen(), where, field);
  if (!frozen.ok()) return frozen.status();
  field.frozen = *std::move(frozen);
  return absl::OkStatus();
}

absl::StatusOr<Kind> ReadKind(const FieldDescriptor& descriptor, const v1::FieldRule& rule) {
  bool instant = rule.format() == v1::FieldRule::INSTANT;
  if (instant && descriptor.type() != FieldDescriptor::TYPE_INT64) {
    return Refuse(NameOfField(descriptor), "INSTANT, and not int64");
  }
  switch (descriptor.type()) {
    case FieldDescriptor::TYPE_BOOL:
      return Kind::kBool;
    case FieldDescriptor::TYPE_UINT32:
      return Kind::kU32;
    case FieldDescriptor::TYPE_INT64:
      return instant ? Kind::kInstant : Kind::kI64;
    case FieldDescriptor::TYPE_INT32:
      return Kind::kDate;
    case FieldDescriptor::TYPE_ENUM:
      return Kind::kEnum;
    case FieldDescriptor::TYPE_STRING:
      return Kind::kText;
    case FieldDescriptor::TYPE_BYTES:
      return rule.references().empty() ? Kind::kBytes : Kind::kId;
    default:
      return Refuse(NameOfField(descriptor), "a type that no record holds");
  }
}

class Reader {
 public:
  explicit Reader(std::span<const Descriptor* const> messages) {
    for (const Descriptor* message : messages) {
      if (!message->options().HasExtension(v1::record)) continue;
      records_.push_back(message);
      numbers_[message->name()] = message->options().GetExtension(v1::record).number();
    }
  }

  absl::StatusOr<std::vector<RecordType>> Read() {
    std::vector<RecordType> types;
    for (const Descriptor* message : records_) {
      absl::StatusOr<RecordType> type = ReadRecord(*message);
      if (!type.ok()) return type.status();
      types.push_back(*std::move(type));
    }
    return types;
  }

  uint32_t ReadSchema() const {
    if (records_.empty()) return 0;
    return records_.front()->file()->options().GetExtension(v1::schema);
  }

 private:
  absl::StatusOr<RecordType> ReadRecord(const Descriptor& message) {
    const v1::RecordRule& rule = message.options().GetExtension(v1::record);
    RecordType type;
    type.number = rule.number();
    type.name = message.name();
    type.scope = rule.scope();
    type.writers = LettersOf(rule.writers());
    for (const v1::RecordRule::Elsewhere& e : rule.elsewhere()) {
      type.elsewhere.push_back({e.scope(), LettersOf(e.writers())});
    }
    type.append_only = rule.append_only();
    type.trust = rule.trust();
    type.urgent = rule.urgent();
    const v1::RecordRule::File& file = rule.file();
    type.file = {file.content(), file.length(),         file.plain_length(),
                 file.key(),     file.restricted_key(), file.restricted()};
    type.part_of = rule.part_of();
    type.office_about = rule.office_about();
    type.office_readers = LettersOf(rule.office_readers());
    type.singleton = rule.singleton();
    for (int i = 0; i < message.field_count(); ++i) {
      absl::StatusOr<FieldType> field = ReadField(*message.field(i));
      if (!field.ok()) return field.status();
      type.fields.push_back(*std::move(field));
    }
    std::sort(type.fields.begin(), type.fields.end(),
              [](const FieldType& a, const FieldType& b) { return a.number < b.number; });
    return type;
  }

  absl::StatusOr<FieldType> ReadField(const FieldDescriptor& descriptor) {
    const std::string where = NameOfField(descriptor);
    const v1::FieldRule& rule = descriptor.options().GetExtension(v1::rule);
    absl::StatusOr<Kind> kind = ReadKind(descriptor, rule);
    if (!kind.ok()) return kind.status();
    if (!descriptor.is_repeated() && !descriptor.has_presence()) {
      return Refuse(where, "singular without `optional`");
    }
    if (descriptor.is_packed()) return Refuse(where, "packed");
    FieldType field;
    field.number = static_cast<uint32_t>(descriptor.number());
    field.name = descriptor.name();
    field.kind = *kind;
    field.repeated = descriptor.is_repeated();
    field.cls = rule.class_();
    field.merge = rule.merge();
    field.writers = LettersOf(rule.writers());
    field.named_in = Numbers(rule.named_in());
    field.lower_writers = LettersOf(rule.lower_writers());
    field.required = rule.required();
    field.indexed = rule.indexed();
    field.searched = rule.searched();
    field.outside_version = rule.outside_version();
    field.size = rule.size();
    field.max_size = rule.max_size();
    field.max_count = rule.max_count();
    absl::Status status = ReadReference(rule, where, field);
    if (status.ok() && field.kind == Kind::kEnum) {
      status = ReadEnum(*descriptor.enum_type(), where, field);
    }
    if (!status.ok()) return status;
    return field;
  }

  absl::Status ReadReference(const v1::FieldRule& rule, const std::string& where,
                             FieldType& field) {
    if (rule.references().empty()) return absl::OkStatus();
    if (field.kind != Kind::kId) return Refuse(where, "references a record, and is not bytes");
    if (field.size != 0) return Refuse(where, "an id whose size is given");
    field.size = 16;
    if (rule.references() == "any") {
      field.references = kAnyRecord;
      return absl::OkStatus();
    }
    auto it = numbers_.find(rule.references());
    if (it == numbers_.end()) {
      return Refuse(where, absl::StrCat("references ", rule.references(), ", which is no record"));
    }
    field.references = it->second;
    return absl::OkStatus();
  }

  std::vector<const Descriptor*> records_;
  std::map<std::string, uint32_t, std::less<>> numbers_;
};

std::string FoldName(std::string_view name) {
  std::string folded;
  for (char c : name) {
    if (c != '_') folded += absl::ascii_tolower(static_cast<unsigned char>(c));
  }
  return folded;
}

bool EqualLetters(char a, char b) {
  return absl::ascii_tolower(static_cast<unsigned char>(a)) ==
         absl::ascii_tolower(static_cast<unsigned char>(b));
}

template <typename Item>
const Item* FindNumber(const std::vector<Item>& items, uint64_t number) {
  auto it = std::lower_bound(items.begin(), items.end(), number,
                             [](const Item& item, uint64_t n) { return item.number < n; });
  return it == items.end() || it->number != number ? nullptr : &*it;
}

template <typename Item>
const Item* FindName(const std::vector<Item>& items, std::string_view name) {
  auto it = std::find_if(items.begin(), items.end(), [&](const Item& item) {
    return std::equal(item.name.begin(), item.name.end(), name.begin(), name.end(), EqualLetters);
  });
  return it == items.end() ? nullptr : &*it;
}

}  // namespace

std::string_view KindName(Kind kind) {
  switch (kind) {
    case Kind::kBool:
      return "bool";
    case Kind::kU32:
    case Kind::kI64:
      return "number";
    case Kind::kInstant:
      return "instant";
    case Kind::kDate:
      return "date";
    case Kind::kEnum:
      return "code";
    case Kind::kId:
      return "id";
    case Kind::kBytes:
      return "bytes";
    case Kind::kText:
      return "text";
  }
  return "";
}

const Code* FieldType::FindCode(uint64_t code_number) const {
  return FindNumber(codes, code_number);
}

const Code* FieldType::FindCode(std::string_view code_name) const {
  return FindName(codes, code_name);
}

bool FieldType::IsFrozenIn(uint64_t state) const {
  return std::find(frozen.begin(), frozen.end(), state) != frozen.end();
}

uint64_t FieldType::Rank(std::string_view value) const {
  if (value.empty()) return 0;
  if (kind == Kind::kBool) {
    std::optional<bool> on = DecodeBool(number, value);
    return !on ? UINT64_MAX : *on ? 2 : 1;
  }
  std::optional<uint32_t> written = DecodeCode(number, value);
  const Code* code = written ? FindCode(*written) : nullptr;
  return code == nullptr ? UINT64_MAX : code->rank;
}

const FieldType* RecordType::FindField(uint32_t field_number) const {
  return FindNumber(fields, field_number);
}

const FieldType* RecordType::FindField(std::string_view field_name) const {
  return FindName(fields, field_name);
}

const FieldType* RecordType::FindState() const {
  auto it = std::find_if(fields.begin(), fields.end(),
                         [](const FieldType& field) { return field.merge == v1::COMMAND; });
  return it == fields.end() ? nullptr : &*it;
}

Letters RecordType::WritersIn(v1::RecordRule::Scope in) const {
  if (in == scope) return writers;
  for (const Elsewhere& other : elsewhere) {
    if (in == other.scope) return other.writers;
  }
  return 0;
}

const Catalog& Catalog::Get() {
  static const Catalog* const catalog = [] {
    const google::protobuf::FileDescriptor& file = *v1::Family::descriptor()->file();
    std::vector<const Descriptor*> messages;
    for (int i = 0; i < file.message_type_count(); ++i) messages.push_back(file.message_type(i));
    absl::StatusOr<Catalog> built = Build(messages);
    if (!built.ok()) std::fputs((built.status().ToString() + "\n").c_str(), stderr);
    assert(built.ok());
    return new Catalog(*std::move(built));
  }();
  return *catalog;
}

absl::StatusOr<Catalog> Catalog::Build(std::span<const Descriptor* const> messages) {
  Reader reader(messages);
  absl::StatusOr<std::vector<RecordType>> types = reader.Read();
  if (!types.ok()) return types.status();
  absl::Status status = CheckTypes(*types);
  if (!status.ok()) return status;
  Catalog catalog;
  catalog.schema_ = reader.ReadSchema();
  if (catalog.schema_ == 0) return Refuse("the file", "has no schema number");
  catalog.types_ = *std::move(types);
  std::sort(catalog.types_.begin(), catalog.types_.end(),
            [](const RecordType& a, const RecordType& b) { return a.number < b.number; });
  for (size_t i = 0; i < catalog.types_.size(); ++i) {
    catalog.by_name_[FoldName(catalog.types_[i].name)] = i;
  }
  return catalog;
}

const RecordType* Catalog::Find(uint32_t number) const { return FindNumber(types_, number); }

const RecordType* Catalog::Find(std::string_view name) const {
  auto it = by_name_.find(FoldName(name));
  return it == by_name_.end() ? nullptr : &types_[it->second];
}

const FieldType* Catalog::FindField(uint32_t type, uint32_t field) const {
  const RecordType* record = Find(type);
  return record == nullptr ? nullptr : record->FindField(field);
}

}  // namespace doorstep
