// A record as the log has made it: fields, each a cell of live writes. Which of them is in force is
// a question to the field's merge rule; the cell itself knows no rule, so that fields a build has
// never heard of are kept like any other.
#ifndef DOORSTEP_MODEL_RECORD_H_
#define DOORSTEP_MODEL_RECORD_H_

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "model/catalog.h"
#include "model/record_id.h"

namespace doorstep {

// The nth write of a changeset, counted from 0 over all its record changes.
struct Op {
  Id uid;
  uint32_t index = 0;
  friend auto operator<=>(const Op&, const Op&) = default;
};

struct LiveWrite {
  Op op;
  Id actor;
  uint64_t seq = 0;   // of the entry whose changeset wrote it
  std::string value;  // the field as protobuf encodes it, tag included; empty: cleared
};

struct Cell {
  std::vector<LiveWrite> live;  // writes that no other write names; ascending by (seq, op index)
  std::vector<Op> absent;       // named before they arrived; ascending
};

struct Record {
  uint32_t type = 0;
  Id id;
  uint64_t made_seq = 0;  // entry that brought it into being
  Id made_actor;
  std::map<uint32_t, Cell> cells;  // by field number

  const Cell* FindCell(uint32_t field) const;
};

// The live writes of a cell that are in force under the field's rule, those to be shown first
// first: FIXED the earliest, LATEST the last, UNION one for each distinct value, PROTECTIVE the one
// that protects most (of equals the last), ASK all, last first, COMMAND the one. Pointers into
// `cell`.
std::vector<const LiveWrite*> InForce(const Cell& cell, const FieldType& field);

// The one value in force, or empty where there is none or it was cleared. Not for UNION.
std::string_view ValueInForce(const Record& record, const FieldType& field);

// Whether a person must look: two live values that differ (ASK: two live texts). UNION and COMMAND
// never.
bool IsContested(const Cell& cell, const FieldType& field);

// What a device names in `overwrites` when a person who was shown this cell writes one value anew
// (design: the table of merge rules). `settle` names the siblings too. UNION adds name nothing.
enum class Naming { kReplaceShown, kSettleAll };
std::vector<Op> OpsToName(const Cell& cell, const FieldType& field, Naming naming);

// The values in force of a record's FACT and CASE fields as a message of its type; what a newer
// build wrote besides stays unknown to it. False when they do not parse.
bool ParseInForce(const Record& record, const RecordType& type, google::protobuf::Message& message);

// cells, ascending by field: u32 field, u32 n, n x (uid, u32 index, actor, u64 seq, LP(value)) live
// in log order, u32 m, m x (uid, u32 index) absent ascending. Stored and digested as these bytes.
std::string EncodeCells(const Record& record);
// DATA_LOSS when the bytes are not exactly what EncodeCells writes.
absl::StatusOr<std::map<uint32_t, Cell>> DecodeCells(std::string_view bytes);

// H(ST("doorstep/record/v1", u32 type, id, u64 made_seq, made_actor, cells)).
Hash32 RecordDigest(const Record& record);

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_RECORD_H_
