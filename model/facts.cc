#include "model/facts.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "model/value.h"

namespace doorstep {

const RecordType& Facts::TypeOf(const google::protobuf::Descriptor& message) {
  const RecordType* type = Catalog::Get().Find(message.name());
  assert(type != nullptr);
  return *type;
}

void Facts::Prepare() {
  if (prepared_) return;
  prepared_ = true;
  ReadFolded();
  ReadSame();
}

// The last word in the log decides.
void Facts::ReadFolded() {
  const RecordType& type = TypeOf(*v1::Addendum::descriptor());
  std::map<Id, std::pair<uint64_t, bool>> last;  // about: seq, folded
  state_.ForEach(type.number, [&](const Record& record) {
    v1::Addendum addendum;
    std::optional<Id> about;
    if (ParseInForce(record, type, addendum)) about = Id::FromBytes(addendum.about());
    const bool away = addendum.kind() == v1::Addendum::KIND_ENTERED_IN_ERROR;
    const bool back = addendum.kind() == v1::Addendum::KIND_REINSTATED;
    if (!about || (!away && !back)) return;
    auto& kept = last[*about];
    if (record.made_seq >= kept.first) kept = {record.made_seq, away};
  });
  for (const auto& [about, word] : last) {
    if (word.second) folded_.insert(about);
  }
}

void Facts::ReadSame() {
  const RecordType& type = TypeOf(*v1::Person::descriptor());
  state_.ForEach(type.number, [&](const Record& record) {
    v1::Person person;
    if (!ParseInForce(record, type, person)) return;
    std::optional<Id> same = Id::FromBytes(person.same_as());
    if (same && !same->is_zero() && *same != record.id) same_as_[record.id] = *same;
  });
}

bool Facts::IsFoldedAway(const Id& record) {
  Prepare();
  return folded_.contains(record);
}

uint32_t Facts::folded_away() {
  Prepare();
  return static_cast<uint32_t>(folded_.size());
}

Id Facts::PersonOf(std::string_view id) {
  Prepare();
  Id person = Id::FromBytes(id).value_or(Id{});
  auto same = same_as_.find(person);  // one step: longer chains are held
  return same == same_as_.end() ? person : same->second;
}

std::vector<std::string> TextsOf(const Record& record, uint32_t field) {
  std::vector<std::string> texts;
  const Cell* cell = record.FindCell(field);
  const FieldType* rule = Catalog::Get().FindField(record.type, field);
  if (cell == nullptr || rule == nullptr || rule->cls == v1::RESTRICTED) return texts;
  for (const LiveWrite* write : InForce(*cell, *rule)) {
    std::optional<std::string_view> text = DecodeBytes(field, write->value);
    if (text && !text->empty()) texts.emplace_back(*text);
  }
  return texts;
}

LastWrite LastWriteOf(const Record& record, uint32_t field) {
  const Cell* cell = record.FindCell(field);
  if (cell == nullptr || cell->live.empty()) return {};
  return {cell->live.back().seq, cell->live.back().actor};
}

std::string CodeName(const google::protobuf::EnumDescriptor& codes, int number) {
  if (number == 0) return "";
  const google::protobuf::EnumValueDescriptor* value = codes.FindValueByNumber(number);
  if (value == nullptr) return absl::StrCat(number);
  // The zero value is the prefix of all of them: LEVEL_UNSPECIFIED, LEVEL_ADVICE.
  const std::string& zero = codes.FindValueByNumber(0)->name();
  return value->name().substr(zero.size() - std::string_view("UNSPECIFIED").size());
}

}  // namespace doorstep
