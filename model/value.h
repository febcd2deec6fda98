// A value as a field write holds it: the field as protobuf encodes it, tag included.
//
//   value   = element             of a singular field, and of one write of a UNION field
//           | element element …   every element of a repeated FIXED or ASK field, unpacked
//   element = tag varint          bool, number, instant, date, code
//           | tag varint bytes    id, bytes, text: their length, then they
//   tag     = varint(field * 8 + 0 or 2)
//
// Varints are minimal; a negative number is its 64-bit two's complement (ten bytes). So a value has
// one encoding only, and equal values are equal bytes. An empty value is not a value: it clears the
// cell. A RESTRICTED field is written sealed; what is inside the seal has the form above, and there
// a list may be empty.
//
// Pure functions of their arguments. Nothing that comes from outside makes them assert.
#ifndef DOORSTEP_MODEL_VALUE_H_
#define DOORSTEP_MODEL_VALUE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "model/catalog.h"
#include "model/record_id.h"

namespace doorstep {

// Elements, encoded. A list is the concatenation of its elements.
std::string EncodeBool(uint32_t field, bool value);
std::string EncodeNumber(uint32_t field, uint64_t value);  // u32, code
std::string EncodeI64(uint32_t field, int64_t value);      // number, instant
std::string EncodeDate(uint32_t field, int32_t days);
std::string EncodeBytes(uint32_t field, std::string_view value);  // bytes, text
std::string EncodeId(uint32_t field, const Id& id);

// The one element of a value, strictly: nullopt for another field's tag, another wire type, a
// number that does not fit or is not minimal, a second element, bytes left over, or nothing.
std::optional<bool> DecodeBool(uint32_t field, std::string_view value);
std::optional<uint32_t> DecodeU32(uint32_t field, std::string_view value);
std::optional<uint32_t> DecodeCode(uint32_t field, std::string_view value);  // never 0
std::optional<int64_t> DecodeI64(uint32_t field, std::string_view value);
std::optional<int32_t> DecodeDate(uint32_t field, std::string_view value);
std::optional<std::string_view> DecodeBytes(uint32_t field, std::string_view value);
std::optional<Id> DecodeId(uint32_t field, std::string_view value);

struct Element {
  bool is_bytes = false;
  uint64_t number = 0;     // of a varint
  std::string_view bytes;  // else; a view into the value
};
// Every element of a value, in order. nullopt when it is not wholly elements of this field.
std::optional<std::vector<Element>> DecodeElements(uint32_t field, std::string_view value);

// Whether `value` may stand in a write of this field: its one encoding, sizes and counts within the
// field's limits, ids of 16 bytes, text as IsPlainText, dates and instants in the years 1 to 9999,
// codes not 0 (unknown ones are kept). RESTRICTED: the outer form of a sealed value, of a size that
// the field can have. INVALID_ARGUMENT (E_FORMAT) or RESOURCE_EXHAUSTED (E_LIMIT), naming the
// field. The empty value is refused: MayClear answers for that.
absl::Status CheckValue(const FieldType& field, std::string_view value);
// The same for the opened value of a RESTRICTED field; for any other field it is CheckValue.
absl::Status CheckOpened(const FieldType& field, std::string_view value);

// Whether a write with an empty value may clear the cell.
bool MayClear(const FieldType& field);

// Valid UTF-8 (shortest form, no surrogates, at most U+10FFFF) without control characters but
// newline and tab.
bool IsPlainText(std::string_view text);

// Dates and instants of the years 1 to 9999.
inline constexpr int32_t kDateMin = -719162;
inline constexpr int32_t kDateMax = 2932896;
inline constexpr int64_t kInstantMin = int64_t{kDateMin} * 86'400'000;
inline constexpr int64_t kInstantMax = (int64_t{kDateMax} + 1) * 86'400'000 - 1;

// A sealed value: u8 version 1 | nonce 24 | commitment 32 | ciphertext and tag 16 of the opened
// value padded to blocks.
inline constexpr size_t kSealOverhead = 1 + 24 + 32 + 16;
inline constexpr size_t kSealBlock = 256;

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_VALUE_H_
