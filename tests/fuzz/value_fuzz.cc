// A field's value as protobuf encodes it, and as JSON: one encoding only, and back again.
#include "model/catalog.h"
#include "model/value.h"
#include "model/value_json.h"
#include "tests/fuzz/target.h"

namespace doorstep::fuzz {

std::vector<std::string> Seeds() {
  return {EncodeBool(3, true),
          EncodeNumber(2, 5),
          EncodeI64(6, -1),
          EncodeDate(5, 20'000),
          EncodeBytes(19, "words \xc5\xb5 \xf0\x9f\x8f\xa0"),
          EncodeId(1, {Hash16{7}}),
          "\"2026-11-25\"",
          "\"2026-11-25T14:05:00.000Z\"",
          "[\"00112233445566778899aabbccddeeff\"]",
          "true",
          "\"FACE_TO_FACE\"",
          "12"};
}

}  // namespace doorstep::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace doorstep;
  using namespace doorstep::fuzz;
  std::string_view input = Input(data, size);
  // One type of record an input, so that an input stays cheap; its length chooses.
  const std::vector<RecordType>& types = Catalog::Get().types();
  for (const FieldType& field : types[size % types.size()].fields) {
    bool sealed = field.cls == v1::RESTRICTED;
    if (!sealed && CheckValue(field, input).ok()) {
      absl::StatusOr<std::string> json = ValueToJson(field, input);
      Require(json.ok(), "a value that has no JSON");
      absl::StatusOr<std::string> back = ValueFromJson(field, *json);
      Require(back.ok() && *back == input, "a value changed by way of JSON");
    }
    absl::StatusOr<std::string> value = ValueFromJson(field, std::string(input));
    if (value.ok() && !sealed && !value->empty()) {
      Require(CheckValue(field, *value).ok(), "JSON gave a value that is none");
    }
  }
  return 0;
}
