#include "tests/simulation/schema_facts.h"

#include <algorithm>
#include <cassert>

#include "google/protobuf/descriptor.h"

namespace doorstep::simulation {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;

template <typename Letters>
WhoSet SetOf(const Letters& letters) {
  WhoSet set = 0;
  for (int who : letters) set |= Bit(static_cast<v1::RecordRule::Who>(who));
  return set;
}

FieldFacts ReadField(const FieldDescriptor& field) {
  const v1::FieldRule& rule = field.options().GetExtension(v1::rule);
  FieldFacts facts;
  facts.number = static_cast<uint32_t>(field.number());
  facts.name = field.name();
  facts.cls = rule.class_();
  facts.merge = rule.merge();
  facts.writers = SetOf(rule.writers());
  facts.named_in.assign(rule.named_in().begin(), rule.named_in().end());
  facts.outside_version = rule.outside_version();
  facts.is_bool = field.type() == FieldDescriptor::TYPE_BOOL;
  if (field.type() == FieldDescriptor::TYPE_ENUM && facts.merge == v1::PROTECTIVE) {
    const EnumDescriptor& codes = *field.enum_type();
    for (int i = 0; i < codes.value_count(); ++i) {
      facts.ranks[static_cast<uint64_t>(codes.value(i)->number())] =
          codes.value(i)->options().GetExtension(v1::rank);
    }
  }
  return facts;
}

RecordFacts ReadRecord(const Descriptor& message) {
  const v1::RecordRule& rule = message.options().GetExtension(v1::record);
  RecordFacts facts;
  facts.number = rule.number();
  facts.name = message.name();
  facts.scope = rule.scope();
  facts.writers = SetOf(rule.writers());
  for (const v1::RecordRule::Elsewhere& other : rule.elsewhere()) {
    facts.elsewhere[other.scope()] = SetOf(other.writers());
  }
  facts.part_of = rule.part_of();
  facts.trust = rule.trust();
  facts.append_only = rule.append_only();
  for (int i = 0; i < message.field_count(); ++i) {
    FieldFacts field = ReadField(*message.field(i));
    facts.fields.emplace(field.number, std::move(field));
  }
  return facts;
}

template <typename Visit>
void ForEachRecord(Visit visit) {
  const google::protobuf::FileDescriptor& file = *v1::Family::descriptor()->file();
  for (int i = 0; i < file.message_type_count(); ++i) {
    const Descriptor& message = *file.message_type(i);
    if (message.options().HasExtension(v1::record)) visit(message);
  }
}

uint64_t CodeNumber(const EnumDescriptor& codes, const std::string& short_name) {
  for (int i = 0; i < codes.value_count(); ++i) {
    if (codes.value(i)->name() == "STATE_" + short_name) {
      return static_cast<uint64_t>(codes.value(i)->number());
    }
  }
  return 0;
}

std::vector<ArrowFacts> ReadArrows(const EnumDescriptor& codes) {
  std::vector<ArrowFacts> arrows;
  for (const v1::Machine::Step& step : codes.options().GetExtension(v1::machine).step()) {
    std::vector<uint64_t> from;
    for (const std::string& name : step.from()) from.push_back(CodeNumber(codes, name));
    if (from.empty()) from.push_back(0);
    for (uint64_t one : from) {
      for (const std::string& to : step.to()) {
        ArrowFacts arrow;
        arrow.from = one;
        arrow.to = CodeNumber(codes, to);
        arrow.writers = SetOf(step.writers());
        arrow.named_in.assign(step.named_in().begin(), step.named_in().end());
        arrows.push_back(std::move(arrow));
      }
    }
  }
  return arrows;
}

std::map<uint32_t, std::vector<ArrowFacts>> ReadMachines() {
  std::map<uint32_t, std::vector<ArrowFacts>> machines;
  ForEachRecord([&](const Descriptor& message) {
    const uint32_t number = message.options().GetExtension(v1::record).number();
    for (int i = 0; i < message.field_count(); ++i) {
      const FieldDescriptor& field = *message.field(i);
      if (field.options().GetExtension(v1::rule).merge() == v1::COMMAND) {
        machines[number] = ReadArrows(*field.enum_type());
      }
    }
  });
  return machines;
}

bool ReadVarint(std::string_view& bytes, uint64_t& out) {
  out = 0;
  for (int shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
    const uint8_t byte = static_cast<uint8_t>(bytes.front());
    bytes.remove_prefix(1);
    out |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

}  // namespace

const FieldFacts* RecordFacts::Field(uint32_t field) const {
  auto at = fields.find(field);
  return at == fields.end() ? nullptr : &at->second;
}

WhoSet RecordFacts::WritersIn(v1::RecordRule::Scope in) const {
  if (in == scope) return writers;
  auto at = elsewhere.find(in);
  return at == elsewhere.end() ? 0 : at->second;
}

const std::map<uint32_t, RecordFacts>& Schema() {
  static const std::map<uint32_t, RecordFacts> schema = [] {
    std::map<uint32_t, RecordFacts> records;
    ForEachRecord([&](const Descriptor& message) {
      RecordFacts facts = ReadRecord(message);
      records.emplace(facts.number, std::move(facts));
    });
    return records;
  }();
  return schema;
}

const RecordFacts* FactsOf(uint32_t type) {
  auto at = Schema().find(type);
  return at == Schema().end() ? nullptr : &at->second;
}

const RecordFacts& FactsOfName(std::string_view name) {
  const auto at = std::find_if(Schema().begin(), Schema().end(),
                               [&](const auto& record) { return record.second.name == name; });
  assert(at != Schema().end());
  return at->second;
}

const std::vector<ArrowFacts>& ArrowsOf(uint32_t type) {
  static const std::map<uint32_t, std::vector<ArrowFacts>> machines = ReadMachines();
  static const std::vector<ArrowFacts> none;
  auto at = machines.find(type);
  return at == machines.end() ? none : at->second;
}

uint32_t StateFieldOf(uint32_t type) {
  const RecordFacts* facts = FactsOf(type);
  if (facts == nullptr) return 0;
  for (const auto& [number, field] : facts->fields) {
    if (field.merge == v1::COMMAND) return number;
  }
  return 0;
}

std::optional<uint64_t> NumberIn(std::string_view value) {
  uint64_t tag = 0;
  uint64_t number = 0;
  if (!ReadVarint(value, tag) || (tag & 7) != 0) return std::nullopt;
  if (!ReadVarint(value, number) || !value.empty()) return std::nullopt;
  return number;
}

std::optional<std::string_view> BytesIn(std::string_view value) {
  uint64_t tag = 0;
  uint64_t size = 0;
  if (!ReadVarint(value, tag) || (tag & 7) != 2) return std::nullopt;
  if (!ReadVarint(value, size) || value.size() != size) return std::nullopt;
  return value;
}

std::optional<Id> IdIn(std::string_view value) {
  const std::optional<std::string_view> bytes = BytesIn(value);
  return bytes ? Id::FromBytes(*bytes) : std::nullopt;
}

std::vector<std::pair<uint32_t, std::string>> ElementsIn(std::string_view message) {
  std::vector<std::pair<uint32_t, std::string>> elements;
  while (!message.empty()) {
    const std::string_view begin = message;
    uint64_t tag = 0;
    uint64_t number = 0;
    if (!ReadVarint(message, tag) || !ReadVarint(message, number)) break;
    if ((tag & 7) == 2) message.remove_prefix(std::min<size_t>(number, message.size()));
    elements.emplace_back(static_cast<uint32_t>(tag >> 3),
                          std::string(begin.substr(0, begin.size() - message.size())));
  }
  return elements;
}

uint64_t RankIn(const FieldFacts& field, std::string_view value) {
  if (value.empty()) return 0;
  const std::optional<uint64_t> number = NumberIn(value);
  if (!number) return UINT64_MAX;
  if (field.is_bool) return *number + 1;
  auto at = field.ranks.find(*number);
  return at == field.ranks.end() || at->second == 0 ? UINT64_MAX : at->second;
}

}  // namespace doorstep::simulation
