// One schema made by hand for each thing that a schema may not say. Every case starts from one that
// is accepted and breaks one rule; the refusal names the place and that rule, and no other.
#include "model/catalog_check.h"

#include <memory>
#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/text_format.h"
#include "model/catalog.h"

namespace doorstep {
namespace {

// proto2, where a singular field has presence without a oneof of its own.
absl::Status BuildText(const std::string& body, const std::string& syntax = "proto2",
                       const std::string& schema = "options { [doorstep.v1.schema]: 1 }") {
  google::protobuf::FileDescriptorProto file;
  const std::string text =
      "name: 'hand.proto' package: 'hand' syntax: '" + syntax + "' " + schema + " " + body;
  REQUIRE(google::protobuf::TextFormat::ParseFromString(text, &file));
  google::protobuf::DescriptorPool pool;
  const google::protobuf::FileDescriptor* built = pool.BuildFile(file);
  REQUIRE(built != nullptr);
  std::vector<const google::protobuf::Descriptor*> messages;
  for (int i = 0; i < built->message_type_count(); ++i) messages.push_back(built->message_type(i));
  return Catalog::Build(messages).status();
}

std::string Field(const std::string& name, int number, const std::string& type,
                  const std::string& rule, const std::string& label = "OPTIONAL") {
  return "field { name: '" + name + "' number: " + std::to_string(number) + " label: LABEL_" +
         label + " " + type + " options { [doorstep.v1.rule] { " + rule + " } } } ";
}

std::string Message(const std::string& name, const std::string& record, const std::string& body) {
  return "message_type { name: '" + name + "' options { [doorstep.v1.record] { " + record +
         " } } " + body + " } ";
}

const char kRecord[] = "number: 5 scope: FAMILY writers: K";
const char kBool[] = "type: TYPE_BOOL";
const char kText[] = "type: TYPE_STRING";
const char kBytes[] = "type: TYPE_BYTES";
const char kNumber[] = "type: TYPE_UINT32";
const char kEnum[] = "type: TYPE_ENUM type_name: '.hand.Thing.Level'";
const char kState[] = "type: TYPE_ENUM type_name: '.hand.Thing.State'";

const char kLevels[] =
    "enum_type { name: 'Level' value { name: 'LEVEL_UNSPECIFIED' number: 0 } "
    "value { name: 'LEVEL_LOW' number: 1 options { [doorstep.v1.rank]: 1 } } "
    "value { name: 'LEVEL_HIGH' number: 2 options { [doorstep.v1.rank]: 2 } } } ";

std::string States(const std::string& machine) {
  return "enum_type { name: 'State' options { [doorstep.v1.machine] { " + machine + " } } " +
         "value { name: 'STATE_UNSPECIFIED' number: 0 } value { name: 'STATE_OPEN' number: 1 } " +
         "value { name: 'STATE_SHUT' number: 2 } } ";
}

const char kSteps[] = "step { to: 'OPEN' } step { from: 'OPEN' to: 'SHUT' }";

std::string Thing(const std::string& body) { return Message("Thing", kRecord, body); }
// A Thing with one field, which is to be refused.
std::string Thing(const char* type, const std::string& rule,
                  const std::string& label = "OPTIONAL") {
  return Thing(kLevels + std::string(States(kSteps)) + Field("f", 1, type, rule, label));
}
std::string Machine(const std::string& machine, const std::string& more = "") {
  return Thing(States(machine) + Field("f", 1, kState, "class: FACT merge: COMMAND") + more);
}

void CheckRefused(const std::string& body, const std::string& words) {
  INFO(body);
  absl::Status status = BuildText(body);
  CHECK(status.code() == absl::StatusCode::kInvalidArgument);
  CHECK(std::string(status.message()) == words);
}

TEST_CASE("schemas that are accepted") {
  CHECK(BuildText(Thing(kBool, "class: FACT merge: PROTECTIVE lower_writers: S")).ok());
  CHECK(BuildText(Thing(kEnum, "class: FACT merge: PROTECTIVE")).ok());
  CHECK(BuildText(Thing(kText, "class: CASE merge: ASK max_size: 9 indexed: true searched: true"))
            .ok());
  CHECK(BuildText(Thing(kText, "class: RESTRICTED merge: ASK max_size: 9")).ok());
  CHECK(BuildText(
            Thing(kBytes, "class: FACT merge: UNION references: 'Thing' max_count: 3", "REPEATED"))
            .ok());
  CHECK(BuildText(Thing(kNumber, "class: FACT merge: FIXED max_count: 3", "REPEATED")).ok());
  CHECK(BuildText(Machine(kSteps)).ok());
  CHECK(BuildText("message_type { name: 'Plain' } " + Thing(kBool, "class: FACT merge: ASK")).ok());
}

TEST_CASE("a field without class or merge") {
  CheckRefused(Thing(kBool, "merge: LATEST"), "Thing.f: no class");
  CheckRefused(Thing(kBool, "class: FACT"), "Thing.f: no merge");
}

TEST_CASE("pairs of class, merge and type that contradict each other") {
  CheckRefused(Thing(kText, "class: FACT merge: ASK max_size: 9"), "Thing.f: text under FACT");
  CheckRefused(Thing(kBool, "class: CASE merge: PROTECTIVE"), "Thing.f: PROTECTIVE, and not FACT");
  CheckRefused(Thing(kBool, "class: RESTRICTED merge: PROTECTIVE"),
               "Thing.f: PROTECTIVE, and not FACT");
  CheckRefused(Thing(kState, "class: CASE merge: COMMAND"), "Thing.f: COMMAND, and not FACT");
  CheckRefused(Thing(kNumber, "class: FACT merge: PROTECTIVE"),
               "Thing.f: PROTECTIVE, and neither one code nor one bool");
  CheckRefused(Thing(kBool, "class: FACT merge: COMMAND"), "Thing.f: COMMAND, and not one code");
  CheckRefused(Thing(kBool, "class: FACT merge: UNION"), "Thing.f: UNION, and not repeated");
  CheckRefused(Thing(kNumber, "class: RESTRICTED merge: UNION max_count: 2", "REPEATED"),
               "Thing.f: RESTRICTED UNION");
  CheckRefused(Thing(kNumber, "class: FACT merge: LATEST max_count: 2", "REPEATED"),
               "Thing.f: repeated LATEST");
  CheckRefused(Thing(kBool, "class: RESTRICTED merge: ASK indexed: true"),
               "Thing.f: RESTRICTED, and indexed");
  CheckRefused(Thing(kText, "class: RESTRICTED merge: ASK max_size: 9 searched: true"),
               "Thing.f: RESTRICTED, and searched");
  CheckRefused(Thing(kBool, "class: FACT merge: ASK searched: true"),
               "Thing.f: searched, and not CASE");
  CheckRefused(Thing(kBool, "class: CASE merge: ASK searched: true"),
               "Thing.f: searched, and not text");
  CheckRefused(Thing(kBool, "class: FACT merge: ASK lower_writers: S"),
               "Thing.f: lower_writers, and not PROTECTIVE");
}

TEST_CASE("sizes and counts") {
  CheckRefused(Thing(kText, "class: CASE merge: ASK"), "Thing.f: text without max_size");
  CheckRefused(Thing(kText, "class: CASE merge: ASK max_size: 60001"),
               "Thing.f: max_size above what a changeset holds");
  CheckRefused(Thing(kText, "class: CASE merge: ASK max_size: 9 size: 9"),
               "Thing.f: text with a size");
  CheckRefused(Thing(kBytes, "class: FACT merge: ASK"),
               "Thing.f: bytes need either size or max_size");
  CheckRefused(Thing(kBytes, "class: FACT merge: ASK size: 9 max_size: 9"),
               "Thing.f: bytes need either size or max_size");
  CheckRefused(Thing(kBool, "class: FACT merge: ASK max_size: 9"),
               "Thing.f: max_size, and neither text nor bytes");
  CheckRefused(Thing(kBool, "class: FACT merge: ASK size: 9"), "Thing.f: size, and not bytes");
  CheckRefused(Thing(kNumber, "class: FACT merge: ASK", "REPEATED"),
               "Thing.f: repeated without max_count");
  CheckRefused(Thing(kBool, "class: FACT merge: ASK max_count: 2"),
               "Thing.f: max_count, and not repeated");
}

TEST_CASE("types that no record holds") {
  CheckRefused(Thing("type: TYPE_DOUBLE", "class: FACT merge: ASK"),
               "Thing.f: a type that no record holds");
  CheckRefused(Thing("type: TYPE_SINT64", "class: FACT merge: ASK"),
               "Thing.f: a type that no record holds");
  CheckRefused(Thing("type: TYPE_MESSAGE type_name: '.hand.Thing'", "class: FACT merge: ASK"),
               "Thing.f: a type that no record holds");
  CheckRefused(Thing(kNumber, "class: FACT merge: ASK format: INSTANT"),
               "Thing.f: INSTANT, and not int64");
}

TEST_CASE("presence and packing") {
  absl::Status status = BuildText(Thing(Field("f", 1, kBool, "class: FACT merge: ASK")), "proto3");
  CHECK(std::string(status.message()) == "Thing.f: singular without `optional`");
  const std::string packed =
      "field { name: 'f' number: 1 label: LABEL_REPEATED type: TYPE_UINT32 options { packed: true "
      "[doorstep.v1.rule] { class: FACT merge: ASK max_count: 2 } } }";
  CheckRefused(Thing(packed), "Thing.f: packed");
}

TEST_CASE("references") {
  CheckRefused(Thing(kBytes, "class: FACT merge: ASK references: 'Ghost'"),
               "Thing.f: references Ghost, which is no record");
  CheckRefused(Thing(kNumber, "class: FACT merge: ASK references: 'Thing'"),
               "Thing.f: references a record, and is not bytes");
  CheckRefused(Thing(kBytes, "class: FACT merge: ASK references: 'Thing' size: 16"),
               "Thing.f: an id whose size is given");
  CheckRefused(Thing(kBool, "class: FACT merge: ASK") +
                   Message("Staff", "number: 6 scope: DIRECTORY writers: A",
                           Field("f", 1, kBytes, "class: FACT merge: ASK references: 'Thing'")),
               "Staff.f: references a record of another scope that is not the directory");
}

TEST_CASE("codes") {
  auto codes = [](const std::string& values) {
    return Thing("enum_type { name: 'Level' " + values + "} " +
                 Field("f", 1, kEnum, "class: FACT merge: PROTECTIVE"));
  };
  const std::string zero = "value { name: 'LEVEL_UNSPECIFIED' number: 0 } ";
  CheckRefused(codes(zero + "value { name: 'LEVEL_LOW' number: 1 } "),
               "Thing.f: the code LOW has no rank");
  CheckRefused(
      codes(zero + "value { name: 'LEVEL_LOW' number: 1 options { [doorstep.v1.rank]: 1 } } "
                   "value { name: 'LEVEL_HIGH' number: 2 options { [doorstep.v1.rank]: 1 } }"),
      "Thing.f: the code HIGH ranks like another");
  CheckRefused(codes(zero + "value { name: 'LOW' number: 1 } "),
               "Thing.f: the code LOW does not begin with LEVEL_");
  CheckRefused(codes("value { name: 'LEVEL_NONE' number: 0 } "),
               "Thing.f: the code 0 is not LEVEL_UNSPECIFIED");
  CheckRefused(codes(zero + "value { name: 'LEVEL_LOW' number: -1 } "),
               "Thing.f: a code is negative");
}

TEST_CASE("machines") {
  CheckRefused(Machine("step { to: 'OPEN' } step { from: 'AJAR' to: 'SHUT' }"),
               "Thing.f: its machine names AJAR, which is no state");
  CheckRefused(Machine("step { to: 'AJAR' }"),
               "Thing.f: its machine names AJAR, which is no state");
  CheckRefused(Machine(std::string(kSteps) + " frozen: 'AJAR'"),
               "Thing.f: its machine names AJAR, which is no state");
  CheckRefused(Machine("step { from: 'OPEN' }"), "Thing.f: a step of its machine leads nowhere");
  CheckRefused(Machine("step { from: 'OPEN' to: 'SHUT' } step { from: 'SHUT' to: 'OPEN' }"),
               "Thing.f: COMMAND without a first state");
  CheckRefused(Machine(""), "Thing.f: COMMAND without a first state");
  CheckRefused(Machine("step { to: 'OPEN' }"), "Thing.f: no step leads to SHUT");
  CheckRefused(Machine("step { to: 'OPEN' } step { from: ['OPEN', 'SHUT'] to: 'SHUT' }"),
               "Thing.f: a step leads from a state to itself");
  CheckRefused(Thing(kState, "class: FACT merge: ASK"), "Thing.f: a machine, and not COMMAND");
  CheckRefused(Machine("step { to: ['OPEN', 'SHUT'] needs: 9 }"),
               "Thing.f: needs 9, which is no other field");
  CheckRefused(Machine("step { to: ['OPEN', 'SHUT'] where { field: 9 value: 1 } }"),
               "Thing.f: where 9 can never hold");
  CheckRefused(Machine("step { to: ['OPEN', 'SHUT'] where { field: 2 value: 2 } }",
                       Field("b", 2, kBool, "class: FACT merge: ASK")),
               "Thing.f: where 2 can never hold");
  CheckRefused(Machine("step { to: ['OPEN', 'SHUT'] named_in: 2 }",
                       Field("b", 2, kBool, "class: FACT merge: ASK")),
               "Thing.f: named_in 2 is no id of the record");
  CheckRefused(Machine(kSteps, Field("g", 2, kState, "class: FACT merge: COMMAND")),
               "Thing: two fields under COMMAND");
}

TEST_CASE("records") {
  const std::string field = Field("f", 1, kBool, "class: FACT merge: LATEST");
  const std::string fixed = Field("f", 1, kBool, "class: FACT merge: FIXED");
  CheckRefused(Message("Thing", "scope: FAMILY writers: K", field), "Thing: no number");
  CheckRefused(Message("Thing", "number: 5 writers: K", field), "Thing: no scope");
  CheckRefused(Message("Thing", "number: 5 scope: FAMILY", field), "Thing: no writers");
  CheckRefused(Message("Thing", kRecord, ""), "Thing: no fields");
  CheckRefused(Message("Thing", kRecord, field) + Message("Other", kRecord, field),
               "Other: its number is used twice");
  CheckRefused(Message("Thing", kRecord, field) +
                   Message("THING", "number: 6 scope: FAMILY writers: K", field),
               "THING: its name is used twice");
  const std::string record = kRecord;
  CHECK(BuildText(Message("Thing", record + " append_only: true", fixed)).ok());
  CheckRefused(Message("Thing", record + " append_only: true", field),
               "Thing.f: append-only record, and not FIXED");
  CheckRefused(Message("Thing", record + " elsewhere { scope: FAMILY writers: A }", field),
               "Thing: elsewhere needs another scope and writers");
  CheckRefused(Message("Thing", record + " office_readers: P office_about: 1", field),
               "Thing: office_about names no reference");
  CheckRefused(Message("Thing", "number: 5 scope: DIRECTORY writers: A",
                       Field("f", 1, kBool, "class: RESTRICTED merge: ASK")),
               "Thing.f: RESTRICTED outside a family");
}

TEST_CASE("a record that is part of another names it once and for ever") {
  auto part = [](const std::string& rule) {
    return Message("Thing", std::string(kRecord) + " part_of: 1", Field("f", 1, kBytes, rule));
  };
  const char words[] = "Thing: part_of names no required FIXED reference under FACT";
  CHECK(BuildText(part("class: FACT merge: FIXED required: true references: 'any'")).ok());
  CheckRefused(part("class: FACT merge: LATEST required: true references: 'any'"), words);
  CheckRefused(part("class: FACT merge: FIXED references: 'any'"), words);
  CheckRefused(part("class: FACT merge: FIXED required: true size: 16"), words);
  CheckRefused(Message("Thing", std::string(kRecord) + " part_of: 9",
                       Field("f", 1, kBool, "class: FACT merge: FIXED")),
               words);
}

TEST_CASE("a file without a schema number") {
  absl::Status status = BuildText(Thing(kBool, "class: FACT merge: ASK"), "proto2", "");
  CHECK(std::string(status.message()) == "the file: has no schema number");
}

}  // namespace
}  // namespace doorstep
