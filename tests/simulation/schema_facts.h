// What the checker knows of the schema: read from the options of records.proto by itself, because
// it shares nothing with the cores that it checks but the protos.
#ifndef DOORSTEP_TESTS_SIMULATION_SCHEMA_FACTS_H_
#define DOORSTEP_TESTS_SIMULATION_SCHEMA_FACTS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "doorstep/v1/annotations.pb.h"
#include "doorstep/v1/records.pb.h"
#include "model/record_id.h"

namespace doorstep::simulation {

using Who = v1::RecordRule;
using WhoSet = uint32_t;  // bit n is Who n
inline constexpr WhoSet Bit(v1::RecordRule::Who who) { return 1u << who; }

// The types that the machinery itself stands on.
inline constexpr uint32_t kFamilyType = 1;
inline constexpr uint32_t kPlanType = 20;
inline constexpr uint32_t kApprovalType = 24;
inline constexpr uint32_t kAssignmentType = 34;
inline constexpr uint32_t kShareType = 35;
inline constexpr uint32_t kDecisionType = 36;
inline constexpr uint32_t kStaffMemberType = 103;
inline constexpr uint32_t kDeviceType = 120;
inline constexpr uint32_t kStaffRoleType = 121;
inline constexpr uint32_t kRootType = 122;
inline constexpr uint32_t kServerKeysType = 123;
inline constexpr uint32_t kRecoveryKeyType = 124;
inline constexpr uint32_t kPurgeReceiptType = 129;

struct FieldFacts {
  uint32_t number = 0;
  std::string name;
  v1::Class cls{};
  v1::Merge merge{};
  WhoSet writers = 0;
  std::vector<uint32_t> named_in;
  bool outside_version = false;
  bool is_bool = false;
  std::map<uint64_t, uint32_t> ranks;  // of a PROTECTIVE enum, by number
};

struct RecordFacts {
  uint32_t number = 0;
  std::string name;
  v1::RecordRule::Scope scope{};
  WhoSet writers = 0;
  std::map<int, WhoSet> elsewhere;  // by kind of scope
  uint32_t part_of = 0;
  bool trust = false;
  bool append_only = false;
  std::map<uint32_t, FieldFacts> fields;

  const FieldFacts* Field(uint32_t field) const;
  // Who may create one in this kind of scope; 0: nobody.
  WhoSet WritersIn(v1::RecordRule::Scope in) const;
};

const std::map<uint32_t, RecordFacts>& Schema();
const RecordFacts* FactsOf(uint32_t type);
const RecordFacts& FactsOfName(std::string_view name);

// Steps of the machine of a COMMAND field admit by role apart from the record's writers.
struct ArrowFacts {
  uint64_t from = 0;
  uint64_t to = 0;
  WhoSet writers = 0;
  std::vector<uint32_t> named_in;
};
// Of a type with a state field; empty for others.
const std::vector<ArrowFacts>& ArrowsOf(uint32_t type);
// The number of its COMMAND field, 0 when there is none.
uint32_t StateFieldOf(uint32_t type);

// ---- Values: the field as protobuf encodes it ---------------------------------------------------

// The number of a single varint element; nullopt for anything else.
std::optional<uint64_t> NumberIn(std::string_view value);
// The bytes of a single length-delimited element.
std::optional<std::string_view> BytesIn(std::string_view value);
std::optional<Id> IdIn(std::string_view value);

// A message cut into its elements, each with its tag: field number, bytes.
std::vector<std::pair<uint32_t, std::string>> ElementsIn(std::string_view message);

// How much a PROTECTIVE value protects; a number nobody knows ranks above all.
uint64_t RankIn(const FieldFacts& field, std::string_view value);

// The writes of one change, as a message of its type.
template <typename M, typename Change>
M MessageIn(const Change& change) {
  std::string bytes;
  for (const auto& write : change.writes()) {
    if (!write.drop()) bytes += write.value();
  }
  M message;
  if (!message.ParseFromString(bytes)) message.Clear();
  return message;
}

inline Id IdOf(std::string_view bytes) { return Id::FromBytes(bytes).value_or(Id{}); }

}  // namespace doorstep::simulation

#endif  // DOORSTEP_TESTS_SIMULATION_SCHEMA_FACTS_H_
