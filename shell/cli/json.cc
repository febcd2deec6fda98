#include "shell/cli/json.h"

#include <vector>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "shell/cli/terminal.h"

namespace doorstep::shell {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr int kDepthMax = 16;

bool HoldsJson(const FieldDescriptor& field) {
  return field.name() == "json" || field.full_name() == "doorstep.v1.PlanAnswer.Change.before" ||
         field.full_name() == "doorstep.v1.PlanAnswer.Change.after" ||
         field.full_name() == "doorstep.v1.PlanDifference.Change.before" ||
         field.full_name() == "doorstep.v1.PlanDifference.Change.after";
}

Json Text(const FieldDescriptor& field, const std::string& text) {
  if (field.type() == FieldDescriptor::TYPE_BYTES) return Hex(text);
  return HoldsJson(field) ? ParseJson(text) : Json(text);
}

// Element `i` of a repeated field, or a singular one for -1.
Json Element(const Message& message, const FieldDescriptor& field, int i) {
  const Reflection& at = *message.GetReflection();
  std::string scratch;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return ToJson(i < 0 ? at.GetMessage(message, &field)
                          : at.GetRepeatedMessage(message, &field, i));
    case FieldDescriptor::CPPTYPE_STRING:
      return Text(field, i < 0 ? at.GetStringReference(message, &field, &scratch)
                               : at.GetRepeatedStringReference(message, &field, i, &scratch));
    case FieldDescriptor::CPPTYPE_ENUM:
      return (i < 0 ? at.GetEnum(message, &field) : at.GetRepeatedEnum(message, &field, i))->name();
    case FieldDescriptor::CPPTYPE_BOOL:
      return i < 0 ? at.GetBool(message, &field) : at.GetRepeatedBool(message, &field, i);
    case FieldDescriptor::CPPTYPE_UINT32:
      return i < 0 ? at.GetUInt32(message, &field) : at.GetRepeatedUInt32(message, &field, i);
    case FieldDescriptor::CPPTYPE_UINT64:
      return i < 0 ? at.GetUInt64(message, &field) : at.GetRepeatedUInt64(message, &field, i);
    case FieldDescriptor::CPPTYPE_INT32:
      return i < 0 ? at.GetInt32(message, &field) : at.GetRepeatedInt32(message, &field, i);
    case FieldDescriptor::CPPTYPE_INT64:
      return i < 0 ? at.GetInt64(message, &field) : at.GetRepeatedInt64(message, &field, i);
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
      break;  // client.proto has none
  }
  return nullptr;
}

}  // namespace

Json ToJson(const Message& message) {
  Json object = Json::object();
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (!field->is_repeated()) {
      object[field->name()] = Element(message, *field, -1);
      continue;
    }
    Json list = Json::array();
    const int count = message.GetReflection()->FieldSize(message, field);
    for (int i = 0; i < count; ++i) list.push_back(Element(message, *field, i));
    object[field->name()] = std::move(list);
  }
  return object;
}

Json ParseJson(const std::string& text) {
  bool deep = false;
  const Json parsed = Json::parse(
      text,
      [&deep](int depth, Json::parse_event_t, Json&) {
        deep = deep || depth > kDepthMax;
        return !deep;
      },
      /*allow_exceptions=*/false);
  return deep || parsed.is_discarded() ? Json(nullptr) : parsed;
}

Json Values(const v1::RecordView& record) {
  const Json values = ParseJson(record.json());
  return values.is_object() ? values : Json::object();
}

std::string TextOfValue(const std::string& json) {
  const Json value = ParseJson(json);
  if (value.is_null()) return "";
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  if (!value.is_array()) return value.dump();
  std::string list;
  for (const Json& element : value) {
    if (!list.empty()) list += ", ";
    list += element.is_string() ? element.get<std::string>() : element.dump();
  }
  return list;
}

std::string TextOf(const Json& values, const std::string& field) {
  const auto found = values.find(field);
  return found == values.end() ? "" : TextOfValue(found->dump());
}

}  // namespace doorstep::shell
