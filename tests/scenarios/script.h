// A scenario file: what happens to a family, in sentences that a supervisor can read.
//
//   # A remark, to the end of the line.
//   Scenario: a visit written before the hand-over arrives held and is released
//     Ana begins the family Jones with the child Tom
//     Ana makes Contact call: kind is PHONE, happened_at is now, text is "Tom was cold."
//       and makes Addendum later: about is call, kind is ADDITION, text is "Also tired."
//
// A step is a line; lines that begin with "and" belong to the step above them. What a step may say
// stands in README.md.
#ifndef DOORSTEP_TESTS_SCENARIOS_SCRIPT_H_
#define DOORSTEP_TESTS_SCENARIOS_SCRIPT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace doorstep::scenarios {

struct ScriptStep {
  int line = 0;  // from 1
  std::string text;
  std::vector<std::string> more;  // the "and" lines, without the word
};

struct Scenario {
  std::string title;
  std::vector<ScriptStep> steps;
};

// INVALID_ARGUMENT names the line.
absl::StatusOr<std::vector<Scenario>> ReadScript(const std::string& text);

// One field of a record: "account is …", "agencies gains …", "persons loses …".
struct FieldText {
  enum class Verb { kIs, kGains, kLoses };
  std::string name;
  Verb verb = Verb::kIs;
  std::vector<std::string> values;  // words as they stand; quoted text without its quotes
  std::vector<bool> quoted;
  bool list = false;  // stood in brackets
};

// "name is value, name gains [a, b]". INVALID_ARGUMENT says what was expected.
absl::StatusOr<std::vector<FieldText>> ReadFields(const std::string& text);

}  // namespace doorstep::scenarios

#endif  // DOORSTEP_TESTS_SCENARIOS_SCRIPT_H_
