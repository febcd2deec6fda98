// Messages of client.proto as JSON for scripts (--json) and for `get` and `put`: ids and digests as
// hexadecimal digits, enums by name, what is JSON already (values of records) as itself, and what
// is zero, false or empty left out.
#ifndef DOORSTEP_SHELL_CLI_JSON_H_
#define DOORSTEP_SHELL_CLI_JSON_H_

#include <string>

#include "doorstep/v1/client.pb.h"
#include "nlohmann/json.hpp"

namespace doorstep::shell {

using Json = nlohmann::ordered_json;

Json ToJson(const google::protobuf::Message& message);

// Null if the text is not JSON, or nested deeper than a record can be.
Json ParseJson(const std::string& text);

// The values in force of a record, as one object.
Json Values(const v1::RecordView& record);
// One of them as text for a screen, not isolated: codes and dates as they are, lists with commas,
// ids in full; empty if it has none.
std::string TextOf(const Json& values, const std::string& field);
// One value's JSON as such a text.
std::string TextOfValue(const std::string& json);

}  // namespace doorstep::shell

#endif  // DOORSTEP_SHELL_CLI_JSON_H_
