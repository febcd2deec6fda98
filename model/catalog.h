// records.proto as data: every type of record and field, with the rules of annotations.proto. Read
// from the descriptors once; constant afterwards, so that any thread may ask.
//
// What Build returns has passed every check of catalog_check.h: code that reads a catalog asserts
// nothing again (a field of merge PROTECTIVE has ranks, a part_of names a field, and so on).
#ifndef DOORSTEP_MODEL_CATALOG_H_
#define DOORSTEP_MODEL_CATALOG_H_

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "doorstep/v1/annotations.pb.h"
#include "google/protobuf/descriptor.h"

namespace doorstep {

// A set of RecordRule::Who: bit n is Who n.
using Letters = uint32_t;

// What one element of a field is.
enum class Kind : uint8_t {
  kBool,
  kU32,
  kI64,
  kInstant,  // int64, milliseconds since 1970-01-01 UTC
  kDate,     // int32, days since 1970-01-01
  kEnum,
  kId,     // 16 bytes
  kBytes,  // `size` bytes, or at most `max_size`
  kText,   // at most `max_size` bytes of UTF-8
};
// "bool", "number", "instant", "date", "code" (an enum without a machine), "id", "bytes", "text".
std::string_view KindName(Kind kind);

struct Code {
  uint32_t number = 0;
  std::string name;   // without the prefix of its enum: "UNDER_WAY"
  uint32_t rank = 0;  // of a PROTECTIVE field 1 or more, else 0
};

struct Where {
  uint32_t field = 0;
  uint64_t value = 0;
};

// One arrow of a machine. Several may share `from` and `to`: the arrow exists for whoever one of
// them admits.
struct Step {
  uint32_t from = 0;  // 0: the first value
  uint32_t to = 0;
  Letters writers = 0;             // none, and no named_in: the writers of the record
  std::vector<uint32_t> named_in;  // fields whose value in force may name the actor instead
  std::vector<Where> where;        // all hold, else the arrow does not exist
  std::vector<uint32_t> needs;     // fields with a value once the changeset is applied
  std::vector<v1::Machine::Guard> guards;
  bool online = false;
};

inline constexpr uint32_t kAnyRecord = UINT32_MAX;

struct FieldType {
  uint32_t number = 0;
  std::string name;
  Kind kind = Kind::kBool;
  bool repeated = false;
  v1::Class cls = v1::CLASS_UNSPECIFIED;
  v1::Merge merge = v1::MERGE_UNSPECIFIED;
  Letters writers = 0;             // none: those of the record
  std::vector<uint32_t> named_in;  // fields whose value in force may name the actor beside them
  Letters lower_writers = 0;       // PROTECTIVE: none: the writers
  bool required = false;
  bool indexed = false;
  bool searched = false;
  bool outside_version = false;
  uint32_t size = 0;             // kId 16; kBytes: exactly, or 0
  uint32_t max_size = 0;         // kText, kBytes: at most, or 0
  uint32_t max_count = 0;        // repeated
  uint32_t references = 0;       // kId: type of the record, or kAnyRecord (of the same scope)
  std::vector<Code> codes;       // kEnum; ascending by number, 0 left out
  std::vector<Step> steps;       // COMMAND; in the order written
  std::vector<uint32_t> frozen;  // COMMAND: states in which the words of the record are frozen

  const Code* FindCode(uint64_t code_number) const;
  // Case-insensitive, without prefix.
  const Code* FindCode(std::string_view code_name) const;
  bool IsFrozenIn(uint64_t state) const;

  // PROTECTIVE: how much an encoded value protects. Greater protects more; a number this build does
  // not know, or a value it cannot read, ranks above all. A cleared value ranks 0.
  uint64_t Rank(std::string_view value) const;
};

struct Elsewhere {
  v1::RecordRule::Scope scope = v1::RecordRule::SCOPE_UNSPECIFIED;
  Letters writers = 0;
};

// The fields of a record that has a file beside it.
struct FileFields {
  uint32_t content = 0;  // 0: it has none
  uint32_t length = 0;
  uint32_t plain_length = 0;
  uint32_t key = 0;
  uint32_t restricted_key = 0;
  uint32_t restricted = 0;
};

struct RecordType {
  uint32_t number = 0;
  std::string name;  // of the message: "PersonName"
  v1::RecordRule::Scope scope = v1::RecordRule::SCOPE_UNSPECIFIED;
  Letters writers = 0;
  std::vector<Elsewhere> elsewhere;
  bool append_only = false;
  bool trust = false;
  bool urgent = false;
  FileFields file;
  uint32_t part_of = 0;       // the field that names the owner, or 0
  uint32_t office_about = 0;  // the field that names the record it is shown with, or 0
  Letters office_readers = 0;
  v1::RecordRule::Singleton singleton = v1::RecordRule::NONE;
  std::vector<FieldType> fields;  // ascending by number

  const FieldType* FindField(uint32_t field_number) const;
  const FieldType* FindField(std::string_view field_name) const;  // case-insensitive
  // The COMMAND field; null for a record without a machine.
  const FieldType* FindState() const;
  // Who may create one in that kind of scope; 0: it may not stand there.
  Letters WritersIn(v1::RecordRule::Scope in) const;
  bool HasFile() const { return file.content != 0; }
};

class Catalog {
 public:
  // That of records.proto, built at the first call. A schema that Build refuses is our own mistake.
  static const Catalog& Get();

  // Messages without the option `record` are passed over; the schema number is that of the file of
  // the first. INVALID_ARGUMENT names the message or field and the rule it breaks.
  static absl::StatusOr<Catalog> Build(
      std::span<const google::protobuf::Descriptor* const> messages);

  const RecordType* Find(uint32_t number) const;
  // The name of the message, case-insensitive, with or without underscores: "visit", "person_name".
  const RecordType* Find(std::string_view name) const;
  const FieldType* FindField(uint32_t type, uint32_t field) const;

  const std::vector<RecordType>& types() const { return types_; }  // ascending by number
  uint32_t schema() const { return schema_; }

 private:
  std::vector<RecordType> types_;
  std::map<std::string, size_t, std::less<>> by_name_;
  uint32_t schema_ = 0;
};

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_CATALOG_H_
