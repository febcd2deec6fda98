#include "tests/simulation/values.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "doorstep/v1/records.pb.h"
#include "model/value.h"

namespace doorstep::simulation {
namespace {

constexpr std::array<std::string_view, 12> kWords = {"kitchen", "quiet",      "school",  "Ŵyn",
                                                     "O'Brien", "late",       "brother", "morning",
                                                     "door",    "school bus", "sleeps",  "'; DROP"};

bool IsStart(const FieldType& field, const Step& step) {
  return step.from == 0 && field.merge == v1::COMMAND;
}

// A first state that the fields given so far allow.
std::optional<uint32_t> FirstState(const ValueMaker& maker, const FieldType& field,
                                   const v1::RecordEdit& record) {
  std::vector<uint32_t> states;
  for (const Step& step : field.steps) {
    if (!IsStart(field, step)) continue;
    const bool holds = std::all_of(step.where.begin(), step.where.end(), [&](const Where& where) {
      return std::any_of(record.fields().begin(), record.fields().end(), [&](const auto& f) {
        return f.field() == where.field &&
               DecodeCode(where.field, f.value()).value_or(0) == where.value;
      });
    });
    if (holds) states.push_back(step.to);
  }
  if (states.empty()) return std::nullopt;
  return maker.chance.Pick(states);
}

}  // namespace

std::string WordOf(const Id& scope) {
  std::string word = "q";
  for (size_t i = 0; i < 8; ++i) word += static_cast<char>('a' + scope.bytes[i] % 26);
  return word;
}

std::string ValueMaker::Text(size_t most) const {
  std::string text = word;
  const size_t words = 1 + chance.Index(5);
  for (size_t i = 0; i < words; ++i) {
    text += ' ';
    text += kWords[chance.Index(kWords.size())];
  }
  if (chance.OneIn(40)) text.append(chance.Index(most > 600 ? 600 : 1) + 1, 'x');
  while (text.size() > most) {
    text.pop_back();
    while (!text.empty() && (static_cast<uint8_t>(text.back()) & 0x80) != 0) text.pop_back();
  }
  return text.empty() ? "x" : text;
}

std::string ValueMaker::Element(const FieldType& field) const {
  const uint32_t n = field.number;
  switch (field.kind) {
    case Kind::kBool:
      return EncodeBool(n, chance.OneIn(2));
    case Kind::kU32:
      return EncodeNumber(n, chance.Below(11));
    case Kind::kI64:
      return EncodeI64(n, chance.Between(-5, 100'000));
    case Kind::kInstant:
      return EncodeI64(n, (int64_t{today} + chance.Between(-30, 30)) * 86'400'000);
    case Kind::kDate:
      // Nobody is born in the future, or due long ago.
      if (field.name == "birth_on")
        return EncodeDate(n, today - static_cast<int32_t>(chance.Below(900)));
      if (field.name == "birth_due_on")
        return EncodeDate(n, today + static_cast<int32_t>(chance.Between(-200, 200)));
      return EncodeDate(n, today + static_cast<int32_t>(chance.Between(-900, 200)));
    case Kind::kEnum:
      return EncodeNumber(n, chance.Pick(field.codes).number);
    case Kind::kId: {
      std::optional<Id> id = field.references == 0 ? std::nullopt : refer(field.references);
      if (!id || chance.OneIn(12)) {
        id = Id{};
        for (uint8_t& byte : id->bytes) byte = static_cast<uint8_t>(chance.Below(256));
      }
      return EncodeId(n, *id);
    }
    case Kind::kBytes: {
      std::string bytes(field.size != 0 ? field.size : 1 + chance.Index(field.max_size), '\0');
      for (char& byte : bytes) byte = static_cast<char>(chance.Below(256));
      return EncodeBytes(n, bytes);
    }
    case Kind::kText:
      if (field.name == "postcode") return EncodeBytes(n, "ZZ99 9ZZ");
      if (field.name == "uprn") return EncodeBytes(n, std::to_string(1 + chance.Below(1'000'000)));
      return EncodeBytes(n, Text(field.max_size));
  }
  return "";
}

std::string ValueMaker::Make(const FieldType& field) const {
  const bool list = field.repeated && field.merge != v1::UNION;
  if (!list) return Element(field);
  std::string value;
  const size_t count = 1 + chance.Index(std::min<size_t>(field.max_count, 3));
  for (size_t i = 0; i < count; ++i) value += Element(field);
  return value;
}

v1::FieldEdit& AddField(v1::RecordEdit& record, uint32_t field, std::string value,
                        v1::FieldEdit::How how) {
  v1::FieldEdit& edit = *record.add_fields();
  edit.set_field(field);
  edit.set_value(std::move(value));
  edit.set_how(how);
  return edit;
}

namespace {

// Numbers and addresses by which people are known have a form, which a device asks for.
void GiveForm(const ValueMaker& maker, const RecordType& type, v1::RecordEdit& record) {
  auto set = [&](uint32_t field, std::string value) {
    for (v1::FieldEdit& edit : *record.mutable_fields()) {
      if (edit.field() == field) return edit.set_value(std::move(value));
    }
    AddField(record, field, std::move(value));
  };
  if (type.name == "ContactPoint") {
    set(2, EncodeNumber(2, v1::ContactPoint::KIND_EMAIL));
    set(3, EncodeBytes(3, maker.word + "@sample.example"));
  } else if (type.name == "PersonIdentifier") {
    set(2, EncodeNumber(2, v1::PersonIdentifier::KIND_LA_CHILD_ID));
    set(3, EncodeBytes(3, maker.word + std::to_string(maker.chance.Below(100))));
    set(4, EncodeNumber(4, v1::PersonIdentifier::STATUS_CONFIRMED));
  }
}

}  // namespace

v1::RecordEdit MakeRecord(const ValueMaker& maker, const RecordType& type) {
  v1::RecordEdit record;
  record.set_type(type.number);
  for (const FieldType& field : type.fields) {
    if (field.merge == v1::COMMAND) continue;
    if (!field.required && !maker.chance.OneIn(field.writers != 0 ? 12 : 4)) continue;
    AddField(record, field.number, maker.Make(field));
  }
  GiveForm(maker, type, record);
  const FieldType* state = type.FindState();
  if (state == nullptr) return record;
  if (std::optional<uint32_t> first = FirstState(maker, *state, record)) {
    AddField(record, state->number, EncodeNumber(state->number, *first));
  }
  return record;
}

std::optional<v1::RecordEdit> ChangeRecord(const ValueMaker& maker, const RecordType& type,
                                           const Id& id) {
  std::vector<const FieldType*> open;
  for (const FieldType& field : type.fields) {
    if (field.merge != v1::COMMAND && field.merge != v1::FIXED) open.push_back(&field);
  }
  if (open.empty()) return std::nullopt;
  v1::RecordEdit record;
  record.set_type(type.number);
  record.set_id(id.str());
  const size_t count = 1 + maker.chance.Index(std::min<size_t>(open.size(), 2));
  for (size_t i = 0; i < count; ++i) {
    const FieldType& field = *maker.chance.Pick(open);
    const bool there = std::any_of(record.fields().begin(), record.fields().end(),
                                   [&](const auto& f) { return f.field() == field.number; });
    if (there) continue;
    const bool clears = MayClear(field) && maker.chance.OneIn(10);
    const bool settles = field.merge != v1::UNION && maker.chance.OneIn(6);
    AddField(record, field.number, clears ? "" : maker.Make(field),
             settles ? v1::FieldEdit::SETTLE : v1::FieldEdit::REPLACE);
  }
  return record;
}

}  // namespace doorstep::simulation
