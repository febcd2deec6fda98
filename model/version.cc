#include "model/version.h"

#include <algorithm>
#include <set>

#include "model/value.h"
#include "model/value_json.h"
#include "model/word_diff.h"

namespace doorstep {
namespace {

using Values = std::vector<std::string>;
using Fields = std::map<uint32_t, Values>;

const Values& ValuesIn(const Fields& fields, uint32_t number) {
  static const Values kNothing;
  auto field = fields.find(number);
  return field == fields.end() ? kNothing : field->second;
}

const Fields& FieldsIn(const VersionContent& content, const std::pair<uint32_t, Id>& key) {
  static const Fields kNothing;
  auto record = content.find(key);
  return record == content.end() ? kNothing : record->second;
}

void AddJson(const FieldType& field, const Values& values,
             google::protobuf::RepeatedPtrField<std::string>* out) {
  for (const std::string& value : values) {
    absl::StatusOr<std::string> json = ValueToJson(field, value);
    if (json.ok()) *out->Add() = *std::move(json);
  }
}

std::string TextOf(const FieldType& field, const Values& values) {
  if (values.size() != 1) return "";
  return std::string(DecodeBytes(field.number, values.front()).value_or(""));
}

void AddChange(const Catalog& catalog, const std::pair<uint32_t, Id>& key, uint32_t number,
               const Values& was, const Values& is, v1::PlanDifference::How record_how,
               v1::PlanDifference& difference) {
  const RecordType& type = *catalog.Find(key.first);
  const FieldType& field = *type.FindField(number);
  v1::PlanDifference::Change* change = difference.add_changes();
  change->mutable_record()->set_type(key.first);
  change->mutable_record()->set_type_name(type.name);
  change->mutable_record()->set_id(key.second.str());
  change->set_field(field.name);
  change->set_record_how(record_how);
  if (field.cls == v1::RESTRICTED) {
    change->set_sealed(true);
    return;
  }
  AddJson(field, was, change->mutable_before());
  AddJson(field, is, change->mutable_after());
  const bool one_text = field.kind == Kind::kText && was.size() <= 1 && is.size() <= 1;
  if (one_text) AddWordDifference(TextOf(field, was), TextOf(field, is), change->mutable_words());
}

}  // namespace

VersionContent ContentOf(const Catalog& catalog, const std::vector<const Record*>& covered) {
  VersionContent content;
  for (const Record* record : covered) {
    const RecordType* type = catalog.Find(record->type);
    if (type == nullptr) continue;
    Fields& fields = content[{record->type, record->id}];
    for (const auto& [number, cell] : record->cells) {
      const FieldType* field = type->FindField(number);
      if (field == nullptr || field->merge == v1::COMMAND || field->outside_version) continue;
      for (const LiveWrite* write : InForce(cell, *field)) {
        if (!write->value.empty()) fields[number].push_back(write->value);
      }
    }
  }
  return content;
}

std::vector<uint32_t> TypesCovered(const Catalog& catalog, uint32_t type) {
  std::set<uint32_t> types = {type};
  for (bool grew = true; grew;) {
    grew = false;
    for (const RecordType& part : catalog.types()) {
      const FieldType* owner = part.part_of == 0 ? nullptr : part.FindField(part.part_of);
      if (owner == nullptr) continue;
      const bool belongs = owner->references == kAnyRecord || types.contains(owner->references);
      if (belongs && types.insert(part.number).second) grew = true;
    }
  }
  return {types.begin(), types.end()};
}

void AddDifference(const Catalog& catalog, const VersionContent& before,
                   const VersionContent& after, v1::PlanDifference& difference) {
  std::map<std::pair<uint32_t, Id>, std::set<uint32_t>> touched;
  for (const VersionContent* content : {&before, &after}) {
    for (const auto& [key, fields] : *content) {
      for (const auto& [number, values] : fields) touched[key].insert(number);
    }
  }
  for (const auto& [key, numbers] : touched) {
    const v1::PlanDifference::How how = !before.contains(key)  ? v1::PlanDifference::ADDED
                                        : !after.contains(key) ? v1::PlanDifference::REMOVED
                                                               : v1::PlanDifference::SAME;
    for (uint32_t number : numbers) {
      const Values& was = ValuesIn(FieldsIn(before, key), number);
      const Values& is = ValuesIn(FieldsIn(after, key), number);
      if (was != is) AddChange(catalog, key, number, was, is, how, difference);
    }
  }
}

}  // namespace doorstep
