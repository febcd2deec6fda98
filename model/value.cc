#include "model/value.h"

#include "absl/strings/str_cat.h"
#include "crypto/reason.h"

namespace doorstep {
namespace {

constexpr uint64_t kVarintWire = 0;
constexpr uint64_t kBytesWire = 2;

void AppendVarint(std::string& out, uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

size_t VarintSize(uint64_t value) {
  size_t size = 1;
  while (value >= 0x80) {
    value >>= 7;
    ++size;
  }
  return size;
}

// nullopt for a varint cut short, beyond 64 bits, or with a needless last byte.
std::optional<uint64_t> TakeVarint(std::string_view& rest) {
  uint64_t value = 0;
  for (unsigned i = 0; i < 10 && i < rest.size(); ++i) {
    uint64_t byte = static_cast<uint8_t>(rest[i]);
    if (i == 9 && byte > 1) return std::nullopt;
    value |= (byte & 0x7f) << (7 * i);
    if (byte < 0x80) {
      if (byte == 0 && i > 0) return std::nullopt;
      rest.remove_prefix(i + 1);
      return value;
    }
  }
  return std::nullopt;
}

std::optional<Element> TakeElement(uint32_t field, std::string_view& rest) {
  std::optional<uint64_t> tag = TakeVarint(rest);
  if (!tag || *tag >> 3 != field) return std::nullopt;
  std::optional<uint64_t> number = TakeVarint(rest);
  if (!number) return std::nullopt;
  Element element;
  if ((*tag & 7) == kVarintWire) {
    element.number = *number;
    return element;
  }
  if ((*tag & 7) != kBytesWire || *number > rest.size()) return std::nullopt;
  element.is_bytes = true;
  element.bytes = rest.substr(0, *number);
  rest.remove_prefix(*number);
  return element;
}

std::optional<uint64_t> DecodeVarint(uint32_t field, std::string_view value) {
  std::optional<Element> element = TakeElement(field, value);
  if (!element || element->is_bytes || !value.empty()) return std::nullopt;
  return element->number;
}

std::string EncodeVarint(uint32_t field, uint64_t value) {
  std::string out;
  AppendVarint(out, uint64_t{field} << 3 | kVarintWire);
  AppendVarint(out, value);
  return out;
}

bool HasBytes(Kind kind) {
  return kind == Kind::kId || kind == Kind::kBytes || kind == Kind::kText;
}

absl::Status Malformed(const FieldType& field, const std::string& rule) {
  return MakeStatus(Reason::kFormat, absl::StrCat("field ", field.name, ": ", rule));
}

absl::Status OverLimit(const FieldType& field, const std::string& rule) {
  return MakeStatus(Reason::kLimit, absl::StrCat("field ", field.name, ": ", rule));
}

absl::Status CheckNumber(const FieldType& field, uint64_t number) {
  auto wide = static_cast<int64_t>(number);
  switch (field.kind) {
    case Kind::kBool:
      if (number > 1) return Malformed(field, "is neither 0 nor 1");
      break;
    case Kind::kU32:
      if (number > UINT32_MAX) return Malformed(field, "does not fit 32 bits");
      break;
    case Kind::kEnum:
      if (number == 0 || number > INT32_MAX) return Malformed(field, "is no code");
      break;
    case Kind::kDate:
      if (wide < kDateMin || wide > kDateMax)
        return Malformed(field, "is no day of years 1 to 9999");
      break;
    case Kind::kInstant:
      if (wide < kInstantMin || wide > kInstantMax) {
        return Malformed(field, "is no instant of years 1 to 9999");
      }
      break;
    default:
      break;
  }
  return absl::OkStatus();
}

absl::Status CheckBytes(const FieldType& field, std::string_view bytes) {
  if (field.size != 0 && bytes.size() != field.size) {
    return Malformed(field, absl::StrCat("has not exactly ", field.size, " bytes"));
  }
  if (field.max_size != 0 && bytes.size() > field.max_size) {
    return OverLimit(field, absl::StrCat("has more than ", field.max_size, " bytes"));
  }
  if (field.kind == Kind::kText && !IsPlainText(bytes)) {
    return Malformed(field, "is not text without control characters");
  }
  return absl::OkStatus();
}

// Of every element that the field may hold, encoded.
size_t LargestOpened(const FieldType& field) {
  size_t element = VarintSize(uint64_t{field.number} << 3);
  size_t bytes = field.size != 0 ? field.size : field.max_size;
  element += HasBytes(field.kind) ? VarintSize(bytes) + bytes : 10;
  return field.repeated ? element * field.max_count : element;
}

absl::Status CheckSealed(const FieldType& field, std::string_view value) {
  if (value.size() < kSealOverhead + kSealBlock || value[0] != 1 ||
      (value.size() - kSealOverhead) % kSealBlock != 0) {
    return Malformed(field, "is not a sealed value");
  }
  if (value.size() > kSealOverhead + (LargestOpened(field) / kSealBlock + 1) * kSealBlock) {
    return OverLimit(field, "is longer than the sealed field can be");
  }
  return absl::OkStatus();
}

}  // namespace

std::string EncodeBool(uint32_t field, bool value) { return EncodeVarint(field, value ? 1 : 0); }
std::string EncodeNumber(uint32_t field, uint64_t value) { return EncodeVarint(field, value); }
std::string EncodeI64(uint32_t field, int64_t value) {
  return EncodeVarint(field, static_cast<uint64_t>(value));
}
std::string EncodeDate(uint32_t field, int32_t days) { return EncodeI64(field, days); }
std::string EncodeBytes(uint32_t field, std::string_view value) {
  std::string out;
  AppendVarint(out, uint64_t{field} << 3 | kBytesWire);
  AppendVarint(out, value.size());
  out += value;
  return out;
}
std::string EncodeId(uint32_t field, const Id& id) { return EncodeBytes(field, id.view()); }

std::optional<bool> DecodeBool(uint32_t field, std::string_view value) {
  std::optional<uint64_t> number = DecodeVarint(field, value);
  if (!number || *number > 1) return std::nullopt;
  return *number == 1;
}

std::optional<uint32_t> DecodeU32(uint32_t field, std::string_view value) {
  std::optional<uint64_t> number = DecodeVarint(field, value);
  if (!number || *number > UINT32_MAX) return std::nullopt;
  return static_cast<uint32_t>(*number);
}

std::optional<uint32_t> DecodeCode(uint32_t field, std::string_view value) {
  std::optional<uint32_t> number = DecodeU32(field, value);
  if (!number || *number == 0 || *number > INT32_MAX) return std::nullopt;
  return number;
}

std::optional<int64_t> DecodeI64(uint32_t field, std::string_view value) {
  std::optional<uint64_t> number = DecodeVarint(field, value);
  if (!number) return std::nullopt;
  return static_cast<int64_t>(*number);
}

std::optional<int32_t> DecodeDate(uint32_t field, std::string_view value) {
  std::optional<int64_t> days = DecodeI64(field, value);
  if (!days || *days < kDateMin || *days > kDateMax) return std::nullopt;
  return static_cast<int32_t>(*days);
}

std::optional<std::string_view> DecodeBytes(uint32_t field, std::string_view value) {
  std::optional<Element> element = TakeElement(field, value);
  if (!element || !element->is_bytes || !value.empty()) return std::nullopt;
  return element->bytes;
}

std::optional<Id> DecodeId(uint32_t field, std::string_view value) {
  std::optional<std::string_view> bytes = DecodeBytes(field, value);
  if (!bytes) return std::nullopt;
  return Id::FromBytes(*bytes);
}

std::optional<std::vector<Element>> DecodeElements(uint32_t field, std::string_view value) {
  std::vector<Element> elements;
  while (!value.empty()) {
    std::optional<Element> element = TakeElement(field, value);
    if (!element) return std::nullopt;
    elements.push_back(*element);
  }
  return elements;
}

absl::Status CheckValue(const FieldType& field, std::string_view value) {
  if (value.empty()) return Malformed(field, "has no value");
  return field.cls == v1::RESTRICTED ? CheckSealed(field, value) : CheckOpened(field, value);
}

absl::Status CheckOpened(const FieldType& field, std::string_view value) {
  bool list = field.repeated && field.merge != v1::UNION;
  bool may_be_empty = list && field.cls == v1::RESTRICTED;
  if (value.empty() && !may_be_empty) return Malformed(field, "has no value");
  size_t count = 0;
  while (!value.empty()) {
    std::optional<Element> element = TakeElement(field.number, value);
    if (!element || element->is_bytes != HasBytes(field.kind)) {
      return Malformed(field, "is not encoded as its type");
    }
    ++count;
    if (!list && count > 1) return Malformed(field, "has more than one element");
    if (list && count > field.max_count) {
      return OverLimit(field, absl::StrCat("has more than ", field.max_count, " elements"));
    }
    absl::Status status =
        element->is_bytes ? CheckBytes(field, element->bytes) : CheckNumber(field, element->number);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

bool MayClear(const FieldType& field) {
  return field.merge == v1::LATEST || field.merge == v1::ASK;
}

bool IsPlainText(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    auto lead = static_cast<uint8_t>(text[i]);
    if (lead < 0x80) {
      if ((lead < 0x20 && lead != '\n' && lead != '\t') || lead == 0x7f) return false;
      ++i;
      continue;
    }
    size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || text.size() - i < length) return false;
    uint32_t point = lead & (0xffu >> (length + 1));
    for (size_t k = 1; k < length; ++k) {
      auto next = static_cast<uint8_t>(text[i + k]);
      if ((next & 0xc0) != 0x80) return false;
      point = point << 6 | (next & 0x3f);
    }
    constexpr uint32_t kShortest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (point < kShortest[length] || point > 0x10ffff) return false;
    if (point >= 0xd800 && point <= 0xdfff) return false;
    if (point < 0xa0) return false;  // the second block of control characters
    i += length;
  }
  return true;
}

}  // namespace doorstep
