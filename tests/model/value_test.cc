// Values against protobuf's own encoder, and against everything that is nearly a value.
#include "model/value.h"

#include <random>
#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "crypto/reason.h"
#include "doorstep/v1/records.pb.h"

namespace doorstep {
namespace {

const FieldType& FieldOf(std::string_view record, std::string_view field) {
  const RecordType* type = Catalog::Get().Find(record);
  REQUIRE(type != nullptr);
  const FieldType* found = type->FindField(field);
  REQUIRE(found != nullptr);
  return *found;
}

std::string Raw(std::initializer_list<int> bytes) {
  std::string out;
  for (int byte : bytes) out.push_back(static_cast<char>(byte));
  return out;
}

const std::string kSixteen = "0123456789abcdef";

TEST_CASE("one element is what protobuf writes for the field alone") {
  v1::Person person;
  person.set_birth_on(-5000);
  std::string value = EncodeDate(4, -5000);
  CHECK(value == person.SerializeAsString());
  CHECK(DecodeDate(4, value) == -5000);
  CHECK(CheckValue(FieldOf("Person", "birth_on"), value).ok());

  v1::ChildSeen seen;
  seen.set_seen(false);
  CHECK(EncodeBool(3, false) == seen.SerializeAsString());
  CHECK(DecodeBool(3, EncodeBool(3, false)) == false);
  CHECK(CheckValue(FieldOf("ChildSeen", "seen"), EncodeBool(3, false)).ok());

  v1::Visit visit;
  visit.set_worker(kSixteen);
  CHECK(EncodeId(2, *Id::FromBytes(kSixteen)) == visit.SerializeAsString());
  CHECK(DecodeId(2, visit.SerializeAsString())->view() == kSixteen);
  visit.Clear();
  visit.set_started_at(-1);
  CHECK(EncodeI64(11, -1) == visit.SerializeAsString());
  CHECK(DecodeI64(11, visit.SerializeAsString()) == -1);
  visit.Clear();
  visit.set_state(v1::Visit::STATE_RECORDED);
  CHECK(EncodeNumber(9, 3) == visit.SerializeAsString());
  CHECK(DecodeCode(9, visit.SerializeAsString()) == 3u);
  visit.Clear();
  visit.set_account("Siân said \"no\".\n");
  CHECK(EncodeBytes(19, "Siân said \"no\".\n") == visit.SerializeAsString());
  CHECK(CheckValue(FieldOf("Visit", "account"), visit.SerializeAsString()).ok());

  v1::Goal goal;
  goal.set_target(UINT32_MAX);
  CHECK(EncodeNumber(7, UINT32_MAX) == goal.SerializeAsString());
  CHECK(DecodeU32(7, goal.SerializeAsString()) == UINT32_MAX);
}

TEST_CASE("a list is what protobuf writes, unpacked") {
  v1::Claim claim;
  std::string value;
  for (uint32_t n : {7u, 1u, 300u, 0u}) {
    claim.add_verdicts(n);
    value += EncodeNumber(6, n);
  }
  CHECK(value == claim.SerializeAsString());
  CHECK(CheckValue(FieldOf("Claim", "verdicts"), value).ok());
  std::vector<Element> elements = *DecodeElements(6, value);
  REQUIRE(elements.size() == 4);
  CHECK(elements[2].number == 300);
  CHECK_FALSE(DecodeU32(6, value).has_value());
}

TEST_CASE("one write of a set holds one element") {
  const FieldType& present = FieldOf("Visit", "present");
  std::string one = EncodeBytes(present.number, kSixteen);
  CHECK(CheckValue(present, one).ok());
  CHECK_FALSE(CheckValue(present, one + one).ok());
}

TEST_CASE("everything that is nearly a value is refused") {
  const FieldType& state = FieldOf("Visit", "state");          // 9, code
  const FieldType& announced = FieldOf("Visit", "announced");  // 8, bool
  const FieldType& worker = FieldOf("Visit", "worker");        // 2, id
  const FieldType& target = FieldOf("Goal", "target");         // 7, number
  const FieldType& born = FieldOf("Person", "birth_on");       // 4, date
  const FieldType& purpose = FieldOf("Visit", "purpose");      // 18, text
  struct Case {
    const char* what;
    const FieldType& field;
    std::string value;
  };
  const std::vector<Case> cases = {
      {"nothing", state, ""},
      {"tag alone", state, Raw({0x48})},
      {"another field", state, EncodeNumber(10, 1)},
      {"field 0", state, Raw({0x00, 1})},
      {"bytes for a number", state, EncodeBytes(9, "a")},
      {"fixed32", state, Raw({0x4d, 1, 0, 0, 0})},
      {"start of a group", state, Raw({0x4b, 1})},
      {"two elements", state, EncodeNumber(9, 1) + EncodeNumber(9, 1)},
      {"bytes left over", state, EncodeNumber(9, 1) + "\x01"},
      {"code 0", state, EncodeNumber(9, 0)},
      {"code above 31 bits", state, EncodeNumber(9, 1u << 31)},
      {"negative code", state, EncodeI64(9, -1)},
      {"number not minimal", state, Raw({0x48, 0x81, 0x00})},
      {"tag not minimal", state, Raw({0xc8, 0x00, 0x01})},
      {"varint of eleven bytes", target,
       Raw({0x38, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1})},
      {"varint beyond 64 bits", target,
       Raw({0x38, 255, 255, 255, 255, 255, 255, 255, 255, 255, 2})},
      {"number beyond 32 bits", target, EncodeNumber(7, uint64_t{1} << 32)},
      {"bool of 2", announced, EncodeNumber(8, 2)},
      {"number for bytes", worker, EncodeNumber(2, 1)},
      {"id of 15 bytes", worker, EncodeBytes(2, kSixteen.substr(1))},
      {"id of 17 bytes", worker, EncodeBytes(2, kSixteen + "g")},
      {"length beyond the end", worker, Raw({0x12, 0x10}) + kSixteen.substr(1)},
      {"huge length", worker,
       Raw({0x12, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1}) + kSixteen},
      {"day of year 0", born, EncodeDate(4, kDateMin - 1)},
      {"day of year 10000", born, EncodeDate(4, kDateMax + 1)},
      {"negative day in five bytes", born, EncodeNumber(4, static_cast<uint32_t>(-5000))},
      {"control character", purpose, EncodeBytes(18, "a\rb")},
  };
  for (const Case& c : cases) {
    INFO(c.what);
    absl::Status status = CheckValue(c.field, c.value);
    CHECK(status.code() == absl::StatusCode::kInvalidArgument);
    CHECK(ReasonOf(status) == Reason::kFormat);
  }
  CHECK(CheckValue(born, EncodeDate(4, kDateMin)).ok());
  CHECK(CheckValue(born, EncodeDate(4, kDateMax)).ok());
  CHECK(CheckValue(state, EncodeNumber(9, INT32_MAX)).ok());
}

TEST_CASE("limits hold at their edge") {
  const FieldType& purpose = FieldOf("Visit", "purpose");
  CHECK(CheckValue(purpose, EncodeBytes(18, std::string(2000, 'a'))).ok());
  absl::Status status = CheckValue(purpose, EncodeBytes(18, std::string(2001, 'a')));
  CHECK(ReasonOf(status) == Reason::kLimit);

  const FieldType& numbers = FieldOf("EvidenceItem", "numbers");
  std::string list;
  for (int i = 0; i < 6; ++i) list += EncodeI64(numbers.number, i);
  CHECK(CheckValue(numbers, list).ok());
  CHECK(ReasonOf(CheckValue(numbers, list + EncodeI64(numbers.number, 6))) == Reason::kLimit);

  const FieldType& ca = FieldOf("ServerKeys", "tls_ca");
  CHECK(CheckValue(ca, EncodeBytes(3, std::string(2048, '\0'))).ok());
  CHECK(ReasonOf(CheckValue(ca, EncodeBytes(3, std::string(2049, '\0')))) == Reason::kLimit);
  const FieldType& key = FieldOf("Device", "sign_pk");
  CHECK_FALSE(CheckValue(key, EncodeBytes(3, std::string(31, 'k'))).ok());
}

TEST_CASE("an error names the field and never the value") {
  absl::Status status = CheckValue(FieldOf("Visit", "purpose"), EncodeBytes(18, "secret\x01"));
  std::string message(status.message());
  CHECK(message.find("purpose") != std::string::npos);
  CHECK(message.find("secret") == std::string::npos);
}

TEST_CASE("a restricted value is written sealed and checked open") {
  const FieldType& lines = FieldOf("SafeAddress", "lines");  // 2, at most 300 bytes
  std::string opened = EncodeBytes(2, "1 Hidden Row");
  CHECK_FALSE(CheckValue(lines, opened).ok());
  CHECK(CheckOpened(lines, opened).ok());
  CHECK_FALSE(CheckOpened(lines, "").ok());

  auto sealed = [](size_t blocks) {
    return Raw({1}) + std::string(kSealOverhead - 1 + blocks * kSealBlock, 'x');
  };
  CHECK(CheckValue(lines, sealed(1)).ok());
  CHECK(CheckValue(lines, sealed(2)).ok());
  CHECK(ReasonOf(CheckValue(lines, sealed(3))) == Reason::kLimit);
  CHECK_FALSE(CheckValue(lines, sealed(0)).ok());
  CHECK_FALSE(CheckValue(lines, sealed(1) + "x").ok());
  std::string later = sealed(1);
  later[0] = 2;
  CHECK_FALSE(CheckValue(lines, later).ok());

  const FieldType& excluded = FieldOf("SafeAddress", "excluded");
  CHECK(CheckOpened(excluded, "").ok());
  CHECK(CheckOpened(excluded, EncodeBytes(7, kSixteen) + EncodeBytes(7, kSixteen)).ok());
}

TEST_CASE("what may be cleared") {
  CHECK(MayClear(FieldOf("Person", "same_as")));
  CHECK(MayClear(FieldOf("Visit", "purpose")));
  CHECK_FALSE(MayClear(FieldOf("Person", "contact_rule")));
  CHECK_FALSE(MayClear(FieldOf("Visit", "state")));
  CHECK_FALSE(MayClear(FieldOf("Visit", "present")));
  CHECK_FALSE(MayClear(FieldOf("PersonName", "person")));
}

TEST_CASE("text") {
  for (const char* good : {"", "plain", "tab\tand\nnewline", "Siân", "\u00a0", "\u07ff", "\u0800",
                           "\ud7ff", "\ue000", "\uffff", "\U00010000", "\U0010ffff", "日本"}) {
    INFO(good);
    CHECK(IsPlainText(good));
  }
  const std::vector<std::string> bad = {std::string("a\0b", 3),
                                        "\r",
                                        "\x1b",
                                        "\x7f",
                                        Raw({0xc2, 0x80}),
                                        Raw({0xc2, 0x9f}),
                                        Raw({0x80}),
                                        Raw({0xc0, 0x80}),
                                        Raw({0xc1, 0xbf}),
                                        Raw({0xe0, 0x9f, 0xbf}),
                                        Raw({0xed, 0xa0, 0x80}),
                                        Raw({0xed, 0xbf, 0xbf}),
                                        Raw({0xf0, 0x8f, 0xbf, 0xbf}),
                                        Raw({0xf4, 0x90, 0x80, 0x80}),
                                        Raw({0xf5, 0x80, 0x80, 0x80}),
                                        Raw({0xff}),
                                        Raw({0xc3}),
                                        Raw({0xe2, 0x82}),
                                        Raw({0xf0, 0x9f, 0x98}),
                                        Raw({0xc3, 0x28}),
                                        Raw({0xe2, 0x28, 0xa1})};
  for (const std::string& text : bad) {
    CAPTURE(text);
    CHECK_FALSE(IsPlainText(text));
    CHECK_FALSE(IsPlainText("before " + text));
  }
}

// Whatever is accepted has one encoding: its elements, encoded anew, are the same bytes.
TEST_CASE("damaged values are refused or canonical") {
  std::mt19937_64 random(20261125);
  int accepted = 0;
  for (int round = 0; round < 300; ++round) {
    for (const RecordType& type : Catalog::Get().types()) {
      const FieldType& field = type.fields[random() % type.fields.size()];
      std::string value = EncodeNumber(field.number, random() >> (random() % 64));
      if (random() % 2 == 0) value = EncodeBytes(field.number, kSixteen);
      if (random() % 2 == 0) value[random() % value.size()] = static_cast<char>(random());
      if (random() % 4 == 0) value.resize(random() % value.size());
      if (!CheckOpened(field, value).ok()) continue;
      ++accepted;
      std::string again;
      std::vector<Element> elements = DecodeElements(field.number, value).value();
      for (const Element& e : elements) {
        again +=
            e.is_bytes ? EncodeBytes(field.number, e.bytes) : EncodeNumber(field.number, e.number);
      }
      REQUIRE(again == value);
    }
  }
  CHECK(accepted > 100);
}

}  // namespace
}  // namespace doorstep
