#include "model/value_json.h"

#include <chrono>
#include <cstdio>
#include <optional>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/reason.h"
#include "model/value.h"
#include "nlohmann/json.hpp"

namespace doorstep {
namespace {

using nlohmann::json;

constexpr int64_t kDayMs = 86'400'000;
// No value is longer, however much of it is escaped.
constexpr size_t kJsonBytesMax = 1 << 20;

absl::Status Malformed(const FieldType& field, const std::string& rule) {
  return MakeStatus(Reason::kFormat, "field " + field.name + ": " + rule);
}

std::string IsoDate(int64_t days) {
  std::chrono::year_month_day day{std::chrono::sys_days{std::chrono::days{days}}};
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(day.year()),
                static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
  return text;
}

std::string IsoInstant(int64_t ms) {
  int64_t days = ms / kDayMs - (ms % kDayMs < 0 ? 1 : 0);
  int64_t rest = ms - days * kDayMs;
  char text[32];
  std::snprintf(text, sizeof text, "T%02d:%02d:%02d.%03dZ", static_cast<int>(rest / 3'600'000),
                static_cast<int>(rest / 60'000 % 60), static_cast<int>(rest / 1000 % 60),
                static_cast<int>(rest % 1000));
  return IsoDate(days) + text;
}

std::optional<int> Digits(std::string_view text, size_t from, size_t length) {
  int value = 0;
  for (char c : text.substr(from, length)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

std::optional<int64_t> ParseDate(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  std::optional<int> year = Digits(text, 0, 4);
  std::optional<int> month = Digits(text, 5, 2);
  std::optional<int> day = Digits(text, 8, 2);
  if (!year || !month || !day || *year == 0) return std::nullopt;
  std::chrono::year_month_day date{std::chrono::year{*year},
                                   std::chrono::month{static_cast<unsigned>(*month)},
                                   std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days{date}.time_since_epoch().count();
}

std::optional<int64_t> ParseInstant(std::string_view text) {
  bool with_ms = text.size() == 24;
  if (!with_ms && text.size() != 20) return std::nullopt;
  if (text[10] != 'T' || text[13] != ':' || text[16] != ':' || text.back() != 'Z') {
    return std::nullopt;
  }
  if (with_ms && text[19] != '.') return std::nullopt;
  std::optional<int64_t> days = ParseDate(text.substr(0, 10));
  std::optional<int> hour = Digits(text, 11, 2);
  std::optional<int> minute = Digits(text, 14, 2);
  std::optional<int> second = Digits(text, 17, 2);
  std::optional<int> ms = with_ms ? Digits(text, 20, 3) : 0;
  if (!days || !hour || !minute || !second || !ms) return std::nullopt;
  if (*hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  return *days * kDayMs + ((*hour * 60 + *minute) * 60 + *second) * int64_t{1000} + *ms;
}

std::optional<int> HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

std::optional<std::string> ParseHex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (size_t i = 0; i < text.size(); i += 2) {
    std::optional<int> high = HexDigit(text[i]);
    std::optional<int> low = HexDigit(text[i + 1]);
    if (!high || !low) return std::nullopt;
    bytes.push_back(static_cast<char>(*high << 4 | *low));
  }
  return bytes;
}

json ElementToJson(const FieldType& field, const Element& element) {
  switch (field.kind) {
    case Kind::kBool:
      return element.number == 1;
    case Kind::kU32:
      return element.number;
    case Kind::kI64:
      return static_cast<int64_t>(element.number);
    case Kind::kInstant:
      return IsoInstant(static_cast<int64_t>(element.number));
    case Kind::kDate:
      return IsoDate(static_cast<int64_t>(element.number));
    case Kind::kEnum: {
      const Code* code = field.FindCode(element.number);
      return code == nullptr ? json(element.number) : json(code->name);
    }
    case Kind::kId:
    case Kind::kBytes:
      return ToHex(element.bytes);
    case Kind::kText:
      return std::string(element.bytes);
  }
  return nullptr;
}

std::optional<std::string> NumberFromJson(const FieldType& field, const json& element) {
  if (element.is_number_unsigned()) {
    auto number = element.get<uint64_t>();
    if (field.kind == Kind::kI64 && number > INT64_MAX) return std::nullopt;
    return EncodeNumber(field.number, number);
  }
  if (field.kind != Kind::kI64 || !element.is_number_integer()) return std::nullopt;
  return EncodeI64(field.number, element.get<int64_t>());
}

std::optional<std::string> StringFromJson(const FieldType& field, const std::string& text) {
  switch (field.kind) {
    case Kind::kInstant: {
      std::optional<int64_t> ms = ParseInstant(text);
      if (!ms) return std::nullopt;
      return EncodeI64(field.number, *ms);
    }
    case Kind::kDate: {
      std::optional<int64_t> days = ParseDate(text);
      if (!days) return std::nullopt;
      return EncodeDate(field.number, static_cast<int32_t>(*days));
    }
    case Kind::kEnum: {
      const Code* code = field.FindCode(text);
      if (code == nullptr) return std::nullopt;
      return EncodeNumber(field.number, code->number);
    }
    case Kind::kId:
    case Kind::kBytes: {
      std::optional<std::string> bytes = ParseHex(text);
      if (!bytes) return std::nullopt;
      return EncodeBytes(field.number, *bytes);
    }
    case Kind::kText:
      return EncodeBytes(field.number, text);
    default:
      return std::nullopt;
  }
}

std::optional<std::string> ElementFromJson(const FieldType& field, const json& element) {
  if (element.is_boolean() && field.kind == Kind::kBool) {
    return EncodeBool(field.number, element.get<bool>());
  }
  if (const std::string* text = element.get_ptr<const std::string*>()) {
    return StringFromJson(field, *text);
  }
  bool number = field.kind == Kind::kU32 || field.kind == Kind::kI64 || field.kind == Kind::kEnum;
  return number ? NumberFromJson(field, element) : std::nullopt;
}

bool IsList(const FieldType& field) { return field.repeated && field.merge != v1::UNION; }

}  // namespace

absl::StatusOr<std::string> ValueToJson(const FieldType& field, std::string_view value) {
  absl::Status status = CheckOpened(field, value);
  if (!status.ok()) return status;
  std::optional<std::vector<Element>> elements = DecodeElements(field.number, value);
  if (!IsList(field)) return ElementToJson(field, elements->front()).dump();
  json list = json::array();
  for (const Element& element : *elements) list.push_back(ElementToJson(field, element));
  return list.dump();
}

absl::StatusOr<std::string> ValueFromJson(const FieldType& field, std::string_view text) {
  if (text.size() > kJsonBytesMax) {
    return MakeStatus(Reason::kLimit, "field " + field.name + ": is longer than any value");
  }
  json parsed = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (parsed.is_discarded()) return Malformed(field, "is not JSON");
  if (parsed.is_array() != IsList(field)) {
    return Malformed(field, IsList(field) ? "takes a list" : "takes one value");
  }
  std::string value;
  if (!IsList(field)) parsed = json::array({std::move(parsed)});
  for (const json& element : parsed) {
    std::optional<std::string> encoded = ElementFromJson(field, element);
    if (!encoded) {
      return Malformed(field, "takes a " + std::string(KindName(field.kind)));
    }
    value += *encoded;
  }
  absl::Status status = CheckOpened(field, value);
  if (!status.ok()) return status;
  return value;
}

}  // namespace doorstep
